//! Findings: what an import noticed and did not refuse, shown on the loan.

use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub finding_id: i64,
    /// The import that made it.
    pub import_id: i64,
    /// The loan that it concerns, if it is one.
    pub loan_id: Option<i64>,
    /// The key of its text.
    pub code: String,
    /// Place, value and parameters as JSON.
    pub facts: String,
}

const TABLE: Table = Table {
    name: "finding",
    columns: &[
        ("county_id", Column::Int),
        ("finding_id", Column::Int),
        ("import_id", Column::Int),
        ("loan_id", Column::Int),
        ("code", Column::Text),
        ("facts", Column::Text),
    ],
    conflict: "",
};

/// Keeps findings.
pub async fn add(tx: &mut Tx, county_id: i64, findings: &[Finding]) -> Result<(), Error> {
    let rows = findings
        .iter()
        .flat_map(|one| {
            values![
                county_id,
                one.finding_id,
                one.import_id,
                one.loan_id,
                one.code.as_str(),
                one.facts.as_str()
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// The findings of a county about loans: (id, loan, code, facts).
pub async fn about(tx: &mut Tx, county_id: i64, loan_ids: &[i64]) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for chunk in loan_ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT finding_id, import_id, loan_id, code, facts FROM finding
             WHERE county_id = $1 AND loan_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            findings.push(read(&row)?);
        }
    }
    findings.sort_by_key(|finding: &Finding| finding.finding_id);
    Ok(findings)
}

/// The findings about all loans of a county.
pub async fn about_loans(tx: &mut Tx, county_id: i64) -> Result<Vec<Finding>, Error> {
    let sql = "SELECT finding_id, import_id, loan_id, code, facts FROM finding
               WHERE county_id = $1 AND loan_id IS NOT NULL ORDER BY finding_id";
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read).collect()
}

/// Forgets findings that a newer ledger no longer gives cause for.
pub async fn forget(tx: &mut Tx, county_id: i64, finding_ids: &[i64]) -> Result<(), Error> {
    for chunk in finding_ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("DELETE FROM finding WHERE county_id = $1 AND finding_id IN ({list})");
        tx.execute(sql, &bound).await?;
    }
    Ok(())
}

/// Forgets what an import noticed, of the findings with ids from the first on and before the second.
pub async fn forget_made(tx: &mut Tx, county_id: i64, (first, end): (i64, i64)) -> Result<(), Error> {
    let sql = "DELETE FROM finding WHERE county_id = $1 AND finding_id >= $2 AND finding_id < $3";
    tx.execute(sql, &values![county_id, first, end]).await?;
    Ok(())
}

/// The findings about a loan that lies in the scope on a day.
pub async fn of_loan(tx: &mut Tx, scope: &Scope, loan_id: i64, on: Date) -> Result<Vec<Finding>, Error> {
    let (condition, mut bound) = scope.of_loans("loan_id", "l.loan_id", on, 4);
    bound.insert(2, loan_id.into());
    let sql = format!(
        "SELECT finding_id, import_id, loan_id, code, facts FROM finding
         WHERE county_id = $1 AND loan_id = $3{condition} ORDER BY finding_id"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Finding, Error> {
    Ok(Finding {
        finding_id: row.int(0)?,
        import_id: row.int(1)?,
        loan_id: row.int_or_none(2)?,
        code: row.text(3)?,
        facts: row.text(4)?,
    })
}
