//! The only place that asks what time it is. Everything below takes time as an argument.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The clock of a door: the system's, or the demo's, which stands until somebody moves it.
#[derive(Debug, Clone)]
pub(crate) enum Clock {
    /// The system's.
    System,
    /// The demo's: its day.
    Demo(Arc<Mutex<Date>>),
}

impl Clock {
    /// A clock that stands at a day.
    pub(crate) fn demo(day: Date) -> Clock {
        Clock::Demo(Arc::new(Mutex::new(day)))
    }

    /// The instant.
    #[expect(clippy::disallowed_methods, reason = "the shell owns the clock, and this is it")]
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The day in a time zone.
    pub(crate) fn today(&self, time_zone: &str) -> Date {
        match self {
            Clock::System => self.now().to_zoned_datetime(zone(time_zone)).date(),
            Clock::Demo(day) => *day.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// How long until the next time that the wall clock of a zone shows this hour and minute.
    pub(crate) fn until(&self, time_zone: &str, hour: i8, minute: i8) -> std::time::Duration {
        let now = self.now().to_zoned_datetime(zone(time_zone));
        let today = now.date().at(hour, minute, 0, 0).to_zoned_datetime(zone(time_zone)).ok();
        let next = today.filter(|at| *at > now).or_else(|| {
            now.date().tomorrow().ok()?.at(hour, minute, 0, 0).to_zoned_datetime(zone(time_zone)).ok()
        });
        let seconds = next.map_or(3_600, |next| next.timestamp().as_second() - now.timestamp().as_second());
        std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0).max(1))
    }

    /// Moves the demo's clock; the system's goes by itself.
    pub(crate) fn advance_to(&self, to: Date) {
        if let Clock::Demo(day) = self {
            *day.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }

    /// True for the demo's clock.
    pub(crate) fn is_demo(&self) -> bool {
        matches!(self, Clock::Demo(_))
    }
}

/// Time that has passed since a start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "the shell owns the clock, and this is it")]
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// Milliseconds since the start.
    pub(crate) fn millis(self) -> u128 {
        self.0.elapsed().as_millis()
    }
}

/// The time zone of that name; counties lie in China, so an unknown name means Chinese time.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
}
