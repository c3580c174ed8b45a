//! Workbooks of the form that Excel saved until 2003 (`.xls`, which WPS calls `.et`).

use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Xls, XlsError};

use super::grid::{Grid, Merge, convert_owned};
use super::hidden::{self, Hidden};
use super::xlsx::corners;
use super::{ReadFault, bound_sheets};
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
    let mut hidden = hidden_of(bytes).into_iter();
    for name in workbook.sheet_names() {
        let merges = workbook.merge_cells_by_sheet_name(&name).map_err(|error| damaged(&error))?;
        let range = workbook.worksheet_range(&name).map_err(|error| damaged(&error))?;
        let mut sheet = sheet(name, &range, merges.iter().map(corners).collect(), from_1904)?;
        hidden.next().unwrap_or_default().note(&mut sheet);
        book.sheets.push(sheet);
    }
    Ok(book)
}

/// What each sheet hides, in the order of the workbook; the library does not tell.
fn hidden_of(bytes: &[u8]) -> Vec<Hidden> {
    let Ok(mut container) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return Vec::new() };
    let mut stream = Vec::new();
    // Until 1995 the stream was called otherwise.
    for name in ["Workbook", "Book"] {
        if let Ok(mut found) = container.open_stream(name)
            && found.read_to_end(&mut stream).is_ok()
        {
            return hidden::of_old(&stream);
        }
    }
    Vec::new()
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
