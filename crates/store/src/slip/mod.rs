//! Reminder slips (提醒单): the levels of which borrowers are to hear, and the county's words for it.

mod list;
mod text;

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

pub use list::{Part, SlipFilter, SlipRow, count, days, list, some};
pub use text::{SlipText, add_text, texts};

/// A level of which a borrower is to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Its id.
    pub slip_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// The level.
    pub level: Standing,
    /// The contract's due day.
    pub about_on: Date,
    /// The day on which it is told.
    pub on_day: Date,
}

const TABLE: Table = Table {
    name: "slip",
    columns: &[
        ("county_id", Column::Int),
        ("slip_id", Column::Int),
        ("loan_id", Column::Int),
        ("level", Column::Int),
        ("about_on", Column::Date),
        ("on_day", Column::Date),
    ],
    conflict: "ON CONFLICT (county_id, loan_id, level, about_on) DO NOTHING",
};

/// Adds slips, and says which are new: of a level of which a loan's borrower has heard in this term there is no second.
pub async fn add(tx: &mut Tx, county_id: i64, slips: &[Slip]) -> Result<Vec<i64>, Error> {
    let rows = slips.iter().flat_map(|slip| {
        values![county_id, slip.slip_id, slip.loan_id, slip.level.code(), slip.about_on, slip.on_day]
    });
    tx.insert(TABLE, rows.collect()).await?;
    let ids: Vec<i64> = slips.iter().map(|slip| slip.slip_id).collect();
    let mut there = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql =
            format!("SELECT slip_id FROM slip WHERE county_id = $1 AND slip_id IN ({list}) ORDER BY slip_id");
        for row in tx.fetch_all(sql, &bound).await? {
            there.push(row.int(0)?);
        }
    }
    Ok(there)
}

/// Notes that slips were handed over, those that were not before; how many.
pub async fn hand_over(
    tx: &mut Tx,
    county_id: i64,
    slips: &[i64],
    (on, by): (Date, &str),
) -> Result<u64, Error> {
    let mut handed = 0;
    for chunk in slips.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        let at = bound.len();
        bound.extend(values![on, by]);
        let sql = format!(
            "UPDATE slip SET handed_on = ${}, handed_by = ${}
             WHERE county_id = $1 AND handed_on IS NULL AND slip_id IN ({list})",
            at + 1,
            at + 2
        );
        handed += tx.execute(sql, &bound).await?;
    }
    Ok(handed)
}
