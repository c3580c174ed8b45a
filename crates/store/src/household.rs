//! Households (户): the units of the register.

use std::collections::HashSet;

use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list, places};
use crate::error::Error;
use crate::name_term::{self, bounds};
use crate::scope::{Scope, within};
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// Its id.
    pub household_id: i64,
    /// The village in which it is registered.
    pub village_id: i64,
    /// 户主姓名.
    pub head_name: String,
    /// 家庭人口.
    pub size: Option<i64>,
    /// 户属性, in the register's own word.
    pub class: Option<String>,
    /// How often the row was written.
    pub version: i64,
}

const TABLE: Table = Table {
    name: "household",
    columns: &[
        ("county_id", Column::Int),
        ("household_id", Column::Int),
        ("village_id", Column::Int),
        ("head_name", Column::Text),
        ("name_key", Column::Text),
        ("size", Column::Int),
        ("class", Column::Text),
        ("version", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, household_id) DO UPDATE SET village_id = excluded.village_id,
               head_name = excluded.head_name, name_key = excluded.name_key, size = excluded.size,
               class = excluded.class, version = household.version + 1",
};

/// Adds households, or brings them up to date.
pub async fn put(tx: &mut Tx, county_id: i64, households: &[Household]) -> Result<(), Error> {
    let rows = households
        .iter()
        .flat_map(|household| {
            values![
                county_id,
                household.household_id,
                household.village_id,
                household.head_name.as_str(),
                pinyin_key(&household.head_name),
                household.size,
                household.class.clone(),
                1_i64
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await?;
    name_term::note(tx, county_id, households.iter().map(|household| household.head_name.as_str())).await
}

const SELECT: &str =
    "SELECT household_id, village_id, head_name, size, class, version FROM household WHERE county_id = $1";

/// All households of a county, also those that are gone: answers of before name them.
pub async fn list(tx: &mut Tx, county_id: i64) -> Result<Vec<Household>, Error> {
    let rows = tx.fetch_all(format!("{SELECT} ORDER BY household_id"), &values![county_id]).await?;
    rows.iter().map(read).collect()
}

/// How many households a register tells of in each village, and how many of them have a loan that was disbursed by a day. Of
/// those that a ledger alone names, no size is known.
pub async fn registered(tx: &mut Tx, county_id: i64, day: Date) -> Result<Vec<(i64, i64, i64)>, Error> {
    let sql = "SELECT h.village_id, COUNT(*), CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM loan l
                        WHERE l.county_id = h.county_id AND l.household_id = h.household_id AND l.gone = 0
                          AND l.disbursed_on <= $2) THEN 1 ELSE 0 END) AS BIGINT)
               FROM household h WHERE h.county_id = $1 AND h.gone = 0 AND h.size IS NOT NULL
               GROUP BY h.village_id ORDER BY h.village_id";
    let rows = tx.fetch_all(sql, &values![county_id, day]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?, row.int(2)?))).collect()
}

/// Those of some households that are not gone.
pub async fn by_ids(tx: &mut Tx, county_id: i64, households: &[i64]) -> Result<Vec<Household>, Error> {
    let mut found = Vec::with_capacity(households.len());
    for chunk in households.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        for row in tx.fetch_all(format!("{SELECT} AND gone = 0 AND household_id IN ({list})"), &bound).await?
        {
            found.push(read(&row)?);
        }
    }
    Ok(found)
}

/// So many households at most after an id, by id, those that are gone left out: whoever goes through all does it in pages.
pub async fn after(tx: &mut Tx, county_id: i64, after: i64, most: i64) -> Result<Vec<Household>, Error> {
    let sql = format!("{SELECT} AND gone = 0 AND household_id > $2 ORDER BY household_id LIMIT $3");
    tx.fetch_all(sql, &values![county_id, after, most]).await?.iter().map(read).collect()
}

/// The names of the heads of some households.
pub async fn heads(tx: &mut Tx, county_id: i64, households: &[i64]) -> Result<Vec<String>, Error> {
    let mut heads = Vec::with_capacity(households.len());
    for chunk in households.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql =
            format!("SELECT head_name FROM household WHERE county_id = $1 AND household_id IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            heads.push(row.text(0)?);
        }
    }
    Ok(heads)
}

