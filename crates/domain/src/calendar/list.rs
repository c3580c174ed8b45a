//! A year's days as people paste them: the sentences of the State Council's notice, or one day or stretch a line with its
//! kind.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use super::{Calendar, YearDays};
use crate::text::fold_width;

/// No year has more days of either kind: a longer stretch is a slip of the pen.
const STRETCH_MAX: usize = 31;

/// Holidays that fall on the same days each year. Source: 全国年节及纪念日放假办法.
const FIXED: [(i8, i8); 5] = [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)];

/// What is wrong with a list, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFault {
    /// The line, counted from 1.
    pub line: usize,
    /// What it is.
    pub kind: ListFaultKind,
}

/// What can be wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFaultKind {
    /// No day is understood in what speaks of rest or work.
    NoDay(String),
    /// Nothing says whether the days are of rest or of work.
    NoKind(String),
    /// A month or a day that no calendar has.
    Impossible(String),
    /// A day of another year.
    OtherYear(Date),
    /// A stretch that ends before it begins, or is longer than a month.
    Stretch(Date, Date),
    /// A day that is named twice.
    Twice(Date),
    /// A make-up workday that is no Saturday or Sunday.
    NoWeekend(Date),
    /// The list names no day at all.
    Empty,
}

impl ListFaultKind {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            ListFaultKind::NoDay(_) => "no-day",
            ListFaultKind::NoKind(_) => "no-kind",
            ListFaultKind::Impossible(_) => "impossible",
            ListFaultKind::OtherYear(_) => "other-year",
            ListFaultKind::Stretch(..) => "stretch",
            ListFaultKind::Twice(_) => "twice",
            ListFaultKind::NoWeekend(_) => "no-weekend",
            ListFaultKind::Empty => "empty",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            ListFaultKind::NoDay(text) | ListFaultKind::NoKind(text) | ListFaultKind::Impossible(text) => {
                vec![("text", text.clone())]
            }
            ListFaultKind::OtherYear(day) | ListFaultKind::Twice(day) | ListFaultKind::NoWeekend(day) => {
                vec![("day", day.to_string())]
            }
            ListFaultKind::Stretch(first, last) => {
                vec![("first", first.to_string()), ("last", last.to_string())]
            }
            ListFaultKind::Empty => Vec::new(),
        }
    }
}

/// What is worth a second look about a year that is otherwise sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// A holiday that falls on the same day each year is not among the days of rest.
    Holiday(Date),
    /// A year between those that are known has no notice.
    Gap(i16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rest,
    Work,
}

/// Reads the days of a year.
///
/// # Errors
/// Every fault, with its line.
pub fn read_list(year: i16, text: &str) -> Result<YearDays, Vec<ListFault>> {
    let (mut days, mut faults) = (YearDays::default(), Vec::new());
    let mut seen: BTreeSet<Date> = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        let mut fault = |kind| faults.push(ListFault { line: line_number, kind });
        let plain = without_brackets(&fold_width(line));
        for clause in plain.split(['。', ';', '!']).map(str::trim).filter(|clause| !clause.is_empty()) {
            let (kind, found) = match understood(year, clause) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(kind) => {
                    fault(kind);
                    continue;
                }
            };
            for (first, last) in found {
                if let Some(other) = [first, last].into_iter().find(|day| day.year() != year) {
                    fault(ListFaultKind::OtherYear(other));
                    continue;
                }
                let stretch: Vec<Date> =
                    first.series(1.day()).take_while(|day| *day <= last).take(STRETCH_MAX + 1).collect();
                if stretch.is_empty() || stretch.len() > STRETCH_MAX {
                    fault(ListFaultKind::Stretch(first, last));
                    continue;
                }
                for day in stretch {
                    if !seen.insert(day) {
                        fault(ListFaultKind::Twice(day));
                    } else if kind == Kind::Rest {
                        days.rest.insert(day);
                    } else if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                        days.work.insert(day);
                    } else {
                        fault(ListFaultKind::NoWeekend(day));
                    }
                }
            }
        }
    }
    if seen.is_empty() && faults.is_empty() {
        faults.push(ListFault { line: 1, kind: ListFaultKind::Empty });
    }
    if faults.is_empty() { Ok(days) } else { Err(faults) }
}

