//! Officers are added and corrected by hand, hand over what they look after, and leave; past days stay.

use std::collections::BTreeSet;

use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::officer::{self, Officer};
use bangfu_store::testing::last_facts;
use bangfu_store::{Scope, division, household, loan, tie};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::keep::{Change, KeepFault};
use bangfu_usecase::officer::change::{Said, add, come_back, correct, kept, leave};
use bangfu_usecase::officer::hand_over::{Asked, Share, foresee, hand_over};
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

/// Three loans of three households, all of one credit manager; one has another guide.
fn ledger(as_of: &str, managers: [&str; 3]) -> Vec<u8> {
    let rows: Vec<String> = (0..3)
        .map(|index| {
            let who = identity(index);
            let (guide, manager) = (["导甲", "导甲", ""][index], managers[index]);
            format!("白石渡镇,白石渡村,农户{index},{who},农商银行甲支行,A{index},50000,2018-05-01,2019-07-2{index},0,{manager},{guide}\n")
        })
        .collect();
    let header = HEADER.replace('\n', ",信贷管户员,产业指导员\n");
    format!("台账（截至{as_of}）\n{header}{}", rows.concat()).into_bytes()
}

fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> KeepFault {
    match result {
        Err(Error::Refused(Refusal::Keep(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

async fn named(stage: &Stage, name: &str) -> Vec<Officer> {
    let mut tx = stage.db.read().await.unwrap();
    let all = officer::list_in(&mut tx, &Scope::county(431_022), TODAY).await.unwrap();
    all.into_iter().filter(|one| one.name == name).collect()
}

async fn id(stage: &Stage, name: &str) -> i64 {
    named(stage, name).await[0].officer_id
}

async fn change(stage: &Stage, officer_id: i64, from: Date) -> Change {
    let mut tx = stage.db.read().await.unwrap();
    let seen = kept(&mut tx, &stage.db, &stage.ctx(), officer_id).await.unwrap().seen;
    Change { seen, from, reason: "县里的任免通知".to_owned() }
}

async fn township(stage: &Stage) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    division::by_code(&mut tx, "431022101000", TODAY).await.unwrap().unwrap().division_id
}

fn said(name: &str, division_id: i64, roles: &[Role]) -> Said {
    Said {
        name: name.to_owned(),
        division_id,
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        phone: String::new(),
    }
}

/// How many loans a credit manager has on a day's board, and how many households.
async fn cares(stage: &Stage, officer_id: i64, day: Date) -> (i64, i64) {
    let board = stage.board(Axis::Manager, day, None).await;
    let row = board.rows.iter().find(|row| row.key_id == officer_id);
    let mut tx = stage.db.read().await.unwrap();
    let tied = tie::households_in(&mut tx, &Scope::county(431_022), day).await.unwrap();
    let households = tied.into_iter().find(|(id, _)| *id == officer_id).map_or(0, |(_, count)| count);
    (row.map_or(0, |row| row.figures.owing().loans), households)
}

async fn what_one_looks_after_is_anothers_from_a_day_on(stage: &Stage) {
    let db = &stage.db;
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", ["管甲"; 3])).await;
    stage.close(date(2019, 5, 20)).await;
    let (place, leaver) = (township(stage).await, id(stage, "管甲").await);
    let heir = add(db, &stage.ctx(), &said("管乙", place, &[Role::CreditManager]), "新任").await.unwrap();
    let both = add(db, &stage.ctx(), &said("管丙", place, &[Role::PairedCadre]), "新任").await.unwrap();
    assert_eq!(cares(stage, leaver, TODAY).await, (3, 3));

    let asked = Asked { heir_id: heir, from: DAY, role: None };
    let look = async |officer: i64, asked: Asked| {
        let mut tx = db.read().await.unwrap();
        foresee(&mut tx, &stage.ctx(), officer, &asked).await
    };
    let foreseen = look(leaver, asked).await.unwrap();
    let share = Share { households: 3, shared: 0, loans: 3 };
    assert_eq!(foreseen.shares.into_iter().collect::<Vec<_>>(), [(Role::CreditManager, share)]);
    assert_eq!(
        foreseen.first.iter().map(|one| one.head.as_str()).collect::<Vec<_>>(),
        ["农户0", "农户1", "农户2"]
    );
    let change_of = |seen: String| Change { seen, from: DAY, reason: "轮岗".to_owned() };
    for wrong in [Asked { heir_id: leaver, ..asked }, Asked { heir_id: 0, ..asked }] {
        assert_eq!(fault(look(leaver, wrong).await), KeepFault::NoHeir);
    }
    let other = Asked { heir_id: both, ..asked };
    let seen = look(leaver, other).await.unwrap().seen;
    let lacks = hand_over(db, &stage.ctx(), leaver, &other, &change_of(seen)).await;
    assert_eq!(fault(lacks), KeepFault::LacksRole { name: "管丙".to_owned() });
    let ahead = Asked { from: date(2019, 6, 18), ..asked };
    let refused = hand_over(db, &stage.ctx(), leaver, &ahead, &change_of(String::new())).await;
    assert_eq!(fault(refused), KeepFault::DayAhead { day: ahead.from });
    let refused = leave(db, &stage.ctx(), leaver, &change(stage, leaver, DAY).await).await;
    assert_eq!(fault(refused), KeepFault::StillHolds { households: 3, loans: 3 });

    hand_over(db, &stage.ctx(), leaver, &asked, &change_of(foreseen.seen.clone())).await.unwrap();
    let twice = hand_over(db, &stage.ctx(), leaver, &asked, &change_of(foreseen.seen)).await;
    assert_eq!(fault(twice), KeepFault::MovedOn);
    for (officer, before, after) in [(leaver, (3, 3), (0, 0)), (heir, (0, 0), (3, 3))] {
        assert_eq!(cares(stage, officer, BEFORE).await, before);
        assert_eq!(cares(stage, officer, DAY).await, after);
    }
    for day in [date(2019, 4, 30), BEFORE, DAY, TODAY] {
        cells_are_lists(stage, &stage.ctx().scope, day).await;
    }
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());

    leave(db, &stage.ctx(), leaver, &change(stage, leaver, DAY).await).await.unwrap();
    // A bank's ledger still names who left: whoever took over stays, and nobody is made anew.
    stage.read_in(Kind::Ledger, &ledger("2019-06-10", ["管甲", "管甲", "管乙"])).await;
    assert_eq!((cares(stage, leaver, TODAY).await, cares(stage, heir, TODAY).await), ((0, 0), (3, 3)));
    assert_eq!(named(stage, "管甲").await.len(), 1);
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    cells_are_lists(stage, &stage.ctx().scope, TODAY).await;

    // A roster that lists them says that they serve again.
    stage.read_in(Kind::Officers, "乡镇,姓名,身份\n白石渡镇,管甲,管户员\n".as_bytes()).await;
    assert_eq!(named(stage, "管甲").await[0].left_on, None);
    leave(db, &stage.ctx(), leaver, &change(stage, leaver, DAY).await).await.unwrap();
    let back = change(stage, leaver, TODAY).await;
    let said = (back.seen.as_str(), back.reason.as_str());
    come_back(db, &stage.ctx(), leaver, said).await.unwrap();
    assert_eq!(fault(come_back(db, &stage.ctx(), leaver, said).await), KeepFault::MovedOn);
    // That they had left is taken back, and the record tells from which day on.
    assert!(named(stage, "管甲").await[0].serves_on(DAY));
    let mut tx = db.read().await.unwrap();
    let told = last_facts(&mut tx, 431_022, "officer-back").await.unwrap().unwrap();
    assert!(told.contains(&format!("\"had_left_on\":\"{DAY}\"")), "{told}");
}
story!(what_one_looks_after_is_anothers_from_a_day_on);

async fn a_guides_loans_go_with_the_ties_and_who_is_tied_already_stays(stage: &Stage) {
    let db = &stage.db;
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", ["管甲", "管甲", "管乙"])).await;
    let (guide, manager, other) = (id(stage, "导甲").await, id(stage, "管甲").await, id(stage, "管乙").await);
    // 管乙 looks after the first household already.
    let mut tx = db.write(431_022).await.unwrap();
    let first =
        loan::all(&mut tx, 431_022).await.unwrap().into_iter().find(|loan| loan.number == "A0").unwrap();
    let household_id = first.household_id.unwrap();
    let role = Role::CreditManager;
    let tied = tie::Tie { household_id, role, officer_id: other, from_on: DAY, to_on: None };
    tie::put(&mut tx, 431_022, &[tied], tie::BY_HAND).await.unwrap();
    assert!(household::get(&mut tx, &Scope::county(431_022), household_id, TODAY).await.unwrap().is_some());
    tx.commit().await.unwrap();
    let asked = Asked { heir_id: other, from: TODAY, role: Some(role) };
    let foreseen = foresee(&mut db.read().await.unwrap(), &stage.ctx(), manager, &asked).await.unwrap();
    assert_eq!(foreseen.shares[&role], Share { households: 2, shared: 1, loans: 2 });
    let change_of = |seen: String| Change { seen, from: TODAY, reason: "轮岗".to_owned() };
    hand_over(db, &stage.ctx(), manager, &asked, &change_of(foreseen.seen)).await.unwrap();
    assert_eq!(cares(stage, other, TODAY).await, (3, 3));

    let place = township(stage).await;
    let heir = add(db, &stage.ctx(), &said("导乙", place, &[Role::IndustryGuide]), "新任").await.unwrap();
    let asked = Asked { heir_id: heir, from: DAY, role: None };
    let foreseen = foresee(&mut db.read().await.unwrap(), &stage.ctx(), guide, &asked).await.unwrap();
    assert_eq!(foreseen.shares[&Role::IndustryGuide], Share { households: 2, shared: 0, loans: 2 });
    hand_over(db, &stage.ctx(), guide, &asked, &change_of(foreseen.seen)).await.unwrap();
    let loans = loan::all(&mut db.read().await.unwrap(), 431_022).await.unwrap();
    assert_eq!(loans.iter().filter(|loan| loan.guide_id == Some(heir)).count(), 2);
    assert_eq!((cares(stage, guide, BEFORE).await.1, cares(stage, guide, DAY).await.1), (2, 0));
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    cells_are_lists(stage, &stage.ctx().scope, TODAY).await;
    let foreseen = foresee(&mut db.read().await.unwrap(), &stage.ctx(), guide, &asked).await.unwrap();
    let nothing = hand_over(db, &stage.ctx(), guide, &asked, &change_of(foreseen.seen)).await;
    assert_eq!(fault(nothing), KeepFault::Nothing);
}
story!(a_guides_loans_go_with_the_ties_and_who_is_tied_already_stays);

async fn an_officer_is_added_and_corrected_and_files_find_them(stage: &Stage) {
    let (db, place) = (&stage.db, township(stage).await);
    let roles = [Role::CreditManager, Role::IndustryGuide];
    let new = Said { phone: "13800000000".to_owned(), ..said(" 管甲 ", place, &roles) };
    let officer = add(db, &stage.ctx(), &new, "新任").await.unwrap();
    let made = kept(&mut db.read().await.unwrap(), db, &stage.ctx(), officer).await.unwrap();
    assert_eq!((made.officer.name.as_str(), made.officer.confirmed), ("管甲", true));
    assert_eq!(made.officer.roles, roles);
    assert_eq!(made.phone_masked.as_deref(), Some("138****0000"));
    assert_eq!(
        fault(add(db, &stage.ctx(), &new, "新任").await),
        KeepFault::NameTaken { name: "管甲".to_owned() }
    );
    assert_eq!(fault(add(db, &stage.ctx(), &said("管丁", place, &[]), "新任").await), KeepFault::NoRole);
    assert_eq!(fault(add(db, &stage.ctx(), &said("管丁", 1, &roles), "新任").await), KeepFault::NoPlace);
    assert_eq!(
        fault(add(db, &stage.ctx(), &said("", place, &roles), "新任").await),
        KeepFault::Name { max: 40 }
    );
    let odd = Said { phone: "没有".to_owned(), ..said("管丁", place, &roles) };
    assert_eq!(fault(add(db, &stage.ctx(), &odd, "新任").await), KeepFault::Phone);
    assert_eq!(fault(add(db, &stage.ctx(), &said("管丁", place, &roles), "").await), KeepFault::NoReason);

    let wanted = change(stage, officer, TODAY).await;
    let same = said("管甲", place, &roles);
    assert_eq!(fault(correct(db, &stage.ctx(), officer, &same, &wanted).await), KeepFault::Unchanged);
    let right = said("管珈", place, &[Role::CreditManager]);
    correct(db, &stage.ctx(), officer, &right, &wanted).await.unwrap();
    assert_eq!(fault(correct(db, &stage.ctx(), officer, &right, &wanted).await), KeepFault::MovedOn);
    // A ledger and a roster that bring the wrong name mean the same officer.
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", ["管甲"; 3])).await;
    stage.read_in(Kind::Officers, "乡镇,姓名,身份\n白石渡镇,管甲,管户员\n".as_bytes()).await;
    assert!(named(stage, "管甲").await.is_empty());
    assert_eq!(named(stage, "管珈").await.len(), 1);
    assert_eq!(cares(stage, officer, TODAY).await, (3, 3));

    // Whoever does not see the whole county keeps none of them.
    let clerk = Ctx { scope: stage.ctx().scope.within(place).unwrap(), ..stage.ctx() };
    let refused = kept(&mut db.read().await.unwrap(), db, &clerk, officer).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))));
    assert!(matches!(add(db, &clerk, &new, "新任").await, Err(Error::Refused(Refusal::NotFound))));
}
story!(an_officer_is_added_and_corrected_and_files_find_them);
