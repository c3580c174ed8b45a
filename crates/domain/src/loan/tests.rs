//! What a county relies on: late, early and repeated reports lead to one truth.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::warning::{Standing, Thresholds};

const RULE: Thresholds =
    Thresholds { red_to_days: 7, yellow_to_days: 30, blue_to_days: 60, green_to_days: 90 };
const ALWAYS: i64 = i64::MAX;

fn opened(principal: i64) -> Vec<LoanEvent> {
    let terms = Terms {
        principal_fen: Fen::new(principal),
        rate: None,
        disbursed_on: date(2018, 6, 17),
        due_on: date(2019, 6, 17),
        term_months: Some(12),
        purpose: None,
    };
    let placement = Placement { village_id: 1, branch_id: 1, manager_id: Some(1) };
    let mut events = Vec::new();
    record(&mut events, terms.disbursed_on, EventKind::Opened { terms, about: Particulars::default() });
    record(&mut events, date(2018, 6, 17), EventKind::Placed { placement });
    events
}

fn record(events: &mut Vec<LoanEvent>, effective_on: Date, kind: EventKind) {
    let seq = u32::try_from(events.len()).unwrap() + 1;
    events.push(LoanEvent { seq, effective_on, recorded_at: i64::from(seq), kind });
}

fn position(repaid: i64) -> EventKind {
    EventKind::Position { repaid_fen: Fen::new(repaid), dated_on: None }
}

fn repaid(amount: i64) -> EventKind {
    EventKind::Repaid { amount_fen: Fen::new(amount) }
}

fn lines(events: &[LoanEvent], until: Option<Date>) -> Vec<(Date, Standing, i64)> {
    let folded = fold(events, ALWAYS).unwrap();
    timeline(&folded, &RULE, |due_on| due_on, |_| until)
        .into_iter()
        .map(|interval| (interval.from_on, interval.standing, interval.balance_fen.get()))
        .collect()
}

#[test]
fn an_untouched_loan_walks_through_the_colours() {
    assert_eq!(
        lines(&opened(100), Some(date(2019, 4, 30))),
        vec![
            (date(2018, 6, 17), Standing::None, 100),
            (date(2019, 3, 19), Standing::Green, 100),
            (date(2019, 4, 18), Standing::Blue, 100),
            (date(2019, 5, 18), Standing::Yellow, 100),
            (date(2019, 6, 10), Standing::Red, 100),
            (date(2019, 6, 18), Standing::Awaiting, 100),
        ]
    );
}

#[test]
fn a_loan_repaid_late_is_overdue_for_those_days_only() {
    let mut events = opened(100);
    record(&mut events, date(2019, 6, 20), repaid(100));
    let end = lines(&events, Some(date(2019, 6, 30))).split_off(5);
    assert_eq!(
        end,
        vec![(date(2019, 6, 18), Standing::Overdue, 100), (date(2019, 6, 20), Standing::Settled, 0)]
    );
}

#[test]
fn a_movement_before_the_position_explains_it_and_adds_nothing() {
    let mut events = opened(100);
    record(&mut events, date(2019, 4, 30), position(40));
    record(&mut events, date(2019, 4, 10), repaid(30));
    let folded = fold(&events, ALWAYS).unwrap();
    assert_eq!(folded.balance_on(date(2019, 4, 10)), Fen::new(70));
    assert_eq!(folded.balance_on(date(2019, 4, 30)), Fen::new(60));
    assert_eq!(fold(&events, 3).unwrap().balance_on(date(2019, 4, 10)), Fen::new(100), "as known before");
}

#[test]
fn a_movement_beyond_what_the_position_states_does_not_follow() {
    let mut events = opened(100);
    record(&mut events, date(2019, 4, 30), position(40));
    let folded = fold(&events, ALWAYS).unwrap();
    let early = judge_movement(&folded, date(2019, 4, 10), Fen::new(50), None);
    let beyond = MovementVerdict::BeyondPosition { position_on: date(2019, 4, 30), repaid_fen: Fen::new(40) };
    assert_eq!(early, beyond);
    let late = judge_movement(&folded, date(2019, 5, 10), Fen::new(50), Some(Fen::new(10)));
    assert_eq!(late, MovementVerdict::Follows);
    let wrong = judge_movement(&folded, date(2019, 5, 10), Fen::new(50), Some(Fen::new(20)));
    assert_eq!(wrong, MovementVerdict::BalanceDiffers { book_fen: Fen::new(10) });
}