/// What is worth a second look about a year that is to stand beside those that are known.
pub fn remarks(number: i16, year: &YearDays, known: &Calendar) -> Vec<Remark> {
    let fixed = FIXED.into_iter().map(|(month, day)| date(number, month, day));
    let missing = fixed.filter(|day| !year.rest.contains(day)).map(Remark::Holiday);
    let newest = known.years().map(|(known, _)| known).next_back();
    let gap = newest.into_iter().flat_map(|newest| newest.saturating_add(1)..number).map(Remark::Gap);
    missing.chain(gap).collect()
}

/// The text without what stands in brackets: weekdays, days of the lunar year.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' | '〔' => {
                depth += 1;
                false
            }
            ')' | '〕' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

type Stretches = Vec<(Date, Date)>;

/// The days of a clause and their kind; nothing for a clause that only introduces others.
fn understood(year: i16, clause: &str) -> Result<Option<(Kind, Stretches)>, ListFaultKind> {
    let small = clause.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| small.contains(word));
    let works = says(&["上班", "补班", "工作日", "work"]) || small.ends_with('班');
    let rests = says(&["放假", "休", "rest", "holiday"]);
    let found = stretches(year, clause)?;
    if found.is_empty() {
        // What introduces the list names no day and is none.
        let introduces = says(&["通知", "安排"]);
        return match (works || rests) && !introduces {
            true => Err(ListFaultKind::NoDay(clause.to_owned())),
            false => Ok(None),
        };
    }
    match (rests, works) {
        (_, true) => Ok(Some((Kind::Work, found))),
        (true, false) => Ok(Some((Kind::Rest, found))),
        (false, false) => Err(ListFaultKind::NoKind(clause.to_owned())),
    }
}

