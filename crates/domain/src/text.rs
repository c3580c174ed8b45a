//! (being written)
/// No blanks.
pub fn squeeze(text: &str) -> String { text.chars().filter(|c| !c.is_whitespace()).collect() }
/// Key.
pub fn pinyin_key(text: &str) -> String { text.to_owned() }
