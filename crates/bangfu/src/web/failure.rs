//! What a visitor sees when something is not there, not understood, or went wrong.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use bangfu_usecase::error::Refusal;

use super::address::UnknownWord;
use super::flash::Flash;
use super::frame::{Face, Visitor};
use super::menu::Section;
use super::page::Page;
use crate::words;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing is there, or nothing that the visitor may see.
    NotFound,
    /// The day has not come yet; the page of today at this address says so.
    FutureDay(String),
    /// A word of the address is not understood.
    Unknown(UnknownWord),
    /// A use case said no.
    Refused(Refusal),
    /// Anything else: logged, and shown as a reference number.
    Broken(anyhow::Error),
}

impl From<bangfu_usecase::Error> for Failure {
    fn from(error: bangfu_usecase::Error) -> Failure {
        match error {
            bangfu_usecase::Error::Refused(Refusal::NotFound) => Failure::NotFound,
            bangfu_usecase::Error::Refused(refusal) => Failure::Refused(refusal),
            error => Failure::Broken(error.into()),
        }
    }
}

impl From<bangfu_store::Error> for Failure {
    fn from(error: bangfu_store::Error) -> Failure {
        Failure::Broken(error.into())
    }
}

impl From<UnknownWord> for Failure {
    fn from(word: UnknownWord) -> Failure {
        Failure::Unknown(word)
    }
}

/// A failure on its way to [`render`], which knows the visitor's language.
#[derive(Clone)]
struct Carried(Arc<Mutex<Option<Failure>>>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self {
            Failure::FutureDay(today) => return Flash::FutureDay.redirect(&today),
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Unknown(_) => StatusCode::BAD_REQUEST,
            Failure::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Carried(Arc::new(Mutex::new(Some(self)))));
        response
    }
}

/// An address that leads nowhere.
pub(super) async fn not_found() -> Failure {
    Failure::NotFound
}

/// An error's page.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    /// The frame.
    pub(crate) page: Page,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What it is.
    pub(crate) title: String,
    /// What to do.
    pub(crate) message: String,
    /// Under which the log tells more.
    pub(crate) reference: Option<String>,
}

/// Puts every failure into a page in the visitor's language, those of the framework too.
pub(super) async fn render(face: Face, request: Request, next: Next) -> Response {
    let visitor = Visitor::of(request.headers(), request.uri());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        return response;
    }
    let carried = response.extensions().get::<Carried>().cloned();
    let failure = carried.and_then(|carried| carried.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    page_of(&face, &visitor, status, failure).await
}

/// The key of the name that pages give to a word of the address.
fn field_key(field: &'static str) -> &'static str {
    match field {
        "by" => "cut-by",
        "sort" => "order",
        "was" => "state",
        "officer" => "role-credit-manager",
        "tied" => "tied-households",
        "quiet" => "cut-by",
        "due" => "due-month",
        "days" => "answer-within",
        "after" | "before" | "page" => "pages",
        field => field,
    }
}

async fn page_of(face: &Face, visitor: &Visitor, status: StatusCode, failure: Option<Failure>) -> Response {
    let lang = visitor.lang;
    let mut reference = None;
    let (title, message) = match failure {
        Some(Failure::Unknown(word)) => (
            lang.text("error-address-title"),
            lang.text_with(
                "error-address",
                &[("field", lang.text(field_key(word.field)).into()), ("value", word.value.into())],
            ),
        ),
        Some(Failure::Refused(refusal)) => (lang.text("error-refused-title"), words::refusal(lang, &refusal)),
        Some(Failure::Broken(error)) => {
            let number = face.ctx().request_id;
            tracing::error!(reference = %number, "{error:#}");
            reference = Some(number);
            (lang.text("error-broken-title"), lang.text("error-broken"))
        }
        None if status == StatusCode::FORBIDDEN => {
            (lang.text("error-foreign-title"), lang.text("error-foreign"))
        }
        None if status == StatusCode::PAYLOAD_TOO_LARGE => {
            (lang.text("error-large-title"), lang.text("error-large"))
        }
        None if status.is_server_error() => (lang.text("error-broken-title"), lang.text("error-broken")),
        Some(Failure::NotFound | Failure::FutureDay(_)) | None if status == StatusCode::NOT_FOUND => {
            (lang.text("error-missing-title"), lang.text("error-missing"))
        }
        Some(Failure::NotFound | Failure::FutureDay(_)) | None => {
            (lang.text("error-request-title"), lang.text("error-request"))
        }
    };
    // The page must come even when the database does not answer.
    let county = match face.app.db.read().await {
        Ok(mut tx) => face.county(&mut tx).await.map(|county| face.name_of(&county)).unwrap_or_default(),
        Err(_) => String::new(),
    };
    let mut page = face.frame(visitor, Section::Elsewhere, county);
    page.address = "/".to_owned();
    let error = ErrorPage { page, status: status.as_u16(), title, message, reference };
    match error.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => status.into_response(),
    }
}
