//! What came of the work is counted as it was done, each count is its list, and loans that nobody looks after get a manager.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::task::{Fate, Outcome, Way};
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::task::{Stage as Step, Whose};
use bangfu_store::{Area, Scope, Tx, loan, tie};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::keep::{Change, KeepFault};
use bangfu_usecase::officer::assign::{Which, assign, groups, loans, managers};
use bangfu_usecase::outcome::{behind, find, outcomes, promised};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::task::{NewContact, record};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::Stage;
use crate::story;

const COUNTY: i64 = 431_022;

const fn may(day: i8) -> Date {
    date(2019, 5, day)
}

/// Two loans that fall due in May, one of them nobody's, and two that come into a colour on the first of May.
fn ledger() -> Vec<u8> {
    let header = HEADER.replace('\n', ",信贷管户员\n");
    let row = |index: usize, place: &str, due: &str, manager: &str| {
        let who = identity(index);
        format!("{place},农户{index},{who},农商银行某支行,A{index},50000,2017-09-01,{due},0,{manager}\n")
    };
    let (here, there) = ("白石渡镇,白石渡村", "玉溪镇,城北");
    let rows = [
        row(0, here, "2019-05-20", "管甲"),
        row(1, there, "2019-05-20", ""),
        row(2, here, "2019-07-30", "管甲"),
        row(3, there, "2019-07-30", "管乙"),
    ];
    format!("台账（截至2019-04-30）\n{header}{}", rows.concat()).into_bytes()
}

fn bank(index: usize, day: &str, amount: i64) -> Vec<u8> {
    let (who, left) = (identity(index), 50_000 - amount);
    let header = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";
    let row = format!("农商银行某支行,农户{index},{who},A{index},{day},还本,{amount},{left},S{index}\n");
    format!("{header}{row}").into_bytes()
}

fn on(stage: &Stage, today: Date) -> Ctx {
    Ctx { today, ..stage.ctx() }
}

/// The loans by their numbers.
async fn ids(stage: &Stage) -> BTreeMap<String, i64> {
    let all = loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap();
    all.into_iter().map(|loan| (loan.number, loan.loan_id)).collect()
}

async fn promise(stage: &Stage, loan_id: i64, (on_day, promised_on): (Date, Date), yuan: Option<i64>) {
    let contact = NewContact {
        on_day,
        way: Way::Visit,
        met: "本人".to_owned(),
        outcome: if yuan.is_some() { Outcome::Partly } else { Outcome::WillRepay },
        promised_on: Some(promised_on),
        promised_fen: yuan.map(|yuan| Fen::new(yuan * 100)),
        note: String::new(),
    };
    record(&stage.db, &on(stage, on_day), loan_id, &contact).await.unwrap();
}

/// May, day by day: A0 keeps its promise and is settled; A1 is nobody's and falls overdue; A2 pays a day after it promised;
/// A3 is late, then promises for a day that the bank has not reported.
async fn live_through_may(stage: &Stage) -> BTreeMap<String, i64> {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 4, 30)).await;
    let ids = ids(stage).await;
    for day in 1..=30 {
        stage.close(may(day)).await;
        match day {
            3 => promise(stage, ids["A2"], (may(3), may(24)), Some(20_000)).await,
            8 => promise(stage, ids["A0"], (may(8), may(16)), Some(30_000)).await,
            16 => drop(stage.read_in(Kind::Repayments, &bank(0, "2019-05-15", 50_000)).await),
            26 => drop(stage.read_in(Kind::Repayments, &bank(2, "2019-05-25", 20_000)).await),
            27 => promise(stage, ids["A3"], (may(27), may(29)), None).await,
            _ => {}
        }
    }
    ids
}

/// The numbers of the loans behind a count.
async fn names(tx: &mut Tx, ctx: &Ctx, step: Step, days: (Date, Date), whose: Whose) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let (rows, next) = behind(tx, ctx, (step, days, whose), after, 1).await.unwrap();
        found.extend(rows.into_iter().map(|row| row.number));
        if next.is_none() {
            found.sort();
            return found;
        }
        after = next;
    }
}

