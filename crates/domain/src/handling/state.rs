//! How far a proposal has come.

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
