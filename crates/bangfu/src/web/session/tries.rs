//! Wrong passwords by where they came from: whoever tries many names waits as whoever tries many passwords does, and costs
//! no hashing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bangfu_domain::account::pause_seconds;

/// Wrong passwords from one place that cost no wait, beyond those of one account: an office shares an address.
const FREE: u32 = 16;

/// Places that are remembered; of more, the oldest is forgotten.
const PLACES_MAX: usize = 10_000;

const MICROS: i64 = 1_000_000;

/// A place is forgotten when nothing wrong came from it for so long, in microseconds: half an hour.
const FORGOTTEN: i64 = 1_800 * MICROS;

/// The wrong tries of the last while.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Tries(Arc<Mutex<BTreeMap<String, Place>>>);

#[derive(Debug, Clone, Copy)]
struct Place {
    failures: u32,
    until: i64,
    last: i64,
}

impl Tries {
    /// How long, in seconds, nothing is looked at that comes from a place; `None` if something is.
    pub(in crate::web) fn wait(&self, place: &str, now: i64) -> Option<u32> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = places.get(place)?.until.checked_sub(now).filter(|left| *left > 0)?;
        u32::try_from(left.div_euclid(MICROS) + 1).ok()
    }

    /// Notes a wrong try.
    pub(in crate::web) fn note(&self, place: &str, now: i64) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, place| now - place.last < FORGOTTEN);
        if places.len() >= PLACES_MAX
            && let Some(oldest) =
                places.iter().min_by_key(|(_, place)| place.last).map(|(key, _)| key.clone())
        {
            places.remove(&oldest);
        }
        let known = places.entry(place.to_owned()).or_insert(Place { failures: 0, until: 0, last: now });
        known.failures = known.failures.saturating_add(1);
        let pause = pause_seconds(known.failures.saturating_sub(FREE));
        *known = Place { until: now + i64::from(pause) * MICROS, last: now, ..*known };
    }
}

#[cfg(test)]
mod tests {
    use bangfu_domain::account::FREE_TRIES;

    use super::*;

    #[test]
    fn whoever_tries_many_names_waits_and_others_do_not() {
        let tries = Tries::default();
        for at in 0..i64::from(FREE + FREE_TRIES) {
            assert_eq!(tries.wait("10.0.0.9", at), None);
            tries.note("10.0.0.9", at);
        }
        tries.note("10.0.0.9", 100);
        assert_eq!(tries.wait("10.0.0.9", 101), Some(5));
        assert_eq!(tries.wait("10.0.0.8", 101), None);
        assert_eq!(tries.wait("10.0.0.9", 6 * MICROS), None);
        tries.note("10.0.0.8", FORGOTTEN + 7 * MICROS);
        tries.note("10.0.0.9", FORGOTTEN + 7 * MICROS);
        assert_eq!(tries.wait("10.0.0.9", FORGOTTEN + 7 * MICROS), None, "half an hour later it is new");
    }
}
