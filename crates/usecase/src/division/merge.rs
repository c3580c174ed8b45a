//! A village comes to lie in another township, or a place ends and another takes over what lay in it: from a day on. What
//! past days say stays.

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_store::Db;
use bangfu_store::division::Term;
use jiff::civil::Date;
use serde_json::json;

use super::PlaceFault;
use super::change::{Change, refuse_unsound, sound_change, told};
use super::known::{Done, Known, from_day, write};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// Lets a village lie in another township from a day on. Without a code it keeps its own until a list gives it another.
pub async fn move_to(
    db: &Db,
    ctx: &Ctx,
    village_id: i64,
    (township_id, code): (i64, &str),
    change: &Change,
) -> Result<(), Error> {
    let (reason, code) = (sound_change(ctx, change)?, code.trim().to_owned());
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        let terms = known.unmoved(village_id, change)?;
        let last = terms.last().ok_or(Refusal::NotFound)?;
        let township = known.term(township_id, change.from).filter(|term| term.level == Level::Township);
        let township = township.ok_or(Refusal::NotFound)?;
        if last.level != Level::Village {
            return Err(Refusal::NotFound.into());
        }
        if last.parent_id == Some(township_id) {
            return Err(PlaceFault::Here.into());
        }
        if !code.is_empty() {
            refuse_unsound(&code, Level::Village, township)?;
        }
        let code = if code.is_empty() { last.code.clone() } else { code.clone() };
        let facts =
            json!({ "code": code, "name": last.name, "from": change.from, "township": township.name });
        let terms = from_day(terms, change.from, |last| Term { parent_id: Some(township_id), code, ..last });
        let done = Done { action: "place-moved", reason: &reason, division_id: village_id, facts };
        write(tx, ctx, known, terms, done).await
    })
}

/// Ends a place and lets another of its kind take over what lay in it: villages, households, loans and officers.
pub async fn merge(
    db: &Db,
    ctx: &Ctx,
    division_id: i64,
    successor_id: i64,
    change: &Change,
) -> Result<(), Error> {
    let reason = sound_change(ctx, change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        let terms = known.unmoved(division_id, change)?;
        let last = terms.last().cloned().ok_or(Refusal::NotFound)?;
        let successor = known.term(successor_id, change.from).cloned();
        let takes_over = |term: &Term| term.level == last.level && term.division_id != division_id;
        let successor = successor.filter(takes_over).ok_or(Error::from(PlaceFault::NoSuccessor))?;
        let mut changed = ended(terms, change.from, Some(successor_id))?;
        let mut villages = 0;
        for village in known.within(division_id) {
            if village.valid_to < change.from {
                continue;
            }
            let of_village = known.of(village.division_id);
            if village.valid_from > change.from || of_village.last() != Some(&village) {
                return Err(PlaceFault::Later { name: village.name }.into());
            }
            villages += 1;
            changed.extend(from_day(of_village, change.from, |last| Term {
                parent_id: Some(successor_id),
                ..last
            }));
        }
        let mut done = told("place-merged", &reason, &last);
        done.facts = json!({ "code": last.code, "name": last.name, "from": change.from,
            "successor": successor.code, "successor_name": successor.name, "villages": villages });
        write(tx, ctx, known, changed, done).await
    })
}

/// A place that is not on the list from a day on, and what takes over from it, if something does.
pub(super) fn ended(mut terms: Vec<Term>, from: Date, successor_id: Option<i64>) -> Result<Vec<Term>, Error> {
    let last = terms.last_mut().ok_or(Refusal::NotFound)?;
    if last.valid_from >= from {
        return Err(PlaceFault::NotThen.into());
    }
    last.valid_to = add_days(from, -1);
    last.successor_id = successor_id;
    Ok(terms)
}
