//! Looks at imports that are kept for a while: whoever goes from one page of a check to the next must not wait for the
//! file to be read and compared anew. What works on a whole file does so here, beside the threads that answer requests,
//! and few at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bangfu_usecase::Ctx;
use bangfu_usecase::import::{self, Look, Status};
use jiff::civil::Date;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

use crate::clock;
use crate::web::failure::Failure;
use crate::web::frame::Face;
use crate::web::request;

/// How many are kept: a report of a long file is large.
const KEPT: usize = 2;

/// Whole files that are worked on at once.
const AT_ONCE: usize = 2;

/// A look that takes longer than this is long.
const LONG: Duration = Duration::from_secs(1);

/// While others write, a long look holds so many times as long as it took: else each page of a long check would
/// compare the whole file anew.
const PATIENCE: u32 = 10;

/// A file as it stands on a day: the import, how often it was corrected, how far it has come.
type File = (i64, i64, Status, Date);

/// A look that is kept.
#[derive(Debug, Clone)]
struct Kept {
    of: File,
    /// The last change of the county's book when it was made.
    change_seq: i64,
    /// When it was made, by the program's own clock, and how long that took.
    made: Duration,
    took: Duration,
    /// When it was made, in microseconds since 1970.
    made_at: i64,
    look: Arc<Look>,
}

impl Kept {
    /// Whether it is what a look now would be.
    fn is_exact(&self, change_seq: i64) -> bool {
        self.change_seq == change_seq || self.of.2.was_taken()
    }

    /// Whether it is long and was made a while ago at most.
    fn holds_yet(&self, now: Duration) -> bool {
        self.took >= LONG && now.saturating_sub(self.made) < self.took.saturating_mul(PATIENCE)
    }
}

/// A look, and when it was made if the book has changed since, in microseconds since 1970.
#[derive(Debug)]
pub(in crate::web) struct Seen {
    /// The look.
    pub(in crate::web) look: Arc<Look>,
    /// When it was made.
    pub(in crate::web) counted_at: Option<i64>,
}

/// The looks that are kept, the last used at the end, and the turns of those who work on whole files.
#[derive(Debug, Clone)]
pub(crate) struct Looks {
    kept: Arc<Mutex<Vec<Kept>>>,
    turns: Arc<Semaphore>,
}

impl Default for Looks {
    fn default() -> Looks {
        Looks { kept: Arc::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Looks {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<Kept>) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The look at a file that holds: as of a change of the book, or, if that is enough, of a while ago.
    fn get(&self, of: File, change_seq: i64, awhile: Option<Duration>) -> Option<Seen> {
        self.with(|kept| {
            let found = kept.remove(kept.iter().position(|one| one.of == of)?);
            let exact = found.is_exact(change_seq);
            let holds = exact || awhile.is_some_and(|now| found.holds_yet(now));
            let counted_at = Some(found.made_at).filter(|_| !exact);
            let seen = Seen { look: Arc::clone(&found.look), counted_at };
            kept.push(found);
            holds.then_some(seen)
        })
    }

    fn keep(&self, one: Kept) {
        self.with(|kept| {
            kept.retain(|other| other.of.0 != one.of.0);
            kept.push(one);
            let over = kept.len().saturating_sub(KEPT);
            kept.drain(..over);
        });
    }

    /// Waits for a turn to work on a whole file.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, Failure> {
        Arc::clone(&self.turns).acquire_owned().await.map_err(|closed| Failure::Broken(closed.into()))
    }
}

/// What is known of an import now.
pub(in crate::web) async fn look(face: &Face, ctx: &Ctx, import_id: i64) -> Result<Arc<Look>, Failure> {
    Ok(seen(face, ctx, import_id, false).await?.look)
}

/// What was known of an import a while ago, where it takes long to look again.
pub(in crate::web) async fn look_awhile(face: &Face, ctx: &Ctx, import_id: i64) -> Result<Seen, Failure> {
    seen(face, ctx, import_id, true).await
}

async fn seen(face: &Face, ctx: &Ctx, import_id: i64, awhile: bool) -> Result<Seen, Failure> {
    let (looks, today) = (&face.looks, face.app.today());
    let change_seq = face.county(&mut face.app.db.read().await?).await?.change_seq;
    let import = import::get(&face.app.db, ctx, import_id).await?;
    let of = (import_id, import.revision, import.status, today);
    let kept = || looks.get(of, change_seq, awhile.then(clock::running));
    if let Some(seen) = kept() {
        return Ok(seen);
    }
    let turn = looks.turn().await?;
    // Somebody else may have looked while this one waited.
    if let Some(seen) = kept() {
        return Ok(seen);
    }
    let (db, of_work, begun) = (face.app.db.clone(), ctx.clone(), clock::running());
    let work = async move { import::look(&db, &of_work, import_id).await.map_err(Failure::from) };
    let look: Arc<Look> = Arc::new(in_turn(turn, work).await?);
    let (made, made_at) = (clock::running(), face.app.clock.now().as_microsecond());
    let of = (import_id, look.import.revision, look.import.status, today);
    let took = made.saturating_sub(begun);
    looks.keep(Kept { of, change_seq, made, took, made_at, look: Arc::clone(&look) });
    Ok(Seen { look, counted_at: None })
}

/// Does work on a whole file in its turn, on a thread of its own: it reckons for seconds, and the threads that answer
/// requests are few.
pub(in crate::web::import) async fn beside<T: Send + 'static>(
    face: &Face,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    in_turn(face.looks.turn().await?, work).await
}

