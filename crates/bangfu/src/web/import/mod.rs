//! `/import`: a file comes in, is compared with the book, and is taken over once confirmed.

pub(crate) mod check;
pub(crate) mod columns;
mod compare;
pub(crate) mod job;
pub(crate) mod progress;
#[cfg(test)]
pub(crate) mod sample;
mod trouble;
pub(crate) mod undo;
pub(crate) mod upload;
pub(crate) mod view;

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_store::import::{Import, Status};
use bangfu_usecase::access::Right;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Meter, Reading, Report, Take};
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::download::{self, Format};
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::{Page, unsigned};
use crate::intake;
use check::filter::{CheckFilter, RawFilter};
use check::lines::Typed;
use check::looks;
use job::{Job, Progress, Taking, Trouble};
use view::{ChangeCounts, ImportRow, ImportView, RowCounts, Stage, Tally, Unreadable, UploadForm};

/// The upload form.
#[derive(Template)]
#[template(path = "upload.html")]
pub(crate) struct UploadPage {
    /// The frame.
    pub(crate) page: Page,
    /// What was chosen.
    pub(crate) form: UploadForm,
    /// The last imports.
    pub(crate) recent: Vec<ImportRow>,
}

/// One import.
#[derive(Template)]
#[template(path = "import.html")]
pub(crate) struct ImportPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) import: ImportView,
}

/// The history of imports.
#[derive(Template)]
#[template(path = "imports.html")]
pub(crate) struct ImportsPage {
    /// The frame.
    pub(crate) page: Page,
    /// Newest first.
    pub(crate) imports: Vec<ImportRow>,
}

/// `GET /import/{id}`
pub(crate) async fn one(
    face: Face,
    visitor: Visitor,
    Path(import_id): Path<i64>,
    Query(raw): Query<RawFilter>,
) -> Result<Response, Failure> {
    let (filter, _) = CheckFilter::try_from(raw)?.without_secret();
    show(&face, &visitor, import_id, &filter, &Typed::new(), None).await
}

/// The page of an import, with what was typed into its fields and why that was refused.
async fn show(
    face: &Face,
    visitor: &Visitor,
    import_id: i64,
    filter: &CheckFilter,
    typed: &Typed,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let taking = face.jobs.taking(import_id);
    if let Taking::Going(measure) = taking {
        return wait(face, visitor, import_id, measure).await;
    }
    let import = import::get(&face.app.db, &face.ctx(), import_id).await?;
    let takes_files = face.may(Right::TakeFiles);
    if takes_files && taking == Taking::No && matches!(import.status, Status::Taking | Status::Undoing) {
        // It was interrupted, and whoever looks at it wants it done.
        match import.status {
            Status::Undoing => undo::begin(face, import_id),
            _ => begin(face, import_id, Take::Good),
        };
        return wait(face, visitor, import_id, Reading::default()).await;
    }
    if import.status == Status::Unreadable {
        return unreadable(face, visitor, &import).await;
    }
    let seen = match looks::look_awhile(face, &face.ctx(), import_id).await {
        // What its columns hold is for the visitor to tell first.
        Err(Failure::Refused(Refusal::Header(_))) => {
            return Ok(Redirect::to(&format!("/import/{import_id}/columns")).into_response());
        }
        seen => seen?,
    };
    let look = &seen.look;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut view = compare::view(&mut tx, face, visitor.lang, look, filter, typed).await?;
    view.counted_at = seen.counted_at.map(|at| face.local(at));
    if look.import.status.was_taken() && look.report.rows.bad > 0 {
        view.has_rejects = import::has_rejects(&face.app.db, &face.ctx(), import_id).await?;
    }
    if let Taking::Failed(failure) = taking {
        view.failure = Some(trouble::sentence(visitor.lang, &failure));
    }
    let status = if refusal.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    view.check.refusal = refusal;
    view.check.action = view.check.action.filter(|_| takes_files);
    let mut page = face.page(visitor, Section::Import, &county);
    page.address = filter.address(import_id);
    Ok((status, html(&ImportPage { page, import: view })?).into_response())
}

