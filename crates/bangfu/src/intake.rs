//! Files from outside: parsed in a child process that gets the file and nothing else.
//!
//! The child has no environment that tells of anything, no database and no network; it reads the file from its standard input and writes
//! plain cells to its standard output. It is bound in memory and time (`system/confine`), and few run at once. A parser that
//! panics, hangs or wants too much takes only the child with it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::OsString;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bangfu_sheets::book::Book;
use bangfu_sheets::calendar::book_in_days_of_1900;
use bangfu_sheets::fault::RowPlace;
use bangfu_sheets::read::{CELLS_MAX, ReadFault, read_book, read_book_of};
use bangfu_sheets::{rejects, wire};
use bangfu_usecase::import;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::io::SyncIoBridge;

use crate::system::confine::{self, End};
use crate::system::machine::program;
use crate::texts::Lang;

/// The hidden verb under which the binary calls itself.
pub(crate) const CHILD_VERB: &str = "read-book";

/// The largest answer of a child, in bytes.
const ANSWER_LIMIT: u64 = 1 << 30;

/// What a file from outside may be, and take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Its size, in megabytes.
    pub(crate) file_mb: u64,
    /// Its cells with content.
    pub(crate) cells: u64,
    /// Memory of its parser, in megabytes.
    pub(crate) memory_mb: u64,
    /// Seconds of work of the parser of a large file, of a small one fewer; by the clock twice as many for any.
    pub(crate) seconds: u64,
    /// Files that are worked on at once: the others wait, so that whoever else works notices nothing.
    pub(crate) parsers: usize,
}

impl Default for Limits {
    /// A ledger of 200,000 rows takes a third of them.
    fn default() -> Limits {
        Limits { file_mb: 64, cells: CELLS_MAX, memory_mb: 1024, seconds: 60, parsers: 2 }
    }
}

impl Limits {
    /// Bytes of a file.
    pub(crate) fn file_bytes(&self) -> usize {
        usize::try_from(self.file_mb << 20).unwrap_or(usize::MAX)
    }

    fn memory_bytes(&self) -> u64 {
        self.memory_mb << 20
    }

    /// As the child is told them that may work for so many seconds.
    fn words(&self, seconds: u64) -> [String; 3] {
        [self.cells, self.memory_bytes(), seconds].map(|number| number.to_string())
    }
}

/// Where files from outside come in.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    /// What they may be, and take.
    pub(crate) limits: Limits,
    at_once: Arc<Semaphore>,
    /// One turn fewer: a township's list does not wait until all of a county's ledgers are read.
    large: Arc<Semaphore>,
}

/// A turn among the few files that are worked on at once, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(
    #[expect(dead_code, reason = "they are given back when it is dropped")]
    (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
);

impl Default for Intake {
    fn default() -> Intake {
        Intake::new(Limits::default())
    }
}

/// A file of more bytes is large: some 20,000 rows of a ledger, two seconds of work.
const SMALL: usize = 2 << 20;

/// Bytes that are taken from a child's pipe at a time.
const PIPE: usize = 1 << 16;

/// The end of what a child says to standard error, in bytes: enough for its last words.
const WORDS_LIMIT: u64 = 1 << 16;

/// What Rust's allocator and the cells' texts say when there is no more memory to be had.
const NO_MEMORY: [&str; 2] = ["memory allocation of", "Cannot allocate memory"];

