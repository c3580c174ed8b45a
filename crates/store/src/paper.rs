//! Papers (日常材料): of which day, known when, and of which part of the county each tells. What stands in it is read anew each
//! time, and is the same each time.

use bangfu_domain::paper::{Code, PaperKind};
use jiff::civil::Date;
use serde_json::json;

use crate::error::Error;
use crate::scope::{Area, Scope};
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its id.
    pub paper_id: i64,
    /// 材料编号.
    pub code: Code,
    /// What it is.
    pub kind: PaperKind,
    /// The day of which it tells.
    pub on_day: Date,
    /// The instant of knowledge, in microseconds since 1970.
    pub known_at: i64,
    /// The part of the county.
    pub area: Area,
    /// The loan, where it is about one.
    pub loan_id: Option<i64>,
    /// How many days ahead it tells, where it does.
    pub days: Option<u32>,
    /// The version of its texts; 0 for those of the program.
    pub template_version: i64,
    /// The registered households of each village when it was made, and how many of them have a loan: (village, households, with
    /// a loan). `None` where no register was read in.
    pub registered: Option<Vec<(i64, i64, i64)>>,
    /// Who made it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub made_at: i64,
}

const COLUMNS: &str = "paper_id, code, kind, on_day, known_at, area, area_id, loan_id, days, template_version, registered, actor, made_at";

/// The words of an area, as they are stored.
fn words(area: Area) -> (&'static str, i64) {
    match area {
        Area::County => ("county", 0),
        Area::Division(id) => ("division", id),
        Area::Branch(id) => ("branch", id),
        Area::Officer(id) => ("officer", id),
        Area::Household(id) => ("household", id),
    }
}

fn area_of(word: &str, id: i64) -> Option<Area> {
    match word {
        "county" => Some(Area::County),
        "division" => Some(Area::Division(id)),
        "branch" => Some(Area::Branch(id)),
        "officer" => Some(Area::Officer(id)),
        "household" => Some(Area::Household(id)),
        _ => None,
    }
}

/// Adds a paper.
pub async fn add(tx: &mut Tx, county_id: i64, paper: &Paper) -> Result<(), Error> {
    let (area, area_id) = words(paper.area);
    let registered = paper.registered.as_ref().map(|counts| json!(counts).to_string());
    tx.execute(
        "INSERT INTO paper (county_id, paper_id, code, kind, on_day, known_at, area, area_id, loan_id, days,
                            template_version, registered, actor, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &values![
            county_id,
            paper.paper_id,
            paper.code.as_str(),
            paper.kind.key(),
            paper.on_day,
            paper.known_at,
            area,
            area_id,
            paper.loan_id,
            paper.days,
            paper.template_version,
            registered,
            paper.actor.as_str(),
            paper.made_at
        ],
    )
    .await?;
    Ok(())
}

/// The paper of a code. Whoever asks looks next whether it lies in the asker's area.
pub async fn by_code(tx: &mut Tx, county_id: i64, code: &Code) -> Result<Option<Paper>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM paper WHERE county_id = $1 AND code = $2");
    tx.fetch_optional(sql, &values![county_id, code.as_str()]).await?.as_ref().map(read).transpose()
}

/// The newest papers of lists of exactly an area, at most so many.
pub async fn of_area(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<Paper>, Error> {
    let (area, area_id) = words(scope.area);
    let sql = format!(
        "SELECT {COLUMNS} FROM paper WHERE county_id = $1 AND area = $2 AND area_id = $3 AND loan_id IS NULL
         ORDER BY paper_id DESC LIMIT $4"
    );
    tx.fetch_all(sql, &values![scope.county_id, area, area_id, limit]).await?.iter().map(read).collect()
}

/// The newest papers about a loan, at most so many. Whoever asks has found the loan in their scope.
pub async fn of_loan(tx: &mut Tx, county_id: i64, loan_id: i64, limit: i64) -> Result<Vec<Paper>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM paper WHERE county_id = $1 AND loan_id = $2 ORDER BY paper_id DESC LIMIT $3"
    );
    tx.fetch_all(sql, &values![county_id, loan_id, limit]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Paper, Error> {
    let (code, kind, area) = (row.text(1)?, row.text(2)?, row.text(5)?);
    let (days, registered) = (row.int_or_none(8)?, row.text_or_none(10)?);
    Ok(Paper {
        paper_id: row.int(0)?,
        code: Code::parse(&code).ok_or(Error::Value { column: 1, found: code })?,
        kind: PaperKind::from_key(&kind).ok_or(Error::Value { column: 2, found: kind })?,
        on_day: row.date(3)?,
        known_at: row.int(4)?,
        area: area_of(&area, row.int(6)?).ok_or(Error::Value { column: 5, found: area })?,
        loan_id: row.int_or_none(7)?,
        days: days
            .map(|days| u32::try_from(days).map_err(|_| Error::Value { column: 8, found: days.to_string() }))
            .transpose()?,
        template_version: row.int(9)?,
        registered: registered
            .map(|text| serde_json::from_str(&text).map_err(|_| Error::Value { column: 10, found: text }))
            .transpose()?,
        actor: row.text(11)?,
        made_at: row.int(12)?,
    })
}
