//! `/admin/officers`: officers are added, corrected, leave and come back.

pub(crate) mod hand_over;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::officer::Role;
use bangfu_store::Tx;
use bangfu_store::division::Term;
use bangfu_store::officer::Officer;
use bangfu_usecase::division::within;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::keep::{Change, NAME_MAX};
use bangfu_usecase::officer::change::{self, Kept, Said};
use jiff::civil::Date;

use crate::web::address::{self, UnknownWord};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// All officers, and the form of a new one.
#[derive(Template)]
#[template(path = "admin_officers.html")]
pub(crate) struct OfficersPage {
    /// The frame.
    pub(crate) page: Page,
    /// The officers, by place and name.
    pub(crate) officers: Vec<OfficerLine>,
    /// What a new one is made of.
    pub(crate) form: OfficerForm,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}

/// An officer among all.
#[derive(Debug, Clone)]
pub(crate) struct OfficerLine {
    /// Their page.
    pub(crate) href: String,
    /// Their name.
    pub(crate) name: String,
    /// Where they serve.
    pub(crate) place: String,
    /// Keys of their roles.
    pub(crate) roles: Vec<&'static str>,
    /// The first day on which they serve no more.
    pub(crate) left_on: Option<Date>,
    /// Whether only a ledger names them.
    pub(crate) unconfirmed: bool,
}

/// What an officer is made of, as far as it was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfficerForm {
    /// What was typed.
    pub(crate) typed: Typed,
    /// Where they can serve: id and name.
    pub(crate) places: Vec<(i64, String)>,
    /// The phone number that is known, masked.
    pub(crate) phone_masked: Option<String>,
    /// The longest name.
    pub(crate) name_max: usize,
}

impl OfficerForm {
    /// The keys of all roles, and whether each is chosen.
    pub(crate) fn roles(&self) -> Vec<(&'static str, bool)> {
        Role::ALL.iter().map(|role| (role.key(), self.typed.roles.contains(role))).collect()
    }
}

/// One officer.
#[derive(Template)]
#[template(path = "admin_officer.html")]
pub(crate) struct OfficerPage {
    /// The frame.
    pub(crate) page: Page,
    /// Their id.
    pub(crate) id: i64,
    /// Their name.
    pub(crate) name: String,
    /// What files called them.
    pub(crate) called: Vec<String>,
    /// The first day on which they serve no more.
    pub(crate) left_on: Option<Date>,
    /// What they are made of.
    pub(crate) form: OfficerForm,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}

/// What a form brings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    /// The mark of what was seen.
    pub(crate) seen: String,
    /// A name.
    pub(crate) name: String,
    /// The id of a place.
    pub(crate) place: i64,
    /// Roles.
    pub(crate) roles: BTreeSet<Role>,
    /// A phone number.
    pub(crate) phone: String,
    /// From which day.
    pub(crate) from: String,
    /// Why.
    pub(crate) reason: String,
}

type Pairs = Vec<(String, String)>;

impl Typed {
    fn read(pairs: Pairs) -> Result<Typed, UnknownWord> {
        let mut typed = Typed::default();
        for (field, value) in pairs {
            let unknown = |field| UnknownWord { field, value: value.clone() };
            match field.as_str() {
                "place" => typed.place = value.parse().map_err(|_| unknown("place"))?,
                "role" => {
                    typed.roles.insert(Role::from_key(&value).ok_or_else(|| unknown("role"))?);
                }
                "seen" => typed.seen = value,
                "name" => typed.name = value,
                "phone" => typed.phone = value,
                "from" => typed.from = value,
                "reason" => typed.reason = value,
                _ => {}
            }
        }
        Ok(typed)
    }

    fn said(&self) -> Said {
        Said {
            name: self.name.clone(),
            division_id: self.place,
            roles: self.roles.clone(),
            phone: self.phone.clone(),
        }
    }

    /// The change; the day is today's where none is asked for.
    fn change(&self, face: &Face) -> Result<Change, Failure> {
        let from = address::read("day", &self.from, address::day)?.unwrap_or_else(|| face.app.today());
        Ok(Change { seen: self.seen.clone(), from, reason: self.reason.clone() })
    }
}

/// The address of the page on which an officer is kept.
pub(in crate::web) fn path(officer_id: i64) -> String {
    format!("/admin/officers/{officer_id}")
}

/// Where officers can serve, the county first, a village's name with its township's before it.
async fn places(tx: &mut Tx, face: &Face) -> Result<Vec<(i64, String)>, Failure> {
    let terms = within(tx, &face.ctx().scope, face.app.today()).await?;
    let names: BTreeMap<i64, &str> =
        terms.iter().map(|term| (term.division_id, term.name.as_str())).collect();
    let county = face.app.division_id;
    let named = |term: &Term| {
        let township = term.parent_id.filter(|parent| *parent != county && term.division_id != county);
        let township = township.and_then(|parent| names.get(&parent)).copied().unwrap_or_default();
        (term.division_id, format!("{township}{}", term.name))
    };
    Ok(terms.iter().map(named).collect())
}

