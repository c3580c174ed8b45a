//! The lists and totals behind a board's cells: the loans of a place that stand so on a day.
//!
//! Of such a list the first page is asked for most, and of the largest. It is walked along the loans' places in the order
//! of due days; its totals are the board's own sums.

use bangfu_domain::division::Level;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::filter::{Filter, Shown};
use super::list::{self, Cursor, Page, Totals, bind};
use super::place::parts;
use super::standing;
use crate::board::{self, Axis, month_key};
use crate::bulk::places;
use crate::division::ALWAYS;
use crate::error::Error;
use crate::scope::{Area, Scope, within};
use crate::tx::Tx;
use crate::value::Value;
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
    let Some(mut walk) = Walk::new(scope, day, &all, None) else { return Ok(None) };
    let villages = walk.narrow(tx, cell).await?;
    let parts = parts(tx, scope.county_id, None).await?;
    let mut bound = walk.bound();
    let of_parts = format!("p.part IN ({})", listed(&mut bound, &parts));
    let of_villages = match &villages {
        Some(villages) => format!("p.village_id IN ({})", listed(&mut bound, villages)),
        None => "1 = 1".to_owned(),
    };
    let columns = "i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT)";
    let from = walk.question(villages.is_some(), &format!("{of_villages} AND {of_parts}"));
    let mut tallies = Vec::new();
    for row in tx.fetch_all(format!("SELECT {columns} {from} GROUP BY i.standing"), &bound).await? {
        let totals = Totals { loans: row.int(1)?, balance_fen: row.fen(2)? };
        add(&mut tallies, standing(&row, 0)?, totals);
    }
    Ok(Some(tallies))
}

/// Binds numbers and tells their places, as a list.
fn listed(bound: &mut Vec<Value>, numbers: &[i64]) -> String {
    let first = bound.len() + 1;
    bound.extend(numbers.iter().map(|number| Value::from(*number)));
    places(first, numbers.len())
}

