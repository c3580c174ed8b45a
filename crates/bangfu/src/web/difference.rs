//! `/differences`: where bank and book disagree, until somebody has looked into it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::money::Fen;
use bangfu_store::difference::Difference;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::{Error, difference};
use serde::Deserialize;
use serde_json::Value as Json;

use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::page::{Page, Section};
use crate::texts::{Lang, Value};
use crate::words;

/// The open differences.
#[derive(Template)]
#[template(path = "differences.html")]
pub(crate) struct DifferencesPage {
    /// The frame.
    pub(crate) page: Page,
    /// What is open, newest first.
    pub(crate) differences: Vec<DifferenceRow>,
}

/// A difference as its list shows it.
#[derive(Debug, Clone)]
pub(crate) struct DifferenceRow {
    /// Its id.
    pub(crate) id: i64,
    /// What it says.
    pub(crate) message: String,
    /// 借据号.
    pub(crate) number: String,
    /// The loan's page, where the book has the loan.
    pub(crate) href: Option<String>,
    /// The page of the import that found it.
    pub(crate) import: String,
    /// Why it could not be closed a moment ago.
    pub(crate) fault: Option<String>,
}

/// What was found out.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolved {
    #[serde(default)]
    resolution: String,
}

/// `GET /differences`
pub(super) async fn list(State(face): State<Face>, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, None).await
}

/// The list, with why one of them could not be closed.
async fn show(face: &Face, visitor: &Visitor, refused: Option<(i64, &Refusal)>) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let differences = difference::open(&mut tx, &ctx.scope, ctx.today)
        .await?
        .iter()
        .map(|one| DifferenceRow {
            id: one.difference_id,
            message: say(visitor.lang, one),
            number: one.number.clone(),
            href: one.loan_id.map(|id| format!("/loans/{id}")),
            import: format!("/import/{}", one.import_id),
            fault: refused
                .filter(|(id, _)| *id == one.difference_id)
                .map(|(_, refusal)| words::refusal(visitor.lang, refusal)),
        })
        .collect();
    let mut page = face.page(visitor, Section::Import, &county.name);
    page.address = "/differences".to_owned();
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(&DifferencesPage { page, differences })?).into_response())
}

/// `POST /differences/{id}/resolve`
pub(super) async fn resolve(
    State(face): State<Face>,
    visitor: Visitor,
    Path(difference_id): Path<i64>,
    Form(found): Form<Resolved>,
) -> Result<Response, Failure> {
    match difference::resolve(&face.app.db, &face.ctx(), difference_id, &found.resolution).await {
        Ok(()) => Ok(Flash::Resolved.redirect("/differences")),
        Err(Error::Refused(refusal @ Refusal::NoResolution)) => {
            show(&face, &visitor, Some((difference_id, &refusal))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What a difference says: both sides, with their amounts.
pub(crate) fn say(lang: Lang, one: &Difference) -> String {
    let facts: Json = serde_json::from_str(&one.facts).unwrap_or_default();
    let amount = |name: &str| match facts.get(name).and_then(Json::as_i64) {
        Some(fen) => lang.yuan(Fen::new(fen)),
        None => lang.text("not-stated"),
    };
    let text = |name: &str| facts.get(name).and_then(Json::as_str).unwrap_or("").to_owned();
    lang.text_with(
        &format!("difference-{}", one.kind),
        &[
            ("day", Value::from(lang.day(one.on_day))),
            ("number", Value::from(one.number.as_str())),
            ("amount", Value::from(amount("amount_fen"))),
            ("reported", Value::from(amount("balance_fen"))),
            ("known", Value::from(amount("book_fen"))),
            ("ledger", Value::from(amount("ledger_fen"))),
            ("bank", Value::from(text("bank"))),
            ("book", Value::from(text("book"))),
            ("kind", Value::from(text("kind"))),
        ],
    )
}
