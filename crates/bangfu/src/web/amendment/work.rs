//! What is reckoned beside the requests: what an amendment would do, and a book that is judged by other rules.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bangfu_domain::replay::Replay;
use bangfu_usecase::adopt::adopt_told;
use bangfu_usecase::amendment::preview::{Preview, preview};
use bangfu_usecase::amendment::replay::{Other, replay};
use bangfu_usecase::error::Error;
use bangfu_usecase::import::{Meter, Reading};
use bangfu_usecase::rulebook::in_force;
use jiff::civil::Date;

use crate::clock::running;
use crate::web::frame::Face;
use crate::web::import::job::{Trouble, run};

/// So long a page waits for what it asks for, before it says how far that is: most counties' is there by then.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How often it looks meanwhile.
const BETWEEN: Duration = Duration::from_millis(30);

/// Previews that are kept, so that a page that is looked at again is there at once.
const KEPT: usize = 16;

/// An amendment, a day, and the number of the book's last change when it was asked for.
type Asked = (i64, Date, i64);

/// Another rule, the day, and the number of the book's last change when it was asked for.
type Tried = (Other, Date, i64);

/// How a piece of work stands.
#[derive(Debug, Clone)]
pub(crate) enum Standing<T> {
    /// It goes on, and has come this far.
    Going(Reading),
    /// It is done.
    Done(T),
    /// It failed.
    Failed(Trouble),
}

#[derive(Debug)]
enum Slot<T> {
    Going(Arc<Meter>),
    Done(T),
    Failed(Trouble),
}

#[derive(Debug, Default)]
struct Held {
    previews: BTreeMap<Asked, Slot<Arc<Preview>>>,
    replays: BTreeMap<Tried, Slot<Arc<Replay>>>,
    adopting: Option<Slot<()>>,
    /// Whether something was approved while the book was being judged anew.
    again: bool,
}

/// The work on rules that goes on in this process. What was decided is in the database; this is not.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleWork(Arc<Mutex<Held>>);

fn trouble(error: Error, reference: &str) -> Trouble {
    match error {
        Error::Refused(refusal) => Trouble::Refused(refusal, None),
        error => {
            tracing::error!(%reference, "work on rules: {error}");
            Trouble::Broken(reference.to_owned())
        }
    }
}

