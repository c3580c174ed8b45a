//! Other days of the colours, held against the last twelve months of the county's own book (阈值试算).

use bangfu_domain::loan::{Watch, add_days};
use bangfu_domain::replay::{Course, Replay};
use bangfu_domain::warning::Thresholds;
use bangfu_store::{Db, county, loan};
use jiff::Span;
use jiff::civil::Date;

use super::{get, rules_with};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Meter;
use crate::rules::Rules;

/// Loans read at a time.
const IDS_AT_ONCE: i64 = 20_000;

/// Which other rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// What an amendment says.
    Amendment(i64),
    /// Other days of a pack's colours.
    Days {
        /// The pack.
        pack_id: String,
        /// Red, yellow, blue and green.
        days: [i32; 4],
    },
}

impl Other {
    /// The thresholds that these days make, if they grow from red to green.
    pub fn thresholds(days: [i32; 4]) -> Option<Thresholds> {
        let [red_to_days, yellow_to_days, blue_to_days, green_to_days] = days;
        let grow = 0 <= red_to_days
            && red_to_days < yellow_to_days
            && yellow_to_days < blue_to_days
            && blue_to_days < green_to_days
            && green_to_days <= 3_650;
        grow.then_some(Thresholds { red_to_days, yellow_to_days, blue_to_days, green_to_days })
    }
}

/// The days that are replayed: twelve months up to today.
pub fn days(today: Date) -> (Date, Date) {
    let before = today.checked_sub(Span::new().years(1)).unwrap_or(today);
    (add_days(before, 1), today)
}

/// Replays the last twelve months by other days of the colours. It reads every loan that can have had one then, page by page,
/// and writes nothing.
pub async fn replay(db: &Db, ctx: &Ctx, other: &Other, meter: &Meter) -> Result<Replay, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, county_id).await?;
    let now = Rules::load(&mut tx, &county, None).await?;
    let then = match other {
        Other::Amendment(id) => {
            let one = get(&mut tx, ctx, *id).await?;
            let from = one.stored.valid_from.max(ctx.today);
            Some(
                now.under(rules_with(&mut tx, county_id, &one.subject, &one.stored.body, from).await?.kept()),
            )
        }
        Other::Days { .. } => None,
    };
    let by_days = |pack_id: &str, watch: Watch| match other {
        Other::Days { pack_id: of, days } if of == pack_id => {
            let thresholds = Other::thresholds(*days).unwrap_or(watch.thresholds);
            Watch { thresholds, ..watch }
        }
        _ => watch,
    };
    let days = days(ctx.today);
    let mut found = Replay::new(days);
    // What falls due later than any colour reaches back had none yet; a due day moves by a few rest days at most.
    let reach = (add_days(days.0, -60), add_days(days.1, 3_650));
    if let Some((first, last)) = loan::ids(&mut tx, county_id).await? {
        meter.judge(usize::try_from(last - first + 1).unwrap_or(usize::MAX));
        let mut before = first - 1;
        while before < last {
            let to = last.min(before + IDS_AT_ONCE);
            for one in loan::courses(&mut tx, county_id, (before + 1, to), reach, ctx.today).await? {
                let watch = now.watch(one.disbursed_on, one.due_on)?;
                let other = match &then {
                    Some(then) => then.watch(one.disbursed_on, one.due_on)?,
                    None => by_days(&one.pack_id, watch),
                };
                let course = Course {
                    disbursed_on: one.disbursed_on,
                    settled_on: one.settled_on,
                    overdue_on: one.overdue_on,
                };
                found.add(&course, &watch, &other);
            }
            meter.step(usize::try_from(to - before).unwrap_or(0));
            before = to;
        }
    }
    Ok(found)
}
