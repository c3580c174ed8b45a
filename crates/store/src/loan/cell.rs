//! The lists and totals behind a board's cells: the loans of a place that stand so on a day.
//!
//! Of such a list the first page is asked for most, and of the largest. It is walked along the loans' places in the order
//! of due days; its totals are the board's own sums.

use std::collections::HashMap;

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::list::{Cursor, Filter, ListRow, Page, Shown, Totals};
use super::{Loan, by_ids, standing};
use crate::board::{self, Axis, month_key};
use crate::error::Error;
use crate::scope::{Area, Scope, within};
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

/// From so many loans on, it is quicker to walk along those of the county than to put those of each village in order.
const VILLAGES_MAX: usize = 3;

/// Which places a list is narrowed to, and no more than that.
struct Cell {
    divisions: Vec<i64>,
    branches: Vec<i64>,
    manager_id: Option<i64>,
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
            || filter.quiet.is_some();
        let (division, branch) = match scope.area {
            Area::County => (None, None),
            Area::Division(id) => (Some(id), None),
            Area::Branch(id) => (None, Some(id)),
            Area::Officer(_) => return None,
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
        ([division], [], None, None) => board::cells_within(tx, id, *division, day).await?,
        ([], [branch], None, None) => board::cells_of(tx, id, Axis::Branch, *branch, day).await?,
        ([], [], Some(manager), None) => board::cells_of(tx, id, Axis::Manager, manager, day).await?,
        _ => return Ok(None),
    };
    let mut tallies: Vec<(Standing, Totals)> = Vec::new();
    for one in cells {
        match tallies.iter_mut().find(|(standing, _)| *standing == one.standing) {
            Some((_, totals)) => {
                totals.loans += one.totals.loans;
                totals.balance_fen += one.totals.balance_fen;
            }
            None => tallies.push((one.standing, one.totals)),
        }
    }
    Ok(Some(tallies))
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
    let mut walk = Walk::new(scope, day, filter);
    walk.narrow(tx, cell).await?;
    walk.after(after);
    let limit_place = walk.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
    let found = tx.fetch_all(walk.text(filter, &limit_place), &walk.values).await?;
    let mut rows = Vec::with_capacity(found.len().min(limit));
    let ids = found.iter().take(limit).map(|row| row.int(1)).collect::<Result<Vec<_>, _>>()?;
    let loans: HashMap<i64, Loan> =
        by_ids(tx, scope.county_id, &ids).await?.into_iter().map(|loan| (loan.loan_id, loan)).collect();
    for row in found.iter().take(limit) {
        let id = row.int(1)?;
        let Some(loan) = loans.get(&id) else { continue };
        rows.push(ListRow {
            loan_id: id,
            number: loan.number.clone(),
            borrower_name: loan.borrower_name.clone(),
            village_id: row.int(4)?,
            branch_id: row.int(5)?,
            manager_id: Some(row.int(6)?).filter(|id| *id != 0),
            principal_fen: loan.terms.principal_fen,
            balance_fen: row.fen(3)?,
            disbursed_on: loan.terms.disbursed_on,
            due_on: row.date(0)?,
            purpose: loan.terms.purpose.clone(),
            standing: standing(row, 2)?,
            household_id: loan.household_id,
        });
    }
    let next = rows
        .last()
        .filter(|_| found.len() > limit)
        .map(|last| Cursor { value: last.due_on.into(), loan_id: last.loan_id });
    Ok(Some(Page { rows, next }))
}

/// A walk along places in the order of due days.
struct Walk {
    /// What narrows the places `p` and their intervals `i`.
    conditions: String,
    values: Vec<Value>,
    backwards: bool,
    day: Date,
}

