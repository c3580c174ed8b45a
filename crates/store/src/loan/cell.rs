//! The lists and totals behind a board's cells: the loans of a place that stand so on a day.
//!
//! Of such a list the first page is asked for most, and of the largest. It is walked along the loans' places in the order
//! of due days; its totals are the board's own sums.

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::filter::{Filter, Shown};
use super::list::{self, Cursor, Page, Totals};
use super::place::parts;
use super::walk::Walk;
use crate::board::{self, Axis, month_key};
use crate::error::Error;
use crate::scope::{Area, Scope};
use crate::tx::Tx;
use crate::values;

/// So many loans of each way are looked at first, and as many times more when they do not fill a page.
const FEW: usize = 6;

/// Which places a list is narrowed to, and no more than that.
pub(super) struct Cell {
    pub(super) divisions: Vec<i64>,
    pub(super) branches: Vec<i64>,
    pub(super) manager_id: Option<i64>,
}

impl Cell {
    /// The cell that a filter asks for; `None` if it asks for more than places, standing and due days.
    fn of(scope: &Scope, filter: &Filter) -> Option<Cell> {
        let more = filter.text.is_some()
            || filter.last_four_hash.is_some()
            || filter.secret_hash.is_some()
            || filter.moved_from.is_some()
            || filter.tied_to.is_some()
            || filter.household_id.is_some()
            || filter.enterprise_id.is_some()
            || filter.quiet.is_some();
        let (division, branch) = match scope.area {
            Area::County => (None, None),
            Area::Division(id) => (Some(id), None),
            Area::Branch(id) => (None, Some(id)),
            Area::Officer(_) | Area::Household(_) => return None,
        };
        let both = |seen: Option<i64>, asked: Option<i64>| {
            let mut both: Vec<i64> = seen.into_iter().chain(asked).collect();
            both.dedup();
            both
        };
        (!more).then(|| Cell {
            divisions: both(division, filter.division_id),
            branches: both(branch, filter.branch_id),
            manager_id: filter.manager_id,
        })
    }
}

/// How many loans of each standing a filter leaves, whatever standing it asks for, where the board has added them up;
/// `None` where it has not.
pub(super) async fn tallies(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
) -> Result<Option<Vec<(Standing, Totals)>>, Error> {
    let Some(cell) = Cell::of(scope, filter) else { return Ok(None) };
    let id = scope.county_id;
    let cells = match (cell.divisions.as_slice(), cell.branches.as_slice(), cell.manager_id, filter.due) {
        ([], [], None, None) => {
            let sql = "SELECT division_id FROM county WHERE county_id = $1";
            let county = tx.fetch_one(sql, &values![id]).await?.int(0)?;
            board::cells_of(tx, id, Axis::County, county, day).await?
        }
        ([], [], None, Some((first, last))) if is_month(first, last) => {
            board::cells_of(tx, id, Axis::DueMonth, month_key(first), day).await?
        }
        ([division], [], None, None) => board::villages(tx, id, *division, day).await?,
        ([], [branch], None, None) => board::cells_of(tx, id, Axis::Branch, *branch, day).await?,
        ([], [], Some(manager), None) => board::cells_of(tx, id, Axis::Manager, manager, day).await?,
        // Of some due days no sum is kept: the loans due then are counted, and no others are looked at.
        _ if filter.due.is_some() => return counted(tx, scope, day, filter, cell).await,
        _ => return Ok(None),
    };
    let mut tallies = Vec::new();
    for one in cells.iter() {
        add(&mut tallies, one.standing, one.totals);
    }
    Ok(Some(tallies))
}

fn add(tallies: &mut Vec<(Standing, Totals)>, standing: Standing, more: Totals) {
    match tallies.iter_mut().find(|(known, _)| *known == standing) {
        Some((_, totals)) => {
            totals.loans += more.loans;
            totals.balance_fen += more.balance_fen;
        }
        None => tallies.push((standing, more)),
    }
}

/// Counts the loans of a cell that fall due between the days of the filter.
async fn counted(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
    cell: Cell,
) -> Result<Option<Vec<(Standing, Totals)>>, Error> {
    let all = Filter { shown: Shown::All, reach: None, ..filter.clone() };
    let Some(mut walk) = Walk::new(scope, day, &all, None) else { return Ok(None) };
    let ways = walk.narrow(tx, cell, None).await?;
    let parts = parts(tx, scope.county_id, None).await?;
    Ok(Some(walk.counted(tx, &ways, &parts).await?))
}

fn is_month(first: Date, last: Date) -> bool {
    first == first.first_of_month() && last == first.last_of_month()
}

/// A page of a cell's list by due day; `None` if the filter asks for more than a cell.
pub(super) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Option<Page>, Error> {
    let Some(cell) = Cell::of(scope, filter) else { return Ok(None) };
    let Some(mut walk) = Walk::new(scope, day, filter, after) else { return Ok(None) };
    let ways = walk.narrow(tx, cell, filter.reach.as_ref()).await?;
    let parts = parts(tx, scope.county_id, walk.owing().then_some(day)).await?;
    // A few loans of each way first: how far the list can reach at most narrows what all of them are asked for.
    // What fits into a page is read in one go: rare loans may lie far apart.
    let tallies = if filter.due.is_none() { tallies(tx, scope, day, filter).await? } else { None };
    let held = tallies.map(|tallies| filter.shown.of(&tallies).loans);
    let is_short = held.is_some_and(|held| usize::try_from(held).is_ok_and(|held| held <= limit));
    let mut each = if is_short { limit + 1 } else { FEW.min(limit + 1) };
    let found = loop {
        let (found, is_all) = walk.along(tx, &ways, &parts, each).await?;
        if is_all || each > limit {
            break found;
        }
        each = match found.get(limit) {
            Some((due_on, _)) => {
                walk.reach(*due_on);
                limit + 1
            }
            None => (each * FEW).min(limit + 1),
        };
    };
    let ids: Vec<i64> = found.iter().take(limit).map(|(_, loan_id)| *loan_id).collect();
    let rows = list::rows(tx, scope, day, &ids).await?;
    let next = rows
        .last()
        .filter(|_| found.len() > limit)
        .map(|last| Cursor { value: last.due_on.into(), loan_id: last.loan_id });
    Ok(Some(Page { rows, next }))
}
