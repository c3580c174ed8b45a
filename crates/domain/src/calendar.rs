//! Working days and rest days (工作日, 休息日) as the State Council's yearly notices set them.
//!
//! The notices are data: `policy/calendar/rest-days.toml`. A year without a notice is provisional: Saturdays and
//! Sundays rest, and whoever shows a day of such a year says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::loan::add_days;

/// The days of the years that have a notice.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

#[derive(Debug, Clone, Default)]
struct Year {
    rest: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    year: i16,
    #[serde(rename = "source")]
    _source: String,
    rest: Vec<(Date, Date)>,
    work: Vec<Date>,
}

impl Calendar {
    /// The calendar in the binary.
    pub fn embedded() -> &'static Calendar {
        static CALENDAR: OnceLock<Calendar> = OnceLock::new();
        CALENDAR.get_or_init(|| {
            Calendar::parse(include_str!("../../../policy/calendar/rest-days.toml"))
                .expect("invariant: the calendar in the binary is read by a test")
        })
    }

    /// Reads a calendar: a list of years, each with spans of rest days and single make-up workdays.
    ///
    /// # Errors
    /// What the file says wrongly, with line and column.
    pub fn parse(text: &str) -> Result<Calendar, String> {
        let file: File = toml::from_str(text).map_err(|fault| fault.to_string())?;
        let mut years = BTreeMap::new();
        for entry in file.year {
            let mut rest = BTreeSet::new();
            for (first, last) in entry.rest {
                let mut day = first;
                while day <= last {
                    rest.insert(day);
                    day = add_days(day, 1);
                }
            }
            years.insert(entry.year, Year { rest, work: entry.work.into_iter().collect() });
        }
        Ok(Calendar { years })
    }

    /// True if people work on the day.
    pub fn is_working_day(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&day.year()) {
            Some(year) => year.work.contains(&day) || !(weekend || year.rest.contains(&day)),
            None => !weekend,
        }
    }

    /// True if no notice for the day's year is known, so that its holidays are missing here.
    pub fn is_provisional(&self, day: Date) -> bool {
        !self.years.contains_key(&day.year())
    }

    /// The first working day on or after a day, and whether a provisional year was asked for it.
    pub fn working_day_from(&self, day: Date) -> (Date, bool) {
        let mut found = day;
        let mut provisional = self.is_provisional(day);
        while !self.is_working_day(found) && found < Date::MAX {
            found = add_days(found, 1);
            provisional |= self.is_provisional(found);
        }
        (found, provisional)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_notice_of_2019_is_followed() {
        let calendar = Calendar::embedded();
        assert!(!calendar.is_working_day(date(2019, 5, 1)));
        assert!(calendar.is_working_day(date(2019, 5, 5)), "a Sunday made up for");
        assert!(!calendar.is_working_day(date(2019, 6, 7)));
        assert!(calendar.is_working_day(date(2019, 6, 17)));
        assert_eq!(calendar.working_day_from(date(2019, 10, 1)), (date(2019, 10, 8), false));
    }

    #[test]
    fn a_year_without_a_notice_is_provisional() {
        let calendar = Calendar::embedded();
        assert_eq!(calendar.working_day_from(date(2031, 10, 4)), (date(2031, 10, 6), true));
        assert!(!calendar.is_provisional(date(2019, 12, 31)));
    }
}
