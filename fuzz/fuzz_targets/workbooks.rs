//! Workbooks of every form, whole or with one part of them replaced.
//!
//! Parsers of other people may panic: then the child ends, and its parent says so. What must not panic is our own.
#![no_main]

use std::io::{Cursor, Read, Write};
use std::panic::{catch_unwind, set_hook};
use std::sync::LazyLock;

use bangfu_fuzz::read_as_all;
use bangfu_sheets::read::read_book;
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const SAMPLES: [&[u8]; 3] = [
    include_bytes!("../../crates/sheets/tests/files/ledger.xlsx"),
    include_bytes!("../../crates/sheets/tests/files/ledger.xlsb"),
    include_bytes!("../../crates/sheets/tests/files/ledger.ods"),
];

/// Name and content of each part of each sample.
static PARTS: LazyLock<Vec<Vec<(String, Vec<u8>)>>> = LazyLock::new(|| SAMPLES.iter().map(|sample| parts(sample)).collect());

fuzz_target!(init: ours_alone_abort(), |bytes: &[u8]| {
    // The first byte chooses: a file as it is, or a sample in which the rest replaces the part of that name.
    let Some((&form, rest)) = bytes.split_first() else { return };
    let file = match form.checked_sub(b'1').map(usize::from).and_then(|form| PARTS.get(form)) {
        Some(parts) => with_part(parts, rest),
        None => rest.to_vec(),
    };
    let read = catch_unwind(|| read_book(&file));
    if let Ok(Ok(book)) = read {
        read_as_all(&book);
    }
});

/// A panic ends the run if it is ours, and the reading alone if it is a library's.
fn ours_alone_abort() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| at.file().to_owned()).unwrap_or_default();
        if place.contains("crates/sheets") || place.contains("crates/domain") || place.contains("fuzz") {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}

fn parts(sample: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(sample)).expect("a sample");
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its content");
        parts.push((part.name().expect("its name").into_owned(), content));
    }
    parts
}

/// A sample in which one part is replaced, or which has one more: a name, a line end, the content.
fn with_part(parts: &[(String, Vec<u8>)], put: &[u8]) -> Vec<u8> {
    let end = put.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (name, content) = (String::from_utf8_lossy(&put[..end]), put.get(end + 1..).unwrap_or_default());
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let kept = parts.iter().filter(|(known, _)| *known != name).map(|(name, old)| (name.as_str(), old.as_slice()));
    for (name, content) in kept.chain([(&*name, content)]) {
        if written.start_file(name, options).is_ok() {
            let _ = written.write_all(content);
        }
    }
    written.finish().map(Cursor::into_inner).unwrap_or_default()
}