impl RuleWork {
    fn with<T>(&self, work: impl FnOnce(&mut Held) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What other days of the colours would have done in the last twelve months, or how far the reckoning is; begins it where
    /// nobody has.
    pub(crate) async fn replay(&self, face: &Face, asked: Tried) -> Standing<Arc<Replay>> {
        let mut waited = Duration::ZERO;
        loop {
            match self.look_back(face, &asked) {
                Standing::Going(_) if waited < PATIENCE => {
                    tokio::time::sleep(BETWEEN).await;
                    waited += BETWEEN;
                }
                standing => return standing,
            }
        }
    }

    fn look_back(&self, face: &Face, asked: &Tried) -> Standing<Arc<Replay>> {
        let begun = self.with(|held| match held.replays.get(asked) {
            Some(Slot::Going(meter)) => Err(Standing::Going(meter.read())),
            Some(Slot::Done(replay)) => Err(Standing::Done(Arc::clone(replay))),
            Some(Slot::Failed(trouble)) => Err(Standing::Failed(trouble.clone())),
            None => {
                while held.replays.len() >= KEPT {
                    held.replays.pop_first();
                }
                let meter = Arc::new(Meter::default());
                held.replays.insert(asked.clone(), Slot::Going(Arc::clone(&meter)));
                Ok(meter)
            }
        });
        let meter = match begun {
            Ok(meter) => meter,
            Err(standing) => return standing,
        };
        let (db, ctx, held) = (face.app.db.clone(), face.ctx(), self.clone());
        let (reference, told) = (ctx.request_id.clone(), Arc::clone(&meter));
        let (other, asked) = (asked.0.clone(), asked.clone());
        let work = async move {
            let done = replay(&db, &ctx, &other, &told).await;
            done.map_err(|error| trouble(error, &ctx.request_id))
        };
        let end = move |end: Result<Result<Replay, Trouble>, Trouble>| {
            let slot = match end.and_then(|done| done) {
                Ok(replay) => Slot::Done(Arc::new(replay)),
                Err(trouble) => Slot::Failed(trouble),
            };
            held.with(|held| held.replays.insert(asked, slot));
        };
        run(work, face.app.stop.clone(), reference, end);
        Standing::Going(meter.read())
    }

    /// What an amendment would do on a day, or how far the reckoning is; begins it where nobody has.
    pub(crate) async fn preview(&self, face: &Face, asked: Asked) -> Standing<Arc<Preview>> {
        let mut waited = Duration::ZERO;
        loop {
            match self.look(face, asked) {
                Standing::Going(_) if waited < PATIENCE => {
                    tokio::time::sleep(BETWEEN).await;
                    waited += BETWEEN;
                }
                standing => return standing,
            }
        }
    }

    fn look(&self, face: &Face, asked: Asked) -> Standing<Arc<Preview>> {
        let meter = self.with(|held| match held.previews.get(&asked) {
            Some(Slot::Going(meter)) => Err(Standing::Going(meter.read())),
            Some(Slot::Done(preview)) => Err(Standing::Done(Arc::clone(preview))),
            Some(Slot::Failed(trouble)) => Err(Standing::Failed(trouble.clone())),
            None => {
                while held.previews.len() >= KEPT {
                    held.previews.pop_first();
                }
                let meter = Arc::new(Meter::default());
                held.previews.insert(asked, Slot::Going(Arc::clone(&meter)));
                Ok(meter)
            }
        });
        let meter = match meter {
            Ok(meter) => meter,
            Err(standing) => return standing,
        };
        let (db, ctx, held) = (face.app.db.clone(), face.ctx(), self.clone());
        let (reference, told) = (ctx.request_id.clone(), Arc::clone(&meter));
        let (amendment_id, day, _) = asked;
        let work = async move {
            let done = preview(&db, &ctx, amendment_id, day, &told).await;
            done.map_err(|error| trouble(error, &ctx.request_id))
        };
        let end = move |end: Result<Result<Preview, Trouble>, Trouble>| {
            let slot = match end.and_then(|done| done) {
                Ok(preview) => Slot::Done(Arc::new(preview)),
                Err(trouble) => Slot::Failed(trouble),
            };
            held.with(|held| held.previews.insert(asked, slot));
        };
        run(work, face.app.stop.clone(), reference, end);
        Standing::Going(meter.read())
    }

    /// Judges the book by what was approved, beside the requests. Where that goes on already, it is done once more.
    pub(crate) fn adopt(&self, face: &Face) {
        let meter = Arc::new(Meter::timed(running));
        let begins = self.with(|held| match held.adopting {
            Some(Slot::Going(_)) => {
                held.again = true;
                false
            }
            _ => {
                held.adopting = Some(Slot::Going(Arc::clone(&meter)));
                true
            }
        });
        if !begins {
            return;
        }
        let (db, ctx, held) = (face.app.db.clone(), face.ctx(), self.clone());
        let reference = ctx.request_id.clone();
        let work = {
            let held = held.clone();
            async move {
                loop {
                    let done = adopt_told(&db, &ctx, in_force(), &meter).await;
                    done.map_err(|error| trouble(error, &ctx.request_id))?;
                    if !held.with(|held| std::mem::take(&mut held.again)) {
                        return Ok(());
                    }
                }
            }
        };
        let end = move |end: Result<Result<(), Trouble>, Trouble>| {
            let slot = end.and_then(|done| done).err().map(Slot::Failed);
            held.with(|held| held.adopting = slot);
        };
        run(work, face.app.stop.clone(), reference, end);
    }

    /// Waits a moment for the book to be judged anew; how far that is, if it goes on, or why it failed.
    pub(crate) async fn adopting(&self) -> Option<Standing<()>> {
        let mut waited = Duration::ZERO;
        loop {
            let standing = self.with(|held| match &held.adopting {
                None => None,
                Some(Slot::Going(meter)) => Some(Standing::Going(meter.read())),
                Some(Slot::Done(())) => Some(Standing::Done(())),
                Some(Slot::Failed(trouble)) => Some(Standing::Failed(trouble.clone())),
            });
            match standing {
                Some(Standing::Going(_)) if waited < PATIENCE => {
                    tokio::time::sleep(BETWEEN).await;
                    waited += BETWEEN;
                }
                standing => return standing,
            }
        }
    }
}
