//! What titles and headers say of the rows below them: the day of the position, and in what the columns count.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bangfu_domain::bank::Home;
use bangfu_sheets::book::{Book, Cell, Sheet};
use bangfu_sheets::fault::FaultCode;
use bangfu_sheets::ledger::{self, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::read::read_book;
use jiff::civil::{Date, date};

const HOME: Home<'static> = Home { code: "431022000000", name: "宜章县", besides: &[] };

const APRIL: Date = date(2019, 4, 30);

fn book(sheets: &[(&str, &str)]) -> Book {
    let sheet = |(name, text): &(&str, &str)| {
        let book = read_book(text.as_bytes()).unwrap();
        book.sheets.into_iter().map(|sheet| Sheet { name: (*name).to_owned(), ..sheet }).collect::<Vec<_>>()
    };
    Book { sheets: sheets.iter().flat_map(sheet).collect() }
}

fn read_as_of(book: &Book, as_of: Option<Date>) -> Parsed<LedgerRow> {
    ledger::read(book, HOME, &ledger::Known::default(), None, as_of).unwrap()
}

fn read(text: &str) -> Parsed<LedgerRow> {
    let parsed = read_as_of(&book(&[("", text)]), None);
    let skipped: usize = parsed.skipped.by_kind().iter().map(|(_, count)| count).sum();
    assert_eq!(parsed.read, parsed.rows.len() + parsed.bad.len() + skipped);
    parsed
}

/// The columns of a ledger in which 还款日期 may be the day of settlement or, in other counties' words, the due day.
const SETTLED: &str = "村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,期限（月）,还款日期";

fn settled(number: &str, on: &str) -> String {
    format!("东村,张三,43109919900524480X,农商银行,{number},50000,2018-06-17,36,{on}\n")
}

#[test]
fn a_day_of_settlement_to_come_settles_nothing_whoever_tells_the_day_of_the_position() {
    let plain = format!("{SETTLED}\n{}{}", settled("A1", "2021-06-17"), settled("A2", "2019-03-01"));
    let titled = format!("台账（截至2019-04-30）\n{plain}");
    let other = format!("台账（截至2019-04-30）\n{SETTLED}\n{}", settled("A3", "2021-06-17"));
    for (told, book, as_of) in [
        ("title", book(&[("", &titled)]), None),
        ("form", book(&[("", &plain)]), Some(APRIL)),
        ("both", book(&[("", &titled)]), Some(date(2030, 1, 1))),
        ("sheet before", book(&[("二", &other), ("一", &plain)]), None),
        ("sheet behind", book(&[("一", &plain), ("二", &other)]), None),
        ("sheet's name", book(&[("截至20190430", &plain)]), None),
        ("cells beside", book(&[("", &format!("数据日期,数据日期,2019-04-30\n{plain}"))]), None),
        ("cell beside", book(&[("", &format!("数据日期：,2019/4/30 0:00\n{plain}"))]), None),
    ] {
        let parsed = read_as_of(&book, as_of);
        assert_eq!(parsed.position_on(as_of), Some(APRIL), "{told}");
        let row = |number: &str| parsed.rows.iter().find(|row| row.number == number).unwrap();
        assert_eq!((row("A1").repaid_fen, row("A1").settled_on), (None, None), "{told}");
        assert_eq!(row("A2").repaid_fen, Some(row("A2").principal_fen), "{told}");
        assert_eq!(row("A2").settled_on, Some(date(2019, 3, 1)), "{told}");
        let differing = parsed.findings.iter().filter(|finding| finding.code == FaultCode::SettledDiffers);
        assert_eq!(differing.count(), parsed.rows.len() - 1, "{told}");
    }
    let untold = read_as_of(&book(&[("", &plain)]), None);
    assert!(untold.rows.iter().all(|row| row.repaid_fen.is_none()), "nobody tells which days have come");
}

#[test]
fn a_column_that_holds_due_days_settles_no_loan_that_has_come_to_its_own() {
    let repaid = |header: &str, rows: &[&str]| {
        let text = format!("截至2019-04-30\n{header}\n{}", rows.concat());
        let parsed = read(&text);
        let differing = parsed.findings.iter().filter(|finding| finding.code == FaultCode::SettledDiffers);
        let rows = parsed.rows.iter();
        (rows.map(|row| row.repaid_fen.is_some()).collect::<Vec<_>>(), differing.count())
    };
    let short = |number, on| settled(number, on).replace("2018-06-17,36", "2018-01-10,12");
    let (due, early) = (short("A1", "2019-01-10"), short("A2", "2018-11-01"));
    let ahead = settled("A3", "2021-06-17");
    assert_eq!(repaid(SETTLED, &[&due, &early]), (vec![true, true], 0));
    assert_eq!(repaid(SETTLED, &[&due, &early, &ahead]), (vec![false, true, false], 2));
    let slip = settled("A3", "2109-04-17");
    assert_eq!(repaid(SETTLED, &[&due, &early, &slip]), (vec![true, true, false], 1), "a slip of the hand");
    let certain = SETTLED.replace("还款日期", "结清日期");
    assert_eq!(repaid(&certain, &[&due, &early, &ahead]), (vec![true, true, false], 1));
}

/// A ledger of rates and terms: what their headers say, what a unit row below says, and the cells.
fn counted(headers: (&str, &str), units: &str, cells: (&str, &str)) -> Parsed<LedgerRow> {
    read(&format!(
        "截至2019-04-30\n村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,{},{}\n{units}\
         东村,张三,43109919900524480X,农商银行,A1,50000,2018-06-17,{},{}\n",
        headers.0, headers.1, cells.0, cells.1
    ))
}

#[test]
fn a_rate_and_a_term_count_in_what_their_header_says() {
    let of = |headers, units, cells| {
        let parsed = counted(headers, units, cells);
        let row = &parsed.rows[0];
        (row.rate.map(|rate| rate.to_string()), row.due_on.to_string())
    };
    let good = |due: &str| (Some("4.35".to_owned()), due.to_owned());
    assert_eq!(of(("利率（‰）", "期限（月）"), "", ("3.625", "12")), good("2019-06-17"));
    assert_eq!(of(("月利率", "期限（天）"), "", ("3.625", "365")), good("2019-06-17"));
    assert_eq!(of(("利率", "期限"), ",,,,,元,,‰,天\n", ("3.625", "365")), good("2019-06-17"));
    assert_eq!(of(("年利率％", "期限（年）"), "", ("4.35", "1")), good("2019-06-17"));
    assert_eq!(of(("利率", "期限"), "", ("4.35", "365天")), good("2019-06-17"));
    let unsure = counted(("月利率", "期限"), "", ("1.5", "12"));
    assert_eq!((unsure.rows[0].rate, unsure.findings.len()), (None, 1));
    assert_eq!(unsure.findings[0].code, FaultCode::Ignored);
}

const AMOUNTS: &str = "村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,到期日期";

fn lent(number: &str, amount: &str) -> String {
    format!("东村,张三,43109919900524480X,农商银行,{number},{amount},2018-06-17,2021-06-17\n")
}

#[test]
fn a_unit_in_a_title_holds_for_the_rows_below_it() {
    let yuan = |parts: &[&str]| -> Vec<i64> {
        let parsed = read(&format!("台账（截至2019-04-30）\n{}", parts.concat()));
        assert_eq!(parsed.faults, []);
        parsed.rows.iter().map(|row| row.principal_fen.get() / 100).collect()
    };
    let header = format!("{AMOUNTS}\n");
    let wider = format!("{AMOUNTS},备注\n");
    let (one, two, three) = (lent("A1", "50000"), lent("A2", "5"), lent("A3", "6"));
    let (in_yuan, in_ten_thousand) = ("单位：元\n", "单位：万元\n");
    let both = vec![50_000, 50_000];
    assert_eq!(yuan(&[in_yuan, &header, &one, in_ten_thousand, &header, &two]), both);
    assert_eq!(yuan(&[in_yuan, &header, &one, "二、信用社（万元）\n", &header, &two]), both);
    assert_eq!(yuan(&[in_yuan, &header, &one, in_ten_thousand, &two]), both, "without a header of its own");
    assert_eq!(yuan(&[in_yuan, &header, &one, in_ten_thousand, &wider, &two]), both, "with other columns");
    assert_eq!(
        yuan(&[in_ten_thousand, &header, &two, &wider, &three]),
        [50_000, 60_000],
        "left to the first"
    );
    let stated = header.replace("贷款金额", "贷款金额（万元）");
    assert_eq!(
        yuan(&[&stated, &two, &wider, &three]),
        [50_000, 6],
        "a header says nothing of the next table"
    );
    assert_eq!(yuan(&["单位：万元 户\n", &header, &two]), [50_000]);
    assert_eq!(yuan(&["单位：户、万元 填报单位：元坝村\n", &header, &two]), [50_000]);
    assert_eq!(yuan(&["填报单位：元坝村\n", &header, &one]), [50_000]);
    let noted = "注：贷款余额（万元）按月末数\n";
    assert_eq!(yuan(&[in_yuan, &header, &one, noted, &lent("A2", "40000")]), [50_000, 40_000]);
}

#[test]
fn days_of_1904_are_told_in_every_column_of_days_and_for_every_hour() {
    let header = "贷款银行,借据号,贷款余额,数据日期";
    let mut list = book(&[("", &format!("{header}\n农商银行,A1,100,\n"))]);
    // 2018-06-17 at noon as the calendar of 1904 counts it.
    list.sheets[0].rows[1].resize(3, Cell::Empty);
    list.sheets[0].rows[1].push(Cell::Number(41_806.5));
    list.sheets[0].from_1904 = true;
    let parsed = ledger::balances::read(&list, HOME, None).unwrap();
    assert_eq!(parsed.rows[0].stated_on, Some(date(2018, 6, 17)));
}

#[test]
fn what_a_note_says_makes_no_signature_of_a_record() {
    let header = format!("{AMOUNTS},备注");
    let bad = "东村,张三,,农商银行,,50000,,2021-06-17,联系电话:13812345678";
    let nameless = "东村,,,农商银行,A3,,,2021-06-17,经办:李四";
    let signed = "填表人：张三,,,审核人：李四,,,,,";
    let parsed = read(&format!("截至2019-04-30\n{header}\n{}{bad}\n{nameless}\n{signed}\n", lent("A1", "1")));
    assert_eq!((parsed.rows.len(), parsed.bad.len(), parsed.skipped.signature), (1, 2, 1));
}
