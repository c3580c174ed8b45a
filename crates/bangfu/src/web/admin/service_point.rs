//! `/admin/places/{id}/service-point`: the service point of a place, as what it stands and has stood.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::service_point::PointKind;
use bangfu_store::division::ALWAYS;
use bangfu_store::service_point::ServicePoint;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::keep::NAME_MAX;
use bangfu_usecase::service_point::{self, Served, Wanted};
use jiff::civil::Date;
use serde::Deserialize;

use crate::texts::Lang;
use crate::web::address::{self, UnknownWord};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The service point of a place.
#[derive(Template)]
#[template(path = "admin_service_point.html")]
pub(crate) struct ServicePointPage {
    /// The frame.
    pub(crate) page: Page,
    /// The place's id.
    pub(crate) id: i64,
    /// The place's name.
    pub(crate) place: String,
    /// What it has had, the newest first.
    pub(crate) points: Vec<PointView>,
    /// What was typed, or what stands now; and the mark of what was seen.
    pub(crate) typed: Typed,
    /// The kinds.
    pub(crate) kinds: Vec<(&'static str, String)>,
    /// What is wrong.
    pub(crate) fault: Option<String>,
    /// The longest name.
    pub(crate) name_max: usize,
}

/// As what a service point stands, and when.
#[derive(Debug, Clone)]
pub(crate) struct PointView {
    /// Its kind in words.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) name: Option<String>,
    /// The first day, where it is known.
    pub(crate) from: Option<Date>,
    /// The first day on which it is no more.
    pub(crate) to: Option<Date>,
}

/// A service point as a form brings it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) seen: String,
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) from: String,
    #[serde(default)]
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) reason: String,
}

impl Typed {
    fn of(point: &ServicePoint) -> Typed {
        Typed {
            kind: point.kind.key().to_owned(),
            name: point.name.clone().unwrap_or_default(),
            from: known(point.from_on).map(|day| day.to_string()).unwrap_or_default(),
            to: point.to_on.map(|day| day.to_string()).unwrap_or_default(),
            ..Typed::default()
        }
    }

    fn wanted(&self) -> Result<Wanted, Failure> {
        let unknown = || UnknownWord { field: "kind", value: self.kind.clone() };
        Ok(Wanted {
            seen: self.seen.clone(),
            kind: PointKind::from_key(&self.kind).ok_or_else(unknown)?,
            name: self.name.clone(),
            from_on: address::read("day", &self.from, address::day)?,
            to_on: address::read("day", &self.to, address::day)?,
            reason: self.reason.clone(),
        })
    }
}

fn known(from_on: Date) -> Option<Date> {
    (from_on > ALWAYS.0).then_some(from_on)
}

/// What a kind of service point is called.
pub(in crate::web) fn kind_said(lang: Lang, kind: PointKind) -> String {
    lang.text(&format!("point-kind-{}", kind.key()))
}

/// `GET /admin/places/{id}/service-point`
pub(in crate::web) async fn get(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
) -> Result<Response, Failure> {
    show(&face, &visitor, division_id, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    division_id: i64,
    failed: Option<(&Refusal, &Typed)>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let served = service_point::served(&mut tx, &face.ctx(), division_id).await?;
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let failed = failed.map(|(refusal, typed)| (words::refusal(visitor.lang, refusal), typed.clone()));
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("/admin/places/{division_id}/service-point");
    let shown = view(page, division_id, &served, face.app.today(), failed);
    Ok((status, html(&shown)?).into_response())
}

/// The page of a place's service points.
pub(crate) fn view(
    page: Page,
    id: i64,
    served: &Served,
    today: Date,
    failed: Option<(String, Typed)>,
) -> ServicePointPage {
    let lang = page.lang;
    let stands = served.points.last().filter(|last| last.to_on.is_none_or(|to_on| to_on > today));
    let (fault, typed) = failed.map_or((None, None), |(fault, typed)| (Some(fault), Some(typed)));
    let new = || Typed {
        kind: PointKind::usual(served.place.level).key().to_owned(),
        from: today.to_string(),
        ..Typed::default()
    };
    let typed = typed.unwrap_or_else(|| stands.map_or_else(new, Typed::of));
    let shown = |point: &ServicePoint| PointView {
        kind: kind_said(lang, point.kind),
        name: point.name.clone(),
        from: known(point.from_on),
        to: point.to_on,
    };
    ServicePointPage {
        page,
        id,
        place: served.place.name.clone(),
        points: served.points.iter().rev().map(shown).collect(),
        // What is sent next is held against what is shown now.
        typed: Typed { seen: served.seen.clone(), ..typed },
        kinds: PointKind::ALL.map(|kind| (kind.key(), kind_said(lang, kind))).to_vec(),
        fault,
        name_max: NAME_MAX,
    }
}

/// `POST /admin/places/{id}/service-point`
pub(in crate::web) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = typed.wanted()?;
    match service_point::tell(&face.app.db, &face.ctx(), division_id, &wanted).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, division_id, Some((&refusal, &typed))).await
        }
        done => {
            done?;
            Ok(Flash::Kept.redirect(&format!("/admin/places/{division_id}/service-point")))
        }
    }
}
