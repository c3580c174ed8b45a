//! What becomes of differences: given to branches, settled by hand or by a file, taken up again, and seen by whom.

use std::collections::BTreeSet;

use bangfu_domain::difference::{DifferenceKind, DifferenceState, StepKind, Suggestion, Way};
use bangfu_domain::money::Fen;
use bangfu_sheets::Kind;
use bangfu_store::difference::{self as stored, Cursor, Filter, Shown};
use bangfu_store::{Area, Scope, bank, division, loan};
use bangfu_usecase::difference::{Assignment, Detail, Term, assign, detail, list, reopen, resolve};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::{ledger, open, sound};
use crate::stage::Stage;
use crate::story;

const REPORT: &str = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";

fn repaid(index: usize, number: &str, on: &str, balance: i64, serial: &str) -> String {
    let who = identity(index);
    format!("农商银行某支行,农户{index},{who},{number},{on},还本,10000,{balance},{serial}\n")
}

async fn report(stage: &Stage, rows: &[String]) {
    let file = format!("{REPORT}{}", rows.concat());
    stage.read_in(Kind::Repayments, file.as_bytes()).await;
}

async fn only(stage: &Stage, kind: DifferenceKind) -> i64 {
    let open = open(stage).await;
    let mut of_kind = open.iter().filter(|one| one.kind == kind);
    let found = of_kind.next().expect("one of that kind is open").difference_id;
    assert!(of_kind.next().is_none(), "only one");
    found
}

async fn look(stage: &Stage, id: i64) -> Detail {
    detail(&stage.db, &stage.ctx(), id).await.unwrap()
}

