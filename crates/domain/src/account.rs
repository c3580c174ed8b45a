//! Accounts: what a sign-in name and a password look like, and how long a wrong one makes its author wait.

use crate::text::fold_width;

/// Characters of a password, at least. Source: NIST SP 800-63B-4 asks for 15 where a password stands alone and 8 beside
/// a second factor; twelve with a list of common ones lies between, and is what a clerk can type.
pub const PASSWORD_MIN: usize = 12;

/// Characters of a password, at most: longer ones only cost time.
pub const PASSWORD_MAX: usize = 128;

/// Characters of a sign-in name, at most.
pub const LOGIN_MAX: usize = 40;

/// Wrong passwords in a row that cost no wait: people mistype.
pub const FREE_TRIES: u32 = 4;

/// The longest wait after a wrong password, in seconds.
pub const PAUSE_MAX_SECONDS: u32 = 900;

/// Passwords that everybody tries first, and the words of which they are made.
const COMMON: &str = include_str!("account/common.txt");

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Shorter than [`PASSWORD_MIN`].
    Short,
    /// Longer than [`PASSWORD_MAX`].
    Long,
    /// Among those that everybody tries first, or made of hardly anything else.
    Common,
    /// Holds the account's own name, or is made of it.
    Name,
    /// The same as before.
    Same,
}

/// A sign-in name as it is stored and compared: narrow, small letters, without blanks around it. `None` if it is empty,
/// too long, or holds a blank or a sign that cannot be seen.
pub fn login_of(typed: &str) -> Option<String> {
    let login = fold_width(typed).trim().to_lowercase();
    let sound = !login.is_empty()
        && login.chars().count() <= LOGIN_MAX
        && login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    sound.then_some(login)
}

/// Holds a password against the rules: its length, what everybody tries first, and the account's own names. Any
/// characters will do, blanks too.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_password(password: &str, names: &[&str]) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(PasswordFault::Short);
    }
    if length > PASSWORD_MAX {
        return Err(PasswordFault::Long);
    }
    let small = password.to_lowercase();
    let named = |name: &&str| name.chars().count() >= 2 && small.contains(&name.to_lowercase());
    if names.iter().any(named) && left_over(&small, names) < PASSWORD_MIN / 2 {
        return Err(PasswordFault::Name);
    }
    if is_common(&small) { Err(PasswordFault::Common) } else { Ok(()) }
}

/// Characters of a text that belong to none of these names.
fn left_over(text: &str, names: &[&str]) -> usize {
    let rest = names
        .iter()
        .filter(|name| !name.is_empty())
        .fold(text.to_owned(), |rest, name| rest.replace(&name.to_lowercase(), ""));
    rest.chars().count()
}

/// Whether a password in small letters is one of the common ones, or a few characters, a row of the keyboard, digits in
/// order or a common word over and over.
fn is_common(small: &str) -> bool {
    let mut distinct: Vec<char> = small.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return true;
    }
    // What is left when every common word is taken out, the longest first, as the list stands.
    let mut rest = small.to_owned();
    for word in COMMON.lines().filter(|word| !word.is_empty()) {
        if rest.contains(word) {
            rest = rest.replace(word, "");
        }
    }
    let steps = small.chars().zip(small.chars().skip(1));
    let in_order = steps.filter(|(one, next)| {
        let (one, next) = (u32::from(*one), u32::from(*next));
        one.abs_diff(next) <= 1
    });
    let (length, in_order) = (small.chars().count(), in_order.count());
    rest.chars().count() < 5 || in_order * 3 >= length * 2
}

/// What somebody types besides their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondCode {
    /// The code of the moment: six digits.
    Moment(String),
    /// One of the codes on paper: four groups of four characters, small, with a hyphen between.
    Recovery(String),
}

/// What was typed besides a password, read as people write it: with blanks, wide, in large letters, without hyphens.
/// `None` if it can be neither code.
pub fn second_code_of(typed: &str) -> Option<SecondCode> {
    let narrow = fold_width(typed).to_lowercase();
    let signs: Vec<char> = narrow.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if !signs.iter().all(char::is_ascii_alphanumeric) {
        return None;
    }
    match signs.len() {
        6 if signs.iter().all(char::is_ascii_digit) => Some(SecondCode::Moment(signs.into_iter().collect())),
        16 => {
            let groups: Vec<String> = signs.chunks(4).map(String::from_iter).collect();
            Some(SecondCode::Recovery(groups.join("-")))
        }
        _ => None,
    }
}

/// How long, in seconds, nobody may try again after so many wrong passwords in a row: nothing at first, then twice as
/// long each time, up to [`PAUSE_MAX_SECONDS`].
pub fn pause_seconds(failures: u32) -> u32 {
    match failures.checked_sub(FREE_TRIES + 1) {
        None => 0,
        Some(more) => 5_u32.saturating_mul(1 << more.min(10)).min(PAUSE_MAX_SECONDS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_type_them() {
        assert_eq!(login_of(" Ｌi.Na "), Some("li.na".to_owned()));
        assert_eq!(login_of("李娜"), Some("李娜".to_owned()));
        for refused in ["", "  ", "a b", "a/b", &"a".repeat(41)] {
            assert_eq!(login_of(refused), None, "{refused}");
        }
    }

    #[test]
    fn passwords_are_long_and_not_what_everybody_tries() {
        let fault = |password: &str| check_password(password, &["lina", "李娜"]).err();
        for sound in [
            "玉溪河边三棵老樟树下见面",
            "correct horse battery",
            "kd83-jwq0-29xm",
            "lina 的猫昨天打翻了油灯 7",
        ] {
            assert_eq!(fault(sound), None, "{sound}");
        }
        assert_eq!(fault("kd83-jwq0-2"), Some(PasswordFault::Short));
        assert_eq!(fault(&"x9".repeat(70)), Some(PasswordFault::Long));
        assert_eq!(fault("Lina-lina-lina-1"), Some(PasswordFault::Name));
        for common in [
            "password1234",
            "qwertyuiop123",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "woaini1314520",
            "admin123admin",
            "Password123456",
            "abcdefghijklm",
            "1qaz2wsx3edc",
            "yizhang123456",
            "bangfu888888",
        ] {
            assert_eq!(fault(common), Some(PasswordFault::Common), "{common}");
        }
    }

    #[test]
    fn second_codes_are_read_as_people_write_them() {
        let moment = |code: &str| Some(SecondCode::Moment(code.to_owned()));
        assert_eq!(second_code_of(" 123 456 "), moment("123456"));
        assert_eq!(second_code_of("１２３４５６"), moment("123456"));
        let paper = Some(SecondCode::Recovery("abcd-2345-wxyz-6789".to_owned()));
        for typed in ["abcd-2345-wxyz-6789", "ABCD2345WXYZ6789", "abcd 2345 wxyz 6789"] {
            assert_eq!(second_code_of(typed), paper, "{typed}");
        }
        for neither in ["", "12345", "1234567", "12345a", "abcd-2345-wxyz", "一二三四五六"] {
            assert_eq!(second_code_of(neither), None, "{neither}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<u32> = (0..16).map(pause_seconds).collect();
        assert_eq!(pauses[..9], [0, 0, 0, 0, 0, 5, 10, 20, 40]);
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(pause_seconds(u32::MAX), PAUSE_MAX_SECONDS);
    }
}
