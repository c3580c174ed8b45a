//! A county gets another code or name from a day on (孟津县 410322 became 孟津区 410308), and all that lies in it the code
//! that follows. What past days say stays.

use bangfu_domain::division::Level;
use bangfu_store::division::{self, Term};
use bangfu_store::{Db, Tx};
use serde_json::json;

use super::PlaceFault;
use super::change::{Change, sound_change, sound_name};
use super::known::{Done, Known, from_day, seen, write};
use crate::adopt;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Meter;
use crate::in_write;

/// What a county is to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its six digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// From which day on, and why.
    pub change: Change,
}

/// A place that gets another code: as it is called before, and the new code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recoded {
    /// As it is called until then.
    pub before: Term,
    /// Its code from then on.
    pub code: String,
}

/// Which places would get which code: the county first, the others by code. Nothing is written.
pub async fn look(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted) -> Result<Vec<Recoded>, Error> {
    let known = Known::load(tx, ctx).await?;
    let plan = plan(tx, ctx, &known, wanted).await?;
    Ok(plan.recoded)
}

/// Gives the county and all that lies in it their codes, in one entry of the record. Where other packs are for the new
/// code, the loans are judged by them.
pub async fn recode(db: &Db, ctx: &Ctx, wanted: &Wanted) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        let plan = plan(tx, ctx, &known, wanted).await?;
        let division_id = known.county.division_id;
        let facts = json!({ "code": wanted.code, "name": plan.name, "from": wanted.change.from,
            "places": plan.recoded.len() });
        let done = Done { action: "county-recoded", reason: &plan.reason, division_id, facts };
        write(tx, ctx, known, plan.changed, done).await
    })?;
    adopt::go_on(db, ctx, &Meter::default()).await?;
    Ok(())
}

struct Plan {
    reason: String,
    name: String,
    recoded: Vec<Recoded>,
    changed: Vec<Term>,
}

async fn plan(tx: &mut Tx, ctx: &Ctx, known: &Known, wanted: &Wanted) -> Result<Plan, Error> {
    let change = &wanted.change;
    let reason = sound_change(ctx, change)?;
    let name = sound_name(&wanted.name)?;
    let digits = wanted.code.trim();
    let county = known.of(known.county.division_id);
    if seen(&county) != change.seen {
        return Err(PlaceFault::MovedOn.into());
    }
    let last = county.last().ok_or(Refusal::NotFound)?;
    if change.from < last.valid_from || change.from > last.valid_to {
        return Err(PlaceFault::NotThen.into());
    }
    let old = last.code.get(..6).unwrap_or_default().to_owned();
    let is_code =
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.ends_with("00");
    if !is_code || (old == digits && last.name == name) {
        return Err(PlaceFault::CountyCode.into());
    }
    if old != digits {
        let own = |term: &Term| known.terms.iter().any(|one| one.division_id == term.division_id);
        let bearers = division::beginning_with(tx, digits, change.from).await?;
        if let Some(other) = bearers.into_iter().find(|term| !own(term)) {
            return Err(PlaceFault::CodeTaken { name: other.name }.into());
        }
    }
    let mut plan = Plan { reason, name: name.clone(), recoded: Vec::new(), changed: Vec::new() };
    let of_county = known.terms.iter().filter(|term| term.level >= Level::County);
    let mut ids: Vec<i64> = of_county.map(|term| term.division_id).collect();
    ids.dedup();
    for id in ids {
        let is_county = id == known.county.division_id;
        let (past, ahead): (Vec<Term>, Vec<Term>) =
            known.of(id).into_iter().partition(|term| term.valid_to < change.from);
        let follows = |term: &Term| term.code.starts_with(&old);
        if !is_county && !ahead.iter().any(follows) {
            continue;
        }
        let mut terms = past;
        for term in ahead {
            let code = match follows(&term) {
                true => format!("{digits}{}", &term.code[old.len()..]),
                false => term.code.clone(),
            };
            if code != term.code {
                plan.recoded.push(Recoded { before: term.clone(), code: code.clone() });
            }
            let name = if is_county { name.clone() } else { term.name.clone() };
            terms.extend(from_day(vec![term], change.from, |term| Term { code, name, ..term }));
        }
        plan.changed.extend(terms);
    }
    plan.recoded.sort_by(|one, other| {
        (one.before.level, &one.before.code).cmp(&(other.before.level, &other.before.code))
    });
    Ok(plan)
}
