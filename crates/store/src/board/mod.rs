//! The board: dated differences, whose sum up to a day is that day's board.
//!
//! They are kept by day and summed up by month and by year, so that what a board reads grows with the number of places
//! and by one row per place and year, and with nothing else.

mod delta;

use std::collections::BTreeMap;

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::division;
use crate::error::Error;
use crate::loan::Totals;
use crate::scope::{Area, Scope, within};
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use delta::{Delta, add_deltas, corrections};

/// By what a board is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// The county as a whole; its key is the county's division.
    County,
    /// By township.
    Township,
    /// By village.
    Village,
    /// By branch.
    Branch,
    /// By credit manager; 0 for loans without one.
    Manager,
    /// By the month in which the contract falls due, as year × 100 + month.
    DueMonth,
}

impl Axis {
    /// Every axis.
    pub const ALL: [Axis; 6] =
        [Axis::County, Axis::Township, Axis::Village, Axis::Branch, Axis::Manager, Axis::DueMonth];

    const fn code(self) -> i64 {
        self as i64
    }
}

/// The days that a difference sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// One day.
    Day,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Span {
    /// Every span, in the order in which they are stored.
    pub const ALL: [Span; 3] = [Span::Day, Span::Month, Span::Year];

    const fn code(self) -> i64 {
        self as i64
    }

    /// The first day of the span in which a day lies.
    pub fn first_day(self, day: Date) -> Date {
        match self {
            Span::Day => day,
            Span::Month => day.first_of_month(),
            Span::Year => day.first_of_year(),
        }
    }
}

/// A cell of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Which township, branch, ….
    pub key_id: i64,
    /// Which standing.
    pub standing: Standing,
    /// How many, and how much.
    pub totals: Totals,
}

/// The cells of a day's board, as known now. What is settled stands on no board.
///
/// The differences tell them for the whole county, and for a division or a branch where its own axis is asked for; what
/// nobody adds up, a division's branches for instance, is counted in the intervals.
pub async fn cells(tx: &mut Tx, scope: &Scope, axis: Axis, day: Date) -> Result<Vec<Cell>, Error> {
    let owing = |cells: Vec<Cell>| cells.into_iter().filter(|cell| cell.standing.is_owing()).collect();
    match (scope.area, axis) {
        (Area::County, _) => summed(tx, scope.county_id, axis, day, Narrow::None).await.map(owing),
        (Area::Division(id), Axis::Village) => {
            summed(tx, scope.county_id, axis, day, Narrow::Division(id)).await.map(owing)
        }
        (Area::Division(id), Axis::County | Axis::Township) => {
            let villages = summed(tx, scope.county_id, Axis::Village, day, Narrow::Division(id)).await?;
            widened(tx, scope, axis, day, owing(villages)).await
        }
        (Area::Branch(id), Axis::Branch) => {
            summed(tx, scope.county_id, axis, day, Narrow::Key(id)).await.map(owing)
        }
        _ => counted(tx, scope, axis, day).await,
    }
}

/// The cell sums of one axis whose key is one; what is settled included.
pub(crate) async fn cells_of(
    tx: &mut Tx,
    county_id: i64,
    axis: Axis,
    key_id: i64,
    day: Date,
) -> Result<Vec<Cell>, Error> {
    summed(tx, county_id, axis, day, Narrow::Key(key_id)).await
}

/// The cells of the villages of a division; what is settled included.
pub(crate) async fn cells_within(
    tx: &mut Tx,
    county_id: i64,
    division_id: i64,
    day: Date,
) -> Result<Vec<Cell>, Error> {
    summed(tx, county_id, Axis::Village, day, Narrow::Division(division_id)).await
}

/// Which keys of an axis.
enum Narrow {
    None,
    Key(i64),
    Division(i64),
}

/// Adds up whole years, the months of the day's year and the days of its month.
async fn summed(
    tx: &mut Tx,
    county_id: i64,
    axis: Axis,
    day: Date,
    narrow: Narrow,
) -> Result<Vec<Cell>, Error> {
    let mut bound =
        values![county_id, axis.code(), day, Span::Year.first_day(day), Span::Month.first_day(day)].to_vec();
    let condition = match narrow {
        Narrow::None => String::new(),
        Narrow::Key(key) => {
            bound.push(key.into());
            " AND key_id = $6".to_owned()
        }
        Narrow::Division(id) => {
            bound.push(id.into());
            format!(" AND key_id IN ({})", within(3, 6))
        }
    };
    let part = |span: Span, days: &str| {
        format!(
            "SELECT key_id, standing, loans, balance_fen FROM board_delta
             WHERE county_id = $1 AND axis = $2 AND span = {} AND {days}{condition}",
            span.code()
        )
    };
    let sql = format!(
        "SELECT key_id, standing, CAST(SUM(loans) AS BIGINT), CAST(SUM(balance_fen) AS BIGINT)
         FROM ({} UNION ALL {} UNION ALL {}) parts
         GROUP BY key_id, standing HAVING SUM(loans) <> 0 ORDER BY key_id, standing",
        part(Span::Year, "on_day < $4"),
        part(Span::Month, "on_day >= $4 AND on_day < $5"),
        part(Span::Day, "on_day >= $5 AND on_day <= $3"),
    );
    tx.fetch_all(sql, &bound).await?.iter().map(cell).collect()
}

