//! `/outcomes` (处置成效): what came of the work, and the loans behind each number.

pub(crate) mod address;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod view;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_domain::loan::add_days;
use bangfu_domain::text::pinyin_key;
use bangfu_store::Tx;
use bangfu_store::county::County;
use bangfu_usecase::outcome::{Row, Work, find, outcomes};
use jiff::civil::Date;

use self::address::{OutcomeAddress, RawAddress};
use self::view::{Column, LoadRow, OutcomeView, funnel};
use super::board::address::By;
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::list::Names;
use super::menu::Section;
use super::page::{Page, unsigned};
use crate::texts::Lang;

/// The figures.
#[derive(Template)]
#[template(path = "outcomes.html")]
pub(crate) struct OutcomesPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) view: OutcomeView,
}

/// `GET /outcomes`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    let address = OutcomeAddress::read(&raw, face.app.today())?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let view = look(&mut tx, &face, &county, visitor.lang, address).await?;
    html(&OutcomesPage { page: face.page_of_loans(&mut tx, &visitor, Section::Board, &county).await?, view })
}

/// What an address shows.
async fn look(
    tx: &mut Tx,
    face: &Face,
    county: &County,
    lang: Lang,
    address: OutcomeAddress,
) -> Result<OutcomeView, Failure> {
    let ctx = face.ctx();
    let names = Names::load(tx, &ctx.scope, county.division_id, ctx.today).await?;
    let found = find(tx, &ctx, address.days).await?;
    let mut found = outcomes(tx, &ctx, &found, address.by.axis()).await?;
    let name = |row: &Row| named(lang, &names, address.by, row);
    found.rows.sort_by_cached_key(|row| {
        let count = address.sort.of(&row.work);
        (if address.reversed { count } else { -count }, pinyin_key(&name(row)))
    });
    let (done, ends) = funnel(&found.whole, &address);
    let rows = found.rows.iter().map(|row| {
        let at = of_row(&address, row);
        let href = match address.by {
            By::Officer if row.key_id != 0 => Some(format!("/officers/{}", row.key_id)),
            By::Branch => Some(super::branch::path(row.key_id)),
            _ => None,
        };
        load(name(row), href, &row.work, &at, ctx.today)
    });
    let rows = rows.collect();
    let total = load(lang.text("total-row"), None, &found.whole, &address, ctx.today);
    Ok(OutcomeView { periods: periods(&address, ctx.today), address, done, ends, rows, total })
}

/// Whose a row is.
fn named(lang: Lang, names: &Names, by: By, row: &Row) -> String {
    if !row.name.is_empty() {
        return row.name.clone();
    }
    match (by, row.key_id) {
        (By::Officer, 0) => lang.text("no-manager"),
        (By::Officer, id) => names.officer(id).map_or_else(|| id.to_string(), str::to_owned),
        (_, id) => id.to_string(),
    }
}

/// The address narrowed to a row.
fn of_row(address: &OutcomeAddress, row: &Row) -> OutcomeAddress {
    let mut at = address.clone();
    match address.by {
        By::Officer => at.officer = Some(row.key_id),
        By::Branch => at.branch = Some(row.key_id),
        By::Township | By::Village => at.township = Some(row.code.clone()).filter(|code| !code.is_empty()),
    }
    at
}

fn load(name: String, href: Option<String>, work: &Work, at: &OutcomeAddress, today: Date) -> LoadRow {
    let cell = |column: Column| (column, unsigned(column.of(work)), column.href(at, today));
    LoadRow { name, href, cells: Column::ALL.map(cell).to_vec() }
}

/// Days that are often asked for.
fn periods(address: &OutcomeAddress, today: Date) -> Vec<(&'static str, String)> {
    let month = today.first_of_month();
    let before = add_days(month, -1);
    let days = [
        ("period-week", (add_days(today, -6), today)),
        ("period-month", (month, today)),
        ("period-month-before", (before.first_of_month(), before)),
        ("period-year", (today.first_of_year(), today)),
    ];
    days.map(|(key, days)| (key, OutcomeAddress { days, ..address.clone() }.path())).to_vec()
}
