//! `GET /differences/slip`: what a branch is to look into, on paper.

use axum::extract::Query;
use axum::response::Response;
use bangfu_store::difference::{self as stored, Filter};
use bangfu_usecase::difference;
use serde::Deserialize;

use super::SlipPage;
use super::filter::DifferenceFilter;
use super::list::Names;
use super::view::Slip;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::unsigned;

/// The most rows of a slip: about twenty sheets of paper.
const ROWS_MAX: usize = 300;

/// Whose slip.
#[derive(Debug, Deserialize)]
pub(crate) struct Whose {
    branch: i64,
}

/// `GET /differences/slip?branch=…`
pub(crate) async fn slip(
    face: Face,
    visitor: Visitor,
    Query(whose): Query<Whose>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &face, visitor.lang).await?;
    let branch = names.branch(whose.branch).ok_or(Failure::NotFound)?;
    let asked = Filter { branch_id: Some(whose.branch), ..Filter::default() };
    let found = difference::list(&mut tx, &ctx, &asked, None, ROWS_MAX).await?;
    let filter = DifferenceFilter { branch: Some(whose.branch), ..DifferenceFilter::default() };
    let slip = Slip {
        branch,
        total: unsigned(stored::count(&mut tx, &ctx.scope, ctx.today, &asked).await?),
        rows: found.entries.iter().map(|entry| names.row(entry, "")).collect(),
        back: filter.address(),
    };
    html(&SlipPage { page: face.page(&visitor, Section::Import, &county), slip })
}
