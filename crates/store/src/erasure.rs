//! Erasures (抹去号码): a person's numbers that are to be destroyed, proposed by one person and decided on by another.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::error::Error;
use crate::proposal::{Decision, decision};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredErasure {
    /// Its id.
    pub erasure_id: i64,
    /// Whose numbers.
    pub person_id: i64,
    /// Tells the numbers that there were when it was proposed from others.
    pub mark: String,
    /// Why.
    pub reason: String,
    /// The account of who proposes it; 0 at the command line.
    pub maker_id: i64,
    /// Their name.
    pub maker: String,
    /// When, in microseconds since 1970, as all instants here.
    pub made_at: i64,
    /// How far it has come.
    pub state: String,
    /// Who decided on it, and when and why.
    pub decided: Option<Decision>,
    /// How often it was touched.
    pub version: i64,
}

/// An erasure with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The erasure.
    pub erasure: StoredErasure,
    /// The person's name.
    pub person: String,
    /// Their household.
    pub household_id: Option<i64>,
}

/// Adds an erasure; false if another of the same person is open.
pub async fn add(tx: &mut Tx, county_id: i64, one: &StoredErasure) -> Result<bool, Error> {
    let sql = "INSERT INTO erasure (county_id, erasure_id, person_id, mark, reason, maker_id, maker, made_at, state,
                                    version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (county_id, person_id) WHERE state = 'proposed' DO NOTHING";
    let bound = values![
        county_id,
        one.erasure_id,
        one.person_id,
        one.mark.as_str(),
        one.reason.as_str(),
        one.maker_id,
        one.maker.as_str(),
        one.made_at,
        one.state.as_str(),
        one.version
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

const SELECT: &str = "SELECT e.erasure_id, e.person_id, e.mark, e.reason, e.maker_id, e.maker, e.made_at, e.state,
    e.decider_id, e.decider, e.decided_at, e.decision, e.version, p.name, p.household_id
    FROM erasure e JOIN person p ON p.county_id = e.county_id AND p.person_id = e.person_id WHERE e.county_id = $1";

/// All of them, the newest first, for whoever sees the whole county.
pub async fn list(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<Line>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!("{SELECT} ORDER BY e.erasure_id DESC LIMIT $2");
    tx.fetch_all(sql, &values![county_id, limit]).await?.iter().map(read).collect()
}

/// One of them, for whoever sees the whole county.
pub async fn get(tx: &mut Tx, scope: &Scope, erasure_id: i64) -> Result<Option<Line>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("{SELECT} AND e.erasure_id = $2");
    tx.fetch_optional(sql, &values![county_id, erasure_id]).await?.as_ref().map(read).transpose()
}

/// The one of a person that is open.
pub async fn open_of(tx: &mut Tx, scope: &Scope, person_id: i64) -> Result<Option<i64>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = "SELECT erasure_id FROM erasure WHERE county_id = $1 AND person_id = $2 AND state = 'proposed'";
    tx.fetch_optional(sql, &values![county_id, person_id]).await?.map(|row| row.int(0)).transpose()
}

/// Whose numbers were erased of those who belong to a household, if a loan of its lies in the scope on a day, or it is the
/// whole county that is seen.
pub async fn erased_of(
    tx: &mut Tx,
    scope: &Scope,
    household_id: i64,
    on: Date,
) -> Result<HashSet<i64>, Error> {
    let (condition, mut bound) = scope.of_loans("p.household_id", "l.household_id", on, 4);
    bound.insert(2, household_id.into());
    let sql = format!(
        "SELECT DISTINCT e.person_id FROM erasure e
         JOIN person p ON p.county_id = e.county_id AND p.person_id = e.person_id
         WHERE e.county_id = $1 AND p.household_id = $3 AND e.state = 'approved'{condition}"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(|row| row.int(0)).collect()
}

/// How many are open that somebody else than an account proposed.
pub async fn waiting(tx: &mut Tx, scope: &Scope, account_id: i64) -> Result<i64, Error> {
    let Some(county_id) = scope.whole() else { return Ok(0) };
    let sql = "SELECT count(*) FROM erasure WHERE county_id = $1 AND state = 'proposed' AND maker_id <> $2";
    tx.fetch_one(sql, &values![county_id, account_id]).await?.int(0)
}

fn read(row: &Row) -> Result<Line, Error> {
    let decided = decision(row, 8)?;
    Ok(Line {
        erasure: StoredErasure {
            erasure_id: row.int(0)?,
            person_id: row.int(1)?,
            mark: row.text(2)?,
            reason: row.text(3)?,
            maker_id: row.int(4)?,
            maker: row.text(5)?,
            made_at: row.int(6)?,
            state: row.text(7)?,
            decided,
            version: row.int(12)?,
        },
        person: row.text(13)?,
        household_id: row.int_or_none(14)?,
    })
}
