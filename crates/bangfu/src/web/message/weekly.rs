//! `/weekly`: the leader's list of a week.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::message::desk::Desk;
use bangfu_domain::policy::Recipient;
use bangfu_usecase::message::office::Offices;
use bangfu_usecase::notice::weekly::{lines, lists, one};
use jiff::civil::Date;

use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};

/// A list of a week.
#[derive(Template)]
#[template(path = "weekly.html")]
pub(crate) struct WeeklyPage {
    /// The frame.
    pub(crate) page: Page,
    /// The list; none where no week has one yet.
    pub(crate) list: Option<WeekView>,
    /// The lists to choose from: page, day, and whether it is this one.
    pub(crate) others: Vec<(String, Date, bool)>,
}

/// What a list says.
#[derive(Debug, Clone)]
pub(crate) struct WeekView {
    /// Its day.
    pub(crate) on_day: Date,
    /// The day that it tells of.
    pub(crate) as_of: Date,
    /// The townships.
    pub(crate) rows: Vec<TownshipView>,
    /// Of all of them: late for long, lasting, overdue.
    pub(crate) sums: (u64, u64, u64),
}

/// What it says of a township.
#[derive(Debug, Clone)]
pub(crate) struct TownshipView {
    /// Its name; none where a village lies in none.
    pub(crate) name: Option<String>,
    /// Late for long.
    pub(crate) late_long: u64,
    /// Lasting.
    pub(crate) lasting: u64,
    /// Overdue.
    pub(crate) overdue: u64,
    /// The loans, by page.
    pub(crate) loans: Vec<String>,
}

/// The page of a list.
pub(in crate::web) fn path(list_id: i64) -> String {
    format!("/weekly/{list_id}")
}

/// `GET /weekly`: the newest.
pub(in crate::web) async fn newest(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    if let Some(list) = lists(&mut tx, &face.ctx()).await?.first() {
        return Ok(Redirect::to(&path(list.list_id)).into_response());
    }
    let county = face.county(&mut tx).await?;
    html(&WeeklyPage { page: face.page(&visitor, Section::Home, &county), list: None, others: Vec::new() })
}

/// `GET /weekly/{id}`
pub(in crate::web) async fn get(
    face: Face,
    visitor: Visitor,
    Path(list_id): Path<i64>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let list = one(&mut tx, &ctx, list_id).await?;
    let offices = Offices::load(&mut tx, &county, list.as_of).await?;
    let rows: Vec<TownshipView> = lines(&list)
        .into_iter()
        .map(|line| TownshipView {
            name: Some(offices.name(Desk::Office(Recipient::Township), line.township_id, list.as_of))
                .filter(|name| !name.is_empty()),
            late_long: unsigned(line.late_long),
            lasting: unsigned(line.lasting),
            overdue: unsigned(line.overdue),
            loans: line.loans.iter().map(|id| format!("/loans/{id}")).collect(),
        })
        .collect();
    let sum = |of: fn(&TownshipView) -> u64| rows.iter().map(of).sum();
    let sums = (sum(|row| row.late_long), sum(|row| row.lasting), sum(|row| row.overdue));
    let others = lists(&mut tx, &ctx).await?;
    let others = others.iter().map(|other| (path(other.list_id), other.on_day, other.list_id == list_id));
    let others = others.collect();
    let view = WeekView { on_day: list.on_day, as_of: list.as_of, rows, sums };
    let page = face.page_of_loans(&mut tx, &visitor, Section::Home, &county).await?;
    html(&WeeklyPage { page, list: Some(view), others })
}
