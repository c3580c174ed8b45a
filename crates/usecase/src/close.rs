//! The daily close (日终): brings every loan up to a day and publishes the day's figures and moves.
//!
//! It reads only loans whose next possible change has come. What is done has its next change later, so a close
//! that was killed goes on where it stopped, and one that is run again finds nothing to do.

use std::collections::BTreeMap;

use bangfu_domain::loan::{add_days, next_change};
use bangfu_domain::warning::Standing;
use bangfu_store::board::{self, Axis};
use bangfu_store::close::{self, Figure};
use bangfu_store::county::{self, County};
use bangfu_store::loan::{self, Advance, Totals};
use bangfu_store::{Db, Scope, Tx, audit, division};
use jiff::civil::Date;
use serde_json::json;

use crate::adopt::{go_on, under_way};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Meter;
use crate::{in_write, notice};

/// How many loans one transaction of the close brings up to date: small, so that users' writes pass between.
const PAGE: i64 = 1_000;

/// A closed day as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedDay {
    /// The day.
    pub date: Date,
    /// The county's figures by standing.
    pub figures: BTreeMap<Standing, Totals>,
    /// How many loans stood otherwise than on the day before.
    pub moves: i64,
}

/// Closes every day up to `to` of the county in the context's scope; the last entry is always `to`.
///
/// Only a demo is closed ahead of the days that have come: what a close publishes stays as published.
pub async fn close(
    db: &Db,
    ctx: &Ctx,
    to: Date,
    mut progress: impl FnMut(Date) + Send,
) -> Result<Vec<ClosedDay>, Error> {
    if to > ctx.day() && !county::get(&mut db.read().await?, ctx.county_id()).await?.demo {
        return Err(Refusal::CloseAhead { day: to }.into());
    }
    let mut days = Vec::new();
    while let Some(day) = next_day(db, ctx).await?.filter(|day| *day <= to) {
        let closed = loop {
            while page(db, ctx, day).await? {}
            // What is published stays: one set of rules judges all of it.
            go_on(db, ctx, &Meter::default()).await?;
            if let Some(closed) = publish(db, ctx, day).await? {
                break closed;
            }
        };
        days.push(closed);
        progress(day);
    }
    // What lay between is told as it stands now.
    notice::tell(db, ctx).await?;
    if days.last().is_none_or(|last| last.date != to) {
        days.push(as_published(db, ctx.county_id(), to).await?);
    }
    Ok(days)
}

/// The next day to be closed: the first position's, then one after the other.
async fn next_day(db: &Db, ctx: &Ctx) -> Result<Option<Date>, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    Ok(county.closed_on.map(|closed| add_days(closed, 1)).or(county.opening_on))
}

/// Brings a page of loans up to a day; false when none was left.
async fn page(db: &Db, ctx: &Ctx, day: Date) -> Result<bool, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let ids = loan::due_for_change(tx, county.county_id, day, PAGE).await?;
        if ids.is_empty() {
            return Ok(false);
        }
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let mut history: BTreeMap<i64, Vec<_>> = BTreeMap::new();
        for stored in loan::intervals_from(tx, county.county_id, &ids, day).await? {
            history.entry(stored.loan_id).or_default().push(stored.interval);
        }
        let advance = |loan_id: &i64| {
            let intervals = history.remove(loan_id).unwrap_or_default();
            let now = intervals.iter().rev().find(|interval| interval.from_on <= day);
            let now = now.map(|now| (now.standing, now.balance_fen));
            Advance { loan_id: *loan_id, now, next_change_on: next_change(&intervals, day) }
        };
        let advances: Vec<Advance> = ids.iter().map(advance).collect();
        loan::advance(tx, county.county_id, &advances).await?;
        audit::note_changes(tx, county.county_id, stamp, "loan", &ids).await?;
        Ok::<bool, Error>(true)
    })
}

/// Reads what the close of a day will read, and changes nothing: a measured close then finds it in the file cache.
pub async fn look_ahead(db: &Db, ctx: &Ctx, day: Date) -> Result<usize, Error> {
    let mut tx = db.read().await?;
    let ids = loan::due_for_change(&mut tx, ctx.county_id(), day, i64::MAX).await?;
    for page in ids.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
        loan::by_ids(&mut tx, ctx.county_id(), page).await?;
        loan::intervals_from(&mut tx, ctx.county_id(), page, day).await?;
    }
    Ok(ids.len())
}

