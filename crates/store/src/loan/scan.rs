//! Reading the rows of all loans, for a count that takes nothing from what was derived of their history.

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// What a count needs to know of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// The village.
    pub village_id: i64,
    /// The lending branch.
    pub branch_id: i64,
    /// The pack that watches over it.
    pub pack_id: &'a str,
    /// 放款日期.
    pub disbursed_on: Date,
    /// 到期日期.
    pub due_on: Date,
    /// Balance on the last closed day.
    pub balance_fen: Fen,
}

/// The first and the last id of a county's loans; `None` if it has none.
pub async fn ids(tx: &mut Tx, county_id: i64) -> Result<Option<(i64, i64)>, Error> {
    let sql = "SELECT MIN(loan_id), MAX(loan_id) FROM loan WHERE county_id = $1";
    let row = tx.fetch_one(sql, &values![county_id]).await?;
    Ok(row.int_or_none(0)?.zip(row.int_or_none(1)?))
}

/// The rows of the loans from one id to another, as lines for [`scanned`].
pub async fn scan(tx: &mut Tx, county_id: i64, first: i64, last: i64) -> Result<String, Error> {
    let columns = ["village_id", "branch_id", "pack_id", "disbursed_on", "due_on", "balance_fen"];
    let rest = "loan WHERE county_id = $1 AND loan_id >= $2 AND loan_id <= $3";
    tx.gather(&columns, rest, &values![county_id, first, last]).await
}

/// Reads a line of a scan.
pub fn scanned(line: &str) -> Result<Scanned<'_>, Error> {
    let bad = || Error::Value { column: 0, found: line.to_owned() };
    let mut fields = line.split(' ');
    let mut next = || fields.next().ok_or_else(bad);
    let number = |text: &str| text.parse::<i64>().map_err(|_| bad());
    Ok(Scanned {
        village_id: number(next()?)?,
        branch_id: number(next()?)?,
        pack_id: next()?,
        disbursed_on: next()?.parse().map_err(|_| bad())?,
        due_on: next()?.parse().map_err(|_| bad())?,
        balance_fen: Fen::new(number(next()?)?),
    })
}

/// What all loans owe together, as a bare sum over their rows: the least that any count can cost.
pub async fn sum_of_balances(tx: &mut Tx, scope: &Scope) -> Result<Fen, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Fen::ZERO) };
    let sql = "SELECT CAST(COALESCE(SUM(balance_fen), 0) AS BIGINT) FROM loan WHERE county_id = $1";
    tx.fetch_one(sql, &values![county_id]).await?.fen(0)
}
