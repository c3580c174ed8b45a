//! What a browser keeps for a moment between two steps of signing in. It is sealed with the key of the book, so that nobody
//! can make one, and any process on the book can read it.

use bangfu_store::key::Key;

use super::fault::AccountFault;
use crate::error::Error;

/// For how long a code may follow the password, in seconds.
pub const TICKET_SECONDS: i64 = 300;

/// What no other sealed thing begins with.
const MARK: &str = "second step";

/// Seals words, none of which holds a line's end, for a browser to keep. What is sealed under one mark is not read under
/// another.
pub fn seal_words(key: &Key, mark: &str, words: &[&str]) -> Result<String, Error> {
    let text = [&[mark], words].concat().join("\n");
    Ok(key.seal(text.as_bytes())?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The words that were sealed under a mark; `None` for what is not of this book.
pub fn open_words(key: &Key, mark: &str, sealed: &str) -> Option<Vec<String>> {
    if !sealed.is_ascii() || !sealed.len().is_multiple_of(2) {
        return None;
    }
    let digits = (0..sealed.len()).step_by(2).map(|at| u8::from_str_radix(&sealed[at..at + 2], 16));
    let bytes = digits.collect::<Result<Vec<u8>, _>>().ok()?;
    let text = String::from_utf8(key.open(&bytes).ok()?).ok()?;
    let mut words = text.split('\n').map(str::to_owned);
    (words.next()? == mark).then(|| words.collect())
}

/// Whose password, or what stood for it, was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    /// What was typed as the name, as it is stored.
    pub(super) login: String,
    /// The number of the account's state then.
    pub(super) version: i64,
    /// When, in microseconds since 1970.
    pub(super) at: i64,
    /// Whether another house vouched for them, instead of a password.
    pub(super) from_outside: bool,
}

impl Ticket {
    /// As the browser keeps it.
    pub(super) fn seal(&self, key: &Key) -> Result<String, Error> {
        let (version, at) = (self.version.to_string(), self.at.to_string());
        let outside = i32::from(self.from_outside).to_string();
        seal_words(key, MARK, &[&self.login, &version, &at, &outside])
    }

    /// What a browser brought, at an instant.
    pub(super) fn open(key: &Key, text: &str, now: i64) -> Result<Ticket, AccountFault> {
        let ticket = read(key, text).ok_or(AccountFault::CodeLate)?;
        let age = now - ticket.at;
        if (0..TICKET_SECONDS * 1_000_000).contains(&age) { Ok(ticket) } else { Err(AccountFault::CodeLate) }
    }
}

fn read(key: &Key, text: &str) -> Option<Ticket> {
    let words = open_words(key, MARK, text)?;
    let [login, version, at, outside] = words.as_slice() else { return None };
    Some(Ticket {
        login: login.clone(),
        version: version.parse().ok()?,
        at: at.parse().ok()?,
        from_outside: outside == "1",
    })
}
