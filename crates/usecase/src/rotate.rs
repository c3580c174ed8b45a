//! Every secret is sealed anew with the newest key, while others read and write.

use std::time::Duration;

use bangfu_store::sealed::{self, Sealed};
use bangfu_store::value::Value;
use bangfu_store::{Db, Turn, audit, county};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

/// Rows that are sealed anew in one transaction: others write in between.
const PAGE: usize = 200;

/// Between two passes: whoever had begun to write before the newest key was known is done by then.
const PAUSE: Duration = Duration::from_secs(2);

/// So many passes one after the other have to find nothing.
const CLEAN_PASSES: usize = 2;

/// Seals every secret of these counties with the newest key that the book's keys hold. How many were. Killed, the next run
/// goes on; run again, it finds nothing to do. `tell` is told how many it was so far.
///
/// # Errors
/// Something is sealed by a key that is not among the book's: nothing is lost by that, and nothing may be dropped.
pub async fn rotate(db: &Db, counties: &[Ctx], mut tell: impl FnMut(u64)) -> Result<u64, Error> {
    db.key().refresh();
    in_write!(db, Turn::None, |tx| async {
        for ctx in counties {
            let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
            note(tx, ctx, stamp, "key-rotating", db).await?;
        }
        Ok::<(), Error>(sealed::announce(tx, db.key()).await?)
    })?;
    let (mut resealed, mut clean) = (0, 0);
    while clean < CLEAN_PASSES {
        let before = resealed;
        for ctx in counties {
            for column in &sealed::ALL {
                column_of(db, ctx.county_id(), column, |count| {
                    resealed += count;
                    tell(resealed);
                })
                .await?;
            }
        }
        clean = if resealed == before { clean + 1 } else { 0 };
        if clean < CLEAN_PASSES {
            tokio::time::sleep(PAUSE).await;
        }
    }
    in_write!(db, Turn::None, |tx| async {
        for ctx in counties {
            let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
            note(tx, ctx, stamp, "key-rotated", db).await?;
        }
        Ok::<(), Error>(())
    })?;
    Ok(resealed)
}

async fn column_of(db: &Db, county_id: i64, column: &Sealed, mut tell: impl FnMut(u64)) -> Result<(), Error> {
    let mut after: Option<Vec<Value>> = None;
    loop {
        let page = in_write!(db, county_id, |tx| async {
            let from = (after.as_deref(), PAGE);
            Ok::<_, Error>(sealed::reseal(tx, db.key(), county_id, column, from).await?)
        })?;
        tell(u64::try_from(page.resealed).unwrap_or(0));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

async fn note(
    tx: &mut bangfu_store::Tx,
    ctx: &Ctx,
    stamp: county::Stamp,
    action: &'static str,
    db: &Db,
) -> Result<(), Error> {
    let entry = ctx.entry(action, db.key().id(), &json!({ "keys": db.key().ids() }));
    Ok(audit::add(tx, ctx.county_id(), stamp, &entry).await?)
}
