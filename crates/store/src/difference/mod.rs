//! Differences: where bank and book disagree. They stay until somebody resolves them or a later file settles them.

mod list;
mod step;

use std::collections::BTreeSet;

use bangfu_domain::difference::{DifferenceKind, DifferenceState, StepKind, Way};
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list, list_of};
use crate::county::Stamp;
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

pub(crate) use list::of_the_day;
pub use list::{Counted, Cursor, Filter, Listed, Page, Shown, count, counts, list, villages};
pub use step::{Step, add_steps, steps};

/// A disagreement between bank and book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its id.
    pub difference_id: i64,
    /// What kind.
    pub kind: DifferenceKind,
    /// The loan, where it is known.
    pub loan_id: Option<i64>,
    /// The loan's branch, or, where no loan is known, the one that was asked to look into it.
    pub branch_id: Option<i64>,
    /// Institution and serial number of the movement that did not fit, if it was one.
    pub movement: Option<(i64, String)>,
    /// 借据号 as reported.
    pub number: String,
    /// The customer's name, as the bank gives it.
    pub name: Option<String>,
    /// The day that it concerns.
    pub on_day: Date,
    /// The two sides as JSON.
    pub facts: String,
    /// The import that found it.
    pub import_id: i64,
    /// When it was found, in microseconds since 1970.
    pub opened_at: i64,
    /// Tells it from others.
    pub fingerprint: Vec<u8>,
    /// How far it has come.
    pub state: DifferenceState,
    /// The day by which the branch is to answer.
    pub due_on: Option<Date>,
    /// When it was resolved or settled.
    pub resolved_at: Option<i64>,
    /// How a person found it settled.
    pub resolution: Option<Way>,
    /// The import that proved it settled.
    pub settled_by: Option<i64>,
}

const TABLE: Table = Table {
    name: "difference",
    columns: &[
        ("county_id", Column::Int),
        ("difference_id", Column::Int),
        ("kind", Column::Text),
        ("loan_id", Column::Int),
        ("branch_id", Column::Int),
        ("lender_id", Column::Int),
        ("serial", Column::Text),
        ("number", Column::Text),
        ("name", Column::Text),
        ("on_day", Column::Date),
        ("facts", Column::Text),
        ("import_id", Column::Int),
        ("opened_at", Column::Int),
        ("fingerprint", Column::Bytes),
        ("state", Column::Text),
    ],
    conflict: "ON CONFLICT (county_id, fingerprint) DO NOTHING",
};

