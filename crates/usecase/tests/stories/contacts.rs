//! A contact is recorded, answers the step that is due, and a promise pauses what comes next.

use bangfu_domain::money::Fen;
use bangfu_domain::task::{Outcome, Way};
use bangfu_sheets::Kind;
use bangfu_store::task::{self as stored, Show, StoredTask};
use bangfu_store::{Area, Scope, Tx, alert, loan, testing};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::task::list::{count, list, parts};
use bangfu_usecase::task::{ContactFault, NewContact, handling, record};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::Stage;
use crate::story;

const COUNTY: i64 = 431_022;

/// Two loans of two townships, one of them with nobody to look after it.
fn ledger() -> Vec<u8> {
    let header = HEADER.replace('\n', ",信贷管户员\n");
    let row = |index: usize, place: &str, manager: &str| {
        let who = identity(index);
        format!("{place},农户{index},{who},农商银行某支行,A{index},50000,2017-09-01,2019-05-20,0,{manager}\n")
    };
    let rows = row(0, "白石渡镇,白石渡村", "管甲") + &row(1, "玉溪镇,城北", "");
    format!("台账（截至2019-04-30）\n{header}{rows}").into_bytes()
}

fn on(stage: &Stage, today: Date) -> Ctx {
    Ctx { today, ..stage.ctx() }
}

fn met(on_day: Date, outcome: Outcome) -> NewContact {
    NewContact {
        on_day,
        way: Way::Visit,
        met: "本人".to_owned(),
        outcome,
        promised_on: None,
        promised_fen: None,
        note: String::new(),
    }
}

/// Somebody of an area, on 9 May.
fn area_of(stage: &Stage, area: Area) -> Ctx {
    Ctx { scope: Scope { county_id: COUNTY, area }, ..on(stage, date(2019, 5, 9)) }
}

async fn loans(stage: &Stage) -> Vec<i64> {
    let loans = loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap();
    loans.into_iter().map(|loan| loan.loan_id).collect()
}

async fn task(stage: &Stage, loan_id: i64) -> StoredTask {
    stored::of_loans(&mut stage.db.read().await.unwrap(), COUNTY, &[loan_id]).await.unwrap()[0]
}

fn fault(answer: Result<i64, Error>) -> ContactFault {
    match answer {
        Err(Error::Refused(Refusal::Contact(fault))) => fault,
        answer => panic!("{answer:?}"),
    }
}

async fn a_contact_answers_the_step_and_a_promise_pauses_the_next(stage: &Stage) {
    let may = |day| date(2019, 5, day);
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 4, 30)).await;
    stage.close(may(8)).await;
    let loans = loans(stage).await;
    assert_eq!(task(stage, loans[0]).await.task.step_on, Some(may(9)), "yellow since the opening");
    // Recorded in time: nothing is late on the tenth, but for the other loan.
    let contact = met(may(8), Outcome::Hardship);
    record(&stage.db, &on(stage, may(9)), loans[0], &contact).await.unwrap();
    assert_eq!(task(stage, loans[0]).await.task.step_on, None, "done for this level");
    stage.close(may(10)).await;
    let tallies = alert::tallies(&mut stage.db.read().await.unwrap(), COUNTY, may(10)).await.unwrap();
    assert_eq!(tallies.iter().map(|one| (one.kind.as_str(), one.loans)).collect::<Vec<_>>(), [("late", 1)]);
    // Red from the thirteenth, every three days; a promise pauses it.
    stage.close(may(13)).await;
    let promise = NewContact {
        promised_on: Some(may(19)),
        promised_fen: Some(Fen::new(2_000_000)),
        ..met(may(14), Outcome::Partly)
    };
    record(&stage.db, &on(stage, may(14)), loans[0], &promise).await.unwrap();
    let red = task(stage, loans[0]).await;
    assert_eq!((red.task.step_on, red.promised), (Some(may(19)), Some((may(19), Some(Fen::new(2_000_000))))));
    stage.close(may(19)).await;
    let mut tx = stage.db.read().await.unwrap();
    let ctx = on(stage, may(19));
    let (lines, next) = list(&mut tx, &ctx, (Show::Promised, false), None, 10).await.unwrap();
    assert_eq!((lines.len(), lines[0].row.number.as_str(), next), (1, "A0", None), "it shows on its day");
    assert_eq!(lines[0].deed.as_ref().unwrap().zh, "上门处置");
    let handled = handling(&mut tx, &ctx, loans[0]).await.unwrap();
    assert_eq!(handled.contacts.iter().map(|one| one.on_day).collect::<Vec<_>>(), [may(14), may(8)]);
    drop(tx);
    // What is recorded on the day is what became of the promise.
    record(&stage.db, &ctx, loans[0], &met(may(19), Outcome::Unreachable)).await.unwrap();
    assert_eq!(task(stage, loans[0]).await.promised, None);
    let facts = testing::last_facts(&mut stage.db.read().await.unwrap(), COUNTY, "contact-recorded").await;
    assert!(facts.unwrap().unwrap().contains("unreachable"));
}

