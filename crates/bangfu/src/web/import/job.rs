//! Work on files that goes on while its visitor may leave: reading one, and taking one over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How a piece of work stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Being read.
    Reading,
    /// Read and staged under this number.
    Staged(i64),
    /// It failed: what is wrong, and what to do, in the visitor's language.
    Failed(String, String),
}

/// A file that is being read.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The file's name.
    pub(crate) file_name: String,
    /// Key of the kind of file.
    pub(crate) kind: String,
    /// How it stands.
    pub(crate) progress: Progress,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    reading: BTreeMap<u64, Job>,
    /// Imports being taken over; a failure stays until it is shown.
    taking: BTreeMap<i64, Option<String>>,
}

/// The work that goes on in this process. What is staged or taken over is in the database; this is not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jobs(Arc<Mutex<Held>>);

/// Finished readings that are remembered, so that a visitor who left finds the way.
const KEPT: usize = 64;

impl Jobs {
    fn with<T>(&self, work: impl FnOnce(&mut Held) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that a file is being read; its number.
    pub(crate) fn begin(&self, file_name: &str, kind: &str) -> u64 {
        self.with(|held| {
            held.next += 1;
            let job =
                Job { file_name: file_name.to_owned(), kind: kind.to_owned(), progress: Progress::Reading };
            held.reading.insert(held.next, job);
            while held.reading.len() > KEPT {
                held.reading.pop_first();
            }
            held.next
        })
    }

    /// Notes how a reading ended.
    pub(crate) fn end(&self, number: u64, progress: Progress) {
        self.with(|held| {
            if let Some(job) = held.reading.get_mut(&number) {
                job.progress = progress;
            }
        });
    }

    /// A file that is or was being read.
    pub(crate) fn get(&self, number: u64) -> Option<Job> {
        self.with(|held| held.reading.get(&number).cloned())
    }

    /// Notes that an import is being taken over; false if it is already.
    pub(crate) fn begin_taking(&self, import_id: i64) -> bool {
        self.with(|held| match held.taking.get(&import_id) {
            Some(None) => false,
            _ => {
                held.taking.insert(import_id, None);
                true
            }
        })
    }

    /// Notes that an import has been taken over, or why not.
    pub(crate) fn end_taking(&self, import_id: i64, failure: Option<String>) {
        self.with(|held| match failure {
            Some(failure) => {
                held.taking.insert(import_id, Some(failure));
            }
            None => {
                held.taking.remove(&import_id);
            }
        });
    }

    /// Whether an import is being taken over; a failure is handed out once.
    pub(crate) fn taking(&self, import_id: i64) -> Taking {
        self.with(|held| match held.taking.get(&import_id).cloned() {
            None => Taking::No,
            Some(None) => Taking::Yes,
            Some(Some(failure)) => {
                held.taking.remove(&import_id);
                Taking::Failed(failure)
            }
        })
    }
}

/// How the taking over of an import stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taking {
    /// Nobody takes it over.
    No,
    /// It goes on.
    Yes,
    /// It failed.
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_taken_over_by_one_request_at_a_time_and_its_failure_shown_once() {
        let jobs = Jobs::default();
        assert!(jobs.begin_taking(7));
        assert!(!jobs.begin_taking(7));
        jobs.end_taking(7, Some("no".to_owned()));
        assert_eq!(jobs.taking(7), Taking::Failed("no".to_owned()));
        assert_eq!(jobs.taking(7), Taking::No);
        assert!(jobs.begin_taking(7));
    }
}
