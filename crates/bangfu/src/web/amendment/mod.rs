//! `/admin/amendments/{id}`: what a version of the rules changes and would do, and the decision on it.

#[cfg(test)]
mod tests;
pub(crate) mod view;
pub(crate) mod work;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_store::county;
use bangfu_usecase::access::Right;
use bangfu_usecase::amendment::{self, AmendmentFault, Subject};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::proposal::{Deciding, ProposalState};
use jiff::civil::Date;
use serde::Deserialize;

use super::address;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::import::job::Trouble;
use super::menu::Section;
use super::page::Page;
use super::what_if;
use crate::texts::Lang;
use crate::words;
use view::{AmendmentRow, Changed, PreviewView, changed, effect, row, standings};
use work::Standing;

/// An amendment.
#[derive(Template)]
#[template(path = "amendment.html")]
pub(crate) struct AmendmentPage {
    /// The frame.
    pub(crate) page: Page,
    /// The version of it that is shown.
    pub(crate) version: i64,
    /// What it is.
    pub(crate) row: AmendmentRow,
    /// Where the thing that it amends is shown.
    pub(crate) back: String,
    /// What changed.
    pub(crate) changed: Vec<Changed>,
    /// The day for which its effect is shown.
    pub(crate) day: Date,
    /// Its effect; none once it is decided on.
    pub(crate) preview: Option<PreviewView>,
    /// Where its days of the colours are tried; none of a year.
    pub(crate) what_if: Option<String>,
    /// How far the book is that is judged by it, or why it is not.
    pub(crate) adopting: Option<PreviewView>,
    /// Whether whoever looks may take it back.
    pub(crate) may_withdraw: bool,
    /// Whether whoever looks may approve or reject it.
    pub(crate) may_decide: bool,
    /// What is wrong with what was just asked for.
    pub(crate) faults: Vec<String>,
    /// A reason as it was typed.
    pub(crate) reason: String,
}

impl AmendmentPage {
    /// Whether something is being reckoned, so that the page is to be looked at again.
    pub(crate) fn is_going(&self) -> bool {
        let is_going = |one: &Option<PreviewView>| matches!(one, Some(PreviewView::Going(_)));
        is_going(&self.preview) || is_going(&self.adopting)
    }

    /// The standings of its table.
    pub(crate) fn standings(&self) -> Vec<bangfu_domain::warning::Standing> {
        standings()
    }
}

/// For which day its effect is wanted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    day: String,
}

/// `GET /admin/amendments/{id}`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Path(amendment_id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let day = address::read("day", &asked.day, address::day)?;
    show(&face, &visitor, amendment_id, day, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    amendment_id: i64,
    day: Option<Date>,
    failed: Option<(&Refusal, &str)>,
) -> Result<Response, Failure> {
    let (ctx, lang) = (face.ctx(), visitor.lang);
    let adopting = face.rule_work.adopting().await;
    let mut tx = face.app.db.read().await?;
    let one = amendment::get(&mut tx, &ctx, amendment_id).await?;
    let county = county::get(&mut tx, face.app.county_id).await?;
    drop(tx);
    let is_open = one.state == ProposalState::Proposed;
    let day = day.unwrap_or(ctx.today);
    let preview = match is_open {
        true => Some(face.rule_work.preview(face, (amendment_id, day, county.change_seq)).await),
        false => None,
    };
    let is_own = face.who.as_ref().is_some_and(|who| who.live.session.account_id == one.stored.maker_id);
    let back = match &one.subject {
        Subject::Pack(_) => "/admin/packs".to_owned(),
        Subject::Year(_) => "/admin/calendar".to_owned(),
    };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("/admin/amendments/{amendment_id}");
    let waits = one.state == ProposalState::Approved && one.stored.in_force_at.is_none();
    let shown = AmendmentPage {
        page,
        version: one.stored.version,
        row: row(lang, &one, |micros| face.local(micros)),
        back,
        changed: changed(one.stored.body_before.as_deref().unwrap_or_default(), &one.stored.body),
        day,
        preview: preview.map(|standing| seen(lang, standing, |preview| PreviewView::Done(effect(&preview)))),
        what_if: matches!(one.subject, Subject::Pack(_)).then(|| what_if::of_amendment(amendment_id)),
        adopting: adopting.filter(|_| waits).and_then(|standing| match standing {
            Standing::Done(()) => None,
            standing => Some(seen(lang, standing, |()| PreviewView::Going(Default::default()))),
        }),
        may_withdraw: is_open && is_own && face.may(Right::ProposeRules),
        may_decide: is_open && !is_own && face.may(Right::DecideRules),
        faults: failed.map(|(refusal, _)| faults(lang, refusal)).unwrap_or_default(),
        reason: failed.map(|(_, reason)| reason.to_owned()).unwrap_or_default(),
    };
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(&shown)?).into_response())
}

