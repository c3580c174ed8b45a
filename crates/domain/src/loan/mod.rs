//! A loan (贷款) is its events; its state on a day is a pure fold of them.
//!
//! Every event carries the day on which it takes effect and the instant at which it was recorded. With a day
//! and an instant both given, the answer never changes (DESIGN.md §4).

mod fold;
mod takeover;
#[cfg(test)]
mod tests;
mod timeline;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::rate::Rate;

pub use fold::{Fold, Renewal, Stated, fold, standing};
pub use takeover::{MovementVerdict, PositionVerdict, judge_movement, judge_position};
pub use timeline::{Interval, Watch, next_change, reason, standing_since, timeline};

/// What a contract says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// 贷款金额: the amount lent.
    pub principal_fen: Fen,
    /// 年利率, where the book gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// 放款日期.
    pub disbursed_on: Date,
    /// 到期日期.
    pub due_on: Date,
    /// 期限 in months, where the book gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_months: Option<u32>,
    /// 贷款用途.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// What a ledger says of a loan besides its terms: shown, exported, and without weight in any rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Particulars {
    /// The borrower's name.
    pub borrower_name: String,
    /// 贫困户属性 as the ledger gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household_class: Option<String>,
    /// Id of the enterprise that carries the household (带贫主体).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise_id: Option<i64>,
    /// Officer id of the industry guide (产业指导员).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide_id: Option<i64>,
    /// Officer id of the technology officer (科技特派员).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technologist_id: Option<i64>,
    /// 备注.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a loan belongs: the dated attributes by which boards count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Placement {
    /// Division id of the village.
    pub village_id: i64,
    /// Id of the lending branch.
    pub branch_id: i64,
    /// Officer id of the credit manager (信贷管户员), if one is tied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_id: Option<i64>,
}

impl Placement {
    /// This placement where another one became `new` that had been `old`: what was alike in both is alike again.
    #[must_use]
    pub fn following(self, old: Placement, new: Placement) -> Placement {
        let follow = |own: i64, old: i64, new: i64| if own == old { new } else { own };
        Placement {
            village_id: follow(self.village_id, old.village_id, new.village_id),
            branch_id: follow(self.branch_id, old.branch_id, new.branch_id),
            manager_id: if self.manager_id == old.manager_id { new.manager_id } else { self.manager_id },
        }
    }
}

/// What happened to a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EventKind {
    /// The loan was disbursed on these terms.
    Opened {
        /// The contract.
        terms: Terms,
        /// What is said besides.
        about: Particulars,
    },
    /// What is said besides the terms was recorded wrongly or has changed; this holds.
    Described {
        /// What is said now.
        about: Particulars,
    },
    /// From the event's day on, the loan belongs here.
    Placed {
        /// Village, branch and credit manager.
        placement: Placement,
    },
    /// A ledger states how much principal has been repaid in all, as of the event's day.
    ///
    /// It is a statement, not a movement: bank movements on or before its day explain it, and only what they
    /// leave unexplained counts, on `dated_on` if the ledger gives a day, else on the day of the ledger.
    Position {
        /// Principal repaid in all.
        repaid_fen: Fen,
        /// 结清日期, where the ledger gives one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dated_on: Option<Date>,
    },
    /// The bank reports principal repaid on the event's day.
    Repaid {
        /// The amount.
        amount_fen: Fen,
    },
    /// The bank extended the loan (展期): from the event's day on it falls due on another day.
    Extended {
        /// The new 到期日期.
        due_on: Date,
    },
    /// The bank renewed the loan without repayment of principal (无还本续贷): another one took over what was owed.
    ///
    /// It is a statement like a position: what the bank's own movements up to the event's day repaid explains it.
    Renewed {
        /// Id of the loan that took over.
        by_loan_id: i64,
    },
    /// The terms were recorded wrongly; these hold from the beginning.
    Corrected {
        /// Number of the event that stated the wrong terms.
        corrects: u32,
        /// The right terms.
        terms: Terms,
    },
    /// A recorded event did not happen; if it took another away, that one stands again.
    Reversed {
        /// Number of the event.
        corrects: u32,
    },
}

/// An event of one loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanEvent {
    /// Its number within the loan, from 1, in the order of recording.
    pub seq: u32,
    /// The day on which it takes effect.
    pub effective_on: Date,
    /// The instant of recording, in microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// What happened.
    pub kind: EventKind,
}

/// Days from one day to another; negative when the other is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).expect("invariant: dates of the civil calendar differ by days").get_days()
}

/// The day so many days later, held at the ends of the calendar.
pub fn add_days(day: Date, days: i32) -> Date {
    // A number of days beyond the calendar has no span: it ends where the calendar does.
    let span = jiff::Span::new().try_days(days);
    span.map_or(if days < 0 { Date::MIN } else { Date::MAX }, |span| day.saturating_add(span))
}

/// The day so many months later; the month's last day where the day does not exist.
pub fn add_months(day: Date, months: u32) -> Date {
    day.saturating_add(jiff::Span::new().try_months(months).unwrap_or_default())
}
