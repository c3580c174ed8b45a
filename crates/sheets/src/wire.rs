//! A book as bytes over a pipe: pages of rows, each with its length before it, so that neither side holds the book
//! twice.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::book::{Book, Cell, Sheet};

/// Rows of a page.
const PAGE_ROWS: usize = 1_000;

/// Bytes that a page may have: more is no page.
const PAGE_BYTES_MAX: u32 = 1 << 30;

/// What comes over the pipe, borrowed from a book that is written.
#[derive(Serialize)]
enum Sent<'a> {
    Sheet {
        name: &'a str,
        merges: &'a [(u32, u32, u32, u32)],
        from_1904: bool,
    },
    Rows(&'a [Vec<Cell>]),
    /// The book is whole.
    End,
}

/// The same as it is read.
#[derive(Deserialize)]
enum Come {
    Sheet { name: String, merges: Vec<(u32, u32, u32, u32)>, from_1904: bool },
    Rows(Vec<Vec<Cell>>),
    End,
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Writes a book.
pub fn write_book(book: &Book, to: &mut impl Write) -> io::Result<()> {
    for sheet in &book.sheets {
        let Sheet { name, rows, merges, from_1904 } = sheet;
        send(&Sent::Sheet { name, merges, from_1904: *from_1904 }, to)?;
        for page in rows.chunks(PAGE_ROWS) {
            send(&Sent::Rows(page), to)?;
        }
    }
    send(&Sent::End, to)?;
    to.flush()
}

fn send(page: &Sent<'_>, to: &mut impl Write) -> io::Result<()> {
    let bytes = postcard::to_stdvec(page).map_err(invalid)?;
    let length = u32::try_from(bytes.len()).map_err(invalid)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)
}

/// Reads a book that `write_book` wrote; an error if it is not whole.
pub fn read_book(from: &mut impl Read) -> io::Result<Book> {
    let mut book = Book::default();
    let mut bytes = Vec::new();
    loop {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length > PAGE_BYTES_MAX {
            return Err(invalid("a page too long"));
        }
        bytes.clear();
        from.take(u64::from(length)).read_to_end(&mut bytes)?;
        match postcard::from_bytes(&bytes).map_err(invalid)? {
            Come::Sheet { name, merges, from_1904 } => {
                book.sheets.push(Sheet { name, rows: Vec::new(), merges, from_1904 });
            }
            Come::Rows(rows) => {
                book.sheets.last_mut().ok_or_else(|| invalid("rows without a sheet"))?.rows.extend(rows);
            }
            Come::End => return Ok(book),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_comes_as_it_went_and_half_of_one_is_an_error() {
        assert_eq!(size_of::<Cell>(), 24);
        let row = vec![Cell::Text("宜章农商银行白石渡支行".into()), Cell::Empty, Cell::Number(0.5)];
        let sheet = Sheet { name: "台账".to_owned(), rows: vec![row; 2_500], ..Sheet::default() };
        let book = Book { sheets: vec![sheet, Sheet::default()] };
        let mut bytes = Vec::new();
        write_book(&book, &mut bytes).unwrap();
        assert_eq!(read_book(&mut bytes.as_slice()).unwrap(), book);
        assert!(read_book(&mut &bytes[..bytes.len() - 1]).is_err());
    }
}
