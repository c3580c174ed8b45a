//! What one officer looks after is handed over to another from a day on: ties, and the loans that name the officer. Days
//! before stay as they were.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::loan::{EventKind, Fold, Placement, fold};
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_store::county::{self, Stamp};
use bangfu_store::officer::Officer;
use bangfu_store::tie::{self, BY_HAND, Tie};
use bangfu_store::{Db, Scope, Tx, audit, household, loan};
use jiff::civil::Date;
use serde_json::json;

use super::change::all;
use crate::amendment::mark;
use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::keep::{Change, KeepFault, note, refuse_unless_seen, sound_change, whole};
use crate::rules::Rules;

/// Households that are named before it is done; all are counted.
const NAMED_MAX: usize = 20;

/// To whom, since when, and in which role; `None` for all roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Who takes over.
    pub heir_id: i64,
    /// The first day on which they do.
    pub from: Date,
    /// Only what is looked after in this role.
    pub role: Option<Role>,
}

/// What would be handed over in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Households tied.
    pub households: usize,
    /// Those of them to which whoever takes over is tied in that role already.
    pub shared: usize,
    /// Loans that name the officer in that role.
    pub loans: usize,
}

/// A household that would be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// The household.
    pub household_id: i64,
    /// The name of its head.
    pub head: String,
    /// In which role.
    pub role: Role,
    /// Since when the officer was tied to it.
    pub since: Date,
    /// True if whoever takes over is tied to it in that role already.
    pub shared: bool,
}

/// What handing over would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// By role.
    pub shares: BTreeMap<Role, Share>,
    /// The first households.
    pub first: Vec<Handed>,
    /// The mark of all that would be handed over.
    pub seen: String,
}

/// What is in an officer's care on a day and after it.
pub(super) struct Carried {
    /// Ties that hold.
    pub(super) ties: Vec<Tie>,
    /// Loans that name the officer, each with what it says.
    works: Vec<(Work, Fold)>,
}

impl Carried {
    /// Households tied, in whatever role.
    pub(super) fn households(&self) -> usize {
        self.ties.iter().map(|tie| tie.household_id).collect::<BTreeSet<i64>>().len()
    }

    /// Loans that owe something.
    pub(super) fn owing(&self) -> usize {
        self.works.iter().filter(|(work, _)| work.loan.standing != Standing::Settled).count()
    }
}

/// The roles in which a loan names an officer on a day or after it.
fn named(fold: &Fold, officer_id: i64, from: Date) -> impl Iterator<Item = Role> {
    let manages = |placement: &Placement| placement.manager_id == Some(officer_id);
    let then = fold.placement_on(from).into_iter();
    let later = fold.placements.range(from..).map(|(_, placement)| *placement);
    let manager = then.chain(later).any(|placement| manages(&placement));
    let about = &fold.about;
    [
        (Role::CreditManager, manager),
        (Role::IndustryGuide, about.guide_id == Some(officer_id)),
        (Role::TechnologyOfficer, about.technologist_id == Some(officer_id)),
    ]
    .into_iter()
    .filter_map(|(role, named)| named.then_some(role))
}

/// What is in an officer's care on a day and after it, in a role or in all.
pub(super) async fn carried(
    tx: &mut Tx,
    county_id: i64,
    officer_id: i64,
    from: Date,
    role: Option<Role>,
) -> Result<Carried, Error> {
    let mut ties = tie::standing_of(tx, county_id, officer_id).await?;
    let households: BTreeSet<i64> = ties.iter().map(|tie| tie.household_id).collect();
    let households: Vec<i64> = households.into_iter().collect();
    ties.retain(|tie| role.is_none_or(|role| tie.role == role));
    let mut ids: BTreeSet<i64> =
        loan::ever_managed_by(tx, county_id, officer_id).await?.into_iter().collect();
    let theirs = loan::of_households(tx, county_id, &households).await?;
    ids.extend(theirs.into_iter().map(|loan| loan.loan_id));
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut works = Vec::new();
    for work in book::load(tx, county_id, &ids).await? {
        let Some(folded) = fold(&work.events, i64::MAX) else { continue };
        if named(&folded, officer_id, from).any(|of| role.is_none_or(|role| of == role)) {
            works.push((work, folded));
        }
    }
    Ok(Carried { ties, works })
}

/// The officer and who takes over, where that can be.
async fn both(tx: &mut Tx, ctx: &Ctx, officer_id: i64, asked: &Asked) -> Result<(Officer, Officer), Error> {
    let all = all(tx, ctx).await?;
    let of = |id: i64| all.iter().find(|one| one.officer_id == id).cloned();
    let officer = of(officer_id).ok_or(Refusal::NotFound)?;
    let heir = of(asked.heir_id).filter(|heir| heir.officer_id != officer_id && heir.left_on.is_none());
    Ok((officer, heir.ok_or(Refusal::Keep(KeepFault::NoHeir))?))
}

/// The households of these ties in which whoever takes over is tied in the same role already.
async fn shared(
    tx: &mut Tx,
    county_id: i64,
    carried: &Carried,
    heir_id: i64,
) -> Result<BTreeSet<(i64, Role)>, Error> {
    let households: BTreeSet<i64> = carried.ties.iter().map(|tie| tie.household_id).collect();
    let standing = tie::standing(tx, county_id, &households.into_iter().collect::<Vec<_>>()).await?;
    let theirs = standing.into_iter().filter(|tie| tie.officer_id == heir_id);
    Ok(theirs.map(|tie| (tie.household_id, tie.role)).collect())
}

