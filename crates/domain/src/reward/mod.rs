//! Rewards (奖励): what a loan that was repaid on time earns its household, and the enterprise that carries it.
//!
//! What counts as on time is the pack's to say. Where a loan's case asks for a value that no source states, it earns nothing
//! until the county has set it, and the place of that value is told.

mod deed;
mod list;
mod mask;
#[cfg(test)]
mod tests;
mod why;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::loan::{Fold, add_days, add_months, days_between};
use crate::money::Fen;
use crate::policy::{AfterRenewal, RewardBase, RewardFor, RewardOften, RewardRule, Setting};
use crate::rate::Rate;

pub use deed::ListDeed;
pub use list::{ListState, ObjectionState, payable, publicity_ends};
pub use mask::masked_number;
pub use why::WhyNot;

/// Who is rewarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RewardKind {
    /// The household that borrowed.
    Household,
    /// The enterprise that carries it (带贫主体).
    Enterprise,
}

impl RewardKind {
    /// Both of them.
    pub const ALL: [RewardKind; 2] = [RewardKind::Household, RewardKind::Enterprise];

    /// The word for it, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            RewardKind::Household => "household",
            RewardKind::Enterprise => "enterprise",
        }
    }

    /// What a stored word says.
    pub fn from_key(key: &str) -> Option<RewardKind> {
        RewardKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// What is known of a loan's repayment, as far as a reward asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaid {
    /// The amount lent.
    pub principal_fen: Fen,
    /// The line that was granted, where the book knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_fen: Option<Fen>,
    /// The day of disbursement.
    pub disbursed_on: Date,
    /// The day on which the contract falls due, before any extension.
    pub due_on: Date,
    /// The day to which it was extended last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_to: Option<Date>,
    /// The day on which nothing was owed any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_on: Option<Date>,
    /// The first day on which that can have been: a ledger that gives no day tells only that it was by its own. Where the
    /// bank gives the day, it is that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_from: Option<Date>,
    /// On how many days something was repaid.
    pub parts: u32,
    /// True if it was settled by a renewal, and not by money.
    #[serde(default)]
    pub renewed: bool,
    /// True if it renews another loan.
    #[serde(default)]
    pub renews: bool,
    /// True if it is on record that the money was not used for its purpose, or may not have been.
    #[serde(default)]
    pub misused: bool,
    /// True if its borrower is a household.
    pub of_household: bool,
    /// True if an enterprise carries the household.
    pub carried: bool,
}

impl Repaid {
    /// What a loan's events tell of its repayment by a day; who borrowed, what it renews and what is on record besides is
    /// told apart.
    pub fn of(fold: &Fold, by: Date) -> Repaid {
        let settled_on = fold.settled_on().filter(|day| *day <= by);
        let held_on = settled_on.unwrap_or(by);
        let counted = fold.repayments.range(..=held_on);
        Repaid {
            principal_fen: fold.terms.principal_fen,
            line_fen: None,
            disbursed_on: fold.terms.disbursed_on,
            due_on: fold.terms.due_on,
            extended_to: fold.extensions.range(..=held_on).next_back().map(|(_, due_on)| *due_on),
            settled_on,
            settled_from: settled_on.map(|day| earliest(fold, day)),
            parts: u32::try_from(counted.count()).unwrap_or(u32::MAX),
            renewed: settled_on.is_some() && settled_on == fold.renewal.map(|renewal| renewal.on),
            renews: false,
            misused: false,
            of_household: true,
            carried: false,
        }
    }
}

/// The first day on which what was settled by a day can have been: the day itself, where the bank or a ledger names it;
/// else the day after the last statement by which something was left.
fn earliest(fold: &Fold, settled_on: Date) -> Date {
    let named = fold.movements.contains_key(&settled_on)
        || fold.positions.values().any(|stated| stated.dated_on == Some(settled_on));
    if named {
        return settled_on;
    }
    let stated = fold.positions.keys().chain(fold.movements.keys()).filter(|day| **day < settled_on);
    let last = stated.max().map(|day| add_days(*day, 1));
    last.unwrap_or(fold.terms.disbursed_on).min(settled_on)
}

/// What a loan earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earned {
    /// The reward.
    pub amount_fen: Fen,
    /// On what it is reckoned.
    pub base_fen: Fen,
    /// The percentage.
    pub percent: Rate,
    /// How many times it is counted: once, or for each full year.
    pub times: u32,
    /// The day by which it had to be repaid.
    pub by_on: Date,
    /// The day on which it was.
    pub settled_on: Date,
}

