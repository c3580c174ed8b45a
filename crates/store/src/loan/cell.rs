//! The lists and totals behind a board's cells: the loans of a place that stand so on a day.
//!
//! Of such a list the first page is asked for most, and of the largest. It is walked along the loans' places in the order
//! of due days; its totals are the board's own sums.

use std::collections::HashMap;

use bangfu_domain::division::Level;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::filter::{Filter, Shown};
use super::list::{Cursor, ListRow, Page, Totals};
use super::place::parts;
use super::{Loan, by_ids, standing};
use crate::board::{self, Axis, month_key};
use crate::bulk::places;
use crate::division::ALWAYS;
use crate::error::Error;
use crate::scope::{Area, Scope, within};
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// Of at most so many villages, as a township has, each is walked along by itself; of more, all loans in one row.
const VILLAGES_MAX: usize = 80;

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
    let all = Filter { shown: Shown::All, due_between: None, ..filter.clone() };
    let Some(mut walk) = Walk::new(scope, day, &all, None, 1) else { return Ok(None) };
    let villages = walk.narrow(tx, cell).await?;
    let mut tallies = Vec::new();
    let parts = parts(tx, scope.county_id, None).await?;
    for village in villages {
        let columns = "i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT)";
        let among = format!("p.part IN ({})", places(walk.first_part(), parts.len()));
        let sql =
            format!("SELECT {columns} {} AND $5 = $5 GROUP BY i.standing", walk.question(village, &among));
        for row in tx.fetch_all(sql, &walk.bound(village, &parts)).await? {
            let totals = Totals { loans: row.int(1)?, balance_fen: row.fen(2)? };
            add(&mut tallies, standing(&row, 0)?, totals);
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
    let Some(mut walk) = Walk::new(scope, day, filter, after, limit + 1) else { return Ok(None) };
    let villages = walk.narrow(tx, cell).await?;
    let parts = parts(tx, scope.county_id, walk.owing().then_some(day)).await?;
    let mut found: Vec<Row> = Vec::new();
    // The parts whose loans come first in the list shorten the way along the others: what is settled by now fell due before
    // what is still owed.
    let (owed, settled) = parts.split_at(1);
    let mut ways: Vec<&[i64]> = settled.chunks(PARTS_AT_ONCE).chain([owed]).collect();
    if walk.backwards {
        ways.reverse();
    }
    for parts in ways {
        for village in &villages {
            walk.along(tx, *village, parts, &mut found).await?;
        }
    }
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
    day: Date,
    shown: Shown,
    backwards: bool,
    limit: usize,
    /// Between which days it goes; the further it has come, the narrower.
    between: (Date, Date),
    /// What narrows the places `p` and their intervals `i`, with its values.
    conditions: String,
    values: Vec<Value>,
    /// True if the walk is that of a branch or a credit manager, each of which has its own index.
    keyed: bool,
}

/// How many values every walk binds before its own: county, day, first and last due day, limit, village.
const FIXED: usize = 6;

/// Along so many parts a walk goes in one question: each question costs more than the few loans that it finds.
const PARTS_AT_ONCE: usize = 12;

impl Walk {
    /// `None` if the cursor is of another order.
    fn new(scope: &Scope, day: Date, filter: &Filter, after: Option<&Cursor>, limit: usize) -> Option<Walk> {
        let mut between = ALWAYS;
        for (first, last) in [filter.due, filter.due_between].into_iter().flatten() {
            between = (between.0.max(first), between.1.min(last));
        }
        let shown = match filter.shown {
            Shown::All => String::new(),
            Shown::Owing => format!(" AND i.standing <> {}", Standing::Settled.code()),
            Shown::Standing(standing) => format!(" AND i.standing = {}", standing.code()),
        };
        let mut walk = Walk {
            day,
            shown: filter.shown,
            backwards: filter.backwards,
            limit,
            between,
            conditions: shown,
            values: values![scope.county_id, day].to_vec(),
            keyed: false,
        };
        if let Some(Cursor { value: Value::Date(Some(due_on)), loan_id }) = after {
            walk.between = match walk.backwards {
                true => (between.0, between.1.min(*due_on)),
                false => (between.0.max(*due_on), between.1),
            };
            let sign = if walk.backwards { "<" } else { ">" };
            let (due_on, loan) = (walk.bind(*due_on), walk.bind(*loan_id));
            walk.conditions += &format!(" AND (p.due_on, p.loan_id) {sign} ({due_on}, {loan})");
        } else if after.is_some() {
            return None;
        }
        Some(walk)
    }

    /// True if what is settled is not wanted.
    fn owing(&self) -> bool {
        !matches!(self.shown, Shown::All | Shown::Standing(Standing::Settled))
    }

    /// Nothing beyond a day is wanted any more.
    fn reach(&mut self, due_on: Date) {
        match self.backwards {
            true => self.between.0 = self.between.0.max(due_on),
            false => self.between.1 = self.between.1.min(due_on),
        }
    }

    /// Narrows the walk to a cell; the villages along each of which it goes by itself, or `None` for all in one row.
    async fn narrow(&mut self, tx: &mut Tx, cell: Cell) -> Result<Vec<Option<i64>>, Error> {
        let mut each = None;
        for division in cell.divisions {
            let sql = "SELECT c.descendant_id FROM division_closure c
                       JOIN division d ON d.division_id = c.descendant_id
                       WHERE c.ancestor_id = $2 AND c.valid_from <= $1 AND c.valid_to >= $1 AND d.level = $3
                       ORDER BY c.descendant_id";
            let bound = values![self.day, division, Level::Village.code()];
            let villages = tx.fetch_all(sql, &bound).await?;
            if villages.len() <= VILLAGES_MAX && each.is_none() && cell.manager_id.is_none() && self.owing() {
                each = Some(villages.iter().map(|row| row.int(0).map(Some)).collect::<Result<Vec<_>, _>>()?);
            } else {
                self.bind(division);
                let within = within(2, FIXED + self.values.len() - 2);
                // Told along the way, which the sum says to a database.
                self.conditions += &format!(" AND p.village_id + 0 IN ({within})");
            }
        }
        self.keyed = !cell.branches.is_empty() || cell.manager_id.is_some();
        for branch in cell.branches {
            let place = self.bind(branch);
            self.conditions += &format!(" AND p.branch_id = {place}");
        }
        if let Some(manager) = cell.manager_id {
            let place = self.bind(manager);
            self.conditions += &format!(" AND p.manager_id = {place}");
        }
        Ok(each.unwrap_or_else(|| vec![None]))
    }

    /// Goes along parts of the loans of a village, or of all, and puts what it finds in its place among what was found
    /// before.
    async fn along(
        &mut self,
        tx: &mut Tx,
        village: Option<i64>,
        parts: &[i64],
        found: &mut Vec<Row>,
    ) -> Result<(), Error> {
        if self.between.0 > self.between.1 {
            return Ok(());
        }
        let direction = if self.backwards { " DESC" } else { "" };
        let columns =
            "p.due_on, p.loan_id, i.standing, i.balance_fen, p.village_id, p.branch_id, p.manager_id";
        let ways = (0..parts.len()).map(|part| {
            let from = self.question(village, &format!("p.part = ${}", self.first_part() + part));
            format!(
                "SELECT * FROM (SELECT {columns} {from}
                   ORDER BY p.due_on{direction}, p.loan_id{direction} LIMIT $5) way{part}"
            )
        });
        let sql = ways.collect::<Vec<_>>().join(" UNION ALL ");
        found.extend(tx.fetch_all(sql, &self.bound(village, parts)).await?);
        self.keep_first(found)
    }

    /// What is asked of parts of the loans of a village, or of all, from FROM on.
    fn question(&self, village: Option<i64>, of_parts: &str) -> String {
        let of_village = if village.is_some() { "p.village_id = $6" } else { "$6 = $6" };
        // Only the index over all loans holds the day of settlement; asked for it, SQLite would choose that one for a
        // village too.
        let owed =
            if self.owing() && village.is_none() && !self.keyed { " AND p.settled_on > $2" } else { "" };
        // Asked for three plain equalities, PostgreSQL thinks that hardly a loan fulfils them all, and reads whole tables instead
        // of walking along the places until a page is full.
        format!(
            "FROM loan_place p CROSS JOIN loan_interval i
             WHERE p.county_id = $1 AND {of_village} AND {of_parts} AND p.due_on >= $3 AND p.due_on <= $4{owed}
               AND i.county_id = p.county_id AND i.loan_id = p.loan_id AND i.from_on <= $2 AND i.to_on > $2
               AND CASE WHEN i.village_id = p.village_id AND i.branch_id = p.branch_id AND i.manager_id = p.manager_id
                        THEN 1 ELSE 0 END <> 0{}",
            self.conditions
        )
    }

    /// The values of what is asked: those of the walk, and its parts behind them.
    fn bound(&self, village: Option<i64>, parts: &[i64]) -> Vec<Value> {
        let (first, last) = self.between;
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let mut bound = self.values[..2].to_vec();
        bound.extend(values![first, last, limit, village.unwrap_or(0)]);
        bound.extend_from_slice(&self.values[2..]);
        bound.extend(parts.iter().map(|part| Value::from(*part)));
        bound
    }

    /// The place of the first part among the values.
    fn first_part(&self) -> usize {
        FIXED + self.values.len() - 1
    }

    /// Keeps the first of what was found, and goes no further than the last of them from here on.
    fn keep_first(&mut self, found: &mut Vec<Row>) -> Result<(), Error> {
        let mut keyed = Vec::with_capacity(found.len());
        for row in found.drain(..) {
            keyed.push(((row.date(0)?, row.int(1)?), row));
        }
        keyed.sort_by_key(|(key, _)| *key);
        if self.backwards {
            keyed.reverse();
        }
        keyed.truncate(self.limit);
        if let Some(((due_on, _), _)) = keyed.last().filter(|_| keyed.len() == self.limit) {
            self.reach(*due_on);
        }
        found.extend(keyed.into_iter().map(|(_, row)| row));
        Ok(())
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", FIXED + self.values.len() - 2)
    }
}
