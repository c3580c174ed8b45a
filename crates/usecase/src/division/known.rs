//! The places of a county as they are known, and how a change of them is written: what they are called, what lies in what,
//! and the boards that follow from it, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::{Level, Succession};
use bangfu_domain::loan::add_days;
use bangfu_domain::text::squeeze;
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::division::{self, ALWAYS, Link, Term};
use bangfu_store::{Tx, audit, rule_change};
use jiff::civil::Date;

use super::PlaceFault;
use super::change::Change;
use crate::amendment::mark;
use crate::book::relocate;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::init::closure;
use crate::rulebook::RuleBook;
use crate::rules::Rules;

/// A place with the name of another one before it.
type Named = (Term, String);

/// The places of a county and what it lies in, with all that they were called.
pub(super) struct Known {
    pub(super) county: County,
    pub(super) terms: Vec<Term>,
}

impl Known {
    /// Loads them for whoever sees the whole county.
    pub(super) async fn load(tx: &mut Tx, ctx: &Ctx) -> Result<Known, Error> {
        let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
        let county = county::get(tx, county_id).await?;
        let mut terms = division::ancestors(tx, county.division_id).await?;
        terms.extend(division::terms(tx, county.division_id).await?);
        Ok(Known { county, terms })
    }

    /// All that a division was called, in order.
    pub(super) fn of(&self, division_id: i64) -> Vec<Term> {
        self.terms.iter().filter(|term| term.division_id == division_id).cloned().collect()
    }

    /// All that a township or village of the county was called.
    pub(super) fn place(&self, division_id: i64) -> Result<Vec<Term>, Refusal> {
        let mut terms = self.of(division_id);
        terms.retain(|term| term.level > Level::County);
        if terms.is_empty() { Err(Refusal::NotFound) } else { Ok(terms) }
    }

    /// The townships and villages of a day.
    pub(super) fn on(&self, day: Date) -> impl Iterator<Item = &Term> {
        let then = move |term: &&Term| term.valid_from <= day && day <= term.valid_to;
        self.terms.iter().filter(|term| term.level > Level::County).filter(then)
    }

    /// A place as it is called on a day.
    pub(super) fn term(&self, division_id: i64, day: Date) -> Option<&Term> {
        self.on(day).find(|term| term.division_id == division_id)
    }

    /// Those that lie in a place, each as it is called last, by code.
    pub(super) fn within(&self, division_id: i64) -> Vec<Term> {
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

    /// For a place, the townships in which it does not lie, and the places of its level, those beside it first, each with
    /// the name of its township where that is another one; all that are on the list for good.
    pub(super) fn elsewhere(&self, place: &Term) -> (Vec<Named>, Vec<Named>) {
        let lasting = || self.on(ALWAYS.1).filter(|term| term.division_id != place.division_id);
        let name_of = |id: Option<i64>| {
            let township = id.and_then(|id| self.term(id, ALWAYS.1)).filter(|_| id != place.parent_id);
            township.map_or_else(String::new, |township| township.name.clone())
        };
        let mut beside: Vec<Named> = lasting()
            .filter(|term| term.level == place.level)
            .map(|term| (term.clone(), name_of(term.parent_id)))
            .collect();
        beside.sort_by_key(|(term, _)| (term.parent_id != place.parent_id, term.code.clone()));
        let elsewhere =
            |term: &&Term| term.level == Level::Township && Some(term.division_id) != place.parent_id;
        let townships = lasting().filter(elsewhere).filter(|_| place.level == Level::Village);
        let mut townships: Vec<Named> = townships.map(|term| (term.clone(), String::new())).collect();
        townships.sort_by(|(one, _), (other, _)| one.code.cmp(&other.code));
        (townships, beside)
    }

    /// The place in which new ones may lie: the county itself, or a township of it.
    pub(super) fn parent(&self, division_id: i64) -> Result<Vec<Term>, Refusal> {
        let mut terms = self.of(division_id);
        terms.retain(|term| matches!(term.level, Level::County | Level::Township));
        let is_own =
            division_id == self.county.division_id || terms.iter().any(|term| term.level == Level::Township);
        if terms.is_empty() || !is_own { Err(Refusal::NotFound) } else { Ok(terms) }
    }

    /// A place with all whose successor it is on a day.
    pub(super) fn stands_for(&self, division_id: i64, day: Date) -> Vec<i64> {
        let ended = self
            .terms
            .iter()
            .filter_map(|term| Some((term.division_id, add_days(term.valid_to, 1), term.successor_id?)));
        let succession = Succession::new(ended);
        let ended: Vec<i64> = succession.ended().collect();
        let led_here = ended.into_iter().filter(|place| succession.on(*place, day) == division_id);
        led_here.chain([division_id]).collect()
    }

    /// A place as its changer saw it, whose last name holds on the day of the change.
    pub(super) fn unmoved(&self, division_id: i64, change: &Change) -> Result<Vec<Term>, Error> {
        let terms = self.place(division_id)?;
        if seen(&terms) != change.seen {
            return Err(PlaceFault::MovedOn.into());
        }
        let holds =
            terms.last().is_some_and(|last| last.valid_from <= change.from && change.from <= last.valid_to);
        if holds { Ok(terms) } else { Err(PlaceFault::NotThen.into()) }
    }
}

/// The mark of what is known of a place.
pub(super) fn seen(terms: &[Term]) -> String {
    let told = terms.iter().map(|term| {
        format!("{} {} {} {:?}\n", term.code, term.name, term.valid_from, (term.valid_to, term.parent_id))
    });
    mark(Some(&told.collect::<String>()))
}

/// What a place is called from a day on: its last term ends the day before, and what becomes of it follows. A term that
/// begins on the day gives way.
pub(super) fn from_day(mut terms: Vec<Term>, day: Date, turn: impl FnOnce(Term) -> Term) -> Vec<Term> {
    let Some(last) = terms.pop() else { return terms };
    let new = turn(Term { valid_from: day.max(last.valid_from), ..last.clone() });
    if last.valid_from < new.valid_from {
        terms.push(Term { valid_to: add_days(new.valid_from, -1), ..last });
    }
    terms.push(new);
    terms
}

/// Refuses terms of which one bears a name or a code that another place bears on the same day.
fn refuse_taken(changed: &[Term], all: &[Term]) -> Result<(), Error> {
    for wanted in changed {
        let then = |term: &&Term| {
            term.division_id != wanted.division_id
                && term.valid_from <= wanted.valid_to
                && term.valid_to >= wanted.valid_from
        };
        // A city whose only county bears its code stands in the list twice.
        let is_its_city = |term: &&Term| wanted.level == Level::County && term.level == Level::City;
        let mut alike = all.iter().filter(then).filter(|term| term.code == wanted.code);
        if let Some(other) = alike.find(|term| !is_its_city(term)) {
            return Err(PlaceFault::CodeTaken { name: other.name.clone() }.into());
        }
        let mut beside = all.iter().filter(then).filter(|term| term.parent_id == wanted.parent_id);
        if let Some(other) = beside.find(|term| squeeze(&term.name) == squeeze(&wanted.name)) {
            return Err(PlaceFault::NameTaken { name: other.name.clone() }.into());
        }
    }
    Ok(())
}

/// A change as it is recorded.
pub(super) struct Done<'a> {
    /// The word for it.
    pub(super) action: &'static str,
    /// Why.
    pub(super) reason: &'a str,
    /// The place that was changed.
    pub(super) division_id: i64,
    /// What else is told of it.
    pub(super) facts: serde_json::Value,
}

