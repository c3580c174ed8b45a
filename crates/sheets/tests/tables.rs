//! Tables as counties lay them out: where the header is, what is a record, what the sums say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use bangfu_domain::bank::Home;
use bangfu_sheets::Kind;
use bangfu_sheets::book::{Book, Sheet};
use bangfu_sheets::fault::FaultCode;
use bangfu_sheets::header::HeaderFault;
use bangfu_sheets::ledger::{self, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::read::read_book;
use bangfu_sheets::subject::subjects;

fn read(text: &str) -> Result<Parsed<LedgerRow>, HeaderFault> {
    let home = Home { code: "410225000000", name: "兰考县", besides: &[] };
    ledger::read(&read_book(text.as_bytes()).unwrap(), home, &ledger::Known::default(), None, None)
}

/// A record of the plainest ledger: the header, and a row whose principal and number may be chosen.
const HEADER: &str = "序号,村,姓名,身份证号,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,备注";

fn row(number: &str, principal: &str) -> String {
    format!("1,东村,张三,11010519491231002X,兰考农商银行,{number},{principal},2019-1-1,2020-1-1,")
}

/// Reads a ledger of the plainest header with these lines below it.
fn check(lines: &[&str]) -> Parsed<LedgerRow> {
    read(&format!("{HEADER}\n{}", lines.join("\n"))).unwrap()
}

fn findings(parsed: &Parsed<LedgerRow>) -> Vec<(u32, FaultCode)> {
    parsed.findings.iter().map(|fault| (fault.at.row, fault.code.clone())).collect()
}

fn differs(yuan: i64) -> FaultCode {
    FaultCode::SumDiffers { computed_fen: bangfu_domain::money::Fen::new(yuan * 100) }
}

#[test]
fn sums_within_sums_are_held_against_their_own_rows() {
    let (a, b, c) = (row("1", "100"), row("2", "200"), row("3", "400"));
    // Village, township, county: also where the township's sum bears the county's word.
    for (village, township, county) in
        [("小计", "合计", "总计"), ("小计", "小计", "合计"), ("合计", "合计", "合计")]
    {
        let sum = |word: &str, yuan: i64| format!("{word},,,,,,{yuan},,,");
        let lines = [
            a.clone(),
            sum(village, 100),
            b.clone(),
            sum(village, 200),
            sum(township, 300),
            c.clone(),
            sum(village, 400),
            sum(township, 400),
            sum(county, 700),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let parsed = check(&lines);
        assert_eq!((parsed.rows.len(), findings(&parsed)), (3, Vec::new()), "{village} {township} {county}");
    }
}

#[test]
fn a_wrong_sum_is_noticed_and_bad_rows_count_in_it() {
    let bad = row("2", "200").replace("11010519491231002X", "110105194912310021");
    let parsed = check(&[
        &row("1", "100"),
        &bad,
        "小计,,,,,,300,,,",
        &row("3", "400"),
        "小计,,,,,,300,,,",
        "合计,,,,,,800,,,",
    ]);
    assert_eq!((parsed.rows.len(), parsed.bad.len()), (2, 1));
    assert_eq!(findings(&parsed), vec![(6, differs(400)), (7, differs(700))]);
}

#[test]
fn rows_without_a_record_are_told_apart() {
    let parsed = check(&[
        &row("1", "100"),
        "2,,,,,,,,,",
        "3,东村,,,,,0,,,",
        ",,,,,,,,,",
        HEADER,
        "注：本表按月上报,,,,,,,,,",
        "填表人：,,审核人：,,,,,,填表日期：2019年5月6日,",
    ]);
    assert_eq!(parsed.rows.len(), 1);
    let skipped: Vec<(&str, usize)> = parsed.skipped.by_kind().into_iter().filter(|(_, n)| *n > 0).collect();
    assert_eq!(skipped, vec![("blank", 3), ("header", 2), ("signature", 2)]);
    assert_eq!(parsed.bad.len(), 0);
}

#[test]
fn a_record_that_lacks_a_cell_is_no_sum_whatever_its_note_says() {
    let lacking = "2,东村,张三,11010519491231002X,兰考农商银行,2,,2019-1-1,2020-1-1,与上年合计";
    let parsed = check(&[&row("1", "100"), lacking]);
    assert_eq!(parsed.bad.len(), 1);
    let fault = &parsed.faults[0];
    assert_eq!(
        (fault.at.row, fault.at.column.as_str(), &fault.code),
        (3, "贷款金额（元）", &FaultCode::Missing)
    );
}

#[test]
fn blank_lines_count_as_rows_and_broken_cells_do_not() {
    let broken = row("2", "200") + "\"两行\n备注\"";
    let lines = ["", HEADER, "", &row("1", "100"), &broken, "", "", &row("3", "-5")];
    for ending in ["\n", "\r\n", "\r"] {
        let parsed = read(&lines.join(ending)).unwrap();
        assert_eq!(parsed.faults[0].at.row, 8, "{ending:?}");
        assert_eq!((parsed.read, parsed.rows.len(), parsed.skipped.blank), (8, 2, 4), "{ending:?}");
    }
}

#[test]
fn of_two_columns_of_one_name_the_group_decides() {
    let text = "截至2019年4月30日\n\
        户主信息,户主信息,授信情况,授信情况,贷款情况,贷款情况,贷款情况,贷款情况,贷款情况,还款情况,还款情况,所在位置\n\
        姓名,身份证号,金融机构,金额,金融机构,借据号,金额（万元）,发放日期,到期日期,金额（元）,日期,行政村\n\
        张三,11010519491231002X,中国农业银行兰考县支行,9,兰考农商银行,1,5,2018-1-1,2019-1-1,50000,2018-12-30,东村";
    let parsed = read(text).unwrap();
    let row = &parsed.rows[0];
    assert_eq!(row.bank_branch, "兰考农商银行");
    assert_eq!((row.principal_fen.get(), row.repaid_fen.unwrap().get()), (5_000_000, 5_000_000));
    assert_eq!(row.settled_on.unwrap().to_string(), "2018-12-30");
    assert_eq!(row.borrower_name, "张三");
    assert_eq!(parsed.as_of.unwrap().to_string(), "2019-04-30");
}

#[test]
fn a_column_bears_the_text_of_its_header_but_for_line_breaks() {
    let text = HEADER.replace("借据号", "\"借据\n号\"").replace("姓名", "姓  名");
    let parsed = read(&format!("{text}\n{}", row("", "100").replace("张三", ""))).unwrap();
    let columns: Vec<&str> = parsed.faults.iter().map(|fault| fault.at.column.as_str()).collect();
    assert_eq!(columns, ["姓  名", "借据号"]);
}

#[test]
fn a_missing_column_says_what_was_looked_for_and_what_was_found() {
    let text = HEADER.replace("借据号", "流水") + "\n" + &row("1", "100");
    let fault = read(&text).unwrap_err();
    assert_eq!(fault.row, Some(1));
    assert_eq!(fault.missing.len(), 1);
    assert_eq!(fault.missing[0].0, "number");
    assert!(fault.missing[0].1.contains(&"借据号".to_owned()));
    assert!(fault.found.contains(&"流水".to_owned()));
}

#[test]
fn a_number_met_in_another_sheet_is_told_with_its_sheet() {
    let sheet = |name: &str, lines: &[String]| {
        let book = read_book(format!("{HEADER}\n{}", lines.join("\n")).as_bytes()).unwrap();
        book.sheets.into_iter().map(|sheet| Sheet { name: name.to_owned(), ..sheet }).collect::<Vec<_>>()
    };
    let first = sheet("东镇", &[row("1", "100"), row("2", "200"), row("1", "300")]);
    let second = sheet("西镇", &[row("3", "100"), row("2", "200"), "1,东村,,,兰考农商银行,4,,,,".to_owned()]);
    let book = Book { sheets: [first, second].concat() };
    let parsed = ledger::read(
        &book,
        Home { code: "410225000000", name: "兰考县", besides: &[] },
        &ledger::Known::default(),
        None,
        None,
    )
    .unwrap();
    let duplicates = parsed.faults.iter().filter_map(|fault| match &fault.code {
        FaultCode::Duplicate { first_row, first_sheet } => {
            Some((fault.at.sheet.as_str(), fault.at.row, *first_row, first_sheet.as_deref()))
        }
        _ => None,
    });
    let expected = [("东镇", 4, 2, None), ("西镇", 3, 3, Some("东镇"))];
    assert_eq!(duplicates.collect::<Vec<_>>(), expected);

    // Whose the bad rows are, as far as they can be read; a header is nobody's.
    let mut places: BTreeSet<(&str, u32)> =
        parsed.faults.iter().map(|fault| (fault.at.sheet.as_str(), fault.at.row)).collect();
    assert!(places.insert(("东镇", 1)), "nothing is wrong with the header");
    let told = subjects(&book, Kind::Ledger, None, &places);
    let told: Vec<(u32, Option<&str>, Option<&str>)> =
        told.iter().map(|one| (one.at.row, one.name.as_deref(), one.number.as_deref())).collect();
    assert_eq!(told, [(4, Some("张三"), Some("1")), (3, Some("张三"), Some("2")), (4, None, Some("4"))]);
}

/// Reads rows with a quote before or behind some of their cells: the rows that are good, and those of the faults.
fn torn(lines: &[String]) -> (Vec<String>, Vec<(u32, String)>) {
    let parsed = check(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(parsed.read, parsed.rows.len() + parsed.bad.len() + 1 + parsed.skipped.total);
    assert!(parsed.faults.iter().all(|fault| fault.code == FaultCode::QuoteUnclosed), "{:?}", parsed.faults);
    let at = |fault: &bangfu_sheets::fault::Fault| (fault.at.row, fault.at.column.clone());
    (parsed.rows.into_iter().map(|row| row.number).collect(), parsed.faults.iter().map(at).collect())
}

#[test]
fn a_quote_that_never_closes_costs_its_own_row_only() {
    let rows = |count: usize| (1..=count).map(|index| row(&index.to_string(), "100")).collect::<Vec<_>>();
    let name = "姓名".to_owned();
    let mut lines = rows(4);
    lines[1] = lines[1].replace("张三", "\"张三");
    let good = ["1", "3", "4"].map(str::to_owned).to_vec();
    assert_eq!(torn(&lines), (good.clone(), vec![(3, name.clone())]));
    lines[0] = lines[0].replace("东村", "\"东村\"");
    lines[1] += "见\"说明\"";
    assert_eq!(torn(&lines), (good.clone(), vec![(3, name.clone())]));
    lines[1] = row("2", "100").replace("张三", "\"张三") + "\"";
    assert_eq!(torn(&lines), (good, vec![(3, name.clone())]));

    // Another such quote below: what stands between them is no cell.
    let mut lines = rows(6);
    lines[1] = lines[1].replace("张三", "\"张三");
    lines[4] = lines[4].replace("张三", "\"张三");
    let good = ["1", "3", "4", "6"].map(str::to_owned).to_vec();
    assert_eq!(torn(&lines), (good, vec![(3, name.clone()), (6, name.clone())]));
    lines[4] = lines[4].replace("\"张三", "张三\"");
    let good = ["1", "3", "4", "5", "6"].map(str::to_owned).to_vec();
    assert_eq!(torn(&lines), (good, vec![(3, name.clone())]));
    let mut lines = rows(3);
    lines[1] = lines[1].replace("张三", "\"张三");
    lines[2] = lines[2].replace("张三", "张三\"");
    lines.push("合计,,,,,,200,,,".to_owned());
    assert_eq!(torn(&lines), (["1", "3"].map(str::to_owned).to_vec(), vec![(3, name)]));
}

#[test]
fn a_title_with_half_a_quote_is_told_and_takes_nothing_with_it() {
    let text = format!("\"台账（截至2019年4月30日）\n{HEADER}\n{}\n{}", row("1", "100"), row("2", "\"200\""));
    let parsed = read(&text).unwrap();
    assert_eq!((parsed.rows.len(), parsed.bad.len(), parsed.read), (2, 0, 4));
    assert_eq!(findings(&parsed), [(1, FaultCode::QuoteUnclosed)]);
    assert_eq!(parsed.as_of.unwrap().to_string(), "2019-04-30");
}

#[test]
fn cells_of_several_lines_stay_whole() {
    let first = row("1", "100") + "\"两行，\n其中一行说\"\"好\"\"，a,b\n\n又一行\"";
    let second = row("2", "200").replacen("1,东村", "\"1\n(补)\",\"东\n村\"", 1) + "\"末\n尾\"";
    let both = row("3", "300").replacen('1', "\"1\n\"", 1) + "\"末\n尾\"";
    let parsed = check(&[&first, &second, &both]);
    let notes: Vec<&str> = parsed.rows.iter().filter_map(|row| row.note.as_deref()).collect();
    assert_eq!(notes, ["两行，\n其中一行说\"好\"，a,b\n\n又一行", "末\n尾", "末\n尾"]);
    assert_eq!((parsed.read, parsed.bad.len(), findings(&parsed)), (4, 0, Vec::new()));
}

#[test]
fn each_table_that_gives_a_day_of_its_own_is_told() {
    let (first, second) = (row("1", "100"), row("2", "200"));
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    let days = |lines: &[&str]| {
        let parsed = read(&lines.join("\n")).unwrap();
        assert_eq!((parsed.rows.len(), parsed.as_of), (2, Some(day("2019-04-30"))));
        parsed.stated_days.into_iter().map(|(_, day)| day.to_string()).collect::<Vec<_>>()
    };
    let (april, may) = ("台账（截至2019年4月30日）", "台账（截至2019年5月31日）（单位：元）");
    assert_eq!(days(&[april, HEADER, &first, may, HEADER, &second]), ["2019-04-30", "2019-05-31"]);
    assert_eq!(days(&[april, HEADER, &first, april, HEADER, &second]), ["2019-04-30"], "a printed page");
    assert_eq!(days(&[april, HEADER, &first, &second, may]), ["2019-04-30"], "a note below");
}

#[test]
fn a_workbook_that_counts_from_1904_has_the_days_that_it_shows() {
    let mut book =
        read_book(format!("台账（截至2019-04-30）\n{HEADER}\n{}\n", row("1", "100")).as_bytes()).unwrap();
    let plain = ledger::read(
        &book,
        Home { code: "410225000000", name: "兰考县", besides: &[] },
        &ledger::Known::default(),
        None,
        None,
    )
    .unwrap();
    let header: Vec<String> = book.sheets[0].rows[1].iter().map(bangfu_sheets::cell::shown).collect();
    let disbursed = header.iter().position(|name| name.contains("放款")).unwrap();
    // 2018-06-01 as the calendar of 1904 counts it.
    book.sheets[0].rows[2][disbursed] = bangfu_sheets::book::Cell::Number(41_790.0);
    book.sheets[0].from_1904 = true;
    let parsed = ledger::read(
        &book,
        Home { code: "410225000000", name: "兰考县", besides: &[] },
        &ledger::Known::default(),
        None,
        None,
    )
    .unwrap();
    assert_eq!((plain.rows.len(), parsed.rows.len()), (1, 1), "{:?}", parsed.faults);
    assert_eq!(parsed.rows[0].disbursed_on.to_string(), "2018-06-01");
    assert_eq!(parsed.rows[0].due_on, plain.rows[0].due_on, "days written as such stay");
}
