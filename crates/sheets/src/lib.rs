//! Workbook or CSV bytes to typed rows and back, with errors that carry the address of a cell. No database.

pub mod book;
pub mod cell;
mod day;
pub mod divisions;
pub mod export;
pub mod fault;
pub mod header;
pub mod households;
pub mod ledger;
pub mod names;
pub mod officers;
pub mod parsed;
pub mod read;
pub mod rejects;
pub mod repayments;
mod row;
mod rowkind;
pub mod subject;
mod sums;
pub mod wire;

use serde::{Deserialize, Serialize};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A county's loan ledger (台账).
    Ledger,
    /// The register of households (户信息).
    Households,
    /// The roster of officers (三员名册).
    Officers,
    /// A bank's movements (还款流水).
    Repayments,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Ledger, Kind::Households, Kind::Officers, Kind::Repayments];

    /// The word on the command line and in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Kind::Ledger => "ledger",
            Kind::Households => "households",
            Kind::Officers => "officers",
            Kind::Repayments => "repayments",
        }
    }

    /// The kind with that word.
    pub fn from_key(key: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}
