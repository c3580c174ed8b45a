//! Binary workbooks (`.xlsb`).
//!
//! Their parser tells no merged ranges, and skips cells whose records leave their column out because it follows from
//! the cell before. Both are made good here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use calamine::{Reader as _, Xlsb, XlsbError};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::grid::{Grid, Merge, convert};
use super::hidden::{self, Hidden};
use super::{ReadFault, UNFOLDED_MAX, bound_sheets, part, targets};
use crate::book::Book;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    let fault = |error: XlsbError| match error {
        XlsbError::Password => ReadFault::Encrypted,
        error => ReadFault::Damaged { what: error.to_string() },
    };
    let whole = with_columns(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned);
    let mut layouts = layouts_of(bytes);
    let mut workbook: Xlsb<Cursor<&[u8]>> = Xlsb::new(Cursor::new(&*whole)).map_err(fault)?;
    let from_1904 = workbook.has_1904_epoch();
    let mut book = Book::default();
    bound_sheets(workbook.sheet_names().len())?;
    for name in workbook.sheet_names() {
        let mut grid = Grid::default();
        let mut reader = workbook.worksheet_cells_reader(&name).map_err(fault)?;
        while let Some(found) = reader.next_cell().map_err(fault)? {
            let (row, column) = found.get_position();
            grid.put(row as usize, column as usize, convert(found.get_value()))?;
        }
        drop(reader);
        let (merges, hidden) = layouts.remove(&name).unwrap_or_default();
        let mut sheet = grid.into_sheet(name, merges, from_1904);
        hidden.note(&mut sheet);
        book.sheets.push(sheet);
    }
    Ok(book)
}

/// Records of a binary workbook: a row begins, the first and the last kind of cell, the first and the last kind of cell
/// without its column, a sheet's name, a merged range.
const ROW: u32 = 0;
const CELLS: std::ops::RangeInclusive<u32> = 1..=11;
const CELLS_WITHOUT_COLUMN: std::ops::RangeInclusive<u32> = 12..=18;
const BUNDLE_SHEET: u32 = 156;
const MERGE_CELL: u32 = 176;

/// The merged ranges of a binary workbook and what it hides, by the name of the sheet.
fn layouts_of(bytes: &[u8]) -> BTreeMap<String, (Vec<Merge>, Hidden)> {
    let mut found = BTreeMap::new();
    let (Some(workbook), Some(relations)) =
        (part(bytes, "xl/workbook.bin"), part(bytes, "xl/_rels/workbook.bin.rels"))
    else {
        return found;
    };
    let targets = targets(&relations);
    for (_, _, body) in records(&workbook).filter(|(kind, ..)| *kind == BUNDLE_SHEET) {
        let mut rest = body.get(8..).unwrap_or_default();
        let (Some(relation), Some(name)) = (wide_string(&mut rest), wide_string(&mut rest)) else { continue };
        let sheet = targets.get(&relation).map(|target| target.trim_start_matches("/xl/"));
        let Some(sheet) = sheet.and_then(|target| part(bytes, &format!("xl/{target}"))) else { continue };
        let merges = records(&sheet).filter(|(kind, ..)| *kind == MERGE_CELL).filter_map(|(_, _, body)| {
            let at = |place: usize| Some(u32::from_le_bytes(body.get(place..place + 4)?.try_into().ok()?));
            Some((at(0)?, at(8)?, at(4)?, at(12)?))
        });
        found.insert(name, (merges.collect(), hidden::of_binary(&sheet)));
    }
    found
}

/// The workbook with cells that name their columns; `None` if all do already.
fn with_columns(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut parts = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    let mut any = false;
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).ok()?;
        let name = part.name().ok()?.into_owned();
        let mut content = Vec::new();
        part.by_ref().take(UNFOLDED_MAX).read_to_end(&mut content).ok()?;
        if name.starts_with("xl/worksheets/")
            && let Some(whole) = cells_with_columns(&content)
        {
            (content, any) = (whole, true);
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        written.start_file(name, options).ok()?;
        written.write_all(&content).ok()?;
    }
    if any { Some(written.finish().ok()?.into_inner()) } else { None }
}

fn cells_with_columns(sheet: &[u8]) -> Option<Vec<u8>> {
    if !records(sheet).any(|(kind, ..)| CELLS_WITHOUT_COLUMN.contains(&kind)) {
        return None;
    }
    let mut whole = Vec::with_capacity(sheet.len() * 2);
    let mut next = 0_u32;
    for (kind, raw, body) in records(sheet) {
        if CELLS_WITHOUT_COLUMN.contains(&kind) {
            whole.push(u8::try_from(kind - CELLS_WITHOUT_COLUMN.start() + CELLS.start()).ok()?);
            let mut size = body.len() + 4;
            while size >= 0x80 {
                whole.push(u8::try_from(size & 0x7f).ok()? | 0x80);
                size >>= 7;
            }
            whole.push(u8::try_from(size).ok()?);
            whole.extend(next.to_le_bytes());
            whole.extend(body);
            next += 1;
            continue;
        }
        if kind == ROW {
            next = 0;
        } else if CELLS.contains(&kind) {
            next = u32::from_le_bytes(body.get(..4)?.try_into().ok()?).checked_add(1)?;
        }
        whole.extend(raw);
    }
    Some(whole)
}

/// The records of a binary part: kind, the whole of it, and its body.
pub(super) fn records(mut rest: &[u8]) -> impl Iterator<Item = (u32, &[u8], &[u8])> {
    std::iter::from_fn(move || {
        let start = rest;
        let kind = variable(&mut rest, 2)?;
        let size = usize::try_from(variable(&mut rest, 4)?).ok()?;
        let (body, after) = rest.split_at_checked(size)?;
        rest = after;
        Some((kind, &start[..start.len() - after.len()], body))
    })
}

/// A number of at most so many bytes, seven bits each, the least first.
fn variable(rest: &mut &[u8], most: usize) -> Option<u32> {
    let mut number = 0;
    for place in 0..most {
        let (first, after) = rest.split_first()?;
        *rest = after;
        number |= u32::from(first & 0x7f) << (7 * place);
        if first & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// A text with its length in front, in two bytes per letter.
fn wide_string(rest: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(u32::from_le_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
    let bytes = rest.get(4..length.checked_mul(2)?.checked_add(4)?)?;
    *rest = &rest[4 + bytes.len()..];
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}