/// An import that is being taken over or back: it is not compared with the book while the book changes.
async fn wait(face: &Face, visitor: &Visitor, import_id: i64, measure: Reading) -> Result<Response, Failure> {
    let import = import::get(&face.app.db, &face.ctx(), import_id).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (address, received_at) = (format!("/import/{import_id}"), face.local(import.created_at));
    let back = matches!(import.status, Status::Taken | Status::Undoing);
    let stage = if back { Stage::Undoing(measure) } else { Stage::Taking(measure) };
    let view = ImportView::waiting(import_id, address, import.kind, import.file_name, received_at, stage);
    html(&ImportPage { page: face.page(visitor, Section::Import, &county), import: view })
}

/// A file that could not be read, with the reason.
async fn unreadable(face: &Face, visitor: &Visitor, import: &Import) -> Result<Response, Failure> {
    let why = trouble::unreadable(visitor.lang, &import.kind, &import::why_unreadable(import)?);
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (import_id, received_at) = (import.import_id, face.local(import.created_at));
    let (kind, file_name) = (import.kind.clone(), import.file_name.clone());
    let address = format!("/import/{import_id}");
    let view = ImportView::waiting(import_id, address, kind, file_name, received_at, Stage::Unreadable(why));
    html(&ImportPage { page: face.page(visitor, Section::Import, &county), import: view })
}

/// Which rows to take.
#[derive(Deserialize)]
pub(crate) struct Choice {
    take: String,
}

/// `POST /import/{id}/take`: takes the file over, also when the visitor leaves.
pub(crate) async fn take(
    face: Face,
    Path(import_id): Path<i64>,
    Form(choice): Form<Choice>,
) -> Result<Response, Failure> {
    let take = if choice.take == "good" { Take::Good } else { Take::AllOrNothing };
    if let Some(work) = begin(&face, import_id, take) {
        // Most files are taken over before their visitor would see a page that says so.
        tokio::time::timeout(std::time::Duration::from_millis(1500), work).await.ok();
    }
    Ok(Redirect::to(&format!("/import/{import_id}")).into_response())
}

/// Begins to take a file over, or to go on with it; nothing if that is under way.
fn begin(face: &Face, import_id: i64, take: Take) -> Option<JoinHandle<()>> {
    let (ctx, db) = (face.ctx(), face.app.db.clone());
    run(face, import_id, async move |meter| import::take(&db, &ctx, import_id, take, &meter).await.map(drop))
}

/// Runs work on an import, also when its visitor leaves; nothing if some is under way.
fn run<W>(face: &Face, import_id: i64, work: impl FnOnce(Arc<Meter>) -> W) -> Option<JoinHandle<()>>
where
    W: Future<Output = Result<(), bangfu_usecase::Error>> + Send + 'static,
{
    let meter = face.jobs.begin_taking(import_id)?;
    let (jobs, reference) = (face.jobs.clone(), face.ctx().request_id);
    let (work, told) = (work(meter), reference.clone());
    let work = async move {
        match work.await {
            // Somebody else was faster: the page shows what came of it.
            Ok(()) | Err(bangfu_usecase::Error::Refused(Refusal::AlreadyTaken | Refusal::AlreadyUndone)) => {
                None
            }
            Err(bangfu_usecase::Error::Refused(refusal)) => Some(Trouble::Refused(refusal, None)),
            Err(error) => {
                tracing::error!(reference = %told, import_id, "taking over or back: {error}");
                Some(Trouble::Broken(told))
            }
        }
    };
    let end = move |end: Result<Option<Trouble>, Trouble>| {
        jobs.end_taking(import_id, end.unwrap_or_else(Some));
    };
    Some(job::run(work, face.app.stop.clone(), reference, end))
}

/// `POST /import/{id}/drop`
pub(crate) async fn drop_staged(face: Face, Path(import_id): Path<i64>) -> Result<Response, Failure> {
    import::discard(&face.app.db, &face.ctx(), import_id).await?;
    Ok(Flash::Dropped.redirect("/imports"))
}

