//! The leader's lists (主要负责人每周一览): one a week, as it stood when it was made.

use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A list of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyList {
    /// Its id.
    pub list_id: i64,
    /// The weekday whose list it is.
    pub on_day: Date,
    /// The day that it tells of.
    pub as_of: Date,
    /// What it says, as JSON.
    pub body: String,
    /// When it was made, in microseconds since 1970.
    pub made_at: i64,
}

/// A task of which something was told upward, with what a list says of its loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldUpward {
    /// The loan.
    pub loan_id: i64,
    /// The village on the day.
    pub village_id: i64,
    /// The level.
    pub level: Standing,
    /// Whether a missed step was told to the county.
    pub late_long: bool,
    /// Whether the level lasts longer than the supervisors were to wait.
    pub lasting: bool,
}

/// Keeps a list; of a day there is one.
pub async fn add(tx: &mut Tx, county_id: i64, list: &WeeklyList) -> Result<(), Error> {
    let sql = "INSERT INTO weekly_list (county_id, list_id, on_day, as_of, body, made_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (county_id, on_day) DO NOTHING";
    let bound = values![county_id, list.list_id, list.on_day, list.as_of, list.body.as_str(), list.made_at];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Lists of whoever sees the whole county, the newest first, at most so many.
pub async fn lists(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<WeeklyList>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT list_id, on_day, as_of, body, made_at FROM weekly_list
               WHERE county_id = $1 ORDER BY on_day DESC LIMIT $2";
    tx.fetch_all(sql, &values![county_id, limit]).await?.iter().map(read).collect()
}

/// One of them.
pub async fn get(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Option<WeeklyList>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql =
        "SELECT list_id, on_day, as_of, body, made_at FROM weekly_list WHERE county_id = $1 AND list_id = $2";
    tx.fetch_optional(sql, &values![county_id, list_id]).await?.as_ref().map(read).transpose()
}

/// The open tasks of which something was told upward, of those that await the bank none: nobody but the branch hears of
/// them.
pub async fn told_upward(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<ToldUpward>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT t.loan_id, i.village_id, t.level, t.county_on, t.supervised_on
         FROM task t JOIN loan_interval i ON i.county_id = t.county_id AND i.loan_id = t.loan_id
           AND i.from_on <= $2 AND i.to_on > $2
         WHERE t.county_id = $1 AND t.closed_on IS NULL AND t.level <> {}
           AND (t.county_on IS NOT NULL OR t.supervised_on IS NOT NULL) ORDER BY t.loan_id",
        Standing::Awaiting.code()
    );
    let rows = tx.fetch_all(sql, &values![county_id, day]).await?;
    let told = |row: &Row| {
        let level = row.int(2)?;
        Ok(ToldUpward {
            loan_id: row.int(0)?,
            village_id: row.int(1)?,
            level: Standing::from_code(level)
                .ok_or_else(|| Error::Value { column: 2, found: level.to_string() })?,
            late_long: row.date_or_none(3)?.is_some(),
            lasting: row.date_or_none(4)?.is_some(),
        })
    };
    rows.iter().map(told).collect()
}

fn read(row: &Row) -> Result<WeeklyList, Error> {
    Ok(WeeklyList {
        list_id: row.int(0)?,
        on_day: row.date(1)?,
        as_of: row.date(2)?,
        body: row.text(3)?,
        made_at: row.int(4)?,
    })
}
