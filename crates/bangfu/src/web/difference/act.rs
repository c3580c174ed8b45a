//! `POST /differences/{id}/…`: settle, give to the branch, take up again.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use bangfu_domain::difference::Way;
use bangfu_usecase::Error;
use bangfu_usecase::difference::{self, Assignment, Term};
use bangfu_usecase::error::Refusal;
use serde::Deserialize;

use super::one::show;
use super::view::{Form as What, Typed};
use crate::web::address::{day, read};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor};
use crate::words;

/// What the forms send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    pub(super) way: String,
    pub(super) reason: String,
    branch: String,
    note: String,
    days: String,
    day: String,
    back: String,
}

impl Said {
    /// What the words of a form say.
    pub(super) fn of<'a>(word: impl Fn(&str) -> &'a str) -> Said {
        let text = |name: &str| word(name).to_owned();
        Said {
            way: text("way"),
            reason: text("reason"),
            branch: text("branch"),
            note: text("note"),
            days: text("days"),
            day: text("day"),
            back: text("back"),
        }
    }

    /// What was typed, to be shown again.
    pub(super) fn typed(&self) -> Typed {
        Typed {
            way: self.way.clone(),
            reason: self.reason.clone(),
            note: self.note.clone(),
            days: self.days.clone(),
            day: self.day.clone(),
            branch: self.branch.clone(),
        }
    }

    /// What a branch is asked.
    pub(super) fn assignment(&self) -> Result<Assignment, Failure> {
        Ok(Assignment {
            branch_id: read("branch", &self.branch, |text| text.parse().ok())?,
            term: self.term()?,
            note: self.note.clone(),
        })
    }

    /// By when the branch is to answer: the day, if one is given.
    fn term(&self) -> Result<Term, Failure> {
        if let Some(day) = read("day", &self.day, day)? {
            return Ok(Term::Day(day));
        }
        let days = read("days", &self.days, |text| text.parse().ok())?;
        Ok(Term::WorkingDays(days.unwrap_or(0)))
    }
}

/// `POST /differences/{id}/resolve`
pub(crate) async fn resolve(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let done = match Way::from_key(&said.way) {
        Some(way) => difference::resolve(&face.app.db, &face.ctx(), id, way, &said.reason).await,
        None => Err(Refusal::NoWay.into()),
    };
    answer(&face, &visitor, id, &said, What::Resolve, Flash::Resolved, done).await
}

/// `POST /differences/{id}/reopen`
pub(crate) async fn reopen(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let done = difference::reopen(&face.app.db, &face.ctx(), id, &said.reason).await;
    answer(&face, &visitor, id, &said, What::Reopen, Flash::Reopened, done).await
}

/// `POST /differences/{id}/assign`
pub(crate) async fn assign(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let asked = said.assignment()?;
    let done = difference::assign(&face.app.db, &face.ctx(), id, &asked).await;
    answer(&face, &visitor, id, &said, What::Assign, Flash::Assigned, done).await
}

/// Where to go back to, if that is a list of differences.
pub(super) fn back_to(back: &str) -> Option<&str> {
    let is_list = back == "/differences" || back.starts_with("/differences?");
    is_list.then_some(back)
}

/// Leads back to where the form stood; what was refused stands with its reason and with what was typed.
async fn answer(
    face: &Face,
    visitor: &Visitor,
    id: i64,
    said: &Said,
    form: What,
    flash: Flash,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    let own = format!("/differences/{id}");
    match done {
        Ok(()) => Ok(flash.redirect(back_to(&said.back).unwrap_or(&own))),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let why = words::refusal(visitor.lang, &refusal);
            show(face, visitor, id, Some((form, why, said.typed()))).await
        }
        Err(error) => Err(error.into()),
    }
}
