//! What lists of rewards show, and what a loan's page says of its reward.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::ledger::AccountKind;
use bangfu_domain::money::Fen;
use bangfu_domain::reward::{Earned, ListState, RewardKind, WhyNot, at_stake};
use bangfu_store::reward::{self, Entry, ListStep, Missed, Objection, Payment, RewardList, Summed};
use bangfu_store::{Tx, county, ledger, loan};
use jiff::civil::Date;

use super::gather::{self, Frozen, Gathered};
use super::{RewardFault, list as steps, pay};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rules::Rules;

/// Lists that a page shows, at most.
const LISTED: i64 = 200;

/// All lists, the newest first.
pub async fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Summed>, Error> {
    Ok(reward::list(tx, &ctx.scope, LISTED).await?)
}

/// What stands on each account of the ledger: debits above zero, credits below.
pub async fn balances(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(AccountKind, Fen)>, Error> {
    Ok(ledger::balances(tx, &ctx.scope).await?)
}

/// What a list of a period would hold now.
pub async fn preview(tx: &mut Tx, ctx: &Ctx, period: (Date, Date)) -> Result<Gathered, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    if period.0 > period.1 || period.1 > ctx.today {
        return Err(RewardFault::Period.into());
    }
    let county = county::get(tx, county_id).await?;
    let rules = Rules::load(tx, &county, None).await?;
    gather::gather(tx, county_id, &rules, period, ctx.today).await
}

/// How an entry of a list is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It stands and is not paid.
    Standing,
    /// It stands, and by what the book knows now it would be another, or none.
    Moved,
    /// It was paid by a payment.
    Paid(i64),
    /// It was taken out.
    TakenOut {
        /// The payment by which it was paid before; it comes back.
        paid: Option<i64>,
    },
    /// It takes another one out.
    TakesOut {
        /// The payment with which the money came back.
        paid: Option<i64>,
    },
}

/// An entry as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The entry.
    pub entry: Entry,
    /// What it was reckoned by.
    pub frozen: Frozen,
    /// How it is held.
    pub held: Held,
}

/// A list as its page shows it.
#[derive(Debug, Clone)]
pub struct Look {
    /// The list.
    pub list: RewardList,
    /// What stands on it, in order.
    pub entries: Vec<Shown>,
    /// What does not, and why.
    pub missed: Vec<Missed>,
    /// What was done with it.
    pub steps: Vec<ListStep>,
    /// What was objected to, and what was asked to be taken out.
    pub objections: Vec<Objection>,
    /// What was paid.
    pub payments: Vec<Payment>,
    /// The entries that can be paid now.
    pub payable: BTreeSet<i64>,
}

impl Look {
    /// The entries that were not taken out.
    pub fn standing(&self) -> impl Iterator<Item = &Shown> {
        let stands = |one: &&Shown| matches!(one.held, Held::Standing | Held::Moved | Held::Paid(_));
        self.entries.iter().filter(stands)
    }
}

/// One list.
pub async fn look(tx: &mut Tx, ctx: &Ctx, list_id: i64) -> Result<Look, Error> {
    let list = reward::get(tx, &ctx.scope, list_id).await?.ok_or(Refusal::NotFound)?;
    let entries = reward::entries(tx, &ctx.scope, list_id).await?;
    let paid: BTreeMap<i64, i64> = reward::paid(tx, ctx.county_id(), list_id).await?.into_iter().collect();
    let out: BTreeSet<i64> = entries.iter().filter_map(|entry| entry.reverses).collect();
    let is_decided = list.state == ListState::Approved || !list.state.stands();
    let moved = match is_decided {
        true => BTreeSet::new(),
        false => steps::moved(tx, ctx, &steps::standing(&entries)).await?,
    };
    let mut payable = BTreeSet::new();
    if list.state == ListState::Approved {
        payable.extend(pay::payables(tx, ctx, list_id).await?.into_iter().map(|one| one.entry_id));
    }
    let held = |entry: &Entry| {
        let payment = paid.get(&entry.entry_id).copied();
        match (entry.reverses, payment) {
            (Some(_), paid) => Held::TakesOut { paid },
            (None, paid) if out.contains(&entry.entry_id) => Held::TakenOut { paid },
            (None, Some(payment)) => Held::Paid(payment),
            (None, None) if moved.contains(&entry.entry_id) => Held::Moved,
            (None, None) => Held::Standing,
        }
    };
    let entries =
        entries.into_iter().map(|entry| Ok(Shown { frozen: Frozen::of(&entry)?, held: held(&entry), entry }));
    Ok(Look {
        entries: entries.collect::<Result<_, Error>>()?,
        missed: reward::missed(tx, &ctx.scope, list_id).await?,
        steps: reward::steps(tx, &ctx.scope, list_id).await?,
        objections: reward::objections(tx, &ctx.scope, list_id).await?,
        payments: reward::payments(tx, &ctx.scope, list_id).await?,
        payable,
        list,
    })
}

/// What a loan's page says of its reward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfLoan {
    /// What stands on lists, each with how far its list has come and when it was paid.
    pub entries: Vec<(Entry, ListState, Option<Date>)>,
    /// Whom it may reward, and with what: for what was repaid, what it earned; for what is owed, what is at stake. None for
    /// whom it rewards already.
    pub chances: Vec<(RewardKind, Result<Earned, WhyNot>)>,
    /// True while something is owed.
    pub owed: bool,
    /// The pack whose rule that is.
    pub pack: String,
}

/// The reward of a loan of the asker's area, as of today.
pub async fn of_loan(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<OfLoan, Error> {
    let county_id = ctx.county_id();
    loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let county = county::get(tx, county_id).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let judged = gather::judged(tx, county_id, &rules, &[loan_id], ctx.today).await?;
    let one = judged.into_iter().next().ok_or(Refusal::NotFound)?;
    let claimed = reward::claimed(tx, county_id, &[loan_id]).await?;
    let owed = one.repaid.settled_on.is_none();
    let chance = |kind: RewardKind| match owed {
        true => at_stake(kind, &one.repaid, ctx.today, &one.pack.reward, rules.calendar()),
        false => one.earns(kind, &rules),
    };
    let open = RewardKind::ALL.into_iter().filter(|kind| !claimed.contains_key(&(loan_id, *kind)));
    Ok(OfLoan {
        chances: open.map(|kind| (kind, chance(kind))).collect(),
        entries: reward::of_loan(tx, county_id, loan_id).await?,
        pack: one.pack.id.clone(),
        owed,
    })
}
