//! Loans (贷款): events, the history as intervals, and the projection of today's state.

mod advance;
mod borrower;
mod cell;
mod course;
mod due;
mod event;
mod filter;
mod interval;
mod list;
mod made;
mod named;
mod place;
mod scan;
mod search;
mod unmanaged;
mod untold;
mod walk;

use bangfu_domain::loan::Terms;
use bangfu_domain::money::Fen;
use bangfu_domain::rate::Rate;
use bangfu_domain::search::reversed;
use bangfu_domain::text::pinyin_key;
use bangfu_domain::warning::Standing;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

pub use advance::{Advance, advance, due_for_change};
pub use borrower::{borrower, borrowers, borrowers_of, put_borrowers};
pub use course::{LoanCourse, courses};
pub use due::{DueFor, DueLoan, due_for, due_loans};
pub use event::{StoredEvent, add_events, all_events, events};
pub use filter::{Filter, Quiet, Reach, Shown};
pub use interval::{
    StoredInterval, coming_to, intervals, intervals_from, intervals_of, moves, replace_intervals,
};
pub use list::{
    Cursor, ListRow, Order, Page, Totals, any_under_pack, list, rows, tallies, tallies_at_hand, totals,
};
pub use made::{Made, made_by};
pub use named::{by_numbers, ever_numbered, of_borrowers, of_household, of_households};
pub use place::{Place, ever_in, ever_managed_by, ever_of_branch, places_of, replace_places};
pub use scan::{Scan, ids, ids_of_events, scan, sum_of_balances};
pub use search::{Hit, Hits, hits};
pub use unmanaged::{Unmanaged, managers_of, unmanaged};
pub use untold::{Untold, note_told, of_tasks, untold};

/// A loan's row: its contract, where it belongs now, and its projection on the last closed day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loan {
    /// Its id.
    pub loan_id: i64,
    /// The institution within which its number is unique.
    pub lender_id: i64,
    /// The lending branch.
    pub branch_id: i64,
    /// 借据号.
    pub number: String,
    /// The borrowing household, if it is one.
    pub household_id: Option<i64>,
    /// The borrower's name.
    pub borrower_name: String,
    /// The enterprise that carries the household (带贫主体).
    pub enterprise_id: Option<i64>,
    /// The village.
    pub village_id: i64,
    /// 信贷管户员.
    pub manager_id: Option<i64>,
    /// The day from which village, branch and credit manager are these.
    pub placed_on: Date,
    /// 产业指导员.
    pub guide_id: Option<i64>,
    /// 科技特派员.
    pub technologist_id: Option<i64>,
    /// 贫困户属性 as the ledger gives it.
    pub household_class: Option<String>,
    /// 备注.
    pub note: Option<String>,
    /// The pack that watches over it.
    pub pack_id: String,
    /// The contract as corrected.
    pub terms: Terms,
    /// Principal repaid in all.
    pub repaid_fen: Fen,
    /// The day on which nothing was owed any more.
    pub settled_on: Option<Date>,
    /// Standing on the last closed day.
    pub standing: Standing,
    /// Balance on the last closed day.
    pub balance_fen: Fen,
    /// The day of the next possible change.
    pub next_change_on: Option<Date>,
    /// Number of its last event.
    pub event_seq: u32,
    /// How often the row was written.
    pub version: i64,
    /// True while its events say nothing: the import that brought it was taken back, and it is a loan for nobody.
    pub gone: bool,
}

