//! What became of tasks: counted by village, branch and credit manager, and the tasks behind each count.

use bangfu_domain::task::Outcome;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::list::{TaskRow, read_row};
use super::{COLUMNS, RESTS, TaskCursor};
use crate::division::ALWAYS;
use crate::error::Error;
use crate::scope::{Scope, within};
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// What is counted of tasks. All but the last two are of tasks that began within some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// All of them: each loan that came into a colour.
    Began,
    /// Somebody was told of a level of theirs.
    Told,
    /// An officer is tied to the household today.
    Named,
    /// Somebody was there before a step was late.
    InTime,
    /// A promise or a way out is on record.
    Agreed,
    /// A step was late.
    WasLate,
    /// Settled on time.
    OnTime,
    /// Settled, but late.
    SettledLate,
    /// Extended.
    Extended,
    /// Renewed.
    Renewed,
    /// Ended otherwise.
    Ended,
    /// Overdue today.
    Overdue,
    /// Still under way, and not overdue.
    UnderWay,
    /// Open today, whenever they began.
    Open,
    /// Open today, and the step should have been done before.
    LateNow,
}

impl Stage {
    /// Every stage, in the order in which they are told.
    pub const ALL: [Stage; 15] = [
        Stage::Began,
        Stage::Told,
        Stage::Named,
        Stage::InTime,
        Stage::Agreed,
        Stage::WasLate,
        Stage::OnTime,
        Stage::SettledLate,
        Stage::Extended,
        Stage::Renewed,
        Stage::Ended,
        Stage::Overdue,
        Stage::UnderWay,
        Stage::Open,
        Stage::LateNow,
    ];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Stage::Began => "began",
            Stage::Told => "told",
            Stage::Named => "named",
            Stage::InTime => "in-time",
            Stage::Agreed => "agreed",
            Stage::WasLate => "was-late",
            Stage::OnTime => "on-time",
            Stage::SettledLate => "settled-late",
            Stage::Extended => "extended",
            Stage::Renewed => "renewed",
            Stage::Ended => "ended",
            Stage::Overdue => "overdue",
            Stage::UnderWay => "under-way",
            Stage::Open => "open",
            Stage::LateNow => "late-now",
        }
    }

    /// The stage of a word.
    pub fn from_key(key: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.key() == key)
    }

    /// True if it asks when a task began.
    pub const fn is_of_days(self) -> bool {
        !matches!(self, Stage::Open | Stage::LateNow)
    }

    /// The condition on task `t`, its loan `l` and the loan's state `i`; today is bound as `$2`.
    fn condition(self) -> String {
        let overdue = Standing::Overdue.code();
        let step = |kind: &str, more: &str| {
            format!(
                "EXISTS (SELECT 1 FROM task_step s WHERE s.county_id = t.county_id AND s.task_id = t.task_id
                 AND s.kind = '{kind}'{more})"
            )
        };
        match self {
            Stage::Began => "1 = 1".to_owned(),
            Stage::Told => "EXISTS (SELECT 1 FROM alert a WHERE a.county_id = t.county_id AND a.loan_id = t.loan_id
                 AND a.kind = 'level' AND COALESCE(a.on_day, t.made_on) >= t.made_on)"
                .to_owned(),
            Stage::Named => "i.manager_id <> 0".to_owned(),
            Stage::InTime => step(
                "contact",
                " AND NOT EXISTS (SELECT 1 FROM task_step p WHERE p.county_id = s.county_id AND p.task_id = s.task_id
                     AND p.kind = 'late' AND p.change_seq < s.change_seq)",
            ),
            Stage::Agreed => {
                let ways: Vec<String> = Outcome::ALL
                    .into_iter()
                    .filter(|outcome| outcome.is_way_out())
                    .map(|outcome| format!("'{}'", outcome.key()))
                    .collect();
                format!(
                    "EXISTS (SELECT 1 FROM contact c WHERE c.county_id = t.county_id AND c.loan_id = t.loan_id
                     AND c.on_day >= t.made_on AND c.outcome IN ({}))",
                    ways.join(", ")
                )
            }
            Stage::WasLate => step("late", ""),
            Stage::OnTime => format!(
                "t.closed_by = 'settled' AND (t.level < {} OR l.settled_on <= t.due_day)",
                Standing::Awaiting.code()
            ),
            Stage::SettledLate => format!(
                "t.closed_by = 'settled' AND t.level >= {} AND (l.settled_on IS NULL OR l.settled_on > t.due_day)",
                Standing::Awaiting.code()
            ),
            Stage::Extended => "t.closed_by = 'extended'".to_owned(),
            Stage::Renewed => "t.closed_by = 'renewed'".to_owned(),
            Stage::Ended => {
                "t.closed_on IS NOT NULL AND t.closed_by NOT IN ('settled', 'extended', 'renewed')".to_owned()
            }
            Stage::Overdue => format!("t.closed_on IS NULL AND t.level = {overdue}"),
            Stage::UnderWay => format!("t.closed_on IS NULL AND t.level <> {overdue}"),
            Stage::Open => "t.closed_on IS NULL".to_owned(),
            Stage::LateNow => {
                let awaiting = Standing::Awaiting.code();
                format!("t.closed_on IS NULL AND t.step_on < $2 AND t.level <> {awaiting}")
            }
        }
    }
}

