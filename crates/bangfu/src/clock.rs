//! The only place that asks what time it is. Everything below takes time as an argument.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
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

/// True for a day of which somebody may ask; anything else is a slip, and databases do not know every year.
pub(crate) fn is_plausible(day: &Date) -> bool {
    (1900..2200).contains(&day.year())
}

/// The last day whose close is due at an instant: until the wall clock of the zone shows the hour of the close it
/// is the day before, from then on the day itself.
pub(crate) fn day_due(now: Timestamp, zone: &TimeZone, close_at: Time) -> Date {
    let wall = now.to_zoned_datetime(zone.clone()).datetime();
    if wall.time() < close_at { wall.date().yesterday().unwrap_or(Date::MIN) } else { wall.date() }
}

/// How long from an instant until the wall clock of the zone next shows the hour of the close.
pub(crate) fn until_close(now: Timestamp, zone: &TimeZone, close_at: Time) -> Duration {
    let wall = now.to_zoned_datetime(zone.clone()).datetime();
    let today = wall.date();
    let day = if wall.time() < close_at { today } else { today.tomorrow().unwrap_or(today) };
    let next = day.to_datetime(close_at).to_zoned_datetime(zone.clone()).map(|next| next.timestamp());
    let seconds = next.map_or(0, |next| next.as_second() - now.as_second());
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0).max(1))
}

/// Time that has passed since the program first asked.
#[expect(clippy::disallowed_methods, reason = "the shell owns the clock, and this is it")]
pub(crate) fn running() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
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

    /// Microseconds since the start.
    pub(crate) fn micros(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
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

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    const AT: Time = time(2, 0, 0, 0);

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_due_from_the_hour_of_its_close() {
        let china = zone("Asia/Shanghai");
        for (now, day) in [
            ("2019-06-17T00:00:00+08:00", date(2019, 6, 16)),
            ("2019-06-17T01:59:59+08:00", date(2019, 6, 16)),
            ("2019-06-17T02:00:00+08:00", date(2019, 6, 17)),
            ("2019-06-17T23:59:59+08:00", date(2019, 6, 17)),
            // The last day of a year, while it is still the day before elsewhere.
            ("2019-12-31T18:30:00Z", date(2020, 1, 1)),
            ("2019-12-31T17:30:00Z", date(2019, 12, 31)),
        ] {
            assert_eq!(day_due(instant(now), &china, AT), day, "{now}");
        }
        // Ürümqi's clock is two hours behind, so its day is due two hours later.
        let urumqi = zone("Asia/Urumqi");
        assert_eq!(day_due(instant("2019-06-17T03:00:00+08:00"), &urumqi, AT), date(2019, 6, 16));
        assert_eq!(day_due(instant("2019-06-17T04:00:00+08:00"), &urumqi, AT), date(2019, 6, 17));
        // A close at midnight owes the day as soon as it begins.
        assert_eq!(
            day_due(instant("2019-06-17T00:00:00+08:00"), &china, Time::midnight()),
            date(2019, 6, 17)
        );
    }

    #[test]
    fn the_next_close_is_waited_for() {
        let china = zone("Asia/Shanghai");
        for (now, minutes) in [
            ("2019-06-17T01:30:00+08:00", 30),
            ("2019-06-17T02:00:00+08:00", 24 * 60),
            ("2019-06-17T23:00:00+08:00", 3 * 60),
        ] {
            assert_eq!(until_close(instant(now), &china, AT), Duration::from_secs(minutes * 60), "{now}");
        }
    }
}