async fn a_contact_that_says_nothing_is_refused(stage: &Stage) {
    let may = |day| date(2019, 5, day);
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 4, 30)).await;
    stage.close(may(8)).await;
    let loan_id = loans(stage).await[0];
    let ctx = on(stage, may(9));
    let tell = async |contact: NewContact| record(&stage.db, &ctx, loan_id, &contact).await;
    assert_eq!(fault(tell(met(may(10), Outcome::Away)).await), ContactFault::Day, "not come yet");
    assert_eq!(
        fault(tell(met(date(2017, 8, 31), Outcome::Away)).await),
        ContactFault::Day,
        "before the loan"
    );
    let nobody = NewContact { met: " \u{3000}".to_owned(), ..met(may(9), Outcome::Away) };
    assert!(matches!(fault(tell(nobody).await), ContactFault::Met { .. }));
    assert_eq!(fault(tell(met(may(9), Outcome::Misuse)).await), ContactFault::Note);
    let promise = met(may(9), Outcome::WillRepay);
    assert_eq!(fault(tell(promise.clone()).await), ContactFault::PromisedDay);
    let early = NewContact { promised_on: Some(may(8)), ..promise.clone() };
    assert_eq!(fault(tell(early).await), ContactFault::PromisedDay);
    for fen in [0, -1, 5_000_001] {
        let much =
            NewContact { promised_on: Some(may(20)), promised_fen: Some(Fen::new(fen)), ..promise.clone() };
        assert_eq!(fault(tell(much).await), ContactFault::PromisedAmount { owed_fen: Fen::new(5_000_000) });
    }
    let named = NewContact { note: format!("身份证{}", identity(0)), ..met(may(9), Outcome::Other) };
    assert!(matches!(tell(named).await, Err(Error::Refused(Refusal::IdentityInReason))));
    let handled = handling(&mut stage.db.read().await.unwrap(), &ctx, loan_id).await.unwrap();
    assert_eq!(handled.contacts, [], "nothing of it was kept");
    assert_eq!(task(stage, loan_id).await.task.step_on, Some(may(9)));
}

async fn everybody_sees_what_is_to_be_done_in_their_area(stage: &Stage) {
    let may = |day| date(2019, 5, day);
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 4, 30)).await;
    stage.close(may(8)).await;
    let loans = loans(stage).await;
    let mut tx = stage.db.read().await.unwrap();
    let first = loan::by_ids(&mut tx, COUNTY, &[loans[0]]).await.unwrap().remove(0);
    let area = |area| area_of(stage, area);
    let seen = async |tx: &mut Tx, ctx: &Ctx, nobodys| {
        let mut seen = [0; 6];
        for (seen, show) in seen.iter_mut().zip(parts(ctx)) {
            *seen = count(tx, ctx, show, nobodys).await.unwrap();
        }
        seen
    };
    let today = |count| [0, count, 0, 0, 0, 0];
    assert_eq!(seen(&mut tx, &area(Area::County), false).await, today(2));
    assert_eq!(seen(&mut tx, &area(Area::County), true).await, today(1), "nobody looks after the other");
    for one in [Area::Division(first.village_id), Area::Officer(first.manager_id.unwrap())] {
        assert_eq!(seen(&mut tx, &area(one), false).await, today(1), "{one:?}");
    }
    assert_eq!(seen(&mut tx, &area(Area::Branch(first.branch_id)), false).await, today(2));
    // Page by page, each once.
    let county = area(Area::County);
    let filter = (Show::Today, false);
    let (one, next) = list(&mut tx, &county, filter, None, 1).await.unwrap();
    let (other, end) = list(&mut tx, &county, filter, next, 1).await.unwrap();
    assert_eq!((one[0].row.number.as_str(), other[0].row.number.as_str(), end), ("A0", "A1", None));
    drop(tx);
    // Past its due day a loan whose bank has not reported is its branch's to look into, and nobody is late who may have paid.
    stage.close(may(23)).await;
    let on_day = |area| Ctx { today: may(23), ..area_of(stage, area) };
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(seen(&mut tx, &on_day(Area::County), false).await, [0; 6]);
    assert_eq!(seen(&mut tx, &on_day(Area::Branch(first.branch_id)), false).await, [2, 0, 0, 0, 0, 0]);
    assert_eq!(stored::of_loans(&mut tx, COUNTY, &loans).await.unwrap()[0].task.late_after(), None);
    drop(tx);
    let outside = area(Area::Officer(first.manager_id.unwrap()));
    let told = record(&stage.db, &outside, loans[1], &met(may(9), Outcome::Away)).await;
    assert!(matches!(told, Err(Error::Refused(Refusal::NotFound))));
    let asked = handling(&mut stage.db.read().await.unwrap(), &outside, loans[1]).await;
    assert!(matches!(asked, Err(Error::Refused(Refusal::NotFound))));
}

story!(a_contact_answers_the_step_and_a_promise_pauses_the_next);
story!(a_contact_that_says_nothing_is_refused);
story!(everybody_sees_what_is_to_be_done_in_their_area);
