//! Cells that somebody corrects after the file has come in: where they stand, and what is written there.

use crate::Kind;
use crate::book::{Book, Cell};
use crate::cell;
use crate::fault::Place;
use crate::header::{Column, row};
use crate::layout::Layout;
use crate::row::headers_of;

/// The most characters of a text that somebody writes into a cell.
pub const TEXT_MAX: usize = 200;

/// A cell of a file, both numbers counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The sheet's place in the file.
    pub sheet: usize,
    /// The row.
    pub row: usize,
    /// The column.
    pub column: usize,
}

/// A cell of which a fault speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub spot: Spot,
    /// The key of the field that its column holds.
    pub field: &'static str,
}

impl Found {
    /// True for identity and phone numbers: what stands there is shown to whoever needs it and nowhere else.
    pub fn is_secret(&self) -> bool {
        self.field.ends_with("identity") || self.field == "phone"
    }

    /// True if a value wrong in many rows can be put right in all of them at once: what names one person or one contract
    /// cannot.
    pub fn is_shared(&self) -> bool {
        !self.is_secret() && !OWN.contains(&self.field)
    }
}

/// Fields whose values belong to one row.
const OWN: [&str; 7] = ["number", "borrower", "head", "member", "name", "serial", "ordinal"];

/// Finds the cells of which faults speak.
#[derive(Debug)]
pub struct Finder<'a> {
    book: &'a Book,
    tables: Vec<Table>,
}

