//! A loan is handled at maturity: one person proposes, another checks, and the bank's answer alone changes it.

use bangfu_domain::handling::{Clause, Instalment, Kind, Move, Proposal, State};
use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::task::{Outcome, Way};
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind as File;
use bangfu_store::board::Axis;
use bangfu_store::handling::Waiting;
use bangfu_store::loan::{self, Filter, Loan, Order, Shown};
use bangfu_store::task::{self as tasks, StoredTask};
use bangfu_store::{Area, Scope, county, division, testing};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::handling::{
    Answer, Deciding, Granted, HandlingFault, NewHandling, answer, count, decide, of_loan, origin, propose,
    show,
};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::rules::reach;
use bangfu_usecase::task::{NewContact, record};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::Stage;
use crate::story;

const COUNTY: i64 = 431_022;

/// Accounts: who proposes, who checks, and the bank's clerk.
const MAKER: i64 = 11;
const CHECKER: i64 = 12;
const BANK: i64 = 13;

const fn june(day: i8) -> Date {
    date(2021, 6, day)
}

/// Loans of 2020 that fall due on 20 June 2021, half repaid, in two townships.
fn ledger(loans: usize) -> Vec<u8> {
    let row = |index: usize| {
        let place = if index.is_multiple_of(2) { "白石渡镇,白石渡村" } else { "玉溪镇,城北" };
        let who = identity(index);
        format!("{place},农户{index},{who},农商银行某支行,A{index},50000,2020-06-20,2021-06-20,20000\n")
    };
    let rows: String = (0..loans).map(row).collect();
    format!("台账（截至2021-05-31）\n{HEADER}{rows}").into_bytes()
}

fn on(stage: &Stage, today: Date, role: Role) -> Ctx {
    Ctx { today, role: Some(role), ..stage.ctx() }
}

fn centre(stage: &Stage, today: Date) -> Ctx {
    on(stage, today, Role::CentreClerk)
}

async fn loans(stage: &Stage) -> Vec<Loan> {
    loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap()
}

async fn one(stage: &Stage, number: &str) -> Loan {
    loans(stage).await.into_iter().find(|loan| loan.number == number).unwrap()
}

/// A place by its name.
async fn place(stage: &Stage, name: &str) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, COUNTY).await.unwrap();
    let places = division::subtree(&mut tx, county.division_id, june(15)).await.unwrap();
    places.into_iter().find(|place| place.name == name).unwrap().division_id
}

async fn task(stage: &Stage, loan_id: i64) -> Option<StoredTask> {
    tasks::of_loans(&mut stage.db.read().await.unwrap(), COUNTY, &[loan_id]).await.unwrap().into_iter().next()
}

fn extension(until: Date) -> NewHandling {
    let proposal =
        Proposal { kind: Kind::Extension, until_on: Some(until), amount_fen: None, instalments: Vec::new() };
    NewHandling { proposal, reason: "脐橙未到采收期".to_owned() }
}

fn renewal(until: Date, yuan: i64) -> NewHandling {
    let proposal = Proposal {
        kind: Kind::Renewal,
        until_on: Some(until),
        amount_fen: Some(Fen::new(yuan * 100)),
        instalments: Vec::new(),
    };
    NewHandling { proposal, reason: "续种一季".to_owned() }
}

fn fault<T: std::fmt::Debug>(answer: Result<T, Error>) -> HandlingFault {
    match answer {
        Err(Error::Refused(Refusal::Handling(fault))) => fault,
        answer => panic!("{answer:?}"),
    }
}

/// Moves a proposal on as it stands.
async fn moved(stage: &Stage, today: Date, id: i64, account_id: i64, by: Move) -> Result<State, Error> {
    let ctx = centre(stage, today);
    let version = show(&mut stage.db.read().await.unwrap(), &ctx, id).await?.row.stored.version;
    let reason = "意见".to_owned();
    decide(&stage.db, &ctx, &Deciding { handling_id: id, version, account_id, by, reason }).await
}

