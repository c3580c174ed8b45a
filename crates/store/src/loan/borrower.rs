//! Who borrowed: a household's member, whose loans are found by their secrets.

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

const BORROWER: Table = Table {
    name: "loan_borrower",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("ordinal", Column::Int),
        ("person_id", Column::Int),
        ("household_id", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, loan_id, ordinal) DO UPDATE SET person_id = excluded.person_id,
               household_id = excluded.household_id",
};

/// Writes who borrowed: (loan, person, household).
pub async fn put_borrowers(tx: &mut Tx, county_id: i64, borrowers: &[(i64, i64, i64)]) -> Result<(), Error> {
    let rows = borrowers
        .iter()
        .flat_map(|(loan, person, household)| values![county_id, *loan, 1_i64, *person, *household])
        .collect();
    tx.insert(BORROWER, rows).await
}

/// Who borrowed each loan: (loan, person).
pub async fn borrowers(tx: &mut Tx, county_id: i64) -> Result<Vec<(i64, i64)>, Error> {
    let sql = "SELECT loan_id, person_id FROM loan_borrower
               WHERE county_id = $1 AND ordinal = 1 AND person_id IS NOT NULL ORDER BY loan_id";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// Who borrowed each of some loans: (loan, person).
pub async fn borrowers_of(tx: &mut Tx, county_id: i64, loan_ids: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    let mut borrowers = Vec::with_capacity(loan_ids.len());
    for chunk in loan_ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT loan_id, person_id FROM loan_borrower WHERE county_id = $1 AND loan_id IN ({list})
             AND ordinal = 1 AND person_id IS NOT NULL"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            borrowers.push((row.int(0)?, row.int(1)?));
        }
    }
    Ok(borrowers)
}

/// The person who borrowed a loan.
pub async fn borrower(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<Option<i64>, Error> {
    let sql = "SELECT person_id FROM loan_borrower WHERE county_id = $1 AND loan_id = $2 AND ordinal = 1";
    match tx.fetch_optional(sql, &values![county_id, loan_id]).await? {
        Some(row) => row.int_or_none(0),
        None => Ok(None),
    }
}
