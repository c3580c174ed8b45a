//! Enterprises (带贫主体) that carry households.

use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

const TABLE: Table = Table {
    name: "enterprise",
    columns: &[
        ("county_id", Column::Int),
        ("enterprise_id", Column::Int),
        ("name", Column::Text),
        ("name_key", Column::Text),
    ],
    conflict: "",
};

/// Adds enterprises by name.
pub async fn add(tx: &mut Tx, county_id: i64, enterprises: &[(i64, String)]) -> Result<(), Error> {
    let rows = enterprises
        .iter()
        .flat_map(|(id, name)| values![county_id, *id, name.as_str(), pinyin_key(name)])
        .collect();
    tx.insert(TABLE, rows).await
}

/// All enterprises of a county.
pub async fn list(tx: &mut Tx, county_id: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql =
        "SELECT enterprise_id, name FROM enterprise WHERE county_id = $1 ORDER BY name_key, enterprise_id";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// The name of an enterprise, if a loan that it carries lies in the scope on a day, or it is the whole county that is
/// seen.
pub async fn name(tx: &mut Tx, scope: &Scope, enterprise_id: i64, on: Date) -> Result<Option<String>, Error> {
    let (condition, mut bound) = scope.of_loans("enterprise_id", "l.enterprise_id", on, 4);
    bound.insert(2, enterprise_id.into());
    let sql = format!(
        "SELECT name FROM enterprise WHERE county_id = $1 AND enterprise_id = $3 AND gone = 0{condition}"
    );
    tx.fetch_optional(sql, &bound).await?.map(|row| row.text(0)).transpose()
}
