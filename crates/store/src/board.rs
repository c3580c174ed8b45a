//! The board: dated differences, whose sum up to a day is that day's board.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::loan::Totals;
use crate::scope::{Area, Scope};
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

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

/// A difference that takes effect on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delta {
    /// By what it counts.
    pub axis: Axis,
    /// From this day on.
    pub on_day: Date,
    /// Which township, branch, ….
    pub key_id: i64,
    /// Which standing.
    pub standing: Standing,
    /// So many loans more or fewer.
    pub loans: i64,
    /// So much more or less owed.
    pub balance_fen: Fen,
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

const TABLE: Table = Table {
    name: "board_delta",
    columns: &[
        ("county_id", Column::Int),
        ("axis", Column::Int),
        ("on_day", Column::Date),
        ("key_id", Column::Int),
        ("standing", Column::Int),
        ("loans", Column::Int),
        ("balance_fen", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, axis, on_day, key_id, standing) DO UPDATE SET
               loans = board_delta.loans + excluded.loans,
               balance_fen = board_delta.balance_fen + excluded.balance_fen",
};

/// Adds differences to those that stand. Each cell may occur once.
pub async fn add_deltas(tx: &mut Tx, county_id: i64, deltas: &[Delta]) -> Result<(), Error> {
    let rows = deltas
        .iter()
        .flat_map(|delta| {
            values![
                county_id,
                delta.axis.code(),
                delta.on_day,
                delta.key_id,
                delta.standing.code(),
                delta.loans,
                delta.balance_fen
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// Forgets all differences of a county: a rebuild writes them anew.
pub async fn clear_deltas(tx: &mut Tx, county_id: i64) -> Result<(), Error> {
    tx.execute("DELETE FROM board_delta WHERE county_id = $1", &values![county_id]).await?;
    Ok(())
}

/// All differences of a county that amount to something.
pub async fn deltas(tx: &mut Tx, county_id: i64) -> Result<Vec<Delta>, Error> {
    let sql = "SELECT axis, on_day, key_id, standing, loans, balance_fen FROM board_delta
               WHERE county_id = $1 AND (loans <> 0 OR balance_fen <> 0)
               ORDER BY axis, on_day, key_id, standing";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter()
        .map(|row| {
            let code = row.int(0)?;
            let axis = Axis::ALL.into_iter().find(|axis| axis.code() == code);
            Ok(Delta {
                axis: axis.ok_or(Error::Value { column: 0, found: code.to_string() })?,
                on_day: row.date(1)?,
                key_id: row.int(2)?,
                standing: standing(row, 3)?,
                loans: row.int(4)?,
                balance_fen: row.fen(5)?,
            })
        })
        .collect()
}

/// The cells of a day's board, as known now.
///
/// The whole county reads the differences; a part of it, whose other axes nobody adds up, the intervals.
pub async fn cells(tx: &mut Tx, scope: &Scope, axis: Axis, day: Date) -> Result<Vec<Cell>, Error> {
    let rows = if scope.area == Area::County {
        let sql = "SELECT key_id, standing, CAST(SUM(loans) AS BIGINT), CAST(SUM(balance_fen) AS BIGINT)
                   FROM board_delta WHERE county_id = $1 AND axis = $2 AND on_day <= $3
                   GROUP BY key_id, standing HAVING SUM(loans) <> 0 ORDER BY key_id, standing";
        tx.fetch_all(sql, &values![scope.county_id, axis.code(), day]).await?
    } else {
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
             GROUP BY 1, i.standing ORDER BY 1, i.standing",
            Standing::Settled.code()
        );
        let mut bound = values![scope.county_id, day].to_vec();
        bound.extend(value);
        tx.fetch_all(sql, &bound).await?
    };
    rows.iter().map(cell).collect()
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
               WHERE county_id = $1 AND axis = $2 AND on_day > $3 AND on_day <= $4 ORDER BY on_day, standing";
    let rows = tx.fetch_all(sql, &values![county_id, Axis::County.code(), from, to]).await?;
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
