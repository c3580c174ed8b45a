//! Reads a page of a list: its loans, and how many there are of each standing.

use bangfu_domain::money::Fen;
use bangfu_domain::text::pinyin_key;
use bangfu_domain::warning::Standing;
use bangfu_store::county::County;
use bangfu_store::loan::{self, Cursor, Filter, ListRow, Order, Page, Totals};
use bangfu_store::value::Value;
use bangfu_store::{Scope, Tx};
use bangfu_usecase::rules::reach;
use bangfu_usecase::search::{self, HOUSEHOLDS_MAX, Paging};
use jiff::civil::Date;

use super::filter::{At, LoanFilter, Sort, Wanted};
use super::list::{Names, shown_of};
use super::view::{HouseholdHit, StateTab};
use crate::web::address::{UnknownWord, day as day_of};
use crate::web::board::view::SHOWN;
use crate::web::failure::Failure;
use crate::web::household;
use crate::web::page::unsigned;

/// Loans on a page of a list.
pub(super) const PAGE: usize = 50;

/// A page of a list.
pub(super) struct PartOfList {
    /// Its loans.
    pub(super) rows: Vec<ListRow>,
    /// The key before which the page before ends, where there is one.
    pub(super) previous: Option<String>,
    /// The key after which the next page begins, where there is one.
    pub(super) next: Option<String>,
    /// Loans in the whole list.
    pub(super) loans: u64,
    /// What they owe.
    pub(super) balance: Fen,
    /// False if there may be more.
    pub(super) complete: bool,
    /// The standings to choose from.
    pub(super) states: Vec<StateTab>,
}

/// Reads the page of a list that an address asks for.
pub(super) async fn part(
    tx: &mut Tx,
    scope: &Scope,
    county: &County,
    day: Date,
    asked: &Filter,
    filter: &LoanFilter,
) -> Result<PartOfList, Failure> {
    let (order, cursor) = (order(filter.sort), cursor(filter)?);
    let before = matches!(filter.at, At::Before(_));
    let backwards = asked.backwards != before;
    let (mut found, totals, complete, tallies) = if search::is_search(asked) {
        let found = search::loans(tx, scope, day, asked).await?;
        let paging = Paging { order, backwards, after: cursor.as_ref(), limit: PAGE };
        let page = found.page(tx, scope, day, paging).await?;
        (page, found.totals(), found.complete, found.tallies)
    } else {
        let reach = reach(tx, county, asked.shown, day).await?;
        let asked = Filter { backwards, reach, ..asked.clone() };
        let order = order.unwrap_or_default();
        let found = loan::list(tx, scope, day, &asked, order, cursor.as_ref(), PAGE).await?;
        let tallies = loan::tallies(tx, scope, day, &asked).await?;
        (found, asked.shown.of(&tallies), true, Some(tallies))
    };
    if before {
        found.rows.reverse();
    }
    let Page { rows, next } = found;
    let key = |row: Option<&ListRow>| row.map(|row| key_of(row, filter.sort));
    let has_more = next.is_some();
    let (first, last) = (key(rows.first()), key(rows.last()));
    Ok(PartOfList {
        rows,
        previous: first.filter(|_| if before { has_more } else { filter.at != At::Start }),
        next: last.filter(|_| before || has_more),
        loans: unsigned(totals.loans),
        balance: totals.balance_fen,
        complete,
        states: states(filter, tallies.as_deref()),
    })
}

/// The standings above a list, each with how many loans the other filters leave.
fn states(filter: &LoanFilter, tallies: Option<&[(Standing, Totals)]>) -> Vec<StateTab> {
    let shown = SHOWN.into_iter().map(Wanted::One);
    let wanted = [Wanted::Owing].into_iter().chain(shown).chain([Wanted::Any]);
    wanted
        .map(|wanted| StateTab {
            wanted,
            loans: tallies.map(|tallies| unsigned(shown_of(wanted).of(tallies).loans)),
            href: LoanFilter { state: wanted, ..filter.beginning() }.address(),
            here: wanted == filter.state,
        })
        .collect()
}

/// The households whose heads bear the name that a list is searched for, and whether there are more; none beside a
/// later page, or where the list is narrowed to more than a place.
pub(super) async fn households(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    asked: &Filter,
    names: &Names,
    filter: &LoanFilter,
) -> Result<(Vec<HouseholdHit>, bool), Failure> {
    let Some(name) = asked.text.as_deref() else { return Ok((Vec::new(), false)) };
    let to = [filter.branch, filter.officer, filter.tied, filter.household, filter.enterprise];
    let narrowed = to.iter().any(Option::is_some) || filter.due.is_some() || filter.within.is_some();
    if narrowed || filter.quiet.is_some() || filter.at != At::Start {
        return Ok((Vec::new(), false));
    }
    let found = search::households(tx, scope, day, name, asked.division_id).await?;
    let more = found.len() > HOUSEHOLDS_MAX;
    let hits = found.into_iter().take(HOUSEHOLDS_MAX).map(|hit| {
        let (township, village) = names.village(hit.household.village_id);
        HouseholdHit {
            head: hit.household.head_name,
            place: format!("{township} {village}"),
            size: hit.household.size.map(unsigned),
            loans: unsigned(hit.loans),
            href: Some(household::path(hit.household.household_id)),
        }
    });
    Ok((hits.collect(), more))
}

/// The order as the store knows it; none for the nearest first.
pub(super) fn order(sort: Sort) -> Option<Order> {
    match sort {
        Sort::Due => Some(Order::Due),
        Sort::Balance => Some(Order::Balance),
        Sort::Name => Some(Order::Name),
        Sort::Number => Some(Order::Number),
        Sort::Nearest => None,
    }
}

/// A row's key as an address writes it: the value by which the list is ordered, and the loan.
fn key_of(row: &ListRow, sort: Sort) -> String {
    let value = match sort {
        Sort::Due => row.due_on.to_string(),
        Sort::Balance => row.balance_fen.get().to_string(),
        Sort::Name => pinyin_key(&row.borrower_name),
        Sort::Number => row.number.clone(),
        Sort::Nearest => String::new(),
    };
    format!("{value}~{}", row.loan_id)
}

fn cursor(filter: &LoanFilter) -> Result<Option<Cursor>, UnknownWord> {
    let (field, word) = match &filter.at {
        At::Start => return Ok(None),
        At::After(word) => ("after", word),
        At::Before(word) => ("before", word),
    };
    let parsed = word.rsplit_once('~').and_then(|(value, loan)| {
        let value = match filter.sort {
            Sort::Due => Value::Date(Some(day_of(value)?)),
            Sort::Balance => Value::Int(Some(value.parse().ok()?)),
            Sort::Name | Sort::Number | Sort::Nearest => Value::Text(Some(value.to_owned())),
        };
        Some(Cursor { value, loan_id: loan.parse().ok()? })
    });
    parsed.map(Some).ok_or_else(|| UnknownWord { field, value: word.clone() })
}
