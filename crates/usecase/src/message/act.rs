//! What somebody says of a message that did not go through: it is sent again, or it was received.

use bangfu_domain::message::State;
use bangfu_store::county;
use bangfu_store::message::{self as stored, Message, Part};
use bangfu_store::{Db, Tx, audit};
use serde_json::json;

use super::MessageFault;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// So many messages are sent again at once.
const AGAIN_MAX: i64 = 500;

/// The message as the actor saw it.
async fn seen(tx: &mut Tx, ctx: &Ctx, message_id: i64, version: i64) -> Result<Message, Error> {
    let found = stored::get(tx, &ctx.scope, message_id).await?.ok_or(Refusal::NotFound)?;
    if found.version != version { Err(MessageFault::MovedOn.into()) } else { Ok(found) }
}

fn queued_anew(message: &mut Message, now: i64) {
    message.state = State::Queued;
    message.attempts = 0;
    message.next_at = Some(now);
    message.settled_at = None;
}

/// Sends a message again that was given up, waits for its next try, or may not have arrived. It keeps the id by which
/// receivers know it.
pub async fn again(db: &Db, ctx: &Ctx, message_id: i64, version: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let mut message = seen(tx, ctx, message_id, version).await?;
        if !matches!(message.state, State::Dead | State::Unsure | State::Failed) {
            return Err(MessageFault::MovedOn.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let facts = json!({ "key": message.key, "before": message.state.key() });
        queued_anew(&mut message, ctx.micros());
        stored::put(tx, ctx.county_id(), &message).await?;
        let entry = ctx.entry("message-again", message_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}

/// Sends all messages again that were given up; of those that may have arrived, each is decided on by itself. How many.
pub async fn again_all(db: &Db, ctx: &Ctx) -> Result<usize, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let failed = stored::list(tx, &ctx.scope, (Part::Failed, None), None, AGAIN_MAX).await?;
        let dead: Vec<Message> = failed.into_iter().filter(|one| one.state == State::Dead).collect();
        if dead.is_empty() {
            return Ok(0);
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let count = dead.len();
        for mut message in dead {
            queued_anew(&mut message, ctx.micros());
            stored::put(tx, ctx.county_id(), &message).await?;
        }
        let entry = ctx.entry("messages-again", count.to_string(), &json!({ "messages": count }));
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<usize, Error>(count)
    })
}

/// Notes that a message has arrived whose try was broken off.
pub async fn received(db: &Db, ctx: &Ctx, message_id: i64, version: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let mut message = seen(tx, ctx, message_id, version).await?;
        if message.state != State::Unsure {
            return Err(MessageFault::MovedOn.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        message.state = State::Sent;
        message.settled_at = Some(ctx.micros());
        stored::put(tx, ctx.county_id(), &message).await?;
        let facts = json!({ "key": message.key });
        let entry = ctx.entry("message-received", message_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
