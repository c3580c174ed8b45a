//! Rewards (奖励) of those who repay on time: a list per period of settlement days is made by one person, checked by another,
//! shown in public, approved by another than its maker, and paid. Nothing on it is edited: an entry is taken out by one that
//! names it, and that takes two people as well.

mod fault;
mod gather;
mod list;
mod look;
mod objection;
mod pay;

use bangfu_domain::reward::{ListDeed, ListState};
use bangfu_store::county::{self, Stamp};
use bangfu_store::reward::{self, ListStep, RewardList};
use bangfu_store::{Tx, audit};
use serde_json::{Value, json};

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::proposal::ProposalFault;

pub use fault::RewardFault;
pub use gather::{Frozen, Gathered};
pub use list::{approve, check, propose, publish, reject, withdraw};
pub use look::{Held, Look, OfLoan, Shown, balances, list, look, of_loan, preview};
pub use objection::{NewObjection, decide_objection, object, take_out};
pub use pay::{NewPayment, pay};

/// The longest words for a place, a name or a document, in characters.
pub const WORDS_MAX: usize = 60;

/// A list that somebody works on, as they have it before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The list.
    pub list_id: i64,
    /// The version that they saw.
    pub version: i64,
    /// Their account.
    pub account_id: i64,
}

/// A list as somebody saw it, if it has come as far as one of these states.
async fn seen(tx: &mut Tx, ctx: &Ctx, seen: Seen, states: &[ListState]) -> Result<RewardList, Error> {
    let list = reward::get(tx, &ctx.scope, seen.list_id).await?.ok_or(Refusal::NotFound)?;
    if list.version != seen.version || !states.contains(&list.state) {
        return Err(ProposalFault::MovedOn.into());
    }
    Ok(list)
}

/// Writes what was done with a list: how far it has come now, the step, and the record with what was before.
async fn advance(
    tx: &mut Tx,
    ctx: &Ctx,
    account_id: i64,
    (was, now): (&RewardList, &RewardList),
    (action, deed, note): (&'static str, ListDeed, &str),
    facts: Value,
) -> Result<Stamp, Error> {
    let county_id = ctx.county_id();
    let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
    if !reward::advance(tx, county_id, was.version, now).await? {
        return Err(ProposalFault::MovedOn.into());
    }
    let step = ListStep {
        kind: deed.key().to_owned(),
        at: stamp.at,
        account_id,
        actor: ctx.actor.clone(),
        note: note.to_owned(),
    };
    reward::add_step(tx, county_id, stamp, now.list_id, &step).await?;
    let mut told = json!({ "list": now.list_id, "before": state(was), "after": state(now) });
    if let (Some(told), Value::Object(facts)) = (told.as_object_mut(), facts) {
        told.extend(facts);
    }
    let mut entry = ctx.entry(action, now.list_id.to_string(), &told);
    entry.reason = (!note.is_empty()).then(|| note.to_owned());
    audit::add(tx, county_id, stamp, &entry).await?;
    Ok(stamp)
}

fn state(list: &RewardList) -> Value {
    json!({ "state": list.state.key(), "public": list.public, "place": list.public_place })
}