impl Walk {
    fn new(scope: &Scope, day: Date, filter: &Filter) -> Walk {
        let mut walk = Walk {
            conditions: String::new(),
            values: values![scope.county_id, day].to_vec(),
            backwards: filter.backwards,
            day,
        };
        for (first, last) in [filter.due, filter.due_between].into_iter().flatten() {
            let (first, last) = (walk.bind(first), walk.bind(last));
            walk.conditions += &format!(" AND p.due_on >= {first} AND p.due_on <= {last}");
        }
        walk.conditions += &match filter.shown {
            Shown::All => String::new(),
            Shown::Owing => format!(" AND i.standing <> {}", Standing::Settled.code()),
            Shown::Standing(standing) => format!(" AND i.standing = {}", standing.code()),
        };
        walk
    }

    async fn narrow(&mut self, tx: &mut Tx, cell: Cell) -> Result<(), Error> {
        for division in cell.divisions {
            let sql = format!("{} LIMIT {}", within(1, 2), VILLAGES_MAX + 1);
            let villages = tx.fetch_all(sql, &values![self.day, division]).await?;
            let place = self.bind(division);
            let within = within(2, place.trim_start_matches('$').parse().unwrap_or(0));
            // A few villages are looked up one by one; many are told along the way, which the unary plus says to SQLite.
            let column = if villages.len() <= VILLAGES_MAX { "p.village_id" } else { "p.village_id + 0" };
            self.conditions += &format!(" AND {column} IN ({within})");
        }
        for branch in cell.branches {
            let place = self.bind(branch);
            self.conditions += &format!(" AND p.branch_id = {place}");
        }
        if let Some(manager) = cell.manager_id {
            let place = self.bind(manager);
            self.conditions += &format!(" AND p.manager_id = {place}");
        }
        Ok(())
    }

    fn after(&mut self, after: Option<&Cursor>) {
        let Some(cursor) = after else { return };
        let (value, loan) = (self.bind(cursor.value.clone()), self.bind(cursor.loan_id));
        let sign = if self.backwards { "<" } else { ">" };
        // The first part is one that an index understands alone.
        self.conditions +=
            &format!(" AND p.due_on {sign}= {value} AND (p.due_on, p.loan_id) {sign} ({value}, {loan})");
    }

    /// Two walks, of loans that were ever late and of those that were not, put together. A loan that was never late is
    /// settled once its due day is past, moved or not, and one of those past due is late: each walk leaves out what
    /// cannot stand so.
    fn text(&mut self, filter: &Filter, limit: &str) -> String {
        let direction = if self.backwards { " DESC" } else { "" };
        let owing = !matches!(filter.shown, Shown::All | Shown::Standing(Standing::Settled));
        let past = matches!(filter.shown, Shown::Standing(Standing::Awaiting | Standing::Overdue));
        let mut walks = vec![(1, if past { " AND p.due_on < $2".to_owned() } else { String::new() })];
        if !past {
            let from = if owing {
                let earliest = self.bind(self.day.saturating_sub(jiff::Span::new().days(MOVED_DAYS_MAX)));
                format!(" AND p.due_on >= {earliest}")
            } else {
                String::new()
            };
            walks.push((0, from));
        }
        let walks: Vec<String> = walks
            .into_iter()
            .map(|(late, due)| {
                format!(
                    "SELECT * FROM (SELECT p.due_on, p.loan_id, i.standing, i.balance_fen, p.village_id, p.branch_id,
                            p.manager_id
                     FROM loan_place p CROSS JOIN loan_interval i
                     WHERE p.county_id = $1 AND p.late = {late}{due}{}
                       AND i.county_id = p.county_id AND i.loan_id = p.loan_id AND i.from_on <= $2 AND i.to_on > $2
                       AND i.village_id = p.village_id AND i.branch_id = p.branch_id AND i.manager_id = p.manager_id
                     ORDER BY p.due_on{direction}, p.loan_id{direction} LIMIT {limit}) walk{late}",
                    self.conditions
                )
            })
            .collect();
        format!("{} ORDER BY due_on{direction}, loan_id{direction} LIMIT {limit}", walks.join(" UNION ALL "))
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// By so many days a due day is moved over rest days at most.
const MOVED_DAYS_MAX: i64 = 31;
