//! Who is who: households and officers in lists and ledgers, and institutions under several spellings.

use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_usecase::import::Report;
use jiff::civil::date;

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::Stage;
use crate::story;

/// The findings of a report: row, column, code.
fn findings(report: &Report) -> Vec<(u32, &str, &str)> {
    report.findings.iter().map(|one| (one.at.row, one.at.column.as_str(), one.code.key())).collect()
}

async fn of_two_rows_about_a_household_the_first_stands(stage: &Stage) {
    let row =
        |index: usize, rest: &str| format!("白石渡镇,白石渡村,农户{index},{},{rest}\n", identity(index));
    let register = [
        "乡镇,村,户主姓名,身份证号码,家庭人口,联系电话\n".to_owned(),
        row(1, ",13800000001"),
        row(1, "3,"),
        row(1, "4,13800000002"),
        row(2, "5,"),
        row(2, "5,"),
    ];
    let register = register.concat();
    let first = stage.read_in(Kind::Households, register.as_bytes()).await;
    let contradicted = [(4, "联系电话", "contradicts"), (4, "家庭人口", "contradicts")];
    assert_eq!(findings(&first), contradicted);
    assert_eq!((first.rows.good, first.changes.new), (5, 2));
    let again = stage.read_in(Kind::Households, register.as_bytes()).await;
    assert_eq!((again.changes.new, again.changes.changed, again.changes.unchanged), (0, 0, 5));
    assert_eq!(findings(&again), contradicted);
    // What a mended list says stands.
    let mended = register.replace("4,13800000002", ",").replacen("3,", "6,", 1);
    let report = stage.read_in(Kind::Households, mended.as_bytes()).await;
    assert_eq!((report.changes.changed, findings(&report)), (1, Vec::new()));
}
story!(of_two_rows_about_a_household_the_first_stands);

async fn of_two_phones_of_an_officer_the_first_stands(stage: &Stage) {
    let roster = "乡镇,姓名,身份,联系电话\n白石渡镇,王五,信贷管户员,13800000001\n\
                  白石渡镇,王五,科技特派员,13800000002\n白石渡镇,王五,产业指导员,\n";
    let first = stage.read_in(Kind::Officers, roster.as_bytes()).await;
    assert_eq!(findings(&first), [(3, "联系电话", "contradicts")]);
    assert_eq!((first.changes.new, first.changes.changed), (1, 2), "two rows add a role each");
    let again = stage.read_in(Kind::Officers, roster.as_bytes()).await;
    assert_eq!((again.changes.new, again.changes.changed, again.changes.unchanged), (0, 0, 3));
}
story!(of_two_phones_of_an_officer_the_first_stands);

async fn another_spelling_of_a_bank_doubles_nothing(stage: &Stage) {
    let ledger = |day: &str, banks: [&str; 3]| {
        let rows = (1..).zip(banks).map(|(index, bank)| {
            let who = identity(index);
            format!("白石渡镇,白石渡村,农户{index},{who},{bank},LK-{index},50000,2018-05-01,2020-05-20,0\n")
        });
        format!("台账（截至{day}）\n{HEADER}{}", rows.collect::<String>())
    };
    let first = ["宜章农商银行白石渡支行", "中国农业银行宜章县支行", "宜章县农村信用合作联社城关信用社"];
    stage.read_in(Kind::Ledger, ledger("2019-04-30", first).as_bytes()).await;
    let second = ["农商行白石渡支行", "宜章农行", "农信社城关信用社"];
    let report = stage.read_in(Kind::Ledger, ledger("2019-05-31", second).as_bytes()).await;
    let changes = report.changes;
    assert_eq!((changes.new, changes.changed, changes.unchanged), (0, 0, 3), "{:?}", report.changed);
    let bank = "机构名称,客户名称,借据号,交易日期,交易金额,贷款余额,流水号\n\
                宜章县农村商业银行白石渡支行,农户1,LK-1,2019-06-10,20000,30000,S1\n";
    let report = stage.read_in(Kind::Repayments, bank.as_bytes()).await;
    assert_eq!((report.changes.new, report.differences), (1, 0));
    let board = stage.board(Axis::Branch, date(2019, 6, 11), None).await;
    assert_eq!((board.total.owing().loans, board.rows.len()), (3, 3));
    let names = board.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>();
    assert!(first.iter().all(|name| names.contains(name)), "{names:?}");
}
story!(another_spelling_of_a_bank_doubles_nothing);
