//! What must hold for any book: random small ledgers and bank reports.

use bangfu_domain::loan::add_days;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_sheets::export::to_csv;
use bangfu_store::board::Axis;
use bangfu_usecase::export::{self, ExportRow};
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};

use crate::places::cells_are_lists;
use crate::stage::{Engine, Stage};

/// The day of the first position.
const AS_OF: Date = date(2019, 4, 30);

/// The last day of the bank's report.
const UNTIL: Date = date(2019, 5, 31);

/// A loan as the ledger has it, and what the bank later reports of it.
#[derive(Debug, Clone)]
struct Line {
    disbursed_before: i32,
    due_after: i32,
    principal_thousands: i64,
    repaid_tenths: i64,
    village: usize,
    paid_on: Option<i32>,
    /// Whether another of the household than the borrower is its head.
    head: bool,
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let days = (1..900_i32, -40..120_i32, proptest::option::of(1..=31_i32));
    let line = (days, 1..60_i64, 0..=10_i64, 0..3_usize, proptest::bool::ANY);
    let line = line.prop_map(|(days, principal_thousands, repaid_tenths, village, head)| Line {
        disbursed_before: days.0 + 40,
        due_after: days.1,
        principal_thousands,
        repaid_tenths,
        village,
        paid_on: days.2,
        head,
    });
    proptest::collection::vec(line, 1..12)
}

const VILLAGES: [(&str, &str); 3] = [("白石渡镇", "白石渡村"), ("玉溪镇", "城北"), ("莽山乡", "永安")];

