//! Amendments: a county's own versions of packs and years of rest days, proposed by one person and decided on by another.

use jiff::civil::Date;

use crate::error::Error;
use crate::proposal::{Decision, decision};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An amendment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAmendment {
    /// Its id.
    pub amendment_id: i64,
    /// What kind of thing it amends.
    pub kind: String,
    /// The file of the pack, or the year.
    pub subject: String,
    /// The whole text.
    pub body: String,
    /// The text that it is to replace, if there is one.
    pub body_before: Option<String>,
    /// The day from which it is to hold.
    pub valid_from: Date,
    /// Why.
    pub reason: String,
    /// The account of who proposes it.
    pub maker_id: i64,
    /// Their name.
    pub maker: String,
    /// When, in microseconds since 1970, as all instants here.
    pub made_at: i64,
    /// How far it has come.
    pub state: String,
    /// Who decided on it, and when and why.
    pub decided: Option<Decision>,
    /// Since when the county's loans are judged by it.
    pub in_force_at: Option<i64>,
    /// How often it was touched.
    pub version: i64,
}

/// Adds an amendment; false if another of the same thing is open.
pub async fn add(tx: &mut Tx, county_id: i64, one: &StoredAmendment) -> Result<bool, Error> {
    let sql = "INSERT INTO amendment (county_id, amendment_id, kind, subject, body, body_before, valid_from, reason,
                                      maker_id, maker, made_at, state, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               ON CONFLICT (county_id, kind, subject) WHERE state = 'proposed' DO NOTHING";
    let bound = values![
        county_id,
        one.amendment_id,
        one.kind.as_str(),
        one.subject.as_str(),
        one.body.as_str(),
        one.body_before.clone(),
        one.valid_from,
        one.reason.as_str(),
        one.maker_id,
        one.maker.as_str(),
        one.made_at,
        one.state.as_str(),
        one.version
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

/// Notes that the county's loans are judged by an amendment from an instant on.
pub async fn put_in_force(tx: &mut Tx, county_id: i64, amendment_id: i64, at: i64) -> Result<(), Error> {
    let sql = "UPDATE amendment SET in_force_at = $3, version = version + 1 WHERE county_id = $1 AND amendment_id = $2";
    tx.execute(sql, &values![county_id, amendment_id, at]).await?;
    Ok(())
}

const SELECT: &str = "SELECT amendment_id, kind, subject, body, body_before, valid_from, reason, maker_id, maker,
    made_at, state, decider_id, decider, decided_at, decision, in_force_at, version FROM amendment WHERE county_id = $1";

/// The amendments of a kind of thing, the newest first, for whoever sees the whole county.
pub async fn list(tx: &mut Tx, scope: &Scope, kind: &str) -> Result<Vec<StoredAmendment>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!("{SELECT} AND kind = $2 ORDER BY amendment_id DESC");
    tx.fetch_all(sql, &values![county_id, kind]).await?.iter().map(read).collect()
}

/// One of them, for whoever sees the whole county.
pub async fn get(tx: &mut Tx, scope: &Scope, amendment_id: i64) -> Result<Option<StoredAmendment>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("{SELECT} AND amendment_id = $2");
    tx.fetch_optional(sql, &values![county_id, amendment_id]).await?.map(|row| read(&row)).transpose()
}

/// The approved ones that hold on a day, in the order in which they come into force: of each thing the last decides.
pub async fn approved(tx: &mut Tx, county_id: i64, day: Date) -> Result<Vec<StoredAmendment>, Error> {
    let sql = format!(
        "{SELECT} AND state = 'approved' AND valid_from <= $2 ORDER BY valid_from, decided_at, amendment_id"
    );
    tx.fetch_all(sql, &values![county_id, day]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<StoredAmendment, Error> {
    let decided = decision(row, 11)?;
    Ok(StoredAmendment {
        amendment_id: row.int(0)?,
        kind: row.text(1)?,
        subject: row.text(2)?,
        body: row.text(3)?,
        body_before: row.text_or_none(4)?,
        valid_from: row.date(5)?,
        reason: row.text(6)?,
        maker_id: row.int(7)?,
        maker: row.text(8)?,
        made_at: row.int(9)?,
        state: row.text(10)?,
        decided,
        in_force_at: row.int_or_none(15)?,
        version: row.int(16)?,
    })
}
