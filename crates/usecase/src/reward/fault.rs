//! What cannot be done with rewards.

use jiff::civil::Date;

use crate::error::{Error, Refusal};

/// Why something cannot be done with a list of rewards. Doors render it in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RewardFault {
    /// A period that ends before it begins, or after today.
    Period,
    /// Of the period no loan is left that earns something and is on no list.
    Nothing,
    /// The pack does not say what it has to.
    PackValue {
        /// The place of the value in its file.
        place: &'static str,
        /// The pack.
        pack: String,
    },
    /// By what the book knows now, an entry would be another one, or none.
    FactsMoved {
        /// 借据号.
        number: String,
    },
    /// Where the list is shown is not said, or in too many words.
    Place {
        /// The most characters.
        max: usize,
    },
    /// A publicity would begin before the list was checked, or too late.
    PublicFrom,
    /// The list is still shown in public.
    StillPublic {
        /// The last day.
        until: Date,
    },
    /// Nobody has decided on an objection or a correction yet.
    OpenObjection,
    /// Who objects, what they say, or the day is missing or cannot be.
    Objection,
    /// Somebody asks already that the entry be taken out.
    AlreadyAsked,
    /// The entry was taken out.
    TakenOut,
    /// The day of a payment has not come, or lies before the approval.
    PaidOn,
    /// The number of a document is missing, or too long.
    Document {
        /// The most characters.
        max: usize,
    },
    /// Nothing of what was chosen can be paid.
    NotPayable,
}

impl RewardFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            RewardFault::Period => "reward-period",
            RewardFault::Nothing => "reward-nothing",
            RewardFault::PackValue { .. } => "reward-pack-value",
            RewardFault::FactsMoved { .. } => "reward-facts-moved",
            RewardFault::Place { .. } => "reward-place",
            RewardFault::PublicFrom => "reward-public-from",
            RewardFault::StillPublic { .. } => "reward-still-public",
            RewardFault::OpenObjection => "reward-open-objection",
            RewardFault::Objection => "reward-objection",
            RewardFault::AlreadyAsked => "reward-already-asked",
            RewardFault::TakenOut => "reward-taken-out",
            RewardFault::PaidOn => "reward-paid-on",
            RewardFault::Document { .. } => "reward-document",
            RewardFault::NotPayable => "reward-not-payable",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            RewardFault::PackValue { place, pack } => {
                vec![("place", (*place).to_owned()), ("pack", pack.clone())]
            }
            RewardFault::FactsMoved { number } => vec![("number", number.clone())],
            RewardFault::Place { max } | RewardFault::Document { max } => vec![("max", max.to_string())],
            RewardFault::StillPublic { until } => vec![("until", until.to_string())],
            RewardFault::Period
            | RewardFault::Nothing
            | RewardFault::PublicFrom
            | RewardFault::OpenObjection
            | RewardFault::Objection
            | RewardFault::AlreadyAsked
            | RewardFault::TakenOut
            | RewardFault::PaidOn
            | RewardFault::NotPayable => Vec::new(),
        }
    }
}

impl From<RewardFault> for Error {
    fn from(fault: RewardFault) -> Error {
        Refusal::Reward(fault).into()
    }
}

impl From<RewardFault> for Refusal {
    fn from(fault: RewardFault) -> Refusal {
        Refusal::Reward(fault)
    }
}
