//! One ledger in every form of workbook, each saved by the same spreadsheet library: all read alike.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bangfu_domain::bank::Home;
use bangfu_sheets::book::{Book, Cell};
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
        let home = Home { code: "431022000000", name: "宜章县" };
        let parsed = ledger::read(&book, home, &ledger::Known::default(), None).unwrap();
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
