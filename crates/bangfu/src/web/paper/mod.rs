//! `/papers`: the office's papers, made of a day and found again by their codes; and what belongs to them: texts, receipts, the
//! watch over the limitation of actions, and the page behind a household's card.

pub(crate) mod card;
pub(crate) mod compose;
pub(crate) mod letter;
pub(crate) mod of_loan;
pub(crate) mod one;
pub(crate) mod receipt;
pub(crate) mod since;
pub(crate) mod tables;
pub(crate) mod texts;

use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::division::Level;
use bangfu_domain::paper::{Code, PaperKind};
use bangfu_store::{Area, Tx};
use bangfu_usecase::access::Right;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::paper::{self, NewPaper};
use bangfu_usecase::{Ctx, division};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::address;
use super::doors::{Doors, Pass};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::words;

const MAKE: Pass = Pass::With(Right::MakePapers);
const EDIT: Pass = Pass::With(Right::EditPapers);
const BOOK: Pass = Pass::With(Right::SeeBook);
const RECORD: Pass = Pass::With(Right::RecordContact);

/// How many days ahead a roster looks if nothing else is typed.
const DAYS: &str = "30";

/// The doors of papers.
pub(super) fn doors(doors: Doors) -> Doors {
    doors
        .get(MAKE, "/papers", list)
        .post(MAKE, "/papers", make)
        .post(MAKE, "/papers/find", find)
        .get(EDIT, "/papers/texts", texts::list)
        .get(EDIT, "/papers/texts/{name}", texts::one)
        .post(EDIT, "/papers/texts/{name}", texts::tell)
        .get(MAKE, "/papers/{id}", one::show)
        .get(MAKE, "/papers/{id}/paper.xlsx", one::xlsx)
        .get(MAKE, "/papers/{id}/paper.docx", one::docx)
        .post(MAKE, "/papers/{id}/revoke", one::revoke)
        .get(BOOK, "/limitations", receipt::watch)
        .get(RECORD, "/loans/{id}/receipt", receipt::form)
        .post(RECORD, "/loans/{id}/receipt", receipt::tell)
        .get(Pass::Everybody, "/c/{id}", card::ask)
        .post(Pass::Everybody, "/c/{id}", card::open)
}

/// The address of a paper.
pub(super) fn path(code: &Code) -> String {
    format!("/papers/{code}")
}

/// What can be made, and what was.
#[derive(Template)]
#[template(path = "papers.html")]
pub(crate) struct PapersPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) desk: Desk,
}

/// What can be made, and what was.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    /// The kinds of lists, with whether one is chosen; none for whoever looks after single households.
    pub(crate) kinds: Vec<(PaperKind, bool)>,
    /// The places to choose from: the value, the name, whether it is a village, whether it is chosen.
    pub(crate) places: Vec<(String, String, bool, bool)>,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
    /// What was typed as a code, and that there is none.
    pub(crate) unknown: Option<String>,
    /// What was made of exactly this area.
    pub(crate) made: Vec<Made>,
    /// Whether the texts may be told anew.
    pub(crate) edits: bool,
}

/// A paper that was made.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// Its page.
    pub(crate) href: String,
    /// Its code.
    pub(crate) code: String,
    /// What it is.
    pub(crate) kind: PaperKind,
    /// The day of which it tells.
    pub(crate) day: Date,
    /// When it was made.
    pub(crate) at: DateTime,
    /// Who made it.
    pub(crate) actor: String,
}

impl Made {
    /// A paper as lists name it.
    pub(crate) fn of(face: &Face, paper: &bangfu_store::paper::Paper) -> Made {
        Made {
            href: path(&paper.code),
            code: paper.code.to_string(),
            kind: paper.kind,
            day: paper.on_day,
            at: face.local(paper.made_at),
            actor: paper.actor.clone(),
        }
    }
}

/// A paper as it is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) day: String,
    #[serde(default)]
    pub(crate) place: String,
    #[serde(default)]
    pub(crate) days: String,
    #[serde(default)]
    pub(crate) loan: String,
}

/// A code as it is typed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sought {
    #[serde(default)]
    code: String,
}

impl Page {
    /// The name of a kind of paper.
    pub(crate) fn paper_kind(&self, kind: &PaperKind) -> String {
        self.t(&format!("paper-{}", kind.key()))
    }

