//! The officers of a county and what they carry.

pub mod assign;
pub mod change;
pub mod hand_over;

use std::collections::BTreeMap;

use bangfu_store::board::Axis;
use bangfu_store::officer::{self, Officer};
use bangfu_store::{Scope, Tx, county, tie};
use jiff::civil::Date;

use crate::board::{Figures, board};
use crate::division::Places;
use crate::error::Error;

/// An officer with what they carry on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The officer.
    pub officer: Officer,
    /// The name of the place where they serve.
    pub place: String,
    /// Households tied to them.
    pub households: i64,
    /// Their loans, for a credit manager.
    pub figures: Figures,
}

/// The officers by place and name.
pub async fn roster(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<Line>, Error> {
    let county = county::get(tx, scope.county_id).await?;
    let places = Places::load(tx, county.division_id).await?;
    let households: BTreeMap<i64, i64> = tie::households_in(tx, scope, day).await?.into_iter().collect();
    let mut figures: BTreeMap<i64, Figures> = board(tx, scope, Axis::Manager, day, None)
        .await?
        .rows
        .into_iter()
        .map(|row| (row.key_id, row.figures))
        .collect();
    Ok(officer::list_in(tx, scope, day)
        .await?
        .into_iter()
        .map(|officer| Line {
            place: places.on(officer.division_id, day).map(|term| term.name.clone()).unwrap_or_default(),
            households: households.get(&officer.officer_id).copied().unwrap_or(0),
            figures: figures.remove(&officer.officer_id).unwrap_or_default(),
            officer,
        })
        .collect())
}
