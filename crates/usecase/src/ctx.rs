//! What every use case is told: who asks, when, for which day, and what they may see.

use std::time::Duration;

use bangfu_domain::officer::Role;
use bangfu_store::Scope;
use bangfu_store::audit::Entry;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};

/// The circumstances of a request.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who acts: an account's name, `cli`, or `night`.
    pub actor: String,
    /// In which role; `None` for whoever holds none: the night, the command line, somebody who signs in.
    pub role: Option<Role>,
    /// The instant.
    pub at: Timestamp,
    /// The day in the county's time zone.
    pub today: Date,
    /// What the actor may see.
    pub scope: Scope,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The request.
    pub request_id: String,
    /// From where it came.
    pub client_id: String,
}

impl Ctx {
    /// The instant in microseconds since 1970, as it is stored.
    pub fn micros(&self) -> i64 {
        self.at.as_microsecond()
    }

    /// The latest day that has begun anywhere: what a file dates later has not come.
    pub fn day(&self) -> Date {
        self.at.to_zoned_datetime(TimeZone::fixed(offset(14))).date()
    }

    /// The county in whose book the actor works.
    pub fn county_id(&self) -> i64 {
        self.scope.county_id
    }

    /// An entry for the record.
    pub fn entry(&self, action: &'static str, subject: String, facts: &serde_json::Value) -> Entry {
        Entry {
            actor: self.actor.clone(),
            role: self.role,
            action,
            subject,
            facts: facts.to_string(),
            reason: self.reason.clone(),
            request_id: self.request_id.clone(),
            client_id: self.client_id.clone(),
        }
    }
}

/// How often a writer tries. With the pauses between, about two minutes: longer than the longest transaction of a
/// close or an import that it may have to let pass, and as long as a connection is waited for.
pub const ATTEMPTS_MAX: u32 = 490;

/// The pause after the first attempt that another writer was before, and the longest, in milliseconds.
const PAUSE_MILLIS: (u64, u64) = (4, 250);

/// Lets the other writer finish before the next attempt: without a pause, a user's small write would use up its
/// attempts while one page of a close is written. The pause doubles from a few milliseconds, so that most writes
/// hardly wait, and stays short, so that a free moment between two pages is not missed.
pub async fn pause(attempt: u32) {
    tokio::time::sleep(pause_after(attempt)).await;
}

fn pause_after(attempt: u32) -> Duration {
    let (first, longest) = PAUSE_MILLIS;
    Duration::from_millis(longest.min(first << attempt.saturating_sub(1).min(10)))
}

/// Runs a body in a writing transaction in its turn and commits it; when the database says that another writer was
/// first, the body runs again from the start after a pause.
#[macro_export]
macro_rules! in_write {
    ($db:expr, $turn:expr, |$tx:ident| $body:expr) => {{
        let mut attempt: u32 = 0;
        loop {
            attempt += 1;
            let outcome: Result<_, $crate::Error> = async {
                let mut transaction = $db.write($turn).await?;
                let $tx = &mut transaction;
                let answer = $body.await?;
                transaction.commit().await?;
                Ok(answer)
            }
            .await;
            match outcome {
                Err($crate::Error::Store(error))
                    if error.may_retry() && attempt < $crate::ctx::ATTEMPTS_MAX =>
                {
                    $crate::ctx::pause(attempt).await;
                }
                outcome => break outcome,
            }
        }
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_waits_a_little_and_then_longer_about_two_minutes_in_all() {
        let pauses: Vec<u128> = (1..ATTEMPTS_MAX).map(|attempt| pause_after(attempt).as_millis()).collect();
        assert_eq!(pauses[..8], [4, 8, 16, 32, 64, 128, 250, 250]);
        assert!(pauses.iter().all(|pause| *pause <= 250));
        let all: u128 = pauses.iter().sum();
        assert!((115_000..125_000).contains(&all), "{all}");
    }
}