/// Keeps differences as open ones; one that is there already is not doubled.
pub async fn add(tx: &mut Tx, county_id: i64, differences: &[Difference]) -> Result<(), Error> {
    let rows = differences
        .iter()
        .flat_map(|one| {
            values![
                county_id,
                one.difference_id,
                one.kind.key(),
                one.loan_id,
                one.branch_id,
                one.movement.as_ref().map(|(lender, _)| *lender),
                one.movement.as_ref().map(|(_, serial)| serial.clone()),
                one.number.as_str(),
                one.name.clone(),
                one.on_day,
                one.facts.as_str(),
                one.import_id,
                one.opened_at,
                one.fingerprint.clone(),
                DifferenceState::Open.key()
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

const COLUMNS: &str = "d.difference_id, d.kind, d.loan_id, d.branch_id, d.number, d.name, d.on_day, d.facts,
    d.import_id, d.opened_at, d.fingerprint, d.state, d.due_on, d.resolved_at, d.resolution, d.settled_by,
    d.lender_id, d.serial";

/// The columns of [`COLUMNS`].
const WIDTH: usize = 18;

/// The condition that holds a difference to what is tried again with every file: open ones, and those that a person
/// resolved in the way bound as `$place`.
pub(crate) fn tried_again(place: usize) -> String {
    format!("(d.resolved_at IS NULL OR (d.state = 'resolved' AND d.resolution = ${place}))")
}

/// The differences whose movements are tried again with every file, newest first: open ones, and those that a person
/// resolved in a way that leaves it to a file.
pub async fn waiting(tx: &mut Tx, county_id: i64, way: Way) -> Result<Vec<Difference>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM difference d WHERE d.county_id = $1 AND d.serial IS NOT NULL AND {}
         ORDER BY d.difference_id DESC",
        tried_again(2)
    );
    tx.fetch_all(sql, &values![county_id, way.key()]).await?.iter().map(read).collect()
}

/// The open differences of ledgers up to a day: (difference, loan).
pub async fn of_ledgers(tx: &mut Tx, county_id: i64, until: Date) -> Result<Vec<(i64, i64)>, Error> {
    let kinds = DifferenceKind::ALL.into_iter().filter(|kind| kind.is_of_a_ledger());
    let kinds: Vec<String> = kinds.map(|kind| format!("'{}'", kind.key())).collect();
    let sql = format!(
        "SELECT d.difference_id, d.loan_id FROM difference d
         WHERE d.county_id = $1 AND d.resolved_at IS NULL AND d.on_day <= $2 AND d.loan_id IS NOT NULL
           AND d.kind IN ({}) ORDER BY d.difference_id",
        kinds.join(", ")
    );
    let rows = tx.fetch_all(sql, &values![county_id, until]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// One difference, if it lies in the scope on a day.
pub async fn get(
    tx: &mut Tx,
    scope: &Scope,
    difference_id: i64,
    on: Date,
) -> Result<Option<Difference>, Error> {
    let (condition, mut bound) = scope.of_differences(on, 4);
    bound.insert(2, difference_id.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM difference d WHERE d.county_id = $1 AND d.difference_id = $3{condition}"
    );
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

/// The differences of a loan that lies in the scope on a day.
pub async fn of_loan(tx: &mut Tx, scope: &Scope, loan_id: i64, on: Date) -> Result<Vec<Difference>, Error> {
    let (condition, mut bound) = scope.of_differences(on, 4);
    bound.insert(2, loan_id.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM difference d WHERE d.county_id = $1 AND d.loan_id = $3{condition}
         ORDER BY d.difference_id"
    );
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// Which of these fingerprints are those of differences that the book has, resolved ones too.
pub async fn told(tx: &mut Tx, county_id: i64, prints: &[Vec<u8>]) -> Result<BTreeSet<Vec<u8>>, Error> {
    let mut told = BTreeSet::new();
    for chunk in prints.chunks(CHUNK) {
        let (list, bound) = list_of(county_id, chunk.iter().map(|print| Value::from(print.clone())));
        let sql =
            format!("SELECT fingerprint FROM difference WHERE county_id = $1 AND fingerprint IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            told.insert(row.bytes(0)?);
        }
    }
    Ok(told)
}

/// Writes what a person did about a difference, and its step. False if somebody was faster: it is no longer as it
/// was read.
pub async fn change(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    was: DifferenceState,
    now: &Difference,
    step: Step,
) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "UPDATE difference SET state = $4, branch_id = $5, due_on = $6, resolved_at = $7, resolution = $8,
                    settled_by = $9
             WHERE county_id = $1 AND difference_id = $2 AND state = $3",
            &values![
                county_id,
                now.difference_id,
                was.key(),
                now.state.key(),
                now.branch_id,
                now.due_on,
                now.resolved_at,
                now.resolution.map(Way::key),
                now.settled_by
            ],
        )
        .await?;
    if changed > 0 {
        add_steps(tx, county_id, stamp, &[(now.difference_id, step)]).await?;
    }
    Ok(changed > 0)
}

/// A difference that a file has proved settled, with the institution and the loan that its movement turned out to
/// be of.
pub type Proof = (i64, Option<(i64, i64)>);

/// Settles differences: a file has proved them. How a person resolved them before stays in their steps.
pub async fn settle(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    import_id: i64,
    proofs: &[Proof],
) -> Result<(), Error> {
    for (difference_id, became) in proofs {
        tx.execute(
            "UPDATE difference SET state = 'settled', resolved_at = $3, settled_by = $4,
                    lender_id = COALESCE($5, lender_id), loan_id = COALESCE($6, loan_id),
                    branch_id = COALESCE(
                      (SELECT branch_id FROM loan WHERE county_id = $1 AND loan_id = $6), branch_id)
             WHERE county_id = $1 AND difference_id = $2",
            &values![
                county_id,
                *difference_id,
                stamp.at,
                import_id,
                became.map(|(lender, _)| lender),
                became.map(|(_, loan)| loan)
            ],
        )
        .await?;
    }
    let step = |difference_id: &i64| (*difference_id, Step::of_file(StepKind::Settled, import_id));
    let steps: Vec<(i64, Step)> = proofs.iter().map(|(difference_id, _)| step(difference_id)).collect();
    add_steps(tx, county_id, stamp, &steps).await
}

/// The differences with ids from the first on and before the second: those that an import raised.
pub async fn made(tx: &mut Tx, county_id: i64, (first, end): (i64, i64)) -> Result<Vec<i64>, Error> {
    let sql = "SELECT difference_id FROM difference
               WHERE county_id = $1 AND difference_id >= $2 AND difference_id < $3 ORDER BY difference_id";
    let rows = tx.fetch_all(sql, &values![county_id, first, end]).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Takes differences away with their steps: the import that raised them is taken back. Where they belonged stays.
pub async fn forget(tx: &mut Tx, county_id: i64, differences: &[i64]) -> Result<(), Error> {
    for chunk in differences.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "INSERT INTO difference_gone (county_id, difference_id, loan_id, branch_id)
             SELECT county_id, difference_id, loan_id, branch_id FROM difference
             WHERE county_id = $1 AND difference_id IN ({list})"
        );
        tx.execute(sql, &bound).await?;
        for table in ["difference_step", "difference"] {
            let sql = format!("DELETE FROM {table} WHERE county_id = $1 AND difference_id IN ({list})");
            tx.execute(sql, &bound).await?;
        }
    }
    Ok(())
}

/// Says anew why a movement does not fit: the book knows more than when the difference was opened. Whoever was asked
/// about it is asked no more where another branch turns out to have lent.
pub async fn restate(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    import_id: i64,
    before: &Difference,
    now: &Difference,
) -> Result<(), Error> {
    let branch_id = now.branch_id.or(before.branch_id);
    let keeps = branch_id == before.branch_id;
    let state = if keeps { before.state } else { DifferenceState::Open };
    tx.execute(
        "UPDATE difference SET kind = $3, loan_id = $4, branch_id = $5, facts = $6, state = $7, due_on = $8
         WHERE county_id = $1 AND difference_id = $2 AND resolved_at IS NULL",
        &values![
            county_id,
            now.difference_id,
            now.kind.key(),
            now.loan_id,
            branch_id,
            now.facts.as_str(),
            state.key(),
            before.due_on.filter(|_| keeps)
        ],
    )
    .await?;
    let step = Step {
        before: Some((before.kind, before.facts.clone())),
        ..Step::of_file(StepKind::Restated, import_id)
    };
    add_steps(tx, county_id, stamp, &[(now.difference_id, step)]).await
}

fn read(row: &Row) -> Result<Difference, Error> {
    let word = row.text_or_none(14)?;
    Ok(Difference {
        difference_id: row.int(0)?,
        kind: known(row.text(1)?, 1, DifferenceKind::from_key)?,
        loan_id: row.int_or_none(2)?,
        branch_id: row.int_or_none(3)?,
        number: row.text(4)?,
        name: row.text_or_none(5)?,
        on_day: row.date(6)?,
        facts: row.text(7)?,
        import_id: row.int(8)?,
        opened_at: row.int(9)?,
        fingerprint: row.bytes(10)?,
        state: known(row.text(11)?, 11, DifferenceState::from_key)?,
        due_on: row.date_or_none(12)?,
        resolved_at: row.int_or_none(13)?,
        resolution: word.map(|word| known(word, 14, Way::from_key)).transpose()?,
        settled_by: row.int_or_none(15)?,
        movement: row.int_or_none(16)?.zip(row.text_or_none(17)?),
    })
}

/// A word of the database as what it stands for.
fn known<T>(word: String, column: usize, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Error> {
    read(&word).ok_or(Error::Value { column, found: word })
}

/// Gives the differences of a branch that are not resolved to another; which.
pub async fn hand_on(tx: &mut Tx, county_id: i64, from: i64, to: i64) -> Result<Vec<i64>, Error> {
    let sql = "UPDATE difference SET branch_id = $3
               WHERE county_id = $1 AND branch_id = $2 AND resolved_at IS NULL RETURNING difference_id";
    tx.fetch_all(sql, &values![county_id, from, to]).await?.iter().map(|row| row.int(0)).collect()
}
