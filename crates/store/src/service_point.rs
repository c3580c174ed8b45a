//! Service points (金融扶贫服务中心 / 服务站): one in the county, each township and each administrative
//! village.

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

const TABLE: Table = Table {
    name: "service_point",
    columns: &[("county_id", Column::Int), ("service_point_id", Column::Int), ("division_id", Column::Int)],
    conflict: "",
};

/// Gives each division its service point; ids follow one another from `first_id`.
pub async fn add(tx: &mut Tx, county_id: i64, first_id: i64, divisions: &[i64]) -> Result<(), Error> {
    let rows =
        (first_id..).zip(divisions).flat_map(|(id, division)| values![county_id, id, *division]).collect();
    tx.insert(TABLE, rows).await
}

/// Takes a division's service point away.
pub async fn remove(tx: &mut Tx, county_id: i64, division_id: i64) -> Result<(), Error> {
    let sql = "DELETE FROM service_point WHERE county_id = $1 AND division_id = $2";
    tx.execute(sql, &values![county_id, division_id]).await?;
    Ok(())
}

/// The divisions that have a service point.
pub async fn divisions(tx: &mut Tx, county_id: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT division_id FROM service_point WHERE county_id = $1 ORDER BY division_id";
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(|row| row.int(0)).collect()
}
