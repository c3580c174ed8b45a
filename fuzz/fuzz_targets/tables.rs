//! Whatever rows a file has, and whatever its header: each row is good, bad or skipped.
#![no_main]

use bangfu_fuzz::{book, read_as};
use bangfu_sheets::Kind;
use bangfu_sheets::wire;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the kind of file.
    let Some((kind, rest)) = bytes.split_first() else { return };
    let book = book(rest);
    read_as(&book, Kind::ALL[usize::from(*kind) % Kind::ALL.len()]);
    // The child hands a book on as it is.
    let mut passed = Vec::new();
    wire::write_book(&book, &mut passed).expect("a book can be handed on");
    let arrived = wire::read_book(&mut passed.as_slice()).expect("a book arrives");
    assert_eq!(format!("{arrived:?}"), format!("{book:?}"));
});
