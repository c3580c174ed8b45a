//! The rule at both sides of each boundary, and what must hold of it whatever a loan is like.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::calendar::EMBEDDED as REST_DAYS;
use crate::loan::{EventKind, LoanEvent, Particulars, Terms, fold};
use crate::policy::{EMBEDDED, Packs, Status};

fn calendar() -> Calendar {
    Calendar::parse("rest-days", REST_DAYS).unwrap()
}

fn said<T>(value: T) -> Setting<T> {
    Setting { value: Some(value), status: Status::Known, source: String::new() }
}

fn unsaid<T>() -> Setting<T> {
    Setting { value: None, status: Status::Unknown, source: String::new() }
}

/// A rule under which everything that can count does.
fn rule() -> RewardRule {
    RewardRule {
        household: said(Rate::from_percent(2.into())),
        enterprise: said(Rate::from_percent(5.into())),
        base: said(RewardBase::AmountLent),
        often: said(RewardOften::Once),
        enterprise_for: said(RewardFor::LoansCarried),
        after_extension: said(true),
        after_renewal: said(AfterRenewal::EndOfChain),
        in_parts: said(true),
        rest_day_grace: said(true),
        early_days_min: said(0),
        publicity_days: said(7),
        publicity_days_are: said(crate::policy::PublicityDays::Calendar),
    }
}

/// 50,000 yuan due on a Saturday, repaid on that day in one.
fn repaid() -> Repaid {
    let due_on = date(2019, 6, 15);
    Repaid {
        principal_fen: Fen::new(5_000_000),
        line_fen: None,
        disbursed_on: date(2018, 6, 15),
        due_on,
        extended_to: None,
        settled_on: Some(due_on),
        settled_from: Some(due_on),
        parts: 1,
        renewed: false,
        renews: false,
        misused: false,
        of_household: true,
        carried: true,
    }
}

fn on(day: Date) -> Repaid {
    Repaid { settled_on: Some(day), settled_from: Some(day), ..repaid() }
}

fn earns(repaid: &Repaid, rule: &RewardRule) -> Result<i64, WhyNot> {
    judge(RewardKind::Household, repaid, rule, &calendar()).map(|earned| earned.amount_fen.get())
}

fn unknown(place: &'static str) -> Result<i64, WhyNot> {
    Err(WhyNot::Unknown { place })
}

#[test]
fn on_time_earns_its_part() {
    assert_eq!(earns(&repaid(), &rule()), Ok(100_000));
    let enterprise = judge(RewardKind::Enterprise, &repaid(), &rule(), &calendar()).unwrap();
    assert_eq!((enterprise.amount_fen, enterprise.times), (Fen::new(250_000), 1));
    let odd = Repaid { principal_fen: Fen::new(1_234_525), ..repaid() };
    assert_eq!(earns(&odd, &rule()), Ok(24_691), "246.905 yuan");
}

#[test]
fn a_rest_day_leaves_time_where_the_pack_says_so() {
    let (sunday, monday, tuesday) = (date(2019, 6, 16), date(2019, 6, 17), date(2019, 6, 18));
    let by_on = repaid().due_on;
    let late = |settled_on| Err(WhyNot::Late { by_on, settled_on });
    assert_eq!(earns(&on(monday), &rule()), Ok(100_000));
    assert_eq!(earns(&on(tuesday), &rule()), late(tuesday));
    let strict = RewardRule { rest_day_grace: said(false), ..rule() };
    assert_eq!(earns(&on(sunday), &strict), late(sunday));
    let open = RewardRule { rest_day_grace: unsaid(), ..rule() };
    assert_eq!(earns(&on(monday), &open), unknown("reward.rest_day_grace"));
    assert_eq!(earns(&on(tuesday), &open), late(tuesday), "what decides nothing is not asked");
    assert_eq!(earns(&repaid(), &open), Ok(100_000));
}

