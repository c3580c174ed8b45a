//! `/`: the board of a day.

pub(crate) mod address;
pub(crate) mod export;
mod load;
pub(crate) mod ranges;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod table;
pub(crate) mod view;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::rules::Rules;

use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::page::{Page, Section};
use address::{BoardAddress, RawAddress};
use load::Question;
use view::Board;

/// The board.
#[derive(Template)]
#[template(path = "board.html")]
pub(crate) struct BoardPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) board: Board,
}

/// `GET /`
pub(super) async fn get(
    State(face): State<Face>,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    let address = BoardAddress::try_from(&raw)?;
    let ctx = face.ctx();
    let day = address.day.unwrap_or(ctx.today);
    if day > ctx.today {
        return Ok(Redirect::to(&BoardAddress { day: None, ..address }.path()).into_response());
    }
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let rules = Rules::load(&mut tx, &county, None, day).await?;
    let asked = Question {
        face: &face,
        scope: &ctx.scope,
        county: &county,
        pack: rules.pack_or_first(day)?,
        lang: visitor.lang,
        day,
        address: &address,
    };
    let board = load::board(&mut tx, &asked, !raw.fresh.is_empty()).await?;
    html(&BoardPage { page: face.page(&visitor, Section::Board, &county.name), board })
}

/// `POST /next-day`: closes the demo's next day and shows what moved.
pub(super) async fn next_day(State(face): State<Face>) -> Result<Response, Failure> {
    if !face.app.clock.is_demo() {
        return Err(Failure::NotFound);
    }
    face.app.next_day().await?;
    Ok(Redirect::to("/?fresh=1").into_response())
}
