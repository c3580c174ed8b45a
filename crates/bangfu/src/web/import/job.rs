//! Work on files that goes on while its visitor may leave: reading one, and taking one over.
//!
//! What went wrong is kept as it was told: whoever looks reads it in their own language.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use bangfu_sheets::Kind;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{Meter, Reading};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::clock;
use crate::web::request;

/// How a piece of work stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Being read.
    Reading,
    /// Read and staged, or found unreadable and kept, under this number.
    Staged(i64),
    /// It failed.
    Failed(Trouble),
}

/// Why a file could not be read, or not be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is no table that can be read: the key of the text and its parameters, and the setting that forbids it, if one
    /// does.
    NoTable(&'static str, Vec<(&'static str, String)>, Option<&'static str>),
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
    /// How far the reading has come.
    pub(crate) meter: Arc<Meter>,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    reading: BTreeMap<u64, Job>,
    /// Those of them that have ended, in the order in which they did.
    ended: VecDeque<u64>,
    /// Imports being taken over; a failure stays until it is shown.
    taking: BTreeMap<i64, Hold>,
}

#[derive(Debug)]
enum Hold {
    Going(Arc<Meter>),
    Failed(Trouble),
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

    /// Notes that a file is being read; its number, and what is to be told how far it is.
    pub(crate) fn begin(&self, file_name: &str, kind: &str, received_at: i64) -> (u64, Arc<Meter>) {
        self.with(|held| {
            held.next += 1;
            let meter = Arc::new(Meter::timed(clock::running));
            let job = Job {
                file_name: file_name.to_owned(),
                kind: kind.to_owned(),
                received_at,
                progress: Progress::Reading,
                meter: Arc::clone(&meter),
            };
            held.reading.insert(held.next, job);
            (held.next, meter)
        })
    }

