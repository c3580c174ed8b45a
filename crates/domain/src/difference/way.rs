//! How a person can find a difference to be settled.

/// How a person found a difference to be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The book is right.
    BookRight,
    /// The bank is right, and its next file or ledger will bring it: that file is still held against it.
    NextFile,
    /// Corrected by hand at the bank.
    CorrectedAtBank,
    /// Reported twice.
    ReportedTwice,
    /// Not of this county or this programme.
    NotOurs,
    /// Something else, as the reason says.
    Another,
}

impl Way {
    /// Every way, in the order in which it is offered.
    pub const ALL: [Way; 6] =
        [Way::BookRight, Way::NextFile, Way::CorrectedAtBank, Way::ReportedTwice, Way::NotOurs, Way::Another];

    /// Its word in the database, in forms and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            Way::BookRight => "book-right",
            Way::NextFile => "next-file",
            Way::CorrectedAtBank => "corrected-at-bank",
            Way::ReportedTwice => "reported-twice",
            Way::NotOurs => "not-ours",
            Way::Another => "another",
        }
    }

    /// The way of that word.
    pub fn from_key(key: &str) -> Option<Way> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}
