//! Tasks (任务): the one that is open for a loan, and what became of it step by step.

mod account;
mod list;

use bangfu_domain::money::Fen;
use bangfu_domain::task::Task;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::county::Stamp;
use crate::division::ALWAYS;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use account::{Stage, StageCell, Whose, behind, counted};
pub use list::{Show, TaskCursor, TaskFilter, TaskRow, count, get, list};

/// An open task of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredTask {
    /// Its id.
    pub task_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// The day on which it was made.
    pub made_on: Date,
    /// How it stands.
    pub task: Task,
    /// The next day on which something is told of it if nothing happens.
    pub next_on: Option<Date>,
    /// What was promised last, and for which day.
    pub promised: Option<(Date, Option<Fen>)>,
    /// How often it was written.
    pub version: i64,
}

/// Something that became of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStep {
    /// The task.
    pub task_id: i64,
    /// The day.
    pub on_day: Date,
    /// What, as a word: `made`, `raised`, `contact`, `closed`, or that of what was told upward.
    pub kind: &'static str,
    /// The level at that time.
    pub level: Standing,
    /// The contact that was recorded.
    pub contact_id: Option<i64>,
}

const TABLE: Table = Table {
    name: "task",
    columns: &[
        ("county_id", Column::Int),
        ("task_id", Column::Int),
        ("loan_id", Column::Int),
        ("made_on", Column::Date),
        ("level", Column::Int),
        ("since_on", Column::Date),
        ("due_day", Column::Date),
        ("step_on", Column::Date),
        ("late_on", Column::Date),
        ("county_on", Column::Date),
        ("supervised_on", Column::Date),
        ("next_on", Column::Date),
        ("promised_on", Column::Date),
        ("promised_fen", Column::Int),
        ("version", Column::Int),
    ],
    conflict:
        "ON CONFLICT (county_id, task_id) DO UPDATE SET level = excluded.level, since_on = excluded.since_on,
        due_day = excluded.due_day, step_on = excluded.step_on, late_on = excluded.late_on,
        county_on = excluded.county_on, supervised_on = excluded.supervised_on, next_on = excluded.next_on,
        promised_on = excluded.promised_on, promised_fen = excluded.promised_fen, version = task.version + 1",
};

/// Where a task has no step, it stands on the last day of the calendar: an index goes to it as to any other day.
const RESTS: Date = ALWAYS.1;

const COLUMNS: &str = "t.task_id, t.loan_id, t.made_on, t.level, t.since_on, t.due_day, t.step_on, t.late_on,
    t.county_on, t.supervised_on, t.next_on, t.promised_on, t.promised_fen, t.version";

/// Writes open tasks, new or changed.
pub async fn put(tx: &mut Tx, county_id: i64, tasks: &[StoredTask]) -> Result<(), Error> {
    let rows = tasks.iter().flat_map(|stored| {
        let task = &stored.task;
        values![
            county_id,
            stored.task_id,
            stored.loan_id,
            stored.made_on,
            task.level.code(),
            task.since_on,
            task.due_day,
            task.step_on.unwrap_or(RESTS),
            task.late_on,
            task.county_on,
            task.supervised_on,
            stored.next_on,
            stored.promised.map(|(on, _)| on),
            stored.promised.and_then(|(_, fen)| fen).map(Fen::get),
            stored.version
        ]
    });
    tx.insert(TABLE, rows.collect()).await
}

/// The open tasks of loans.
pub async fn of_loans(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<Vec<StoredTask>, Error> {
    let mut tasks = Vec::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT {COLUMNS} FROM task t WHERE t.county_id = $1 AND t.closed_on IS NULL AND t.loan_id IN ({list})
             ORDER BY t.loan_id"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            tasks.push(read(&row)?);
        }
    }
    Ok(tasks)
}

/// Open tasks of which something is told by a day, at most so many: what was told has its next day later.
pub async fn to_tell(tx: &mut Tx, county_id: i64, by: Date, limit: i64) -> Result<Vec<StoredTask>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM task t WHERE t.county_id = $1 AND t.next_on <= $2 ORDER BY t.next_on, t.task_id LIMIT $3"
    );
    tx.fetch_all(sql, &values![county_id, by, limit]).await?.iter().map(read).collect()
}

/// Closes tasks on a day: by what, for all of them.
pub async fn close(
    tx: &mut Tx,
    county_id: i64,
    tasks: &[i64],
    (on, by): (Date, &'static str),
) -> Result<(), Error> {
    for chunk in tasks.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        let at = bound.len();
        bound.extend(values![on, by]);
        let sql = format!(
            "UPDATE task SET closed_on = ${}, closed_by = ${}, next_on = NULL, version = version + 1
             WHERE county_id = $1 AND closed_on IS NULL AND task_id IN ({list})",
            at + 1,
            at + 2
        );
        tx.execute(sql, &bound).await?;
    }
    Ok(())
}

const STEP: Table = Table {
    name: "task_step",
    columns: &[
        ("county_id", Column::Int),
        ("task_id", Column::Int),
        ("change_seq", Column::Int),
        ("kind", Column::Text),
        ("on_day", Column::Date),
        ("at", Column::Int),
        ("level", Column::Int),
        ("contact_id", Column::Int),
    ],
    conflict: "",
};

/// Notes what became of tasks.
pub async fn add_steps(tx: &mut Tx, county_id: i64, stamp: Stamp, steps: &[TaskStep]) -> Result<(), Error> {
    let rows = steps.iter().flat_map(|step| {
        values![
            county_id,
            step.task_id,
            stamp.change_seq,
            step.kind,
            step.on_day,
            stamp.at,
            step.level.code(),
            step.contact_id
        ]
    });
    tx.insert(STEP, rows.collect()).await
}

fn read(row: &Row) -> Result<StoredTask, Error> {
    let level = row.int(3)?;
    let level =
        Standing::from_code(level).ok_or_else(|| Error::Value { column: 3, found: level.to_string() })?;
    let promised_on = row.date_or_none(11)?;
    let promised_fen = row.int_or_none(12)?.map(Fen::new);
    Ok(StoredTask {
        task_id: row.int(0)?,
        loan_id: row.int(1)?,
        made_on: row.date(2)?,
        task: Task {
            level,
            since_on: row.date(4)?,
            due_day: row.date(5)?,
            step_on: Some(row.date(6)?).filter(|on| *on != RESTS),
            late_on: row.date_or_none(7)?,
            county_on: row.date_or_none(8)?,
            supervised_on: row.date_or_none(9)?,
        },
        next_on: row.date_or_none(10)?,
        promised: promised_on.map(|on| (on, promised_fen)),
        version: row.int(13)?,
    })
}
