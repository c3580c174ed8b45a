//! Ties (结对): which officer stands by which household, in which role, since when.

use std::collections::BTreeSet;

use bangfu_domain::officer::Role;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A tie between an officer and a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tie {
    /// The household.
    pub household_id: i64,
    /// In which role.
    pub role: Role,
    /// The officer.
    pub officer_id: i64,
    /// First day.
    pub from_on: Date,
    /// The day after the last; `None` while it holds.
    pub to_on: Option<Date>,
}

const TABLE: Table = Table {
    name: "tie",
    columns: &[
        ("county_id", Column::Int),
        ("household_id", Column::Int),
        ("role", Column::Text),
        ("officer_id", Column::Int),
        ("from_on", Column::Date),
        ("to_on", Column::Date),
        ("import_id", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, household_id, role, officer_id, from_on) DO UPDATE SET to_on = excluded.to_on",
};

/// The import of what no file told, but a person.
pub const BY_HAND: i64 = 0;

/// Adds ties, or ends those that stand: an end leaves what told of the tie.
pub async fn put(tx: &mut Tx, county_id: i64, ties: &[Tie], import_id: i64) -> Result<(), Error> {
    let rows = ties
        .iter()
        .flat_map(|tie| {
            values![
                county_id,
                tie.household_id,
                tie.role.key(),
                tie.officer_id,
                tie.from_on,
                tie.to_on,
                import_id
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// Takes away the ties that an import made between officers and the households with ids from one to another, except those
/// of which a loan of the household tells all the same.
pub async fn forget(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
    (first, last): (i64, i64),
) -> Result<(), Error> {
    let bound = values![county_id, import_id, first, last];
    // Who saw the household's loans by a tie that goes is still to be told that they are gone.
    let sql = "INSERT INTO tie_gone (county_id, household_id, officer_id)
               SELECT DISTINCT county_id, household_id, officer_id FROM tie
                WHERE county_id = $1 AND household_id >= $3 AND household_id <= $4 AND import_id = $2
               ON CONFLICT (county_id, household_id, officer_id) DO NOTHING";
    tx.execute(sql, &bound).await?;
    let sql = "DELETE FROM tie WHERE county_id = $1 AND household_id >= $3 AND household_id <= $4 AND import_id = $2
                 AND NOT EXISTS (SELECT 1 FROM loan k CROSS JOIN loan l
                   WHERE k.county_id = $1 AND k.household_id = tie.household_id AND l.county_id = $1
                   AND l.loan_id = k.loan_id AND l.gone = 0 AND tie.to_on IS NULL
                   AND (l.manager_id = tie.officer_id OR l.guide_id = tie.officer_id
                     OR l.technologist_id = tie.officer_id))";
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Which of some households were ever tied to an officer, in whatever role, also by what was taken back.
pub async fn ever(
    tx: &mut Tx,
    county_id: i64,
    officer_id: i64,
    households: &[i64],
) -> Result<BTreeSet<i64>, Error> {
    let mut tied = BTreeSet::new();
    for chunk in households.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        bound.push(officer_id.into());
        let place = bound.len();
        for table in ["tie", "tie_gone"] {
            let sql = format!(
                "SELECT DISTINCT household_id FROM {table}
                 WHERE county_id = $1 AND household_id IN ({list}) AND officer_id = ${place}"
            );
            for row in tx.fetch_all(sql, &bound).await? {
                tied.insert(row.int(0)?);
            }
        }
    }
    Ok(tied)
}

/// Who stood by a household on a day, if a loan of its lies in the scope on that day, or it is the whole county that is
/// seen: (tie, the officer's name).
pub async fn of_household(
    tx: &mut Tx,
    scope: &Scope,
    household_id: i64,
    on: Date,
) -> Result<Vec<(Tie, String)>, Error> {
    let (condition, mut bound) = scope.of_loans("t.household_id", "l.household_id", on, 4);
    bound.insert(2, household_id.into());
    let sql = format!(
        "SELECT t.household_id, t.role, t.officer_id, t.from_on, t.to_on, o.name FROM tie t
         JOIN officer o ON o.county_id = t.county_id AND o.officer_id = t.officer_id
         WHERE t.county_id = $1 AND t.household_id = $3 AND t.from_on <= $2 AND (t.to_on IS NULL OR t.to_on > $2)
           {condition} ORDER BY t.role, o.name_key, t.officer_id"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(|row| Ok((read(row)?, row.text(5)?))).collect()
}

fn read(row: &Row) -> Result<Tie, Error> {
    let key = row.text(1)?;
    let role = Role::from_key(&key).ok_or(Error::Value { column: 1, found: key })?;
    Ok(Tie {
        household_id: row.int(0)?,
        role,
        officer_id: row.int(2)?,
        from_on: row.date(3)?,
        to_on: row.date_or_none(4)?,
    })
}

/// The ties of some households that hold.
pub async fn standing(tx: &mut Tx, county_id: i64, households: &[i64]) -> Result<Vec<Tie>, Error> {
    let mut ties = Vec::new();
    for chunk in households.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT household_id, role, officer_id, from_on, to_on FROM tie
             WHERE county_id = $1 AND household_id IN ({list}) AND to_on IS NULL
             ORDER BY household_id, role, officer_id"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            ties.push(read(&row)?);
        }
    }
    Ok(ties)
}

/// The ties of an officer that hold, by household.
pub async fn standing_of(tx: &mut Tx, county_id: i64, officer_id: i64) -> Result<Vec<Tie>, Error> {
    let sql = "SELECT household_id, role, officer_id, from_on, to_on FROM tie
               WHERE county_id = $1 AND officer_id = $2 AND to_on IS NULL ORDER BY household_id, role";
    tx.fetch_all(sql, &values![county_id, officer_id]).await?.iter().map(read).collect()
}

/// The last of the days on which ties of an officer ended, or on which one that holds began.
pub async fn last_day_of(tx: &mut Tx, county_id: i64, officer_id: i64) -> Result<Option<Date>, Error> {
    let sql = "SELECT MAX(CASE WHEN to_on IS NULL THEN from_on ELSE to_on END) FROM tie
               WHERE county_id = $1 AND officer_id = $2";
    tx.fetch_one(sql, &values![county_id, officer_id]).await?.date_or_none(0)
}

/// How many households each officer is tied to on a day, of those whose loans lie in the scope.
pub async fn households_in(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<(i64, i64)>, Error> {
    let (condition, bound) = scope.of_loans("household_id", "l.household_id", on, 3);
    let sql = format!(
        "SELECT officer_id, CAST(COUNT(DISTINCT household_id) AS BIGINT) FROM tie
         WHERE county_id = $1 AND from_on <= $2 AND (to_on IS NULL OR to_on > $2){condition}
         GROUP BY officer_id ORDER BY officer_id"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// The loans of the households to which an officer is tied on a day.
pub async fn loans_of(
    tx: &mut Tx,
    county_id: i64,
    officer_id: i64,
    on: Date,
) -> Result<BTreeSet<i64>, Error> {
    let sql = "SELECT DISTINCT b.loan_id FROM loan_borrower b
               JOIN tie t ON t.county_id = b.county_id AND t.household_id = b.household_id
               WHERE b.county_id = $1 AND t.officer_id = $2 AND t.from_on <= $3
                 AND (t.to_on IS NULL OR t.to_on > $3)";
    tx.fetch_all(sql, &values![county_id, officer_id, on]).await?.iter().map(|row| row.int(0)).collect()
}
