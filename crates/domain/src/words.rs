//! Amounts in words (大写金额), as forms and receipts ask for them.
//!
//! Rules: an amount that ends at 元 takes 整; one that ends at 角 or 分 takes none; 零 stands for skipped places.

use crate::money::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// The amount in words, without 人民币 before it: 1,409.50 is 壹仟肆佰零玖元伍角.
pub fn to_words(amount: Fen) -> String {
    let fen = amount.get().unsigned_abs();
    let sign = if amount.get() < 0 { "负" } else { "" };
    let (yuan, jiao, cents) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut words = String::from(sign);
    if yuan > 0 || fen == 0 {
        words.push_str(&whole(yuan));
        words.push('元');
    }
    match (jiao, cents) {
        (0, 0) => words.push('整'),
        (jiao, 0) => push(&mut words, jiao, '角'),
        (0, cents) => {
            if yuan > 0 {
                words.push('零');
            }
            push(&mut words, cents, '分');
        }
        (jiao, cents) => {
            push(&mut words, jiao, '角');
            push(&mut words, cents, '分');
        }
    }
    words
}

fn push(words: &mut String, digit: u64, place: char) {
    words.push(digit_word(digit));
    words.push(place);
}

fn digit_word(digit: u64) -> char {
    usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or('零')
}

fn whole(mut number: u64) -> String {
    if number == 0 {
        return "零".to_owned();
    }
    let mut groups = Vec::new();
    while number > 0 {
        groups.push(number % 10_000);
        number /= 10_000;
    }
    let mut words = String::new();
    let mut gap = false;
    for (index, group) in groups.iter().enumerate().rev() {
        if *group == 0 {
            gap = !words.is_empty();
            continue;
        }
        // 零 stands for what is skipped: a whole group, the thousands of this one, or the end of the one before.
        let ends_short = groups.get(index + 1).is_some_and(|before| before % 10 == 0);
        if !words.is_empty() && (gap || *group < 1_000 || ends_short) {
            words.push('零');
        }
        words.push_str(&thousands(*group));
        words.push_str(GROUPS.get(index).copied().unwrap_or_default());
        gap = false;
    }
    words
}

fn thousands(group: u64) -> String {
    let mut words = String::new();
    let mut gap = false;
    for (place, divisor) in [(3, 1_000), (2, 100), (1, 10), (0, 1)] {
        let digit = group / divisor % 10;
        if digit == 0 {
            gap = !words.is_empty();
            continue;
        }
        if gap {
            words.push('零');
        }
        words.push(digit_word(digit));
        words.push_str(PLACES[place]);
        gap = false;
    }
    words
}

/// The amount that words state: 伍万元整, 人民币壹仟肆佰零玖元伍角, 五万, 3万5千. `None` if they state none.
pub fn parse_amount(text: &str) -> Option<Fen> {
    let text = text.trim_start_matches("人民币").trim_start_matches(['：', ':']);
    let text = text.trim_end_matches(['整', '正']);
    let (whole, rest) = match text.find(['元', '圆', '块']) {
        Some(at) => {
            let sign = text[at..].chars().next()?.len_utf8();
            (&text[..at], &text[at + sign..])
        }
        None => match text.find(['角', '分']) {
            Some(_) => ("", text),
            None => (text, ""),
        },
    };
    if whole.is_empty() && rest.is_empty() {
        return None;
    }
    let yuan = if whole.is_empty() { 0 } else { number(whole)? };
    let mut fen = yuan.checked_mul(100)?;
    let mut rest = rest.trim_start_matches(['零', '〇']);
    if let Some((jiao, after)) = rest.split_once('角') {
        fen = fen.checked_add(single(jiao)?.checked_mul(10)?)?;
        rest = after.trim_start_matches(['零', '〇']);
    }
    if let Some((cents, after)) = rest.split_once('分') {
        fen = fen.checked_add(single(cents)?)?;
        rest = after;
    }
    rest.is_empty().then_some(Fen::new(fen))
}

fn single(text: &str) -> Option<i64> {
    let mut characters = text.chars();
    let value = digit_value(characters.next()?)?;
    characters.next().is_none().then_some(value)
}

