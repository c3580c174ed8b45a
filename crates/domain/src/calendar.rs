//! Working days and rest days (工作日, 休息日) as the State Council's yearly notices set them.
//!
//! The notices are data: `policy/calendar/rest-days.toml`. A year without a notice is provisional: Saturdays and
//! Sundays rest, and whoever shows a day of such a year says so.

mod list;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use toml::Spanned;

use crate::loan::add_days;
use crate::policy::{PackFault, PackFaultKind};

pub use list::{ListFault, ListFaultKind, Remark, read_list, remarks};

/// The days of the years that have a notice.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<i16, YearDays>,
}

/// The days of a year that its notice names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct YearDays {
    /// The notice: 国办发明电〔2018〕15号.
    pub source: String,
    /// Days on which people rest.
    pub rest: BTreeSet<Date>,
    /// Days of weekends on which people work, to make up for others.
    pub work: BTreeSet<Date>,
}

impl YearDays {
    /// The days of rest as stretches, each with its first and last day.
    pub fn stretches(&self) -> Vec<(Date, Date)> {
        let mut stretches: Vec<(Date, Date)> = Vec::new();
        for day in &self.rest {
            match stretches.last_mut() {
                Some((_, last)) if add_days(*last, 1) == *day => *last = *day,
                _ => stretches.push((*day, *day)),
            }
        }
        stretches
    }

    /// The year as a calendar's file has it.
    pub fn to_toml(&self, year: i16) -> String {
        let source = toml::Value::String(self.source.clone());
        let mut text = format!("[[year]]\nyear = {year}\nsource = {source}\nrest = [\n");
        for (first, last) in self.stretches() {
            let _ = writeln!(text, "  [\"{first}\", \"{last}\"],");
        }
        let work: Vec<String> = self.work.iter().map(|day| format!("\"{day}\"")).collect();
        let _ = writeln!(text, "]\nwork = [{}]", work.join(", "));
        text
    }
}

/// The file of a calendar: in the binary below `policy`, and in a county's own folder of packs.
pub const FILE: &str = "calendar/rest-days.toml";

/// The calendar in the binary, as text.
pub const EMBEDDED: &str = include_str!("../../../policy/calendar/rest-days.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    year: Spanned<i16>,
    source: String,
    rest: Vec<Spanned<(Date, Date)>>,
    work: Vec<Spanned<Date>>,
}

impl Calendar {
    /// Reads a calendar: a list of years, each with spans of rest days and single make-up workdays, all of which
    /// lie in their year.
    ///
    /// # Errors
    /// Every fault of the file, with line and column.
    pub fn parse(name: &str, text: &str) -> Result<Calendar, Vec<PackFault>> {
        let fault = |span: Range<usize>, kind| PackFault::at(name, text, Some(span), kind);
        let file: File = toml::from_str(text).map_err(|error| {
            vec![PackFault::at(name, text, error.span(), PackFaultKind::Form(error.message().to_owned()))]
        })?;
        let mut faults = Vec::new();
        let mut years: BTreeMap<i16, YearDays> = BTreeMap::new();
        for entry in file.year {
            let number = *entry.year.get_ref();
            let mut year = YearDays { source: entry.source, ..YearDays::default() };
            for span in &entry.rest {
                let (first, last) = *span.get_ref();
                if last < first {
                    faults.push(fault(span.span(), PackFaultKind::Days));
                } else if let Some(other) = [first, last].into_iter().find(|day| day.year() != number) {
                    faults.push(fault(span.span(), PackFaultKind::OtherYear(other)));
                } else {
                    year.rest.extend(first.series(1.day()).take_while(|day| *day <= last));
                }
            }
            for day in &entry.work {
                if day.get_ref().year() == number {
                    year.work.insert(*day.get_ref());
                } else {
                    faults.push(fault(day.span(), PackFaultKind::OtherYear(*day.get_ref())));
                }
            }
            if years.insert(number, year).is_some() {
                faults.push(fault(entry.year.span(), PackFaultKind::SameYear(number)));
            }
        }
        if faults.is_empty() { Ok(Calendar { years }) } else { Err(faults) }
    }

    /// This calendar laid over another: the years that it names are its own, the rest the other's.
    pub fn over(mut self, other: &Calendar) -> Calendar {
        for (number, year) in &other.years {
            self.years.entry(*number).or_insert_with(|| year.clone());
        }
        self
    }

    /// The years that have a notice, in order.
    pub fn years(&self) -> impl DoubleEndedIterator<Item = (i16, &YearDays)> {
        self.years.iter().map(|(number, year)| (*number, year))
    }

