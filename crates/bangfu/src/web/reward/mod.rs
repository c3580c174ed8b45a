//! `/rewards`: lists of rewards (奖励名单) for those who repaid on time, from the draft to the payment, and what is shown in
//! public.

mod act;
pub(crate) mod of_loan;
mod one;
mod public;
mod sheet;
#[cfg(test)]
mod tests;
pub(crate) mod view;

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::ledger::AccountKind;
use bangfu_domain::money::Fen;
use bangfu_store::reward::Summed;
use bangfu_usecase::access::Right;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::reward;
use jiff::civil::Date;
use serde::Deserialize;

use super::address;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use view::{FaultView, Preview};

pub(super) use act::pay;
pub(super) use act::{approve, check, decide, object, publish, reject, take_out, withdraw};
pub(super) use one::get;
pub(super) use public::page as publicity;
pub(super) use sheet::{form as list_xlsx, public as publicity_xlsx};

/// All lists, and what a new one would hold.
#[derive(Template)]
#[template(path = "rewards.html")]
pub(crate) struct RewardsPage {
    /// The frame.
    pub(crate) page: Page,
    /// The lists, the newest first.
    pub(crate) lists: Vec<Summed>,
    /// What was granted, and what of it is still owed.
    pub(crate) granted: Fen,
    /// What of it is still owed.
    pub(crate) owed: Fen,
    /// The period that is asked for, as typed.
    pub(crate) period: (String, String),
    /// What a list of it would hold.
    pub(crate) preview: Option<Preview>,
    /// Whether whoever looks may make one.
    pub(crate) may_propose: bool,
    /// What is wrong with what was asked for.
    pub(crate) fault: Option<FaultView>,
}

impl RewardsPage {
    /// The key of the word for how far a list has come, and its look.
    pub(crate) fn state(&self, one: &Summed) -> (&'static str, &'static str) {
        view::state_of(one.list.state)
    }
}

/// The path of a list.
pub(super) fn path(list_id: i64) -> String {
    format!("/rewards/{list_id}")
}

/// A period as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Period {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

impl Period {
    fn days(&self) -> Option<(Date, Date)> {
        address::day(self.from.trim()).zip(address::day(self.until.trim()))
    }
}

/// `GET /rewards`
pub(super) async fn list(
    face: Face,
    visitor: Visitor,
    Query(period): Query<Period>,
) -> Result<Response, Failure> {
    show(&face, &visitor, period, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    period: Period,
    refused: Option<Refusal>,
) -> Result<Response, Failure> {
    let (ctx, lang) = (face.ctx(), visitor.lang);
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let lists = reward::list(&mut tx, &ctx).await?;
    let balances = reward::balances(&mut tx, &ctx).await?;
    let of = |kind| balances.iter().find(|(one, _)| *one == kind).map_or(Fen::ZERO, |(_, fen)| *fen);
    let asked = !(period.from.is_empty() && period.until.is_empty());
    let may_propose = face.may(Right::ProposeReward);
    let looked = match period.days() {
        Some(days) if may_propose => Some(reward::preview(&mut tx, &ctx, days).await),
        None if asked => Some(Err(Refusal::Reward(reward::RewardFault::Period).into())),
        _ => None,
    };
    let (preview, refused) = match (looked, refused) {
        (Some(Ok(gathered)), refused) => (Some(Preview::of(lang, &gathered)), refused),
        (Some(Err(Error::Refused(refusal))), _) => (None, Some(refusal)),
        (Some(Err(error)), _) => return Err(error.into()),
        (None, refused) => (None, refused),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Rewards, &county);
    if refused.is_some() {
        page.address = "/rewards".to_owned();
    }
    // The month before is what a county usually asks for.
    let month = ctx.today.first_of_month().yesterday().unwrap_or(ctx.today);
    let usual = (month.first_of_month().to_string(), month.to_string());
    let shown = RewardsPage {
        page,
        lists,
        granted: of(AccountKind::RewardExpense),
        owed: -of(AccountKind::RewardPayable),
        period: if asked { (period.from, period.until) } else { usual },
        preview,
        may_propose,
        fault: refused.map(|refusal| FaultView::of(lang, &refusal)),
    };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /rewards`
pub(super) async fn propose(
    face: Face,
    visitor: Visitor,
    Form(period): Form<Period>,
) -> Result<Response, Failure> {
    let account_id = face.who.as_ref().ok_or(Failure::NotFound)?.live.session.account_id;
    let Some(days) = period.days() else {
        let fault = Refusal::Reward(reward::RewardFault::Period);
        return show(&face, &visitor, period, Some(fault)).await;
    };
    match reward::propose(&face.app.db, &face.ctx(), account_id, days).await {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, period, Some(refusal)).await
        }
        made => {
            let path = path(made?);
            Ok(Flash::RewardChanged.redirect(&path))
        }
    }
}
