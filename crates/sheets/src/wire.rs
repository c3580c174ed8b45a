//! A book as bytes over a pipe (being written).

use std::io::{self, Read, Write};

use crate::book::Book;

/// Writes a book.
pub fn write_book(book: &Book, to: &mut impl Write) -> io::Result<()> {
    let bytes =
        postcard::to_stdvec(book).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    to.write_all(&bytes)
}

/// Reads a book that `write_book` wrote.
pub fn read_book(from: &mut impl Read) -> io::Result<Book> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
