//! Reading the rows of all loans, for a count that takes nothing from what was derived of their history.

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::bulk::gathered;
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// Columns of many loans: in each, the values of one loan after the other.
#[derive(Debug)]
pub struct Scan([String; 5]);

impl Scan {
    /// Village, lending branch, pack, due day as it is written, and balance on the last closed day of each loan.
    pub fn loans(&self) -> impl Iterator<Item = Result<(i64, i64, &str, &str, Fen), Error>> {
        let [villages, branches, packs, due, balances] = &self.0;
        gathered(villages)
            .zip(gathered(branches))
            .zip(packs.split(',').zip(due.split(',')))
            .zip(gathered(balances))
            .map(|(((village, branch), (pack, due)), balance)| {
                Ok((village?, branch?, pack, due, Fen::new(balance?)))
            })
    }
}

/// The first and the last id of a county's loans; `None` if it has none.
pub async fn ids(tx: &mut Tx, county_id: i64) -> Result<Option<(i64, i64)>, Error> {
    ends(tx, county_id, "loan").await
}

/// The first and the last id of which something happened, also where the loan's row is lost; `None` if nothing did.
pub async fn ids_of_events(tx: &mut Tx, county_id: i64) -> Result<Option<(i64, i64)>, Error> {
    ends(tx, county_id, "loan_event").await
}

async fn ends(tx: &mut Tx, county_id: i64, table: &str) -> Result<Option<(i64, i64)>, Error> {
    // Two questions: SQLite would go through all rows for both ends at once.
    let [first, last] =
        ["MIN", "MAX"].map(|end| format!("(SELECT {end}(loan_id) FROM {table} WHERE county_id = $1)"));
    let row = tx.fetch_one(format!("SELECT {first}, {last}"), &values![county_id]).await?;
    Ok(row.int_or_none(0)?.zip(row.int_or_none(1)?))
}

/// The loans from one id to another that were disbursed by a day and owe something.
pub async fn scan(tx: &mut Tx, county_id: i64, (first, last): (i64, i64), day: Date) -> Result<Scan, Error> {
    let columns = ["village_id", "branch_id", "pack_id", "due_on", "balance_fen"];
    let rest = "loan WHERE county_id = $1 AND loan_id >= $2 AND loan_id <= $3 AND disbursed_on <= $4 AND balance_fen > 0";
    tx.gather(columns, rest, &values![county_id, first, last, day]).await.map(Scan)
}

/// What all loans owe together, as a bare sum over their rows: the least that any count can cost.
pub async fn sum_of_balances(tx: &mut Tx, scope: &Scope) -> Result<Fen, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Fen::ZERO) };
    let sql = "SELECT CAST(COALESCE(SUM(balance_fen), 0) AS BIGINT) FROM loan WHERE county_id = $1";
    tx.fetch_one(sql, &values![county_id]).await?.fen(0)
}
