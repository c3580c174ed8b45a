//! Others check what somebody proposed, or its maker takes it back.

use bangfu_domain::handling::{Kind, Move, State};
use bangfu_domain::task::Evidence;
use bangfu_store::county::Stamp;
use bangfu_store::handling::{self, HandlingStep, StoredHandling};
use bangfu_store::task::{self, StoredTask, TaskStep};
use bangfu_store::{Db, Tx, audit, county};
use jiff::civil::Date;
use serde_json::json;

use super::{HandlingFault, agreeing, as_seen, checks, move_on, pack_of, seen, step};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::rulebook::RuleBook;

/// The word of what the night does with a proposal about a loan that is settled.
const LAPSE: &str = "lapse";

/// What somebody does with a proposal that they have before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// The proposal.
    pub handling_id: i64,
    /// The version that they saw.
    pub version: i64,
    /// Their account.
    pub account_id: i64,
    /// What: to agree, to return it, or to take it back.
    pub by: Move,
    /// Why; whoever agrees may be silent.
    pub reason: String,
}

/// Agrees to a proposal, returns it, or takes it back; how far it has come then.
pub async fn decide(db: &Db, ctx: &Ctx, deciding: &Deciding) -> Result<State, Error> {
    let reason = match deciding.reason.trim() {
        "" if deciding.by == Move::Agree => String::new(),
        _ => sound_reason(&deciding.reason, Refusal::Handling(HandlingFault::NoReason))?,
    };
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let was = as_seen(tx, ctx, (deciding.handling_id, deciding.version)).await?;
        let loan = seen(tx, ctx, was.loan_id).await?;
        let book = RuleBook::of_county(tx, county_id, None).await?;
        let rule = &pack_of(book, &loan)?.handling;
        if deciding.by != Move::Withdraw && !checks(rule, ctx.role) {
            return Err(HandlingFault::NotChecker.into());
        }
        let steps = handling::steps(tx, county_id, was.handling_id).await?;
        let state = agreeing(&was, &steps, deciding.by, deciding.account_id)?;
        let answers = rule.bank_working_days.value.filter(|_| state == State::AwaitingBank);
        let now = StoredHandling {
            state,
            answer_by: answers.map(|days| book.calendar.working_days_after(ctx.today, days).0),
            moved_on: ctx.today,
            ..was.clone()
        };
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        move_on(tx, ctx, &now).await?;
        let decided = step(ctx, deciding.by.key(), deciding.account_id, &reason);
        handling::add_step(tx, county_id, stamp, was.handling_id, &decided).await?;
        if state == State::Agreed {
            follow(tx, ctx, stamp, &now).await?;
        }
        let facts = json!({ "handling": was.handling_id, "kind": was.kind.key(), "did": deciding.by.key(),
                            "before": was.state.key(), "after": state.key() });
        let entry = Ctx { reason: Some(reason.clone()).filter(|reason| !reason.is_empty()), ..ctx.clone() }
            .entry("handling-decided", was.loan_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        audit::note_changes(tx, county_id, stamp, "loan", &[was.loan_id]).await?;
        Ok::<State, Error>(state)
    })
}

/// What follows for the loan's task from what was agreed to without the bank.
async fn follow(tx: &mut Tx, ctx: &Ctx, stamp: Stamp, agreed: &StoredHandling) -> Result<(), Error> {
    match (agreed.kind, agreed.until_on) {
        (Kind::Release, _) => close_task(tx, ctx, stamp, agreed.loan_id, Evidence::Released).await,
        (Kind::Repayment, Some(on)) => promise(tx, ctx, agreed.loan_id, (on, agreed.amount_fen)).await,
        _ => Ok(()),
    }
}

/// The open task of a loan ends, if there is one.
pub(super) async fn close_task(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    loan_id: i64,
    evidence: Evidence,
) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let Some(open) = task::of_loans(tx, county_id, &[loan_id]).await?.into_iter().next() else {
        return Ok(());
    };
    task::close(tx, county_id, &[open.task_id], (ctx.today, evidence.key())).await?;
    let closed = TaskStep {
        task_id: open.task_id,
        on_day: ctx.today,
        kind: "closed",
        level: open.task.level,
        contact_id: None,
    };
    Ok(task::add_steps(tx, county_id, stamp, &[closed]).await?)
}

/// The loan's task is looked after on the day of what was agreed.
pub(super) async fn promise(
    tx: &mut Tx,
    ctx: &Ctx,
    loan_id: i64,
    (on, amount_fen): (Date, Option<bangfu_domain::money::Fen>),
) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let open = task::of_loans(tx, county_id, &[loan_id]).await?.into_iter().next();
    let Some(open) = open else { return Ok(()) };
    Ok(task::put(tx, county_id, &[StoredTask { promised: Some((on, amount_fen)), ..open }]).await?)
}

/// What waited about loans that are settled waits no more from a closed day on.
pub(crate) async fn lapse(
    tx: &mut Tx,
    ctx: &Ctx,
    (stamp, day): (Stamp, Date),
    loans: &[i64],
) -> Result<(), Error> {
    let county_id = ctx.county_id();
    for open in handling::open_of(tx, county_id, loans).await? {
        let now = StoredHandling { state: State::Lapsed, moved_on: day, ..open };
        move_on(tx, ctx, &now).await?;
        let lapsed = HandlingStep {
            kind: LAPSE.to_owned(),
            on_day: day,
            at: stamp.at,
            account_id: 0,
            actor: ctx.actor.clone(),
            note: String::new(),
        };
        handling::add_step(tx, county_id, stamp, now.handling_id, &lapsed).await?;
    }
    Ok(())
}
