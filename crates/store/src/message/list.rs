//! Messages as the county looks after them.

use bangfu_domain::message::{Channel, Kind, State};

use super::{COLUMNS, Message, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// A part of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Those that somebody has to look after.
    Failed,
    /// Those that wait or are being tried.
    Waiting,
    /// Those that were taken.
    Sent,
    /// All of them.
    All,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 4] = [Part::Failed, Part::Waiting, Part::Sent, Part::All];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Part::Failed => "failed",
            Part::Waiting => "waiting",
            Part::Sent => "sent",
            Part::All => "all",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.key() == key)
    }

    const fn condition(self) -> &'static str {
        match self {
            Part::Failed => " AND m.state IN ('dead', 'unsure')",
            Part::Waiting => " AND m.state IN ('queued', 'sending', 'failed')",
            Part::Sent => " AND m.state = 'sent'",
            Part::All => "",
        }
    }
}

/// How many messages there are in each state; nothing for whoever does not see the whole county.
pub async fn counts(tx: &mut Tx, scope: &Scope) -> Result<Vec<(State, i64)>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT state, CAST(count(*) AS BIGINT) FROM message WHERE county_id = $1 GROUP BY state ORDER BY state";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    let of = |found: String| State::from_key(&found).ok_or(Error::Value { column: 0, found });
    rows.iter().map(|row| Ok((of(row.text(0)?)?, row.int(1)?))).collect()
}

/// How many messages of a part there are.
pub async fn count(tx: &mut Tx, scope: &Scope, part: Part) -> Result<i64, Error> {
    let Some(county_id) = scope.whole() else { return Ok(0) };
    let sql =
        format!("SELECT CAST(count(*) AS BIGINT) FROM message m WHERE m.county_id = $1{}", part.condition());
    tx.fetch_one(sql, &values![county_id]).await?.int(0)
}

/// Messages of a part, over a channel where one is named, the newest first: those before one, at most so many.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    (part, channel): (Part, Option<Channel>),
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let mut bound = values![county_id, before.unwrap_or(i64::MAX), limit].to_vec();
    let mut condition = part.condition().to_owned();
    if let Some(channel) = channel {
        bound.push(channel.key().into());
        condition += " AND m.channel = $4";
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM message m WHERE m.county_id = $1 AND m.message_id < $2{condition}
         ORDER BY m.message_id DESC LIMIT $3"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// One message.
pub async fn get(tx: &mut Tx, scope: &Scope, message_id: i64) -> Result<Option<Message>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS} FROM message m WHERE m.county_id = $1 AND m.message_id = $2");
    tx.fetch_optional(sql, &values![county_id, message_id]).await?.as_ref().map(read).transpose()
}

/// How something was sent. Whoever asks has found it in their scope.
pub async fn of_subject(
    tx: &mut Tx,
    scope: &Scope,
    (kind, subject_id): (Kind, i64),
) -> Result<Vec<Message>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message m WHERE m.county_id = $1 AND m.kind = $2 AND m.subject_id = $3
         ORDER BY m.message_id"
    );
    tx.fetch_all(sql, &values![scope.county_id, kind.key(), subject_id]).await?.iter().map(read).collect()
}
