//! A page of the book: what is stored of some loans, and what their events say of them.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::loan::{Interval, LoanEvent, add_days};
use bangfu_store::county::{County, Stamp};
use bangfu_store::loan::{Loan, Place, StoredInterval};
use bangfu_store::{Tx, audit, loan};
use jiff::civil::Date;

use super::Comparison;
use crate::book::{Deltas, derive, places_of, projection_day};
use crate::error::Error;
use crate::rules::Rules;

/// How many loans are held at a time.
const LOANS: i64 = 1_000;

/// Some loans, one after the other by id.
pub(crate) struct Page {
    /// The last id that belongs to it; `i64::MAX` on the last page.
    pub(crate) to: i64,
    /// How many loans have a row in it.
    pub(crate) rows: i64,
    held: Vec<Held>,
}

/// What is stored of a loan, and what its events say.
struct Held {
    loan_id: i64,
    /// Its number; its id where no row gives one.
    name: String,
    /// True if only the row or only the events are there.
    is_lost: bool,
    row_differs: bool,
    row: Option<Loan>,
    before: Kept,
    history: Vec<Interval>,
    places: BTreeSet<Place>,
}

/// What is stored of a loan's history.
#[derive(Default)]
struct Kept {
    intervals: Vec<Interval>,
    places: BTreeSet<Place>,
}

/// What is stored of the loans of a page besides their rows, by id.
struct Stored {
    events: BTreeMap<i64, Vec<LoanEvent>>,
    kept: BTreeMap<i64, Kept>,
}

impl Stored {
    async fn load(tx: &mut Tx, county_id: i64, (after, to): (i64, i64)) -> Result<Stored, Error> {
        let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
        for stored in loan::all_events(tx, county_id, after, to).await? {
            events.entry(stored.loan_id).or_default().push(stored.event);
        }
        let mut kept: BTreeMap<i64, Kept> = BTreeMap::new();
        for one in loan::intervals_of(tx, county_id, after, to).await? {
            kept.entry(one.loan_id).or_default().intervals.push(one.interval);
        }
        for place in loan::places_of(tx, county_id, after, to).await? {
            kept.entry(place.loan_id).or_default().places.insert(place);
        }
        Ok(Stored { events, kept })
    }
}

impl Page {
    /// The loans that follow an id.
    pub(crate) async fn load(tx: &mut Tx, county: &County, rules: &Rules, after: i64) -> Result<Page, Error> {
        let loans = loan::after(tx, county.county_id, after, LOANS).await?;
        let rows = i64::try_from(loans.len()).unwrap_or(i64::MAX);
        let to = loans.last().filter(|_| rows == LOANS).map_or(i64::MAX, |last| last.loan_id);
        let Stored { mut events, mut kept } = Stored::load(tx, county.county_id, (after, to)).await?;
        let day = projection_day(county);
        let mut held = Vec::with_capacity(loans.len());
        for old in loans {
            let events = events.remove(&old.loan_id).unwrap_or_default();
            let mut new = old.clone();
            let history = derive(&mut new, &events, rules, day)?;
            held.push(Held {
                loan_id: old.loan_id,
                name: old.number.clone(),
                is_lost: events.is_empty(),
                row_differs: new != old && !is_ahead(&old, &events, rules, day)?,
                before: kept.remove(&old.loan_id).unwrap_or_default(),
                places: places_of(old.loan_id, &history),
                history,
                row: Some(new),
            });
        }
        // Without its row a loan is in no list, but what it owes is owed all the same. What has neither row nor events
        // should have no history.
        let without_row: BTreeSet<i64> = events.keys().chain(kept.keys()).copied().collect();
        for loan_id in without_row {
            let events = events.remove(&loan_id).unwrap_or_default();
            let folded = rules.fold(&events, i64::MAX);
            let history = folded.as_ref().map(|folded| rules.timeline(folded)).transpose()?;
            let history = history.unwrap_or_default();
            held.push(Held {
                loan_id,
                name: loan_id.to_string(),
                is_lost: !events.is_empty(),
                row_differs: false,
                row: None,
                before: kept.remove(&loan_id).unwrap_or_default(),
                places: places_of(loan_id, &history),
                history,
            });
        }
        Ok(Page { to, rows, held })
    }

    /// How many loans have another history than their events say.
    pub(crate) fn other_histories(&self) -> usize {
        self.held.iter().filter(|held| held.history_differs()).count()
    }

    /// Adds what differs to a comparison.
    pub(super) fn compare(&self, found: &mut Comparison) {
        for held in &self.held {
            // Where a history differs that belongs to nothing, nothing is lost either.
            found.loans += 1;
            if held.is_lost {
                found.lost.push(held.name.clone());
            }
            if held.row_differs {
                found.rows.push(held.name.clone());
            }
            if held.history_differs() {
                found.histories.push(held.name.clone());
            }
        }
    }

    /// Adds up what the board should say of these loans.
    pub(super) fn count(&self, rules: &Rules, deltas: &mut Deltas) {
        for held in &self.held {
            held.history.iter().for_each(|interval| deltas.add(rules, interval, 1));
        }
    }

    /// Puts what the events say in the place of what differs, and adds up what that changes of the board; the loans
    /// whose rows or histories were written.
    pub(crate) async fn write(
        &self,
        tx: &mut Tx,
        (county, stamp): (&County, Stamp),
        rules: &Rules,
        deltas: &mut Deltas,
    ) -> Result<(), Error> {
        let county_id = county.county_id;
        let written: Vec<&Held> =
            self.held.iter().filter(|held| held.row_differs || held.history_differs()).collect();
        let anew: Vec<&Held> = written.iter().copied().filter(|held| held.history_differs()).collect();
        let rows: Vec<Loan> = written.iter().filter_map(|held| held.row.clone()).collect();
        let (mut intervals, mut places) = (Vec::new(), Vec::new());
        for held in &anew {
            held.before.intervals.iter().for_each(|one| deltas.add(rules, one, -1));
            for interval in &held.history {
                deltas.add(rules, interval, 1);
                intervals.push(StoredInterval { loan_id: held.loan_id, interval: interval.clone() });
            }
            places.extend(held.places.iter().copied());
        }
        let ids = |held: &[&Held]| held.iter().map(|one| one.loan_id).collect::<Vec<i64>>();
        loan::put(tx, county_id, &rows).await?;
        loan::replace_intervals(tx, county_id, &ids(&anew), &intervals).await?;
        loan::replace_places(tx, county_id, &ids(&anew), &places).await?;
        audit::note_changes(tx, county_id, stamp, "loan", &ids(&written)).await?;
        Ok(())
    }
}

impl Held {
    fn history_differs(&self) -> bool {
        self.before.intervals != self.history || self.before.places != self.places
    }
}

/// True for a loan that a close under way has brought up to the day that it is closing.
fn is_ahead(old: &Loan, events: &[LoanEvent], rules: &Rules, day: Date) -> Result<bool, Error> {
    let mut next = old.clone();
    derive(&mut next, events, rules, add_days(day, 1))?;
    Ok(next == *old)
}
