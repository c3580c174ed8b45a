//! What goes wrong in books and reports, and what becomes of it.

use bangfu_domain::difference::Way;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::{difference, import as stored};
use bangfu_usecase::difference::resolve;
use bangfu_usecase::import::{self, Meter, Upload};
use bangfu_usecase::{Ctx, Error, error::Refusal};
use jiff::SignedDuration;
use jiff::civil::date;

use crate::any_book::identity;
use crate::stage::{Stage, upload};
use crate::story;

pub(crate) const HEADER: &str =
    "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）\n";

pub(crate) fn ledger(rows: &[String]) -> Vec<u8> {
    format!("台账（截至2019-04-30）\n{HEADER}{}\n", rows.join("\n")).into_bytes()
}

pub(crate) fn sound(index: usize) -> String {
    format!(
        "白石渡镇,白石渡村,农户{index},{},农商银行某支行,A{index},50000,2018-05-01,2019-05-20,0",
        identity(index)
    )
}

async fn every_fault_of_a_row_is_told(stage: &Stage) {
    let bad = "白石渡镇,没有这个村,农户9,431099197001010000,农商银行某支行,A9,-1,2019-02-30,2020-01-01,0";
    let report = stage.check(Kind::Ledger, &ledger(&[sound(1), bad.to_owned()])).await;
    assert_eq!((report.rows.good, report.rows.bad), (1, 1));
    let mut columns: Vec<&str> = report.errors.iter().map(|fault| fault.at.column.as_str()).collect();
    columns.sort_unstable();
    assert_eq!(columns, ["放款日期", "村", "贷款金额（元）", "身份证号码"]);
}
story!(every_fault_of_a_row_is_told);

async fn a_file_that_is_only_looked_at_changes_nothing(stage: &Stage) {
    let before = stage.board(Axis::Village, date(2019, 4, 30), None).await;
    let report = stage.check(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    assert_eq!((report.changes.new, report.taken), (2, false));
    assert_eq!(stage.board(Axis::Village, date(2019, 4, 30), None).await, before);
    let again = stage.check(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    assert_eq!(again.changes.new, 2);
}
story!(a_file_that_is_only_looked_at_changes_nothing);

async fn what_the_bank_says_otherwise_stays_until_it_is_looked_into(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3)])).await;
    let row = |name: &str, index: usize, number: &str, balance: &str, serial: &str| {
        let who = identity(index);
        format!("农商银行某支行,{name},{who},{number},20190510,还本,10000,{balance},{serial}\n")
    };
    let report = [
        "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned(),
        row("农户1", 1, "A1", "40000", "S1"),
        row("农户2", 2, "A404", "40000", "S2"),
        row("另一个人", 2, "A2", "40000", "S3"),
        row("农户3", 3, "A3", "12345", "S4"),
    ]
    .concat();
    let taken = stage.read_in(Kind::Repayments, report.as_bytes()).await;
    assert_eq!((taken.rows.bad, taken.differences), (0, 3));
    let open = open(stage).await;
    let mut kinds: Vec<&str> = open.iter().map(|one| one.kind.key()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["balance-differs", "other-name", "unknown-number"]);

    let silent = resolve(&stage.db, &stage.ctx(), open[0].difference_id, Way::BookRight, " ").await;
    assert!(matches!(silent, Err(Error::Refused(Refusal::NoResolution))), "{silent:?}");
    resolve(&stage.db, &stage.ctx(), open[0].difference_id, Way::BookRight, "已与支行核对").await.unwrap();
    let twice = resolve(&stage.db, &stage.ctx(), open[0].difference_id, Way::BookRight, "再来一次").await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::DifferenceMovedOn))), "{twice:?}");
    let again = stage.read_in(Kind::Repayments, report.as_bytes()).await;
    assert_eq!((again.changes.new, again.differences), (0, 0), "the same report opens nothing anew");
    assert_eq!(self::open(stage).await.len(), 2);
}
story!(what_the_bank_says_otherwise_stays_until_it_is_looked_into);

async fn another_persons_row_under_a_known_number_leaves_the_loan_alone(stage: &Stage) {
    let own = |index: usize, bank: &str, number: &str, amount: i64| {
        let who = identity(index);
        format!("白石渡镇,白石渡村,农户{index},{who},{bank},{number},{amount},2018-05-01,2019-05-20,0")
    };
    // The second number is of the county's own series, which all banks share; the third each bank gives itself.
    let rows = [own(1, "农商银行甲支行", "A1", 50_000), own(2, "农商银行甲支行", "4310222018000002", 50_000)];
    stage.read_in(Kind::Ledger, &ledger(&rows)).await;
    let slips = [
        own(5, "农商银行乙支行", "A1", 10_000),
        own(6, "邮储银行某支行", "4310222018000002", 10_000),
        own(7, "邮储银行某支行", "A1", 10_000),
    ];
    let report = stage.read_in(Kind::Ledger, &ledger(&slips)).await;
    let changes = report.changes;
    assert_eq!(
        (report.rows.bad, changes.new, changes.changed, changes.unchanged),
        (0, 1, 0, 0),
        "another person's row is set aside"
    );
    let codes: Vec<&str> = report.findings.iter().map(|fault| fault.code.key()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "borrower-differs").count(), 2, "{codes:?}");
    let again = stage.check(Kind::Ledger, &ledger(&rows)).await;
    assert_eq!(again.changes.unchanged, 2);
}
story!(another_persons_row_under_a_known_number_leaves_the_loan_alone);

