//! Texts as people and spreadsheets write them: widths, blanks, and the order of Chinese names.

use std::borrow::Cow;

use pinyin::ToPinyin;

/// Full-width letters, digits and signs become their ASCII forms, every kind of blank an ASCII one.
pub fn fold_width(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| fold(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(fold).collect())
}

/// True for what nearly all texts are made of: ASCII's visible signs and Chinese characters. They are what they are in any
/// width.
pub fn is_plain(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{4e00}'..='\u{9fff}')
}

/// The ASCII form of a character; `None` for signs without width that only disturb.
fn fold(c: char) -> Option<char> {
    match c {
        c if is_plain(c) => Some(c),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{00ad}' => None,
        c if c.is_whitespace() && c != ' ' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// The text folded and without any blanks: names as they are compared.
pub fn squeeze(text: &str) -> String {
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    text.chars().filter_map(fold).filter(|c| *c != ' ').collect()
}

/// The key by which texts are ordered, compared bytewise: pinyin without tones, a blank after each syllable,
/// then the text itself.
pub fn pinyin_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 3);
    for c in text.chars() {
        match c.to_pinyin() {
            Some(syllable) => {
                key.push_str(syllable.plain());
                key.push(' ');
            }
            None => key.extend(c.to_lowercase()),
        }
    }
    key.push('\t');
    key.push_str(text);
    key
}

/// The text of which a [`pinyin_key`] was made: as many tabs stand before it as within it, and one more.
pub fn of_pinyin_key(key: &str) -> &str {
    let tabs = key.matches('\t').count();
    key.match_indices('\t').nth(tabs / 2).map_or(key, |(at, tab)| &key[at + tab.len()..])
}

/// A name of which only the first character is told: 胡** for 胡建冬, whatever stands between.
pub fn masked_name(name: &str) -> String {
    let name = squeeze(name);
    let mut characters = name.chars();
    characters.next().into_iter().chain(characters.map(|_| '*')).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn of_a_masked_name_the_first_character_is_left() {
        for (name, masked) in
            [("胡建冬", "胡**"), ("袁　文", "袁*"), ("阿", "阿"), ("", ""), ("欧阳·娜", "欧***")]
        {
            assert_eq!(super::masked_name(name), masked);
        }
    }

    use super::*;

    #[test]
    fn a_key_tells_its_text() {
        for text in ["王小明", "", "A\tb", "\t李 四\t\t", "İ"] {
            assert_eq!(of_pinyin_key(&pinyin_key(text)), text);
        }
    }

    #[test]
    fn names_are_compared_without_blanks_of_any_kind() {
        assert_eq!(squeeze(" 袁\u{3000}文\u{a0}\t"), "袁文");
        assert_eq!(squeeze("４３１０９９ｘ"), "431099x");
        assert_eq!(fold_width("（元）"), "(元)");
    }

    #[test]
    fn names_are_ordered_by_their_sound() {
        let mut names = ["赵云", "白石", "陈安", "白山"];
        names.sort_by_key(|name| pinyin_key(name));
        assert_eq!(names, ["白山", "白石", "陈安", "赵云"]);
    }
}
