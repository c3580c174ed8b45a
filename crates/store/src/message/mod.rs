//! Messages (消息) that leave or left: queued with what they tell of, tried after it, and kept as what became of them.

mod list;

use bangfu_domain::message::settle::{Cause, CauseKind};
use bangfu_domain::message::{Channel, Kind, State};

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use list::{Part, count, counts, get, list, of_subject};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id here.
    pub message_id: i64,
    /// By which receivers know it again.
    pub key: String,
    /// How it goes.
    pub channel: Channel,
    /// What it tells of.
    pub kind: Kind,
    /// Which of these: a notice, a slip, or a week's list.
    pub subject_id: i64,
    /// The office's address; `None` where it goes to a borrower.
    pub address_id: Option<i64>,
    /// Whether it tells of something urgent.
    pub at_once: bool,
    /// How far it has come.
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// From when it may be tried, in microseconds since 1970 as all instants here; `None` where it is not to be.
    pub next_at: Option<i64>,
    /// Why it was not taken last.
    pub cause: Option<Cause>,
    /// When it was queued.
    pub queued_at: i64,
    /// When it was tried last.
    pub tried_at: Option<i64>,
    /// When it was taken, or somebody said so.
    pub settled_at: Option<i64>,
    /// How often it was changed.
    pub version: i64,
}

const TABLE: Table = Table {
    name: "message",
    columns: &[
        ("county_id", Column::Int),
        ("message_id", Column::Int),
        ("message_key", Column::Text),
        ("channel", Column::Text),
        ("kind", Column::Text),
        ("subject_id", Column::Int),
        ("address_id", Column::Int),
        ("at_once", Column::Int),
        ("state", Column::Text),
        ("attempts", Column::Int),
        ("next_at", Column::Int),
        ("cause", Column::Text),
        ("detail", Column::Text),
        ("queued_at", Column::Int),
        ("tried_at", Column::Int),
        ("settled_at", Column::Int),
        ("version", Column::Int),
    ],
    conflict: "",
};

const COLUMNS: &str =
    "m.message_id, m.message_key, m.channel, m.kind, m.subject_id, m.address_id, m.at_once, m.state,
    m.attempts, m.next_at, m.cause, m.detail, m.queued_at, m.tried_at, m.settled_at, m.version";

/// Queues messages; one that was queued before is not queued again.
pub async fn add(tx: &mut Tx, county_id: i64, messages: &[Message]) -> Result<(), Error> {
    let table = Table { conflict: "ON CONFLICT (county_id, message_key) DO NOTHING", ..TABLE };
    tx.insert(table, messages.iter().flat_map(|message| row(county_id, message)).collect()).await
}

/// Tells anew how far a message has come.
pub async fn put(tx: &mut Tx, county_id: i64, message: &Message) -> Result<(), Error> {
    let conflict = "ON CONFLICT (county_id, message_id) DO UPDATE SET state = excluded.state,
        attempts = excluded.attempts, next_at = excluded.next_at, cause = excluded.cause, detail = excluded.detail,
        tried_at = excluded.tried_at, settled_at = excluded.settled_at, version = message.version + 1";
    tx.insert(Table { conflict, ..TABLE }, row(county_id, message)).await
}

fn row(county_id: i64, message: &Message) -> Vec<crate::value::Value> {
    let (cause, detail) = message.cause.clone().map(|cause| (cause.kind.key(), cause.detail)).unzip();
    values![
        county_id,
        message.message_id,
        message.key.as_str(),
        message.channel.key(),
        message.kind.key(),
        message.subject_id,
        message.address_id,
        message.at_once,
        message.state.key(),
        message.attempts,
        message.next_at,
        cause,
        detail,
        message.queued_at,
        message.tried_at,
        message.settled_at,
        message.version
    ]
    .to_vec()
}

/// The message that has waited longest of those that may be tried by now, over one of these channels; with `urgent`, of
/// the urgent ones alone.
pub async fn next(
    tx: &mut Tx,
    county_id: i64,
    now: i64,
    (channels, urgent): (&[Channel], bool),
) -> Result<Option<Message>, Error> {
    if channels.is_empty() {
        return Ok(None);
    }
    let (list, mut bound) = crate::bulk::list_of(county_id, channels.iter().map(|one| one.key().into()));
    bound.push(now.into());
    let place = bound.len();
    let urgent = if urgent { " AND m.at_once = 1" } else { "" };
    let sql = format!(
        "SELECT {COLUMNS} FROM message m WHERE m.county_id = $1 AND m.next_at IS NOT NULL AND m.next_at <= ${place}
         AND m.channel IN ({list}){urgent} ORDER BY m.next_at, m.message_id LIMIT 1"
    );
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

/// Messages whose try began before an instant and has not ended.
pub async fn broken_off(tx: &mut Tx, county_id: i64, before: i64) -> Result<Vec<Message>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message m WHERE m.county_id = $1 AND m.state = 'sending' AND m.tried_at < $2
         ORDER BY m.message_id"
    );
    tx.fetch_all(sql, &values![county_id, before]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Message, Error> {
    fn known<T>(column: usize, found: String, of: fn(&str) -> Option<T>) -> Result<T, Error> {
        of(&found).ok_or(Error::Value { column, found })
    }
    let cause = match row.text_or_none(10)? {
        Some(cause) => Some(Cause {
            kind: known(10, cause, CauseKind::from_key)?,
            detail: row.text_or_none(11)?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(Message {
        message_id: row.int(0)?,
        key: row.text(1)?,
        channel: known(2, row.text(2)?, Channel::from_key)?,
        kind: known(3, row.text(3)?, Kind::from_key)?,
        subject_id: row.int(4)?,
        address_id: row.int_or_none(5)?,
        at_once: row.flag(6)?,
        state: known(7, row.text(7)?, State::from_key)?,
        attempts: u32::try_from(row.int(8)?).unwrap_or(u32::MAX),
        next_at: row.int_or_none(9)?,
        cause,
        queued_at: row.int(12)?,
        tried_at: row.int_or_none(13)?,
        settled_at: row.int_or_none(14)?,
        version: row.int(15)?,
    })
}
