//! The parts by which names are found: see `bangfu_domain::search`.
//!
//! A name's parts stay when nobody bears it any more: they lead to nothing, and a rebuild takes them away.

use std::collections::BTreeSet;

use bangfu_domain::search::{name_terms, wanted_name};
use bangfu_domain::text::pinyin_key;

use crate::bulk::{Column, Table};
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
    write(tx, county_id, names).await
}

async fn write<'a>(tx: &mut Tx, county_id: i64, names: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    // In the order of the key, so that neighbours are written together.
    let rows = rows_of(names).into_iter();
    let rows = rows.flat_map(|(inside, term, name_key)| values![county_id, inside, term, name_key]);
    tx.insert(TABLE, rows.collect()).await
}

/// A part with the name in which it lies: whether it begins within, the part, the key of the name.
type Part = (bool, String, String);

fn rows_of<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<Part> {
    let names: BTreeSet<&str> = names.collect();
    let parts = names.into_iter().flat_map(|name| {
        let key = pinyin_key(name);
        name_terms(name).into_iter().map(move |term| (term.within, term.text, key.clone()))
    });
    parts.collect()
}

/// How the parts of a county's names differ from the names that its loans and households bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Parts without which a name is not found.
    pub missing: usize,
    /// Parts of names that nobody bears any more: they harm nothing.
    pub left_over: usize,
}

/// Compares the parts with the names.
pub async fn compare(tx: &mut Tx, county_id: i64) -> Result<Difference, Error> {
    let expected = expected(tx, county_id).await?;
    let sql = "SELECT inside, term, name_key FROM name_term WHERE county_id = $1";
    let (mut known, mut left_over) = (0, 0);
    for row in tx.fetch_all(sql, &values![county_id]).await? {
        let is_known = expected.contains(&(row.flag(0)?, row.text(1)?, row.text(2)?));
        *(if is_known { &mut known } else { &mut left_over }) += 1;
    }
    Ok(Difference { missing: expected.len() - known, left_over })
}

/// Makes the parts anew from the names.
pub async fn rebuild(tx: &mut Tx, county_id: i64) -> Result<(), Error> {
    let names = names(tx, county_id).await?;
    tx.execute("DELETE FROM name_term WHERE county_id = $1", &values![county_id]).await?;
    write(tx, county_id, names.iter().map(String::as_str)).await
}

async fn expected(tx: &mut Tx, county_id: i64) -> Result<BTreeSet<Part>, Error> {
    Ok(rows_of(names(tx, county_id).await?.iter().map(String::as_str)))
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
