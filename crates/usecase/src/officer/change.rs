//! Officers are added and corrected by hand, leave from a day on, and the leaving is taken back.

use std::collections::BTreeSet;

use bangfu_domain::officer::Role;
use bangfu_store::county::{self, County};
use bangfu_store::former_name::{self, FormerName};
use bangfu_store::officer::{self, Officer};
use bangfu_store::person::{self, Person, SecretKind};
use bangfu_store::{Db, Scope, Tx, division, gone, tie};
use serde_json::json;

use super::hand_over::carried;
use crate::amendment::mark;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::keep::{Change, KeepFault, note, refuse_unless_seen, sound_change, sound_name, whole};
use crate::loan::mask_phone;

/// The longest phone number, in characters.
const PHONE_MAX: usize = 20;

/// An officer as whoever keeps them sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The officer.
    pub officer: Officer,
    /// Their phone number, masked, where one is known.
    pub phone_masked: Option<String>,
    /// What files called them, the oldest first.
    pub called: Vec<String>,
    /// The mark of what is known of them, for who would change it.
    pub seen: String,
}

/// What is said of an officer by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Their name.
    pub name: String,
    /// The county, or a township or village of it, where they serve.
    pub division_id: i64,
    /// What they do.
    pub roles: BTreeSet<Role>,
    /// Their phone number; an empty one leaves it as it is.
    pub phone: String,
}

/// The county's officers, those who have left included, by place and name.
pub async fn all(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Officer>, Error> {
    Ok(officer::list_in(tx, &Scope::county(whole(ctx)?), ctx.today).await?)
}

/// An officer of the county.
pub async fn kept(tx: &mut Tx, db: &Db, ctx: &Ctx, officer_id: i64) -> Result<Kept, Error> {
    let county_id = whole(ctx)?;
    let found = all(tx, ctx).await?.into_iter().find(|one| one.officer_id == officer_id);
    let officer = found.ok_or(Refusal::NotFound)?;
    let persons = [officer.person_id];
    let phone = person::secrets(tx, db.key(), county_id, SecretKind::Phone, &persons).await?.pop();
    let hashes = person::hashes(tx, county_id, SecretKind::Phone, &persons).await?;
    let former = former_name::list(tx, county_id, gone::Noun::Officer).await?.into_iter();
    let called = former.filter(|one| one.row_id == officer_id).map(|one| one.name).collect();
    let seen = mark(Some(&format!("{officer:?} {hashes:?}")));
    Ok(Kept { officer, phone_masked: phone.map(|(_, phone)| mask_phone(&phone)), called, seen })
}

struct Sound {
    name: String,
    phone: Option<String>,
    roles: Vec<Role>,
}

/// What is said, where it can be so; another officer may bear the name elsewhere.
async fn sound(tx: &mut Tx, ctx: &Ctx, county: &County, said: &Said, own: i64) -> Result<Sound, Error> {
    let name = sound_name(&said.name)?;
    let phone = said.phone.trim();
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let is_phone = phone.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'));
    if !phone.is_empty() && (!is_phone || phone.len() > PHONE_MAX || digits < 5) {
        return Err(KeepFault::Phone.into());
    }
    if said.roles.is_empty() {
        return Err(KeepFault::NoRole.into());
    }
    let places = division::subtree(tx, county.division_id, ctx.today).await?;
    if !places.iter().any(|place| place.division_id == said.division_id) {
        return Err(KeepFault::NoPlace.into());
    }
    let same =
        |one: &&Officer| one.officer_id != own && one.division_id == said.division_id && one.name == name;
    if let Some(other) = all(tx, ctx).await?.iter().find(same) {
        return Err(KeepFault::NameTaken { name: other.name.clone() }.into());
    }
    let phone = (!phone.is_empty()).then(|| phone.to_owned());
    Ok(Sound { name, phone, roles: said.roles.iter().copied().collect() })
}

/// Adds an officer; their id.
pub async fn add(db: &Db, ctx: &Ctx, said: &Said, reason: &str) -> Result<i64, Error> {
    let county_id = whole(ctx)?;
    let change = Change { seen: String::new(), from: ctx.today, reason: reason.to_owned() };
    let reason = sound_change(ctx, &change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, county_id).await?;
        let Sound { name, phone, roles } = sound(tx, ctx, &county, said, 0).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let person_id = county::take_ids(tx, county_id, 2).await?;
        let (officer_id, division_id) = (person_id + 1, said.division_id);
        put_person(tx, db, county_id, (person_id, &name), phone).await?;
        let officer =
            Officer { officer_id, person_id, division_id, name, confirmed: true, left_on: None, roles };
        officer::put(tx, county_id, std::slice::from_ref(&officer)).await?;
        let what = ("officer-added", reason.as_str());
        note(tx, ctx, stamp, what, ("officer", officer_id), &facts(&officer)).await?;
        Ok::<i64, Error>(officer_id)
    })
}

