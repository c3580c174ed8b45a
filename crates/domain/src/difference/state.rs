//! How far a difference can come.

/// How far a difference has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceState {
    /// Nobody has taken it up.
    Open,
    /// A branch is to look into it by a day.
    Assigned,
    /// A person has settled it, with a reason.
    Resolved,
    /// A later file has proved it settled.
    Settled,
}

impl DifferenceState {
    /// Every state.
    pub const ALL: [DifferenceState; 4] = [
        DifferenceState::Open,
        DifferenceState::Assigned,
        DifferenceState::Resolved,
        DifferenceState::Settled,
    ];

    /// Its word in the database, in addresses and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            DifferenceState::Open => "open",
            DifferenceState::Assigned => "assigned",
            DifferenceState::Resolved => "resolved",
            DifferenceState::Settled => "settled",
        }
    }

    /// The state of that word.
    pub fn from_key(key: &str) -> Option<DifferenceState> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// True while it stands in the list of what is to be looked into.
    pub const fn is_open(self) -> bool {
        matches!(self, DifferenceState::Open | DifferenceState::Assigned)
    }
}
