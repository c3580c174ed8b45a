//! Officers (人员) and their roles.

use std::collections::BTreeMap;
use std::sync::Arc;

use bangfu_domain::officer::Role;
use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::kept::Keeper;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

/// An officer with their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Their id.
    pub officer_id: i64,
    /// The person behind.
    pub person_id: i64,
    /// Where they serve: a township as a rule.
    pub division_id: i64,
    /// Their name.
    pub name: String,
    /// False while only a ledger names them.
    pub confirmed: bool,
    /// The first day on which they serve no more; `None` while they do.
    pub left_on: Option<Date>,
    /// What they do.
    pub roles: Vec<Role>,
}

impl Officer {
    /// Whether they serve on a day, as far as anybody has said.
    pub fn serves_on(&self, day: Date) -> bool {
        self.left_on.is_none_or(|left_on| day < left_on)
    }
}

const OFFICER: Table = Table {
    name: "officer",
    columns: &[
        ("county_id", Column::Int),
        ("officer_id", Column::Int),
        ("person_id", Column::Int),
        ("division_id", Column::Int),
        ("name", Column::Text),
        ("name_key", Column::Text),
        ("confirmed", Column::Int),
        ("left_on", Column::Date),
    ],
    conflict: "ON CONFLICT (county_id, officer_id) DO UPDATE SET confirmed = excluded.confirmed,
               division_id = excluded.division_id, name = excluded.name, name_key = excluded.name_key,
               left_on = excluded.left_on",
};

const ROLE: Table = Table {
    name: "officer_role",
    columns: &[("county_id", Column::Int), ("officer_id", Column::Int), ("role", Column::Text)],
    conflict: "ON CONFLICT (county_id, officer_id, role) DO NOTHING",
};

/// Adds officers with their roles, or brings them up to date.
pub async fn put(tx: &mut Tx, county_id: i64, officers: &[Officer]) -> Result<(), Error> {
    let rows = officers
        .iter()
        .flat_map(|officer| {
            values![
                county_id,
                officer.officer_id,
                officer.person_id,
                officer.division_id,
                officer.name.as_str(),
                pinyin_key(&officer.name),
                officer.confirmed,
                officer.left_on
            ]
        })
        .collect();
    tx.insert(OFFICER, rows).await?;
    let ids: Vec<i64> = officers.iter().map(|officer| officer.officer_id).collect();
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!("DELETE FROM officer_role WHERE county_id = $1 AND officer_id IN ({list})");
        tx.execute(sql, &bound).await?;
    }
    let rows = officers
        .iter()
        .flat_map(|officer| {
            officer.roles.iter().flat_map(|role| values![county_id, officer.officer_id, role.key()])
        })
        .collect();
    tx.insert(ROLE, rows).await
}

/// All officers of a county, by place and name, also those that are gone: answers of before name them.
pub async fn list(tx: &mut Tx, county_id: i64) -> Result<Vec<Officer>, Error> {
    of_county(tx, county_id, true).await
}

/// The officers who manage, or are tied to the households of, what lies in the scope on a day, by place and name.
pub async fn list_in(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<Officer>, Error> {
    if let Some(county_id) = scope.whole() {
        return of_county(tx, county_id, false).await;
    }
    let (manages, bound) = scope.of_loans("officer_id", "i.manager_id", on, 3);
    let (tied, _) = scope.of_loans("household_id", "l.household_id", on, 3);
    let condition = format!(
        " AND ((1 = 1{manages}) OR officer_id IN (SELECT officer_id FROM tie
            WHERE county_id = $1 AND from_on <= $2 AND (to_on IS NULL OR to_on > $2){tied}))"
    );
    read_all(tx, &condition, &bound).await
}

async fn of_county(tx: &mut Tx, county_id: i64, gone_too: bool) -> Result<Vec<Officer>, Error> {
    let keeper = Keeper::of_county(tx, county_id).await?;
    if let Some(officers) = keeper.get(|memo| &memo.officers, &(county_id, gone_too)) {
        return Ok(officers.to_vec());
    }
    let condition = if gone_too { "" } else { " AND gone = 0" };
    let officers: Arc<[Officer]> = read_all(tx, condition, &values![county_id]).await?.into();
    keeper.keep(|memo| &memo.officers, ((county_id, gone_too), 1), &officers);
    Ok(officers.to_vec())
}

async fn read_all(tx: &mut Tx, condition: &str, bound: &[Value]) -> Result<Vec<Officer>, Error> {
    let county = &bound[..1];
    let sql = "SELECT officer_id, role FROM officer_role WHERE county_id = $1 ORDER BY officer_id, role";
    let mut roles: BTreeMap<i64, Vec<Role>> = BTreeMap::new();
    for row in tx.fetch_all(sql, county).await? {
        let key = row.text(1)?;
        let role = Role::from_key(&key).ok_or(Error::Value { column: 1, found: key })?;
        roles.entry(row.int(0)?).or_default().push(role);
    }
    let sql = format!(
        "SELECT officer_id, person_id, division_id, name, confirmed, left_on FROM officer
         WHERE county_id = $1{condition} ORDER BY division_id, name_key, officer_id"
    );
    let rows = tx.fetch_all(sql, bound).await?;
    rows.iter()
        .map(|row| {
            let officer_id = row.int(0)?;
            Ok(Officer {
                officer_id,
                person_id: row.int(1)?,
                division_id: row.int(2)?,
                name: row.text(3)?,
                confirmed: row.flag(4)?,
                left_on: row.date_or_none(5)?,
                roles: roles.remove(&officer_id).unwrap_or_default(),
            })
        })
        .collect()
}
