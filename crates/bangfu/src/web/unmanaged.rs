//! `/unmanaged` (无人管户): loans that nobody looks after, by village; and a credit manager named for many of them at once.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::money::Fen;
use bangfu_domain::text::squeeze;
use bangfu_domain::warning::Standing;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::keep::{Change, KeepFault};
use bangfu_usecase::officer::assign::{self, Group, Which, assign};
use form_urlencoded::Serializer;
use jiff::civil::Date;
use serde::Deserialize;

use super::address::{self, path_with, secret_of};
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::loan::list::Names;
use super::menu::Section;
use super::page::{Page, unsigned};
use crate::texts::Lang;
use crate::words;

/// Loans without a credit manager.
#[derive(Template)]
#[template(path = "unmanaged.html")]
pub(crate) struct UnmanagedPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) view: UnmanagedView,
}

/// What it shows.
#[derive(Debug, Clone)]
pub(crate) struct UnmanagedView {
    /// Villages and branches.
    pub(crate) groups: Vec<GroupRow>,
    /// The loans to choose from; none before some are asked for.
    pub(crate) loans: Option<Vec<LoanToName>>,
    /// More than can be shown at once.
    pub(crate) is_more: bool,
    /// Who can be named: id, name, and how many loans of the village they have.
    pub(crate) managers: Vec<(i64, String, u64)>,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}

/// Loans of a village and a branch.
#[derive(Debug, Clone)]
pub(crate) struct GroupRow {
    /// Its loans, to choose from.
    pub(crate) href: String,
    /// Township and village.
    pub(crate) place: String,
    /// The branch.
    pub(crate) branch: String,
    /// How many.
    pub(crate) loans: u64,
    /// What they owe.
    pub(crate) balance: Fen,
    /// Who looks after most others there, and how many.
    pub(crate) suggested: Option<(String, u64)>,
}

/// A loan to choose.
#[derive(Debug, Clone)]
pub(crate) struct LoanToName {
    /// Its id.
    pub(crate) id: i64,
    /// Its page.
    pub(crate) href: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// Its standing.
    pub(crate) standing: Standing,
    /// The due day.
    pub(crate) due_on: Date,
    /// What is owed.
    pub(crate) balance: Fen,
    /// Whether it is chosen.
    pub(crate) chosen: bool,
}

/// Which loans, and what is to be done, as an address or a form brings it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) village: String,
    pub(crate) branch: String,
    pub(crate) household: String,
    pub(crate) q: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) reason: String,
    pub(crate) seen: String,
    /// The loans that were chosen; only a form brings them.
    #[serde(skip)]
    pub(crate) loans: Option<BTreeSet<i64>>,
}

impl Typed {
    /// What a form brought: a field of loans for each that was chosen.
    fn of_form(fields: Vec<(String, String)>) -> Typed {
        let mut typed = Typed::default();
        let mut loans = BTreeSet::new();
        for (name, value) in fields {
            let field = match name.as_str() {
                "loan" => {
                    loans.extend(value.parse::<i64>());
                    continue;
                }
                "village" => &mut typed.village,
                "branch" => &mut typed.branch,
                "household" => &mut typed.household,
                "q" => &mut typed.q,
                "to" => &mut typed.to,
                "from" => &mut typed.from,
                "reason" => &mut typed.reason,
                "seen" => &mut typed.seen,
                _ => continue,
            };
            *field = value;
        }
        Typed { loans: Some(loans), ..typed }
    }

    /// Whether some loans are asked for.
    fn asks(&self) -> bool {
        [&self.village, &self.branch, &self.household, &self.q].iter().any(|word| !word.trim().is_empty())
    }

    fn which(&self, names: &Names) -> Result<Which, Failure> {
        let division_id = match address::read("village", &self.village, address::code)? {
            Some(code) => Some(names.place(&code).ok_or(Failure::NotFound)?.division_id),
            None => None,
        };
        // A whole number stands in no address and is not looked for here.
        let text = Some(squeeze(&self.q)).filter(|text| !text.is_empty() && secret_of(text).is_none());
        Ok(Which {
            division_id,
            branch_id: address::read("branch", &self.branch, |text| text.parse().ok())?,
            household_id: address::read("household", &self.household, |text| text.parse().ok())?,
            text,
        })
    }
}

/// The page of a village's and a branch's loans.
fn path(village: Option<&str>, branch: i64) -> String {
    let mut words = Serializer::new(String::new());
    if let Some(code) = village {
        words.append_pair("village", code);
    }
    words.append_pair("branch", &branch.to_string());
    path_with("/unmanaged", words)
}