/// The value of a digit or numeral in any hand.
pub fn digit_value(c: char) -> Option<i64> {
    Some(match c {
        '0' | '零' | '〇' | '０' => 0,
        '1' | '壹' | '一' | '弌' => 1,
        '2' | '贰' | '二' | '两' | '貳' => 2,
        '3' | '叁' | '三' | '参' => 3,
        '4' | '肆' | '四' => 4,
        '5' | '伍' | '五' => 5,
        '6' | '陆' | '六' => 6,
        '7' | '柒' | '七' => 7,
        '8' | '捌' | '八' => 8,
        '9' | '玖' | '九' => 9,
        _ => return None,
    })
}

/// A whole number in numerals of either kind, 万 and 亿 included.
fn number(text: &str) -> Option<i64> {
    // 5万5 is 55,000 to one reader and 50,005 to another: a last digit right behind such a unit says neither.
    let mut ends = text.chars().rev();
    if ends.next().and_then(digit_value).is_some_and(|digit| digit > 0)
        && ends.next().is_some_and(|c| "百佰千仟万萬亿".contains(c))
    {
        return None;
    }
    // 亿 closes all before it, 万 only what stands since the last 亿.
    let (mut high, mut low, mut section, mut digit) = (0_i64, 0_i64, 0_i64, None::<i64>);
    let mut seen = false;
    for c in text.chars() {
        if let Some(value) = digit_value(c) {
            // Arabic digits stand side by side; a numeral after a numeral is no number.
            digit = match digit {
                Some(before) if c.is_ascii_digit() => Some(before.checked_mul(10)?.checked_add(value)?),
                Some(before) if before != 0 => return None,
                _ => Some(value),
            };
            seen = true;
            continue;
        }
        let unit = match c {
            '拾' | '十' => 10,
            '佰' | '百' => 100,
            '仟' | '千' => 1_000,
            '万' | '萬' => 10_000,
            '亿' => 100_000_000,
            _ => return None,
        };
        if unit < 10_000 {
            // 十五 begins with its unit.
            let count = digit.take().unwrap_or(if unit == 10 && section == 0 { 1 } else { 0 });
            section = section.checked_add(count.checked_mul(unit)?)?;
        } else {
            section = section.checked_add(digit.take().unwrap_or(0))?;
            if unit == 10_000 {
                low = low.checked_add(section)?.checked_mul(unit)?;
            } else {
                high = high.checked_add(low)?.checked_add(section)?.checked_mul(unit)?;
                low = 0;
            }
            section = 0;
        }
        seen = true;
    }
    let sum = high.checked_add(low)?.checked_add(section)?.checked_add(digit.unwrap_or(0))?;
    seen.then_some(sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_written_as_the_forms_ask() {
        for (fen, words) in [
            (5_000_000, "伍万元整"),
            (140_950, "壹仟肆佰零玖元伍角"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (10_000_500, "壹拾万零伍元整"),
            (1_000_100_000, "壹仟万零壹仟元整"),
            (0, "零元整"),
            (7, "柒分"),
        ] {
            assert_eq!(to_words(Fen::new(fen)), words);
        }
    }

    #[test]
    fn amounts_are_read_in_any_hand() {
        for (words, fen) in [
            ("伍万元整", 5_000_000),
            ("伍万零元整", 5_000_000),
            ("人民币壹仟肆佰零玖元伍角", 140_950),
            ("五万", 5_000_000),
            ("3万5千", 3_500_000),
            ("十五元", 1_500),
            ("贰万伍仟圆正", 2_500_000),
        ] {
            assert_eq!(parse_amount(words), Some(Fen::new(fen)), "{words}");
        }
        for words in ["", "元", "看看", "万万岁", "五五万", "5万5", "一百五"] {
            assert_eq!(parse_amount(words).map(Fen::get).filter(|fen| *fen != 0), None, "{words}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(fen in 0_i64..100_000_000_000_000) {
            prop_assert_eq!(parse_amount(&to_words(Fen::new(fen))), Some(Fen::new(fen)));
        }

        #[test]
        fn reading_never_panics(text in "\\PC*") {
            let _ = parse_amount(&text);
        }
    }
}
