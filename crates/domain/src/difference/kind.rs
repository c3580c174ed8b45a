//! What bank and book can disagree on.

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
