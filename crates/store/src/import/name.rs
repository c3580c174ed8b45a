//! The names of files.

use jiff::civil::Date;

use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// The files that told of a loan which lies in the scope on a day: its events, its findings and its differences.
/// Only their names are read, so that none is too old to be named.
pub async fn names_for_loan(
    tx: &mut Tx,
    scope: &Scope,
    loan_id: i64,
    on: Date,
) -> Result<Vec<(i64, String)>, Error> {
    let (condition, value) = scope.loans_of_day(4);
    let told = ["loan_event", "finding", "difference"].map(|noun| {
        format!(
            "SELECT import_id FROM {noun} WHERE county_id = $1 AND loan_id = $3 AND import_id IS NOT NULL"
        )
    });
    let sql = format!(
        "SELECT import_id, file_name FROM import WHERE county_id = $1 AND import_id IN ({})
         AND EXISTS (SELECT 1 FROM loan l WHERE l.county_id = $1 AND l.loan_id = $3{condition}) ORDER BY import_id",
        told.join(" UNION ")
    );
    let mut bound = values![scope.county_id, on, loan_id].to_vec();
    bound.extend(value);
    tx.fetch_all(sql, &bound).await?.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// The names of files, by import.
pub async fn names(tx: &mut Tx, county_id: i64, imports: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    let mut names = Vec::with_capacity(imports.len());
    for chunk in imports.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql =
            format!("SELECT import_id, file_name FROM import WHERE county_id = $1 AND import_id IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            names.push((row.int(0)?, row.text(1)?));
        }
    }
    Ok(names)
}