/// Writes all that some places are called from now on, what lies in what, and what follows from it for loans and boards:
/// nothing but what the change touches.
///
/// # Errors
/// Two places would bear one code or, beside each other, one name.
pub(super) async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    known: Known,
    changed: Vec<Term>,
    done: Done<'_>,
) -> Result<(), Error> {
    let Known { county, mut terms } = known;
    let renamed: BTreeSet<i64> = changed.iter().map(|term| term.division_id).collect();
    let links_before = by_descendant(closure(&terms));
    terms.retain(|term| !renamed.contains(&term.division_id));
    terms.extend(changed.iter().cloned());
    refuse_taken(&changed, &terms)?;
    let mut links = by_descendant(closure(&terms));
    links.retain(|division, links| links_before.get(division) != Some(links));
    let moved: Vec<i64> = links.keys().copied().collect();
    let links: Vec<Link> = links.into_values().flatten().collect();
    let before = Rules::load(tx, &county, None).await?;
    let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
    let renamed: Vec<i64> = renamed.into_iter().collect();
    division::replace(tx, (&renamed, &changed), (&moved, &links)).await?;
    let county = county::get(tx, county.county_id).await?;
    let after = Rules::load(tx, &county, None).await?;
    let loans = relocate(tx, &county, stamp, (&before, &after), &elsewhere(&before, &after)).await?;
    if before.own_packs() != after.own_packs() {
        // By other packs all loans are judged anew, page by page: whoever changes the code goes on with it.
        let book = RuleBook::of_county(tx, county.county_id, None).await?;
        rule_change::add(tx, county.county_id, stamp.at, book.digest(), book.body()).await?;
    }
    let mut facts = done.facts.clone();
    if loans > 0 {
        facts["loans"] = loans.into();
    }
    note(tx, ctx, stamp, &Done { facts, ..done }).await?;
    Ok(audit::note_changes(tx, ctx.county_id(), stamp, "division", &renamed).await?)
}

fn by_descendant(links: Vec<Link>) -> BTreeMap<i64, Vec<Link>> {
    let mut by: BTreeMap<i64, Vec<Link>> = BTreeMap::new();
    for link in links {
        by.entry(link.descendant_id).or_default().push(link);
    }
    by
}

/// The villages that lie elsewhere on some day than before, or of which something took over.
fn elsewhere(before: &Rules, after: &Rules) -> Vec<i64> {
    let villages: BTreeSet<i64> = before.townships.keys().chain(after.townships.keys()).copied().collect();
    let differs = |village: &i64| {
        before.townships.get(village) != after.townships.get(village)
            || before.succession.next(*village, Date::MIN) != after.succession.next(*village, Date::MIN)
    };
    villages.into_iter().filter(differs).collect()
}

/// Records a change.
pub(super) async fn note(tx: &mut Tx, ctx: &Ctx, stamp: Stamp, done: &Done<'_>) -> Result<(), Error> {
    let mut entry = ctx.entry(done.action, done.division_id.to_string(), &done.facts);
    entry.reason = Some(done.reason.to_owned());
    Ok(audit::add(tx, ctx.county_id(), stamp, &entry).await?)
}