const TABLE: Table = Table {
    name: "loan",
    columns: &[
        ("county_id", Column::Int),
        ("loan_id", Column::Int),
        ("lender_id", Column::Int),
        ("branch_id", Column::Int),
        ("number", Column::Text),
        ("household_id", Column::Int),
        ("borrower_name", Column::Text),
        ("name_key", Column::Text),
        ("number_reversed", Column::Text),
        ("enterprise_id", Column::Int),
        ("village_id", Column::Int),
        ("manager_id", Column::Int),
        ("placed_on", Column::Date),
        ("guide_id", Column::Int),
        ("technologist_id", Column::Int),
        ("household_class", Column::Text),
        ("note", Column::Text),
        ("pack_id", Column::Text),
        ("principal_fen", Column::Int),
        ("rate_percent", Column::Text),
        ("disbursed_on", Column::Date),
        ("due_on", Column::Date),
        ("term_months", Column::Int),
        ("purpose", Column::Text),
        ("repaid_fen", Column::Int),
        ("settled_on", Column::Date),
        ("standing", Column::Int),
        ("balance_fen", Column::Int),
        ("next_change_on", Column::Date),
        ("event_seq", Column::Int),
        ("version", Column::Int),
        ("gone", Column::Int),
        ("told", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, loan_id) DO UPDATE SET branch_id = excluded.branch_id,
        household_id = excluded.household_id, borrower_name = excluded.borrower_name, name_key = excluded.name_key,
        enterprise_id = excluded.enterprise_id, village_id = excluded.village_id, manager_id = excluded.manager_id,
        placed_on = excluded.placed_on, guide_id = excluded.guide_id, technologist_id = excluded.technologist_id,
        household_class = excluded.household_class, note = excluded.note, pack_id = excluded.pack_id,
        principal_fen = excluded.principal_fen, rate_percent = excluded.rate_percent,
        disbursed_on = excluded.disbursed_on, due_on = excluded.due_on, term_months = excluded.term_months,
        purpose = excluded.purpose, repaid_fen = excluded.repaid_fen, settled_on = excluded.settled_on,
        standing = excluded.standing, balance_fen = excluded.balance_fen, next_change_on = excluded.next_change_on,
        event_seq = excluded.event_seq, version = loan.version + 1, gone = excluded.gone,
        told = CASE WHEN loan.due_on = excluded.due_on THEN loan.told ELSE -1 END",
};

const COLUMNS: &str = "l.loan_id, l.lender_id, l.branch_id, l.number, l.household_id, l.borrower_name,
    l.enterprise_id, l.village_id, l.manager_id, l.guide_id, l.technologist_id, l.household_class, l.note, l.pack_id,
    l.principal_fen, l.rate_percent, l.disbursed_on, l.due_on, l.term_months, l.purpose, l.repaid_fen, l.settled_on,
    l.standing, l.balance_fen, l.next_change_on, l.event_seq, l.version, l.placed_on, l.gone";

/// Writes the rows of loans, new or changed.
pub async fn put(tx: &mut Tx, county_id: i64, loans: &[Loan]) -> Result<(), Error> {
    let mut rows: Vec<Value> = Vec::with_capacity(loans.len() * TABLE.columns.len());
    for loan in loans {
        rows.extend(values![
            county_id,
            loan.loan_id,
            loan.lender_id,
            loan.branch_id,
            loan.number.as_str(),
            loan.household_id,
            loan.borrower_name.as_str(),
            pinyin_key(&loan.borrower_name),
            reversed(&loan.number),
            loan.enterprise_id,
            loan.village_id,
            loan.manager_id,
            loan.placed_on,
            loan.guide_id,
            loan.technologist_id,
            loan.household_class.clone(),
            loan.note.clone(),
            loan.pack_id.as_str(),
            loan.terms.principal_fen,
            loan.terms.rate.map(|rate| rate.to_string()),
            loan.terms.disbursed_on,
            loan.terms.due_on,
            loan.terms.term_months,
            loan.terms.purpose.clone(),
            loan.repaid_fen,
            loan.settled_on,
            loan.standing.code(),
            loan.balance_fen,
            loan.next_change_on,
            loan.event_seq,
            loan.version,
            loan.gone,
            untold::at_first(loan.standing)
        ]);
    }
    tx.insert(TABLE, rows).await
}

/// Every loan of a county, also those that are gone. Rebuilds compare against it.
pub async fn all(tx: &mut Tx, county_id: i64) -> Result<Vec<Loan>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM loan l WHERE l.county_id = $1 ORDER BY l.loan_id");
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read).collect()
}

/// So many loans at most after an id, by id: whoever goes through the whole book does it in pages.
pub async fn after(tx: &mut Tx, county_id: i64, after: i64, most: i64) -> Result<Vec<Loan>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM loan l WHERE l.county_id = $1 AND l.loan_id > $2 ORDER BY l.loan_id LIMIT $3"
    );
    tx.fetch_all(sql, &values![county_id, after, most]).await?.iter().map(read).collect()
}

