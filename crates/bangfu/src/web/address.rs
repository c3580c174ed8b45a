//! The words of an address: days, months, codes, and what must not stand there.

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::text::squeeze;
use bangfu_store::key::HASH_BYTES;
use form_urlencoded::Serializer;
use jiff::civil::Date;

/// A word of an address that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownWord {
    /// The name of the field in the address.
    pub(crate) field: &'static str,
    /// What stood there.
    pub(crate) value: String,
}

/// Reads a word of an address; an empty one says nothing.
pub(crate) fn read<T>(
    field: &'static str,
    value: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, UnknownWord> {
    match value.trim() {
        "" => Ok(None),
        value => parse(value).map(Some).ok_or_else(|| UnknownWord { field, value: value.to_owned() }),
    }
}

/// A path with words behind it, if there are any.
pub(crate) fn path_with(path: &str, mut words: Serializer<'_, String>) -> String {
    match words.finish() {
        words if words.is_empty() => path.to_owned(),
        words => format!("{path}?{words}"),
    }
}

/// A day of an address: one on which a loan may have been known.
pub(crate) fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(crate::clock::is_plausible)
}

/// The first day of a month written `2019-07`.
pub(crate) fn month(text: &str) -> Option<Date> {
    day(&format!("{text}-01"))
}

/// A division code: twelve digits.
pub(crate) fn code(text: &str) -> Option<String> {
    (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

/// A keyed hash in hexadecimal.
pub(crate) fn hash_word(text: &str) -> Option<String> {
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    (text.len() == 2 * HASH_BYTES && hexadecimal).then(|| text.to_owned())
}

/// The text of an identity number or a mobile phone's number, whole.
pub(crate) fn secret_of(search: &str) -> Option<String> {
    let text = squeeze(search);
    let is_phone =
        text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit());
    match IdentityNumber::parse(&text) {
        Ok(number) => Some(number.as_str().to_owned()),
        Err(_) => is_phone.then_some(text),
    }
}

/// A month as addresses write it: `2019-07`.
pub(crate) fn month_word(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
