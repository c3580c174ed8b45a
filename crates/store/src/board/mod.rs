//! The board: dated differences, whose sum up to a day is that day's board.
//!
//! They are kept by day and summed up by month and by year, so that what a board reads grows with the number of places
//! and by one row per place and year, and with nothing else; while a long work is under way, with what that has put aside,
//! which is bounded.

mod aside;
mod delta;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::places;
use crate::division;
use crate::error::Error;
use crate::kept::Keeper;
use crate::loan::Totals;
use crate::scope::{Area, Scope, within};
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use aside::{lie_aside, put_aside, settle, settle_next};
pub use delta::{Delta, add_deltas, add_up, corrections, with_sums};

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
    let county_id = scope.county_id;
    let owing = |cells: Arc<[Cell]>| cells.iter().filter(|cell| cell.standing.is_owing()).copied().collect();
    match (scope.area, axis) {
        (Area::County, _) => summed(tx, Asked { county_id, axis, day, keys: None }).await.map(owing),
        (Area::Division(id), Axis::Village) => villages(tx, county_id, id, day).await.map(owing),
        (Area::Division(id), Axis::County | Axis::Township) => {
            let villages = villages(tx, county_id, id, day).await.map(owing)?;
            widened(tx, scope, axis, day, villages).await
        }
        (Area::Branch(id), Axis::Branch) => {
            summed(tx, Asked { county_id, axis, day, keys: Some(vec![id]) }).await.map(owing)
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
) -> Result<Arc<[Cell]>, Error> {
    summed(tx, Asked { county_id, axis, day, keys: Some(vec![key_id]) }).await
}

/// The cells of the villages that lie in a division on a day; what is settled included.
pub(crate) async fn villages(
    tx: &mut Tx,
    county_id: i64,
    division_id: i64,
    day: Date,
) -> Result<Arc<[Cell]>, Error> {
    let inside = tx.fetch_all(format!("{} ORDER BY 1", within(1, 2)), &values![day, division_id]).await?;
    let keys = Some(inside.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?);
    summed(tx, Asked { county_id, axis: Axis::Village, day, keys }).await
}

/// Which board.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    county_id: i64,
    axis: Axis,
    day: Date,
    /// Of which keys; none for all.
    keys: Option<Vec<i64>>,
}

/// The sum of a board's differences up to its day, kept in memory as long as none is added.
async fn summed(tx: &mut Tx, asked: Asked) -> Result<Arc<[Cell]>, Error> {
    let keeper = Keeper::of_boards(tx, asked.county_id).await?;
    if let Some(cells) = keeper.get(|memo| &memo.boards, &asked) {
        return Ok(cells);
    }
    let cells: Arc<[Cell]> = added_up(tx, &asked).await?.into();
    // A board without cells takes room too, and so do the keys that were asked for, at a quarter of a cell.
    let room = asked.keys.as_ref().map_or(0, Vec::len) / 4 + 8;
    keeper.keep(|memo| &memo.boards, (asked, room), &cells);
    Ok(cells)
}

/// Adds up whole years, the months of the day's year and the days of its month.
async fn added_up(tx: &mut Tx, asked: &Asked) -> Result<Vec<Cell>, Error> {
    let Asked { county_id, axis, day, keys } = asked;
    if keys.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let (year, month) = (Span::Year.first_day(*day), Span::Month.first_day(*day));
    let mut bound = values![*county_id, axis.code(), *day, year, month].to_vec();
    let mut condition = String::new();
    if let Some(keys) = keys {
        condition = format!(" AND key_id IN ({})", places(6, keys.len()));
        bound.extend(keys.iter().copied().map(Into::into));
    }
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
         GROUP BY key_id, standing HAVING SUM(loans) <> 0 OR SUM(balance_fen) <> 0 ORDER BY key_id, standing",
        part(Span::Year, "on_day < $4"),
        part(Span::Month, "on_day >= $4 AND on_day < $5"),
        part(Span::Day, "on_day >= $5 AND on_day <= $3"),
    );
    let mut cells =
        tx.fetch_all(sql, &bound).await?.iter().map(cell).collect::<Result<Vec<Cell>, Error>>()?;
    // Keys come in order.
    let is_asked = |key: &i64| keys.as_ref().is_none_or(|keys| keys.binary_search(key).is_ok());
    let mut aside: HashMap<(i64, Standing), Totals> = HashMap::new();
    aside::each_aside(tx, *county_id, Some(*axis), |delta| {
        if delta.on_day <= *day && is_asked(&delta.key_id) {
            let sum = aside.entry((delta.key_id, delta.standing)).or_default();
            sum.loans += delta.loans;
            sum.balance_fen += delta.balance_fen;
        }
    })
    .await?;
    cells.extend(aside.into_iter().map(|((key_id, standing), totals)| Cell { key_id, standing, totals }));
    Ok(in_sum(cells))
}

