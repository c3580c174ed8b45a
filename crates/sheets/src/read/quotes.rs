//! Quotes that never close. A cell may hold line breaks, but the rows of a table must not vanish in one.
//!
//! A quote that somebody typed at the beginning of a cell and never closed would make one cell of all that follows,
//! up to the next such quote or to the end. Here such a line is told from a cell of several lines, and written
//! anew so that it is a row of its own, whose other lines are rows again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::CHARACTERS_MAX;

/// A text in which every quote closes.
pub(super) struct Mended<'a> {
    /// The text.
    pub(super) text: Cow<'a, str>,
    /// The bytes at which the lines begin in which a quote never closed.
    pub(super) torn: BTreeSet<usize>,
}

/// More lines, and more bytes, than anybody writes into a cell: one that goes on is none.
const LINES_MAX: usize = 200;
const BYTES_MAX: usize = 4 * CHARACTERS_MAX;

/// Where a byte of a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the beginning of a field, where a quote opens.
    Start,
    /// In a field without quotes, or behind its closing one.
    Field,
    /// In quotes that opened at this byte of their line.
    Quoted(usize),
}

/// Lines that are one row of the table.
struct Record {
    lines: Range<usize>,
    /// How many signs divide its fields.
    divided: usize,
    /// The byte of its only line at which a quote opens that never closes.
    torn: Option<usize>,
}

/// Writes the lines anew whose quotes never close.
pub(super) fn mend(text: &str, delimiter: u8) -> Mended<'_> {
    let whole = Mended { text: Cow::Borrowed(text), torn: BTreeSet::new() };
    if !text.contains('"') {
        return whole;
    }
    let lines: Vec<&str> = lines(text);
    let signs = signs(&records(&lines, delimiter, None));
    let records = records(&lines, delimiter, Some(signs));
    if records.iter().all(|record| record.torn.is_none()) {
        return whole;
    }
    let mut mended = String::with_capacity(text.len() + 1024);
    let mut torn = BTreeSet::new();
    for Record { lines: range, torn: at, .. } in records {
        let Some(at) = at else {
            mended.extend(lines[range].iter().copied());
            continue;
        };
        torn.insert(mended.len());
        let line = lines[range.start];
        let bare = line.trim_end_matches(['\r', '\n']);
        mended.push_str(&bare[..at]);
        let fields = bare[at..].split(char::from(delimiter));
        let quoted: Vec<String> = fields.map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
        mended.push_str(&quoted.join(&char::from(delimiter).to_string()));
        mended.push_str(&line[bare.len()..]);
    }
    Mended { text: Cow::Owned(mended), torn }
}

/// The lines of a text with their ends, whichever of the three there are.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\r', '\n']) {
        let end = end + if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        let (line, behind) = rest.split_at(end);
        lines.push(line);
        rest = behind;
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// The lines as rows. With `signs`, how many signs divide a row of the table, what looks like a cell of several
/// lines and holds rows is torn apart as well.
fn records(lines: &[&str], delimiter: u8, signs: Option<usize>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut start = 0;
    while start < lines.len() {
        let record = record(lines, start, delimiter, signs);
        start = record.lines.end;
        records.push(record);
    }
    records
}

fn record(lines: &[&str], start: usize, delimiter: u8, signs: Option<usize>) -> Record {
    let first = scan(lines[start], delimiter, At::Start);
    let mut divided = first.divided;
    let raw = |line: &str| line.bytes().filter(|byte| *byte == delimiter).count();
    let is_row = |line: &str| signs.is_some_and(|signs| raw(line) >= signs);
    let alone = |torn| Record { lines: start..start + 1, divided: first.divided, torn };
    let At::Quoted(opened) = first.ends else {
        let short = is_row(lines[start]) && signs.is_some_and(|signs| divided < signs);
        let swallowed = short && (!first.clean || signs.is_some_and(|signs| divided * 2 < signs));
        return alone(first.widest.filter(|_| swallowed));
    };
    let mut at = first.ends;
    let mut bytes = 0;
    for end in (start + 1..lines.len()).take(LINES_MAX) {
        bytes += lines[end].len();
        if bytes > BYTES_MAX {
            break;
        }
        let next = scan(lines[end], delimiter, at);
        // A quote that closes in the middle of a word did not close this cell.
        if !next.clean_before {
            break;
        }
        (at, divided) = (next.ends, divided + next.divided);
        // Two whole rows are no row, and a whole row within quotes is no part of a cell.
        if is_row(lines[end]) && (is_row(lines[start]) || next.divided == 0) {
            break;
        }
        if !matches!(at, At::Quoted(_)) {
            return Record { lines: start..end + 1, divided, torn: None };
        }
    }
    alone(Some(opened))
}

/// What going through a line tells.
struct Scan {
    /// Where it ends: in quotes or not.
    ends: At,
    /// How many signs divide its fields.
    divided: usize,
    /// The quotes in which it begins close before a sign or the line's end.
    clean_before: bool,
    /// So do those that open in it.
    clean: bool,
    /// The byte at which the quotes open that hold the most signs.
    widest: Option<usize>,
}

fn scan(line: &str, delimiter: u8, begins: At) -> Scan {
    let bytes = line.trim_end_matches(['\r', '\n']).as_bytes();
    let mut scan = Scan { ends: begins, divided: 0, clean_before: true, clean: true, widest: None };
    let (mut inherited, mut held, mut most) = (matches!(begins, At::Quoted(_)), 0, 0);
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        match scan.ends {
            At::Quoted(_) if byte == b'"' && bytes.get(index + 1) == Some(&b'"') => index += 1,
            At::Quoted(opened) if byte == b'"' => {
                let clean = bytes.get(index + 1).is_none_or(|behind| *behind == delimiter);
                if inherited {
                    scan.clean_before = clean;
                } else {
                    scan.clean &= clean;
                    if held > most {
                        (scan.widest, most) = (Some(opened), held);
                    }
                }
                (scan.ends, inherited) = (At::Field, false);
            }
            At::Quoted(_) => held += usize::from(byte == delimiter),
            At::Start if byte == b'"' => (scan.ends, held) = (At::Quoted(index), 0),
            At::Start | At::Field if byte == delimiter => {
                (scan.ends, scan.divided) = (At::Start, scan.divided + 1);
            }
            At::Start | At::Field => scan.ends = At::Field,
        }
        index += 1;
    }
    scan
}

/// How many signs divide a row of the table: as many as in most rows that have several; of equals the more.
fn signs(records: &[Record]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for record in records.iter().filter(|record| record.torn.is_none() && record.divided >= 2) {
        *counts.entry(record.divided).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(signs, rows)| (*rows, *signs)).map_or(usize::MAX, |(signs, _)| signs)
}
