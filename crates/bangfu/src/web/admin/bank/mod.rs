//! `/admin/branches`: institutions and their branches are added, called otherwise, and merged.

pub(crate) mod view;

use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_usecase::bank::{self, change, merge};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::keep::{Change, NAME_MAX};
use serde::Deserialize;

use crate::web::address;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::unsigned;
use crate::words;
use view::{BankPage, BranchesPage, LenderView, MergePage, MergePreview, Named};

/// The address of the page with all of them.
const BRANCHES: &str = "/admin/branches";

/// What a form brings.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    /// The mark of what was seen.
    #[serde(default)]
    pub(crate) seen: String,
    /// A name.
    #[serde(default)]
    pub(crate) name: String,
    /// The branch that is to have the loans.
    #[serde(default)]
    pub(crate) into: String,
    /// From which day.
    #[serde(default)]
    pub(crate) from: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
}

impl Typed {
    /// The change; the day is today's where none is asked for.
    fn change(&self, face: &Face) -> Result<Change, Failure> {
        let from = address::read("day", &self.from, address::day)?.unwrap_or_else(|| face.app.today());
        Ok(Change { seen: self.seen.clone(), from, reason: self.reason.clone() })
    }

    fn heir(&self) -> Result<Option<i64>, Failure> {
        Ok(address::read("into", &self.into, |text| text.parse().ok())?)
    }
}

/// A refusal that the page tells, with what was typed.
type Failed = Option<(Refusal, Typed)>;

fn status(failed: &Failed) -> StatusCode {
    if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Shows a page again that says what is wrong, or leads to the one that says what was done.
async fn then<T>(
    done: Result<T, Error>,
    typed: Typed,
    again: impl AsyncFnOnce(Failed) -> Result<Response, Failure>,
    to: impl FnOnce(T) -> String,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => again(Some((refusal, typed))).await,
        done => Ok(Flash::Kept.redirect(&to(done?))),
    }
}

/// `GET /admin/branches`
pub(in crate::web) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show_list(&face, &visitor, None).await
}

async fn show_list(face: &Face, visitor: &Visitor, failed: Failed) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let all = bank::all(&mut tx, &face.ctx()).await?;
    let status = status(&failed);
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = BRANCHES.to_owned();
    let fault = failed.as_ref().map(|(refusal, _)| words::refusal(visitor.lang, refusal));
    let typed = failed.map(|(_, typed)| typed).unwrap_or_default();
    let lenders = all.iter().map(LenderView::of).collect();
    Ok((status, html(&BranchesPage { page, lenders, typed, fault, name_max: NAME_MAX })?).into_response())
}

/// `POST /admin/branches`: an institution.
pub(in crate::web) async fn add_lender(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let done = change::add_lender(&face.app.db, &face.ctx(), &typed.name, &typed.reason).await;
    then(done, typed, async |failed| show_list(&face, &visitor, failed).await, view::lender_path).await
}

/// `GET /admin/lenders/{id}`
pub(in crate::web) async fn lender(
    face: Face,
    visitor: Visitor,
    Path(lender_id): Path<i64>,
) -> Result<Response, Failure> {
    show_lender(&face, &visitor, lender_id, None).await
}

async fn show_lender(
    face: &Face,
    visitor: &Visitor,
    lender_id: i64,
    failed: Failed,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let lender = bank::lender(&mut tx, &face.ctx(), lender_id).await?;
    let status = status(&failed);
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = view::lender_path(lender_id);
    let failed = failed.map(|(refusal, typed)| (words::refusal(visitor.lang, &refusal), typed));
    let shown = BankPage::of_lender(page, &lender, face.app.today(), failed);
    Ok((status, html(&shown)?).into_response())
}

/// `POST /admin/lenders/{id}/rename`
pub(in crate::web) async fn rename_lender(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = typed.change(&face)?;
    let done = change::rename_lender(&face.app.db, &face.ctx(), id, &typed.name, &wanted).await;
    let again = async |failed| show_lender(&face, &visitor, id, failed).await;
    then(done, typed, again, |()| view::lender_path(id)).await
}