fn seen<T>(lang: Lang, standing: Standing<T>, done: impl FnOnce(T) -> PreviewView) -> PreviewView {
    match standing {
        Standing::Going(reading) => PreviewView::Going(reading),
        Standing::Done(value) => done(value),
        Standing::Failed(Trouble::Refused(refusal, _)) => {
            PreviewView::Failed(faults(lang, &refusal).join(" "))
        }
        Standing::Failed(Trouble::Broken(reference)) => {
            let reference = lang.text_with("error-reference-is", &[("reference", reference.into())]);
            PreviewView::Failed(format!("{} {reference}", lang.text("error-broken")))
        }
        Standing::Failed(Trouble::NoTable(..)) => PreviewView::Failed(lang.text("error-broken")),
    }
}

/// What is wrong, each fault for itself.
pub(super) fn faults(lang: Lang, refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::Amendment(AmendmentFault::Broken(faults)) => {
            faults.iter().map(|fault| words::pack_fault(lang, fault)).collect()
        }
        Refusal::Amendment(AmendmentFault::List(faults)) => {
            let told = faults.iter().map(|fault| {
                let what = words::said(lang, &format!("list-fault-{}", fault.kind.key()), &fault.kind.args());
                let line = fault.line.to_string();
                lang.text_with("list-fault-at", &[("line", line.into()), ("what", what.into())])
            });
            told.collect()
        }
        refusal => vec![words::refusal(lang, refusal)],
    }
}

/// A decision as a form brings it.
#[derive(Debug, Deserialize)]
pub(crate) struct Decided {
    version: i64,
    /// The reason as it was typed.
    #[serde(default)]
    pub(super) reason: String,
}

impl Decided {
    /// The decision of whoever asks on a proposal.
    pub(super) fn of(&self, face: &Face, id: i64) -> Result<Deciding, Failure> {
        let who = face.who.as_ref().ok_or(Failure::NotFound)?;
        let (account_id, reason) = (who.live.session.account_id, self.reason.clone());
        Ok(Deciding { id, version: self.version, account_id, reason })
    }
}

/// Back to the amendment's page, which says what was done or what was wrong.
async fn then(
    face: &Face,
    visitor: &Visitor,
    (amendment_id, decided, flash): (i64, &Decided, Flash),
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(Refusal::NotFound)) => Err(Failure::NotFound),
        Err(Error::Refused(refusal)) => {
            show(face, visitor, amendment_id, None, Some((&refusal, &decided.reason))).await
        }
        done => {
            done?;
            Ok(flash.redirect(&format!("/admin/amendments/{amendment_id}")))
        }
    }
}

/// `POST /admin/amendments/{id}/withdraw`
pub(super) async fn withdraw(
    face: Face,
    visitor: Visitor,
    Path(amendment_id): Path<i64>,
    Form(decided): Form<Decided>,
) -> Result<Response, Failure> {
    let one = decided.of(&face, amendment_id)?;
    let done = amendment::withdraw(&face.app.db, &face.ctx(), &one).await;
    then(&face, &visitor, (amendment_id, &decided, Flash::ProposalWithdrawn), done).await
}

/// `POST /admin/amendments/{id}/reject`
pub(super) async fn reject(
    face: Face,
    visitor: Visitor,
    Path(amendment_id): Path<i64>,
    Form(decided): Form<Decided>,
) -> Result<Response, Failure> {
    let one = decided.of(&face, amendment_id)?;
    let done = amendment::reject(&face.app.db, &face.ctx(), &one).await;
    then(&face, &visitor, (amendment_id, &decided, Flash::ProposalRejected), done).await
}

/// `POST /admin/amendments/{id}/approve`: from its day on it holds; where that has come, the book is judged anew at once,
/// beside the requests.
pub(super) async fn approve(
    face: Face,
    visitor: Visitor,
    Path(amendment_id): Path<i64>,
    Form(decided): Form<Decided>,
) -> Result<Response, Failure> {
    let one = decided.of(&face, amendment_id)?;
    let done = amendment::approve(&face.app.db, &face.ctx(), &one).await;
    if done.is_ok() {
        face.rule_work.adopt(&face);
    }
    then(&face, &visitor, (amendment_id, &decided, Flash::AmendmentApproved), done).await
}
