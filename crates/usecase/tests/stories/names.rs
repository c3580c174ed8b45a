//! Who is who: households and officers in lists and ledgers, and institutions under several spellings.

use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::{finding, officer, tie};
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

const OFFICERS_LEDGER: [(&str, &str, &str); 5] = [
    ("白石渡镇", "白石渡村", "钱六"),
    ("白石渡镇", "白石渡村", "周七"),
    ("玉溪镇", "城北", "周七"),
    ("玉溪镇", "城北", "孙八"),
    ("莽山乡", "永安", "孙八"),
];

/// A ledger of loans with these credit managers.
fn managed(day: &str, rows: &[(&str, &str, &str)]) -> Vec<u8> {
    let row = |(index, (township, village, manager)): (usize, &(&str, &str, &str))| {
        let who = identity(index);
        format!(
            "{township},{village},农户{index},{who},农商行,O{index},50000,2018-05-01,2020-05-20,0,{manager}\n"
        )
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    format!("台账（截至{day}）\n{}{rows}", HEADER.replace('\n', ",信贷管户员\n")).into_bytes()
}

fn roster(lines: &[(&str, &str)]) -> Vec<u8> {
    let lines = lines.iter().map(|(place, name)| format!("{place},{name},信贷管户员\n"));
    format!("乡镇,姓名,身份\n{}", lines.collect::<String>()).into_bytes()
}

/// The loans whose officers no roster lists, by the names found; the officers with how many loans they manage; and
/// how many households are tied to those on a roster.
async fn officers(stage: &Stage) -> (Vec<String>, Vec<(String, bool, i64)>, i64) {
    let board = stage.board(Axis::Manager, date(2019, 5, 31), None).await;
    let mut tx = stage.db.read().await.unwrap();
    let found = finding::about_loans(&mut tx, 431_022).await.unwrap();
    let found = found.into_iter().filter(|one| one.code == "officer-unknown").map(|one| {
        let facts: serde_json::Value = serde_json::from_str(&one.facts).unwrap();
        facts["value"].as_str().unwrap().to_owned()
    });
    let mut known = officer::list(&mut tx, 431_022).await.unwrap();
    known.retain(|one| !one.roles.contains(&Role::Administrator));
    let households = tie::households_in(&mut tx, &stage.ctx().scope, date(2019, 5, 31)).await.unwrap();
    let on_roster = |id: i64| known.iter().any(|one| one.officer_id == id && one.confirmed);
    let tied = households.iter().filter(|(id, _)| on_roster(*id)).map(|(_, count)| count).sum();
    let loans =
        |id: i64| board.rows.iter().find(|row| row.key_id == id).map_or(0, |row| row.figures.owing().loans);
    let mut officers: Vec<(String, bool, i64)> =
        known.iter().map(|one| (one.name.clone(), one.confirmed, loans(one.officer_id))).collect();
    officers.sort_unstable();
    (found.collect(), officers, tied)
}

fn named(officers: &[(&str, bool, i64)]) -> Vec<(String, bool, i64)> {
    officers.iter().map(|(name, on_roster, loans)| ((*name).to_owned(), *on_roster, *loans)).collect()
}

async fn an_officer_of_the_county_or_of_another_township_is_one(stage: &Stage) {
    let lines = [("", "钱六"), ("白石渡镇", "周七"), ("玉溪镇", "孙八"), ("杨梅山镇", "孙八")];
    stage.read_in(Kind::Officers, &roster(&lines)).await;
    let first = stage.read_in(Kind::Ledger, &managed("2019-04-30", &OFFICERS_LEDGER)).await;
    // Which of two of one name serves 莽山 as well cannot be told.
    assert_eq!(findings(&first), [(7, "信贷管户员", "officer-unknown")]);
    let expected =
        [("周七", true, 2), ("孙八", false, 1), ("孙八", true, 0), ("孙八", true, 1), ("钱六", true, 1)];
    assert_eq!(officers(stage).await, (vec!["孙八".to_owned()], named(&expected), 4));
    // A loan that moves to another township keeps its officer.
    let mut moved = OFFICERS_LEDGER;
    (moved[0].0, moved[0].1) = ("玉溪镇", "城北");
    let report = stage.read_in(Kind::Ledger, &managed("2019-05-31", &moved)).await;
    let fields: Vec<&str> = report.changed.iter().map(|one| one.field.as_str()).collect();
    assert_eq!((fields, findings(&report).len()), (vec!["village"], 1));
    assert_eq!(officers(stage).await.1, named(&expected));
}
story!(an_officer_of_the_county_or_of_another_township_is_one);

async fn a_roster_tells_the_same_before_and_after_a_ledger(stage: &Stage) {
    let ledger = managed("2019-04-30", &OFFICERS_LEDGER);
    stage.read_in(Kind::Ledger, &ledger).await;
    let unlisted =
        [("周七", false, 1), ("周七", false, 1), ("孙八", false, 1), ("孙八", false, 1), ("钱六", false, 1)];
    assert_eq!(officers(stage).await, (Vec::new(), named(&unlisted), 0), "no roster to hold them against");

    // A roster that lacks two of them, then one that has them.
    let report = stage.read_in(Kind::Officers, &roster(&[("", "钱六")])).await;
    assert_eq!((report.changes.new, report.changes.changed), (0, 1), "the officer whom the ledger named");
    let (found, _, tied) = officers(stage).await;
    assert_eq!((found, tied), (["周七", "周七", "孙八", "孙八"].map(str::to_owned).to_vec(), 1));
    let again = stage.read_in(Kind::Ledger, &ledger).await;
    assert_eq!((again.changes.unchanged, findings(&again).len()), (5, 4));
    assert_eq!(officers(stage).await.0.len(), 4);
    let lines = [("", "钱六"), ("白石渡镇", "周七"), ("", "孙八")];
    let report = stage.read_in(Kind::Officers, &roster(&lines)).await;
    assert_eq!((report.changes.new, report.changes.changed, report.changes.unchanged), (0, 2, 1));
    let (found, named_officers, tied) = officers(stage).await;
    assert_eq!((found, tied), (Vec::new(), 3));
    let listed =
        [("周七", false, 1), ("周七", true, 1), ("孙八", false, 1), ("孙八", true, 1), ("钱六", true, 1)];
    assert_eq!(named_officers, named(&listed));
    // The next ledger puts the loans of their doubles with them.
    let next = stage.read_in(Kind::Ledger, &managed("2019-05-31", &OFFICERS_LEDGER)).await;
    assert_eq!((next.changes.unchanged, findings(&next)), (5, Vec::new()));
    let joined =
        [("周七", false, 0), ("周七", true, 2), ("孙八", false, 0), ("孙八", true, 2), ("钱六", true, 1)];
    assert_eq!(officers(stage).await, (Vec::new(), named(&joined), 5));
    let again = stage.read_in(Kind::Officers, &roster(&lines)).await;
    assert_eq!((again.changes.new, again.changes.changed, again.changes.unchanged), (0, 0, 3));
}
story!(a_roster_tells_the_same_before_and_after_a_ledger);
