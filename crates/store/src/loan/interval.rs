//! Intervals: the history of each loan as known now, days ahead included.

use bangfu_domain::loan::{Interval, Placement};
use bangfu_domain::warning::Standing;
use jiff::civil::{Date, date};

use super::standing;
use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// The end of an interval that has none.
pub(super) const FOREVER: Date = date(9999, 12, 31);

/// An interval with the loan to which it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInterval {
    /// The loan.
    pub loan_id: i64,
    /// The interval.
    pub interval: Interval,
}

const TABLE: Table = Table {
    name: "loan_interval",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("from_on", Column::Date),
        ("to_on", Column::Date),
        ("standing", Column::Int),
        ("was", Column::Int),
        ("balance_fen", Column::Int),
        ("due_on", Column::Date),
        ("village_id", Column::Int),
        ("branch_id", Column::Int),
        ("manager_id", Column::Int),
    ],
    conflict: "",
};

/// Replaces the history of loans: that of `stale` goes, `intervals` come, those of a loan together and in order.
pub async fn replace_intervals(
    tx: &mut Tx,
    county_id: i64,
    stale: &[i64],
    intervals: &[StoredInterval],
) -> Result<(), Error> {
    for chunk in stale.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("DELETE FROM loan_interval WHERE county_id = $1 AND loan_id IN ({list})");
        tx.execute(sql, &bound).await?;
    }
    let mut rows = Vec::with_capacity(intervals.len() * TABLE.columns.len());
    let mut last: Option<(i64, Standing)> = None;
    for StoredInterval { loan_id, interval } in intervals {
        let was = last.filter(|(loan, _)| loan == loan_id).map_or(interval.standing, |(_, was)| was);
        last = Some((*loan_id, interval.standing));
        rows.extend(values![
            county_id,
            *loan_id,
            interval.from_on,
            interval.to_on.unwrap_or(FOREVER),
            interval.standing.code(),
            was.code(),
            interval.balance_fen,
            interval.due_on,
            interval.placement.village_id,
            interval.placement.branch_id,
            interval.placement.manager_id.unwrap_or(0)
        ]);
    }
    tx.insert(TABLE, rows).await
}

const SELECT: &str = "SELECT loan_id, from_on, to_on, standing, balance_fen, due_on, village_id, branch_id,
    manager_id FROM loan_interval";

/// The history of some loans, by loan and day.
pub async fn intervals(tx: &mut Tx, county_id: i64, loan_ids: &[i64]) -> Result<Vec<StoredInterval>, Error> {
    let mut intervals = Vec::new();
    for chunk in loan_ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("{SELECT} WHERE county_id = $1 AND loan_id IN ({list}) ORDER BY loan_id, from_on");
        for row in tx.fetch_all(sql, &bound).await? {
            intervals.push(read(&row)?);
        }
    }
    Ok(intervals)
}

/// What of the history of some loans is not over before a day, by loan and day: a close looks no further back.
pub async fn intervals_from(
    tx: &mut Tx,
    county_id: i64,
    loan_ids: &[i64],
    day: Date,
) -> Result<Vec<StoredInterval>, Error> {
    let mut intervals = Vec::new();
    for chunk in loan_ids.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        bound.push(day.into());
        let sql = format!(
            "{SELECT} WHERE county_id = $1 AND loan_id IN ({list}) AND to_on > ${} ORDER BY loan_id, from_on",
            bound.len()
        );
        for row in tx.fetch_all(sql, &bound).await? {
            intervals.push(read(&row)?);
        }
    }
    Ok(intervals)
}

/// The history of loans after a cursor up to another: a rebuild reads the book in pages.
pub async fn intervals_of(
    tx: &mut Tx,
    county_id: i64,
    after_loan_id: i64,
    to_loan_id: i64,
) -> Result<Vec<StoredInterval>, Error> {
    let sql =
        format!("{SELECT} WHERE county_id = $1 AND loan_id > $2 AND loan_id <= $3 ORDER BY loan_id, from_on");
    tx.fetch_all(sql, &values![county_id, after_loan_id, to_loan_id]).await?.iter().map(read).collect()
}

/// Loans that come to a standing after one day and no later than another: (loan, branch).
pub async fn coming_to(
    tx: &mut Tx,
    county_id: i64,
    asked: Standing,
    after: Date,
    until: Date,
) -> Result<Vec<(i64, i64)>, Error> {
    // Every loan that owes comes to await its bank some day: the days narrow, the standing does not. The sum keeps a
    // database from looking for the standing first.
    let sql = "SELECT DISTINCT loan_id, branch_id FROM loan_interval
               WHERE county_id = $1 AND from_on > $3 AND from_on <= $4 AND standing + 0 = $2
               ORDER BY loan_id, branch_id";
    let rows = tx.fetch_all(sql, &values![county_id, asked.code(), after, until]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// How many loans stand otherwise on a day than on the day before, as known now: (from, to, loans).
pub async fn moves(
    tx: &mut Tx,
    scope: &Scope,
    on_day: Date,
) -> Result<Vec<(Standing, Standing, i64)>, Error> {
    let (condition, value) = scope.condition("i", 2, 3);
    let sql = format!(
        "SELECT i.was, i.standing, count(*) FROM loan_interval i
         WHERE i.county_id = $1 AND i.from_on = $2 AND i.was <> i.standing{condition}
         GROUP BY i.was, i.standing ORDER BY i.standing DESC, i.was DESC"
    );
    let mut bound = values![scope.county_id, on_day].to_vec();
    bound.extend(value);
    let rows = tx.fetch_all(sql, &bound).await?;
    rows.iter().map(|row| Ok((standing(row, 0)?, standing(row, 1)?, row.int(2)?))).collect()
}

fn read(row: &Row) -> Result<StoredInterval, Error> {
    let to_on = row.date(2)?;
    Ok(StoredInterval {
        loan_id: row.int(0)?,
        interval: Interval {
            from_on: row.date(1)?,
            to_on: (to_on != FOREVER).then_some(to_on),
            standing: standing(row, 3)?,
            balance_fen: row.fen(4)?,
            due_on: row.date(5)?,
            placement: Placement {
                village_id: row.int(6)?,
                branch_id: row.int(7)?,
                manager_id: Some(row.int(8)?).filter(|id| *id != 0),
            },
        },
    })
}
