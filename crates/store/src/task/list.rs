//! Open tasks of an area, as somebody works through them.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::{COLUMNS, RESTS, StoredTask, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// Which tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Whose step should have been done before the day.
    Late,
    /// Whose step is to be done on the day.
    Today,
    /// Whose step is to be done within some days after it.
    Soon {
        /// The last of them.
        until: Date,
    },
    /// Whose step is to be done after those.
    Later {
        /// The last day of what is soon.
        after: Date,
    },
    /// Where something was promised for the day or before.
    Promised,
    /// Nothing is to be done until the level rises.
    Resting,
}

/// An open task with what a list says of its loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// The task.
    pub stored: StoredTask,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// The village, on the day.
    pub village_id: i64,
    /// The branch, on the day.
    pub branch_id: i64,
    /// The credit manager, on the day; `None` where nobody is tied.
    pub manager_id: Option<i64>,
    /// What is owed on the day.
    pub balance_fen: Fen,
    /// 到期日期.
    pub due_on: Date,
    /// The pack that watches over it.
    pub pack_id: String,
}

/// Where the page before ended: the day of its last step, and its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskCursor {
    /// The day.
    pub on: Option<Date>,
    /// The task.
    pub task_id: i64,
}

/// What narrows tasks to some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskFilter {
    /// Which.
    pub show: Show,
    /// Only those of loans that nobody is tied to.
    pub nobodys: bool,
    /// None of this level.
    pub without: Option<Standing>,
}

struct Question {
    /// From the conditions on.
    text: String,
    values: Vec<Value>,
    /// True if only the task itself decides.
    of_task_alone: bool,
}

/// The task with its loan's state on the day.
const WITH_LOAN: &str =
    " FROM task t JOIN loan_interval i ON i.county_id = t.county_id AND i.loan_id = t.loan_id
       AND i.from_on <= $2 AND i.to_on > $2
     JOIN loan l ON l.county_id = t.county_id AND l.loan_id = t.loan_id";

impl Question {
    fn new(scope: &Scope, day: Date, filter: TaskFilter) -> Question {
        let (condition, value) = scope.condition("i", 2, 3);
        let mut values = values![scope.county_id, day].to_vec();
        values.extend(value);
        let shown = match filter.show {
            Show::Late => " AND t.step_on < $2".to_owned(),
            // A day as a stretch: for an equality SQLite would go through all tasks.
            Show::Today => " AND t.step_on >= $2 AND t.step_on <= $2".to_owned(),
            Show::Soon { until } => {
                values.push(until.into());
                format!(" AND t.step_on > $2 AND t.step_on <= ${}", values.len())
            }
            Show::Later { after } => {
                values.extend(values![after, RESTS]);
                let at = values.len();
                format!(" AND t.step_on > ${} AND t.step_on < ${at}", at - 1)
            }
            Show::Promised => " AND t.promised_on <= $2".to_owned(),
            Show::Resting => {
                values.push(RESTS.into());
                format!(" AND t.step_on >= ${}", values.len())
            }
        };
        let without = match filter.without {
            Some(level) => format!(" AND t.level <> {}", level.code()),
            None => String::new(),
        };
        let nobodys = if filter.nobodys { " AND i.manager_id = 0" } else { "" };
        let of_task_alone = condition.is_empty() && nobodys.is_empty();
        let text = format!(
            " WHERE t.county_id = $1 AND $2 = $2 AND t.closed_on IS NULL{condition}{shown}{without}{nobodys}"
        );
        Question { text, values, of_task_alone }
    }
}

/// How many open tasks there are of a kind.
pub async fn count(tx: &mut Tx, scope: &Scope, day: Date, filter: TaskFilter) -> Result<i64, Error> {
    let question = Question::new(scope, day, filter);
    // Who sees the whole county needs no place of any loan.
    let from = if question.of_task_alone { " FROM task t" } else { WITH_LOAN };
    let sql = format!("SELECT CAST(count(*) AS BIGINT){from}{}", question.text);
    tx.fetch_one(sql, &question.values).await?.int(0)
}

/// A page of open tasks, the most pressing first: by the day of the step, or of the promise where promises are asked for.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: TaskFilter,
    after: Option<TaskCursor>,
    limit: i64,
) -> Result<Vec<TaskRow>, Error> {
    let mut question = Question::new(scope, day, filter);
    let by = if filter.show == Show::Promised { "t.promised_on" } else { "t.step_on" };
    if let Some(cursor) = after {
        question.values.extend(values![cursor.on.unwrap_or(RESTS), cursor.task_id]);
        let at = question.values.len();
        question.text += &format!(" AND ({by}, t.task_id) > (${}, ${at})", at - 1);
    }
    question.values.push(limit.into());
    let sql = format!(
        "SELECT {COLUMNS}, l.number, l.borrower_name, i.village_id, i.branch_id, i.manager_id, i.balance_fen, l.due_on,
                l.pack_id{WITH_LOAN}{}
         ORDER BY {by}, t.task_id LIMIT ${}",
        question.text,
        question.values.len()
    );
    tx.fetch_all(sql, &question.values).await?.iter().map(read_row).collect()
}

/// A task of a scope, and on which day by what it was closed.
pub async fn get(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    task_id: i64,
) -> Result<Option<(TaskRow, Option<(Date, String)>)>, Error> {
    let (condition, value) = scope.condition("i", 2, 4);
    let mut bound = values![scope.county_id, day, task_id].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT {COLUMNS}, l.number, l.borrower_name, i.village_id, i.branch_id, i.manager_id, i.balance_fen, l.due_on,
                l.pack_id, t.closed_on, t.closed_by{WITH_LOAN}
         WHERE t.county_id = $1 AND t.task_id = $3{condition}"
    );
    let Some(row) = tx.fetch_optional(sql, &bound).await? else { return Ok(None) };
    let closed = row.date_or_none(22)?.zip(row.text_or_none(23)?);
    Ok(Some((read_row(&row)?, closed)))
}

pub(super) fn read_row(row: &Row) -> Result<TaskRow, Error> {
    Ok(TaskRow {
        stored: read(row)?,
        number: row.text(14)?,
        borrower_name: row.text(15)?,
        village_id: row.int(16)?,
        branch_id: row.int(17)?,
        manager_id: Some(row.int(18)?).filter(|id| *id != 0),
        balance_fen: row.fen(19)?,
        due_on: row.date(20)?,
        pack_id: row.text(21)?,
    })
}
