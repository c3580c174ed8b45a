//! Bytes to cells: the form of a file is told by its content, never by its name.

mod grid;
mod hidden;
mod ods;
mod quotes;
mod text;
mod xls;
mod xlsb;
mod xlsx;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde::{Deserialize, Serialize};

use crate::book::{Book, Cell};

/// Why a file is no workbook and no table of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadFault {
    /// It has no content.
    Empty,
    /// It has a password.
    Encrypted,
    /// Unfolded, it would be larger than a file may be.
    TooMuch,
    /// It has more cells with content than it may have.
    ManyCells {
        /// How many it has.
        cells: u64,
        /// How many it may have.
        max: u64,
    },
    /// A cell holds more than Excel lets one.
    LongCell,
    /// It is a PDF.
    Pdf,
    /// It is a web page under another name.
    WebPage,
    /// It is a workbook or another document in XML: XML 电子表格 2003, or an OpenDocument file that is not packed.
    Xml,
    /// It is a web page with its pictures in one file (.mht).
    WebArchive,
    /// It is a text in RTF.
    RichText,
    /// It is a packed file without a workbook inside.
    NoWorkbook,
    /// It is a workbook with damaged parts.
    Damaged {
        /// What the parser says.
        what: String,
    },
    /// It is neither a workbook nor text.
    Unknown,
}

impl ReadFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            ReadFault::Empty => "empty",
            ReadFault::Encrypted => "encrypted",
            ReadFault::TooMuch => "unfolds",
            ReadFault::ManyCells { .. } => "many-cells",
            ReadFault::LongCell => "long-cell",
            ReadFault::Pdf => "pdf",
            ReadFault::WebPage => "web-page",
            ReadFault::Xml => "xml",
            ReadFault::WebArchive => "web-archive",
            ReadFault::RichText => "rich-text",
            ReadFault::NoWorkbook => "no-workbook",
            ReadFault::Damaged { .. } => "damaged",
            ReadFault::Unknown => "unknown",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            ReadFault::Damaged { what } => vec![("what", what.clone())],
            ReadFault::ManyCells { cells, max } => {
                vec![("cells", cells.to_string()), ("max", max.to_string())]
            }
            _ => Vec::new(),
        }
    }
}

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// The most bytes that the parts of a packed workbook may unfold to. A ledger of 200,000 rows has 250 MB.
const UNFOLDED_MAX: u64 = 1 << 30;

/// The most parts that a packed workbook may have.
const PARTS_MAX: usize = 20_000;

/// The most characters that Excel keeps in a cell; more than that is an attack, not a cell.
pub(crate) const CHARACTERS_MAX: usize = 32_767;

/// The most sheets that a workbook may have: a county of 300 villages may give each one of its own.
const SHEETS_MAX: usize = 2_000;

/// Refuses a workbook of more sheets than anybody opens.
fn bound_sheets(sheets: usize) -> Result<(), ReadFault> {
    if sheets > SHEETS_MAX { Err(ReadFault::TooMuch) } else { Ok(()) }
}

/// The most cells with content that any form of file is read with.
pub const CELLS_MAX: u64 = 20_000_000;

/// Reads a file's cells, if no more than so many have content.
pub fn read_book_of(bytes: &[u8], cells_max: u64) -> Result<Book, ReadFault> {
    let book = read_book(bytes)?;
    let rows = book.sheets.iter().flat_map(|sheet| &sheet.rows);
    let filled = rows.map(|cells| cells.iter().filter(|cell| **cell != Cell::Empty).count() as u64);
    match filled.sum() {
        cells if cells > cells_max => Err(ReadFault::ManyCells { cells, max: cells_max }),
        _ => Ok(book),
    }
}

/// Reads a file's cells.
pub fn read_book(bytes: &[u8]) -> Result<Book, ReadFault> {
    if bytes.is_empty() {
        return Err(ReadFault::Empty);
    }
    if bytes.starts_with(b"PK") {
        return read_packed(bytes);
    }
    if bytes.starts_with(OLE) {
        return xls::read(bytes);
    }
    if bytes.starts_with(b"%PDF") {
        return Err(ReadFault::Pdf);
    }
    text::read(bytes)
}

/// Reads a packed workbook, whose form is told by its parts.
fn read_packed(bytes: &[u8]) -> Result<Book, ReadFault> {
    let damaged = |error: zip::result::ZipError| ReadFault::Damaged { what: error.to_string() };
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if parts.len() > PARTS_MAX {
        return Err(ReadFault::TooMuch);
    }
    let mut unfolded: u64 = 0;
    for index in 0..parts.len() {
        let size = parts.by_index_raw(index).map_err(damaged)?.size();
        unfolded = unfolded.saturating_add(size);
    }
    if unfolded > UNFOLDED_MAX {
        return Err(ReadFault::TooMuch);
    }
    let has =
        |name: &str| parts.file_names().any(|part| part.is_ok_and(|part| part.eq_ignore_ascii_case(name)));
    if has("xl/workbook.bin") {
        xlsb::read(bytes)
    } else if has("content.xml") {
        ods::read(bytes)
    } else {
        xlsx::read(bytes)
    }
}

/// A part of a packed workbook.
fn part(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let part = parts.by_name(name).ok()?;
    let mut text = Vec::new();
    part.take(UNFOLDED_MAX).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Where the parts stand that a list of relations names, by their names there.
fn targets(relations: &[u8]) -> BTreeMap<String, String> {
    let mut reader = Reader::from_reader(relations);
    let mut targets = BTreeMap::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "Relationship" => {
                let text = |name: &str| {
                    let found = tag.attributes().flatten().find(|one| one.key.as_ref() == name)?;
                    Some(found.value.into_owned())
                };
                targets.extend(text("Id").zip(text("Target")));
            }
            Ok(Event::Eof) | Err(_) => return targets,
            Ok(_) => {}
        }
    }
}
