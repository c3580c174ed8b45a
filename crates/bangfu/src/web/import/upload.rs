//! The upload form, and the reading of the file that it brings.

use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_sheets::Kind;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Meter, Report, Upload};
use bangfu_usecase::layout;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::Date;
use serde::Deserialize;

use super::job::{self, Job, Progress, Trouble};
use super::trouble;
use super::view::{ImportView, Stage, UploadForm};
use super::{ImportPage, UploadPage, row};
use crate::intake;
use crate::texts::{Lang, Value};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;

/// Imports beside the form.
const RECENT: usize = 6;

/// What the form begins with.
#[derive(Debug, Deserialize)]
pub(crate) struct Begun {
    #[serde(default)]
    kind: String,
}

/// `GET /import`
pub(crate) async fn form(
    face: Face,
    visitor: Visitor,
    Query(begun): Query<Begun>,
) -> Result<Response, Failure> {
    show(&face, &visitor, UploadForm { kind: begun.kind, ..UploadForm::default() }).await
}

async fn show(face: &Face, visitor: &Visitor, form: UploadForm) -> Result<Response, Failure> {
    let imports = import::history(&face.app.db, &face.ctx()).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Import, &county);
    page.address = "/import".to_owned();
    let status = if form.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let recent = imports.iter().take(RECENT).map(|import| row(face, import)).collect();
    Ok((status, html(&UploadPage { page, form, recent })?).into_response())
}

/// What came with the form.
#[derive(Default)]
struct Sent {
    form: UploadForm,
    file: Option<(String, Vec<u8>)>,
    /// True if the file is larger than it may be.
    is_large: bool,
}

/// `POST /import`: begins to read the file, and leads to the page that says how far it is.
pub(crate) async fn upload(face: Face, visitor: Visitor, parts: Multipart) -> Result<Response, Failure> {
    let limits = face.app.intake.limits;
    let mut sent = Sent::default();
    match receive(parts, limits.file_bytes(), &mut sent).await {
        Err(error) if error.status() != StatusCode::PAYLOAD_TOO_LARGE => return Ok(error.into_response()),
        received => sent.is_large |= received.is_err(),
    }
    let (lang, mut form) = (visitor.lang, sent.form);
    if sent.is_large {
        let max = [("max", Value::from(i64::try_from(limits.file_mb).unwrap_or(i64::MAX)))];
        form.faults = vec![("file", lang.text_with("upload-large", &max))];
        return show(&face, &visitor, form).await;
    }
    let kind = Kind::from_key(&form.kind);
    let file = sent.file.filter(|(name, _)| !name.is_empty());
    let (as_of, until_on) = (day(&form.as_of), day(&form.until));
    // All that is wrong is said at once.
    let faults = [
        ("kind", "upload-no-kind", kind.is_none()),
        ("file", "upload-no-file", file.is_none()),
        ("file", "upload-empty", file.as_ref().is_some_and(|(_, bytes)| bytes.is_empty())),
        ("as_of", "upload-no-day", as_of.is_none()),
        ("until", "upload-no-day", until_on.is_none()),
    ];
    let faults = faults.into_iter().filter(|(_, _, wrong)| *wrong);
    form.faults = faults.map(|(field, key, _)| (field, lang.text(key))).collect();
    let (Some(kind), Some((file_name, bytes)), Some(as_of), Some(until_on), true) =
        (kind, file, as_of, until_on, form.faults.is_empty())
    else {
        return show(&face, &visitor, form).await;
    };
    let (ctx, stop) = (face.ctx(), face.app.stop.clone());
    let (number, meter) = face.jobs.begin(&file_name, kind.key(), ctx.micros());
    let jobs = face.jobs.clone();
    let work = async move {
        let hash = intake::hash(&bytes);
        let said = Said { kind, file_name: file_name.clone(), as_of, until_on };
        match read(&face, &face.ctx(), said, bytes.into(), &meter).await {
            Progress::Failed(trouble) => keep(&face, kind, (&file_name, &hash), trouble).await,
            progress => progress,
        }
    };
    job::run(work, stop, ctx.request_id, move |end| jobs.end(number, end.unwrap_or_else(Progress::Failed)));
    Ok(Redirect::to(&format!("/import/reading/{number}")).into_response())
}

