//! Divisions (行政区划): dated codes, names and parents, and the closure that answers what lies in what.

use std::sync::Arc;

use bangfu_domain::division::{Borne, Called, Codes, Level, Succession};
use bangfu_domain::loan::add_days;
use jiff::civil::{Date, date};

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::kept::Keeper;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// The first and the last day of validity where a list gives none.
pub const ALWAYS: (Date, Date) = (date(1, 1, 1), date(9999, 12, 31));

/// A division as a list names it, with the days between which that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The division.
    pub division_id: i64,
    /// Its level.
    pub level: Level,
    /// 统计用区划代码, 12 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The division in which it lies.
    pub parent_id: Option<i64>,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    pub valid_to: Date,
    /// What took over after the last day and stands for it from then on.
    pub successor_id: Option<i64>,
}

/// What lies in what: an ancestor, a descendant (itself included, at depth 0), and since when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The wider division.
    pub ancestor_id: i64,
    /// The narrower.
    pub descendant_id: i64,
    /// Levels between them.
    pub depth: i64,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    pub valid_to: Date,
}

const DIVISION: Table = Table {
    name: "division",
    columns: &[("division_id", Column::Int), ("level", Column::Int)],
    conflict: "ON CONFLICT (division_id) DO NOTHING",
};

const TERM: Table = Table {
    name: "division_term",
    columns: &[
        ("division_id", Column::Int),
        ("valid_from", Column::Date),
        ("valid_to", Column::Date),
        ("code", Column::Text),
        ("name", Column::Text),
        ("name_key", Column::Text),
        ("parent_id", Column::Int),
        ("successor_id", Column::Int),
    ],
    conflict: "",
};

const CLOSURE: Table = Table {
    name: "division_closure",
    columns: &[
        ("ancestor_id", Column::Int),
        ("descendant_id", Column::Int),
        ("depth", Column::Int),
        ("valid_from", Column::Date),
        ("valid_to", Column::Date),
    ],
    conflict: "",
};

/// Writes a list of divisions with its closure.
pub async fn add(tx: &mut Tx, terms: &[Term], links: &[Link]) -> Result<(), Error> {
    let divisions: Vec<Value> =
        terms.iter().flat_map(|term| values![term.division_id, term.level.code()]).collect();
    tx.insert(DIVISION, divisions).await?;
    let rows = terms
        .iter()
        .flat_map(|term| {
            values![
                term.division_id,
                term.valid_from,
                term.valid_to,
                term.code.as_str(),
                term.name.as_str(),
                bangfu_domain::text::pinyin_key(&term.name),
                term.parent_id,
                term.successor_id
            ]
        })
        .collect();
    tx.insert(TERM, rows).await?;
    let rows = links
        .iter()
        .flat_map(|link| {
            values![link.ancestor_id, link.descendant_id, link.depth, link.valid_from, link.valid_to]
        })
        .collect();
    tx.insert(CLOSURE, rows).await
}

/// Tells anew what some divisions are called, and in what some lie.
pub async fn replace(
    tx: &mut Tx,
    (renamed, terms): (&[i64], &[Term]),
    (moved, links): (&[i64], &[Link]),
) -> Result<(), Error> {
    for id in renamed {
        tx.execute("DELETE FROM division_term WHERE division_id = $1", &values![*id]).await?;
    }
    for id in moved {
        tx.execute("DELETE FROM division_closure WHERE descendant_id = $1", &values![*id]).await?;
    }
    add(tx, terms, links).await
}

/// The id of the next new division. Whoever takes it holds the county's row.
pub async fn next_id(tx: &mut Tx) -> Result<i64, Error> {
    tx.fetch_one("SELECT COALESCE(MAX(division_id), 0) + 1 FROM division", &[]).await?.int(0)
}

