//! Why a county's own version of its rules cannot be proposed or decided on so.

use bangfu_domain::calendar::ListFault;
use bangfu_domain::policy::PackFault;
use jiff::civil::Date;

use crate::error::Refusal;

/// Why not. Doors put it into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmendmentFault {
    /// The text says what holds already.
    Unchanged,
    /// Another version of the same thing waits for a decision.
    Open {
        /// Its id.
        amendment_id: i64,
    },
    /// What it was made from holds no more: another version came into force meanwhile.
    RulesMovedOn,
    /// It was made from today's text, and an approved version holds before its day comes.
    AnotherHolds {
        /// From which day.
        from: Date,
    },
    /// The text is too long.
    TooLong {
        /// The most bytes.
        max: usize,
    },
    /// A year of which nobody keeps a calendar.
    Year,
    /// No notice is named.
    NoSource,
    /// No day is named from which it is to hold.
    NoDay,
    /// The text is no sound pack or calendar, or not together with the others.
    Broken(Vec<PackFault>),
    /// The list of days is not sound.
    List(Vec<ListFault>),
}

impl From<AmendmentFault> for Refusal {
    fn from(fault: AmendmentFault) -> Refusal {
        Refusal::Amendment(fault)
    }
}

impl From<AmendmentFault> for crate::Error {
    fn from(fault: AmendmentFault) -> crate::Error {
        Refusal::Amendment(fault).into()
    }
}

impl AmendmentFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            AmendmentFault::Unchanged => "amendment-unchanged",
            AmendmentFault::Open { .. } => "amendment-open",
            AmendmentFault::RulesMovedOn => "amendment-rules-moved-on",
            AmendmentFault::AnotherHolds { .. } => "amendment-another-holds",
            AmendmentFault::TooLong { .. } => "amendment-too-long",
            AmendmentFault::Year => "amendment-year",
            AmendmentFault::NoSource => "amendment-no-source",
            AmendmentFault::NoDay => "amendment-no-day",
            AmendmentFault::Broken(_) => "amendment-broken",
            AmendmentFault::List(_) => "amendment-list",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            AmendmentFault::Open { amendment_id } => vec![("id", amendment_id.to_string())],
            AmendmentFault::AnotherHolds { from } => vec![("day", from.to_string())],
            AmendmentFault::TooLong { max } => vec![("max", (max >> 10).to_string())],
            AmendmentFault::Broken(faults) => vec![("count", faults.len().to_string())],
            AmendmentFault::List(faults) => vec![("count", faults.len().to_string())],
            AmendmentFault::Unchanged
            | AmendmentFault::RulesMovedOn
            | AmendmentFault::Year
            | AmendmentFault::NoSource
            | AmendmentFault::NoDay => Vec::new(),
        }
    }
}