/// Takes what the form brings. Of a file that is too large nothing is kept, and what comes after it is read on.
async fn receive(
    mut parts: Multipart,
    bytes_max: usize,
    sent: &mut Sent,
) -> Result<(), axum::extract::multipart::MultipartError> {
    while let Some(mut part) = parts.next_field().await? {
        match part.name().unwrap_or("") {
            "kind" => sent.form.kind = part.text().await?,
            "as_of" => sent.form.as_of = part.text().await?,
            "until" => sent.form.until = part.text().await?,
            "file" => {
                let path = part.file_name().unwrap_or("").to_owned();
                // Some browsers send the whole path: only its end is the name.
                let name = path.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
                let mut bytes = Vec::new();
                while let Some(piece) = part.chunk().await? {
                    sent.is_large |= bytes.len() + piece.len() > bytes_max;
                    if sent.is_large {
                        bytes = Vec::new();
                    } else {
                        bytes.extend_from_slice(&piece);
                    }
                }
                sent.file = Some((name, bytes));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A day that may be left empty; none if it is no day.
fn day(text: &str) -> Option<Option<Date>> {
    match text.trim() {
        "" => Some(None),
        text => crate::web::address::day(text).map(Some),
    }
}

/// What is said of a file.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// What it holds.
    pub(crate) kind: Kind,
    /// Its name.
    pub(crate) file_name: String,
    /// The day of a ledger's position.
    pub(crate) as_of: Option<Date>,
    /// The day up to which a repayments file is complete.
    pub(crate) until_on: Option<Date>,
}

/// Reads a file, holds it against the book, and keeps it until it is taken over. All of that is done in the file's turn:
/// many that come at once are neither parsed nor held against the book all at once.
pub(crate) async fn read(face: &Face, ctx: &Ctx, said: Said, bytes: Bytes, meter: &Meter) -> Progress {
    let Said { kind, file_name, as_of, until_on } = said;
    let file_hash = intake::hash(&bytes);
    let (book, _turn) = match face.app.intake.read_in_turn(&bytes).await {
        Ok(read) => read,
        Err(fault) => {
            tracing::info!("a file cannot be read: {fault}");
            return Progress::Failed(Trouble::NoTable(fault.key(), fault.args(), fault.setting()));
        }
    };
    drop(bytes);
    let layout = match layout::recognise(&face.app.db, ctx, kind, &book).await {
        Ok(found) => found.chosen,
        Err(error) => return failed(ctx, error),
    };
    let mut upload = Upload { kind, file_name, file_hash, book, as_of, until_on, layout, mended: 0 };
    // A header that cannot be told is for people to tell, unless another kind of file was meant.
    let checked = match import::check(&face.app.db, ctx, &upload, meter).await {
        Ok(checked) => checked,
        Err(Error::Refused(refusal @ Refusal::Header(_))) => {
            let guess = guess(face, ctx, &mut upload).await;
            if guess.is_some() || upload.book.sheets.iter().all(|sheet| sheet.rows.is_empty()) {
                return Progress::Failed(Trouble::Refused(refusal, guess));
            }
            Report::default()
        }
        Err(error) => return failed(ctx, error),
    };
    match import::stage_checked(&face.app.db, ctx, &upload, &checked).await {
        Ok(import_id) => Progress::Staged(import_id),
        Err(error) => failed(ctx, error),
    }
}

/// Keeps a file that cannot be read in the history with the reason.
async fn keep(face: &Face, kind: Kind, file: (&str, &str), trouble: Trouble) -> Progress {
    match import::keep_unreadable(&face.app.db, &face.ctx(), kind, file, &trouble::why(&trouble)).await {
        Ok(import_id) => Progress::Staged(import_id),
        Err(error) => {
            tracing::error!("keeping a file that cannot be read: {error}");
            Progress::Failed(trouble)
        }
    }
}

/// The kind of file whose columns a book has, when it lacks those of the kind that was chosen.
async fn guess(face: &Face, ctx: &Ctx, upload: &mut Upload) -> Option<Kind> {
    let chosen = upload.kind;
    let layout = upload.layout.take();
    for kind in UploadForm::KINDS.into_iter().filter_map(Kind::from_key).filter(|kind| *kind != chosen) {
        upload.kind = kind;
        match import::check(&face.app.db, ctx, upload, &Meter::default()).await {
            Ok(_) => return Some(kind),
            Err(Error::Refused(Refusal::Header(_))) => {}
            Err(Error::Refused(_)) => return Some(kind),
            Err(_) => return None,
        }
    }
    (upload.kind, upload.layout) = (chosen, layout);
    None
}

fn failed(ctx: &Ctx, error: Error) -> Progress {
    Progress::Failed(match error {
        Error::Refused(refusal) => Trouble::Refused(refusal, None),
        error => {
            let reference = ctx.request_id.clone();
            tracing::error!(%reference, "reading a file: {error}");
            Trouble::Broken(reference)
        }
    })
}

/// `GET /import/reading/{job}`: how far the reading is; when it is done, the comparison.
pub(crate) async fn reading(
    face: Face,
    visitor: Visitor,
    Path(number): Path<u64>,
) -> Result<Response, Failure> {
    let job = face.jobs.get(number).ok_or(Failure::NotFound)?;
    if let Progress::Staged(import_id) = job.progress {
        return Ok(Redirect::to(&format!("/import/{import_id}")).into_response());
    }
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let page = face.page(&visitor, Section::Import, &county);
    html(&ImportPage { page, import: waiting(&face, visitor.lang, job, format!("/import/reading/{number}")) })
}

fn waiting(face: &Face, lang: Lang, job: Job, address: String) -> ImportView {
    let stage = match job.progress {
        Progress::Failed(trouble) => {
            Stage::Unreadable(trouble::unreadable(lang, &job.kind, &trouble::why(&trouble)))
        }
        Progress::Reading | Progress::Staged(_) => Stage::Reading(job.meter.read()),
    };
    ImportView::waiting(0, address, job.kind, job.file_name, face.local(job.received_at), stage)
}
