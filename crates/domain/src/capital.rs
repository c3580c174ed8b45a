//! Amounts in words (大写金额) as forms ask for them: 壹仟肆佰零玖元伍角. The other way, from words to an amount, is
//! [`crate::words`].

use crate::money::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// The units within a group of four digits, the highest first, each with its value.
const UNITS: [(u64, &str); 4] = [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")];

/// An amount in words, without 人民币 in front: forms print that themselves. What ends at 元 takes 整; what ends at 角 or
/// 分 takes none; 零 stands for skipped places. Below zero, 负 stands in front.
pub fn in_words(amount: Fen) -> String {
    let fen = amount.get().unsigned_abs();
    let (yuan, jiao, cents) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut words = String::new();
    if amount.get() < 0 {
        words.push('负');
    }
    if yuan > 0 || fen == 0 {
        whole(&mut words, yuan);
        words.push('元');
    }
    match (jiao, cents) {
        (0, 0) => words.push('整'),
        (0, _) if yuan > 0 => words.push('零'),
        (0, _) => {}
        (jiao, _) => {
            words.push(digit(jiao));
            words.push('角');
        }
    }
    if cents > 0 {
        words.push(digit(cents));
        words.push('分');
    }
    words
}

/// A whole number: so many 亿, so many 万, and the rest. Between two of them 零 stands where the lower one has no thousands.
fn whole(words: &mut String, number: u64) {
    if number == 0 {
        return words.push('零');
    }
    let (hundred_millions, rest) = (number / 100_000_000, number % 100_000_000);
    if hundred_millions > 0 {
        whole(words, hundred_millions);
        words.push('亿');
    }
    let (ten_thousands, ones) = (rest / 10_000, rest % 10_000);
    for (group, unit) in [(ten_thousands, "万"), (ones, "")] {
        let follows = hundred_millions > 0 || (unit.is_empty() && ten_thousands > 0);
        if group == 0 {
            continue;
        }
        let skips = group < 1_000 || (unit.is_empty() && hundred_millions > 0 && ten_thousands == 0);
        if follows && skips {
            words.push('零');
        }
        four(words, group);
        words.push_str(unit);
    }
}

/// A number of up to four digits, above zero.
fn four(words: &mut String, number: u64) {
    let mut skipped = false;
    let mut begun = false;
    for (value, unit) in UNITS {
        match number / value % 10 {
            0 => skipped = begun,
            place => {
                if skipped {
                    words.push('零');
                }
                words.push(digit(place));
                words.push_str(unit);
                (begun, skipped) = (true, false);
            }
        }
    }
}

fn digit(value: u64) -> char {
    usize::try_from(value).ok().and_then(|value| DIGITS.get(value)).copied().unwrap_or('零')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::parse_amount;

    #[test]
    fn amounts_are_written_as_forms_ask() {
        for (fen, words) in [
            (140_950, "壹仟肆佰零玖元伍角"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (100_000, "壹仟元整"),
            (5_000_000, "伍万元整"),
            (1_000, "壹拾元整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (10_000_500, "壹拾万零伍元整"),
            (1_000_100_000, "壹仟万壹仟元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (10_000_100_000, "壹亿零壹仟元整"),
            (100_000_000_000_000, "壹万亿元整"),
            (0, "零元整"),
            (5, "伍分"),
            (30, "叁角"),
            (105, "壹元零伍分"),
            (-2_550, "负贰拾伍元伍角"),
        ] {
            assert_eq!(in_words(Fen::new(fen)), words, "{fen}");
        }
    }

    #[test]
    fn the_largest_amounts_have_words_too() {
        for fen in [i64::MAX, i64::MIN + 1] {
            let words = in_words(Fen::new(fen));
            let read = parse_amount(words.trim_start_matches('负')).map(Fen::get);
            assert_eq!(read, Some(fen.abs()), "{words}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_amount(fen in 0..1_000_000_000_000_000_i64, shift in 0..15_u32) {
            let fen = fen / 10_i64.pow(shift);
            let words = in_words(Fen::new(fen));
            prop_assert_eq!(parse_amount(&words), Some(Fen::new(fen)), "{}", words);
            prop_assert!(!words.contains("零零") && !words.contains("零元伍"), "{}", words);
        }

        #[test]
        fn no_amount_is_without_words(fen in any::<i64>()) {
            prop_assert!(!in_words(Fen::new(fen)).is_empty());
        }
    }
}
