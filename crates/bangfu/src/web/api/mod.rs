//! `/api/v1`: the door for programs. It leads to the same use cases as the pages, is opened by tokens alone, and says of
//! itself what it is (`/api/v1/openapi.json`); the page `/api` reads that out and lets it be tried.

mod board;
mod call;
mod change;
mod close;
mod county;
mod difference;
mod document;
mod event;
mod household;
mod import;
mod loan;
mod name;
mod notice;
pub(crate) mod page;
mod paging;
mod place;
mod problem;
pub(in crate::web) mod rate;
mod read;
mod schema;
mod table;
mod tag;
mod task;
pub(in crate::web) mod write;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bangfu_domain::token::TokenScope;

use super::frame::Face;
use super::request;
use problem::{Problem, language};
use table::Api;
#[cfg(test)]
pub(crate) use table::Route;

/// Where the API stands.
pub(super) const PREFIX: &str = "/api/v1";

/// The document's address below it.
const DOCUMENT: &str = "/openapi.json";

/// Every address of the API. Files may be so large, in bytes.
fn api(bytes_max: usize) -> Api {
    use TokenScope::{
        BoardsRead, ClosesRead, ContactsWrite, DifferencesRead, DifferencesWrite, DivisionsRead,
        HouseholdsRead, ImportsRead, ImportsWrite, LoansRead, NoticesRead, TasksRead,
    };
    Api::new()
        .read(None, "/county", "get-county", county::get)
        .read(DivisionsRead, "/divisions", "list-divisions", place::list)
        .read(DivisionsRead, "/divisions/{code}", "get-division", place::one)
        .read(HouseholdsRead, "/households", "list-households", household::list)
        .read(HouseholdsRead, "/households/{id}", "get-household", household::one)
        .read(LoansRead, "/loans", "list-loans", loan::list)
        .read(LoansRead, "/loans/{id}", "get-loan", loan::one)
        .read(LoansRead, "/loans/{id}/events", "list-loan-events", event::list)
        .read(LoansRead, "/colours", "get-colours", board::colours)
        .read(BoardsRead, "/boards/{by}", "get-board", board::one)
        .read(ClosesRead, "/closes", "list-closes", close::list)
        .read(ClosesRead, "/closes/{day}", "get-close", close::one)
        .read(ImportsRead, "/imports", "list-imports", import::list)
        .read(ImportsRead, "/imports/{id}", "get-import", import::one)
        .bring((ImportsWrite, "/imports", "bring-import"), bytes_max, import::bring, import::brought_again)
        .write((ImportsWrite, "/imports/{id}/take", "take-import"), import::take, import::taken_again)
        .read(DifferencesRead, "/differences", "list-differences", difference::list)
        .read(DifferencesRead, "/differences/{id}", "get-difference", difference::one)
        .write(
            (DifferencesWrite, "/differences/{id}/resolve", "resolve-difference"),
            difference::resolve,
            difference::again,
        )
        .write(
            (DifferencesWrite, "/differences/{id}/assign", "assign-difference"),
            difference::assign,
            difference::again,
        )
        .write(
            (DifferencesWrite, "/differences/{id}/reopen", "reopen-difference"),
            difference::reopen,
            difference::again,
        )
        .read(TasksRead, "/tasks", "list-tasks", task::list)
        .read(TasksRead, "/tasks/{id}", "get-task", task::one)
        .write((ContactsWrite, "/tasks/{id}/contact", "record-contact"), task::record, task::again)
        .read(NoticesRead, "/notices", "list-notices", notice::list)
        .read(NoticesRead, "/notices/{id}", "get-notice", notice::one)
        .read(None, "/changes", "list-changes", change::list)
}

/// The routes of the API. What is not there is told as a problem too.
pub(super) fn router(bytes_max: usize) -> Router<Face> {
    let (routes, ..) = api(bytes_max).hung();
    let routes = routes.route(DOCUMENT, get(openapi)).fallback(missing).method_not_allowed_fallback(method);
    Router::new().nest(PREFIX, routes)
}

/// `GET /api/v1/openapi.json`: the document, to whoever asks.
async fn openapi(headers: HeaderMap) -> Response {
    let lang = language(&headers);
    let fixed = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::VARY, header::ACCEPT_LANGUAGE.as_str()),
    ];
    match serde_json::to_vec(&document::document(lang)) {
        Ok(body) => (fixed, body).into_response(),
        Err(error) => Problem::Broken(error.into()).answer(lang, ""),
    }
}

/// What is told whose request came a way that is not served.
pub(super) fn elsewhere(headers: &HeaderMap, reference: &str) -> Response {
    Problem::Elsewhere.answer(language(headers), reference)
}

async fn missing(face: Face, request: Request) -> Response {
    Problem::NotFound.answer(language(request.headers()), &request::id(&face.app.clock))
}

async fn method(face: Face, request: Request) -> Response {
    Problem::Method.answer(language(request.headers()), &request::id(&face.app.clock))
}

/// What is told of every address, for tests that walk them all.
#[cfg(test)]
pub(crate) fn routes() -> Vec<Route> {
    api(0).hung().1
}