/// Adds up what counts in one cell; a cell without loans falls away.
fn in_sum(mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by_key(|cell| (cell.key_id, cell.standing));
    cells.dedup_by(|cell, sum| {
        let same = (cell.key_id, cell.standing) == (sum.key_id, sum.standing);
        if same {
            sum.totals.loans += cell.totals.loans;
            sum.totals.balance_fen += cell.totals.balance_fen;
        }
        same
    });
    cells.retain(|cell| cell.totals.loans != 0);
    cells
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
    let wider = |cell: Cell| {
        let key_id = match axis {
            Axis::Township => above.get(&cell.key_id).copied().unwrap_or(0),
            _ => county,
        };
        Cell { key_id, ..cell }
    };
    Ok(in_sum(villages.into_iter().map(wider).collect()))
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
        "SELECT i.due_on, i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT) FROM loan_interval i
         WHERE i.county_id = $1 AND i.from_on <= $2 AND i.to_on > $2 AND i.standing <> {}{condition}
         GROUP BY i.due_on, i.standing ORDER BY i.due_on, i.standing",
        Standing::Settled.code()
    );
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let rows = tx.fetch_all(sql, &bound).await?;
    let of_month = |row: &Row| {
        let totals = Totals { loans: row.int(2)?, balance_fen: row.fen(3)? };
        Ok(Cell { key_id: month_key(row.date(0)?), standing: standing(row, 1)?, totals })
    };
    Ok(in_sum(rows.iter().map(of_month).collect::<Result<_, Error>>()?))
}

/// The key of a day's month on [`Axis::DueMonth`].
pub fn month_key(day: Date) -> i64 {
    i64::from(day.year()) * 100 + i64::from(day.month())
}

/// How the county's figures changed on each day after `from` up to `to`: (day, standing, loans, balance), by day.
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
    let change = |row: &Row| {
        Ok((row.date(0)?, standing(row, 1)?, Totals { loans: row.int(2)?, balance_fen: row.fen(3)? }))
    };
    let mut changes = rows.iter().map(change).collect::<Result<Vec<_>, Error>>()?;
    aside::each_aside(tx, county_id, Some(Axis::County), |delta| {
        let Delta { on_day, standing, loans, balance_fen, .. } = delta;
        if from < on_day && on_day <= to {
            changes.push((on_day, standing, Totals { loans, balance_fen }));
        }
    })
    .await?;
    changes.sort_by_key(|(day, ..)| *day);
    Ok(changes)
}

fn cell(row: &Row) -> Result<Cell, Error> {
    Ok(Cell {
        key_id: row.int(0)?,
        standing: standing(row, 1)?,
        totals: Totals { loans: row.int(2)?, balance_fen: row.fen(3)? },
    })
}

fn axis(row: &Row, column: usize) -> Result<Axis, Error> {
    let code = row.int(column)?;
    let known = Axis::ALL.into_iter().find(|one| one.code() == code);
    known.ok_or(Error::Value { column, found: code.to_string() })
}

fn standing(row: &Row, column: usize) -> Result<Standing, Error> {
    standing_of(row.int(column)?, column)
}

fn standing_of(code: i64, column: usize) -> Result<Standing, Error> {
    Standing::from_code(code).ok_or(Error::Value { column, found: code.to_string() })
}
