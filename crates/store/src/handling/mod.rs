//! Handling at maturity (到期处置): what was proposed about loans, how far it has come, and who did what with it.

mod list;

use std::collections::BTreeSet;

use bangfu_domain::handling::{Instalment, Kind, State};
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::county::Stamp;
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use list::{HandlingCursor, HandlingRow, Waiting, count, list, visible};

/// A proposal about a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHandling {
    /// Its id.
    pub handling_id: i64,
    /// The loan.
    pub loan_id: i64,
    /// How it is to be handled.
    pub kind: Kind,
    /// How far it has come.
    pub state: State,
    /// The new due day, or by when it is repaid.
    pub until_on: Option<Date>,
    /// What is repaid, or what the other loan takes over.
    pub amount_fen: Option<Fen>,
    /// Why.
    pub reason: String,
    /// What the pack asked and what was found, as JSON.
    pub rulings: String,
    /// The day on which it was proposed.
    pub made_on: Date,
    /// The account of who proposed it.
    pub maker_id: i64,
    /// Their name.
    pub maker: String,
    /// So many others must agree.
    pub needed: u32,
    /// The day by which the bank answers, once it is asked.
    pub answer_by: Option<Date>,
    /// The day of its last step.
    pub moved_on: Date,
    /// The loan that took over, where the bank renewed it.
    pub new_loan_id: Option<i64>,
    /// How often it was written.
    pub version: i64,
}

/// Something that somebody did with a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlingStep {
    /// What: `propose`, or the word of a move.
    pub kind: String,
    /// The day.
    pub on_day: Date,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Whose account; 0 for the night.
    pub account_id: i64,
    /// Their name.
    pub actor: String,
    /// What they said.
    pub note: String,
}

const COLUMNS: &str =
    "h.handling_id, h.loan_id, h.kind, h.state, h.until_on, h.amount_fen, h.reason, h.rulings,
    h.made_on, h.maker_id, h.maker, h.needed, h.answer_by, h.moved_on, h.new_loan_id, h.version";

/// So many columns are a proposal's.
const WIDTH: usize = 16;

