//! Loans that nobody looks after get a credit manager, many at a time: those of a village, of a household.

use std::collections::BTreeSet;

use bangfu_domain::loan::{EventKind, Fold, Placement};
use bangfu_domain::officer::Role;
use bangfu_store::county;
use bangfu_store::loan::{self, Filter, ListRow, Order, Shown, Unmanaged};
use bangfu_store::officer::{self, Officer};
use bangfu_store::tie::{self, BY_HAND, Tie};
use bangfu_store::{Db, Tx, audit};
use jiff::civil::Date;
use serde_json::json;

use crate::amendment::mark;
use crate::book;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::keep::{Change, KeepFault, note, refuse_unless_seen, sound_change};
use crate::rules::Rules;

/// So many loans get a manager at once, and are shown to choose from.
pub const AT_ONCE: usize = 200;

/// Loans of a village and a branch that nobody looks after, and who looks after most others of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How many, and where.
    pub unmanaged: Unmanaged,
    /// Credit managers who serve there, each with how many loans of the village and branch: the most first.
    pub known: Vec<(Officer, i64)>,
}

/// Credit managers who can be named: those of the asker's area who serve.
pub async fn managers(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Officer>, Error> {
    let mut all = officer::list_in(tx, &ctx.scope, ctx.today).await?;
    all.retain(|one| one.roles.contains(&Role::CreditManager) && one.serves_on(ctx.today));
    Ok(all)
}

/// The loans of the asker's area that nobody looks after, by village and branch.
pub async fn groups(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Group>, Error> {
    let unmanaged = loan::unmanaged(tx, &ctx.scope, ctx.today).await?;
    let villages: BTreeSet<i64> = unmanaged.iter().map(|one| one.village_id).collect();
    let villages: Vec<i64> = villages.into_iter().collect();
    let known = loan::managers_of(tx, &ctx.scope, &villages).await?;
    let all = managers(tx, ctx).await?;
    let who = |id: i64| all.iter().find(|one| one.officer_id == id).cloned();
    let group = |unmanaged: Unmanaged| {
        let theirs = known.get(&(unmanaged.village_id, unmanaged.branch_id)).into_iter().flatten();
        let known = theirs.filter_map(|(id, loans)| Some((who(*id)?, *loans))).collect();
        Group { unmanaged, known }
    };
    Ok(unmanaged.into_iter().map(group).collect())
}

/// Which loans that nobody looks after are shown to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Which {
    /// In this place.
    pub division_id: Option<i64>,
    /// Of this branch.
    pub branch_id: Option<i64>,
    /// Of this household.
    pub household_id: Option<i64>,
    /// Part of the borrower's name, or the beginning or the end of the contract number.
    pub text: Option<String>,
}

/// Loans that nobody looks after, and the mark of how they stand.
pub async fn loans(tx: &mut Tx, ctx: &Ctx, which: &Which) -> Result<(Vec<ListRow>, String), Error> {
    let filter = Filter {
        shown: Shown::Owing,
        manager_id: Some(0),
        division_id: which.division_id,
        branch_id: which.branch_id,
        household_id: which.household_id,
        text: which.text.clone(),
        ..Filter::default()
    };
    let page = loan::list(tx, &ctx.scope, ctx.today, &filter, Order::Due, None, AT_ONCE).await?;
    let seen = mark(Some(&format!("{:?}", page.rows.iter().map(|row| row.loan_id).collect::<Vec<_>>())));
    Ok((page.rows, seen))
}

/// Names a credit manager for some of the loans that were shown, from a day on; how many.
pub async fn assign(
    db: &Db,
    ctx: &Ctx,
    which: &Which,
    (chosen, officer_id): (&BTreeSet<i64>, i64),
    change: &Change,
) -> Result<usize, Error> {
    let reason = sound_change(ctx, change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let (shown, seen) = loans(tx, ctx, which).await?;
        refuse_unless_seen(&change.seen, &seen)?;
        let ids: Vec<i64> = shown.iter().map(|row| row.loan_id).filter(|id| chosen.contains(id)).collect();
        if ids.is_empty() {
            return Err(KeepFault::Nothing.into());
        }
        let manager = managers(tx, ctx).await?.into_iter().find(|one| one.officer_id == officer_id);
        let manager = manager.ok_or(Refusal::Keep(KeepFault::NoHeir))?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let county = county::get(tx, county_id).await?;
        let rules = Rules::load(tx, &county, None).await?;
        let mut works = book::load(tx, county_id, &ids).await?;
        let mut households = BTreeSet::new();
        for work in &mut works {
            let Some(folded) = rules.fold(&work.events, i64::MAX) else { continue };
            households.extend(work.loan.household_id);
            let placed = placed(&folded, officer_id, change.from);
            book::append(&mut work.events, placed.into_iter(), stamp.at);
        }
        let count = works.len();
        book::save(tx, &county, stamp, &rules, None, &mut works).await?;
        let households: Vec<i64> = households.into_iter().collect();
        let tied = tied(tx, county_id, &households, (officer_id, change.from)).await?;
        tie::put(tx, county_id, &tied, BY_HAND).await?;
        let tied: Vec<i64> = tied.iter().map(|tie| tie.household_id).collect();
        audit::note_changes(tx, county_id, stamp, "tie", &tied).await?;
        let facts = json!({ "officer": manager.name, "from": change.from, "loans": ids, "households": households,
                            "manager_before": null });
        let what = ("manager-named", reason.as_str());
        note(tx, ctx, stamp, what, ("officer", officer_id), &facts).await?;
        Ok::<usize, Error>(count)
    })
}

/// What places a loan with its manager from a day on, where nobody looked after it.
fn placed(fold: &Fold, officer_id: i64, from: Date) -> Vec<(Date, EventKind)> {
    let named = fold.placed_anew(from, |placement| Placement {
        manager_id: placement.manager_id.or(Some(officer_id)),
        ..placement
    });
    named.into_iter().map(|(day, placement)| (day, EventKind::Placed { placement })).collect()
}

/// The ties that begin: whoever is tied to a household in this role already is tied once.
async fn tied(
    tx: &mut Tx,
    county_id: i64,
    households: &[i64],
    (officer_id, from_on): (i64, Date),
) -> Result<Vec<Tie>, Error> {
    let role = Role::CreditManager;
    let standing = tie::standing(tx, county_id, households).await?;
    let is_tied = |household: &i64| {
        standing
            .iter()
            .any(|tie| tie.household_id == *household && tie.officer_id == officer_id && tie.role == role)
    };
    let new = households.iter().filter(|household| !is_tied(household));
    Ok(new.map(|id| Tie { household_id: *id, role, officer_id, from_on, to_on: None }).collect())
}