/// A sound identity number of an unassigned region, by number.
pub(crate) fn identity(number: usize) -> String {
    let body = format!("431099{}0101{:03}", 1970 - number / 1000, number % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
    format!("{body}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

fn number(index: usize) -> String {
    format!("SYN{index:05}")
}

/// The head of a line's household: name and identity number.
fn head(index: usize, line: &Line) -> String {
    match line.head {
        true => format!("户主{index},{}", identity(500 + index)),
        false => format!("农户{index},{}", identity(index)),
    }
}

/// A ledger of the lines as of a day; with `paid`, the bank's repayments are in it.
fn ledger(lines: &[Line], as_of: Date, paid: bool) -> Vec<u8> {
    let header = "乡镇,村,借款人,借款人身份证号,户主,户主身份证号,银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）";
    let mut text = format!("台账（截至{as_of}）\n{header}\n");
    for (index, line) in lines.iter().enumerate() {
        let (township, village) = VILLAGES[line.village];
        let principal = line.principal_thousands * 1_000;
        let mut repaid = principal * line.repaid_tenths / 10;
        if paid && line.paid_on.is_some() {
            repaid = principal;
        }
        text += &format!(
            "{township},{village},农户{index},{},{},农商银行某支行,{},{principal},{},{},{repaid}\n",
            identity(index),
            head(index, line),
            number(index),
            add_days(AS_OF, -line.disbursed_before),
            add_days(AS_OF, line.due_after),
        );
    }
    text.into_bytes()
}

/// What the bank reports after the position: each paid loan's rest.
fn bank(lines: &[Line]) -> Option<Vec<u8>> {
    let mut text =
        "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    let mut any = false;
    for (index, line) in lines.iter().enumerate() {
        let rest =
            line.principal_thousands * 1_000 - line.principal_thousands * 1_000 * line.repaid_tenths / 10;
        let Some(after) = line.paid_on.filter(|_| rest > 0) else { continue };
        any = true;
        text += &format!(
            "农商银行某支行,农户{index},{},{},{},还本,{rest},0,S{index}\n",
            identity(index),
            number(index),
            add_days(AS_OF, after)
        );
    }
    any.then(|| text.into_bytes())
}

/// Draws some books; the seed is fixed so that a run can be repeated.
fn books(count: usize) -> Vec<Vec<Line>> {
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(config.rng_algorithm, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    (0..count).map(|_| lines().new_tree(&mut runner).unwrap().current()).collect()
}

async fn play(engine: Engine, lines: &[Line]) {
    let (daily, late) = (Stage::new(engine).await, Stage::new(engine).await);
    for stage in [&daily, &late] {
        let report = stage.read_in(Kind::Ledger, &ledger(lines, AS_OF, false)).await;
        assert_eq!((report.rows.bad, report.changes.new), (0, lines.len()), "{:?}", report.errors);
    }
    daily.close(AS_OF).await;
    let known_then = daily.ctx().micros();
    let then = daily.board(Axis::Village, UNTIL, Some(known_then)).await;
    let report = bank(lines);
    for stage in [&daily, &late] {
        if let Some(report) = &report {
            let report = stage.read_in(Kind::Repayments, report).await;
            assert_eq!((report.rows.bad, report.differences), (0, 0), "{:?}", report.errors);
        }
    }
    // What was known then does not change by what comes later.
    assert_eq!(daily.board(Axis::Village, UNTIL, Some(known_then)).await, then);
    // Day by day is catch-up, and twice is once.
    let mut day = AS_OF;
    let mut by_day = Vec::new();
    while day < UNTIL {
        day = add_days(day, 1);
        by_day.extend(daily.close(day).await);
    }
    let caught_up = late.close(UNTIL).await;
    assert_eq!(caught_up[1..], by_day);
    assert_eq!(late.close(UNTIL).await, [by_day.last().unwrap().clone()]);
    assert_eq!(late.closed_on().await, Some(UNTIL));
    // Each board is a full recount, on days past and ahead.
    let now = daily.ctx().micros();
    for day in [AS_OF, add_days(AS_OF, 15), UNTIL, add_days(UNTIL, 60)] {
        for axis in [Axis::Township, Axis::Village, Axis::Branch, Axis::Manager] {
            assert_eq!(
                daily.board(axis, day, None).await,
                late.board(axis, day, Some(now)).await,
                "{axis:?} {day}"
            );
        }
    }
    for day in [AS_OF, add_days(AS_OF, 10), UNTIL] {
        cells_are_lists(&daily, &daily.ctx().scope, day).await;
    }
    assert!(compare(&daily.db, &daily.ctx()).await.unwrap().is_equal());
    // Next month's ledger says what the bank has said already.
    let next = daily.check(Kind::Ledger, &ledger(lines, UNTIL, true)).await;
    assert_eq!(
        (next.changes.new, next.changes.changed, next.changes.unchanged),
        (0, 0, lines.len()),
        "{:?}",
        next.changed
    );
    // What is written out reads in again and changes nothing.
    for unmask in [None, Some("story")] {
        let out = exported(&daily, UNTIL, unmask).await;
        let again = daily.check(Kind::Ledger, &out).await;
        assert_eq!(
            (again.rows.bad, again.changes.unchanged),
            (0, lines.len()),
            "{:?} {:?}",
            again.errors,
            again.changed
        );
    }
    copies_into_an_empty_book(&daily, engine, lines).await;
    let total = daily.board(Axis::County, UNTIL, None).await.total;
    let owing = lines.iter().filter(|line| line.paid_on.is_none() && line.repaid_tenths < 10).count();
    assert_eq!(usize::try_from(total.owing().loans).unwrap(), owing);
    assert_eq!(total.get(Standing::Settled).loans, 0, "what is settled stands on no board");
}

async fn exported(stage: &Stage, day: Date, unmask: Option<&str>) -> Vec<u8> {
    let rows = export::loans(&stage.db, &stage.ctx(), day, None, unmask).await.unwrap();
    to_csv(&export::ledger(&rows, day, None)).unwrap()
}

/// What is written out whole makes the same book of an empty one: loans, borrowers, heads and what was repaid when.
async fn copies_into_an_empty_book(stage: &Stage, engine: Engine, lines: &[Line]) {
    let copy = Stage::new(engine).await;
    let report = copy.read_in(Kind::Ledger, &exported(stage, UNTIL, Some("story")).await).await;
    assert_eq!((report.rows.bad, report.changes.new), (0, lines.len()), "{:?}", report.errors);
    let whole = async |stage: &Stage| {
        let rows = export::loans(&stage.db, &stage.ctx(), UNTIL, None, Some("story")).await.unwrap();
        // How far the bank has reported is no part of a ledger, and an overdue loan is one only if it has.
        rows.into_iter().map(|row| ExportRow { standing: Standing::None, ..row }).collect::<Vec<_>>()
    };
    assert_eq!(whole(&copy).await, whole(stage).await);
    for (index, line) in lines.iter().enumerate() {
        let rows = whole(&copy).await;
        let row = rows.iter().find(|row| row.number == number(index)).unwrap();
        let head = if line.head { format!("户主{index}") } else { format!("农户{index}") };
        assert_eq!((row.borrower.clone(), row.head.clone()), (format!("农户{index}"), Some(head)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_book_keeps_its_promises_on_sqlite() {
    for lines in books(12) {
        play(Engine::Sqlite, &lines).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_book_keeps_its_promises_on_postgres() {
    for lines in books(6) {
        play(Engine::Postgres, &lines).await;
    }
}
