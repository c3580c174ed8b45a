//! Which rules a county's loans were judged by since when.

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// How far the loans of a county are judged by the rules that were noted last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judging {
    /// When the rules were noted, in microseconds since 1970.
    pub recorded_at: i64,
    /// The loans that the book had then.
    pub loans: i64,
    /// So many of them are judged by these rules.
    pub judged: i64,
    /// The last of those, by id.
    pub judged_to: i64,
    /// So many of those stood otherwise by the rules before.
    pub changed: i64,
}

/// Notes that rules hold from an instant (microseconds since 1970) on. The loans that the book has are to be judged by
/// them: see [`judging`].
pub async fn add(
    tx: &mut Tx,
    county_id: i64,
    recorded_at: i64,
    digest: &str,
    body: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO rule_change (county_id, recorded_at, digest, body, loans)
               SELECT $1, $2, $3, $4, count(*) FROM loan WHERE county_id = $1";
    tx.execute(sql, &values![county_id, recorded_at, digest, body]).await?;
    Ok(())
}

/// The rules that held at an instant, and before the first of them those: when they were noted, and their digest.
/// `None` if none were ever noted.
pub async fn at(tx: &mut Tx, county_id: i64, instant: i64) -> Result<Option<(i64, String)>, Error> {
    let sql = "SELECT recorded_at, digest FROM rule_change WHERE county_id = $1
               ORDER BY CASE WHEN recorded_at <= $2 THEN 0 ELSE 1 END,
                        CASE WHEN recorded_at <= $2 THEN -recorded_at ELSE recorded_at END LIMIT 1";
    let row = tx.fetch_optional(sql, &values![county_id, instant]).await?;
    row.map(|row| Ok((row.int(0)?, row.text(1)?))).transpose()
}

/// The text of the rules that were noted at an instant.
pub async fn body(tx: &mut Tx, county_id: i64, recorded_at: i64) -> Result<String, Error> {
    let sql = "SELECT body FROM rule_change WHERE county_id = $1 AND recorded_at = $2";
    tx.fetch_one(sql, &values![county_id, recorded_at]).await?.text(0)
}

/// How far the judging by the rules that were noted last has come; `None` once every loan is judged by them.
pub async fn judging(tx: &mut Tx, county_id: i64) -> Result<Option<Judging>, Error> {
    let sql = "SELECT recorded_at, loans, judged, judged_to, changed FROM rule_change WHERE county_id = $1
               ORDER BY recorded_at DESC LIMIT 1";
    let Some(row) = tx.fetch_optional(sql, &values![county_id]).await? else { return Ok(None) };
    let judging = Judging {
        recorded_at: row.int(0)?,
        loans: row.int(1)?,
        judged: row.int(2)?,
        judged_to: row.int(3)?,
        changed: row.int(4)?,
    };
    Ok(Some(judging).filter(|judging| judging.judged < judging.loans))
}

/// Notes how far the judging has come.
pub async fn advance(tx: &mut Tx, county_id: i64, to: &Judging) -> Result<(), Error> {
    let sql = "UPDATE rule_change SET judged = $3, judged_to = $4, changed = $5
               WHERE county_id = $1 AND recorded_at = $2";
    tx.execute(sql, &values![county_id, to.recorded_at, to.judged, to.judged_to, to.changed]).await?;
    Ok(())
}
