//! `/admin/places`: the county's townships and villages with their validity; added, renamed, moved, merged, ended, from a
//! day on. The county itself is recoded, and an official list taken over.

pub(crate) mod county;
pub(crate) mod list;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::division::Level;
use bangfu_store::division::{ALWAYS, Term};
use bangfu_usecase::division::change::{self, Change, NAME_MAX, Place};
use bangfu_usecase::division::merge;
use bangfu_usecase::error::{Error, Refusal};
use jiff::civil::Date;
use serde::Deserialize;

use crate::web::address;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The county, or a township or village of it.
#[derive(Template)]
#[template(path = "admin_place.html")]
pub(crate) struct PlacePage {
    /// The frame.
    pub(crate) page: Page,
    /// Its id.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
    /// Its level.
    pub(crate) level: Level,
    /// The place in which it lies, if that may be changed too.
    pub(crate) back: String,
    /// What it was called, the newest first.
    pub(crate) terms: Vec<TermView>,
    /// What lies in it.
    pub(crate) within: Vec<TermView>,
    /// The townships to which a village may move.
    pub(crate) townships: Vec<Choice>,
    /// The places that may take over what lies in it.
    pub(crate) beside: Vec<Choice>,
    /// What was typed, and the mark of what was seen.
    pub(crate) typed: Typed,
    /// What is wrong.
    pub(crate) fault: Option<String>,
    /// The longest name.
    pub(crate) name_max: usize,
}

/// A place that may be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// Its id.
    pub(crate) id: i64,
    /// Its name, with that of its township before it where that is another's.
    pub(crate) name: String,
    /// Its code.
    pub(crate) code: String,
}

/// What a place is called, and when.
#[derive(Debug, Clone)]
pub(crate) struct TermView {
    /// Its page.
    pub(crate) href: String,
    /// Its code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// The first day, where the list gives one.
    pub(crate) from: Option<Date>,
    /// The last, where it has one.
    pub(crate) to: Option<Date>,
}

impl TermView {
    fn of(term: &Term) -> TermView {
        TermView {
            href: format!("/admin/places/{}", term.division_id),
            code: term.code.clone(),
            name: term.name.clone(),
            from: (term.valid_from > ALWAYS.0).then_some(term.valid_from),
            to: (term.valid_to < ALWAYS.1).then_some(term.valid_to),
        }
    }
}

impl PlacePage {
    /// Whether something can lie in it.
    pub(crate) fn may_hold(&self) -> bool {
        self.level != Level::Village
    }

    /// Whether it can be renamed and ended here: the county itself cannot.
    pub(crate) fn may_change(&self) -> bool {
        self.level != Level::County
    }

    /// The county's six digits, as they are now.
    pub(crate) fn county_digits(&self) -> &str {
        self.terms.first().and_then(|term| term.code.get(..6)).unwrap_or_default()
    }

    /// True if a place is the one that was chosen.
    pub(crate) fn is_chosen(&self, id: &i64) -> bool {
        self.typed.to == id.to_string()
    }
}

/// A change as a form brings it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    /// The mark of what was seen.
    #[serde(default)]
    pub(crate) seen: String,
    /// From which day.
    #[serde(default)]
    pub(crate) from: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// A name.
    #[serde(default)]
    pub(crate) name: String,
    /// A code.
    #[serde(default)]
    pub(crate) code: String,
    /// Another place.
    #[serde(default)]
    pub(crate) to: String,
}

impl Typed {
    /// The change; the day is today's where none is asked for.
    pub(super) fn change(&self, face: &Face) -> Result<Change, Failure> {
        let from = address::read("day", &self.from, address::day)?.unwrap_or_else(|| face.app.today());
        Ok(Change { seen: self.seen.clone(), from, reason: self.reason.clone() })
    }
}

/// `GET /admin/places`: the county with its townships.
pub(in crate::web) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let division_id = face.app.division_id;
    show(&face, &visitor, division_id, None).await
}

/// `GET /admin/places/{id}`
pub(in crate::web) async fn one(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
) -> Result<Response, Failure> {
    show(&face, &visitor, division_id, None).await
}

