//! A close brings the rows of loans from day to day.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::CHUNK;
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// Loans whose next possible change has come, at most so many: what is done has its next change later, so the
/// day's work ends when none is left.
pub async fn due_for_change(tx: &mut Tx, county_id: i64, by: Date, limit: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT loan_id FROM loan WHERE county_id = $1 AND next_change_on <= $2
               ORDER BY next_change_on, loan_id LIMIT $3";
    tx.fetch_all(sql, &values![county_id, by, limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// Where a loan stands on the day to which a close brings it, and the day of its next possible change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// The loan.
    pub loan_id: i64,
    /// Standing and balance; `None` before its first day, when the row stays as it is.
    pub now: Option<(Standing, Fen)>,
    /// The day of the next possible change.
    pub next_change_on: Option<Date>,
}

/// Brings the rows of loans up to a day: of a row and its indexes, only what changes is written.
pub async fn advance(tx: &mut Tx, county_id: i64, advances: &[Advance]) -> Result<(), Error> {
    for chunk in advances.chunks(CHUNK) {
        let mut bound = values![county_id].to_vec();
        let mut rows = Vec::with_capacity(chunk.len());
        for advance in chunk {
            let at = bound.len();
            rows.push(format!("(${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4));
            bound.extend(values![
                advance.loan_id,
                advance.now.map(|(standing, _)| standing.code()),
                advance.now.map(|(_, balance)| balance.get()),
                advance.next_change_on
            ]);
        }
        let sql = format!(
            "UPDATE loan SET standing = COALESCE(v.column2, standing), balance_fen = COALESCE(v.column3, balance_fen),
                    next_change_on = v.column4, version = version + 1
             FROM (VALUES {}) v WHERE loan.county_id = $1 AND loan.loan_id = v.column1",
            rows.join(", ")
        );
        tx.execute(sql, &bound).await?;
    }
    Ok(())
}
