//! Tables as text: commas, semicolons or tabs; UTF-8 with or without mark, or GB18030.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::ReadFault;
use super::grid::bound;
use super::quotes::{self, Mended};
use crate::book::{Book, Cell, Sheet};
use crate::cell;

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
    let delimiter = delimiter(&text);
    let Mended { text, torn } = quotes::mend(&text, delimiter);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| ReadFault::Damaged { what: error.to_string() })?;
        // The reader passes over blank lines, which a spreadsheet counts as rows.
        let start = record.position().map_or(0, csv::Position::byte);
        let (blank_lines, start) = blank_lines(&text, start);
        rows.resize_with(rows.len() + blank_lines, Vec::new);
        let mut cells: Vec<Cell> = record.iter().map(convert).collect();
        let broken = cells.iter_mut().find(|cell| matches!(cell, Cell::Text(text) if text.starts_with('"')));
        if let Some(broken) = broken.filter(|_| torn.contains(&start)) {
            *broken = Cell::Torn(cell::shown(broken).into());
        }
        for (column, cell) in cells.iter().enumerate() {
            bound(rows.len(), column, cell)?;
        }
        rows.push(cells);
    }
    Ok(Book { sheets: vec![Sheet { rows, ..Sheet::default() }] })
}

/// How many blank lines stand before the record that the reader began to look for at a byte, and where it begins.
fn blank_lines(text: &str, start: u64) -> (usize, usize) {
    let (before, rest) =
        usize::try_from(start).ok().and_then(|at| text.split_at_checked(at)).unwrap_or_default();
    // The second half of the line end before it.
    let rest = if before.ends_with('\r') { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
    let record = rest.trim_start_matches(['\r', '\n']);
    let breaks = &rest[..rest.len() - record.len()];
    (breaks.replace("\r\n", "\n").len(), text.len() - record.len())
}

fn convert(text: &str) -> Cell {
    // ="4310…" and a quote before a sign both keep a spreadsheet from reckoning with what is text.
    let text = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let text = text.strip_prefix('\'').filter(|text| text.starts_with(['=', '+', '-', '@'])).unwrap_or(text);
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
    // Banks put a tab behind numbers so that a spreadsheet keeps them as text: such a tab divides nothing.
    let lines: Vec<String> =
        lines.iter().map(|line| line.trim_end_matches('\t').replace("\t,", ",")).collect();
    let count = |sign: char| lines.iter().map(|line| line.matches(sign).count()).sum::<usize>();
    let best = [',', '\t', ';'].into_iter().rev().max_by_key(|sign| count(*sign));
    best.and_then(|sign| u8::try_from(sign).ok()).unwrap_or(b',')
}