/// The bank's answer to a proposal as it stands.
async fn answered(stage: &Stage, today: Date, id: i64, granted: Option<Granted>) -> Result<State, Error> {
    let ctx = on(stage, today, Role::BankClerk);
    let version = show(&mut stage.db.read().await.unwrap(), &ctx, id).await?.row.stored.version;
    let note = "农商行批复".to_owned();
    let said = Answer { handling_id: id, version, account_id: BANK, on: today, granted, note };
    answer(&stage.db, &ctx, &said).await
}

/// Every list of a day is as long as its figure on the board, and a recount says the same.
async fn boards_equal_lists(stage: &Stage, day: Date) {
    let scope = Scope::county(COUNTY);
    for axis in [Axis::County, Axis::Village, Axis::DueMonth] {
        let known_at = Some(stage.ctx().micros());
        assert_eq!(
            stage.board(axis, day, None).await,
            stage.board(axis, day, known_at).await,
            "{day} {axis:?}"
        );
    }
    let total = stage.board(Axis::County, day, None).await.total;
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, COUNTY).await.unwrap();
    for standing in Standing::owing() {
        let shown = Shown::Standing(standing);
        let reach = reach(&mut tx, &county, shown, day).await.unwrap();
        let filter = Filter { shown, reach, ..Filter::default() };
        let page = loan::list(&mut tx, &scope, day, &filter, Order::Due, None, 50).await.unwrap();
        let rows = i64::try_from(page.rows.len()).unwrap();
        assert_eq!(total.get(standing).loans, rows, "{day} {standing:?}");
    }
}

/// A book that stands closed on 14 June: its loans are red.
async fn red(stage: &Stage, count: usize) -> Vec<i64> {
    // The stage's clock begins in September 2020: the files of this story come later.
    stage.clock_back(-31_536_000);
    stage.read_in(File::Ledger, &ledger(count)).await;
    stage.close(date(2021, 5, 31)).await;
    stage.close(june(14)).await;
    loans(stage).await.into_iter().map(|loan| loan.loan_id).collect()
}

