//! `/differences`: what bank and book disagree on; whose it is, and how it was settled.

use bangfu_domain::difference::{DifferenceKind, DifferenceState, Facts, Way};
use bangfu_store::difference::{Cursor, Difference as Stored, Filter, Shown};
use bangfu_usecase::difference::{self, Assignment, Event, Seen, Term};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::close::Nothing;
use super::paging::{after, instant, limit};
use super::place::division_of;
use super::problem::Problem;
use super::write::Done;
use super::{schema, tag};
use crate::clock::is_plausible;

/// Which differences.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// `standing` (the default: open and assigned ones), `late`, `all`, or how far they have come: `open` …
    state: Option<String>,
    /// What they are about.
    #[param(schema_with = schema::difference_kind, required = false)]
    kind: Option<String>,
    /// Of this branch; 0 for those of which no branch is known.
    branch: Option<i64>,
    /// Whose loan lies in this place today: its twelve-digit code.
    division: Option<String>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of differences, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Differences {
    /// The differences.
    items: Vec<DifferenceItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// A disagreement between bank and book in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferenceItem {
    /// Its number.
    id: i64,
    /// What it is about.
    #[schema(schema_with = schema::difference_kind)]
    kind: &'static str,
    /// How far it has come.
    #[schema(schema_with = schema::difference_state)]
    state: &'static str,
    /// 借据号 as reported.
    number: String,
    /// The customer's name, as the bank gives it.
    name: Option<String>,
    /// The loan, where it is known.
    loan_id: Option<i64>,
    /// The loan's branch, or the one that was asked.
    branch_id: Option<i64>,
    /// The day that it concerns.
    #[schema(value_type = String, format = Date)]
    on_day: Date,
    /// What the bank reports as moved, in fen.
    amount_fen: Option<i64>,
    /// What the bank states as left, in fen.
    bank_balance_fen: Option<i64>,
    /// The book's side, in fen.
    book_fen: Option<i64>,
    /// The ledger's side, in fen.
    ledger_fen: Option<i64>,
    /// The bank's side where it is words: a name, or a masked identity number.
    bank: Option<String>,
    /// The book's side where it is words.
    book: Option<String>,
    /// The file that found it.
    import_id: i64,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// The day by which the branch is to answer.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// When it was resolved or settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    /// How a person found it settled: a word of `way`.
    resolution: Option<&'static str>,
}

/// A difference with all that was done about it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Difference {
    #[serde(flatten)]
    item: DifferenceItem,
    /// What the facts point to, while it is to be looked into.
    suggestion: Option<&'static str>,
    /// What was done, in order.
    steps: Vec<DifferenceStep>,
}

/// Something that was done about a difference.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferenceStep {
    /// `assigned`, `resolved`, `reopened`, `settled`, `restated` or `undone`.
    kind: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who did it; nobody where a file did.
    actor: Option<String>,
    /// How it was found settled.
    way: Option<&'static str>,
    /// Why, or what the branch is asked.
    reason: Option<String>,
    /// The branch that was asked.
    branch_id: Option<i64>,
    /// The day by which it is to answer.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// The file that did it.
    import_id: Option<i64>,
}

/// `GET /differences`
pub(super) async fn list(call: Call<Asked>) -> Result<Differences, Problem> {
    let asked = &call.asked;
    let limit = limit(asked.limit)?;
    let cursor = after(asked.cursor.as_deref())?.map(Cursor::After);
    let unknown = |field: &str, value: &str| Problem::Query(format!("{field} = {value}"));
    let shown = match asked.state.as_deref().unwrap_or("standing") {
        "standing" => Shown::Standing,
        "late" => Shown::Late,
        "all" => Shown::All,
        word => Shown::State(DifferenceState::from_key(word).ok_or_else(|| unknown("state", word))?),
    };
    let kind = asked.kind.as_deref();
    let kind = kind.map(|word| DifferenceKind::from_key(word).ok_or_else(|| unknown("kind", word)));
    let (mut tx, county) = call.book().await?;
    let division_id = division_of(&mut tx, &county, asked.division.as_deref(), call.ctx.today).await?;
    let (kind, branch_id) = (kind.transpose()?, asked.branch);
    let filter = Filter { shown, kind, branch_id, division_id, ..Filter::default() };
    let page = difference::list(&mut tx, &call.ctx, &filter, cursor, limit).await?;
    let last = page.entries.last().filter(|_| page.has_more);
    let next = last.map(|entry| entry.difference.difference_id.to_string());
    let items = page.entries.into_iter().map(|entry| item(&entry.difference, &entry.facts));
    Ok(Differences { items: items.collect(), next })
}