pub(super) async fn show(
    face: &Face,
    visitor: &Visitor,
    division_id: i64,
    failed: Option<(&Refusal, &Typed)>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let place = change::place(&mut tx, &face.ctx(), division_id).await?;
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let fault = failed.map(|(refusal, _)| words::refusal(visitor.lang, refusal));
    let typed = failed
        .map(|(_, typed)| typed.clone())
        .unwrap_or_else(|| Typed { from: face.app.today().to_string(), ..Typed::default() });
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("/admin/places/{division_id}");
    let shown = view(page, division_id, &place, (typed, fault), face.app.division_id);
    Ok((status, html(&shown)?).into_response())
}

/// The page of a place.
pub(crate) fn view(
    page: Page,
    id: i64,
    place: &Place,
    (typed, fault): (Typed, Option<String>),
    county_division_id: i64,
) -> PlacePage {
    let last = place.last();
    let back = match last.parent_id {
        _ if id == county_division_id => "/admin".to_owned(),
        Some(parent) if parent != county_division_id => format!("/admin/places/{parent}"),
        _ => "/admin/places".to_owned(),
    };
    PlacePage {
        page,
        id,
        name: last.name.clone(),
        level: last.level,
        back,
        terms: place.terms.iter().rev().map(TermView::of).collect(),
        within: place.within.iter().map(TermView::of).collect(),
        townships: place.townships.iter().map(choice).collect(),
        beside: place.beside.iter().map(choice).collect(),
        // What is sent next is held against what is shown now.
        typed: Typed { seen: place.seen.clone(), ..typed },
        fault,
        name_max: NAME_MAX,
    }
}

fn choice((term, lies_in): &(Term, String)) -> Choice {
    Choice { id: term.division_id, name: format!("{lies_in}{}", term.name), code: term.code.clone() }
}

/// Back to the place's page, which says what was done or what was wrong.
async fn then(
    face: &Face,
    visitor: &Visitor,
    (division_id, typed): (i64, &Typed),
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(Refusal::NotFound)) => Err(Failure::NotFound),
        Err(Error::Refused(refusal)) => show(face, visitor, division_id, Some((&refusal, typed))).await,
        done => {
            done?;
            Ok(Flash::PlaceChanged.redirect(&format!("/admin/places/{division_id}")))
        }
    }
}

/// `POST /admin/places/{id}/add`: something that lies in it.
pub(in crate::web) async fn add(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = typed.change(&face)?;
    let new = (typed.code.as_str(), typed.name.as_str());
    let done = change::add(&face.app.db, &face.ctx(), division_id, new, &wanted).await;
    then(&face, &visitor, (division_id, &typed), done.map(|_| ())).await
}

/// `POST /admin/places/{id}/rename`
pub(in crate::web) async fn rename(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = typed.change(&face)?;
    let done = change::rename(&face.app.db, &face.ctx(), division_id, &typed.name, &wanted).await;
    then(&face, &visitor, (division_id, &typed), done).await
}

/// `POST /admin/places/{id}/end`
pub(in crate::web) async fn end(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = typed.change(&face)?;
    let done = change::end(&face.app.db, &face.ctx(), division_id, &wanted).await;
    then(&face, &visitor, (division_id, &typed), done).await
}

/// `POST /admin/places/{id}/move`: a village to another township.
pub(in crate::web) async fn relocate(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let (wanted, to) = (typed.change(&face)?, chosen(&typed)?);
    let done =
        merge::move_to(&face.app.db, &face.ctx(), division_id, (to, typed.code.as_str()), &wanted).await;
    then(&face, &visitor, (division_id, &typed), done).await
}

/// `POST /admin/places/{id}/merge`: it ends, and another takes over.
pub(in crate::web) async fn merge(
    face: Face,
    visitor: Visitor,
    Path(division_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let (wanted, to) = (typed.change(&face)?, chosen(&typed)?);
    let done = merge::merge(&face.app.db, &face.ctx(), division_id, to, &wanted).await;
    then(&face, &visitor, (division_id, &typed), done).await
}

/// The place that was chosen; 0, which is none, where none was.
fn chosen(typed: &Typed) -> Result<i64, Failure> {
    Ok(address::read("to", &typed.to, |text| text.parse().ok())?.unwrap_or(0))
}
