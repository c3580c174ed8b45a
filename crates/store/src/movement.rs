//! Bank movements as they were reported, matched or not: none is ever lost.

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// A movement of principal that a bank reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The institution that reported it.
    pub lender_id: i64,
    /// 流水号, unique within the institution.
    pub serial: String,
    /// Keyed hash of all that the row says, to tell the same from another.
    pub content_hash: Vec<u8>,
    /// 借据号.
    pub number: String,
    /// 交易日期.
    pub on_day: Date,
    /// 交易金额.
    pub amount_fen: Fen,
    /// 贷款余额 after it.
    pub balance_fen: Option<Fen>,
    /// The loan and the event that it became; `None` while it is a difference.
    pub became: Option<(i64, u32)>,
}

const TABLE: Table = Table {
    name: "bank_movement",
    columns: &[
        ("county_id", Column::Int),
        ("lender_id", Column::Int),
        ("serial", Column::Text),
        ("content_hash", Column::Bytes),
        ("number", Column::Text),
        ("on_day", Column::Date),
        ("amount_fen", Column::Int),
        ("balance_fen", Column::Int),
        ("loan_id", Column::Int),
        ("event_seq", Column::Int),
        ("import_id", Column::Int),
    ],
    conflict: "",
};

/// Keeps movements.
pub async fn add(tx: &mut Tx, county_id: i64, import_id: i64, movements: &[Movement]) -> Result<(), Error> {
    let rows = movements
        .iter()
        .flat_map(|movement| {
            values![
                county_id,
                movement.lender_id,
                movement.serial.as_str(),
                movement.content_hash.clone(),
                movement.number.as_str(),
                movement.on_day,
                movement.amount_fen,
                movement.balance_fen.map(Fen::get),
                movement.became.map(|(loan, _)| loan),
                movement.became.map(|(_, seq)| i64::from(seq)),
                import_id
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// The serial numbers known of an institution, with the hash of what each said.
pub async fn known(tx: &mut Tx, county_id: i64, lender_id: i64) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let sql = "SELECT serial, content_hash FROM bank_movement WHERE county_id = $1 AND lender_id = $2
               ORDER BY serial";
    let rows = tx.fetch_all(sql, &values![county_id, lender_id]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.bytes(1)?))).collect()
}
