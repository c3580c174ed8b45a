//! `/loans`: the loans of a day, one with all that explains it, and its events.

use bangfu_domain::token::TokenScope;
use bangfu_domain::warning::Standing;
use bangfu_store::loan::{self as stored, Cursor, Filter, ListRow, Order};
use bangfu_store::value::Value;
use bangfu_usecase::loan::{Detail, detail};
use bangfu_usecase::rules::reach;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::name::{Named, Names, Place, village_of};
use super::paging::limit;
use super::place::division_of;
use super::problem::Problem;
use super::schema;
use crate::clock::is_plausible;
use crate::web::address::day as day_of;
use crate::web::loan::filter::Wanted;
use crate::web::loan::list::shown_of;

/// Which loans, in which order.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// The day on which they are looked at; today, if none is named.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// `owing` (the default), `any`, or where a loan stands: `red`, `overdue` …
    state: Option<String>,
    /// In this place: its twelve-digit code.
    division: Option<String>,
    /// Of this branch.
    branch: Option<i64>,
    /// Of this credit manager; 0 for loans without one.
    manager: Option<i64>,
    /// Of this household.
    household: Option<i64>,
    /// Due on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    due_from: Option<Date>,
    /// Due on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    due_to: Option<Date>,
    /// `number` (the default), `due`, `balance` (the largest first) or `name`.
    sort: Option<String>,
    /// Where to go on: `next` of the page before, under the same words.
    cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of loans.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Loans {
    /// The day on which they are looked at.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// The loans.
    items: Vec<LoanItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// A loan in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoanItem {
    /// Its number in this book.
    id: i64,
    /// 借据号.
    number: String,
    /// The borrower's name.
    borrower: String,
    /// The borrowing household.
    household_id: Option<i64>,
    /// Its village on the day.
    village: Option<Place>,
    /// Its township on the day.
    township: Option<Place>,
    /// 支行.
    branch: Named,
    /// 信贷管户员.
    manager: Option<Named>,
    /// 贷款金额, in fen.
    principal_fen: i64,
    /// Principal owed on the day, in fen.
    balance_fen: i64,
    /// 放款日期.
    #[schema(value_type = String, format = Date)]
    disbursed_on: Date,
    /// 到期日期.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// 贷款用途.
    purpose: Option<String>,
    /// Its colour on the day, or the status that takes a colour's place.
    #[schema(schema_with = schema::standing)]
    standing: Standing,
}

/// `GET /loans`
pub(super) async fn list(call: Call<Asked>) -> Result<Loans, Problem> {
    let asked = &call.asked;
    let day = call.day(asked.day)?;
    let limit = limit(asked.limit)?;
    let (mut tx, county) = call.book().await?;
    let order = order(asked.sort.as_deref())?;
    let shown = Wanted::from_key(asked.state.as_deref().unwrap_or("owing"));
    let shown = shown_of(shown.ok_or_else(|| unknown("state", asked.state.as_deref()))?);
    let division_id = division_of(&mut tx, &county, asked.division.as_deref(), day).await?;
    let filter = Filter {
        shown,
        division_id,
        branch_id: asked.branch,
        manager_id: asked.manager,
        household_id: asked.household,
        due: due(asked)?,
        reach: reach(&mut tx, &county, shown, day).await?,
        ..Filter::default()
    };
    let after = asked.cursor.as_deref().map(|cursor| cursor_of(order, cursor)).transpose()?;
    let page = stored::list(&mut tx, &call.ctx.scope, day, &filter, order, after.as_ref(), limit).await?;
    let names = Names::load(&mut tx, &call.ctx.scope, county.division_id, day).await?;
    let next = page.next.as_ref().map(cursor_text);
    Ok(Loans { day, items: page.rows.into_iter().map(|row| item(row, &names)).collect(), next })
}

fn item(row: ListRow, names: &Names) -> LoanItem {
    let (village, township) = names.village(row.village_id);
    LoanItem {
        id: row.loan_id,
        number: row.number,
        borrower: row.borrower_name,
        household_id: row.household_id,
        village,
        township,
        branch: names.branch(row.branch_id),
        manager: row.manager_id.map(|id| names.officer(id)),
        principal_fen: row.principal_fen.get(),
        balance_fen: row.balance_fen.get(),
        disbursed_on: row.disbursed_on,
        due_on: row.due_on,
        purpose: row.purpose,
        standing: row.standing,
    }
}

fn unknown(field: &str, value: Option<&str>) -> Problem {
    Problem::Query(format!("{field} = {}", value.unwrap_or("")))
}

fn order(sort: Option<&str>) -> Result<Order, Problem> {
    match sort.unwrap_or("number") {
        "number" => Ok(Order::Number),
        "due" => Ok(Order::Due),
        "balance" => Ok(Order::Balance),
        "name" => Ok(Order::Name),
        other => Err(unknown("sort", Some(other))),
    }
}

/// Between which days they fall due, where one end is named or both.
fn due(asked: &Asked) -> Result<Option<(Date, Date)>, Problem> {
    if let Some(day) = asked.due_from.iter().chain(&asked.due_to).find(|day| !is_plausible(day)) {
        return Err(Problem::Query(format!("due = {day}")));
    }
    let (first, last) = (asked.due_from, asked.due_to);
    let ends = jiff::civil::date(1900, 1, 1)..=jiff::civil::date(2199, 12, 31);
    Ok((first.is_some() || last.is_some())
        .then(|| (first.unwrap_or(*ends.start()), last.unwrap_or(*ends.end()))))
}

fn cursor_text(cursor: &Cursor) -> String {
    let value = match &cursor.value {
        Value::Date(Some(day)) => day.to_string(),
        Value::Int(Some(number)) => number.to_string(),
        Value::Text(Some(text)) => text.clone(),
        _ => String::new(),
    };
    format!("{value}~{}", cursor.loan_id)
}

