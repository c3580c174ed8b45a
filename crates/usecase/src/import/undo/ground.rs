//! What was built on an import: it would lose its ground if the import were taken back.

use std::collections::BTreeSet;

use bangfu_sheets::Kind;
use bangfu_store::import::{self as stored, Import, Touched};
use bangfu_store::{Tx, loan, movement, reward};
use serde_json::Value;

use super::Loans;
use crate::ctx::Ctx;
use crate::error::Error;

/// How many of each kind are named; all are counted.
const NAMED_MAX: usize = 10;

/// What stands on an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroundKind {
    /// Loans of which a later file or a person said something, or that name households or officers of the import.
    Loans,
    /// Households, people, officers and what else a later file changed.
    Rows,
    /// Differences upon which a person acted, or which a later file raised against it.
    Differences,
    /// Loans for which a reward is granted.
    Rewards,
    /// Later files that found rows in the book as they have them.
    Files,
}

impl GroundKind {
    /// Its word in JSON and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            GroundKind::Loans => "loans",
            GroundKind::Rows => "rows",
            GroundKind::Differences => "differences",
            GroundKind::Rewards => "rewards",
            GroundKind::Files => "files",
        }
    }
}

/// What of a kind stands on an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Of which kind.
    pub kind: GroundKind,
    /// How much.
    pub count: usize,
    /// The first of it.
    pub first: Vec<Named>,
}

/// One of what stands on an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id of the loan, difference or file.
    pub id: i64,
    /// Contract number, or name of the file.
    pub name: String,
}

/// What would become of loans if an import were taken back, and what was built on it.
pub(super) async fn look(tx: &mut Tx, ctx: &Ctx, import: &Import) -> Result<(Loans, Vec<Ground>), Error> {
    let (county_id, import_id) = (ctx.county_id(), import.import_id);
    let among = stored::loans_among(tx, county_id, import_id).await?;
    let touched = stored::touched(tx, county_id, import_id, &among).await?;
    let mut later: BTreeSet<i64> = touched.iter().filter(|one| one.later).map(|one| one.loan_id).collect();
    later.extend(stored::moved_later(tx, county_id, import_id).await?);
    later.extend(stored::loans_naming(tx, county_id, import_id).await?);
    let mut grounds = Vec::new();
    if !later.is_empty() {
        let some: Vec<i64> = later.iter().copied().take(NAMED_MAX).collect();
        let named = loan::by_ids(tx, county_id, &some).await?.into_iter();
        let first = named.map(|loan| Named { id: loan.loan_id, name: loan.number }).collect();
        grounds.push(Ground { kind: GroundKind::Loans, count: later.len(), first });
    }
    // A phone is a person's, and a role an officer's: each is counted once.
    let rows: BTreeSet<(String, i64)> = stored::overwritten(tx, county_id, import_id)
        .await?
        .into_iter()
        .map(|(noun, id)| match noun.as_str() {
            "secret" => ("person".to_owned(), id),
            "officer-role" => ("officer".to_owned(), id),
            _ => (noun, id),
        })
        .collect();
    if !rows.is_empty() {
        grounds.push(Ground { kind: GroundKind::Rows, count: rows.len(), first: Vec::new() });
    }
    let mut differences = stored::acted_upon(tx, county_id, import_id).await?;
    differences.extend(reused(tx, county_id, import_id).await?);
    let same = stored::found_same(tx, county_id, import_id, leaning(&import.kind)).await?;
    let rewards = reward::standing_on(tx, county_id, import_id).await?;
    let kinds =
        [(GroundKind::Differences, differences), (GroundKind::Rewards, rewards), (GroundKind::Files, same)];
    for (kind, all) in kinds {
        if !all.is_empty() {
            let count = all.len();
            let first = all.into_iter().take(NAMED_MAX).map(|(id, name)| Named { id, name }).collect();
            grounds.push(Ground { kind, count, first });
        }
    }
    Ok((count(&touched), grounds))
}

/// Differences of later files whose movements bear the serial number of one that the import brought.
async fn reused(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<Vec<(i64, String)>, Error> {
    let mut reused = Vec::new();
    for (difference_id, number, facts) in stored::reused_later(tx, county_id, import_id).await? {
        let Ok(facts) = serde_json::from_str::<Value>(&facts) else { continue };
        let bearer = facts["lender_id"].as_i64().zip(facts["serial"].as_str());
        if let Some(bearer) = bearer
            && movement::is_of(tx, county_id, import_id, bearer).await?
        {
            reused.push((difference_id, number));
        }
    }
    Ok(reused)
}

/// What becomes of loans that an import touched.
pub(super) fn count(touched: &[Touched]) -> Loans {
    let back = touched.iter().filter(|one| one.earlier).count();
    Loans { gone: touched.len() - back, back }
}

/// The kinds of files that may say nothing of what a file of this kind has brought already.
fn leaning(kind: &str) -> &'static [&'static str] {
    match Kind::from_key(kind) {
        Some(Kind::Ledger) | None => &["ledger", "households", "officers"],
        Some(Kind::Households) => &["households"],
        Some(Kind::Officers) => &["officers"],
        Some(Kind::Repayments) => &["repayments"],
    }
}
