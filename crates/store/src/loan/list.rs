//! Lists of loans on a day, as the intervals know them.

use std::collections::HashMap;

use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use super::filter::{Filter, Quiet, Shown};
use super::{cell, search, standing};
use crate::bulk::{CHUNK, places};
use crate::error::Error;
use crate::scope::{Scope, tied, within};
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By due day, the first due first.
    #[default]
    Due,
    /// By balance, the largest first.
    Balance,
    /// By the borrower's name, in pinyin.
    Name,
    /// By contract number.
    Number,
}

/// Where the page before ended: the value of the order's column, and the loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The value by which the list is ordered.
    pub value: Value,
    /// The loan.
    pub loan_id: i64,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<ListRow>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// A loan in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Its id.
    pub loan_id: i64,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// The village, on the day.
    pub village_id: i64,
    /// The branch, on the day.
    pub branch_id: i64,
    /// The credit manager, on the day.
    pub manager_id: Option<i64>,
    /// The amount lent.
    pub principal_fen: Fen,
    /// Principal owed on the day.
    pub balance_fen: Fen,
    /// 放款日期.
    pub disbursed_on: Date,
    /// 到期日期.
    pub due_on: Date,
    /// 贷款用途.
    pub purpose: Option<String>,
    /// Standing on the day.
    pub standing: Standing,
    /// The household.
    pub household_id: Option<i64>,
}

/// How many, and how much they owe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Number of loans.
    pub loans: i64,
    /// What they owe together.
    pub balance_fen: Fen,
}

/// A page of the loans of a day.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
    order: Order,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page, Error> {
    if order == Order::Due
        && let Some(page) = cell::page(tx, scope, day, filter, after, limit).await?
    {
        return Ok(page);
    }
    let mut question = Question::new(scope, day, filter);
    let column = match order {
        Order::Due => "i.due_on",
        Order::Balance => "i.balance_fen",
        Order::Name => "l.name_key",
        Order::Number => "l.number",
    };
    let falls = (order == Order::Balance) != filter.backwards;
    let (direction, sign) = if falls { (" DESC", "<") } else { ("", ">") };
    if let Some(cursor) = after {
        let value = question.bind(cursor.value.clone());
        let loan = question.bind(cursor.loan_id);
        question.text += &format!(" AND ({column}, l.loan_id) {sign} ({value}, {loan})");
    }
    let limit_place = question.bind(i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1);
    let sql = format!(
        "SELECT {COLUMNS}, l.name_key{}
         ORDER BY {column}{direction}, l.loan_id{direction} LIMIT {limit_place}",
        question.text
    );
    let found = tx.fetch_all(sql, &question.values).await?;
    let mut rows = found.iter().take(limit).map(read).collect::<Result<Vec<_>, _>>()?;
    let next = match (rows.last(), found.get(limit.saturating_sub(1))) {
        (Some(last), Some(row)) if found.len() > limit => {
            let value = match order {
                Order::Due => last.due_on.into(),
                Order::Balance => last.balance_fen.into(),
                Order::Name => row.text(13)?.into(),
                Order::Number => last.number.as_str().into(),
            };
            Some(Cursor { value, loan_id: last.loan_id })
        }
        _ => None,
    };
    rows.shrink_to_fit();
    Ok(Page { rows, next })
}