/// Adds a proposal; false if another of the loan is open.
pub async fn add(tx: &mut Tx, county_id: i64, one: &StoredHandling) -> Result<bool, Error> {
    let sql = "INSERT INTO handling (county_id, handling_id, loan_id, kind, state, is_open, until_on, amount_fen, reason,
                                     rulings, made_on, maker_id, maker, needed, answer_by, moved_on, new_loan_id, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
               ON CONFLICT (county_id, loan_id) WHERE is_open = 1 DO NOTHING";
    let bound = values![
        county_id,
        one.handling_id,
        one.loan_id,
        one.kind.key(),
        one.state.key(),
        i64::from(one.state.is_open()),
        one.until_on,
        one.amount_fen.map(Fen::get),
        one.reason.as_str(),
        one.rulings.as_str(),
        one.made_on,
        one.maker_id,
        one.maker.as_str(),
        i64::from(one.needed),
        one.answer_by,
        one.moved_on,
        one.new_loan_id,
        one.version
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

/// Notes how far a proposal has come; false if it is no longer of the version that it was read in.
pub async fn put_state(tx: &mut Tx, county_id: i64, one: &StoredHandling) -> Result<bool, Error> {
    let sql = "UPDATE handling SET state = $4, is_open = $5, answer_by = $6, moved_on = $7, new_loan_id = $8,
                      version = version + 1
               WHERE county_id = $1 AND handling_id = $2 AND version = $3";
    let bound = values![
        county_id,
        one.handling_id,
        one.version,
        one.state.key(),
        i64::from(one.state.is_open()),
        one.answer_by,
        one.moved_on,
        one.new_loan_id
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

const PART: Table = Table {
    name: "handling_part",
    columns: &[
        ("county_id", Column::Int),
        ("handling_id", Column::Int),
        ("part", Column::Int),
        ("on_day", Column::Date),
        ("amount_fen", Column::Int),
    ],
    conflict: "",
};

/// Adds the parts of a plan.
pub async fn add_plan(
    tx: &mut Tx,
    county_id: i64,
    handling_id: i64,
    plan: &[Instalment],
) -> Result<(), Error> {
    let rows = (1_i64..)
        .zip(plan)
        .flat_map(|(part, one)| values![county_id, handling_id, part, one.on, one.amount_fen.get()]);
    tx.insert(PART, rows.collect()).await
}

/// The parts of a plan, by day.
pub async fn plan(tx: &mut Tx, county_id: i64, handling_id: i64) -> Result<Vec<Instalment>, Error> {
    let sql = "SELECT on_day, amount_fen FROM handling_part WHERE county_id = $1 AND handling_id = $2 ORDER BY part";
    let rows = tx.fetch_all(sql, &values![county_id, handling_id]).await?;
    rows.iter().map(|row| Ok(Instalment { on: row.date(0)?, amount_fen: row.fen(1)? })).collect()
}

/// Notes what somebody did with a proposal.
pub async fn add_step(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    handling_id: i64,
    step: &HandlingStep,
) -> Result<(), Error> {
    let sql =
        "INSERT INTO handling_step (county_id, handling_id, step, kind, on_day, at, account_id, actor, note)
               VALUES ($1, $2, (SELECT COALESCE(MAX(step), 0) + 1 FROM handling_step
                                WHERE county_id = $1 AND handling_id = $2), $3, $4, $5, $6, $7, $8)";
    let bound = values![
        county_id,
        handling_id,
        step.kind.as_str(),
        step.on_day,
        stamp.at,
        step.account_id,
        step.actor.as_str(),
        step.note.as_str()
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Who did what with a proposal, from the first on.
pub async fn steps(tx: &mut Tx, county_id: i64, handling_id: i64) -> Result<Vec<HandlingStep>, Error> {
    let sql = "SELECT kind, on_day, at, account_id, actor, note FROM handling_step
               WHERE county_id = $1 AND handling_id = $2 ORDER BY step";
    let step = |row: &Row| {
        Ok(HandlingStep {
            kind: row.text(0)?,
            on_day: row.date(1)?,
            at: row.int(2)?,
            account_id: row.int(3)?,
            actor: row.text(4)?,
            note: row.text(5)?,
        })
    };
    tx.fetch_all(sql, &values![county_id, handling_id]).await?.iter().map(step).collect()
}

/// What was proposed about a loan, the newest first. Whoever asks has found the loan in their scope.
pub async fn of_loan(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<Vec<StoredHandling>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM handling h WHERE h.county_id = $1 AND h.loan_id = $2 ORDER BY h.handling_id DESC"
    );
    tx.fetch_all(sql, &values![county_id, loan_id]).await?.iter().map(read).collect()
}

/// The renewal by which a loan took over another, if one did.
pub async fn origin(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<Option<StoredHandling>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM handling h WHERE h.county_id = $1 AND h.new_loan_id = $2");
    tx.fetch_optional(sql, &values![county_id, loan_id]).await?.map(|row| read(&row)).transpose()
}

/// Which of some loans took over from another.
pub async fn renewing(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<BTreeSet<i64>, Error> {
    let mut renewing = BTreeSet::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql =
            format!("SELECT new_loan_id FROM handling WHERE county_id = $1 AND new_loan_id IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            renewing.insert(row.int(0)?);
        }
    }
    Ok(renewing)
}

/// What is open of some loans.
pub async fn open_of(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<Vec<StoredHandling>, Error> {
    let mut open = Vec::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT {COLUMNS} FROM handling h WHERE h.county_id = $1 AND h.is_open = 1 AND h.loan_id IN ({list})
             ORDER BY h.handling_id"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            open.push(read(&row)?);
        }
    }
    Ok(open)
}

fn read(row: &Row) -> Result<StoredHandling, Error> {
    let (kind, state) = (row.text(2)?, row.text(3)?);
    Ok(StoredHandling {
        handling_id: row.int(0)?,
        loan_id: row.int(1)?,
        kind: Kind::from_key(&kind).ok_or(Error::Value { column: 2, found: kind })?,
        state: State::from_key(&state).ok_or(Error::Value { column: 3, found: state })?,
        until_on: row.date_or_none(4)?,
        amount_fen: row.int_or_none(5)?.map(Fen::new),
        reason: row.text(6)?,
        rulings: row.text(7)?,
        made_on: row.date(8)?,
        maker_id: row.int(9)?,
        maker: row.text(10)?,
        needed: u32::try_from(row.int(11)?).unwrap_or(u32::MAX),
        answer_by: row.date_or_none(12)?,
        moved_on: row.date(13)?,
        new_loan_id: row.int_or_none(14)?,
        version: row.int(15)?,
    })
}
