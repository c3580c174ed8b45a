//! The timeline: a loan's standing over all days, as intervals.
//!
//! Days ahead are included, as they will be if nothing happens: a later fact replaces the intervals. So a
//! board of any day, past or ahead, reads the same rows.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Fold, Placement, add_days, days_between};
use crate::money::Fen;
use crate::warning::{Reason, ReasonRule, Standing, Thresholds, change_days, standing_of_owing};

/// What besides the loan's own events decides its standing on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// The pack's thresholds for the contract's date.
    pub thresholds: Thresholds,
    /// The day on which the balance must be repaid: the one that holds on that day, moved where the pack says so.
    pub due_on: Date,
}

/// A stretch of days on which nothing about a loan changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// First day.
    pub from_on: Date,
    /// The day after the last; `None` if it has no end.
    pub to_on: Option<Date>,
    /// Colour or status.
    pub standing: Standing,
    /// Principal owed.
    pub balance_fen: Fen,
    /// 到期日期 as it holds on these days, not moved over rest days.
    pub due_on: Date,
    /// Village, branch and credit manager.
    pub placement: Placement,
}

/// The intervals from the day of disbursement on, adjoining, the last without end.
///
/// `repay_by` gives the day on which the balance must be repaid that falls due on a day, and `until` the data-until day of a
/// branch as known at the same instant as the fold.
pub fn timeline(
    fold: &Fold,
    thresholds: &Thresholds,
    repay_by: impl Fn(Date) -> Date,
    until: impl Fn(i64) -> Option<Date>,
) -> Vec<Interval> {
    let start = fold.terms.disbursed_on;
    let Some(first) = fold.placement_on(start) else { return Vec::new() };
    let mut days: BTreeSet<Date> = BTreeSet::from([start]);
    for due_on in std::iter::once(&fold.terms.due_on).chain(fold.extensions.values()) {
        days.extend(change_days(repay_by(*due_on), thresholds));
    }
    days.extend(fold.extensions.keys().copied());
    days.extend(fold.repayments.keys().copied());
    days.extend(fold.placements.keys().copied());

    let mut intervals: Vec<Interval> = Vec::with_capacity(6);
    for day in days.range(start..).copied() {
        let balance_fen = fold.balance_on(day);
        let due_on = fold.due_on(day);
        let placement = fold.placement_on(day).unwrap_or(first);
        let standing = if balance_fen.is_positive() {
            standing_of_owing(day, repay_by(due_on), until(placement.branch_id), thresholds)
        } else {
            Standing::Settled
        };
        let next = Interval { from_on: day, to_on: None, standing, balance_fen, due_on, placement };
        match intervals.last_mut() {
            Some(last)
                if (last.standing, last.balance_fen, last.due_on, last.placement)
                    == (next.standing, next.balance_fen, next.due_on, next.placement) => {}
            Some(last) => {
                last.to_on = Some(day);
                intervals.push(next);
            }
            None => intervals.push(next),
        }
    }
    intervals
}

/// Why a loan stands where it stands on a day, and what follows if nothing happens.
///
/// `None` before the day of disbursement.
pub fn reason(
    intervals: &[Interval],
    watch: &Watch,
    day: Date,
    until_on: Option<Date>,
) -> Option<(Standing, Reason)> {
    let now = intervals.iter().rev().find(|interval| interval.from_on <= day)?;
    let next = intervals
        .iter()
        .find(|interval| interval.from_on > day && interval.standing != now.standing)
        .map(|interval| (interval.from_on, interval.standing));
    let reason = Reason {
        rule: ReasonRule::of(now.standing),
        due_on: watch.due_on,
        days_to_due: days_between(day, watch.due_on),
        until_on,
        next,
    };
    Some((now.standing, reason))
}

/// Since when a loan stands as it does on a day; `None` before its first day.
pub fn standing_since(intervals: &[Interval], day: Date) -> Option<Date> {
    let mut since = None;
    for interval in intervals.iter().filter(|interval| interval.from_on <= day) {
        match since {
            Some((standing, _)) if standing == interval.standing => {}
            _ => since = Some((interval.standing, interval.from_on)),
        }
    }
    since.map(|(_, from_on)| from_on)
}

/// The first day after `day` on which an interval begins.
pub fn next_change(intervals: &[Interval], day: Date) -> Option<Date> {
    intervals.iter().map(|interval| interval.from_on).find(|from| *from >= add_days(day, 1))
}