/// One household, if a loan of its lies in the scope on a day, or it is the whole county that is seen.
pub async fn get(
    tx: &mut Tx,
    scope: &Scope,
    household_id: i64,
    on: Date,
) -> Result<Option<Household>, Error> {
    let (condition, mut bound) = scope.of_loans("household_id", "l.household_id", on, 4);
    bound.insert(2, household_id.into());
    let sql = format!("{SELECT} AND household_id = $3 AND gone = 0{condition}");
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

/// Which of some households may be seen on a day, as by [`get`].
pub async fn seen(tx: &mut Tx, scope: &Scope, on: Date, ids: &[i64]) -> Result<HashSet<i64>, Error> {
    let mut seen = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let (condition, mut bound) = scope.of_loans("household_id", "l.household_id", on, 3);
        let list = places(bound.len() + 1, chunk.len());
        bound.extend(chunk.iter().map(|id| (*id).into()));
        let sql = format!(
            "SELECT household_id FROM household
             WHERE county_id = $1 AND gone = 0 AND household_id IN ({list}){condition}"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            seen.insert(row.int(0)?);
        }
    }
    Ok(seen)
}

/// A page of households after one of them, by number; of a division, if one is asked for. As by [`get`], those of which a
/// loan lies in the scope on the day, or all where the whole county is seen.
pub async fn page(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    (division_id, after): (Option<i64>, i64),
    limit: usize,
) -> Result<Vec<Household>, Error> {
    let mut bound = values![scope.county_id, on, after].to_vec();
    let mut narrowed = String::new();
    if let Some(id) = division_id {
        bound.push(id.into());
        narrowed = format!(" AND h.village_id IN ({})", within(2, bound.len()));
    }
    if scope.whole().is_none() {
        let (condition, value) = scope.condition("i", 2, bound.len() + 1);
        bound.extend(value);
        narrowed += &format!(
            " AND EXISTS (SELECT 1 FROM loan l CROSS JOIN loan_interval i
               WHERE l.county_id = $1 AND l.household_id = h.household_id AND i.county_id = $1
                 AND i.loan_id = l.loan_id AND i.from_on <= $2 AND i.to_on > $2{condition})"
        );
    }
    let sql = format!(
        "SELECT household_id, village_id, head_name, size, class, version FROM household h
         WHERE h.county_id = $1 AND h.gone = 0 AND h.household_id > $3 AND $2 = $2{narrowed}
         ORDER BY h.household_id LIMIT {limit}"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// A household that a search found, with how many of its loans lie in the scope on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The household.
    pub household: Household,
    /// Its loans.
    pub loans: i64,
}

/// The households whose head bears a name, or holds it in theirs, the nearest first; of a division, if one is asked
/// for. At most so many, and each once.
///
/// As by [`get`], those of which a loan lies in the scope on the day, or all where the whole county is seen.
pub async fn search(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    name: &str,
    division_id: Option<i64>,
    limit: usize,
) -> Result<Vec<Hit>, Error> {
    let [from, to] = bounds(name);
    let mut bound = values![scope.county_id, on].to_vec();
    bound.extend([from, to]);
    let mut place = String::new();
    if let Some(id) = division_id {
        bound.push(id.into());
        place = format!(" AND k.village_id IN ({})", within(2, bound.len()));
    }
    let (condition, value) = scope.condition("i", 2, bound.len() + 1);
    bound.extend(value);
    let loans = format!(
        "FROM loan l CROSS JOIN loan_interval i
         WHERE l.county_id = $1 AND l.household_id = k.household_id AND i.county_id = $1
           AND i.loan_id = l.loan_id AND i.from_on <= $2 AND i.to_on > $2{condition}"
    );
    if scope.whole().is_none() {
        place += &format!(" AND EXISTS (SELECT 1 {loans})");
    }
    let (mut hits, mut seen) = (Vec::new(), HashSet::new());
    for inside in [0, 1] {
        let sql = format!(
            "SELECT h.household_id, h.village_id, h.head_name, h.size, h.class, h.version, (SELECT count(*) {loans})
             FROM name_term t CROSS JOIN household k CROSS JOIN household h
             WHERE t.county_id = $1 AND t.inside = {inside} AND t.term >= $3 AND t.term < $4
               AND k.county_id = $1 AND k.name_key = t.name_key{place}
               AND h.county_id = $1 AND h.household_id = k.household_id AND h.gone = 0
             ORDER BY t.term, t.name_key, k.household_id LIMIT {limit}"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            let hit = Hit { household: read(&row)?, loans: row.int(6)? };
            if seen.insert(hit.household.household_id) {
                hits.push(hit);
            }
        }
        if hits.len() >= limit {
            break;
        }
    }
    hits.truncate(limit);
    Ok(hits)
}

fn read(row: &Row) -> Result<Household, Error> {
    Ok(Household {
        household_id: row.int(0)?,
        village_id: row.int(1)?,
        head_name: row.text(2)?,
        size: row.int_or_none(3)?,
        class: row.text_or_none(4)?,
        version: row.int(5)?,
    })
}