async fn what_came_of_the_work_is_counted_as_it_was_done(stage: &Stage) {
    live_through_may(stage).await;
    let ctx = on(stage, may(30));
    let mut tx = stage.db.read().await.unwrap();
    let days = (date(2019, 4, 30), may(30));
    // Told by hand.
    let expected: [(Step, &[&str]); 15] = [
        (Step::Began, &["A0", "A1", "A2", "A3"]),
        (Step::Told, &["A0", "A1", "A2", "A3"]),
        (Step::Named, &["A0", "A2", "A3"]),
        (Step::InTime, &["A0", "A2"]),
        (Step::Agreed, &["A0", "A2", "A3"]),
        (Step::WasLate, &["A1", "A2", "A3"]),
        (Step::OnTime, &["A0"]),
        (Step::SettledLate, &[]),
        (Step::Extended, &[]),
        (Step::Renewed, &[]),
        (Step::Ended, &[]),
        (Step::Overdue, &["A1"]),
        (Step::UnderWay, &["A2", "A3"]),
        (Step::Open, &["A1", "A2", "A3"]),
        (Step::LateNow, &["A1", "A2", "A3"]),
    ];
    let found = find(&mut tx, &ctx, days).await.unwrap();
    let axes = [Axis::Manager, Axis::Branch, Axis::Township];
    let mut by_axis = Vec::new();
    for axis in axes {
        by_axis.push(outcomes(&mut tx, &ctx, &found, axis).await.unwrap());
    }
    for (step, numbers) in expected {
        let listed = names(&mut tx, &ctx, step, days, Whose::default()).await;
        assert_eq!(listed, numbers, "{step:?}");
        for by in &by_axis {
            assert_eq!(by.whole.of(step), numbers.len() as i64, "{step:?}");
            assert_eq!(
                by.rows.iter().map(|row| row.work.of(step)).sum::<i64>(),
                by.whole.of(step),
                "{step:?}"
            );
        }
        for row in &by_axis[0].rows {
            let whose = Whose { manager_id: Some(row.key_id), ..Whose::default() };
            let theirs = names(&mut tx, &ctx, step, days, whose).await;
            assert_eq!(theirs.len() as i64, row.work.of(step), "{step:?} {}", row.name);
        }
        for row in &by_axis[2].rows {
            let whose = Whose { division_id: Some(row.key_id), ..Whose::default() };
            let there = names(&mut tx, &ctx, step, days, whose).await;
            assert_eq!(there.len() as i64, row.work.of(step), "{step:?} {}", row.name);
            // Whoever sees that township alone counts the same.
            let scope = Scope { county_id: COUNTY, area: Area::Division(row.key_id) };
            let inside = Ctx { scope, ..ctx.clone() };
            assert_eq!(names(&mut tx, &inside, step, days, Whose::default()).await, there, "{step:?}");
        }
    }
    // In May itself only two came into a colour: the others stood so at the opening.
    assert_eq!(names(&mut tx, &ctx, Step::Began, (may(1), may(30)), Whose::default()).await, ["A2", "A3"]);
    // The bank had reported up to the 25th.
    let whole = &by_axis[0].whole.promises;
    assert_eq!(Fate::ALL.map(|fate| whole.of(fate)), [1, 1, 1]);
    assert_eq!(whole.amounts.map(Fen::get), [3_000_000, 2_000_000, 0]);
    for (fate, number) in [(Fate::Kept, "A0"), (Fate::Broken, "A2"), (Fate::Open, "A3")] {
        let asked = (days, Whose::default());
        let (lines, next) = promised(&mut tx, &ctx, asked, (Some(fate), None), Some(1)).await.unwrap();
        let numbers: Vec<&str> = lines.iter().map(|(one, _)| one.number.as_str()).collect();
        assert_eq!((numbers, next), (vec![number], None), "{fate:?}");
    }
    let (first, next) =
        promised(&mut tx, &ctx, (days, Whose::default()), (None, None), Some(2)).await.unwrap();
    let (rest, end) = promised(&mut tx, &ctx, (days, Whose::default()), (None, next), Some(2)).await.unwrap();
    assert_eq!((first.len(), rest.len(), end), (2, 1, None), "page by page, each once");
    let of = |name: &str| by_axis[0].rows.iter().find(|row| row.name == name).unwrap().work.loans();
    assert_eq!((of("管甲"), of("管乙")), (1, 1), "what is settled is looked after no more");
}

