//! `/handlings`: how loans are handled at maturity: what was proposed, who checks it, and what the bank answered.

pub(crate) mod act;
pub(crate) mod propose;
#[cfg(test)]
mod tests;
pub(crate) mod view;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::handling::{Kind, State};
use bangfu_store::handling::{HandlingCursor, Waiting};
use bangfu_usecase::access::Right;
use bangfu_usecase::handling::{count, list as found, show as shown};
use jiff::civil::Date;
use serde::Deserialize;

use super::address::{self, UnknownWord, path_with};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::list::Names;
use super::menu::Section;
use super::page::{Page, unsigned};
use act::Typed;
use view::{HandlingTab, HandlingView, Row, row, view};

/// Proposals on a page.
const PAGE: usize = 50;

/// What waits, and what was done.
#[derive(Template)]
#[template(path = "handlings.html")]
pub(crate) struct HandlingsPage {
    /// The frame.
    pub(crate) page: Page,
    /// The parts.
    pub(crate) tabs: Vec<HandlingTab>,
    /// The proposals.
    pub(crate) rows: Vec<Row>,
    /// The key of what is said where there are none.
    pub(crate) empty_key: String,
    /// The next page.
    pub(crate) next: Option<String>,
}

/// One proposal.
#[derive(Template)]
#[template(path = "handling.html")]
pub(crate) struct HandlingPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) view: HandlingView,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong with what was just asked for.
    pub(crate) fault: Option<String>,
}

/// What is asked for, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

/// The page of a proposal.
pub(crate) fn path(handling_id: i64) -> String {
    format!("/handlings/{handling_id}")
}

/// The word of a part in addresses and as the key of texts.
pub(crate) const fn word(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::Check => "check",
        Waiting::Bank => "bank",
        Waiting::Nobody => "done",
    }
}

/// The address of a part.
pub(crate) fn path_of(waiting: Waiting, after: Option<HandlingCursor>) -> String {
    let mut words = form_urlencoded::Serializer::new(String::new());
    words.append_pair("show", word(waiting));
    if let Some(HandlingCursor { on, handling_id }) = after {
        words.append_pair("after", &format!("{on}.{handling_id}"));
    }
    path_with("/handlings", words)
}

fn cursor(text: &str) -> Option<HandlingCursor> {
    let (on, handling_id) = text.rsplit_once('.')?;
    Some(HandlingCursor { on: address::day(on)?, handling_id: handling_id.parse().ok()? })
}

/// `GET /handlings`: without a word, the first part that holds something.
pub(super) async fn list(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let after = address::read("after", &asked.after, cursor)?;
    let wanted = match asked.show.trim() {
        "" => None,
        key => {
            let known = Waiting::ALL.into_iter().find(|part| word(*part) == key);
            Some(known.ok_or_else(|| UnknownWord { field: "show", value: key.to_owned() })?)
        }
    };
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut counts = [0; 3];
    for (held, part) in counts.iter_mut().zip(Waiting::ALL) {
        *held = count(&mut tx, &ctx, part).await?;
    }
    let first = Waiting::ALL.into_iter().zip(counts).find(|(_, count)| *count > 0).map(|(part, _)| part);
    let here = wanted.or(first).unwrap_or(Waiting::Check);
    let (lines, next) = found(&mut tx, &ctx, here, after, PAGE).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let tabs = Waiting::ALL.into_iter().zip(counts).map(|(part, count)| HandlingTab {
        href: path_of(part, None),
        text_key: format!("handlings-{}", word(part)),
        count: unsigned(count),
        here: part == here,
    });
    html(&HandlingsPage {
        page: face.page_of_loans(&mut tx, &visitor, Section::Tasks, &county).await?,
        tabs: tabs.collect(),
        rows: lines.iter().map(|line| row(visitor.lang, &names, line, ctx.today)).collect(),
        empty_key: format!("handlings-none-{}", word(here)),
        next: next.map(|next| path_of(here, Some(next))),
    })
}

/// `GET /handlings/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(handling_id): Path<i64>,
) -> Result<Response, Failure> {
    show(&face, &visitor, handling_id, Typed::default(), None).await
}

pub(super) async fn show(
    face: &Face,
    visitor: &Visitor,
    handling_id: i64,
    typed: Typed,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let one = shown(&mut tx, &ctx, handling_id).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let mut page = face.page_of_loans(&mut tx, visitor, Section::Tasks, &county).await?;
    page.address = path(handling_id);
    let account_id = face.who.as_ref().map(|who| who.live.session.account_id);
    let is_own = account_id == Some(one.row.stored.maker_id);
    let state = one.row.stored.state;
    let waits = state == State::Proposed;
    let checks = account_id.is_some_and(|account_id| one.may_check(account_id, ctx.role));
    let may_answer = state == State::AwaitingBank && face.may(Right::AnswerHandling);
    let mut view = view(face, visitor.lang, &names, &one, ctx.today);
    view.may_check = checks && face.may(Right::CheckHandling);
    view.may_withdraw = waits && is_own && face.may(Right::ProposeHandling);
    view.may_answer = may_answer;
    let typed =
        if may_answer && fault.is_none() { asked_of_bank(&one.row.stored, typed, ctx.today) } else { typed };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(&HandlingPage { page, view, typed, fault })?).into_response())
}

/// What the bank was asked for, as it would answer if it does all of it.
fn asked_of_bank(stored: &bangfu_store::handling::StoredHandling, typed: Typed, today: Date) -> Typed {
    let asks_day = matches!(stored.kind, Kind::Extension | Kind::Renewal);
    Typed {
        on: today.to_string(),
        due_on: stored.until_on.filter(|_| asks_day).map(|on| on.to_string()).unwrap_or_default(),
        amount: stored.amount_fen.map(|fen| fen.to_string()).unwrap_or_default(),
        ..typed
    }
}
