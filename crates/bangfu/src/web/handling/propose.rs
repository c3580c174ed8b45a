//! `/loans/{id}/handle`: somebody proposes how a loan is to be handled.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::handling::{Instalment, Kind, Proposal};
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_sheets::book::Cell;
use bangfu_sheets::cell::{Unit, amount};
use bangfu_store::loan;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::handling::{HandlingFault, NewHandling, foresee, propose};
use jiff::civil::Date;
use serde::Deserialize;

use super::path;
use super::view::{ClauseRow, clauses};
use crate::web::address::{self, UnknownWord};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The page on which it is proposed how a loan is to be handled.
pub(crate) fn address_of(loan_id: i64) -> String {
    format!("/loans/{loan_id}/handle")
}

/// A proposal that is being made.
#[derive(Template)]
#[template(path = "handle.html")]
pub(crate) struct HandlePage {
    /// The frame.
    pub(crate) page: Page,
    /// The loan's page.
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
    /// The kind that was chosen.
    pub(crate) kind: Option<Kind>,
    /// What the pack asks of it.
    pub(crate) clauses: Vec<ClauseRow>,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
    /// The page of the proposal that is open already.
    pub(crate) open: Option<String>,
}

impl HandlePage {
    /// Every kind, with its address and whether it is chosen.
    pub(crate) fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        let one = |kind: Kind| {
            (kind.key(), format!("{}?kind={}", self.action, kind.key()), self.kind == Some(kind))
        };
        Kind::ALL.map(one).to_vec()
    }

    /// The key of the label of its day.
    pub(crate) fn day_key(&self) -> Option<&'static str> {
        match self.kind? {
            Kind::Repayment => Some("handling-day-repayment"),
            Kind::Extension => Some("handling-day-extension"),
            Kind::Renewal => Some("handling-day-renewal"),
            _ => None,
        }
    }

    /// The key of the label of its amount.
    pub(crate) fn amount_key(&self) -> Option<&'static str> {
        match self.kind? {
            Kind::Repayment => Some("handling-amount-repayment"),
            Kind::Renewal => Some("handling-amount-renewal"),
            _ => None,
        }
    }

    /// Whether it has a plan of instalments.
    pub(crate) fn has_plan(&self) -> bool {
        self.kind == Some(Kind::Instalments)
    }

    /// Whether it goes to the bank.
    pub(crate) fn is_banks(&self) -> bool {
        self.kind.is_some_and(Kind::is_banks)
    }
}

/// A proposal as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) day: String,
    #[serde(default)]
    pub(crate) amount: String,
    /// One part a line: its day and its amount.
    #[serde(default)]
    pub(crate) plan: String,
    #[serde(default)]
    pub(crate) reason: String,
}

fn yuan(text: &str) -> Option<Fen> {
    amount(&Cell::Text(text.into()), Unit::Yuan).ok().flatten()
}

impl Typed {
    fn proposal(&self) -> Result<Proposal, UnknownWord> {
        let none = |field, value: &str| UnknownWord { field, value: value.to_owned() };
        let kind = Kind::from_key(self.kind.trim()).ok_or_else(|| none("kind", &self.kind))?;
        let lines = self.plan.lines().filter(|line| !line.trim().is_empty());
        let plan = lines.map(|line| part(line).ok_or_else(|| none("plan", line)));
        Ok(Proposal {
            kind,
            until_on: address::read("day", &self.day, address::day)?,
            amount_fen: address::read("amount", &self.amount, yuan)?,
            instalments: plan.collect::<Result<_, _>>()?,
        })
    }
}

/// A part of a plan, as a line of it says: a day, a blank, a tab or a comma, and an amount.
fn part(line: &str) -> Option<Instalment> {
    let line = line.trim();
    let (on, amount) = line.split_once(|c: char| c.is_whitespace() || c == ',' || c == '，')?;
    Some(Instalment { on: address::day(on.trim())?, amount_fen: yuan(amount.trim())? })
}

/// The key of what is said where a field is empty or not understood.
fn unknown(field: &str) -> &'static str {
    match field {
        "kind" => "handling-unknown-kind",
        "day" => "handling-unknown-day",
        "plan" => "handling-unknown-plan",
        _ => "handling-unknown-amount",
    }
}

/// `GET /loans/{id}/handle`
pub(crate) async fn form(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    show(&face, &visitor, loan_id, typed, None).await
}

/// What is wrong, and the proposal that is open already.
type Wrong = (String, Option<i64>);

async fn show(
    face: &Face,
    visitor: &Visitor,
    loan_id: i64,
    mut typed: Typed,
    wrong: Option<Wrong>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let loan = loan::get(&mut tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Failure::NotFound)?;
    let kind = Kind::from_key(typed.kind.trim());
    let held = match kind {
        Some(kind) => {
            let bare = Proposal { kind, until_on: None, amount_fen: None, instalments: Vec::new() };
            let proposal = typed.proposal().unwrap_or(bare);
            foresee(&face.app.db, &mut tx, &ctx, loan_id, &proposal).await?
        }
        None => Vec::new(),
    };
    // What is owed is what is mostly meant.
    if wrong.is_none() && typed.amount.is_empty() {
        typed.amount = loan.balance_fen.to_string();
    }
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (fault, open) = wrong.map_or((None, None), |(fault, open)| (Some(fault), open.map(path)));
    let mut page = face.page(visitor, Section::Tasks, &county);
    page.address = match kind {
        Some(kind) => format!("{}?kind={}", address_of(loan_id), kind.key()),
        None => address_of(loan_id),
    };
    let shown = HandlePage {
        page,
        href: format!("/loans/{loan_id}"),
        action: address_of(loan_id),
        borrower: loan.borrower_name,
        number: loan.number,
        standing: loan.standing,
        balance: loan.balance_fen,
        due_on: loan.terms.due_on,
        kind,
        clauses: clauses(&held),
        typed,
        fault,
        open,
    };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /loans/{id}/handle`
pub(crate) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let account_id = face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id;
    let proposal = match typed.proposal() {
        Ok(proposal) => proposal,
        Err(word) => {
            let fault = visitor.lang.text(unknown(word.field));
            return show(&face, &visitor, loan_id, typed, Some((fault, None))).await;
        }
    };
    let new = NewHandling { proposal, reason: typed.reason.clone() };
    match propose(&face.app.db, &face.ctx(), account_id, loan_id, &new).await {
        Ok(handling_id) => Ok(Flash::HandlingProposed.redirect(&path(handling_id))),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = words::refusal(visitor.lang, &refusal);
            let open = match refusal {
                Refusal::Handling(HandlingFault::Open { handling_id, .. }) => Some(handling_id),
                _ => None,
            };
            show(&face, &visitor, loan_id, typed, Some((fault, open))).await
        }
        Err(error) => Err(error.into()),
    }
}
