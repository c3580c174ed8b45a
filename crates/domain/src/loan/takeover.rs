//! What a ledger's position or a bank's movement adds to a loan that is already known.
//!
//! Both are held against a trial: what would have been repaid by each day if the new statement were believed. Thus
//! whatever is recorded, in whatever order it comes, what a ledger states holds on its day, and no loan is repaid
//! beyond its principal.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::civil::Date;

use super::fold::{Fold, Stated, by, repayments};
use crate::money::Fen;

/// What a ledger's statement of principal repaid means for a loan in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionVerdict {
    /// It can stand: what it says is recorded, and what the book did not know of counts.
    Stands,
    /// The book knows of more than the ledger: nothing is taken back; the difference is shown.
    Less {
        /// What the book says was repaid by that day.
        book_fen: Fen,
    },
    /// With what the book knows from after that day, more would be repaid than a later ledger states, or than was
    /// lent: the book stands; the difference is shown.
    Beyond {
        /// What would be repaid in all.
        sum_fen: Fen,
        /// What a later ledger states, or the principal.
        most_fen: Fen,
    },
}

/// Holds a ledger's statement against the book. It takes the place of what a ledger of the same day has said before:
/// a mended ledger corrects.
pub fn judge_position(
    fold: &Fold,
    as_of: Date,
    repaid_fen: Fen,
    dated_on: Option<Date>,
    principal_fen: Fen,
) -> PositionVerdict {
    let mut positions = fold.positions.clone();
    positions.insert(as_of, Stated { repaid_fen, dated_on, seq: 0 });
    let trial = repayments(fold.terms.disbursed_on, &fold.movements, &positions);
    if by(&trial, as_of) > repaid_fen {
        return PositionVerdict::Less { book_fen: fold.repaid_by(as_of) };
    }
    for (day, stated) in fold.positions.range((Bound::Excluded(as_of), Bound::Unbounded)) {
        let sum_fen = by(&trial, *day);
        if sum_fen > fold.repaid_by(*day).max(stated.repaid_fen) {
            return PositionVerdict::Beyond { sum_fen, most_fen: stated.repaid_fen };
        }
    }
    let sum_fen = trial.values().copied().sum();
    if sum_fen > principal_fen {
        return PositionVerdict::Beyond { sum_fen, most_fen: principal_fen };
    }
    PositionVerdict::Stands
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
/// A movement on or before the day of a position explains that position and adds nothing (DESIGN.md §4): it may not
/// change what was repaid by then.
pub fn judge_movement(fold: &Fold, on: Date, amount: Fen, balance_after: Option<Fen>) -> MovementVerdict {
    if on < fold.terms.disbursed_on {
        return MovementVerdict::BeforeDisbursement;
    }
    let mut movements = fold.movements.clone();
    *movements.entry(on).or_default() += amount;
    let trial = repayments(fold.terms.disbursed_on, &movements, &fold.positions);
    let principal_fen = fold.terms.principal_fen;
    let Some((position_on, stated)) = fold.positions.range(on..).next() else {
        let owed = principal_fen - fold.repaid();
        if amount > owed {
            return MovementVerdict::MoreThanOwed { book_fen: owed };
        }
        let book_fen = principal_fen - by(&trial, on);
        return match balance_after {
            Some(stated) if stated != book_fen => MovementVerdict::BalanceDiffers { book_fen },
            _ => MovementVerdict::Follows,
        };
    };
    let repaid_by_then = fold.repaid_by(*position_on);
    if by(&trial, *position_on) > repaid_by_then {
        return MovementVerdict::BeyondPosition { position_on: *position_on, repaid_fen: stated.repaid_fen };
    }
    // Before a position, movements may be missing from the book: the bank's balance is then the better witness. It
    // lies between what the book knows of that day without the position, and what the movements after that day leave
    // of what the position states.
    let before = fold.positions.range(..on).map(|(day, stated)| (*day, *stated)).collect();
    let known: BTreeMap<Date, Fen> = movements.range(..=on).map(|(day, amount)| (*day, *amount)).collect();
    let known_by = by(&repayments(fold.terms.disbursed_on, &known, &before), on);
    let after = by(&movements, *position_on) - by(&movements, on);
    let (most, least) = (principal_fen - known_by, principal_fen - (repaid_by_then - after));
    match balance_after {
        Some(stated) if stated > most || stated < least => MovementVerdict::BalanceDiffers { book_fen: most },
        _ => MovementVerdict::Follows,
    }
}
