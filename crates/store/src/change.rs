//! The order of changes as it is read: which rows each change touched, and where rows that are gone belonged.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::bulk::{CHUNK, in_list, list_of, places};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

/// Rows of a noun that a change touched: among the numbers from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The change.
    pub change_seq: i64,
    /// What they are.
    pub noun: String,
    /// The first number.
    pub first_id: i64,
    /// The last.
    pub last_id: i64,
}

/// What was noted after a place in the order, of some nouns: at most so many lines.
pub async fn after(
    tx: &mut Tx,
    county_id: i64,
    (seq, noun, id): (i64, &str, i64),
    nouns: &[&str],
    limit: usize,
) -> Result<Vec<Noted>, Error> {
    let (list, mut bound) = list_of(county_id, nouns.iter().map(|noun| Value::from(*noun)));
    let place = bound.len();
    bound.extend(values![seq, noun, id]);
    let (seq, noun, id) = (place + 1, place + 2, place + 3);
    let sql = format!(
        "SELECT change_seq, noun, first_id, last_id FROM change
         WHERE county_id = $1 AND noun IN ({list}) AND change_seq >= ${seq}
           AND (change_seq > ${seq} OR noun > ${noun} OR (noun = ${noun} AND last_id > ${id}))
         ORDER BY change_seq, noun, first_id LIMIT {limit}"
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    rows.iter()
        .map(|row| {
            Ok(Noted {
                change_seq: row.int(0)?,
                noun: row.text(1)?,
                first_id: row.int(2)?,
                last_id: row.int(3)?,
            })
        })
        .collect()
}

/// The rows of a noun with numbers from one to another, also those that are gone: at most so many.
pub async fn among(
    tx: &mut Tx,
    county_id: i64,
    noun: &str,
    (first, last): (i64, i64),
    limit: usize,
) -> Result<Vec<i64>, Error> {
    let tables: &[&str] = match noun {
        "loan" => &["loan"],
        "household" | "tie" => &["household"],
        "difference" => &["difference", "difference_gone"],
        _ => return Ok(Vec::new()),
    };
    let mut ids = Vec::new();
    for table in tables {
        let column = format!("{}_id", table.trim_end_matches("_gone"));
        let sql = format!(
            "SELECT {column} FROM {table} WHERE county_id = $1 AND {column} >= $2 AND {column} <= $3
             ORDER BY {column} LIMIT {limit}"
        );
        for row in tx.fetch_all(sql, &values![county_id, first, last]).await? {
            ids.push(row.int(0)?);
        }
    }
    ids.sort_unstable();
    ids.truncate(limit);
    Ok(ids)
}

/// The loans of some households, also those that are gone: (loan, household).
pub async fn loans_of(tx: &mut Tx, county_id: i64, households: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    pairs(tx, county_id, households, |list| {
        format!("SELECT loan_id, household_id FROM loan WHERE county_id = $1 AND household_id IN ({list})")
    })
    .await
}

/// The households of some loans, also of those that are gone: (loan, household).
pub async fn households_of(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    pairs(tx, county_id, loans, |list| {
        format!(
            "SELECT loan_id, household_id FROM loan
             WHERE county_id = $1 AND loan_id IN ({list}) AND household_id IS NOT NULL"
        )
    })
    .await
}

/// The households in which some persons live: (household, person).
pub async fn homes_of(tx: &mut Tx, county_id: i64, persons: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    pairs(tx, county_id, persons, |list| {
        format!(
            "SELECT household_id, person_id FROM person
             WHERE county_id = $1 AND person_id IN ({list}) AND household_id IS NOT NULL"
        )
    })
    .await
}

/// The loans that some persons borrowed: (loan, person).
pub async fn borrowed_by(tx: &mut Tx, county_id: i64, persons: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    pairs(tx, county_id, persons, |list| {
        format!("SELECT loan_id, person_id FROM loan_borrower WHERE county_id = $1 AND person_id IN ({list})")
    })
    .await
}

/// The differences of some loans: (difference, loan).
pub async fn differences_of(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    pairs(tx, county_id, loans, |list| {
        format!("SELECT difference_id, loan_id FROM difference WHERE county_id = $1 AND loan_id IN ({list})")
    })
    .await
}

async fn pairs(
    tx: &mut Tx,
    county_id: i64,
    ids: &[i64],
    sql: impl Fn(&str) -> String,
) -> Result<Vec<(i64, i64)>, Error> {
    let mut pairs = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        for row in tx.fetch_all(sql(&list), &bound).await? {
            pairs.push((row.int(0)?, row.int(1)?));
        }
    }
    Ok(pairs)
}

/// Which of some differences may be seen on a day.
pub async fn differences_seen(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    ids: &[i64],
) -> Result<HashSet<i64>, Error> {
    let mut seen = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let (condition, mut bound) = scope.of_differences(on, 3);
        let list = places(bound.len() + 1, chunk.len());
        bound.extend(chunk.iter().map(|id| Value::from(*id)));
        let sql = format!(
            "SELECT difference_id FROM difference d
             WHERE d.county_id = $1 AND d.difference_id IN ({list}){condition}"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            seen.insert(row.int(0)?);
        }
    }
    Ok(seen)
}

/// Where a difference belongs or belonged: its loan, and a branch that is or was asked about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belonged {
    /// The difference.
    pub difference_id: i64,
    /// Its loan.
    pub loan_id: Option<i64>,
    /// A branch.
    pub branch_id: Option<i64>,
}

/// Where some differences belong or ever belonged, gone or not.
pub async fn differences_belonged(tx: &mut Tx, county_id: i64, ids: &[i64]) -> Result<Vec<Belonged>, Error> {
    let mut belonged = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT difference_id, loan_id, branch_id FROM difference
              WHERE county_id = $1 AND difference_id IN ({list})
             UNION ALL SELECT difference_id, loan_id, branch_id FROM difference_gone
              WHERE county_id = $1 AND difference_id IN ({list})
             UNION ALL SELECT s.difference_id, d.loan_id, s.branch_id FROM difference_step s
               JOIN difference d ON d.county_id = s.county_id AND d.difference_id = s.difference_id
              WHERE s.county_id = $1 AND s.difference_id IN ({list}) AND s.branch_id IS NOT NULL"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            belonged.push(Belonged {
                difference_id: row.int(0)?,
                loan_id: row.int_or_none(1)?,
                branch_id: row.int_or_none(2)?,
            });
        }
    }
    Ok(belonged)
}
