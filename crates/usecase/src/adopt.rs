//! Judging a county's loans by other rules than before: those that the program brings, and the county's own versions of
//! them over these.

use bangfu_store::county::{self, County};
use bangfu_store::import::{self, Status};
use bangfu_store::rule_change::Judging;
use bangfu_store::{Db, Tx, amendment, audit, board, rule_change, statistics};
use jiff::civil::Date;
use serde_json::json;

use crate::amendment::{parts, rules_on};
use crate::book::{self, Deltas};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Meter;
use crate::in_write;
use crate::rebuild::Page;
use crate::rulebook::RuleBook;
use crate::rules::Rules;

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

/// What came of judging a county's loans by other rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adopted {
    /// So many loans stand otherwise, in some of their days.
    pub changed: i64,
}

/// Judges a county's loans from now on by these rules with the county's own versions that hold today. The rules are noted
/// first, so that what was known before stays answered by those of then; the loans follow page by page, and what was
/// interrupted earlier goes on. `None` if they were judged by them already.
pub async fn adopt(db: &Db, ctx: &Ctx, base: &RuleBook) -> Result<Option<Adopted>, Error> {
    adopt_told(db, ctx, base, &Meter::default()).await
}

/// Does the same, and tells how many loans are done.
pub async fn adopt_told(
    db: &Db,
    ctx: &Ctx,
    base: &RuleBook,
    meter: &Meter,
) -> Result<Option<Adopted>, Error> {
    let noted = note(db, ctx, base).await?;
    let done = go_on(db, ctx, meter).await?;
    // A book without loans has none to judge.
    Ok(done.or(noted.then_some(Adopted { changed: 0 })))
}

/// Notes that these rules hold from now on, with the county's own versions that hold today, unless that was noted already.
/// What is written from here on is judged by them. False if it was.
pub async fn note(db: &Db, ctx: &Ctx, base: &RuleBook) -> Result<bool, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    let wanted = rules_on(&mut tx, county.county_id, base, ctx.today).await?;
    refuse_without_pack(&county, wanted.as_ref().unwrap_or(base))?;
    let differs = has_other_rules(&mut tx, county.county_id, base, ctx.today).await?;
    let waits = amendment::approved(&mut tx, county.county_id, ctx.today).await?;
    if !differs && waits.iter().all(|one| one.in_force_at.is_some()) {
        return Ok(false);
    }
    drop(tx);
    in_write!(db, ctx.county_id(), |tx| async {
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
            return Ok(false);
        }
        rule_change::add(tx, county.county_id, stamp.at, book.digest(), book.body()).await?;
        let amendments: Vec<i64> = approved.iter().map(|one| one.amendment_id).collect();
        let facts = json!({ "digest": book.digest(), "amendments": amendments });
        let entry = ctx.entry("rules-changed", county.on(ctx.today).code.clone(), &facts);
        audit::add(tx, county.county_id, stamp, &entry).await?;
        Ok::<bool, Error>(true)
    })
}

/// How far the judging of a county's loans by its present rules has come; `None` once all are judged by them.
///
/// Until then some stand by the rules of before: a board counts both, as its lists do. What a file or a person writes is
/// judged by the present ones, and so is a question with an instant.
pub async fn under_way(tx: &mut Tx, county_id: i64) -> Result<Option<Judging>, Error> {
    Ok(rule_change::judging(tx, county_id).await?)
}

/// Goes on with judging a county's loans by its present rules, page by page, until all are; several may do so at once.
/// `None` if there was nothing to do.
pub async fn go_on(db: &Db, ctx: &Ctx, meter: &Meter) -> Result<Option<Adopted>, Error> {
    let mut tx = db.read().await?;
    let Some(mut at) = under_way(&mut tx, ctx.county_id()).await? else {
        // What was killed after its last page is nobody's any more; an import that is under way ends its own.
        let taking = import::under_way(&mut tx, &ctx.scope, Status::Taking).await?;
        let undoing = import::under_way(&mut tx, &ctx.scope, Status::Undoing).await?;
        drop(tx);
        if taking.is_empty() && undoing.is_empty() {
            book::settle(db, ctx.county_id()).await?;
        }
        return Ok(None);
    };
    drop(tx);
    meter.judge(usize::try_from(at.loans).unwrap_or(usize::MAX));
    meter.step(usize::try_from(at.judged).unwrap_or(0));
    while let Some(to) = pages(db, ctx, meter).await? {
        meter.step(usize::try_from(to.judged - at.judged).unwrap_or(0));
        at = to;
        book::settle_if_many(db, ctx.county_id()).await?;
    }
    book::settle(db, ctx.county_id()).await?;
    statistics::renew(db, usize::try_from(at.changed).unwrap_or(usize::MAX)).await;
    Ok(Some(Adopted { changed: at.changed }))
}

/// Judges as many pages as there is time for in a transaction; `None` if nothing was left.
async fn pages(db: &Db, ctx: &Ctx, meter: &Meter) -> Result<Option<Judging>, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let has_time = meter.begin_transaction(db, ctx.county_id());
        let Some(mut at) = under_way(tx, ctx.county_id()).await? else { return Ok(None) };
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let county = county::get(tx, ctx.county_id()).await?;
        let rules = Rules::load(tx, &county, None).await?;
        let mut deltas = Deltas::default();
        loop {
            let page = Page::load(tx, &county, &rules, at.judged_to).await?;
            page.write(tx, (&county, stamp), &rules, &mut deltas).await?;
            at.changed += i64::try_from(page.other_histories()).unwrap_or(i64::MAX);
            at.judged_to = page.to;
            // What came later was judged by these rules when it was written.
            at.judged = if page.to == i64::MAX { at.loans } else { at.loans.min(at.judged + page.rows) };
            if at.judged == at.loans || !has_time() {
                break;
            }
        }
        board::put_aside(tx, county.county_id, &deltas.into_days()).await?;
        rule_change::advance(tx, county.county_id, &at).await?;
        if at.judged == at.loans {
            let facts = json!({ "loans": at.loans, "changed": at.changed });
            let entry = ctx.entry("rules-applied", county.on(ctx.today).code.clone(), &facts);
            audit::add(tx, county.county_id, stamp, &entry).await?;
        }
        Ok::<_, Error>(Some(at))
    })
}
