//! What programs were answered when they had something done, so that asking again does nothing twice.

use crate::error::Error;
use crate::key::Key;
use crate::tx::Tx;
use crate::values;

/// Which request of which token: the word that its program chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The token.
    pub token_id: i64,
    /// The word.
    pub answer_key: String,
    /// Of what was asked, so that the word stands for one thing.
    pub request_hash: Vec<u8>,
}

/// Who works on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The process.
    pub holder: String,
    /// By which the record names what it did.
    pub request_id: String,
    /// The county's last change when it was begun.
    pub change_seq: i64,
    /// When it last said that it was still at it, in microseconds since 1970.
    pub beat_at: i64,
}

/// An answer as it is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: i64,
    /// The version of what is shown.
    pub etag: Option<String>,
    /// Where what was made stands.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Of what was asked.
    pub request_hash: Vec<u8>,
    /// Who works on it, or did.
    pub work: Work,
    /// The answer; none while it is being worked on.
    pub answer: Option<Answer>,
}

/// How a request stands; `None` where it was not asked before.
pub async fn get(tx: &mut Tx, key: &Key, county_id: i64, asked: &Asked) -> Result<Option<Stored>, Error> {
    let sql = "SELECT request_hash, holder, request_id, beat_at, status, etag, location, body, change_seq FROM token_answer
               WHERE county_id = $1 AND token_id = $2 AND answer_key = $3";
    let bound = values![county_id, asked.token_id, asked.answer_key.as_str()];
    let Some(row) = tx.fetch_optional(sql, &bound).await? else { return Ok(None) };
    let answer = match row.int_or_none(4)? {
        None => None,
        Some(status) => Some(Answer {
            status,
            etag: row.text_or_none(5)?,
            location: row.text_or_none(6)?,
            body: key.open(&row.bytes(7)?)?,
        }),
    };
    let work = Work {
        holder: row.text(1)?,
        request_id: row.text(2)?,
        change_seq: row.int(8)?,
        beat_at: row.int(3)?,
    };
    Ok(Some(Stored { request_hash: row.bytes(0)?, work, answer }))
}

/// Notes that a request is being worked on, whoever did so before.
pub async fn begin(tx: &mut Tx, county_id: i64, asked: &Asked, work: &Work) -> Result<(), Error> {
    let sql =
        "INSERT INTO token_answer (county_id, token_id, answer_key, request_hash, request_id, change_seq,
                                         holder, beat_at, begun_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
               ON CONFLICT (county_id, token_id, answer_key)
               DO UPDATE SET request_id = excluded.request_id, change_seq = excluded.change_seq,
                             holder = excluded.holder, beat_at = excluded.beat_at";
    let bound = values![
        county_id,
        asked.token_id,
        asked.answer_key.as_str(),
        asked.request_hash.clone(),
        work.request_id.as_str(),
        work.change_seq,
        work.holder.as_str(),
        work.beat_at
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Says that the work goes on.
pub async fn beat(tx: &mut Tx, county_id: i64, asked: &Asked, at: i64) -> Result<(), Error> {
    let sql = "UPDATE token_answer SET beat_at = $4
               WHERE county_id = $1 AND token_id = $2 AND answer_key = $3 AND status IS NULL";
    tx.execute(sql, &values![county_id, asked.token_id, asked.answer_key.as_str(), at]).await?;
    Ok(())
}

/// Keeps an answer, sealed: it may name people.
pub async fn keep(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    asked: &Asked,
    answer: &Answer,
) -> Result<(), Error> {
    let sql = "UPDATE token_answer SET status = $4, etag = $5, location = $6, body = $7
               WHERE county_id = $1 AND token_id = $2 AND answer_key = $3";
    let bound = values![
        county_id,
        asked.token_id,
        asked.answer_key.as_str(),
        answer.status,
        answer.etag.clone(),
        answer.location.clone(),
        key.seal(&answer.body)?
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Forgets a request of which nothing came: it may be asked again as if for the first time.
pub async fn forget(tx: &mut Tx, county_id: i64, asked: &Asked) -> Result<(), Error> {
    let sql = "DELETE FROM token_answer WHERE county_id = $1 AND token_id = $2 AND answer_key = $3";
    tx.execute(sql, &values![county_id, asked.token_id, asked.answer_key.as_str()]).await?;
    Ok(())
}

/// Forgets what was begun before an instant.
pub async fn expire(tx: &mut Tx, county_id: i64, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM token_answer WHERE county_id = $1 AND begun_at < $2";
    tx.execute(sql, &values![county_id, before]).await?;
    Ok(())
}

/// What the record says was done in the request of a piece of work, and to what; `None` where nothing was.
pub async fn done(tx: &mut Tx, county_id: i64, work: &Work) -> Result<Option<(String, String)>, Error> {
    let sql = "SELECT action, subject FROM audit WHERE county_id = $1 AND change_seq > $2 AND request_id = $3
               ORDER BY change_seq DESC LIMIT 1";
    let bound = values![county_id, work.change_seq, work.request_id.as_str()];
    let row = tx.fetch_optional(sql, &bound).await?;
    row.map(|row| Ok((row.text(0)?, row.text(1)?))).transpose()
}
