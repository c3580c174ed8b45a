//! How far a proposal has come, and who may move it on.

use super::Kind;

/// How far a proposal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// 待复核: it waits for somebody else.
    Proposed,
    /// 待银行办结: it was checked, and the bank is asked.
    AwaitingBank,
    /// 已复核: it was checked, and holds.
    Agreed,
    /// 银行已办结: the bank has done it.
    Granted,
    /// 复核未通过: whoever checked it said no.
    Returned,
    /// 已撤回: whoever proposed it took it back.
    Withdrawn,
    /// 银行未同意: the bank said no.
    Refused,
    /// 已失效: the loan was settled before anything came of it.
    Lapsed,
}

impl State {
    /// Every state.
    pub const ALL: [State; 8] = [
        State::Proposed,
        State::AwaitingBank,
        State::Agreed,
        State::Granted,
        State::Returned,
        State::Withdrawn,
        State::Refused,
        State::Lapsed,
    ];

    /// Its word, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            State::Proposed => "proposed",
            State::AwaitingBank => "awaiting-bank",
            State::Agreed => "agreed",
            State::Granted => "granted",
            State::Returned => "returned",
            State::Withdrawn => "withdrawn",
            State::Refused => "refused",
            State::Lapsed => "lapsed",
        }
    }

    /// The state of a word.
    pub fn from_key(key: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether it still waits for somebody. A loan has one such proposal at most.
    pub const fn is_open(self) -> bool {
        matches!(self, State::Proposed | State::AwaitingBank)
    }
}

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
