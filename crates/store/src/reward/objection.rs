//! What asks that an entry be taken out, and what is on record of how a loan's money was used.

use std::collections::BTreeSet;

use bangfu_domain::reward::ObjectionState;
use bangfu_domain::task::Outcome;
use jiff::civil::Date;

use crate::bulk::{CHUNK, in_list};
use crate::error::Error;
use crate::proposal::{Decision, decision};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An objection from outside, or a correction from within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Its id.
    pub objection_id: i64,
    /// The list.
    pub list_id: i64,
    /// The entry; `None` where it is about the list as a whole.
    pub entry_id: Option<i64>,
    /// `objection` or `correction`.
    pub kind: String,
    /// Who raised it.
    pub by_whom: String,
    /// The day on which they did.
    pub on_day: Date,
    /// What they said.
    pub words: String,
    /// The account of who recorded it.
    pub maker_id: i64,
    /// Their name.
    pub maker: String,
    /// When, in microseconds since 1970.
    pub made_at: i64,
    /// What became of it.
    pub state: ObjectionState,
    /// Who decided, when and why.
    pub decided: Option<Decision>,
}

/// Adds one; false if another about the same entry is open.
pub async fn add_objection(tx: &mut Tx, county_id: i64, one: &Objection) -> Result<bool, Error> {
    let sql = "INSERT INTO reward_objection (county_id, objection_id, list_id, entry_id, kind, by_whom, on_day, words,
                                             maker_id, maker, made_at, state)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
               ON CONFLICT (county_id, entry_id) WHERE state = 'open' AND entry_id IS NOT NULL DO NOTHING";
    let bound = values![
        county_id,
        one.objection_id,
        one.list_id,
        one.entry_id,
        one.kind.as_str(),
        one.by_whom.as_str(),
        one.on_day,
        one.words.as_str(),
        one.maker_id,
        one.maker.as_str(),
        one.made_at,
        one.state.key()
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

/// Notes a decision; false if somebody has decided already.
pub async fn decide_objection(
    tx: &mut Tx,
    county_id: i64,
    objection_id: i64,
    state: ObjectionState,
    decision: &Decision,
) -> Result<bool, Error> {
    let sql = "UPDATE reward_objection SET state = $3, decider_id = $4, decider = $5, decided_at = $6, decision = $7
               WHERE county_id = $1 AND objection_id = $2 AND state = 'open'";
    let bound = values![
        county_id,
        objection_id,
        state.key(),
        decision.decider_id,
        decision.decider.as_str(),
        decision.at,
        decision.reason.as_str()
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

const COLUMNS: &str =
    "objection_id, list_id, entry_id, kind, by_whom, on_day, words, maker_id, maker, made_at, state,
    decider_id, decider, decided_at, decision";

/// Those of a list, in order, for whoever sees the whole county.
pub async fn objections(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Vec<Objection>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {COLUMNS} FROM reward_objection WHERE county_id = $1 AND list_id = $2 ORDER BY list_id, objection_id"
    );
    tx.fetch_all(sql, &values![county_id, list_id]).await?.iter().map(read).collect()
}

/// One of them, for whoever sees the whole county.
pub async fn objection(tx: &mut Tx, scope: &Scope, objection_id: i64) -> Result<Option<Objection>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS} FROM reward_objection WHERE county_id = $1 AND objection_id = $2");
    tx.fetch_optional(sql, &values![county_id, objection_id]).await?.as_ref().map(read).transpose()
}

/// Of which of some loans a contact has on record that the money may have been used for something else.
pub async fn suspected(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<BTreeSet<i64>, Error> {
    let mut suspected = BTreeSet::new();
    for chunk in loans.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        bound.extend(values![Outcome::Misuse.key(), Outcome::UsedAsLent.key()]);
        let sql = format!(
            "SELECT DISTINCT c.loan_id FROM contact c
             WHERE c.county_id = $1 AND c.loan_id IN ({list}) AND c.outcome = ${}
               AND NOT EXISTS (SELECT 1 FROM contact f WHERE f.county_id = c.county_id AND f.loan_id = c.loan_id
                     AND f.outcome = ${} AND (f.on_day, f.contact_id) > (c.on_day, c.contact_id))",
            bound.len() - 1,
            bound.len()
        );
        for row in tx.fetch_all(sql, &bound).await? {
            suspected.insert(row.int(0)?);
        }
    }
    Ok(suspected)
}

fn read(row: &Row) -> Result<Objection, Error> {
    let word = row.text(10)?;
    Ok(Objection {
        objection_id: row.int(0)?,
        list_id: row.int(1)?,
        entry_id: row.int_or_none(2)?,
        kind: row.text(3)?,
        by_whom: row.text(4)?,
        on_day: row.date(5)?,
        words: row.text(6)?,
        maker_id: row.int(7)?,
        maker: row.text(8)?,
        made_at: row.int(9)?,
        state: ObjectionState::from_key(&word).ok_or(Error::Value { column: 10, found: word })?,
        decided: decision(row, 11)?,
    })
}
