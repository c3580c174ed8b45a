//! Workbooks of the form that Excel has saved since 2007.

use std::io::Cursor;

use calamine::{Dimensions, Reader, Xlsx, XlsxError};

use super::{ReadFault, bound_sheets};
use super::grid::{Grid, Merge, convert};
use crate::book::Book;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    let mut workbook: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(fault)?;
    let from_1904 = workbook.has_1904_epoch();
    let mut book = Book::default();
    bound_sheets(workbook.sheet_names().len())?;
    for name in workbook.sheet_names() {
        let merges = match workbook.merge_cells_by_sheet_name(&name) {
            Ok(merges) => merges,
            // A chart sheet has no cells to merge and none to read.
            Err(XlsxError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(fault(error)),
        };
        let grid = cells(&mut workbook, &name)?;
        book.sheets.push(grid.into_sheet(name, merges.iter().map(corners).collect(), from_1904));
    }
    Ok(book)
}

fn fault(error: XlsxError) -> ReadFault {
    match error {
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => ReadFault::NoWorkbook,
        XlsxError::Password => ReadFault::Encrypted,
        error => ReadFault::Damaged { what: error.to_string() },
    }
}

/// A merged range as the book keeps it.
pub(super) fn corners(range: &Dimensions) -> Merge {
    (range.start.0, range.start.1, range.end.0, range.end.1)
}

fn cells(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Grid, ReadFault> {
    let mut grid = Grid::default();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(fault)?;
    while let Some(found) = reader.next_cell().map_err(fault)? {
        let (row, column) = found.get_position();
        grid.put(row as usize, column as usize, convert(found.get_value()))?;
    }
    Ok(grid)
}
