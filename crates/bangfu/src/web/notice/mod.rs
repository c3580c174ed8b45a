//! `/notices`: what the office of the visitor's post was told, and the loans behind it.

pub(crate) mod view;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_store::account::Post;
use bangfu_usecase::notice::inbox;
use serde::Deserialize;

use super::address;
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::list::Names;
use super::menu::Section;
use super::message::view::way;
use super::page::Page;
use view::{NoticeRow, NoticeView, line, view};

/// Notices on a page.
const PAGE: usize = 50;

/// What the office was told.
#[derive(Template)]
#[template(path = "notices.html")]
pub(crate) struct NoticesPage {
    /// The frame.
    pub(crate) page: Page,
    /// The notices, the newest first; `None` where the post has no office.
    pub(crate) rows: Option<Vec<NoticeRow>>,
    /// The next page.
    pub(crate) next: Option<String>,
}

/// One notice.
#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct NoticePage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) notice: NoticeView,
}

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    before: String,
}

fn post_of(face: &Face) -> Result<&Post, Failure> {
    Ok(&face.who.as_ref().ok_or(Failure::NotFound)?.live.post)
}

/// The page of a notice.
pub(super) fn path(notice_id: i64) -> String {
    format!("/notices/{notice_id}")
}

/// `GET /notices`
pub(super) async fn list(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let before: Option<i64> = address::read("before", &asked.before, |text| text.parse().ok())?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX - 1) + 1;
    let found = inbox::inbox(&mut tx, &face.ctx(), post_of(&face)?, before, most).await?;
    let is_more = found.as_ref().is_some_and(|found| found.len() > PAGE);
    let rows: Option<Vec<NoticeRow>> = found.map(|found| found.iter().take(PAGE).map(line).collect());
    let last = rows.as_ref().and_then(|rows| rows.last()).filter(|_| is_more);
    let next = last.map(|last| format!("/notices?before={}", last.notice_id));
    html(&NoticesPage { page: face.page(&visitor, Section::Home, &county), rows, next })
}

/// `GET /notices/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(notice_id): Path<i64>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (notice, alerts) = inbox::one(&mut tx, &ctx, post_of(&face)?, notice_id).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, notice.on_day).await?;
    let sent = bangfu_usecase::message::list::of_notice(&mut tx, &ctx, notice_id).await?;
    let ways = sent.iter().map(|message| way(&face, message)).collect();
    let name = &county.on(notice.on_day).name;
    let notice = view(visitor.lang, &names, name, &notice, (&alerts, ways));
    html(&NoticePage { page: face.page_of_loans(&mut tx, &visitor, Section::Home, &county).await?, notice })
}
