//! The record of who did what (audit) and the order of changes.

mod trail;

use bangfu_domain::audit::{Head, Link, Said};
use bangfu_domain::officer::Role;

use crate::bulk::{CHUNK, Column, Table};
use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use trail::{Traces, of_changes, of_subjects, traces};

/// An entry of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: Option<Role>,
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

/// Adds an entry to the county's chain.
pub async fn add(tx: &mut Tx, county_id: i64, stamp: Stamp, entry: &Entry) -> Result<(), Error> {
    let said = Said {
        change_seq: stamp.change_seq,
        at: stamp.at,
        actor: entry.actor.clone(),
        role: entry.role.map(|role| role.key().to_owned()),
        action: entry.action.to_owned(),
        subject: entry.subject.clone(),
        facts: entry.facts.clone(),
        reason: entry.reason.clone(),
        request_id: entry.request_id.clone(),
        client_id: entry.client_id.clone(),
    };
    let next = head(tx, county_id).await?.after(county_id, &said);
    tx.execute(
        "INSERT INTO audit (county_id, entry_no, change_seq, at, actor, role, action, subject, facts, reason,
                            request_id, client_id, mark)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &values![
            county_id,
            next.number,
            said.change_seq,
            said.at,
            said.actor,
            said.role,
            said.action,
            said.subject,
            said.facts,
            said.reason,
            said.request_id,
            said.client_id,
            next.mark.as_str()
        ],
    )
    .await?;
    let sql = "UPDATE county SET audit_no = $2, audit_mark = $3 WHERE county_id = $1";
    tx.execute(sql, &values![county_id, next.number, next.mark]).await?;
    Ok(())
}

/// How far a county's record goes, by the county's own word.
pub async fn head(tx: &mut Tx, county_id: i64) -> Result<Head, Error> {
    let sql = "SELECT audit_no, audit_mark FROM county WHERE county_id = $1";
    let row = tx.fetch_one(sql, &values![county_id]).await?;
    Ok(Head { number: row.int(0)?, mark: row.text(1)? })
}

/// Seals the record as far as it goes.
pub async fn seal(tx: &mut Tx, county_id: i64, at: i64) -> Result<(), Error> {
    let head = head(tx, county_id).await?;
    let sql = "INSERT INTO audit_block (county_id, entry_no, mark, sealed_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (county_id, entry_no) DO NOTHING";
    tx.execute(sql, &values![county_id, head.number, head.mark, at]).await?;
    Ok(())
}

/// How far the record went whenever it was sealed, the first first.
pub async fn sealed(tx: &mut Tx, county_id: i64) -> Result<Vec<Head>, Error> {
    let sql = "SELECT entry_no, mark FROM audit_block WHERE county_id = $1 ORDER BY entry_no";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter().map(|row| Ok(Head { number: row.int(0)?, mark: row.text(1)? })).collect()
}

/// A page of a county's entries behind a number, in their order.
pub async fn page(tx: &mut Tx, county_id: i64, after: i64) -> Result<Vec<Link>, Error> {
    let sql = format!(
        "SELECT {ENTRY} FROM audit WHERE county_id = $1 AND entry_no > $2 ORDER BY entry_no LIMIT {CHUNK}"
    );
    tx.fetch_all(sql, &values![county_id, after]).await?.iter().map(link).collect()
}

const ENTRY: &str =
    "entry_no, change_seq, at, actor, role, action, subject, facts, reason, request_id, client_id, mark";

fn link(row: &Row) -> Result<Link, Error> {
    let said = Said {
        change_seq: row.int(1)?,
        at: row.int(2)?,
        actor: row.text(3)?,
        role: row.text_or_none(4)?,
        action: row.text(5)?,
        subject: row.text(6)?,
        facts: row.text(7)?,
        reason: row.text_or_none(8)?,
        request_id: row.text(9)?,
        client_id: row.text(10)?,
    };
    Ok(Link { number: row.int(0)?, said, mark: row.text(11)? })
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
