//! Differences between bank and book: open until somebody says what was found out.

use bangfu_store::difference::{self, Difference};
use bangfu_store::{Db, Scope, Tx, audit, county};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// The open differences of a day's scope, newest first. A report may name loans that nobody has: those only the
/// county sees.
pub async fn open(tx: &mut Tx, scope: &Scope, day: Date) -> Result<Vec<Difference>, Error> {
    Ok(difference::open_in(tx, scope, day).await?)
}

/// Closes a difference with what was found out. The book itself changes only by the bank's reports and ledgers.
pub async fn resolve(db: &Db, ctx: &Ctx, difference_id: i64, resolution: &str) -> Result<(), Error> {
    let resolution = resolution.trim();
    if resolution.is_empty() {
        return Err(Refusal::NoResolution.into());
    }
    if ctx.scope.whole().is_none() {
        return Err(Refusal::NotFound.into());
    }
    in_write!(db, |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        if !difference::resolve(tx, ctx.county_id(), difference_id, resolution, stamp.at).await? {
            return Err(Refusal::NotFound.into());
        }
        let facts = json!({ "resolution": resolution });
        let entry = ctx.entry("difference-resolved", difference_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