async fn an_extension_changes_the_loan_with_the_banks_answer_and_not_before(stage: &Stage) {
    let ids = red(stage, 2).await;
    let (before, ctx) = (stage.board(Axis::County, june(14), None).await, centre(stage, june(15)));
    let id = propose(&stage.db, &ctx, MAKER, ids[0], &extension(date(2021, 12, 20))).await.unwrap();
    // The second who comes sees what the first did.
    let again = fault(propose(&stage.db, &ctx, CHECKER, ids[0], &extension(date(2021, 9, 1))).await);
    assert_eq!(again, HandlingFault::Open { handling_id: id, maker: ctx.actor.clone() });
    // Nobody checks what they proposed, and what was seen must still stand so.
    assert_eq!(fault(moved(stage, june(15), id, MAKER, Move::Agree).await), HandlingFault::OwnWork);
    assert_eq!(fault(moved(stage, june(15), id, CHECKER, Move::Withdraw).await), HandlingFault::NotMaker);
    let stale =
        Deciding { handling_id: id, version: 0, account_id: CHECKER, by: Move::Agree, reason: String::new() };
    assert_eq!(fault(decide(&stage.db, &ctx, &stale).await), HandlingFault::MovedOn);
    let manager = Deciding { version: 1, ..stale };
    let role = on(stage, june(15), Role::BankClerk);
    assert_eq!(fault(decide(&stage.db, &role, &manager).await), HandlingFault::NotChecker);
    assert_eq!(moved(stage, june(15), id, CHECKER, Move::Agree).await.unwrap(), State::AwaitingBank);
    assert_eq!(one(stage, "A0").await.terms.due_on, june(20), "nothing changed yet");
    let shown = show(&mut stage.db.read().await.unwrap(), &ctx, id).await.unwrap();
    assert_eq!(shown.row.stored.answer_by, Some(date(2021, 7, 6)), "15 working days");
    // The bank gives less than was asked for.
    let granted = Granted { due_on: Some(date(2021, 9, 10)), ..Granted::default() };
    let none = Some(Granted::default());
    assert_eq!(
        fault(answered(stage, june(16), id, none).await),
        HandlingFault::Day { after: june(20) },
        "an extension without a day is none"
    );
    assert_eq!(answered(stage, june(16), id, Some(granted)).await.unwrap(), State::Granted);
    assert_eq!(task(stage, ids[0]).await, None, "closed by the extension");
    let closed = testing::closed_by(&mut stage.db.read().await.unwrap(), COUNTY, ids[0]).await.unwrap();
    assert_eq!(closed, ["extended"]);
    stage.close(june(16)).await;
    let loan = one(stage, "A0").await;
    assert_eq!((loan.terms.due_on, loan.standing), (date(2021, 9, 10), Standing::Green), "a new term begins");
    assert_eq!(task(stage, ids[0]).await.map(|one| one.task.level), Some(Standing::Green));
    // The day before is as it was, and every list agrees with its board.
    assert_eq!(stage.board(Axis::County, june(14), None).await, before);
    for day in [june(14), june(15), june(16), date(2021, 9, 11)] {
        boards_equal_lists(stage, day).await;
    }
    assert!(compare(&stage.db, &ctx).await.unwrap().is_equal());
    // A ledger that goes on showing the day of the contract says nothing new; one that shows the new day neither.
    for due_on in ["2021-06-20", "2021-09-10"] {
        let text = String::from_utf8(ledger(1)).unwrap().replace("2021-05-31", "2021-06-30");
        let report = stage.read_in(File::Ledger, text.replace("2021-06-20", due_on).as_bytes()).await;
        assert_eq!(report.changes.changed, 0, "{due_on}");
        assert_eq!(one(stage, "A0").await.terms.due_on, date(2021, 9, 10));
    }
    let facts = testing::last_facts(&mut stage.db.read().await.unwrap(), COUNTY, "handling-answered").await;
    assert!(facts.unwrap().unwrap().contains("\"after\":\"granted\""));
}

async fn a_renewal_closes_the_old_contract_and_opens_the_new_one(stage: &Stage) {
    let ids = red(stage, 3).await;
    let ctx = centre(stage, june(15));
    let id = propose(&stage.db, &ctx, MAKER, ids[0], &renewal(date(2022, 6, 16), 30_000)).await.unwrap();
    moved(stage, june(15), id, CHECKER, Move::Agree).await.unwrap();
    let granted = |number: &str, yuan: i64| {
        Some(Granted {
            due_on: Some(date(2022, 6, 16)),
            number: number.to_owned(),
            amount_fen: Some(Fen::new(yuan * 100)),
            rate: None,
        })
    };
    assert_eq!(fault(answered(stage, june(16), id, granted(" ", 30_000)).await), HandlingFault::NoNumber);
    let more = HandlingFault::Amount { owed_fen: Fen::new(3_000_000) };
    assert_eq!(fault(answered(stage, june(16), id, granted("B0", 30_001)).await), more);
    let taken = HandlingFault::NumberTaken { number: "A1".to_owned() };
    assert_eq!(fault(answered(stage, june(16), id, granted("A1", 30_000)).await), taken);
    answered(stage, june(16), id, granted("B0", 28_000)).await.unwrap();
    stage.close(june(16)).await;
    let (old, new) = (one(stage, "A0").await, one(stage, "B0").await);
    assert_eq!((old.standing, old.settled_on), (Standing::Settled, Some(june(16))));
    assert_eq!((new.balance_fen, new.terms.disbursed_on), (Fen::new(2_800_000), june(16)));
    assert_eq!(
        (new.household_id, new.village_id, new.branch_id),
        (old.household_id, old.village_id, old.branch_id)
    );
    let closed = testing::closed_by(&mut stage.db.read().await.unwrap(), COUNTY, ids[0]).await.unwrap();
    assert_eq!(closed, ["renewed"]);
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(origin(&mut tx, &ctx, new.loan_id).await.unwrap(), Some(ids[0]));
    drop(tx);
    for day in [june(15), june(16)] {
        boards_equal_lists(stage, day).await;
    }
    assert!(compare(&stage.db, &ctx).await.unwrap().is_equal());
    // A ledger that brings the new contract finds it.
    let row =
        format!("白石渡镇,白石渡村,农户0,{},农商银行某支行,B0,28000,2021-06-16,2022-06-16,0\n", identity(0));
    let text = format!("台账（截至2021-06-30）\n{HEADER}{row}");
    let report = stage.read_in(File::Ledger, text.as_bytes()).await;
    assert_eq!((report.changes.new, report.changes.changed), (0, 0));
    // What took over once may, by the pack of 2021, not be extended again.
    let late = centre(stage, date(2022, 5, 1));
    let broken = fault(propose(&stage.db, &late, MAKER, new.loan_id, &extension(date(2022, 12, 1))).await);
    let HandlingFault::Clauses(broken) = broken else { panic!("{broken:?}") };
    let broken: Vec<_> =
        broken.iter().map(|one| (one.clause, one.limit.as_str(), one.found.as_str())).collect();
    assert_eq!(broken, [(Clause::Times, "1", "2")]);
}

