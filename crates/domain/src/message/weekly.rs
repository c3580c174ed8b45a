//! The leader's list (主要负责人每周一览): one a week, on its weekday or as soon after it as a day is closed.

use jiff::civil::{Date, Weekday};

use crate::loan::add_days;

/// The weekday on which the list is made unless a county says otherwise.
pub const USUAL: Weekday = Weekday::Monday;

/// The list that is to be made once a day is closed: the newest day of the weekday up to it, unless its list was made.
pub fn due(last: Option<Date>, day: Date, weekday: Weekday) -> Option<Date> {
    let back = weekday.until(day.weekday());
    let newest = add_days(day, -i32::from(back));
    last.is_none_or(|last| last < newest).then_some(newest)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn one_list_a_week_whatever_days_are_closed() {
        let (monday, day) = (date(2019, 6, 17), |n| date(2019, 6, n));
        assert_eq!(due(None, monday, Weekday::Monday), Some(monday));
        assert_eq!(due(Some(monday), monday, Weekday::Monday), None);
        assert_eq!(due(Some(monday), day(23), Weekday::Monday), None, "Sunday");
        assert_eq!(due(Some(monday), day(24), Weekday::Monday), Some(day(24)));
        // Nobody closed Monday: the list comes with Wednesday's close, and the next on its Monday.
        assert_eq!(due(Some(day(10)), day(19), Weekday::Monday), Some(monday));
        assert_eq!(due(Some(monday), day(25), Weekday::Monday), Some(day(24)));
        assert_eq!(due(None, monday, Weekday::Tuesday), Some(day(11)));
    }

    #[test]
    fn of_forty_days_there_are_six_or_fewer_lists_and_each_a_week_after_the_last() {
        for weekday in Weekday::Monday.cycle_forward().take(7) {
            let (mut last, mut made) = (None, Vec::new());
            for ahead in 0..40 {
                if let Some(list) = due(last, add_days(date(2019, 6, 1), ahead), weekday) {
                    last = Some(list);
                    made.push(list);
                }
            }
            assert!(made.len() <= 7 && made.iter().all(|day| day.weekday() == weekday), "{made:?}");
            assert!(made.windows(2).all(|pair| add_days(pair[0], 7) == pair[1]), "{made:?}");
        }
    }
}
