//! Differences between bank and book: listed with what they point to, given to branches, settled with a reason.
//!
//! The book itself changes only by the bank's reports and ledgers.

mod act;
mod detail;
mod point;

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::difference::{DifferenceState, Facts, Suggestion};
use bangfu_store::difference::{self, Cursor, Difference, Filter, Step};
use bangfu_store::{Tx, import};

use crate::ctx::Ctx;
use crate::error::Error;

pub use act::{Assignment, TERM_DAYS_MAX, Term, assign, due_day, reopen, resolve, sound_reason};
pub use detail::{Detail, Event, detail};

/// A difference as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The difference.
    pub difference: Difference,
    /// Its two sides.
    pub facts: Facts,
    /// The borrower: as the book has it, else as the bank gives it.
    pub borrower: Option<String>,
    /// The loan's village.
    pub village_id: Option<i64>,
    /// What the facts point to, while it is to be looked into.
    pub suggestion: Option<Suggestion>,
    /// The step that led to where it stands; none if nothing has been done.
    pub last: Option<Step>,
    /// The names of the files that opened it and that settled it.
    pub files: (Option<String>, Option<String>),
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its entries, newest first.
    pub entries: Vec<Entry>,
    /// True if more lie beyond it in the direction in which it was asked for.
    pub has_more: bool,
}

/// A page of the differences that the asker may see today.
pub async fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<Listing, Error> {
    let page = difference::list(tx, &ctx.scope, ctx.today, filter, cursor, limit).await?;
    let differences: Vec<Difference> = page.rows.iter().map(|row| row.difference.clone()).collect();
    let standing: Vec<&Difference> = differences.iter().filter(|one| one.state.is_open()).collect();
    let mut suggestions = point::suggestions(tx, ctx, &standing).await?;
    let moved = differences.iter().filter(|one| one.state != DifferenceState::Open);
    let moved: Vec<i64> = moved.map(|one| one.difference_id).collect();
    let mut last: BTreeMap<i64, Step> =
        difference::steps(tx, ctx.county_id(), &moved).await?.into_iter().collect();
    let files = files(tx, ctx, differences.iter()).await?;
    let entry = |row: difference::Listed| {
        let one = row.difference;
        Entry {
            facts: facts(&one),
            borrower: row.borrower.or_else(|| one.name.clone()),
            village_id: row.village_id,
            suggestion: suggestions.remove(&one.difference_id),
            last: last.remove(&one.difference_id),
            files: (
                files.get(&one.import_id).cloned(),
                one.settled_by.and_then(|import| files.get(&import).cloned()),
            ),
            difference: one,
        }
    };
    Ok(Listing { entries: page.rows.into_iter().map(entry).collect(), has_more: page.has_more })
}

/// The two sides of a difference. What a later version of the program wrote is shown without what this one does not
/// know.
pub fn facts(difference: &Difference) -> Facts {
    serde_json::from_str(&difference.facts).unwrap_or_default()
}

/// The names of the files that opened and settled differences.
async fn files(
    tx: &mut Tx,
    ctx: &Ctx,
    differences: impl Iterator<Item = &Difference>,
) -> Result<BTreeMap<i64, String>, Error> {
    let imports: BTreeSet<i64> =
        differences.flat_map(|one| [Some(one.import_id), one.settled_by]).flatten().collect();
    let imports: Vec<i64> = imports.into_iter().collect();
    Ok(import::names(tx, ctx.county_id(), &imports).await?.into_iter().collect())
}
