//! `/admin/packs`: the packs in force in words, what was proposed for them, and how one is told anew.

pub(crate) mod edit;
pub(crate) mod response;
pub(crate) mod view;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use bangfu_usecase::access::Right;
use bangfu_usecase::amendment::{self, Amendment, Subject};
use bangfu_usecase::rules::Rules;

use super::amendment::view::{AmendmentRow, row};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use view::PackView;

/// All packs.
#[derive(Template)]
#[template(path = "packs.html")]
pub(crate) struct PacksPage {
    /// The frame.
    pub(crate) page: Page,
    /// The packs.
    pub(crate) packs: Vec<PackView>,
    /// What was proposed, the newest first.
    pub(crate) amendments: Vec<AmendmentRow>,
}

/// One pack.
#[derive(Template)]
#[template(path = "pack.html")]
pub(crate) struct PackPage {
    /// The frame.
    pub(crate) page: Page,
    /// The pack.
    pub(crate) pack: PackView,
    /// Its text.
    pub(crate) text: String,
    /// What was proposed for it, the newest first.
    pub(crate) amendments: Vec<AmendmentRow>,
    /// Whether whoever looks may propose something.
    pub(crate) may_propose: bool,
}

fn rows(face: &Face, visitor: &Visitor, all: &[Amendment]) -> Vec<AmendmentRow> {
    all.iter().map(|one| row(visitor.lang, one, |micros| face.local(micros))).collect()
}

/// `GET /admin/packs`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let codes = Rules::load(&mut tx, &county, None).await?.codes;
    let rules = amendment::present(&mut tx, &ctx).await?;
    let amendments = rows(&face, &visitor, &amendment::of_packs(&mut tx, &ctx).await?);
    let mut page = face.page(&visitor, Section::Administration, &county);
    page.address = "/admin/packs".to_owned();
    let today = rules.book().packs.for_contract(&codes, ctx.today);
    let today = county.pack_id.clone().or_else(|| today.map(|pack| pack.id.clone()));
    let packs = rules.book().packs_by_file();
    let packs = packs.map(|(_, pack)| PackView::of(visitor.lang, pack, today.as_ref() == Some(&pack.id)));
    html(&PacksPage { page, packs: packs.collect(), amendments })
}

/// `GET /admin/packs/{name}`
pub(super) async fn one(face: Face, visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let rules = amendment::present(&mut tx, &ctx).await?;
    let mut packs = rules.book().packs_by_file();
    let (file, pack) = packs.find(|(_, pack)| pack.id == name).ok_or(Failure::NotFound)?;
    let subject = Subject::Pack(file.to_owned());
    let of_packs = amendment::of_packs(&mut tx, &ctx).await?;
    let of_this: Vec<Amendment> = of_packs.into_iter().filter(|one| one.subject == subject).collect();
    let mut page = face.page(&visitor, Section::Administration, &county);
    page.address = format!("/admin/packs/{name}");
    html(&PackPage {
        page,
        pack: PackView::of(visitor.lang, pack, false),
        text: rules.text(&subject).unwrap_or_default(),
        amendments: rows(&face, &visitor, &of_this),
        may_propose: face.may(Right::ProposeRules),
    })
}
