//! Numbers shown whole: asked for on the page of a loan or a household, one at a time and for a reason; and the record of them (查阅记录).

pub(crate) mod record;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::policy::Words;
use bangfu_store::person::SecretKind;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::unmasking::{self, Asked, Whose};
use serde::Deserialize;

use super::address::UnknownWord;
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::household;
use super::menu::Section;
use super::page::Page;
use crate::words;

/// A number that is asked for, or shown.
#[derive(Template)]
#[template(path = "unmask.html")]
pub(crate) struct UnmaskPage {
    /// The frame.
    pub(crate) page: Page,
    /// The page from which it was asked for, and the key of the words that lead back there.
    pub(crate) back: (String, &'static str),
    /// Whose number it is.
    pub(crate) name: String,
    /// Which number: the key of its name.
    pub(crate) kind: &'static str,
    /// Tells it from other numbers of the page from which it was asked for.
    pub(crate) mark: String,
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
    /// What it may be needed for, each with whether it was chosen: what is sent, and its name.
    pub(crate) whys: Vec<(String, String, bool)>,
    /// What was written.
    pub(crate) reason: String,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// The address at which a number is asked for.
pub(crate) fn address_of(whose: Whose, kind: SecretKind) -> String {
    match whose {
        Whose::Borrower { loan_id } => format!("/loans/{loan_id}/unmask?kind={}", kind.key()),
        Whose::Member { household_id, person_id } => {
            format!("{}/unmask?person={person_id}&kind={}", household::path(household_id), kind.key())
        }
    }
}

/// Which number is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    person: i64,
}

impl Which {
    fn kind(&self) -> Result<SecretKind, UnknownWord> {
        let unknown = || UnknownWord { field: "kind", value: self.kind.clone() };
        SecretKind::from_key(&self.kind).ok_or_else(unknown)
    }

    fn of_loan(&self, loan_id: i64) -> Result<Wanted, UnknownWord> {
        Ok((Whose::Borrower { loan_id }, self.kind()?))
    }

    fn of_household(&self, household_id: i64) -> Result<Wanted, UnknownWord> {
        Ok((Whose::Member { household_id, person_id: self.person }, self.kind()?))
    }
}

/// Whose number, and which.
type Wanted = (Whose, SecretKind);

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
    show_form(&face, &visitor, which.of_loan(loan_id)?, Said::default(), None).await
}

/// `GET /households/{id}/unmask`
pub(super) async fn ask_of_member(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    show_form(&face, &visitor, which.of_household(household_id)?, Said::default(), None).await
}

async fn show_form(
    face: &Face,
    visitor: &Visitor,
    (whose, kind): Wanted,
    said: Said,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let (name, number) = unmasking::masked(&face.app.db, &ctx, whose, kind).await?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let reasons = unmasking::reasons(&mut face.app.db.read().await?, &ctx).await?;
    let whys = reasons.into_iter().map(|one: Words| {
        let chosen = one.zh == said.why;
        (one.zh.clone(), visitor.lang.of(&one).to_owned(), chosen)
    });
    let action = address_of(whose, kind);
    let form = MaskedForm { action, number, whys: whys.collect(), reason: said.reason, fault };
    let page = page_of(face, visitor, (whose, kind), name, Shown::Masked(form)).await?;
    Ok((status, html(&page)?).into_response())
}

async fn page_of(
    face: &Face,
    visitor: &Visitor,
    (whose, kind): Wanted,
    name: String,
    shown: Shown,
) -> Result<UnmaskPage, Failure> {
    let county = face.county(&mut face.app.db.read().await?).await?;
    let mut page = face.page(visitor, Section::Loans, &county);
    page.address = address_of(whose, kind);
    let (back, mark) = match whose {
        Whose::Borrower { loan_id } => ((format!("/loans/{loan_id}"), "back-to-loan"), loan_id),
        Whose::Member { household_id, person_id } => {
            ((household::path(household_id), "back-to-household"), person_id)
        }
    };
    let (kind, mark) = (kind.key(), format!("{}-{mark}", kind.key()));
    Ok(UnmaskPage { page, back, name, kind, mark, shown })
}

/// `POST /loans/{id}/unmask`: the number, in this answer and in no other.
pub(super) async fn show(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Query(which): Query<Which>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    show_whole(&face, &visitor, which.of_loan(loan_id)?, said).await
}

/// `POST /households/{id}/unmask`: the number, in this answer and in no other.
pub(super) async fn show_of_member(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
    Query(which): Query<Which>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    show_whole(&face, &visitor, which.of_household(household_id)?, said).await
}

async fn show_whole(
    face: &Face,
    visitor: &Visitor,
    (whose, kind): Wanted,
    said: Said,
) -> Result<Response, Failure> {
    let account_id = face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id;
    let asked = Asked {
        account_id,
        whose,
        kind,
        why: said.why.clone(),
        reason: said.reason.clone(),
        day_max: face.app.privacy.unmask_per_day,
    };
    match unmasking::unmask(&face.app.db, &face.ctx(), &asked).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = Some(words::refusal(visitor.lang, &refusal));
            show_form(face, visitor, (whose, kind), said, fault).await
        }
        shown => {
            let shown = shown?;
            let whole = Shown::Whole { number: shown.number, today: shown.today };
            html(&page_of(face, visitor, (whose, kind), shown.name, whole).await?)
        }
    }
}