/// What a loan earns somebody by a pack's rule, or why it earns nothing.
pub fn judge(
    kind: RewardKind,
    repaid: &Repaid,
    rule: &RewardRule,
    calendar: &Calendar,
) -> Result<Earned, WhyNot> {
    let percent = of_whom(kind, repaid, rule)?;
    let settled_on = repaid.settled_on.ok_or(WhyNot::NotSettled)?;
    if repaid.misused {
        return Err(WhyNot::Misused);
    }
    let by_on = in_time(repaid, rule, calendar, settled_on)?;
    if repaid.parts > 1 && !known(&rule.in_parts, "reward.in_parts")? {
        return Err(WhyNot::InParts { parts: repaid.parts });
    }
    if settled_on < by_on {
        let least = known(&rule.early_days_min, "reward.early_days_min")?;
        // Of a day that is not known, the earliest: a reward is not given for days that may not have been.
        let ran = days_between(repaid.disbursed_on, repaid.settled_from.unwrap_or(settled_on));
        if i64::from(ran) < i64::from(least) {
            return Err(WhyNot::TooEarly { ran: u32::try_from(ran).unwrap_or(0), least });
        }
    }
    let base_fen = match known(&rule.base, "reward.base")? {
        RewardBase::AmountLent => repaid.principal_fen,
        RewardBase::CreditLine => repaid.line_fen.ok_or(WhyNot::NoLine)?,
    };
    let times = match known(&rule.often, "reward.often")? {
        RewardOften::Once => 1,
        RewardOften::EachYear => full_years(repaid.disbursed_on, settled_on),
    };
    if times == 0 {
        return Err(WhyNot::NoFullYear);
    }
    let once = percent.of(base_fen).ok_or(WhyNot::NotReckoned)?;
    let amount = once.get().checked_mul(i64::from(times)).map(Fen::new);
    let amount_fen = amount.filter(|amount| amount.is_positive()).ok_or(WhyNot::NotReckoned)?;
    Ok(Earned { amount_fen, base_fen, percent, times, by_on, settled_on })
}

/// What a loan that is still owed would earn if all of it were repaid on a day: the reward at stake.
pub fn at_stake(
    kind: RewardKind,
    repaid: &Repaid,
    on: Date,
    rule: &RewardRule,
    calendar: &Calendar,
) -> Result<Earned, WhyNot> {
    let (settled_on, settled_from) = (Some(on), Some(on));
    let parts = repaid.parts.saturating_add(1);
    judge(kind, &Repaid { settled_on, settled_from, parts, ..repaid.clone() }, rule, calendar)
}

/// The percentage for whoever is to be rewarded, if there is anybody.
fn of_whom(kind: RewardKind, repaid: &Repaid, rule: &RewardRule) -> Result<Rate, WhyNot> {
    match kind {
        RewardKind::Household if !repaid.of_household => Err(WhyNot::NoHousehold),
        RewardKind::Household => known(&rule.household, "reward.household_percent"),
        RewardKind::Enterprise if !repaid.carried => Err(WhyNot::NoEnterprise),
        RewardKind::Enterprise => match known(&rule.enterprise_for, "reward.enterprise_for")? {
            RewardFor::LoansCarried => known(&rule.enterprise, "reward.enterprise_percent"),
            // The book knows who carries a household; loans of enterprises are not in it.
            RewardFor::LoansOwn => Err(WhyNot::NoEnterprise),
        },
    }
}

/// The day by which the loan had to be repaid, if it was.
fn in_time(
    repaid: &Repaid,
    rule: &RewardRule,
    calendar: &Calendar,
    settled_on: Date,
) -> Result<Date, WhyNot> {
    if repaid.renewed || repaid.renews {
        let after = known(&rule.after_renewal, "reward.after_renewal")?;
        if after == AfterRenewal::No {
            return Err(WhyNot::Renewed);
        }
        if repaid.renewed {
            return Err(WhyNot::ChainGoesOn);
        }
    }
    let settled_from = repaid.settled_from.unwrap_or(settled_on);
    let mut by_on = repaid.due_on;
    // Whoever kept the contract's own day needs no extension.
    if settled_on <= by_on || kept_by_grace(rule, calendar, by_on, settled_on)? {
        return Ok(by_on);
    }
    if let Some(to) = repaid.extended_to.filter(|day| *day > by_on) {
        // A loan that was late by its last day is late whatever the pack says of extensions.
        let was_late = settled_from > grace_of(calendar, to);
        by_on = match rule.after_extension.value {
            Some(true) => to,
            _ if was_late => by_on,
            Some(false) => return Err(WhyNot::Extended { to }),
            None => return Err(WhyNot::Unknown { place: "reward.after_extension" }),
        };
        if settled_on <= by_on || kept_by_grace(rule, calendar, by_on, settled_on)? {
            return Ok(by_on);
        }
    }
    if settled_from <= by_on || kept_by_grace(rule, calendar, by_on, settled_from)? {
        return Err(WhyNot::DayUnknown { by_on, settled_on });
    }
    Err(WhyNot::Late { by_on, settled_on })
}

/// The first working day from a due day on.
fn grace_of(calendar: &Calendar, due_on: Date) -> Date {
    calendar.working_day_from(due_on).0
}

/// Whether a loan was repaid in the days that a rest day leaves; the pack is asked only where that decides.
fn kept_by_grace(
    rule: &RewardRule,
    calendar: &Calendar,
    due_on: Date,
    settled_on: Date,
) -> Result<bool, WhyNot> {
    if settled_on <= due_on || settled_on > grace_of(calendar, due_on) {
        return Ok(false);
    }
    known(&rule.rest_day_grace, "reward.rest_day_grace")
}

fn full_years(from: Date, to: Date) -> u32 {
    (1..).take_while(|years| add_months(from, years * 12) <= to).last().unwrap_or(0)
}

fn known<T: Copy>(setting: &Setting<T>, place: &'static str) -> Result<T, WhyNot> {
    setting.value.ok_or(WhyNot::Unknown { place })
}