/// Binds numbers and tells their places, each as a row.
fn as_rows(bound: &mut Vec<Value>, numbers: &[i64]) -> String {
    let first = bound.len() + 1;
    bound.extend(numbers.iter().map(|number| Value::from(*number)));
    let rows: Vec<String> = (first..=bound.len()).map(|place| format!("(${place})")).collect();
    rows.join(", ")
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
    let villages = walk.narrow(tx, cell).await?;
    let parts = parts(tx, scope.county_id, walk.owing().then_some(day)).await?;
    // A few loans of each way first: how far the list can reach at most narrows what all of them are asked for.
    // What fits into a page is read in one go: rare loans may lie far apart.
    let tallies = if filter.due.is_none() { tallies(tx, scope, day, filter).await? } else { None };
    let held = tallies.map(|tallies| filter.shown.of(&tallies).loans);
    let is_short = held.is_some_and(|held| usize::try_from(held).is_ok_and(|held| held <= limit));
    let mut each = if is_short { limit + 1 } else { FEW.min(limit + 1) };
    let found = loop {
        let (found, is_all) = walk.along(tx, villages.as_deref(), &parts, each).await?;
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

/// A walk along places in the order of due days.
struct Walk {
    day: Date,
    shown: Shown,
    backwards: bool,
    /// Between which days it goes; the further it has come, the narrower.
    between: (Date, Date),
    /// What narrows the places `p` and their intervals `i`, with its values.
    conditions: String,
    values: Vec<Value>,
    /// True if the walk is that of a branch or a credit manager, each of which has its own index.
    keyed: bool,
}

/// How many values every walk binds before its own: county, day, first and last due day.
const FIXED: usize = 4;

/// So many loans of each way are looked at first, and as many times more when they do not fill a page.
const FEW: usize = 6;

impl Walk {
    /// `None` if the cursor is of another order.
    fn new(scope: &Scope, day: Date, filter: &Filter, after: Option<&Cursor>) -> Option<Walk> {
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

    /// Narrows the walk to a cell; the villages along each of which it goes by itself, `None` for all in one row.
    async fn narrow(&mut self, tx: &mut Tx, cell: Cell) -> Result<Option<Vec<i64>>, Error> {
        let mut each = None;
        for division in cell.divisions {
            let sql = "SELECT c.descendant_id FROM division_closure c
                       JOIN division d ON d.division_id = c.descendant_id
                       WHERE c.ancestor_id = $2 AND c.valid_from <= $1 AND c.valid_to >= $1 AND d.level = $3
                       ORDER BY c.descendant_id";
            let bound = values![self.day, division, Level::Village.code()];
            let villages = tx.fetch_all(sql, &bound).await?;
            if villages.len() <= VILLAGES_MAX && each.is_none() && cell.manager_id.is_none() && self.owing() {
                each = Some(villages.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?);
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
        Ok(each)
    }

    /// Goes along every part of the loans of every village, or of all, as far as so many loans each: due day and loan, in the
    /// order of the list, and whether that is all there are.
    async fn along(
        &self,
        tx: &mut Tx,
        villages: Option<&[i64]>,
        parts: &[i64],
        limit: usize,
    ) -> Result<(Vec<(Date, i64)>, bool), Error> {
        if self.between.0 > self.between.1 || villages.is_some_and(<[i64]>::is_empty) {
            return Ok((Vec::new(), true));
        }
        let direction = if self.backwards { " DESC" } else { "" };
        let of_village = villages.map_or("1 = 1", |_| "p.village_id = v.column1");
        let from = self.question(villages.is_some(), &format!("{of_village} AND p.part = x.column1"));
        let mut bound = self.bound();
        let (villages, parts) = (as_rows(&mut bound, villages.unwrap_or(&[0])), as_rows(&mut bound, parts));
        let most = bind(&mut bound, i64::try_from(limit).unwrap_or(i64::MAX));
        // All ways in one question: each question costs more than the few loans that it finds.
        let loans = tx.joined("CAST(way.due_on AS TEXT) || ' ' || CAST(way.loan_id AS TEXT)");
        let sql = format!(
            "SELECT (SELECT {loans} FROM (SELECT p.due_on, p.loan_id {from}
                       ORDER BY p.due_on{direction}, p.loan_id{direction} LIMIT {most}) way)
             FROM (VALUES {villages}) v CROSS JOIN (VALUES {parts}) x"
        );
        let (mut found, mut is_all) = (Vec::new(), true);
        for row in tx.fetch_all(sql, &bound).await? {
            let before = found.len();
            for loan in row.text_or_none(0)?.unwrap_or_default().split(',').filter(|loan| !loan.is_empty()) {
                found.push(read(loan).ok_or_else(|| Error::Value { column: 0, found: loan.to_owned() })?);
            }
            is_all &= found.len() - before < limit;
        }
        found.sort_unstable();
        if self.backwards {
            found.reverse();
        }
        Ok((found, is_all))
    }

    /// What is asked of the loans of some places, from FROM on. A village has an index of its own.
    fn question(&self, by_village: bool, places: &str) -> String {
        // Only the index over all loans holds the day of settlement; asked for it, SQLite would choose that one for a
        // village too.
        let owed = if self.owing() && !by_village && !self.keyed { " AND p.settled_on > $2" } else { "" };
        // Asked for three plain equalities, PostgreSQL thinks that hardly a loan fulfils them all, and reads whole tables instead
        // of walking along the places until a page is full.
        format!(
            "FROM loan_place p CROSS JOIN loan_interval i
             WHERE p.county_id = $1 AND {places} AND p.due_on >= $3 AND p.due_on <= $4{owed}
               AND i.county_id = p.county_id AND i.loan_id = p.loan_id AND i.from_on <= $2 AND i.to_on > $2
               AND CASE WHEN i.village_id = p.village_id AND i.branch_id = p.branch_id AND i.manager_id = p.manager_id
                        THEN 1 ELSE 0 END <> 0{}",
            self.conditions
        )
    }

    /// The values of what is asked.
    fn bound(&self) -> Vec<Value> {
        let mut bound = self.values[..2].to_vec();
        bound.extend(values![self.between.0, self.between.1]);
        bound.extend_from_slice(&self.values[2..]);
        bound
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", FIXED + self.values.len() - 2)
    }
}

/// A due day and a loan, with a blank between.
fn read(loan: &str) -> Option<(Date, i64)> {
    let (due_on, loan_id) = loan.split_once(' ')?;
    Some((due_on.parse().ok()?, loan_id.parse().ok()?))
}
