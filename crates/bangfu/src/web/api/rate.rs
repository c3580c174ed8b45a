//! How often a token may be used: so many requests a minute, of which a pause saves up at most as many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Milliseconds of a minute.
const MINUTE: u64 = 60_000;

/// What each token has left, in this process.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Rates(Arc<Mutex<HashMap<i64, Left>>>);

/// What a token has left: thousandths of a minute's worth of time, and when that was so.
#[derive(Debug, Clone, Copy)]
struct Left {
    millis: u64,
    at: Duration,
}

impl Rates {
    /// Takes a request of a token at a moment; how many seconds to wait where there is none left.
    pub(super) fn take(&self, token_id: i64, per_minute: u32, now: Duration) -> Result<(), u64> {
        // Each request costs its part of a minute; what a token has not used for a minute is full again.
        let cost = MINUTE.div_ceil(u64::from(per_minute.max(1)));
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held.entry(token_id).or_insert(Left { millis: MINUTE, at: now });
        let passed = u64::try_from(now.saturating_sub(left.at).as_millis()).unwrap_or(MINUTE);
        left.millis = left.millis.saturating_add(passed).min(MINUTE);
        left.at = now;
        match left.millis.checked_sub(cost) {
            Some(rest) => {
                left.millis = rest;
                Ok(())
            }
            None => Err((cost - left.millis).div_ceil(1000).max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_waits_when_its_minute_is_used_up_and_no_other_does() {
        let rates = Rates::default();
        let at = Duration::from_millis;
        assert!((0..60).all(|_| rates.take(1, 60, at(500)).is_ok()));
        assert_eq!(rates.take(1, 60, at(500)), Err(1));
        assert_eq!(rates.take(1, 6, at(500)), Err(10), "at a lower rate it waits longer");
        assert_eq!(rates.take(2, 60, at(500)), Ok(()), "another has its own");
        assert_eq!(rates.take(1, 60, at(1_499)), Err(1));
        assert_eq!(rates.take(1, 60, at(1_500)), Ok(()), "a second later there is one more");
        assert_eq!(rates.take(1, 60, at(1_500)), Err(1));
        // A long pause saves up a minute's worth and no more.
        assert!((0..60).all(|_| rates.take(1, 60, at(3_600_000)).is_ok()));
        assert_eq!(rates.take(1, 60, at(3_600_000)), Err(1));
    }
}
