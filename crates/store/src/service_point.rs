//! Service points (金融扶贫服务中心 / 服务站) of places, and as what they stood when.

use bangfu_domain::service_point::PointKind;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A service point as it stands from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePoint {
    /// Its id.
    pub service_point_id: i64,
    /// The county, township or village.
    pub division_id: i64,
    /// What it is.
    pub kind: PointKind,
    /// Its name; `None` where nobody has named it.
    pub name: Option<String>,
    /// The first day; the first of the calendar where none is known.
    pub from_on: Date,
    /// The day after the last; `None` while it stands.
    pub to_on: Option<Date>,
}

const TABLE: Table = Table {
    name: "service_point",
    columns: &[
        ("county_id", Column::Int),
        ("service_point_id", Column::Int),
        ("division_id", Column::Int),
        ("kind", Column::Text),
        ("name", Column::Text),
        ("from_on", Column::Date),
        ("to_on", Column::Date),
    ],
    conflict:
        "ON CONFLICT (county_id, service_point_id) DO UPDATE SET kind = excluded.kind, name = excluded.name,
               from_on = excluded.from_on, to_on = excluded.to_on",
};

/// Adds service points, or tells those that are there anew.
pub async fn put(tx: &mut Tx, county_id: i64, points: &[ServicePoint]) -> Result<(), Error> {
    let rows = points
        .iter()
        .flat_map(|point| {
            values![
                county_id,
                point.service_point_id,
                point.division_id,
                point.kind.key(),
                point.name.clone(),
                point.from_on,
                point.to_on
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

const COLUMNS: &str = "service_point_id, division_id, kind, name, from_on, to_on";

/// The service points that a place has had, the oldest first.
pub async fn of_place(tx: &mut Tx, county_id: i64, division_id: i64) -> Result<Vec<ServicePoint>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_point WHERE county_id = $1 AND division_id = $2 ORDER BY from_on"
    );
    tx.fetch_all(sql, &values![county_id, division_id]).await?.iter().map(read).collect()
}

/// The service points that stand on a day, by place.
pub async fn on(tx: &mut Tx, county_id: i64, day: Date) -> Result<Vec<ServicePoint>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_point
         WHERE county_id = $1 AND from_on <= $2 AND (to_on IS NULL OR to_on > $2) ORDER BY division_id"
    );
    tx.fetch_all(sql, &values![county_id, day]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ServicePoint, Error> {
    let key = row.text(2)?;
    Ok(ServicePoint {
        service_point_id: row.int(0)?,
        division_id: row.int(1)?,
        kind: PointKind::from_key(&key).ok_or(Error::Value { column: 2, found: key })?,
        name: row.text_or_none(3)?,
        from_on: row.date(4)?,
        to_on: row.date_or_none(5)?,
    })
}
