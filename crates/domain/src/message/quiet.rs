//! Hours in which nobody is disturbed (免打扰时段): messages wait until they end.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{DateTime, Time};

/// From an hour of the day to another, which may be one of the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    from: Time,
    to: Time,
}

/// What is no such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoQuiet;

impl fmt::Display for NoQuiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HH:MM-HH:MM")
    }
}

impl std::error::Error for NoQuiet {}

impl FromStr for Quiet {
    type Err = NoQuiet;

    /// `21:00-08:00`; two equal hours are no time at all.
    fn from_str(text: &str) -> Result<Quiet, NoQuiet> {
        let (from, to) = text.trim().split_once('-').ok_or(NoQuiet)?;
        // What follows a time, as an offset does, is none of it.
        let is_hour = |text: &str| text.len() == "21:00".len();
        let time = |text: &str| match text.trim() {
            text if is_hour(text) => text.parse::<Time>().map_err(|_| NoQuiet),
            _ => Err(NoQuiet),
        };
        Ok(Quiet { from: time(from)?, to: time(to)? })
    }
}

impl Quiet {
    /// Until when messages wait that are to go now; `None` where they need not.
    pub fn until(&self, now: DateTime) -> Option<DateTime> {
        let (time, today) = (now.time(), now.date());
        let ends = |day: jiff::civil::Date| Some(day.to_datetime(self.to));
        match self.from.cmp(&self.to) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less if self.from <= time && time < self.to => ends(today),
            std::cmp::Ordering::Greater if time < self.to => ends(today),
            std::cmp::Ordering::Greater if time >= self.from => today.tomorrow().ok().and_then(ends),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn until(quiet: &str, hour: i8, minute: i8) -> Option<DateTime> {
        quiet.parse::<Quiet>().unwrap().until(date(2019, 6, 17).at(hour, minute, 0, 0))
    }

    #[test]
    fn a_night_ends_in_the_morning() {
        let morning = |day| Some(date(2019, 6, day).at(8, 0, 0, 0));
        assert_eq!(until("21:00-08:00", 20, 59), None);
        assert_eq!(until("21:00-08:00", 21, 0), morning(18));
        assert_eq!(until("21:00-08:00", 2, 0), morning(17));
        assert_eq!(until("21:00-08:00", 8, 0), None);
    }

    #[test]
    fn a_midday_ends_on_its_day_and_no_time_never_begins() {
        let end = Some(date(2019, 6, 17).at(14, 30, 0, 0));
        assert_eq!((until("12:00-14:30", 12, 0), until("12:00-14:30", 14, 30)), (end, None));
        assert_eq!(until("12:00-14:30", 11, 59), None);
        assert!((0..24).all(|hour| until("00:00-00:00", hour, 0).is_none()));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "21:00", "21-8", "25:00-08:00", "21:00-08:00-09:00", "nine-ten"] {
            assert!(text.parse::<Quiet>().is_err(), "{text}");
        }
    }
}
