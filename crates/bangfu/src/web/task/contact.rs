//! `/loans/{id}/contact`: a contact is recorded.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::money::Fen;
use bangfu_domain::task::{Outcome, Way};
use bangfu_domain::warning::Standing;
use bangfu_sheets::book::Cell;
use bangfu_sheets::cell::{Unit, amount};
use bangfu_store::loan;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::task::{NewContact, record};
use jiff::civil::Date;
use serde::Deserialize;

use crate::web::address::{self, UnknownWord};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The page on which a contact about a loan is recorded.
pub(crate) fn path(loan_id: i64) -> String {
    format!("/loans/{loan_id}/contact")
}

/// A contact that is being recorded.
#[derive(Template)]
#[template(path = "contact.html")]
pub(crate) struct ContactPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it is about.
    pub(crate) about: About,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// The loan that a contact is about.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Its page.
    pub(crate) href: String,
    /// Where the form goes.
    pub(crate) action: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Its standing.
    pub(crate) standing: Standing,
    /// What is owed.
    pub(crate) balance: Fen,
    /// The due day.
    pub(crate) due_on: Date,
}

/// A contact as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) day: String,
    #[serde(default)]
    pub(crate) way: String,
    #[serde(default)]
    pub(crate) met: String,
    #[serde(default)]
    pub(crate) outcome: String,
    #[serde(default)]
    pub(crate) promised_on: String,
    #[serde(default)]
    pub(crate) amount: String,
    #[serde(default)]
    pub(crate) note: String,
}

impl ContactPage {
    /// Every way, with whether it is chosen.
    pub(crate) fn ways(&self) -> Vec<(&'static str, bool)> {
        Way::ALL.map(|way| (way.key(), way.key() == self.typed.way)).to_vec()
    }

    /// Every outcome, with whether it is chosen.
    pub(crate) fn outcomes(&self) -> Vec<(&'static str, bool)> {
        Outcome::ALL.map(|outcome| (outcome.key(), outcome.key() == self.typed.outcome)).to_vec()
    }
}

impl Typed {
    fn contact(&self) -> Result<NewContact, UnknownWord> {
        let missing = |field, value: &str| UnknownWord { field, value: value.to_owned() };
        let yuan = |text: &str| amount(&Cell::Text(text.into()), Unit::Yuan).ok().flatten();
        Ok(NewContact {
            on_day: address::read("day", &self.day, address::day)?
                .ok_or_else(|| missing("day", &self.day))?,
            way: address::read("way", &self.way, Way::from_key)?.ok_or_else(|| missing("way", &self.way))?,
            met: self.met.clone(),
            outcome: address::read("outcome", &self.outcome, Outcome::from_key)?
                .ok_or_else(|| missing("outcome", &self.outcome))?,
            promised_on: address::read("promised_on", &self.promised_on, address::day)?,
            promised_fen: address::read("amount", &self.amount, yuan)?,
            note: self.note.clone(),
        })
    }
}

/// The key of what is said where a field is empty or not understood.
fn missing(field: &str) -> &'static str {
    match field {
        "day" => "contact-unknown-day",
        "way" => "contact-unknown-way",
        "outcome" => "contact-unknown-outcome",
        "promised_on" => "contact-unknown-promised-on",
        _ => "contact-unknown-amount",
    }
}

/// `GET /loans/{id}/contact`
pub(crate) async fn form(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
) -> Result<Response, Failure> {
    let typed =
        Typed { day: face.app.today().to_string(), way: Way::Visit.key().to_owned(), ..Typed::default() };
    show(&face, &visitor, loan_id, typed, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    loan_id: i64,
    typed: Typed,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let loan = loan::get(&mut tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Failure::NotFound)?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let about = About {
        href: format!("/loans/{loan_id}"),
        action: path(loan_id),
        borrower: loan.borrower_name,
        number: loan.number,
        standing: loan.standing,
        balance: loan.balance_fen,
        due_on: loan.terms.due_on,
    };
    let mut page = face.page(visitor, Section::Tasks, &county);
    page.address = path(loan_id);
    Ok((status, html(&ContactPage { page, about, typed, fault })?).into_response())
}

/// `POST /loans/{id}/contact`
pub(crate) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let contact = match typed.contact() {
        Ok(contact) => contact,
        Err(unknown) => {
            let fault = visitor.lang.text(missing(unknown.field));
            return show(&face, &visitor, loan_id, typed, Some(fault)).await;
        }
    };
    match record(&face.app.db, &face.ctx(), loan_id, &contact).await {
        Ok(_) => Ok(Flash::ContactRecorded.redirect(&format!("/loans/{loan_id}"))),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = words::refusal(visitor.lang, &refusal);
            show(&face, &visitor, loan_id, typed, Some(fault)).await
        }
        Err(error) => Err(error.into()),
    }
}