/// `GET /unmanaged`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    show(&face, &visitor, typed, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    mut typed: Typed,
    fault: Option<Refusal>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let groups = assign::groups(&mut tx, &ctx).await?;
    let mut managers: Vec<(i64, String, u64)> =
        assign::managers(&mut tx, &ctx).await?.into_iter().map(|one| (one.officer_id, one.name, 0)).collect();
    let (mut loans, mut is_more) = (None, false);
    if typed.asks() {
        let which = typed.which(&names)?;
        let (rows, seen) = assign::loans(&mut tx, &ctx, &which).await?;
        is_more = rows.len() >= assign::AT_ONCE;
        // Who looks after most others of these villages is offered first.
        for row in &rows {
            let here = groups.iter().find(|group| {
                group.unmanaged.village_id == row.village_id && group.unmanaged.branch_id == row.branch_id
            });
            for (officer, theirs) in here.map(|group| group.known.as_slice()).unwrap_or_default() {
                if let Some(one) = managers.iter_mut().find(|(id, _, _)| *id == officer.officer_id) {
                    one.2 = one.2.max(unsigned(*theirs));
                }
            }
        }
        managers.sort_by_key(|(_, _, theirs)| std::cmp::Reverse(*theirs));
        let suggested = managers.first().filter(|(_, _, theirs)| *theirs > 0);
        if let Some((id, _, _)) = suggested.filter(|_| typed.to.is_empty()) {
            typed.to = id.to_string();
        }
        if typed.from.is_empty() {
            typed.from = ctx.today.to_string();
        }
        let chosen = typed.loans.clone();
        let row = |row: &bangfu_store::loan::ListRow| {
            let (township, village) = names.village(row.village_id);
            LoanToName {
                id: row.loan_id,
                href: format!("/loans/{}", row.loan_id),
                borrower: row.borrower_name.clone(),
                number: row.number.clone(),
                place: format!("{township} {village}").trim().to_owned(),
                standing: row.standing,
                due_on: row.due_on,
                balance: row.balance_fen,
                chosen: chosen.as_ref().is_none_or(|chosen| chosen.contains(&row.loan_id)),
            }
        };
        loans = Some(rows.iter().map(row).collect());
        typed.seen = seen;
    }
    let view = UnmanagedView {
        groups: groups.iter().map(|group| group_row(&names, group)).collect(),
        loans,
        is_more,
        managers,
        typed,
        fault: fault.as_ref().map(|refusal| said(visitor.lang, refusal)),
    };
    let status = if view.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page_of_loans(&mut tx, visitor, Section::Tasks, &county).await?;
    if status != StatusCode::OK {
        "/unmanaged".clone_into(&mut page.address);
    }
    Ok((status, html(&UnmanagedPage { page, view })?).into_response())
}

fn said(lang: Lang, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Keep(KeepFault::NoHeir) => lang.text("unmanaged-nobody"),
        Refusal::Keep(KeepFault::Nothing) => lang.text("unmanaged-nothing"),
        refusal => words::refusal(lang, refusal),
    }
}

fn group_row(names: &Names, group: &Group) -> GroupRow {
    let one = &group.unmanaged;
    let (township, village) = names.village(one.village_id);
    GroupRow {
        href: path(names.code(one.village_id), one.branch_id),
        place: format!("{township} {village}").trim().to_owned(),
        branch: names.branch(one.branch_id).to_owned(),
        loans: unsigned(one.totals.loans),
        balance: one.totals.balance_fen,
        suggested: group.known.first().map(|(who, loans)| (who.name.clone(), unsigned(*loans))),
    }
}

/// `POST /unmanaged`
pub(super) async fn tell(
    face: Face,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let typed = Typed::of_form(fields);
    let ctx = face.ctx();
    let which = {
        let mut tx = face.app.db.read().await?;
        let county = face.county(&mut tx).await?;
        let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
        typed.which(&names)?
    };
    let from = address::read("day", &typed.from, address::day)?.unwrap_or(ctx.today);
    let officer_id = address::read("to", &typed.to, |text| text.parse().ok())?.unwrap_or(0);
    let chosen = typed.loans.clone().unwrap_or_default();
    let change = Change { seen: typed.seen.clone(), from, reason: typed.reason.clone() };
    match assign(&face.app.db, &ctx, &which, (&chosen, officer_id), &change).await {
        Ok(_) => Ok(Flash::Kept.redirect("/unmanaged")),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, typed, Some(refusal)).await
        }
        Err(error) => Err(error.into()),
    }
}
