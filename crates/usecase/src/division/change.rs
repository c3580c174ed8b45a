//! Places change: a township or a village is added, gets another name, or ends, from a day on. What past days say of a
//! place stays as it was.

use std::collections::BTreeMap;

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_domain::text::squeeze;
use bangfu_store::county::{self, County};
use bangfu_store::division::{self, ALWAYS, Term};
use bangfu_store::{Db, Tx, audit};
use jiff::civil::Date;
use serde_json::json;

use super::PlaceFault;
use crate::amendment::mark;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::init::closure;
use crate::reason::sound_reason;

/// The longest name of a place, in characters.
pub const NAME_MAX: usize = 40;

/// Digits of a code that tell the place in which one of a level lies.
const fn prefix(level: Level) -> usize {
    match level {
        Level::Village => 9,
        _ => 6,
    }
}

/// A place of the county, with all that it was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its terms in order; never empty.
    pub terms: Vec<Term>,
    /// The places that lie in it, each as it is called last, by code.
    pub within: Vec<Term>,
    /// The mark of what is known of it, for who would change it.
    pub seen: String,
}

impl Place {
    /// As it is called last.
    pub fn last(&self) -> &Term {
        self.terms.last().expect("invariant: a place has a name")
    }
}

/// A change as somebody wants it who has the place before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The mark of what they saw of it.
    pub seen: String,
    /// The first day on which it holds.
    pub from: Date,
    /// Why: the notice, the decision.
    pub reason: String,
}

/// The places of a county and what it lies in, with all that they were called.
struct Known {
    county: County,
    terms: Vec<Term>,
}

impl Known {
    async fn load(tx: &mut Tx, ctx: &Ctx) -> Result<Known, Error> {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        let county = county::get(tx, county_id).await?;
        let mut terms = division::ancestors(tx, county.division_id).await?;
        terms.extend(division::terms(tx, county.division_id).await?);
        Ok(Known { county, terms })
    }

    /// All that a township or village of the county was called.
    fn place(&self, division_id: i64) -> Result<Vec<Term>, Refusal> {
        let of = self.terms.iter().filter(|term| term.division_id == division_id);
        let terms: Vec<Term> = of.filter(|term| term.level > Level::County).cloned().collect();
        if terms.is_empty() { Err(Refusal::NotFound) } else { Ok(terms) }
    }

    /// Those that lie in a place, each as it is called last, by code.
    fn within(&self, division_id: i64) -> Vec<Term> {
        let mut last: BTreeMap<i64, &Term> = BTreeMap::new();
        for term in self.terms.iter().filter(|term| term.parent_id == Some(division_id)) {
            let newest = last.entry(term.division_id).or_insert(term);
            if newest.valid_from < term.valid_from {
                *newest = term;
            }
        }
        let mut within: Vec<Term> = last.into_values().cloned().collect();
        within.sort_by(|one, other| one.code.cmp(&other.code));
        within
    }

    /// The place in which new ones may lie: the county itself, or a township of it.
    fn parent(&self, division_id: i64) -> Result<Vec<Term>, Refusal> {
        let of = self.terms.iter().filter(|term| term.division_id == division_id);
        let terms: Vec<Term> =
            of.filter(|term| matches!(term.level, Level::County | Level::Township)).cloned().collect();
        let is_own =
            division_id == self.county.division_id || terms.iter().any(|term| term.level == Level::Township);
        if terms.is_empty() || !is_own { Err(Refusal::NotFound) } else { Ok(terms) }
    }

    /// Refuses a name or a code that another place bears on a day.
    fn refuse_taken(&self, wanted: &Term) -> Result<(), Error> {
        let then = |term: &&Term| {
            term.division_id != wanted.division_id
                && term.valid_from <= wanted.valid_to
                && term.valid_to >= wanted.valid_from
        };
        if let Some(other) = self.terms.iter().filter(then).find(|term| term.code == wanted.code) {
            return Err(PlaceFault::CodeTaken { name: other.name.clone() }.into());
        }
        let beside = self.terms.iter().filter(then).filter(|term| term.parent_id == wanted.parent_id);
        match beside.into_iter().find(|term| squeeze(&term.name) == squeeze(&wanted.name)) {
            Some(other) => Err(PlaceFault::NameTaken { name: other.name.clone() }.into()),
            None => Ok(()),
        }
    }
}

fn seen(terms: &[Term]) -> String {
    let told = terms.iter().map(|term| {
        format!("{} {} {} {:?}\n", term.code, term.name, term.valid_from, (term.valid_to, term.parent_id))
    });
    mark(Some(&told.collect::<String>()))
}

/// A township or village of the county; the county itself for its townships.
pub async fn place(tx: &mut Tx, ctx: &Ctx, division_id: i64) -> Result<Place, Error> {
    let known = Known::load(tx, ctx).await?;
    let terms = match known.place(division_id) {
        Ok(terms) => terms,
        Err(refusal) if division_id != known.county.division_id => return Err(refusal.into()),
        Err(_) => known.parent(division_id)?,
    };
    Ok(Place { within: known.within(division_id), seen: seen(&terms), terms })
}

fn sound_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains(char::is_control);
    if sound { Ok(name.to_owned()) } else { Err(PlaceFault::Name { max: NAME_MAX }.into()) }
}

fn sound_change(ctx: &Ctx, change: &Change) -> Result<String, Error> {
    if change.from < ctx.today {
        return Err(Refusal::DayPast { day: change.from }.into());
    }
    Ok(sound_reason(&change.reason, Refusal::Place(PlaceFault::NoReason))?)
}

