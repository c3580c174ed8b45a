//! `/loans/{id}/receipt`: that a demand was served, or a promise was made in writing; and `/limitations`: whose bank soon may sue
//! no more.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::limitation::Interruption;
use bangfu_domain::money::Fen;
use bangfu_domain::paper::Code;
use bangfu_store::delivery::Delivery;
use bangfu_store::loan;
use bangfu_usecase::access::Right;
use bangfu_usecase::delivery::{MONTHS, MONTHS_MAX, NewDelivery, WAYS, ending, record};
use bangfu_usecase::error::{Error, Refusal};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use crate::web::address::{self, UnknownWord};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::list::Names;
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The page on which a receipt is recorded.
pub(crate) fn path(loan_id: i64) -> String {
    format!("/loans/{loan_id}/receipt")
}

/// A receipt on record.
#[derive(Debug, Clone)]
pub(crate) struct ReceiptRow {
    /// The day.
    pub(crate) on_day: Date,
    /// What it is evidence of.
    pub(crate) kind_key: &'static str,
    /// How.
    pub(crate) way_key: &'static str,
    /// Who received it.
    pub(crate) receiver: String,
    /// Anything else.
    pub(crate) note: String,
    /// Who recorded it.
    pub(crate) actor: String,
    /// When.
    pub(crate) at: DateTime,
}

/// A receipt as pages show it.
pub(crate) fn row(face: &Face, receipt: &Delivery) -> ReceiptRow {
    ReceiptRow {
        on_day: receipt.on_day,
        kind_key: kind_key(receipt.kind),
        way_key: way_key(&receipt.way),
        receiver: receipt.receiver.clone(),
        note: receipt.note.clone(),
        actor: receipt.actor.clone(),
        at: face.local(receipt.recorded_at),
    }
}

/// The key of what a receipt is evidence of.
fn kind_key(kind: Interruption) -> &'static str {
    match kind {
        Interruption::Served => "receipt-served",
        Interruption::Promised => "receipt-promised",
        Interruption::Repaid => "receipt-repaid",
    }
}

/// The key of a way.
fn way_key(way: &str) -> &'static str {
    match way {
        "hand" => "receipt-way-hand",
        "family" => "receipt-way-family",
        "left" => "receipt-way-left",
        "post" => "receipt-way-post",
        _ => "receipt-way-public",
    }
}

/// A receipt that is being recorded.
#[derive(Template)]
#[template(path = "receipt.html")]
pub(crate) struct ReceiptPage {
    /// The frame.
    pub(crate) page: Page,
    /// The loan: its page, the borrower, the number.
    pub(crate) about: (String, String, String),
    /// Where the form goes.
    pub(crate) action: String,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// A receipt as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) day: String,
    #[serde(default)]
    pub(crate) way: String,
    #[serde(default)]
    pub(crate) receiver: String,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) note: String,
}

impl ReceiptPage {
    /// What it can be evidence of: word, key of its text, whether it is chosen.
    pub(crate) fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        let chosen = |kind: Interruption| (kind.key(), kind_key(kind), kind.key() == self.typed.kind);
        Interruption::RECORDED.map(chosen).to_vec()
    }

    /// Every way: word, key of its text, whether it is chosen.
    pub(crate) fn ways(&self) -> Vec<(&'static str, &'static str, bool)> {
        WAYS.map(|way| (way, way_key(way), way == self.typed.way)).to_vec()
    }
}

impl Typed {
    fn receipt(&self) -> Result<NewDelivery, UnknownWord> {
        let missing = |field, value: &str| UnknownWord { field, value: value.to_owned() };
        let kind = Interruption::RECORDED.into_iter().find(|kind| kind.key() == self.kind);
        let way = WAYS.into_iter().find(|way| *way == self.way);
        Ok(NewDelivery {
            kind: kind.ok_or_else(|| missing("kind", &self.kind))?,
            on_day: address::read("day", &self.day, address::day)?
                .ok_or_else(|| missing("day", &self.day))?,
            way: way.ok_or_else(|| missing("way", &self.way))?,
            receiver: self.receiver.clone(),
            note: self.note.clone(),
            code: address::read("code", &self.code, Code::parse)?,
        })
    }
}