#[test]
fn what_the_pack_leaves_open_is_asked_only_where_it_decides() {
    let bare = RewardRule {
        after_extension: unsaid(),
        after_renewal: unsaid(),
        in_parts: unsaid(),
        rest_day_grace: unsaid(),
        early_days_min: unsaid(),
        ..rule()
    };
    assert_eq!(earns(&repaid(), &bare), Ok(100_000));
    let cases = [
        (Repaid { parts: 2, ..repaid() }, "reward.in_parts"),
        (on(date(2019, 6, 14)), "reward.early_days_min"),
        (Repaid { renewed: true, ..repaid() }, "reward.after_renewal"),
        (Repaid { extended_to: Some(date(2020, 6, 15)), ..on(date(2020, 6, 15)) }, "reward.after_extension"),
    ];
    for (case, place) in cases {
        assert_eq!(earns(&case, &bare), unknown(place));
    }
    for (rule, place) in [
        (RewardRule { household: unsaid(), ..rule() }, "reward.household_percent"),
        (RewardRule { base: unsaid(), ..rule() }, "reward.base"),
        (RewardRule { often: unsaid(), ..rule() }, "reward.often"),
    ] {
        assert_eq!(earns(&repaid(), &rule), unknown(place));
    }
}

#[test]
fn an_extended_day_counts_or_does_not() {
    let to = date(2020, 6, 15);
    let extended = |day| Repaid { extended_to: Some(to), ..on(day) };
    assert_eq!(earns(&extended(to), &rule()), Ok(100_000));
    let late = date(2020, 6, 16);
    assert_eq!(earns(&extended(late), &rule()), Err(WhyNot::Late { by_on: to, settled_on: late }));
    let strict = RewardRule { after_extension: said(false), ..rule() };
    assert_eq!(earns(&extended(to), &strict), Err(WhyNot::Extended { to }));
    let kept = repaid().due_on;
    assert_eq!(earns(&extended(kept), &strict), Ok(100_000), "the contract's own day was kept");
    let by_on = repaid().due_on;
    assert_eq!(earns(&extended(late), &strict), Err(WhyNot::Late { by_on, settled_on: late }));
}

#[test]
fn a_chain_of_renewals_earns_at_its_end_or_never() {
    let strict = RewardRule { after_renewal: said(AfterRenewal::No), ..rule() };
    let old = Repaid { renewed: true, ..repaid() };
    let new = Repaid { renews: true, ..repaid() };
    assert_eq!(earns(&old, &rule()), Err(WhyNot::ChainGoesOn));
    assert_eq!(earns(&new, &rule()), Ok(100_000));
    assert_eq!((earns(&old, &strict), earns(&new, &strict)), (Err(WhyNot::Renewed), Err(WhyNot::Renewed)));
}

#[test]
fn parts_early_days_and_years() {
    let parts = Repaid { parts: 3, ..repaid() };
    assert_eq!(earns(&parts, &rule()), Ok(100_000));
    let strict = RewardRule { in_parts: said(false), ..rule() };
    assert_eq!(earns(&parts, &strict), Err(WhyNot::InParts { parts: 3 }));
    let held = RewardRule { early_days_min: said(90), ..rule() };
    assert_eq!(earns(&on(date(2018, 9, 13)), &held), Ok(100_000));
    let early = WhyNot::TooEarly { ran: 89, least: 90 };
    assert_eq!(earns(&on(date(2018, 9, 12)), &held), Err(early));
    let yearly = RewardRule { often: said(RewardOften::EachYear), ..rule() };
    let three = Repaid { disbursed_on: date(2016, 6, 15), ..repaid() };
    assert_eq!(earns(&three, &yearly), Ok(300_000));
    assert_eq!(earns(&on(date(2019, 6, 14)), &yearly), Err(WhyNot::NoFullYear));
}

