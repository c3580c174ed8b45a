//! Places: where each loan belonged at some time, with its due day.
//!
//! Derived like the intervals. The list behind a board's cell walks along them in the order of due days and holds each
//! against the intervals of its day; so it reads about as many rows as it shows, however large the book is.

use std::collections::BTreeSet;

use bangfu_domain::loan::Placement;
use jiff::civil::Date;

use super::interval::FOREVER;
use crate::board::month_key;
use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// A place of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The loan.
    pub loan_id: i64,
    /// Village, branch and credit manager.
    pub placement: Placement,
    /// 到期日期.
    pub due_on: Date,
    /// The day from which on nothing is owed, if it is known.
    pub settled_on: Option<Date>,
}

const TABLE: Table = Table {
    name: "loan_place",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("village_id", Column::Int),
        ("branch_id", Column::Int),
        ("manager_id", Column::Int),
        ("due_on", Column::Date),
        ("part", Column::Int),
        ("settled_on", Column::Date),
    ],
    conflict: "",
};

/// Replaces the places of loans: those of `stale` go, `places` come.
pub async fn replace_places(
    tx: &mut Tx,
    county_id: i64,
    stale: &[i64],
    places: &[Place],
) -> Result<(), Error> {
    for chunk in stale.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("DELETE FROM loan_place WHERE county_id = $1 AND loan_id IN ({list})");
        tx.execute(sql, &bound).await?;
    }
    let rows = places
        .iter()
        .flat_map(|place| {
            values![
                county_id,
                place.loan_id,
                place.placement.village_id,
                place.placement.branch_id,
                place.placement.manager_id.unwrap_or(0),
                place.due_on,
                part(place.settled_on),
                place.settled_on.unwrap_or(FOREVER)
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// The part in which a place stands: 0 while something is owed, else the month of the settlement.
fn part(settled_on: Option<Date>) -> i64 {
    settled_on.map_or(0, month_key)
}

/// The parts along which a list walks that holds what was owed on a day, or, with no day, everything.
pub(super) async fn parts(tx: &mut Tx, county_id: i64, owed_on: Option<Date>) -> Result<Vec<i64>, Error> {
    // From one part to the next, without reading the loans between.
    let next = "SELECT MIN(part) FROM loan_place WHERE county_id = $1 AND part >";
    let sql = format!(
        "WITH RECURSIVE parts (part) AS (
           {next} $2 UNION ALL SELECT ({next} parts.part) FROM parts WHERE parts.part IS NOT NULL)
         SELECT part FROM parts WHERE part IS NOT NULL ORDER BY part"
    );
    let after = owed_on.map_or(0, |day| month_key(day) - 1);
    let found = tx.fetch_all(sql, &values![county_id, after]).await?;
    std::iter::once(Ok(0)).chain(found.iter().map(|row| row.int(0))).collect()
}

/// The loans that ever belonged to one of some villages, by id.
pub async fn ever_in(tx: &mut Tx, county_id: i64, villages: &[i64]) -> Result<Vec<i64>, Error> {
    let mut ids = BTreeSet::new();
    for chunk in villages.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT DISTINCT loan_id FROM loan_place WHERE county_id = $1 AND village_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            ids.insert(row.int(0)?);
        }
    }
    Ok(ids.into_iter().collect())
}

/// The loans that were at some time a credit manager's, by id.
pub async fn ever_managed_by(tx: &mut Tx, county_id: i64, manager_id: i64) -> Result<Vec<i64>, Error> {
    ever(tx, "manager_id", county_id, manager_id).await
}

/// The loans that were at some time a branch's, by id.
pub async fn ever_of_branch(tx: &mut Tx, county_id: i64, branch_id: i64) -> Result<Vec<i64>, Error> {
    ever(tx, "branch_id", county_id, branch_id).await
}

async fn ever(tx: &mut Tx, column: &str, county_id: i64, id: i64) -> Result<Vec<i64>, Error> {
    let sql = format!(
        "SELECT DISTINCT loan_id FROM loan_place WHERE county_id = $1 AND {column} = $2 ORDER BY loan_id"
    );
    tx.fetch_all(sql, &values![county_id, id]).await?.iter().map(|row| row.int(0)).collect()
}

/// The places of loans after a cursor up to another, in order: a rebuild reads the book in pages.
pub async fn places_of(
    tx: &mut Tx,
    county_id: i64,
    after_loan_id: i64,
    to_loan_id: i64,
) -> Result<Vec<Place>, Error> {
    let sql = "SELECT loan_id, village_id, branch_id, manager_id, due_on, part, settled_on FROM loan_place
               WHERE county_id = $1 AND loan_id > $2 AND loan_id <= $3
               ORDER BY loan_id, village_id, branch_id, manager_id, due_on";
    let rows = tx.fetch_all(sql, &values![county_id, after_loan_id, to_loan_id]).await?;
    rows.iter()
        .map(|row| {
            Ok(Place {
                loan_id: row.int(0)?,
                placement: Placement {
                    village_id: row.int(1)?,
                    branch_id: row.int(2)?,
                    manager_id: Some(row.int(3)?).filter(|id| *id != 0),
                },
                due_on: row.date(4)?,
                settled_on: if row.int(5)? == 0 { None } else { Some(row.date(6)?) },
            })
        })
        .collect()
}
