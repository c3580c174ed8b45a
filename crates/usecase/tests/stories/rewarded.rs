//! A list of rewards from the draft to the payment: the sums to the fen, two people for each step, and nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::ledger::AccountKind;
use bangfu_domain::reward::{ListState, ObjectionState, RewardKind, WhyNot};
use bangfu_store::reward::Entry;
use bangfu_store::testing::audited;
use bangfu_store::{Scope, ledger as stored, loan};
use bangfu_usecase::Ctx;
use bangfu_usecase::adopt::adopt;
use bangfu_usecase::amendment::{self, NewAmendment, Subject, mark};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::proposal::{Deciding, ProposalFault};
use bangfu_usecase::reward::{self, Held, Look, NewObjection, NewPayment, RewardFault, Seen};
use bangfu_usecase::rulebook::in_force;
use jiff::civil::{Date, date};

use crate::reward_book::{CASES, book, part};
use crate::stage::Stage;
use crate::story;

const COUNTY: i64 = 431_022;

/// The account of who makes, of who checks, and of a third.
const MAKER: i64 = 7_001;
const CHECKER: i64 = 7_002;
const THIRD: i64 = 7_003;

fn on(stage: &Stage, day: Date) -> Ctx {
    Ctx { today: day, ..stage.ctx() }
}

const MAY: (Date, Date) = (date(2019, 5, 1), date(2019, 5, 31));

async fn look(stage: &Stage, list_id: i64) -> Look {
    reward::look(&mut stage.db.read().await.unwrap(), &stage.ctx(), list_id).await.unwrap()
}

