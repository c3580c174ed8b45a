//! Amounts in words (大写金额), as ledgers and receipts write them.
//!
//! An amount that ends at 元 takes 整; one that ends at 角 or 分 takes none; 零 stands for skipped places.

use crate::money::Fen;

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
    fn amounts_are_read_in_any_hand() {
        for (words, fen) in [
            ("伍万元整", 5_000_000),
            ("伍万零元整", 5_000_000),
            ("人民币壹仟肆佰零玖元伍角", 140_950),
            ("壹万陆仟肆佰零玖元零贰分", 1_640_902),
            ("壹拾万零伍元整", 10_000_500),
            ("壹仟万零壹仟元整", 1_000_100_000),
            ("壹亿零壹万元整", 10_001_000_000),
            ("零元整", 0),
            ("柒分", 7),
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
        fn reading_never_panics(text in "\\PC*") {
            let _ = parse_amount(&text);
        }
    }
}
