//! A full recount from the events: what every loan was on a day, as known at an instant.

use std::collections::BTreeMap;

use bangfu_domain::loan::{Interval, LoanEvent, Particulars, Terms, fold};
use bangfu_store::county::County;
use bangfu_store::{Tx, loan};
use jiff::civil::Date;

use crate::error::Error;
use crate::loan::companions;
use crate::rules::Rules;

/// A loan on a day, as known at an instant.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// The loan.
    pub(crate) loan_id: i64,
    /// Its terms as known then.
    pub(crate) terms: Terms,
    /// What was said of it besides, as known then; its industry guide and technology officer are those of the day.
    pub(crate) about: Particulars,
    /// The stretch of days in which the day lies.
    pub(crate) interval: Interval,
    /// The day on which nothing was owed any more, if by the day.
    pub(crate) settled_on: Option<Date>,
}

/// Every loan disbursed by a day, as known at an instant, by id.
pub(crate) async fn recount(
    tx: &mut Tx,
    county: &County,
    day: Date,
    known_at: i64,
) -> Result<Vec<Counted>, Error> {
    let rules = Rules::load(tx, county, Some(known_at)).await?;
    let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
    for stored in loan::all_events(tx, county.county_id, 0, i64::MAX).await? {
        events.entry(stored.loan_id).or_default().push(stored.event);
    }
    let mut counted = Vec::with_capacity(events.len());
    for (loan_id, events) in events {
        let Some(folded) = fold(&events, known_at) else { continue };
        let history = rules.timeline(&folded)?;
        if let Some(interval) = history.into_iter().rev().find(|interval| interval.from_on <= day) {
            let settled_on = folded.settled_on().filter(|settled| *settled <= day);
            let (guide_id, technologist_id) = companions(&events, known_at, day);
            let about = Particulars { guide_id, technologist_id, ..folded.about };
            counted.push(Counted { loan_id, terms: folded.terms, about, interval, settled_on });
        }
    }
    Ok(counted)
}
