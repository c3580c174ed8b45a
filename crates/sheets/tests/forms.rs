//! One ledger in every form of workbook, each saved by the same spreadsheet library: all read alike.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Cursor, Read, Write};

use bangfu_domain::bank::Home;
use bangfu_sheets::Kind;
use bangfu_sheets::book::{Book, Cell};
use bangfu_sheets::fault::FaultCode;
use bangfu_sheets::layout::{Layout, Recognised, recognise};
use bangfu_sheets::ledger;
use bangfu_sheets::read::{ReadFault, read_book};

const FORMS: [(&str, &[u8]); 4] = [
    ("xlsx", include_bytes!("files/ledger.xlsx")),
    ("xls", include_bytes!("files/ledger.xls")),
    ("xlsb", include_bytes!("files/ledger.xlsb")),
    ("ods", include_bytes!("files/ledger.ods")),
];

fn shown(book: &Book) -> Vec<(String, Vec<Vec<String>>)> {
    let rows = |rows: &[Vec<Cell>]| {
        let shown = rows.iter().map(|row| row.iter().map(bangfu_sheets::cell::shown).collect());
        shown.collect::<Vec<Vec<String>>>()
    };
    book.sheets.iter().map(|sheet| (sheet.name.clone(), rows(&sheet.rows))).collect()
}

