//! Slips of an area, as somebody prints them and hands them over.

use bangfu_domain::message::State;
use bangfu_domain::money::Fen;
use bangfu_domain::task::Outcome;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::places;
use crate::error::Error;
use crate::scope::{Scope, within};
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// A part of the slips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To be handed over: nobody did, no short message was taken, and something is owed.
    Open,
    /// Told by a short message, or one is under way.
    Texted,
    /// Handed over.
    Handed,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 3] = [Part::Open, Part::Texted, Part::Handed];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Part::Open => "open",
            Part::Texted => "texted",
            Part::Handed => "handed",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.key() == key)
    }

    /// A short message that failed, or may not have arrived, is no message.
    const fn condition(self) -> &'static str {
        match self {
            Part::Open => {
                " AND s.handed_on IS NULL AND i.balance_fen > 0
                  AND (m.state IS NULL OR m.state IN ('dead', 'unsure', 'dropped'))"
            }
            Part::Texted => " AND s.handed_on IS NULL AND m.state IN ('queued', 'sending', 'failed', 'sent')",
            Part::Handed => " AND s.handed_on IS NOT NULL",
        }
    }
}

/// What narrows slips to some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlipFilter {
    /// Which.
    pub part: Part,
    /// Only those of a township or a village.
    pub place_id: Option<i64>,
    /// Only those of a day.
    pub on_day: Option<Date>,
}

/// A slip with what it says of its loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipRow {
    /// Its id.
    pub slip_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// The level that is told.
    pub level: Standing,
    /// The contract's due day then.
    pub about_on: Date,
    /// The day on which it is told.
    pub on_day: Date,
    /// When it was handed over, and by whom.
    pub handed: Option<(Date, String)>,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// The village, on the day asked for.
    pub village_id: i64,
    /// The branch then.
    pub branch_id: i64,
    /// The credit manager then.
    pub manager_id: Option<i64>,
    /// What is owed then.
    pub balance_fen: Fen,
    /// What came of the last contact.
    pub last: Option<Outcome>,
    /// Whether a phone of the borrower's is known.
    pub has_phone: bool,
    /// How far the short message has come, where there is one.
    pub texted: Option<State>,
}

const FROM: &str = " FROM slip s JOIN loan_interval i ON i.county_id = s.county_id AND i.loan_id = s.loan_id
       AND i.from_on <= $2 AND i.to_on > $2
     JOIN loan l ON l.county_id = s.county_id AND l.loan_id = s.loan_id AND l.gone = 0
     LEFT JOIN message m ON m.county_id = s.county_id AND m.kind = 'slip' AND m.subject_id = s.slip_id
     WHERE s.county_id = $1 AND $2 = $2";

const COLUMNS: &str =
    "s.slip_id, s.loan_id, s.level, s.about_on, s.on_day, s.handed_on, s.handed_by, l.number,
    l.borrower_name, i.village_id, i.branch_id, i.manager_id, i.balance_fen,
    (SELECT c.outcome FROM contact c WHERE c.county_id = s.county_id AND c.loan_id = s.loan_id
     ORDER BY c.on_day DESC, c.contact_id DESC LIMIT 1),
    (SELECT CAST(count(*) AS BIGINT) FROM loan_borrower b JOIN secret p ON p.county_id = b.county_id
        AND p.person_id = b.person_id AND p.kind = 'phone'
     WHERE b.county_id = s.county_id AND b.loan_id = s.loan_id AND b.ordinal = 1), m.state";

fn question(scope: &Scope, day: Date, filter: SlipFilter) -> (String, Vec<Value>) {
    let (condition, value) = scope.condition("i", 2, 3);
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let mut text = format!("{condition}{}", filter.part.condition());
    if let Some(place_id) = filter.place_id {
        bound.push(place_id.into());
        text += &format!(" AND i.village_id IN ({})", within(2, bound.len()));
    }
    if let Some(on_day) = filter.on_day {
        bound.push(on_day.into());
        text += &format!(" AND s.on_day = ${}", bound.len());
    }
    (text, bound)
}

/// How many slips there are.
pub async fn count(tx: &mut Tx, scope: &Scope, day: Date, filter: SlipFilter) -> Result<i64, Error> {
    let (text, bound) = question(scope, day, filter);
    tx.fetch_one(format!("SELECT CAST(count(*) AS BIGINT){FROM}{text}"), &bound).await?.int(0)
}

/// The days of slips, the newest first, at most so many.
pub async fn days(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: SlipFilter,
    limit: i64,
) -> Result<Vec<Date>, Error> {
    let (text, mut bound) = question(scope, day, SlipFilter { on_day: None, ..filter });
    bound.push(limit.into());
    let sql = format!("SELECT DISTINCT s.on_day{FROM}{text} ORDER BY s.on_day DESC LIMIT ${}", bound.len());
    tx.fetch_all(sql, &bound).await?.iter().map(|row| row.date(0)).collect()
}

/// Slips by village and borrower, at most so many behind a number.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: SlipFilter,
    (skip, limit): (i64, i64),
) -> Result<Vec<SlipRow>, Error> {
    let (text, mut bound) = question(scope, day, filter);
    bound.extend(values![limit, skip]);
    let sql = format!(
        "SELECT {COLUMNS}{FROM}{text} ORDER BY i.village_id, l.name_key, s.slip_id LIMIT ${} OFFSET ${}",
        bound.len() - 1,
        bound.len()
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// Those of some slips that lie in the scope.
pub async fn some(tx: &mut Tx, scope: &Scope, day: Date, ids: &[i64]) -> Result<Vec<SlipRow>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (condition, value) = scope.condition("i", 2, 3);
    let mut bound = values![scope.county_id, day].to_vec();
    bound.extend(value);
    let list = places(bound.len() + 1, ids.len());
    bound.extend(ids.iter().map(|id| Value::from(*id)));
    let sql = format!(
        "SELECT {COLUMNS}{FROM}{condition} AND s.slip_id IN ({list}) ORDER BY i.village_id, l.name_key, s.slip_id"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<SlipRow, Error> {
    let level = row.int(2)?;
    let outcome = |found: String| Outcome::from_key(&found).ok_or(Error::Value { column: 13, found });
    let state = |found: String| State::from_key(&found).ok_or(Error::Value { column: 15, found });
    Ok(SlipRow {
        slip_id: row.int(0)?,
        loan_id: row.int(1)?,
        level: Standing::from_code(level)
            .ok_or_else(|| Error::Value { column: 2, found: level.to_string() })?,
        about_on: row.date(3)?,
        on_day: row.date(4)?,
        handed: row.date_or_none(5)?.zip(row.text_or_none(6)?),
        number: row.text(7)?,
        borrower_name: row.text(8)?,
        village_id: row.int(9)?,
        branch_id: row.int(10)?,
        manager_id: Some(row.int(11)?).filter(|id| *id != 0),
        balance_fen: row.fen(12)?,
        last: row.text_or_none(13)?.map(outcome).transpose()?,
        has_phone: row.int(14)? > 0,
        texted: row.text_or_none(15)?.map(state).transpose()?,
    })
}
