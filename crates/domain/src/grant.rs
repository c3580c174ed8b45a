//! Access outside the own area (临时授权查阅): for how long, and how it stands at an instant.

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// The longest that anybody may ask for, in hours: a month. A county may set less.
pub const HOURS_MAX: u32 = 31 * 24;

/// What is known of a grant's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Whether somebody granted or refused it.
    pub decided: bool,
    /// When it ends, in microseconds since 1970; nothing while it waits, and where it was refused.
    pub ends_at: Option<i64>,
}

/// How a grant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// It waits for somebody to grant it.
    Asked,
    /// It opens what it was asked for.
    Open,
    /// It was refused.
    Refused,
    /// Its time is over, or somebody ended it.
    Ended,
}

impl GrantState {
    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            GrantState::Asked => "asked",
            GrantState::Open => "open",
            GrantState::Refused => "refused",
            GrantState::Ended => "ended",
        }
    }
}

impl Term {
    /// How the grant stands at an instant.
    pub const fn state(self, at: i64) -> GrantState {
        match (self.ends_at, self.decided) {
            (Some(ends_at), _) if at < ends_at => GrantState::Open,
            (Some(_), _) => GrantState::Ended,
            (None, true) => GrantState::Refused,
            (None, false) => GrantState::Asked,
        }
    }
}

/// When access for so many hours ends that begins at an instant.
pub const fn end_of(begins_at: i64, hours: u32) -> i64 {
    begins_at.saturating_add(HOUR.saturating_mul(hours as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_when_it_is_granted_and_ends_by_itself() {
        let ends_at = end_of(1_000, 2);
        assert_eq!(ends_at, 7_200_001_000);
        let open = Term { decided: false, ends_at: Some(ends_at) };
        assert_eq!(open.state(ends_at - 1), GrantState::Open);
        assert_eq!(open.state(ends_at), GrantState::Ended);
        assert_eq!(Term { decided: true, ..open }.state(0), GrantState::Open);
        let none = Term { decided: false, ends_at: None };
        assert_eq!(none.state(0), GrantState::Asked);
        assert_eq!(Term { decided: true, ..none }.state(i64::MAX), GrantState::Refused);
    }
}
