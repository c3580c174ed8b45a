//! Judging a county's loans by other rules than before.

use bangfu_store::county::{self, County};
use bangfu_store::{Db, Tx, audit, rule_change, statistics};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
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

/// True if a county's loans were judged by other rules than these.
pub async fn has_other_rules(tx: &mut Tx, county_id: i64, book: &RuleBook) -> Result<bool, Error> {
    let noted = rule_change::at(tx, county_id, i64::MAX).await?;
    Ok(noted.is_none_or(|(_, digest)| digest != book.digest()))
}

/// Judges a county's loans by these rules from now on: everything derived is made anew, and the rules are noted, so
/// that what was known before stays answered by those of then. `None` if it was judged by them already.
pub async fn adopt(db: &Db, ctx: &Ctx, book: &RuleBook) -> Result<Option<Comparison>, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    refuse_without_pack(&county, book)?;
    if !has_other_rules(&mut tx, county.county_id, book).await? {
        return Ok(None);
    }
    drop(tx);
    let found = in_write!(db, |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        // Another start may have been first.
        if !has_other_rules(tx, ctx.county_id(), book).await? {
            return Ok(None);
        }
        let county = county::get(tx, ctx.county_id()).await?;
        rule_change::add(tx, county.county_id, stamp.at, book.digest(), book.body()).await?;
        let derived = Derived::load(tx, &county).await?;
        derived.save(tx, &county, stamp).await?;
        let mut facts = derived.comparison.facts();
        facts["digest"] = json!(book.digest());
        let entry = ctx.entry("rules-changed", county.code.clone(), &facts);
        audit::add(tx, county.county_id, stamp, &entry).await?;
        Ok::<Option<Comparison>, Error>(Some(derived.comparison))
    })?;
    if let Some(found) = &found {
        statistics::renew(db, found.rows.len() + found.histories.len()).await;
    }
    Ok(found)
}