/// The cells of villages added up by township, or under the county.
async fn widened(
    tx: &mut Tx,
    scope: &Scope,
    axis: Axis,
    day: Date,
    villages: Vec<Cell>,
) -> Result<Vec<Cell>, Error> {
    let county = tx
        .fetch_one("SELECT division_id FROM county WHERE county_id = $1", &values![scope.county_id])
        .await?
        .int(0)?;
    let mut above: BTreeMap<i64, i64> = BTreeMap::new();
    if axis == Axis::Township {
        for (village, township, first, last) in division::townships(tx, county).await? {
            if first <= day && day <= last {
                above.insert(village, township);
            }
        }
    }
    let mut sums: BTreeMap<(i64, Standing), Totals> = BTreeMap::new();
    for village in villages {
        let key = match axis {
            Axis::Township => above.get(&village.key_id).copied().unwrap_or(0),
            _ => county,
        };
        let sum = sums.entry((key, village.standing)).or_default();
        sum.loans += village.totals.loans;
        sum.balance_fen += village.totals.balance_fen;
    }
    Ok(sums.into_iter().map(|((key_id, standing), totals)| Cell { key_id, standing, totals }).collect())
}

/// Counts the intervals of a part of a county.
async fn counted(tx: &mut Tx, scope: &Scope, axis: Axis, day: Date) -> Result<Vec<Cell>, Error> {
    let (condition, value) = scope.condition("i", 2, 3);
    let (key, join) = match axis {
        Axis::County => ("(SELECT division_id FROM county WHERE county_id = $1)", ""),
        Axis::Township => (
            "c.ancestor_id",
            "JOIN division_closure c ON c.descendant_id = i.village_id AND c.depth = 1
             AND c.valid_from <= $2 AND c.valid_to >= $2",
        ),
        Axis::Village => ("i.village_id", ""),
        Axis::Branch => ("i.branch_id", ""),
        Axis::Manager => ("i.manager_id", ""),
        Axis::DueMonth => return due_months(tx, scope, day).await,
    };
    let sql = format!(
        "SELECT {key}, i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT) FROM loan_interval i {join}
         WHERE i.county_id = $1 AND i.from_on <= $2 AND i.to_on > $2 AND i.standing <> {}{condition}
         GROUP BY {key}, i.standing ORDER BY {key}, i.standing",
        Standing::Settled.code()
    );
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    tx.fetch_all(sql, &bound).await?.iter().map(cell).collect()
}

async fn due_months(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<Cell>, Error> {
    let (condition, value) = scope.condition("i", 2, 3);
    let sql = format!(
        "SELECT l.due_on, i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT) FROM loan_interval i
         JOIN loan l ON l.county_id = i.county_id AND l.loan_id = i.loan_id
         WHERE i.county_id = $1 AND i.from_on <= $2 AND i.to_on > $2 AND i.standing <> {}{condition}
         GROUP BY l.due_on, i.standing ORDER BY l.due_on, i.standing",
        Standing::Settled.code()
    );
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let mut cells: Vec<Cell> = Vec::new();
    for row in tx.fetch_all(sql, &bound).await? {
        let key_id = month_key(row.date(0)?);
        let new = Cell {
            key_id,
            standing: standing(&row, 1)?,
            totals: Totals { loans: row.int(2)?, balance_fen: row.fen(3)? },
        };
        match cells.iter_mut().find(|cell| cell.key_id == key_id && cell.standing == new.standing) {
            Some(cell) => {
                cell.totals.loans += new.totals.loans;
                cell.totals.balance_fen += new.totals.balance_fen;
            }
            None => cells.push(new),
        }
    }
    Ok(cells)
}

/// The key of a day's month on [`Axis::DueMonth`].
pub fn month_key(day: Date) -> i64 {
    i64::from(day.year()) * 100 + i64::from(day.month())
}

/// How the county's figures changed on each day after `from` up to `to`: (day, standing, loans, balance).
pub async fn changes(
    tx: &mut Tx,
    county_id: i64,
    from: Date,
    to: Date,
) -> Result<Vec<(Date, Standing, Totals)>, Error> {
    let sql = "SELECT on_day, standing, loans, balance_fen FROM board_delta
               WHERE county_id = $1 AND axis = $2 AND span = $5 AND on_day > $3 AND on_day <= $4
               ORDER BY on_day, standing";
    let rows =
        tx.fetch_all(sql, &values![county_id, Axis::County.code(), from, to, Span::Day.code()]).await?;
    rows.iter()
        .map(|row| {
            Ok((row.date(0)?, standing(row, 1)?, Totals { loans: row.int(2)?, balance_fen: row.fen(3)? }))
        })
        .collect()
}

fn cell(row: &Row) -> Result<Cell, Error> {
    Ok(Cell {
        key_id: row.int(0)?,
        standing: standing(row, 1)?,
        totals: Totals { loans: row.int(2)?, balance_fen: row.fen(3)? },
    })
}

fn standing(row: &Row, column: usize) -> Result<Standing, Error> {
    let code = row.int(column)?;
    Standing::from_code(code).ok_or(Error::Value { column, found: code.to_string() })
}
