//! Why a paper cannot be made, or a receipt not recorded.

use bangfu_domain::paper::TemplateFault;

use crate::error::{Error, Refusal};

/// Why a paper cannot be made, a receipt not recorded, or a text not kept. Doors render it in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperFault {
    /// It tells of no days ahead, or of too many.
    Days {
        /// The most.
        most: u32,
    },
    /// Such a paper is of a place or a branch: whoever looks after households makes those of single loans.
    Area,
    /// What is made public is of a township or a village.
    Place,
    /// Nothing is owed.
    Settled,
    /// The loan is not overdue: nobody who may have paid is pressed.
    NotOverdue,
    /// The due day has passed.
    PastDue,
    /// Of the borrower no identity number is known, without which a card's page opens to nobody.
    NoIdentity,
    /// The texts hold something that cannot be filled in.
    Texts(Vec<TemplateFault>),
    /// Somebody else told the texts anew meanwhile.
    TextsSeenOtherwise,
    /// A receipt of a day that has not come, or lies before the due day.
    ReceiptDay,
    /// The code that was typed is none of a notice about this loan.
    NoNotice,
    /// Who received it is not said, or in too many words.
    Receiver {
        /// The most characters.
        most: usize,
    },
}

impl PaperFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            PaperFault::Days { .. } => "paper-days",
            PaperFault::Area => "paper-area",
            PaperFault::Place => "paper-place",
            PaperFault::Settled => "paper-settled",
            PaperFault::NotOverdue => "paper-not-overdue",
            PaperFault::PastDue => "paper-past-due",
            PaperFault::NoIdentity => "paper-no-identity",
            PaperFault::Texts(_) => "paper-texts",
            PaperFault::TextsSeenOtherwise => "paper-texts-seen-otherwise",
            PaperFault::ReceiptDay => "paper-receipt-day",
            PaperFault::NoNotice => "paper-no-notice",
            PaperFault::Receiver { .. } => "paper-receiver",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            PaperFault::Days { most } => vec![("most", most.to_string())],
            PaperFault::Receiver { most } => vec![("most", most.to_string())],
            PaperFault::Texts(faults) => vec![("count", faults.len().to_string())],
            _ => Vec::new(),
        }
    }
}

impl From<PaperFault> for Error {
    fn from(fault: PaperFault) -> Error {
        Refusal::Paper(fault).into()
    }
}
