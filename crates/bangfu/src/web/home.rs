//! `/`: one's own work, the most urgent first.

use askama::Template;
use axum::response::Response;
use bangfu_domain::loan::days_between;
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_store::county::County;
use bangfu_store::difference::{self, Shown};
use bangfu_store::import::{self, Status};
use bangfu_store::message::{self, Part};
use bangfu_store::slip::{self, SlipFilter};
use bangfu_store::task::Show;
use bangfu_store::{Area, Tx, account, bank, erasure, grant, handling, reward};
use bangfu_usecase::access::Right;
use bangfu_usecase::account as accounts;
use bangfu_usecase::amendment::{self, Amendment};
use bangfu_usecase::ctx::Ctx;
use bangfu_usecase::delivery;
use bangfu_usecase::task::list::count;

use super::carrier::{Carried, carried};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::handling as handlings;
use super::leader;
use super::loan::filter::LoanFilter;
use super::loan::list::Names;
use super::menu::Section;
use super::page::{Page, unsigned};
use super::saved_list::{self, Kept};
use super::task::path_of;
use crate::texts::Lang;

/// One's own work.
#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) home: Home,
}

/// One's own work.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// What waits, the most urgent first.
    pub(crate) waiting: Vec<Waiting>,
    /// What one carries.
    pub(crate) carried: Option<Carried>,
    /// Lists under a name.
    pub(crate) lists: Vec<Kept>,
    /// Whether there is no loan in one's area at all.
    pub(crate) nothing: bool,
}

/// Something that waits for whoever is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    /// What.
    pub(crate) text: String,
    /// What it means, or what to do.
    pub(crate) hint: String,
    /// How many.
    pub(crate) count: u64,
    /// Where it is done.
    pub(crate) href: String,
    /// The standing whose colour it bears.
    pub(crate) standing: Option<Standing>,
}

/// `GET /`
pub(super) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let ctx = face.ctx();
    // A leader begins with the sheet that answers in one look.
    if ctx.role == Some(Role::Leader) {
        return leader::show(&face, &visitor, Section::Home).await;
    }
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let lang = visitor.lang;
    let mut waiting = Vec::new();
    let (mut load, mut lists) = (None, Vec::new());
    if face.may(Right::SeeBook) {
        let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
        let list = LoanFilter::of_day(ctx.today);
        let carries = carried(&mut tx, &face, &county, &names, &list, ctx.today).await?;
        waiting.extend(loans(lang, &list, &carries));
        waiting.extend(tasks(&mut tx, &ctx, lang).await?);
        waiting.extend(handlings(&mut tx, &face, &ctx, lang).await?);
        waiting.push(limitations(&mut tx, &ctx, lang).await?);
        load = Some(carries);
        lists = saved_list::kept(&mut tx, &face, &names, ctx.today).await?;
    }
    if face.may(Right::SeeDifferences) {
        waiting.extend(differences(&mut tx, &ctx, lang).await?);
    }
    if let Area::Branch(branch_id) = ctx.scope.area {
        waiting.extend(report(&mut tx, &ctx, lang, branch_id).await?);
    }
    if face.may(Right::TakeFiles) {
        waiting.extend(files(&mut tx, &ctx, lang, &county).await?);
    }
    waiting.extend(messages(&mut tx, &face, &ctx, lang).await?);
    waiting.extend(asked(&mut tx, &face, &ctx, lang).await?);
    if face.may(Right::ManageAccounts) {
        waiting.extend(people(&mut tx, &ctx, lang).await?);
    }
    waiting.retain(|one| one.count > 0);
    let nothing = load.as_ref().is_some_and(|carried| carried.rows.is_empty());
    let home = Home { waiting, carried: load, lists, nothing };
    let page = face.page_of_loans(&mut tx, &visitor, Section::Home, &county).await?;
    html(&HomePage { page, home })
}

fn waits(lang: Lang, key: &str, (count, href): (u64, String)) -> Waiting {
    let text = lang.text(&format!("waits-{key}"));
    Waiting { text, hint: lang.text(&format!("waits-{key}-hint")), count, href, standing: None }
}

