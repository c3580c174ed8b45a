//! Rebuilding what is derived from the events, or proving that it equals them.

use std::collections::BTreeMap;

use bangfu_domain::loan::{Interval, LoanEvent};
use bangfu_store::loan::StoredInterval;
use bangfu_store::{Db, audit, board, county, loan};
use serde_json::json;

use crate::book::{Deltas, derive, projection_day};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;
use crate::rules::Rules;

/// What a comparison of the derived with the events found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Loans compared.
    pub loans: usize,
    /// Loans whose row differs, by number.
    pub rows: Vec<String>,
    /// Loans whose history differs, by number.
    pub histories: Vec<String>,
    /// Cells of the board's differences that differ.
    pub cells: usize,
}

impl Comparison {
    /// True if everything derived equals the events.
    pub fn is_equal(&self) -> bool {
        self.rows.is_empty() && self.histories.is_empty() && self.cells == 0
    }
}

/// Compares everything derived with the events; with `write`, replaces it by what the events say.
pub async fn rebuild(db: &Db, ctx: &Ctx, write: bool) -> Result<Comparison, Error> {
    in_write!(db, |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let day = projection_day(&county);
        let rules = Rules::load(tx, &county, None).await?;
        let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
        for stored in loan::all_events(tx, county.county_id, 0, i64::MAX).await? {
            events.entry(stored.loan_id).or_default().push(stored.event);
        }
        let mut stored: BTreeMap<i64, Vec<Interval>> = BTreeMap::new();
        for one in loan::intervals_of(tx, county.county_id, 0, i64::MAX).await? {
            stored.entry(one.loan_id).or_default().push(one.interval);
        }
        let mut comparison = Comparison::default();
        let mut deltas = Deltas::default();
        let (mut loans, mut intervals, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for old in loan::all(tx, county.county_id).await? {
            let mut new = old.clone();
            let history = derive(&mut new, events.get(&old.loan_id).map_or(&[], Vec::as_slice), &rules, day)?;
            comparison.loans += 1;
            if new != old {
                comparison.rows.push(old.number.clone());
            }
            if stored.remove(&old.loan_id).unwrap_or_default() != history {
                comparison.histories.push(old.number.clone());
            }
            ids.push(old.loan_id);
            for interval in history {
                deltas.add(&rules, &interval, new.terms.due_on, 1);
                intervals.push(StoredInterval { loan_id: old.loan_id, interval });
            }
            loans.push(new);
        }
        let deltas = deltas.into_rows();
        let kept = board::deltas(tx, county.county_id).await?;
        comparison.cells = deltas.iter().filter(|delta| kept.binary_search(delta).is_err()).count()
            + kept.iter().filter(|delta| deltas.binary_search(delta).is_err()).count();
        if write && !comparison.is_equal() {
            let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
            loan::put(tx, county.county_id, &loans).await?;
            loan::replace_intervals(tx, county.county_id, &ids, &intervals).await?;
            board::clear_deltas(tx, county.county_id).await?;
            board::add_deltas(tx, county.county_id, &deltas).await?;
            let facts = json!({ "rows": comparison.rows.len(), "histories": comparison.histories.len(),
                                "cells": comparison.cells });
            let entry = ctx.entry("rebuild", county.code.clone(), &facts);
            audit::add(tx, county.county_id, stamp, &entry).await?;
        }
        Ok::<Comparison, Error>(comparison)
    })
}
