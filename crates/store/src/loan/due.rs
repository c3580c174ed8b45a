//! What falls due, by what it is for: the money that is awaited, week by week.

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use super::Totals;
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// Loans of one purpose, under one pack, that fall due on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueFor {
    /// 到期日期.
    pub due_on: Date,
    /// The pack that watches over them.
    pub pack_id: String,
    /// 贷款用途; empty where none is told.
    pub purpose: String,
    /// How many, and what they owe today.
    pub totals: Totals,
}

const JOINED: &str = " FROM loan_place p
     JOIN loan_interval i ON i.county_id = p.county_id AND i.loan_id = p.loan_id AND i.from_on <= $2 AND i.to_on > $2
       AND i.village_id = p.village_id AND i.branch_id = p.branch_id AND i.manager_id = p.manager_id
     JOIN loan l ON l.county_id = p.county_id AND l.loan_id = p.loan_id
     WHERE p.county_id = $1 AND p.part = 0 AND p.due_on >= $3 AND p.due_on <= $4 AND i.balance_fen > 0";

/// What falls due between two days of a scope as it is today.
pub async fn due_for(
    tx: &mut Tx,
    scope: &Scope,
    today: Date,
    (from, to): (Date, Date),
) -> Result<Vec<DueFor>, Error> {
    let (condition, value) = scope.condition("i", 2, 5);
    let mut bound = values![scope.county_id, today, from, to].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT p.due_on, l.pack_id, COALESCE(l.purpose, '') AS purpose, CAST(count(*) AS BIGINT),
                CAST(sum(i.balance_fen) AS BIGINT){JOINED}{condition}
         GROUP BY p.due_on, l.pack_id, COALESCE(l.purpose, '') ORDER BY p.due_on, l.pack_id, purpose"
    );
    let group = |row: &Row| {
        Ok(DueFor {
            due_on: row.date(0)?,
            pack_id: row.text(1)?,
            purpose: row.text(2)?,
            totals: Totals { loans: row.int(3)?, balance_fen: row.fen(4)? },
        })
    };
    tx.fetch_all(sql, &bound).await?.iter().map(group).collect()
}

/// A loan that falls due, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLoan {
    /// The loan.
    pub loan_id: i64,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower_name: String,
    /// The village today.
    pub village_id: i64,
    /// The credit manager today; `None` where nobody is tied.
    pub manager_id: Option<i64>,
    /// 到期日期.
    pub due_on: Date,
    /// The pack that watches over it.
    pub pack_id: String,
    /// 贷款用途; empty where none is told.
    pub purpose: String,
    /// What is owed today.
    pub balance_fen: Fen,
}

/// A page of the loans that fall due between two days, by due day, after one of them.
pub async fn due_loans(
    tx: &mut Tx,
    scope: &Scope,
    today: Date,
    (from, to): (Date, Date),
    after: Option<(Date, i64)>,
    limit: i64,
) -> Result<Vec<DueLoan>, Error> {
    let (condition, value) = scope.condition("i", 2, 7);
    let (on, loan_id) = after.unwrap_or((from, 0));
    let mut bound = values![scope.county_id, today, from.max(on), to, loan_id, limit].to_vec();
    bound.extend(value);
    let sql = format!(
        "SELECT p.loan_id, l.number, l.borrower_name, i.village_id, i.manager_id, p.due_on, l.pack_id,
                COALESCE(l.purpose, ''), i.balance_fen{JOINED} AND (p.due_on, p.loan_id) > ($3, $5){condition}
         ORDER BY p.due_on, p.loan_id LIMIT $6"
    );
    let loan = |row: &Row| {
        Ok(DueLoan {
            loan_id: row.int(0)?,
            number: row.text(1)?,
            borrower_name: row.text(2)?,
            village_id: row.int(3)?,
            manager_id: Some(row.int(4)?).filter(|id| *id != 0),
            due_on: row.date(5)?,
            pack_id: row.text(6)?,
            purpose: row.text(7)?,
            balance_fen: row.fen(8)?,
        })
    };
    tx.fetch_all(sql, &bound).await?.iter().map(loan).collect()
}