fn steps(detail: &Detail) -> Vec<StepKind> {
    detail.events.iter().map(|event| event.step.kind).collect()
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn asked(branch_id: Option<i64>, term: Term) -> Assignment {
    Assignment { branch_id, term, note: "请核对余额".to_owned() }
}

async fn a_difference_goes_to_its_branch_is_settled_and_taken_up_again(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let rows = [repaid(1, "A1", "20190510", 35_000, "S1"), repaid(9, "A404", "20190510", 40_000, "S2")];
    report(stage, &rows).await;
    let (db, balance) = (&stage.db, only(stage, DifferenceKind::BalanceDiffers).await);
    let unknown = only(stage, DifferenceKind::UnknownNumber).await;
    let told = look(stage, balance).await;
    let gap = Suggestion::BankKnowsMore { gap_fen: Fen::new(500_000) };
    assert_eq!((told.suggestion, told.movement.unwrap().serial.as_str()), (Some(gap), "S1"));

    let within = asked(None, Term::WorkingDays(3));
    assign(db, &stage.ctx(), balance, &within).await.unwrap();
    let given = look(stage, balance).await;
    // 17 June 2019 is a Monday.
    assert_eq!(
        (given.difference.state, given.difference.due_on),
        (DifferenceState::Assigned, Some(date(2019, 6, 20)))
    );
    assert_eq!(refused(assign(db, &stage.ctx(), unknown, &within).await), Refusal::NoBranch);
    assert_eq!(
        refused(assign(db, &stage.ctx(), unknown, &asked(Some(404), within.term)).await),
        Refusal::NoBranch
    );
    let yesterday = date(2019, 6, 16);
    let late = asked(None, Term::Day(yesterday));
    assert_eq!(refused(assign(db, &stage.ctx(), balance, &late).await), Refusal::DayPast { day: yesterday });
    let never = asked(None, Term::WorkingDays(0));
    assert_eq!(refused(assign(db, &stage.ctx(), balance, &never).await), Refusal::TermBeyond { max: 60 });

    for (reason, why) in [
        (" ".to_owned(), Refusal::NoResolution),
        (format!("已找到{}本人", identity(1)), Refusal::IdentityInReason),
        ("长".repeat(501), Refusal::ReasonTooLong { max: 500 }),
    ] {
        assert_eq!(refused(resolve(db, &stage.ctx(), balance, Way::BookRight, &reason).await), why);
    }
    resolve(db, &stage.ctx(), balance, Way::BookRight, "支行来电：余额报错").await.unwrap();
    let twice = resolve(db, &stage.ctx(), balance, Way::BookRight, "再来一次").await;
    assert_eq!(refused(twice), Refusal::DifferenceMovedOn);
    let settled = look(stage, balance).await;
    assert_eq!(steps(&settled), [StepKind::Assigned, StepKind::Resolved]);
    let last = &settled.events[1].step;
    let said = (last.way, last.reason.as_deref(), last.actor.as_deref());
    assert_eq!(said, (Some(Way::BookRight), Some("支行来电：余额报错"), Some("story")));
    assert_eq!(settled.suggestion, None, "nothing is suggested for what is settled");

    report(stage, &rows).await;
    assert_eq!(open(stage).await.len(), 1, "the same report opens nothing anew");
    let other = [repaid(1, "A1", "20190510", 30_000, "S3")];
    report(stage, &other).await;
    assert_eq!(open(stage).await.len(), 2, "other facts are another difference");

    assert_eq!(refused(reopen(db, &stage.ctx(), balance, "").await), Refusal::NoResolution);
    reopen(db, &stage.ctx(), balance, "支行又来电").await.unwrap();
    assert_eq!(refused(reopen(db, &stage.ctx(), balance, "再次").await), Refusal::DifferenceMovedOn);
    let again = look(stage, balance).await;
    let steps = steps(&again);
    assert_eq!(steps, [StepKind::Assigned, StepKind::Resolved, StepKind::Reopened]);
    let row = (again.difference.state, again.difference.due_on, again.difference.resolution);
    assert_eq!(row, (DifferenceState::Open, None, None));
}
story!(a_difference_goes_to_its_branch_is_settled_and_taken_up_again);

async fn a_file_settles_what_it_proves_and_the_history_keeps_both(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let of = |index: usize, serial| repaid(index, &format!("A{index}"), "20190510", 40_000, serial);
    report(stage, &[of(2, "S2"), of(3, "S3"), of(4, "S4")]).await;
    let found = open(stage).await;
    let id = |number: &str| found.iter().find(|one| one.number == number).unwrap().difference_id;
    let later = look(stage, id("A2")).await.suggestion;
    assert_eq!(later, Some(Suggestion::NotYetInLedger { position_on: date(2019, 4, 30) }));
    resolve(&stage.db, &stage.ctx(), id("A2"), Way::NextFile, "新放的贷款").await.unwrap();
    resolve(&stage.db, &stage.ctx(), id("A3"), Way::NotOurs, "外县的业务").await.unwrap();
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3), sound(4)])).await;

    let left_to_it = look(stage, id("A2")).await;
    assert_eq!(steps(&left_to_it), [StepKind::Resolved, StepKind::Settled], "by hand, then by the file");
    let row = &left_to_it.difference;
    assert_eq!((row.state, row.resolution), (DifferenceState::Settled, Some(Way::NextFile)));
    assert_eq!(left_to_it.files.get(&row.settled_by.unwrap()).map(String::as_str), Some("story"));
    assert_eq!(left_to_it.loan.map(|loan| loan.number), Some("A2".to_owned()), "the loan is known by now");
    assert!(left_to_it.movement.unwrap().became.is_some());
    let closed = look(stage, id("A3")).await;
    assert_eq!(
        (closed.difference.state, steps(&closed)),
        (DifferenceState::Resolved, vec![StepKind::Resolved])
    );
    assert_eq!(look(stage, id("A4")).await.difference.state, DifferenceState::Settled);
    assert_eq!(refused(reopen(&stage.db, &stage.ctx(), id("A4"), "再看").await), Refusal::DifferenceMovedOn);
    let owed: Vec<i64> =
        stage.export(date(2019, 5, 31), None).await.iter().map(|row| row.balance_fen.get()).collect();
    assert_eq!(owed, [5_000_000, 4_000_000, 5_000_000, 4_000_000], "what is not ours is not counted");
}
story!(a_file_settles_what_it_proves_and_the_history_keeps_both);

async fn a_ledger_that_agrees_settles_the_clash_of_an_older_one(stage: &Stage) {
    let of = |day: &str, repaid: &str| {
        let text = String::from_utf8(ledger(&[sound(1)])).unwrap();
        text.replace("2019-04-30", day).replace("2019-05-20,0", &format!("2019-05-20,{repaid}")).into_bytes()
    };
    stage.read_in(Kind::Ledger, &of("2019-03-31", "0")).await;
    report(stage, &[repaid(1, "A1", "20190420", 40_000, "S1")]).await;
    stage.read_in(Kind::Ledger, &of("2019-04-30", "0")).await;
    let clash = only(stage, DifferenceKind::LedgerBelowBook).await;
    let older = Suggestion::LedgerOlder { since_on: date(2019, 4, 20), gap_fen: Fen::new(1_000_000) };
    assert_eq!(look(stage, clash).await.suggestion, Some(older));
    stage.read_in(Kind::Ledger, &of("2019-04-30", "0")).await;
    assert_eq!(open(stage).await.len(), 1, "the same ledger proves nothing");
    stage.read_in(Kind::Ledger, &of("2019-05-15", "10000")).await;
    let settled = look(stage, clash).await;
    assert_eq!(
        (settled.difference.state, steps(&settled)),
        (DifferenceState::Settled, vec![StepKind::Settled])
    );
    assert!(open(stage).await.is_empty());
}
story!(a_ledger_that_agrees_settles_the_clash_of_an_older_one);