/// The rows of these loans on a day, in the order of their ids as given; none for what lies outside the scope.
pub async fn rows(tx: &mut Tx, scope: &Scope, day: Date, ids: &[i64]) -> Result<Vec<ListRow>, Error> {
    let all = Filter { shown: Shown::All, ..Filter::default() };
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut question = Question::over("loan_interval i, loan l", "l", scope, day, &all);
        let places = places(question.values.len() + 1, chunk.len());
        question.values.extend(chunk.iter().map(|id| Value::from(*id)));
        let sql = format!("SELECT {COLUMNS}{} AND i.loan_id IN ({places})", question.text);
        for row in tx.fetch_all(sql, &question.values).await? {
            let row = read(&row)?;
            found.insert(row.loan_id, row);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// How many loans of each standing a list would hold, and what they owe, whatever standing the filter asks for.
pub async fn tallies(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
) -> Result<Vec<(Standing, Totals)>, Error> {
    if let Some(tallies) = cell::tallies(tx, scope, day, filter).await? {
        return Ok(tallies);
    }
    let question = Question::new(scope, day, &Filter { shown: Shown::All, ..filter.clone() });
    let sql = format!(
        "SELECT i.standing, count(*), CAST(SUM(i.balance_fen) AS BIGINT){} GROUP BY i.standing",
        question.text
    );
    let rows = tx.fetch_all(sql, &question.values).await?;
    rows.iter()
        .map(|row| Ok((standing(row, 0)?, Totals { loans: row.int(1)?, balance_fen: row.fen(2)? })))
        .collect()
}

/// How many loans of each standing a list would hold, where that is known without counting loan by loan.
pub async fn tallies_at_hand(
    tx: &mut Tx,
    scope: &Scope,
    day: Date,
    filter: &Filter,
) -> Result<Option<Vec<(Standing, Totals)>>, Error> {
    cell::tallies(tx, scope, day, filter).await
}

/// How many loans a list holds in all, and what they owe.
pub async fn totals(tx: &mut Tx, scope: &Scope, day: Date, filter: &Filter) -> Result<Totals, Error> {
    if let Some(tallies) = cell::tallies(tx, scope, day, filter).await? {
        return Ok(filter.shown.of(&tallies));
    }
    let question = Question::new(scope, day, filter);
    let sql = format!("SELECT count(*), CAST(COALESCE(SUM(i.balance_fen), 0) AS BIGINT){}", question.text);
    let row = tx.fetch_one(sql, &question.values).await?;
    Ok(Totals { loans: row.int(0)?, balance_fen: row.fen(1)? })
}

/// Whether a pack watches over any loan that lies in the scope and owes something on a day.
pub async fn any_under_pack(tx: &mut Tx, scope: &Scope, day: Date, pack_id: &str) -> Result<bool, Error> {
    let (condition, value) = scope.loans_of_day(4);
    // Two questions, each of one place in the index by pack and day of settlement.
    let owing = ["l.settled_on IS NULL", "l.settled_on > $2"].map(|owing| {
        format!(
            "EXISTS (SELECT 1 FROM loan l WHERE l.county_id = $1 AND l.pack_id = $3 AND {owing}
               AND l.disbursed_on <= $2 AND l.gone = 0{condition})"
        )
    });
    let sql = format!("SELECT CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT)", owing.join(" OR "));
    let mut bound = values![scope.county_id, day, pack_id].to_vec();
    bound.extend(value);
    tx.fetch_one(sql, &bound).await?.flag(0)
}

/// The text of a question from FROM on, and its values.
pub(super) struct Question {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Question {
    /// The loans that a filter leaves, a search included.
    fn new(scope: &Scope, day: Date, filter: &Filter) -> Question {
        let mut question = Question::over("loan_interval i, loan l", "l", scope, day, filter);
        question.text += &search::condition(&mut question.values, filter);
        question
    }

    /// The loans that a filter leaves before anything is searched for: of the tables named, `i` is the loan's state
    /// on the day, and its row has the name given.
    pub(super) fn over(tables: &str, loan: &str, scope: &Scope, day: Date, filter: &Filter) -> Question {
        let text = format!(
            " FROM {tables} WHERE i.county_id = $1 AND i.from_on <= $2 AND i.to_on > $2
               AND {loan}.county_id = $1 AND {loan}.loan_id = i.loan_id"
        );
        let mut question = Question { text, values: values![scope.county_id, day].to_vec() };
        let (condition, value) = scope.condition("i", 2, 3);
        question.text += &condition;
        question.values.extend(value);
        question.narrow(loan, filter);
        question.keep_quiet(scope, filter);
        question
    }

    /// Leaves out what shares its village, branch or credit manager with something to watch in the same division.
    fn keep_quiet(&mut self, scope: &Scope, filter: &Filter) {
        let column = match filter.quiet {
            None => return,
            Some(Quiet::Village) => "village_id",
            Some(Quiet::Branch) => "branch_id",
            Some(Quiet::Manager) => "manager_id",
        };
        let (mut condition, value) = scope.condition("w", 2, self.values.len() + 1);
        self.values.extend(value);
        if let Some(division) = filter.division_id {
            self.bind(division);
            condition += &format!(" AND w.village_id IN ({})", within(2, self.values.len()));
        }
        let (none, settled) = (Standing::None.code(), Standing::Settled.code());
        self.text += &format!(
            " AND i.{column} NOT IN (SELECT w.{column} FROM loan_interval w
               WHERE w.county_id = $1 AND w.from_on <= $2 AND w.to_on > $2
                 AND w.standing NOT IN ({none}, {settled}){condition})"
        );
    }

    fn narrow(&mut self, loan: &str, filter: &Filter) {
        match filter.shown {
            Shown::All => {}
            Shown::Owing => self.text += &format!(" AND i.standing <> {}", Standing::Settled.code()),
            Shown::Standing(standing) => self.text += &format!(" AND i.standing = {}", standing.code()),
        }
        if let Some(from) = filter.moved_from {
            self.text += &format!(" AND i.from_on = $2 AND i.was = {} AND i.was <> i.standing", from.code());
        }
        if let Some(division) = filter.division_id {
            self.bind(division);
            self.text += &format!(" AND i.village_id IN ({})", within(2, self.values.len()));
        }
        if let Some(branch) = filter.branch_id {
            let place = self.bind(branch);
            self.text += &format!(" AND i.branch_id = {place}");
        }
        if let Some(manager) = filter.manager_id {
            let place = self.bind(manager);
            self.text += &format!(" AND i.manager_id = {place}");
        }
        if let Some(officer) = filter.tied_to {
            self.bind(officer);
            self.text += &tied("i", 2, self.values.len());
        }
        if let Some((first, last)) = filter.due {
            let (first, last) = (self.bind(first), self.bind(last));
            self.text += &format!(" AND i.due_on >= {first} AND i.due_on <= {last}");
        }
        if let Some(household) = filter.household_id {
            let place = self.bind(household);
            self.text += &format!(" AND {loan}.household_id = {place}");
        }
        if let Some(enterprise) = filter.enterprise_id {
            let place = self.bind(enterprise);
            self.text += &format!(" AND {loan}.enterprise_id = {place}");
        }
    }

    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        bind(&mut self.values, value)
    }
}

/// Adds a value and tells its place.
pub(super) fn bind(values: &mut Vec<Value>, value: impl Into<Value>) -> String {
    values.push(value.into());
    format!("${}", values.len())
}

/// The columns of a row of a list.
const COLUMNS: &str = "l.loan_id, l.number, l.borrower_name, i.village_id, i.branch_id, i.manager_id,
    l.principal_fen, i.balance_fen, l.disbursed_on, i.due_on, l.purpose, i.standing, l.household_id";

fn read(row: &Row) -> Result<ListRow, Error> {
    Ok(ListRow {
        loan_id: row.int(0)?,
        number: row.text(1)?,
        borrower_name: row.text(2)?,
        village_id: row.int(3)?,
        branch_id: row.int(4)?,
        manager_id: Some(row.int(5)?).filter(|id| *id != 0),
        principal_fen: row.fen(6)?,
        balance_fen: row.fen(7)?,
        disbursed_on: row.date(8)?,
        due_on: row.date(9)?,
        purpose: row.text_or_none(10)?,
        standing: standing(row, 11)?,
        household_id: row.int_or_none(12)?,
    })
}
