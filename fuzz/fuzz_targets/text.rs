//! A table of text, whatever its encoding, separators and quotes: no row vanishes, none is read twice.
#![no_main]

use bangfu_fuzz::read_as_all;
use bangfu_sheets::read::read_book;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Packed files are another target's.
    if bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf]) {
        return;
    }
    let Ok(book) = read_book(bytes) else { return };
    assert_eq!(book.sheets.len(), 1);
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    assert!(book.sheets[0].rows.len() <= lines, "more rows than lines");
    read_as_all(&book);
});