async fn tables_of_several_days_are_one_position_only_if_their_user_says_so(stage: &Stage) {
    let may = String::from_utf8(ledger(&[sound(2)])).unwrap().replace("2019-04-30", "2019-05-31");
    let both = [String::from_utf8(ledger(&[sound(1)])).unwrap(), may].concat();
    let refused = stage.try_check(Kind::Ledger, both.as_bytes()).await;
    let (april, may) = (date(2019, 4, 30), date(2019, 5, 31));
    let days = vec![(String::new(), april), (String::new(), may)];
    let Err(Error::Refused(refusal)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal, Refusal::SeveralPositionDays { days });
    assert_eq!(refusal.args(), [("days", "2019-04-30, 2019-05-31".to_owned())]);
    let given = Upload { as_of: Some(may), ..upload(Kind::Ledger, both.as_bytes()) };
    let report = import::check(&stage.db, &stage.ctx(), &given, &Meter::default()).await.unwrap();
    assert_eq!((report.as_of, report.changes.new), (Some(may), 2));
}
story!(tables_of_several_days_are_one_position_only_if_their_user_says_so);

async fn a_file_that_is_left_alone_is_gone_after_a_week(stage: &Stage) {
    let book = upload(Kind::Ledger, &ledger(&[sound(1)]));
    let left = import::stage(&stage.db, &stage.ctx(), &book).await.unwrap();
    let taken = stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    assert!(taken.taken);
    let after = |hours: i64| {
        let ctx = stage.ctx();
        Ctx { at: ctx.at + SignedDuration::from_hours(hours), ..ctx }
    };
    let pages = async || {
        let mut tx = stage.db.read().await.unwrap();
        stored::pages(&mut tx, stage.db.key(), 431_022, left).await.unwrap().len()
    };
    import::expire(&stage.db, &after(7 * 24 - 1)).await.unwrap();
    assert_eq!((import::history(&stage.db, &stage.ctx()).await.unwrap().len(), pages().await), (2, 1));
    import::expire(&stage.db, &after(7 * 24 + 1)).await.unwrap();
    let history = import::history(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!((history.len(), history[0].status, pages().await), (1, import::Status::Taken, 0));
}
story!(a_file_that_is_left_alone_is_gone_after_a_week);

async fn a_file_that_never_came_whole_is_not_there_and_expires(stage: &Stage) {
    let import_id = import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, b"1,2")).await.unwrap();
    let import = import::get(&stage.db, &stage.ctx(), import_id).await.unwrap();
    let half = stored::Import { import_id: import_id + 1, ..import };
    let mut tx = stage.db.write(431_022).await.unwrap();
    stored::announce(&mut tx, stage.db.key(), 431_022, &half).await.unwrap();
    stored::add_page(&mut tx, stage.db.key(), 431_022, half.import_id, 0, b"page").await.unwrap();
    tx.commit().await.unwrap();
    let found = import::get(&stage.db, &stage.ctx(), half.import_id).await;
    assert!(matches!(found, Err(Error::Refused(Refusal::NotFound))), "{found:?}");
    assert_eq!(import::history(&stage.db, &stage.ctx()).await.unwrap().len(), 1);
    let ctx = stage.ctx();
    let later = Ctx { at: ctx.at + SignedDuration::from_hours(8 * 24), ..ctx };
    import::expire(&stage.db, &later).await.unwrap();
    let mut tx = stage.db.read().await.unwrap();
    assert!(stored::pages(&mut tx, stage.db.key(), 431_022, half.import_id).await.unwrap().is_empty());
}
story!(a_file_that_never_came_whole_is_not_there_and_expires);

pub(crate) async fn open(stage: &Stage) -> Vec<difference::Difference> {
    let mut tx = stage.db.read().await.unwrap();
    let (scope, today) = (stage.ctx().scope, stage.ctx().today);
    let page = difference::list(&mut tx, &scope, today, &difference::Filter::default(), None, 9_999).await;
    page.unwrap().rows.into_iter().map(|row| row.difference).collect()
}
