//! `/admin/places/list`: an official list is held against the county's places, decided about, and taken over.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::division::compare::Decision;
use bangfu_sheets::divisions::{self, DivisionLine};
use bangfu_usecase::division::PlaceFault;
use bangfu_usecase::division::list::{Called, Fate, LineFault, ListFault, Preview, Row, Wanted, look, take};
use bangfu_usecase::error::Error;

use super::Typed;
use super::county::refused;
use crate::texts::{Lang, Value};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};
use crate::words::{self, said};

/// The largest file, in bytes: the list of a province has two megabytes as text.
pub(in crate::web) const BYTES_MAX: usize = 16 << 20;

/// So many places are shown of those that only change.
const SHOWN: usize = 100;

/// So many faults are shown.
const FAULTS_SHOWN: usize = 50;

/// What a list would change, or why it cannot be looked at.
#[derive(Template)]
#[template(path = "admin_place_list.html")]
pub(crate) struct ListPage {
    /// The frame.
    pub(crate) page: Page,
    /// Day and reason, and the mark of what was seen.
    pub(crate) typed: Typed,
    /// What is wrong with the file.
    pub(crate) faults: Vec<String>,
    /// How many faults are not shown.
    pub(crate) more_faults: u64,
    /// The lines, as they are sent back.
    pub(crate) lines: String,
    /// How many places of each kind: the key of its text, and the number.
    pub(crate) counts: Vec<(String, u64)>,
    /// What is shown of it.
    pub(crate) rows: Vec<RowView>,
    /// How many changes are not shown.
    pub(crate) more: u64,
    /// True if something is to be written.
    pub(crate) changes: bool,
}

/// A place that changes, or about which something is to be decided.
#[derive(Debug, Clone)]
pub(crate) struct RowView {
    /// The line of the file.
    pub(crate) line: Option<usize>,
    /// The key of what becomes of it.
    pub(crate) fate_key: String,
    /// As it is called before.
    pub(crate) before: Option<Called>,
    /// As it is called from then on.
    pub(crate) after: Option<Called>,
    /// The places that it can be.
    pub(crate) like: Vec<Called>,
    /// True if somebody may decide, or has decided, about it.
    pub(crate) is_open: bool,
    /// What was decided.
    pub(crate) decided: String,
    /// Why it stays.
    pub(crate) why: String,
}

impl RowView {
    fn of(lang: Lang, row: &Row, decided: &BTreeMap<usize, Decision>) -> RowView {
        let decision = row.line.and_then(|line| decided.get(&line));
        let (like, why) = match &row.fate {
            Fate::Uncertain(like) => (like.clone(), String::new()),
            Fate::Stays([villages, households, loans, officers]) => {
                let counts = [
                    ("villages", Value::from(*villages)),
                    ("households", (*households).into()),
                    ("loans", (*loans).into()),
                    ("officers", (*officers).into()),
                ];
                (Vec::new(), lang.text_with("place-list-stays-why", &counts))
            }
            // What was decided can be decided otherwise.
            _ if decision.is_some() => (row.before.clone().into_iter().collect(), String::new()),
            _ => (Vec::new(), String::new()),
        };
        RowView {
            line: row.line,
            fate_key: format!("place-fate-{}", row.fate.key()),
            before: row.before.clone(),
            after: row.after.clone(),
            is_open: matches!(row.fate, Fate::Uncertain(_)) || decision.is_some(),
            like,
            decided: match decision {
                None => String::new(),
                Some(Decision::New) => NEW.to_owned(),
                Some(Decision::Is(id)) => id.to_string(),
            },
            why,
        }
    }

    /// True if a place is the one that was decided for.
    pub(crate) fn is_decided(&self, like: &Called) -> bool {
        like.division_id.is_some_and(|id| self.decided == id.to_string())
    }
}

/// What a form says of a line that is a new place.
const NEW: &str = "new";