/// `POST /admin/lenders/{id}/add`: a branch.
pub(in crate::web) async fn add_branch(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let done = change::add_branch(&face.app.db, &face.ctx(), id, &typed.name, &typed.reason).await;
    let again = async |failed| show_lender(&face, &visitor, id, failed).await;
    then(done, typed, again, view::branch_path).await
}

/// `GET /admin/branches/{id}`
pub(in crate::web) async fn one(
    face: Face,
    visitor: Visitor,
    Path(branch_id): Path<i64>,
) -> Result<Response, Failure> {
    show_branch(&face, &visitor, branch_id, None).await
}

async fn show_branch(
    face: &Face,
    visitor: &Visitor,
    branch_id: i64,
    failed: Failed,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (lender, branch) = bank::branch(&mut tx, &face.ctx(), branch_id).await?;
    let status = status(&failed);
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = view::branch_path(branch_id);
    let failed = failed.map(|(refusal, typed)| (words::refusal(visitor.lang, &refusal), typed));
    let shown = BankPage::of_branch(page, (&lender, &branch), face.app.today(), failed);
    Ok((status, html(&shown)?).into_response())
}

/// `POST /admin/branches/{id}/rename`
pub(in crate::web) async fn rename_branch(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let wanted = typed.change(&face)?;
    let done = change::rename_branch(&face.app.db, &face.ctx(), id, &typed.name, &wanted).await;
    let again = async |failed| show_branch(&face, &visitor, id, failed).await;
    then(done, typed, again, |()| view::branch_path(id)).await
}

/// `GET /admin/branches/{id}/merge`
pub(in crate::web) async fn merge_form(
    face: Face,
    visitor: Visitor,
    Path(branch_id): Path<i64>,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    show_merge(&face, &visitor, branch_id, typed, None).await
}

async fn show_merge(
    face: &Face,
    visitor: &Visitor,
    branch_id: i64,
    typed: Typed,
    failed: Option<Refusal>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (lender, branch) = bank::branch(&mut tx, &ctx, branch_id).await?;
    let mut refused = failed;
    let preview = match typed.heir()? {
        Some(into) => match merge::foresee(&mut tx, &ctx, branch_id, into, &typed.change(face)?).await {
            Err(Error::Refused(refusal)) => {
                refused = refused.or(Some(refusal));
                None
            }
            foreseen => {
                let foreseen = foreseen?;
                Some(MergePreview {
                    loans: unsigned(foreseen.loans),
                    owing: unsigned(foreseen.owing),
                    accounts: unsigned(foreseen.accounts),
                    seen: foreseen.seen,
                })
            }
        },
        None => None,
    };
    let others = lender.branches.iter().map(|one| &one.branch);
    let others = others.filter(|one| one.branch_id != branch_id && one.merged.is_none());
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("{}/merge", view::branch_path(branch_id));
    let from = if typed.from.is_empty() { face.app.today().to_string() } else { typed.from.clone() };
    let shown = MergePage {
        page,
        id: branch_id,
        name: branch.branch.name.clone(),
        others: others.map(|one| Named { id: one.branch_id, name: one.name.clone() }).collect(),
        typed: Typed { from, ..typed },
        preview,
        fault: refused.map(|refusal| words::refusal(visitor.lang, &refusal)),
    };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /admin/branches/{id}/merge`
pub(in crate::web) async fn merge_into(
    face: Face,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let Some(into) = typed.heir()? else { return show_merge(&face, &visitor, id, typed, None).await };
    let wanted = typed.change(&face)?;
    match merge::merge(&face.app.db, &face.ctx(), id, into, &wanted).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show_merge(&face, &visitor, id, typed, Some(refusal)).await
        }
        done => {
            done?;
            Ok(Flash::Kept.redirect(&view::branch_path(id)))
        }
    }
}
