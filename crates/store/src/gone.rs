//! What an import made that was taken back: for nobody there, but answers of before still name it.

use std::collections::HashSet;

use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// What can be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// An institution.
    Lender,
    /// 支行.
    Branch,
    /// 带贫主体.
    Enterprise,
    /// 户.
    Household,
    /// A person.
    Person,
    /// 人员.
    Officer,
}

impl Noun {
    /// The name of the table, and that of the noun in the order of changes.
    pub const fn key(self) -> &'static str {
        match self {
            Noun::Lender => "lender",
            Noun::Branch => "branch",
            Noun::Enterprise => "enterprise",
            Noun::Household => "household",
            Noun::Person => "person",
            Noun::Officer => "officer",
        }
    }

    /// The condition that something of the book still names a row `n`. Names of institutions, branches and enterprises
    /// stay as long as it does: they are said of many.
    const fn named(self) -> Option<&'static str> {
        match self {
            Noun::Lender => Some(
                "EXISTS (SELECT 1 FROM branch b WHERE b.county_id = $1 AND b.lender_id = n.lender_id AND b.gone = 0)
                 OR EXISTS (SELECT 1 FROM bank_movement m WHERE m.county_id = $1 AND m.lender_id = n.lender_id)",
            ),
            Noun::Branch => Some(
                "EXISTS (SELECT 1 FROM loan_place p WHERE p.county_id = $1 AND p.branch_id = n.branch_id)
                 OR EXISTS (SELECT 1 FROM difference d WHERE d.county_id = $1 AND d.branch_id = n.branch_id)",
            ),
            Noun::Enterprise => Some(
                "n.enterprise_id IN (SELECT l.enterprise_id FROM loan l
                   WHERE l.county_id = $1 AND l.gone = 0 AND l.enterprise_id IS NOT NULL)",
            ),
            Noun::Household | Noun::Person | Noun::Officer => None,
        }
    }
}

/// The ids of what is gone.
pub async fn ids(tx: &mut Tx, county_id: i64, noun: Noun) -> Result<HashSet<i64>, Error> {
    let table = noun.key();
    let sql = format!("SELECT {table}_id FROM {table} WHERE county_id = $1 AND gone = 1");
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(|row| row.int(0)).collect()
}

/// Lets go what has an id from the first on and before the second and is not named any more; how many went.
pub async fn mark(tx: &mut Tx, county_id: i64, noun: Noun, (first, end): (i64, i64)) -> Result<u64, Error> {
    let table = noun.key();
    let kept = noun.named().map(|named| format!(" AND NOT ({named})")).unwrap_or_default();
    let sql = format!(
        "UPDATE {table} AS n SET gone = 1
         WHERE n.county_id = $1 AND n.{table}_id >= $2 AND n.{table}_id < $3 AND n.gone = 0{kept}"
    );
    tx.execute(sql, &values![county_id, first, end]).await
}

/// Brings back what a file names again.
pub async fn bring_back(tx: &mut Tx, county_id: i64, noun: Noun, ids: &[i64]) -> Result<(), Error> {
    let table = noun.key();
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("UPDATE {table} SET gone = 0 WHERE county_id = $1 AND {table}_id IN ({list})");
        tx.execute(sql, &bound).await?;
    }
    Ok(())
}