/// The days and stretches of a clause, in order.
fn stretches(year: i16, clause: &str) -> Result<Stretches, ListFaultKind> {
    let mut found: Stretches = Vec::new();
    let mut rest = clause;
    // The sign between the last day and what follows says whether both are the ends of a stretch.
    let mut between = String::new();
    while let Some(first) = rest.chars().next() {
        if !first.is_ascii_digit() {
            between.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let before = found.last().map(|(_, last)| *last);
        let is_end = before.is_some() && is_until(&between);
        let (parts, tail) = numbers(rest);
        let whole = &rest[..rest.len() - tail.len()];
        rest = tail;
        let impossible = || ListFaultKind::Impossible(whole.trim().to_owned());
        let day = match (parts.as_slice(), before) {
            ([(year, '-' | '/' | '.' | '年'), (month, '-' | '/' | '.' | '月'), (day, _)], _) => {
                day_of(*year, *month, *day).ok_or_else(impossible)?
            }
            ([(month, '月'), (day, '日' | '号')], _) => {
                day_of(year.into(), *month, *day).ok_or_else(impossible)?
            }
            ([(day, '日' | '号')], Some(before)) => {
                day_of(before.year().into(), before.month().into(), *day).ok_or_else(impossible)?
            }
            // A count of days, a year, the number of a notice.
            _ => continue,
        };
        between.clear();
        match found.last_mut() {
            Some((_, last)) if is_end => *last = day,
            _ => found.push((day, day)),
        }
    }
    Ok(found)
}

fn is_until(between: &str) -> bool {
    let word = between.trim();
    matches!(word, "至" | "到" | "-" | "—" | "——" | "–" | "~" | "～" | ".." | "to" | "→")
}

/// Numbers that are joined by the signs of a date, each with the sign that follows it, and what is left of the text.
fn numbers(text: &str) -> (Vec<(i64, char)>, &str) {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 4 || parts.len() == 3 {
            return (parts, rest.trim_start_matches(|c: char| parts_too_long(c, digits)));
        }
        let number = rest[..digits].parse().unwrap_or(0);
        rest = &rest[digits..];
        let sign = rest.chars().next().unwrap_or(' ');
        parts.push((number, sign));
        let joins = matches!(sign, '年' | '月') || (matches!(sign, '-' | '/' | '.') && parts.len() < 3);
        let is_joined = joins && rest[sign.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        if matches!(sign, '日' | '号' | '天') || is_joined {
            rest = &rest[sign.len_utf8()..];
        }
        if !is_joined {
            return (parts, rest);
        }
    }
}

/// A number of more than four digits is none of a date: it is passed over whole.
fn parts_too_long(c: char, digits: usize) -> bool {
    digits > 4 && c.is_ascii_digit()
}

fn day_of(year: i64, month: i64, day: i64) -> Option<Date> {
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().filter(|day| (1900..2200).contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{EMBEDDED, FILE};
    use super::*;

    #[test]
    fn the_sentences_of_a_notice_are_understood() {
        // The days of 2026 in the form in which notices are published, their introduction included.
        let text = "国务院办公厅关于2026年部分节假日安排的通知\n\
            现将2026年元旦、春节等放假调休日期的具体安排通知如下。\n\
            一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。\n\
            二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。\n\
            三、清明节：4月4日（周六）至6日（周一）放假，共3天。\n\
            四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。\n\
            五、端午节：6月19日（周五）至21日（周日）放假，共3天。\n\
            六、中秋节：9月25日（周五）至27日（周日）放假，共3天。\n\
            七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。\n";
        let days = read_list(2026, text).unwrap();
        let calendar = Calendar::parse(FILE, EMBEDDED).unwrap();
        let known = calendar.year(2026).unwrap();
        assert_eq!((days.stretches(), &days.work), (known.stretches(), &known.work));
        assert_eq!(remarks(2026, &days, &calendar), []);
    }

    #[test]
    fn lines_with_a_kind_are_understood() {
        let text = "2027-01-01 休\n2027/1/2 - 2027/1/3 rest\n2027.1.9,班\n10月1日~10月7日 放假\n\n2027年10月9日 补班";
        let days = read_list(2027, text).unwrap();
        let stretches = [(date(2027, 1, 1), date(2027, 1, 3)), (date(2027, 10, 1), date(2027, 10, 7))];
        assert_eq!(days.stretches(), stretches);
        assert_eq!(days.work, BTreeSet::from([date(2027, 1, 9), date(2027, 10, 9)]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let (first, last) = (date(2027, 1, 3), date(2027, 1, 1));
        for (text, line, kind) in [
            ("", 1, ListFaultKind::Empty),
            ("\n十月一日 放假", 2, ListFaultKind::NoDay("十月一日 放假".to_owned())),
            ("2027-01-01", 1, ListFaultKind::NoKind("2027-01-01".to_owned())),
            ("2027-02-30 休", 1, ListFaultKind::Impossible("2027-02-30".to_owned())),
            ("2026-12-31 休", 1, ListFaultKind::OtherYear(date(2026, 12, 31))),
            ("1月3日至1月1日放假", 1, ListFaultKind::Stretch(first, last)),
            ("1月1日至12月31日放假", 1, ListFaultKind::Stretch(last, date(2027, 12, 31))),
            ("1月1日 休\n1月1日 休", 2, ListFaultKind::Twice(last)),
            ("1月2日 休\n1月2日 班", 2, ListFaultKind::Twice(date(2027, 1, 2))),
            ("2027-01-04 班", 1, ListFaultKind::NoWeekend(date(2027, 1, 4))),
        ] {
            assert_eq!(read_list(2027, text), Err(vec![ListFault { line, kind }]), "{text}");
        }
        let both = read_list(2027, "1月4日 班\n2月30日 休").unwrap_err();
        assert_eq!(both.len(), 2, "all that is wrong is told at once");
    }

    #[test]
    fn a_holiday_that_is_missing_and_a_year_between_are_remarked() {
        let calendar = Calendar::parse(FILE, EMBEDDED).unwrap();
        let days = read_list(2028, "1月1日 休\n5月1日 休\n10月1日至3日放假").unwrap();
        assert_eq!(remarks(2028, &days, &calendar), [Remark::Gap(2027)]);
        let days = read_list(2027, "5月1日 休\n10月1日至2日放假").unwrap();
        let missing = [date(2027, 1, 1), date(2027, 10, 3)].map(Remark::Holiday);
        assert_eq!(remarks(2027, &days, &calendar), missing);
    }

    proptest! {
        #[test]
        fn a_year_that_is_written_reads_the_same(
            rest in prop::collection::btree_set(1_i16..=365, 0..40),
            source in "[^\u{0}]{0,20}",
        ) {
            let first = date(2027, 1, 1);
            let day = |number: i16| crate::loan::add_days(first, i32::from(number) - 1);
            let is_weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let (work, rest) = rest.into_iter().map(day).partition(|day| is_weekend(day) && day.day() % 2 == 0);
            let year = YearDays { source, rest, work };
            let read = Calendar::parse("own", &year.to_toml(2027)).unwrap();
            prop_assert_eq!(read.year(2027), Some(&year));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,60}|[0-9年月日至班休 .。、-]{0,60}") {
            let _ = read_list(2027, &text);
        }
    }
}