#[test]
fn a_movement_is_held_against_every_position_after_it() {
    let mut events = opened(100);
    record(&mut events, date(2019, 4, 30), position(10));
    record(&mut events, date(2019, 5, 31), position(60));
    let folded = fold(&events, ALWAYS).unwrap();
    let judged = |on, amount| judge_movement(&folded, on, Fen::new(amount), None);
    let beyond = MovementVerdict::BeyondPosition { position_on: date(2019, 4, 30), repaid_fen: Fen::new(10) };
    assert_eq!(judged(date(2019, 4, 15), 20), beyond, "the earlier ledger knows of 10 only");
    assert_eq!(judged(date(2019, 4, 15), 10), MovementVerdict::Follows);
    assert_eq!(judged(date(2019, 5, 15), 50), MovementVerdict::Follows);
    assert_eq!(judged(date(2019, 6, 1), 41), MovementVerdict::MoreThanOwed { book_fen: Fen::new(40) });
}

#[test]
fn the_next_ledger_after_the_banks_movements_says_nothing_new() {
    let mut events = opened(100);
    record(&mut events, date(2019, 4, 30), position(40));
    record(&mut events, date(2019, 5, 10), repaid(50));
    let folded = fold(&events, ALWAYS).unwrap();
    let judged = |day, total| judge_position(&folded, day, Fen::new(total), None, Fen::new(100));
    assert_eq!(judged(date(2019, 5, 31), 90), PositionVerdict::Stands);
    assert_eq!(judged(date(2019, 5, 31), 100), PositionVerdict::Stands);
    assert_eq!(judged(date(2019, 5, 31), 40), PositionVerdict::Less { book_fen: Fen::new(90) });
    assert_eq!(
        judged(date(2019, 4, 30), 10),
        PositionVerdict::Stands,
        "a mended ledger of the same day corrects"
    );
    let beyond = PositionVerdict::Beyond { sum_fen: Fen::new(110), most_fen: Fen::new(100) };
    assert_eq!(judged(date(2019, 4, 30), 60), beyond, "50 more were repaid after that day");
}

#[test]
fn a_movement_between_two_ledgers_that_say_the_same_has_no_room() {
    let mut events = opened(10_000);
    record(&mut events, date(2019, 4, 30), position(8_000));
    record(&mut events, date(2019, 5, 31), position(8_000));
    let folded = fold(&events, ALWAYS).unwrap();
    let between = judge_movement(&folded, date(2019, 5, 10), Fen::new(5_000), None);
    let (position_on, repaid_fen) = (date(2019, 5, 31), Fen::new(8_000));
    assert_eq!(between, MovementVerdict::BeyondPosition { position_on, repaid_fen });
    let before = judge_movement(&folded, date(2019, 4, 10), Fen::new(5_000), None);
    assert_eq!(before, MovementVerdict::Follows, "it explains the first");
}

#[test]
fn the_banks_balance_lies_between_what_the_book_knows_and_what_the_ledger_states() {
    let mut events = opened(50_000);
    record(&mut events, date(2019, 4, 30), position(5_000));
    record(&mut events, date(2019, 4, 20), repaid(1_000));
    let folded = fold(&events, ALWAYS).unwrap();
    let judged =
        |balance| judge_movement(&folded, date(2019, 4, 10), Fen::new(1_000), Some(Fen::new(balance)));
    let differs = MovementVerdict::BalanceDiffers { book_fen: Fen::new(49_000) };
    assert_eq!(judged(49_001), differs);
    assert_eq!(judged(49_000), MovementVerdict::Follows);
    assert_eq!(judged(46_000), MovementVerdict::Follows, "3,000 may be missing before; 1,000 came after");
    assert_eq!(judged(45_999), differs);
    assert_eq!(judged(0), differs);
}

/// What may be reported of a loan of 100.
#[derive(Debug, Clone)]
enum Report {
    Movement { day: i32, amount: i64, balance: Option<i64> },
    Ledger { day: i32, total: i64, dated: Option<i32> },
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let movement = (0i32..40, 1i64..60, proptest::option::of(0i64..100))
        .prop_map(|(day, amount, balance)| Report::Movement { day, amount, balance });
    let ledger = (0i32..40, 0i64..101, proptest::option::of(0i32..40))
        .prop_map(|(day, total, dated)| Report::Ledger { day, total, dated });
    proptest::collection::vec(prop_oneof![movement, ledger], 0..9)
}

