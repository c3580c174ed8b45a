//! 支行撤并: a branch is merged into another of its institution, which has its loans from a day on. Days before stay as they
//! were; files as of later days that still name the merged branch mean the other.

use bangfu_domain::loan::{EventKind, Fold, Placement, fold};
use bangfu_domain::warning::Standing;
use bangfu_store::bank::{self, Branch};
use bangfu_store::{Area, Db, Tx, audit, county, difference, loan};
use serde_json::json;

use super::branch;
use crate::account;
use crate::amendment::mark;
use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;
use crate::keep::{Change, KeepFault, note, refuse_unless_seen, sound_change, whole};
use crate::rules::Rules;

/// What merging would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// Loans that would be the other branch's.
    pub loans: usize,
    /// Those of them that owe something.
    pub owing: usize,
    /// Accounts with a post at the branch: they keep it, and see its days before.
    pub accounts: usize,
    /// The mark of both branches, for who would merge them.
    pub seen: String,
}

/// The branch and the one that is to have its loans, where that can be.
async fn both(tx: &mut Tx, ctx: &Ctx, branch_id: i64, into: i64) -> Result<(Branch, Branch, String), Error> {
    let (lender, kept) = branch(tx, ctx, branch_id).await?;
    let heir = lender.branches.iter().find(|one| one.branch.branch_id == into && into != branch_id);
    let heir = heir.filter(|heir| heir.branch.merged.is_none() && kept.branch.merged.is_none());
    let heir = heir.ok_or(KeepFault::Merged)?;
    // What the other has reported says nothing of these loans.
    if let Some(day) = heir.branch.until_on.filter(|until| kept.branch.until_on < Some(*until)) {
        return Err(KeepFault::Behind { day }.into());
    }
    let seen = mark(Some(&format!("{} {}", kept.seen, heir.seen)));
    Ok((kept.branch, heir.branch.clone(), seen))
}

/// The loans that are a branch's on a day or after it.
async fn loans(tx: &mut Tx, ctx: &Ctx, branch_id: i64, change: &Change) -> Result<Vec<(Work, Fold)>, Error> {
    let ids = loan::ever_of_branch(tx, ctx.county_id(), branch_id).await?;
    let mut works = Vec::new();
    for work in book::load(tx, ctx.county_id(), &ids).await? {
        let Some(folded) = fold(&work.events, i64::MAX) else { continue };
        let is_there = |placement: &Placement| placement.branch_id == branch_id;
        let later = folded.placements.range(change.from..).map(|(_, placement)| *placement);
        if folded.placement_on(change.from).into_iter().chain(later).any(|placement| is_there(&placement)) {
            works.push((work, folded));
        }
    }
    Ok(works)
}

/// What merging would do; nothing is written.
pub async fn foresee(
    tx: &mut Tx,
    ctx: &Ctx,
    branch_id: i64,
    into: i64,
    change: &Change,
) -> Result<Foreseen, Error> {
    let (_, _, seen) = both(tx, ctx, branch_id, into).await?;
    let works = loans(tx, ctx, branch_id, change).await?;
    let owing = works.iter().filter(|(work, _)| work.loan.standing != Standing::Settled).count();
    let accounts = account::list(tx, ctx).await?.into_iter();
    let here = accounts.filter(|one| one.posts.iter().any(|post| post.area == Area::Branch(branch_id)));
    Ok(Foreseen { loans: works.len(), owing, accounts: here.count(), seen })
}

/// Merges a branch into another of its institution from a day on; how many loans went.
pub async fn merge(db: &Db, ctx: &Ctx, branch_id: i64, into: i64, change: &Change) -> Result<usize, Error> {
    let (county_id, reason) = (whole(ctx)?, sound_change(ctx, change)?);
    in_write!(db, ctx.county_id(), |tx| async {
        let (merged, heir, seen) = both(tx, ctx, branch_id, into).await?;
        refuse_unless_seen(&change.seen, &seen)?;
        let works = loans(tx, ctx, branch_id, change).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let mut moved = Vec::with_capacity(works.len());
        for (mut work, folded) in works {
            let placed = folded.placed_anew(change.from, |placement| {
                let is_there = placement.branch_id == branch_id;
                Placement { branch_id: if is_there { into } else { placement.branch_id }, ..placement }
            });
            let placed = placed.into_iter().map(|(day, placement)| (day, EventKind::Placed { placement }));
            book::append(&mut work.events, placed, stamp.at);
            moved.push(work);
        }
        let county = county::get(tx, county_id).await?;
        let rules = Rules::load(tx, &county, None).await?;
        book::save(tx, &county, stamp, &rules, None, &mut moved).await?;
        let open = difference::hand_on(tx, county_id, branch_id, into).await?;
        audit::note_changes(tx, county_id, stamp, "difference", &open).await?;
        bank::put_branch(tx, county_id, &Branch { merged: Some((into, change.from)), ..merged.clone() })
            .await?;
        let facts = json!({ "name": merged.name, "into": heir.name, "into_id": into, "from": change.from,
                            "loans": moved.len(), "differences": open.len() });
        note(tx, ctx, stamp, ("branch-merged", &reason), ("branch", branch_id), &facts).await?;
        audit::note_changes(tx, county_id, stamp, "branch", &[into]).await?;
        Ok::<usize, Error>(moved.len())
    })
}
