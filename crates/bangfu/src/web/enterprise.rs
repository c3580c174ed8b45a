//! `/enterprises/{id}`: one enterprise and the loans that it carries.

use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_store::enterprise;

use super::carrier::{Carrier, CarrierPage, OnDay, carried};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::filter::LoanFilter;
use super::loan::list::Names;
use super::menu::Section;

/// The address of an enterprise's page.
pub(crate) fn path(enterprise_id: i64) -> String {
    format!("/enterprises/{enterprise_id}")
}

/// `GET /enterprises/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(enterprise_id): Path<i64>,
    Query(asked): Query<OnDay>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let day = asked.read(ctx.today, &path(enterprise_id))?;
    let mut tx = face.app.db.read().await?;
    let name = enterprise::name(&mut tx, &ctx.scope, enterprise_id, day).await?;
    let name = name.ok_or(Failure::NotFound)?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, day).await?;
    let list = LoanFilter { enterprise: Some(enterprise_id), ..LoanFilter::of_day(day) };
    let carrier = Carrier {
        name,
        kind_key: "enterprise",
        back: None,
        day,
        line: Vec::new(),
        carried: carried(&mut tx, &face, &county, &names, &list, day).await?,
        sections: Vec::new(),
    };
    let page = face.page_of_loans(&mut tx, &visitor, Section::Loans, &county).await?;
    html(&CarrierPage { page, carrier })
}