    /// Notes how a reading ended.
    pub(crate) fn end(&self, number: u64, progress: Progress) {
        self.with(|held| {
            if let Some(job) = held.reading.get_mut(&number) {
                job.progress = progress;
                held.ended.push_back(number);
            }
            while held.ended.len() > KEPT {
                held.ended.pop_front().and_then(|oldest| held.reading.remove(&oldest));
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

    /// How many files are being read or wait for it.
    pub(crate) fn going_on(&self) -> usize {
        self.with(|held| held.reading.values().filter(|job| job.progress == Progress::Reading).count())
    }

    /// Notes that an import is being taken over, and what is to be told how far it is; none if it is already.
    pub(crate) fn begin_taking(&self, import_id: i64) -> Option<Arc<Meter>> {
        self.with(|held| match held.taking.get(&import_id) {
            Some(Hold::Going(_)) => None,
            _ => {
                let meter = Arc::new(Meter::timed(clock::running));
                held.taking.insert(import_id, Hold::Going(Arc::clone(&meter)));
                Some(meter)
            }
        })
    }

    /// Notes that an import has been taken over, or why not.
    pub(crate) fn end_taking(&self, import_id: i64, failure: Option<Trouble>) {
        self.with(|held| match failure {
            Some(failure) => {
                held.taking.insert(import_id, Hold::Failed(failure));
            }
            None => {
                held.taking.remove(&import_id);
            }
        });
    }

    /// How far the taking over of an import is; none if nobody takes it over.
    pub(crate) fn going(&self, import_id: i64) -> Option<Reading> {
        self.with(|held| match held.taking.get(&import_id) {
            Some(Hold::Going(meter)) => Some(meter.read()),
            Some(Hold::Failed(_)) | None => None,
        })
    }

    /// Whether an import is being taken over; a failure is handed out once.
    pub(crate) fn taking(&self, import_id: i64) -> Taking {
        self.with(|held| match held.taking.remove(&import_id) {
            None => Taking::No,
            Some(Hold::Failed(failure)) => Taking::Failed(failure),
            Some(Hold::Going(meter)) => {
                let reading = meter.read();
                held.taking.insert(import_id, Hold::Going(meter));
                Taking::Going(reading)
            }
        })
    }
}

/// How the taking over of an import stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taking {
    /// Nobody takes it over.
    No,
    /// It goes on, and has come this far.
    Going(Reading),
    /// It failed.
    Failed(Trouble),
}

/// Does a piece of work beside the requests, on a thread of its own: it reckons for seconds at a time, and the threads
/// that answer requests are few. Says how it ended also when it broke off in a panic: a page that waits for it must
/// not wait for ever.
pub(crate) fn run<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    stop: CancellationToken,
    reference: String,
    end: impl FnOnce(Result<T, Trouble>) + Send + 'static,
) -> JoinHandle<()> {
    let (runtime, span) = (tokio::runtime::Handle::current(), tracing::Span::current());
    // Told to stop, the work is dropped at its next pause, which undoes its transaction as a kill would.
    let work = request::carried(work);
    let work = async move { stop.run_until_cancelled(work).await }.instrument(span.clone());
    let work = tokio::task::spawn_blocking(move || runtime.block_on(work));
    let ending = async move {
        match work.await {
            Ok(Some(done)) => end(Ok(done)),
            Ok(None) => tracing::info!("work on a file was stopped with the program; the next start goes on"),
            Err(_) => {
                tracing::error!(%reference, "work on a file broke off");
                end(Err(Trouble::Broken(reference)));
            }
        }
    };
    tokio::spawn(ending.instrument(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_knows_files_that_are_read_or_unreadable_until_they_are_staged() {
        let jobs = Jobs::default();
        let ((staged, _), (damaged, _)) =
            (jobs.begin("a.xlsx", "ledger", 1), jobs.begin("b.xlsx", "ledger", 2));
        jobs.end(damaged, Progress::Failed(Trouble::NoTable("damaged", Vec::new(), None)));
        assert_eq!(jobs.unstaged().len(), 2);
        jobs.end(staged, Progress::Staged(9));
        let left = jobs.unstaged();
        assert_eq!(left.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [damaged]);
    }

    #[test]
    fn a_reading_is_remembered_beyond_its_end_however_many_came_after_it() {
        let jobs = Jobs::default();
        let (slow, _) = jobs.begin("slow.csv", "ledger", 1);
        let others: Vec<u64> = (0..2 * KEPT).map(|_| jobs.begin("a.xlsx", "ledger", 2).0).collect();
        others.iter().for_each(|number| jobs.end(*number, Progress::Staged(9)));
        let (last, _) = jobs.begin("b.xlsx", "ledger", 3);
        assert_eq!(jobs.get(slow).map(|job| job.progress), Some(Progress::Reading));
        assert!(jobs.get(last).is_some() && jobs.get(others[0]).is_none());
        assert!(jobs.get(others[KEPT]).is_some(), "the last of those that ended");
        jobs.end(slow, Progress::Staged(10));
        jobs.end(last, Progress::Staged(11));
        assert!(jobs.get(slow).is_some(), "however long it took, its visitor finds the way");
    }

    #[test]
    fn an_import_is_taken_over_by_one_request_at_a_time_and_its_failure_shown_once() {
        let jobs = Jobs::default();
        assert!(jobs.begin_taking(7).is_some());
        assert!(jobs.begin_taking(7).is_none());
        assert_eq!(jobs.going(7), Some(Reading::default()));
        assert_eq!(jobs.taking(7), Taking::Going(Reading::default()));
        let no = Trouble::Broken("no".to_owned());
        jobs.end_taking(7, Some(no.clone()));
        assert_eq!(jobs.going(7), None);
        assert_eq!(jobs.taking(7), Taking::Failed(no));
        assert_eq!(jobs.taking(7), Taking::No);
        assert!(jobs.begin_taking(7).is_some());
    }

    #[tokio::test]
    async fn work_that_breaks_off_is_ended() {
        let (said, heard) = tokio::sync::oneshot::channel();
        let breaks = async { std::hint::black_box(None::<u8>).unwrap() };
        run(breaks, CancellationToken::new(), "r1".to_owned(), |end| said.send(end).unwrap()).await.unwrap();
        assert_eq!(heard.await.unwrap(), Err(Trouble::Broken("r1".to_owned())));
    }
}
