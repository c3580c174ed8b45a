//! `GET /rewards/{id}`: one list, what was done with it, and what is to be done next.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::loan::add_days;
use bangfu_domain::money::{Fen, in_words};
use bangfu_domain::reward::{ListState, ObjectionState, RewardKind};
use bangfu_store::reward::RewardList;
use bangfu_usecase::access::Right;
use bangfu_usecase::division::Places;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::reward::{self, Held, Look};
use serde::Deserialize;

use super::act::Sent;
use super::path;
use super::view::{EntryRow, FaultView, MissedRow, ObjectionRow, PaymentRow, StepRow, kind_key, state_of};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;

/// Entries on a page of a list.
const AT_ONCE: usize = 100;

/// Loans without a reward that a page names.
const MISSED_MAX: usize = 300;

/// One list.
#[derive(Template)]
#[template(path = "reward.html")]
pub(crate) struct RewardPage {
    /// The frame.
    pub(crate) page: Page,
    /// The list.
    pub(crate) list: RewardList,
    /// Its path.
    pub(crate) href: String,
    /// How many entries stand of each kind, and what they come to.
    pub(crate) kinds: Vec<(String, usize, Fen)>,
    /// What they come to together, and that in words.
    pub(crate) total: (Fen, String),
    /// What was paid.
    pub(crate) paid: Fen,
    /// The entries of this page of it.
    pub(crate) rows: Vec<EntryRow>,
    /// Other pages of it: number, address, and whether it is this one.
    pub(crate) pages: Vec<(usize, String, bool)>,
    /// Loans that earn nothing, and how many there are.
    pub(crate) missed: (Vec<MissedRow>, usize),
    /// What was done.
    pub(crate) steps: Vec<StepRow>,
    /// What was objected to.
    pub(crate) objections: Vec<ObjectionRow>,
    /// What was paid.
    pub(crate) payments: Vec<PaymentRow>,
    /// What whoever looks may do.
    pub(crate) may: May,
    /// What was typed.
    pub(crate) sent: Sent,
    /// What is wrong with it.
    pub(crate) fault: Option<FaultView>,
}

/// What whoever looks may do with a list as it stands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct May {
    /// Check it.
    pub(crate) check: bool,
    /// Say no to it.
    pub(crate) reject: bool,
    /// Take it back.
    pub(crate) withdraw: bool,
    /// Show it in public.
    pub(crate) publish: bool,
    /// Record an objection.
    pub(crate) object: bool,
    /// Approve it.
    pub(crate) approve: bool,
    /// Record a payment.
    pub(crate) pay: bool,
    /// Ask that an entry be taken out.
    pub(crate) take_out: bool,
    /// It waits for somebody else than whoever made it.
    pub(crate) waits_for_another: bool,
    /// Its publicity is not over.
    pub(crate) waits_for_day: bool,
    /// Something is undecided.
    pub(crate) waits_for_decision: bool,
}

impl RewardPage {
    /// The key of the word for how far it has come, and its look.
    pub(crate) fn state(&self) -> (&'static str, &'static str) {
        state_of(self.list.state)
    }
}

/// Which page of it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    page: usize,
}

/// `GET /rewards/{id}`
pub(in crate::web) async fn get(
    face: Face,
    visitor: Visitor,
    Path(list_id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&face, &visitor, (list_id, asked.page), Sent::default(), None).await
}

