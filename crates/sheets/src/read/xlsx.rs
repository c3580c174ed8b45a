//! Workbooks of the form that Excel has saved since 2007.

use std::io::{Cursor, Read};

use calamine::{Dimensions, Reader as _, SheetType, Xlsx, XlsxError};
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::grid::{Grid, Merge, convert};
use super::hidden::{self, Hidden};
use super::{ReadFault, UNFOLDED_MAX, bound_sheets, part, targets};
use crate::book::Book;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    let mut workbook: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(fault)?;
    let from_1904 = workbook.has_1904_epoch();
    let mut book = Book::default();
    bound_sheets(workbook.sheet_names().len())?;
    let mut layouts = Layouts::of(bytes);
    for (index, sheet) in workbook.sheets_metadata().to_vec().into_iter().enumerate() {
        // A sheet that is a chart has no cells.
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let name = sheet.name;
        let merges = workbook.merge_cells_by_sheet_name(&name).map_err(fault)?;
        let grid = cells(&mut workbook, &name)?;
        let mut sheet = grid.into_sheet(name, merges.iter().map(corners).collect(), from_1904);
        layouts.hidden(index).note(&mut sheet);
        book.sheets.push(sheet);
    }
    Ok(book)
}

/// What the library does not tell of the sheets.
struct Layouts<'a> {
    parts: Option<ZipArchive<Cursor<&'a [u8]>>>,
    /// The part of each sheet, in the order of the workbook.
    sheets: Vec<String>,
}

impl<'a> Layouts<'a> {
    fn of(bytes: &'a [u8]) -> Layouts<'a> {
        let read = |name: &str| part(bytes, name).unwrap_or_default();
        let (workbook, targets) = (read("xl/workbook.xml"), targets(&read("xl/_rels/workbook.xml.rels")));
        let mut reader = Reader::from_reader(workbook.as_slice());
        let mut sheets = Vec::new();
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sheet" => {
                    let ids = tag.attributes().flatten();
                    let id = ids.filter(|one| one.key.local_name().as_ref() == "id").last();
                    let target = id.and_then(|id| targets.get(&*id.value)).cloned().unwrap_or_default();
                    // Stated from the root, or from where the workbook stands.
                    sheets.push(match target.strip_prefix('/') {
                        Some(whole) => whole.to_owned(),
                        None => format!("xl/{target}"),
                    });
                }
                Event::Eof => break,
                _ => {}
            }
        }
        Layouts { parts: ZipArchive::new(Cursor::new(bytes)).ok(), sheets }
    }

    /// What a sheet hides, by its place in the workbook.
    fn hidden(&mut self, index: usize) -> Hidden {
        let part = self.parts.as_mut().zip(self.sheets.get(index));
        let part = part.and_then(|(parts, name)| parts.by_name(name).ok());
        part.and_then(|part| hidden::of_xml(part.take(UNFOLDED_MAX))).unwrap_or_default()
    }
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
