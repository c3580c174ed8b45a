//! Lenders (institutions) and their branches (支行), and up to which day a branch's data reach.

use std::collections::BTreeMap;

use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An institution within which contract numbers are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lender {
    /// Its id.
    pub lender_id: i64,
    /// Its name.
    pub name: String,
}

/// A branch that lends and hears reminders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its id.
    pub branch_id: i64,
    /// The institution to which it belongs.
    pub lender_id: i64,
    /// Its name.
    pub name: String,
    /// 数据截止日.
    pub until_on: Option<Date>,
    /// 撤并: the branch that has its loans, and from which day on; `None` while it stands.
    pub merged: Option<(i64, Date)>,
}

impl Branch {
    /// Whether it stands on a day by itself.
    pub fn stands_on(&self, day: Date) -> bool {
        self.merged.is_none_or(|(_, merged_on)| day < merged_on)
    }
}

/// Adds an institution.
pub async fn add_lender(tx: &mut Tx, county_id: i64, lender: &Lender) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO lender (county_id, lender_id, name) VALUES ($1, $2, $3)",
        &values![county_id, lender.lender_id, lender.name.as_str()],
    )
    .await?;
    Ok(())
}

/// Adds a branch.
pub async fn add_branch(tx: &mut Tx, county_id: i64, branch: &Branch) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO branch (county_id, branch_id, lender_id, name, name_key, until_on)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            county_id,
            branch.branch_id,
            branch.lender_id,
            branch.name.as_str(),
            pinyin_key(&branch.name),
            branch.until_on
        ],
    )
    .await?;
    Ok(())
}

/// Calls an institution otherwise.
pub async fn rename_lender(tx: &mut Tx, county_id: i64, lender: &Lender) -> Result<(), Error> {
    let sql = "UPDATE lender SET name = $3 WHERE county_id = $1 AND lender_id = $2";
    tx.execute(sql, &values![county_id, lender.lender_id, lender.name.as_str()]).await?;
    Ok(())
}

/// Tells a branch anew: its name, and into which it was merged.
pub async fn put_branch(tx: &mut Tx, county_id: i64, branch: &Branch) -> Result<(), Error> {
    let (merged_into, merged_on) = branch.merged.unzip();
    let bound = values![
        county_id,
        branch.branch_id,
        branch.name.as_str(),
        pinyin_key(&branch.name),
        merged_into,
        merged_on
    ];
    let sql = "UPDATE branch SET name = $3, name_key = $4, merged_into = $5, merged_on = $6
               WHERE county_id = $1 AND branch_id = $2";
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// All institutions of a county, also those that are gone.
pub async fn lenders(tx: &mut Tx, county_id: i64) -> Result<Vec<Lender>, Error> {
    let sql = "SELECT lender_id, name FROM lender WHERE county_id = $1 ORDER BY lender_id";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter().map(|row| Ok(Lender { lender_id: row.int(0)?, name: row.text(1)? })).collect()
}

/// All branches of a county, by name, also those that are gone: answers of before name them.
pub async fn branches(tx: &mut Tx, county_id: i64) -> Result<Vec<Branch>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, b.name FROM branch b WHERE b.county_id = $1 ORDER BY b.name_key, b.branch_id"
    );
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read_branch).collect()
}

/// All branches of a county as they were called on a day, by name, also those that are gone.
pub async fn branches_on(tx: &mut Tx, county_id: i64, on: Date) -> Result<Vec<Branch>, Error> {
    let name = called("branch", "b", 2);
    let sql = format!(
        "SELECT {COLUMNS}, {name} FROM branch b WHERE b.county_id = $1 ORDER BY b.name_key, b.branch_id"
    );
    tx.fetch_all(sql, &values![county_id, on]).await?.iter().map(read_branch).collect()
}

/// The columns of `branch b` but its name, which depends on the day.
const COLUMNS: &str = "b.branch_id, b.lender_id, b.until_on, b.merged_into, b.merged_on";

/// What a row of `lender` or `branch` was called on the day bound as `$on`.
fn called(noun: &str, row: &str, on: usize) -> String {
    format!(
        "COALESCE((SELECT f.name FROM former_name f WHERE f.county_id = {row}.county_id AND f.noun = '{noun}'
            AND f.row_id = {row}.{noun}_id AND f.until_on > ${on} ORDER BY f.until_on LIMIT 1), {row}.name)"
    )
}

