//! Workbooks of the OpenDocument form (`.ods`).
//!
//! A reader of our own: the library's refuses files in which blanks stand between the tags, as several programs write
//! them, and tells no merged ranges.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::grid::{Grid, Merge};
use super::hidden::Hidden;
use super::{CELLS_MAX, ReadFault, bound_sheets, part};
use crate::book::{Book, Cell};

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    let content = part(bytes, "content.xml").ok_or(ReadFault::NoWorkbook)?;
    if part(bytes, "META-INF/manifest.xml")
        .is_some_and(|manifest| manifest.windows(15).any(|text| text == b"encryption-data"))
    {
        return Err(ReadFault::Encrypted);
    }
    let mut reader = Reader::from_reader(content.as_slice());
    let mut reading = Reading::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => reading.open(&tag, false)?,
            Ok(Event::Empty(tag)) => {
                reading.open(&tag, true)?;
                reading.close(tag.local_name().as_ref())?;
            }
            Ok(Event::End(tag)) => reading.close(tag.local_name().as_ref())?,
            Ok(Event::Text(text)) if reading.in_text => {
                reading.text.push_str(&text.xml10_content());
            }
            Ok(Event::GeneralRef(reference)) if reading.in_text => reading.text.push(character(&reference)),
            Ok(Event::Eof) => return Ok(reading.book),
            Ok(_) => {}
            Err(error) => return Err(damaged(&error)),
        }
    }
}

/// What is known while a file is gone through.
#[derive(Debug, Default)]
struct Reading {
    book: Book,
    /// How deep in tables: a table within a cell is no sheet.
    tables: u32,
    name: String,
    grid: Grid,
    merges: Vec<Merge>,
    hidden: Hidden,
    /// Columns that the table has described so far.
    described: u32,
    row: u32,
    row_repeated: u32,
    /// The cells of the row that is open, with the column of each.
    cells: Vec<(u32, Cell)>,
    column: u32,
    /// The cell that is open: its value as its attributes give it, and how often it stands.
    cell: Option<(Option<Cell>, u32)>,
    text: String,
    in_text: bool,
    /// A note within a cell is none of its text.
    notes: u32,
    written: u64,
}

impl Reading {
    fn open(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), ReadFault> {
        match tag.local_name().as_ref() {
            "table" => {
                self.tables += 1;
                if self.tables == 1 {
                    self.name = attribute(tag, "name").unwrap_or_default();
                    (self.grid, self.merges, self.row) = (Grid::default(), Vec::new(), 0);
                    (self.hidden, self.described) = (Hidden::default(), 0);
                }
            }
            _ if self.tables != 1 => {}
            "table-column" => {
                let next = self.described.saturating_add(number(tag, "number-columns-repeated"));
                if is_hidden(tag) {
                    self.hidden.columns.push((self.described, next - 1));
                }
                self.described = next;
            }
            "table-row" => {
                self.row_repeated = number(tag, "number-rows-repeated");
                if is_hidden(tag) {
                    self.hidden.rows.push((self.row, self.row.saturating_add(self.row_repeated - 1)));
                }
                (self.column, self.cells) = (0, Vec::new());
            }
            "table-cell" | "covered-table-cell" => {
                let (rows, columns) =
                    (number(tag, "number-rows-spanned"), number(tag, "number-columns-spanned"));
                if rows > 1 || columns > 1 {
                    let last = (self.row.saturating_add(rows - 1), self.column.saturating_add(columns - 1));
                    self.merges.push((self.row, self.column, last.0, last.1));
                }
                self.cell = Some((value(tag), number(tag, "number-columns-repeated")));
                self.text.clear();
            }
            "annotation" => self.notes += 1,
            "p" if self.cell.is_some() && self.notes == 0 => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.in_text = !empty;
            }
            "s" if self.in_text => self.text.push(' '),
            "line-break" if self.in_text => self.text.push('\n'),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), ReadFault> {
        match name {
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    let (grid, merges) = (std::mem::take(&mut self.grid), std::mem::take(&mut self.merges));
                    bound_sheets(self.book.sheets.len())?;
                    let mut sheet = grid.into_sheet(std::mem::take(&mut self.name), merges, false);
                    self.hidden.note(&mut sheet);
                    self.book.sheets.push(sheet);
                }
            }
            _ if self.tables != 1 => {}
            "table-row" => self.end_row()?,
            "table-cell" | "covered-table-cell" => {
                if let Some((value, repeated)) = self.cell.take() {
                    let text = std::mem::take(&mut self.text);
                    let cell = value.unwrap_or_else(|| {
                        if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
                    });
                    if cell != Cell::Empty {
                        self.count(repeated)?;
                        let columns = self.column..self.column.saturating_add(repeated);
                        self.cells.extend(columns.map(|column| (column, cell.clone())));
                    }
                    self.column = self.column.saturating_add(repeated);
                }
            }
            "annotation" => self.notes = self.notes.saturating_sub(1),
            "p" => self.in_text = false,
            _ => {}
        }
        Ok(())
    }

    /// Puts the row that ends as often as it is repeated; a repeated row without content only counts.
    fn end_row(&mut self) -> Result<(), ReadFault> {
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            for row in self.row..self.row.saturating_add(self.row_repeated) {
                self.count(u32::try_from(cells.len()).unwrap_or(u32::MAX))?;
                for (column, cell) in &cells {
                    self.grid.put(row as usize, *column as usize, cell.clone())?;
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeated);
        Ok(())
    }

    fn count(&mut self, cells: u32) -> Result<(), ReadFault> {
        self.written += u64::from(cells);
        if self.written > CELLS_MAX { Err(ReadFault::TooMuch) } else { Ok(()) }
    }
}

/// The value that a cell's attributes give; none for text.
fn value(tag: &BytesStart<'_>) -> Option<Cell> {
    match attribute(tag, "value-type")?.as_str() {
        "float" | "currency" | "percentage" => attribute(tag, "value")?.parse().ok().map(Cell::Number),
        "date" => attribute(tag, "date-value")?.get(..10)?.parse().ok().map(Cell::Date),
        "boolean" => Some(Cell::Bool(attribute(tag, "boolean-value")? == "true")),
        "string" => attribute(tag, "string-value").map(|text| Cell::Text(text.into())),
        _ => None,
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    Some(value.map_or_else(|_| found.value.to_string(), |text| text.into_owned()))
}

/// True for a row or a column that is hidden or filtered out.
fn is_hidden(tag: &BytesStart<'_>) -> bool {
    matches!(attribute(tag, "visibility").as_deref(), Some("collapse" | "filter"))
}

/// A number that a tag gives, at least 1; 1 where it gives none.
fn number(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name).and_then(|text| text.parse::<u32>().ok()).unwrap_or(1).max(1)
}

/// The character that a reference such as `&amp;` or `&#20010;` stands for. Entities of a file's own are not followed:
/// they could unfold without end.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> char {
    if let Ok(Some(found)) = reference.resolve_char_ref() {
        return found;
    }
    match reference.as_ref() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => '\u{fffd}',
    }
}

fn damaged(error: &dyn std::error::Error) -> ReadFault {
    ReadFault::Damaged { what: error.to_string() }
}
