//! Judging a county's loans by other rules than before: those that the program brings, and the county's own versions of
//! them over these.

use bangfu_store::county::{self, County};
use bangfu_store::{Db, Tx, amendment, audit, rule_change, statistics};
use jiff::civil::Date;
use serde_json::json;

use crate::amendment::{parts, rules_on};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Meter;
use crate::in_write;
use crate::rebuild::{Comparison, Derived};
use crate::rulebook::RuleBook;

/// Refuses a book whose pack for all contracts is not among the rules.
pub fn refuse_without_pack(county: &County, book: &RuleBook) -> Result<(), Error> {
    match &county.pack_id {
        Some(id) if book.packs.by_id(id).is_none() => Err(Refusal::pack_gone(id, &book.packs).into()),
        _ => Ok(()),
    }
}

/// True if a county's loans were judged by other rules than these with its own versions that hold on a day.
pub async fn has_other_rules(
    tx: &mut Tx,
    county_id: i64,
    base: &RuleBook,
    today: Date,
) -> Result<bool, Error> {
    let wanted = rules_on(tx, county_id, base, today).await?;
    let digest = wanted.as_ref().unwrap_or(base).digest();
    let noted = rule_change::at(tx, county_id, i64::MAX).await?;
    Ok(noted.is_none_or(|(_, noted)| noted != digest))
}

/// Judges a county's loans from now on by these rules with the county's own versions that hold today: everything derived
/// is made anew, and the rules are noted, so that what was known before stays answered by those of then. `None` if it was
/// judged by them already.
pub async fn adopt(db: &Db, ctx: &Ctx, base: &RuleBook) -> Result<Option<Comparison>, Error> {
    adopt_told(db, ctx, base, &Meter::default()).await
}

/// Does the same, and tells how many loans are done.
pub async fn adopt_told(
    db: &Db,
    ctx: &Ctx,
    base: &RuleBook,
    meter: &Meter,
) -> Result<Option<Comparison>, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    let wanted = rules_on(&mut tx, county.county_id, base, ctx.today).await?;
    refuse_without_pack(&county, wanted.as_ref().unwrap_or(base))?;
    let differs = has_other_rules(&mut tx, county.county_id, base, ctx.today).await?;
    let waits = amendment::approved(&mut tx, county.county_id, ctx.today).await?;
    if !differs && waits.iter().all(|one| one.in_force_at.is_some()) {
        return Ok(None);
    }
    drop(tx);
    let found = in_write!(db, |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let county = county::get(tx, ctx.county_id()).await?;
        let approved = amendment::approved(tx, county.county_id, ctx.today).await?;
        let wanted = parts(&approved)?;
        let wanted = match wanted.is_empty() {
            true => None,
            false => Some(base.with(wanted).map_err(|faults| Error::Packs(format!("{faults:?}")))?),
        };
        let book = wanted.as_ref().unwrap_or(base);
        for one in approved.iter().filter(|one| one.in_force_at.is_none()) {
            amendment::put_in_force(tx, county.county_id, one.amendment_id, stamp.at).await?;
        }
        // Another start may have been first.
        if !has_other_rules(tx, county.county_id, base, ctx.today).await? {
            return Ok(None);
        }
        rule_change::add(tx, county.county_id, stamp.at, book.digest(), book.body()).await?;
        let derived = Derived::load_told(tx, &county, meter).await?;
        derived.save(tx, &county, stamp).await?;
        let mut facts = derived.comparison.facts();
        facts["digest"] = json!(book.digest());
        facts["amendments"] = json!(approved.iter().map(|one| one.amendment_id).collect::<Vec<_>>());
        let entry = ctx.entry("rules-changed", county.on(ctx.today).code.clone(), &facts);
        audit::add(tx, county.county_id, stamp, &entry).await?;
        Ok::<Option<Comparison>, Error>(Some(derived.comparison))
    })?;
    if let Some(found) = &found {
        statistics::renew(db, found.rows.len() + found.histories.len()).await;
    }
    Ok(found)
}
