//! Somebody proposes how a loan is to be handled.

use bangfu_domain::handling::{Kind, Proposal, Ruling, State, Verdict};
use bangfu_domain::warning::Standing;
use bangfu_store::handling::{self, StoredHandling};
use bangfu_store::loan::Loan;
use bangfu_store::{Db, Tx, audit, county, task};
use serde_json::json;

use super::ruling::{held_against, kept};
use super::{HandlingFault, pack_of, seen, step};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::rulebook::RuleBook;

/// A proposal as it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHandling {
    /// What.
    pub proposal: Proposal,
    /// Why.
    pub reason: String,
}

/// The clauses of the pack that a proposal would be held against; nothing is written.
pub async fn foresee(
    db: &Db,
    tx: &mut Tx,
    ctx: &Ctx,
    loan_id: i64,
    proposal: &Proposal,
) -> Result<Vec<Ruling>, Error> {
    let loan = seen(tx, ctx, loan_id).await?;
    held_against(db, tx, ctx, &loan, proposal).await
}

/// Proposes how a loan of the actor's area is to be handled.
pub async fn propose(
    db: &Db,
    ctx: &Ctx,
    account_id: i64,
    loan_id: i64,
    new: &NewHandling,
) -> Result<i64, Error> {
    let reason = sound_reason(&new.reason, Refusal::Handling(HandlingFault::NoReason))?;
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let loan = seen(tx, ctx, loan_id).await?;
        refuse_open(tx, county_id, loan_id).await?;
        let proposal = sound(tx, ctx, &loan, &new.proposal).await?;
        let rulings = held_against(db, tx, ctx, &loan, &proposal).await?;
        let broken: Vec<Ruling> =
            rulings.iter().filter(|one| one.verdict == Verdict::Broken).cloned().collect();
        if !broken.is_empty() {
            return Err(HandlingFault::Clauses(broken).into());
        }
        let pack = pack_of(RuleBook::of_county(tx, county_id, None).await?, &loan)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let one = StoredHandling {
            handling_id: county::take_ids(tx, county_id, 1).await?,
            loan_id,
            kind: proposal.kind,
            state: State::Proposed,
            until_on: proposal.until_on,
            amount_fen: proposal.amount_fen,
            reason: reason.clone(),
            rulings: kept(&rulings),
            made_on: ctx.today,
            maker_id: account_id,
            maker: ctx.actor.clone(),
            needed: pack.handling.checks.value.unwrap_or(1),
            answer_by: None,
            moved_on: ctx.today,
            new_loan_id: None,
            version: 1,
        };
        if !handling::add(tx, county_id, &one).await? {
            refuse_open(tx, county_id, loan_id).await?;
        }
        handling::add_plan(tx, county_id, one.handling_id, &proposal.instalments).await?;
        let proposed = step(ctx, "propose", account_id, &reason);
        handling::add_step(tx, county_id, stamp, one.handling_id, &proposed).await?;
        let plan: Vec<_> =
            proposal.instalments.iter().map(|part| json!([part.on, part.amount_fen])).collect();
        let facts = json!({ "handling": one.handling_id, "kind": one.kind.key(), "until_on": one.until_on,
                            "amount_fen": one.amount_fen, "plan": plan, "state": one.state.key() });
        let entry = ctx.entry("handling-proposed", loan_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        audit::note_changes(tx, county_id, stamp, "loan", &[loan_id]).await?;
        Ok::<i64, Error>(one.handling_id)
    })
}

/// Where somebody else was first, who and what is told.
async fn refuse_open(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<(), Error> {
    match handling::open_of(tx, county_id, &[loan_id]).await?.into_iter().next() {
        Some(open) => Err(HandlingFault::Open { handling_id: open.handling_id, maker: open.maker }.into()),
        None => Ok(()),
    }
}

async fn sound(tx: &mut Tx, ctx: &Ctx, loan: &Loan, proposal: &Proposal) -> Result<Proposal, Error> {
    if loan.standing == Standing::Settled {
        return Err(HandlingFault::Settled.into());
    }
    if proposal.kind == Kind::Release
        && task::of_loans(tx, ctx.county_id(), &[loan.loan_id]).await?.is_empty()
    {
        return Err(HandlingFault::NoTask.into());
    }
    Ok(proposal.clone().sound(ctx.today, loan.terms.due_on, loan.balance_fen)?)
}
