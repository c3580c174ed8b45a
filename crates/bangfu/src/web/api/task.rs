//! `/tasks`: what is to be done about loans, by when; and a contact that is recorded.

use bangfu_domain::money::Fen;
use bangfu_domain::task::{Outcome, Way};
use bangfu_store::contact::Contact;
use bangfu_store::task::TaskCursor;
use bangfu_usecase::task::list::{Line, list as found, one as whole, parts};
use bangfu_usecase::task::{self, NewContact};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::close::Nothing;
use super::name::{Named, Names, Place};
use super::paging::{instant, limit};
use super::problem::Problem;
use super::write::Done;
use super::{schema, tag};
use crate::clock::is_plausible;
use crate::web::address::day as day_of;
use crate::web::task::word;

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// `late` (the default), `today`, `soon` (within seven days), `promised` (for today or before), `later`, or `resting`
    /// (nothing is to be done until the level rises).
    show: Option<String>,
    /// Only those of loans without a credit manager.
    nobodys: Option<bool>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of tasks, the most pressing first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tasks {
    /// The tasks.
    items: Vec<TaskItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// What is to be done about a loan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskItem {
    /// Its number.
    id: i64,
    /// The loan.
    loan_id: i64,
    /// 借据号.
    number: String,
    /// The borrower's name.
    borrower: String,
    /// The village today.
    village: Option<Place>,
    /// Its township.
    township: Option<Place>,
    /// The branch today.
    branch: Named,
    /// The credit manager today; none where nobody is tied.
    manager: Option<Named>,
    /// The level whose deed is to be done.
    #[schema(schema_with = schema::standing)]
    level: &'static str,
    /// What is to be done, in Chinese and in English; none where the pack says nothing of the level.
    deed: Option<Deed>,
    /// The day on which the task was made.
    #[schema(value_type = String, format = Date)]
    made_on: Date,
    /// The day by which the next step is to be done.
    #[schema(value_type = Option<String>, format = Date)]
    step_on: Option<Date>,
    /// For which day something was promised last.
    #[schema(value_type = Option<String>, format = Date)]
    promised_on: Option<Date>,
    /// How much, in fen.
    promised_fen: Option<i64>,
    /// 到期日期.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// What is owed today, in fen.
    balance_fen: i64,
}

/// What is to be done, in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Deed {
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
}

/// A task with what is recorded of its loan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Task {
    #[serde(flatten)]
    item: TaskItem,
    /// The day on which it was closed.
    #[schema(value_type = Option<String>, format = Date)]
    closed_on: Option<Date>,
    /// By what.
    closed_by: Option<String>,
    /// Contacts on record, the newest first.
    contacts: Vec<ContactItem>,
}

/// A contact on record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContactItem {
    /// Its number.
    id: i64,
    /// The day.
    #[schema(value_type = String, format = Date)]
    on_day: Date,
    /// How they were reached.
    #[schema(schema_with = schema::contact_way)]
    way: &'static str,
    /// Whom they met.
    met: String,
    /// What came of it.
    #[schema(schema_with = schema::outcome)]
    outcome: &'static str,
    /// For which day something was promised.
    #[schema(value_type = Option<String>, format = Date)]
    promised_on: Option<Date>,
    /// How much, in fen.
    promised_fen: Option<i64>,
    /// Anything else.
    note: String,
    /// Who recorded it.
    actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

fn cursor(text: &str) -> Option<TaskCursor> {
    let (on, task_id) = text.rsplit_once('.')?;
    let on = if on.is_empty() { None } else { Some(day_of(on)?) };
    Some(TaskCursor { on, task_id: task_id.parse().ok()? })
}

/// `GET /tasks`
pub(super) async fn list(call: Call<Asked>) -> Result<Tasks, Problem> {
    let asked = &call.asked;
    let limit = limit(asked.limit)?;
    let after = asked.cursor.as_deref().map(|text| cursor(text).ok_or(Problem::Cursor)).transpose()?;
    let wanted = asked.show.as_deref().unwrap_or("late");
    let part = parts(&call.ctx).into_iter().find(|part| word(*part) == wanted);
    let part = part.ok_or_else(|| Problem::Query(format!("show = {wanted}")))?;
    let (mut tx, county) = call.book().await?;
    let which = (part, asked.nobodys.unwrap_or(false));
    let (lines, next) = found(&mut tx, &call.ctx, which, after, limit).await?;
    let names = Names::load(&mut tx, &call.ctx.scope, county.division_id, call.ctx.today).await?;
    let written = |cursor: TaskCursor| {
        format!("{}.{}", cursor.on.map(|on| on.to_string()).unwrap_or_default(), cursor.task_id)
    };
    Ok(Tasks { items: lines.into_iter().map(|line| item(&names, line)).collect(), next: next.map(written) })
}

