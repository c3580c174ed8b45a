//! Rebuilding what is derived from the events, or proving that it equals them.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::loan::{Interval, LoanEvent, add_days};
use bangfu_store::board::Delta;
use bangfu_store::county::{County, Stamp};
use bangfu_store::loan::{Loan, Place, StoredInterval};
use bangfu_store::{Db, Tx, audit, board, county, loan, name_term, statistics};
use jiff::civil::Date;
use serde_json::json;

use crate::book::{Deltas, derive, places_of, projection_day};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::import::Meter;
use crate::in_write;
use crate::rules::Rules;

/// What a comparison of the derived with the events found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Loans compared.
    pub loans: usize,
    /// Loans whose row differs, by number.
    pub rows: Vec<String>,
    /// Loans whose history differs, by number; by id where no row gives one.
    pub histories: Vec<String>,
    /// Cells of the board's differences that differ.
    pub cells: usize,
    /// Parts of names without which somebody is not found.
    pub names: usize,
    /// Loans that are lost in part: with events and no row, by id, or with a row and no events, by number. Neither
    /// can be made from the other: the events do not tell a loan's number, institution and household.
    pub lost: Vec<String>,
}

impl Comparison {
    /// True if everything derived equals the events.
    pub fn is_equal(&self) -> bool {
        self.lost.is_empty() && !self.can_mend()
    }

    /// True if something differs that follows from the events.
    fn can_mend(&self) -> bool {
        !self.rows.is_empty() || !self.histories.is_empty() || self.cells > 0 || self.names > 0
    }
}

/// Compares everything derived with the events, and writes nothing.
pub async fn compare(db: &Db, ctx: &Ctx) -> Result<Comparison, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    Ok(Derived::load(&mut tx, &county).await?.comparison)
}

/// Compares everything derived with the events, and replaces it by what the events say.
pub async fn rebuild(db: &Db, ctx: &Ctx) -> Result<Comparison, Error> {
    let found = in_write!(db, |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let derived = Derived::load(tx, &county).await?;
        if derived.comparison.can_mend() {
            let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
            derived.save(tx, &county, stamp).await?;
            let facts = derived.comparison.facts();
            audit::add(
                tx,
                county.county_id,
                stamp,
                &ctx.entry("rebuild", county.on(ctx.today).code.clone(), &facts),
            )
            .await?;
        }
        Ok::<Comparison, Error>(derived.comparison)
    })?;
    statistics::renew(db, found.rows.len() + found.histories.len()).await;
    Ok(found)
}

impl Comparison {
    pub(crate) fn facts(&self) -> serde_json::Value {
        json!({ "rows": self.rows.len(), "histories": self.histories.len(), "cells": self.cells,
                "names": self.names, "lost": self.lost.len() })
    }
}

/// True for a loan that a close under way has brought up to the day that it is closing.
fn is_ahead(old: &Loan, events: &[LoanEvent], rules: &Rules, day: Date) -> Result<bool, Error> {
    let mut next = old.clone();
    derive(&mut next, events, rules, add_days(day, 1))?;
    Ok(next == *old)
}

/// What the events say, and how what is stored differs from it.
pub(crate) struct Derived {
    pub(crate) comparison: Comparison,
    loans: Vec<Loan>,
    /// The loans whose rows or histories differ.
    changed: Vec<i64>,
    /// The loans whose histories are written anew, those included that should have none.
    ids: Vec<i64>,
    intervals: Vec<StoredInterval>,
    places: Vec<Place>,
    deltas: Vec<Delta>,
}

impl Derived {
    /// Derives everything from the events and compares.
    pub(crate) async fn load(tx: &mut Tx, county: &County) -> Result<Derived, Error> {
        Derived::load_told(tx, county, &Meter::default()).await
    }

