//! Tables as text: commas, semicolons, tabs or bars; UTF-8 or UTF-16 with or without mark, or GB18030.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

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
    if let Some(fault) = of_another_form(head) {
        return Err(fault);
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

/// Signs of a text's beginning in which its form shows.
const HEAD: usize = 2_000;

/// What a text is that is no table: spreadsheets save such forms under the name of a workbook.
fn of_another_form(head: &str) -> Option<ReadFault> {
    let start: String = head.chars().take(HEAD).collect::<String>().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| start.contains(word));
    if start.starts_with('<') {
        let of_a_sheet = ["office:spreadsheet", "progid=\"excel.sheet\"", "office:document"];
        let of_a_page = ["<html", "<!doctype html", "<table", "<body", "<meta"];
        return match (has(&of_a_sheet), has(&of_a_page), start.starts_with("<?xml")) {
            (true, _, _) | (false, false, true) => Some(ReadFault::Xml),
            (false, true, _) => Some(ReadFault::WebPage),
            (false, false, false) => None,
        };
    }
    if start.starts_with("mime-version:") || has(&["content-type: multipart/related"]) {
        return Some(ReadFault::WebArchive);
    }
    start.starts_with("{\\rtf").then_some(ReadFault::RichText)
}

/// The signs that a text may lose for which its bytes stand for nothing, and of how many more it may lose one: beyond
/// that it is no text.
const LOST_MAX: (usize, usize) = (3, 100);

/// The text of bytes. What stands for nothing becomes a sign of its own: the row that holds it is told.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadFault> {
    let marked = Encoding::for_bom(bytes);
    let body = &bytes[marked.map_or(0, |(_, length)| length)..];
    let wide = marked.map(|(encoding, _)| encoding).filter(|encoding| *encoding != UTF_8);
    if let Some(wide) = wide.or_else(|| wide_without_mark(body)) {
        return sound(wide.decode_without_bom_handling(body).0);
    }
    if body.contains(&0) {
        return Err(ReadFault::Unknown);
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Ok(Cow::Borrowed(text));
    }
    let text = String::from_utf8_lossy(body);
    let more = text.chars().filter(|c| !c.is_ascii()).count() - lost(&text);
    // Chinese in two bytes a sign is hardly ever a sign of this encoding.
    if marked.is_some() || lost(&text) * 4 < more {
        return sound(text);
    }
    sound(GB18030.decode_without_bom_handling(body).0)
}

/// The encoding of a text in two bytes a sign that bears no mark: its line ends and the signs that divide it have a
/// byte of nothing, always on the same side, and no sign is one that no text has.
fn wide_without_mark(body: &[u8]) -> Option<&'static Encoding> {
    let start = body.get(..body.len().min(4_096) & !1).filter(|start| start.contains(&0))?;
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| {
        let (text, bad) = encoding.decode_without_bom_handling(start);
        let steers = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
        let divided = text.contains('\n') && text.contains([',', '\t', ';', '|']);
        !bad && body.len().is_multiple_of(2) && divided && !text.contains(steers)
    })
}

fn lost(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

fn sound(text: Cow<'_, str>) -> Result<Cow<'_, str>, ReadFault> {
    let most = LOST_MAX.0 + text.chars().count() / LOST_MAX.1;
    if lost(&text) > most || text.contains('\0') { Err(ReadFault::Unknown) } else { Ok(text) }
}

/// The sign that divides the first lines into the most columns.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    // Banks put a tab behind numbers so that a spreadsheet keeps them as text: such a tab divides nothing.
    let lines: Vec<String> =
        lines.iter().map(|line| line.trim_end_matches('\t').replace("\t,", ",")).collect();
    let count = |sign: char| lines.iter().map(|line| line.matches(sign).count()).sum::<usize>();
    let best = [',', '\t', ';', '|'].into_iter().rev().max_by_key(|sign| count(*sign));
    best.and_then(|sign| u8::try_from(sign).ok()).unwrap_or(b',')
}
