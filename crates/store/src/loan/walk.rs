//! Walks along the loans' places in the order of due days, for the lists behind a board's cells.

use bangfu_domain::division::Level;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::cell::Cell;
use super::filter::{Filter, Reach, Shown};
use super::list::{Cursor, Totals, bind};
use super::standing;
use crate::bulk::places;
use crate::division::ALWAYS;
use crate::error::Error;
use crate::scope::{Scope, within};
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// Of at most so many villages, as a township has, each is walked along by itself; of more, all loans in one row.
const VILLAGES_MAX: usize = 80;

/// Along what a list is walked, each by itself.
pub(super) enum Ways {
    /// All loans in one row.
    All,
    /// Villages.
    Villages(Vec<i64>),
    /// Branches, each from a due day on.
    Branches(Vec<(i64, Date)>),
}
/// A walk along places in the order of due days.
pub(super) struct Walk {
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

/// Holds of the loans that fall due on the walk's first day or later.
const FROM_FIRST: &str = "p.due_on >= $3";

/// How many values every walk binds before its own: county, day, first and last due day.
const FIXED: usize = 4;

impl Walk {
    /// `None` if the cursor is of another order.
    pub(super) fn new(scope: &Scope, day: Date, filter: &Filter, after: Option<&Cursor>) -> Option<Walk> {
        let mut between = ALWAYS;
        for (first, last) in [filter.due, filter.reach.as_ref().map(|reach| reach.due)].into_iter().flatten()
        {
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
    pub(super) fn owing(&self) -> bool {
        !matches!(self.shown, Shown::All | Shown::Standing(Standing::Settled))
    }

    /// Nothing beyond a day is wanted any more.
    pub(super) fn reach(&mut self, due_on: Date) {
        match self.backwards {
            true => self.between.0 = self.between.0.max(due_on),
            false => self.between.1 = self.between.1.min(due_on),
        }
    }

    /// Narrows the walk to a cell, and tells along what it goes.
    pub(super) async fn narrow(
        &mut self,
        tx: &mut Tx,
        cell: Cell,
        reach: Option<&Reach>,
    ) -> Result<Ways, Error> {
        let mut ways = Ways::All;
        if cell.divisions.is_empty()
            && cell.manager_id.is_none()
            && let Some(branches) = reach.and_then(|reach| reach.branches.as_ref())
        {
            let theirs = branches.iter().filter(|(branch, _)| cell.branches.iter().all(|one| one == branch));
            ways = Ways::Branches(theirs.copied().collect());
        }
        for division in cell.divisions {
            let sql = "SELECT c.descendant_id FROM division_closure c
                       JOIN division d ON d.division_id = c.descendant_id
                       WHERE c.ancestor_id = $2 AND c.valid_from <= $1 AND c.valid_to >= $1 AND d.level = $3
                       ORDER BY c.descendant_id";
            let bound = values![self.day, division, Level::Village.code()];
            let villages = tx.fetch_all(sql, &bound).await?;
            let few = villages.len() <= VILLAGES_MAX && cell.manager_id.is_none() && self.owing();
            if few && matches!(ways, Ways::All) {
                ways = Ways::Villages(villages.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?);
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
        Ok(ways)
    }

    /// Goes every way in every part of the loans, as far as so many loans each: due day and loan, in the order of the list,
    /// and whether that is all there are.
    pub(super) async fn along(
        &self,
        tx: &mut Tx,
        ways: &Ways,
        parts: &[i64],
        limit: usize,
    ) -> Result<(Vec<(Date, i64)>, bool), Error> {
        let mut bound = self.bound();
        let number = |number: &i64| vec![Value::from(*number)];
        let (of_way, rows) = match ways {
            Ways::All => (FROM_FIRST.to_owned(), vec![number(&0)]),
            Ways::Villages(villages) => {
                let of_way = format!("p.village_id = v.column1 AND {FROM_FIRST}");
                (of_way, villages.iter().map(number).collect())
            }
            Ways::Branches(branches) => {
                // One first day, not two: a database takes but one of them to go along an index.
                let of_way =
                    "p.branch_id = v.column1 AND p.due_on >= v.column2 AND v.column2 >= $3".to_owned();
                let first = |first: Date| Value::from(first.max(self.between.0));
                (
                    of_way,
                    branches.iter().map(|(branch, day)| vec![Value::from(*branch), first(*day)]).collect(),
                )
            }
        };
        if self.between.0 > self.between.1 || rows.is_empty() {
            return Ok((Vec::new(), true));
        }
        let direction = if self.backwards { " DESC" } else { "" };
        let from = self.question(ways, &format!("{of_way} AND p.part = x.column1"));
        let each_way = as_rows(&mut bound, rows);
        let parts = as_rows(&mut bound, parts.iter().map(number).collect());
        let most = bind(&mut bound, i64::try_from(limit).unwrap_or(i64::MAX));
        // All ways in one question: each question costs more than the few loans that it finds.
        let loans = tx.joined("CAST(way.due_on AS TEXT) || ' ' || CAST(way.loan_id AS TEXT)");
        let sql = format!(
            "SELECT (SELECT {loans} FROM (SELECT p.due_on, p.loan_id {from}
                       ORDER BY p.due_on{direction}, p.loan_id{direction} LIMIT {most}) way)
             FROM (VALUES {each_way}) v CROSS JOIN (VALUES {parts}) x"
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

    /// How many loans there are on all ways, by standing.
    pub(super) async fn counted(
        &self,
        tx: &mut Tx,
        ways: &Ways,
        parts: &[i64],
    ) -> Result<Vec<(Standing, Totals)>, Error> {
        let mut bound = self.bound();
        let mut of_ways = format!("p.part IN ({}) AND {FROM_FIRST}", listed(&mut bound, parts));
        if let Ways::Villages(villages) = ways {
            of_ways += &format!(" AND p.village_id IN ({})", listed(&mut bound, villages));
        }
        let columns = "i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT)";
        let from = self.question(ways, &of_ways);
        let found = tx.fetch_all(format!("SELECT {columns} {from} GROUP BY i.standing"), &bound).await?;
        let tally =
            |row: &Row| Ok((standing(row, 0)?, Totals { loans: row.int(1)?, balance_fen: row.fen(2)? }));
        found.iter().map(tally).collect()
    }

    /// What is asked of the loans of some places, from FROM on. Villages and branches have indexes of their own.
    fn question(&self, ways: &Ways, places: &str) -> String {
        // Only the index over all loans holds the day of settlement; asked for it, SQLite would choose that one for a
        // village too.
        let is_whole = matches!(ways, Ways::All) && !self.keyed;
        let owed = if self.owing() && is_whole { " AND p.settled_on > $2" } else { "" };
        // Asked for three plain equalities, PostgreSQL thinks that hardly a loan fulfils them all, and reads whole tables instead
        // of walking along the places until a page is full.
        format!(
            "FROM loan_place p CROSS JOIN loan_interval i
             WHERE p.county_id = $1 AND {places} AND p.due_on <= $4{owed}
               AND i.county_id = p.county_id AND i.loan_id = p.loan_id AND i.from_on <= $2 AND i.to_on > $2
               AND CASE WHEN i.village_id = p.village_id AND i.branch_id = p.branch_id AND i.manager_id = p.manager_id
                              AND i.due_on = p.due_on THEN 1 ELSE 0 END <> 0{}",
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

/// Binds numbers and tells their places, as a list.
fn listed(bound: &mut Vec<Value>, numbers: &[i64]) -> String {
    let first = bound.len() + 1;
    bound.extend(numbers.iter().map(|number| Value::from(*number)));
    places(first, numbers.len())
}

/// Binds rows of values and tells their places.
fn as_rows(bound: &mut Vec<Value>, rows: Vec<Vec<Value>>) -> String {
    let rows = rows.into_iter().map(|row| {
        let places: Vec<String> = row.into_iter().map(|value| bind(bound, value)).collect();
        format!("({})", places.join(", "))
    });
    rows.collect::<Vec<_>>().join(", ")
}

/// A due day and a loan, with a blank between.
fn read(loan: &str) -> Option<(Date, i64)> {
    let (due_on, loan_id) = loan.split_once(' ')?;
    Some((due_on.parse().ok()?, loan_id.parse().ok()?))
}
