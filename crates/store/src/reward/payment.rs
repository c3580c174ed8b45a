//! What was paid on lists of rewards.

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub payment_id: i64,
    /// The list.
    pub list_id: i64,
    /// The day.
    pub on_day: Date,
    /// The number of its document.
    pub document: String,
    /// How much; below zero where more came back than was paid.
    pub amount_fen: Fen,
    /// The account of who recorded it.
    pub account_id: i64,
    /// Their name.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub made_at: i64,
}

const PAID: Table = Table {
    name: "reward_paid",
    columns: &[("county_id", Column::Int), ("entry_id", Column::Int), ("payment_id", Column::Int)],
    conflict: "",
};

/// Adds a payment of entries. One that was paid already is refused by the database.
pub async fn add_payment(
    tx: &mut Tx,
    county_id: i64,
    payment: &Payment,
    entries: &[i64],
) -> Result<(), Error> {
    let sql = "INSERT INTO reward_payment (county_id, payment_id, list_id, on_day, document, amount_fen, account_id, actor,
                                           made_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let bound = values![
        county_id,
        payment.payment_id,
        payment.list_id,
        payment.on_day,
        payment.document.as_str(),
        payment.amount_fen,
        payment.account_id,
        payment.actor.as_str(),
        payment.made_at
    ];
    tx.execute(sql, &bound).await?;
    let rows = entries.iter().flat_map(|entry_id| values![county_id, *entry_id, payment.payment_id]);
    tx.insert(PAID, rows.collect()).await
}

/// The payments on a list, in order, for whoever sees the whole county.
pub async fn payments(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Vec<Payment>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT payment_id, list_id, on_day, document, amount_fen, account_id, actor, made_at FROM reward_payment
               WHERE county_id = $1 AND list_id = $2 ORDER BY list_id, payment_id";
    let read = |row: &Row| {
        Ok(Payment {
            payment_id: row.int(0)?,
            list_id: row.int(1)?,
            on_day: row.date(2)?,
            document: row.text(3)?,
            amount_fen: row.fen(4)?,
            account_id: row.int(5)?,
            actor: row.text(6)?,
            made_at: row.int(7)?,
        })
    };
    tx.fetch_all(sql, &values![county_id, list_id]).await?.iter().map(read).collect()
}

/// Which entries of a list were paid, each with its payment. Whoever asks sees the list, or has found the loan.
pub async fn paid(tx: &mut Tx, county_id: i64, list_id: i64) -> Result<Vec<(i64, i64)>, Error> {
    let sql = "SELECT p.entry_id, p.payment_id FROM reward_paid p
               WHERE p.county_id = $1 AND p.entry_id IN
                     (SELECT entry_id FROM reward_entry WHERE county_id = $1 AND list_id = $2)";
    tx.fetch_all(sql, &values![county_id, list_id])
        .await?
        .iter()
        .map(|row| Ok((row.int(0)?, row.int(1)?)))
        .collect()
}
