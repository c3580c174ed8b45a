//! How far the work on a file is, told while it goes on: `GET /import/{id}/progress` and
//! `GET /import/reading/{job}/progress`, streams of server-sent events.
//!
//! Each event `progress` holds numbers for the bar and the words beside it; the event `end` holds the address of the page
//! that shows what came of it. A stream costs a look at two numbers four times a second. It ends with the work, with the
//! page that listens, and with the server.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Path;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bangfu_usecase::import::Reading;
use futures_util::stream;
use serde_json::json;

use super::job::Progress;
use crate::texts::{Lang, Value};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};

/// How often a stream looks.
const BETWEEN: Duration = Duration::from_millis(250);

/// How often a stream says that it is alive where there is nothing new: a page that is gone is noticed by that at last.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// Work on a file.
#[derive(Debug, Clone, Copy)]
enum Work {
    Reading(u64),
    Taking(i64),
}

/// How far it is.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// It goes on.
    Going(Reading),
    /// It has ended: the address of the page that shows what came of it.
    Ended(String),
}

impl Work {
    fn look(self, face: &Face) -> Told {
        match self {
            Work::Reading(number) => match face.jobs.get(number).map(|job| (job.progress, job.meter)) {
                Some((Progress::Reading, meter)) => Told::Going(meter.read()),
                Some((Progress::Staged(import_id), _)) => Told::Ended(format!("/import/{import_id}")),
                Some((Progress::Failed(_), _)) | None => Told::Ended(format!("/import/reading/{number}")),
            },
            Work::Taking(import_id) => match face.jobs.going(import_id) {
                Some(measure) => Told::Going(measure),
                None => Told::Ended(format!("/import/{import_id}")),
            },
        }
    }
}

/// How far it is, in words; nothing while nobody knows.
pub(crate) fn said(lang: Lang, measure: &Reading) -> Option<String> {
    let number = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let values = [("done", number(measure.done)), ("total", number(measure.total))];
    let key = if measure.writing { "stage-written" } else { "stage-judged" };
    (measure.total > 0).then(|| lang.text_with(key, &values))
}

/// `GET /import/reading/{job}/progress`
pub(crate) async fn reading(
    face: Face,
    visitor: Visitor,
    Path(number): Path<u64>,
) -> Result<Response, Failure> {
    face.jobs.get(number).ok_or(Failure::NotFound)?;
    Ok(tell(face, visitor.lang, Work::Reading(number)))
}

/// `GET /import/{id}/progress`
pub(crate) async fn taking(face: Face, visitor: Visitor, Path(import_id): Path<i64>) -> Response {
    tell(face, visitor.lang, Work::Taking(import_id))
}

/// What a stream is about to say.
struct Teller {
    face: Face,
    lang: Lang,
    work: Work,
    last: Option<Reading>,
    ended: bool,
}

fn tell(face: Face, lang: Lang, work: Work) -> Response {
    let teller = Teller { face, lang, work, last: None, ended: false };
    let events = stream::unfold(teller, |mut teller| async move {
        let event = teller.next().await?;
        Some((Ok::<Event, Infallible>(event), teller))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response()
}

impl Teller {
    /// The next event, once there is something new to say; none when all is said or the server stops.
    async fn next(&mut self) -> Option<Event> {
        while !self.ended {
            match self.work.look(&self.face) {
                Told::Ended(address) => {
                    self.ended = true;
                    return Some(Event::default().event("end").data(address));
                }
                Told::Going(measure) if self.last != Some(measure) => {
                    self.last = Some(measure);
                    let said = said(self.lang, &measure).unwrap_or_default();
                    let told = json!({ "done": measure.done, "total": measure.total, "said": said });
                    return Some(Event::default().event("progress").data(told.to_string()));
                }
                Told::Going(_) => {}
            }
            tokio::select! {
                () = self.face.app.stop.cancelled() => return None,
                () = tokio::time::sleep(BETWEEN) => {}
            }
        }
        None
    }
}
