//! Numbers that were shown whole (查阅记录): to whom, whose, through which loan, and why. Never changed.

use bangfu_domain::unmasking::Why;
use jiff::civil::Date;

use crate::error::Error;
use crate::person::SecretKind;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// A number that was shown whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmasking {
    /// The number of the change in which it is recorded.
    pub change_seq: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The county's day then.
    pub on_day: Date,
    /// The account to which it was shown.
    pub account_id: i64,
    /// Who that was then.
    pub actor: String,
    /// Whose number.
    pub person_id: i64,
    /// The loan on whose page it was asked for.
    pub loan_id: i64,
    /// Which of the person's numbers.
    pub kind: SecretKind,
    /// For what.
    pub why: Why,
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
    /// The name of the person whose number it is.
    pub person: String,
    /// The number of the loan.
    pub number: String,
}

/// What of the record is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Shown to this account.
    pub account_id: Option<i64>,
    /// On this day.
    pub on_day: Option<Date>,
}

/// Notes that a number is shown.
pub async fn add(tx: &mut Tx, county_id: i64, one: &Unmasking) -> Result<(), Error> {
    let sql = "INSERT INTO unmasking (county_id, change_seq, at, on_day, account_id, actor, person_id, loan_id, kind,
                                      why, reason, client_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let bound = values![
        county_id,
        one.change_seq,
        one.at,
        one.on_day,
        one.account_id,
        one.actor.as_str(),
        one.person_id,
        one.loan_id,
        one.kind.key(),
        one.why.key(),
        one.reason.as_str(),
        one.client_id.as_str()
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// How many numbers an account was shown on a day.
pub async fn shown_on(tx: &mut Tx, county_id: i64, account_id: i64, day: Date) -> Result<i64, Error> {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM unmasking
               WHERE county_id = $1 AND account_id = $2 AND on_day = $3";
    tx.fetch_one(sql, &values![county_id, account_id, day]).await?.int(0)
}

/// Lines of the record whose loans lie in a scope on a day, the newest first: at most so many, recorded before a change.
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
        "SELECT u.change_seq, u.at, u.on_day, u.account_id, u.actor, u.person_id, u.loan_id, u.kind, u.why, u.reason,
                u.client_id, p.name, o.number
         FROM unmasking u
         JOIN person p ON p.county_id = u.county_id AND p.person_id = u.person_id
         JOIN loan o ON o.county_id = u.county_id AND o.loan_id = u.loan_id
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
        "SELECT u.account_id, max(u.actor), CAST(count(*) AS BIGINT) FROM unmasking u
         WHERE u.county_id = $1{condition} GROUP BY u.account_id ORDER BY 3 DESC, u.account_id"
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?, row.int(2)?))).collect()
}

/// The condition that holds lines to a scope and a filter, and what it binds.
fn narrowed(scope: &Scope, on: Date, filter: Filter) -> (String, Vec<Value>) {
    let (mut condition, mut bound) = scope.of_loans("u.loan_id", "l.loan_id", on, 3);
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
    let (kind, why) = (row.text(7)?, row.text(8)?);
    Ok(Line {
        unmasking: Unmasking {
            change_seq: row.int(0)?,
            at: row.int(1)?,
            on_day: row.date(2)?,
            account_id: row.int(3)?,
            actor: row.text(4)?,
            person_id: row.int(5)?,
            loan_id: row.int(6)?,
            kind: SecretKind::from_key(&kind).ok_or(Error::Value { column: 7, found: kind })?,
            why: Why::from_key(&why).ok_or(Error::Value { column: 8, found: why })?,
            reason: row.text(9)?,
            client_id: row.text(10)?,
        },
        person: row.text(11)?,
        number: row.text(12)?,
    })
}
