//! The day of which a title speaks.

use bangfu_domain::text::{fold_width, squeeze};
use jiff::civil::Date;

/// Numerals in which solemn titles write days: 二〇一九年四月三十日.
const NUMERALS: &str = "〇一二三四五六七八九十零○";

/// The words that lead to the day of the position.
const LEADING: [&str; 6] = ["截至", "截止", "统计时点", "统计日期", "数据日期", "时点"];

/// The day of the position in a text: 截至2019年4月30日 and its variants.
pub(crate) fn stated_day(text: &str) -> Option<Date> {
    day_at(&behind_word(text)?)
}

/// True for a text that leads to the day in the cell beside it: 数据日期：.
pub(crate) fn is_day_label(text: &str) -> bool {
    behind_word(text).is_some_and(|rest| rest.is_empty())
}

/// What stands behind the last word that leads to a day.
fn behind_word(text: &str) -> Option<String> {
    if !text.contains(['截', '时', '统', '数']) {
        return None;
    }
    let text = squeeze(&without_times(&fold_width(text)));
    let start = LEADING.iter().filter_map(|word| text.find(word).map(|at| at + word.len())).max()?;
    Some(text[start..].trim_start_matches(['到', ':', '日', '期', '时', '间', '为']).to_owned())
}

/// A text without the times of day behind its days (2019/4/3 0:00:00): only their blanks tell where a day ends.
fn without_times(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        let of_day = kept.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '日' | '号'));
        if of_day
            && matches!(c, ' ' | 'T')
            && let Some(after) = behind_time(behind)
        {
            rest = after;
            continue;
        }
        kept.push(c);
        rest = behind;
    }
    kept
}

/// What stands behind the time of day with which a text begins: 0:00:00, 17时30分.
fn behind_time(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let hour = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - hour.len();
    let is_time = (1..=2).contains(&digits) && hour.trim_start().starts_with([':', '时', '点']);
    let of_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '时' | '点' | '分' | '秒' | ' ');
    is_time.then(|| hour.trim_start_matches(of_time))
}

/// The day at the beginning of a text; a month without a day means its last.
fn day_at(text: &str) -> Option<Date> {
    let mut numbers: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if c.is_ascii_digit() || NUMERALS.contains(c) {
            numbers.last_mut()?.push(c);
        } else if matches!(c, '年' | '月' | '.' | '-' | '/') && numbers.len() < 3 {
            numbers.push(String::new());
        } else {
            break;
        }
    }
    let number = |index: usize| numbers.get(index).filter(|text| !text.is_empty());
    if let (Some(whole), None) = (number(0).filter(|text| text.len() == 8), number(1)) {
        return Date::new(whole[..4].parse().ok()?, whole[4..6].parse().ok()?, whole[6..].parse().ok()?).ok();
    }
    let (year, month) = (value(number(0)?)?, i8::try_from(value(number(1)?)?).ok()?);
    match number(2) {
        Some(day) => Date::new(year, month, i8::try_from(value(day)?).ok()?).ok(),
        None => Date::new(year, month, 1).ok().map(|first| first.last_of_month()),
    }
}

/// A year, month or day in digits or numerals: 2019, 二〇一九, 四, 三十, 二十一.
fn value(text: &str) -> Option<i16> {
    let digit = |c: char| match c {
        '零' | '○' => Some(0),
        c => NUMERALS
            .chars()
            .take(10)
            .position(|numeral| numeral == c)
            .map_or(c.to_digit(10), |place| u32::try_from(place).ok()),
    };
    let number = match text.split_once('十') {
        Some((tens, ones)) => {
            let part =
                |text: &str, none| if text.is_empty() { Some(none) } else { digit(text.chars().next()?) };
            part(tens, 1)? * 10 + part(ones, 0)?
        }
        None => text.chars().try_fold(0_u32, |number, c| number.checked_mul(10)?.checked_add(digit(c)?))?,
    };
    i16::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_gives_its_day_in_digits_or_numerals() {
        let cases = [
            ("台账（截至2019年4月30日）", "2019-04-30"),
            ("台账（截至二〇一九年四月三十日）", "2019-04-30"),
            ("截止二○一九年十二月二十一日", "2019-12-21"),
            ("截至二零一九年十月十一日止", "2019-10-11"),
            ("截至２０１９年４月底", "2019-04-30"),
            ("截至20190430", "2019-04-30"),
            ("统计时点：2019/4/3 0:00:00", "2019-04-03"),
            ("数据日期 2019-6-1 8:30", "2019-06-01"),
            ("（截至2019-04-30 17:00）单位：元", "2019-04-30"),
            ("截至2019-04-30T17:00:00", "2019-04-30"),
            ("截 至 ２０１９年４月 ３日　１７时３０分", "2019-04-03"),
            ("截至2019 年 4 月 30 日", "2019-04-30"),
        ];
        for (text, day) in cases {
            assert_eq!(stated_day(text).map(|day| day.to_string()).as_deref(), Some(day), "{text}");
        }
        for (text, is_label) in [
            ("数据日期：", true),
            ("截至日期", true),
            ("统计 时点", true),
            ("截至2019", false),
            ("日期：", false),
        ] {
            assert_eq!(is_day_label(text), is_label, "{text}");
        }
        for text in ["截至十月", "截至二〇一九年", "截至二〇一九年十三月一日", "2019年4月30日"]
        {
            assert_eq!(stated_day(text), None, "{text}");
        }
    }
}
