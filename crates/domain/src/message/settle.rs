//! What becomes of a message once it was tried: how long it rests, and when it is given up.

use super::{Channel, State};

/// How long a message rests after each try that failed, in seconds: a minute first, half a day at last.
pub const PAUSES: [i64; 6] = [60, 300, 900, 3_600, 14_400, 43_200];

/// For how long at most a try may go on, in seconds. One that is older was broken off.
pub const TRY_SECONDS_MAX: i64 = 120;

/// Why a message was not taken, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CauseKind {
    /// The other machine cannot be reached.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// No encrypted connection came about.
    Encryption,
    /// It answered with a status that refuses.
    Status,
    /// A robot answered with the code of an error.
    Robot,
    /// The answer is not the one that says that a short message was taken.
    Answer,
    /// The mail server refused.
    Mail,
    /// The mail server does not take the sign-in.
    Login,
    /// The address cannot be used.
    Address,
    /// The machine is not among those to which messages may go.
    Host,
    /// There is no phone by now.
    NoPhone,
    /// Nothing is owed any more, or the address was taken away.
    Over,
    /// The try was broken off.
    BrokenOff,
}

impl CauseKind {
    /// Every cause.
    pub const ALL: [CauseKind; 13] = [
        CauseKind::Unreachable,
        CauseKind::Timeout,
        CauseKind::Encryption,
        CauseKind::Status,
        CauseKind::Robot,
        CauseKind::Answer,
        CauseKind::Mail,
        CauseKind::Login,
        CauseKind::Address,
        CauseKind::Host,
        CauseKind::NoPhone,
        CauseKind::Over,
        CauseKind::BrokenOff,
    ];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            CauseKind::Unreachable => "unreachable",
            CauseKind::Timeout => "timeout",
            CauseKind::Encryption => "encryption",
            CauseKind::Status => "status",
            CauseKind::Robot => "robot",
            CauseKind::Answer => "answer",
            CauseKind::Mail => "mail",
            CauseKind::Login => "login",
            CauseKind::Address => "address",
            CauseKind::Host => "host",
            CauseKind::NoPhone => "no-phone",
            CauseKind::Over => "over",
            CauseKind::BrokenOff => "broken-off",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<CauseKind> {
        CauseKind::ALL.into_iter().find(|cause| cause.key() == key)
    }
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Why.
    pub kind: CauseKind,
    /// The number of the answer, or the name of the machine; empty where there is none. Never an address or a number of
    /// somebody.
    pub detail: String,
}

impl Cause {
    /// A cause with nothing to add.
    pub fn bare(kind: CauseKind) -> Cause {
        Cause { kind, detail: String::new() }
    }

    /// A cause with what was answered.
    pub fn told(kind: CauseKind, detail: impl ToString) -> Cause {
        Cause { kind, detail: detail.to_string() }
    }
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Sent,
    /// It was not, and may be another time.
    Later(Cause),
    /// It was not, and will not be.
    Refused(Cause),
    /// It went out, and no answer came.
    Unknown(Cause),
    /// There is nothing to tell any more.
    Over,
}

/// How a message stands after a try, and for how many seconds it rests. `attempts` counts this one.
pub fn settle(channel: Channel, attempts: u32, outcome: &Outcome) -> (State, Option<i64>) {
    let rest = |attempts: u32| {
        let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        match PAUSES.get(at) {
            Some(pause) => (State::Failed, Some(*pause)),
            None => (State::Dead, None),
        }
    };
    match outcome {
        Outcome::Sent => (State::Sent, None),
        Outcome::Refused(_) => (State::Dead, None),
        Outcome::Over => (State::Dropped, None),
        Outcome::Later(_) => rest(attempts),
        Outcome::Unknown(_) if channel.knows_repeats() => rest(attempts),
        Outcome::Unknown(_) => (State::Unsure, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let later = Outcome::Later(Cause::bare(CauseKind::Unreachable));
        let mut pauses = Vec::new();
        let mut attempts = 1;
        while let (State::Failed, Some(pause)) = settle(Channel::Email, attempts, &later) {
            pauses.push(pause);
            attempts += 1;
        }
        assert_eq!(pauses, PAUSES);
        assert!(pauses.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(settle(Channel::Email, attempts, &later), (State::Dead, None));
        assert_eq!(settle(Channel::Email, u32::MAX, &later), (State::Dead, None));
    }

    #[test]
    fn what_may_have_arrived_is_repeated_only_where_a_repeat_is_known() {
        let unknown = Outcome::Unknown(Cause::bare(CauseKind::Timeout));
        for channel in Channel::ALL {
            let (state, _) = settle(channel, 1, &unknown);
            let wanted = if channel.knows_repeats() { State::Failed } else { State::Unsure };
            assert_eq!(state, wanted, "{channel:?}");
        }
        let refused = Outcome::Refused(Cause::told(CauseKind::Mail, 550));
        assert_eq!(settle(Channel::Email, 1, &refused), (State::Dead, None));
        assert_eq!(settle(Channel::Sms, 1, &Outcome::Sent), (State::Sent, None));
        assert_eq!(settle(Channel::Sms, 1, &Outcome::Over), (State::Dropped, None));
    }

    #[test]
    fn causes_lead_back() {
        assert!(CauseKind::ALL.into_iter().all(|one| CauseKind::from_key(one.key()) == Some(one)));
    }
}
