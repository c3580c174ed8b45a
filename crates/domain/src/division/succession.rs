//! Places that ended and left what lay in them to another (撤并): it stands for them from then on.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// What took over from places that ended: by place, from which day on, and which place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Succession(BTreeMap<i64, (Date, i64)>);

impl Succession {
    /// That of these places: (ended place, first day without it, its successor).
    pub fn new(ended: impl IntoIterator<Item = (i64, Date, i64)>) -> Succession {
        Succession(ended.into_iter().map(|(place, from, successor)| (place, (from, successor))).collect())
    }

    /// True if nothing took over from anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands for a place on a day: itself, until another takes over.
    pub fn on(&self, place: i64, day: Date) -> i64 {
        let (mut at, mut since) = (place, Date::MIN);
        while let Some((from, next)) = self.next(at, since).filter(|(from, _)| *from <= day) {
            (at, since) = (next, from);
        }
        at
    }

    /// From which day after another on something takes over from a place, and what.
    pub fn next(&self, place: i64, after: Date) -> Option<(Date, i64)> {
        self.0.get(&place).copied().filter(|(from, _)| *from > after)
    }

    /// The places that ended, in order.
    pub fn ended(&self) -> impl Iterator<Item = i64> {
        self.0.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_took_over_stands_for_a_place_from_its_day_on() {
        let succession = Succession::new([(1, date(2020, 1, 1), 2), (2, date(2022, 1, 1), 3)]);
        assert_eq!(succession.on(1, date(2019, 12, 31)), 1);
        assert_eq!(succession.on(1, date(2020, 1, 1)), 2);
        assert_eq!(succession.on(1, date(2022, 1, 1)), 3);
        assert_eq!(succession.on(2, date(2021, 1, 1)), 2);
        assert_eq!(succession.on(9, date(2021, 1, 1)), 9);
        let circle = Succession::new([(1, date(2020, 1, 1), 2), (2, date(2020, 1, 1), 1)]);
        assert_eq!(circle.on(1, date(2021, 1, 1)), 2, "what takes over ends later");
    }
}
