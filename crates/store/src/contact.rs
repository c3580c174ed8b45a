//! Records of contact (联系记录): who spoke with whom about a loan, and what came of it. Never changed.

use bangfu_domain::money::Fen;
use bangfu_domain::task::{Outcome, Way};
use jiff::civil::Date;

use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A record of contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub contact_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// The day of the contact.
    pub on_day: Date,
    /// Who recorded it.
    pub actor: String,
    /// How.
    pub way: Way,
    /// Whom they met or reached, in words.
    pub met: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The promised day.
    pub promised_on: Option<Date>,
    /// The promised amount.
    pub promised_fen: Option<Fen>,
    /// Anything else.
    pub note: String,
    /// When it was recorded, in microseconds since 1970.
    pub recorded_at: i64,
}

/// Adds a record.
pub async fn add(tx: &mut Tx, county_id: i64, stamp: Stamp, contact: &Contact) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO contact (county_id, contact_id, loan_id, on_day, actor, way, met, outcome, promised_on,
                              promised_fen, note, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &values![
            county_id,
            contact.contact_id,
            contact.loan_id,
            contact.on_day,
            contact.actor.as_str(),
            contact.way.key(),
            contact.met.as_str(),
            contact.outcome.key(),
            contact.promised_on,
            contact.promised_fen.map(Fen::get),
            contact.note.as_str(),
            stamp.at
        ],
    )
    .await?;
    Ok(())
}

/// What is recorded of a loan, the newest first, at most so many. Whoever asks has found the loan in their scope.
pub async fn of_loan(tx: &mut Tx, county_id: i64, loan_id: i64, limit: i64) -> Result<Vec<Contact>, Error> {
    let sql = "SELECT contact_id, loan_id, on_day, actor, way, met, outcome, promised_on, promised_fen, note, recorded_at
               FROM contact WHERE county_id = $1 AND loan_id = $2 ORDER BY on_day DESC, contact_id DESC LIMIT $3";
    tx.fetch_all(sql, &values![county_id, loan_id, limit]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Contact, Error> {
    let (way, outcome) = (row.text(4)?, row.text(6)?);
    Ok(Contact {
        contact_id: row.int(0)?,
        loan_id: row.int(1)?,
        on_day: row.date(2)?,
        actor: row.text(3)?,
        way: Way::from_key(&way).ok_or(Error::Value { column: 4, found: way })?,
        met: row.text(5)?,
        outcome: Outcome::from_key(&outcome).ok_or(Error::Value { column: 6, found: outcome })?,
        promised_on: row.date_or_none(7)?,
        promised_fen: row.int_or_none(8)?.map(Fen::new),
        note: row.text(9)?,
        recorded_at: row.int(10)?,
    })
}
