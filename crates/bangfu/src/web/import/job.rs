//! Work on files that goes on while its visitor may leave: reading one, and taking one over.
//!
//! What went wrong is kept as it was told: whoever looks reads it in their own language.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bangfu_sheets::Kind;
use bangfu_usecase::error::Refusal;

/// How a piece of work stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Being read.
    Reading,
    /// Read and staged under this number.
    Staged(i64),
    /// It failed.
    Failed(Trouble),
}

/// Why a file could not be read, or not be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is no table: the key of the text.
    NoTable(&'static str),
    /// A use case said no; the kind of file as which it could have been read.
    Refused(Refusal, Option<Kind>),
    /// Anything else, with the reference under which the log tells more.
    Broken(String),
}

/// A file that is being read.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The file's name.
    pub(crate) file_name: String,
    /// Key of the kind of file.
    pub(crate) kind: String,
    /// When it came in, in microseconds since 1970.
    pub(crate) received_at: i64,
    /// How it stands.
    pub(crate) progress: Progress,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    reading: BTreeMap<u64, Job>,
    /// Imports being taken over; a failure stays until it is shown.
    taking: BTreeMap<i64, Option<Trouble>>,
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
    pub(crate) fn begin(&self, file_name: &str, kind: &str, received_at: i64) -> u64 {
        self.with(|held| {
            held.next += 1;
            let job = Job {
                file_name: file_name.to_owned(),
                kind: kind.to_owned(),
                received_at,
                progress: Progress::Reading,
            };
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

    /// The files that are being read or could not be, the newest first. What is staged is in the database.
    pub(crate) fn unstaged(&self) -> Vec<(u64, Job)> {
        self.with(|held| {
            let jobs = held.reading.iter().rev();
            let unstaged = jobs.filter(|(_, job)| !matches!(job.progress, Progress::Staged(_)));
            unstaged.map(|(number, job)| (*number, job.clone())).collect()
        })
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
    pub(crate) fn end_taking(&self, import_id: i64, failure: Option<Trouble>) {
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
    Failed(Trouble),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_knows_files_that_are_read_or_unreadable_until_they_are_staged() {
        let jobs = Jobs::default();
        let (staged, damaged) = (jobs.begin("a.xlsx", "ledger", 1), jobs.begin("b.xlsx", "ledger", 2));
        jobs.end(damaged, Progress::Failed(Trouble::NoTable("damaged")));
        assert_eq!(jobs.unstaged().len(), 2);
        jobs.end(staged, Progress::Staged(9));
        let left = jobs.unstaged();
        assert_eq!(left.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [damaged]);
    }

    #[test]
    fn an_import_is_taken_over_by_one_request_at_a_time_and_its_failure_shown_once() {
        let jobs = Jobs::default();
        assert!(jobs.begin_taking(7));
        assert!(!jobs.begin_taking(7));
        let no = Trouble::Broken("no".to_owned());
        jobs.end_taking(7, Some(no.clone()));
        assert_eq!(jobs.taking(7), Taking::Failed(no));
        assert_eq!(jobs.taking(7), Taking::No);
        assert!(jobs.begin_taking(7));
    }
}