/// The page of a list.
pub(crate) fn view(
    page: Page,
    typed: Typed,
    decided: &BTreeMap<usize, Decision>,
    preview: &Preview,
) -> ListPage {
    let lang = page.lang;
    let mut counts: Vec<(String, u64)> = Vec::new();
    for row in &preview.rows {
        let key = format!("place-fate-{}", row.fate.key());
        match counts.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += 1,
            None => counts.push((key, 1)),
        }
    }
    // What somebody must look at comes first, and all of it.
    let is_open = |row: &&Row| row.fate.is_left() || row.line.is_some_and(|line| decided.contains_key(&line));
    let (open, sure): (Vec<&Row>, Vec<&Row>) = preview.rows.iter().partition(is_open);
    let more = unsigned(sure.len().saturating_sub(SHOWN));
    let shown = open.into_iter().chain(sure.into_iter().take(SHOWN));
    ListPage {
        typed: Typed { seen: preview.seen.clone(), ..typed },
        faults: Vec::new(),
        more_faults: 0,
        lines: sent(&preview.lines),
        counts,
        rows: shown.map(|row| RowView::of(lang, row, decided)).collect(),
        more,
        changes: preview.rows.iter().any(|row| !row.fate.is_left()),
        page,
    }
}

/// The page of a list that cannot be looked at.
pub(crate) fn faulty(page: Page, typed: Typed, mut faults: Vec<String>) -> ListPage {
    let more_faults = unsigned(faults.len().saturating_sub(FAULTS_SHOWN));
    faults.truncate(FAULTS_SHOWN);
    ListPage {
        page,
        typed,
        faults,
        more_faults,
        lines: String::new(),
        counts: Vec::new(),
        rows: Vec::new(),
        more: 0,
        changes: false,
    }
}

/// A line as it is sent back: number, code, name, parent, level, and the code before.
type Sent = (usize, String, String, String, String, String);

fn sent(lines: &[DivisionLine]) -> String {
    let lines: Vec<Sent> = lines
        .iter()
        .cloned()
        .map(|line| (line.line, line.code, line.name, line.parent, line.level, line.replaces))
        .collect();
    serde_json::to_string(&lines).unwrap_or_default()
}

fn sent_back(text: &str) -> Result<Vec<DivisionLine>, Error> {
    let lines: Vec<Sent> = serde_json::from_str(text).map_err(|_| Error::from(PlaceFault::List))?;
    let line = |(line, code, name, parent, level, replaces): Sent| DivisionLine {
        line,
        code,
        name,
        parent,
        level,
        replaces,
        ..DivisionLine::default()
    };
    Ok(lines.into_iter().map(line).collect())
}

/// A fault of a line in words.
fn fault(lang: Lang, fault: &LineFault) -> String {
    let what = said(lang, &format!("place-line-{}", fault.kind.key()), &[("value", fault.value.clone())]);
    match fault.line {
        Some(line) => said(lang, "place-list-line", &[("line", line.to_string()), ("what", what)]),
        None => what,
    }
}

/// `POST /admin/places/list/check`: reads the file and shows what it would change; nothing is written.
pub(in crate::web) async fn check(
    face: Face,
    visitor: Visitor,
    parts: Multipart,
) -> Result<Response, Failure> {
    let (typed, bytes) = match receive(parts).await {
        Ok(received) => received,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let max = [("max", Value::from(i64::try_from(BYTES_MAX >> 20).unwrap_or(i64::MAX)))];
            let fault = visitor.lang.text_with("upload-large", &max);
            return unread(&face, &visitor, Typed::default(), vec![fault]).await;
        }
        Err(error) => return Ok(error.into_response()),
    };
    let lines = match face.app.intake.read(&bytes).await {
        _ if bytes.is_empty() => Err(visitor.lang.text("upload-no-file")),
        Ok(book) => divisions::read(&book).map_err(|fault| words::divisions(visitor.lang, &fault)),
        Err(fault) => Err(words::intake(visitor.lang, &fault)),
    };
    match lines {
        Ok(lines) => shown(&face, &visitor, typed, lines, BTreeMap::new()).await,
        Err(fault) => unread(&face, &visitor, typed, vec![fault]).await,
    }
}

