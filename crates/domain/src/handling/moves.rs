//! Who may move a proposal on, and how.

use super::{Kind, State};

/// What somebody does with a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Checks it and agrees.
    Agree,
    /// Checks it and says no.
    Return,
    /// Takes their own proposal back.
    Withdraw,
    /// Records that the bank has done it.
    Grant,
    /// Records that the bank said no.
    Refuse,
}

impl Move {
    /// Its word, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Move::Agree => "agree",
            Move::Return => "return",
            Move::Withdraw => "withdraw",
            Move::Grant => "grant",
            Move::Refuse => "refuse",
        }
    }
}

/// Why somebody may not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveFault {
    /// The proposal is no longer where that could be done.
    MovedOn,
    /// Nobody checks what they proposed, and nobody twice.
    OwnWork,
    /// Only whoever proposed it takes it back.
    NotMaker,
}

/// The state after a move, by somebody who proposed it or not, and checked it already or not; `needed` people besides the
/// one who proposed it must agree, and `agreed` have.
///
/// # Errors
/// It cannot be moved so, or not by them.
pub fn moved(
    (kind, state): (Kind, State),
    by: Move,
    (is_maker, has_checked): (bool, bool),
    (agreed, needed): (u32, u32),
) -> Result<State, MoveFault> {
    match (state, by) {
        (State::Proposed, Move::Withdraw) if !is_maker => Err(MoveFault::NotMaker),
        (State::Proposed, Move::Withdraw) => Ok(State::Withdrawn),
        (State::Proposed, Move::Agree | Move::Return) if is_maker || has_checked => Err(MoveFault::OwnWork),
        (State::Proposed, Move::Return) => Ok(State::Returned),
        (State::Proposed, Move::Agree) if agreed + 1 < needed => Ok(State::Proposed),
        (State::Proposed, Move::Agree) if kind.is_banks() => Ok(State::AwaitingBank),
        (State::Proposed, Move::Agree) => Ok(State::Agreed),
        (State::AwaitingBank, Move::Grant) => Ok(State::Granted),
        (State::AwaitingBank, Move::Refuse) => Ok(State::Refused),
        _ => Err(MoveFault::MovedOn),
    }
}
