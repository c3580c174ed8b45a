//! A plan of instalments (分期还款).

use jiff::civil::Date;

use crate::money::Fen;

/// So many parts at most: more would be a plan that nobody follows.
const PARTS_MAX: usize = 24;

/// A part of what is owed, and by when it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    /// The day.
    pub on: Date,
    /// The amount.
    pub amount_fen: Fen,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFault {
    /// It has no part, or too many.
    Parts {
        /// The most.
        most: usize,
    },
    /// A part's day has passed, or is no later than that of the part before.
    Days {
        /// The part, from 1.
        part: usize,
    },
    /// A part is none.
    Part {
        /// The part, from 1.
        part: usize,
    },
    /// The parts do not sum up to what is owed.
    Sum {
        /// What they sum up to.
        sum_fen: Fen,
        /// What is owed.
        owed_fen: Fen,
    },
}

/// The plan, if its days follow one another from today on and its parts sum up to what is owed.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn sound_plan(plan: Vec<Instalment>, today: Date, owed_fen: Fen) -> Result<Vec<Instalment>, PlanFault> {
    if plan.is_empty() || plan.len() > PARTS_MAX {
        return Err(PlanFault::Parts { most: PARTS_MAX });
    }
    let mut before = crate::loan::add_days(today, -1);
    for (part, instalment) in (1..).zip(&plan) {
        if instalment.on <= before {
            return Err(PlanFault::Days { part });
        }
        if !instalment.amount_fen.is_positive() {
            return Err(PlanFault::Part { part });
        }
        before = instalment.on;
    }
    let sum_fen = plan.iter().map(|instalment| instalment.amount_fen).sum();
    if sum_fen != owed_fen {
        return Err(PlanFault::Sum { sum_fen, owed_fen });
    }
    Ok(plan)
}
