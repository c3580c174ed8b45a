//! The code of a paper (材料编号): short enough to be read out and typed, of signs that nobody mistakes for one another, with one
//! sign by which a slip is noticed.

use std::fmt;

use crate::text::squeeze;

/// Digits and capital letters without 0, 1, I, L and O. There are 31: of a prime number of signs, a weighted sum notices
/// each wrong sign and each pair that changed places.
const SIGNS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Signs of a code, with the one that checks the others.
pub const CODE_LENGTH: usize = 8;

/// A paper's code. It opens nothing by itself: whoever types it sees what their area lets them see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

impl Code {
    /// The code of a number, of which the lowest digits to the base of the signs count.
    pub fn of_number(mut number: u64) -> Code {
        let mut places = Vec::with_capacity(CODE_LENGTH);
        for _ in 1..CODE_LENGTH {
            places.push(usize::try_from(number % 31).unwrap_or(0));
            number /= 31;
        }
        places.push(check(&places));
        Code(places.into_iter().map(|place| char::from(SIGNS[place])).collect())
    }

    /// Reads a code as people type it: in small letters, with blanks or a hyphen within. `None` if it is none.
    pub fn parse(text: &str) -> Option<Code> {
        let text = squeeze(text).to_uppercase().replace(['-', '–', '—'], "");
        let place = |sign: u8| SIGNS.iter().position(|known| *known == sign);
        let places = text.bytes().map(place).collect::<Option<Vec<usize>>>()?;
        let (last, first) = places.split_last()?;
        (places.len() == CODE_LENGTH && check(first) == *last).then_some(Code(text))
    }

    /// The signs without a hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// In two halves, as it is printed.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(CODE_LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

fn check(places: &[usize]) -> usize {
    places.iter().enumerate().map(|(index, place)| (index + 2) * place).sum::<usize>() % 31
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_written_and_as_people_type_it() {
        let code = Code::of_number(123_456_789);
        assert_eq!(code.to_string().len(), 9);
        for text in [code.to_string(), code.as_str().to_lowercase(), format!(" {} ", code)] {
            assert_eq!(Code::parse(&text), Some(code.clone()), "{text}");
        }
        for none in ["", "ABCD", "ABCD-EFG0", "张三", "ABCDEFGHJ"] {
            assert_eq!(Code::parse(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn each_wrong_sign_and_each_swap_is_noticed(number in any::<u64>(), at in 0..CODE_LENGTH, other in 0..31usize) {
            let code = Code::of_number(number);
            prop_assert_eq!(Code::parse(code.as_str()), Some(code.clone()));
            let mut signs = code.as_str().as_bytes().to_vec();
            if signs[at] != SIGNS[other] {
                signs[at] = SIGNS[other];
                prop_assert_eq!(Code::parse(std::str::from_utf8(&signs).unwrap()), None);
            }
            let mut signs = code.as_str().as_bytes().to_vec();
            let next = at.min(CODE_LENGTH - 2);
            if signs[next] != signs[next + 1] {
                signs.swap(next, next + 1);
                prop_assert_eq!(Code::parse(std::str::from_utf8(&signs).unwrap()), None);
            }
        }
    }
}