#[test]
fn nobody_is_rewarded_who_is_not_there_and_nothing_that_was_misused() {
    let rule = rule();
    let of = |kind, repaid: &Repaid| judge(kind, repaid, &rule, &calendar()).unwrap_err();
    let owed = Repaid { settled_on: None, settled_from: None, ..repaid() };
    assert_eq!(of(RewardKind::Household, &owed), WhyNot::NotSettled);
    let alone = Repaid { carried: false, ..repaid() };
    assert_eq!(of(RewardKind::Enterprise, &alone), WhyNot::NoEnterprise);
    let firm = Repaid { of_household: false, ..repaid() };
    assert_eq!(of(RewardKind::Household, &firm), WhyNot::NoHousehold);
    let misused = Repaid { misused: true, ..repaid() };
    assert_eq!(of(RewardKind::Household, &misused), WhyNot::Misused);
    let line = RewardRule { base: said(RewardBase::CreditLine), ..rule.clone() };
    assert_eq!(earns(&repaid(), &line), Err(WhyNot::NoLine));
    let known = Repaid { line_fen: Some(Fen::new(3_000_000)), ..repaid() };
    assert_eq!(earns(&known, &line), Ok(60_000));
}

#[test]
fn a_day_that_only_a_ledger_gives_accuses_nobody() {
    let (by_on, ledger) = (repaid().due_on, date(2019, 6, 30));
    let open = Repaid { settled_from: Some(date(2019, 6, 1)), ..on(ledger) };
    assert_eq!(earns(&open, &rule()), Err(WhyNot::DayUnknown { by_on, settled_on: ledger }));
    let late = Repaid { settled_from: Some(date(2019, 6, 18)), ..on(ledger) };
    assert_eq!(earns(&late, &rule()), Err(WhyNot::Late { by_on, settled_on: ledger }));
}

#[test]
fn the_reward_at_stake_is_what_paying_on_the_day_would_earn() {
    let owed = Repaid { settled_on: None, settled_from: None, parts: 0, ..repaid() };
    let stake = |day| at_stake(RewardKind::Household, &owed, day, &rule(), &calendar());
    assert_eq!(stake(owed.due_on).unwrap().amount_fen, Fen::new(100_000));
    assert!(matches!(stake(date(2019, 6, 18)), Err(WhyNot::Late { .. })));
}

#[test]
fn what_events_tell_of_the_day() {
    let terms = Terms {
        principal_fen: Fen::new(5_000_000),
        rate: None,
        disbursed_on: date(2018, 6, 15),
        due_on: date(2019, 6, 15),
        term_months: None,
        purpose: None,
    };
    let told = |kinds: Vec<(Date, EventKind)>| {
        let opened = EventKind::Opened { terms: terms.clone(), about: Particulars::default() };
        let all = std::iter::once((terms.disbursed_on, opened)).chain(kinds);
        let event = |(seq, (effective_on, kind))| LoanEvent { seq, effective_on, recorded_at: 0, kind };
        let events: Vec<LoanEvent> = (1..).zip(all).map(event).collect();
        let folded = fold(&events, i64::MAX).unwrap();
        let repaid = Repaid::of(&folded, date(2019, 12, 31));
        (repaid.settled_from, repaid.settled_on, repaid.parts)
    };
    let position = |yuan: i64, dated_on| EventKind::Position { repaid_fen: Fen::new(yuan * 100), dated_on };
    let paid = |yuan: i64| EventKind::Repaid { amount_fen: Fen::new(yuan * 100) };
    let (may, june, july) = (date(2019, 5, 31), date(2019, 6, 30), date(2019, 7, 31));
    let between = Some(date(2019, 6, 1));
    assert_eq!(
        told(vec![(may, position(0, None)), (june, position(50_000, None))]),
        (between, Some(june), 1)
    );
    let named = date(2019, 6, 14);
    let dated = told(vec![(may, position(0, None)), (june, position(50_000, Some(named)))]);
    assert_eq!(dated, (Some(named), Some(named), 1));
    let by_bank = told(vec![(may, paid(20_000)), (named, paid(30_000)), (june, position(50_000, None))]);
    assert_eq!(by_bank, (Some(named), Some(named), 2));
    let partly = told(vec![(may, paid(20_000)), (july, position(50_000, None))]);
    assert_eq!(partly, (between, Some(july), 2));
    assert_eq!(told(vec![(may, paid(20_000))]), (None, None, 1));
    let later = told(vec![(date(2020, 1, 5), paid(50_000))]);
    assert_eq!(later, (None, None, 0), "what comes after the day is not counted");
}

