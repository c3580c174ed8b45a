//! What the forms of workbooks have in common: cells put into rows, and merged ranges filled.

use calamine::{Data, DataRef};
use jiff::civil::Date;

use super::{CELLS_MAX, CHARACTERS_MAX, ReadFault};
use crate::book::{Cell, Sheet};

/// The limits of Excel itself; a cell beyond them is an attack, not a table.
const ROWS_MAX: usize = 1_048_576;
const COLUMNS_MAX: usize = 16_384;

/// First row, first column, last row, last column, from 0.
pub(super) type Merge = (u32, u32, u32, u32);

/// The rows of a sheet as its cells come in.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Cell>>,
}

impl Grid {
    /// Puts a cell in its place, counted from 0.
    pub(super) fn put(&mut self, row: usize, column: usize, cell: Cell) -> Result<(), ReadFault> {
        if row >= ROWS_MAX {
            return Err(beyond(row, column));
        }
        bound(row, column, &cell)?;
        if cell == Cell::Empty {
            return Ok(());
        }
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        Ok(())
    }

    /// The sheet, with its merged ranges filled.
    pub(super) fn into_sheet(mut self, name: String, merges: Vec<Merge>, from_1904: bool) -> Sheet {
        fill(&mut self.rows, &merges);
        Sheet { name, rows: self.rows, merges, from_1904, ..Sheet::default() }
    }
}

/// Refuses a cell that stands further right, or holds more, than Excel lets one.
pub(super) fn bound(row: usize, column: usize, cell: &Cell) -> Result<(), ReadFault> {
    let long = |text: &str| text.len() > CHARACTERS_MAX && text.chars().nth(CHARACTERS_MAX).is_some();
    match cell {
        Cell::Text(text) if long(text) => Err(ReadFault::LongCell),
        _ if column >= COLUMNS_MAX => Err(beyond(row, column)),
        _ => Ok(()),
    }
}

fn beyond(row: usize, column: usize) -> ReadFault {
    ReadFault::Damaged { what: format!("R{}C{}", row + 1, column + 1) }
}

/// A cell as the parser gives it.
pub(super) fn convert(value: &DataRef<'_>) -> Cell {
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
                Some(date) => Cell::Date(date),
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

/// A cell as the parser owns it.
pub(super) fn convert_owned(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => convert(&DataRef::Int(*number)),
        Data::Float(number) => Cell::Number(*number),
        Data::String(text) => text_cell(text),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(moment) => convert(&DataRef::DateTime(*moment)),
        Data::DateTimeIso(text) => convert(&DataRef::DateTimeIso(text.clone())),
        Data::DurationIso(text) => text_cell(text),
        Data::Error(error) => Cell::Error(error.to_string().into()),
    }
}

fn civil(year: u16, month: u8, day: u8) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn text_cell(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

/// Gives every cell of a merged range the value of its first, as far as the sheet has rows and columns.
fn fill(rows: &mut [Vec<Cell>], merges: &[Merge]) {
    let mut written = 0_u64;
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    for &(first_row, first_column, last_row, last_column) in merges {
        let (top, left) = (first_row as usize, first_column as usize);
        let Some(value) = rows.get(top).and_then(|row| row.get(left)).cloned() else { continue };
        let bottom = (last_row as usize).min(rows.len().saturating_sub(1));
        let right = (last_column as usize).min(widest.saturating_sub(1));
        if value == Cell::Empty || bottom < top || right < left {
            continue;
        }
        written += (bottom - top + 1) as u64 * (right - left + 1) as u64;
        if written > CELLS_MAX {
            return;
        }
        for row in &mut rows[top..=bottom] {
            if row.len() <= right {
                row.resize(right + 1, Cell::Empty);
            }
            row[left..=right].fill(value.clone());
        }
    }
}
