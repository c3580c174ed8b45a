//! What was repaid: ledgers and bank reports that come late, mended or against each other lead to no wrong money.

use bangfu_domain::loan::add_days;
use bangfu_domain::money::Fen;
use bangfu_sheets::Kind;
use bangfu_usecase::import::{self, Meter, Report, Take, Upload};
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};

use crate::any_book::identity;
use crate::slips::open;
use crate::stage::{Engine, Stage, upload};
use crate::story;

/// A ledger as of a day; each row from the borrower's number, the contract's, and what follows the due day.
fn ledger(as_of: Date, columns: &str, rows: &[(usize, &str, &str, &str)]) -> Vec<u8> {
    let mut text = format!(
        "台账（截至{as_of}）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期{columns}\n"
    );
    for (who, number, principal, rest) in rows {
        let identity = identity(*who);
        text += &format!(
            "白石渡镇,白石渡村,农户{who},{identity},农商银行某支行,{number},{principal},2018-01-10,2020-01-10{rest}\n"
        );
    }
    text.into_bytes()
}

/// A report of the bank: number, day, amount, balance, serial, name.
fn bank(institution: &str, rows: &[(&str, &str, i64, &str, &str, &str)]) -> Vec<u8> {
    let mut text = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    for (number, on, amount, balance, serial, name) in rows {
        text += &format!("{institution},{name},{number},{on},还本,{amount},{balance},{serial}\n");
    }
    text.into_bytes()
}

const BANK: &str = "农商银行某支行";

async fn balance(stage: &Stage, number: &str, day: Date) -> i64 {
    let rows = stage.export(day, None).await;
    rows.iter().find(|row| row.number == number).unwrap().balance_fen.get() / 100
}

async fn kinds(stage: &Stage) -> Vec<&'static str> {
    let mut kinds: Vec<&'static str> = open(stage).await.into_iter().map(|one| one.kind.key()).collect();
    kinds.sort_unstable();
    kinds
}

fn changes(report: &Report) -> (usize, usize, usize, usize) {
    (report.changes.new, report.changes.changed, report.changes.unchanged, report.differences)
}

async fn a_movement_between_ledgers_that_say_the_same_is_a_difference(stage: &Stage) {
    for day in [date(2019, 4, 30), date(2019, 5, 31)] {
        stage.read_in(Kind::Ledger, &ledger(day, ",已还本金（元）", &[(1, "A1", "10000", ",8000")])).await;
    }
    let late = bank(BANK, &[("A1", "2019-05-10", 5_000, "", "S1", "农户1")]);
    assert_eq!(stage.read_in(Kind::Repayments, &late).await.differences, 1);
    assert_eq!(kinds(stage).await, ["beyond-position"]);
    assert_eq!(balance(stage, "A1", date(2019, 6, 17)).await, 2_000);
    let may = ledger(date(2019, 5, 31), ",已还本金（元）", &[(1, "A1", "10000", ",8000")]);
    assert_eq!(changes(&stage.read_in(Kind::Ledger, &may).await), (0, 0, 1, 0), "the same file twice");
}
story!(a_movement_between_ledgers_that_say_the_same_is_a_difference);

async fn a_settled_loan_without_amounts_is_repaid(stage: &Stage) {
    let columns = ",结清日期";
    let rows = [(1, "A1", "50000", ",2018-12-30"), (2, "A2", "50000", ",")];
    let report = stage.read_in(Kind::Ledger, &ledger(date(2019, 4, 30), columns, &rows)).await;
    assert_eq!((report.rows.bad, report.findings.len()), (0, 0), "{:?}", report.findings);
    assert_eq!(balance(stage, "A1", date(2018, 12, 30)).await, 0);
    assert_eq!(balance(stage, "A1", date(2018, 12, 29)).await, 50_000);
    // A ledger that has no such column says nothing of what the bank has reported.
    let paid = bank(BANK, &[("A2", "2019-05-10", 20_000, "30000", "S1", "农户2")]);
    stage.read_in(Kind::Repayments, &paid).await;
    let silent = ledger(date(2019, 5, 31), "", &[(1, "A1", "50000", ""), (2, "A2", "50000", "")]);
    assert_eq!(changes(&stage.read_in(Kind::Ledger, &silent).await), (0, 0, 2, 0));
    assert_eq!(balance(stage, "A2", date(2019, 6, 17)).await, 30_000);
}
story!(a_settled_loan_without_amounts_is_repaid);