/// What is to be done by now.
async fn tasks(tx: &mut Tx, ctx: &Ctx, lang: Lang) -> Result<[Waiting; 3], Failure> {
    let mut of = async |show| {
        Ok::<_, Failure>((unsigned(count(tx, ctx, show, false).await?), path_of(show, false, None)))
    };
    let (late, promised, today) = (of(Show::Late).await?, of(Show::Promised).await?, of(Show::Today).await?);
    Ok([
        waits(lang, "late-tasks", late),
        waits(lang, "promises", promised),
        waits(lang, "tasks-of-today", today),
    ])
}

/// How loans are to be handled: what waits for a check or for the bank.
async fn handlings(tx: &mut Tx, face: &Face, ctx: &Ctx, lang: Lang) -> Result<Vec<Waiting>, Failure> {
    let mut waiting = Vec::new();
    let mut of = async |part| {
        let count = bangfu_usecase::handling::count(tx, ctx, part).await?;
        Ok::<_, Failure>((unsigned(count), handlings::path_of(part, None)))
    };
    if face.may(Right::CheckHandling) {
        waiting.push(waits(lang, "handlings-check", of(handling::Waiting::Check).await?));
    }
    if face.may(Right::AnswerHandling) {
        waiting.push(waits(lang, "handlings-bank", of(handling::Waiting::Bank).await?));
    }
    Ok(waiting)
}

/// Messages that did not go through, and slips that are to be handed over.
async fn messages(tx: &mut Tx, face: &Face, ctx: &Ctx, lang: Lang) -> Result<Vec<Waiting>, Failure> {
    let mut waiting = Vec::new();
    if face.may(Right::KeepMessages) {
        let failed = unsigned(message::count(tx, &ctx.scope, Part::Failed).await?);
        waiting.push(waits(lang, "messages", (failed, super::message::path_of(Part::Failed, None, None))));
    }
    if face.may(Right::RecordContact) {
        let filter = SlipFilter { part: slip::Part::Open, place_id: None, on_day: None };
        let open = unsigned(slip::count(tx, &ctx.scope, ctx.today, filter).await?);
        waiting.push(waits(lang, "slips", (open, super::message::slip::path_of(filter, 0))));
    }
    Ok(waiting)
}

/// Loans that ask for something now.
fn loans(lang: Lang, list: &LoanFilter, carries: &Carried) -> [Waiting; 3] {
    let of = |standing| {
        let figure = carries.figures.iter().find(|figure| figure.standing == standing);
        (figure.map_or(0, |figure| figure.tally.loans), list.standing(standing).address())
    };
    let [overdue, red, awaiting] = [Standing::Overdue, Standing::Red, Standing::Awaiting].map(of);
    [
        Waiting { standing: Some(Standing::Overdue), ..waits(lang, "overdue", overdue) },
        Waiting { standing: Some(Standing::Red), ..waits(lang, "red", red) },
        Waiting { standing: Some(Standing::Awaiting), ..waits(lang, "awaiting", awaiting) },
    ]
}

/// Overdue loans whose banks soon may sue no more.
async fn limitations(tx: &mut Tx, ctx: &Ctx, lang: Lang) -> Result<Waiting, Failure> {
    let ending = unsigned(delivery::ending(tx, ctx, delivery::MONTHS).await?.len());
    Ok(waits(lang, "limitations", (ending, "/limitations".to_owned())))
}

/// What bank and book disagree on.
async fn differences(tx: &mut Tx, ctx: &Ctx, lang: Lang) -> Result<[Waiting; 2], Failure> {
    let late = difference::Filter { shown: Shown::Late, ..difference::Filter::default() };
    let late = unsigned(difference::count(tx, &ctx.scope, ctx.today, &late).await?);
    let standing = difference::Filter::default();
    let standing = unsigned(difference::count(tx, &ctx.scope, ctx.today, &standing).await?);
    Ok([
        waits(lang, "late-differences", (late, "/differences?state=late".to_owned())),
        waits(lang, "differences", (standing, "/differences".to_owned())),
    ])
}

