//! What was done about each difference.

use bangfu_domain::difference::{DifferenceKind, StepKind, Way};
use jiff::civil::Date;

use super::known;
use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A step in the history of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub kind: StepKind,
    /// When, in microseconds since 1970; the transaction says it.
    pub at: i64,
    /// Who did it; `None` where a file did.
    pub actor: Option<String>,
    /// How a person found it settled.
    pub way: Option<Way>,
    /// Why, or what the branch is asked.
    pub reason: Option<String>,
    /// The branch that was asked.
    pub branch_id: Option<i64>,
    /// The day by which it is to answer.
    pub due_on: Option<Date>,
    /// The file that did it.
    pub import_id: Option<i64>,
    /// What the difference was before a file restated it: kind and facts.
    pub before: Option<(DifferenceKind, String)>,
}

impl Step {
    /// What a file did.
    pub(super) fn of_file(kind: StepKind, import_id: i64) -> Step {
        Step { import_id: Some(import_id), ..Step::bare(kind) }
    }

    /// What became of it when a person took a file back.
    pub fn of_undo(actor: &str, import_id: i64) -> Step {
        Step { actor: Some(actor.to_owned()), import_id: Some(import_id), ..Step::bare(StepKind::Undone) }
    }

    /// What a person did, for a reason.
    pub fn of_person(kind: StepKind, actor: &str, reason: Option<String>) -> Step {
        Step { actor: Some(actor.to_owned()), reason, ..Step::bare(kind) }
    }

    fn bare(kind: StepKind) -> Step {
        Step {
            kind,
            at: 0,
            actor: None,
            way: None,
            reason: None,
            branch_id: None,
            due_on: None,
            import_id: None,
            before: None,
        }
    }
}

const TABLE: Table = Table {
    name: "difference_step",
    columns: &[
        ("county_id", Column::Int),
        ("difference_id", Column::Int),
        ("change_seq", Column::Int),
        ("kind", Column::Text),
        ("at", Column::Int),
        ("actor", Column::Text),
        ("way", Column::Text),
        ("reason", Column::Text),
        ("branch_id", Column::Int),
        ("due_on", Column::Date),
        ("import_id", Column::Int),
        ("kind_before", Column::Text),
        ("facts_before", Column::Text),
    ],
    conflict: "",
};

/// Keeps steps: a change takes at most one with each difference.
pub async fn add_steps(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    steps: &[(i64, Step)],
) -> Result<(), Error> {
    let rows = steps
        .iter()
        .flat_map(|(difference_id, step)| {
            values![
                county_id,
                *difference_id,
                stamp.change_seq,
                step.kind.key(),
                stamp.at,
                step.actor.clone(),
                step.way.map(Way::key),
                step.reason.clone(),
                step.branch_id,
                step.due_on,
                step.import_id,
                step.before.as_ref().map(|(kind, _)| kind.key()),
                step.before.as_ref().map(|(_, facts)| facts.clone())
            ]
        })
        .collect();
    tx.insert(TABLE, rows).await
}

/// The steps of differences, each with its difference, in the order in which they were taken.
pub async fn steps(tx: &mut Tx, county_id: i64, differences: &[i64]) -> Result<Vec<(i64, Step)>, Error> {
    let mut steps = Vec::new();
    for chunk in differences.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT difference_id, kind, at, actor, way, reason, branch_id, due_on, import_id, kind_before,
                    facts_before
             FROM difference_step WHERE county_id = $1 AND difference_id IN ({list})
             ORDER BY difference_id, change_seq"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            steps.push((row.int(0)?, read(&row)?));
        }
    }
    Ok(steps)
}

fn read(row: &Row) -> Result<Step, Error> {
    let way = row.text_or_none(4)?;
    let kind_before = row.text_or_none(9)?;
    let kind_before = kind_before.map(|word| known(word, 9, DifferenceKind::from_key)).transpose()?;
    Ok(Step {
        kind: known(row.text(1)?, 1, StepKind::from_key)?,
        at: row.int(2)?,
        actor: row.text_or_none(3)?,
        way: way.map(|word| known(word, 4, Way::from_key)).transpose()?,
        reason: row.text_or_none(5)?,
        branch_id: row.int_or_none(6)?,
        due_on: row.date_or_none(7)?,
        import_id: row.int_or_none(8)?,
        before: kind_before.zip(row.text_or_none(10)?),
    })
}