async fn a_file_that_restates_a_difference_keeps_what_it_said(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let other = sound(2).replace("农商银行某支行", "农商银行乙支行");
    report(stage, &[repaid(2, "A2", "20190510", 12_345, "S2")]).await;
    let unknown = only(stage, DifferenceKind::UnknownNumber).await;
    let branch = branch(stage, "农商银行某支行").await;
    assign(&stage.db, &stage.ctx(), unknown, &asked(Some(branch), Term::WorkingDays(5))).await.unwrap();
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), other])).await;
    let told = look(stage, unknown).await;
    assert_eq!(told.difference.kind, DifferenceKind::BalanceDiffers);
    assert_eq!(steps(&told), [StepKind::Assigned, StepKind::Restated]);
    let before = told.events[1].before.as_ref().unwrap();
    assert_eq!(before.kind, DifferenceKind::UnknownNumber);
    // It is another branch's loan: whoever was asked is asked no more, and it is on the list again.
    let now = (told.difference.state, told.difference.branch_id, told.difference.due_on);
    assert_eq!(now, (DifferenceState::Open, Some(self::branch(stage, "农商银行乙支行").await), None));
}
story!(a_file_that_restates_a_difference_keeps_what_it_said);

async fn branch(stage: &Stage, name: &str) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    let branches = bank::branches(&mut tx, 431_022).await.unwrap();
    branches.iter().find(|branch| branch.name == name).unwrap().branch_id
}

const TODAY: Date = date(2019, 6, 17);

async fn seen(stage: &Stage, scope: &Scope) -> BTreeSet<String> {
    let mut tx = stage.db.read().await.unwrap();
    let page = stored::list(&mut tx, scope, TODAY, &Filter::default(), None, 99).await.unwrap();
    let counted = stored::counts(&mut tx, scope, TODAY, &Filter::default()).await.unwrap();
    let sum: i64 = counted.iter().map(|one| one.differences).sum();
    assert_eq!(usize::try_from(sum).unwrap(), page.rows.len(), "counts are of what is seen");
    page.rows.into_iter().map(|row| row.difference.number).collect()
}

async fn each_reader_sees_what_lies_in_the_area(stage: &Stage) {
    let east = sound(2).replace("白石渡镇,白石渡村", "一六镇,一六村").replace("某支行", "乙支行");
    // The person of the first loan has one more, at the other branch.
    let more = sound(1)
        .replace("白石渡镇,白石渡村", "一六镇,一六村")
        .replace("某支行", "乙支行")
        .replace("A1", "B77");
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), east, more])).await;
    let rows = [
        repaid(1, "A1", "20190510", 35_000, "S1"),
        repaid(2, "A2", "20190510", 35_000, "S2").replace("某支行", "乙支行"),
        repaid(1, "B7", "20190510", 40_000, "S3").replace("某支行", "乙支行"),
    ];
    report(stage, &rows).await;
    let (one, two) = (branch(stage, "农商银行某支行").await, branch(stage, "农商银行乙支行").await);
    let mut tx = stage.db.read().await.unwrap();
    let west = division::by_code(&mut tx, "431022101000", TODAY).await.unwrap().unwrap().division_id;
    drop(tx);
    let scope = |area| Scope { county_id: 431_022, area };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(seen(stage, &scope(Area::County)).await, names(&["A1", "A2", "B7"]));
    assert_eq!(seen(stage, &scope(Area::Division(west))).await, names(&["A1"]));
    assert_eq!(seen(stage, &scope(Area::Branch(one))).await, names(&["A1"]));
    assert_eq!(seen(stage, &scope(Area::Branch(two))).await, names(&["A2"]));

    let unknown = only(stage, DifferenceKind::UnknownNumber).await;
    assign(&stage.db, &stage.ctx(), unknown, &asked(Some(one), Term::Day(TODAY))).await.unwrap();
    assert_eq!(seen(stage, &scope(Area::Branch(one))).await, names(&["A1", "B7"]), "it was asked");
    assert_eq!(seen(stage, &scope(Area::Division(west))).await, names(&["A1"]));
    let likely = Suggestion::LikelyNumber { number: "B77".to_owned() };
    assert_eq!(look(stage, unknown).await.suggestion, Some(likely));
    let asked_one = Ctx { scope: scope(Area::Branch(one)), ..stage.ctx() };
    let narrow = detail(&stage.db, &asked_one, unknown).await.unwrap();
    assert_eq!(narrow.suggestion, Some(Suggestion::AskNumber), "another branch's loan is not pointed to");
    let outside = Ctx { scope: scope(Area::Branch(two)), ..stage.ctx() };
    assert_eq!(refused(detail(&stage.db, &outside, unknown).await), Refusal::NotFound);
    let act = resolve(&stage.db, &asked_one, unknown, Way::NotOurs, "不是我行").await;
    assert_eq!(refused(act), Refusal::NotFound, "acting is the county's");
}
story!(each_reader_sees_what_lies_in_the_area);

