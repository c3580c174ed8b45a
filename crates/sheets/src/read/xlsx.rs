//! Workbooks of the form that Excel has saved since 2007.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use jiff::civil::Date;

use super::ReadFault;
use crate::book::{Book, Cell, Sheet};
use crate::cell::serial_day;

/// Excel's own limits; a cell beyond them is an attack, not a table.
const ROWS_MAX: usize = 1_048_576;
const COLUMNS_MAX: usize = 16_384;

/// The most cells that filling merged ranges may write in a sheet.
const FILLED_MAX: u64 = 20_000_000;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    let mut workbook: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(fault)?;
    let mut book = Book::default();
    for name in workbook.sheet_names() {
        let merges = match workbook.merge_cells_by_sheet_name(&name) {
            Ok(merges) => merges,
            // A chart sheet has no cells to merge and none to read.
            Err(XlsxError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(fault(error)),
        };
        let mut rows = cells(&mut workbook, &name)?;
        let merges: Vec<(u32, u32, u32, u32)> =
            merges.iter().map(|range| (range.start.0, range.start.1, range.end.0, range.end.1)).collect();
        fill(&mut rows, &merges);
        book.sheets.push(Sheet { name, rows, merges });
    }
    Ok(book)
}

fn fault(error: XlsxError) -> ReadFault {
    match error {
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => ReadFault::NoWorkbook,
        XlsxError::Password => ReadFault::OldOrEncrypted,
        error => ReadFault::Damaged { what: error.to_string() },
    }
}

fn cells(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Vec<Cell>>, ReadFault> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(fault)?;
    while let Some(found) = reader.next_cell().map_err(fault)? {
        let (row, column) = found.get_position();
        let (row, column) = (row as usize, column as usize);
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            return Err(ReadFault::Damaged { what: format!("R{}C{}", row + 1, column + 1) });
        }
        let cell = convert(found.get_value());
        if cell == Cell::Empty {
            continue;
        }
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
    }
    Ok(rows)
}

fn convert(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => number.to_string().parse().map_or(Cell::Empty, Cell::Number),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            // A time of day without a day is no date.
            let whole = moment.as_f64();
            match civil(year, month, day).filter(|_| whole >= 1.0) {
                Some(date) => serial_day(&whole.to_string()).map_or(Cell::Date(date), |_| Cell::Date(date)),
                None => Cell::Number(whole),
            }
        }
        DataRef::DateTime(moment) => Cell::Number(moment.as_f64()),
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| day.parse().ok());
            day.map_or_else(|| text_cell(text), Cell::Date)
        }
        DataRef::DurationIso(text) => text_cell(text),
        DataRef::Error(error) => Cell::Error(error.to_string().into()),
    }
}

fn civil(year: u16, month: u8, day: u8) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn text_cell(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

/// Gives every cell of a merged range the value of its first, as far as the sheet has rows.
fn fill(rows: &mut [Vec<Cell>], merges: &[(u32, u32, u32, u32)]) {
    let mut written = 0_u64;
    for &(first_row, first_column, last_row, last_column) in merges {
        let (top, left) = (first_row as usize, first_column as usize);
        let Some(value) = rows.get(top).and_then(|row| row.get(left)).cloned() else { continue };
        let bottom = (last_row as usize).min(rows.len().saturating_sub(1));
        let right = (last_column as usize).min(COLUMNS_MAX - 1);
        written += (bottom - top + 1) as u64 * (right - left + 1) as u64;
        if value == Cell::Empty || written > FILLED_MAX {
            continue;
        }
        for row in &mut rows[top..=bottom] {
            if row.len() <= right {
                row.resize(right + 1, Cell::Empty);
            }
            row[left..=right].fill(value.clone());
        }
    }
}