/// The key of what is said where a field is empty or not understood.
fn missing(field: &str) -> &'static str {
    match field {
        "day" => "contact-unknown-day",
        "code" => "paper-code-unknown",
        _ => "receipt-unknown-kind",
    }
}

/// `GET /loans/{id}/receipt`
pub(super) async fn form(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
) -> Result<Response, Failure> {
    let typed = Typed {
        kind: Interruption::Served.key().to_owned(),
        day: face.app.today().to_string(),
        way: WAYS[0].to_owned(),
        ..Typed::default()
    };
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
    let about = (format!("/loans/{loan_id}"), loan.borrower_name, loan.number);
    let mut page = face.page(visitor, Section::Papers, &county);
    page.address = path(loan_id);
    let shown = ReceiptPage { page, about, action: path(loan_id), typed, fault };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /loans/{id}/receipt`
pub(super) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let receipt = match typed.receipt() {
        Ok(receipt) => receipt,
        Err(unknown) => {
            let fault = visitor.lang.text(missing(unknown.field));
            return show(&face, &visitor, loan_id, typed, Some(fault)).await;
        }
    };
    match record(&face.app.db, &face.ctx(), loan_id, &receipt).await {
        Ok(_) => Ok(Flash::ReceiptRecorded.redirect(&format!("/loans/{loan_id}"))),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = words::refusal(visitor.lang, &refusal);
            show(&face, &visitor, loan_id, typed, Some(fault)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The overdue loans whose bank soon may sue no more.
#[derive(Template)]
#[template(path = "limitations.html")]
pub(crate) struct LimitationsPage {
    /// The frame.
    pub(crate) page: Page,
    /// How many months ahead.
    pub(crate) months: u32,
    /// The loans, the first to end first.
    pub(crate) rows: Vec<LimitationRow>,
}

/// A loan whose bank soon may sue no more.
#[derive(Debug, Clone)]
pub(crate) struct LimitationRow {
    /// Its page.
    pub(crate) href: String,
    /// Where a receipt is recorded, for who may.
    pub(crate) record: Option<String>,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// The branch.
    pub(crate) branch: String,
    /// What is owed.
    pub(crate) balance: Fen,
    /// The due day.
    pub(crate) due_on: Date,
    /// What began the term last, and when.
    pub(crate) from: (Date, Option<&'static str>),
    /// The last day.
    pub(crate) ends_on: Date,
    /// How many days are left; negative once it is over.
    pub(crate) days_left: i32,
}

/// How far ahead.
#[derive(Debug, Deserialize)]
pub(crate) struct Ahead {
    #[serde(default)]
    months: String,
}

/// `GET /limitations`
pub(super) async fn watch(
    face: Face,
    visitor: Visitor,
    Query(ahead): Query<Ahead>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let months = |text: &str| text.parse().ok().filter(|months| (1..=MONTHS_MAX).contains(months));
    let months = address::read("months", &ahead.months, months)?.unwrap_or(MONTHS);
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let records = face.may(Right::RecordContact);
    let found = ending(&mut tx, &ctx, months).await?;
    let rows = found.into_iter().filter_map(|one| {
        let term = one.term?;
        let (township, village) = names.village(one.row.village_id);
        Some(LimitationRow {
            href: format!("/loans/{}", one.row.loan_id),
            record: records.then(|| path(one.row.loan_id)),
            borrower: one.row.borrower_name,
            number: one.row.number,
            place: format!("{township} {village}"),
            branch: names.branch(one.row.branch_id).to_owned(),
            balance: one.row.balance_fen,
            due_on: one.row.due_on,
            from: (term.from_on, term.by.map(kind_key)),
            ends_on: term.ends_on,
            days_left: one.days_left.unwrap_or(0),
        })
    });
    let rows = rows.collect();
    let page = face.page_of_loans(&mut tx, &visitor, Section::Papers, &county).await?;
    html(&LimitationsPage { page, months, rows })
}
