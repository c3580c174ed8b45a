//! Ways out (还款来源): in which months what a loan is for brings money in, and whether that comes before the loan falls due.

use jiff::civil::Date;

use crate::text::squeeze;

/// In which months something brings money in, as the county tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Income {
    /// The words by which it is known in a loan's purpose, without blanks.
    pub words: Vec<String>,
    /// The months, from 1 to 12, each once.
    pub months: Vec<i8>,
}

impl Income {
    /// What a purpose is about: of the words that it contains the longest decides, and the income that bears it. `None` where
    /// the county's list knows none of them.
    pub fn of<'a>(all: &'a [Income], purpose: &str) -> Option<(&'a str, &'a Income)> {
        let purpose = squeeze(purpose);
        let words =
            all.iter().flat_map(|income| income.words.iter().map(move |word| (word.as_str(), income)));
        words.filter(|(word, _)| purpose.contains(word)).max_by_key(|(word, _)| word.chars().count())
    }

    /// The first day of the first month after the one of `day` in which it brings money in.
    pub fn next_after(&self, day: Date) -> Option<Date> {
        let mut month = day.first_of_month();
        for _ in 0..12 {
            month = month.last_of_month().tomorrow().ok()?;
            if self.months.contains(&month.month()) {
                return Some(month);
            }
        }
        None
    }

    /// When it brings money in next, seen from a day, if the loan falls due before that; `None` where money comes by the due
    /// day, or never.
    pub fn too_late(&self, day: Date, due_on: Date) -> Option<Date> {
        let is_now = self.months.contains(&day.month()) && day <= due_on;
        self.next_after(day).filter(|next| !is_now && *next > due_on)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn income(words: &[&str], months: &[i8]) -> Income {
        Income { words: words.iter().map(|word| (*word).to_owned()).collect(), months: months.to_vec() }
    }

    #[test]
    fn a_purpose_is_known_by_its_longest_word() {
        let all = [income(&["橙", "柑橘"], &[12]), income(&["脐橙"], &[11]), income(&["养猪"], &[1, 7])];
        let of = |purpose: &str| Income::of(&all, purpose).map(|(word, income)| (word, income.months[0]));
        assert_eq!(of("种植 脐 橙"), Some(("脐橙", 11)));
        assert_eq!(of("冰糖橙苗木"), Some(("橙", 12)));
        assert_eq!(of("开小卖部"), None);
        assert_eq!(Income::of(&[], "脐橙"), None);
    }

    #[test]
    fn a_loan_that_falls_due_before_its_project_pays_is_told_so() {
        let oranges = income(&["脐橙"], &[11]);
        let july = date(2019, 7, 10);
        assert_eq!(oranges.too_late(date(2019, 4, 11), july), Some(date(2019, 11, 1)));
        assert_eq!(oranges.too_late(date(2018, 7, 10), july), None, "it pays within the term");
        assert_eq!(oranges.too_late(date(2018, 11, 30), date(2018, 12, 10)), None, "it pays now");
        assert_eq!(oranges.too_late(date(2018, 12, 1), july), Some(date(2019, 11, 1)));
        assert_eq!(
            oranges.too_late(date(2019, 4, 1), date(2019, 11, 1)),
            None,
            "on the first day of the month"
        );
        assert_eq!(oranges.too_late(date(2019, 4, 1), date(2019, 10, 31)), Some(date(2019, 11, 1)));
        let pigs = income(&["养猪"], &[1, 7]);
        assert_eq!(pigs.next_after(date(2019, 7, 31)), Some(date(2020, 1, 1)));
        assert_eq!(pigs.next_after(date(2019, 6, 30)), Some(date(2019, 7, 1)));
        assert_eq!(income(&[], &[]).too_late(july, july), None);
    }
}
