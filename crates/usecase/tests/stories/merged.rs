//! Institutions and branches are added, called otherwise and merged; files that name them as before find them, and past
//! days stay.

use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::{Area, Scope, bank as stored};
use bangfu_usecase::account::areas;
use bangfu_usecase::bank::change::{add_branch, add_lender, rename_branch, rename_lender};
use bangfu_usecase::bank::merge::{foresee, merge};
use bangfu_usecase::bank::{all, branch, lender};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::keep::{Change, KeepFault};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::places::cells_are_lists;
use crate::slips::HEADER;
use crate::stage::Stage;
use crate::story;

const TODAY: Date = date(2019, 6, 17);
const DAY: Date = date(2019, 6, 1);
const BEFORE: Date = date(2019, 5, 31);

/// Four loans, each of the branch named for it.
fn ledger(as_of: &str, branches: [&str; 4]) -> Vec<u8> {
    let row = |(index, branch): (usize, &str)| {
        let who = identity(index);
        format!("白石渡镇,白石渡村,农户{index},{who},{branch},A{index},50000,2018-05-01,2019-07-2{index},0\n")
    };
    let rows: String = branches.into_iter().enumerate().map(row).collect();
    format!("台账（截至{as_of}）\n{HEADER}{rows}").into_bytes()
}

fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> KeepFault {
    match result {
        Err(Error::Refused(Refusal::Keep(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

/// The branches of a day's board with their loans, by name.
async fn board(stage: &Stage, day: Date) -> Vec<(String, i64)> {
    let board = stage.board(Axis::Branch, day, None).await;
    let mut rows: Vec<_> =
        board.rows.into_iter().map(|row| (row.name.clone(), row.figures.owing().loans)).collect();
    rows.sort();
    rows
}

fn rows<const N: usize>(rows: [(&str, i64); N]) -> Vec<(String, i64)> {
    rows.map(|(name, loans)| (name.to_owned(), loans)).to_vec()
}

async fn id(stage: &Stage, name: &str) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    let branches = stored::branches(&mut tx, 431_022).await.unwrap();
    branches.into_iter().find(|one| one.name == name).unwrap().branch_id
}

async fn seen(stage: &Stage, branch_id: i64) -> Change {
    let mut tx = stage.db.read().await.unwrap();
    let seen = branch(&mut tx, &stage.ctx(), branch_id).await.unwrap().1.seen;
    Change { seen, from: DAY, reason: "更名批复".to_owned() }
}

async fn a_branch_is_called_otherwise_and_files_find_it_by_both_names(stage: &Stage) {
    let db = &stage.db;
    let names = ["农信社甲分社", "农信社甲分社", "农信社乙分社", "农业银行"];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", names)).await;
    let (one, other) = (id(stage, "农信社甲分社").await, id(stage, "农信社乙分社").await);
    let wanted = seen(stage, one).await;
    let other_name = fault(rename_branch(db, &stage.ctx(), one, "农信社乙分社", &wanted).await);
    assert_eq!(other_name, KeepFault::NameTaken { name: "农信社乙分社".to_owned() });
    // A branch stays with its institution: that is called otherwise first.
    let early = fault(rename_branch(db, &stage.ctx(), one, "宜章农商银行甲支行", &wanted).await);
    assert_eq!(early, KeepFault::OtherLender { name: "宜章农商银行".to_owned() });
    let foreign = fault(rename_branch(db, &stage.ctx(), one, "农业银行甲支行", &wanted).await);
    assert_eq!(foreign, KeepFault::OtherLender { name: "农业银行".to_owned() });
    let lender_id = {
        let mut tx = db.read().await.unwrap();
        branch(&mut tx, &stage.ctx(), one).await.unwrap().0.lender.lender_id
    };
    let of_lender = async |from: Date| {
        let mut tx = db.read().await.unwrap();
        let seen = lender(&mut tx, &stage.ctx(), lender_id).await.unwrap().seen;
        Change { seen, from, reason: "改制".to_owned() }
    };
    let reform = of_lender(DAY).await;
    assert_eq!(
        fault(rename_lender(db, &stage.ctx(), lender_id, "农业银行", &reform).await),
        KeepFault::NameTaken { name: "农业银行".to_owned() }
    );
    rename_lender(db, &stage.ctx(), lender_id, "宜章农商银行", &reform).await.unwrap();
    assert_eq!(fault(rename_lender(db, &stage.ctx(), lender_id, "新", &reform).await), KeepFault::MovedOn);
    rename_branch(db, &stage.ctx(), one, "宜章农商银行甲支行", &wanted).await.unwrap();
    let early = Change { from: BEFORE, ..seen(stage, one).await };
    let refused = fault(rename_branch(db, &stage.ctx(), one, "农商银行丙支行", &early).await);
    assert_eq!(refused, KeepFault::NotThen { first: DAY });

    let was = rows([("农业银行", 1), ("农信社乙分社", 1), ("农信社甲分社", 2)]);
    assert_eq!(board(stage, BEFORE).await, was);
    let now = rows([("农业银行", 1), ("农信社乙分社", 1), ("宜章农商银行甲支行", 2)]);
    assert_eq!(board(stage, DAY).await, now);
    let mut tx = db.read().await.unwrap();
    let county = Scope::county(431_022);
    for (day, name) in [(BEFORE, "信用社"), (DAY, "宜章农商银行")] {
        let found = stored::branches_in(&mut tx, &county, day).await.unwrap();
        let found = found.into_iter().find(|(branch, _)| branch.branch_id == one).unwrap();
        assert!(found.1.contains(name) || found.1.contains("农信社"), "{day}: {}", found.1);
        assert_eq!(found.1 == "宜章农商银行", day == DAY);
    }
    drop(tx);

    // Files may call bank and branch as before, or as now: no loan is new, and none moves.
    for names in [names, ["宜章农商银行甲支行", "农商银行甲支行", "农商银行乙分社", "农业银行"]]
    {
        let report = stage.read_in(Kind::Ledger, &ledger("2019-06-10", names)).await;
        assert_eq!((report.changes.new, report.changes.changed), (0, 0), "{names:?}");
        assert_eq!(report.absent_in_all, 0);
        assert_eq!(board(stage, TODAY).await, now);
    }
    assert_eq!(all(&mut db.read().await.unwrap(), &stage.ctx()).await.unwrap().len(), 2);
    let movement = "机构名称,借据号,还款日期,还款金额,贷款余额,借款人,流水号\n农信社,A2,2019-06-11,100.00,49900.00,农户2,S1\n";
    stage.read_in(Kind::Repayments, movement.as_bytes()).await;
    let until = stored::branches(&mut db.read().await.unwrap(), 431_022).await.unwrap();
    let until: Vec<_> = until.into_iter().filter(|one| one.lender_id == lender_id).collect();
    assert!(until.len() == 2 && until.iter().all(|one| one.until_on == Some(date(2019, 6, 11))), "{until:?}");
    cells_are_lists(stage, &stage.ctx().scope, TODAY).await;
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    assert_ne!(one, other);
}
story!(a_branch_is_called_otherwise_and_files_find_it_by_both_names);

async fn a_branch_has_anothers_loans_from_a_day_on(stage: &Stage) {
    let db = &stage.db;
    let names = ["农商银行甲支行", "农商银行甲支行", "农商银行乙支行", "农业银行"];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", names)).await;
    stage.close(date(2019, 5, 20)).await;
    let (one, heir, foreign) =
        (id(stage, names[0]).await, id(stage, names[2]).await, id(stage, names[3]).await);
    let change = |seen: String| Change { seen, from: DAY, reason: "网点撤并".to_owned() };
    let look = async |into: i64| {
        let mut tx = db.read().await.unwrap();
        foresee(&mut tx, &stage.ctx(), one, into, &change(String::new())).await
    };
    for wrong in [one, foreign, 0] {
        assert_eq!(fault(look(wrong).await), KeepFault::Merged);
    }
    let foreseen = look(heir).await.unwrap();
    assert_eq!((foreseen.loans, foreseen.owing, foreseen.accounts), (2, 2, 0));
    assert_eq!(fault(merge(db, &stage.ctx(), one, heir, &change(String::new())).await), KeepFault::MovedOn);
    assert_eq!(merge(db, &stage.ctx(), one, heir, &change(foreseen.seen.clone())).await.unwrap(), 2);
    assert_eq!(fault(merge(db, &stage.ctx(), one, heir, &change(foreseen.seen)).await), KeepFault::Merged);

    let (was, now) = (
        rows([("农业银行", 1), ("农商银行乙支行", 1), ("农商银行甲支行", 2)]),
        rows([("农业银行", 1), ("农商银行乙支行", 3)]),
    );
    assert_eq!((board(stage, BEFORE).await, board(stage, DAY).await), (was.clone(), now.clone()));
    // Whoever works at the branch sees its days before, as they were.
    for area in [Area::County, Area::Branch(one), Area::Branch(heir)] {
        let scope = Scope { county_id: 431_022, area };
        for day in [date(2019, 4, 30), BEFORE, DAY, TODAY] {
            cells_are_lists(stage, &scope, day).await;
        }
    }
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    let areas = areas(&mut db.read().await.unwrap(), 431_022, TODAY).await.unwrap();
    assert_eq!(areas.name(Area::Branch(one)).as_deref(), Some("农商银行甲支行"), "posts keep their name");

    // A file as of a later day means the other by the old name; one as of an earlier day means what was then.
    for as_of in ["2019-05-10", "2019-06-10"] {
        let report = stage.read_in(Kind::Ledger, &ledger(as_of, names)).await;
        assert_eq!((report.changes.new, report.changes.changed), (0, 0), "{as_of}");
        assert_eq!((board(stage, BEFORE).await, board(stage, TODAY).await), (was.clone(), now.clone()));
    }
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    // What a ledger of a day before says of the manager holds on the days after too, and the merger stands.
    let manager = String::from_utf8(ledger("2019-05-20", names)).unwrap();
    let manager =
        manager.replace(HEADER, &HEADER.replace('\n', ",信贷管户员\n")).replace(",0\n", ",0,管甲\n");
    let undone = stage.check(Kind::Ledger, manager.as_bytes()).await;
    assert_eq!(undone.changes.changed, 0, "an older ledger restates nothing");
}
story!(a_branch_has_anothers_loans_from_a_day_on);

async fn a_placement_of_before_reaches_the_days_after_a_merger(stage: &Stage) {
    let db = &stage.db;
    let names = ["农商银行甲支行", "农商银行甲支行", "农商银行乙支行", "农业银行"];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", names)).await;
    let (one, heir) = (id(stage, names[0]).await, id(stage, names[2]).await);
    let change = |seen: String| Change { seen, from: DAY, reason: "网点撤并".to_owned() };
    let foreseen = {
        let mut tx = db.read().await.unwrap();
        foresee(&mut tx, &stage.ctx(), one, heir, &change(String::new())).await.unwrap()
    };
    merge(db, &stage.ctx(), one, heir, &change(foreseen.seen)).await.unwrap();
    let manager = String::from_utf8(ledger("2019-05-20", names)).unwrap();
    let manager =
        manager.replace(HEADER, &HEADER.replace('\n', ",信贷管户员\n")).replace(",0\n", ",0,管甲\n");
    let report = stage.read_in(Kind::Ledger, manager.as_bytes()).await;
    assert_eq!(report.changes.changed, 4);
    for (day, loans) in [(date(2019, 5, 19), 0), (date(2019, 5, 20), 4), (DAY, 4), (TODAY, 4)] {
        let board = stage.board(Axis::Manager, day, None).await;
        let managed: i64 =
            board.rows.iter().filter(|row| row.name == "管甲").map(|row| row.figures.owing().loans).sum();
        assert_eq!(managed, loans, "{day}");
    }
    assert_eq!(board(stage, TODAY).await, rows([("农业银行", 1), ("农商银行乙支行", 3)]));
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    cells_are_lists(stage, &stage.ctx().scope, TODAY).await;
}
story!(a_placement_of_before_reaches_the_days_after_a_merger);

async fn what_one_branch_reported_calls_nobody_elses_loan_overdue(stage: &Stage) {
    let db = &stage.db;
    let names = ["农商银行甲支行", "农商银行甲支行", "农商银行甲支行", "农业银行"];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", names)).await;
    let one = id(stage, names[0]).await;
    // An institution and its branches are added by hand; a name that files would take for another's is refused.
    let lender_id = add_lender(db, &stage.ctx(), "宜章长行村镇银行", "新设").await.unwrap();
    let twice = fault(add_lender(db, &stage.ctx(), "长行村镇银行", "新设").await);
    assert_eq!(twice, KeepFault::NameTaken { name: "宜章长行村镇银行".to_owned() });
    let odd = fault(add_branch(db, &stage.ctx(), lender_id, "城关支行", "新设").await);
    assert_eq!(odd, KeepFault::OtherLender { name: "城关支行".to_owned() });
    let new = add_branch(db, &stage.ctx(), lender_id, "长行村镇银行城关支行", "新设").await.unwrap();
    assert_eq!(
        fault(add_branch(db, &stage.ctx(), lender_id, "宜章长行村镇银行城关支行", "新设").await),
        KeepFault::NameTaken { name: "长行村镇银行城关支行".to_owned() }
    );
    assert!(matches!(
        add_branch(db, &stage.ctx(), 0, "农商银行丁支行", "新设").await,
        Err(Error::Refused(Refusal::NotFound))
    ));
    let report = "机构名称,借据号,还款日期,还款金额,贷款余额,借款人,流水号\n农业银行,A3,2019-06-11,100.00,49900.00,农户3,S1\n";
    stage.read_in(Kind::Repayments, report.as_bytes()).await;
    let change = Change { seen: String::new(), from: DAY, reason: "网点撤并".to_owned() };
    let lenders = all(&mut db.read().await.unwrap(), &stage.ctx()).await.unwrap();
    let behind = lenders.iter().find(|one| one.lender.name.contains("农商银行")).unwrap();
    let other =
        add_branch(db, &stage.ctx(), behind.lender.lender_id, "农商银行戊支行", "新设").await.unwrap();
    let mut tx = db.read().await.unwrap();
    // 戊 has reported nothing: what 甲 has says nothing of its loans.
    let refused = foresee(&mut tx, &stage.ctx(), other, one, &change).await;
    assert_eq!(fault(refused), KeepFault::Behind { day: date(2019, 4, 30) });
    assert_eq!(foresee(&mut tx, &stage.ctx(), one, other, &change).await.unwrap().loans, 3);
    let clerk = Ctx { scope: Scope { county_id: 431_022, area: Area::Branch(new) }, ..stage.ctx() };
    assert!(matches!(all(&mut tx, &clerk).await, Err(Error::Refused(Refusal::NotFound))));
}
story!(what_one_branch_reported_calls_nobody_elses_loan_overdue);