/// A task's loan with its state today.
const JOINED: &str = " FROM task t
     JOIN loan_interval i ON i.county_id = t.county_id AND i.loan_id = t.loan_id AND i.from_on <= $2 AND i.to_on > $2
     JOIN loan l ON l.county_id = t.county_id AND l.loan_id = t.loan_id";

/// Which tasks are gone through, and between which days: by the day on which they began, open ones by that of their step.
fn days(of_days: bool, days: (Date, Date)) -> (&'static str, (Date, Date)) {
    match of_days {
        true => ("t.made_on >= $3 AND t.made_on <= $4", days),
        false => ("t.closed_on IS NULL AND t.step_on >= $3 AND t.step_on <= $4", ALWAYS),
    }
}

/// So many tasks of one village, one branch and one credit manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageCell {
    /// The village.
    pub village_id: i64,
    /// The branch.
    pub branch_id: i64,
    /// The credit manager; 0 where nobody is tied.
    pub manager_id: i64,
    /// How many, by stage in the order in which they were asked for.
    pub counts: Vec<i64>,
}

/// Counts tasks by where their loans belong today: those that began within some days, by their stages, or the open ones.
pub async fn counted(
    tx: &mut Tx,
    scope: &Scope,
    today: Date,
    (from, to): (Date, Date),
    stages: &[Stage],
) -> Result<Vec<StageCell>, Error> {
    let (condition, value) = scope.condition("i", 2, 5);
    let of_days = stages.iter().all(|stage| stage.is_of_days());
    let (which, (from, to)) = days(of_days, (from, to));
    let mut bound = values![scope.county_id, today, from, to].to_vec();
    bound.extend(value);
    let sums: Vec<String> = stages
        .iter()
        .map(|stage| format!("CAST(sum(CASE WHEN {} THEN 1 ELSE 0 END) AS BIGINT)", stage.condition()))
        .collect();
    let sql = format!(
        "SELECT i.village_id, i.branch_id, i.manager_id, {}{JOINED} WHERE t.county_id = $1 AND {which}{condition}
         GROUP BY i.village_id, i.branch_id, i.manager_id",
        sums.join(", ")
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    let cell = |row: &Row| {
        let counts = (0..stages.len()).map(|at| row.int(at + 3));
        Ok(StageCell {
            village_id: row.int(0)?,
            branch_id: row.int(1)?,
            manager_id: row.int(2)?,
            counts: counts.collect::<Result<_, Error>>()?,
        })
    };
    rows.iter().map(cell).collect()
}

/// Whose tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Whose {
    /// Of loans in this division.
    pub division_id: Option<i64>,
    /// Of this branch.
    pub branch_id: Option<i64>,
    /// Of this credit manager; 0 for loans without one.
    pub manager_id: Option<i64>,
}

impl Whose {
    /// The condition on a loan's state, its values after those that are bound.
    pub(crate) fn condition(&self, row: &str, bound: &mut Vec<Value>) -> String {
        let mut text = String::new();
        if let Some(id) = self.division_id {
            bound.push(id.into());
            text += &format!(" AND {row}.village_id IN ({})", within(2, bound.len()));
        }
        for (column, id) in [("branch_id", self.branch_id), ("manager_id", self.manager_id)] {
            if let Some(id) = id {
                bound.push(id.into());
                text += &format!(" AND {row}.{column} = ${}", bound.len());
            }
        }
        text
    }
}

/// A page of the tasks behind a count, by the day on which they began, open ones by that of their step.
pub async fn behind(
    tx: &mut Tx,
    scope: &Scope,
    today: Date,
    (stage, (from, to), whose): (Stage, (Date, Date), Whose),
    after: Option<TaskCursor>,
    limit: i64,
) -> Result<Vec<TaskRow>, Error> {
    let (condition, value) = scope.condition("i", 2, 5);
    let (which, (from, to)) = days(stage.is_of_days(), (from, to));
    let mut bound = values![scope.county_id, today, from, to].to_vec();
    bound.extend(value);
    let whose = whose.condition("i", &mut bound);
    let by = if stage.is_of_days() { "t.made_on" } else { "t.step_on" };
    let mut text = format!(
        "SELECT {COLUMNS}, l.number, l.borrower_name, i.village_id, i.branch_id, i.manager_id, i.balance_fen, l.due_on,
                l.pack_id{JOINED}
         WHERE t.county_id = $1 AND {which} AND {}{condition}{whose}",
        stage.condition()
    );
    if let Some(cursor) = after {
        bound.extend(values![cursor.on.unwrap_or(RESTS), cursor.task_id]);
        let at = bound.len();
        text += &format!(" AND ({by}, t.task_id) > (${}, ${at})", at - 1);
    }
    bound.push(limit.into());
    text += &format!(" ORDER BY {by}, t.task_id LIMIT ${}", bound.len());
    tx.fetch_all(text, &bound).await?.iter().map(read_row).collect()
}
