//! What is proposed, who may move it on, and what a pack asks of it.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::loan::Terms;
use crate::policy::{EMBEDDED, Pack, Packs};

const TODAY: Date = date(2019, 6, 17);

fn pack(id: &str) -> Pack {
    Packs::parse(&EMBEDDED).unwrap().by_id(id).unwrap().clone()
}

fn facts() -> Facts {
    Facts {
        today: TODAY,
        contract: Terms {
            principal_fen: Fen::new(5_000_000),
            rate: None,
            disbursed_on: date(2018, 7, 1),
            due_on: date(2019, 7, 1),
            term_months: Some(12),
            purpose: Some("脐橙种植".to_owned()),
        },
        due_on: date(2019, 7, 1),
        times: 0,
        age: Some(45),
        misused: false,
    }
}

fn extension(until: Date) -> Proposal {
    Proposal { kind: Kind::Extension, until_on: Some(until), amount_fen: None, instalments: Vec::new() }
}

fn broken(proposal: &Proposal, facts: &Facts) -> Vec<Clause> {
    let pack = pack("national-2021");
    let rulings = clauses(proposal, facts, &pack, &pack);
    rulings.into_iter().filter(|one| one.verdict == Verdict::Broken).map(|one| one.clause).collect()
}

#[test]
fn an_extension_runs_no_longer_than_its_share_of_the_term() {
    assert_eq!(broken(&extension(date(2020, 7, 1)), &facts()), []);
    assert_eq!(broken(&extension(date(2020, 7, 2)), &facts()), [Clause::Term]);
    // Of a loan of two years half the term, and no more.
    let mut longer = facts();
    longer.contract.disbursed_on = date(2017, 7, 1);
    longer.contract.term_months = None;
    assert_eq!(broken(&extension(date(2020, 7, 1)), &longer), []);
    assert_eq!(broken(&extension(date(2020, 7, 2)), &longer), [Clause::Term]);
}

#[test]
fn each_clause_is_named_by_itself() {
    let until = extension(date(2020, 1, 1));
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts();
        change(&mut facts);
        broken(&until, &facts)
    };
    assert_eq!(with(|facts| facts.times = 1), [Clause::Times]);
    assert_eq!(with(|facts| facts.age = Some(65)), []);
    assert_eq!(with(|facts| facts.age = Some(66)), [Clause::Age]);
    assert_eq!(with(|facts| facts.today = date(2019, 7, 1)), []);
    assert_eq!(with(|facts| facts.today = date(2019, 7, 2)), [Clause::BeforeDue]);
    assert_eq!(with(|facts| facts.contract.purpose = Some("结婚用款".to_owned())), [Clause::Purpose]);
    assert_eq!(with(|facts| facts.misused = true), [Clause::NoMisuse]);
}

#[test]
fn what_no_source_states_is_left_to_people() {
    // The pack of 2015 gives no number of extensions, and nobody knows the age.
    let (pack, mut facts) = (pack("national-2015"), facts());
    facts.age = None;
    let rulings = clauses(&extension(date(2020, 1, 1)), &facts, &pack, &pack);
    let open = rulings.iter().filter(|one| one.verdict == Verdict::Open).map(|one| one.clause);
    assert_eq!(open.collect::<Vec<_>>(), [Clause::Times, Clause::Age]);
}

#[test]
fn a_renewal_is_judged_by_the_pack_of_its_own_day() {
    let renewal = Proposal {
        kind: Kind::Renewal,
        until_on: Some(date(2022, 6, 18)),
        amount_fen: Some(Fen::new(5_000_001)),
        instalments: Vec::new(),
    };
    assert_eq!(broken(&renewal, &facts()), [Clause::Term, Clause::Cap]);
    let sound =
        Proposal { until_on: Some(date(2022, 6, 17)), amount_fen: Some(Fen::new(5_000_000)), ..renewal };
    assert_eq!(broken(&sound, &facts()), []);
}

