//! Records of contact (联系记录): who spoke with whom about a loan, and what came of it. Never changed.

use bangfu_domain::money::Fen;
use bangfu_domain::task::{Outcome, Promise, Way};
use jiff::civil::Date;

use crate::bulk::{CHUNK, in_list};
use crate::county::Stamp;
use crate::error::Error;
use crate::scope::Scope;
use crate::task::Whose;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A record of contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub contact_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// The day of the contact.
    pub on_day: Date,
    /// Who recorded it.
    pub actor: String,
    /// How.
    pub way: Way,
    /// Whom they met or reached, in words.
    pub met: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The promised day.
    pub promised_on: Option<Date>,
    /// The promised amount.
    pub promised_fen: Option<Fen>,
    /// Anything else.
    pub note: String,
    /// When it was recorded, in microseconds since 1970.
    pub recorded_at: i64,
}

/// Adds a record.
pub async fn add(tx: &mut Tx, county_id: i64, stamp: Stamp, contact: &Contact) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO contact (county_id, contact_id, loan_id, on_day, actor, way, met, outcome, promised_on,
                              promised_fen, note, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &values![
            county_id,
            contact.contact_id,
            contact.loan_id,
            contact.on_day,
            contact.actor.as_str(),
            contact.way.key(),
            contact.met.as_str(),
            contact.outcome.key(),
            contact.promised_on,
            contact.promised_fen.map(Fen::get),
            contact.note.as_str(),
            stamp.at
        ],
    )
    .await?;
    Ok(())
}

/// What is recorded of a loan, the newest first, at most so many. Whoever asks has found the loan in their scope.
pub async fn of_loan(tx: &mut Tx, county_id: i64, loan_id: i64, limit: i64) -> Result<Vec<Contact>, Error> {
    let sql = "SELECT contact_id, loan_id, on_day, actor, way, met, outcome, promised_on, promised_fen, note, recorded_at
               FROM contact WHERE county_id = $1 AND loan_id = $2 ORDER BY on_day DESC, contact_id DESC LIMIT $3";
    tx.fetch_all(sql, &values![county_id, loan_id, limit]).await?.iter().map(read).collect()
}

/// A promise to pay, with what its loan owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The contact at which it was given.
    pub contact_id: i64,
    /// Its loan.
    pub loan_id: i64,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// Village, branch and credit manager today; 0 where nobody is tied.
    pub village_id: i64,
    /// The branch.
    pub branch_id: i64,
    /// The credit manager.
    pub manager_id: i64,
    /// The day of the contact.
    pub made_on: Date,
    /// The promise.
    pub promise: Promise,
    /// What is owed at the end of its day, as far as that is known.
    pub left_fen: Fen,
    /// Up to which day the branch has reported.
    pub until_on: Option<Date>,
}

/// Promises for the days between two, of loans of a scope as it is on a day: by day, after one, at most so many. One that
/// another took the place of before its day is none any more.
pub async fn promises(
    tx: &mut Tx,
    scope: &Scope,
    today: Date,
    ((from, to), whose): ((Date, Date), Whose),
    after: Option<(Date, i64)>,
    limit: i64,
) -> Result<Vec<Promised>, Error> {
    let (condition, value) = scope.condition("i", 2, 7);
    let (on, contact_id) = after.unwrap_or((from, 0));
    let mut bound = values![scope.county_id, today, from.max(on), to, contact_id, limit].to_vec();
    bound.extend(value);
    let whose = whose.condition("i", &mut bound);
    let sql = format!(
        "SELECT c.contact_id, c.loan_id, l.number, l.borrower_name, i.village_id, i.branch_id, i.manager_id, c.on_day,
                c.outcome, c.promised_on, c.promised_fen, b.balance_fen, d.balance_fen, r.until_on
         FROM contact c
         JOIN loan l ON l.county_id = c.county_id AND l.loan_id = c.loan_id
         JOIN loan_interval i ON i.county_id = c.county_id AND i.loan_id = c.loan_id
           AND i.from_on <= $2 AND i.to_on > $2
         JOIN loan_interval b ON b.county_id = c.county_id AND b.loan_id = c.loan_id
           AND b.from_on <= c.on_day AND b.to_on > c.on_day
         JOIN loan_interval d ON d.county_id = c.county_id AND d.loan_id = c.loan_id
           AND d.from_on <= c.promised_on AND d.to_on > c.promised_on
         JOIN branch r ON r.county_id = i.county_id AND r.branch_id = i.branch_id
         WHERE c.county_id = $1 AND c.promised_on >= $3 AND c.promised_on <= $4
           AND (c.promised_on, c.contact_id) > ($3, $5){condition}{whose}
           AND NOT EXISTS (SELECT 1 FROM contact n WHERE n.county_id = c.county_id AND n.loan_id = c.loan_id
             AND n.on_day <= c.promised_on AND n.promised_on IS NOT NULL
             AND (n.on_day, n.contact_id) > (c.on_day, c.contact_id))
         ORDER BY c.promised_on, c.contact_id LIMIT $6"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read_promise).collect()
}

fn read_promise(row: &Row) -> Result<Promised, Error> {
    let outcome = row.text(8)?;
    Ok(Promised {
        contact_id: row.int(0)?,
        loan_id: row.int(1)?,
        number: row.text(2)?,
        borrower_name: row.text(3)?,
        village_id: row.int(4)?,
        branch_id: row.int(5)?,
        manager_id: row.int(6)?,
        made_on: row.date(7)?,
        promise: Promise {
            outcome: Outcome::from_key(&outcome).ok_or(Error::Value { column: 8, found: outcome })?,
            on: row.date(9)?,
            amount_fen: row.int_or_none(10)?.map(Fen::new),
            owed_fen: row.fen(11)?,
        },
        left_fen: row.fen(12)?,
        until_on: row.date_or_none(13)?,
    })
}

/// What was recorded of some loans by an instant of what was done by a day, by loan, the oldest first. Whoever asks has found
/// the loans in their scope.
pub async fn of_loans(
    tx: &mut Tx,
    county_id: i64,
    loans: &[i64],
    (by_day, known_at): (Date, i64),
) -> Result<Vec<Contact>, Error> {
    let mut contacts = Vec::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        let at = bound.len();
        bound.extend(values![by_day, known_at]);
        let sql = format!(
            "SELECT contact_id, loan_id, on_day, actor, way, met, outcome, promised_on, promised_fen, note, recorded_at
             FROM contact WHERE county_id = $1 AND loan_id IN ({list}) AND on_day <= ${} AND recorded_at <= ${}
             ORDER BY loan_id, on_day, contact_id",
            at + 1,
            at + 2
        );
        for row in tx.fetch_all(sql, &bound).await? {
            contacts.push(read(&row)?);
        }
    }
    Ok(contacts)
}

fn read(row: &Row) -> Result<Contact, Error> {
    let (way, outcome) = (row.text(4)?, row.text(6)?);
    Ok(Contact {
        contact_id: row.int(0)?,
        loan_id: row.int(1)?,
        on_day: row.date(2)?,
        actor: row.text(3)?,
        way: Way::from_key(&way).ok_or(Error::Value { column: 4, found: way })?,
        met: row.text(5)?,
        outcome: Outcome::from_key(&outcome).ok_or(Error::Value { column: 6, found: outcome })?,
        promised_on: row.date_or_none(7)?,
        promised_fen: row.int_or_none(8)?.map(Fen::new),
        note: row.text(9)?,
        recorded_at: row.int(10)?,
    })
}
