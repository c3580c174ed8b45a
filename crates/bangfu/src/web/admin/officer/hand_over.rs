//! `/admin/officers/{id}/hand-over`: what an officer looks after, first shown with what becomes of it, then handed over.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::officer::Role;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::keep::Change;
use bangfu_usecase::officer::change;
use bangfu_usecase::officer::hand_over::{self, Asked, Foreseen};
use jiff::civil::Date;
use serde::Deserialize;

use super::path;
use crate::web::address;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};
use crate::words;

/// What would be handed over.
#[derive(Template)]
#[template(path = "admin_hand_over.html")]
pub(crate) struct HandOverPage {
    /// The frame.
    pub(crate) page: Page,
    /// The officer's id.
    pub(crate) id: i64,
    /// The officer's name.
    pub(crate) name: String,
    /// Who can take over: id, name and keys of their roles.
    pub(crate) heirs: Vec<Heir>,
    /// The officer's roles.
    pub(crate) roles: Vec<&'static str>,
    /// What was asked for.
    pub(crate) typed: Typed,
    /// What it comes to; none before somebody is chosen.
    pub(crate) preview: Option<Preview>,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}

/// Who can take over.
#[derive(Debug, Clone)]
pub(crate) struct Heir {
    /// Their id.
    pub(crate) id: i64,
    /// Their name.
    pub(crate) name: String,
    /// Keys of their roles.
    pub(crate) roles: Vec<&'static str>,
}

/// What handing over comes to.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    /// By role: its key, households, those shared already, loans.
    pub(crate) shares: Vec<(&'static str, u64, u64, u64)>,
    /// The first households.
    pub(crate) first: Vec<HandedRow>,
    /// The mark of all that would be handed over.
    pub(crate) seen: String,
}

/// A household that would be handed over.
#[derive(Debug, Clone)]
pub(crate) struct HandedRow {
    /// Its page.
    pub(crate) href: String,
    /// The name of its head.
    pub(crate) head: String,
    /// The key of the role.
    pub(crate) role: &'static str,
    /// Since when the officer was tied to it.
    pub(crate) since: Date,
    /// Whether whoever takes over is tied to it already.
    pub(crate) shared: bool,
}

/// To whom, since when and in which role, as an address or a form brings it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) from: String,
    #[serde(default)]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) seen: String,
    #[serde(default)]
    pub(crate) reason: String,
}

impl Typed {
    /// What is asked; none before somebody is chosen.
    fn asked(&self, face: &Face) -> Result<Option<Asked>, Failure> {
        let from = address::read("day", &self.from, address::day)?.unwrap_or_else(|| face.app.today());
        let role = address::read("role", &self.role, Role::from_key)?;
        let heir_id = address::read("to", &self.to, |text| text.parse().ok())?;
        Ok(heir_id.map(|heir_id| Asked { heir_id, from, role }))
    }
}

impl Preview {
    /// What it comes to, in rows.
    pub(crate) fn of(foreseen: &Foreseen) -> Preview {
        let shares = foreseen.shares.iter().map(|(role, share)| {
            (role.key(), unsigned(share.households), unsigned(share.shared), unsigned(share.loans))
        });
        let first = foreseen.first.iter().map(|one| HandedRow {
            href: format!("/households/{}", one.household_id),
            head: one.head.clone(),
            role: one.role.key(),
            since: one.since,
            shared: one.shared,
        });
        Preview { shares: shares.collect(), first: first.collect(), seen: foreseen.seen.clone() }
    }
}

/// `GET /admin/officers/{id}/hand-over`
pub(in crate::web) async fn get(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    show(&face, &visitor, officer_id, typed, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    officer_id: i64,
    typed: Typed,
    failed: Option<Refusal>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut all = change::all(&mut tx, &ctx).await?;
    let at = all.iter().position(|one| one.officer_id == officer_id).ok_or(Failure::NotFound)?;
    let officer = all.remove(at);
    let mut refused = failed;
    let preview = match typed.asked(face)? {
        Some(asked) => match hand_over::foresee(&mut tx, &ctx, officer_id, &asked).await {
            Err(Error::Refused(refusal)) => {
                refused = refused.or(Some(refusal));
                None
            }
            foreseen => Some(Preview::of(&foreseen?)),
        },
        None => None,
    };
    let heirs = all.into_iter().filter(|one| one.left_on.is_none()).map(|one| Heir {
        id: one.officer_id,
        name: one.name,
        roles: one.roles.iter().map(|role| role.key()).collect(),
    });
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("{}/hand-over", path(officer_id));
    let from = if typed.from.is_empty() { face.app.today().to_string() } else { typed.from.clone() };
    let shown = HandOverPage {
        page,
        id: officer_id,
        name: officer.name,
        heirs: heirs.collect(),
        roles: officer.roles.iter().map(|role| role.key()).collect(),
        typed: Typed { from, ..typed },
        preview,
        fault: refused.map(|refusal| words::refusal(visitor.lang, &refusal)),
    };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /admin/officers/{id}/hand-over`
pub(in crate::web) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let Some(asked) = typed.asked(&face)? else {
        return show(&face, &visitor, officer_id, typed, None).await;
    };
    let change = Change { seen: typed.seen.clone(), from: asked.from, reason: typed.reason.clone() };
    match hand_over::hand_over(&face.app.db, &face.ctx(), officer_id, &asked, &change).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, officer_id, typed, Some(refusal)).await
        }
        done => {
            done?;
            Ok(Flash::Kept.redirect(&path(officer_id)))
        }
    }
}