#[test]
fn a_proposal_says_what_its_kind_needs_and_nothing_else() {
    let (due_on, owed) = (date(2019, 7, 1), Fen::new(3_000_000));
    let sound = |kind, until_on, amount: Option<i64>| {
        let proposal = Proposal { kind, until_on, amount_fen: amount.map(Fen::new), instalments: Vec::new() };
        proposal.sound(TODAY, due_on, owed)
    };
    let day = |after| Err(ProposalGap::Day { after });
    assert_eq!(sound(Kind::Extension, None, None), day(due_on));
    assert_eq!(sound(Kind::Extension, Some(due_on), None), day(due_on));
    assert_eq!(sound(Kind::Renewal, Some(TODAY), Some(1)), day(TODAY));
    assert_eq!(sound(Kind::Repayment, Some(date(2019, 6, 16)), Some(1)), day(date(2019, 6, 16)));
    let amount = Err(ProposalGap::Amount { owed_fen: owed });
    assert_eq!(sound(Kind::Repayment, Some(TODAY), None), amount);
    assert_eq!(sound(Kind::Repayment, Some(TODAY), Some(0)), amount);
    assert_eq!(sound(Kind::Renewal, Some(date(2020, 6, 17)), Some(3_000_001)), amount);
    let court = sound(Kind::Court, Some(TODAY), Some(5)).unwrap();
    assert_eq!((court.until_on, court.amount_fen), (None, None));
}

#[test]
fn nobody_checks_their_own_work_and_nobody_twice() {
    let at = |state, by, who| moved((Kind::Extension, state), by, who, (0, 1));
    let (maker, other, again) = ((true, false), (false, false), (false, true));
    assert_eq!(at(State::Proposed, Move::Agree, maker), Err(MoveFault::OwnWork));
    assert_eq!(at(State::Proposed, Move::Return, maker), Err(MoveFault::OwnWork));
    assert_eq!(at(State::Proposed, Move::Agree, again), Err(MoveFault::OwnWork));
    assert_eq!(at(State::Proposed, Move::Withdraw, other), Err(MoveFault::NotMaker));
    assert_eq!(at(State::Proposed, Move::Withdraw, maker), Ok(State::Withdrawn));
    assert_eq!(at(State::Proposed, Move::Agree, other), Ok(State::AwaitingBank));
    assert_eq!(at(State::AwaitingBank, Move::Grant, other), Ok(State::Granted));
    assert_eq!(at(State::AwaitingBank, Move::Refuse, maker), Ok(State::Refused));
    for over in
        [State::Agreed, State::Granted, State::Returned, State::Withdrawn, State::Refused, State::Lapsed]
    {
        for by in [Move::Agree, Move::Return, Move::Withdraw, Move::Grant, Move::Refuse] {
            assert_eq!(at(over, by, other), Err(MoveFault::MovedOn), "{over:?} {by:?}");
        }
    }
}

proptest! {
    /// However many must agree, exactly so many do before the bank is asked or the proposal holds.
    #[test]
    fn as_many_agree_as_the_pack_asks(needed in 1u32..6, kind in 0usize..8) {
        let kind = Kind::ALL[kind];
        let mut state = State::Proposed;
        for agreed in 0..needed {
            prop_assert_eq!(state, State::Proposed);
            state = moved((kind, state), Move::Agree, (false, false), (agreed, needed)).unwrap();
        }
        prop_assert_eq!(state, if kind.is_banks() { State::AwaitingBank } else { State::Agreed });
    }

    /// A plan that is taken pays exactly what is owed, on days that follow one another.
    #[test]
    fn a_sound_plan_pays_what_is_owed(
        parts in proptest::collection::vec((-3i32..90, -5i64..500), 0..28),
        owed in 1i64..1_500,
    ) {
        let plan: Vec<Instalment> = parts
            .iter()
            .map(|(days, amount)| Instalment {
                on: crate::loan::add_days(TODAY, *days),
                amount_fen: Fen::new(*amount),
            })
            .collect();
        match sound_plan(plan.clone(), TODAY, Fen::new(owed)) {
            Ok(sound) => {
                prop_assert_eq!(sound.iter().map(|one| one.amount_fen).sum::<Fen>(), Fen::new(owed));
                prop_assert!(sound.iter().all(|one| one.on >= TODAY && one.amount_fen.is_positive()));
                prop_assert!(sound.windows(2).all(|two| two[0].on < two[1].on));
            }
            Err(PlanFault::Sum { sum_fen, .. }) => prop_assert_ne!(sum_fen, Fen::new(owed)),
            Err(PlanFault::Parts { most }) => prop_assert!(plan.is_empty() || plan.len() > most),
            Err(PlanFault::Days { part } | PlanFault::Part { part }) => prop_assert!(part <= plan.len()),
        }
    }
}
