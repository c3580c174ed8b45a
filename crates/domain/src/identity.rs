//! Identity numbers of citizens (GB 11643-1999) and credit codes of organisations (GB 32100-2015).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::text::{fold_width, squeeze};

/// An identity number of 18 characters whose form, birth date and check digit are right.
///
/// Its region prefix is not checked: regions come and go, and samples use unassigned ones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityNumber(String);

/// What is wrong with an identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum IdentityFault {
    /// Nothing is written.
    #[error("empty")]
    Empty,
    /// It has so many characters, not 18 or 15.
    #[error("{0} characters")]
    Length(usize),
    /// This character has no place in it.
    #[error("character {0:?}")]
    Character(char),
    /// The digits of the birth date are no day.
    #[error("birth date")]
    BirthDate,
    /// The last character should be another.
    #[error("check digit should be {expected}")]
    CheckDigit {
        /// The right one.
        expected: char,
    },
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";

impl IdentityNumber {
    /// Reads a number as people write it: full-width characters, blanks, a leading apostrophe, a small x, and
    /// the 15 digits of before 1999.
    pub fn parse(text: &str) -> Result<IdentityNumber, IdentityFault> {
        let mut text = squeeze(text);
        text.make_ascii_uppercase();
        let text = text.trim_start_matches(['\'', '`', '\u{2018}', '\u{2019}']);
        let length = text.chars().count();
        if length == 0 {
            return Err(IdentityFault::Empty);
        }
        let last = length - 1;
        let strange = |(place, c): &(usize, char)| {
            !(c.is_ascii_digit() || (*c == 'X' && *place == last && length == 18))
        };
        if let Some((_, c)) = text.chars().enumerate().find(strange) {
            return Err(IdentityFault::Character(c));
        }
        let full = match length {
            15 => {
                let seventeen = format!("{}19{}", &text[..6], &text[6..]);
                let check = check_digit(&seventeen);
                format!("{seventeen}{check}")
            }
            18 => text.to_owned(),
            _ => return Err(IdentityFault::Length(length)),
        };
        let number = IdentityNumber(full);
        number.birth_date().ok_or(IdentityFault::BirthDate)?;
        let expected = check_digit(&number.0[..17]);
        if number.0.ends_with(expected) { Ok(number) } else { Err(IdentityFault::CheckDigit { expected }) }
    }

    /// The number that begins with these 17 digits; for books that are made up.
    pub fn complete(seventeen: &str) -> Result<IdentityNumber, IdentityFault> {
        match seventeen.bytes().find(|byte| !byte.is_ascii_digit()) {
            Some(byte) => Err(IdentityFault::Character(char::from(byte))),
            None if seventeen.len() != 17 => Err(IdentityFault::Length(seventeen.len() + 1)),
            None => IdentityNumber::parse(&format!("{seventeen}{}", check_digit(seventeen))),
        }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four characters.
    pub fn last_four(&self) -> &str {
        &self.0[14..]
    }

    /// The number with the eight digits of the birth date hidden.
    pub fn masked(&self) -> String {
        format!("{}********{}", &self.0[..6], self.last_four())
    }

    /// The birth date that the number states.
    pub fn born_on(&self) -> Date {
        self.birth_date().expect("invariant: the birth date was checked when the number was read")
    }

    /// Age in completed years on a day (周岁); 0 before birth.
    pub fn age_on(&self, day: Date) -> u32 {
        let born = self.born_on();
        let passed = (day.month(), day.day()) >= (born.month(), born.day());
        let years = i32::from(day.year()) - i32::from(born.year()) - i32::from(!passed);
        u32::try_from(years).unwrap_or(0)
    }

    fn birth_date(&self) -> Option<Date> {
        let year = self.0[6..10].parse().ok()?;
        let month = self.0[10..12].parse().ok()?;
        let day = self.0[12..14].parse().ok()?;
        Date::new(year, month, day).ok().filter(|date| date.year() >= 1800)
    }
}

/// True if an identity number of 18 characters stands somewhere in a text, whole or with blanks or strokes in it:
/// what people write as a reason is kept in the open.
pub fn stands_in(text: &str) -> bool {
    let text: String = fold_width(text).chars().filter(|c| !is_gap(*c)).collect();
    let is_part = |c: char| c.is_ascii_digit() || c == 'X' || c == 'x';
    text.split(|c| !is_part(c)).any(|run| match run.len() {
        // A mistyped check digit still tells who it is.
        18 => matches!(IdentityNumber::parse(run), Ok(_) | Err(IdentityFault::CheckDigit { .. })),
        // In a longer run, a contract number and a day for instance, only the check digit tells it from chance.
        19.. => (0..=run.len() - 18).any(|from| IdentityNumber::parse(&run[from..from + 18]).is_ok()),
        _ => false,
    })
}

fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '_' | '.' | '·' | '\'' | '‐' | '–' | '—' | '\u{200b}')
}

