//! Differences (出入): where a bank's report or a ledger disagrees with the book, and how that is settled.

mod judge;
mod suggestion;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::Deserialize;

use crate::money::Fen;

pub use judge::suggest;
pub use suggestion::{Book, Dispute, Earlier, Other, Param, Suggestion};

/// What bank and book disagree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceKind {
    /// The book has no contract of the number that the bank reports.
    UnknownNumber,
    /// A serial number (流水号) was used before, with other content.
    SerialReused,
    /// The bank names another borrower.
    OtherName,
    /// The bank gives another identity number.
    OtherIdentity,
    /// Nobody knows what the movement moves: principal or interest.
    UnknownKind,
    /// The bank states another balance after the movement.
    BalanceDiffers,
    /// More is repaid than is owed.
    MoreThanOwed,
    /// A ledger of that day or a later one states less as repaid.
    BeyondPosition,
    /// The day lies before the disbursement.
    BeforeDisbursement,
    /// A ledger states less as repaid than the book has.
    LedgerBelowBook,
    /// With a ledger's statement, more would be repaid than a later ledger states or than was lent.
    LedgerBeyondBook,
    /// A ledger states less as lent than was repaid.
    PrincipalBelowRepaid,
}

impl DifferenceKind {
    /// Every kind.
    pub const ALL: [DifferenceKind; 12] = [
        DifferenceKind::UnknownNumber,
        DifferenceKind::SerialReused,
        DifferenceKind::OtherName,
        DifferenceKind::OtherIdentity,
        DifferenceKind::UnknownKind,
        DifferenceKind::BalanceDiffers,
        DifferenceKind::MoreThanOwed,
        DifferenceKind::BeyondPosition,
        DifferenceKind::BeforeDisbursement,
        DifferenceKind::LedgerBelowBook,
        DifferenceKind::LedgerBeyondBook,
        DifferenceKind::PrincipalBelowRepaid,
    ];

    /// Its word in the database, in addresses and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            DifferenceKind::UnknownNumber => "unknown-number",
            DifferenceKind::SerialReused => "serial-reused",
            DifferenceKind::OtherName => "other-name",
            DifferenceKind::OtherIdentity => "other-identity",
            DifferenceKind::UnknownKind => "unknown-kind",
            DifferenceKind::BalanceDiffers => "balance-differs",
            DifferenceKind::MoreThanOwed => "more-than-owed",
            DifferenceKind::BeyondPosition => "beyond-position",
            DifferenceKind::BeforeDisbursement => "before-disbursement",
            DifferenceKind::LedgerBelowBook => "ledger-below-book",
            DifferenceKind::LedgerBeyondBook => "ledger-beyond-book",
            DifferenceKind::PrincipalBelowRepaid => "principal-below-repaid",
        }
    }

    /// The kind of that word.
    pub fn from_key(key: &str) -> Option<DifferenceKind> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// True if a ledger stands against the book; otherwise it is a bank's movement.
    pub const fn is_of_a_ledger(self) -> bool {
        matches!(
            self,
            DifferenceKind::LedgerBelowBook
                | DifferenceKind::LedgerBeyondBook
                | DifferenceKind::PrincipalBelowRepaid
        )
    }
}

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
}

impl StepKind {
    /// Every step.
    pub const ALL: [StepKind; 5] =
        [StepKind::Assigned, StepKind::Resolved, StepKind::Reopened, StepKind::Settled, StepKind::Restated];

    /// Its word in the database and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            StepKind::Assigned => "assigned",
            StepKind::Resolved => "resolved",
            StepKind::Reopened => "reopened",
            StepKind::Settled => "settled",
            StepKind::Restated => "restated",
        }
    }

    /// The step of that word.
    pub fn from_key(key: &str) -> Option<StepKind> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }
}

/// The two sides of a difference as they were found. Amounts are in fen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The row of the file, as a spreadsheet counts it.
    pub row: Option<u32>,
    /// What the bank reports as moved.
    pub amount_fen: Option<Fen>,
    /// What the bank states as left.
    pub balance_fen: Option<Fen>,
    /// The customer's name, as the bank gives it.
    pub name: Option<String>,
    /// The bank's side where it is words: a name, or a masked identity number.
    pub bank: Option<String>,
    /// The book's side where it is words: the borrower's name.
    pub book: Option<String>,
    /// The book's side where it is an amount.
    pub book_fen: Option<Fen>,
    /// The ledger's side.
    pub ledger_fen: Option<Fen>,
    /// The day of the ledger that stands against a movement.
    pub position_on: Option<Date>,
    /// The kind of movement as the bank words it.
    pub kind: Option<String>,
    /// The serial number that was used before.
    pub serial: Option<String>,
    /// The institution that used it.
    pub lender_id: Option<i64>,
}