/// What handing over would do; nothing is written.
pub async fn foresee(tx: &mut Tx, ctx: &Ctx, officer_id: i64, asked: &Asked) -> Result<Foreseen, Error> {
    let county_id = whole(ctx)?;
    both(tx, ctx, officer_id, asked).await?;
    let carried = carried(tx, county_id, officer_id, asked.from, asked.role).await?;
    let shared = shared(tx, county_id, &carried, asked.heir_id).await?;
    let mut shares: BTreeMap<Role, Share> = BTreeMap::new();
    let mut first = Vec::new();
    for tie in &carried.ties {
        let is_shared = shared.contains(&(tie.household_id, tie.role));
        let share = shares.entry(tie.role).or_default();
        share.households += 1;
        share.shared += usize::from(is_shared);
        if first.len() < NAMED_MAX {
            let one = household::get(tx, &Scope::county(county_id), tie.household_id, ctx.today).await?;
            first.push(Handed {
                household_id: tie.household_id,
                head: one.map(|one| one.head_name).unwrap_or_default(),
                role: tie.role,
                since: tie.from_on,
                shared: is_shared,
            });
        }
    }
    for (_, folded) in &carried.works {
        for role in named(folded, officer_id, asked.from) {
            if asked.role.is_none_or(|wanted| wanted == role) {
                shares.entry(role).or_default().loans += 1;
            }
        }
    }
    let loans: Vec<(i64, u32)> =
        carried.works.iter().map(|(work, _)| (work.loan.loan_id, work.loan.event_seq)).collect();
    let seen = mark(Some(&format!("{asked:?} {:?} {loans:?} {shared:?}", carried.ties)));
    Ok(Foreseen { shares, first, seen })
}

/// Hands over what an officer looks after: the ties end the day before, and begin on the day for whoever takes over, as far
/// as they are not tied there already; the loans name them from that day on.
pub async fn hand_over(
    db: &Db,
    ctx: &Ctx,
    officer_id: i64,
    asked: &Asked,
    change: &Change,
) -> Result<Foreseen, Error> {
    let county_id = whole(ctx)?;
    let reason = sound_change(ctx, &Change { from: asked.from, ..change.clone() })?;
    in_write!(db, ctx.county_id(), |tx| async {
        let (officer, heir) = both(tx, ctx, officer_id, asked).await?;
        let foreseen = foresee(tx, ctx, officer_id, asked).await?;
        refuse_unless_seen(&change.seen, &foreseen.seen)?;
        if foreseen.shares.is_empty() {
            return Err(KeepFault::Nothing.into());
        }
        if foreseen.shares.keys().any(|role| !heir.roles.contains(role)) {
            return Err(KeepFault::LacksRole { name: heir.name }.into());
        }
        let Carried { ties, works } = carried(tx, county_id, officer_id, asked.from, asked.role).await?;
        let carried = Carried { ties, works: Vec::new() };
        let shared = shared(tx, county_id, &carried, heir.officer_id).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        tie::put(tx, county_id, &moved(&carried.ties, asked, &shared), BY_HAND).await?;
        let tied: BTreeSet<i64> = carried.ties.iter().map(|tie| tie.household_id).collect();
        audit::note_changes(tx, county_id, stamp, "tie", &tied.into_iter().collect::<Vec<_>>()).await?;
        name_heir(tx, county_id, stamp, (officer_id, asked), works).await?;
        let count = |of: fn(&Share) -> usize| foreseen.shares.values().map(of).sum::<usize>();
        let facts = json!({ "officer": officer.name, "to": heir.name, "to_id": heir.officer_id,
                            "from": asked.from, "role": asked.role.map(Role::key),
                            "ties": count(|share| share.households), "loans": count(|share| share.loans) });
        let what = ("officer-handed-over", reason.as_str());
        note(tx, ctx, stamp, what, ("officer", officer_id), &facts).await?;
        audit::note_changes(tx, county_id, stamp, "officer", &[heir.officer_id]).await?;
        Ok::<Foreseen, Error>(foreseen)
    })
}

/// The ties that end, and those that begin.
fn moved(ties: &[Tie], asked: &Asked, shared: &BTreeSet<(i64, Role)>) -> Vec<Tie> {
    let mut rows = Vec::with_capacity(2 * ties.len());
    for tie in ties {
        // A tie that began later never held.
        let on = asked.from.max(tie.from_on);
        rows.push(Tie { to_on: Some(on), ..*tie });
        if !shared.contains(&(tie.household_id, tie.role)) {
            rows.push(Tie { officer_id: asked.heir_id, from_on: on, to_on: None, ..*tie });
        }
    }
    rows
}

/// Lets the loans name whoever takes over from the day on.
async fn name_heir(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    (officer_id, asked): (i64, &Asked),
    works: Vec<(Work, Fold)>,
) -> Result<(), Error> {
    let is_asked = |role| asked.role.is_none_or(|wanted| wanted == role);
    let heir = |role, id: Option<i64>| {
        if id == Some(officer_id) && is_asked(role) { Some(asked.heir_id) } else { id }
    };
    let mut changed = Vec::with_capacity(works.len());
    for (mut work, folded) in works {
        let placed = folded.placed_anew(asked.from, |placement| Placement {
            manager_id: heir(Role::CreditManager, placement.manager_id),
            ..placement
        });
        let mut about = folded.about.clone();
        about.guide_id = heir(Role::IndustryGuide, about.guide_id);
        about.technologist_id = heir(Role::TechnologyOfficer, about.technologist_id);
        let placed = placed.into_iter().map(|(day, placement)| (day, EventKind::Placed { placement }));
        let described = (about != folded.about).then_some((asked.from, EventKind::Described { about }));
        book::append(&mut work.events, placed.chain(described), stamp.at);
        changed.push(work);
    }
    let county = county::get(tx, county_id).await?;
    let rules = Rules::load(tx, &county, None).await?;
    book::save(tx, &county, stamp, &rules, None, &mut changed).await
}
