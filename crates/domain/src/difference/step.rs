//! What can be done about a difference.

/// What happens to a difference after it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// A branch was asked to look into it by a day.
    Assigned,
    /// A person settled it.
    Resolved,
    /// A person took it up again.
    Reopened,
    /// A later file proved it settled.
    Settled,
    /// A later file leaves it standing for another reason.
    Restated,
    /// The file that settled or restated it was taken back: it stands as before.
    Undone,
}

impl StepKind {
    /// Every step.
    pub const ALL: [StepKind; 6] = [
        StepKind::Assigned,
        StepKind::Resolved,
        StepKind::Reopened,
        StepKind::Settled,
        StepKind::Restated,
        StepKind::Undone,
    ];

    /// Its word in the database and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            StepKind::Assigned => "assigned",
            StepKind::Resolved => "resolved",
            StepKind::Reopened => "reopened",
            StepKind::Settled => "settled",
            StepKind::Restated => "restated",
            StepKind::Undone => "undone",
        }
    }

    /// The step of that word.
    pub fn from_key(key: &str) -> Option<StepKind> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }
}
