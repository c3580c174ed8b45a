//! What institutions, branches and officers were called before: files still call them so.

use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::gone::Noun;
use crate::tx::Tx;
use crate::values;

/// A name of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Whose.
    pub row_id: i64,
    /// The name.
    pub name: String,
    /// The day from which it was called otherwise.
    pub until_on: Date,
}

const TABLE: Table = Table {
    name: "former_name",
    columns: &[
        ("county_id", Column::Int),
        ("noun", Column::Text),
        ("row_id", Column::Int),
        ("name", Column::Text),
        ("until_on", Column::Date),
    ],
    // A name that was given and taken back on one day was none.
    conflict: "ON CONFLICT (county_id, noun, row_id, until_on) DO NOTHING",
};

/// Keeps a name of before.
pub async fn add(tx: &mut Tx, county_id: i64, noun: Noun, former: &FormerName) -> Result<(), Error> {
    let FormerName { row_id, name, until_on } = former;
    tx.insert(TABLE, values![county_id, noun.key(), *row_id, name.as_str(), *until_on].to_vec()).await
}

/// The names of before, the oldest of each first.
pub async fn list(tx: &mut Tx, county_id: i64, noun: Noun) -> Result<Vec<FormerName>, Error> {
    let sql = "SELECT row_id, name, until_on FROM former_name WHERE county_id = $1 AND noun = $2
               ORDER BY row_id, until_on";
    tx.fetch_all(sql, &values![county_id, noun.key()])
        .await?
        .iter()
        .map(|row| Ok(FormerName { row_id: row.int(0)?, name: row.text(1)?, until_on: row.date(2)? }))
        .collect()
}
