//! Loans whose standing has changed since it was last looked at whom to tell of it.

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::standing;
use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A loan of whose standing nobody was told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The loan.
    pub loan_id: i64,
    /// Its standing on the last closed day.
    pub standing: Standing,
    /// The contract's due day.
    pub due_on: Date,
    /// The pack that watches over it.
    pub pack_id: String,
    /// The village, now.
    pub village_id: i64,
    /// The branch.
    pub branch_id: i64,
    /// The credit manager.
    pub manager_id: Option<i64>,
}

/// What counts as told of a loan that is new: nothing, but of what is settled there is nothing to tell. A loan that falls due
/// on another day than before is looked at whatever its standing (-1): its task may be over.
pub(super) const fn at_first(standing: Standing) -> i64 {
    match standing {
        Standing::Settled => Standing::Settled.code(),
        _ => Standing::None.code(),
    }
}

/// So many at most of those whose standing is another than was last told.
pub async fn untold(tx: &mut Tx, county_id: i64, limit: i64) -> Result<Vec<Untold>, Error> {
    // Told is never less than -1: without a word of its column, SQLite would go through the book instead of the index.
    let sql = "SELECT loan_id, standing, due_on, pack_id, village_id, branch_id, manager_id FROM loan
               WHERE county_id = $1 AND told >= -1 AND told <> standing ORDER BY told, loan_id LIMIT $2";
    let rows = tx.fetch_all(sql, &values![county_id, limit]).await?;
    rows.iter().map(read).collect()
}

/// Where some loans belong, and by which pack they are watched, told or not.
pub async fn of_tasks(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<Vec<Untold>, Error> {
    let mut found = Vec::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT loan_id, standing, due_on, pack_id, village_id, branch_id, manager_id FROM loan
             WHERE county_id = $1 AND loan_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            found.push(read(&row)?);
        }
    }
    Ok(found)
}

/// Notes that these loans were looked at.
pub async fn note_told(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<(), Error> {
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("UPDATE loan SET told = standing WHERE county_id = $1 AND loan_id IN ({list})");
        tx.execute(sql, &bound).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Untold, Error> {
    Ok(Untold {
        loan_id: row.int(0)?,
        standing: standing(row, 1)?,
        due_on: row.date(2)?,
        pack_id: row.text(3)?,
        village_id: row.int(4)?,
        branch_id: row.int(5)?,
        manager_id: row.int_or_none(6)?,
    })
}