fn cursor_of(order: Order, text: &str) -> Result<Cursor, Problem> {
    let read = || {
        let (value, loan_id) = text.rsplit_once('~')?;
        let value = match order {
            Order::Due => Value::Date(Some(day_of(value)?)),
            Order::Balance => Value::Int(Some(value.parse().ok()?)),
            Order::Name | Order::Number => Value::Text(Some(value.to_owned())),
        };
        Some(Cursor { value, loan_id: loan_id.parse().ok()? })
    };
    read().ok_or(Problem::Cursor)
}

/// On which day a thing is looked at.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OnDay {
    /// The day on which it is looked at; today, if none is named.
    #[param(value_type = Option<String>, format = Date)]
    pub(super) day: Option<Date>,
}

/// A loan with what explains it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Loan {
    /// The day on which it is looked at.
    #[schema(value_type = String, format = Date)]
    day: Date,
    #[serde(flatten)]
    item: LoanItem,
    /// 年利率 in percent, an exact decimal; none where the book gives none.
    rate_percent: Option<String>,
    /// 期限 in months.
    term_months: Option<u32>,
    /// 贫困户属性 as the ledger gives it.
    household_class: Option<String>,
    /// The enterprise that carries the household (带贫主体).
    enterprise: Option<String>,
    /// 产业指导员.
    guide: Option<Named>,
    /// 科技特派员.
    technologist: Option<Named>,
    /// The borrower's identity number, masked.
    identity_masked: Option<String>,
    /// The borrower's phone number, masked.
    phone_masked: Option<String>,
    /// Why it stands so.
    reason: Option<Reason>,
    /// How it stood, stands, and will stand if nothing happens.
    history: Vec<Stretch>,
    /// Other loans of the household.
    sibling_ids: Vec<i64>,
    /// Where bank and book disagree on it; none for a token that does not open differences.
    difference_ids: Vec<i64>,
    /// Number of its last event.
    event_seq: u32,
}

/// Why a loan stands so.
#[derive(Debug, Serialize, ToSchema)]
struct Reason {
    /// The rule that spoke.
    #[schema(schema_with = schema::rule)]
    rule: &'static str,
    /// The day on which the balance must be repaid.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// Days to it; negative after it.
    days_to_due: i32,
    /// 数据截止日: up to which day its branch has reported.
    #[schema(value_type = Option<String>, format = Date)]
    until_on: Option<Date>,
    /// The day on which it will stand otherwise if nothing happens.
    #[schema(value_type = Option<String>, format = Date)]
    next_on: Option<Date>,
}

/// Days on which nothing about a loan changes.
#[derive(Debug, Serialize, ToSchema)]
struct Stretch {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from_on: Date,
    /// The day after the last; none if it has no end.
    #[schema(value_type = Option<String>, format = Date)]
    to_on: Option<Date>,
    /// How it stands.
    #[schema(schema_with = schema::standing)]
    standing: Standing,
    /// Principal owed, in fen.
    balance_fen: i64,
}

/// `GET /loans/{id}`
pub(super) async fn one(call: Call<OnDay>) -> Result<Loan, Problem> {
    let day = call.day(call.asked.day)?;
    let mut detail = detail(&call.face.app.db, &call.ctx, call.id()?, day).await?;
    if !call.opens(TokenScope::DifferencesRead) {
        detail.differences.clear();
    }
    Ok(told(detail, day))
}

fn told(detail: Detail, day: Date) -> Loan {
    let loan = &detail.loan;
    let (village, township) = village_of(&detail.places, loan.village_id, day);
    let officer = |id: i64| Named { id, name: detail.officers.get(&id).cloned().unwrap_or_default() };
    let branch = detail.branches.get(&loan.branch_id).cloned().unwrap_or_default();
    let standing = detail.standing.as_ref();
    Loan {
        day,
        item: LoanItem {
            id: loan.loan_id,
            number: loan.number.clone(),
            borrower: loan.borrower_name.clone(),
            household_id: loan.household_id,
            village,
            township,
            branch: Named { id: loan.branch_id, name: branch },
            manager: loan.manager_id.map(officer),
            principal_fen: loan.terms.principal_fen.get(),
            balance_fen: detail.balance_fen.get(),
            disbursed_on: loan.terms.disbursed_on,
            due_on: loan.terms.due_on,
            purpose: loan.terms.purpose.clone(),
            standing: standing.map_or(Standing::None, |(standing, _)| *standing),
        },
        rate_percent: loan.terms.rate.map(|rate| rate.to_string()),
        term_months: loan.terms.term_months,
        household_class: loan.household_class.clone(),
        enterprise: detail.enterprise.clone(),
        guide: loan.guide_id.map(officer),
        technologist: loan.technologist_id.map(officer),
        identity_masked: detail.identity_masked.clone(),
        phone_masked: detail.phone_masked.clone(),
        reason: standing.map(|(_, reason)| Reason {
            rule: reason.rule.key(),
            due_on: reason.due_on,
            days_to_due: reason.days_to_due,
            until_on: reason.until_on,
            next_on: reason.next.map(|(on, _)| on),
        }),
        history: detail
            .history
            .iter()
            .map(|interval| Stretch {
                from_on: interval.from_on,
                to_on: interval.to_on,
                standing: interval.standing,
                balance_fen: interval.balance_fen.get(),
            })
            .collect(),
        sibling_ids: detail.siblings.iter().map(|(id, _)| *id).collect(),
        difference_ids: detail.differences.iter().map(|one| one.difference_id).collect(),
        event_seq: detail.events.last().map_or(0, |stored| stored.event.seq),
    }
}