/// Publishes a day whose loans are all up to date. `None` if a write came between that has left one behind, or other
/// rules by which loans are still to be judged: their pages come first.
async fn publish(db: &Db, ctx: &Ctx, day: Date) -> Result<Option<ClosedDay>, Error> {
    let done = in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        if close::published(tx, &Scope::county(county.county_id), day).await?.is_some() {
            return Ok(true);
        }
        let is_behind = !loan::due_for_change(tx, county.county_id, day, 1).await?.is_empty();
        if is_behind || under_way(tx, county.county_id).await?.is_some() {
            return Ok(false);
        }
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let scope = Scope::county(county.county_id);
        // The first close is the opening: there is no day before it, and nobody is told.
        let moves = match county.closed_on {
            Some(_) => loan::moves(tx, &scope, day).await?,
            None => Vec::new(),
        };
        let figures = figures(tx, &county, day).await?;
        close::publish(tx, county.county_id, day, stamp.at, &moves, &figures).await?;
        county::note_closed(tx, county.county_id, day).await?;
        // Nothing about these loans changes but who may see them: whoever keeps a copy hears of it on the day itself.
        let moved = moved_on(tx, &county, day).await?;
        let elsewhere = loan::ever_in(tx, county.county_id, &moved).await?;
        audit::note_changes(tx, county.county_id, stamp, "loan", &elsewhere).await?;
        let moved: i64 = moves.iter().map(|(_, _, loans)| loans).sum();
        let entry = ctx.entry("close", day.to_string(), &json!({ "moves": moved }));
        audit::add(tx, county.county_id, stamp, &entry).await?;
        audit::seal(tx, county.county_id, stamp.at).await?;
        Ok::<bool, Error>(true)
    })?;
    if done { Ok(Some(as_published(db, ctx.county_id(), day).await?)) } else { Ok(None) }
}

/// The figures of a day by division × standing: the county's, each township's and each village's that has loans.
///
/// The villages are read, and the wider divisions are their sums: three axes for the price of one.
async fn figures(tx: &mut Tx, county: &County, day: Date) -> Result<Vec<Figure>, Error> {
    let scope = Scope::county(county.county_id);
    let townships = townships_on(&division::townships(tx, county.division_id).await?, day);
    let mut sums: BTreeMap<(i64, Standing), Totals> = BTreeMap::new();
    for cell in board::cells(tx, &scope, Axis::Village, day).await? {
        let village = cell.key_id;
        // Where the list knows of no township on the day, boards count under 0.
        let township = townships.get(&village).copied().unwrap_or(0);
        for division in [county.division_id, township, village] {
            let sum = sums.entry((division, cell.standing)).or_default();
            sum.loans += cell.totals.loans;
            sum.balance_fen += cell.totals.balance_fen;
        }
    }
    let figures = sums.into_iter();
    Ok(figures.map(|((division_id, standing), totals)| Figure { division_id, standing, totals }).collect())
}

/// The township of each village on a day.
fn townships_on(lying: &[(i64, i64, Date, Date)], day: Date) -> BTreeMap<i64, i64> {
    let then = lying.iter().filter(|(_, _, first, last)| *first <= day && day <= *last);
    then.map(|(village, township, ..)| (*village, *township)).collect()
}

/// The villages that lie in another township on a day than on the day before.
async fn moved_on(tx: &mut Tx, county: &County, day: Date) -> Result<Vec<i64>, Error> {
    let lying = division::townships(tx, county.division_id).await?;
    let (was, is) = (townships_on(&lying, add_days(day, -1)), townships_on(&lying, day));
    Ok(was
        .iter()
        .filter(|(village, township)| is.get(village) != Some(township))
        .map(|(id, _)| *id)
        .collect())
}

/// A day as its close published it, or, if it was never closed, as it is known now.
pub async fn as_published(db: &Db, county_id: i64, day: Date) -> Result<ClosedDay, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, county_id).await?;
    let scope = Scope::county(county_id);
    let published = close::published(&mut tx, &scope, day).await?;
    let figures = match published {
        Some(_) => close::figures(&mut tx, &scope, day, Some(county.division_id)).await?,
        None => figures(&mut tx, &county, day).await?,
    };
    Ok(ClosedDay {
        date: day,
        figures: figures
            .into_iter()
            .filter(|figure| figure.division_id == county.division_id)
            .map(|figure| (figure.standing, figure.totals))
            .collect(),
        moves: published.map_or(0, |(_, moves)| moves),
    })
}
