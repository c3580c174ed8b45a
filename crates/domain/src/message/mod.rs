//! Messages (消息): what is sent to offices and borrowers, over which channel, and what becomes of one that is tried.

pub mod address;
mod channel;
pub mod desk;
pub mod quiet;
pub mod settle;
pub mod slip;
pub mod weekly;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

pub use channel::Channel;

/// What a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An office's notice of a day.
    Notice,
    /// A loan's level, told to its borrower.
    Slip,
    /// The leader's list of a week.
    Weekly,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Notice, Kind::Slip, Kind::Weekly];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Kind::Notice => "notice",
            Kind::Slip => "slip",
            Kind::Weekly => "weekly",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It waits for its first try.
    Queued,
    /// It is being tried: written down before the try, so that one that was broken off is found.
    Sending,
    /// It was taken.
    Sent,
    /// It was not taken and is tried again.
    Failed,
    /// It was not taken and is not tried again by itself (发送失败).
    Dead,
    /// It may have been taken: the try was broken off (发送待确认).
    Unsure,
    /// Nothing is left to be told.
    Dropped,
}

impl State {
    /// Every state.
    pub const ALL: [State; 7] = [
        State::Queued,
        State::Sending,
        State::Sent,
        State::Failed,
        State::Dead,
        State::Unsure,
        State::Dropped,
    ];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Sent => "sent",
            State::Failed => "failed",
            State::Dead => "dead",
            State::Unsure => "unsure",
            State::Dropped => "dropped",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether somebody has to look after it.
    pub const fn asks_for_somebody(self) -> bool {
        matches!(self, State::Dead | State::Unsure)
    }
}

/// By which a receiver knows a message again, however often it is sent: made of what tells it from every other one.
pub fn message_key(county_id: i64, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"bangfu message 1");
    hash.update(county_id.to_be_bytes());
    for part in parts {
        // Each with its length before it: no two read alike.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_again_and_taken_for_no_other() {
        let key = |parts: &[&str]| message_key(431_022, parts);
        assert_eq!(key(&["notice", "7"]), key(&["notice", "7"]));
        assert_ne!(key(&["notice", "7"]), key(&["notic", "e7"]));
        assert_ne!(key(&["notice", "7"]), message_key(410_225, &["notice", "7"]));
        assert_eq!(key(&["a"]).len(), 32);
    }

    #[test]
    fn words_lead_back() {
        assert!(Channel::ALL.into_iter().all(|one| Channel::from_key(one.key()) == Some(one)));
        assert!(State::ALL.into_iter().all(|one| State::from_key(one.key()) == Some(one)));
        assert!(Kind::ALL.into_iter().all(|one| Kind::from_key(one.key()) == Some(one)));
    }
}
