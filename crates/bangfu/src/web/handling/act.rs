//! What people do with a proposal: they agree, return it or take it back, and record what the bank answered.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use bangfu_domain::handling::Move;
use bangfu_sheets::book::Cell;
use bangfu_sheets::cell::{Unit, amount};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::handling::{Answer, Deciding, Granted, answer, decide};
use serde::Deserialize;

use super::{path, show};
use crate::web::address::{self, UnknownWord};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor};
use crate::words;

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) version: i64,
    /// Why, or the bank's paper.
    #[serde(default)]
    pub(crate) reason: String,
    /// The bank's day.
    #[serde(default)]
    pub(crate) on: String,
    /// The new due day.
    #[serde(default)]
    pub(crate) due_on: String,
    /// 借据号 of the new contract.
    #[serde(default)]
    pub(crate) number: String,
    /// What it lends.
    #[serde(default)]
    pub(crate) amount: String,
}

impl Typed {
    fn answer(&self, handling_id: i64, account_id: i64, is_granted: bool) -> Result<Answer, UnknownWord> {
        let yuan = |text: &str| amount(&Cell::Text(text.into()), Unit::Yuan).ok().flatten();
        let on = address::read("on", &self.on, address::day)?;
        let granted = match is_granted {
            true => Some(Granted {
                due_on: address::read("due_on", &self.due_on, address::day)?,
                number: self.number.clone(),
                amount_fen: address::read("amount", &self.amount, yuan)?,
                rate: None,
            }),
            false => None,
        };
        Ok(Answer {
            handling_id,
            version: self.version,
            account_id,
            on: on.ok_or_else(|| UnknownWord { field: "on", value: self.on.clone() })?,
            granted,
            note: self.reason.clone(),
        })
    }
}

/// The key of what is said where a field is empty or not understood.
fn unknown(field: &str) -> &'static str {
    match field {
        "on" => "handling-unknown-on",
        "due_on" => "handling-unknown-day",
        _ => "handling-unknown-amount",
    }
}

fn account(face: &Face) -> Result<i64, Failure> {
    Ok(face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id)
}

/// Back to the page, which says what was done or what was wrong.
async fn then<T>(
    face: &Face,
    visitor: &Visitor,
    (handling_id, typed, flash): (i64, Typed, Flash),
    done: Result<T, Error>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = Some(words::refusal(visitor.lang, &refusal));
            show(face, visitor, handling_id, typed, fault).await
        }
        done => {
            done?;
            Ok(flash.redirect(&path(handling_id)))
        }
    }
}

async fn decided(
    (face, visitor): (Face, Visitor),
    handling_id: i64,
    typed: Typed,
    (by, flash): (Move, Flash),
) -> Result<Response, Failure> {
    let deciding = Deciding {
        handling_id,
        version: typed.version,
        account_id: account(&face)?,
        by,
        reason: typed.reason.clone(),
    };
    let done = decide(&face.app.db, &face.ctx(), &deciding).await;
    then(&face, &visitor, (handling_id, typed, flash), done).await
}

/// `POST /handlings/{id}/agree`
pub(crate) async fn agree(
    face: Face,
    visitor: Visitor,
    Path(handling_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    decided((face, visitor), handling_id, typed, (Move::Agree, Flash::HandlingAgreed)).await
}

/// `POST /handlings/{id}/return`
pub(crate) async fn send_back(
    face: Face,
    visitor: Visitor,
    Path(handling_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    decided((face, visitor), handling_id, typed, (Move::Return, Flash::HandlingReturned)).await
}

/// `POST /handlings/{id}/withdraw`
pub(crate) async fn withdraw(
    face: Face,
    visitor: Visitor,
    Path(handling_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    decided((face, visitor), handling_id, typed, (Move::Withdraw, Flash::ProposalWithdrawn)).await
}

async fn answered(
    (face, visitor): (Face, Visitor),
    handling_id: i64,
    typed: Typed,
    is_granted: bool,
) -> Result<Response, Failure> {
    let said = match typed.answer(handling_id, account(&face)?, is_granted) {
        Ok(said) => said,
        Err(word) => {
            let fault = visitor.lang.text(unknown(word.field));
            return show(&face, &visitor, handling_id, typed, Some(fault)).await;
        }
    };
    let done = answer(&face.app.db, &face.ctx(), &said).await;
    then(&face, &visitor, (handling_id, typed, Flash::HandlingAnswered), done).await
}

/// `POST /handlings/{id}/grant`
pub(crate) async fn grant(
    face: Face,
    visitor: Visitor,
    Path(handling_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    answered((face, visitor), handling_id, typed, true).await
}

/// `POST /handlings/{id}/refuse`
pub(crate) async fn refuse(
    face: Face,
    visitor: Visitor,
    Path(handling_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    answered((face, visitor), handling_id, typed, false).await
}
