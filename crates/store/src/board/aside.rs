//! Differences put aside: whoever writes page after page writes each page's as they are, and adds them to those that
//! stand many pages at a time. A loan changes dozens of cells, a village's on a day for instance, and most of them are the
//! next page's too. Who adds up a board adds what lies aside.

use bangfu_domain::money::Fen;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Axis, Delta, Span, add_deltas, add_up, axis, standing_of, with_sums};
use crate::bulk::{Column, Table};
use crate::county;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

const TABLE: Table = Table {
    name: "board_aside",
    columns: &[
        ("county_id", Column::Int),
        ("board_seq", Column::Int),
        ("axis", Column::Int),
        ("deltas", Column::Int),
        ("body", Column::Bytes),
    ],
    conflict: "",
};

/// A difference as it lies in a body: year, month and day, key, standing, loans, balance. What was killed leaves bodies
/// to the next version of the program, and a backup takes them along: another form is another number in [`FORM`].
#[derive(Serialize, Deserialize)]
struct Packed((i16, i8, i8), i64, i64, i64, i64);

/// The first byte of a body: how the rest is packed.
const FORM: u8 = 1;

/// Puts differences of single days aside, which come in order. They count from here on.
pub async fn put_aside(tx: &mut Tx, county_id: i64, days: &[Delta]) -> Result<(), Error> {
    if days.is_empty() {
        return Ok(());
    }
    let seq = county::advance_boards(tx, county_id).await?;
    let mut rows = Vec::new();
    for of_axis in days.chunk_by(|one, next| one.axis == next.axis) {
        debug_assert!(
            of_axis.iter().all(|delta| delta.span == Span::Day),
            "months and years are added up later"
        );
        let packed = of_axis.iter().map(|delta| {
            let Delta { on_day: day, key_id, standing, loans, balance_fen, .. } = *delta;
            let day = (day.year(), day.month(), day.day());
            Packed(day, key_id, standing.code(), loans, balance_fen.get())
        });
        let body =
            postcard::to_extend(&packed.collect::<Vec<_>>(), vec![FORM]).map_err(|error| damaged(&error))?;
        let count = i64::try_from(of_axis.len()).unwrap_or(i64::MAX);
        rows.extend(values![county_id, seq, of_axis[0].axis.code(), count, body]);
    }
    tx.insert(TABLE, rows).await
}

/// How many differences lie aside.
pub async fn lie_aside(tx: &mut Tx, county_id: i64) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(deltas), 0) AS BIGINT) FROM board_aside WHERE county_id = $1";
    tx.fetch_one(sql, &values![county_id]).await?.int(0)
}

/// Begins to add the differences of an axis, or of all, that lie aside to those that stand: adds those of so many cells,
/// so that nobody waits long, and leaves the others in portions of as many, for [`settle_next`]. True if there are some.
pub async fn settle(tx: &mut Tx, county_id: i64, axis: Option<Axis>, most: usize) -> Result<bool, Error> {
    let mut deltas = Vec::new();
    each_aside(tx, county_id, axis, |delta| deltas.push(delta)).await?;
    if deltas.is_empty() {
        return Ok(false);
    }
    let (first, last) = axes(axis);
    let sql = "DELETE FROM board_aside WHERE county_id = $1 AND axis >= $2 AND axis <= $3";
    tx.execute(sql, &values![county_id, first, last]).await?;
    add_up(&mut deltas);
    let later = deltas.split_off(most.min(deltas.len()));
    for portion in later.chunks(most) {
        put_aside(tx, county_id, portion).await?;
    }
    add_deltas(tx, county_id, &with_sums(deltas)).await?;
    Ok(!later.is_empty())
}

/// Adds the oldest differences of an axis, or of all, that lie aside to those that stand. False if there were none.
pub async fn settle_next(tx: &mut Tx, county_id: i64, axis: Option<Axis>) -> Result<bool, Error> {
    let (first, last) = axes(axis);
    let oldest = "board_aside WHERE county_id = $1 AND axis >= $2 AND axis <= $3 AND board_seq =
                  (SELECT MIN(board_seq) FROM board_aside WHERE county_id = $1 AND axis >= $2 AND axis <= $3)";
    let mut deltas = Vec::new();
    for row in
        tx.fetch_all(format!("SELECT axis, body FROM {oldest}"), &values![county_id, first, last]).await?
    {
        unpack(&row, &mut |delta| deltas.push(delta))?;
    }
    if deltas.is_empty() {
        return Ok(false);
    }
    tx.execute(format!("DELETE FROM {oldest}"), &values![county_id, first, last]).await?;
    add_deltas(tx, county_id, &with_sums(deltas)).await?;
    Ok(true)
}

/// The first and the last number of an axis, or of all.
fn axes(axis: Option<Axis>) -> (i64, i64) {
    axis.map_or((0, i64::MAX), |axis| (axis.code(), axis.code()))
}

/// Tells the differences of an axis, or of all, that lie aside.
pub(super) async fn each_aside(
    tx: &mut Tx,
    county_id: i64,
    axis: Option<Axis>,
    mut tell: impl FnMut(Delta),
) -> Result<(), Error> {
    let sql = "SELECT axis, body FROM board_aside WHERE county_id = $1 AND axis >= $2 AND axis <= $3";
    let (first, last) = axes(axis);
    for row in tx.fetch_all(sql, &values![county_id, first, last]).await? {
        unpack(&row, &mut tell)?;
    }
    Ok(())
}

fn unpack(row: &Row, tell: &mut impl FnMut(Delta)) -> Result<(), Error> {
    let (axis, body) = (axis(row, 0)?, row.bytes(1)?);
    let packed = body.strip_prefix(&[FORM]).ok_or_else(|| damaged(&"another form"))?;
    let packed: Vec<Packed> = postcard::from_bytes(packed).map_err(|error| damaged(&error))?;
    for Packed((year, month, day), key_id, standing, loans, balance_fen) in packed {
        let on_day = Date::new(year, month, day).map_err(|error| damaged(&error))?;
        let standing = standing_of(standing, 1)?;
        let balance_fen = Fen::new(balance_fen);
        tell(Delta { axis, span: Span::Day, on_day, key_id, standing, loans, balance_fen });
    }
    Ok(())
}

/// A body that cannot be packed or unpacked.
fn damaged(error: &impl ToString) -> Error {
    Error::Value { column: 1, found: error.to_string() }
}
