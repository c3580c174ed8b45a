//! Something is done: once, however often the program asks with the same Idempotency-Key, also when this process dies
//! between the work and its answer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bangfu_domain::token::TokenScope;
use bangfu_store::answer::{Answer, Asked};
use bangfu_usecase::token::{self, Begun};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::call::{Call, admit};
use super::problem::{Problem, language};
use super::tag;
use crate::web::frame::Face;
use crate::web::request;

/// The header by which a program tells one request from another.
pub(super) const KEY: &str = "idempotency-key";

/// The longest such key, in characters.
pub(super) const KEY_MAX: usize = 128;

/// How often work says that it goes on.
const BEAT: Duration = Duration::from_secs(5);

/// What came of a request.
#[derive(Debug)]
pub(super) struct Done<T> {
    /// 200, 201 or 202.
    pub(super) status: StatusCode,
    /// Where what was made stands.
    pub(super) location: Option<String>,
    /// What is shown of it.
    pub(super) shown: T,
}

impl<T> Done<T> {
    /// Something that was there was changed.
    pub(super) fn changed(shown: T) -> Done<T> {
        Done { status: StatusCode::OK, location: None, shown }
    }
}

/// How a write is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Whether it changes something that the program must have seen (If-Match).
    pub(super) seen: bool,
    /// The kind of its body.
    pub(super) kind: &'static str,
}

/// What this process is working on for programs.
#[derive(Debug, Clone)]
pub(in crate::web) struct AtWork {
    /// By which the database names this process.
    holder: Arc<str>,
    going: Arc<Mutex<HashSet<(i64, String)>>>,
}

impl AtWork {
    /// Nothing yet, in a process of a name.
    pub(in crate::web) fn new(holder: &str) -> AtWork {
        AtWork { holder: holder.into(), going: Arc::default() }
    }

    /// Notes that a request is being worked on until what is returned is dropped; none if it is already.
    fn begin(&self, asked: &Asked) -> Option<Going> {
        let name = (asked.token_id, asked.answer_key.clone());
        let is_new = self.going.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        is_new.then(|| Going { at_work: self.clone(), name })
    }
}

/// A request that is being worked on.
struct Going {
    at_work: AtWork,
    name: (i64, String),
}

impl Drop for Going {
    fn drop(&mut self) {
        self.at_work.going.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Answers a request that does something. `again` shows what was done when that is known and its answer is not.
pub(super) async fn answer<T, W, V>(
    face: Face,
    request: Request,
    (scope, manner): (TokenScope, Manner),
    handler: impl FnOnce(Call<Bytes>) -> W,
    again: impl FnOnce(Call<String>) -> V,
) -> Response
where
    T: Serialize + Send + 'static,
    W: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    V: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
{
    let lang = language(request.headers());
    let reference = request::id(&face.app.clock);
    let (mut parts, body) = request.into_parts();
    let told = async {
        let call = admit(face, &mut parts, Some(scope), lang).await?;
        let key = key_of(&parts)?;
        if manner.seen && call.seen.is_none() {
            return Err(Problem::NotSeen);
        }
        if !is_kind(&parts, manner.kind) {
            return Err(Problem::Media(manner.kind));
        }
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), &())
            .await
            .map_err(|fault| too_large(fault.status(), fault.body_text()))?;
        let request_hash = fingerprint(&parts, &body);
        let asked = Asked { token_id: call.token.token_id, answer_key: key, request_hash };
        once(call, asked, body, handler, again).await
    };
    match told.await {
        Ok(answer) => given(answer),
        Err(problem) => problem.answer(lang, &reference),
    }
}

/// Does what is asked, or tells what came of it before.
async fn once<T, W, V>(
    call: Call<()>,
    asked: Asked,
    body: Bytes,
    handler: impl FnOnce(Call<Bytes>) -> W,
    again: impl FnOnce(Call<String>) -> V,
) -> Result<Answer, Problem>
where
    T: Serialize + Send + 'static,
    W: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    V: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
{
    let (face, ctx) = (call.face.clone(), call.ctx.clone());
    let db = face.app.db.clone();
    let going = face.at_work.begin(&asked);
    let begun = token::begin(&db, &ctx, &asked, &face.at_work.holder, going.is_none()).await?;
    let going = match (begun, going) {
        (Begun::Another, _) => return Err(Problem::KeyReused),
        (Begun::Answered(answer), _) => return Ok(answer),
        (Begun::UnderWay, _) | (_, None) => return Err(Problem::UnderWay),
        (Begun::Done(_, subject), Some(_)) => {
            let answer = answer_of(again(call.asking(subject)).await?)?;
            token::finish(&db, ctx.county_id(), &asked, &answer).await?;
            return Ok(answer);
        }
        (Begun::New, Some(going)) => going,
    };
    let work = handler(call.asking(body));
    // It goes on when the program hangs up: what is begun is ended, and its answer kept.
    let work = request::carried(carry_out(face, ctx.county_id(), asked, going, work));
    tokio::spawn(work.in_current_span()).await.map_err(|error| Problem::Broken(error.into()))?
}

async fn carry_out<T: Serialize>(
    face: Face,
    county_id: i64,
    asked: Asked,
    going: Going,
    work: impl Future<Output = Result<Done<T>, Problem>>,
) -> Result<Answer, Problem> {
    let db = &face.app.db;
    let mut work = std::pin::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            () = tokio::time::sleep(BEAT) => {
                let at = face.app.clock.now().as_microsecond();
                if let Err(error) = token::beat(db, county_id, &asked, at).await {
                    tracing::warn!("work for a program could not say that it goes on: {error}");
                }
            }
        }
    };
    let answer = match done.and_then(answer_of) {
        Ok(answer) => answer,
        // It may have been done all the same, or begun: the record tells when it is asked again.
        Err(problem @ (Problem::Broken(_) | Problem::UnderWay)) => return Err(problem),
        Err(problem) => {
            // Nothing was done: asked again, it is judged again.
            token::drop_work(db, county_id, &asked).await?;
            return Err(problem);
        }
    };
    token::finish(db, county_id, &asked, &answer).await?;
    drop(going);
    Ok(answer)
}

fn answer_of<T: Serialize>(done: Done<T>) -> Result<Answer, Problem> {
    let body = serde_json::to_vec(&done.shown).map_err(|error| Problem::Broken(error.into()))?;
    let etag = Some(tag::of(&body));
    Ok(Answer { status: i64::from(done.status.as_u16()), etag, location: done.location, body })
}

fn given(answer: Answer) -> Response {
    let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (status.unwrap_or(StatusCode::OK), kind, answer.body).into_response();
    for (name, value) in [(header::ETAG, answer.etag), (header::LOCATION, answer.location)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn key_of(parts: &Parts) -> Result<String, Problem> {
    let key = parts.headers.get(KEY).and_then(|value| value.to_str().ok()).map(str::trim);
    let sound = key.filter(|key| (1..=KEY_MAX).contains(&key.chars().count()));
    sound.map(str::to_owned).ok_or(Problem::KeyMissing)
}

fn is_kind(parts: &Parts, wanted: &str) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(wanted)
}

/// What tells one request from another: the address and the body. What the program has seen is none of it, so that it may
/// look again and ask again.
fn fingerprint(parts: &Parts, body: &Bytes) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(parts.uri.to_string().as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().to_vec()
}

fn too_large(status: StatusCode, text: String) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Problem::TooLarge } else { Problem::Body(text) }
}
