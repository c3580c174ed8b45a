//! What arrives late, twice, or in the wrong order: the book ends the same, and nobody who paid is accused.

use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::{Tx, close, finding, household, loan, tie};
use bangfu_usecase::board::{board, published};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::{Error, error::Refusal, known};
use jiff::civil::date;

use crate::any_book::identity;
use crate::slips::{HEADER, ledger, open, sound};
use crate::stage::Stage;
use crate::story;

const BANK: &str = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";

/// A bank's report of repayments: (loan, day, amount, balance after it, serial number).
fn bank(rows: &[(usize, &str, i64, i64, &str)]) -> Vec<u8> {
    let rows: Vec<String> = rows
        .iter()
        .map(|(index, day, amount, balance, serial)| {
            let who = identity(*index);
            format!("农商银行某支行,农户{index},{who},A{index},{day},还本,{amount},{balance},{serial}\n")
        })
        .collect();
    format!("{BANK}{}", rows.concat()).into_bytes()
}

/// A ledger as of another day than the usual one.
fn ledger_of(day: &str, rows: &[String]) -> Vec<u8> {
    format!("台账（截至{day}）\n{HEADER}{}\n", rows.join("\n")).into_bytes()
}

async fn a_repayment_that_comes_before_its_loan_is_not_lost(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let report = bank(&[(2, "20190510", 50_000, 0, "S2")]);
    assert_eq!(stage.read_in(Kind::Repayments, &report).await.differences, 1);
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    assert_eq!(open(stage).await.len(), 0, "the ledger that names the loan settles the difference");
    let rows = stage.export(date(2019, 6, 17), None).await;
    assert_eq!((rows[1].number.as_str(), rows[1].standing), ("A2", Standing::Settled));
    let again = stage.read_in(Kind::Repayments, &report).await;
    assert_eq!((again.changes.new, again.changes.unchanged, again.differences), (0, 1, 0));
    assert_eq!(stage.export(date(2019, 6, 17), None).await, rows, "and it is not counted twice");
}
story!(a_repayment_that_comes_before_its_loan_is_not_lost);

async fn two_movements_that_say_the_same_are_two_differences(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    // The same words from another bank, and once more under another serial number.
    let same = bank(&[(2, "20190510", 10_000, 40_000, "S1"), (2, "20190510", 10_000, 40_000, "S2")]);
    let other = String::from_utf8(bank(&[(2, "20190510", 10_000, 40_000, "S1")])).unwrap();
    let other = other.replace("农商银行某支行", "邮储银行某支行").into_bytes();
    assert_eq!(stage.read_in(Kind::Repayments, &same).await.differences, 2);
    assert_eq!(stage.read_in(Kind::Repayments, &other).await.differences, 1);
    assert_eq!(open(stage).await.len(), 3, "none is lost");
    assert_eq!(stage.read_in(Kind::Repayments, &same).await.differences, 0, "and none is told twice");
}
story!(two_movements_that_say_the_same_are_two_differences);

async fn a_later_movement_waits_for_the_earlier_one(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let late = stage.read_in(Kind::Repayments, &bank(&[(1, "20190512", 10_000, 30_000, "S2")])).await;
    assert_eq!(late.differences, 1, "the bank's balance does not follow: a movement is missing");
    let early = stage.read_in(Kind::Repayments, &bank(&[(1, "20190511", 10_000, 40_000, "S1")])).await;
    assert_eq!((early.differences, open(stage).await.len()), (0, 0));
    assert_eq!(stage.export(date(2019, 6, 1), None).await[0].balance_fen, Fen::new(3_000_000));
}
story!(a_later_movement_waits_for_the_earlier_one);

