//! Lists of differences, page by page, and how many there are of what.

use bangfu_domain::difference::{DifferenceKind, DifferenceState};
use jiff::civil::Date;

use super::{COLUMNS, Difference, WIDTH, known, read};
use crate::error::Error;
use crate::scope::{Scope, escape, within};
use crate::tx::Tx;
use crate::value::Value;

/// Which differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// Those that are to be looked into: open ones and assigned ones.
    #[default]
    Standing,
    /// Those of one state.
    State(DifferenceState),
    /// Assigned ones whose day has passed.
    Late,
    /// All.
    All,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Which differences.
    pub shown: Shown,
    /// Of this kind.
    pub kind: Option<DifferenceKind>,
    /// Of this branch; 0 for those of which no branch is known.
    pub branch_id: Option<i64>,
    /// Whose loan lies in this division on the day.
    pub division_id: Option<i64>,
    /// Part of the borrower's name, or the beginning or the end of the contract number.
    pub text: Option<String>,
    /// These alone; all, where none is named.
    pub only: Vec<i64>,
}

/// Where a page begins: after or before a difference, in the order from the newest to the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// Older than this one.
    After(i64),
    /// Newer than this one.
    Before(i64),
}

/// A difference in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The difference.
    pub difference: Difference,
    /// The borrower, as the book has it now.
    pub borrower: Option<String>,
    /// The loan's village, as the book has it now.
    pub village_id: Option<i64>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its rows, newest first.
    pub rows: Vec<Listed>,
    /// True if more lie beyond it in the direction in which it was asked for.
    pub has_more: bool,
}

/// So many differences of a state, a kind and a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The state.
    pub state: DifferenceState,
    /// The kind.
    pub kind: DifferenceKind,
    /// The branch.
    pub branch_id: Option<i64>,
    /// True if they should have been answered before the day.
    pub is_late: bool,
    /// How many.
    pub differences: i64,
}

/// A page of the differences that lie in the scope on a day.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<Page, Error> {
    let mut question = Question::new(scope, on);
    question.narrow(filter);
    let direction = match cursor {
        Some(Cursor::Before(id)) => {
            let place = question.bind(id);
            question.conditions += &format!(" AND d.difference_id > {place}");
            ""
        }
        Some(Cursor::After(id)) => {
            let place = question.bind(id);
            question.conditions += &format!(" AND d.difference_id < {place}");
            " DESC"
        }
        None => " DESC",
    };
    let limit_place = question.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
    let sql = format!(
        "SELECT {COLUMNS}, l.borrower_name,
           COALESCE((SELECT i.village_id FROM loan_interval i WHERE i.county_id = d.county_id
             AND i.loan_id = d.loan_id AND i.from_on <= $2 AND i.to_on > $2), l.village_id)
         FROM difference d
         LEFT JOIN loan l ON l.county_id = d.county_id AND l.loan_id = d.loan_id
         WHERE {} ORDER BY d.difference_id{direction} LIMIT {limit_place}",
        question.conditions
    );
    let found = tx.fetch_all(sql, &question.values).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found.iter().take(limit) {
        let (borrower, village_id) = (row.text_or_none(WIDTH)?, row.int_or_none(WIDTH + 1)?);
        rows.push(Listed { difference: read(row)?, borrower, village_id });
    }
    if direction.is_empty() {
        rows.reverse();
    }
    Ok(Page { rows, has_more: found.len() > limit })
}

/// How many differences a list holds in all.
pub async fn count(tx: &mut Tx, scope: &Scope, on: Date, filter: &Filter) -> Result<i64, Error> {
    let mut question = Question::new(scope, on);
    question.narrow(filter);
    let sql = format!("SELECT count(*) FROM difference d WHERE {}", question.conditions);
    tx.fetch_one(sql, &question.values).await?.int(0)
}

