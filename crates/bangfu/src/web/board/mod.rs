//! `/board`: the board of a day.

pub(crate) mod address;
pub(crate) mod export;
pub(crate) mod lanes;
mod load;
pub(crate) mod ranges;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod table;
pub(crate) mod view;

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::Response;

use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, day_or_today, html};
use super::menu::Section;
use super::page::Page;
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

/// `GET /board`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    let address = BoardAddress::try_from(&raw)?;
    let ctx = face.ctx();
    let day = day_or_today(address.day, ctx.today, || address.of_today().path())?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let asked = Question::new(&mut tx, &face, &county, visitor.lang, (&address, day)).await?;
    let fresh = visitor.flash == Some(Flash::NextDay) && day == ctx.today;
    let board = load::board(&mut tx, &asked, fresh).await?;
    let page = face.page_of_loans(&mut tx, &visitor, Section::Board, &county).await?;
    html(&BoardPage { page, board })
}

/// `POST /next-day`: closes the demo's next day and shows what moved, on the board as it was cut and sorted.
pub(super) async fn next_day(face: Face, Form(raw): Form<RawAddress>) -> Result<Response, Failure> {
    if !face.app.clock.is_demo() {
        return Err(Failure::NotFound);
    }
    let address = BoardAddress::try_from(&raw)?.of_today();
    face.app.next_day().await?;
    Ok(Flash::NextDay.redirect(&address.path()))
}