    /// Does the same, and tells how many loans are done.
    pub(crate) async fn load_told(tx: &mut Tx, county: &County, meter: &Meter) -> Result<Derived, Error> {
        let day = projection_day(county);
        let rules = Rules::load(tx, county, None).await?;
        let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
        for stored in loan::all_events(tx, county.county_id, 0, i64::MAX).await? {
            events.entry(stored.loan_id).or_default().push(stored.event);
        }
        let mut stored: BTreeMap<i64, Vec<Interval>> = BTreeMap::new();
        for one in loan::intervals_of(tx, county.county_id, 0, i64::MAX).await? {
            stored.entry(one.loan_id).or_default().push(one.interval);
        }
        let mut stands: BTreeMap<i64, BTreeSet<Place>> = BTreeMap::new();
        for place in loan::places_of(tx, county.county_id, 0, i64::MAX).await? {
            stands.entry(place.loan_id).or_default().insert(place);
        }
        let mut derived = Derived {
            comparison: Comparison::default(),
            loans: Vec::new(),
            changed: Vec::new(),
            ids: Vec::new(),
            intervals: Vec::new(),
            places: Vec::new(),
            deltas: Vec::new(),
        };
        let mut deltas = Deltas::default();
        let all = loan::all(tx, county.county_id).await?;
        meter.judge(all.len());
        for old in all {
            meter.step(1);
            let events = events.remove(&old.loan_id).unwrap_or_default();
            if events.is_empty() {
                derived.comparison.lost.push(old.number.clone());
            }
            let mut new = old.clone();
            let history = derive(&mut new, &events, &rules, day)?;
            if new != old && !is_ahead(&old, &events, &rules, day)? {
                derived.comparison.rows.push(old.number.clone());
                derived.changed.push(old.loan_id);
            }
            let before = Kept::take(old.loan_id, &mut stored, &mut stands);
            derived.history(old.loan_id, &old.number, &before, (&history, new.terms.due_on));
            history.iter().for_each(|interval| deltas.add(&rules, interval, new.terms.due_on, 1));
            derived.loans.push(new);
        }
        // Without its row a loan is in no list, but what it owes is owed all the same.
        for (loan_id, events) in events {
            let id = loan_id.to_string();
            derived.comparison.lost.push(id.clone());
            let Some(folded) = rules.fold(&events, i64::MAX) else { continue };
            let history = rules.timeline(&folded)?;
            let before = Kept::take(loan_id, &mut stored, &mut stands);
            derived.history(loan_id, &id, &before, (&history, folded.terms.due_on));
            history.iter().for_each(|interval| deltas.add(&rules, interval, folded.terms.due_on, 1));
        }
        let left: BTreeSet<i64> = stored.keys().chain(stands.keys()).copied().collect();
        for loan_id in left {
            let before = Kept::take(loan_id, &mut stored, &mut stands);
            derived.history(loan_id, &loan_id.to_string(), &before, (&[], Date::MIN));
        }
        derived.deltas = deltas.into_rows();
        let kept = board::deltas(tx, county.county_id).await?;
        derived.comparison.cells =
            derived.deltas.iter().filter(|delta| kept.binary_search(delta).is_err()).count()
                + kept.iter().filter(|delta| derived.deltas.binary_search(delta).is_err()).count();
        derived.comparison.names = name_term::compare(tx, county.county_id).await?.missing;
        Ok(derived)
    }

    /// Compares the history of a loan, and its places, with what is stored.
    fn history(&mut self, loan_id: i64, name: &str, before: &Kept, (history, due_on): (&[Interval], Date)) {
        self.comparison.loans += 1;
        let places = places_of(loan_id, due_on, history);
        if before.intervals != history || before.places != places {
            self.comparison.histories.push(name.to_owned());
            self.changed.push(loan_id);
        }
        self.ids.push(loan_id);
        let stored = history.iter().map(|interval| StoredInterval { loan_id, interval: interval.clone() });
        self.intervals.extend(stored);
        self.places.extend(places);
    }

    /// Replaces what is stored, if it differs.
    pub(crate) async fn save(&self, tx: &mut Tx, county: &County, stamp: Stamp) -> Result<(), Error> {
        if !self.comparison.can_mend() {
            return Ok(());
        }
        loan::put(tx, county.county_id, &self.loans).await?;
        loan::replace_intervals(tx, county.county_id, &self.ids, &self.intervals).await?;
        loan::replace_places(tx, county.county_id, &self.ids, &self.places).await?;
        board::clear_deltas(tx, county.county_id).await?;
        board::add_deltas(tx, county.county_id, &self.deltas).await?;
        name_term::rebuild(tx, county.county_id).await?;
        audit::note_changes(tx, county.county_id, stamp, "loan", &self.changed).await?;
        Ok(())
    }
}

/// What is stored of a loan's history.
#[derive(Default)]
struct Kept {
    intervals: Vec<Interval>,
    places: BTreeSet<Place>,
}

impl Kept {
    fn take(
        loan_id: i64,
        intervals: &mut BTreeMap<i64, Vec<Interval>>,
        places: &mut BTreeMap<i64, BTreeSet<Place>>,
    ) -> Kept {
        let intervals = intervals.remove(&loan_id).unwrap_or_default();
        Kept { intervals, places: places.remove(&loan_id).unwrap_or_default() }
    }
}
