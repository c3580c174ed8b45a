//! Which rows and columns a workbook does not show. They are read like the others, and the reader is told how many.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::xlsb::records;
use crate::book::{Cell, Sheet};

/// Rows and columns that a sheet hides, in the order of the file: first and last of each run, from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Hidden {
    pub(super) rows: Vec<(u32, u32)>,
    pub(super) columns: Vec<(u32, u32)>,
}

impl Hidden {
    /// Notes on a sheet how many of them have content: nobody misses what is empty.
    pub(super) fn note(&self, sheet: &mut Sheet) {
        if self.rows.is_empty() && self.columns.is_empty() {
            return;
        }
        let filled = |cells: &Vec<Cell>| cells.iter().any(|cell| *cell != Cell::Empty);
        let within = |first: u32, last: u32, most: usize| (first as usize)..(last as usize + 1).min(most);
        let rows = self.rows.iter().flat_map(|run| within(run.0, run.1, sheet.rows.len()));
        let rows = rows.filter(|row| filled(&sheet.rows[*row])).count();
        let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut seen = vec![false; width];
        for cells in &sheet.rows {
            cells.iter().zip(&mut seen).for_each(|(cell, seen)| *seen |= *cell != Cell::Empty);
        }
        let columns = self.columns.iter().flat_map(|run| within(run.0, run.1, width));
        let columns = columns.filter(|column| seen[*column]).count();
        sheet.hidden = (count(rows), count(columns));
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How a part writes that something is hidden, up to the value.
const MARK: &[u8] = b" hidden=";

/// Bytes of a part that are looked at in one go.
const PIECE: usize = 1 << 18;

/// More than any tag of a row or a column has.
const TAG_MAX: usize = 4_096;

/// What a part of the form of 2007 hides. The part is unfolded and searched for the word, not parsed: only where it
/// stands is its tag read. `None` if the part cannot be unfolded; the parser of the cells will say so.
pub(super) fn of_xml(mut part: impl Read) -> Option<Hidden> {
    let mut hidden = Hidden::default();
    let mut text: Vec<u8> = Vec::with_capacity(PIECE + TAG_MAX);
    let word = memchr::memmem::Finder::new(MARK);
    loop {
        let kept = text.len();
        let read = part.by_ref().take(PIECE as u64).read_to_end(&mut text).ok()?;
        let mut from = 0;
        while let Some(at) = word.find(&text[from..]).map(|at| from + at) {
            let Some(end) = memchr::memchr(b'>', &text[at..]).map(|end| at + end) else { break };
            let start = memchr::memrchr(b'<', &text[..at]).unwrap_or(at);
            note_tag(&text[start..=end], &mut hidden);
            from = end + 1;
        }
        if read == 0 || text.len() == kept {
            return Some(hidden);
        }
        // A tag may lie across the end of the piece.
        let open = memchr::memrchr(b'<', &text).filter(|open| *open >= from).unwrap_or(text.len());
        let open = open.max(text.len().saturating_sub(TAG_MAX));
        text.drain(..open);
    }
}

fn note_tag(tag: &[u8], hidden: &mut Hidden) {
    let mut reader = Reader::from_reader(tag);
    let (Ok(Event::Start(tag)) | Ok(Event::Empty(tag))) = reader.read_event() else { return };
    if !matches!(attribute(&tag, "hidden").as_deref(), Some("1" | "true")) {
        return;
    }
    let number = |name: &str| attribute(&tag, name)?.parse::<u32>().ok()?.checked_sub(1);
    match tag.local_name().as_ref() {
        "row" => hidden.rows.extend(number("r").map(|row| (row, row))),
        "col" => hidden.columns.extend(number("min").zip(number("max"))),
        _ => {}
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|one| one.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

/// Records of a binary sheet: a row begins, a run of columns.
const ROW: u32 = 0;
const COLUMNS: u32 = 60;

/// What a part of a binary workbook hides.
pub(super) fn of_binary(sheet: &[u8]) -> Hidden {
    let mut hidden = Hidden::default();
    let number = |body: &[u8], at: usize| Some(u32::from_le_bytes(body.get(at..at + 4)?.try_into().ok()?));
    for (kind, _, body) in records(sheet) {
        match kind {
            ROW if body.get(11).is_some_and(|flags| flags & 0x10 != 0) => {
                hidden.rows.extend(number(body, 0).map(|row| (row, row)));
            }
            COLUMNS if body.get(16).is_some_and(|flags| flags & 1 != 0) => {
                hidden.columns.extend(number(body, 0).zip(number(body, 4)));
            }
            _ => {}
        }
    }
    hidden
}

/// Records of a workbook of the old form: a sheet and where it begins, the beginning and the end of a part, a row, a
/// run of columns.
const BOUND_SHEET: u16 = 0x85;
const BEGIN: u16 = 0x809;
const END: u16 = 0x0a;
const OLD_ROW: u16 = 0x208;
const OLD_COLUMNS: u16 = 0x7d;

/// What each sheet of a workbook of the old form hides, in the order of its sheets.
pub(super) fn of_old(stream: &[u8]) -> Vec<Hidden> {
    let places = old_records(stream).take_while(|(kind, _)| *kind != END);
    let places = places.filter(|(kind, _)| *kind == BOUND_SHEET);
    let places = places.filter_map(|(_, body)| Some(u32::from_le_bytes(body.get(..4)?.try_into().ok()?)));
    places.map(|place| stream.get(place as usize..).map(old_sheet).unwrap_or_default()).collect()
}

fn old_sheet(stream: &[u8]) -> Hidden {
    let mut hidden = Hidden::default();
    let mut depth = 0_u32;
    let number =
        |body: &[u8], at: usize| Some(u32::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?)));
    for (kind, body) in old_records(stream) {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            // Charts within the sheet have rows of their own.
            _ if depth != 1 => {}
            OLD_ROW if body.get(12).is_some_and(|flags| flags & 0x20 != 0) => {
                hidden.rows.extend(number(body, 0).map(|row| (row, row)));
            }
            OLD_COLUMNS if body.get(8).is_some_and(|flags| flags & 1 != 0) => {
                hidden.columns.extend(number(body, 0).zip(number(body, 2)));
            }
            _ => {}
        }
    }
    hidden
}

/// The records of a stream of the old form: kind and body.
fn old_records(mut rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (head, after) = rest.split_at_checked(4)?;
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let (body, after) = after.split_at_checked(usize::from(u16::from_le_bytes([head[2], head[3]])))?;
        rest = after;
        Some((kind, body))
    })
}