/// The page of a list, with what was typed and what is wrong with it.
pub(super) async fn show(
    face: &Face,
    visitor: &Visitor,
    (list_id, at): (i64, usize),
    sent: Sent,
    refused: Option<Refusal>,
) -> Result<Response, Failure> {
    let (ctx, lang) = (face.ctx(), visitor.lang);
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let look = reward::look(&mut tx, &ctx, list_id).await?;
    let places = Places::load(&mut tx, county.division_id).await?;
    let account_id = face.who.as_ref().map_or(0, |who| who.live.session.account_id);
    let may = may(face, &look, account_id, ctx.today);
    let count = look.entries.len();
    let last = count.saturating_sub(1) / AT_ONCE;
    let at = at.clamp(1, last + 1);
    let here = (1..).zip(&look.entries).skip((at - 1) * AT_ONCE).take(AT_ONCE);
    let rows = here.map(|(number, one)| {
        let payable = may.pay && look.payable.contains(&one.entry.entry_id);
        EntryRow::of(number, one, payable, &places)
    });
    let kinds = RewardKind::ALL.map(|kind| {
        let of = || look.standing().filter(move |one| one.entry.kind == kind);
        (kind_key(kind), of().count(), of().map(|one| one.entry.amount_fen).sum())
    });
    let total: Fen = look.standing().map(|one| one.entry.amount_fen).sum();
    let mut page = face.page(visitor, Section::Rewards, &county);
    let href = path(list_id);
    page.address = if at > 1 { format!("{href}?page={at}") } else { href.clone() };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let paid_by = |payment: i64| {
        let by = |held: Held| match held {
            Held::Paid(one) => Some(one),
            Held::TakenOut { paid } | Held::TakesOut { paid } => paid,
            Held::Standing | Held::Moved => None,
        };
        look.entries.iter().filter(|one| by(one.held) == Some(payment)).count()
    };
    let shown = RewardPage {
        page,
        rows: rows.collect(),
        pages: (1..=last + 1)
            .filter(|_| last > 0)
            .map(|number| (number, format!("{href}?page={number}"), number == at))
            .collect(),
        href,
        kinds: kinds.into_iter().filter(|(_, count, _)| *count > 0).collect(),
        total: (total, in_words(total)),
        paid: look.payments.iter().map(|one| one.amount_fen).sum(),
        missed: (
            look.missed.iter().take(MISSED_MAX).map(|one| MissedRow::of(lang, one)).collect(),
            look.missed.len(),
        ),
        steps: look.steps.iter().map(|step| StepRow::of(step, face.local(step.at))).collect(),
        objections: objections(face, &look, account_id),
        payments: look
            .payments
            .iter()
            .map(|one| PaymentRow { one: one.clone(), entries: paid_by(one.payment_id) })
            .collect(),
        may,
        sent,
        fault: refused.map(|refusal| FaultView::of(lang, &refusal)),
        list: look.list,
    };
    Ok((status, html(&shown)?).into_response())
}

fn objections(face: &Face, look: &Look, account_id: i64) -> Vec<ObjectionRow> {
    let number = |entry_id: i64| look.entries.iter().position(|one| one.entry.entry_id == entry_id);
    let row = |one: &bangfu_store::reward::Objection| ObjectionRow {
        entry: one.entry_id.and_then(number).map(|at| at + 1),
        at: face.local(one.made_at),
        decided: one.decided.as_ref().map(|by| (by.decider.clone(), face.local(by.at), by.reason.clone())),
        may_decide: one.state == ObjectionState::Open
            && one.maker_id != account_id
            && look.list.state.stands()
            && face.may(Right::CheckReward),
        one: one.clone(),
    };
    look.objections.iter().map(row).collect()
}

fn may(face: &Face, look: &Look, account_id: i64, today: jiff::civil::Date) -> May {
    let (state, is_own) = (look.list.state, look.list.maker_id == account_id);
    let (checks, makes) = (face.may(Right::CheckReward), face.may(Right::ProposeReward));
    let is_open = matches!(state, ListState::Draft | ListState::Checked | ListState::Public);
    let over = look.list.public.is_some_and(|(_, until)| today >= add_days(until, 1));
    let undecided = look.objections.iter().any(|one| one.state == ObjectionState::Open);
    let of_public = state == ListState::Public;
    May {
        check: checks && !is_own && state == ListState::Draft,
        reject: checks && !is_own && is_open,
        withdraw: makes && is_own && state == ListState::Draft,
        publish: makes && state == ListState::Checked,
        object: makes && of_public,
        approve: checks && !is_own && of_public && over && !undecided,
        pay: face.may(Right::PayReward) && !look.payable.is_empty(),
        take_out: makes && state.stands(),
        waits_for_another: is_own && (state == ListState::Draft || (of_public && over)),
        waits_for_day: of_public && !over,
        waits_for_decision: of_public && undecided,
    }
}