/// Records a report if it fits; true if it did.
fn take(events: &mut Vec<LoanEvent>, report: &Report) -> bool {
    let day = |days: i32| add_days(date(2018, 6, 17), days);
    let folded = fold(events, ALWAYS).unwrap();
    match *report {
        Report::Movement { day: on, amount, balance } => {
            let (on, amount, balance) = (day(on), Fen::new(amount), balance.map(Fen::new));
            let fits = judge_movement(&folded, on, amount, balance) == MovementVerdict::Follows;
            if fits {
                record(events, on, EventKind::Repaid { amount_fen: amount });
            }
            fits
        }
        Report::Ledger { day: on, total, dated } => {
            let (on, repaid_fen) = (day(on), Fen::new(total));
            let dated_on = dated.map(day).filter(|dated| *dated <= on);
            let verdict = judge_position(&folded, on, repaid_fen, dated_on, Fen::new(100));
            if verdict == PositionVerdict::Stands {
                record(events, on, EventKind::Position { repaid_fen, dated_on });
            }
            verdict == PositionVerdict::Stands
        }
    }
}

#[test]
fn what_takes_an_event_away_can_be_taken_away() {
    let mut events = opened(100);
    record(&mut events, date(2019, 4, 30), position(40));
    // A mended ledger takes the place of that: 5 and 4 are taken back with it, and then the loan with its own ledger.
    record(&mut events, date(2019, 4, 30), EventKind::Reversed { corrects: 3 });
    record(&mut events, date(2019, 4, 30), position(60));
    let repaid = |events: &[LoanEvent], at| fold(events, at).map(|fold| fold.repaid().get());
    for corrects in [5, 4] {
        record(&mut events, date(2019, 4, 30), EventKind::Reversed { corrects });
    }
    assert_eq!([3, 4, 5, 6, 7].map(|at| repaid(&events, at)), [40, 0, 60, 0, 40].map(Some));
    assert_eq!(standing(&events, ALWAYS).iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 6, 7]);
    for corrects in [3, 2, 1] {
        record(&mut events, date(2019, 4, 30), EventKind::Reversed { corrects });
    }
    assert_eq!((repaid(&events, ALWAYS), repaid(&events, 7)), (None, Some(40)));
}

#[test]
fn a_reversed_event_did_not_happen_but_was_known() {
    let mut events = opened(100);
    record(&mut events, date(2019, 5, 10), repaid(100));
    record(&mut events, date(2019, 5, 10), EventKind::Reversed { corrects: 3 });
    assert_eq!(fold(&events, 3).unwrap().settled_on(), Some(date(2019, 5, 10)));
    assert_eq!(fold(&events, 4).unwrap().settled_on(), None);
}

#[test]
fn an_extension_gives_the_days_after_it_another_term_and_leaves_those_before() {
    use Standing::{Blue, Green, None, Overdue, Red, Yellow};
    let mut events = opened(100);
    record(&mut events, date(2019, 6, 12), EventKind::Extended { due_on: date(2019, 12, 17) });
    let days = lines(&events, Some(date(2020, 1, 1)));
    let days: Vec<(Date, Standing)> = days.into_iter().map(|(from, standing, _)| (from, standing)).collect();
    let expected = [
        (date(2018, 6, 17), None),
        (date(2019, 3, 19), Green),
        (date(2019, 4, 18), Blue),
        (date(2019, 5, 18), Yellow),
        (date(2019, 6, 10), Red),
        (date(2019, 6, 12), None),
        (date(2019, 9, 18), Green),
        (date(2019, 10, 18), Blue),
        (date(2019, 11, 17), Yellow),
        (date(2019, 12, 10), Red),
        (date(2019, 12, 18), Overdue),
    ];
    assert_eq!(days, expected);
    // What was known before it is as it was, and taken back it did not happen.
    let due = |events: &[LoanEvent], at| fold(events, at).unwrap().due_on(date(2019, 6, 12));
    assert_eq!((due(&events, 2), due(&events, 3)), (date(2019, 6, 17), date(2019, 12, 17)));
    record(&mut events, date(2019, 6, 12), EventKind::Reversed { corrects: 3 });
    assert_eq!(due(&events, ALWAYS), date(2019, 6, 17));
}

#[test]
fn a_renewal_settles_what_is_owed_and_the_banks_own_booking_of_it_adds_nothing() {
    let day = date(2019, 6, 12);
    for booked_first in [true, false] {
        let mut events = opened(100);
        record(&mut events, date(2019, 6, 1), repaid(30));
        let both = [repaid(70), EventKind::Renewed { by_loan_id: 9 }];
        for at in if booked_first { [0, 1] } else { [1, 0] } {
            record(&mut events, day, both[at].clone());
        }
        let folded = fold(&events, ALWAYS).unwrap();
        assert_eq!((folded.repaid(), folded.settled_on()), (Fen::new(100), Some(day)));
        assert_eq!(folded.renewal.map(|renewal| (renewal.on, renewal.by_loan_id)), Some((day, 9)));
    }
    // Without the bank's booking it is settled all the same.
    let mut events = opened(100);
    record(&mut events, day, EventKind::Renewed { by_loan_id: 9 });
    assert_eq!(fold(&events, ALWAYS).unwrap().settled_on(), Some(day));
}

