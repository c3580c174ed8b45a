//! Tables as text: commas, semicolons or tabs; UTF-8 with or without mark, or GB18030.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::ReadFault;
use crate::book::{Book, Cell, Sheet};

/// Reads a table of text.
pub(super) fn read(bytes: &[u8]) -> Result<Book, ReadFault> {
    let text = decode(bytes)?;
    let head = text.trim_start();
    if head.is_empty() {
        return Err(ReadFault::Empty);
    }
    let start: String = head.chars().take(200).collect::<String>().to_lowercase();
    if start.starts_with('<')
        && (start.contains("<html") || start.contains("<!doctype") || start.contains("<table"))
    {
        return Err(ReadFault::WebPage);
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    // Once a quoted cell spans lines, lines and rows differ.
    let mut spanned = false;
    for record in reader.records() {
        let record = record.map_err(|error| ReadFault::Damaged { what: error.to_string() })?;
        // The reader passes over blank lines; rows count as a spreadsheet would count them.
        let line = record
            .position()
            .map_or(rows.len() + 1, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
        if rows.len() + 1 < line && !spanned {
            rows.resize_with(line - 1, Vec::new);
        }
        spanned |= record.iter().any(|text| text.contains('\n'));
        rows.push(record.iter().map(cell).collect());
    }
    Ok(Book { sheets: vec![Sheet { name: String::new(), rows, merges: Vec::new() }] })
}

fn cell(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadFault> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if body.contains(&0) {
        return Err(ReadFault::Unknown);
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Ok(Cow::Borrowed(text));
    }
    GB18030.decode_without_bom_handling_and_without_replacement(body).ok_or(ReadFault::Unknown)
}

/// The sign that divides the first lines into the most columns.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let count = |sign: char| lines.iter().map(|line| line.matches(sign).count()).sum::<usize>();
    let best = [',', '\t', ';'].into_iter().rev().max_by_key(|sign| count(*sign));
    best.and_then(|sign| u8::try_from(sign).ok()).unwrap_or(b',')
}