/// Adds a township to the county, or a village to a township; its id.
pub async fn add(
    db: &Db,
    ctx: &Ctx,
    parent_id: i64,
    (code, name): (&str, &str),
    change: &Change,
) -> Result<i64, Error> {
    let (reason, name, code) = (sound_change(ctx, change)?, sound_name(name)?, code.trim().to_owned());
    in_write!(db, |tx| async {
        let known = Known::load(tx, ctx).await?;
        let parents = known.parent(parent_id)?;
        let parent =
            parents.iter().find(|term| term.valid_from <= change.from && change.from <= term.valid_to);
        let parent = parent.ok_or(Error::from(PlaceFault::NotThen))?;
        let level = if parent.level == Level::County { Level::Township } else { Level::Village };
        let begins = parent.code.get(..prefix(level)).unwrap_or_default().to_owned();
        let rest = code.strip_prefix(&begins).unwrap_or_default();
        // A township's code ends with three noughts, and no place's own digits are noughts alone.
        let (own, ends) = rest.split_at_checked(3).unwrap_or_default();
        let is_sound = code.len() == 12
            && code.bytes().all(|byte| byte.is_ascii_digit())
            && own.len() == 3
            && own != "000"
            && (level == Level::Village || ends == "000");
        if !is_sound {
            return Err(PlaceFault::Code { begins }.into());
        }
        let division_id = division::next_id(tx).await?;
        let term = Term {
            division_id,
            level,
            code: code.clone(),
            name: name.clone(),
            parent_id: Some(parent_id),
            valid_from: change.from,
            valid_to: ALWAYS.1,
        };
        known.refuse_taken(&term)?;
        write(tx, ctx, known, vec![term], ("place-added", &reason)).await?;
        Ok::<i64, Error>(division_id)
    })
}

/// Gives a place another name from a day on.
pub async fn rename(db: &Db, ctx: &Ctx, division_id: i64, name: &str, change: &Change) -> Result<(), Error> {
    let (reason, name) = (sound_change(ctx, change)?, sound_name(name)?);
    in_write!(db, |tx| async {
        let (known, mut terms) = unmoved(tx, ctx, division_id, change).await?;
        let last = terms.pop().ok_or(Refusal::NotFound)?;
        if last.name == name {
            return Err(PlaceFault::Unchanged.into());
        }
        let new = Term { name: name.clone(), valid_from: change.from.max(last.valid_from), ..last.clone() };
        known.refuse_taken(&new)?;
        if last.valid_from < new.valid_from {
            terms.push(Term { valid_to: add_days(new.valid_from, -1), ..last });
        }
        terms.push(new);
        write(tx, ctx, known, terms, ("place-renamed", &reason)).await
    })
}

/// Ends a place: from the day on it is not on the list. Nothing may belong there any more.
pub async fn end(db: &Db, ctx: &Ctx, division_id: i64, change: &Change) -> Result<(), Error> {
    let reason = sound_change(ctx, change)?;
    in_write!(db, |tx| async {
        let (known, mut terms) = unmoved(tx, ctx, division_id, change).await?;
        let villages = known.within(division_id);
        let count = villages.iter().filter(|village| village.valid_to >= change.from).count();
        if count > 0 {
            return Err(PlaceFault::HasVillages { count }.into());
        }
        let (households, loans, officers) =
            division::belonging(tx, known.county.county_id, division_id).await?;
        if households + loans + officers > 0 {
            return Err(PlaceFault::Inhabited { households, loans, officers }.into());
        }
        let last = terms.last_mut().ok_or(Refusal::NotFound)?;
        if last.valid_from >= change.from {
            return Err(PlaceFault::NotThen.into());
        }
        last.valid_to = add_days(change.from, -1);
        write(tx, ctx, known, terms, ("place-ended", &reason)).await
    })
}

/// A place as its changer saw it, whose last name holds on the day of the change.
async fn unmoved(
    tx: &mut Tx,
    ctx: &Ctx,
    division_id: i64,
    change: &Change,
) -> Result<(Known, Vec<Term>), Error> {
    let known = Known::load(tx, ctx).await?;
    let terms = known.place(division_id)?;
    if seen(&terms) != change.seen {
        return Err(PlaceFault::MovedOn.into());
    }
    let holds =
        terms.last().is_some_and(|last| last.valid_from <= change.from && change.from <= last.valid_to);
    if holds { Ok((known, terms)) } else { Err(PlaceFault::NotThen.into()) }
}

/// Writes what a place is called from now on, and what lies in what.
async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    mut known: Known,
    terms: Vec<Term>,
    (action, reason): (&'static str, &str),
) -> Result<(), Error> {
    let Some(last) = terms.last().cloned() else { return Ok(()) };
    let division_id = last.division_id;
    // What lies in it is told anew with it.
    let mut touched: Vec<i64> = known.within(division_id).iter().map(|term| term.division_id).collect();
    touched.push(division_id);
    known.terms.retain(|term| term.division_id != division_id);
    known.terms.extend(terms.iter().cloned());
    let links: Vec<_> =
        closure(&known.terms).into_iter().filter(|link| touched.contains(&link.descendant_id)).collect();
    let stamp = county::stamp(tx, known.county.county_id, ctx.micros()).await?;
    division::replace(tx, division_id, &touched, (&terms, &links)).await?;
    let facts = json!({ "code": last.code, "name": last.name, "from": last.valid_from, "to": last.valid_to });
    note(tx, ctx, stamp, (action, reason), division_id, &facts).await
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: county::Stamp,
    (action, reason): (&'static str, &str),
    division_id: i64,
    facts: &serde_json::Value,
) -> Result<(), Error> {
    let mut entry = ctx.entry(action, division_id.to_string(), facts);
    entry.reason = Some(reason.to_owned());
    audit::add(tx, ctx.county_id(), stamp, &entry).await?;
    Ok(audit::note_changes(tx, ctx.county_id(), stamp, "division", &[division_id]).await?)
}