/// A table of a sheet with its columns.
#[derive(Debug)]
struct Table {
    sheet: usize,
    first: usize,
    end: usize,
    columns: Vec<(&'static str, Column)>,
}

impl<'a> Finder<'a> {
    /// Finds in a book that is read as a kind of file; nothing where its columns cannot be told.
    pub fn new(book: &'a Book, kind: Kind, layout: Option<&Layout>) -> Finder<'a> {
        let found = headers_of(book, kind, layout).map(|(_, headers)| headers.found).unwrap_or_default();
        let tables = found.into_iter().filter_map(|(sheet, header)| {
            let place = book.sheets.iter().position(|one| std::ptr::eq(one, sheet))?;
            let columns = header.columns.into_iter().filter(|(_, column)| column.fixed.is_none());
            Some(Table { sheet: place, first: header.last + 1, end: header.end, columns: columns.collect() })
        });
        Finder { book, tables: tables.collect() }
    }

    /// The cell of which a fault speaks and the value that it names. None where it names no cell, where two columns of
    /// that name hold the value, and where the cell's end cannot be told.
    pub fn find(&self, at: &Place, value: &str) -> Option<Found> {
        let table = self.table(at)?;
        let index = (at.row as usize).checked_sub(1)?;
        let named: Vec<_> = table.columns.iter().filter(|(_, column)| column.text == at.column).collect();
        let holds = |column: &Column| {
            let cell = self.cell(table.sheet, index, column.index);
            cell::shown(cell) == value || cell::name(cell).unwrap_or_default() == value
        };
        let (field, column) = match named.as_slice() {
            [one] => *one,
            several => {
                let mut holding = several.iter().filter(|(_, column)| holds(column));
                holding.next().filter(|_| holding.next().is_none())?
            }
        };
        let is_torn = matches!(self.cell(table.sheet, index, column.index), Cell::Torn(_));
        let spot = Spot { sheet: table.sheet, row: index, column: column.index };
        (!at.column.is_empty() && !is_torn).then_some(Found { spot, field })
    }

    /// The cell of a field in the row of which a fault speaks.
    pub fn beside(&self, at: &Place, field: &str) -> Option<Found> {
        let table = self.table(at)?;
        let (field, column) = table.columns.iter().find(|(key, _)| *key == field)?;
        let spot = Spot { sheet: table.sheet, row: (at.row as usize).checked_sub(1)?, column: column.index };
        Some(Found { spot, field })
    }

    /// What stands in a cell.
    pub fn shown(&self, spot: Spot) -> String {
        cell::shown(self.cell(spot.sheet, spot.row, spot.column))
    }

    /// The header text of a cell's column.
    pub fn column(&self, spot: Spot) -> String {
        let tables = self.tables.iter().filter(|table| table.sheet == spot.sheet);
        let mut table = tables.filter(|table| (table.first..table.end).contains(&spot.row));
        let column =
            table.next().and_then(|t| t.columns.iter().find(|(_, column)| column.index == spot.column));
        column.map(|(_, column)| column.text.clone()).unwrap_or_default()
    }

    fn table(&self, at: &Place) -> Option<&Table> {
        let sheet = self.book.sheets.iter().position(|sheet| sheet.name == at.sheet)?;
        self.tables.iter().find(|table| {
            let rows = row(table.first)..row(table.end);
            table.sheet == sheet && rows.contains(&at.row)
        })
    }

    fn cell(&self, sheet: usize, row: usize, column: usize) -> &'a Cell {
        let row = self.book.sheets.get(sheet).and_then(|sheet| sheet.rows.get(row));
        row.and_then(|cells| cells.get(column)).unwrap_or(&Cell::Empty)
    }
}

/// Writes a text into a cell; an empty one empties it. Nothing happens where the book has no such row.
pub fn write(book: &mut Book, spot: Spot, text: &str) {
    let rows = book.sheets.get_mut(spot.sheet).map(|sheet| &mut sheet.rows);
    let Some(cells) = rows.and_then(|rows| rows.get_mut(spot.row)) else { return };
    if cells.len() <= spot.column {
        cells.resize(spot.column + 1, Cell::Empty);
    }
    let text = text.trim();
    cells[spot.column] = if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read_book;

    fn book(text: &str) -> Book {
        read_book(text.as_bytes()).unwrap()
    }

    fn at(row: u32, column: &str) -> Place {
        Place { sheet: String::new(), row, column: column.to_owned() }
    }

    const ROSTER: &str =
        "三员名册\n乡镇,姓名,职务,电话\n玉溪镇,袁文,信贷管户员,13700000099\n玉西镇,胡冬,管户,\n";

    #[test]
    fn the_cell_of_a_fault_is_found_and_written() {
        let mut book = book(ROSTER);
        let finder = Finder::new(&book, Kind::Officers, None);
        let found = finder.find(&at(4, "乡镇"), "玉西镇").unwrap();
        assert_eq!((found.spot, found.field), (Spot { sheet: 0, row: 3, column: 0 }, "township"));
        assert!(found.is_shared() && !found.is_secret());
        assert_eq!((finder.shown(found.spot), finder.column(found.spot)), ("玉西镇".into(), "乡镇".into()));
        let phone = finder.find(&at(4, "电话"), "").unwrap();
        assert!(phone.is_secret() && !phone.is_shared());
        assert_eq!(
            finder.beside(&at(4, "乡镇"), "role").map(|found| finder.shown(found.spot)),
            Some("管户".into())
        );
        write(&mut book, found.spot, " 玉溪镇 ");
        write(&mut book, Spot { column: 9, ..phone.spot }, "注");
        assert_eq!(cell::shown(&book.sheets[0].rows[3][0]), "玉溪镇");
        assert_eq!(cell::shown(&book.sheets[0].rows[3][9]), "注");
        write(&mut book, found.spot, " ");
        assert_eq!(book.sheets[0].rows[3][0], Cell::Empty);
        write(&mut book, Spot { row: 99, ..found.spot }, "x");
    }

    #[test]
    fn a_fault_that_names_no_cell_has_none() {
        let book = book(ROSTER);
        let finder = Finder::new(&book, Kind::Officers, None);
        for (row, column) in [(4, ""), (4, "村"), (1, "乡镇"), (2, "乡镇"), (0, "乡镇"), (9, "乡镇")]
        {
            assert_eq!(finder.find(&at(row, column), ""), None, "{row} {column}");
        }
        let elsewhere = Place { sheet: "别的".to_owned(), ..at(4, "乡镇") };
        assert_eq!(finder.find(&elsewhere, ""), None);
    }

    #[test]
    fn of_two_columns_of_one_name_the_one_with_the_value_is_meant() {
        let text = "户信息\n乡镇,村,户主姓名,身份证号,成员姓名,身份证号\n玉溪镇,城关村,袁文,1,袁小文,2\n玉溪镇,城关村,袁文,3,袁小文,3\n";
        let book = book(text);
        let finder = Finder::new(&book, Kind::Households, None);
        let column = |row, value| finder.find(&at(row, "身份证号"), value).map(|found| found.spot.column);
        assert_eq!((column(3, "1"), column(3, "2")), (Some(3), Some(5)));
        assert_eq!(column(4, "3"), None, "both hold it");
    }
}
