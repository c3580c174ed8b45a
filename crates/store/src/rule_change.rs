//! Which rules a county's loans were judged by since when.

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// Notes that rules hold from an instant (microseconds since 1970) on.
pub async fn add(
    tx: &mut Tx,
    county_id: i64,
    recorded_at: i64,
    digest: &str,
    body: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO rule_change (county_id, recorded_at, digest, body) VALUES ($1, $2, $3, $4)";
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
