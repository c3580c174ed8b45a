//! By what a borrower's name and a contract number are found.
//!
//! Chinese names have two or three characters, so that indexes over runs of three find nothing in them. A name is
//! found by its parts instead: every part from a character to the end, as it is written, as it sounds and by its
//! initials. A text that is typed lies somewhere in the name exactly if it begins one of these parts.

use pinyin::{ToPinyin, ToPinyinMulti};

use crate::text::squeeze;

/// A part of a name, from one of its characters to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameTerm {
    /// False if the part is the whole name, true if it begins within.
    pub within: bool,
    /// The part as it is written, as it sounds without tones, or the initials of that.
    pub text: String,
}

/// No part is longer, none begins further on, and of what is typed no more is looked for, in characters: names are
/// short, and what stands in a name's column of a file need not be one.
const CHARACTERS_MAX: usize = 48;

/// The end of a contract number is looked for from so many characters on: fewer end too many.
pub const TAIL_MIN: usize = 4;

/// What was typed, as it is compared with [`name_terms`]: without blanks, in small letters.
pub fn wanted_name(typed: &str) -> String {
    squeeze(typed).to_lowercase().chars().take(CHARACTERS_MAX).collect()
}

/// The parts by which a name is found, in order, each once.
///
/// A part that another one of its kind begins with is left out: whatever begins it begins the other.
pub fn name_terms(name: &str) -> Vec<NameTerm> {
    let name: Vec<char> = squeeze(name).to_lowercase().chars().take(CHARACTERS_MAX).collect();
    let mut terms = Vec::with_capacity(name.len() * 3);
    for (begin, first) in name.iter().enumerate() {
        let mut add = |text: String| terms.push(NameTerm { within: begin > 0, text });
        let rest = &name[begin + 1..];
        add(name[begin..].iter().collect());
        // Surnames are where one character has several sounds that matter: 单 is shan, 曾 is zeng.
        let sounds = if begin == 0 { readings(*first) } else { vec![sound(*first)] };
        let tail: String = rest.iter().map(|c| sound(*c)).collect();
        let tail_initials: String = rest.iter().filter_map(|c| sound(*c).chars().next()).collect();
        for one in sounds {
            add(cut(&format!("{one}{tail}")));
            add(one.chars().take(1).chain(tail_initials.chars()).collect());
        }
    }
    terms.sort_unstable();
    terms.dedup();
    let next = terms.iter().skip(1).map(Some).chain([None]);
    let begun = |(term, next): &(&NameTerm, Option<&NameTerm>)| {
        // In order, what begins with a part follows it at once.
        next.is_some_and(|next| next.within == term.within && next.text.starts_with(&term.text))
    };
    terms.iter().zip(next).filter(|pair| !begun(pair)).map(|(term, _)| term.clone()).collect()
}

/// A contract number from its end to its beginning: what ends a number begins it.
pub fn reversed(number: &str) -> String {
    number.chars().rev().collect()
}

/// The sound of a character without its tone; of what is no Chinese character, the character.
pub(crate) fn sound(c: char) -> String {
    c.to_pinyin().map_or_else(|| c.to_string(), |syllable| syllable.plain().replace('ü', "v"))
}

/// Every sound of a character, without tones, the usual one first.
fn readings(c: char) -> Vec<String> {
    let mut readings = vec![sound(c)];
    for syllable in c.to_pinyin_multi().into_iter().flatten() {
        let plain = syllable.plain().replace('ü', "v");
        if !readings.contains(&plain) {
            readings.push(plain);
        }
    }
    readings
}

fn cut(text: &str) -> String {
    text.chars().take(CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(typed: &str, name: &str) -> bool {
        let wanted = wanted_name(typed);
        name_terms(name).iter().any(|term| term.text.starts_with(&wanted))
    }

    #[test]
    fn a_name_is_found_by_its_parts_its_sound_and_its_initials() {
        let name = "王小明";
        for typed in
            ["王", "王小明", "小明", "明", "小", "wang", "WangXiao", "xiao ming", "ming", "wxm", "XM"]
        {
            assert!(finds(typed, name), "{typed}");
        }
        for typed in ["王明", "wangming", "wm", "李", "angx"] {
            assert!(!finds(typed, name), "{typed}");
        }
        assert!(finds("", name), "what nothing is said of is every name");
    }

    #[test]
    fn a_surname_is_found_by_each_of_its_sounds() {
        for (typed, name) in
            [("shan", "单小芳"), ("dan", "单小芳"), ("sxf", "单小芳"), ("zeng", "曾国"), ("lv", "吕文")]
        {
            assert!(finds(typed, name), "{typed} {name}");
        }
    }

    #[test]
    fn a_whole_name_comes_before_what_begins_with_it_and_both_before_what_holds_it() {
        let mut found: Vec<(NameTerm, &str)> = ["李王", "王明月", "王明", "小王明"]
            .into_iter()
            .flat_map(|name| name_terms(name).into_iter().map(move |term| (term, name)))
            .filter(|(term, _)| term.text.starts_with("王明"))
            .collect();
        found.sort_unstable();
        let names: Vec<&str> = found.iter().map(|(_, name)| *name).collect();
        assert_eq!(names, ["王明", "王明月", "小王明"]);
    }

    #[test]
    fn what_stands_in_a_names_column_of_a_file_may_be_long() {
        let long = "甲".repeat(100_000);
        let terms = name_terms(&long);
        assert!(terms.len() < 200 && finds(&long, &long));
        assert!(terms.iter().all(|term| term.text.chars().count() <= CHARACTERS_MAX));
    }

    proptest! {
        #[test]
        fn any_part_of_a_name_finds_it(name in "[王李单曾小明芳a-c0-9]( ?[王李单曾小明芳a-c0-9]){0,5}", from in 0_usize..6, len in 1_usize..6) {
            let squeezed: Vec<char> = squeeze(&name).chars().collect();
            let begin = from.min(squeezed.len());
            let part = &squeezed[begin..(begin + len).min(squeezed.len())];
            let written: String = part.iter().collect();
            let sounds: String = part.iter().map(|c| sound(*c)).collect();
            let initials: String = part.iter().filter_map(|c| sound(*c).chars().next()).collect();
            for typed in [written, sounds, initials] {
                prop_assert!(finds(&typed, &name), "{typed} in {name}");
            }
        }

        #[test]
        fn nothing_else_finds_a_name(name in "[王李小明]{1,4}", typed in "[王李小明]{1,3}") {
            prop_assert_eq!(finds(&typed, &name), name.contains(&typed));
        }

        #[test]
        fn an_end_of_a_number_begins_it_from_behind(number in "[A-Z0-9]{4,12}", len in 1_usize..12) {
            let tail: String = number.chars().skip(number.len().saturating_sub(len)).collect();
            prop_assert!(reversed(&number).starts_with(&reversed(&tail)));
        }
    }
}
