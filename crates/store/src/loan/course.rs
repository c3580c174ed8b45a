//! What happened to loans, as a replay of other rules needs it.

use jiff::civil::Date;

use bangfu_domain::warning::Standing;

use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// What happened to a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanCourse {
    /// The pack that watches over it.
    pub pack_id: String,
    /// 放款日期.
    pub disbursed_on: Date,
    /// 到期日期.
    pub due_on: Date,
    /// The day from which nothing is owed; `None` while something is.
    pub settled_on: Option<Date>,
    /// The day on which it fell overdue, if it did by the day asked about.
    pub overdue_on: Option<Date>,
}

/// The courses of the loans with ids between two, both included, that fall due between two days, as they are known by a day.
pub async fn courses(
    tx: &mut Tx,
    county_id: i64,
    (first, last): (i64, i64),
    (due_from, due_to): (Date, Date),
    day: Date,
) -> Result<Vec<LoanCourse>, Error> {
    let overdue = Standing::Overdue.code();
    let sql = format!(
        "SELECT l.pack_id, l.disbursed_on, l.due_on, l.settled_on,
                (SELECT MIN(i.from_on) FROM loan_interval i WHERE i.county_id = l.county_id AND i.loan_id = l.loan_id
                  AND i.standing = {overdue} AND i.from_on <= $6)
         FROM loan l WHERE l.county_id = $1 AND l.loan_id >= $2 AND l.loan_id <= $3 AND l.gone = 0
           AND l.due_on >= $4 AND l.due_on <= $5 ORDER BY l.loan_id"
    );
    let rows = tx.fetch_all(sql, &values![county_id, first, last, due_from, due_to, day]).await?;
    let course = |row: &Row| {
        Ok(LoanCourse {
            pack_id: row.text(0)?,
            disbursed_on: row.date(1)?,
            due_on: row.date(2)?,
            settled_on: row.date_or_none(3)?,
            overdue_on: row.date_or_none(4)?,
        })
    };
    rows.iter().map(course).collect()
}