    /// What a kind of paper is for.
    pub(crate) fn paper_kind_note(&self, kind: &PaperKind) -> String {
        self.t(&format!("paper-{}-note", kind.key()))
    }
}

/// `GET /papers`
async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let typed = Typed {
        kind: PaperKind::Monthly.key().to_owned(),
        day: face.app.today().to_string(),
        days: DAYS.to_owned(),
        ..Typed::default()
    };
    show(&face, &visitor, typed, None, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    typed: Typed,
    fault: Option<String>,
    unknown: Option<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let is_bad = fault.is_some() || unknown.is_some();
    let lists = !matches!(ctx.scope.area, Area::Officer(_) | Area::Household(_));
    let kinds = PaperKind::ALL.into_iter().filter(|kind| lists && !kind.is_of_loan());
    let made = paper::list(&mut tx, &ctx).await?;
    let desk = Desk {
        kinds: kinds.map(|kind| (kind, kind.key() == typed.kind)).collect(),
        places: places(&mut tx, &ctx, &typed.place).await?,
        fault,
        unknown,
        made: made.iter().map(|one| Made::of(face, one)).collect(),
        edits: face.may(Right::EditPapers),
        typed,
    };
    let mut page = face.page(visitor, Section::Papers, &county);
    page.address = "/papers".to_owned();
    let status = if is_bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(&PapersPage { page, desk })?).into_response())
}

/// The places of one's area below the widest of them.
async fn places(tx: &mut Tx, ctx: &Ctx, chosen: &str) -> Result<Vec<(String, String, bool, bool)>, Failure> {
    let all = division::within(tx, &ctx.scope, ctx.today).await?;
    let places = all.into_iter().filter(|place| matches!(place.level, Level::Township | Level::Village));
    let option = |place: bangfu_store::division::Term| {
        let value = place.division_id.to_string();
        let is_chosen = value == chosen;
        (value, place.name, place.level == Level::Village, is_chosen)
    };
    Ok(places.map(option).collect())
}

/// `POST /papers`
async fn make(face: Face, visitor: Visitor, Form(typed): Form<Typed>) -> Result<Response, Failure> {
    let id = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Failure::NotFound),
    };
    let Ok(day) = address::read("day", &typed.day, address::day) else {
        let fault = visitor.lang.text("contact-unknown-day");
        return show(&face, &visitor, typed, Some(fault), None).await;
    };
    let new = NewPaper {
        kind: PaperKind::from_key(&typed.kind).ok_or(Failure::NotFound)?,
        on_day: day.unwrap_or(face.app.today()),
        division_id: id(&typed.place)?,
        loan_id: id(&typed.loan)?,
        // What is no number of days is none that can be told ahead.
        days: typed.days.trim().parse().ok(),
    };
    match paper::make(&face.app.db, &face.ctx(), &new).await {
        Ok(made) => Ok(Redirect::to(&path(&made.code)).into_response()),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound && new.loan_id.is_none() => {
            let fault = words::refusal(visitor.lang, &refusal);
            show(&face, &visitor, typed, Some(fault), None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /papers/find`: a code leads to its paper; what is none, or nobody's here, is told alike.
async fn find(face: Face, visitor: Visitor, Form(sought): Form<Sought>) -> Result<Response, Failure> {
    if let Some(code) = Code::parse(&sought.code) {
        match paper::open(&face.app.db, &face.ctx(), &code).await {
            Ok(paper) => return Ok(Redirect::to(&path(&paper.code)).into_response()),
            Err(Error::Refused(Refusal::NotFound)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let typed = Typed {
        kind: PaperKind::Monthly.key().to_owned(),
        day: face.app.today().to_string(),
        days: DAYS.to_owned(),
        ..Typed::default()
    };
    show(&face, &visitor, typed, None, Some(sought.code)).await
}

/// Where a code typed into the search box leads, if it is one of a paper that is there for whoever typed it.
pub(super) async fn sought(tx: &mut Tx, face: &Face, text: &str) -> Result<Option<String>, Failure> {
    let Some(code) = Code::parse(text).filter(|_| face.may(Right::MakePapers)) else { return Ok(None) };
    Ok(paper::find(tx, &face.ctx(), &code).await?.map(|paper| path(&paper.code)))
}
