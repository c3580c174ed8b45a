//! The county's own words of slips, each version kept.

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// A version of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipText {
    /// Its number, from 1.
    pub text_no: i64,
    /// The text with its places.
    pub body: String,
    /// Who wrote it.
    pub made_by: String,
    /// When, in microseconds since 1970.
    pub made_at: i64,
    /// Why.
    pub reason: String,
}

/// Adds a version; the newest holds.
pub async fn add_text(tx: &mut Tx, county_id: i64, text: &SlipText) -> Result<(), Error> {
    let sql = "INSERT INTO slip_text (county_id, text_no, body, made_by, made_at, reason)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let bound = values![
        county_id,
        text.text_no,
        text.body.as_str(),
        text.made_by.as_str(),
        text.made_at,
        text.reason.as_str()
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// The versions, the newest first, at most so many. They say nothing of anybody.
pub async fn texts(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<SlipText>, Error> {
    let sql = "SELECT text_no, body, made_by, made_at, reason FROM slip_text
               WHERE county_id = $1 ORDER BY text_no DESC LIMIT $2";
    let rows = tx.fetch_all(sql, &values![scope.county_id, limit]).await?;
    let text = |row: &crate::value::Row| {
        Ok(SlipText {
            text_no: row.int(0)?,
            body: row.text(1)?,
            made_by: row.text(2)?,
            made_at: row.int(3)?,
            reason: row.text(4)?,
        })
    };
    rows.iter().map(text).collect()
}
