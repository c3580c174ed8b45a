//! At whose desk a message arrives.

use crate::policy::Recipient;

/// Whose desk: an office's, or the leader's (主要负责人), who gets a list a week and no notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desk {
    /// An office that gets notices.
    Office(Recipient),
    /// The leader.
    Leader,
}

/// The number under which the leader is stored.
const LEADER: i64 = 6;

impl Desk {
    /// Every desk.
    pub const ALL: [Desk; 6] = [
        Desk::Office(Recipient::County),
        Desk::Office(Recipient::Supervisor),
        Desk::Leader,
        Desk::Office(Recipient::Township),
        Desk::Office(Recipient::Branch),
        Desk::Office(Recipient::Station),
    ];

    /// The number under which it is stored. It never changes.
    pub fn code(self) -> i64 {
        match self {
            Desk::Office(recipient) => i64::from(recipient.code()),
            Desk::Leader => LEADER,
        }
    }

    /// Whose desk is stored under a number.
    pub fn from_code(code: i64) -> Option<Desk> {
        Desk::ALL.into_iter().find(|desk| desk.code() == code)
    }

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Desk::Office(recipient) => recipient.key(),
            Desk::Leader => "leader",
        }
    }

    /// What that word means. A borrower has no desk.
    pub fn from_key(key: &str) -> Option<Desk> {
        Desk::ALL.into_iter().find(|desk| desk.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desks_lead_back_and_a_borrower_has_none() {
        for desk in Desk::ALL {
            assert_eq!((Desk::from_code(desk.code()), Desk::from_key(desk.key())), (Some(desk), Some(desk)));
        }
        assert_eq!(Desk::from_key("borrower"), None);
        assert_eq!(Desk::from_code(i64::from(Recipient::Borrower.code())), None);
    }
}
