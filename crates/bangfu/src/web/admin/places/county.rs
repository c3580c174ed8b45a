//! `/admin/places/recode`: the county gets another code or name; what that changes is shown before it is done.

use askama::Template;
use axum::Form;
use axum::response::{IntoResponse, Response};
use bangfu_domain::division::Level;
use bangfu_usecase::division::recode::{Recoded, Wanted, look, recode};
use bangfu_usecase::error::{Error, Refusal};

use super::{Typed, show};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};

/// So many places are shown with their new codes.
const SHOWN: usize = 12;

/// What a recoding would change.
#[derive(Template)]
#[template(path = "admin_recode.html")]
pub(crate) struct RecodePage {
    /// The frame.
    pub(crate) page: Page,
    /// What was typed.
    pub(crate) typed: Typed,
    /// How many townships get another code.
    pub(crate) townships: u64,
    /// How many villages.
    pub(crate) villages: u64,
    /// The first places: name, code before, code from then on.
    pub(crate) first: Vec<[String; 3]>,
    /// True if others follow.
    pub(crate) more: bool,
}

/// The page of what a recoding would change.
pub(crate) fn view(page: Page, typed: Typed, recoded: &[Recoded]) -> RecodePage {
    let of = |level| unsigned(recoded.iter().filter(|one| one.before.level == level).count());
    let shown = |one: &Recoded| [one.before.name.clone(), one.before.code.clone(), one.code.clone()];
    RecodePage {
        page,
        typed,
        townships: of(Level::Township),
        villages: of(Level::Village),
        more: recoded.len() > SHOWN,
        first: recoded.iter().take(SHOWN).map(shown).collect(),
    }
}

fn wanted(face: &Face, typed: &Typed) -> Result<Wanted, Failure> {
    Ok(Wanted { code: typed.code.clone(), name: typed.name.clone(), change: typed.change(face)? })
}

/// `POST /admin/places/recode/check`: shows what would change, and writes nothing.
pub(in crate::web) async fn check(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = wanted(&face, &typed)?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    match look(&mut tx, &face.ctx(), &wanted).await {
        Ok(recoded) => {
            let mut page = face.page(&visitor, Section::Administration, &county);
            page.address = "/admin/places".to_owned();
            Ok(html(&view(page, typed, &recoded))?.into_response())
        }
        Err(error) => {
            drop(tx);
            refused(&face, &visitor, error, &typed).await
        }
    }
}

/// `POST /admin/places/recode`
pub(in crate::web) async fn act(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    match recode(&face.app.db, &face.ctx(), &wanted(&face, &typed)?).await {
        Ok(()) => Ok(Flash::PlaceChanged.redirect("/admin/places")),
        Err(error) => refused(&face, &visitor, error, &typed).await,
    }
}

/// The county's page with what is wrong; or nothing, for who may not know of it.
pub(super) async fn refused(
    face: &Face,
    visitor: &Visitor,
    error: Error,
    typed: &Typed,
) -> Result<Response, Failure> {
    match error {
        Error::Refused(Refusal::NotFound) => Err(Failure::NotFound),
        Error::Refused(refusal) => show(face, visitor, face.app.division_id, Some((&refusal, typed))).await,
        error => Err(error.into()),
    }
}
