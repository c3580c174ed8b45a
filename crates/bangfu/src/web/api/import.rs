//! `/imports`: the files that were read in; one is brought, looked at, and taken over (确认导入).

use axum::body::Bytes;
use axum::http::StatusCode;
use bangfu_sheets::Kind;
use bangfu_sheets::fault::Fault;
use bangfu_store::import::Import as Stored;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Meter, Report, Status, Take};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::close::Nothing;
use super::paging::{Paged, after, cut, instant, limit};
use super::problem::Problem;
use super::write::Done;
use super::{PREFIX, schema, tag};
use crate::clock::is_plausible;
use crate::web::failure::Failure;
use crate::web::import::check::looks;
use crate::web::import::job::{self, Progress, Trouble};
use crate::web::import::upload::{Said, read};

/// Faults that are told with a file: the first of each sort.
const FAULTS_MAX: usize = 200;

/// A page of files, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Imports {
    /// The files.
    items: Vec<ImportItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// A file in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportItem {
    /// Its number.
    id: i64,
    /// What it holds.
    #[schema(schema_with = schema::file_kind)]
    kind: String,
    /// Its name.
    file_name: String,
    /// SHA-256 of its bytes.
    sha256: String,
    /// `staged`, `taking`, `taken`, `undoing`, `undone` or `unreadable`.
    status: &'static str,
    /// The day of which it speaks.
    #[schema(value_type = Option<String>, format = Date)]
    speaks_of: Option<Date>,
    /// Who brought it.
    actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was taken over.
    #[schema(value_type = Option<String>, format = DateTime)]
    taken_at: Option<Timestamp>,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    undone_at: Option<Timestamp>,
    /// What was counted; none while nobody knows.
    counts: Option<Counts>,
}

/// What was counted of a file.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    /// Rows that can be taken.
    good: i64,
    /// Rows that cannot.
    bad: i64,
    /// What was not in the book.
    new: i64,
    /// What was in the book otherwise.
    changed: i64,
    /// What was in the book as the file has it.
    unchanged: i64,
}

/// A file with what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Import {
    #[serde(flatten)]
    item: ImportItem,
    /// Why it cannot be held against the book as it is, as the code of a problem; somebody tells its columns on its page.
    fault: Option<&'static str>,
    /// Why rows are bad, the first two hundred.
    errors: Vec<RowFault>,
    /// What was noticed and not refused, the first two hundred.
    findings: Vec<RowFault>,
}

/// Something wrong with a row. The value itself is not told: it may be an identity number.
#[derive(Debug, Serialize, ToSchema)]
struct RowFault {
    /// The sheet.
    sheet: String,
    /// The row as the spreadsheet counts, from 1.
    row: u32,
    /// The column's header.
    column: String,
    /// What is wrong.
    code: &'static str,
}

impl RowFault {
    fn first(faults: &[Fault]) -> Vec<RowFault> {
        let told = |fault: &Fault| RowFault {
            sheet: fault.at.sheet.clone(),
            row: fault.at.row,
            column: fault.at.column.clone(),
            code: fault.code.key(),
        };
        faults.iter().take(FAULTS_MAX).map(told).collect()
    }
}

/// `GET /imports`
pub(super) async fn list(call: Call<Paged>) -> Result<Imports, Problem> {
    let limit = limit(call.asked.limit)?;
    let than = after(call.asked.cursor.as_deref())?.unwrap_or(i64::MAX);
    let found = import::earlier(&call.face.app.db, &call.ctx, than, limit + 1).await?;
    let (found, next) = cut(found, limit, |last| last.import_id.to_string());
    Ok(Imports { items: found.iter().map(item).collect(), next })
}

/// `GET /imports/{id}`
pub(super) async fn one(call: Call<Nothing>) -> Result<Import, Problem> {
    let id = call.id()?;
    Ok(look(&call, id).await?.1)
}

/// A file, as it is kept and as it is told.
async fn look<A>(call: &Call<A>, id: i64) -> Result<(Stored, Import), Problem> {
    let kept = import::get(&call.face.app.db, &call.ctx, id).await?;
    // A file is not held against the book while it changes it, nor one of which no row is known.
    if matches!(kept.status, Status::Taking | Status::Undoing | Status::Unreadable) {
        let told = told(&kept, None, &Report::default());
        return Ok((kept, told));
    }
    match looks::look(&call.face, &call.ctx, id).await {
        Ok(look) => Ok((look.import.clone(), told(&look.import, None, &look.report))),
        Err(Failure::Refused(refusal)) => {
            let told = told(&kept, Some(refusal.key()), &Report::default());
            Ok((kept, told))
        }
        Err(error) => Err(error.into()),
    }
}

fn told(kept: &Stored, fault: Option<&'static str>, report: &Report) -> Import {
    let mut item = item(kept);
    if report.rows.read > 0 {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        item.counts = Some(Counts {
            good: count(report.rows.good),
            bad: count(report.rows.bad),
            new: count(report.changes.new),
            changed: count(report.changes.changed),
            unchanged: count(report.changes.unchanged),
        });
    }
    Import {
        item,
        fault,
        errors: RowFault::first(&report.errors),
        findings: RowFault::first(&report.findings),
    }
}