/// What the child says when the file is at fault.
const FAULT_EXIT: i32 = 4;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntakeFault {
    /// The file is at fault.
    #[error("{0:?}")]
    File(ReadFault),
    /// The parser broke on it.
    #[error("the parser broke on this file")]
    Broke,
    /// The parser did not finish in the work that a file of its size may take.
    #[error("the parser did not finish in {seconds} seconds of work")]
    TooSlow {
        /// The most seconds of work.
        seconds: u64,
    },
    /// The parser did not finish in time: it hangs, or the machine has too much to do.
    #[error("the parser did not finish in {seconds} seconds by the clock")]
    TooLong {
        /// The most seconds by the clock.
        seconds: u64,
    },
    /// Somebody ended the parser: the system does where no memory is left.
    #[error("the parser was killed")]
    Killed,
    /// The file wants more memory than a file may have.
    #[error("the file wants more than {megabytes} MB of memory")]
    TooMuch {
        /// The most megabytes.
        megabytes: u64,
    },
    /// The machine is at fault.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl IntakeFault {
    /// The key of its text.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            IntakeFault::File(fault) => fault.key(),
            IntakeFault::Broke => "broke",
            IntakeFault::TooSlow { .. } => "too-slow",
            IntakeFault::TooLong { .. } => "too-long",
            IntakeFault::Killed => "killed",
            IntakeFault::TooMuch { .. } => "too-much",
            IntakeFault::Io(_) => "unopened",
        }
    }

    /// The parameters of its text.
    pub(crate) fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            IntakeFault::File(fault) => fault.args(),
            IntakeFault::Io(error) => vec![("error", error.to_string())],
            IntakeFault::TooSlow { seconds } | IntakeFault::TooLong { seconds } => {
                vec![("seconds", seconds.to_string())]
            }
            IntakeFault::TooMuch { megabytes } => vec![("megabytes", megabytes.to_string())],
            IntakeFault::Broke | IntakeFault::Killed => Vec::new(),
        }
    }

    /// The setting of `serve` that made it a fault, if one did.
    pub(crate) fn setting(&self) -> Option<&'static str> {
        match self {
            IntakeFault::File(ReadFault::ManyCells { .. }) => Some("--upload-cells"),
            IntakeFault::TooSlow { .. } | IntakeFault::TooLong { .. } => Some("--upload-seconds"),
            IntakeFault::TooMuch { .. } => Some("--upload-memory-mb"),
            IntakeFault::File(_) | IntakeFault::Broke | IntakeFault::Killed | IntakeFault::Io(_) => None,
        }
    }
}

/// The work of the child: standard input to standard output. It is told the most cells, bytes of memory and seconds.
/// Returns the exit code.
pub(crate) fn child(told: impl Iterator<Item = OsString>) -> i32 {
    let told: Vec<u64> = told.filter_map(|word| word.to_str()?.parse().ok()).collect();
    let [cells, memory, seconds] = told[..] else { return 1 };
    if confine::bind_self(memory, seconds).is_err() {
        return 1;
    }
    let mut bytes = Vec::new();
    if std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).is_err() {
        return 1;
    }
    match read_book_of(&bytes, cells) {
        Ok(book) => match wire::write_book(&book, &mut std::io::BufWriter::new(std::io::stdout().lock())) {
            Ok(()) => 0,
            Err(_) => 1,
        },
        Err(fault) => {
            let said = serde_json::to_writer(std::io::stderr().lock(), &fault);
            if said.is_ok() { FAULT_EXIT } else { 1 }
        }
    }
}

impl Intake {
    /// An intake with limits.
    pub(crate) fn new(limits: Limits) -> Intake {
        let large = limits.parsers.saturating_sub(1).max(1);
        let turns = |count| Arc::new(Semaphore::new(count));
        Intake { limits, at_once: turns(limits.parsers), large: turns(large) }
    }

    /// Waits for the turn of a file of so many bytes: few are worked on at once, and large ones leave a turn
    /// to small ones where there is more than one.
    async fn turn(&self, bytes: usize) -> Result<Turn, IntakeFault> {
        let one_of = |turns: &Arc<Semaphore>| {
            let turn = Arc::clone(turns).acquire_owned();
            async { turn.await.map_err(std::io::Error::other) }
        };
        let large = if bytes > SMALL { Some(one_of(&self.large).await?) } else { None };
        Ok(Turn((one_of(&self.at_once).await?, large)))
    }

    /// Parses a file's bytes.
    pub(crate) async fn read(&self, bytes: &[u8]) -> Result<Book, IntakeFault> {
        Ok(self.read_in_turn(bytes).await?.0)
    }

    /// Parses a file's bytes. Whoever goes on with what they hold keeps the turn until nothing of it is held any more.
    pub(crate) async fn read_in_turn(&self, bytes: &[u8]) -> Result<(Book, Turn), IntakeFault> {
        let turn = self.turn(bytes.len()).await?;
        Ok((self.parse(bytes).await?, turn))
    }

