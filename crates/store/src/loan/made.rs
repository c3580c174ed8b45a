//! What an import brought.

use jiff::civil::Date;

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// A loan that an import brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub loan_id: i64,
    /// 借据号
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
}

/// The loans in the scope on a day that an import brought whose new ids lie from one on and before another: by id, the
/// first few left out, and no more than so many.
pub async fn made_by(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    import_id: i64,
    ids: (i64, i64),
    skip: i64,
    most: i64,
) -> Result<Vec<Made>, Error> {
    let (condition, value) = scope.loans_of_day(8);
    let mut bound = values![scope.county_id, on, import_id, ids.0, ids.1, skip, most].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT l.loan_id, l.number, l.borrower_name FROM loan l
         WHERE l.county_id = $1 AND l.loan_id >= $4 AND l.loan_id < $5
           AND l.loan_id IN (SELECT e.loan_id FROM loan_event e WHERE e.county_id = $1 AND e.loan_id >= $4
                                                                AND e.loan_id < $5 AND e.import_id = $3){condition}
         ORDER BY l.loan_id LIMIT $7 OFFSET $6"
    );
    let mut made = Vec::new();
    for row in tx.fetch_all(sql, &bound).await? {
        made.push(Made { loan_id: row.int(0)?, number: row.text(1)?, borrower_name: row.text(2)? });
    }
    Ok(made)
}
