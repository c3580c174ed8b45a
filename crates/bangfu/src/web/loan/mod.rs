//! `/loans`: lists of loans and one loan.

mod event;
pub(crate) mod export;
pub(crate) mod filter;
pub(crate) mod list;
mod load;
pub(super) mod one;
pub(crate) mod ribbon;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod view;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_store::Tx;
use bangfu_usecase::Ctx;
use bangfu_usecase::access::Right;
use bangfu_usecase::loan::Detail;
use jiff::civil::Date;
use serde::Deserialize;

use super::address;
use super::failure::Failure;
use super::frame::{Face, Visitor, day_or_today, html};
use super::grant::Through;
use super::handling;
use super::menu::Section;
use super::page::Page;
use super::paper::of_loan::{self, LoanPapers};
use super::reward;
use super::reward::of_loan::RewardView;
use super::task;
use super::task::handling::HandlingView;
use view::{LoanList, LoanView};

/// A list of loans.
#[derive(Template)]
#[template(path = "loans.html")]
pub(crate) struct LoansPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) list: LoanList,
}

/// One loan.
#[derive(Template)]
#[template(path = "loan.html")]
pub(crate) struct LoanPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) loan: LoanView,
    /// What is to be done about it, on the page of today in one's own area.
    pub(crate) handling: Option<HandlingView>,
    /// Its reward, on that page.
    pub(crate) reward: Option<RewardView>,
    /// Its papers, on the same page.
    pub(crate) papers: Option<LoanPapers>,
}

/// How a loan is handled, for whoever may act on it.
async fn handled(
    face: &Face,
    visitor: &Visitor,
    tx: &mut Tx,
    (ctx, loan_id): (&Ctx, i64),
    detail: &Detail,
) -> Result<HandlingView, Failure> {
    let known = bangfu_usecase::task::handling(tx, ctx, loan_id).await?;
    let record = face.may(Right::RecordContact).then(|| task::contact::path(loan_id));
    let propose = face.may(Right::ProposeHandling).then(|| handling::propose::address_of(loan_id));
    let proposals = bangfu_usecase::handling::of_loan(tx, ctx, loan_id).await?;
    let origin = bangfu_usecase::handling::origin(tx, ctx, loan_id).await?;
    Ok(task::handling::view(
        face,
        visitor.lang,
        (detail.pack, &detail.loan.terms),
        &known,
        (record, propose),
        (&proposals, origin),
    ))
}

/// The day of a loan's page.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct OnDay {
    #[serde(default)]
    day: String,
}

/// `GET /loans/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(loan_id): Path<i64>,
    Query(asked): Query<OnDay>,
) -> Result<Response, Failure> {
    show(&face, &visitor, (&face.ctx(), None), loan_id, &asked).await
}

/// A loan as it is seen in circumstances: in the visitor's own area, or through a grant, where it is only to be read.
pub(super) async fn show(
    face: &Face,
    visitor: &Visitor,
    (ctx, through): (&Ctx, Option<Through>),
    loan_id: i64,
    asked: &OnDay,
) -> Result<Response, Failure> {
    let asked: Option<Date> = address::read("day", &asked.day, address::day)?;
    let day = day_or_today(asked, ctx.today, || format!("/loans/{loan_id}"))?;
    let detail = bangfu_usecase::loan::detail(&face.app.db, ctx, loan_id, day).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let acts = through.is_none() && day == ctx.today;
    let handling = match acts {
        true => Some(handled(face, visitor, &mut tx, (ctx, loan_id), &detail).await?),
        false => None,
    };
    let reward = match acts {
        true => Some(reward::of_loan::view(&mut tx, (face, visitor.lang), ctx, loan_id).await?),
        false => None,
    };
    let standing = detail.standing.as_ref().map(|(standing, _)| *standing);
    let papers = match acts {
        true => of_loan::view(&mut tx, face, loan_id, standing).await?,
        false => None,
    };
    let told = one::Told {
        face,
        lang: visitor.lang,
        detail: &detail,
        opens_imports: face.may(Right::SeeFiles) && through.is_none(),
        unmasks: face.may(Right::Unmask) && through.is_none(),
        through: through.as_ref(),
        day,
        past: day != ctx.today,
        back: visitor.list_before.clone(),
    };
    let loan = told.view();
    let section = if through.is_some() { Section::Home } else { Section::Loans };
    let page = Page { through, ..face.page_of_loans(&mut tx, visitor, section, &county).await? };
    html(&LoanPage { page, loan, handling, reward, papers })
}
