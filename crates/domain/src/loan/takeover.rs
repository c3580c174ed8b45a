//! What a ledger's position or a bank's movement adds to a loan that is already known.

use jiff::civil::Date;

use super::Fold;
use crate::money::Fen;

/// What a ledger's statement of principal repaid means for a loan in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionVerdict {
    /// The book says the same for that day: nothing to add.
    Same,
    /// The ledger knows of more: the position is recorded, and the difference counts.
    More,
    /// The book knows of more than the ledger: nothing is taken back; the difference is shown.
    Less {
        /// What the book says was repaid by that day.
        book_fen: Fen,
    },
}

/// Holds a position against the book.
pub fn judge_position(fold: &Fold, as_of: Date, repaid: Fen) -> PositionVerdict {
    let book_fen = fold.repaid_by(as_of);
    match repaid.cmp(&book_fen) {
        std::cmp::Ordering::Equal => PositionVerdict::Same,
        std::cmp::Ordering::Greater => PositionVerdict::More,
        std::cmp::Ordering::Less => PositionVerdict::Less { book_fen },
    }
}

/// What a bank movement of principal means for its loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementVerdict {
    /// It follows from the book and is recorded.
    Follows,
    /// The balance that the bank states is not the one that the book would reach.
    BalanceDiffers {
        /// The balance that the book would reach on that day.
        book_fen: Fen,
    },
    /// It would repay more than is owed.
    MoreThanOwed {
        /// What the book says is owed.
        book_fen: Fen,
    },
    /// A ledger of that day or a later one states less as repaid than the bank's movements would sum up to.
    BeyondPosition {
        /// The day of that ledger.
        position_on: Date,
        /// What it states as repaid in all.
        repaid_fen: Fen,
    },
    /// Its day is not after the disbursement.
    BeforeDisbursement,
}

/// Holds a movement against the book.
///
/// A movement on or before the day of a position explains that position and adds nothing: together with the
/// movements known before, it may not exceed what the position states (DESIGN.md §4).
pub fn judge_movement(fold: &Fold, on: Date, amount: Fen, balance_after: Option<Fen>) -> MovementVerdict {
    if on < fold.terms.disbursed_on {
        return MovementVerdict::BeforeDisbursement;
    }
    let mut later = fold.positions.range(on..).peekable();
    let explains = later.peek().is_some();
    if let Some((position_on, repaid)) =
        later.find(|(day, repaid)| movements_by(fold, **day) + amount > **repaid)
    {
        return MovementVerdict::BeyondPosition { position_on: *position_on, repaid_fen: *repaid };
    }
    let owed = fold.terms.principal_fen - fold.repaid();
    if !explains && amount > owed {
        return MovementVerdict::MoreThanOwed { book_fen: owed };
    }
    let counted = if explains { movements_by(fold, on) } else { fold.repaid_by(on) };
    let book_fen = fold.terms.principal_fen - counted - amount;
    match balance_after {
        // Before a position, earlier movements may be missing from the book: the bank's balance is then the
        // better witness and need only lie between what the book knows and what the position states.
        Some(stated) if explains && stated <= book_fen => MovementVerdict::Follows,
        Some(stated) if stated != book_fen => MovementVerdict::BalanceDiffers { book_fen },
        _ => MovementVerdict::Follows,
    }
}

/// Principal that the bank itself has reported by a day.
fn movements_by(fold: &Fold, day: Date) -> Fen {
    fold.movements.range(..=day).map(|(_, amount)| *amount).sum()
}
