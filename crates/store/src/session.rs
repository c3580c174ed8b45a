//! Sessions: who is signed in, at which post, since when and until when.

use bangfu_domain::officer::Role;

use crate::account::{Post, area_of};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// By which its owner's page names it.
    pub session_id: i64,
    /// The account.
    pub account_id: i64,
    /// The post at which its owner works.
    pub post_id: i64,
    /// When it began, in microseconds since 1970, as all instants here.
    pub created_at: i64,
    /// When a request last came, to the minute.
    pub seen_at: i64,
    /// When it ends whatever comes.
    pub ends_at: i64,
    /// From where it was opened.
    pub address: String,
    /// With which browser.
    pub agent: String,
    /// How it was opened: by a password or by another house's word, and whether with a code besides.
    pub opened_by: String,
}

/// A session with what every request asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The session.
    pub session: Session,
    /// What its owner signs in with.
    pub login: String,
    /// Its owner's name.
    pub name: String,
    /// Whether a password of the owner's own has yet to be chosen.
    pub must_change: bool,
    /// Whether a second factor is set up.
    pub has_totp: bool,
    /// The post.
    pub post: Post,
}

const COLUMNS: &str = "s.session_id, s.account_id, s.post_id, s.created_at, s.seen_at, s.ends_at, s.address, s.agent, s.opened_by";

/// Opens a session under the hash of what the browser keeps.
pub async fn open(tx: &mut Tx, county_id: i64, key: &[u8], session: &Session) -> Result<(), Error> {
    let sql =
        "INSERT INTO session (county_id, session_key, session_id, account_id, post_id, created_at, seen_at,
                                    ends_at, address, agent, opened_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let bound = values![
        county_id,
        key.to_vec(),
        session.session_id,
        session.account_id,
        session.post_id,
        session.created_at,
        session.seen_at,
        session.ends_at,
        session.address.as_str(),
        session.agent.as_str(),
        session.opened_by.as_str()
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// The session of a hash, with its owner and post; `None` where there is none, where the owner may not sign in any more, or
/// where the post was taken from them.
pub async fn live(tx: &mut Tx, county_id: i64, key: &[u8]) -> Result<Option<Live>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, a.login, a.name, a.must_change, a.totp_confirmed, p.role, p.area, p.area_id
         FROM session s
         JOIN account a ON a.county_id = s.county_id AND a.account_id = s.account_id
         JOIN account_post p ON p.county_id = s.county_id AND p.account_id = s.account_id AND p.post_id = s.post_id
         WHERE s.county_id = $1 AND s.session_key = $2 AND a.disabled = 0"
    );
    let Some(row) = tx.fetch_optional(sql, &values![county_id, key.to_vec()]).await? else { return Ok(None) };
    let (role, area) = (row.text(13)?, row.text(14)?);
    let post = Post {
        post_id: row.int(2)?,
        role: Role::from_key(&role).ok_or(Error::Value { column: 13, found: role })?,
        area: area_of(&area, row.int(15)?).ok_or(Error::Value { column: 14, found: area })?,
    };
    Ok(Some(Live {
        session: read(&row)?,
        login: row.text(9)?,
        name: row.text(10)?,
        must_change: row.flag(11)?,
        has_totp: row.flag(12)?,
        post,
    }))
}

/// The sessions of an account that end after an instant, the newest first.
pub async fn of_account(
    tx: &mut Tx,
    county_id: i64,
    account_id: i64,
    at: i64,
) -> Result<Vec<Session>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM session s WHERE s.county_id = $1 AND s.account_id = $2 AND s.ends_at > $3
         ORDER BY s.created_at DESC, s.session_id DESC"
    );
    tx.fetch_all(sql, &values![county_id, account_id, at]).await?.iter().map(read).collect()
}

/// How many sessions have not ended at an instant and were seen after another.
pub async fn count_live(tx: &mut Tx, county_id: i64, at: i64, seen_after: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM session WHERE county_id = $1 AND ends_at > $2 AND seen_at > $3";
    tx.fetch_one(sql, &values![county_id, at, seen_after]).await?.int(0)
}

/// Notes that a request came.
pub async fn seen(tx: &mut Tx, county_id: i64, key: &[u8], at: i64) -> Result<(), Error> {
    let sql = "UPDATE session SET seen_at = $3 WHERE county_id = $1 AND session_key = $2 AND seen_at < $3";
    tx.execute(sql, &values![county_id, key.to_vec(), at]).await?;
    Ok(())
}

/// From here on the session's owner works at another of their posts.
pub async fn move_to(tx: &mut Tx, county_id: i64, key: &[u8], post_id: i64) -> Result<(), Error> {
    let sql = "UPDATE session SET post_id = $3 WHERE county_id = $1 AND session_key = $2";
    tx.execute(sql, &values![county_id, key.to_vec(), post_id]).await?;
    Ok(())
}

/// Ends a session by its hash.
pub async fn end(tx: &mut Tx, county_id: i64, key: &[u8]) -> Result<(), Error> {
    let sql = "DELETE FROM session WHERE county_id = $1 AND session_key = $2";
    tx.execute(sql, &values![county_id, key.to_vec()]).await?;
    Ok(())
}

/// Ends one of an account's sessions; false if it has no such.
pub async fn end_one(tx: &mut Tx, county_id: i64, account_id: i64, session_id: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM session WHERE county_id = $1 AND account_id = $2 AND session_id = $3 RETURNING session_id";
    Ok(tx.fetch_optional(sql, &values![county_id, account_id, session_id]).await?.is_some())
}

/// Ends all of an account's sessions but the one of a hash, if one is told.
pub async fn end_all(tx: &mut Tx, county_id: i64, account_id: i64, but: Option<&[u8]>) -> Result<(), Error> {
    let sql = "DELETE FROM session WHERE county_id = $1 AND account_id = $2 AND session_key <> $3";
    tx.execute(sql, &values![county_id, account_id, but.unwrap_or_default().to_vec()]).await?;
    Ok(())
}

/// Forgets an account's sessions that ended before an instant.
pub async fn forget_ended(tx: &mut Tx, county_id: i64, account_id: i64, at: i64) -> Result<(), Error> {
    let sql = "DELETE FROM session WHERE county_id = $1 AND account_id = $2 AND ends_at <= $3";
    tx.execute(sql, &values![county_id, account_id, at]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        session_id: row.int(0)?,
        account_id: row.int(1)?,
        post_id: row.int(2)?,
        created_at: row.int(3)?,
        seen_at: row.int(4)?,
        ends_at: row.int(5)?,
        address: row.text(6)?,
        agent: row.text(7)?,
        opened_by: row.text(8)?,
    })
}
