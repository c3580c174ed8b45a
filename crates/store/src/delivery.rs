//! Receipts (送达回执): a demand that was served, a promise in writing. Never changed.

use bangfu_domain::limitation::Interruption;
use jiff::civil::Date;

use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub delivery_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// What it is evidence of.
    pub kind: Interruption,
    /// The day on which it was received, or promised.
    pub on_day: Date,
    /// How, as the key of a text.
    pub way: String,
    /// Who received or promised it, in words.
    pub receiver: String,
    /// Anything else.
    pub note: String,
    /// The notice that was served, if it was one of the papers.
    pub paper_id: Option<i64>,
    /// Who recorded it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub recorded_at: i64,
}

/// Adds a receipt.
pub async fn add(tx: &mut Tx, county_id: i64, delivery: &Delivery) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO delivery (county_id, delivery_id, loan_id, kind, on_day, way, receiver, note, paper_id, actor,
                               recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &values![
            county_id,
            delivery.delivery_id,
            delivery.loan_id,
            delivery.kind.key(),
            delivery.on_day,
            delivery.way.as_str(),
            delivery.receiver.as_str(),
            delivery.note.as_str(),
            delivery.paper_id,
            delivery.actor.as_str(),
            delivery.recorded_at
        ],
    )
    .await?;
    Ok(())
}

/// The receipts of some loans, by loan and day. Whoever asks has found the loans in their scope.
pub async fn of_loans(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<Vec<Delivery>, Error> {
    let mut found = Vec::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT delivery_id, loan_id, kind, on_day, way, receiver, note, paper_id, actor, recorded_at FROM delivery
             WHERE county_id = $1 AND loan_id IN ({list}) ORDER BY loan_id, on_day, delivery_id"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            found.push(read(&row)?);
        }
    }
    Ok(found)
}

fn read(row: &Row) -> Result<Delivery, Error> {
    let kind = row.text(2)?;
    Ok(Delivery {
        delivery_id: row.int(0)?,
        loan_id: row.int(1)?,
        kind: Interruption::from_key(&kind).ok_or(Error::Value { column: 2, found: kind })?,
        on_day: row.date(3)?,
        way: row.text(4)?,
        receiver: row.text(5)?,
        note: row.text(6)?,
        paper_id: row.int_or_none(7)?,
        actor: row.text(8)?,
        recorded_at: row.int(9)?,
    })
}