/// How many there are of each state, kind and branch within a division and a search: what a list's own filters by
/// state, kind and branch would leave adds up from these.
pub async fn counts(tx: &mut Tx, scope: &Scope, on: Date, filter: &Filter) -> Result<Vec<Counted>, Error> {
    let mut question = Question::new(scope, on);
    question.narrow(&Filter { shown: Shown::All, kind: None, branch_id: None, ..filter.clone() });
    let late = "CASE WHEN d.state = 'assigned' AND d.due_on < $2 THEN 1 ELSE 0 END";
    let sql = format!(
        "SELECT d.state, d.kind, d.branch_id, CAST({late} AS BIGINT), count(*) FROM difference d WHERE {}
         GROUP BY d.state, d.kind, d.branch_id, {late}",
        question.conditions
    );
    let rows = tx.fetch_all(sql, &question.values).await?;
    rows.iter()
        .map(|row| {
            Ok(Counted {
                state: known(row.text(0)?, 0, DifferenceState::from_key)?,
                kind: known(row.text(1)?, 1, DifferenceKind::from_key)?,
                branch_id: row.int_or_none(2)?,
                is_late: row.flag(3)?,
                differences: row.int(4)?,
            })
        })
        .collect()
}

/// How many a list without its division would hold in each village: (village, differences).
pub async fn villages(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    filter: &Filter,
) -> Result<Vec<(i64, i64)>, Error> {
    let mut question = Question::new(scope, on);
    question.narrow(&Filter { division_id: None, ..filter.clone() });
    // CROSS JOIN: SQLite keeps this order, and does not walk through all loans for the few that differ.
    let sql = format!(
        "SELECT v.village_id, count(*) FROM difference d CROSS JOIN loan_interval v
         WHERE v.county_id = d.county_id AND v.loan_id = d.loan_id AND v.from_on <= $2 AND v.to_on > $2
           AND {} GROUP BY v.village_id ORDER BY v.village_id",
        question.conditions
    );
    let rows = tx.fetch_all(sql, &question.values).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// The conditions of a question, and its values: the county as `$1`, the day as `$2`.
struct Question {
    conditions: String,
    values: Vec<Value>,
}

impl Question {
    fn new(scope: &Scope, on: Date) -> Question {
        let (condition, values) = scope.of_differences(on, 3);
        Question { conditions: format!("d.county_id = $1{condition}"), values }
    }

    fn narrow(&mut self, filter: &Filter) {
        if !filter.only.is_empty() {
            let places: Vec<String> = filter.only.iter().map(|id| self.bind(*id)).collect();
            self.conditions += &format!(" AND d.difference_id IN ({})", places.join(", "));
        }
        match filter.shown {
            Shown::All => {}
            Shown::Standing => self.conditions += " AND d.resolved_at IS NULL",
            Shown::Late => self.conditions += " AND d.state = 'assigned' AND d.due_on < $2",
            Shown::State(state) => {
                let place = self.bind(state.key());
                self.conditions += &format!(" AND d.state = {place}");
            }
        }
        if let Some(kind) = filter.kind {
            let place = self.bind(kind.key());
            self.conditions += &format!(" AND d.kind = {place}");
        }
        match filter.branch_id {
            None => {}
            Some(0) => self.conditions += " AND d.branch_id IS NULL",
            Some(branch_id) => {
                let place = self.bind(branch_id);
                self.conditions += &format!(" AND d.branch_id = {place}");
            }
        }
        if let Some(division_id) = filter.division_id {
            self.bind(division_id);
            let condition = format!(" AND i.village_id IN ({})", within(2, self.values.len()));
            self.conditions += &format!(" AND {}", of_the_day(&condition));
        }
        if let Some(text) = &filter.text {
            let text = escape(&text.replace('\0', ""));
            let (part, start) = (self.bind(format!("%{text}%")), self.bind(format!("{text}%")));
            let end = self.bind(format!("%{text}"));
            self.conditions += &format!(
                " AND (d.number LIKE {start} ESCAPE '!' OR d.number LIKE {end} ESCAPE '!'
                    OR d.name LIKE {part} ESCAPE '!'
                    OR EXISTS (SELECT 1 FROM loan n WHERE n.county_id = d.county_id AND n.loan_id = d.loan_id
                         AND n.borrower_name LIKE {part} ESCAPE '!'))"
            );
        }
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// The condition that the loan of a difference is, on the day bound as `$2`, as `condition` says of its interval `i`.
pub(crate) fn of_the_day(condition: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM loan_interval i WHERE i.county_id = d.county_id AND i.loan_id = d.loan_id
           AND i.from_on <= $2 AND i.to_on > $2{condition})"
    )
}