/// `GET /import/{id}/rejects.xlsx`: the bad rows with their reasons.
pub(crate) async fn rejects(
    face: Face,
    visitor: Visitor,
    Path(import_id): Path<i64>,
) -> Result<Response, Failure> {
    let (db, ctx, demo) = (face.app.db.clone(), face.ctx(), face.app.demo);
    let work = async move {
        let (upload, report) = import::rejects(&db, &ctx, import_id).await?;
        intake::rejects_of(&upload, &report, visitor.lang, demo).map_err(Failure::Broken)
    };
    let bytes = looks::beside(&face, work).await?;
    let name = format!("{}-{import_id}", visitor.lang.text("rejects-name"));
    Ok(download::file(bytes, Format::Xlsx, &name, &format!("bad-rows-{import_id}")))
}

/// `GET /imports`
pub(crate) async fn history(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let imports = import::history(&face.app.db, &face.ctx()).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let unstaged = face.jobs.unstaged();
    let reading = unstaged.iter().map(|(number, job)| reading_row(&face, *number, job));
    let imports = reading.chain(imports.iter().map(|import| row(&face, import))).collect();
    html(&ImportsPage { page: face.page(&visitor, Section::Import, &county), imports })
}

/// An import of the history.
fn row(face: &Face, import: &Import) -> ImportRow {
    let counts = import.counts.filter(|_| import.status != Status::Unreadable);
    let day = counts.and_then(|counts| counts.speaks_of);
    ImportRow {
        href: format!("/import/{}", import.import_id),
        received_at: face.local(import.created_at),
        kind: import.kind.clone(),
        file_name: import.file_name.clone(),
        hash: import.file_hash.clone(),
        actor: import.actor.clone(),
        speaks_of: day.or(import.as_of).or(import.until_on),
        counts: counts.map(|counts| Tally {
            good: unsigned(counts.good),
            bad: unsigned(counts.bad),
            new: unsigned(counts.new),
            changed: unsigned(counts.changed),
        }),
        stage: stage(face, import),
    }
}

/// A file of the history that is being read, or could not be.
fn reading_row(face: &Face, number: u64, job: &Job) -> ImportRow {
    let failed = matches!(job.progress, Progress::Failed(_));
    ImportRow {
        href: format!("/import/reading/{number}"),
        received_at: face.local(job.received_at),
        kind: job.kind.clone(),
        file_name: job.file_name.clone(),
        hash: String::new(),
        actor: String::new(),
        speaks_of: None,
        counts: None,
        stage: if failed {
            Stage::Unreadable(Unreadable::default())
        } else {
            Stage::Reading(job.meter.read())
        },
    }
}

fn stage(face: &Face, import: &Import) -> Stage {
    match import.status {
        Status::Taken => Stage::Taken { at: face.local(import.taken_at.unwrap_or(import.created_at)) },
        Status::Undoing => Stage::Undoing(Reading::default()),
        Status::Undone => Stage::Undone {
            at: face.local(import.undone_at.unwrap_or(import.created_at)),
            by: import.undone_by.clone().unwrap_or_default(),
        },
        Status::Taking => Stage::Taking(Reading {
            done: usize::try_from(import.rows_done).unwrap_or(0),
            ..Reading::default()
        }),
        Status::Unreadable => Stage::Unreadable(Unreadable::default()),
        Status::Arriving | Status::Staged => Stage::Staged,
    }
}

fn rows(report: &Report) -> RowCounts {
    RowCounts {
        read: unsigned(report.rows.read),
        good: unsigned(report.rows.good),
        bad: unsigned(report.rows.bad),
        skipped: unsigned(report.rows.skipped),
    }
}

fn changes(report: &Report) -> ChangeCounts {
    ChangeCounts {
        new: unsigned(report.changes.new),
        changed: unsigned(report.changes.changed),
        unchanged: unsigned(report.changes.unchanged),
        missing: unsigned(report.absent_in_all),
    }
}