proptest! {
    /// In whatever order positions and movements arrive, a day's answer is the same.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        moves in proptest::collection::vec((0i32..400, 1i64..30), 0..5),
        stated in proptest::collection::vec((0i32..400, 0i64..100), 0..3),
    ) {
        let facts: Vec<(Date, EventKind)> = moves
            .iter()
            .map(|(day, amount)| (add_days(date(2018, 6, 17), *day), repaid(*amount)))
            .chain(stated.iter().map(|(day, total)| (add_days(date(2018, 6, 17), *day), position(*total))))
            .collect();
        let mut forward = opened(100_000);
        let mut distinct = std::collections::BTreeSet::new();
        let facts: Vec<_> = facts
            .into_iter()
            .filter(|(day, kind)| !matches!(kind, EventKind::Position { .. }) || distinct.insert(*day))
            .collect();
        for (day, kind) in facts.iter().cloned() { record(&mut forward, day, kind); }
        let mut backward = opened(100_000);
        for (day, kind) in facts.iter().rev().cloned() { record(&mut backward, day, kind); }
        prop_assert_eq!(lines(&forward, None), lines(&backward, None));
    }

    /// Whatever is reported in whatever order: nothing is repaid beyond the principal, what a ledger states holds on
    /// its day, a movement before it adds nothing by then, and a statement that stands can be said again.
    #[test]
    fn what_fits_leads_to_no_wrong_money(reports in reports()) {
        let mut events = opened(100);
        for report in &reports {
            let before = fold(&events, ALWAYS).unwrap();
            let fitted = take(&mut events, report);
            let after = fold(&events, ALWAYS).unwrap();
            prop_assert!(after.repaid() <= Fen::new(100), "{:?}", after.repayments);
            prop_assert!(after.repayments.values().all(|amount| amount.is_positive()));
            for (day, stated) in &after.positions {
                let back_dated = after.positions.range(*day..).skip(1).any(|(_, later)| later.dated_on.is_some());
                prop_assert!(after.repaid_by(*day) >= stated.repaid_fen);
                prop_assert!(back_dated || after.repaid_by(*day) == stated.repaid_fen, "{day} {after:?}");
            }
            if let Report::Movement { day, .. } = report
                && let Some((day, _)) = before.positions.range(add_days(date(2018, 6, 17), *day)..).next()
            {
                prop_assert_eq!(after.repaid_by(*day), before.repaid_by(*day));
                prop_assert_eq!(after.repaid(), before.repaid());
            }
            if fitted && matches!(report, Report::Ledger { .. }) {
                let known = events.len();
                prop_assert!(take(&mut events, report));
                prop_assert_eq!(fold(&events, ALWAYS).unwrap().repayments, after.repayments);
                events.truncate(known);
            }
        }
    }

    /// Intervals adjoin, cover every day from disbursement on, and agree with the rule asked day by day.
    #[test]
    fn every_day_has_one_standing(
        pays in proptest::collection::vec((0i32..500, 1i64..60), 0..6),
        extensions in proptest::collection::vec((0i32..500, 0i32..400), 0..3),
        ask in 0i32..600,
    ) {
        let mut events = opened(100);
        for (day, amount) in pays { record(&mut events, add_days(date(2018, 6, 17), day), repaid(amount)); }
        for (day, longer) in extensions {
            let due_on = add_days(date(2019, 6, 17), longer);
            record(&mut events, add_days(date(2018, 6, 17), day), EventKind::Extended { due_on });
        }
        let folded = fold(&events, ALWAYS).unwrap();
        let until = Some(date(2019, 7, 1));
        let intervals = timeline(&folded, &RULE, |due_on| due_on, |_| until);
        for pair in intervals.windows(2) { prop_assert_eq!(pair[0].to_on, Some(pair[1].from_on)); }
        let day = add_days(date(2018, 6, 17), ask);
        let at = intervals.iter().filter(|i| i.from_on <= day && i.to_on.is_none_or(|to| day < to)).collect::<Vec<_>>();
        prop_assert_eq!(at.len(), 1);
        let expected = if folded.balance_on(day).is_positive() {
            crate::warning::standing_of_owing(day, folded.due_on(day), until, &RULE)
        } else { Standing::Settled };
        prop_assert_eq!(at[0].standing, expected);
        prop_assert_eq!(at[0].due_on, folded.due_on(day));
        prop_assert_eq!(at[0].balance_fen, folded.balance_on(day));
    }
}
