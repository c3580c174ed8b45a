//! The parts by which names are found: see `bangfu_domain::search`.
//!
//! A name's parts stay when nobody bears it any more: they lead to nothing, and a rebuild takes them away.

use std::collections::BTreeSet;

use bangfu_domain::search::{name_terms, wanted_name};
use bangfu_domain::text::{of_pinyin_key, pinyin_key};

use crate::bulk::{CHUNK, Column, Table};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

const TABLE: Table = Table {
    name: "name_term",
    columns: &[
        ("county_id", Column::Int),
        ("inside", Column::Int),
        ("term", Column::Text),
        ("name_key", Column::Text),
    ],
    conflict: "ON CONFLICT (county_id, inside, term, name_key) DO NOTHING",
};

/// Lets names be found. Whoever writes a name that is searched for calls this in the same transaction.
pub async fn note<'a>(
    tx: &mut Tx,
    county_id: i64,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    // A book that is being filled gets the parts of all its names at the end: see `rebuild`.
    if tx.fresh {
        return Ok(());
    }
    // A household's head is a loan's borrower more often than not.
    let new: Vec<&str> = names.filter(|name| tx.named.insert((county_id, (*name).to_owned()))).collect();
    write(tx, county_id, new.into_iter()).await
}

async fn write<'a>(tx: &mut Tx, county_id: i64, names: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    // In the order of the key, so that neighbours are written together.
    add(tx, county_id, rows_of(names).into_iter().collect()).await
}

/// A part with the name in which it lies: whether it begins within, the part, the key of the name.
pub type Part = (bool, String, String);

fn rows_of<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<Part> {
    let names: BTreeSet<&str> = names.collect();
    let parts = names.into_iter().flat_map(|name| {
        let key = pinyin_key(name);
        name_terms(name).into_iter().map(move |term| (term.within, term.text, key.clone()))
    });
    parts.collect()
}

/// Names looked at in one go.
const NAMES: usize = 500;

/// The parts that are missing of the names which follow one in the order of their keys, for a page of names, without
/// which those are not found; and after which name the next page begins, if there is one.
pub async fn missing(tx: &mut Tx, county_id: i64, after: &str) -> Result<(Vec<Part>, Option<String>), Error> {
    let keys = |table: &str| {
        format!(
            "SELECT name_key FROM (SELECT DISTINCT name_key FROM {table} WHERE county_id = $1 AND name_key > $2
                                   ORDER BY name_key LIMIT {NAMES}) {table}_names"
        )
    };
    let sql = format!("{} UNION {} ORDER BY name_key LIMIT {NAMES}", keys("loan"), keys("household"));
    let rows = tx.fetch_all(sql, &values![county_id, after]).await?;
    let keys = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<String>, Error>>()?;
    let next = keys.last().filter(|_| keys.len() == NAMES).cloned();
    let mut wanted = rows_of(keys.iter().map(|key| of_pinyin_key(key)));
    let parts: Vec<Part> = wanted.iter().cloned().collect();
    for chunk in parts.chunks(CHUNK) {
        let mut bound = values![county_id].to_vec();
        let mut tuples = Vec::with_capacity(chunk.len());
        for (inside, term, name_key) in chunk {
            let at = bound.len();
            tuples.push(format!("(${}, ${}, ${})", at + 1, at + 2, at + 3));
            bound.extend(values![*inside, term.as_str(), name_key.as_str()]);
        }
        let sql = format!(
            "SELECT inside, term, name_key FROM name_term
             WHERE county_id = $1 AND (inside, term, name_key) IN (VALUES {})",
            tuples.join(", ")
        );
        for row in tx.fetch_all(sql, &bound).await? {
            wanted.remove(&(row.flag(0)?, row.text(1)?, row.text(2)?));
        }
    }
    Ok((wanted.into_iter().collect(), next))
}

/// Writes parts that were missing; another writer may have been first.
pub async fn add(tx: &mut Tx, county_id: i64, parts: Vec<Part>) -> Result<(), Error> {
    let rows = parts.into_iter();
    let rows = rows.flat_map(|(inside, term, name_key)| values![county_id, inside, term, name_key]);
    tx.insert(TABLE, rows.collect()).await
}

/// Takes a page of parts of names that nobody bears any more away; after which part the next page begins, if there is
/// one.
pub async fn forget_unborne(
    tx: &mut Tx,
    county_id: i64,
    after: Option<&Part>,
) -> Result<Option<Part>, Error> {
    let (inside, term, name_key) =
        after.map_or((-1, "", ""), |(inside, term, key)| (i64::from(*inside), term.as_str(), key.as_str()));
    let mut bound = values![county_id, inside, term, name_key].to_vec();
    let sql = format!(
        "SELECT inside, term, name_key FROM name_term WHERE county_id = $1 AND (inside, term, name_key) > ($2, $3, $4)
         ORDER BY inside, term, name_key LIMIT 1 OFFSET {}",
        10 * NAMES
    );
    let last = tx.fetch_optional(sql, &bound).await?;
    let last = last.map(|row| Ok::<Part, Error>((row.flag(0)?, row.text(1)?, row.text(2)?))).transpose()?;
    let mut sql = "DELETE FROM name_term WHERE county_id = $1 AND (inside, term, name_key) > ($2, $3, $4)
         AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.county_id = $1 AND l.name_key = name_term.name_key)
         AND NOT EXISTS (SELECT 1 FROM household h WHERE h.county_id = $1 AND h.name_key = name_term.name_key)"
        .to_owned();
    if let Some((inside, term, name_key)) = &last {
        sql.push_str(" AND (inside, term, name_key) <= ($5, $6, $7)");
        bound.extend(values![i64::from(*inside), term.as_str(), name_key.as_str()]);
    }
    tx.execute(sql, &bound).await?;
    Ok(last)
}

/// Makes the parts anew from the names.
pub async fn rebuild(tx: &mut Tx, county_id: i64) -> Result<(), Error> {
    let names = names(tx, county_id).await?;
    tx.execute("DELETE FROM name_term WHERE county_id = $1", &values![county_id]).await?;
    write(tx, county_id, names.iter().map(String::as_str)).await
}

async fn names(tx: &mut Tx, county_id: i64) -> Result<Vec<String>, Error> {
    let sql = "SELECT borrower_name FROM loan WHERE county_id = $1
               UNION SELECT head_name FROM household WHERE county_id = $1";
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(|row| row.text(0)).collect()
}

/// The last character there is: what begins with a text is not before the text, and before the text with this.
const LAST: char = '\u{10ffff}';

/// The bounds between which lies what begins with a text.
pub(crate) fn beginning_with(text: &str) -> [Value; 2] {
    values![text, format!("{text}{LAST}")]
}

/// The bounds between which lie the parts that what was typed begins.
pub(crate) fn bounds(typed: &str) -> [Value; 2] {
    beginning_with(&wanted_name(typed))
}