/// What belongs to some divisions themselves: households, loans that are not settled, officers.
pub async fn belonging(tx: &mut Tx, county_id: i64, divisions: &[i64]) -> Result<(i64, i64, i64), Error> {
    let (mut households, mut loans, mut officers) = (0, 0, 0);
    for chunk in divisions.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT
            (SELECT COUNT(*) FROM household WHERE county_id = $1 AND village_id IN ({list}) AND gone = 0),
            (SELECT COUNT(*) FROM loan WHERE county_id = $1 AND village_id IN ({list}) AND gone = 0
               AND settled_on IS NULL),
            (SELECT COUNT(*) FROM officer WHERE county_id = $1 AND division_id IN ({list}) AND gone = 0)"
        );
        let row = tx.fetch_one(sql, &bound).await?;
        households += row.int(0)?;
        loans += row.int(1)?;
        officers += row.int(2)?;
    }
    Ok((households, loans, officers))
}

/// The places of a county that ended and left what lay in them to others.
pub async fn succession(tx: &mut Tx, county_id: i64) -> Result<Succession, Error> {
    let sql = "SELECT division_id, valid_to, successor_id FROM division_term
               WHERE successor_id IS NOT NULL AND division_id IN
                 (SELECT descendant_id FROM division_closure WHERE ancestor_id = $1)";
    let mut ended = Vec::new();
    for row in tx.fetch_all(sql, &values![county_id]).await? {
        ended.push((row.int(0)?, add_days(row.date(1)?, 1), row.int(2)?));
    }
    Ok(Succession::new(ended))
}

/// What a division is called, and when, in order.
pub(crate) async fn called(tx: &mut Tx, division_id: i64) -> Result<Vec<Called>, Error> {
    let sql = "SELECT code, name, valid_from, valid_to FROM division_term WHERE division_id = $1 ORDER BY valid_from";
    let rows = tx.fetch_all(sql, &values![division_id]).await?;
    let called = |row: &Row| {
        Ok(Called { code: row.text(0)?, name: row.text(1)?, first_on: row.date(2)?, last_on: row.date(3)? })
    };
    rows.iter().map(called).collect()
}

/// The codes of a county's division, and which counties else ever bear them.
pub async fn codes(tx: &mut Tx, county_id: i64) -> Result<Codes, Error> {
    let sql = "SELECT t.code, t.division_id, t.valid_from, t.valid_to FROM division_term t
               JOIN division d ON d.division_id = t.division_id
               WHERE d.level = $2 AND t.code IN (SELECT code FROM division_term WHERE division_id = $1)
               ORDER BY t.division_id, t.valid_from";
    let rows = tx.fetch_all(sql, &values![county_id, Level::County.code()]).await?;
    let borne = rows.iter().map(|row| {
        Ok(Borne {
            code: row.text(0)?,
            division_id: row.int(1)?,
            first_on: row.date(2)?,
            last_on: row.date(3)?,
        })
    });
    Ok(Codes::new(county_id, borne.collect::<Result<Vec<Borne>, Error>>()?))
}

/// The divisions that bear a code which begins so on a day or later.
pub async fn beginning_with(tx: &mut Tx, digits: &str, from: Date) -> Result<Vec<Term>, Error> {
    let sql = format!("{SELECT} WHERE t.code >= $1 AND t.code < $2 AND t.valid_to >= $3 ORDER BY t.code");
    // Behind the digits stands no colon, and no digit sorts behind one.
    tx.fetch_all(sql, &values![digits, format!("{digits}:"), from]).await?.iter().map(read).collect()
}

const SELECT: &str =
    "SELECT t.division_id, d.level, t.code, t.name, t.parent_id, t.valid_from, t.valid_to, t.successor_id
    FROM division_term t JOIN division d ON d.division_id = t.division_id";

/// The division that bears a code on a day. The program finds places by their parent; stories name them by code.
#[cfg(feature = "testing")]
pub async fn by_code(tx: &mut Tx, code: &str, on: Date) -> Result<Option<Term>, Error> {
    let sql = format!("{SELECT} WHERE t.code = $1 AND t.valid_from <= $2 AND t.valid_to >= $2");
    tx.fetch_optional(sql, &values![code, on]).await?.as_ref().map(read).transpose()
}