#[test]
fn every_form_of_workbook_holds_the_same_cells() {
    let expected = shown(&read_book(FORMS[0].1).unwrap());
    assert_eq!(expected.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["台账", "空表"]);
    for (form, bytes) in FORMS {
        let book = read_book(bytes).unwrap();
        assert_eq!(shown(&book), expected, "{form}");
        let home = Home { code: "431022000000", name: "宜章县", besides: &[] };
        let parsed = ledger::read(&book, home, &ledger::Known::default(), None, None).unwrap();
        assert_eq!((parsed.rows.len(), parsed.bad.len()), (2, 0), "{form}: {:?}", parsed.faults);
        let second = &parsed.rows[1];
        assert_eq!(second.village, "白石渡村", "{form}: merged cells are filled");
        assert_eq!(second.principal_fen.get(), 3_000_000, "{form}");
        assert_eq!(second.repaid_fen.unwrap().get(), 1_000_050, "{form}");
        assert_eq!(second.disbursed_on.to_string(), "2018-06-01", "{form}");
        assert_eq!(second.note.as_deref(), Some("<&>\""), "{form}");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_breaks_nothing() {
    for (form, bytes) in FORMS {
        for cut in [8, bytes.len() / 3, bytes.len() / 2] {
            assert!(read_book(&bytes[..cut]).is_err(), "{form} cut at {cut}");
        }
    }
    assert_eq!(read_book(b""), Err(ReadFault::Empty));
    assert_eq!(read_book(b"%PDF-1.7"), Err(ReadFault::Pdf));
}

#[test]
fn what_excel_has_no_room_for_is_told() {
    let most = format!("a,b,c\n1,2,{}\n", "贷".repeat(32_767));
    assert!(read_book(most.as_bytes()).is_ok());
    let more = format!("a,b,c\n1,2,{}\n", "贷".repeat(32_768));
    assert_eq!(read_book(more.as_bytes()), Err(ReadFault::LongCell));
    assert_eq!(read_book(&[b','; 20_000]), Err(ReadFault::Damaged { what: "R1C16385".to_owned() }));
}

#[test]
fn a_header_is_found_in_a_sheet_as_wide_as_sheets_can_be() {
    let names = "村,户主姓名,身份证号码,贷款银行,借据号,贷款金额,放款日期,到期日期";
    let row = "白石渡村,张三,43109919900524480X,农商银行,A1,50000,2018-06-17,2021-06-17";
    let (more, wide) = (",更多".repeat(16_000), ",1".repeat(16_000));
    let rows = format!("{row}{wide}\n").repeat(30);
    let book = read_book(format!("{names}{more}\n{rows}").as_bytes()).unwrap();
    let home = Home { code: "431022000000", name: "宜章县", besides: &[] };
    let layout = Layout::learn(&book, Kind::Ledger);
    let told = recognise(&book, Kind::Ledger, std::slice::from_ref(&layout));
    assert_eq!(told, Recognised::One { index: 0, gone: Vec::new() });
    for layout in [None, Some(&layout)] {
        let parsed = ledger::read(&book, home, &ledger::Known::default(), layout, None).unwrap();
        assert_eq!((parsed.rows.len(), parsed.bad.len()), (1, 29), "the others are the same contract again");
    }
}

/// A packed sample in which a part is changed.
fn changed(packed: &[u8], name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let own = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        written.start_file(&own, zip::write::SimpleFileOptions::default()).unwrap();
        written.write_all(&if own == name { change(content) } else { content }).unwrap();
    }
    written.finish().unwrap().into_inner()
}

fn replaced(content: Vec<u8>, pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from_utf8(content).unwrap();
    for (old, new) in pairs {
        assert!(text.contains(old), "{old} stands in {text}");
        text = text.replacen(old, new, 1);
    }
    text.into_bytes()
}

#[test]
fn hidden_rows_and_columns_are_read_and_told_in_every_form() {
    let xlsx = changed(FORMS[0].1, "xl/worksheets/sheet1.xml", |sheet| {
        let cols = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"900\" max=\"16384\" hidden=\"1\"/></cols><sheetData>";
        let blank = "<row r=\"99\" hidden=\"1\"/></sheetData>";
        let rows = [
            ("<row r=\"4\"", "<row r=\"4\" hidden=\"true\""),
            ("</sheetData>", blank),
            ("<sheetData>", cols),
        ];
        replaced(sheet, &rows)
    });
    let ods = changed(FORMS[3].1, "content.xml", |content| {
        let text = String::from_utf8(content).unwrap();
        let rows = text.split_once("<table:table-row").unwrap();
        let second = rows.1.replacen("<table:table-row", "<table:table-row table:visibility=\"filter\"", 1);
        let columns = "<table:table-column/><table:table-column table:number-columns-repeated=\"2\" table:visibility=\"collapse\"/>";
        format!("{}{columns}<table:table-row{second}", rows.0).into_bytes()
    });
    let xlsb = changed(FORMS[2].1, "xl/worksheets/sheet1.bin", |mut sheet| {
        // The record of the fourth row, 25 bytes of body: the byte that says that it is hidden is its twelfth.
        let row = [0, 25, 3, 0, 0, 0];
        let at = sheet.windows(row.len()).position(|bytes| bytes == row).unwrap();
        sheet[at + 13] |= 0x10;
        sheet
    });
    let xls = include_bytes!("files/hidden.xls").to_vec();
    let plain = read_book(FORMS[0].1).unwrap();
    assert_eq!(plain.sheets[0].hidden, (0, 0));
    for (form, bytes, hidden) in
        [("xlsx", xlsx, (1, 2)), ("ods", ods, (1, 2)), ("xlsb", xlsb, (1, 0)), ("xls", xls, (2, 2))]
    {
        let book = read_book(&bytes).unwrap();
        assert_eq!(book.sheets[0].hidden, hidden, "{form}");
        assert_eq!(book.sheets[1].hidden, (0, 0), "{form}");
        let home = Home { code: "431022000000", name: "宜章县", besides: &[] };
        let parsed = ledger::read(&book, home, &ledger::Known::default(), None, None).unwrap();
        assert_eq!(parsed.rows.len(), if form == "xls" { 5 } else { 2 }, "{form}: hidden rows are read");
        let told: Vec<&FaultCode> = parsed.findings.iter().map(|finding| &finding.code).collect();
        let (rows, columns) = hidden;
        assert!(told.contains(&&FaultCode::Hidden { rows, columns }), "{form}: {told:?}");
    }
}

#[test]
fn a_sheet_that_is_a_chart_leaves_the_others_readable() {
    let chart = changed(FORMS[0].1, "xl/_rels/workbook.xml.rels", |relations| {
        let kind = "relationships/worksheet\" Target=\"worksheets/sheet2.xml";
        replaced(relations, &[(kind, "relationships/chartsheet\" Target=\"chartsheets/sheet1.xml")])
    });
    let book = read_book(&chart).unwrap();
    assert_eq!(book.sheets[0], read_book(FORMS[0].1).unwrap().sheets[0]);
}

/// A workbook of 1995 in the Chinese code page: two bytes a sign, and no word of Unicode in it.
#[test]
fn a_workbook_of_1995_is_read_in_its_chinese_code_page() {
    let book = read_book(include_bytes!("files/biff5-gb.xls")).unwrap();
    assert_eq!(book.sheets[0].name, "台账");
    let home = Home { code: "431022000000", name: "宜章县", besides: &[] };
    let parsed = ledger::read(&book, home, &ledger::Known::default(), None, None).unwrap();
    assert_eq!(parsed.as_of.map(|day| day.to_string()).as_deref(), Some("2019-04-30"));
    let row = &parsed.rows[0];
    assert_eq!((row.village.as_str(), row.bank_branch.as_str()), ("白石渡村", "农商银行白石渡支行"));
    assert_eq!(row.principal_fen.get(), 5_000_050);
    assert_eq!(row.note.as_deref(), Some("以“借新还旧”为由—囍"));
}
