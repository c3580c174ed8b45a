//! Institutions and branches are added, and called otherwise from a day on. Files that call them as before still find them.

use bangfu_store::bank::{self, Branch, Lender};
use bangfu_store::county::{self, County};
use bangfu_store::former_name::{self, FormerName};
use bangfu_store::{Db, Tx, gone};
use serde_json::json;

use super::{branch, lender};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::import::registry::Registry;
use crate::in_write;
use crate::keep::{Change, KeepFault, note, refuse_unless_seen, sound_change, sound_name, whole};

fn sound(ctx: &Ctx, name: &str, change: &Change) -> Result<(i64, String, String), Error> {
    Ok((whole(ctx)?, sound_change(ctx, change)?, sound_name(name)?))
}

/// A change of today, of what nobody has seen yet.
fn new(ctx: &Ctx, reason: &str) -> Change {
    Change { seen: String::new(), from: ctx.today, reason: reason.to_owned() }
}

/// What an institution is called now.
async fn lender_name(tx: &mut Tx, county_id: i64, lender_id: i64) -> Result<String, Error> {
    let mut lenders = bank::lenders(tx, county_id).await?.into_iter();
    Ok(lenders.find(|one| one.lender_id == lender_id).map(|one| one.name).unwrap_or_default())
}

/// Refuses a name that files would understand as another institution's.
async fn refuse_other_lender(
    tx: &mut Tx,
    county: &County,
    registry: &Registry,
    (lender_id, name): (i64, &str),
) -> Result<(), Error> {
    match registry.known_lender(name) {
        Some(known) if known == lender_id => Ok(()),
        Some(other) => {
            let name = lender_name(tx, county.county_id, other).await?;
            Err(KeepFault::OtherLender { name }.into())
        }
        None => Err(KeepFault::OtherLender { name: registry.shown_lender(name) }.into()),
    }
}

/// Refuses a name under which files would find another branch; one that nothing names any more is brought back by it.
async fn refuse_taken(
    tx: &mut Tx,
    county_id: i64,
    registry: &Registry,
    (name, own): (&str, i64),
) -> Result<Option<i64>, Error> {
    let Some(known) = registry.known_branch(name).filter(|known| known.branch_id != own) else {
        return Ok(None);
    };
    let gone = gone::ids(tx, county_id, gone::Noun::Branch).await?;
    if own == 0 && gone.contains(&known.branch_id) && known.name == name {
        return Ok(Some(known.branch_id));
    }
    Err(KeepFault::NameTaken { name: known.name.clone() }.into())
}

/// Adds an institution; its id.
pub async fn add_lender(db: &Db, ctx: &Ctx, name: &str, reason: &str) -> Result<i64, Error> {
    let (county_id, reason, name) = sound(ctx, name, &new(ctx, reason))?;
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, county_id).await?;
        let registry = Registry::load(tx, &county, ctx.today).await?;
        let known = registry.known_lender(&name);
        let gone = gone::ids(tx, county_id, gone::Noun::Lender).await?;
        if let Some(known) = known.filter(|known| !gone.contains(known)) {
            let name = lender_name(tx, county_id, known).await?;
            return Err(KeepFault::NameTaken { name }.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let lender_id = match known {
            Some(known) => {
                gone::bring_back(tx, county_id, gone::Noun::Lender, &[known]).await?;
                known
            }
            None => {
                let lender_id = county::take_ids(tx, county_id, 1).await?;
                bank::add_lender(tx, county_id, &Lender { lender_id, name: name.clone() }).await?;
                lender_id
            }
        };
        let what = ("lender-added", reason.as_str());
        note(tx, ctx, stamp, what, ("lender", lender_id), &json!({ "name": name })).await?;
        Ok::<i64, Error>(lender_id)
    })
}

