//! Events: append-only.

use bangfu_domain::loan::{EventKind, LoanEvent};
use serde_json::from_str;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An event with the loan to which it belongs and the import that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The loan.
    pub loan_id: i64,
    /// The import that made it, if one did.
    pub import_id: Option<i64>,
    /// The event.
    pub event: LoanEvent,
}

const TABLE: Table = Table {
    name: "loan_event",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("seq", Column::Int),
        ("effective_on", Column::Date),
        ("recorded_at", Column::Int),
        ("change_seq", Column::Int),
        ("import_id", Column::Int),
        ("body", Column::Text),
    ],
    conflict: "",
};

/// Appends events.
pub async fn add_events(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    events: &[StoredEvent],
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(events.len() * TABLE.columns.len());
    for StoredEvent { loan_id, import_id, event } in events {
        let body = serde_json::to_string(&event.kind)
            .map_err(|error| Error::Value { column: 7, found: error.to_string() })?;
        rows.extend(values![
            county_id,
            *loan_id,
            event.seq,
            event.effective_on,
            event.recorded_at,
            stamp.change_seq,
            *import_id,
            body
        ]);
    }
    tx.insert(TABLE, rows).await
}

const SELECT: &str = "SELECT loan_id, seq, effective_on, recorded_at, import_id, body FROM loan_event";

/// The events of some loans, by loan and in the order of recording.
pub async fn events(tx: &mut Tx, county_id: i64, loan_ids: &[i64]) -> Result<Vec<StoredEvent>, Error> {
    let mut events = Vec::new();
    for chunk in loan_ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("{SELECT} WHERE county_id = $1 AND loan_id IN ({list}) ORDER BY loan_id, seq");
        for row in tx.fetch_all(sql, &bound).await? {
            events.push(read(&row)?);
        }
    }
    Ok(events)
}

/// The events of all loans after a cursor, for at most so many events: a rebuild reads the book in pages.
pub async fn all_events(
    tx: &mut Tx,
    county_id: i64,
    after_loan_id: i64,
    to_loan_id: i64,
) -> Result<Vec<StoredEvent>, Error> {
    let sql =
        format!("{SELECT} WHERE county_id = $1 AND loan_id > $2 AND loan_id <= $3 ORDER BY loan_id, seq");
    tx.fetch_all(sql, &values![county_id, after_loan_id, to_loan_id]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<StoredEvent, Error> {
    let seq = row.int(1)?;
    let body = row.text(5)?;
    let kind: EventKind = from_str(&body).map_err(|_| Error::Value { column: 5, found: body })?;
    Ok(StoredEvent {
        loan_id: row.int(0)?,
        import_id: row.int_or_none(4)?,
        event: LoanEvent {
            seq: u32::try_from(seq).map_err(|_| Error::Value { column: 1, found: seq.to_string() })?,
            effective_on: row.date(2)?,
            recorded_at: row.int(3)?,
            kind,
        },
    })
}
