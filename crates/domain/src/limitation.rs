//! The limitation of actions (诉讼时效): until when a bank may sue for what is overdue, and what begins the term anew.
//!
//! 民法典 188: the term; 195: what interrupts it. How many years it is is a value of the pack, for the county to confirm.

use jiff::civil::Date;

use crate::loan::add_months;

/// What begins the term anew (时效中断).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interruption {
    /// A demand that was served on the borrower, with its receipt (送达回执).
    Served,
    /// The borrower promised in writing to pay.
    Promised,
    /// Part of what is owed was repaid.
    Repaid,
}

impl Interruption {
    /// Those that somebody records; what was repaid, the book knows.
    pub const RECORDED: [Interruption; 2] = [Interruption::Served, Interruption::Promised];

    /// The word for it: in the database and as part of the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            Interruption::Served => "served",
            Interruption::Promised => "promised",
            Interruption::Repaid => "repaid",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<Interruption> {
        [Interruption::Served, Interruption::Promised, Interruption::Repaid]
            .into_iter()
            .find(|one| one.key() == key)
    }
}

/// Until when somebody may sue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limitation {
    /// The last day of the term.
    pub ends_on: Date,
    /// The day after which it runs: the due day, or the last on which it was interrupted.
    pub from_on: Date,
    /// What interrupted it last.
    pub by: Option<Interruption>,
}

/// The term of a loan that was due on a day, with what interrupted it in any order. It begins on the day after the due
/// day, and anew on the day after each interruption within it: what comes after its end brings it back no more, and what
/// came by the due day interrupts nothing.
pub fn limitation(due_on: Date, interruptions: &[(Date, Interruption)], years: u32) -> Limitation {
    let months = years.saturating_mul(12);
    let mut sorted = interruptions.to_vec();
    sorted.sort_unstable();
    let mut term = Limitation { ends_on: add_months(due_on, months), from_on: due_on, by: None };
    for (on, by) in sorted.into_iter().filter(|(on, _)| *on > due_on) {
        if on > term.ends_on {
            break;
        }
        term = Limitation { ends_on: add_months(on, months), from_on: on, by: Some(by) };
    }
    term
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::loan::add_days;

    const DUE: Date = date(2019, 5, 20);

    #[test]
    fn the_term_runs_from_the_due_day_and_anew_from_each_interruption() {
        let ends = |interruptions: &[(Date, Interruption)]| limitation(DUE, interruptions, 3).ends_on;
        assert_eq!(ends(&[]), date(2022, 5, 20));
        assert_eq!(ends(&[(date(2020, 2, 29), Interruption::Served)]), date(2023, 2, 28));
        assert_eq!(ends(&[(DUE, Interruption::Repaid)]), date(2022, 5, 20), "nothing was overdue yet");
        assert_eq!(
            ends(&[(date(2022, 5, 20), Interruption::Promised)]),
            date(2025, 5, 20),
            "on its last day"
        );
        assert_eq!(ends(&[(date(2022, 5, 21), Interruption::Served)]), date(2022, 5, 20), "too late");
        let twice = [(date(2022, 1, 1), Interruption::Served), (date(2024, 6, 1), Interruption::Repaid)];
        let term = limitation(DUE, &[twice[1], twice[0]], 3);
        assert_eq!((term.ends_on, term.by), (date(2027, 6, 1), Some(Interruption::Repaid)));
    }

    proptest! {
        #[test]
        fn an_interruption_never_shortens_the_term(days in proptest::collection::vec(-400i32..4000, 0..8)) {
            let all: Vec<_> = days.iter().map(|days| (add_days(DUE, *days), Interruption::Served)).collect();
            let mut last = limitation(DUE, &[], 3).ends_on;
            for known in 0..=all.len() {
                let term = limitation(DUE, &all[..known], 3);
                prop_assert!(term.ends_on >= last);
                prop_assert!(term.from_on >= DUE && term.ends_on == add_months(term.from_on, 36));
                last = term.ends_on;
            }
        }
    }
}
