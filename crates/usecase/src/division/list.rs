//! The official list of a year (统计用区划代码和城乡划分代码) is taken over: what is new, called otherwise, moved or gone, from a
//! day on, in one entry of the record. What is not certain is decided by a person or left as it is.

mod plan;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::Level;
use bangfu_domain::division::compare::Decision;
use bangfu_sheets::divisions::DivisionLine;
use bangfu_store::{Db, Tx};
use serde_json::json;

use super::PlaceFault;
use super::change::{Change, sound_change};
use super::known::{Done, Known, write};
use crate::amendment::mark;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

pub use plan::{Called, Fate, Row};
pub use read::{LineFault, LineFaultKind};

/// A list as somebody wants it taken over who has looked at what it changes.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its lines.
    pub lines: Vec<DivisionLine>,
    /// What was decided, by line.
    pub decided: BTreeMap<usize, Decision>,
    /// From which day on it holds, why, and the mark of what was seen.
    pub change: Change,
}

/// What a list would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The mark of the places that were seen.
    pub seen: String,
    /// The lines of the county: what is sent back to take it over.
    pub lines: Vec<DivisionLine>,
    /// How many places stay as they are.
    pub unchanged: usize,
    /// What changes, what is uncertain, and what stays though the list does not have it.
    pub rows: Vec<Row>,
}

impl Preview {
    /// How many rows are of a kind.
    pub fn count(&self, fate: impl Fn(&Fate) -> bool) -> usize {
        self.rows.iter().filter(|row| fate(&row.fate)).count()
    }
}

/// Why a list cannot be looked at.
#[derive(Debug)]
pub enum ListFault {
    /// Lines that cannot be read: all of them.
    Lines(Vec<LineFault>),
    /// Anything else.
    Other(Error),
}

impl<E: Into<Error>> From<E> for ListFault {
    fn from(error: E) -> ListFault {
        ListFault::Other(error.into())
    }
}

/// What a list would change from its day on. Nothing is written.
pub async fn look(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted) -> Result<Preview, ListFault> {
    let known = Known::load(tx, ctx).await?;
    sound_change(ctx, &wanted.change)?;
    let lines = read::read(&wanted.lines, known.county.on(wanted.change.from), wanted.change.from)
        .map_err(ListFault::Lines)?;
    let plan = plan::plan(tx, &known, &lines, wanted, 0).await?;
    let code = &known.county.on(wanted.change.from).code;
    let own: BTreeSet<usize> = lines.iter().map(|line| line.line).collect();
    let own = wanted.lines.iter().filter(|line| line.code == *code || own.contains(&line.line));
    Ok(Preview {
        seen: seen(&known),
        lines: own.cloned().collect(),
        unchanged: plan.unchanged,
        rows: plan.rows,
    })
}

/// Takes a list over as it was looked at.
pub async fn take(db: &Db, ctx: &Ctx, wanted: &Wanted) -> Result<(), Error> {
    let reason = sound_change(ctx, &wanted.change)?;
    let from = wanted.change.from;
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        if seen(&known) != wanted.change.seen {
            return Err(PlaceFault::MovedOn.into());
        }
        let lines = read::read(&wanted.lines, known.county.on(from), from);
        let lines = lines.map_err(|_| Error::from(PlaceFault::List))?;
        let first_id = bangfu_store::division::next_id(tx).await?;
        let plan = plan::plan(tx, &known, &lines, wanted, first_id).await?;
        if plan.changed.is_empty() {
            return Err(PlaceFault::NothingToWrite.into());
        }
        let count = |fate: fn(&Fate) -> bool| plan.rows.iter().filter(|row| fate(&row.fate)).count();
        let facts = json!({ "from": from, "new": count(|fate| *fate == Fate::New),
            "renamed": count(|fate| *fate == Fate::Renamed), "recoded": count(|fate| *fate == Fate::Recoded),
            "moved": count(|fate| *fate == Fate::Moved), "gone": count(|fate| *fate == Fate::Gone),
            "left": count(Fate::is_left) });
        let division_id = known.county.division_id;
        let done = Done { action: "places-listed", reason: &reason, division_id, facts };
        write(tx, ctx, known, plan.changed, done).await
    })
}

/// The mark of all places of a county.
fn seen(known: &Known) -> String {
    let told = known.terms.iter().filter(|term| term.level >= Level::County).map(|term| {
        let lies = (term.division_id, term.parent_id, term.successor_id);
        format!("{} {} {} {} {lies:?}\n", term.code, term.name, term.valid_from, term.valid_to)
    });
    mark(Some(&told.collect::<String>()))
}