/// One loan, if it lies in the scope on a day.
pub async fn get(tx: &mut Tx, scope: &Scope, loan_id: i64, on: Date) -> Result<Option<Loan>, Error> {
    let (condition, value) = scope.loans_of_day(4);
    let sql = format!(
        "SELECT {COLUMNS} FROM loan l WHERE l.county_id = $1 AND l.loan_id = $3 AND l.gone = 0{condition}"
    );
    let mut bound = values![scope.county_id, on, loan_id].to_vec();
    bound.extend(value);
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

/// The loans with these ids, also those that are gone.
pub async fn by_ids(tx: &mut Tx, county_id: i64, ids: &[i64]) -> Result<Vec<Loan>, Error> {
    let mut loans = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT {COLUMNS} FROM loan l WHERE l.county_id = $1 AND l.loan_id IN ({list}) ORDER BY l.loan_id"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            loans.push(read(&row)?);
        }
    }
    Ok(loans)
}

/// Loans disbursed by a day, after a cursor, at most so many: (loan, branch, number).
pub async fn disbursed_by(
    tx: &mut Tx,
    county_id: i64,
    on: Date,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, i64, String)>, Error> {
    numbered(tx, "", values![county_id, on, after, limit]).await
}

/// Those of them of which something is left on that day.
pub async fn owing(
    tx: &mut Tx,
    county_id: i64,
    on: Date,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, i64, String)>, Error> {
    let owing = " AND (settled_on IS NULL OR settled_on > $2)";
    numbered(tx, owing, values![county_id, on, after, limit]).await
}

async fn numbered(tx: &mut Tx, condition: &str, bound: [Value; 4]) -> Result<Vec<(i64, i64, String)>, Error> {
    let sql = format!(
        "SELECT loan_id, branch_id, number FROM loan
         WHERE county_id = $1 AND loan_id > $3 AND disbursed_on <= $2 AND gone = 0{condition}
         ORDER BY loan_id LIMIT $4"
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?, row.text(2)?))).collect()
}

fn standing(row: &Row, column: usize) -> Result<Standing, Error> {
    standing_of(row.int(column)?, column)
}

fn standing_of(code: i64, column: usize) -> Result<Standing, Error> {
    Standing::from_code(code).ok_or(Error::Value { column, found: code.to_string() })
}

fn small(row: &Row, column: usize) -> Result<Option<u32>, Error> {
    row.int_or_none(column)?
        .map(|number| u32::try_from(number).map_err(|_| Error::Value { column, found: number.to_string() }))
        .transpose()
}

fn read(row: &Row) -> Result<Loan, Error> {
    let rate = row
        .text_or_none(15)?
        .map(|text| {
            text.parse().map(Rate::from_percent).map_err(|_| Error::Value { column: 15, found: text })
        })
        .transpose()?;
    Ok(Loan {
        loan_id: row.int(0)?,
        lender_id: row.int(1)?,
        branch_id: row.int(2)?,
        number: row.text(3)?,
        household_id: row.int_or_none(4)?,
        borrower_name: row.text(5)?,
        enterprise_id: row.int_or_none(6)?,
        village_id: row.int(7)?,
        manager_id: row.int_or_none(8)?,
        guide_id: row.int_or_none(9)?,
        technologist_id: row.int_or_none(10)?,
        household_class: row.text_or_none(11)?,
        note: row.text_or_none(12)?,
        pack_id: row.text(13)?,
        terms: Terms {
            principal_fen: row.fen(14)?,
            rate,
            disbursed_on: row.date(16)?,
            due_on: row.date(17)?,
            term_months: small(row, 18)?,
            purpose: row.text_or_none(19)?,
        },
        repaid_fen: row.fen(20)?,
        settled_on: row.date_or_none(21)?,
        standing: standing(row, 22)?,
        balance_fen: row.fen(23)?,
        next_change_on: row.date_or_none(24)?,
        event_seq: small(row, 25)?.unwrap_or(0),
        version: row.int(26)?,
        placed_on: row.date(27)?,
        gone: row.flag(28)?,
    })
}