/// Corrects what is said of an officer. A name that was wrong is kept: files that bring it still mean them.
pub async fn correct(db: &Db, ctx: &Ctx, officer_id: i64, said: &Said, change: &Change) -> Result<(), Error> {
    let (county_id, reason) = (whole(ctx)?, sound_change(ctx, change)?);
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, county_id).await?;
        let Kept { officer, seen, .. } = kept(tx, db, ctx, officer_id).await?;
        refuse_unless_seen(&change.seen, &seen)?;
        let Sound { name, phone, mut roles } = sound(tx, ctx, &county, said, officer_id).await?;
        roles.sort_unstable_by_key(|role| role.key());
        let new = Officer { name, division_id: said.division_id, roles, confirmed: true, ..officer.clone() };
        if new == officer && phone.is_none() {
            return Err(KeepFault::Unchanged.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let before = facts(&officer);
        if new.name != officer.name {
            let former = FormerName { row_id: officer_id, name: officer.name, until_on: ctx.today };
            former_name::add(tx, county_id, gone::Noun::Officer, &former).await?;
        }
        put_person(tx, db, county_id, (officer.person_id, &new.name), phone).await?;
        officer::put(tx, county_id, std::slice::from_ref(&new)).await?;
        let mut said = facts(&new);
        said["before"] = before;
        let what = ("officer-corrected", reason.as_str());
        note(tx, ctx, stamp, what, ("officer", officer_id), &said).await
    })
}

async fn put_person(
    tx: &mut Tx,
    db: &Db,
    county_id: i64,
    (person_id, name): (i64, &str),
    phone: Option<String>,
) -> Result<(), Error> {
    let person = Person { person_id, household_id: None, name: name.to_owned(), is_head: false };
    person::put(tx, county_id, &[person]).await?;
    let secret = phone.map(|phone| (person_id, SecretKind::Phone, phone));
    Ok(person::put_secrets(tx, db.key(), county_id, &secret.into_iter().collect::<Vec<_>>()).await?)
}

fn facts(officer: &Officer) -> serde_json::Value {
    let roles: Vec<&str> = officer.roles.iter().map(|role| role.key()).collect();
    json!({ "name": officer.name, "place": officer.division_id, "roles": roles, "left_on": officer.left_on })
}

/// Notes that an officer serves no more from a day on: nothing may be in their care then.
pub async fn leave(db: &Db, ctx: &Ctx, officer_id: i64, change: &Change) -> Result<(), Error> {
    let (county_id, reason) = (whole(ctx)?, sound_change(ctx, change)?);
    in_write!(db, ctx.county_id(), |tx| async {
        let Kept { officer, seen, .. } = kept(tx, db, ctx, officer_id).await?;
        refuse_unless_seen(&change.seen, &seen)?;
        if officer.left_on.is_some() {
            return Err(KeepFault::Unchanged.into());
        }
        let carried = carried(tx, county_id, officer_id, change.from, None).await?;
        if !carried.ties.is_empty() || carried.owing() > 0 {
            let (households, loans) = (carried.households(), carried.owing());
            return Err(KeepFault::StillHolds { households, loans }.into());
        }
        // A tie that ended later was theirs until then.
        let last = tie::last_day_of(tx, county_id, officer_id).await?;
        if let Some(first) = last.filter(|last| *last > change.from) {
            return Err(KeepFault::NotThen { first }.into());
        }
        let gone = Officer { left_on: Some(change.from), ..officer };
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        officer::put(tx, county_id, std::slice::from_ref(&gone)).await?;
        note(tx, ctx, stamp, ("officer-left", &reason), ("officer", officer_id), &facts(&gone)).await
    })
}

/// Takes back that an officer left: they count as serving on every day, also on those between. The record keeps from which
/// day on they had left.
pub async fn come_back(
    db: &Db,
    ctx: &Ctx,
    officer_id: i64,
    (seen, reason): (&str, &str),
) -> Result<(), Error> {
    let county_id = whole(ctx)?;
    let change = Change { seen: seen.to_owned(), from: ctx.today, reason: reason.to_owned() };
    let reason = sound_change(ctx, &change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let Kept { officer, seen, .. } = kept(tx, db, ctx, officer_id).await?;
        refuse_unless_seen(&change.seen, &seen)?;
        let had_left_on = officer.left_on.ok_or(KeepFault::Unchanged)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let officer = Officer { left_on: None, ..officer };
        officer::put(tx, county_id, std::slice::from_ref(&officer)).await?;
        let mut told = facts(&officer);
        told["had_left_on"] = json!(had_left_on);
        note(tx, ctx, stamp, ("officer-back", &reason), ("officer", officer_id), &told).await
    })
}
