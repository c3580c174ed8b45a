//! Proving that nobody bent the record: it is held against itself, against what each close sealed, and against heads that
//! were handed out.

pub mod trail;

use bangfu_domain::audit::{Flaw, Head, Walk};
use bangfu_store::{Db, Tx, audit};

use crate::ctx::Ctx;
use crate::error::Error;

/// How far the county's record goes: written down and kept elsewhere, it proves later that no tail was cut off.
pub async fn head(tx: &mut Tx, ctx: &Ctx) -> Result<Head, Error> {
    Ok(audit::head(tx, ctx.county_id()).await?)
}

/// Reads the county's whole record as it is now; how far it goes, or its first flaw.
///
/// `handed_out` are heads of this county that were written down before.
pub async fn verify(db: &Db, ctx: &Ctx, handed_out: Vec<Head>) -> Result<Result<Head, Flaw>, Error> {
    let mut tx = db.read().await?;
    let county_id = ctx.county_id();
    let mut known = audit::sealed(&mut tx, county_id).await?;
    known.push(audit::head(&mut tx, county_id).await?);
    known.extend(handed_out);
    let mut walk = Walk::new(county_id, known);
    let mut after = 0;
    loop {
        let links = audit::page(&mut tx, county_id, after).await?;
        let Some(last) = links.last() else { break };
        after = last.number;
        if !links.iter().all(|link| walk.pass(link)) {
            break;
        }
    }
    Ok(walk.end())
}
