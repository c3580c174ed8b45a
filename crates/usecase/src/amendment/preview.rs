//! What an amendment would do: how many loans would stand where on a day, beside how they would stand without it, by the
//! rules that its first day finds.

use std::collections::BTreeMap;

use bangfu_domain::calendar::Calendar;
use bangfu_domain::loan::{Interval, LoanEvent, add_days};
use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use bangfu_store::loan::Totals;
use bangfu_store::{Db, county, loan};
use jiff::civil::{Date, date};

use super::{Subject, get, rules_on, rules_with};
use crate::board::Figures;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::import::Meter;
use crate::rulebook::{RuleBook, in_force};
use crate::rules::Rules;

/// Loans read at a time.
const IDS_AT_ONCE: i64 = 5_000;

/// Figures by the rules without the amendment, and by those with it.
pub type Both = (Figures, Figures);

/// A township's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its figures.
    pub figures: Both,
}

/// What an amendment would do on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The day.
    pub day: Date,
    /// The figures of the county.
    pub total: Both,
    /// Those of its townships that have loans, by code.
    pub rows: Vec<Row>,
    /// Loans that would stand otherwise on the day.
    pub other_standing: usize,
    /// Loans that owe something on the day and would be due on another day.
    pub other_due: usize,
    /// Days of the year that would be days of work or of rest otherwise than now, and whether they would be of work.
    pub other_days: Vec<(Date, bool)>,
}

/// Counts what an amendment would do on a day. It reads the events of every loan, page by page, and writes nothing.
pub async fn preview(
    db: &Db,
    ctx: &Ctx,
    amendment_id: i64,
    day: Date,
    meter: &Meter,
) -> Result<Preview, Error> {
    let mut tx = db.read().await?;
    let one = get(&mut tx, ctx, amendment_id).await?;
    let county_id = ctx.county_id();
    let county = county::get(&mut tx, county_id).await?;
    let from = one.stored.valid_from.max(ctx.today);
    let then = rules_with(&mut tx, county_id, &one.subject, &one.stored.body, from).await?.kept();
    // A version that waits for an earlier day holds by then: what this one does is told beside it.
    let now_book = match rules_on(&mut tx, county_id, in_force(), from).await? {
        Some(book) => book.kept(),
        None => RuleBook::of_county(&mut tx, county_id, None).await?,
    };
    let now = Rules::load(&mut tx, &county, None).await?.under(now_book);
    let then = (now.under(then), &then.calendar);
    let other_days = match one.subject {
        Subject::Year(year) => other_days(year, &now_book.calendar, then.1),
        Subject::Pack(_) => Vec::new(),
    };
    let mut count = Count::new(&now, &then.0, day);
    if let Some((first, last)) = loan::ids(&mut tx, county_id).await? {
        let width = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        meter.judge(width);
        let mut before = first - 1;
        while before < last {
            let to = last.min(before + IDS_AT_ONCE);
            let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
            for stored in loan::all_events(&mut tx, county_id, before, to).await? {
                events.entry(stored.loan_id).or_default().push(stored.event);
            }
            for events in events.into_values() {
                count.add(&events)?;
            }
            meter.step(usize::try_from(to - before).unwrap_or(0));
            before = to;
        }
    }
    let named = crate::board::board(&mut tx, &ctx.scope, Axis::Township, day, None).await?;
    let mut townships = count.townships;
    let rows = named.rows.into_iter().filter_map(|row| {
        let figures = townships.remove(&row.key_id)?;
        Some(Row { code: row.code, name: row.name, figures })
    });
    Ok(Preview {
        day,
        total: count.total,
        rows: rows.collect(),
        other_standing: count.other_standing,
        other_due: count.other_due,
        other_days,
    })
}

/// The days of a year that are of another kind by one calendar than by another.
fn other_days(year: i16, now: &Calendar, then: &Calendar) -> Vec<(Date, bool)> {
    let first = date(year, 1, 1);
    let days = (0..366).map(|number| add_days(first, number)).take_while(|day| day.year() == year);
    days.filter_map(|day| {
        let works = then.is_working_day(day);
        (works != now.is_working_day(day)).then_some((day, works))
    })
    .collect()
}

/// A count under way.
struct Count<'a> {
    day: Date,
    now: &'a Rules,
    then: &'a Rules,
    total: Both,
    townships: BTreeMap<i64, Both>,
    other_standing: usize,
    other_due: usize,
}

impl Count<'_> {
    fn new<'a>(now: &'a Rules, then: &'a Rules, day: Date) -> Count<'a> {
        Count {
            day,
            now,
            then,
            total: Both::default(),
            townships: BTreeMap::new(),
            other_standing: 0,
            other_due: 0,
        }
    }

    fn add(&mut self, events: &[LoanEvent]) -> Result<(), Error> {
        let Some(folded) = self.now.fold(events, i64::MAX) else { return Ok(()) };
        let on_day =
            |history: Vec<Interval>| history.into_iter().rev().find(|interval| interval.from_on <= self.day);
        let (now, then) = (on_day(self.now.timeline(&folded)?), on_day(self.then.timeline(&folded)?));
        let (Some(now), Some(then)) = (now, then) else { return Ok(()) };
        if now.standing == Standing::Settled {
            return Ok(());
        }
        let township = self.now.township_on(now.placement.village_id, self.day).unwrap_or_default();
        let loan = Totals { loans: 1, balance_fen: now.balance_fen };
        let cells = self.townships.entry(township).or_default();
        for (figures, standing) in [
            (&mut self.total.0, now.standing),
            (&mut self.total.1, then.standing),
            (&mut cells.0, now.standing),
            (&mut cells.1, then.standing),
        ] {
            figures.add(standing, loan);
        }
        let (signed, due) = (folded.terms.disbursed_on, now.due_on);
        self.other_standing += usize::from(now.standing != then.standing);
        let moved = self.now.watch(signed, due)?.due_on != self.then.watch(signed, due)?.due_on;
        self.other_due += usize::from(moved);
        Ok(())
    }
}
