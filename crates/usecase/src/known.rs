//! Instants of knowledge: a question with a day and an instant has one answer for ever.

use bangfu_store::{Db, county};

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// Fixes an instant of knowledge (microseconds since 1970) before a question about it is answered: whatever is
/// committed from here on is recorded later than it. A writer that is under way is waited for, since it may
/// have begun before.
pub async fn fix_instant(db: &Db, ctx: &Ctx, known_at: Option<i64>) -> Result<(), Error> {
    let Some(known_at) = known_at else { return Ok(()) };
    if known_at > ctx.micros() {
        return Err(Refusal::KnownAhead.into());
    }
    let last_at = county::get(&mut db.read().await?, ctx.county_id()).await?.last_at;
    if last_at >= known_at {
        return Ok(());
    }
    in_write!(db, ctx.county_id(), |tx| async {
        Ok::<(), Error>(county::hold(tx, ctx.county_id(), known_at).await?)
    })
}