/// A division and all that lies in it on a day, by code.
pub async fn subtree(tx: &mut Tx, ancestor_id: i64, on: Date) -> Result<Vec<Term>, Error> {
    let keeper = Keeper::of_division(tx, ancestor_id).await?;
    if let Some(places) = keeper.get(|memo| &memo.places, &(ancestor_id, on)) {
        return Ok(places.to_vec());
    }
    let sql = format!(
        "{SELECT} JOIN division_closure c ON c.descendant_id = t.division_id
         WHERE c.ancestor_id = $1 AND c.valid_from <= $2 AND c.valid_to >= $2
           AND t.valid_from <= $2 AND t.valid_to >= $2
         ORDER BY t.code"
    );
    let places = terms_of(tx, sql, &values![ancestor_id, on]).await?;
    keeper.keep(|memo| &memo.places, ((ancestor_id, on), 1), &places);
    Ok(places.to_vec())
}

/// All that a division and what ever lay in it were called, when, and in what they lay.
pub async fn terms(tx: &mut Tx, ancestor_id: i64) -> Result<Vec<Term>, Error> {
    let keeper = Keeper::of_division(tx, ancestor_id).await?;
    if let Some(terms) = keeper.get(|memo| &memo.terms, &ancestor_id) {
        return Ok(terms.to_vec());
    }
    let sql = format!(
        "{SELECT} WHERE t.division_id IN (SELECT descendant_id FROM division_closure WHERE ancestor_id = $1)
         ORDER BY t.division_id, t.valid_from"
    );
    let terms = terms_of(tx, sql, &values![ancestor_id]).await?;
    keeper.keep(|memo| &memo.terms, (ancestor_id, 1), &terms);
    Ok(terms.to_vec())
}

/// What lay in a division on a day or ever before, itself included.
pub async fn ever_within(tx: &mut Tx, ancestor_id: i64, day: Date) -> Result<Vec<i64>, Error> {
    let sql =
        "SELECT DISTINCT descendant_id FROM division_closure WHERE ancestor_id = $1 AND valid_from <= $2";
    tx.fetch_all(sql, &values![ancestor_id, day]).await?.iter().map(|row| row.int(0)).collect()
}

/// All that those divisions were called in which one lies or lay, itself not included.
pub async fn ancestors(tx: &mut Tx, division_id: i64) -> Result<Vec<Term>, Error> {
    let sql = format!(
        "{SELECT} WHERE t.division_id <> $1 AND t.division_id IN
           (SELECT ancestor_id FROM division_closure WHERE descendant_id = $1)
         ORDER BY t.division_id, t.valid_from"
    );
    tx.fetch_all(sql, &values![division_id]).await?.iter().map(read).collect()
}

/// Every stretch of days on which a village of a county lay in a township: (village, township, first, last day).
pub async fn townships(tx: &mut Tx, county_id: i64) -> Result<Vec<(i64, i64, Date, Date)>, Error> {
    let keeper = Keeper::of_division(tx, county_id).await?;
    if let Some(lying) = keeper.get(|memo| &memo.townships, &county_id) {
        return Ok(lying.to_vec());
    }
    let sql = "SELECT c.descendant_id, c.ancestor_id, c.valid_from, c.valid_to FROM division_closure c
               JOIN division d ON d.division_id = c.descendant_id
               WHERE c.depth = 1 AND d.level = $2 AND c.ancestor_id IN
                 (SELECT descendant_id FROM division_closure WHERE ancestor_id = $1)
               ORDER BY c.descendant_id, c.valid_from";
    let rows = tx.fetch_all(sql, &values![county_id, Level::Village.code()]).await?;
    let stretch = |row: &Row| Ok((row.int(0)?, row.int(1)?, row.date(2)?, row.date(3)?));
    let lying = rows.iter().map(stretch).collect::<Result<Arc<[_]>, Error>>()?;
    keeper.keep(|memo| &memo.townships, (county_id, 1), &lying);
    Ok(lying.to_vec())
}

async fn terms_of(tx: &mut Tx, sql: String, values: &[Value]) -> Result<Arc<[Term]>, Error> {
    tx.fetch_all(sql, values).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Term, Error> {
    let level = row.int(1)?;
    Ok(Term {
        division_id: row.int(0)?,
        level: Level::from_code(level).ok_or(Error::Value { column: 1, found: level.to_string() })?,
        code: row.text(2)?,
        name: row.text(3)?,
        parent_id: row.int_or_none(4)?,
        valid_from: row.date(5)?,
        valid_to: row.date(6)?,
        successor_id: row.int_or_none(7)?,
    })
}
