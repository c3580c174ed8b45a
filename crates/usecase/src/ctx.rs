//! What every use case is told: who asks, when, for which day, and what they may see.

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
            action,
            subject,
            facts: facts.to_string(),
            reason: self.reason.clone(),
            request_id: self.request_id.clone(),
            client_id: self.client_id.clone(),
        }
    }
}

/// Runs a body in a writing transaction and commits it; when the database says that another writer was
/// first, the body runs again from the start.
#[macro_export]
macro_rules! in_write {
    ($db:expr, |$tx:ident| $body:expr) => {{
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome: Result<_, $crate::Error> = async {
                let mut transaction = $db.write().await?;
                let $tx = &mut transaction;
                let answer = $body.await?;
                transaction.commit().await?;
                Ok(answer)
            }
            .await;
            match outcome {
                Err($crate::Error::Store(error)) if error.may_retry() && attempt < 20 => continue,
                outcome => break outcome,
            }
        }
    }};
}
