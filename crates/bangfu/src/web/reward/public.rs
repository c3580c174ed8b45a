//! `GET /rewards/{id}/publicity`: what of a list is shown in public (公示), on paper: names and numbers masked, and nothing
//! of who somebody is besides.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use bangfu_domain::money::Fen;
use bangfu_store::reward::RewardList;
use bangfu_usecase::division::Places;
use bangfu_usecase::reward::{self, Look};

use super::path;
use super::view::EntryRow;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;

/// What the public is told.
#[derive(Template)]
#[template(path = "reward_public.html")]
pub(crate) struct PublicPage {
    /// The frame.
    pub(crate) page: Page,
    /// The list.
    pub(crate) list: RewardList,
    /// The list's own page.
    pub(crate) back: String,
    /// The entries that stand.
    pub(crate) rows: Vec<EntryRow>,
    /// What they come to.
    pub(crate) total: Fen,
}

/// The entries of a list that stand, numbered anew: what was taken out leaves no gap for people to wonder about.
pub(super) fn rows(look: &Look, places: &Places) -> Vec<EntryRow> {
    (1..).zip(look.standing()).map(|(number, one)| EntryRow::of(number, one, false, places)).collect()
}

/// `GET /rewards/{id}/publicity`
pub(in crate::web) async fn page(
    face: Face,
    visitor: Visitor,
    Path(list_id): Path<i64>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let look = reward::look(&mut tx, &ctx, list_id).await?;
    let places = Places::load(&mut tx, county.division_id).await?;
    let rows = rows(&look, &places);
    html(&PublicPage {
        page: face.page(&visitor, Section::Rewards, &county),
        back: path(list_id),
        total: rows.iter().map(|row| row.amount).sum(),
        rows,
        list: look.list,
    })
}
