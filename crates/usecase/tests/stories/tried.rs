//! Other days of the colours, tried on the last twelve months, cost and show what a recount of every day finds.

use std::collections::BTreeMap;

use bangfu_domain::loan::{Interval, add_days, days_between};
use bangfu_domain::policy::{EMBEDDED, Packs};
use bangfu_domain::warning::{Standing, Thresholds, standing_of_owing};
use bangfu_store::loan;
use bangfu_usecase::Ctx;
use bangfu_usecase::amendment::replay::{Other, days, replay};
use bangfu_usecase::fill::Plan;
use bangfu_usecase::import::Meter;
use jiff::civil::{Date, date};

use crate::stage::{Engine, Stage};

const COUNTY: i64 = 431_022;

const DAY: Date = date(2026, 6, 17);

const OTHER: [i32; 4] = [14, 40, 75, 130];

/// In which colour a loan stands on a day by a rule; none where it is not there, owes nothing or has none.
fn colour(history: &[Interval], due_on: Date, day: Date, rule: &Thresholds) -> Option<Standing> {
    let interval = history.iter().rev().find(|interval| interval.from_on <= day)?;
    let standing = standing_of_owing(day, due_on, None, rule);
    (interval.balance_fen.is_positive() && standing.is_colour()).then_some(standing)
}

/// Day by day from the first to the last: how often a loan came to each colour, and the first day on which it had one.
fn recount(
    history: &[Interval],
    due_on: Date,
    (from, to): (Date, Date),
    rule: &Thresholds,
    counts: &mut BTreeMap<Standing, u64>,
) {
    let mut before = colour(history, due_on, add_days(from, -1), rule);
    let mut day = from;
    while day <= to {
        let now = colour(history, due_on, day, rule);
        if let Some(standing) = now.filter(|_| now != before) {
            *counts.entry(standing).or_default() += 1;
        }
        before = now;
        day = add_days(day, 1);
    }
}

async fn a_rule_that_is_tried_costs_and_shows_what_a_recount_finds(engine: Engine) {
    let plan = Plan { loans: 400, seed: 11, due_on: DAY, changing: Some(60) };
    let (stage, _) = Stage::filled(engine, plan).await;
    let ctx = Ctx { today: DAY, ..stage.ctx() };
    let mut tx = stage.db.read().await.unwrap();
    let loans = loan::all(&mut tx, COUNTY).await.unwrap();
    let ids: Vec<i64> = loans.iter().map(|loan| loan.loan_id).collect();
    let mut histories: BTreeMap<i64, Vec<Interval>> = BTreeMap::new();
    for stored in loan::intervals(&mut tx, COUNTY, &ids).await.unwrap() {
        histories.entry(stored.loan_id).or_default().push(stored.interval);
    }
    let packs = Packs::parse(&EMBEDDED).unwrap();
    drop(tx);
    let pack_id = loans[0].pack_id.clone();
    let window = days(DAY);
    assert_eq!(window, (date(2025, 6, 18), DAY));
    let other = Other::thresholds(OTHER).unwrap();
    let (mut now, mut then) = (BTreeMap::new(), BTreeMap::new());
    let mut earlier: BTreeMap<i32, u64> = BTreeMap::new();
    for loan in &loans {
        let history = &histories[&loan.loan_id];
        let due_on = loan.terms.due_on;
        let rule = packs.by_id(&loan.pack_id).unwrap().warning.thresholds;
        let tried = if loan.pack_id == pack_id { other } else { rule };
        recount(history, due_on, window, &rule, &mut now);
        recount(history, due_on, window, &tried, &mut then);
        let fell = history.iter().find(|interval| interval.standing == Standing::Overdue);
        if !fell.is_some_and(|interval| (window.0..=window.1).contains(&interval.from_on)) {
            continue;
        }
        let first = |rule: &Thresholds| {
            let mut day = loan.terms.disbursed_on;
            while colour(history, due_on, day, rule).is_none() {
                day = add_days(day, 1);
            }
            day
        };
        *earlier.entry(days_between(first(&tried), first(&rule))).or_default() += 1;
    }
    let asked = Other::Days { pack_id, days: OTHER };
    let meter = Meter::default();
    let found = replay(&stage.db, &ctx, &asked, &meter).await.unwrap();
    let of = |counts: &BTreeMap<Standing, u64>| {
        [Standing::Green, Standing::Blue, Standing::Yellow, Standing::Red]
            .map(|standing| counts.get(&standing).copied().unwrap_or(0))
    };
    assert_eq!(found.levels.map(|level| level.0), of(&now));
    assert_eq!(found.levels.map(|level| level.1), of(&then));
    assert_eq!((found.earlier.clone(), found.unseen), (earlier, 0));
    assert!(found.tasks().0 > 50, "{found:?}");
    let read = meter.read();
    assert_eq!(read.done, read.total, "it says how far it is");
    // The same days change nothing.
    let rule = packs.by_id(&loans[0].pack_id).unwrap().warning.thresholds;
    let same = [rule.red_to_days, rule.yellow_to_days, rule.blue_to_days, rule.green_to_days];
    let same = Other::Days { pack_id: loans[0].pack_id.clone(), days: same };
    let found = replay(&stage.db, &ctx, &same, &Meter::default()).await.unwrap();
    assert_eq!(found.tasks().0, found.tasks().1);
    assert!(found.earlier.keys().all(|days| *days == 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_tried_costs_and_shows_what_a_recount_finds_on_sqlite() {
    a_rule_that_is_tried_costs_and_shows_what_a_recount_finds(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_tried_costs_and_shows_what_a_recount_finds_on_postgres() {
    a_rule_that_is_tried_costs_and_shows_what_a_recount_finds(Engine::Postgres).await;
}
