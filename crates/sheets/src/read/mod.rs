//! Bytes to cells: the form of a file is told by its content, never by its name.

mod quotes;
mod text;
mod xlsx;

use serde::{Deserialize, Serialize};

use crate::book::Book;

/// Why a file is no workbook and no table of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadFault {
    /// It has no content.
    Empty,
    /// It is a workbook of the old form (.xls), or one with a password: both begin alike.
    OldOrEncrypted,
    /// It is a PDF.
    Pdf,
    /// It is a web page under another name.
    WebPage,
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
            ReadFault::OldOrEncrypted => "old-or-encrypted",
            ReadFault::Pdf => "pdf",
            ReadFault::WebPage => "web-page",
            ReadFault::NoWorkbook => "no-workbook",
            ReadFault::Damaged { .. } => "damaged",
            ReadFault::Unknown => "unknown",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            ReadFault::Damaged { what } => vec![("what", what.clone())],
            _ => Vec::new(),
        }
    }
}

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// Reads a file's cells.
pub fn read_book(bytes: &[u8]) -> Result<Book, ReadFault> {
    if bytes.is_empty() {
        return Err(ReadFault::Empty);
    }
    if bytes.starts_with(b"PK") {
        return xlsx::read(bytes);
    }
    if bytes.starts_with(OLE) {
        return Err(ReadFault::OldOrEncrypted);
    }
    if bytes.starts_with(b"%PDF") {
        return Err(ReadFault::Pdf);
    }
    text::read(bytes)
}
