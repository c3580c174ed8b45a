//! How far an import has come, for whoever waits.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows judged and loans written so far, of how many. It may be read from elsewhere at any moment.
#[derive(Debug, Default)]
pub struct Meter {
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

impl Meter {
    /// How far it has come.
    pub fn read(&self) -> Reading {
        Reading {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            writing: self.writing.load(Ordering::Relaxed) > 0,
        }
    }

    pub(super) fn judge(&self, rows: usize) {
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

    pub(super) fn step(&self, steps: usize) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }
}