fn check_digit(seventeen: &str) -> char {
    let sum: u32 =
        seventeen.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    char::from(CHECK[usize::try_from(sum % 11).expect("invariant: a remainder below 11 fits")])
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl TryFrom<String> for IdentityNumber {
    type Error = IdentityFault;
    fn try_from(text: String) -> Result<IdentityNumber, IdentityFault> {
        IdentityNumber::parse(&text)
    }
}

impl From<IdentityNumber> for String {
    fn from(number: IdentityNumber) -> String {
        number.0
    }
}

/// A unified social credit code (统一社会信用代码) whose check character is right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CreditCode(String);

const CODE_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// Reads a code as people write it. `None` if its form or its check character is wrong.
    pub fn parse(text: &str) -> Option<CreditCode> {
        let mut text = squeeze(text);
        text.make_ascii_uppercase();
        let values: Vec<usize> = text
            .bytes()
            .map(|byte| CODE_CHARACTERS.iter().position(|known| *known == byte))
            .collect::<Option<_>>()?;
        let (check, body) = values.split_last()?;
        if body.len() != 17 {
            return None;
        }
        // The weights are the powers of 3 modulo 31.
        let (sum, _) =
            body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
        ((31 - sum % 31) % 31 == *check).then_some(CreditCode(text))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_found_within_a_text() {
        for text in [
            "本人11010519491231002X已到场",
            "4310 9919 7001 0100 00",
            "４３１０９９１９７００１０１００００",
            "431099-19700101-0000",
            "2019431099197001010009",
        ] {
            assert_eq!(stands_in(text), !text.starts_with("2019"), "{text}");
        }
        for text in
            ["借据号4310222018000002，20190510 还本", "4310222018000002 20190510", "431099209913010000", ""]
        {
            assert!(!stands_in(text), "{text}");
        }
    }

    #[test]
    fn published_numbers_are_right() {
        let number = IdentityNumber::parse(" 11010519491231002x").unwrap();
        assert_eq!(number.as_str(), "11010519491231002X");
        assert_eq!(number.born_on(), date(1949, 12, 31));
        assert_eq!(number.age_on(date(2019, 12, 30)), 69);
        assert_eq!(number.age_on(date(2019, 12, 31)), 70);
        assert_eq!(number.masked(), "110105********002X");
        assert!(CreditCode::parse("91350100M000100Y43").is_some());
        assert!(CreditCode::parse("91350100M000100Y44").is_none());
    }

    #[test]
    fn fifteen_digits_become_eighteen() {
        assert_eq!(IdentityNumber::parse("110105491231002").unwrap().as_str(), "11010519491231002X");
    }

    #[test]
    fn each_fault_has_its_name() {
        for (text, fault) in [
            ("", IdentityFault::Empty),
            ("1101051949123100", IdentityFault::Length(16)),
            ("11010519491231O02X", IdentityFault::Character('O')),
            ("110105194913310021", IdentityFault::BirthDate),
            ("110105194912310021", IdentityFault::CheckDigit { expected: 'X' }),
        ] {
            assert_eq!(IdentityNumber::parse(text), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(place in 0usize..17, other in 0u8..10, day in 0i32..20_000, serial in 0u32..1000) {
            let born = date(1950, 1, 1).saturating_add(jiff::Span::new().days(day));
            let body = format!("431099{}{serial:03}", born.strftime("%Y%m%d"));
            let right = format!("{body}{}", check_digit(&body));
            prop_assert!(IdentityNumber::parse(&right).is_ok());
            let mut wrong = right.clone().into_bytes();
            prop_assume!(wrong[place] != b'0' + other);
            wrong[place] = b'0' + other;
            prop_assert!(IdentityNumber::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
        }

        #[test]
        fn reading_never_panics(text in "\\PC*") {
            let _ = IdentityNumber::parse(&text);
            let _ = CreditCode::parse(&text);
        }
    }
}
