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
    /// The county, a township or a village; 0 for villages that lie in no township on the day.
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

const MOVE: Table = Table {
    name: "day_move",
    columns: &[
        ("county_id", Column::Int),
        ("on_day", Column::Date),
        ("from_standing", Column::Int),
        ("to_standing", Column::Int),
        ("loans", Column::Int),
    ],
    conflict: "",
};

/// How many loans stood otherwise on a day than on the day before: (from, to, loans).
pub type Moves = (Standing, Standing, i64);

/// Publishes a day.
pub async fn publish(
    tx: &mut Tx,
    county_id: i64,
    on_day: Date,
    at: i64,
    moves: &[Moves],
    figures: &[Figure],
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO day_close (county_id, on_day, published_at) VALUES ($1, $2, $3)",
        &values![county_id, on_day, at],
    )
    .await?;
    let rows = moves
        .iter()
        .flat_map(|(from, to, loans)| values![county_id, on_day, from.code(), to.code(), *loans])
        .collect();
    tx.insert(MOVE, rows).await?;
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
    let sql = "SELECT published_at, CAST((SELECT COALESCE(SUM(loans), 0) FROM day_move
                 WHERE county_id = $1 AND on_day = $2) AS BIGINT)
               FROM day_close WHERE county_id = $1 AND on_day = $2";
    let row = tx.fetch_optional(sql, &values![scope.county_id, on_day]).await?;
    row.map(|row| Ok((row.int(0)?, row.int(1)?))).transpose()
}

/// The closed days before a day, the newest first: (day, when it was published). Whoever sees a part of the county may know
/// them.
pub async fn days(tx: &mut Tx, scope: &Scope, before: Date, limit: usize) -> Result<Vec<(Date, i64)>, Error> {
    let sql = format!(
        "SELECT on_day, published_at FROM day_close WHERE county_id = $1 AND on_day < $2
         ORDER BY on_day DESC LIMIT {limit}"
    );
    let rows = tx.fetch_all(sql, &values![scope.county_id, before]).await?;
    rows.iter().map(|row| Ok((row.date(0)?, row.int(1)?))).collect()
}

/// The figures that a day's close published of a division, or of all, for whoever sees the whole county: they are of all
/// of it.
pub async fn figures(
    tx: &mut Tx,
    scope: &Scope,
    on_day: Date,
    division_id: Option<i64>,
) -> Result<Vec<Figure>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT division_id, standing, loans, balance_fen FROM day_figure
               WHERE county_id = $1 AND on_day = $2 AND division_id >= $3 AND division_id <= $4
               ORDER BY division_id, standing";
    let (first, last) = division_id.map_or((0, i64::MAX), |only| (only, only));
    let rows = tx.fetch_all(sql, &values![county_id, on_day, first, last]).await?;
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

/// The moves that a day's close published, for whoever sees the whole county. Stories hold them against the lists.
#[cfg(feature = "testing")]
pub async fn moves(tx: &mut Tx, scope: &Scope, on_day: Date) -> Result<Vec<Moves>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT from_standing, to_standing, loans FROM day_move
               WHERE county_id = $1 AND on_day = $2 ORDER BY to_standing DESC, from_standing DESC";
    let rows = tx.fetch_all(sql, &values![county_id, on_day]).await?;
    rows.iter().map(|row| Ok((standing(row, 0)?, standing(row, 1)?, row.int(2)?))).collect()
}

fn standing(row: &Row, column: usize) -> Result<Standing, Error> {
    let code = row.int(column)?;
    Standing::from_code(code).ok_or(Error::Value { column, found: code.to_string() })
}
