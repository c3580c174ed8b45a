//! The daily close (日终): what each day published and which loans moved.

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::loan::Totals;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A figure as a close published it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The county or a township.
    pub division_id: i64,
    /// Which standing.
    pub standing: Standing,
    /// How many, and how much.
    pub totals: Totals,
}

const FIGURE: Table = Table {
    name: "day_figure",
    columns: &[
        ("county_id", Column::Int),
        ("on_day", Column::Date),
        ("division_id", Column::Int),
        ("standing", Column::Int),
        ("loans", Column::Int),
        ("balance_fen", Column::Int),
    ],
    conflict: "",
};

/// Publishes a day.
pub async fn publish(
    tx: &mut Tx,
    county_id: i64,
    on_day: Date,
    at: i64,
    moves: i64,
    figures: &[Figure],
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO day_close (county_id, on_day, published_at, moves) VALUES ($1, $2, $3, $4)",
        &values![county_id, on_day, at, moves],
    )
    .await?;
    let rows = figures
        .iter()
        .flat_map(|figure| {
            values![
                county_id,
                on_day,
                figure.division_id,
                figure.standing.code(),
                figure.totals.loans,
                figure.totals.balance_fen
            ]
        })
        .collect();
    tx.insert(FIGURE, rows).await
}

/// When a day was published and how many moves it had; `None` if it was not closed. Whoever sees a part of the
/// county may know it.
pub async fn published(tx: &mut Tx, scope: &Scope, on_day: Date) -> Result<Option<(i64, i64)>, Error> {
    let sql = "SELECT published_at, moves FROM day_close WHERE county_id = $1 AND on_day = $2";
    let row = tx.fetch_optional(sql, &values![scope.county_id, on_day]).await?;
    row.map(|row| Ok((row.int(0)?, row.int(1)?))).transpose()
}

/// The figures that a day's close published, for whoever sees the whole county: they are of all of it.
pub async fn figures(tx: &mut Tx, scope: &Scope, on_day: Date) -> Result<Vec<Figure>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT division_id, standing, loans, balance_fen FROM day_figure
               WHERE county_id = $1 AND on_day = $2 ORDER BY division_id, standing";
    let rows = tx.fetch_all(sql, &values![county_id, on_day]).await?;
    rows.iter()
        .map(|row| {
            Ok(Figure {
                division_id: row.int(0)?,
                standing: standing(row, 1)?,
                totals: Totals { loans: row.int(2)?, balance_fen: row.fen(3)? },
            })
        })
        .collect()
}

fn standing(row: &Row, column: usize) -> Result<Standing, Error> {
    let code = row.int(column)?;
    Standing::from_code(code).ok_or(Error::Value { column, found: code.to_string() })
}
