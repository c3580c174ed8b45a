//! Objections (异议) to what a list shows, corrections from within, and the decision of another person on them.

use bangfu_domain::ledger::{AccountKind, Transaction};
use bangfu_domain::reward::{ListDeed, ListState, ObjectionState};
use bangfu_store::county::Stamp;
use bangfu_store::proposal::Decision;
use bangfu_store::reward::{self, Entry, Objection, RewardList};
use bangfu_store::{Db, Tx, county, ledger};
use jiff::civil::Date;
use serde_json::json;

use super::list::{standing, words};
use super::{RewardFault, Seen, advance, seen};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::proposal::ProposalFault;
use crate::reason::sound_reason;

/// An objection as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewObjection {
    /// The entry; `None` for the list as a whole.
    pub entry_id: Option<i64>,
    /// Who objects.
    pub by_whom: String,
    /// When they did.
    pub on_day: Date,
    /// What they said.
    pub words: String,
}

/// Records what somebody objects to a list that is shown in public.
pub async fn object(db: &Db, ctx: &Ctx, by: Seen, new: &NewObjection) -> Result<i64, Error> {
    let by_whom = words(&new.by_whom).ok_or(RewardFault::Objection)?;
    let said = sound_reason(&new.words, RewardFault::Objection.into())?;
    in_write!(db, ctx.county_id(), |tx| async {
        let list = seen(tx, ctx, by, &[ListState::Public]).await?;
        let began = list.public.map_or(list.made_on, |(from, _)| from);
        if new.on_day > ctx.today || new.on_day < began {
            return Err(RewardFault::Objection.into());
        }
        let one = Objection {
            entry_id: new.entry_id,
            kind: "objection".to_owned(),
            by_whom: by_whom.clone(),
            on_day: new.on_day,
            words: said.clone(),
            ..bare(ctx, by)
        };
        ask(tx, ctx, by, &list, one, ("reward-objection", ListDeed::Objected)).await
    })
}

/// Proposes that an entry be taken out, whatever its list has come to; another person decides on it.
pub async fn take_out(db: &Db, ctx: &Ctx, by: Seen, entry_id: i64, reason: &str) -> Result<i64, Error> {
    let reason = sound_reason(reason, ProposalFault::NoReason.into())?;
    in_write!(db, ctx.county_id(), |tx| async {
        let states = [ListState::Draft, ListState::Checked, ListState::Public, ListState::Approved];
        let list = seen(tx, ctx, by, &states).await?;
        let one = Objection {
            entry_id: Some(entry_id),
            kind: "correction".to_owned(),
            by_whom: ctx.actor.clone(),
            words: reason.clone(),
            ..bare(ctx, by)
        };
        ask(tx, ctx, by, &list, one, ("reward-correction", ListDeed::AskedOut)).await
    })
}

fn bare(ctx: &Ctx, by: Seen) -> Objection {
    Objection {
        objection_id: 0,
        list_id: by.list_id,
        entry_id: None,
        kind: String::new(),
        by_whom: String::new(),
        on_day: ctx.today,
        words: String::new(),
        maker_id: by.account_id,
        maker: ctx.actor.clone(),
        made_at: 0,
        state: ObjectionState::Open,
        decided: None,
    }
}

async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    by: Seen,
    list: &RewardList,
    one: Objection,
    (action, deed): (&'static str, ListDeed),
) -> Result<i64, Error> {
    let county_id = ctx.county_id();
    if let Some(entry_id) = one.entry_id {
        let entries = reward::entries(tx, &ctx.scope, list.list_id).await?;
        if !standing(&entries).iter().any(|entry| entry.entry_id == entry_id) {
            return Err(RewardFault::TakenOut.into());
        }
    }
    let objection_id = county::take_ids(tx, county_id, 1).await?;
    let facts =
        json!({ "objection": objection_id, "entry": one.entry_id, "by": one.by_whom, "on": one.on_day });
    let stamp = advance(tx, ctx, by.account_id, (list, list), (action, deed, &one.words), facts).await?;
    let one = Objection { objection_id, made_at: stamp.at, ..one };
    if !reward::add_objection(tx, county_id, &one).await? {
        return Err(RewardFault::AlreadyAsked.into());
    }
    Ok(objection_id)
}

/// Decides on what somebody else recorded: upheld, the entry is taken out, by an entry.
pub async fn decide_objection(
    db: &Db,
    ctx: &Ctx,
    by: Seen,
    (objection_id, upheld): (i64, bool),
    reason: &str,
) -> Result<(), Error> {
    let reason = sound_reason(reason, ProposalFault::NoReason.into())?;
    in_write!(db, ctx.county_id(), |tx| async {
        let states = [ListState::Draft, ListState::Checked, ListState::Public, ListState::Approved];
        let list = seen(tx, ctx, by, &states).await?;
        let known = reward::objection(tx, &ctx.scope, objection_id).await?;
        let known = known.filter(|one| one.list_id == list.list_id).ok_or(Refusal::NotFound)?;
        if known.maker_id == by.account_id {
            return Err(ProposalFault::OwnWork.into());
        }
        let (state, action, deed) = match upheld {
            true => (ObjectionState::Upheld, "reward-objection-upheld", ListDeed::Upheld),
            false => (ObjectionState::Dismissed, "reward-objection-dismissed", ListDeed::Dismissed),
        };
        let facts = json!({ "objection": objection_id, "entry": known.entry_id, "said": known.words });
        let stamp = advance(tx, ctx, by.account_id, (&list, &list), (action, deed, &reason), facts).await?;
        let decision = Decision {
            decider_id: by.account_id,
            decider: ctx.actor.clone(),
            at: stamp.at,
            reason: reason.clone(),
        };
        if !reward::decide_objection(tx, ctx.county_id(), objection_id, state, &decision).await? {
            return Err(ProposalFault::MovedOn.into());
        }
        if let Some(entry_id) = known.entry_id.filter(|_| upheld) {
            reverse(tx, ctx, stamp, &list, entry_id).await?;
        }
        Ok::<(), Error>(())
    })
}

/// Takes an entry out by one that names it; its loan is free, and what was owed for it is owed no more.
async fn reverse(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    list: &RewardList,
    entry_id: i64,
) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let entry = reward::entry(tx, &ctx.scope, entry_id).await?.ok_or(Refusal::NotFound)?;
    let own_id = county::take_ids(tx, county_id, 1).await?;
    let back =
        Entry { entry_id: own_id, amount_fen: -entry.amount_fen, reverses: Some(entry_id), ..entry.clone() };
    reward::add_entries(tx, county_id, stamp.at, &[back]).await?;
    reward::disclaim(tx, county_id, &entry).await?;
    if list.state == ListState::Approved {
        let granted =
            Transaction::transfer(AccountKind::RewardExpense, AccountKind::RewardPayable, entry.amount_fen);
        let taken_back = granted.map_err(|_| RewardFault::Nothing)?.reversed();
        let subject = ("reward-reversed", own_id);
        ledger::post(tx, county_id, (stamp, &ctx.actor), ctx.today, subject, &taken_back).await?;
    }
    Ok(())
}