/// `GET /admin/officers`
pub(in crate::web) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show_list(&face, &visitor, None).await
}

async fn show_list(
    face: &Face,
    visitor: &Visitor,
    failed: Option<(&Refusal, Typed)>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let all = change::all(&mut tx, &face.ctx()).await?;
    let places = places(&mut tx, face).await?;
    let (fault, typed) = match failed {
        Some((refusal, typed)) => (Some(words::refusal(visitor.lang, refusal)), typed),
        None => (None, Typed::default()),
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/admin/officers".to_owned();
    let officers = all.iter().map(|officer| line(officer, &places)).collect();
    let form = OfficerForm { typed, places, phone_masked: None, name_max: NAME_MAX };
    Ok((status, html(&OfficersPage { page, officers, form, fault })?).into_response())
}

/// An officer among all.
pub(crate) fn line(officer: &Officer, places: &[(i64, String)]) -> OfficerLine {
    let place = places.iter().find(|(id, _)| *id == officer.division_id);
    OfficerLine {
        href: path(officer.officer_id),
        name: officer.name.clone(),
        place: place.map(|(_, name)| name.clone()).unwrap_or_default(),
        roles: officer.roles.iter().map(|role| role.key()).collect(),
        left_on: officer.left_on,
        unconfirmed: !officer.confirmed,
    }
}

/// `POST /admin/officers`
pub(in crate::web) async fn add(
    face: Face,
    visitor: Visitor,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Failure> {
    let typed = Typed::read(pairs)?;
    match change::add(&face.app.db, &face.ctx(), &typed.said(), &typed.reason).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show_list(&face, &visitor, Some((&refusal, typed))).await
        }
        done => Ok(Flash::Kept.redirect(&path(done?))),
    }
}

/// `GET /admin/officers/{id}`
pub(in crate::web) async fn one(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
) -> Result<Response, Failure> {
    show(&face, &visitor, officer_id, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    officer_id: i64,
    failed: Option<(&Refusal, Typed)>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let kept = change::kept(&mut tx, &face.app.db, &face.ctx(), officer_id).await?;
    let places = places(&mut tx, face).await?;
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let failed = failed.map(|(refusal, typed)| (words::refusal(visitor.lang, refusal), typed));
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = path(officer_id);
    let shown = view(page, kept, places, face.app.today(), failed);
    Ok((status, html(&shown)?).into_response())
}

/// The page of an officer.
pub(crate) fn view(
    page: Page,
    kept: Kept,
    places: Vec<(i64, String)>,
    today: Date,
    failed: Option<(String, Typed)>,
) -> OfficerPage {
    let Kept { officer, phone_masked, called, seen } = kept;
    let (fault, typed) = failed.map_or((None, None), |(fault, typed)| (Some(fault), Some(typed)));
    let stands = Typed {
        name: officer.name.clone(),
        place: officer.division_id,
        roles: officer.roles.iter().copied().collect(),
        from: today.to_string(),
        ..Typed::default()
    };
    // A form that says nothing of who they are leaves that as it is.
    let typed = match typed {
        Some(typed) if typed.name.is_empty() => Typed { from: typed.from, reason: typed.reason, ..stands },
        Some(typed) => typed,
        None => stands,
    };
    // What is sent next is held against what is shown now.
    let typed = Typed { seen, ..typed };
    OfficerPage {
        page,
        id: officer.officer_id,
        name: officer.name,
        called,
        left_on: officer.left_on,
        form: OfficerForm { typed, places, phone_masked, name_max: NAME_MAX },
        fault,
    }
}

/// Back to the officer's page, which says what was done or what was wrong.
async fn then(
    face: &Face,
    visitor: &Visitor,
    (officer_id, typed): (i64, Typed),
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(face, visitor, officer_id, Some((&refusal, typed))).await
        }
        done => {
            done?;
            Ok(Flash::Kept.redirect(&path(officer_id)))
        }
    }
}

/// `POST /admin/officers/{id}`: corrects what is said of them.
pub(in crate::web) async fn correct(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Failure> {
    let typed = Typed::read(pairs)?;
    let wanted = typed.change(&face)?;
    let done = change::correct(&face.app.db, &face.ctx(), officer_id, &typed.said(), &wanted).await;
    then(&face, &visitor, (officer_id, typed), done).await
}

/// `POST /admin/officers/{id}/leave`
pub(in crate::web) async fn leave(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Failure> {
    let typed = Typed::read(pairs)?;
    let wanted = typed.change(&face)?;
    let done = change::leave(&face.app.db, &face.ctx(), officer_id, &wanted).await;
    then(&face, &visitor, (officer_id, typed), done).await
}

/// `POST /admin/officers/{id}/back`: takes back that they left.
pub(in crate::web) async fn come_back(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Failure> {
    let typed = Typed::read(pairs)?;
    let said = (typed.seen.as_str(), typed.reason.as_str());
    let done = change::come_back(&face.app.db, &face.ctx(), officer_id, said).await;
    then(&face, &visitor, (officer_id, typed), done).await
}
