//! Division lists (行政区划): code, name, parent, level, and where a list has them validity and the code replaced.

use bangfu_domain::text::squeeze;
use jiff::civil::Date;

use crate::book::{Book, Cell};
use crate::cell;

/// A line of a division list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DivisionLine {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// 12-digit code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the division in which it lies; empty for a province.
    pub parent: String,
    /// `province`, `city`, `county`, `township` or `village`.
    pub level: String,
    /// First day of validity, where the list gives one.
    pub valid_from: Option<Date>,
    /// Last day of validity, where the list gives one.
    pub valid_to: Option<Date>,
    /// The code that the same division bore before (孟津 410308 replaces 410322).
    pub replaces: String,
}

/// Why a division list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DivisionFault {
    /// A column is missing.
    Column {
        /// Which.
        name: &'static str,
    },
    /// A day of validity cannot be read.
    Day {
        /// The line, counted from 1.
        line: usize,
        /// The value.
        value: String,
    },
}

const COLUMNS: [&str; 7] = ["code", "name", "parent", "level", "valid_from", "valid_to", "replaces"];

/// Reads a division list; its first line names the columns, the last three of which may be missing.
pub fn read(book: &Book) -> Result<Vec<DivisionLine>, DivisionFault> {
    let mut rows = book.sheets.iter().flat_map(|sheet| &sheet.rows);
    let header: Vec<String> =
        rows.next().map(|row| row.iter().map(cell::shown).collect()).unwrap_or_default();
    let mut places = [None; 7];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        *place = header.iter().position(|text| squeeze(text).eq_ignore_ascii_case(name));
    }
    for (place, name) in places.iter().zip(COLUMNS).take(4) {
        if place.is_none() {
            return Err(DivisionFault::Column { name });
        }
    }
    let mut lines = Vec::new();
    for (index, row) in rows.enumerate() {
        let line = index + 2;
        let at = |field: usize| places[field].and_then(|place| row.get(place)).unwrap_or(&Cell::Empty);
        let text = |field: usize| cell::shown(at(field));
        let day = |field: usize| {
            cell::date_of(at(field)).map_err(|_| DivisionFault::Day { line, value: text(field) })
        };
        if row.iter().all(|cell| cell::text(cell).is_none()) {
            continue;
        }
        lines.push(DivisionLine {
            line,
            code: text(0),
            name: text(1),
            parent: text(2),
            level: text(3),
            valid_from: day(4)?,
            valid_to: day(5)?,
            replaces: text(6),
        });
    }
    Ok(lines)
}