/// The branches that have lent what lies in the scope on a day, by name, each with its institution's name,
/// as they were called then.
pub async fn branches_in(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<(Branch, String)>, Error> {
    let (condition, bound) = scope.of_loans("b.branch_id", "i.branch_id", on, 3);
    let sql = format!(
        "SELECT {COLUMNS}, {}, {} FROM branch b
         JOIN lender n ON n.county_id = b.county_id AND n.lender_id = b.lender_id
         WHERE b.county_id = $1 AND b.gone = 0{condition} ORDER BY b.name_key, b.branch_id",
        called("branch", "b", 2),
        called("lender", "n", 2)
    );
    tx.fetch_all(sql, &bound).await?.iter().map(|row| Ok((read_branch(row)?, row.text(6)?))).collect()
}

fn read_branch(row: &Row) -> Result<Branch, Error> {
    Ok(Branch {
        branch_id: row.int(0)?,
        lender_id: row.int(1)?,
        name: row.text(5)?,
        until_on: row.date_or_none(2)?,
        merged: row.int_or_none(3)?.zip(row.date_or_none(4)?),
    })
}

const REPORT: Table = Table {
    name: "branch_report",
    columns: &[
        ("county_id", Column::Int),
        ("branch_id", Column::Int),
        ("recorded_at", Column::Int),
        ("until_on", Column::Date),
        ("import_id", Column::Int),
        ("taken_back", Column::Int),
    ],
    conflict: "",
};

/// What a file says of how far branches have reported, and when it said so.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// The file.
    pub import_id: i64,
    /// When, in microseconds since 1970.
    pub recorded_at: i64,
    /// The day; `None` where the file is taken back and no other told one.
    pub until_on: Option<Date>,
    /// True where the file is taken back, and this is left.
    pub taken_back: bool,
}

/// Moves the data-until day of branches and remembers since when it is known.
pub async fn report(tx: &mut Tx, county_id: i64, branches: &[i64], told: Told) -> Result<(), Error> {
    for branch in branches {
        tx.execute(
            "UPDATE branch SET until_on = $3 WHERE county_id = $1 AND branch_id = $2",
            &values![county_id, *branch, told.until_on],
        )
        .await?;
    }
    note_told(tx, county_id, branches, told).await
}

/// Notes what a file says although it is no news: it would be if an earlier file were taken back.
pub async fn note_told(tx: &mut Tx, county_id: i64, branches: &[i64], told: Told) -> Result<(), Error> {
    let Told { import_id, recorded_at, until_on, taken_back } = told;
    let rows = branches
        .iter()
        .flat_map(|branch| values![county_id, *branch, recorded_at, until_on, import_id, taken_back])
        .collect();
    tx.insert(REPORT, rows).await
}

/// The branches of which an import told, each with the day up to which the other files that stand say that it has
/// reported.
pub async fn told_without(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
) -> Result<Vec<(i64, Option<Date>)>, Error> {
    let sql = "SELECT b.branch_id,
                 (SELECT MAX(o.until_on) FROM branch_report o WHERE o.county_id = $1 AND o.branch_id = b.branch_id
                    AND o.taken_back = 0 AND o.import_id <> $2 AND o.import_id NOT IN
                      (SELECT u.import_id FROM import u WHERE u.county_id = $1 AND u.status = 'undone'))
               FROM branch b
               WHERE b.county_id = $1 AND EXISTS (SELECT 1 FROM branch_report r WHERE r.county_id = $1
                 AND r.branch_id = b.branch_id AND r.import_id = $2)
               ORDER BY b.branch_id";
    let rows = tx.fetch_all(sql, &values![county_id, import_id]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.date_or_none(1)?))).collect()
}

/// The data-until day of each branch as known at an instant.
pub async fn until_as_known(
    tx: &mut Tx,
    county_id: i64,
    known_at: i64,
) -> Result<BTreeMap<i64, Date>, Error> {
    let sql = "SELECT branch_id, until_on, taken_back FROM branch_report
               WHERE county_id = $1 AND recorded_at <= $2 ORDER BY branch_id, recorded_at";
    let mut known: BTreeMap<i64, Option<Date>> = BTreeMap::new();
    for row in tx.fetch_all(sql, &values![county_id, known_at]).await? {
        let (until, taken_back) = (row.date_or_none(1)?, row.flag(2)?);
        let latest = known.entry(row.int(0)?).or_default();
        *latest = if taken_back { until } else { until.max(*latest) };
    }
    Ok(known.into_iter().filter_map(|(branch, until)| Some((branch, until?))).collect())
}
