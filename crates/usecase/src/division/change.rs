//! Places change: a township or a village is added, gets another name, or ends, from a day on. What past days say of a
//! place stays as it was.

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_store::division::{self, ALWAYS, Term};
use bangfu_store::{Db, Tx};
use jiff::civil::Date;
use serde_json::json;

use super::PlaceFault;
use super::known::{Done, Known, from_day, seen, write};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
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
    /// For a village, the townships to which it may move.
    pub townships: Vec<(Term, String)>,
    /// The places of its level that may take over what lies in it, those beside it first, each with the name of its
    /// township where that is another one.
    pub beside: Vec<(Term, String)>,
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

/// A township or village of the county; the county itself for its townships.
pub async fn place(tx: &mut Tx, ctx: &Ctx, division_id: i64) -> Result<Place, Error> {
    let known = Known::load(tx, ctx).await?;
    let terms = match known.place(division_id) {
        Ok(terms) => terms,
        Err(refusal) if division_id != known.county.division_id => return Err(refusal.into()),
        Err(_) => known.parent(division_id)?,
    };
    let seen = seen(&terms);
    let (townships, beside) = match terms.last() {
        Some(last) if last.level > Level::County => known.elsewhere(last),
        _ => (Vec::new(), Vec::new()),
    };
    Ok(Place { within: known.within(division_id), townships, beside, seen, terms })
}

pub(super) fn sound_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains(char::is_control);
    if sound { Ok(name.to_owned()) } else { Err(PlaceFault::Name { max: NAME_MAX }.into()) }
}

pub(super) fn sound_change(ctx: &Ctx, change: &Change) -> Result<String, Error> {
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
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        let parents = known.parent(parent_id)?;
        let parent =
            parents.iter().find(|term| term.valid_from <= change.from && change.from <= term.valid_to);
        let parent = parent.ok_or(Error::from(PlaceFault::NotThen))?;
        let level = if parent.level == Level::County { Level::Township } else { Level::Village };
        refuse_unsound(&code, level, parent)?;
        let division_id = division::next_id(tx).await?;
        let term = Term {
            division_id,
            level,
            code: code.clone(),
            name: name.clone(),
            parent_id: Some(parent_id),
            valid_from: change.from,
            valid_to: ALWAYS.1,
            successor_id: None,
        };
        write(tx, ctx, known, vec![term.clone()], told("place-added", &reason, &term)).await?;
        Ok::<i64, Error>(division_id)
    })
}

/// Gives a place another name from a day on.
pub async fn rename(db: &Db, ctx: &Ctx, division_id: i64, name: &str, change: &Change) -> Result<(), Error> {
    let (reason, name) = (sound_change(ctx, change)?, sound_name(name)?);
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        let terms = known.unmoved(division_id, change)?;
        if terms.last().is_some_and(|last| last.name == name) {
            return Err(PlaceFault::Unchanged.into());
        }
        let terms = from_day(terms, change.from, |last| Term { name: name.clone(), ..last });
        let done = told("place-renamed", &reason, terms.last().ok_or(Refusal::NotFound)?);
        write(tx, ctx, known, terms, done).await
    })
}

/// Ends a place: from the day on it is not on the list. Nothing may belong there any more.
pub async fn end(db: &Db, ctx: &Ctx, division_id: i64, change: &Change) -> Result<(), Error> {
    let reason = sound_change(ctx, change)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let known = Known::load(tx, ctx).await?;
        let mut terms = known.unmoved(division_id, change)?;
        let villages = known.within(division_id);
        let count = villages.iter().filter(|village| village.valid_to >= change.from).count();
        if count > 0 {
            return Err(PlaceFault::HasVillages { count }.into());
        }
        let belong = known.stands_for(division_id, ALWAYS.1);
        let (households, loans, officers) = division::belonging(tx, known.county.county_id, &belong).await?;
        if households + loans + officers > 0 {
            return Err(PlaceFault::Inhabited { households, loans, officers }.into());
        }
        let last = terms.last_mut().ok_or(Refusal::NotFound)?;
        if last.valid_from >= change.from {
            return Err(PlaceFault::NotThen.into());
        }
        last.valid_to = add_days(change.from, -1);
        let done = told("place-ended", &reason, last);
        write(tx, ctx, known, terms, done).await
    })
}

/// A change of a place as it is recorded, which is called so last.
pub(super) fn told<'a>(action: &'static str, reason: &'a str, last: &Term) -> Done<'a> {
    let facts = json!({ "code": last.code, "name": last.name, "from": last.valid_from, "to": last.valid_to });
    Done { action, reason, division_id: last.division_id, facts }
}

/// Refuses a code that is none of a level in a place.
pub(super) fn refuse_unsound(code: &str, level: Level, parent: &Term) -> Result<(), Error> {
    let begins = parent.code.get(..prefix(level)).unwrap_or_default().to_owned();
    let rest = code.strip_prefix(&begins).unwrap_or_default();
    // A township's code ends with three noughts, and no place's own digits are noughts alone.
    let (own, ends) = rest.split_at_checked(3).unwrap_or_default();
    let is_sound = code.len() == 12
        && code.bytes().all(|byte| byte.is_ascii_digit())
        && own.len() == 3
        && own != "000"
        && (level == Level::Village || ends == "000");
    if is_sound { Ok(()) } else { Err(PlaceFault::Code { begins }.into()) }
}
