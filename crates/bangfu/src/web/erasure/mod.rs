//! `/erasures`: numbers of people that are to be destroyed (抹去号码), proposed on a household's page, decided on by a second
//! account.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_store::erasure::Line;
use bangfu_usecase::access::Right;
use bangfu_usecase::erase::{self, Whose};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::proposal::ProposalState;
use jiff::civil::DateTime;
use serde::Deserialize;

use super::amendment::Decided;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::household;
use super::menu::Section;
use super::page::Page;
use crate::words;

/// An erasure in a list.
#[derive(Debug, Clone)]
pub(crate) struct ErasureRow {
    /// Its page.
    pub(crate) href: String,
    /// Whose numbers.
    pub(crate) person: String,
    /// The page of their household.
    pub(crate) household: Option<String>,
    /// The key of the word for how far it has come, and its look.
    pub(crate) state: (&'static str, &'static str),
    /// Who proposed it, when and why.
    pub(crate) made: (String, DateTime, String),
    /// Who decided on it, when and why.
    pub(crate) decided: Option<(String, DateTime, String)>,
}

/// All of them.
#[derive(Template)]
#[template(path = "erasures.html")]
pub(crate) struct ErasuresPage {
    /// The frame.
    pub(crate) page: Page,
    /// What was proposed and decided, the newest first.
    pub(crate) rows: Vec<ErasureRow>,
}

/// Somebody's numbers, before it is proposed that they are erased.
#[derive(Template)]
#[template(path = "erase.html")]
pub(crate) struct ErasePage {
    /// The frame.
    pub(crate) page: Page,
    /// The page of the household.
    pub(crate) back: String,
    /// Whose numbers.
    pub(crate) person: String,
    /// The numbers, masked, each with the key of its name.
    pub(crate) numbers: Vec<(&'static str, String)>,
    /// The page of the one that waits already.
    pub(crate) open: Option<String>,
    /// Where the form goes.
    pub(crate) action: String,
    /// What was written.
    pub(crate) reason: String,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// One erasure.
#[derive(Template)]
#[template(path = "erasure.html")]
pub(crate) struct ErasurePage {
    /// The frame.
    pub(crate) page: Page,
    /// What it is.
    pub(crate) row: ErasureRow,
    /// The numbers that would go, masked, each with the key of its name; none once it is decided on.
    pub(crate) numbers: Vec<(&'static str, String)>,
    /// The version of it that is shown.
    pub(crate) version: i64,
    /// Whether whoever looks may take it back.
    pub(crate) may_withdraw: bool,
    /// Whether whoever looks may approve or reject it.
    pub(crate) may_decide: bool,
    /// A reason as it was typed.
    pub(crate) reason: String,
    /// What is wrong with what was just asked for.
    pub(crate) fault: Option<String>,
}

/// The address at which it is proposed to erase a member's numbers.
pub(super) fn address_of(household_id: i64, person_id: i64) -> String {
    format!("{}/erase?person={person_id}", household::path(household_id))
}

fn path(erasure_id: i64) -> String {
    format!("/erasures/{erasure_id}")
}

fn row(face: &Face, state: ProposalState, line: Line) -> ErasureRow {
    let Line { erasure: one, person, household_id } = line;
    ErasureRow {
        href: path(one.erasure_id),
        person,
        household: household_id.map(household::path),
        state: match state {
            ProposalState::Proposed => ("proposal-proposed", "staged"),
            ProposalState::Withdrawn => ("proposal-withdrawn", ""),
            ProposalState::Rejected => ("proposal-rejected", "unreadable"),
            ProposalState::Approved => ("erasure-done", "good"),
        },
        made: (one.maker, face.local(one.made_at), one.reason),
        decided: one.decided.map(|one| (one.decider, face.local(one.at), one.reason)),
    }
}

fn keys(numbers: Vec<(bangfu_store::person::SecretKind, String)>) -> Vec<(&'static str, String)> {
    numbers.into_iter().map(|(kind, number)| (kind.key(), number)).collect()
}

/// `GET /erasures`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let lines = erase::list(&mut tx, &face.ctx()).await?;
    let rows = lines.into_iter().map(|(state, line)| row(&face, state, line)).collect();
    html(&ErasuresPage { page: face.page(&visitor, Section::Administration, &county), rows })
}

/// Whose numbers are meant.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    person: i64,
}

/// Why.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    reason: String,
}