    /// Parses a file's bytes in a child process.
    async fn parse(&self, bytes: &[u8]) -> Result<Book, IntakeFault> {
        use std::io::{Read, Seek, Write};
        let megabytes = self.limits.memory_mb;
        let seconds = confine::seconds_of(bytes.len(), self.limits.seconds);
        let by_clock = self.limits.seconds.saturating_mul(2);
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        file.rewind()?;
        let mut child = Command::new(program()?)
            .arg(CHILD_VERB)
            .args(self.limits.words(seconds))
            .env_clear()
            .env(confine::ENVIRONMENT.0, confine::ENVIRONMENT.1)
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let _hold = confine::hold(&child)?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(IntakeFault::Broke);
        };
        // The book grows page by page while the child still speaks: its bytes are never held as a whole.
        let (pages, words_of) = (SyncIoBridge::new(stdout), stderr);
        let answer = tokio::task::spawn_blocking(move || {
            wire::read_book(&mut std::io::BufReader::with_capacity(PIPE, pages).take(ANSWER_LIMIT))
        });
        let work = async {
            let mut words = Vec::new();
            let mut last = words_of.take(WORDS_LIMIT);
            let (answer, last) = tokio::join!(answer, last.read_to_end(&mut words));
            last?;
            Ok::<_, std::io::Error>((answer.map_err(std::io::Error::other)?, words, child.wait().await?))
        };
        let Ok(done) = tokio::time::timeout(Duration::from_secs(by_clock), work).await else {
            return Err(IntakeFault::TooLong { seconds: by_clock });
        };
        let (answer, words, status) = done?;
        match status.code() {
            Some(0) => answer.map_err(|_| IntakeFault::Broke),
            Some(FAULT_EXIT) => {
                Err(serde_json::from_slice(&words).map_or(IntakeFault::Broke, IntakeFault::File))
            }
            _ if NO_MEMORY.iter().any(|said| String::from_utf8_lossy(&words).contains(said)) => {
                Err(IntakeFault::TooMuch { megabytes })
            }
            _ => Err(match confine::end_of(status) {
                End::TimeIsUp => IntakeFault::TooSlow { seconds },
                End::Killed => IntakeFault::Killed,
                End::Broke => IntakeFault::Broke,
            }),
        }
    }
}

/// Parses a file that came with the binary: it is no stranger and needs no child.
pub(crate) fn own(bytes: &[u8]) -> Result<Book, IntakeFault> {
    read_book(bytes).map_err(IntakeFault::File)
}

/// SHA-256 of a file, in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bad rows of an upload as a workbook with the reasons in an extra column.
pub(crate) fn rejects_of(
    upload: &import::Upload,
    report: &import::Report,
    lang: Lang,
    demo: bool,
) -> anyhow::Result<Vec<u8>> {
    let mut reasons: Vec<(RowPlace, String)> = Vec::new();
    let mut places: HashMap<(&str, u32), usize> = HashMap::new();
    for fault in &report.errors {
        let words = crate::words::fault(lang, fault);
        let reason = format!("{}：{}（{}）", fault.at.column, words.message, words.cure);
        match places.entry((fault.at.sheet.as_str(), fault.at.row)) {
            Entry::Occupied(known) => {
                let text = &mut reasons[*known.get()].1;
                text.push('；');
                text.push_str(&reason);
            }
            Entry::Vacant(place) => {
                place.insert(reasons.len());
                reasons.push((RowPlace { sheet: fault.at.sheet.clone(), row: fault.at.row }, reason));
            }
        }
    }
    let title = lang.text("rejects-reason");
    let title = if demo { format!("{title}（{}）", lang.text("demo-banner")) } else { title };
    let layout = upload.layout.as_ref().map(|chosen| &chosen.layout);
    let book = book_in_days_of_1900(&upload.book, upload.kind, layout);
    Ok(rejects::write(&book, &report.headers, &reasons, &title)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intake(parsers: usize) -> Intake {
        Intake::new(Limits { parsers, ..Limits::default() })
    }

    /// True if a file of so many bytes gets its turn at once.
    async fn comes_in(intake: &Intake, bytes: usize) -> bool {
        tokio::time::timeout(Duration::from_millis(20), intake.turn(bytes)).await.is_ok()
    }

    #[tokio::test]
    async fn a_file_is_waited_for_until_whoever_works_on_the_one_before_is_done() {
        let intake = intake(1);
        let turn = intake.turn(0).await.unwrap();
        let next = intake.clone();
        let waits = tokio::spawn(async move { next.read(b"").await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!waits.is_finished(), "it is held, checked and staged in its turn");
        waits.abort();
        drop(turn);
        assert!(comes_in(&intake, 0).await);
    }

    #[tokio::test]
    async fn a_small_file_does_not_wait_for_large_ones() {
        let intake = intake(2);
        let large = intake.turn(SMALL + 1).await.unwrap();
        assert!(!comes_in(&intake, SMALL + 1).await, "the other turn is kept for small files");
        let small = intake.turn(SMALL).await.unwrap();
        assert!(!comes_in(&intake, 0).await, "two are worked on at once, whatever their size");
        drop(small);
        assert!(comes_in(&intake, 0).await);
        drop(large);
        assert!(comes_in(&intake, SMALL + 1).await);
        let only = self::intake(1);
        assert!(comes_in(&only, SMALL + 1).await, "where one is read at a time, a large one is too");
    }
}
