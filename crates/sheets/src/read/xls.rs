//! Workbooks of the form that Excel saved until 2003 (`.xls`, which WPS calls `.et`).

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xls, XlsError};

use super::{ReadFault, bound_sheets};
use super::grid::{Grid, Merge, convert_owned};
use super::xlsx::corners;
use crate::book::{Book, Sheet};

/// The name of the part that holds an encrypted workbook, in the two bytes per letter of its container.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    if bytes.windows(ENCRYPTED.len()).any(|part| part == ENCRYPTED) {
        return Err(ReadFault::Encrypted);
    }
    let mut workbook: Xls<Cursor<&[u8]>> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => ReadFault::Encrypted,
        error => damaged(&error),
    })?;
    let from_1904 = workbook.has_1904_epoch();
    let mut book = Book::default();
    bound_sheets(workbook.sheet_names().len())?;
    for name in workbook.sheet_names() {
        let merges = workbook.merge_cells_by_sheet_name(&name).map_err(|error| damaged(&error))?;
        let range = workbook.worksheet_range(&name).map_err(|error| damaged(&error))?;
        book.sheets.push(sheet(name, &range, merges.iter().map(corners).collect(), from_1904)?);
    }
    Ok(book)
}

fn sheet(name: String, range: &Range<Data>, merges: Vec<Merge>, from_1904: bool) -> Result<Sheet, ReadFault> {
    let mut grid = Grid::default();
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        grid.put(top as usize + row, left as usize + column, convert_owned(value))?;
    }
    Ok(grid.into_sheet(name, merges, from_1904))
}

fn damaged(error: &dyn std::error::Error) -> ReadFault {
    ReadFault::Damaged { what: error.to_string() }
}