/// `GET /households/{id}/erase`
pub(super) async fn ask(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    show_form(&face, &visitor, (household_id, which.person), String::new(), None).await
}

async fn show_form(
    face: &Face,
    visitor: &Visitor,
    (household_id, person_id): (i64, i64),
    reason: String,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let whose = (household_id, person_id);
    let (person, numbers, open) = erase::wanted(&face.app.db, &mut tx, &face.ctx(), whose).await?;
    let mut page = face.page(visitor, Section::Loans, &county);
    page.address = address_of(household_id, person_id);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = ErasePage {
        action: page.address.clone(),
        page,
        back: household::path(household_id),
        person,
        numbers: keys(numbers),
        open: open.map(path),
        reason,
        fault,
    };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /households/{id}/erase`
pub(super) async fn propose(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
    Query(which): Query<Which>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let account_id = face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id;
    let whose = Whose::Member { household_id, person_id: which.person };
    let proposed = erase::propose(&face.app.db, &face.ctx(), Some(account_id), &whose, &said.reason).await;
    match proposed {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = Some(words::refusal(visitor.lang, &refusal));
            show_form(&face, &visitor, (household_id, which.person), said.reason, fault).await
        }
        proposed => Ok(Redirect::to(&path(proposed?)).into_response()),
    }
}

/// `GET /erasures/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(erasure_id): Path<i64>,
) -> Result<Response, Failure> {
    show(&face, &visitor, erasure_id, String::new(), None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    erasure_id: i64,
    reason: String,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let one = erase::get(&face.app.db, &mut tx, &face.ctx(), erasure_id).await?;
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = path(erasure_id);
    let maker_id = one.line.erasure.maker_id;
    let is_own = face.who.as_ref().is_some_and(|who| who.live.session.account_id == maker_id);
    let is_open = one.state == ProposalState::Proposed;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = ErasurePage {
        page,
        version: one.line.erasure.version,
        row: row(face, one.state, one.line),
        numbers: if is_open { keys(one.numbers) } else { Vec::new() },
        may_withdraw: is_open && is_own && face.may(Right::ProposeErasure),
        may_decide: is_open && !is_own,
        reason,
        fault,
    };
    Ok((status, html(&shown)?).into_response())
}

/// Back to the page, which says what was done or what was wrong.
async fn then(
    face: &Face,
    visitor: &Visitor,
    (erasure_id, decided, flash): (i64, Decided, Flash),
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = Some(words::refusal(visitor.lang, &refusal));
            show(face, visitor, erasure_id, decided.reason, fault).await
        }
        done => {
            done?;
            Ok(flash.redirect(&path(erasure_id)))
        }
    }
}

/// `POST /erasures/{id}/withdraw`
pub(super) async fn withdraw(
    face: Face,
    visitor: Visitor,
    Path(erasure_id): Path<i64>,
    Form(decided): Form<Decided>,
) -> Result<Response, Failure> {
    let done = erase::withdraw(&face.app.db, &face.ctx(), &decided.of(&face, erasure_id)?).await;
    then(&face, &visitor, (erasure_id, decided, Flash::ProposalWithdrawn), done).await
}

/// `POST /erasures/{id}/reject`
pub(super) async fn reject(
    face: Face,
    visitor: Visitor,
    Path(erasure_id): Path<i64>,
    Form(decided): Form<Decided>,
) -> Result<Response, Failure> {
    let done = erase::reject(&face.app.db, &face.ctx(), &decided.of(&face, erasure_id)?).await;
    then(&face, &visitor, (erasure_id, decided, Flash::ProposalRejected), done).await
}

/// `POST /erasures/{id}/approve`: the numbers are gone with this answer.
pub(super) async fn approve(
    face: Face,
    visitor: Visitor,
    Path(erasure_id): Path<i64>,
    Form(decided): Form<Decided>,
) -> Result<Response, Failure> {
    let done = erase::approve(&face.app.db, &face.ctx(), &decided.of(&face, erasure_id)?).await;
    then(&face, &visitor, (erasure_id, decided, Flash::Erased), done.map(drop)).await
}