#[test]
fn what_events_tell_of_extensions_and_renewals() {
    let terms = Terms {
        principal_fen: Fen::new(5_000_000),
        rate: None,
        disbursed_on: date(2018, 6, 15),
        due_on: date(2019, 6, 15),
        term_months: None,
        purpose: None,
    };
    let told = |kinds: Vec<(Date, EventKind)>| {
        let opened = EventKind::Opened { terms: terms.clone(), about: Particulars::default() };
        let all = std::iter::once((terms.disbursed_on, opened)).chain(kinds);
        let event = |(seq, (effective_on, kind))| LoanEvent { seq, effective_on, recorded_at: 0, kind };
        let events: Vec<LoanEvent> = (1..).zip(all).map(event).collect();
        Repaid::of(&fold(&events, i64::MAX).unwrap(), date(2021, 12, 31))
    };
    let (extended_on, to) = (date(2019, 6, 10), date(2020, 6, 15));
    let extended = (extended_on, EventKind::Extended { due_on: to });
    let paid = EventKind::Repaid { amount_fen: terms.principal_fen };
    let kept = told(vec![extended.clone(), (to, paid.clone())]);
    assert_eq!((kept.extended_to, kept.settled_on, kept.renewed), (Some(to), Some(to), false));
    assert_eq!(earns(&Repaid { carried: true, ..kept }, &rule()), Ok(100_000));
    let before = told(vec![(date(2019, 6, 1), paid), extended]);
    assert_eq!(before.extended_to, None, "an extension of what was repaid is none");
    let renewed = told(vec![(date(2019, 6, 14), EventKind::Renewed { by_loan_id: 7 })]);
    assert!(renewed.renewed && renewed.settled_on == Some(date(2019, 6, 14)));
    assert_eq!(earns(&renewed, &rule()), Err(WhyNot::ChainGoesOn));
}

#[test]
fn the_packs_that_are_brought_along_say_what_is_known() {
    let packs = Packs::parse(&EMBEDDED).unwrap();
    let yizhang = &packs.by_id("yizhang-2019").unwrap().reward;
    assert_eq!(earns(&repaid(), yizhang), Ok(100_000));
    let extended = Repaid { extended_to: Some(date(2020, 6, 15)), ..on(date(2020, 6, 1)) };
    assert_eq!(earns(&extended, yizhang), unknown("reward.after_extension"));
    let nation = &packs.by_id("national-2021").unwrap().reward;
    assert_eq!(earns(&repaid(), nation), unknown("reward.household_percent"));
}

#[test]
fn a_reason_is_stored_and_read_again() {
    let (by_on, settled_on) = (date(2019, 6, 15), date(2019, 7, 1));
    for why in [
        WhyNot::NotSettled,
        WhyNot::Late { by_on, settled_on },
        WhyNot::DayUnknown { by_on, settled_on },
        WhyNot::Misused,
        WhyNot::Extended { to: by_on },
        WhyNot::Renewed,
        WhyNot::ChainGoesOn,
        WhyNot::InParts { parts: 3 },
        WhyNot::TooEarly { ran: 5, least: 90 },
        WhyNot::NoFullYear,
        WhyNot::NoLine,
        WhyNot::NoHousehold,
        WhyNot::NoEnterprise,
        WhyNot::NotReckoned,
        WhyNot::Unknown { place: "reward.base" },
    ] {
        assert_eq!(WhyNot::from_key(why.key(), &why.detail()), Some(why));
    }
    assert_eq!(WhyNot::from_key("unknown", "loan.nothing"), None);
}

