//! Books out of bytes, and what must hold of every reading of them.

use bangfu_domain::bank::Home;
use bangfu_sheets::book::{Book, Cell, Sheet};
use bangfu_sheets::parsed::{Parsed, Skipped};
use bangfu_sheets::{Kind, households, ledger, officers, repayments};

/// The county whose files are read.
pub const HOME: Home<'static> = Home { code: "431022000000", name: "宜章县", besides: &[] };

/// A book from a text that people can read and a mutator can change: sheets divided by form feeds, rows by line ends,
/// cells by tabs. The first sign of a cell tells its kind; `%` before a sheet's first row merges cells.
pub fn book(bytes: &[u8]) -> Book {
    let text = String::from_utf8_lossy(bytes);
    Book { sheets: text.split('\x0c').take(4).map(sheet).collect() }
}

fn sheet(text: &str) -> Sheet {
    let (name, rows) = text.split_once('\x0b').unwrap_or(("", text));
    let rows: Vec<Vec<Cell>> =
        rows.split('\n').take(200).map(|row| row.split('\t').take(80).map(cell).collect()).collect();
    Sheet { name: name.to_owned(), rows, from_1904: name.contains("1904"), ..Sheet::default() }
}

/// A cell: `#` a number, `@` a day, `!` an error, `?` a truth value, `"` a torn text, anything else a text.
pub fn cell(text: &str) -> Cell {
    let rest = text.get(1..).unwrap_or_default();
    match text.chars().next() {
        None => Cell::Empty,
        Some('#') => rest.parse().map_or_else(|_| Cell::Text(text.into()), Cell::Number),
        Some('@') => rest.parse().map_or_else(|_| Cell::Text(text.into()), Cell::Date),
        Some('!') => Cell::Error(rest.into()),
        Some('?') => Cell::Bool(rest == "true"),
        Some('"') => Cell::Torn(rest.into()),
        Some(_) => Cell::Text(text.into()),
    }
}

/// Reads a book as every kind of file.
pub fn read_as_all(book: &Book) {
    Kind::ALL.into_iter().for_each(|kind| read_as(book, kind));
}

/// Reads a book as a kind of file.
pub fn read_as(book: &Book, kind: Kind) {
    let read = match kind {
        Kind::Ledger => ledger::read(book, HOME, &ledger::Known::default(), None, None).map(|parsed| hold(book, &parsed)),
        Kind::Households => households::read(book, None).map(|parsed| hold(book, &parsed)),
        Kind::Officers => officers::read(book, None).map(|parsed| hold(book, &parsed)),
        Kind::Repayments => repayments::read(book, None).map(|parsed| hold(book, &parsed)),
    };
    if let Err(fault) = read {
        assert!(!fault.missing.is_empty(), "a refused header says what it lacks");
        assert!(fault.missing.iter().all(|(_, names)| !names.is_empty()), "{fault:?}");
    }
}

/// Every row is good, bad or skipped, and whoever is told of a fault finds its row.
fn hold<T>(book: &Book, parsed: &Parsed<T>) {
    let Skipped { blank, title, header, subtotal, total, signature } = parsed.skipped;
    let skipped = blank + title + header + subtotal + total + signature;
    assert_eq!(parsed.read, parsed.rows.len() + parsed.bad.len() + skipped);
    let rows = |name: &str| {
        let sheets = book.sheets.iter().filter(|sheet| sheet.name == name);
        sheets.map(|sheet| sheet.rows.len()).max().unwrap_or(0)
    };
    for fault in parsed.faults.iter().chain(&parsed.findings) {
        let row = usize::try_from(fault.at.row).expect("a row");
        assert!((1..=rows(&fault.at.sheet).max(1)).contains(&row), "{fault:?}");
    }
    for bad in &parsed.bad {
        let told = parsed.faults.iter().any(|one| (&one.at.sheet, one.at.row) == (&bad.at.sheet, bad.at.row));
        assert!(told, "a bad row without a reason: {bad:?}");
    }
}
