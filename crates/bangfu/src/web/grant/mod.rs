//! `/access`: access outside the own area (临时授权查阅), asked for, granted, used and ended.

#[cfg(test)]
mod tests;
mod through;
pub(crate) mod view;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::access::Right;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::grant::{self, Wish};
use serde::Deserialize;

use super::address;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::words;
pub(crate) use through::Through;
pub(super) use through::{loan, loans};
use view::{AskForm, GrantRow, row};

/// What somebody asked for, and what was asked for of their area.
#[derive(Template)]
#[template(path = "access.html")]
pub(crate) struct AccessPage {
    /// The frame.
    pub(crate) page: Page,
    /// What is asked for, as far as it was typed.
    pub(crate) form: AskForm,
    /// What the visitor asked for.
    pub(crate) own: Vec<GrantRow>,
    /// What was asked for of the visitor's area; nothing for who doesn't answer for one.
    pub(crate) overseen: Option<Vec<GrantRow>>,
    /// What could not be done.
    pub(crate) fault: Option<String>,
}

/// What somebody asks for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    number: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    reason: String,
}

/// Whose account asks.
fn account_of(face: &Face) -> Result<i64, Failure> {
    Ok(face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id)
}

/// `GET /access`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, Typed { hours: "2".to_owned(), ..Typed::default() }, (None, None)).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    typed: Typed,
    (form_fault, fault): (Option<String>, Option<String>),
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let account_id = account_of(face)?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let status = match (&form_fault, &fault) {
        (None, None) => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let own = grant::own(&mut tx, &ctx, account_id).await?;
    let overseen = match face.may(Right::OverseeAccess) {
        true => Some(grant::overseen(&mut tx, &ctx).await?),
        false => None,
    };
    let rows = |lines: Vec<_>| lines.into_iter().map(|line| row(face, line, account_id)).collect();
    let mut page = face.page(visitor, Section::Home, &county);
    page.address = "/access".to_owned();
    let Typed { number, hours, reason } = typed;
    let form =
        AskForm { number, hours, reason, hours_max: face.app.privacy.access_hours_max, fault: form_fault };
    let shown = AccessPage { page, form, own: rows(own), overseen: overseen.map(rows), fault };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /access`
pub(super) async fn ask(face: Face, visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response, Failure> {
    let wish = Wish {
        account_id: account_of(&face)?,
        number: typed.number.clone(),
        hours: address::read("hours", &typed.hours, |text| text.parse().ok())?.unwrap_or(0),
        reason: typed.reason.clone(),
        hours_max: face.app.privacy.access_hours_max,
    };
    match grant::ask(&face.app.db, &face.ctx(), &wish).await {
        Ok(grant_id) if wish.hours_max.is_some() => {
            Ok(Redirect::to(&format!("/access/{grant_id}")).into_response())
        }
        Ok(_) => Ok(Flash::AccessAsked.redirect("/access")),
        Err(Error::Refused(refusal)) => {
            let why = match refusal {
                Refusal::NotFound => visitor.lang.text("access-number-none"),
                refusal => words::refusal(visitor.lang, &refusal),
            };
            show(&face, &visitor, typed, (Some(why), None)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Back to the page, which says what was done or what was wrong.
async fn then(face: &Face, visitor: &Visitor, done: Result<(), Error>) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let why = words::refusal(visitor.lang, &refusal);
            show(face, visitor, Typed::default(), (None, Some(why))).await
        }
        done => {
            done?;
            Ok(Flash::AccessChanged.redirect("/access"))
        }
    }
}

/// `POST /access/{id}/grant`
pub(super) async fn give(
    face: Face,
    visitor: Visitor,
    Path(grant_id): Path<i64>,
) -> Result<Response, Failure> {
    let done = grant::decide(&face.app.db, &face.ctx(), account_of(&face)?, grant_id, true).await;
    then(&face, &visitor, done).await
}

/// `POST /access/{id}/refuse`
pub(super) async fn refuse(
    face: Face,
    visitor: Visitor,
    Path(grant_id): Path<i64>,
) -> Result<Response, Failure> {
    let done = grant::decide(&face.app.db, &face.ctx(), account_of(&face)?, grant_id, false).await;
    then(&face, &visitor, done).await
}

/// `POST /access/{id}/end`
pub(super) async fn end(
    face: Face,
    visitor: Visitor,
    Path(grant_id): Path<i64>,
) -> Result<Response, Failure> {
    let oversees = face.may(Right::OverseeAccess);
    let done = grant::end(&face.app.db, &face.ctx(), account_of(&face)?, oversees, grant_id).await;
    then(&face, &visitor, done).await
}
