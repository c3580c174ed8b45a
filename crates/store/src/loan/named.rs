//! Loans by what files and pages name: numbers, households, borrowers.

use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use super::{COLUMNS, Loan, read};
use crate::bulk::{CHUNK, in_list, list_of, places};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

/// The loans of a household that lie in the scope on a day: (id, number), by day of disbursement.
pub async fn of_household(
    tx: &mut Tx,
    scope: &Scope,
    household_id: i64,
    on: Date,
) -> Result<Vec<(i64, String)>, Error> {
    let (condition, value) = scope.loans_of_day(4);
    let sql = format!(
        "SELECT l.loan_id, l.number FROM loan l
         WHERE l.county_id = $1 AND l.loan_id IN
               (SELECT loan_id FROM loan WHERE county_id = $1 AND household_id = $3) AND l.gone = 0{condition}
         ORDER BY l.disbursed_on, l.loan_id"
    );
    let mut bound = values![scope.county_id, on, household_id].to_vec();
    bound.extend(value);
    tx.fetch_all(sql, &bound).await?.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// The loans that bear one of these numbers, of whatever institution, and lie in the scope on a day.
pub async fn by_numbers(tx: &mut Tx, scope: &Scope, on: Date, numbers: &[&str]) -> Result<Vec<Loan>, Error> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let mut loans = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(CHUNK) {
        let list = places(3, chunk.len());
        let (condition, value) = scope.loans_of_day(chunk.len() + 3);
        let mut bound = values![scope.county_id, on].to_vec();
        bound.extend(chunk.iter().map(|number| Value::from(*number)));
        bound.extend(value);
        let sql = format!(
            "SELECT {COLUMNS} FROM loan l
             WHERE l.county_id = $1 AND l.loan_id IN
                   (SELECT loan_id FROM loan WHERE county_id = $1 AND number IN ({list})) AND l.gone = 0{condition}"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            loans.push(read(&row)?);
        }
    }
    loans.sort_by_key(|loan: &Loan| loan.loan_id);
    Ok(loans)
}

/// The ids of the loans that bear one of these numbers, also of those that are gone: a file that brings them anew finds
/// them again.
pub async fn ever_numbered(tx: &mut Tx, county_id: i64, numbers: &[&str]) -> Result<Vec<i64>, Error> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let mut ids = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(CHUNK) {
        let (list, bound) = list_of(county_id, chunk.iter().map(|number| Value::from(*number)));
        let sql = format!("SELECT loan_id FROM loan WHERE county_id = $1 AND number IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            ids.push(row.int(0)?);
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

/// The loans of some households, by household and id.
pub async fn of_households(tx: &mut Tx, county_id: i64, households: &[i64]) -> Result<Vec<Loan>, Error> {
    let mut loans = Vec::new();
    for chunk in households.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT {COLUMNS} FROM loan l WHERE l.county_id = $1 AND l.loan_id IN
                    (SELECT loan_id FROM loan WHERE county_id = $1 AND household_id IN ({list})) AND l.gone = 0"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            loans.push(read(&row)?);
        }
    }
    loans.sort_by_key(|loan: &Loan| (loan.household_id, loan.loan_id));
    Ok(loans)
}

/// The loans that lie in the scope on a day and whose borrower is one of these persons, or bears one of these names:
/// (loan, borrower's person).
pub async fn of_borrowers(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    persons: &[i64],
    names: &[&str],
) -> Result<Vec<(Loan, Option<i64>)>, Error> {
    let persons: Vec<Value> = persons.iter().map(|person| Value::from(*person)).collect();
    let keys: Vec<Value> = names.iter().map(|name| Value::from(pinyin_key(name))).collect();
    // The borrower's person stands behind the loan's own columns.
    let behind = COLUMNS.split(',').count();
    let mut loans = Vec::new();
    let ways = [
        ("loan_borrower WHERE county_id = $1 AND ordinal = 1 AND person_id", persons),
        ("loan WHERE county_id = $1 AND name_key", keys),
    ];
    for (way, asked) in ways {
        let before = loans.len();
        for chunk in asked.chunks(CHUNK) {
            let list = places(3, chunk.len());
            let (condition, value) = scope.loans_of_day(chunk.len() + 3);
            let mut bound = values![scope.county_id, on].to_vec();
            bound.extend_from_slice(chunk);
            bound.extend(value);
            let sql = format!(
                "SELECT {COLUMNS}, b.person_id FROM loan l
                 LEFT JOIN loan_borrower b ON b.county_id = l.county_id AND b.loan_id = l.loan_id AND b.ordinal = 1
                 WHERE l.county_id = $1 AND l.loan_id IN (SELECT loan_id FROM {way} IN ({list}))
                       AND l.gone = 0{condition}"
            );
            for row in tx.fetch_all(sql, &bound).await? {
                loans.push((read(&row)?, row.int_or_none(behind)?));
            }
        }
        loans[before..].sort_by_key(|(loan, _): &(Loan, _)| loan.loan_id);
    }
    Ok(loans)
}