async fn a_movement_before_a_later_ledger_adds_nothing(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let next = stage.read_in(Kind::Ledger, &ledger_of("2019-05-31", &[sound(1)])).await;
    assert_eq!((next.changes.changed, next.changes.unchanged), (0, 1));
    // The ledger of 31 May states that nothing is repaid: a movement of 15 May contradicts it.
    stage.read_in(Kind::Repayments, &bank(&[(1, "20190515", 10_000, 40_000, "S1")])).await;
    let kinds: Vec<&str> = open(stage).await.into_iter().map(|one| one.kind.key()).collect();
    assert_eq!(kinds, ["beyond-position"]);
    assert_eq!(stage.export(date(2019, 6, 1), None).await[0].balance_fen, Fen::new(5_000_000));
    let again = stage.read_in(Kind::Ledger, &ledger_of("2019-05-31", &[sound(1)])).await;
    assert_eq!((again.changes.changed, again.changes.unchanged), (0, 1));
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(a_movement_before_a_later_ledger_adds_nothing);

async fn next_months_ledger_adds_only_what_is_new(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    stage.read_in(Kind::Repayments, &bank(&[(1, "20190510", 20_000, 30_000, "S1")])).await;
    // The bank's 20,000 are in it already, 5,000 more are not, and a third loan is new.
    let paid = |index: usize, yuan: i64| sound(index).replace("2019-05-20,0", &format!("2019-05-20,{yuan}"));
    let may = ledger_of("2019-05-31", &[paid(1, 25_000), sound(2), sound(3)]);
    let report = stage.read_in(Kind::Ledger, &may).await;
    assert_eq!((report.changes.new, report.changes.changed, report.changes.unchanged), (1, 1, 1));
    let balances: Vec<i64> =
        stage.export(date(2019, 5, 31), None).await.iter().map(|row| row.balance_fen.get()).collect();
    assert_eq!(balances, [2_500_000, 5_000_000, 5_000_000]);
    let before = stage.export(date(2019, 5, 30), None).await[0].balance_fen;
    assert_eq!(before, Fen::new(3_000_000), "what has no date of its own takes effect on the ledger's day");
}
story!(next_months_ledger_adds_only_what_is_new);

async fn what_was_known_at_an_instant_stays_known(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let ctx = stage.ctx();
    let then = ctx.micros();
    known::fix_instant(&stage.db, &ctx, Some(then)).await.unwrap();
    let day = date(2019, 5, 20);
    let (rows, board) =
        (stage.export(day, Some(then)).await, stage.board(Axis::Village, day, Some(then)).await);
    // A correction of the name, of the place and of the amount, and a writer whose clock is behind.
    let corrected = sound(1).replace("农户1,", "农户一,").replace("白石渡村", "兴星街社区");
    let corrected = corrected.replace(",50000,", ",40000,");
    stage.clock_back(60);
    stage.read_in(Kind::Ledger, &ledger(&[corrected, sound(2)])).await;
    assert_ne!(stage.export(day, None).await, rows);
    assert_eq!(stage.export(day, Some(then)).await, rows);
    assert_eq!(stage.board(Axis::Village, day, Some(then)).await, board);
    let ahead = known::fix_instant(&stage.db, &stage.ctx(), Some(i64::MAX)).await;
    assert!(matches!(ahead, Err(Error::Refused(Refusal::KnownAhead))), "{ahead:?}");
}
story!(what_was_known_at_an_instant_stays_known);

async fn a_day_that_has_not_come_accuses_nobody(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let slip = bank(&[(1, "20190520", 10_000, 40_000, "S1"), (2, "21090520", 10_000, 40_000, "S2")]);
    let report = stage.read_in(Kind::Repayments, &slip).await;
    assert_eq!(report.until_on, Some(date(2019, 5, 20)));
    let codes: Vec<&str> = report.findings.iter().map(|fault| fault.code.key()).collect();
    assert_eq!(codes, ["day-ahead"]);
    let board = stage.board(Axis::County, date(2019, 6, 17), None).await.total;
    assert_eq!((board.get(Standing::Overdue).loans, board.get(Standing::Awaiting).loans), (0, 2));
    let ahead = stage.try_check(Kind::Ledger, &ledger_of("2109-05-31", &[sound(1)])).await;
    assert!(matches!(ahead, Err(Error::Refused(Refusal::DayAhead { .. }))), "{ahead:?}");
}
story!(a_day_that_has_not_come_accuses_nobody);

const WITH_OFFICERS: &str = "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）,信贷管户员,期限\n";

/// A ledger whose loans have a credit manager and a stated term.
fn managed(rows: &[(usize, &str, &str)]) -> Vec<u8> {
    let rows: Vec<String> =
        rows.iter().map(|(index, manager, term)| format!("{},{manager},{term}\n", sound(*index))).collect();
    format!("台账（截至2019-04-30）\n{WITH_OFFICERS}{}", rows.concat()).into_bytes()
}

/// The ties of every household that hold.
async fn standing(tx: &mut Tx) -> Vec<tie::Tie> {
    let households = household::list(tx, 431_022).await.unwrap();
    let ids: Vec<i64> = households.iter().map(|household| household.household_id).collect();
    tie::standing(tx, 431_022, &ids).await.unwrap()
}

async fn a_tie_ends_when_no_loan_of_the_household_names_the_officer(stage: &Stage) {
    stage.read_in(Kind::Ledger, &managed(&[(1, "甲", ""), (2, "甲", "")])).await;
    stage.read_in(Kind::Ledger, &managed(&[(1, "乙", ""), (2, "甲", "")])).await;
    let mut tx = stage.db.read().await.unwrap();
    let ties = standing(&mut tx).await;
    assert_eq!(ties.len(), 2, "one credit manager for each household: {ties:?}");
    assert!(ties.iter().all(|tie| tie.role == Role::CreditManager));
    assert_ne!(ties[0].officer_id, ties[1].officer_id);
    drop(tx);
    stage.read_in(Kind::Ledger, &managed(&[(1, "甲", ""), (2, "甲", "")])).await;
    let ties = standing(&mut stage.db.read().await.unwrap()).await;
    assert_eq!(
        (ties.len(), ties[0].officer_id),
        (2, ties[1].officer_id),
        "and begins again when it is named again"
    );
}
story!(a_tie_ends_when_no_loan_of_the_household_names_the_officer);

async fn findings_stand_on_the_loan_once_and_go_when_their_cause_goes(stage: &Stage) {
    // Twelve months lead to 1 May, not to 20 May: a finding of the row's own cells.
    let codes = async || {
        let mut tx = stage.db.read().await.unwrap();
        let loans = loan::all(&mut tx, 431_022).await.unwrap();
        let found =
            finding::of_loan(&mut tx, &stage.ctx().scope, loans[0].loan_id, stage.ctx().today).await.unwrap();
        found.into_iter().map(|one| one.code).collect::<Vec<_>>()
    };
    let file = managed(&[(1, "甲", "12")]);
    stage.read_in(Kind::Ledger, &file).await;
    assert_eq!(codes().await, ["term-differs"]);
    stage.read_in(Kind::Ledger, &file).await;
    assert_eq!(codes().await, ["term-differs"], "the same file twice changes nothing");
    stage.read_in(Kind::Ledger, &managed(&[(1, "甲", "")])).await;
    assert_eq!(codes().await, Vec::<String>::new());
}
story!(findings_stand_on_the_loan_once_and_go_when_their_cause_goes);

async fn what_a_close_published_stands_beside_what_is_known_now(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let closed = stage.close(date(2019, 5, 12)).await;
    let day = date(2019, 5, 12);
    assert_eq!(closed.last().unwrap().figures[&Standing::Yellow].loans, 2);
    // The bank reports late what was repaid on 10 May.
    stage.read_in(Kind::Repayments, &bank(&[(1, "20190510", 50_000, 0, "S1")])).await;
    let now = stage.board(Axis::County, day, None).await;
    assert_eq!(now.total.get(Standing::Yellow).loans, 1);
    let mut tx = stage.db.read().await.unwrap();
    let scope = stage.ctx().scope;
    let then = published(&mut tx, &scope, day, None).await.unwrap().unwrap();
    assert_eq!(then.figures[&now.rows[0].key_id].get(Standing::Yellow).loans, 2);
    assert_eq!(published(&mut tx, &scope, date(2019, 5, 13), None).await.unwrap(), None);
    drop(tx);
    assert_eq!(stage.close(day).await, [closed.last().unwrap().clone()], "what is published stays");
}
story!(what_a_close_published_stands_beside_what_is_known_now);

async fn a_close_publishes_every_division_and_every_move(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let day = date(2019, 5, 13);
    assert_eq!(stage.close(day).await.last().unwrap().moves, 2);
    let scope = stage.ctx().scope;
    let mut tx = stage.db.read().await.unwrap();
    let published = published(&mut tx, &scope, day, None).await.unwrap().unwrap();
    let mut shown = 0;
    for axis in [Axis::County, Axis::Township, Axis::Village] {
        let rows = board(&mut tx, &scope, axis, day, None).await.unwrap().rows;
        for row in rows.iter().filter(|row| row.figures.owing().loans > 0) {
            assert_eq!(published.figures[&row.key_id], row.figures, "{axis:?} {}", row.name);
            shown += 1;
        }
    }
    assert_eq!(published.figures.len(), shown, "only divisions with loans are written");
    let moves = close::moves(&mut tx, &scope, day).await.unwrap();
    assert_eq!(moves, [(Standing::Yellow, Standing::Red, 2)]);
    assert_eq!(moves, loan::moves(&mut tx, &scope, day).await.unwrap());
}
story!(a_close_publishes_every_division_and_every_move);
