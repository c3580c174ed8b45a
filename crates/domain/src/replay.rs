//! Other days of the colours held against what happened (阈值试算): how much earlier loans that fell overdue would have been
//! seen, and how much more there would have been to do.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::loan::{Watch, add_days, days_between};
use crate::warning::WarningLevel;

/// The colours, the first to come first.
pub const LEVELS: [WarningLevel; 4] =
    [WarningLevel::Green, WarningLevel::Blue, WarningLevel::Yellow, WarningLevel::Red];

/// What happened to a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// 放款日期.
    pub disbursed_on: Date,
    /// The day from which nothing was owed; `None` while something is.
    pub settled_on: Option<Date>,
    /// The day on which it fell overdue, if it did.
    pub overdue_on: Option<Date>,
}

impl Course {
    /// The colours that the loan went through under a rule, each with its first day. What was repaid before a colour began,
    /// or disbursed after it ended, never had it.
    pub fn levels(&self, watch: &Watch) -> impl Iterator<Item = (WarningLevel, Date)> {
        let rule = &watch.thresholds;
        let days = [rule.green_to_days, rule.blue_to_days, rule.yellow_to_days, rule.red_to_days, -1];
        let begins = days.map(|days| add_days(watch.due_on, -days));
        let (disbursed_on, settled_on) = (self.disbursed_on, self.settled_on);
        let stretches: Vec<(Date, Date)> =
            begins.iter().copied().zip(begins.iter().copied().skip(1)).collect();
        LEVELS.into_iter().zip(stretches).filter_map(move |(level, (begin, end))| {
            let first = begin.max(disbursed_on);
            let is_owed = settled_on.is_none_or(|settled| settled > first);
            (first < end && is_owed).then_some((level, first))
        })
    }
}

/// What came of two rules within some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The first and the last day.
    pub days: (Date, Date),
    /// How many loans came to each colour by the one rule and by the other: each time there is something to do.
    pub levels: [(u64, u64); 4],
    /// Loans that fell overdue, by how many days earlier the other rule would have shown them first; fewer than none is later.
    pub earlier: BTreeMap<i32, u64>,
    /// Loans that fell overdue and that one of the rules would never have shown in a colour.
    pub unseen: u64,
}

impl Replay {
    /// Nothing yet.
    pub fn new(days: (Date, Date)) -> Replay {
        Replay { days, levels: [(0, 0); 4], earlier: BTreeMap::new(), unseen: 0 }
    }

    /// Adds a loan as it went by the one rule and would have gone by the other.
    pub fn add(&mut self, course: &Course, now: &Watch, then: &Watch) {
        let (from, to) = self.days;
        let is_within = |day: &Date| (from..=to).contains(day);
        for (level, day) in course.levels(now) {
            self.levels[level as usize].0 += u64::from(is_within(&day));
        }
        for (level, day) in course.levels(then) {
            self.levels[level as usize].1 += u64::from(is_within(&day));
        }
        if !course.overdue_on.is_some_and(|day| is_within(&day)) {
            return;
        }
        let seen = |watch| course.levels(watch).map(|(_, day)| day).next();
        match (seen(now), seen(then)) {
            (Some(now), Some(then)) => *self.earlier.entry(days_between(then, now)).or_default() += 1,
            _ => self.unseen += 1,
        }
    }

    /// Loans that fell overdue and were shown by both rules.
    pub fn overdue(&self) -> u64 {
        self.earlier.values().sum()
    }

    /// How many tenths of a day earlier they would have been seen on the average, rounded half away from nothing; `None`
    /// where there were none.
    pub fn average_tenths(&self) -> Option<i64> {
        let count = i64::try_from(self.overdue()).ok().filter(|count| *count > 0)?;
        let days =
            self.earlier.iter().map(|(days, loans)| i64::from(*days) * i64::try_from(*loans).unwrap_or(0));
        let tenths = days.sum::<i64>() * 10;
        Some((tenths.abs() + count / 2) / count * tenths.signum())
    }

