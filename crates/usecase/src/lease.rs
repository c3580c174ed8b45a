//! Which of several processes on one database does what one must do: it holds a lease that it renews.

use std::time::Duration;

use bangfu_store::lease::{self, Lease};
use bangfu_store::{Db, Turn};

use crate::error::Error;
use crate::in_write;

/// The job of closing days, going on with interrupted imports and dropping what was left alone.
pub const NIGHT: &str = "night";

/// A process that would do a job.
#[derive(Debug)]
pub struct Candidate {
    job: &'static str,
    /// Its name, which no other bears.
    name: String,
    /// For how long a holder may be silent.
    patience: Duration,
    /// The lease of another as it was last seen, and since when it has stood so.
    seen: Option<(Lease, Duration)>,
    /// When its own was renewed last.
    renewed: Option<Duration>,
}

impl Candidate {
    /// Who would do a job, and for how long a holder may be silent before another takes its place.
    pub fn new(job: &'static str, name: String, patience: Duration) -> Candidate {
        Candidate { job, name, patience, seen: None, renewed: None }
    }

    /// How often it asks: often enough that two questions may fail before its own lease is over.
    pub fn pace(&self) -> Duration {
        self.patience / 4
    }

    /// Renews its lease, or takes that of a holder who has been silent for too long; true while it holds it. `now` is
    /// this process's running time.
    pub async fn ask(&mut self, db: &Db, now: Duration) -> Result<bool, Error> {
        let found = lease::get(&mut db.read().await?, self.job).await?;
        let is_free = match &found {
            None => true,
            Some(lease) if lease.holder == self.name => true,
            Some(lease) => match &self.seen {
                Some((seen, since)) if seen == lease => now.saturating_sub(*since) >= self.patience,
                _ => {
                    self.seen = Some((lease.clone(), now));
                    false
                }
            },
        };
        let (job, name) = (self.job, &self.name);
        let taken = is_free
            && in_write!(db, Turn::None, |tx| async {
                Ok::<bool, Error>(lease::take(tx, job, name, found.as_ref()).await?)
            })?;
        self.renewed = taken.then_some(now);
        Ok(taken)
    }

    /// True while nobody else may have taken its place, though the database did not answer the last question.
    pub fn may_go_on(&self, now: Duration) -> bool {
        // Another counts from when it saw the last renewal, which was not before this process made it.
        self.renewed.is_some_and(|renewed| now.saturating_sub(renewed) < self.patience / 2)
    }

    /// Gives its lease back: another need not wait.
    pub async fn resign(&self, db: &Db) -> Result<(), Error> {
        let (job, name) = (self.job, &self.name);
        in_write!(db, Turn::None, |tx| async { Ok::<(), Error>(lease::give_back(tx, job, name).await?) })
    }
}
