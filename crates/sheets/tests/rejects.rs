//! The workbook of bad rows, read back: the same rows are bad for the same reasons.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use bangfu_domain::bank::Home;
use bangfu_sheets::Kind;
use bangfu_sheets::book::{Book, Cell, Sheet};
use bangfu_sheets::calendar::book_in_days_of_1900;
use bangfu_sheets::fault::{FaultCode, RowPlace};
use bangfu_sheets::ledger::{self, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::read::read_book;
use bangfu_sheets::rejects;
use jiff::civil::Date;
use proptest::prelude::*;

const HOME: Home<'static> = Home { code: "431022000000", name: "宜章县", besides: &[] };

fn read(book: &Book) -> Parsed<LedgerRow> {
    ledger::read(book, HOME, &ledger::Known::default(), None, None).unwrap()
}

/// The bad rows of a book, written and read back.
fn written(book: &Book, parsed: &Parsed<LedgerRow>) -> Book {
    let mut reasons: BTreeMap<(usize, u32), (RowPlace, String)> = BTreeMap::new();
    for fault in &parsed.faults {
        let place = RowPlace { sheet: fault.at.sheet.clone(), row: fault.at.row };
        let sheet = book.sheets.iter().position(|sheet| sheet.name == place.sheet).unwrap();
        reasons.entry((sheet, place.row)).or_insert((place, fault.code.key().to_owned()));
    }
    let reasons: Vec<(RowPlace, String)> = reasons.into_values().collect();
    let told = book_in_days_of_1900(book, Kind::Ledger, None);
    read_book(&rejects::write(&told, &parsed.headers, &reasons, "原因").unwrap()).unwrap()
}

/// What is wrong, in the order of the file, without the places.
fn wrong(parsed: &Parsed<LedgerRow>) -> Vec<(String, String, FaultCode)> {
    let faults = parsed.faults.iter();
    faults.map(|fault| (fault.at.column.clone(), fault.value.clone(), fault.code.clone())).collect()
}

/// The rows themselves, as far as they are told apart by number, amount and days, once what is wrong is mended.
fn mended(mut book: Book) -> Vec<(String, i64, Date, Option<i64>)> {
    for cell in book.sheets.iter_mut().flat_map(|sheet| &mut sheet.rows).flatten() {
        if matches!(cell, Cell::Text(text) if text == BAD) {
            *cell = Cell::Text("43109919900524480X".into());
        }
    }
    let rows = read(&book).rows;
    let told = |row: LedgerRow| {
        (row.number, row.principal_fen.get(), row.disbursed_on, row.repaid_fen.map(|repaid| repaid.get()))
    };
    rows.into_iter().map(told).collect()
}

/// An identity number whose check digit is wrong.
const BAD: &str = "431099199005244801";

/// A table of a sheet.
#[derive(Debug, Clone)]
struct Table {
    day: bool,
    unit: Option<&'static str>,
    /// Whether it has a column more than others, which makes another table of it.
    wide: bool,
    header: bool,
    /// Whether each row is bad.
    rows: Vec<bool>,
}

fn sheet(name: &str, tables: &[Table], number: &mut u32, from_1904: bool) -> Sheet {
    let text = |text: &str| Cell::Text(text.into());
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (nth, table) in tables.iter().enumerate() {
        rows.push(vec![text("台账")]);
        rows.extend(table.day.then(|| vec![text("截至2019年4月30日")]));
        rows.extend(table.unit.map(|unit| vec![text(&format!("单位：{unit}"))]));
        let wide = table.wide && (table.header || nth == 0);
        if table.header || nth == 0 {
            let header = "村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,期限,结清日期";
            rows.push(header.split(',').chain(wide.then_some("备注")).map(text).collect());
        }
        for bad in &table.rows {
            *number += 1;
            let identity = if *bad { BAD } else { "43109919900524480X" };
            let mut row: Vec<Cell> = ["东村", "张三", identity, "农商银行"].into_iter().map(text).collect();
            row.push(text(&format!("A{number}")));
            row.push(Cell::Number(f64::from(*number)));
            // 2018-06-17 at noon and 2019-03-01, in either calendar.
            let (disbursed, settled) = if from_1904 { (41_806.5, 42_063.0) } else { (43_268.5, 43_525.0) };
            row.push(Cell::Number(disbursed));
            row.push(Cell::Number(36.0));
            row.push(if number.is_multiple_of(3) { Cell::Number(settled) } else { Cell::Empty });
            row.extend(wide.then(|| text("注")));
            rows.push(row);
        }
    }
    Sheet { name: name.to_owned(), rows, from_1904, ..Sheet::default() }
}

fn tables() -> impl Strategy<Value = Vec<Table>> {
    let unit = prop::sample::select(vec![None, Some("元"), Some("万元")]);
    let rows = prop::collection::vec(any::<bool>(), 1..5);
    let table = (any::<bool>(), unit, any::<bool>(), any::<bool>(), rows);
    let table = table.prop_map(|(day, unit, wide, header, rows)| Table { day, unit, wide, header, rows });
    prop::collection::vec(table, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bad_rows_read_back_are_the_same(
        sheets in prop::collection::vec(("[一-三:]{0,34}", tables()), 1..4),
        from_1904: bool,
    ) {
        let mut number = 0;
        let named = sheets.iter().enumerate().map(|(nth, (name, tables))| (format!("{name}{nth}"), tables));
        let named: Vec<(String, &Vec<Table>)> = named.collect();
        let sheets = named.iter().map(|(name, tables)| sheet(name, tables, &mut number, from_1904));
        let book = Book { sheets: sheets.collect() };
        let parsed = read(&book);
        prop_assert_eq!(parsed.rows.len() + parsed.bad.len(), usize::try_from(number).unwrap());
        prop_assume!(!parsed.bad.is_empty());
        let back = written(&book, &parsed);
        let again = read(&back);
        prop_assert_eq!(again.rows.len(), 0);
        prop_assert_eq!(again.as_of, parsed.as_of);
        prop_assert_eq!(wrong(&again), wrong(&parsed));
        // Mended in the workbook, they are what they would have been in the file.
        let numbers: Vec<String> = mended(back.clone()).into_iter().map(|row| row.0).collect();
        let whole = mended(book).into_iter().filter(|row| numbers.contains(&row.0)).collect::<Vec<_>>();
        prop_assert_eq!(numbers.len(), parsed.bad.len());
        prop_assert_eq!(mended(back), whole);
    }
}

#[test]
fn sheets_bear_names_that_excel_can_hold() {
    let table = Table { day: true, unit: None, wide: false, header: true, rows: vec![true] };
    let long = "二〇一九年四月宜章县建档立卡贫困户扶贫小额信贷发放收回明细台账（农商银行）";
    let names = [long, &format!("{long}二"), "a/b:c", "ABC", "abc", "'", "[]", "Sheet1"];
    let mut number = 0;
    let sheets = names.map(|name| sheet(name, std::slice::from_ref(&table), &mut number, false));
    let book = Book { sheets: sheets.to_vec() };
    let parsed = read(&book);
    let back = written(&book, &parsed);
    let found: Vec<&str> = back.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(found.len(), names.len());
    assert_eq!(found[2..], ["abc", "ABC(2)", "abc(3)", "Sheet1", "Sheet1(2)", "Sheet1(3)"]);
    assert!(found[1].ends_with("(2)") && found.iter().all(|name| name.chars().count() <= 31), "{found:?}");
    assert_eq!(wrong(&read(&back)), wrong(&parsed));
}

#[test]
fn a_row_as_wide_as_sheets_can_be_and_a_reason_longer_than_cells_can_be_are_written() {
    let table = Table { day: true, unit: None, wide: false, header: true, rows: vec![true] };
    let mut book = Book { sheets: vec![sheet("台账", &[table], &mut 0, false)] };
    book.sheets[0].rows[3].resize(16_384, Cell::Number(1.0));
    let parsed = read(&book);
    let place = RowPlace { sheet: "台账".to_owned(), row: 4 };
    let bytes = rejects::write(&book, &parsed.headers, &[(place, "长".repeat(40_000))], "原因").unwrap();
    assert_eq!(wrong(&read(&read_book(&bytes).unwrap())), wrong(&parsed));
}
