//! Differences: where bank and book disagree. They stay until somebody resolves them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, list_of};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// A disagreement between bank and book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its id.
    pub difference_id: i64,
    /// What kind, as the key of a text.
    pub kind: String,
    /// The loan, where it is known.
    pub loan_id: Option<i64>,
    /// The branch, where it is known.
    pub branch_id: Option<i64>,
    /// Institution and serial number of the movement that did not fit, if it was one.
    pub movement: Option<(i64, String)>,
    /// 借据号 as reported.
    pub number: String,
    /// The day that it concerns.
    pub on_day: Date,
    /// The two sides as JSON.
    pub facts: String,
    /// The import that found it.
    pub import_id: i64,
    /// When it was found, in microseconds since 1970.
    pub opened_at: i64,
    /// Tells it from others.
    pub fingerprint: Vec<u8>,
    /// When it was resolved.
    pub resolved_at: Option<i64>,
}

const TABLE: Table = Table {
    name: "difference",
    columns: &[
        ("county_id", Column::Int),
        ("difference_id", Column::Int),
        ("kind", Column::Text),
        ("loan_id", Column::Int),
        ("branch_id", Column::Int),
        ("lender_id", Column::Int),
        ("serial", Column::Text),
        ("number", Column::Text),
        ("on_day", Column::Date),
        ("facts", Column::Text),
        ("import_id", Column::Int),
        ("opened_at", Column::Int),
        ("fingerprint", Column::Bytes),
    ],
    conflict: "ON CONFLICT (county_id, fingerprint) DO NOTHING",
};

/// Keeps differences; one that is there already is not doubled.
pub async fn add(tx: &mut Tx, county_id: i64, differences: &[Difference]) -> Result<(), Error> {
    let rows = differences
        .iter()
        .flat_map(|one| {
            values![
                county_id,
                one.difference_id,
                one.kind.as_str(),
                one.loan_id,
                one.branch_id,
                one.movement.as_ref().map(|(lender, _)| *lender),
                one.movement.as_ref().map(|(_, serial)| serial.clone()),
                one.number.as_str(),
                one.on_day,
                one.facts.as_str(),
                one.import_id,
                one.opened_at,
                one.fingerprint.clone()
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

const SELECT: &str =
    "SELECT difference_id, kind, loan_id, branch_id, number, on_day, facts, import_id, opened_at,
    fingerprint, resolved_at, lender_id, serial FROM difference WHERE county_id = $1";

/// The open differences that lie in the scope on a day, newest first; those of no loan are seen with the whole
/// county only.
pub async fn open_in(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<Difference>, Error> {
    let (condition, bound) = scope.of_loans("loan_id", "l.loan_id", on, 3);
    let sql = format!("{SELECT} AND resolved_at IS NULL{condition} ORDER BY difference_id DESC");
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// The open differences of a county, newest first.
pub async fn open(tx: &mut Tx, county_id: i64) -> Result<Vec<Difference>, Error> {
    let sql = format!("{SELECT} AND resolved_at IS NULL ORDER BY difference_id DESC");
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read).collect()
}

/// Closes a difference; false if none of that id is open.
pub async fn resolve(
    tx: &mut Tx,
    county_id: i64,
    difference_id: i64,
    resolution: &str,
    at: i64,
) -> Result<bool, Error> {
    let closed = tx
        .execute(
            "UPDATE difference SET resolved_at = $3, resolution = $4
             WHERE county_id = $1 AND difference_id = $2 AND resolved_at IS NULL",
            &values![county_id, difference_id, at, resolution],
        )
        .await?;
    Ok(closed > 0)
}

/// Says anew why a movement does not fit: the book knows more than when the difference was opened.
pub async fn restate(tx: &mut Tx, county_id: i64, difference: &Difference) -> Result<(), Error> {
    tx.execute(
        "UPDATE difference SET kind = $3, loan_id = $4, branch_id = $5, facts = $6
         WHERE county_id = $1 AND difference_id = $2 AND resolved_at IS NULL",
        &values![
            county_id,
            difference.difference_id,
            difference.kind.as_str(),
            difference.loan_id,
            difference.branch_id,
            difference.facts.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// Which of these fingerprints are those of differences that the book has, resolved ones too.
pub async fn told(tx: &mut Tx, county_id: i64, prints: &[Vec<u8>]) -> Result<BTreeSet<Vec<u8>>, Error> {
    let mut told = BTreeSet::new();
    for chunk in prints.chunks(CHUNK) {
        let (list, bound) = list_of(county_id, chunk.iter().map(|print| Value::from(print.clone())));
        let sql =
            format!("SELECT fingerprint FROM difference WHERE county_id = $1 AND fingerprint IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            told.insert(row.bytes(0)?);
        }
    }
    Ok(told)
}

/// What tells the differences of a county from one another, open or not.
pub async fn fingerprints(tx: &mut Tx, county_id: i64) -> Result<BTreeSet<Vec<u8>>, Error> {
    let sql = "SELECT fingerprint FROM difference WHERE county_id = $1";
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(|row| row.bytes(0)).collect()
}

/// The differences of a loan that lies in the scope on a day.
pub async fn of_loan(tx: &mut Tx, scope: &Scope, loan_id: i64, on: Date) -> Result<Vec<Difference>, Error> {
    let (condition, mut bound) = scope.of_loans("loan_id", "l.loan_id", on, 4);
    bound.insert(2, loan_id.into());
    let sql = format!("{SELECT} AND loan_id = $3{condition} ORDER BY difference_id");
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Difference, Error> {
    Ok(Difference {
        difference_id: row.int(0)?,
        kind: row.text(1)?,
        loan_id: row.int_or_none(2)?,
        branch_id: row.int_or_none(3)?,
        movement: row.int_or_none(11)?.zip(row.text_or_none(12)?),
        number: row.text(4)?,
        on_day: row.date(5)?,
        facts: row.text(6)?,
        import_id: row.int(7)?,
        opened_at: row.int(8)?,
        fingerprint: row.bytes(9)?,
        resolved_at: row.int_or_none(10)?,
    })
}
