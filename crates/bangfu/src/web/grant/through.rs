//! Pages that are opened through a grant: the household's loans, to be read and nothing else.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_store::loan;
use bangfu_usecase::Ctx;
use bangfu_usecase::grant::{self, Opened};

use super::account_of;
use super::view::{GrantRow, row};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::OnDay;
use crate::web::menu::Section;
use crate::web::page::Page;

/// Access outside the own area, as every page says it that was opened through it.
#[derive(Debug, Clone)]
pub(crate) struct Through {
    /// To whose loans, and until when.
    pub(crate) text: String,
    /// All that is open through it.
    pub(crate) home: String,
}

/// A household's loans.
#[derive(Template)]
#[template(path = "access_loans.html")]
pub(crate) struct LoansPage {
    /// The frame.
    pub(crate) page: Page,
    /// The grant.
    pub(crate) grant: GrantRow,
    /// The loans: number and page.
    pub(crate) loans: Vec<(String, String)>,
}

async fn open(
    face: &Face,
    visitor: &Visitor,
    grant_id: i64,
    opened: Opened,
) -> Result<(GrantRow, Ctx, Through), Failure> {
    let account_id = account_of(face)?;
    let (line, inside) = grant::open(&face.app.db, &face.ctx(), account_id, grant_id, opened).await?;
    let row = row(face, line, account_id);
    let until = row.ends_at.map(|at| visitor.lang.moment(at)).unwrap_or_default();
    let through = Through {
        text: visitor.lang.text_with(
            "access-banner",
            &[("borrower", row.borrower.clone().into()), ("until", until.into())],
        ),
        home: format!("/access/{grant_id}"),
    };
    Ok((row, inside, through))
}

/// `GET /access/{id}`
pub(in crate::web) async fn loans(
    face: Face,
    visitor: Visitor,
    Path(grant_id): Path<i64>,
) -> Result<Response, Failure> {
    let (grant, inside, through) = open(&face, &visitor, grant_id, Opened::Loans).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let bangfu_store::Area::Household(household_id) = inside.scope.area else {
        return Err(Failure::NotFound);
    };
    let loans = loan::of_household(&mut tx, &inside.scope, household_id, inside.today).await?;
    let loans = loans.into_iter().map(|(id, number)| (number, format!("/access/{grant_id}/loans/{id}")));
    let mut page = face.page(&visitor, Section::Home, &county);
    page.through = Some(through);
    html(&LoansPage { page, grant, loans: loans.collect() })
}

/// `GET /access/{id}/loans/{loan}`
pub(in crate::web) async fn loan(
    face: Face,
    visitor: Visitor,
    Path((grant_id, loan_id)): Path<(i64, i64)>,
    Query(asked): Query<OnDay>,
) -> Result<Response, Failure> {
    let (_, inside, through) = open(&face, &visitor, grant_id, Opened::Loan(loan_id)).await?;
    crate::web::loan::show(&face, &visitor, (&inside, Some(through)), loan_id, &asked).await
}
