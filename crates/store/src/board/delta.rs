//! The differences themselves: added, and held against those that there should be.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::{Axis, Span, standing};
use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A difference that takes effect on a day, or the sum of those of a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delta {
    /// By what it counts.
    pub axis: Axis,
    /// Of how many days.
    pub span: Span,
    /// The first of them; a difference of one day counts from it on.
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

const TABLE: Table = Table {
    name: "board_delta",
    columns: &[
        ("county_id", Column::Int),
        ("axis", Column::Int),
        ("span", Column::Int),
        ("on_day", Column::Date),
        ("key_id", Column::Int),
        ("standing", Column::Int),
        ("loans", Column::Int),
        ("balance_fen", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, axis, span, on_day, key_id, standing) DO UPDATE SET
               loans = board_delta.loans + excluded.loans,
               balance_fen = board_delta.balance_fen + excluded.balance_fen",
};

/// Adds differences, those of months and years included, to those that stand. Each cell may occur once.
pub async fn add_deltas(tx: &mut Tx, county_id: i64, deltas: &[Delta]) -> Result<(), Error> {
    let rows = deltas
        .iter()
        .flat_map(|delta| {
            values![
                county_id,
                delta.axis.code(),
                delta.span.code(),
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

/// How what stands differs from the differences that there should be, which come in order: adding it makes them equal.
/// What stands is read row by row.
pub async fn corrections(tx: &mut Tx, county_id: i64, expected: Vec<Delta>) -> Result<Vec<Delta>, Error> {
    let sql = "SELECT axis, span, on_day, key_id, standing, loans, balance_fen FROM board_delta
               WHERE county_id = $1 AND (loans <> 0 OR balance_fen <> 0)
               ORDER BY axis, span, on_day, key_id, standing";
    let mut expected = expected.into_iter().peekable();
    let mut wrong = Vec::new();
    tx.each(sql, &values![county_id], |row| {
        let there = delta(&row)?;
        while let Some(missing) = expected.next_if(|wanted| wanted.cell() < there.cell()) {
            wrong.push(missing);
        }
        let wanted = expected.next_if(|wanted| wanted.cell() == there.cell());
        let (loans, balance_fen) = wanted.map_or((0, Fen::ZERO), |wanted| (wanted.loans, wanted.balance_fen));
        if (loans, balance_fen) != (there.loans, there.balance_fen) {
            let (loans, balance_fen) = (loans - there.loans, balance_fen - there.balance_fen);
            wrong.push(Delta { loans, balance_fen, ..there });
        }
        Ok::<(), Error>(())
    })
    .await?;
    wrong.extend(expected);
    Ok(wrong)
}

impl Delta {
    /// Where it counts.
    fn cell(&self) -> (Axis, Span, Date, i64, Standing) {
        (self.axis, self.span, self.on_day, self.key_id, self.standing)
    }
}

fn delta(row: &Row) -> Result<Delta, Error> {
    let (axis, span) = (row.int(0)?, row.int(1)?);
    let unknown = |column, code: i64| Error::Value { column, found: code.to_string() };
    Ok(Delta {
        axis: Axis::ALL.into_iter().find(|one| one.code() == axis).ok_or_else(|| unknown(0, axis))?,
        span: Span::ALL.into_iter().find(|one| one.code() == span).ok_or_else(|| unknown(1, span))?,
        on_day: row.date(2)?,
        key_id: row.int(3)?,
        standing: standing(row, 4)?,
        loans: row.int(5)?,
        balance_fen: row.fen(6)?,
    })
}
