//! Bank movements as they were reported, matched or not: none is ever lost.

use bangfu_domain::difference::Way;
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list, places};
use crate::difference::tried_again;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// A movement that a bank reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The institution that reported it; 0 while nobody can tell which.
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
    /// What it moves: `principal`, `interest` or `other`.
    pub kind: String,
    /// 客户名称.
    pub name: Option<String>,
    /// Keyed hash of 证件号码.
    pub identity_hash: Option<Vec<u8>>,
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
        ("kind", Column::Text),
        ("name", Column::Text),
        ("identity_hash", Column::Bytes),
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
                movement.kind.as_str(),
                movement.name.clone(),
                movement.identity_hash.clone(),
                movement.became.map(|(loan, _)| loan),
                movement.became.map(|(_, seq)| i64::from(seq)),
                import_id
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// What these institutions reported under these serial numbers: (institution, serial number, hash of what it says). The
/// key begins with the institution, of which there are few.
pub async fn known(
    tx: &mut Tx,
    county_id: i64,
    lenders: &[i64],
    serials: &[&str],
) -> Result<Vec<(i64, String, Vec<u8>)>, Error> {
    let mut known = Vec::new();
    for chunk in serials.chunks(CHUNK) {
        let (of, mut bound) = in_list(county_id, lenders);
        let list = places(bound.len() + 1, chunk.len());
        bound.extend(chunk.iter().map(|serial| Value::from(*serial)));
        let sql = format!(
            "SELECT lender_id, serial, content_hash FROM bank_movement
             WHERE county_id = $1 AND lender_id IN ({of}) AND serial IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            known.push((row.int(0)?, row.text(1)?, row.bytes(2)?));
        }
    }
    Ok(known)
}

/// The movements that bear the serial number of an open one without an institution: (lender, serial, hash of what it
/// says).
pub async fn twins(tx: &mut Tx, county_id: i64, way: Way) -> Result<Vec<(i64, String, Vec<u8>)>, Error> {
    let sql = format!(
        "SELECT m.lender_id, m.serial, m.content_hash FROM bank_movement m
         WHERE m.county_id = $1 AND m.lender_id <> 0 AND m.serial IN
           (SELECT d.serial FROM difference d WHERE d.county_id = $1 AND d.lender_id = 0 AND {})
         ORDER BY m.lender_id, m.serial",
        tried_again(2)
    );
    let rows = tx.fetch_all(sql, &values![county_id, way.key()]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?, row.bytes(2)?))).collect()
}

/// Movements that did not fit when they were reported and of which a file may still tell, each with the difference
/// that it opened, in the bank's own order: those of open differences, and of those that a person resolved in a way
/// that leaves it to a file.
pub async fn open(tx: &mut Tx, county_id: i64, way: Way) -> Result<Vec<(i64, Movement)>, Error> {
    let sql = format!(
        "SELECT d.difference_id, {COLUMNS} FROM difference d JOIN bank_movement m
           ON m.county_id = d.county_id AND m.lender_id = d.lender_id AND m.serial = d.serial
         WHERE d.county_id = $1 AND {} AND m.loan_id IS NULL
         ORDER BY m.on_day, m.serial, m.lender_id",
        tried_again(2)
    );
    let rows = tx.fetch_all(sql, &values![county_id, way.key()]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, read(row, 1)?))).collect()
}

/// The movements that opened differences, each with its difference.
pub async fn of_differences(
    tx: &mut Tx,
    county_id: i64,
    differences: &[i64],
) -> Result<Vec<(i64, Movement)>, Error> {
    let mut movements = Vec::with_capacity(differences.len());
    for chunk in differences.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT d.difference_id, {COLUMNS} FROM difference d JOIN bank_movement m
               ON m.county_id = d.county_id AND m.lender_id = d.lender_id AND m.serial = d.serial
             WHERE d.county_id = $1 AND d.difference_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            movements.push((row.int(0)?, read(&row, 1)?));
        }
    }
    Ok(movements)
}

/// The movement that an institution reported under a serial number.
pub async fn by_serial(
    tx: &mut Tx,
    county_id: i64,
    lender_id: i64,
    serial: &str,
) -> Result<Option<Movement>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bank_movement m WHERE m.county_id = $1 AND m.lender_id = $2 AND m.serial = $3"
    );
    let row = tx.fetch_optional(sql, &values![county_id, lender_id, serial]).await?;
    row.as_ref().map(|row| read(row, 0)).transpose()
}

const COLUMNS: &str =
    "m.lender_id, m.serial, m.content_hash, m.number, m.on_day, m.amount_fen, m.balance_fen,
    m.kind, m.name, m.identity_hash, m.loan_id, m.event_seq";

fn read(row: &Row, from: usize) -> Result<Movement, Error> {
    let seq = row.int_or_none(from + 11)?.and_then(|seq| u32::try_from(seq).ok());
    Ok(Movement {
        lender_id: row.int(from)?,
        serial: row.text(from + 1)?,
        content_hash: row.bytes(from + 2)?,
        number: row.text(from + 3)?,
        on_day: row.date(from + 4)?,
        amount_fen: row.fen(from + 5)?,
        balance_fen: row.int_or_none(from + 6)?.map(Fen::new),
        kind: row.text(from + 7)?,
        name: row.text_or_none(from + 8)?,
        identity_hash: row.bytes_or_none(from + 9)?,
        became: row.int_or_none(from + 10)?.zip(seq),
    })
}

/// Notes the loan and the event that a movement became after all, and the loan's institution.
pub async fn became(
    tx: &mut Tx,
    county_id: i64,
    movement: &Movement,
    lender_id: i64,
    (loan_id, event_seq): (i64, u32),
) -> Result<(), Error> {
    tx.execute(
        "UPDATE bank_movement SET lender_id = $4, loan_id = $5, event_seq = $6
         WHERE county_id = $1 AND lender_id = $2 AND serial = $3",
        &values![county_id, movement.lender_id, movement.serial.as_str(), lender_id, loan_id, event_seq],
    )
    .await?;
    Ok(())
}

/// True if an import brought the movement that an institution reported under a serial number.
pub async fn is_of(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
    (lender_id, serial): (i64, &str),
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM bank_movement WHERE county_id = $1 AND lender_id = $2 AND serial = $3 AND import_id = $4";
    Ok(tx.fetch_optional(sql, &values![county_id, lender_id, serial, import_id]).await?.is_some())
}

/// Forgets some of the movements that an import brought, at most so many; how many that were.
pub async fn forget(tx: &mut Tx, county_id: i64, import_id: i64, limit: i64) -> Result<u64, Error> {
    let sql = "DELETE FROM bank_movement WHERE county_id = $1 AND (lender_id, serial) IN
                 (SELECT lender_id, serial FROM bank_movement WHERE county_id = $1 AND import_id = $2 LIMIT $3)";
    tx.execute(sql, &values![county_id, import_id, limit]).await
}
