//! A file's cells, whatever form the file had.

use compact_str::CompactString;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A cell: 24 bytes. Short texts (names of up to eight characters, all numbers) stand in the cell itself, so that a sheet
/// of millions of cells is few pieces of memory.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text as it stands.
    Text(CompactString),
    /// A number as the spreadsheet keeps it.
    Number(f64),
    /// A number that the spreadsheet shows as a date.
    Date(Date),
    /// A truth value.
    Bool(bool),
    /// A formula's error, such as `#REF!`.
    Error(Box<str>),
    /// Text behind a quote that never closes: where it ends, and what the row has behind it, cannot be told.
    Torn(Box<str>),
}

impl Cell {
    /// Its text, if it holds one.
    pub(crate) fn written(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            Cell::Torn(text) => Some(text),
            _ => None,
        }
    }
}

/// A sheet. The row at index 0 is the spreadsheet's row 1; merged cells are filled down and across.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name; empty for a CSV file.
    pub name: String,
    /// Its rows, each as wide as its last cell with content.
    pub rows: Vec<Vec<Cell>>,
    /// Merged ranges that were filled: (first row, first column, last row, last column), from 0.
    pub merges: Vec<(u32, u32, u32, u32)>,
    /// True if the workbook counts its days from 1904: numbers without the form of a date are of that calendar.
    pub from_1904: bool,
}

/// A workbook.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Book {
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
}