fn item(kept: &Stored) -> ImportItem {
    let counts = kept.counts;
    ImportItem {
        id: kept.import_id,
        kind: kept.kind.clone(),
        file_name: kept.file_name.clone(),
        sha256: kept.file_hash.clone(),
        status: kept.status.key(),
        speaks_of: counts.and_then(|counts| counts.speaks_of).or(kept.as_of).or(kept.until_on),
        actor: kept.actor.clone(),
        created_at: instant(kept.created_at),
        taken_at: kept.taken_at.map(instant),
        undone_at: kept.undone_at.map(instant),
        counts: counts.map(|counts| Counts {
            good: counts.good,
            bad: counts.bad,
            new: counts.new,
            changed: counts.changed,
            unchanged: counts.unchanged,
        }),
    }
}

/// What is said of a file that is brought; its bytes are the body.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Brought {
    /// What it holds.
    #[param(schema_with = schema::file_kind, required = true)]
    kind: String,
    /// Its name.
    #[param(min_length = 1, max_length = 200)]
    file_name: String,
    /// The day of a ledger's position, where its title gives none.
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
    /// The day up to which a repayments file is complete, where that is not its last day.
    #[param(value_type = Option<String>, format = Date)]
    until_on: Option<Date>,
}

impl Brought {
    fn said(&self) -> Result<Said, Problem> {
        let unknown = |field: &str, value: &str| Problem::Query(format!("{field} = {value}"));
        if let Some(day) = self.as_of.iter().chain(&self.until_on).find(|day| !is_plausible(day)) {
            return Err(unknown("day", &day.to_string()));
        }
        let kind = Kind::from_key(&self.kind).ok_or_else(|| unknown("kind", &self.kind))?;
        let name = self.file_name.trim();
        let sound = (1..=200).contains(&name.chars().count()) && !name.contains(char::is_control);
        if !sound {
            return Err(unknown("file_name", &self.file_name));
        }
        Ok(Said { kind, file_name: name.to_owned(), as_of: self.as_of, until_on: self.until_on })
    }
}

/// `POST /imports`: reads a file, holds it against the book, and keeps it until it is taken over.
pub(super) async fn bring(call: Call<(Brought, Bytes)>) -> Result<Done<Import>, Problem> {
    let (said, bytes) = (call.asked.0.said()?, call.asked.1.clone());
    if bytes.len() > call.face.app.intake.limits.file_bytes() {
        return Err(Problem::TooLarge);
    }
    let (face, ctx) = (call.face.clone(), call.ctx.clone());
    let work = async move { read(&face, &ctx, said, bytes, &Meter::default()).await };
    match beside(&call, work).await? {
        Progress::Staged(id) => made(&call, id).await,
        Progress::Failed(trouble) => Err(problem_of(trouble)),
        Progress::Reading => Err(Problem::UnderWay),
    }
}

/// A file that was brought.
async fn made<A>(call: &Call<A>, id: i64) -> Result<Done<Import>, Problem> {
    let location = Some(format!("{PREFIX}/imports/{id}"));
    Ok(Done { status: StatusCode::CREATED, location, shown: look(call, id).await?.1 })
}

/// Shows a file that was brought when the answer was lost.
pub(super) async fn brought_again(call: Call<String>) -> Result<Done<Import>, Problem> {
    let id = call.asked.parse().map_err(|_| Problem::NotFound)?;
    made(&call, id).await
}

/// Which rows to take.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct TakeOver {
    /// `all-or-nothing`, or `good`: the rows that can be taken, without the others.
    take: Rows,
}

/// Which rows to take.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Rows {
    AllOrNothing,
    Good,
}

/// `POST /imports/{id}/take`
pub(super) async fn take(call: Call<TakeOver>) -> Result<Done<Import>, Problem> {
    let id = call.id()?;
    let (kept, shown) = look(&call, id).await?;
    tag::hold(call.seen.as_deref(), &shown)?;
    if kept.status.was_taken() {
        return Err(Refusal::AlreadyTaken.into());
    }
    let meter = call.face.jobs.begin_taking(id).ok_or(Problem::UnderWay)?;
    let take = match call.asked.take {
        Rows::Good => Take::Good,
        Rows::AllOrNothing => Take::AllOrNothing,
    };
    let (db, ctx) = (call.face.app.db.clone(), call.ctx.clone());
    let work = async move { import::take_as_seen(&db, &ctx, &kept, take, &meter).await.map(drop) };
    let done = beside(&call, work).await;
    call.face.jobs.end_taking(id, None);
    done??;
    Ok(Done::changed(look(&call, id).await?.1))
}

/// Shows a file that was taken over when the answer was lost; one that was begun and interrupted is still being taken.
pub(super) async fn taken_again(call: Call<String>) -> Result<Done<Import>, Problem> {
    let (kept, shown) = look(&call, call.id()?).await?;
    if kept.status == Status::Taking { Err(Problem::UnderWay) } else { Ok(Done::changed(shown)) }
}

/// Does work on a file on a thread of its own, as pages do.
async fn beside<A, T: Send + 'static>(
    call: &Call<A>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Problem> {
    let (said, heard) = tokio::sync::oneshot::channel();
    let reference = call.ctx.request_id.clone();
    job::run(work, call.face.app.stop.clone(), reference, move |end| {
        // Whoever asked has hung up only where this process is about to end.
        let _ = said.send(end);
    });
    match heard.await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(trouble)) => Err(problem_of(trouble)),
        // The process was told to stop: the next start goes on.
        Err(_) => Err(Problem::UnderWay),
    }
}

fn problem_of(trouble: Trouble) -> Problem {
    match trouble {
        Trouble::NoTable(key, args, _) => Problem::Unreadable(key, args),
        Trouble::Refused(refusal, _) => refusal.into(),
        Trouble::Broken(reference) => Problem::Broken(anyhow::anyhow!("{reference}")),
    }
}