/// Adds a branch to an institution; its id.
pub async fn add_branch(db: &Db, ctx: &Ctx, lender_id: i64, name: &str, reason: &str) -> Result<i64, Error> {
    let (county_id, reason, name) = sound(ctx, name, &new(ctx, reason))?;
    in_write!(db, ctx.county_id(), |tx| async {
        lender(tx, ctx, lender_id).await?;
        let county = county::get(tx, county_id).await?;
        let registry = Registry::load(tx, &county, ctx.today).await?;
        refuse_other_lender(tx, &county, &registry, (lender_id, &name)).await?;
        let back = refuse_taken(tx, county_id, &registry, (&name, 0)).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let branch_id = match back {
            Some(branch_id) => {
                gone::bring_back(tx, county_id, gone::Noun::Branch, &[branch_id]).await?;
                branch_id
            }
            None => {
                let branch_id = county::take_ids(tx, county_id, 1).await?;
                let branch =
                    Branch { branch_id, lender_id, name: name.clone(), until_on: None, merged: None };
                bank::add_branch(tx, county_id, &branch).await?;
                branch_id
            }
        };
        let facts = json!({ "name": name, "lender": lender_id });
        note(tx, ctx, stamp, ("branch-added", &reason), ("branch", branch_id), &facts).await?;
        Ok::<i64, Error>(branch_id)
    })
}

/// Keeps a name that holds no more from a day on; one that was given on that very day is none of the past.
async fn keep_former(
    tx: &mut Tx,
    county_id: i64,
    noun: gone::Noun,
    called: &[FormerName],
    former: FormerName,
) -> Result<(), Error> {
    if let Some(last) = called.last() {
        if former.until_on < last.until_on {
            return Err(KeepFault::NotThen { first: last.until_on }.into());
        }
        if former.until_on == last.until_on {
            return Ok(());
        }
    }
    Ok(former_name::add(tx, county_id, noun, &former).await?)
}

/// Calls an institution otherwise from a day on (改制、更名). Days before show it as it was called.
pub async fn rename_lender(
    db: &Db,
    ctx: &Ctx,
    lender_id: i64,
    name: &str,
    change: &Change,
) -> Result<(), Error> {
    let (county_id, reason, name) = sound(ctx, name, change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let kept = lender(tx, ctx, lender_id).await?;
        refuse_unless_seen(&change.seen, &kept.seen)?;
        if kept.lender.name == name {
            return Err(KeepFault::Unchanged.into());
        }
        let county = county::get(tx, county_id).await?;
        let registry = Registry::load(tx, &county, ctx.today).await?;
        if let Some(other) = registry.known_lender(&name).filter(|other| *other != lender_id) {
            let name = lender_name(tx, county_id, other).await?;
            return Err(KeepFault::NameTaken { name }.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let before = kept.lender.name;
        let former = FormerName { row_id: lender_id, name: before.clone(), until_on: change.from };
        keep_former(tx, county_id, gone::Noun::Lender, &kept.called, former).await?;
        bank::rename_lender(tx, county_id, &Lender { lender_id, name: name.clone() }).await?;
        let facts = json!({ "before": before, "name": name, "from": change.from });
        note(tx, ctx, stamp, ("lender-renamed", &reason), ("lender", lender_id), &facts).await
    })
}

/// Calls a branch otherwise from a day on. Days before show it as it was called.
pub async fn rename_branch(
    db: &Db,
    ctx: &Ctx,
    branch_id: i64,
    name: &str,
    change: &Change,
) -> Result<(), Error> {
    let (county_id, reason, name) = sound(ctx, name, change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let (lender, kept) = branch(tx, ctx, branch_id).await?;
        refuse_unless_seen(&change.seen, &kept.seen)?;
        if kept.branch.name == name {
            return Err(KeepFault::Unchanged.into());
        }
        let county = county::get(tx, county_id).await?;
        let registry = Registry::load(tx, &county, ctx.today).await?;
        refuse_other_lender(tx, &county, &registry, (lender.lender.lender_id, &name)).await?;
        refuse_taken(tx, county_id, &registry, (&name, branch_id)).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let before = kept.branch.name.clone();
        let former = FormerName { row_id: branch_id, name: before.clone(), until_on: change.from };
        keep_former(tx, county_id, gone::Noun::Branch, &kept.called, former).await?;
        bank::put_branch(tx, county_id, &Branch { name: name.clone(), ..kept.branch }).await?;
        let facts = json!({ "before": before, "name": name, "from": change.from });
        note(tx, ctx, stamp, ("branch-renamed", &reason), ("branch", branch_id), &facts).await
    })
}