async fn a_day_to_come_settles_no_loan_whoever_tells_the_day_of_the_position(stage: &Stage) {
    let plain = format!(
        "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,期限（月）,还款日期\n\
         白石渡镇,白石渡村,农户1,{},{BANK},A1,50000,2018-06-17,36,2021-06-17\n",
        identity(1)
    );
    let given = Upload { as_of: Some(date(2019, 4, 30)), ..upload(Kind::Ledger, plain.as_bytes()) };
    let report =
        import::take_file(&stage.db, &stage.ctx(), &given, Take::Good, &Meter::default()).await.unwrap();
    assert_eq!(report.findings.iter().map(|one| one.code.key()).collect::<Vec<_>>(), ["settled-differs"]);
    assert_eq!(balance(stage, "A1", date(2019, 5, 31)).await, 50_000);
    let titled = format!("台账（截至2019年4月30日）\n{plain}");
    assert_eq!(changes(&stage.check(Kind::Ledger, titled.as_bytes()).await), (0, 0, 1, 0));
}
story!(a_day_to_come_settles_no_loan_whoever_tells_the_day_of_the_position);

async fn principal_and_interest_in_one_amount_are_a_difference(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(date(2019, 4, 30), "", &[(1, "A1", "10000", "")])).await;
    let paid =
        [("A1", "2019-05-10", 10_500, "0", "S1", "农户1"), ("A1", "2019-05-20", 500, "", "S2", "农户1")];
    let text = String::from_utf8(bank(BANK, &paid)).unwrap();
    let text = text.replacen(",还本,", ",贷款结清(本息),", 1).replacen(",还本,", ",还本付息,", 1);
    stage.read_in(Kind::Repayments, text.as_bytes()).await;
    assert_eq!(kinds(stage).await, ["unknown-kind", "unknown-kind"]);
    assert_eq!(balance(stage, "A1", date(2019, 5, 31)).await, 10_000);
}
story!(principal_and_interest_in_one_amount_are_a_difference);