    /// A year that has a notice.
    pub fn year(&self, number: i16) -> Option<&YearDays> {
        self.years.get(&number)
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

    /// The last of so many working days after a day, and whether a provisional year was asked for it.
    pub fn working_days_after(&self, day: Date, days: u32) -> (Date, bool) {
        (0..days).fold((day, false), |(day, provisional), _| {
            let (next, asked) = self.working_day_from(add_days(day, 1));
            (next, provisional || asked)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn embedded() -> Calendar {
        Calendar::parse(FILE, EMBEDDED).unwrap()
    }

    #[test]
    fn the_notice_of_2019_is_followed() {
        let calendar = embedded();
        assert!(!calendar.is_working_day(date(2019, 5, 1)));
        assert!(calendar.is_working_day(date(2019, 5, 5)), "a Sunday made up for");
        assert!(!calendar.is_working_day(date(2019, 6, 7)));
        assert!(calendar.is_working_day(date(2019, 6, 17)));
        assert_eq!(calendar.working_day_from(date(2019, 10, 1)), (date(2019, 10, 8), false));
    }

    #[test]
    fn terms_in_working_days_leave_out_rest_days() {
        let calendar = embedded();
        // A Thursday; 7 to 9 June 2019 were 端午.
        assert_eq!(calendar.working_days_after(date(2019, 6, 6), 1), (date(2019, 6, 10), false));
        assert_eq!(calendar.working_days_after(date(2019, 6, 6), 6), (date(2019, 6, 17), false));
        assert_eq!(calendar.working_days_after(date(2019, 6, 6), 0), (date(2019, 6, 6), false));
        assert_eq!(calendar.working_days_after(date(2031, 10, 3), 1), (date(2031, 10, 6), true));
    }

    #[test]
    fn a_year_without_a_notice_is_provisional() {
        let calendar = embedded();
        assert_eq!(calendar.working_day_from(date(2031, 10, 4)), (date(2031, 10, 6), true));
        assert!(!calendar.is_provisional(date(2019, 12, 31)));
    }
    #[test]
    fn the_notices_from_2016_to_2026_are_followed() {
        let calendar = embedded();
        for (day, works) in [
            (date(2016, 2, 6), true),
            (date(2016, 10, 7), false),
            (date(2017, 10, 8), false),
            (date(2017, 9, 30), true),
            (date(2018, 12, 29), true),
            (date(2018, 12, 31), false),
            (date(2021, 10, 9), true),
            (date(2022, 1, 31), false),
            (date(2023, 6, 25), true),
            (date(2024, 2, 9), true),
            (date(2025, 10, 8), false),
            (date(2026, 2, 23), false),
            (date(2026, 2, 28), true),
        ] {
            assert_eq!(calendar.is_working_day(day), works, "{day}");
        }
        assert!((2016..=2026).all(|year| !calendar.is_provisional(date(year, 7, 1))));
        assert!(calendar.is_provisional(date(2015, 12, 31)));
        // New Year's notice for the day after is not known: whoever goes there is told.
        assert_eq!(calendar.working_day_from(date(2026, 12, 31)), (date(2026, 12, 31), false));
        assert_eq!(calendar.working_day_from(date(2027, 1, 2)), (date(2027, 1, 4), true));
    }

    #[test]
    fn a_countys_own_years_take_the_place_of_those_in_the_binary() {
        let own =
            "[[year]]\nyear = 2019\nsource = \"县\"\nrest = [[\"2019-07-01\", \"2019-07-02\"]]\nwork = []\n";
        let calendar = Calendar::parse("own", own).unwrap().over(&embedded());
        assert!(!calendar.is_working_day(date(2019, 7, 2)));
        assert!(calendar.is_working_day(date(2019, 10, 1)), "its own year says nothing of this day");
        assert!(!calendar.is_working_day(date(2020, 10, 1)), "another year stays");
    }

    #[test]
    fn a_fault_of_a_calendar_is_told_with_its_place() {
        let year = |rest: &str, work: &str| {
            format!("[[year]]\nyear = 2019\nsource = \"\"\nrest = [{rest}]\nwork = [{work}]\n")
        };
        let twice = [year("", ""), year("", "")].concat();
        for (text, line, column, kind) in [
            (year("[\"2019-07-02\", \"2019-07-01\"]", ""), 4, 9, PackFaultKind::Days),
            (year("[\"2019-12-31\", \"2020-01-01\"]", ""), 4, 9, PackFaultKind::OtherYear(date(2020, 1, 1))),
            (year("", "\"2018-12-29\""), 5, 9, PackFaultKind::OtherYear(date(2018, 12, 29))),
            (twice, 7, 8, PackFaultKind::SameYear(2019)),
        ] {
            let faults = Calendar::parse("own", &text).unwrap_err();
            let found = faults.iter().map(|fault| (fault.line, fault.column, &fault.kind));
            assert_eq!(found.collect::<Vec<_>>(), [(line, column, &kind)], "{text}");
        }
        let faults = Calendar::parse("own", &year("[\"2019-13-01\", \"2019-07-01\"]", "")).unwrap_err();
        assert!(matches!(faults[0].kind, PackFaultKind::Form(_)), "{faults:?}");
        assert_eq!(faults[0].line, 4);
    }
}
