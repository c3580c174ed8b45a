//! Access outside the own area (临时授权查阅): who asked for which household, and until when it is open.

use bangfu_domain::grant::Term;
use jiff::civil::Date;

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// Access of an account to one household's loans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub grant_id: i64,
    /// The account that asked.
    pub account_id: i64,
    /// Who that was then.
    pub actor: String,
    /// The household.
    pub household_id: i64,
    /// The loan by which it was found.
    pub loan_id: i64,
    /// Why.
    pub reason: String,
    /// For how many hours.
    pub hours: u32,
    /// When it was asked for, in microseconds since 1970, as all instants here.
    pub asked_at: i64,
    /// From where.
    pub client_id: String,
    /// Who granted or refused it, and when.
    pub decided: Option<(String, i64)>,
    /// When it ends; nothing while it waits, and where it was refused.
    pub ends_at: Option<i64>,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
    /// How many pages were opened through it.
    pub pages: i64,
}

impl Grant {
    /// What is known of its time.
    pub fn term(&self) -> Term {
        Term { decided: self.decided.is_some(), ends_at: self.ends_at }
    }
}

/// A grant with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The grant.
    pub grant: Grant,
    /// The borrower.
    pub borrower: String,
    /// The number of the loan by which it was found.
    pub number: String,
}

const COLUMNS: &str =
    "g.grant_id, g.account_id, g.actor, g.household_id, g.loan_id, g.reason, g.hours, g.asked_at,
    g.client_id, g.decided_by, g.decided_at, g.ends_at, g.ended_by, g.pages, o.borrower_name, o.number";

const FROM: &str = "FROM access_grant g JOIN loan o ON o.county_id = g.county_id AND o.loan_id = g.loan_id
    WHERE g.county_id = $1";

/// Notes that access was asked for.
pub async fn add(tx: &mut Tx, county_id: i64, grant: &Grant) -> Result<(), Error> {
    let sql = "INSERT INTO access_grant (county_id, grant_id, account_id, actor, household_id, loan_id, reason, hours,
                                         asked_at, client_id, ends_at, pages)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)";
    let bound = values![
        county_id,
        grant.grant_id,
        grant.account_id,
        grant.actor.as_str(),
        grant.household_id,
        grant.loan_id,
        grant.reason.as_str(),
        i64::from(grant.hours),
        grant.asked_at,
        grant.client_id.as_str(),
        grant.ends_at
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Notes who granted it until when, or refused it.
pub async fn decide(
    tx: &mut Tx,
    county_id: i64,
    grant_id: i64,
    (by, at): (&str, i64),
    ends_at: Option<i64>,
) -> Result<(), Error> {
    let sql = "UPDATE access_grant SET decided_by = $3, decided_at = $4, ends_at = $5
               WHERE county_id = $1 AND grant_id = $2";
    tx.execute(sql, &values![county_id, grant_id, by, at, ends_at]).await?;
    Ok(())
}

/// Notes who ended it now.
pub async fn end(tx: &mut Tx, county_id: i64, grant_id: i64, by: &str, at: i64) -> Result<(), Error> {
    let sql = "UPDATE access_grant SET ended_by = $3, ends_at = $4 WHERE county_id = $1 AND grant_id = $2";
    tx.execute(sql, &values![county_id, grant_id, by, at]).await?;
    Ok(())
}

/// Counts a page that was opened through it.
pub async fn note_page(tx: &mut Tx, county_id: i64, grant_id: i64) -> Result<(), Error> {
    let sql = "UPDATE access_grant SET pages = pages + 1 WHERE county_id = $1 AND grant_id = $2";
    tx.execute(sql, &values![county_id, grant_id]).await?;
    Ok(())
}

/// What an account asked for, the newest first.
pub async fn of_account(tx: &mut Tx, scope: &Scope, account_id: i64, limit: i64) -> Result<Vec<Line>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} AND g.account_id = $2 ORDER BY g.grant_id DESC LIMIT $3");
    tx.fetch_all(sql, &values![scope.county_id, account_id, limit]).await?.iter().map(read).collect()
}

/// One grant of an account.
pub async fn own(tx: &mut Tx, scope: &Scope, account_id: i64, grant_id: i64) -> Result<Option<Line>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} AND g.account_id = $2 AND g.grant_id = $3");
    let row = tx.fetch_optional(sql, &values![scope.county_id, account_id, grant_id]).await?;
    row.as_ref().map(read).transpose()
}

/// Grants to households of which a loan lies in a scope on a day, the newest first.
pub async fn list(tx: &mut Tx, (scope, on): (&Scope, Date), limit: i64) -> Result<Vec<Line>, Error> {
    let (condition, mut bound) = scope.of_loans("g.household_id", "l.household_id", on, 3);
    bound.push(limit.into());
    let sql = format!("SELECT {COLUMNS} {FROM}{condition} ORDER BY g.grant_id DESC LIMIT ${}", bound.len());
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// How many of them wait for the decision of an account: nobody decides on their own.
pub async fn waiting(tx: &mut Tx, (scope, on): (&Scope, Date), account_id: i64) -> Result<i64, Error> {
    let (condition, mut bound) = scope.of_loans("g.household_id", "l.household_id", on, 3);
    bound.push(account_id.into());
    let sql = format!(
        "SELECT count(*) {FROM}{condition} AND g.decided_at IS NULL AND g.ends_at IS NULL AND g.account_id <> ${}",
        bound.len()
    );
    tx.fetch_one(sql, &bound).await?.int(0)
}

/// One of those grants.
pub async fn get(tx: &mut Tx, (scope, on): (&Scope, Date), grant_id: i64) -> Result<Option<Line>, Error> {
    let (condition, mut bound) = scope.of_loans("g.household_id", "l.household_id", on, 3);
    bound.push(grant_id.into());
    let sql = format!("SELECT {COLUMNS} {FROM}{condition} AND g.grant_id = ${}", bound.len());
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Line, Error> {
    let hours = row.int(6)?;
    Ok(Line {
        grant: Grant {
            grant_id: row.int(0)?,
            account_id: row.int(1)?,
            actor: row.text(2)?,
            household_id: row.int(3)?,
            loan_id: row.int(4)?,
            reason: row.text(5)?,
            hours: u32::try_from(hours).map_err(|_| Error::Value { column: 6, found: hours.to_string() })?,
            asked_at: row.int(7)?,
            client_id: row.text(8)?,
            decided: row.text_or_none(9)?.zip(row.int_or_none(10)?),
            ends_at: row.int_or_none(11)?,
            ended_by: row.text_or_none(12)?,
            pages: row.int(13)?,
        },
        borrower: row.text(14)?,
        number: row.text(15)?,
    })
}