prop_compose! {
    fn any_repaid()(
        fen in 1..20_000_000_i64,
        (term, extension) in (1..1_200_i32, prop::option::of(1..400_i32)),
        settled in prop::option::of((0..2_000_i32, 0..60_i32)),
        parts in 1..4_u32,
        (renewed, renews, misused, of_household, carried) in any::<(bool, bool, bool, bool, bool)>(),
    ) -> Repaid {
        let disbursed_on = date(2016, 3, 1);
        let due_on = add_days(disbursed_on, term);
        let settled_on = settled.map(|(days, _)| add_days(disbursed_on, days));
        let from = |(days, open): (i32, i32)| add_days(disbursed_on, (days - open).max(0));
        Repaid {
            principal_fen: Fen::new(fen),
            line_fen: None,
            disbursed_on,
            due_on,
            extended_to: extension.map(|days| add_days(due_on, days)),
            settled_on,
            settled_from: settled.map(from),
            parts, renewed, renews, misused, of_household, carried,
        }
    }
}

proptest! {
    /// Nothing is earned by what is owed, late or misused; what is earned is the percentage of the amount lent.
    #[test]
    fn only_what_was_repaid_in_time_earns(repaid in any_repaid(), percent in 1..=100_i64) {
        let rate = Rate::from_percent(percent.into());
        let rule = RewardRule { household: said(rate), rest_day_grace: said(false), ..rule() };
        if let Ok(earned) = judge(RewardKind::Household, &repaid, &rule, &calendar()) {
            prop_assert!(!repaid.misused && !repaid.renewed && repaid.of_household);
            prop_assert!(earned.settled_on <= earned.by_on);
            prop_assert!(earned.by_on == repaid.due_on || Some(earned.by_on) == repaid.extended_to);
            prop_assert_eq!(earned.amount_fen.get(), (repaid.principal_fen.get() * percent + 50) / 100);
        }
    }

    /// An earlier day never earns less than a later one, where early repayment counts.
    #[test]
    fn to_repay_earlier_never_loses_a_reward(repaid in any_repaid(), days in 0..300_i32) {
        let earlier = repaid.settled_on.map(|day| add_days(day, -days).max(repaid.disbursed_on));
        let sooner = Repaid { settled_on: earlier, settled_from: earlier, ..repaid.clone() };
        let of = |one: &Repaid| judge(RewardKind::Household, one, &rule(), &calendar()).is_ok();
        prop_assert!(!of(&repaid) || of(&sooner));
    }

    /// Whatever a pack leaves open, nothing is earned by it that would not be earned if it were set some way.
    #[test]
    fn an_open_value_is_never_assumed(repaid in any_repaid(), which in 0..5_usize) {
        let open = match which {
            0 => RewardRule { after_extension: unsaid(), ..rule() },
            1 => RewardRule { after_renewal: unsaid(), ..rule() },
            2 => RewardRule { in_parts: unsaid(), ..rule() },
            3 => RewardRule { rest_day_grace: unsaid(), ..rule() },
            _ => RewardRule { early_days_min: unsaid(), ..rule() },
        };
        let of = |rule: &RewardRule| judge(RewardKind::Household, &repaid, rule, &calendar());
        if let Ok(earned) = of(&open) {
            prop_assert_eq!(Ok(earned), of(&rule()));
            let strict = match which {
                0 => RewardRule { after_extension: said(false), ..rule() },
                1 => RewardRule { after_renewal: said(AfterRenewal::No), ..rule() },
                2 => RewardRule { in_parts: said(false), ..rule() },
                3 => RewardRule { rest_day_grace: said(false), ..rule() },
                _ => RewardRule { early_days_min: said(3_650), ..rule() },
            };
            prop_assert_eq!(Ok(earned), of(&strict));
        }
    }
}