    /// All that there was to do, by the one rule and by the other.
    pub fn tasks(&self) -> (u64, u64) {
        (self.levels.iter().map(|level| level.0).sum(), self.levels.iter().map(|level| level.1).sum())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::warning::{Standing, Thresholds, standing_of_owing};

    const NOW: Thresholds =
        Thresholds { red_to_days: 7, yellow_to_days: 30, blue_to_days: 60, green_to_days: 90 };
    const THEN: Thresholds =
        Thresholds { red_to_days: 10, yellow_to_days: 30, blue_to_days: 75, green_to_days: 120 };

    fn watch(thresholds: Thresholds) -> Watch {
        Watch { thresholds, due_on: date(2019, 7, 1) }
    }

    #[test]
    fn a_loan_has_the_colours_that_it_owed_through() {
        let course = |settled_on| Course { disbursed_on: date(2018, 7, 1), settled_on, overdue_on: None };
        let names = |course: &Course| course.levels(&watch(NOW)).collect::<Vec<_>>();
        let all = names(&course(None));
        assert_eq!(all.len(), 4);
        assert_eq!(all[0], (WarningLevel::Green, date(2019, 4, 2)));
        assert_eq!(all[3], (WarningLevel::Red, date(2019, 6, 24)));
        assert_eq!(names(&course(Some(date(2019, 6, 24)))).len(), 3, "repaid on the day: never red");
        assert_eq!(names(&course(Some(date(2019, 4, 2)))).len(), 0);
        let short = Course { disbursed_on: date(2019, 6, 10), settled_on: None, overdue_on: None };
        assert_eq!(
            names(&short),
            [(WarningLevel::Yellow, date(2019, 6, 10)), (WarningLevel::Red, date(2019, 6, 24))]
        );
    }

    #[test]
    fn what_fell_overdue_is_seen_so_many_days_earlier() {
        let mut replay = Replay::new((date(2018, 7, 2), date(2019, 7, 1)));
        let late =
            |disbursed_on| Course { disbursed_on, settled_on: None, overdue_on: Some(date(2019, 7, 1)) };
        replay.add(&late(date(2018, 7, 1)), &watch(NOW), &watch(THEN));
        replay.add(&late(date(2018, 7, 1)), &watch(NOW), &watch(THEN));
        replay.add(&late(date(2019, 3, 15)), &watch(NOW), &watch(THEN));
        let paid = Course { overdue_on: None, settled_on: Some(date(2019, 6, 23)), ..late(date(2018, 7, 1)) };
        replay.add(&paid, &watch(NOW), &watch(THEN));
        assert_eq!(replay.earlier, BTreeMap::from([(18, 1), (30, 2)]));
        assert_eq!((replay.overdue(), replay.average_tenths()), (3, Some(260)));
        assert_eq!(replay.levels, [(4, 4), (4, 4), (4, 4), (3, 4)], "red a day before it was repaid");
        assert_eq!(replay.tasks(), (15, 16));
        assert_eq!(Replay::new(replay.days).average_tenths(), None);
    }

    proptest! {
        /// Day by day, a loan that owes stands in a colour from its first day on.
        #[test]
        fn colours_are_those_of_each_day(term in 1..400_i32, owed in 0..420_i32) {
            let due = date(2019, 7, 1);
            let disbursed_on = add_days(due, -term);
            let course = Course { disbursed_on, settled_on: Some(add_days(disbursed_on, owed)), overdue_on: None };
            let mut expected = Vec::new();
            for number in 0..owed {
                let day = add_days(disbursed_on, number);
                let standing = standing_of_owing(day, due, None, &NOW);
                if standing.is_colour() && expected.last().is_none_or(|(last, _)| *last != standing) {
                    expected.push((standing, day));
                }
            }
            let of = |level| match level {
                WarningLevel::Green => Standing::Green,
                WarningLevel::Blue => Standing::Blue,
                WarningLevel::Yellow => Standing::Yellow,
                WarningLevel::Red => Standing::Red,
            };
            let found: Vec<_> = course.levels(&watch(NOW)).map(|(level, day)| (of(level), day)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
