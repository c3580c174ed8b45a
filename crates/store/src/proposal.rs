//! What one person proposes and another decides on: amendments and erasures stand in tables of their own, decisions are alike.

use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// What is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// A county's own version of its rules.
    Amendment(i64),
    /// Numbers that are to be destroyed.
    Erasure(i64),
}

/// A decision on what somebody else proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The account of who decided.
    pub decider_id: i64,
    /// Their name.
    pub decider: String,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Why; empty where an approval says no more.
    pub reason: String,
}

/// Notes a decision on a version of a proposal; false if it is no longer as it was seen.
pub async fn decide(
    tx: &mut Tx,
    county_id: i64,
    (proposal, version): (Proposal, i64),
    state: &str,
    decision: &Decision,
) -> Result<bool, Error> {
    let (table, key, id) = match proposal {
        Proposal::Amendment(id) => ("amendment", "amendment_id", id),
        Proposal::Erasure(id) => ("erasure", "erasure_id", id),
    };
    let sql = format!(
        "UPDATE {table} SET state = $4, decider_id = $5, decider = $6, decided_at = $7, decision = $8,
                version = version + 1
         WHERE county_id = $1 AND {key} = $2 AND version = $3 AND state = 'proposed'"
    );
    let bound = values![
        county_id,
        id,
        version,
        state,
        decision.decider_id,
        decision.decider.as_str(),
        decision.at,
        decision.reason.as_str()
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

/// The decision that four columns hold, from one of them on.
pub(crate) fn decision(row: &Row, from: usize) -> Result<Option<Decision>, Error> {
    let Some(decider_id) = row.int_or_none(from)? else { return Ok(None) };
    let (decider, at) = (row.text(from + 1)?, row.int(from + 2)?);
    Ok(Some(Decision { decider_id, decider, at, reason: row.text(from + 3)? }))
}
