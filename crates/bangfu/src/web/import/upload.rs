//! The upload form, and the reading of the file that it brings.

use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_sheets::Kind;
use bangfu_usecase::import::{self, Upload};
use jiff::civil::Date;

use super::job::{Job, Progress};
use super::view::{ChangeCounts, ImportView, RowCounts, Stage, UploadForm};
use super::{ImportPage, UploadPage, row};
use crate::intake;
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::page::Section;
use crate::words;

/// Imports beside the form.
const RECENT: usize = 6;

/// `GET /import`
pub(crate) async fn form(State(face): State<Face>, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, UploadForm::default()).await
}

async fn show(face: &Face, visitor: &Visitor, form: UploadForm) -> Result<Response, Failure> {
    let imports = import::history(&face.app.db, &face.ctx()).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Import, &county.name);
    page.address = "/import".to_owned();
    let status = if form.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let recent = imports.iter().take(RECENT).map(|import| row(face, import)).collect();
    Ok((status, html(&UploadPage { page, form, recent })?).into_response())
}

/// What came with the form.
#[derive(Default)]
struct Sent {
    form: UploadForm,
    file: Option<(String, Vec<u8>)>,
}

/// `POST /import`: begins to read the file, and leads to the page that says how far it is.
pub(crate) async fn upload(
    State(face): State<Face>,
    visitor: Visitor,
    parts: Multipart,
) -> Result<Response, Failure> {
    let sent = match receive(parts).await {
        Ok(sent) => sent,
        Err(error) => return Ok(error.into_response()),
    };
    let (lang, form) = (visitor.lang, sent.form);
    let refuse =
        |field: &'static str, key: &str| UploadForm { fault: Some((field, lang.text(key))), ..form.clone() };
    let Some(kind) = Kind::from_key(&form.kind) else {
        return show(&face, &visitor, refuse("kind", "upload-no-kind")).await;
    };
    let Some((file_name, bytes)) = sent.file.filter(|(_, bytes)| !bytes.is_empty()) else {
        return show(&face, &visitor, refuse("file", "upload-no-file")).await;
    };
    let Some(as_of) = day(&form.as_of) else {
        return show(&face, &visitor, refuse("as_of", "upload-no-day")).await;
    };
    let Some(until_on) = day(&form.until) else {
        return show(&face, &visitor, refuse("until", "upload-no-day")).await;
    };
    let number = face.jobs.begin(&file_name, kind.key());
    tokio::spawn(async move {
        let progress = read(&face, lang, kind, file_name, &bytes, as_of, until_on).await;
        face.jobs.end(number, progress);
    });
    Ok(Redirect::to(&format!("/import/reading/{number}")).into_response())
}

async fn receive(mut parts: Multipart) -> Result<Sent, axum::extract::multipart::MultipartError> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await? {
        match part.name().unwrap_or("") {
            "kind" => sent.form.kind = part.text().await?,
            "as_of" => sent.form.as_of = part.text().await?,
            "until" => sent.form.until = part.text().await?,
            "file" => {
                let path = part.file_name().unwrap_or("").to_owned();
                // Some browsers send the whole path: only its end is the name.
                let name = path.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
                sent.file = Some((name, part.bytes().await?.to_vec()));
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// A day that may be left empty; none if it is no day.
fn day(text: &str) -> Option<Option<Date>> {
    match text.trim() {
        "" => Some(None),
        text => text.parse().ok().map(Some),
    }
}

async fn read(
    face: &Face,
    lang: Lang,
    kind: Kind,
    file_name: String,
    bytes: &[u8],
    as_of: Option<Date>,
    until_on: Option<Date>,
) -> Progress {
    let book = match intake::read(bytes).await {
        Ok(book) => book,
        Err(fault) => {
            let (key, args) = (fault.key(), fault.args());
            return Progress::Failed(
                words::said(lang, &format!("intake-{key}"), &args),
                words::said(lang, "intake-cure", &[]),
            );
        }
    };
    let upload = Upload { kind, file_name, file_hash: intake::hash(bytes), book, as_of, until_on };
    let ctx = face.ctx();
    // A header that cannot be told is said at once, before anything is kept.
    if let Err(error) = import::check(&face.app.db, &ctx, &upload).await {
        return failed(face, lang, error);
    }
    match import::stage(&face.app.db, &ctx, &upload).await {
        Ok(import_id) => Progress::Staged(import_id),
        Err(error) => failed(face, lang, error),
    }
}

fn failed(face: &Face, lang: Lang, error: bangfu_usecase::Error) -> Progress {
    match error {
        bangfu_usecase::Error::Refused(refusal) => Progress::Failed(
            words::refusal(lang, &refusal),
            lang.find(&format!("refusal-cure-{}", refusal.key()), &[]).unwrap_or_default(),
        ),
        error => {
            let number = face.ctx().request_id;
            tracing::error!(reference = %number, "reading a file: {error}");
            Progress::Failed(lang.text("error-broken"), format!("{} {number}", lang.text("error-reference")))
        }
    }
}

/// `GET /import/reading/{job}`: how far the reading is; when it is done, the comparison.
pub(crate) async fn reading(
    State(face): State<Face>,
    visitor: Visitor,
    Path(number): Path<u64>,
) -> Result<Response, Failure> {
    let job = face.jobs.get(number).ok_or(Failure::NotFound)?;
    if let Progress::Staged(import_id) = job.progress {
        let address = format!("/import/{import_id}");
        if !visitor.partly {
            return Ok(Redirect::to(&address).into_response());
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        if let Ok(address) = HeaderValue::from_str(&address) {
            response.headers_mut().insert("hx-redirect", address);
        }
        return Ok(response);
    }
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let page = face.page(&visitor, Section::Import, &county.name);
    html(&ImportPage { page, import: waiting(&face, job, visitor.address) })
}

fn waiting(face: &Face, job: Job, address: String) -> ImportView {
    let stage = match job.progress {
        Progress::Failed(message, cure) => Stage::Unreadable { message, cure },
        Progress::Reading | Progress::Staged(_) => Stage::Reading,
    };
    ImportView {
        id: 0,
        address,
        kind: job.kind,
        file_name: job.file_name,
        as_of: None,
        until: None,
        received_at: face.local(face.ctx().micros()),
        stage,
        failure: None,
        rows: RowCounts::default(),
        skipped: Vec::new(),
        changes: ChangeCounts::default(),
        changed: Vec::new(),
        missing: Vec::new(),
        errors: Vec::new(),
        findings: Vec::new(),
        differences: 0,
    }
}
