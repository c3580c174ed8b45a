//! Something done for a program once, however often it asks with the same word (Idempotency-Key).
//!
//! The word is noted before the work and the answer after it. Between the two the process may die; what was done then is
//! told by the record, which is written with the work in one transaction and names the request.

use bangfu_store::answer::{self, Answer, Asked, Stored, Work};
use bangfu_store::{Db, county};

use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

/// How long an answer is kept, in microseconds: a day.
pub const KEPT: i64 = 24 * 3600 * 1_000_000;

/// Work that has not said for so long that it goes on has died, in microseconds: twenty seconds.
const SILENT: i64 = 20_000_000;

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is to be done.
    New,
    /// It was answered before.
    Answered(Answer),
    /// Its work was done, and the process died before it was answered: the action of the record and its subject.
    Done(String, String),
    /// It is being worked on.
    UnderWay,
    /// The word stands for something else.
    Another,
}

/// Begins a request of a program, in a process: `is_here` tells whether this process is at it now.
pub async fn begin(db: &Db, ctx: &Ctx, asked: &Asked, holder: &str, is_here: bool) -> Result<Begun, Error> {
    let (county_id, now) = (ctx.county_id(), ctx.micros());
    in_write!(db, ctx.county_id(), |tx| async {
        answer::expire(tx, county_id, now - KEPT).await?;
        let known = answer::get(tx, db.key(), county_id, asked).await?;
        if let Some(Stored { request_hash, work, answer }) = known {
            if request_hash != asked.request_hash {
                return Ok(Begun::Another);
            }
            if let Some(answer) = answer {
                return Ok(Begun::Answered(answer));
            }
            let is_at_it =
                if work.holder == holder { is_here } else { now.saturating_sub(work.beat_at) < SILENT };
            if is_at_it {
                return Ok(Begun::UnderWay);
            }
            if let Some((action, subject)) = answer::done(tx, county_id, &work).await? {
                return Ok(Begun::Done(action, subject));
            }
        }
        let change_seq = county::get(tx, county_id).await?.change_seq;
        let work =
            Work { holder: holder.to_owned(), request_id: ctx.request_id.clone(), change_seq, beat_at: now };
        answer::begin(tx, county_id, asked, &work).await?;
        Ok::<Begun, Error>(Begun::New)
    })
}

/// Says that the work on a request goes on.
pub async fn beat(db: &Db, county_id: i64, asked: &Asked, at: i64) -> Result<(), Error> {
    in_write!(db, county_id, |tx| async { Ok::<(), Error>(answer::beat(tx, county_id, asked, at).await?) })
}

/// Keeps the answer to a request.
pub async fn finish(db: &Db, county_id: i64, asked: &Asked, given: &Answer) -> Result<(), Error> {
    in_write!(db, county_id, |tx| async {
        Ok::<(), Error>(answer::keep(tx, db.key(), county_id, asked, given).await?)
    })
}

/// Forgets a request of which nothing came: the word may be used again.
pub async fn drop_work(db: &Db, county_id: i64, asked: &Asked) -> Result<(), Error> {
    in_write!(db, county_id, |tx| async { Ok::<(), Error>(answer::forget(tx, county_id, asked).await?) })
}
