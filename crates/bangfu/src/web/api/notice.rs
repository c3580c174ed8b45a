//! `/notices` (提醒): what the office of the token's post was told, and the loans behind it.

use bangfu_store::alert::AlertRow;
use bangfu_store::notice::Notice as Stored;
use bangfu_usecase::notice::inbox::{counts, inbox, one as found};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::close::Nothing;
use super::name::{Named, Names, Place};
use super::paging::{Paged, after, cut, limit};
use super::problem::Problem;
use super::schema;

/// A page of notices, the newest first. The office of a post without one is told nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Notices {
    /// The notices.
    items: Vec<NoticeItem>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// What an office was told on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeItem {
    /// Its number.
    id: i64,
    /// The day.
    #[schema(value_type = String, format = Date)]
    on_day: Date,
    /// True for what is told at once, false for the day's digest.
    at_once: bool,
    /// How many loans of what.
    counts: Vec<NoticeCount>,
}

/// How many loans of one level are told of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeCount {
    /// What: `level`, or a word of what is told upward.
    kind: String,
    /// The level.
    #[schema(schema_with = schema::standing)]
    level: &'static str,
    /// How many.
    loans: i64,
}

/// A notice with the first thousand loans behind it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Notice {
    #[serde(flatten)]
    item: NoticeItem,
    /// The loans, the gravest level first.
    loans: Vec<NoticeLoan>,
}

/// A loan behind a notice.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeLoan {
    /// The loan.
    loan_id: i64,
    /// 借据号.
    number: String,
    /// The borrower's name.
    borrower: String,
    /// The village.
    village: Option<Place>,
    /// The credit manager then; none where nobody was tied.
    manager: Option<Named>,
    /// What is told of it.
    kind: String,
    /// The level that is told.
    #[schema(schema_with = schema::standing)]
    level: &'static str,
    /// How it stands now.
    #[schema(schema_with = schema::standing)]
    standing: &'static str,
    /// 到期日期.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// What is owed now, in fen.
    balance_fen: i64,
}

/// `GET /notices`
pub(super) async fn list(call: Call<Paged>) -> Result<Notices, Problem> {
    let limit = limit(call.asked.limit)?;
    let before = after(call.asked.cursor.as_deref())?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let (mut tx, _) = call.book().await?;
    let notices = inbox(&mut tx, &call.ctx, &call.token.post, before, most).await?.unwrap_or_default();
    let (notices, next) = cut(notices, limit, |notice| notice.notice_id.to_string());
    Ok(Notices { items: notices.iter().map(item).collect(), next })
}

/// `GET /notices/{id}`
pub(super) async fn one(call: Call<Nothing>) -> Result<Notice, Problem> {
    let id = call.id()?;
    let (mut tx, county) = call.book().await?;
    let (notice, alerts) = found(&mut tx, &call.ctx, &call.token.post, id).await?;
    let names = Names::load(&mut tx, &call.ctx.scope, county.division_id, notice.on_day).await?;
    let loan = |alert: AlertRow| NoticeLoan {
        loan_id: alert.loan_id,
        village: names.village(alert.village_id).0,
        manager: alert.manager_id.map(|id| names.officer(id)),
        number: alert.number,
        borrower: alert.borrower_name,
        kind: alert.kind,
        level: alert.level.key(),
        standing: alert.standing.key(),
        due_on: alert.due_on,
        balance_fen: alert.balance_fen.get(),
    };
    Ok(Notice { item: item(&notice), loans: alerts.into_iter().map(loan).collect() })
}

fn item(notice: &Stored) -> NoticeItem {
    let count = |one: bangfu_usecase::notice::inbox::Count| NoticeCount {
        kind: one.kind,
        level: one.level.key(),
        loans: one.loans,
    };
    NoticeItem {
        id: notice.notice_id,
        on_day: notice.on_day,
        at_once: notice.at_once,
        counts: counts(notice).into_iter().map(count).collect(),
    }
}
