//! Differences (出入): where a bank's report or a ledger disagrees with the book, and how that is settled.

mod judge;
mod kind;
mod state;
mod step;
mod suggestion;
#[cfg(test)]
mod tests;
mod way;

use jiff::civil::Date;
use serde::Deserialize;

use crate::money::Fen;

pub use judge::suggest;
pub use kind::DifferenceKind;
pub use state::DifferenceState;
pub use step::StepKind;
pub use suggestion::{Book, Dispute, Earlier, Other, Param, Suggestion};
pub use way::Way;

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
