//! `/branches/{id}`: one bank branch and the loans that it lent.

use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_domain::loan::days_between;
use bangfu_store::bank;
use bangfu_usecase::access::Right;

use super::admin::bank::view::branch_path as kept_at;
use super::carrier::{Carrier, CarrierPage, OnDay, carried};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::filter::LoanFilter;
use super::loan::list::Names;
use super::menu::Section;
use crate::texts::Value;

/// The address of a branch's page.
pub(crate) fn path(branch_id: i64) -> String {
    format!("/branches/{branch_id}")
}

/// `GET /branches/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(branch_id): Path<i64>,
    Query(asked): Query<OnDay>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let day = asked.read(ctx.today, &path(branch_id))?;
    let mut tx = face.app.db.read().await?;
    let branches = bank::branches_in(&mut tx, &ctx.scope, day).await?;
    let one = branches.into_iter().find(|(branch, _)| branch.branch_id == branch_id);
    let (branch, lender) = one.ok_or(Failure::NotFound)?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, day).await?;
    let list = LoanFilter { branch: Some(branch_id), ..LoanFilter::of_day(day) };
    let lang = visitor.lang;
    let until = match branch.until_on {
        Some(until) => format!("{} {}", lang.text("bank-data-to"), lang.day(until)),
        None => lang.text("until-never"),
    };
    let mut line = vec![(lender, None), (until, None)];
    if let Some(days) = branch.until_on.map(|until| days_between(until, day)).filter(|days| *days > 0) {
        line.push((lang.text_with("until-behind", &[("n", Value::from(i64::from(days)))]), None));
    }
    if face.may(Right::SeeDifferences) {
        line.push((lang.text("differences"), Some(format!("/differences?branch={branch_id}"))));
    }
    if face.may(Right::KeepBanks) {
        line.push((lang.text("branch-keep"), Some(kept_at(branch_id))));
    }
    let carrier = Carrier {
        name: branch.name,
        kind_key: "branch",
        back: Some((format!("/board?day={day}&by=branch"), "to-branches")),
        day,
        line,
        carried: carried(&mut tx, &face, &county, &names, &list, day).await?,
        sections: Vec::new(),
    };
    let page = face.page_of_loans(&mut tx, &visitor, Section::Board, &county).await?;
    html(&CarrierPage { page, carrier })
}