async fn a_refusal_returns_the_loan_to_its_colour_with_a_task(stage: &Stage) {
    let ids = red(stage, 1).await;
    let ctx = centre(stage, june(15));
    let id = propose(&stage.db, &ctx, MAKER, ids[0], &extension(date(2021, 12, 20))).await.unwrap();
    moved(stage, june(15), id, CHECKER, Move::Agree).await.unwrap();
    assert_eq!(answered(stage, june(16), id, None).await.unwrap(), State::Refused);
    let now = task(stage, ids[0]).await.unwrap();
    assert_eq!(
        (now.task.level, now.task.step_on),
        (Standing::Red, Some(june(21))),
        "three working days anew"
    );
    assert_eq!(one(stage, "A0").await.terms.due_on, june(20));
    // And another way is open again.
    let plan = [(june(18), 10_000), (june(20), 20_000)];
    let instalments = plan.map(|(on, yuan)| Instalment { on, amount_fen: Fen::new(yuan * 100) }).to_vec();
    let proposal = Proposal { kind: Kind::Instalments, until_on: None, amount_fen: None, instalments };
    let new = NewHandling { proposal, reason: "分两次还".to_owned() };
    let id = propose(&stage.db, &centre(stage, june(16)), MAKER, ids[0], &new).await.unwrap();
    moved(stage, june(16), id, CHECKER, Move::Agree).await.unwrap();
    answered(stage, june(16), id, Some(Granted::default())).await.unwrap();
    assert_eq!(
        task(stage, ids[0]).await.unwrap().promised,
        Some((june(18), Some(Fen::new(1_000_000)))),
        "the first part shows on its day"
    );
    let mut tx = stage.db.read().await.unwrap();
    let all = of_loan(&mut tx, &ctx, ids[0]).await.unwrap();
    assert_eq!(all.iter().map(|one| one.state).collect::<Vec<_>>(), [State::Granted, State::Refused]);
}

