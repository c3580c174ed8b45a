//! How far a list of rewards has come, and how long it is shown in public.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::loan::add_days;
use crate::policy::PublicityDays;

/// How far a list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListState {
    /// Made; waits for its first check (复核).
    Draft,
    /// Checked by a second person; waits to be shown in public.
    Checked,
    /// Shown in public (公示), or was; waits for its second check (审批).
    Public,
    /// Approved; is paid.
    Approved,
    /// Whoever checked it said no: its entries are free again.
    Rejected,
    /// Its maker took it back before it was checked.
    Withdrawn,
}

impl ListState {
    /// Every state, in the order in which they come.
    pub const ALL: [ListState; 6] = [
        ListState::Draft,
        ListState::Checked,
        ListState::Public,
        ListState::Approved,
        ListState::Rejected,
        ListState::Withdrawn,
    ];

    /// The word for it, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            ListState::Draft => "draft",
            ListState::Checked => "checked",
            ListState::Public => "public",
            ListState::Approved => "approved",
            ListState::Rejected => "rejected",
            ListState::Withdrawn => "withdrawn",
        }
    }

    /// What a stored word says.
    pub fn from_key(key: &str) -> Option<ListState> {
        ListState::ALL.into_iter().find(|state| state.key() == key)
    }

    /// True while the list may still come to be paid.
    pub const fn stands(self) -> bool {
        !matches!(self, ListState::Rejected | ListState::Withdrawn)
    }
}

/// What became of an objection (异议), or of a proposal to take an entry out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionState {
    /// Nobody has decided on it.
    Open,
    /// It holds: the entry is taken out.
    Upheld,
    /// It does not.
    Dismissed,
}

impl ObjectionState {
    /// Every state.
    pub const ALL: [ObjectionState; 3] =
        [ObjectionState::Open, ObjectionState::Upheld, ObjectionState::Dismissed];

    /// The word for it, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            ObjectionState::Open => "open",
            ObjectionState::Upheld => "upheld",
            ObjectionState::Dismissed => "dismissed",
        }
    }

    /// What a stored word says.
    pub fn from_key(key: &str) -> Option<ObjectionState> {
        ObjectionState::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// The last day of a publicity of so many days that begins on a day. The first day is not counted: it may begin late in it.
pub fn publicity_ends(from: Date, days: u32, are: PublicityDays, calendar: &Calendar) -> Date {
    match are {
        PublicityDays::Calendar => add_days(from, i32::try_from(days).unwrap_or(i32::MAX)),
        PublicityDays::Working => calendar.working_days_after(from, days).0,
    }
}

/// Which entries of a list can be paid: those that stand and were not, unless somebody asks that they be taken out; and of
/// those that were paid and taken out, what takes them out, by which the money comes back. Entries are given with what each
/// takes out.
pub fn payable(entries: &[(i64, Option<i64>)], paid: &BTreeSet<i64>, questioned: &BTreeSet<i64>) -> Vec<i64> {
    let out: BTreeSet<i64> = entries.iter().filter_map(|(_, reverses)| *reverses).collect();
    let can = |(id, reverses): &&(i64, Option<i64>)| match reverses {
        _ if paid.contains(id) => false,
        Some(other) => paid.contains(other),
        None => !out.contains(id) && !questioned.contains(id),
    };
    entries.iter().filter(can).map(|(id, _)| *id).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn words_lead_back() {
        for state in ListState::ALL {
            assert_eq!(ListState::from_key(state.key()), Some(state));
        }
        for state in ObjectionState::ALL {
            assert_eq!(ObjectionState::from_key(state.key()), Some(state));
        }
    }

    #[test]
    fn what_stands_is_paid_once_and_what_was_paid_in_error_comes_back() {
        let entries = [(1, None), (2, None), (3, None), (4, Some(1)), (5, Some(2)), (6, None)];
        let of = |paid: &[i64], questioned: &[i64]| {
            let set = |ids: &[i64]| ids.iter().copied().collect();
            payable(&entries, &set(paid), &set(questioned))
        };
        assert_eq!(of(&[], &[]), [3, 6]);
        assert_eq!(of(&[1], &[6]), [3, 4]);
        assert_eq!(of(&[1, 3, 4, 6], &[]), Vec::<i64>::new());
    }

    #[test]
    fn working_days_leave_out_the_holidays() {
        let calendar = Calendar::parse("rest-days", crate::calendar::EMBEDDED).unwrap();
        let from = date(2019, 9, 27);
        assert_eq!(publicity_ends(from, 7, PublicityDays::Calendar, &calendar), date(2019, 10, 4));
        // A Sunday and a Saturday on which people worked, and the week of the national holiday between them.
        assert_eq!(publicity_ends(from, 7, PublicityDays::Working, &calendar), date(2019, 10, 12));
    }
}