/// `GET /tasks/{id}`
pub(super) async fn one(call: Call<Nothing>) -> Result<Task, Problem> {
    show(&call).await
}

async fn show<A>(call: &Call<A>) -> Result<Task, Problem> {
    let id = call.id()?;
    let (mut tx, county) = call.book().await?;
    let found = whole(&mut tx, &call.ctx, id).await?;
    let names = Names::load(&mut tx, &call.ctx.scope, county.division_id, call.ctx.today).await?;
    let (closed_on, closed_by) = found.closed.unzip();
    Ok(Task {
        item: item(&names, found.line),
        closed_on,
        closed_by,
        contacts: found.contacts.into_iter().map(contact).collect(),
    })
}

fn item(names: &Names, line: Line) -> TaskItem {
    let (row, stored) = (&line.row, &line.row.stored);
    let (village, township) = names.village(row.village_id);
    TaskItem {
        id: stored.task_id,
        loan_id: stored.loan_id,
        number: row.number.clone(),
        borrower: row.borrower_name.clone(),
        village,
        township,
        branch: names.branch(row.branch_id),
        manager: row.manager_id.map(|id| names.officer(id)),
        level: stored.task.level.key(),
        deed: line.deed.as_ref().map(|deed| Deed { zh: deed.zh.clone(), en: deed.en.clone() }),
        made_on: stored.made_on,
        step_on: stored.task.step_on,
        promised_on: stored.promised.map(|(on, _)| on),
        promised_fen: stored.promised.and_then(|(_, fen)| fen).map(Fen::get),
        due_on: row.due_on,
        balance_fen: row.balance_fen.get(),
    }
}

fn contact(contact: Contact) -> ContactItem {
    ContactItem {
        id: contact.contact_id,
        on_day: contact.on_day,
        way: contact.way.key(),
        met: contact.met,
        outcome: contact.outcome.key(),
        promised_on: contact.promised_on,
        promised_fen: contact.promised_fen.map(Fen::get),
        note: contact.note,
        actor: contact.actor,
        recorded_at: instant(contact.recorded_at),
    }
}

/// A contact that is to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Record {
    /// The day of the contact.
    #[schema(value_type = String, format = Date)]
    on_day: Date,
    /// How they were reached.
    #[schema(schema_with = schema::contact_way)]
    way: String,
    /// Whom they met, without identity numbers.
    #[schema(min_length = 1, max_length = 40)]
    met: String,
    /// What came of it.
    #[schema(schema_with = schema::outcome)]
    outcome: String,
    /// For which day something was promised: asked for where the outcome is a promise.
    #[schema(value_type = Option<String>, format = Date)]
    promised_on: Option<Date>,
    /// How much, in fen.
    promised_fen: Option<i64>,
    /// Anything else, without identity numbers; asked for where the outcome says nothing by itself.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// `POST /tasks/{id}/contact`
pub(super) async fn record(call: Call<Record>) -> Result<Done<Task>, Problem> {
    let shown = show(&call).await?;
    tag::hold(call.seen.as_deref(), &shown)?;
    let asked = &call.asked;
    let unknown = |field: &str, value: &str| Problem::Body(format!("{field} = {value}"));
    for day in [Some(asked.on_day), asked.promised_on].into_iter().flatten() {
        if !is_plausible(&day) {
            return Err(Problem::Body(format!("{day}")));
        }
    }
    let contact = NewContact {
        on_day: asked.on_day,
        way: Way::from_key(&asked.way).ok_or_else(|| unknown("way", &asked.way))?,
        met: asked.met.clone(),
        outcome: Outcome::from_key(&asked.outcome).ok_or_else(|| unknown("outcome", &asked.outcome))?,
        promised_on: asked.promised_on,
        promised_fen: asked.promised_fen.map(Fen::new),
        note: asked.note.clone().unwrap_or_default(),
    };
    task::record(&call.face.app.db, &call.ctx, shown.item.loan_id, &contact).await?;
    Ok(Done::changed(show(&call).await?))
}

/// Shows what was recorded when the answer was lost.
pub(super) async fn again(call: Call<String>) -> Result<Done<Task>, Problem> {
    Ok(Done::changed(show(&call).await?))
}
