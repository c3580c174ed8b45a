//! The four warning colours (红黄蓝绿预警) and a loan's standing on a day.
//!
//! The rule is a pure function of the due day, the balance, the branch's data-until day and the day asked
//! about. DESIGN.md §5; the day thresholds are the pack's, since the newspaper gives none.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::loan::days_between;

/// A warning colour of a loan that is about to mature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WarningLevel {
    /// 绿: by default 61–90 days to maturity.
    Green,
    /// 蓝: by default 31–60 days.
    Blue,
    /// 黄: by default 8–30 days.
    Yellow,
    /// 红: by default 0–7 days.
    Red,
}

/// Where a disbursed loan stands on a day: its colour, or the status that takes a colour's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Too far from maturity for a warning.
    None,
    /// Green warning.
    Green,
    /// Blue warning.
    Blue,
    /// Yellow warning.
    Yellow,
    /// Red warning.
    Red,
    /// 到期待核: past due, and the branch has not reported beyond the due day.
    Awaiting,
    /// 逾期: past due and reported unpaid.
    Overdue,
    /// 结清: nothing is owed.
    Settled,
}

impl Standing {
    /// Every standing, in the order in which they are stored.
    pub const ALL: [Standing; 8] = [
        Standing::None,
        Standing::Green,
        Standing::Blue,
        Standing::Yellow,
        Standing::Red,
        Standing::Awaiting,
        Standing::Overdue,
        Standing::Settled,
    ];

    /// The number under which it is stored. It never changes.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The standing stored under a number.
    pub fn from_code(code: i64) -> Option<Standing> {
        usize::try_from(code).ok().and_then(|index| Self::ALL.get(index)).copied()
    }

    /// The word in addresses, in JSON and as a key of texts.
    pub const fn key(self) -> &'static str {
        match self {
            Standing::None => "none",
            Standing::Green => "green",
            Standing::Blue => "blue",
            Standing::Yellow => "yellow",
            Standing::Red => "red",
            Standing::Awaiting => "awaiting",
            Standing::Overdue => "overdue",
            Standing::Settled => "settled",
        }
    }

    /// The standing with that key.
    pub fn from_key(key: &str) -> Option<Standing> {
        Self::ALL.into_iter().find(|standing| standing.key() == key)
    }

    /// The loan status: `active`, `awaiting`, `overdue` or `settled`.
    pub const fn status_key(self) -> &'static str {
        match self {
            Standing::Awaiting => "awaiting",
            Standing::Overdue => "overdue",
            Standing::Settled => "settled",
            _ => "active",
        }
    }

    /// Every standing in which something is owed, in the order in which they are stored.
    pub fn owing() -> impl Iterator<Item = Standing> {
        Self::ALL.into_iter().filter(|standing| standing.is_owing())
    }

    /// True for the four colours: the pack says on which days they begin.
    pub const fn is_colour(self) -> bool {
        matches!(self, Standing::Green | Standing::Blue | Standing::Yellow | Standing::Red)
    }

    /// True while something is owed.
    pub const fn is_owing(self) -> bool {
        !matches!(self, Standing::Settled)
    }
}

/// The days before maturity at which each colour begins, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Red from so many days before the due day.
    pub red_to_days: i32,
    /// Yellow from so many days before.
    pub yellow_to_days: i32,
    /// Blue from so many days before.
    pub blue_to_days: i32,
    /// Green from so many days before.
    pub green_to_days: i32,
}

impl Thresholds {
    /// The colour at so many days before the due day; none beyond green and none after the due day.
    pub fn level(&self, days_to_due: i32) -> Option<WarningLevel> {
        match days_to_due {
            ..0 => None,
            days if days <= self.red_to_days => Some(WarningLevel::Red),
            days if days <= self.yellow_to_days => Some(WarningLevel::Yellow),
            days if days <= self.blue_to_days => Some(WarningLevel::Blue),
            days if days <= self.green_to_days => Some(WarningLevel::Green),
            _ => None,
        }
    }

    /// The fewest and the most days to the due day that loans of a standing can have; `None` where it says nothing of
    /// them.
    pub fn days_to_due(&self, standing: Standing) -> Option<(i32, i32)> {
        match standing {
            Standing::None => Some((self.green_to_days + 1, i32::MAX)),
            Standing::Green => Some((self.blue_to_days + 1, self.green_to_days)),
            Standing::Blue => Some((self.yellow_to_days + 1, self.blue_to_days)),
            Standing::Yellow => Some((self.red_to_days + 1, self.yellow_to_days)),
            Standing::Red => Some((0, self.red_to_days)),
            Standing::Awaiting | Standing::Overdue => Some((i32::MIN, -1)),
            Standing::Settled => None,
        }
    }
}