async fn in_turn<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let (runtime, span) = (Handle::current(), tracing::Span::current());
    let work = request::carried(work).instrument(span);
    let work = move || {
        let done = runtime.block_on(work);
        // The turn lasts as long as the work, also where whoever asked has hung up.
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Broken(error.into()))?
}

#[cfg(test)]
mod tests {
    use bangfu_store::import::Import;
    use bangfu_usecase::import::Report;
    use jiff::civil::date;

    use super::*;

    const DAY: Date = date(2019, 6, 17);

    fn look(import_id: i64) -> Arc<Look> {
        let text = String::new;
        let import = Import {
            import_id,
            kind: text(),
            file_name: text(),
            file_hash: text(),
            as_of: None,
            until_on: None,
            layout: None,
            status: Status::Staged,
            rows_done: 0,
            report: text(),
            actor: text(),
            created_at: 0,
            taken_at: None,
            counts: None,
            undone_by: None,
            undone_at: None,
            revision: 0,
        };
        let (report, error_cells, finding_cells, mended) = (Report::default(), vec![], vec![], vec![]);
        Arc::new(Look { import, report, error_cells, finding_cells, mended })
    }

    fn staged(import_id: i64) -> File {
        (import_id, 0, Status::Staged, DAY)
    }

    fn kept(import_id: i64, change_seq: i64, took: u64) -> Kept {
        let (made, took) = (Duration::from_secs(100), Duration::from_secs(took));
        Kept { of: staged(import_id), change_seq, made, took, made_at: 7, look: look(import_id) }
    }

    #[test]
    fn a_look_holds_until_the_book_changes_and_the_last_used_are_kept() {
        let looks = Looks::default();
        let holds = |of: File, change_seq| looks.get(of, change_seq, None).is_some();
        for import in 1..=KEPT as i64 {
            looks.keep(kept(import, 5, 0));
        }
        assert!(!holds(staged(1), 6) && !holds((1, 0, Status::Staged, date(2019, 6, 18)), 5));
        assert!(!holds((1, 1, Status::Staged, DAY), 5), "it was corrected");
        assert!(holds(staged(1), 5), "now the last used");
        looks.keep(kept(9, 5, 0));
        assert!(holds(staged(1), 5) && !holds(staged(2), 5));
        looks.keep(kept(9, 6, 0));
        assert!(!holds(staged(9), 5) && holds(staged(1), 5), "in its own place");
        let taken = (4, 0, Status::Taken, DAY);
        looks.keep(Kept { of: taken, ..kept(4, 5, 0) });
        assert!(holds(taken, 6), "what it changed stays what it was");
    }

    #[test]
    fn a_long_look_holds_for_a_while_when_others_write_and_says_when_it_was_made() {
        let looks = Looks::default();
        looks.keep(kept(1, 5, 20));
        looks.keep(kept(2, 5, 0));
        let at = |import, second| looks.get(staged(import), 6, Some(Duration::from_secs(second)));
        assert_eq!(at(1, 299).map(|seen| seen.counted_at), Some(Some(7)));
        assert!(at(1, 301).is_none(), "that was too long ago");
        assert!(at(2, 101).is_none(), "to look again takes no time");
        let exact = looks.get(staged(1), 5, Some(Duration::from_secs(299)));
        assert_eq!(exact.map(|seen| seen.counted_at), Some(None));
        assert!(looks.get(staged(1), 6, None).is_none(), "whoever writes sees what is");
    }

    #[tokio::test]
    async fn whole_files_are_worked_on_beside_the_requests_and_few_at_a_time() {
        let looks = Looks::default();
        let here = std::thread::current().id();
        let there = async { Ok::<_, Failure>(std::thread::current().id()) };
        assert_ne!(in_turn(looks.turn().await.unwrap(), there).await.unwrap(), here);
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(looks.turn().await.unwrap());
        }
        let waits = tokio::time::timeout(Duration::from_millis(20), looks.turn()).await;
        assert!(waits.is_err());
        turns.pop();
        assert!(looks.turn().await.is_ok());
    }
}