async fn an_amount_lent_is_not_lowered_below_what_was_repaid(stage: &Stage) {
    let columns = ",已还本金（元）";
    let april = ledger(date(2019, 4, 30), columns, &[(1, "A1", "50000", ",30000")]);
    stage.read_in(Kind::Ledger, &april).await;
    let may = ledger(date(2019, 5, 31), columns, &[(1, "A1", "20000", ",20000")]);
    let report = stage.read_in(Kind::Ledger, &may).await;
    assert_eq!(kinds(stage).await, ["ledger-below-book", "principal-below-repaid"]);
    let codes: Vec<&str> = report.findings.iter().map(|fault| fault.code.key()).collect();
    assert_eq!(codes, ["repaid-below-book", "principal-below-repaid"]);
    assert_eq!(balance(stage, "A1", date(2019, 6, 17)).await, 20_000);
    // The same slip in one ledger, mended in a file of the same day, is corrected.
    let mended = ledger(date(2019, 4, 30), columns, &[(2, "A2", "50000", ",50000")]);
    stage.read_in(Kind::Ledger, &mended).await;
    let mended = ledger(date(2019, 4, 30), columns, &[(2, "A2", "50000", ",5000")]);
    let report = stage.read_in(Kind::Ledger, &mended).await;
    assert_eq!(changes(&report), (0, 1, 0, 0));
    assert_eq!(balance(stage, "A2", date(2019, 6, 17)).await, 45_000);
    assert_eq!(changes(&stage.read_in(Kind::Ledger, &mended).await), (0, 0, 1, 0));
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(an_amount_lent_is_not_lowered_below_what_was_repaid);

async fn a_later_ledger_that_knows_the_day_of_settlement_corrects_it(stage: &Stage) {
    let columns = ",已还本金（元）,结清日期";
    let settled = |as_of, day: &str| ledger(as_of, columns, &[(1, "A1", "50000", &format!(",50000,{day}"))]);
    stage.read_in(Kind::Ledger, &settled(date(2019, 4, 30), "2019-03-01")).await;
    let report = stage.read_in(Kind::Ledger, &settled(date(2019, 4, 30), "2019-04-01")).await;
    assert_eq!(changes(&report), (0, 1, 0, 0));
    let change = &report.changed[0];
    assert_eq!((&*change.field, &*change.old, &*change.new), ("settled-on", "2019-03-01", "2019-04-01"));
    assert_eq!(balance(stage, "A1", date(2019, 3, 31)).await, 50_000);
    let report = stage.read_in(Kind::Ledger, &settled(date(2019, 5, 31), "2019-03-15")).await;
    assert_eq!(changes(&report), (0, 1, 0, 0));
    assert_eq!(balance(stage, "A1", date(2019, 3, 14)).await, 50_000);
    assert_eq!(balance(stage, "A1", date(2019, 3, 15)).await, 0);
    let again = stage.read_in(Kind::Ledger, &settled(date(2019, 5, 31), "2019-03-15")).await;
    assert_eq!(changes(&again), (0, 0, 1, 0));
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(a_later_ledger_that_knows_the_day_of_settlement_corrects_it);

async fn a_ledger_that_cures_a_difference_settles_it_at_once(stage: &Stage) {
    let columns = ",已还本金（元）";
    let april = ledger(date(2019, 4, 30), columns, &[(1, "A1", "50000", ",0")]);
    stage.read_in(Kind::Ledger, &april).await;
    let paid = bank(BANK, &[("A1", "2019-05-10", 20_000, "30000", "S1", "新名字")]);
    stage.read_in(Kind::Repayments, &paid).await;
    assert_eq!(kinds(stage).await, ["other-name"]);
    let renamed = String::from_utf8(april).unwrap().replace("农户1", "新名字");
    stage.read_in(Kind::Ledger, renamed.as_bytes()).await;
    assert!(open(stage).await.is_empty());
    assert_eq!(balance(stage, "A1", date(2019, 6, 17)).await, 30_000);
}
story!(a_ledger_that_cures_a_difference_settles_it_at_once);

async fn a_movement_whose_institution_is_told_later_counts_once(stage: &Stage) {
    let columns = ",已还本金（元）";
    let nameless = |name: &str, serial: &str| {
        let text = bank("", &[("A1", "2019-05-10", 20_000, "30000", serial, name)]);
        String::from_utf8(text).unwrap().replace("机构名称,", "").replace("\n,", "\n").into_bytes()
    };
    // A number that nobody has yet, from an institution that nobody can tell.
    stage.read_in(Kind::Repayments, &nameless("别的名字", "F1")).await;
    stage.read_in(Kind::Repayments, &nameless("农户1", "F2")).await;
    assert_eq!(kinds(stage).await, ["unknown-number", "unknown-number"]);
    stage.read_in(Kind::Ledger, &ledger(date(2019, 4, 30), columns, &[(1, "A1", "50000", ",0")])).await;
    assert_eq!(kinds(stage).await, ["other-name"], "the second one fits and is taken");
    assert_eq!(balance(stage, "A1", date(2019, 6, 17)).await, 30_000);
    // The bank sends both again, now with its name: the first mended, the second as it was.
    let again = bank(
        BANK,
        &[
            ("A1", "2019-05-12", 10_000, "20000", "F1", "农户1"),
            ("A1", "2019-05-10", 20_000, "30000", "F2", "农户1"),
        ],
    );
    let report = stage.read_in(Kind::Repayments, &again).await;
    assert_eq!((report.changes.new, report.changes.unchanged), (1, 1));
    assert_eq!(balance(stage, "A1", date(2019, 6, 17)).await, 20_000);
    assert_eq!(kinds(stage).await, ["serial-reused"], "the first report of F1 waits to be looked into");
    // Whatever ledger comes after, nothing is counted again and nothing stands in its way.
    for (day, name) in [(date(2019, 5, 31), "别的名字"), (date(2019, 6, 10), "农户1")] {
        let text = ledger(day, columns, &[(1, "A1", "50000", ",30000")]);
        let text = String::from_utf8(text).unwrap().replace("农户1", name);
        stage.read_in(Kind::Ledger, text.as_bytes()).await;
        assert_eq!(balance(stage, "A1", date(2019, 6, 17)).await, 20_000);
    }
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(a_movement_whose_institution_is_told_later_counts_once);

/// A file about a few loans of 100 yuan each.
#[derive(Debug, Clone)]
enum File {
    /// Day after 1 January 2019, and per loan what was repaid, and the day of settlement if it was all.
    Ledger(i32, Vec<i64>, Option<i32>),
    /// Per movement: loan, day, amount, and whether the bank states its balance.
    Bank(Vec<(usize, i32, i64, Option<i64>)>),
}

const LOANS: usize = 4;

fn files() -> impl Strategy<Value = Vec<File>> {
    let amount = prop_oneof![Just(0_i64), Just(100), 0_i64..=100];
    let ledger = (0_i32..150, proptest::collection::vec(amount, LOANS), proptest::option::of(0_i32..150))
        .prop_map(|(day, repaid, settled)| File::Ledger(day, repaid, settled));
    let movement = (0..LOANS, 0_i32..150, 1_i64..100, proptest::option::of(0_i64..100));
    let bank = proptest::collection::vec(movement, 1..6).prop_map(File::Bank);
    proptest::collection::vec(prop_oneof![ledger, bank], 2..7)
}

fn text_of(file: &File, nth: usize) -> (Kind, Vec<u8>) {
    let day = |days: i32| add_days(date(2019, 1, 1), days);
    match file {
        File::Ledger(as_of, repaid, settled) => {
            let numbers: Vec<String> = (0..LOANS).map(|loan| format!("A{loan}")).collect();
            let rest: Vec<String> = repaid
                .iter()
                .map(|repaid| match settled.filter(|settled| *repaid == 100 && settled <= as_of) {
                    Some(settled) => format!(",{repaid},{}", day(settled)),
                    None => format!(",{repaid},"),
                })
                .collect();
            let rows: Vec<(usize, &str, &str, &str)> =
                (0..LOANS).map(|loan| (loan, &*numbers[loan], "100", &*rest[loan])).collect();
            (Kind::Ledger, ledger(day(*as_of), ",已还本金（元）,结清日期", &rows))
        }
        File::Bank(movements) => {
            let mut text = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
            for (index, (loan, on, amount, balance)) in movements.iter().enumerate() {
                let balance = balance.map(|balance| balance.to_string()).unwrap_or_default();
                text += &format!(
                    "{BANK},农户{loan},A{loan},{},还本,{amount},{balance},S{nth}-{index}\n",
                    day(*on)
                );
            }
            (Kind::Repayments, text.into_bytes())
        }
    }
}

/// Whatever files come in whatever order: balances lie within what was lent, each file says the second time what it
/// has said, and the projection is the fold.
async fn play(engine: Engine, files: &[File]) {
    let stage = Stage::new(engine).await;
    for (nth, file) in files.iter().enumerate() {
        let (kind, bytes) = text_of(file, nth);
        stage.read_in(kind, &bytes).await;
        let again = stage.read_in(kind, &bytes).await;
        let (new, changed, _, differences) = changes(&again);
        assert_eq!((new, changed), (0, 0), "{file:?} of {files:?}: {:?}", again.changed);
        assert_eq!(differences, 0, "{file:?} of {files:?}");
        for day in [date(2019, 1, 15), date(2019, 3, 1), date(2019, 5, 1), date(2019, 6, 10)] {
            for row in stage.export(day, None).await {
                assert!(row.balance_fen >= Fen::ZERO && row.balance_fen <= Fen::new(10_000), "{files:?}");
            }
        }
    }
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal(), "{files:?}");
}

/// Draws some files; the seed is fixed so that a run can be repeated.
fn drawn(count: usize) -> Vec<Vec<File>> {
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(config.rng_algorithm, &[19; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    (0..count).map(|_| files().new_tree(&mut runner).unwrap().current()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_files_lead_to_no_wrong_money_on_sqlite() {
    for files in drawn(30) {
        play(Engine::Sqlite, &files).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_files_lead_to_no_wrong_money_on_postgres() {
    for files in drawn(8) {
        play(Engine::Postgres, &files).await;
    }
}
