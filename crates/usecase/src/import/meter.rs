//! How far an import has come, for whoever waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bangfu_store::Db;

/// Rows judged and loans written so far, of how many. It may be read from elsewhere at any moment.
#[derive(Debug, Default)]
pub struct Meter {
    clock: Option<fn() -> Duration>,
    done: AtomicUsize,
    total: AtomicUsize,
    writing: AtomicUsize,
}

/// A reading of a [`Meter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Steps done.
    pub done: usize,
    /// Steps in all; 0 while nobody knows.
    pub total: usize,
    /// True once the book is being written.
    pub writing: bool,
}

/// So long a transaction goes on with further pages: whoever else writes waits for it, and each transaction costs as much
/// as its pages touch of the indexes.
const TRANSACTION: Duration = Duration::from_secs(1);

impl Meter {
    /// A meter of work that goes by a clock, which tells the time since some start: as many pages go into a transaction as
    /// nobody minds waiting for. Without one, each page has its own.
    pub fn timed(clock: fn() -> Duration) -> Meter {
        Meter { clock: Some(clock), ..Meter::default() }
    }

    /// What tells whether a transaction that begins now has time for another page: not while somebody waits to write.
    pub(crate) fn begin_transaction<'a>(&self, db: &'a Db, county_id: i64) -> impl Fn() -> bool + use<'a> {
        let clock = self.clock;
        let begun = clock.map(|now| now());
        let has_time =
            move || clock.zip(begun).is_some_and(|(now, begun)| now().saturating_sub(begun) < TRANSACTION);
        move || !db.is_awaited(county_id) && has_time()
    }

    /// How far it has come.
    pub fn read(&self) -> Reading {
        Reading {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            writing: self.writing.load(Ordering::Relaxed) > 0,
        }
    }

    pub(crate) fn judge(&self, rows: usize) {
        self.begin(rows, 0);
    }

    pub(super) fn write(&self, loans: usize) {
        self.begin(loans, 1);
    }

    fn begin(&self, total: usize, writing: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.writing.store(writing, Ordering::Relaxed);
    }

    pub(crate) fn step(&self, steps: usize) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }
}
