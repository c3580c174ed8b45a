//! What a county chooses to send by itself.

use bangfu_store::county;
use bangfu_store::sending::{self as stored, Sending};
use bangfu_store::{Db, audit};
use jiff::civil::Weekday;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;

/// Chooses whether borrowers are told by short message, and the weekday of the leader's list.
pub async fn choose(
    db: &Db,
    ctx: &Ctx,
    version: i64,
    (sms, weekly_day): (bool, Weekday),
    reason: &str,
) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        let before = stored::get(tx, &ctx.scope).await?;
        if before.version != version {
            return Err(Refusal::SeenOtherwise.into());
        }
        let reason = sound_reason(reason, Refusal::NoReason)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        stored::put(tx, county_id, &Sending { sms, weekly_day, version }).await?;
        let day = |one: Weekday| one.to_monday_one_offset();
        let facts =
            json!({ "sms": [before.sms, sms], "weekly_day": [day(before.weekly_day), day(weekly_day)] });
        let ctx = Ctx { reason: Some(reason), ..ctx.clone() };
        audit::add(tx, county_id, stamp, &ctx.entry("sending-chosen", String::new(), &facts)).await?;
        Ok::<(), Error>(())
    })
}