async fn misuse_bars_an_extension_until_a_centre_finds_it_right(stage: &Stage) {
    let ids = red(stage, 1).await;
    let contact = |outcome| NewContact {
        on_day: june(15),
        way: Way::Visit,
        met: "本人".to_owned(),
        outcome,
        promised_on: None,
        promised_fen: None,
        note: "现场核实".to_owned(),
    };
    let manager = on(stage, june(15), Role::CreditManager);
    record(&stage.db, &manager, ids[0], &contact(Outcome::Misuse)).await.unwrap();
    let asked = extension(date(2021, 12, 20));
    let broken = fault(propose(&stage.db, &manager, MAKER, ids[0], &asked).await);
    assert!(matches!(broken, HandlingFault::Clauses(broken) if broken[0].clause == Clause::NoMisuse));
    let own = record(&stage.db, &manager, ids[0], &contact(Outcome::UsedAsLent)).await;
    assert!(matches!(own, Err(Error::Refused(Refusal::Contact(_)))), "not the manager's to say");
    record(&stage.db, &centre(stage, june(15)), ids[0], &contact(Outcome::UsedAsLent)).await.unwrap();
    propose(&stage.db, &manager, MAKER, ids[0], &asked).await.unwrap();
}

async fn a_task_ends_by_a_second_person_and_what_waits_lapses_with_the_loan(stage: &Stage) {
    let ids = red(stage, 2).await;
    let release = Proposal { kind: Kind::Release, until_on: None, amount_fen: None, instalments: Vec::new() };
    let new = NewHandling { proposal: release, reason: "借款人去世，转入代偿".to_owned() };
    let ctx = centre(stage, june(15));
    let id = propose(&stage.db, &ctx, MAKER, ids[0], &new).await.unwrap();
    assert!(task(stage, ids[0]).await.is_some());
    assert_eq!(moved(stage, june(15), id, CHECKER, Move::Agree).await.unwrap(), State::Agreed);
    assert_eq!(task(stage, ids[0]).await, None);
    let closed = testing::closed_by(&mut stage.db.read().await.unwrap(), COUNTY, ids[0]).await.unwrap();
    assert_eq!(closed, ["released"]);
    stage.close(june(16)).await;
    assert_eq!(task(stage, ids[0]).await, None, "the same level makes no other");
    assert_eq!(fault(propose(&stage.db, &ctx, MAKER, ids[0], &new).await), HandlingFault::NoTask);
    // The other waits for the bank when it is repaid.
    let other = propose(&stage.db, &ctx, MAKER, ids[1], &extension(date(2021, 12, 20))).await.unwrap();
    let waiting = async |area: Area, waiting| {
        let ctx = Ctx { scope: Scope { county_id: COUNTY, area }, ..centre(stage, june(15)) };
        count(&mut stage.db.read().await.unwrap(), &ctx, waiting).await.unwrap()
    };
    assert_eq!(waiting(Area::County, Waiting::Check).await, 1);
    assert_eq!(
        waiting(Area::Division(place(stage, "白石渡镇").await), Waiting::Check).await,
        0,
        "not theirs"
    );
    let text = String::from_utf8(ledger(2))
        .unwrap()
        .replace("2021-05-31", "2021-06-17")
        .replace(",20000\n", ",50000\n");
    stage.read_in(File::Ledger, text.as_bytes()).await;
    stage.close(june(17)).await;
    let shown = show(&mut stage.db.read().await.unwrap(), &centre(stage, june(17)), other).await.unwrap();
    assert_eq!((shown.row.stored.state, shown.row.stored.moved_on), (State::Lapsed, june(17)));
    assert_eq!(shown.steps.iter().map(|step| step.kind.as_str()).collect::<Vec<_>>(), ["propose", "lapse"]);
    assert_eq!(fault(moved(stage, june(17), other, CHECKER, Move::Agree).await), HandlingFault::MovedOn);
}

story!(an_extension_changes_the_loan_with_the_banks_answer_and_not_before);
story!(a_renewal_closes_the_old_contract_and_opens_the_new_one);
story!(a_refusal_returns_the_loan_to_its_colour_with_a_task);
story!(misuse_bars_an_extension_until_a_centre_finds_it_right);
story!(a_task_ends_by_a_second_person_and_what_waits_lapses_with_the_loan);