async fn lists_go_both_ways_and_their_counts_are_their_lengths(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&(1..=9).map(sound).collect::<Vec<_>>())).await;
    let rows: Vec<String> = (1..=25)
        .map(|index: usize| match index % 3 {
            0 => repaid(index % 9 + 1, &format!("Q{index}"), "20190510", 40_000, &format!("S{index}")),
            _ => repaid(index % 9 + 1, &format!("A{}", index % 9 + 1), "20190510", 1, &format!("S{index}")),
        })
        .collect();
    report(stage, &rows).await;
    let ids: Vec<i64> = open(stage).await.iter().map(|one| one.difference_id).collect();
    assert_eq!(ids.len(), 25);
    let term = Term::Day(TODAY);
    let branch = branch(stage, "农商银行某支行").await;
    for id in &ids[..4] {
        assign(&stage.db, &stage.ctx(), *id, &asked(Some(branch), term)).await.unwrap();
    }
    for id in &ids[4..7] {
        resolve(&stage.db, &stage.ctx(), *id, Way::ReportedTwice, "重复").await.unwrap();
    }
    let ctx = Ctx { today: date(2019, 6, 18), ..stage.ctx() };
    let mut tx = stage.db.read().await.unwrap();
    let all = Filter { shown: Shown::All, ..Filter::default() };
    let mut page = async |cursor| list(&mut tx, &ctx, &all, cursor, 10).await.unwrap();
    let of = |listing: &bangfu_usecase::difference::Listing| {
        listing.entries.iter().map(|entry| entry.difference.difference_id).collect::<Vec<_>>()
    };
    let first = page(None).await;
    let second = page(Some(Cursor::After(ids[9]))).await;
    let third = page(Some(Cursor::After(ids[19]))).await;
    assert_eq!([of(&first), of(&second), of(&third)].concat(), ids);
    assert_eq!((first.has_more, second.has_more, third.has_more), (true, true, false));
    let back = page(Some(Cursor::Before(ids[10]))).await;
    assert_eq!((of(&back), back.has_more), (ids[..10].to_vec(), false));
    let given = first.entries[0].last.as_ref().and_then(|step| step.reason.as_deref());
    assert_eq!(given, Some("请核对余额"), "a list says what was done last");

    let counted = stored::counts(&mut tx, &ctx.scope, ctx.today, &Filter::default()).await.unwrap();
    let villages = stored::villages(&mut tx, &ctx.scope, ctx.today, &all).await.unwrap();
    let unknown = |kind| if kind == DifferenceKind::UnknownNumber { 8 } else { 17 };
    assert_eq!(
        villages.iter().map(|(_, count)| count).sum::<i64>(),
        17,
        "without a loan there is no village"
    );
    for kind in [DifferenceKind::UnknownNumber, DifferenceKind::BalanceDiffers] {
        let of_kind = counted.iter().filter(|one| one.kind == kind).map(|one| one.differences);
        assert_eq!(of_kind.sum::<i64>(), unknown(kind), "{kind:?}");
    }
    for (shown, length) in [
        (Shown::Standing, 22),
        (Shown::State(DifferenceState::Open), 18),
        (Shown::Late, 4),
        (Shown::State(DifferenceState::Resolved), 3),
        (Shown::State(DifferenceState::Settled), 0),
    ] {
        let filter = Filter { shown, ..Filter::default() };
        let found = list(&mut tx, &ctx, &filter, None, 99).await.unwrap().entries.len();
        let count = stored::count(&mut tx, &ctx.scope, ctx.today, &filter).await.unwrap();
        assert_eq!((found, count), (length, i64::try_from(length).unwrap()), "{shown:?}");
    }
    for (text, found) in [("Q24", 1), ("24", 1), ("Q", 8), ("农户2", 3), ("农", 25), ("%", 0), ("\0Q24", 1)]
    {
        let filter = Filter { text: Some(text.to_owned()), ..all.clone() };
        let count = stored::count(&mut tx, &ctx.scope, ctx.today, &filter).await.unwrap();
        assert_eq!(count, found, "{text:?}");
    }
    let of_branch = Filter { branch_id: Some(0), ..all };
    let known = loan::all(&mut tx, 431_022).await.unwrap()[0].branch_id;
    let unknown = stored::count(&mut tx, &ctx.scope, ctx.today, &of_branch).await.unwrap();
    let of_branch = Filter { branch_id: Some(known), ..of_branch };
    let rest = stored::count(&mut tx, &ctx.scope, ctx.today, &of_branch).await.unwrap();
    assert_eq!(unknown + rest, 25);
}
story!(lists_go_both_ways_and_their_counts_are_their_lengths);