async fn loans_that_nobody_looks_after_get_a_manager(stage: &Stage) {
    let ids = live_through_may(stage).await;
    let ctx = on(stage, may(30));
    let mut tx = stage.db.read().await.unwrap();
    let group = groups(&mut tx, &ctx).await.unwrap();
    assert_eq!(group.len(), 1);
    assert_eq!(group[0].unmanaged.totals.loans, 1);
    let known: Vec<(&str, i64)> = group[0].known.iter().map(|(who, n)| (who.name.as_str(), *n)).collect();
    assert_eq!(known, [("管乙", 1)], "who looks after the other one of the village");
    let heir = group[0].known[0].0.officer_id;
    let which = Which { division_id: Some(group[0].unmanaged.village_id), ..Which::default() };
    let (rows, seen) = loans(&mut tx, &ctx, &which).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["A1"]);
    assert_eq!(managers(&mut tx, &ctx).await.unwrap().len(), 2);
    // Whoever sees another place finds nothing there.
    let elsewhere = loan::get(&mut tx, &ctx.scope, ids["A0"], may(30)).await.unwrap().unwrap().village_id;
    let scope = Scope { county_id: COUNTY, area: Area::Division(elsewhere) };
    let outside = Ctx { scope, ..ctx.clone() };
    assert_eq!(groups(&mut tx, &outside).await.unwrap(), []);
    drop(tx);
    let change =
        |seen: &str, from, reason: &str| Change { seen: seen.to_owned(), from, reason: reason.to_owned() };
    let (one, none) = (BTreeSet::from([ids["A1"]]), BTreeSet::new());
    let tell = async |ctx: &Ctx, chosen: &BTreeSet<i64>, who, change: Change| match assign(
        &stage.db,
        ctx,
        &which,
        (chosen, who),
        &change,
    )
    .await
    {
        Err(Error::Refused(Refusal::Keep(fault))) => Err(fault),
        answer => Ok(answer.unwrap()),
    };
    let sound = |seen: &str| change(seen, may(29), "支行指定");
    assert_eq!(tell(&ctx, &one, heir, change(&seen, may(29), " ")).await, Err(KeepFault::NoReason));
    let ahead = change(&seen, may(31), "支行指定");
    assert_eq!(tell(&ctx, &one, heir, ahead).await, Err(KeepFault::DayAhead { day: may(31) }));
    assert_eq!(tell(&ctx, &one, heir, sound("otherwise")).await, Err(KeepFault::MovedOn));
    assert_eq!(tell(&ctx, &none, heir, sound(&seen)).await, Err(KeepFault::Nothing));
    assert_eq!(tell(&ctx, &one, 0, sound(&seen)).await, Err(KeepFault::NoHeir));
    assert_eq!(tell(&outside, &one, heir, sound(&seen)).await, Err(KeepFault::MovedOn));
    assert_eq!(tell(&ctx, &one, heir, sound(&seen)).await, Ok(1));
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(groups(&mut tx, &ctx).await.unwrap(), []);
    let manager =
        async |tx: &mut Tx, day| loan::get(tx, &ctx.scope, ids["A1"], day).await.unwrap().unwrap().manager_id;
    assert_eq!((manager(&mut tx, may(29)).await, manager(&mut tx, may(30)).await), (Some(heir), Some(heir)));
    let household = loan::get(&mut tx, &ctx.scope, ids["A1"], may(30)).await.unwrap().unwrap().household_id;
    let ties = tie::standing(&mut tx, COUNTY, &[household.unwrap()]).await.unwrap();
    let tied: Vec<(i64, Role, Date)> =
        ties.iter().map(|tie| (tie.officer_id, tie.role, tie.from_on)).collect();
    assert_eq!(tied, [(heir, Role::CreditManager, may(29))]);
    let found = find(&mut tx, &ctx, (date(2019, 4, 30), may(30))).await.unwrap();
    let by = outcomes(&mut tx, &ctx, &found, Axis::Manager).await.unwrap();
    assert!(by.rows.iter().all(|row| row.key_id != 0), "nothing is nobody's any more");
    drop(tx);
    let compared = compare(&stage.db, &ctx).await.unwrap();
    assert!(compared.is_equal(), "{compared:?}");
}

story!(what_came_of_the_work_is_counted_as_it_was_done);
story!(loans_that_nobody_looks_after_get_a_manager);
