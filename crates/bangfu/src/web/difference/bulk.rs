//! `POST /differences/bulk`: several differences at once, first shown with what becomes of each, then done.

use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::difference::Way;
use bangfu_store::Tx;
use bangfu_store::difference::{Filter, Shown};
use bangfu_usecase::Error;
use bangfu_usecase::difference::{self, Assignment, Entry};
use bangfu_usecase::error::Refusal;
use jiff::civil::Date;

use super::act::{Said, back_to};
use super::list::Names;
use super::view::{DifferenceRow, Typed};
use crate::texts::Lang;
use crate::web::address::read;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// So many are done at once: as many as a page of the list shows.
const AT_ONCE: usize = 50;

/// One of them, and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The difference.
    pub(crate) id: i64,
    /// What lists show of it.
    pub(crate) row: DifferenceRow,
    /// The branch that is asked, where that is what is done.
    pub(crate) branch: Option<String>,
    /// Why nothing can be done about it; none where something can, or was.
    pub(crate) fault: Option<String>,
}

/// The branches that are asked: each difference's own, and one for those of which none is known.
#[derive(Debug, Clone, Copy)]
struct Asked {
    chosen: Option<i64>,
}

/// What is done to all of them.
enum Plan {
    Resolve(Way, String),
    Assign(Assignment, Date),
}

/// Several differences at once.
#[derive(Template)]
#[template(path = "difference_bulk.html")]
pub(crate) struct BulkPage {
    /// The frame.
    pub(crate) page: Page,
    /// The differences.
    pub(crate) lines: Vec<Line>,
    /// `resolve` or `assign`.
    pub(crate) what: &'static str,
    /// What was typed.
    pub(crate) typed: Typed,
    /// By when the branches are to answer.
    pub(crate) due_on: Option<Date>,
    /// What is wrong with what was typed.
    pub(crate) fault: Option<String>,
    /// Whether it has been done.
    pub(crate) done: bool,
    /// Where the visitor came from.
    pub(crate) back: String,
}

impl BulkPage {
    /// How many something can be done about, or was.
    pub(crate) fn able(&self) -> usize {
        self.lines.iter().filter(|line| line.fault.is_none()).count()
    }

    /// What was typed, to be sent once more.
    pub(crate) fn kept(&self) -> Vec<(&'static str, String)> {
        let Typed { way, reason, note, days, day, branch } = self.typed.clone();
        vec![
            ("way", way),
            ("reason", reason),
            ("note", note),
            ("days", days),
            ("day", day),
            ("branch", branch),
        ]
    }

    /// The key of the text of how they are settled.
    pub(crate) fn way_key(&self) -> String {
        format!("way-{}", self.typed.way)
    }
}

/// `POST /differences/bulk`
pub(crate) async fn bulk(
    face: Face,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let word = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let is_id = |(key, value): &(String, String)| if key == "id" { value.parse().ok() } else { None };
    let mut ids: Vec<i64> = sent.iter().filter_map(is_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(AT_ONCE);
    let said = Said::of(word);
    let assigns = word("what") == "assign";
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let chosen = read("branch", word("branch"), |text| text.parse().ok())?;
    let asked = assigns.then_some(Asked { chosen });
    let mut lines = lines(&mut tx, &face, visitor.lang, &ids, asked).await?;
    let plan = if lines.is_empty() {
        Err(Refusal::NothingChosen.into())
    } else {
        plan(&mut tx, &face, &said, assigns).await
    };
    drop(tx);
    let (plan, fault) = match plan {
        Ok(plan) => (Some(plan), None),
        Err(Error::Refused(refusal)) => (None, Some(words::refusal(visitor.lang, &refusal))),
        Err(error) => return Err(error.into()),
    };
    let done = word("step") == "do" && plan.is_some();
    if let Some(plan) = plan.as_ref().filter(|_| done) {
        for line in lines.iter_mut().filter(|line| line.fault.is_none()) {
            match carry_out(&face, line.id, plan).await {
                Ok(()) => {}
                Err(Error::Refused(refusal)) => line.fault = Some(words::refusal(visitor.lang, &refusal)),
                Err(error) => return Err(error.into()),
            }
        }
    }
    let due_on = match &plan {
        Some(Plan::Assign(_, due_on)) => Some(*due_on),
        _ => None,
    };
    let back = back_to(word("back")).unwrap_or("/differences").to_owned();
    let mut page = face.page(&visitor, Section::Import, &county);
    page.address.clone_from(&back);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let what = if assigns { "assign" } else { "resolve" };
    let shown = html(&BulkPage { page, lines, what, typed: said.typed(), due_on, fault, done, back })?;
    Ok((status, shown).into_response())
}

/// The differences, each with what speaks against doing anything about it.
async fn lines(
    tx: &mut Tx,
    face: &Face,
    lang: Lang,
    ids: &[i64],
    to_branches: Option<Asked>,
) -> Result<Vec<Line>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let names = Names::load(tx, face, lang).await?;
    let asked = Filter { shown: Shown::All, only: ids.to_vec(), ..Filter::default() };
    let found = difference::list(tx, &face.ctx(), &asked, None, ids.len()).await?;
    let line = |entry: &Entry| {
        let one = &entry.difference;
        let branch = to_branches.map(|asked| one.branch_id.or(asked.chosen));
        let refusal = match (one.state.is_open(), branch) {
            (false, _) => Some(Refusal::DifferenceMovedOn),
            (true, Some(None)) => Some(Refusal::NoBranch),
            (true, _) => None,
        };
        Line {
            id: one.difference_id,
            row: names.row(entry, ""),
            branch: branch.flatten().and_then(|id| names.branch(id)),
            fault: refusal.map(|refusal| words::refusal(lang, &refusal)),
        }
    };
    Ok(found.entries.iter().map(line).collect())
}

/// What was typed, if it can be done.
async fn plan(tx: &mut Tx, face: &Face, said: &Said, assigns: bool) -> Result<Plan, Error> {
    if assigns {
        let asked = said.assignment().map_err(|_| Refusal::TermBeyond { max: difference::TERM_DAYS_MAX })?;
        let due_on = difference::due_day(tx, &face.ctx(), asked.term).await?;
        return Ok(Plan::Assign(asked, due_on));
    }
    let way = Way::from_key(&said.way).ok_or(Refusal::NoWay)?;
    Ok(Plan::Resolve(way, difference::sound_reason(&said.reason)?))
}

async fn carry_out(face: &Face, id: i64, plan: &Plan) -> Result<(), Error> {
    let (db, ctx) = (&face.app.db, face.ctx());
    match plan {
        Plan::Resolve(way, reason) => difference::resolve(db, &ctx, id, *way, reason).await,
        Plan::Assign(asked, _) => difference::assign(db, &ctx, id, asked).await,
    }
}
