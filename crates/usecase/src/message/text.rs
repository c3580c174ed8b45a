//! The county's own words of slips and short messages.

use bangfu_domain::message::slip::{Text, USUAL};
use bangfu_store::county;
use bangfu_store::slip::{self as stored, SlipText};
use bangfu_store::{Db, Scope, Tx, audit};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;

/// So many versions are shown.
const SHOWN: i64 = 20;

/// The text that holds, its number, which is 0 for the one that stands until a county writes its own, and its versions, the
/// newest first.
pub async fn versions(tx: &mut Tx, ctx: &Ctx) -> Result<(String, i64, Vec<SlipText>), Error> {
    let all = stored::texts(tx, &ctx.scope, SHOWN).await?;
    let newest = all.first().map_or((USUAL.trim().to_owned(), 0), |text| (text.body.clone(), text.text_no));
    Ok((newest.0, newest.1, all))
}

/// The text that holds.
pub(super) async fn in_force(tx: &mut Tx, county_id: i64) -> Result<Text, Error> {
    let newest = stored::texts(tx, &Scope::county(county_id), 1).await?.into_iter().next();
    let body = newest.map_or_else(|| USUAL.to_owned(), |text| text.body);
    Ok(Text::parse(&body).map_err(Refusal::from)?)
}

/// Writes the text anew.
pub async fn write(db: &Db, ctx: &Ctx, seen: i64, body: &str, reason: &str) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        // Lines end as pages and phones end them.
        let body = body.trim().replace("\r\n", "\n").replace(['\r', '\0'], "");
        Text::parse(&body).map_err(Refusal::from)?;
        let reason = sound_reason(reason, Refusal::NoReason)?;
        let newest = stored::texts(tx, &ctx.scope, 1).await?.into_iter().next();
        let before = newest.as_ref().map_or(0, |text| text.text_no);
        if before != seen {
            return Err(Refusal::SeenOtherwise.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let facts = json!({ "text": before + 1, "before": newest.map(|text| text.body), "after": body });
        let (made_by, made_at) = (ctx.actor.clone(), stamp.at);
        let text = SlipText { text_no: before + 1, body, made_by, made_at, reason: reason.clone() };
        stored::add_text(tx, county_id, &text).await?;
        let ctx = Ctx { reason: Some(reason), ..ctx.clone() };
        let entry = ctx.entry("slip-text-written", text.text_no.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