/// The standing on a day of a loan that owes something.
///
/// A loan past its due day is overdue only when its branch has reported beyond that day: bank data arrive
/// late, and nobody who paid may be accused.
pub fn standing_of_owing(day: Date, due_on: Date, until_on: Option<Date>, rule: &Thresholds) -> Standing {
    if day > due_on {
        return if until_on.is_some_and(|until| until > due_on) {
            Standing::Overdue
        } else {
            Standing::Awaiting
        };
    }
    match rule.level(days_between(day, due_on)) {
        Some(WarningLevel::Green) => Standing::Green,
        Some(WarningLevel::Blue) => Standing::Blue,
        Some(WarningLevel::Yellow) => Standing::Yellow,
        Some(WarningLevel::Red) => Standing::Red,
        None => Standing::None,
    }
}

/// The days on which the standing of an owing loan changes if nothing happens, first to last.
pub fn change_days(due_on: Date, rule: &Thresholds) -> impl Iterator<Item = Date> {
    [rule.green_to_days, rule.blue_to_days, rule.yellow_to_days, rule.red_to_days, -1]
        .into_iter()
        .map(move |days| crate::loan::add_days(due_on, -days))
}

/// Why a loan stands where it stands: the rule that spoke and when it will speak differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which rule spoke.
    pub rule: ReasonRule,
    /// The day on which the balance must be repaid.
    pub due_on: Date,
    /// Days from the day asked about to the due day; negative after it.
    pub days_to_due: i32,
    /// The branch's data-until day (数据截止日), if any is known.
    pub until_on: Option<Date>,
    /// The day and the standing that follow if nothing happens.
    pub next: Option<(Date, Standing)>,
}

/// The rule behind a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonRule {
    /// More days to maturity than the first colour has.
    FarFromDue,
    /// Days to maturity within a colour's range.
    DaysToDue,
    /// Past due, and the branch's data reach beyond the due day.
    UnpaidAfterDue,
    /// Past due, and the branch's data do not reach beyond the due day.
    DueNotReported,
    /// Nothing is owed.
    Repaid,
}

impl ReasonRule {
    /// The rule that leads to a standing.
    pub fn of(standing: Standing) -> ReasonRule {
        match standing {
            Standing::None => ReasonRule::FarFromDue,
            Standing::Green | Standing::Blue | Standing::Yellow | Standing::Red => ReasonRule::DaysToDue,
            Standing::Awaiting => ReasonRule::DueNotReported,
            Standing::Overdue => ReasonRule::UnpaidAfterDue,
            Standing::Settled => ReasonRule::Repaid,
        }
    }

    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            ReasonRule::FarFromDue => "far-from-due",
            ReasonRule::DaysToDue => "days-to-due",
            ReasonRule::UnpaidAfterDue => "unpaid-after-due",
            ReasonRule::DueNotReported => "due-not-reported",
            ReasonRule::Repaid => "repaid",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const RULE: Thresholds =
        Thresholds { red_to_days: 7, yellow_to_days: 30, blue_to_days: 60, green_to_days: 90 };

    #[test]
    fn the_colours_meet_without_gap_or_overlap() {
        for (days, level) in [
            (91, None),
            (90, Some(WarningLevel::Green)),
            (61, Some(WarningLevel::Green)),
            (60, Some(WarningLevel::Blue)),
            (31, Some(WarningLevel::Blue)),
            (30, Some(WarningLevel::Yellow)),
            (8, Some(WarningLevel::Yellow)),
            (7, Some(WarningLevel::Red)),
            (0, Some(WarningLevel::Red)),
            (-1, None),
        ] {
            assert_eq!(RULE.level(days), level, "{days} days");
        }
    }

    #[test]
    fn the_days_of_a_colour_are_those_on_which_it_is_told() {
        for days in -3..100 {
            let level = RULE.level(days);
            for standing in Standing::ALL.into_iter().filter(|standing| standing.is_colour()) {
                let (first, last) = RULE.days_to_due(standing).unwrap();
                let due = date(2019, 6, 17);
                let on = crate::loan::add_days(due, -days);
                let stands = standing_of_owing(on, due, None, &RULE) == standing;
                assert_eq!((first..=last).contains(&days), stands, "{days} {standing:?} {level:?}");
            }
        }
    }

    #[test]
    fn days_beyond_the_calendar_end_where_it_does() {
        let due = date(2019, 6, 17);
        for (days, day) in [(i32::MAX, jiff::civil::Date::MAX), (i32::MIN, jiff::civil::Date::MIN)] {
            assert_eq!(crate::loan::add_days(due, days), day);
        }
        let rule = Thresholds { green_to_days: 100_000_000, ..RULE };
        assert_eq!(change_days(due, &rule).next(), Some(jiff::civil::Date::MIN));
    }

    #[test]
    fn nobody_is_overdue_before_the_branch_reports_beyond_the_due_day() {
        let due = date(2019, 6, 17);
        let next = date(2019, 6, 18);
        assert_eq!(standing_of_owing(next, due, None, &RULE), Standing::Awaiting);
        assert_eq!(standing_of_owing(next, due, Some(due), &RULE), Standing::Awaiting);
        assert_eq!(standing_of_owing(next, due, Some(next), &RULE), Standing::Overdue);
        assert_eq!(standing_of_owing(due, due, Some(next), &RULE), Standing::Red);
    }
}
