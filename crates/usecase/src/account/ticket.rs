//! What a browser keeps between the password and the code: whose password was right, and when. It is sealed with the key
//! of the book, so that nobody can make one, and any process on the book can read it.

use bangfu_store::key::Key;

use super::fault::AccountFault;
use crate::error::Error;

/// For how long a code may follow the password, in seconds.
pub const TICKET_SECONDS: i64 = 300;

/// What no other sealed thing begins with.
const MARK: &str = "second step";

/// Whose password was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    /// What was typed as the name, as it is stored.
    pub(super) login: String,
    /// The number of the account's state then.
    pub(super) version: i64,
    /// When, in microseconds since 1970.
    pub(super) at: i64,
}

impl Ticket {
    /// As the browser keeps it.
    pub(super) fn seal(&self, key: &Key) -> Result<String, Error> {
        // A name for signing in holds no line's end.
        let text = format!("{MARK}\n{}\n{}\n{}", self.login, self.version, self.at);
        Ok(key.seal(text.as_bytes())?.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// What a browser brought, at an instant.
    pub(super) fn open(key: &Key, text: &str, now: i64) -> Result<Ticket, AccountFault> {
        let ticket = read(key, text).ok_or(AccountFault::CodeLate)?;
        let age = now - ticket.at;
        if (0..TICKET_SECONDS * 1_000_000).contains(&age) { Ok(ticket) } else { Err(AccountFault::CodeLate) }
    }
}

fn read(key: &Key, text: &str) -> Option<Ticket> {
    if !text.is_ascii() || text.len() % 2 != 0 {
        return None;
    }
    let digits = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16));
    let sealed = digits.collect::<Result<Vec<u8>, _>>().ok()?;
    let text = String::from_utf8(key.open(&sealed).ok()?).ok()?;
    let mut lines = text.split('\n');
    if lines.next()? != MARK {
        return None;
    }
    let login = lines.next()?.to_owned();
    Some(Ticket { login, version: lines.next()?.parse().ok()?, at: lines.next()?.parse().ok()? })
}