/// `GET /differences/{id}`
pub(super) async fn one(call: Call<Nothing>) -> Result<Difference, Problem> {
    let id = call.id()?;
    show(&call, id).await
}

async fn show<A>(call: &Call<A>, id: i64) -> Result<Difference, Problem> {
    let detail = difference::detail(&call.face.app.db, &call.ctx, id).await?;
    Ok(Difference {
        item: item(&detail.difference, &detail.facts),
        suggestion: detail.suggestion.as_ref().map(|suggestion| suggestion.key()),
        steps: detail.events.into_iter().map(step).collect(),
    })
}

fn item(one: &Stored, facts: &Facts) -> DifferenceItem {
    let fen = |fen: Option<bangfu_domain::money::Fen>| fen.map(bangfu_domain::money::Fen::get);
    DifferenceItem {
        id: one.difference_id,
        kind: one.kind.key(),
        state: one.state.key(),
        number: one.number.clone(),
        name: one.name.clone(),
        loan_id: one.loan_id,
        branch_id: one.branch_id,
        on_day: one.on_day,
        amount_fen: fen(facts.amount_fen),
        bank_balance_fen: fen(facts.balance_fen),
        book_fen: fen(facts.book_fen),
        ledger_fen: fen(facts.ledger_fen),
        bank: facts.bank.clone(),
        book: facts.book.clone(),
        import_id: one.import_id,
        opened_at: instant(one.opened_at),
        due_on: one.due_on,
        resolved_at: one.resolved_at.map(instant),
        resolution: one.resolution.map(Way::key),
    }
}

fn step(event: Event) -> DifferenceStep {
    let step = event.step;
    DifferenceStep {
        kind: step.kind.key(),
        at: instant(step.at),
        actor: step.actor,
        way: step.way.map(Way::key),
        reason: step.reason,
        branch_id: step.branch_id,
        due_on: step.due_on,
        import_id: step.import_id,
    }
}

/// How a difference was settled.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Resolve {
    /// How.
    #[schema(schema_with = schema::way)]
    way: String,
    /// Why, without identity numbers.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// `POST /differences/{id}/resolve`
pub(super) async fn resolve(call: Call<Resolve>) -> Result<Done<Difference>, Problem> {
    let seen = seen(&call).await?;
    let way = Way::from_key(&call.asked.way);
    let way = way.ok_or_else(|| Problem::Body(format!("way = {}", call.asked.way)))?;
    difference::resolve(&call.face.app.db, &call.ctx, seen, way, &call.asked.reason).await?;
    changed(&call).await
}

/// Why a difference is taken up again.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Reopen {
    /// Why, without identity numbers.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// `POST /differences/{id}/reopen`
pub(super) async fn reopen(call: Call<Reopen>) -> Result<Done<Difference>, Problem> {
    let seen = seen(&call).await?;
    difference::reopen(&call.face.app.db, &call.ctx, seen, &call.asked.reason).await?;
    changed(&call).await
}

/// Which branch is asked, and until when.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Assign {
    /// The branch, where the difference knows of none.
    branch_id: Option<i64>,
    /// The day by which it is to answer; else `working_days`.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// Within how many working days.
    #[schema(minimum = 1, maximum = 60)]
    working_days: Option<u32>,
    /// What it is asked, without identity numbers.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// `POST /differences/{id}/assign`
pub(super) async fn assign(call: Call<Assign>) -> Result<Done<Difference>, Problem> {
    let seen = seen(&call).await?;
    let asked = &call.asked;
    let term = match asked.due_on {
        Some(day) if !is_plausible(&day) => return Err(Problem::Body(format!("due_on = {day}"))),
        Some(day) => Term::Day(day),
        None => Term::WorkingDays(asked.working_days.unwrap_or(0)),
    };
    let note = asked.note.clone().unwrap_or_default();
    let assignment = Assignment { branch_id: asked.branch_id, term, note };
    difference::assign(&call.face.app.db, &call.ctx, seen, &assignment).await?;
    changed(&call).await
}

/// What is to be changed, if it still is what the program has seen.
async fn seen<A>(call: &Call<A>) -> Result<Seen, Problem> {
    let difference_id = call.id()?;
    let shown = show(call, difference_id).await?;
    tag::hold(call.seen.as_deref(), &shown)?;
    Ok(Seen { difference_id, steps: Some(shown.steps.len()) })
}

async fn changed<A>(call: &Call<A>) -> Result<Done<Difference>, Problem> {
    Ok(Done::changed(show(call, call.id()?).await?))
}

/// Shows what was done when the answer was lost.
pub(super) async fn again(call: Call<String>) -> Result<Done<Difference>, Problem> {
    changed(&call).await
}
