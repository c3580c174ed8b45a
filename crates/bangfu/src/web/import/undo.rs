//! `/import/{id}/undo`: what taking an import back would do, or what was built on it; and the taking back.

use std::time::Duration;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::Error;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Foreseen, Ground, GroundKind};
use jiff::civil::DateTime;
use tokio::task::JoinHandle;

use super::run;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};

/// Before an import is taken back.
#[derive(Template)]
#[template(path = "undo.html")]
pub(crate) struct UndoPage {
    /// The frame.
    pub(crate) page: Page,
    /// The import.
    pub(crate) id: i64,
    /// Key of the kind of file.
    pub(crate) kind: String,
    /// The file's name.
    pub(crate) file_name: String,
    /// When it was taken over.
    pub(crate) taken_at: DateTime,
    /// Loans that leave the book.
    pub(crate) gone: u64,
    /// Loans that are again as they were.
    pub(crate) back: u64,
    /// What was built on it: then it stays.
    pub(crate) built_on: Vec<BuiltOn>,
}

/// What of a kind was built on an import.
#[derive(Debug, Clone)]
pub(crate) struct BuiltOn {
    /// Key of the kind.
    pub(crate) kind: &'static str,
    /// How much.
    pub(crate) count: u64,
    /// The first of it: names with their pages.
    pub(crate) first: Vec<(String, Option<String>)>,
}

impl BuiltOn {
    fn of(ground: &Ground) -> BuiltOn {
        let page = |id: i64| match ground.kind {
            GroundKind::Loans | GroundKind::Rewards => Some(format!("/loans/{id}")),
            GroundKind::Differences => Some(format!("/differences/{id}")),
            GroundKind::Files => Some(format!("/import/{id}")),
            GroundKind::Rows => None,
        };
        BuiltOn {
            kind: ground.kind.key(),
            count: unsigned(ground.count),
            first: ground.first.iter().map(|named| (named.name.clone(), page(named.id))).collect(),
        }
    }

    /// How many are not named.
    pub(crate) fn more(&self) -> u64 {
        if self.first.is_empty() { 0 } else { self.count.saturating_sub(unsigned(self.first.len())) }
    }
}

/// `GET /import/{id}/undo`
pub(crate) async fn ask(
    face: Face,
    visitor: Visitor,
    Path(import_id): Path<i64>,
) -> Result<Response, Failure> {
    let foreseen = match import::foresee(&face.app.db, &face.ctx(), import_id).await {
        // It was taken back, or is being: its page says so.
        Err(Error::Refused(
            Refusal::AlreadyUndone | Refusal::Undoing | Refusal::Taking | Refusal::NotTaken,
        )) => return Ok(leads_to(import_id)),
        foreseen => foreseen?,
    };
    let status = if foreseen.built_on.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let Foreseen { import, loans, built_on } = foreseen;
    let page = UndoPage {
        page: face.page(&visitor, Section::Import, &county),
        id: import_id,
        kind: import.kind,
        file_name: import.file_name,
        taken_at: face.local(import.taken_at.unwrap_or(import.created_at)),
        gone: unsigned(loans.gone),
        back: unsigned(loans.back),
        built_on: built_on.iter().map(BuiltOn::of).collect(),
    };
    Ok((status, html(&page)?).into_response())
}

/// `POST /import/{id}/undo`: takes the import back, also when the visitor leaves.
pub(crate) async fn undo(face: Face, Path(import_id): Path<i64>) -> Result<Response, Failure> {
    // Something may have been built on it since it was asked for: that page lists it.
    match import::foresee(&face.app.db, &face.ctx(), import_id).await {
        Ok(foreseen) if !foreseen.built_on.is_empty() => {
            return Ok(Redirect::to(&format!("/import/{import_id}/undo")).into_response());
        }
        Ok(_) => {}
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => return Ok(leads_to(import_id)),
        Err(error) => return Err(error.into()),
    }
    if let Some(work) = begin(&face, import_id) {
        // Most imports are taken back before their visitor would see a page that says so.
        tokio::time::timeout(Duration::from_millis(1500), work).await.ok();
    }
    Ok(leads_to(import_id))
}

/// Begins to take an import back, or to go on with it; nothing if work on it is under way.
pub(super) fn begin(face: &Face, import_id: i64) -> Option<JoinHandle<()>> {
    let (ctx, db) = (face.ctx(), face.app.db.clone());
    run(face, import_id, async move |meter| import::undo(&db, &ctx, import_id, &meter).await.map(drop))
}

fn leads_to(import_id: i64) -> Response {
    Redirect::to(&format!("/import/{import_id}")).into_response()
}

impl Page {
    /// What else happens when a file of a kind is taken back.
    pub(crate) fn undo_rows(&self, kind: &str) -> String {
        self.t(&format!("undo-rows-{kind}"))
    }

    /// So much of a kind stands on an import.
    pub(crate) fn ground(&self, kind: &str, count: &u64) -> String {
        self.t1(&format!("ground-{kind}"), "count", *count)
    }

    /// What to do about it.
    pub(crate) fn ground_cure(&self, kind: &str) -> String {
        self.t(&format!("ground-cure-{kind}"))
    }
}
