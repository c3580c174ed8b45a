//! The wait after wrong tries. A password waits for its turn to be hashed, and much may happen meanwhile: what follows from a
//! try is decided on what stands in the transaction that notes it, however many try at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bangfu_domain::account::pause_seconds;
use bangfu_store::account::{self, Credentials};
use bangfu_store::{Db, Tx, audit, county};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::fault::AccountFault;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

/// Names without an account that are remembered; of more, the one tried longest ago is forgotten.
const STRANGERS_MAX: usize = 10_000;

const MICROS: i64 = 1_000_000;

/// Refuses to look at a try while an account's author of wrong ones waits.
pub(super) fn must_not_wait(known: &Credentials, ctx: &Ctx) -> Result<(), AccountFault> {
    match seconds_left(known.locked_until, ctx.micros()) {
        Some(seconds) => Err(AccountFault::Locked { seconds }),
        None => Ok(()),
    }
}

/// Refuses what was found right for an account as it was seen, if it is another since: with another password or second
/// factor, put out of use or back into it.
pub(super) async fn must_be_as_seen(
    tx: &mut Tx,
    ctx: &Ctx,
    login: &str,
    seen: &Credentials,
    fault: AccountFault,
) -> Result<Credentials, Error> {
    let now = account::credentials(tx, ctx.county_id(), login).await?;
    let same = |now: &Credentials| (now.account_id, now.version) == (seen.account_id, seen.version);
    Ok(now.filter(same).ok_or(fault)?)
}

/// Counts a wrong try of an account as it stands in this transaction; what its author is told.
pub(super) async fn count_wrong(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Credentials,
    fault: AccountFault,
) -> Result<AccountFault, Error> {
    let failures = known.failures.saturating_add(1);
    let pause = pause_seconds(failures);
    let until = ctx.micros() + i64::from(pause) * MICROS;
    account::note_failures(tx, ctx.county_id(), known.account_id, failures, until).await?;
    if pause > 0 {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let facts = json!({ "wrong_tries": failures, "waits_seconds": pause });
        let entry = ctx.entry("account-locked", known.account_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
    }
    Ok(told(pause, fault))
}

/// Notes that a password was wrong; what its author is told. Whoever came in the pause of others is told of the pause, as
/// with a right one: a crowd learns no more than one after the other.
pub(super) async fn note_wrong(
    db: &Db,
    ctx: &Ctx,
    login: &str,
    fault: AccountFault,
) -> Result<AccountFault, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let Some(known) = account::credentials(tx, ctx.county_id(), login).await? else {
            return Ok(fault.clone());
        };
        match must_not_wait(&known, ctx) {
            Err(locked) => Ok::<AccountFault, Error>(locked),
            Ok(()) => count_wrong(tx, ctx, &known, fault.clone()).await,
        }
    })
}

fn told(pause: u32, fault: AccountFault) -> AccountFault {
    if pause == 0 { fault } else { AccountFault::Locked { seconds: pause } }
}

fn seconds_left(until: i64, now: i64) -> Option<u32> {
    let left = until.checked_sub(now).filter(|left| *left > 0)?;
    Some(u32::try_from(left.div_euclid(MICROS) + 1).unwrap_or(u32::MAX))
}

/// Names that were tried and that no account bears, by their hashes. They wait as accounts do: from the wait nobody learns
/// who there is.
#[derive(Debug, Clone, Default)]
pub(super) struct Strangers(Arc<Mutex<BTreeMap<[u8; 32], Stranger>>>);

#[derive(Debug, Clone, Copy, Default)]
struct Stranger {
    failures: u32,
    until: i64,
    last: i64,
}

impl Strangers {
    /// Refuses to look at a name while it waits.
    pub(super) fn must_not_wait(&self, name: &str, now: i64) -> Result<(), AccountFault> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = names.get(&hash_of(name)).map_or(0, |known| known.until);
        seconds_left(until, now).map_or(Ok(()), |seconds| Err(AccountFault::Locked { seconds }))
    }

    /// Notes that a name was tried; what its author is told.
    pub(super) fn note(&self, name: &str, now: i64) -> AccountFault {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = hash_of(name);
        if names.len() >= STRANGERS_MAX
            && !names.contains_key(&hash)
            && let Some(oldest) = names.iter().min_by_key(|(_, known)| known.last).map(|(hash, _)| *hash)
        {
            names.remove(&oldest);
        }
        let known = names.entry(hash).or_default();
        if let Some(seconds) = seconds_left(known.until, now) {
            return AccountFault::Locked { seconds };
        }
        let failures = known.failures.saturating_add(1);
        let pause = pause_seconds(failures);
        *known = Stranger { failures, until: now + i64::from(pause) * MICROS, last: now };
        told(pause, AccountFault::Wrong)
    }
}

fn hash_of(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_the_one_tried_longest_ago_is_forgotten() {
        let strangers = Strangers::default();
        for at in 0..5 {
            strangers.note("first", at);
        }
        assert!(strangers.must_not_wait("first", 10).is_err());
        for at in 1..STRANGERS_MAX {
            strangers.note(&at.to_string(), 10);
        }
        assert!(strangers.must_not_wait("first", 10).is_err(), "there is room for so many");
        strangers.note("one more", 11);
        assert!(strangers.must_not_wait("first", 11).is_ok());
        assert_eq!(strangers.0.lock().unwrap().len(), STRANGERS_MAX);
    }
}