/// The list as somebody has it before them.
async fn by(stage: &Stage, list_id: i64, account_id: i64) -> Seen {
    Seen { list_id, version: look(stage, list_id).await.list.version, account_id }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn told(entries: &[Entry]) -> BTreeSet<(String, RewardKind, i64)> {
    entries.iter().map(|one| (one.number.clone(), one.kind, one.amount_fen.get())).collect()
}

async fn balances(stage: &Stage) -> BTreeMap<AccountKind, i64> {
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(
        stored::unbalanced(&mut tx, COUNTY).await.unwrap(),
        Vec::<i64>::new(),
        "each transaction sums to zero"
    );
    let balances = reward::balances(&mut tx, &stage.ctx()).await.unwrap();
    assert_eq!(balances.iter().map(|(_, fen)| fen.get()).sum::<i64>(), 0, "and so does the ledger");
    balances.into_iter().map(|(kind, fen)| (kind, fen.get())).collect()
}

async fn a_list_goes_from_its_draft_to_the_payment(stage: &Stage) {
    use RewardKind::{Enterprise, Household};
    book(stage).await;
    let (db, ctx) = (&stage.db, stage.ctx());
    let list_id = reward::propose(db, &ctx, MAKER, MAY).await.unwrap();
    let made = look(stage, list_id).await;
    let entries: Vec<Entry> = made.entries.iter().map(|one| one.entry.clone()).collect();
    let mut expected = BTreeSet::new();
    for number in ["R0", "R1", "R3", "R7", "R8"] {
        let case = CASES.iter().find(|case| case.number == number).unwrap();
        expected.insert((number.to_owned(), Household, part(case.yuan, 2)));
        if case.carried {
            expected.insert((number.to_owned(), Enterprise, part(case.yuan, 5)));
        }
    }
    assert_eq!(told(&entries), expected);
    assert_eq!(part("30000.25", 2), 60_001, "600.005 yuan are rounded up");
    let missed: BTreeSet<(String, RewardKind, WhyNot)> =
        made.missed.iter().map(|one| (one.number.clone(), one.kind, one.why)).collect();
    let late = WhyNot::Late { by_on: date(2019, 5, 15), settled_on: date(2019, 5, 16) };
    let open = WhyNot::Unknown { place: "reward.rest_day_grace" };
    let whys = [("R2", Household, late), ("R2", Enterprise, late), ("R4", Household, open)];
    assert_eq!(missed, whys.map(|(number, kind, why)| (number.to_owned(), kind, why)).into());

    // Nothing is rewarded twice, whatever the period.
    assert_eq!(refused(reward::propose(db, &ctx, MAKER, MAY).await), Refusal::Reward(RewardFault::Nothing));
    let wider = (date(2019, 1, 1), date(2019, 6, 10));
    let june = reward::propose(db, &ctx, THIRD, wider).await.unwrap();
    let june = look(stage, june).await;
    assert_eq!(june.entries.iter().map(|one| one.entry.number.as_str()).collect::<Vec<_>>(), ["R6"]);
    let ahead = (date(2019, 6, 1), date(2019, 6, 18));
    assert_eq!(refused(reward::propose(db, &ctx, MAKER, ahead).await), Refusal::Reward(RewardFault::Period));

    // Nobody checks their own work, and nobody decides on what they did not see.
    let own = ProposalFault::OwnWork;
    let maker = by(stage, list_id, MAKER).await;
    assert_eq!(refused(reward::check(db, &ctx, maker, "").await), Refusal::Proposal(own));
    let checker = by(stage, list_id, CHECKER).await;
    let stale = Seen { version: checker.version + 1, ..checker };
    assert_eq!(refused(reward::check(db, &ctx, stale, "").await), Refusal::Proposal(ProposalFault::MovedOn));
    reward::check(db, &ctx, checker, "逐笔核对").await.unwrap();
    assert_eq!(
        refused(reward::check(db, &ctx, checker, "").await),
        Refusal::Proposal(ProposalFault::MovedOn)
    );

    let maker = by(stage, list_id, MAKER).await;
    let from = date(2019, 6, 17);
    let nowhere = RewardFault::Place { max: reward::WORDS_MAX };
    assert_eq!(refused(reward::publish(db, &ctx, maker, from, " ").await), Refusal::Reward(nowhere));
    reward::publish(db, &ctx, maker, from, "各村公示栏").await.unwrap();
    let until = date(2019, 6, 24);
    assert_eq!(look(stage, list_id).await.list.public, Some((from, until)), "seven days after the first");

    // An objection: who recorded it does not decide on it; upheld, the entry is taken out by an entry.
    let later = on(stage, date(2019, 6, 20));
    let of =
        |number: &str, kind| entries.iter().find(|one| one.number == number && one.kind == kind).unwrap();
    let (wrong, kept) = (of("R7", Enterprise), of("R8", Household));
    let mut asked = Vec::new();
    for (entry, words) in [(wrong, "合作社没有带他家"), (kept, "听说没还")] {
        let new = NewObjection {
            entry_id: Some(entry.entry_id),
            by_whom: "村民代表".to_owned(),
            on_day: date(2019, 6, 19),
            words: words.to_owned(),
        };
        let maker = by(stage, list_id, MAKER).await;
        asked.push(reward::object(db, &later, maker, &new).await.unwrap());
        let again = by(stage, list_id, MAKER).await;
        assert_eq!(
            refused(reward::object(db, &later, again, &new).await),
            Refusal::Reward(RewardFault::AlreadyAsked)
        );
    }
    let after = on(stage, date(2019, 6, 25));
    let checker = by(stage, list_id, CHECKER).await;
    assert_eq!(
        refused(reward::approve(db, &later, checker, "").await),
        Refusal::Reward(RewardFault::StillPublic { until })
    );
    assert_eq!(
        refused(reward::approve(db, &after, checker, "").await),
        Refusal::Reward(RewardFault::OpenObjection)
    );
    let recorder = by(stage, list_id, MAKER).await;
    let decided = reward::decide_objection(db, &after, recorder, (asked[0], true), "属实").await;
    assert_eq!(refused(decided), Refusal::Proposal(own));
    for (objection, upheld, why) in [(asked[0], true, "属实"), (asked[1], false, "银行流水已核")] {
        let checker = by(stage, list_id, CHECKER).await;
        reward::decide_objection(db, &after, checker, (objection, upheld), why).await.unwrap();
    }
    let now = look(stage, list_id).await;
    let states: Vec<_> = now.objections.iter().map(|one| one.state).collect();
    assert_eq!(states, [ObjectionState::Upheld, ObjectionState::Dismissed]);
    let out = now.entries.iter().find(|one| one.entry.reverses == Some(wrong.entry_id)).unwrap();
    assert_eq!((out.entry.amount_fen, out.held), (-wrong.amount_fen, Held::TakesOut { paid: None }));
    let before = now.entries.iter().find(|one| one.entry.entry_id == wrong.entry_id).unwrap();
    assert_eq!(before.entry, *wrong, "what was taken out stands as it was");
    assert_eq!(before.held, Held::TakenOut { paid: None });

    assert_eq!(balances(stage).await, BTreeMap::new(), "nothing is owed before the approval");
    let maker = by(stage, list_id, MAKER).await;
    assert_eq!(refused(reward::approve(db, &after, maker, "").await), Refusal::Proposal(own));
    let checker = by(stage, list_id, CHECKER).await;
    reward::approve(db, &after, checker, "").await.unwrap();
    let granted: i64 = expected.iter().map(|(_, _, fen)| fen).sum::<i64>() - part("12345.67", 5);
    let of_ledger = |payable: i64, cash: i64| {
        let all = [(AccountKind::RewardExpense, payable + cash), (AccountKind::RewardPayable, -payable)];
        let cash = (cash != 0).then_some((AccountKind::TreasuryCash, -cash));
        all.into_iter().chain(cash).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(balances(stage).await, of_ledger(granted, 0));

    // Some of it is paid, then the rest; nothing twice, and nothing that was taken out.
    let first = [of("R0", Household), of("R0", Enterprise)];
    let payment = |entries: Vec<i64>, document: &str| NewPayment {
        entries,
        on_day: date(2019, 6, 25),
        document: document.to_owned(),
    };
    let ids: Vec<i64> = first.iter().map(|one| one.entry_id).collect();
    let checker = by(stage, list_id, CHECKER).await;
    let not_payable = Refusal::Reward(RewardFault::NotPayable);
    let out = reward::pay(db, &after, checker, &payment(vec![wrong.entry_id], "财支1")).await;
    assert_eq!(refused(out), not_payable);
    reward::pay(db, &after, checker, &payment(ids.clone(), "财支1")).await.unwrap();
    let paid: i64 = first.iter().map(|one| one.amount_fen.get()).sum();
    assert_eq!(paid, part("50000", 2) + part("50000", 5));
    assert_eq!(balances(stage).await, of_ledger(granted - paid, paid));
    let checker = by(stage, list_id, CHECKER).await;
    assert_eq!(refused(reward::pay(db, &after, checker, &payment(ids, "财支2")).await), not_payable);
    reward::pay(db, &after, checker, &payment(Vec::new(), "财支2")).await.unwrap();
    assert_eq!(balances(stage).await, of_ledger(0, granted));

    // What was paid in error is taken out by two people, and comes back.
    let maker = by(stage, list_id, MAKER).await;
    let asked = reward::take_out(db, &after, maker, kept.entry_id, "重复享受").await.unwrap();
    let maker = by(stage, list_id, MAKER).await;
    let alone = reward::decide_objection(db, &after, maker, (asked, true), "同意").await;
    assert_eq!(refused(alone), Refusal::Proposal(own));
    let third = by(stage, list_id, THIRD).await;
    reward::decide_objection(db, &after, third, (asked, true), "同意").await.unwrap();
    let back = part("8000", 2);
    assert_eq!(balances(stage).await, of_ledger(-back, granted), "it is owed back");
    let checker = by(stage, list_id, CHECKER).await;
    reward::pay(db, &after, checker, &payment(Vec::new(), "财收3")).await.unwrap();
    assert_eq!(balances(stage).await, of_ledger(0, granted - back));
    let end = look(stage, list_id).await;
    let amounts: Vec<i64> = end.payments.iter().map(|one| one.amount_fen.get()).collect();
    assert_eq!(amounts, [paid, granted - paid, -back]);
    assert!(end.payable.is_empty());
    let deeds: Vec<&str> = end.steps.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(
        deeds,
        [
            "made",
            "checked",
            "published",
            "objected",
            "objected",
            "upheld",
            "dismissed",
            "approved",
            "paid",
            "paid",
            "asked-out",
            "upheld",
            "paid"
        ]
    );
    // The loan that was taken out is free: a new list may hold it.
    let anew = reward::propose(db, &after, MAKER, MAY).await.unwrap();
    let anew: BTreeSet<String> =
        look(stage, anew).await.entries.into_iter().map(|one| one.entry.number).collect();
    assert_eq!(anew, ["R7".to_owned(), "R8".to_owned()].into());
    let mut tx = stage.db.read().await.unwrap();
    for (action, count) in [
        ("reward-proposed", 3),
        ("reward-checked", 1),
        ("reward-published", 1),
        ("reward-objection", 2),
        ("reward-objection-upheld", 2),
        ("reward-approved", 1),
        ("reward-paid", 3),
    ] {
        assert_eq!(audited(&mut tx, COUNTY, action).await.unwrap(), count, "{action}");
    }
}

async fn what_the_book_learns_later_stops_a_list(stage: &Stage) {
    book(stage).await;
    let (db, ctx) = (&stage.db, stage.ctx());
    let list_id = reward::propose(db, &ctx, MAKER, MAY).await.unwrap();
    // The bank takes back what it reported of R8, or somebody suspects misuse: here the pack changes.
    rest_days_count(stage).await;
    let look_now = look(stage, list_id).await;
    assert!(
        look_now.entries.iter().all(|one| one.held == Held::Standing),
        "what it did not ask is as it was"
    );
    let more = reward::propose(db, &ctx, MAKER, MAY).await.unwrap();
    let more: Vec<String> = look(stage, more).await.entries.into_iter().map(|one| one.entry.number).collect();
    assert_eq!(more, ["R4"], "now that the county has said it");
    // R1 turns out to have been settled by somebody's mistake.
    suspect(stage, "R1").await;
    let checker = by(stage, list_id, CHECKER).await;
    let moved = RewardFault::FactsMoved { number: "R1".to_owned() };
    assert_eq!(refused(reward::check(db, &ctx, checker, "").await), Refusal::Reward(moved));
    let held = |look: &Look, number: &str| {
        look.entries.iter().find(|one| one.entry.number == number).map(|one| (one.entry.entry_id, one.held))
    };
    let (entry_id, how) = held(&look(stage, list_id).await, "R1").unwrap();
    assert_eq!(how, Held::Moved);
    let maker = by(stage, list_id, MAKER).await;
    let asked = reward::take_out(db, &ctx, maker, entry_id, "疑似挪用").await.unwrap();
    let checker = by(stage, list_id, CHECKER).await;
    reward::decide_objection(db, &ctx, checker, (asked, true), "同意").await.unwrap();
    let checker = by(stage, list_id, CHECKER).await;
    reward::check(db, &ctx, checker, "").await.unwrap();
    // A list that is given up leaves its loans free.
    let checker = by(stage, list_id, CHECKER).await;
    reward::reject(db, &ctx, checker, "重做").await.unwrap();
    assert_eq!(look(stage, list_id).await.list.state, ListState::Rejected);
    let anew = reward::propose(db, &ctx, MAKER, MAY).await.unwrap();
    let numbers: BTreeSet<String> =
        look(stage, anew).await.entries.into_iter().map(|one| one.entry.number).collect();
    assert_eq!(numbers, ["R0", "R3", "R7", "R8"].map(str::to_owned).into());
    let maker = by(stage, anew, MAKER).await;
    reward::withdraw(db, &ctx, maker, "算错期间").await.unwrap();
    assert_eq!(balances(stage).await, BTreeMap::new());
}

/// Somebody records that a loan may have been misused.
async fn suspect(stage: &Stage, number: &str) {
    use bangfu_domain::task::{Outcome, Way};
    use bangfu_usecase::task::{NewContact, record};
    let mut tx = stage.db.read().await.unwrap();
    let scope = Scope::county(COUNTY);
    let found = loan::by_numbers(&mut tx, &scope, stage.ctx().today, &[number]).await.unwrap();
    drop(tx);
    let new = NewContact {
        on_day: date(2019, 6, 17),
        way: Way::ALL[0],
        met: "本人".to_owned(),
        outcome: Outcome::Misuse,
        promised_on: None,
        promised_fen: None,
        note: "钱用来盖房".to_owned(),
    };
    record(&stage.db, &stage.ctx(), found[0].loan_id, &new).await.unwrap();
}

/// The county says that the next working day counts where a due day is a rest day.
async fn rest_days_count(stage: &Stage) {
    let (db, ctx) = (&stage.db, stage.ctx());
    let (subject, text) = {
        let mut tx = db.read().await.unwrap();
        let rules = amendment::present(&mut tx, &ctx).await.unwrap();
        let file =
            rules.book().packs_by_file().find(|(_, pack)| pack.id == "yizhang-2019").unwrap().0.to_owned();
        let subject = Subject::Pack(file);
        let text = rules.text(&subject).unwrap();
        (subject, text)
    };
    let said = "rest_day_grace = { value = \"yes\", status = \"known\", source = \"县办\" }\n";
    let new = NewAmendment {
        subject,
        body: text.replace("[reward]\n", &format!("[reward]\n{said}")),
        seen: mark(Some(&text)),
        valid_from: ctx.today,
        reason: "县里定".to_owned(),
    };
    let amendment_id = amendment::propose(db, &ctx, MAKER, &new).await.unwrap();
    let one = Deciding { id: amendment_id, version: 1, account_id: CHECKER, reason: String::new() };
    amendment::approve(db, &ctx, &one).await.unwrap();
    adopt(db, &stage.ctx(), in_force()).await.unwrap();
}

story!(a_list_goes_from_its_draft_to_the_payment);
story!(what_the_book_learns_later_stops_a_list);
