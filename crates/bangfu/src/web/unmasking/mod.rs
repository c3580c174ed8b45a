//! Numbers shown whole: asked for on a loan's page, one at a time and for a reason; and the record of them (查阅记录).

pub(crate) mod record;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::unmasking::Why;
use bangfu_store::person::SecretKind;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::unmasking::{self, Asked};
use serde::Deserialize;

use super::address::{self, UnknownWord};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::words;

/// A number that is asked for, or shown.
#[derive(Template)]
#[template(path = "unmask.html")]
pub(crate) struct UnmaskPage {
    /// The frame.
    pub(crate) page: Page,
    /// The loan's page.
    pub(crate) back: String,
    /// Whose number it is.
    pub(crate) borrower: String,
    /// Which number: the key of its name.
    pub(crate) kind: &'static str,
    /// What is shown of it.
    pub(crate) shown: Shown,
}

/// What is shown of a number.
pub(crate) enum Shown {
    /// Its ends, with what is asked before the rest is shown.
    Masked(MaskedForm),
    /// All of it.
    Whole {
        /// The number.
        number: String,
        /// How many were shown to the visitor today.
        today: i64,
    },
}

/// What is asked before a number is shown.
pub(crate) struct MaskedForm {
    /// Where the form goes.
    pub(crate) action: String,
    /// The number, masked.
    pub(crate) number: String,
    /// The word of what was chosen.
    pub(crate) why: String,
    /// What was written.
    pub(crate) reason: String,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

impl MaskedForm {
    /// The words of the list of reasons, and whether each was chosen.
    pub(crate) fn whys(&self) -> Vec<(&'static str, bool)> {
        Why::ALL.iter().map(|why| (why.key(), why.key() == self.why)).collect()
    }
}

/// The address at which a loan's number is asked for.
pub(crate) fn address_of(loan_id: i64, kind: SecretKind) -> String {
    format!("/loans/{loan_id}/unmask?kind={}", kind.key())
}

/// Which number is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    kind: String,
}

impl Which {
    fn read(&self) -> Result<SecretKind, UnknownWord> {
        let unknown = || UnknownWord { field: "kind", value: self.kind.clone() };
        SecretKind::from_key(&self.kind).ok_or_else(unknown)
    }
}

/// What is said before a number is shown.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    why: String,
    #[serde(default)]
    reason: String,
}

/// `GET /loans/{id}/unmask`
pub(super) async fn ask(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    show_form(&face, &visitor, (loan_id, which.read()?), Said::default(), None).await
}

async fn show_form(
    face: &Face,
    visitor: &Visitor,
    (loan_id, kind): (i64, SecretKind),
    said: Said,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let (borrower, number) = unmasking::masked(&face.app.db, &face.ctx(), loan_id, kind).await?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let Said { why, reason } = said;
    let shown = Shown::Masked(MaskedForm { action: address_of(loan_id, kind), number, why, reason, fault });
    let page = page_of(face, visitor, (loan_id, kind), borrower, shown).await?;
    Ok((status, html(&page)?).into_response())
}

async fn page_of(
    face: &Face,
    visitor: &Visitor,
    (loan_id, kind): (i64, SecretKind),
    borrower: String,
    shown: Shown,
) -> Result<UnmaskPage, Failure> {
    let county = face.county(&mut face.app.db.read().await?).await?;
    let mut page = face.page(visitor, Section::Loans, &county);
    page.address = address_of(loan_id, kind);
    Ok(UnmaskPage { page, back: format!("/loans/{loan_id}"), borrower, kind: kind.key(), shown })
}

/// `POST /loans/{id}/unmask`: the number, in this answer and in no other.
pub(super) async fn show(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Query(which): Query<Which>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let kind = which.read()?;
    let account_id = face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id;
    let asked = Asked {
        account_id,
        loan_id,
        kind,
        why: address::read("why", &said.why, Why::from_key)?,
        reason: said.reason.clone(),
        day_max: face.app.privacy.unmask_per_day,
    };
    match unmasking::unmask(&face.app.db, &face.ctx(), &asked).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = Some(words::refusal(visitor.lang, &refusal));
            show_form(&face, &visitor, (loan_id, kind), said, fault).await
        }
        shown => {
            let shown = shown?;
            let whole = Shown::Whole { number: shown.number, today: shown.today };
            html(&page_of(&face, &visitor, (loan_id, kind), shown.borrower, whole).await?)
        }
    }
}
