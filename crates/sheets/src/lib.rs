//! Workbook or CSV bytes to typed rows and back, with errors that carry the address of a cell. No database.

pub mod book;
pub mod calendar;
pub mod cell;
mod day;
pub mod divisions;
pub mod export;
pub mod fault;
pub mod header;
pub mod households;
pub mod layout;
pub mod ledger;
mod measure;
pub mod mend;
pub mod names;
pub mod officers;
pub mod paper;
pub mod parsed;
pub mod read;
pub mod rejects;
pub mod repayments;
mod row;
mod rowkind;
pub mod subject;
mod sums;
pub mod template;
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

    /// Its fields, in the order in which people think of them; the column that counts the rows is none.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        let shape = self.shape();
        let fields = shape.fields.iter().filter(|names| names.key != names::ORDINAL.key);
        fields.map(move |names| Field {
            key: names.key,
            is_required: shape.required.iter().any(|ways| ways.contains(&names.key)),
            is_money: MONEY.contains(&names.key),
            is_day: names::is_day(names.key),
            usual: names.usual().next().unwrap_or_default(),
        })
    }

    /// The fields of which each needs one, where these are there: what is missing of the least that can be read.
    pub fn missing(self, there: &std::collections::BTreeSet<&str>) -> Vec<header::Required> {
        let missing = |shape: &row::Shape| -> Vec<header::Required> {
            let ways = shape.required.iter().copied();
            ways.filter(|ways| !ways.iter().any(|key| there.contains(key))).collect()
        };
        let whole = missing(self.shape());
        let is_lesser = |shape: &&row::Shape| {
            missing(shape).is_empty() && !ledger::balances::PLACES.iter().any(|key| there.contains(key))
        };
        if self.lesser_shape().is_some_and(|shape| is_lesser(&shape)) { Vec::new() } else { whole }
    }
}

/// Fields that hold money.
const MONEY: [&str; 4] = ["principal", "repaid", "balance", "amount"];

/// A field of a kind of file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub key: &'static str,
    /// True if a file must have it, or another that says the same.
    pub is_required: bool,
    /// True if it holds money.
    pub is_money: bool,
    /// True if it holds a day.
    pub is_day: bool,
    /// The name that most files give it.
    pub usual: String,
}
