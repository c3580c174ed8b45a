//! Handling at maturity (到期处置): how a loan is to end well, proposed by one person, checked by others, and, where the bank
//! decides, done by the bank's answer alone.

mod answer;
mod decide;
mod fault;
mod propose;
mod ruling;

use bangfu_domain::handling::{Instalment, Move, MoveFault, State, moved};
use bangfu_domain::officer::Role;
use bangfu_domain::policy::{HandlingRule, Pack};
use bangfu_store::Tx;
use bangfu_store::handling::{self, HandlingCursor, HandlingRow, HandlingStep, StoredHandling, Waiting};
use bangfu_store::loan::{self, Loan};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rulebook::RuleBook;

pub use answer::{Answer, Granted, answer};
pub(crate) use decide::lapse;
pub use decide::{Deciding, decide};
pub use fault::HandlingFault;
pub use propose::{NewHandling, foresee, propose};
pub use ruling::rulings;

/// A proposal with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The proposal and its loan.
    pub row: HandlingRow,
    /// The parts of its plan.
    pub plan: Vec<Instalment>,
    /// Who did what with it, from the first on.
    pub steps: Vec<HandlingStep>,
    /// The pack that watches over the loan.
    pub pack: &'static Pack,
}

impl Shown {
    /// Whether somebody in a role may check it now: the pack names their role, and they neither proposed it nor agreed already.
    pub fn may_check(&self, account_id: i64, role: Option<Role>) -> bool {
        let agrees = || agreeing(&self.row.stored, &self.steps, Move::Agree, account_id).is_ok();
        checks(&self.pack.handling, role) && agrees()
    }
}

/// Whether a pack lets somebody in a role check what others propose.
fn checks(rule: &HandlingRule, role: Option<Role>) -> bool {
    role.is_some_and(|role| rule.checkers.value.as_ref().is_some_and(|roles| roles.contains(&role)))
}

/// How far a proposal comes with a move of somebody, after those who agreed to it.
fn agreeing(
    stored: &StoredHandling,
    steps: &[HandlingStep],
    by: Move,
    account_id: i64,
) -> Result<State, MoveFault> {
    let agreed: Vec<_> = steps.iter().filter(|step| step.kind == Move::Agree.key()).collect();
    let has_checked = agreed.iter().any(|step| step.account_id == account_id);
    let count = u32::try_from(agreed.len()).unwrap_or(u32::MAX);
    let who = (stored.maker_id == account_id, has_checked);
    moved((stored.kind, stored.state), by, who, (count, stored.needed))
}

/// A proposal about a loan of the asker's area.
pub async fn show(tx: &mut Tx, ctx: &Ctx, handling_id: i64) -> Result<Shown, Error> {
    let county_id = ctx.county_id();
    let row = handling::visible(tx, &ctx.scope, handling_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let loan = seen(tx, ctx, row.stored.loan_id).await?;
    Ok(Shown {
        plan: handling::plan(tx, county_id, handling_id).await?,
        steps: handling::steps(tx, county_id, handling_id).await?,
        pack: pack_of(RuleBook::of_county(tx, county_id, None).await?, &loan)?,
        row,
    })
}

/// What was proposed about a loan of the asker's area, the newest first.
pub async fn of_loan(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Vec<StoredHandling>, Error> {
    seen(tx, ctx, loan_id).await?;
    Ok(handling::of_loan(tx, ctx.county_id(), loan_id).await?)
}

/// The loan from which a loan of the asker's area took over, if it renewed one: its id.
pub async fn origin(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Option<i64>, Error> {
    seen(tx, ctx, loan_id).await?;
    Ok(handling::origin(tx, ctx.county_id(), loan_id).await?.map(|renewal| renewal.loan_id))
}

/// A page of the proposals of the asker's area that wait so, and where the next one begins.
pub async fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    waiting: Waiting,
    after: Option<HandlingCursor>,
    limit: usize,
) -> Result<(Vec<HandlingRow>, Option<HandlingCursor>), Error> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut rows = handling::list(tx, &ctx.scope, ctx.today, waiting, after, most).await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let cursor = |last: &HandlingRow| HandlingCursor {
        on: last.stored.moved_on,
        handling_id: last.stored.handling_id,
    };
    let next = rows.last().filter(|_| is_more).map(cursor);
    Ok((rows, next))
}

/// How many proposals of the asker's area wait so.
pub async fn count(tx: &mut Tx, ctx: &Ctx, waiting: Waiting) -> Result<i64, Error> {
    Ok(handling::count(tx, &ctx.scope, ctx.today, waiting).await?)
}

/// A loan of the actor's area.
async fn seen(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Loan, Error> {
    Ok(loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?)
}

fn pack_of(book: &'static RuleBook, loan: &Loan) -> Result<&'static Pack, Error> {
    let gone = || Error::from(Refusal::pack_gone(&loan.pack_id, &book.packs));
    book.packs.by_id(&loan.pack_id).ok_or_else(gone)
}

/// A proposal as its actor saw it.
async fn as_seen(
    tx: &mut Tx,
    ctx: &Ctx,
    (handling_id, version): (i64, i64),
) -> Result<StoredHandling, Error> {
    let found = handling::visible(tx, &ctx.scope, handling_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    if found.stored.version == version { Ok(found.stored) } else { Err(HandlingFault::MovedOn.into()) }
}

/// What somebody does with a proposal, as it is kept.
fn step(ctx: &Ctx, kind: &str, account_id: i64, note: &str) -> HandlingStep {
    HandlingStep {
        kind: kind.to_owned(),
        on_day: ctx.today,
        at: ctx.micros(),
        account_id,
        actor: ctx.actor.clone(),
        note: note.to_owned(),
    }
}

/// Notes how far a proposal has come, and refuses where somebody was faster.
async fn move_on(tx: &mut Tx, ctx: &Ctx, now: &StoredHandling) -> Result<(), Error> {
    if handling::put_state(tx, ctx.county_id(), now).await? {
        return Ok(());
    }
    Err(HandlingFault::MovedOn.into())
}

/// The days from which on a date can be meant.
fn has_come(ctx: &Ctx, day: Date) -> bool {
    day <= ctx.today
}
