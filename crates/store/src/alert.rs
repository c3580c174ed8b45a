//! Alerts: what is told of a loan on a day, and to whom. Each is told once; the notices of a day are made of them.

use std::collections::BTreeSet;

use bangfu_domain::money::Fen;
use bangfu_domain::policy::Recipient;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// Something that is told of a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The day on which it is told.
    pub on_day: Date,
    /// The loan.
    pub loan_id: i64,
    /// What it is about: of a level the contract's due day, so that an extended loan begins anew; of a delay the missed day; of
    /// a lasting level its first.
    pub about_on: Date,
    /// Its level.
    pub level: Standing,
    /// What of it: `level`, or the word of what is told upward.
    pub kind: &'static str,
    /// Who is told.
    pub told: Vec<Recipient>,
    /// True if they are told at once.
    pub at_once: bool,
    /// Village, branch and credit manager on the day.
    pub village_id: i64,
    /// The branch.
    pub branch_id: i64,
    /// The credit manager; 0 for none.
    pub manager_id: i64,
}

const TABLE: Table = Table {
    name: "alert",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("about_on", Column::Date),
        ("level", Column::Int),
        ("kind", Column::Text),
        ("on_day", Column::Date),
        ("told", Column::Int),
        ("at_once", Column::Int),
        ("village_id", Column::Int),
        ("branch_id", Column::Int),
        ("manager_id", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, loan_id, level, kind, about_on) DO NOTHING",
};

/// The number under which a set of recipients is stored: one bit for each.
fn mask(told: &[Recipient]) -> i64 {
    let set: BTreeSet<Recipient> = told.iter().copied().collect();
    set.into_iter().map(bit).sum()
}

fn bit(recipient: Recipient) -> i64 {
    1 << recipient.code()
}

/// Notes what is told; what was told before of the same level in the same term is not told again.
pub async fn add(tx: &mut Tx, county_id: i64, alerts: &[Alert]) -> Result<(), Error> {
    let rows = alerts.iter().flat_map(|alert| {
        values![
            county_id,
            alert.loan_id,
            alert.about_on,
            alert.level.code(),
            alert.kind,
            alert.on_day,
            mask(&alert.told),
            alert.at_once,
            alert.village_id,
            alert.branch_id,
            alert.manager_id
        ]
    });
    tx.insert(TABLE, rows.collect()).await
}

/// An alert with what a list says of its loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// The loan.
    pub loan_id: i64,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// The village, on the day of the alert.
    pub village_id: i64,
    /// The credit manager then; `None` where nobody was tied.
    pub manager_id: Option<i64>,
    /// The level that is told.
    pub level: Standing,
    /// What of it, as a word.
    pub kind: String,
    /// 到期日期.
    pub due_on: Date,
    /// What is owed now.
    pub balance_fen: Fen,
    /// How the loan stands now.
    pub standing: Standing,
}

/// The alerts behind a notice, as far as they lie in the scope on its day: the gravest level first, at most so many.
pub async fn of_notice(
    tx: &mut Tx,
    scope: &Scope,
    (on_day, recipient, at_once): (Date, Recipient, bool),
    limit: i64,
) -> Result<Vec<AlertRow>, Error> {
    let (condition, value) = scope.condition("a", 2, 6);
    let mut bound = values![scope.county_id, on_day, bit(recipient), at_once, limit].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT a.loan_id, l.number, l.borrower_name, a.village_id, a.manager_id, a.level, a.kind, l.due_on,
                l.balance_fen, l.standing
         FROM alert a JOIN loan l ON l.county_id = a.county_id AND l.loan_id = a.loan_id
         WHERE a.county_id = $1 AND a.on_day = $2 AND (a.told & $3) <> 0 AND a.at_once = $4{condition}
         ORDER BY a.level DESC, a.kind, l.due_on, a.loan_id LIMIT $5"
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    let alert = |row: &Row| {
        let standing = |column| {
            let code = row.int(column)?;
            Standing::from_code(code).ok_or_else(|| Error::Value { column, found: code.to_string() })
        };
        Ok(AlertRow {
            loan_id: row.int(0)?,
            number: row.text(1)?,
            borrower_name: row.text(2)?,
            village_id: row.int(3)?,
            manager_id: Some(row.int(4)?).filter(|id| *id != 0),
            level: standing(5)?,
            kind: row.text(6)?,
            due_on: row.date(7)?,
            balance_fen: row.fen(8)?,
            standing: standing(9)?,
        })
    };
    rows.iter().map(alert).collect()
}

/// How many alerts of a day lie in one village and one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The village.
    pub village_id: i64,
    /// The branch.
    pub branch_id: i64,
    /// The level.
    pub level: Standing,
    /// What is told, as a word.
    pub kind: String,
    /// Who is told.
    pub told: Vec<Recipient>,
    /// True if they are told at once.
    pub at_once: bool,
    /// How many loans.
    pub loans: i64,
}

/// The alerts of a day, counted.
pub async fn tallies(tx: &mut Tx, county_id: i64, on_day: Date) -> Result<Vec<Tally>, Error> {
    let sql = "SELECT village_id, branch_id, level, kind, told, at_once, CAST(count(*) AS BIGINT) FROM alert
               WHERE county_id = $1 AND on_day = $2 GROUP BY village_id, branch_id, level, kind, told, at_once
               ORDER BY village_id, branch_id, level, kind, told";
    let rows = tx.fetch_all(sql, &values![county_id, on_day]).await?;
    let tally = |row: &Row| {
        let (level, told) = (row.int(2)?, row.int(4)?);
        Ok(Tally {
            village_id: row.int(0)?,
            branch_id: row.int(1)?,
            level: Standing::from_code(level)
                .ok_or_else(|| Error::Value { column: 2, found: level.to_string() })?,
            kind: row.text(3)?,
            told: Recipient::ALL.into_iter().filter(|recipient| told & bit(*recipient) != 0).collect(),
            at_once: row.flag(5)?,
            loans: row.int(6)?,
        })
    };
    rows.iter().map(tally).collect()
}
