//! Numbers that were shown whole (查阅记录): to whom, whose, on which page, and why. Never changed.

use bangfu_domain::policy::Words;
use jiff::civil::Date;

use crate::error::Error;
use crate::person::SecretKind;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// Whose number was shown, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The borrower's, on a loan's page.
    Borrower {
        /// The person.
        person_id: i64,
        /// The loan.
        loan_id: i64,
    },
    /// A member's, on a household's page.
    Member {
        /// The person.
        person_id: i64,
        /// The household.
        household_id: i64,
    },
    /// Those of all loans of the county, in a file.
    Export {
        /// How many.
        numbers: i64,
    },
}

/// Numbers that were shown whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmasking {
    /// The number of the change in which it is recorded.
    pub change_seq: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The county's day then.
    pub on_day: Date,
    /// The account to which it was shown, or [`NO_ACCOUNT`](crate::account::NO_ACCOUNT).
    pub account_id: i64,
    /// Who that was then.
    pub actor: String,
    /// Whose number, and where.
    pub shown: Shown,
    /// Which number.
    pub kind: SecretKind,
    /// For what, as the county's list called it then; nothing of an export.
    pub why: Option<Words>,
    /// The reason in words.
    pub reason: String,
    /// From where it was asked for.
    pub client_id: String,
}

/// A line of the record, with what its numbers name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What was shown.
    pub unmasking: Unmasking,
    /// The name of the person whose number it is; empty for an export.
    pub person: String,
    /// The number of the loan, or the name of the household's head; empty for an export.
    pub on: String,
}

/// What of the record is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Shown to this account.
    pub account_id: Option<i64>,
    /// On this day.
    pub on_day: Option<Date>,
}

/// Notes that numbers are shown.
pub async fn add(tx: &mut Tx, county_id: i64, one: &Unmasking) -> Result<(), Error> {
    let sql =
        "INSERT INTO unmasking (county_id, change_seq, at, on_day, account_id, actor, person_id, loan_id,
                                      household_id, kind, numbers, why_zh, why_en, reason, client_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let (person_id, loan_id, household_id, numbers) = match one.shown {
        Shown::Borrower { person_id, loan_id } => (Some(person_id), Some(loan_id), None, 1),
        Shown::Member { person_id, household_id } => (Some(person_id), None, Some(household_id), 1),
        Shown::Export { numbers } => (None, None, None, numbers),
    };
    let bound = values![
        county_id,
        one.change_seq,
        one.at,
        one.on_day,
        one.account_id,
        one.actor.as_str(),
        person_id,
        loan_id,
        household_id,
        one.kind.key(),
        numbers,
        one.why.as_ref().map(|why| why.zh.clone()),
        one.why.as_ref().map(|why| why.en.clone()),
        one.reason.as_str(),
        one.client_id.as_str()
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// How many numbers an account was shown on a day.
pub async fn shown_on(tx: &mut Tx, county_id: i64, account_id: i64, day: Date) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(sum(numbers), 0) AS BIGINT) FROM unmasking
               WHERE county_id = $1 AND account_id = $2 AND on_day = $3";
    tx.fetch_one(sql, &values![county_id, account_id, day]).await?.int(0)
}

/// Lines of the record whose loans or households lie in a scope on a day, and exports for whoever sees the whole county, the
/// newest first: at most so many, recorded before a change.
pub async fn list(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    filter: Filter,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Line>, Error> {
    let (mut condition, mut bound) = narrowed(scope, on, filter);
    bound.push(before.unwrap_or(i64::MAX).into());
    condition.push_str(&format!(" AND u.change_seq < ${}", bound.len()));
    bound.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let sql = format!(
        "SELECT u.change_seq, u.at, u.on_day, u.account_id, u.actor, u.person_id, u.loan_id, u.household_id, u.kind,
                u.numbers, u.why_zh, u.why_en, u.reason, u.client_id, COALESCE(p.name, ''),
                COALESCE(o.number, h.head_name, '')
         FROM unmasking u
         LEFT JOIN person p ON p.county_id = u.county_id AND p.person_id = u.person_id
         LEFT JOIN loan o ON o.county_id = u.county_id AND o.loan_id = u.loan_id
         LEFT JOIN household h ON h.county_id = u.county_id AND h.household_id = u.household_id
         WHERE u.county_id = $1{condition} ORDER BY u.change_seq DESC LIMIT ${}",
        bound.len()
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// To whom how many numbers were shown: (account, name, count), those with the most first.
pub async fn by_account(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    filter: Filter,
) -> Result<Vec<(i64, String, i64)>, Error> {
    let (condition, bound) = narrowed(scope, on, filter);
    let sql = format!(
        "SELECT u.account_id, max(u.actor), CAST(sum(u.numbers) AS BIGINT) FROM unmasking u
         WHERE u.county_id = $1{condition} GROUP BY u.account_id ORDER BY 3 DESC, u.account_id"
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?, row.int(2)?))).collect()
}

/// The condition that holds lines to a scope and a filter, and what it binds.
fn narrowed(scope: &Scope, on: Date, filter: Filter) -> (String, Vec<Value>) {
    let (loans, mut bound) = scope.of_loans("u.loan_id", "l.loan_id", on, 3);
    // What it binds is the same.
    let (households, _) = scope.of_loans("u.household_id", "l.household_id", on, 3);
    let mut condition = format!(" AND ((1 = 1{loans}) OR (1 = 1{households}))");
    for (column, value) in
        [("u.account_id", filter.account_id.map(Value::from)), ("u.on_day", filter.on_day.map(Value::from))]
    {
        if let Some(value) = value {
            bound.push(value);
            condition.push_str(&format!(" AND {column} = ${}", bound.len()));
        }
    }
    (condition, bound)
}

fn read(row: &Row) -> Result<Line, Error> {
    let kind = row.text(8)?;
    let why = row.text_or_none(10)?.zip(row.text_or_none(11)?);
    let shown = match (row.int_or_none(5)?, row.int_or_none(6)?, row.int_or_none(7)?) {
        (Some(person_id), Some(loan_id), _) => Shown::Borrower { person_id, loan_id },
        (Some(person_id), None, Some(household_id)) => Shown::Member { person_id, household_id },
        _ => Shown::Export { numbers: row.int(9)? },
    };
    Ok(Line {
        unmasking: Unmasking {
            change_seq: row.int(0)?,
            at: row.int(1)?,
            on_day: row.date(2)?,
            account_id: row.int(3)?,
            actor: row.text(4)?,
            shown,
            kind: SecretKind::from_key(&kind).ok_or(Error::Value { column: 8, found: kind })?,
            why: why.map(|(zh, en)| Words { zh, en }),
            reason: row.text(12)?,
            client_id: row.text(13)?,
        },
        person: row.text(14)?,
        on: row.text(15)?,
    })
}
