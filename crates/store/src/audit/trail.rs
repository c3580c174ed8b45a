//! What the record says of one household: who saw what of it, and what was changed of it.

use std::collections::BTreeSet;

use bangfu_domain::audit::Link;

use super::{ENTRY, link};
use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Value;
use crate::values;

/// By which numbers the record can speak of a household.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    /// The household itself, its people, loans, tasks, differences and grants.
    pub ids: BTreeSet<i64>,
    /// Its loans.
    pub loans: Vec<i64>,
    /// The changes that its loans went through.
    pub changes: BTreeSet<i64>,
    /// The files that brought or changed something of it.
    pub imports: BTreeSet<i64>,
}

async fn numbers(tx: &mut Tx, county_id: i64, sql: &str, ids: &[i64]) -> Result<Vec<i64>, Error> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        for row in tx.fetch_all(sql.replace("(?)", &format!("({list})")), &bound).await? {
            found.extend(row.int_or_none(0)?);
        }
    }
    Ok(found)
}

/// By which numbers the record can speak of a household. Whoever asks has found it in their scope.
pub async fn traces(tx: &mut Tx, scope: &Scope, household_id: i64) -> Result<Traces, Error> {
    let county_id = scope.county_id;
    let own = [household_id];
    let persons = "SELECT person_id FROM person WHERE county_id = $1 AND household_id IN (?)";
    let persons = numbers(tx, county_id, persons, &own).await?;
    let borrowed = "SELECT loan_id FROM loan_borrower WHERE county_id = $1 AND person_id IN (?)";
    let lent = "SELECT loan_id FROM loan WHERE county_id = $1 AND household_id IN (?)";
    let mut loans: BTreeSet<i64> = numbers(tx, county_id, borrowed, &persons).await?.into_iter().collect();
    loans.extend(numbers(tx, county_id, lent, &own).await?);
    let loans: Vec<i64> = loans.into_iter().collect();
    let mut ids: BTreeSet<i64> = own.into_iter().chain(persons).chain(loans.iter().copied()).collect();
    for (sql, of) in [
        ("SELECT task_id FROM task WHERE county_id = $1 AND loan_id IN (?)", loans.as_slice()),
        ("SELECT difference_id FROM difference WHERE county_id = $1 AND loan_id IN (?)", &loans),
        ("SELECT grant_id FROM access_grant WHERE county_id = $1 AND household_id IN (?)", &own),
    ] {
        ids.extend(numbers(tx, county_id, sql, of).await?);
    }
    let changes = "SELECT change_seq FROM loan_event WHERE county_id = $1 AND loan_id IN (?)";
    let changes = numbers(tx, county_id, changes, &loans).await?.into_iter().collect();
    let told = "SELECT import_id FROM loan_event WHERE county_id = $1 AND loan_id IN (?)";
    let mut imports: BTreeSet<i64> = numbers(tx, county_id, told, &loans).await?.into_iter().collect();
    let overwrote = "SELECT import_id FROM import_before
                     WHERE county_id = $1 AND noun = 'household' AND row_id IN (?)";
    imports.extend(numbers(tx, county_id, overwrote, &own).await?);
    Ok(Traces { ids, loans, changes, imports })
}

/// The newest entries whose subject is one of these words, at most so many.
pub async fn of_subjects(
    tx: &mut Tx,
    scope: &Scope,
    subjects: &[String],
    limit: i64,
) -> Result<Vec<Link>, Error> {
    let words: Vec<Value> = subjects.iter().map(|subject| subject.as_str().into()).collect();
    listed(tx, scope, "subject", &words, limit).await
}

/// The newest entries of these changes, at most so many.
pub async fn of_changes(
    tx: &mut Tx,
    scope: &Scope,
    changes: &BTreeSet<i64>,
    limit: i64,
) -> Result<Vec<Link>, Error> {
    let numbers: Vec<Value> = changes.iter().map(|change| (*change).into()).collect();
    listed(tx, scope, "change_seq", &numbers, limit).await
}

async fn listed(
    tx: &mut Tx,
    scope: &Scope,
    column: &str,
    values: &[Value],
    limit: i64,
) -> Result<Vec<Link>, Error> {
    let mut found = Vec::new();
    for chunk in values.chunks(CHUNK) {
        let mut bound = values![scope.county_id, limit].to_vec();
        bound.extend(chunk.iter().cloned());
        let places: Vec<String> = (3..bound.len() + 1).map(|place| format!("${place}")).collect();
        // Plain, the order would lead SQLite through all of the record from its end.
        let sql = format!(
            "SELECT {ENTRY} FROM audit WHERE county_id = $1 AND {column} IN ({}) ORDER BY +entry_no DESC LIMIT $2",
            places.join(", ")
        );
        for row in tx.fetch_all(sql, &bound).await? {
            found.push(link(&row)?);
        }
    }
    Ok(found)
}
