//! What came of a contact.

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Will repay on a day (承诺还款).
    WillRepay,
    /// Will repay a part on a day.
    Partly,
    /// Instalments were agreed (分期).
    Instalments,
    /// Asks for an extension (展期).
    AsksExtension,
    /// Asks for a renewal (续贷).
    AsksRenewal,
    /// Is in hardship (困难).
    Hardship,
    /// Could not be reached (联系不上).
    Unreachable,
    /// Works away from home (外出务工).
    Away,
    /// Has moved (搬迁).
    Moved,
    /// Has died (死亡).
    Died,
    /// The money may have been used for something else (疑似挪用).
    Misuse,
    /// Somebody of a centre found that it was used for what it was lent for (核实未挪用).
    UsedAsLent,
    /// Something else, which the note says.
    Other,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 13] = [
        Outcome::WillRepay,
        Outcome::Partly,
        Outcome::Instalments,
        Outcome::AsksExtension,
        Outcome::AsksRenewal,
        Outcome::Hardship,
        Outcome::Unreachable,
        Outcome::Away,
        Outcome::Moved,
        Outcome::Died,
        Outcome::Misuse,
        Outcome::UsedAsLent,
        Outcome::Other,
    ];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Outcome::WillRepay => "will-repay",
            Outcome::Partly => "partly",
            Outcome::Instalments => "instalments",
            Outcome::AsksExtension => "asks-extension",
            Outcome::AsksRenewal => "asks-renewal",
            Outcome::Hardship => "hardship",
            Outcome::Unreachable => "unreachable",
            Outcome::Away => "away",
            Outcome::Moved => "moved",
            Outcome::Died => "died",
            Outcome::Misuse => "misuse",
            Outcome::UsedAsLent => "used-as-lent",
            Outcome::Other => "other",
        }
    }

    /// What that word says.
    pub fn from_key(key: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.key() == key)
    }

    /// True if somebody promised to pay: the day is then asked for.
    pub const fn is_promise(self) -> bool {
        matches!(self, Outcome::WillRepay | Outcome::Partly | Outcome::Instalments)
    }

    /// True if it says how the loan is to end: by a promise, or by what is asked of the bank.
    pub const fn is_way_out(self) -> bool {
        self.is_promise() || matches!(self, Outcome::AsksExtension | Outcome::AsksRenewal)
    }

    /// True if nothing is said without a note.
    pub const fn needs_note(self) -> bool {
        matches!(self, Outcome::Other | Outcome::Misuse | Outcome::UsedAsLent)
    }
}
