//! `/officers/{id}`: one officer, and what they look after.

use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_domain::officer::Role;
use bangfu_usecase::access::Right;
use bangfu_usecase::officer;

use super::path;
use crate::texts::Value;
use crate::web::admin::officer::path as kept_at;
use crate::web::carrier::{Carrier, CarrierPage, OnDay, carried};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::filter::{LoanFilter, Wanted};
use crate::web::loan::list::Names;
use crate::web::menu::Section;

/// `GET /officers/{id}`
pub(in crate::web) async fn one(
    face: Face,
    visitor: Visitor,
    Path(officer_id): Path<i64>,
    Query(asked): Query<OnDay>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let day = asked.read(ctx.today, &path(officer_id))?;
    let mut tx = face.app.db.read().await?;
    let roster = officer::roster(&mut tx, &ctx.scope, day).await?;
    let one = roster.into_iter().find(|line| line.officer.officer_id == officer_id);
    let one = one.ok_or(Failure::NotFound)?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, day).await?;
    let lang = visitor.lang;
    let of_day = LoanFilter::of_day(day);
    // A credit manager carries the loans that name them; the others stand by households.
    let tied = LoanFilter { tied: Some(officer_id), ..of_day.clone() };
    let list = match one.officer.roles.contains(&Role::CreditManager) {
        true => LoanFilter { officer: Some(officer_id), ..of_day },
        false => tied.clone(),
    };
    let roles: Vec<String> =
        one.officer.roles.iter().map(|role| lang.text(&format!("role-{}", role.key()))).collect();
    let households = lang.text_with("officer-households", &[("n", Value::from(one.households))]);
    let mut line = vec![
        (roles.join(&lang.text("comma")), None),
        (one.place, None),
        (households, Some(LoanFilter { state: Wanted::Any, ..tied }.address())),
    ];
    if let Some(left_on) = one.officer.left_on {
        line.push((lang.text_with("officer-left-on", &[("day", Value::from(lang.day(left_on)))]), None));
    }
    if face.may(Right::KeepOfficers) {
        line.push((lang.text("officer-keep"), Some(kept_at(officer_id))));
    }
    if !one.officer.confirmed {
        line.push((lang.text("officer-unconfirmed"), None));
    }
    let carrier = Carrier {
        name: one.officer.name,
        kind_key: "officer",
        back: Some(("/officers".to_owned(), "officers-title")),
        day,
        line,
        carried: carried(&mut tx, &face, &county, &names, &list, day).await?,
        sections: Vec::new(),
    };
    let page = face.page_of_loans(&mut tx, &visitor, Section::Officers, &county).await?;
    html(&CarrierPage { page, carrier })
}
