//! Workbook or CSV bytes to typed rows and back, with errors that carry the address of a cell. No database.

pub mod book;
pub mod cell;
mod day;
pub mod divisions;
pub mod export;
pub mod fault;
pub mod header;
pub mod households;
pub mod layout;
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

    /// What reading it needs.
    pub(crate) const fn shape(self) -> &'static row::Shape {
        match self {
            Kind::Ledger => &ledger::SHAPE,
            Kind::Households => &households::SHAPE,
            Kind::Officers => &officers::SHAPE,
            Kind::Repayments => &repayments::SHAPE,
        }
    }

    /// What reading it needs where it says less: a bank's list of balances is a ledger of what they alone tell.
    pub(crate) const fn lesser_shape(self) -> Option<&'static row::Shape> {
        match self {
            Kind::Ledger => Some(&ledger::balances::SHAPE),
            Kind::Households | Kind::Officers | Kind::Repayments => None,
        }
    }
}