/// A branch's report that is behind.
async fn report(tx: &mut Tx, ctx: &Ctx, lang: Lang, branch_id: i64) -> Result<Option<Waiting>, Failure> {
    let branches = bank::branches_in(tx, &ctx.scope, ctx.today).await?;
    let mut stands = branches.into_iter().filter(|(branch, _)| branch.stands_on(ctx.today));
    let own = stands.find(|(branch, _)| branch.branch_id == branch_id);
    let Some(until) = own.and_then(|(branch, _)| branch.until_on) else { return Ok(None) };
    let behind = days_between(until, ctx.today);
    let count = unsigned(behind.max(0));
    Ok(Some(waits(lang, "report", (count, super::branch::path(branch_id)))))
}

/// Files that were read in and wait to be taken over, and loans that nobody looks after.
async fn files(tx: &mut Tx, ctx: &Ctx, lang: Lang, county: &County) -> Result<Vec<Waiting>, Failure> {
    let staged = import::under_way(tx, &ctx.scope, Status::Staged).await?;
    let unmanaged = bangfu_store::loan::Filter { manager_id: Some(0), ..Default::default() };
    let loans = bangfu_store::loan::totals(tx, &ctx.scope, ctx.today, &unmanaged).await?.loans;
    let behind = county.closed_on.map_or(0, |closed| days_between(closed, ctx.today).max(0));
    Ok(vec![
        waits(lang, "files", (unsigned(staged.len()), "/imports".to_owned())),
        waits(lang, "nobodys", (unsigned(loans), "/unmanaged".to_owned())),
        waits(lang, "close", (unsigned(behind), "/board".to_owned())),
    ])
}

/// What others asked for or proposed, and wait to hear of.
pub(super) async fn asked(tx: &mut Tx, face: &Face, ctx: &Ctx, lang: Lang) -> Result<Vec<Waiting>, Failure> {
    let Some(who) = &face.who else { return Ok(Vec::new()) };
    let account_id = who.live.session.account_id;
    let mut asked = Vec::new();
    if face.may(Right::OverseeAccess) {
        let count = grant::waiting(tx, (&ctx.scope, ctx.today), account_id).await?;
        asked.push(waits(lang, "access", (unsigned(count), "/access".to_owned())));
    }
    if face.may(Right::DecideErasure) {
        let count = erasure::waiting(tx, &ctx.scope, account_id).await?;
        asked.push(waits(lang, "erasures", (unsigned(count), "/erasures".to_owned())));
    }
    if face.may(Right::CheckReward) {
        let count = reward::waiting(tx, &ctx.scope, account_id, ctx.today).await?;
        asked.push(waits(lang, "rewards", (unsigned(count), "/rewards".to_owned())));
    }
    if face.may(Right::DecideRules) {
        let of_others = |all: &[Amendment]| all.iter().filter(|one| one.waits_for(account_id)).count();
        let packs = of_others(&amendment::of_packs(tx, ctx).await?);
        asked.push(waits(lang, "packs", (unsigned(packs), "/admin/packs".to_owned())));
        let years = of_others(&amendment::of_years(tx, ctx).await?);
        asked.push(waits(lang, "years", (unsigned(years), "/admin/calendar".to_owned())));
    }
    Ok(asked)
}

/// Accounts that nobody has used yet, or can.
async fn people(tx: &mut Tx, ctx: &Ctx, lang: Lang) -> Result<Vec<Waiting>, Failure> {
    let all = accounts::list(tx, ctx).await?;
    let count =
        |wanted: fn(&account::Account) -> bool| unsigned(all.iter().filter(|one| wanted(one)).count());
    Ok(vec![
        waits(
            lang,
            "first-passwords",
            (count(|one| one.must_change && !one.disabled), "/accounts".to_owned()),
        ),
        waits(lang, "no-posts", (count(|one| one.posts.is_empty() && !one.disabled), "/accounts".to_owned())),
    ])
}
