//! The record of who did what (audit) and the order of changes.

use crate::bulk::{Column, Table};
use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// An entry of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub actor: String,
    /// What, as the key of a text.
    pub action: &'static str,
    /// To what.
    pub subject: String,
    /// What changed, as JSON.
    pub facts: String,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The request in which it happened.
    pub request_id: String,
    /// From where.
    pub client_id: String,
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, county_id: i64, stamp: Stamp, entry: &Entry) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit (county_id, change_seq, at, actor, action, subject, facts, reason, request_id, client_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &values![
            county_id,
            stamp.change_seq,
            stamp.at,
            entry.actor.as_str(),
            entry.action,
            entry.subject.as_str(),
            entry.facts.as_str(),
            entry.reason.clone(),
            entry.request_id.as_str(),
            entry.client_id.as_str()
        ],
    )
    .await?;
    Ok(())
}

const CHANGE: Table = Table {
    name: "change",
    columns: &[
        ("county_id", Column::Int),
        ("change_seq", Column::Int),
        ("noun", Column::Text),
        ("first_id", Column::Int),
        ("last_id", Column::Int),
        ("gone", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, change_seq, noun, first_id) DO UPDATE
               SET last_id = CASE WHEN excluded.last_id > change.last_id THEN excluded.last_id ELSE change.last_id END",
};

/// Notes which rows of a noun a change touched.
pub async fn note_changes(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    noun: &'static str,
    ids: &[i64],
) -> Result<(), Error> {
    note(tx, county_id, stamp, (noun, false), ids).await
}

/// Notes that a change touched rows of a noun that have ids from one to another, or, with true, took them away.
pub async fn note_among(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    (noun, gone): (&'static str, bool),
    (first, last): (i64, i64),
) -> Result<(), Error> {
    tx.insert(CHANGE, values![county_id, stamp.change_seq, noun, first, last, gone].to_vec()).await
}

/// Notes which rows of a noun a change touched, or, with true, took away.
pub async fn note(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    (noun, gone): (&'static str, bool),
    ids: &[i64],
) -> Result<(), Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    // What is new has numbers in a row, if with those of other nouns between them.
    let rows = ids
        .chunk_by(|one, next| next - one <= 1 || *one >= stamp.new_from)
        .filter_map(|range| Some((*range.first()?, *range.last()?)))
        .flat_map(|(first, last)| values![county_id, stamp.change_seq, noun, first, last, gone])
        .collect();
    tx.insert(CHANGE, rows).await
}