async fn receive(mut parts: Multipart) -> Result<(Typed, Vec<u8>), axum::extract::multipart::MultipartError> {
    let (mut typed, mut bytes) = (Typed::default(), Vec::new());
    while let Some(part) = parts.next_field().await? {
        match part.name().unwrap_or("") {
            "from" => typed.from = part.text().await?,
            "reason" => typed.reason = part.text().await?,
            "file" => bytes = part.bytes().await?.to_vec(),
            _ => {}
        }
    }
    Ok((typed, bytes))
}

/// What comes back of a list: day, reason and mark; its lines; and what was decided.
type Told = (Typed, Vec<DivisionLine>, BTreeMap<usize, Decision>);

fn told(fields: Vec<(String, String)>) -> Result<Told, Error> {
    let (mut typed, mut lines, mut decided) = (Typed::default(), String::new(), BTreeMap::new());
    for (name, value) in fields {
        match name.as_str() {
            "seen" => typed.seen = value,
            "from" => typed.from = value,
            "reason" => typed.reason = value,
            "lines" => lines = value,
            name => {
                let line = name.strip_prefix("line-").and_then(|line| line.parse().ok());
                let decision = match value.as_str() {
                    NEW => Some(Decision::New),
                    id => id.parse().ok().map(Decision::Is),
                };
                decided.extend(line.zip(decision));
            }
        }
    }
    Ok((typed, sent_back(&lines)?, decided))
}

/// `POST /admin/places/list/look`: what it would change with what was decided; nothing is written.
pub(in crate::web) async fn again(
    face: Face,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    match told(fields) {
        Ok((typed, lines, decided)) => shown(&face, &visitor, typed, lines, decided).await,
        Err(error) => refused(&face, &visitor, error, &Typed::default()).await,
    }
}

/// `POST /admin/places/list`: takes the list over.
pub(in crate::web) async fn act(
    face: Face,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (typed, lines, decided) = match told(fields) {
        Ok(told) => told,
        Err(error) => return refused(&face, &visitor, error, &Typed::default()).await,
    };
    let wanted = Wanted { lines, decided, change: typed.change(&face)? };
    match take(&face.app.db, &face.ctx(), &wanted).await {
        Ok(()) => Ok(Flash::PlaceChanged.redirect("/admin/places")),
        Err(error) => refused(&face, &visitor, error, &typed).await,
    }
}

async fn shown(
    face: &Face,
    visitor: &Visitor,
    typed: Typed,
    lines: Vec<DivisionLine>,
    decided: BTreeMap<usize, Decision>,
) -> Result<Response, Failure> {
    let wanted = Wanted { lines, decided, change: typed.change(face)? };
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    match look(&mut tx, &face.ctx(), &wanted).await {
        Ok(preview) => {
            let mut page = face.page(visitor, Section::Administration, &county);
            page.address = "/admin/places".to_owned();
            let typed = Typed { from: wanted.change.from.to_string(), ..typed };
            Ok(html(&view(page, typed, &wanted.decided, &preview))?.into_response())
        }
        Err(ListFault::Lines(faults)) => {
            drop(tx);
            let faults = faults.iter().map(|one| fault(visitor.lang, one)).collect();
            unread(face, visitor, typed, faults).await
        }
        Err(ListFault::Other(error)) => {
            drop(tx);
            refused(face, visitor, error, &typed).await
        }
    }
}

/// The page that says what is wrong with a file.
async fn unread(
    face: &Face,
    visitor: &Visitor,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let county = face.county(&mut face.app.db.read().await?).await?;
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/admin/places".to_owned();
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&faulty(page, typed, faults))?).into_response())
}
