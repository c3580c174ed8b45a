//! Workbooks that count their days from 1904: what stands in their columns of days without the form of a date.

use std::borrow::Cow;

use crate::Kind;
use crate::book::{Book, Cell, Sheet};
use crate::cell;
use crate::header::Header;
use crate::layout::Layout;
use crate::names;
use crate::row::headers_of;

/// Days between the calendars of 1900 and of 1904.
const CALENDARS_APART: i32 = 1_462;

/// A sheet with the bare numbers in its columns of days told as other workbooks tell them.
pub(crate) fn in_days_of_1900<'a, 'h>(
    sheet: &'a Sheet,
    headers: impl Iterator<Item = &'h Header>,
) -> Cow<'a, Sheet> {
    if !sheet.from_1904 {
        return Cow::Borrowed(sheet);
    }
    let mut told = sheet.clone();
    for header in headers {
        let days = header.columns.iter().filter(|(key, column)| names::is_day(key) && column.fixed.is_none());
        let days: Vec<usize> = days.map(|(_, column)| column.index).collect();
        for cells in &mut told.rows[header.last + 1..header.end] {
            for index in &days {
                if let Some(cell) = cells.get_mut(*index) {
                    retell(cell);
                }
            }
        }
    }
    told.from_1904 = false;
    Cow::Owned(told)
}

/// A book with the bare numbers in its columns of days told as other workbooks tell them.
pub fn book_in_days_of_1900<'a>(book: &'a Book, kind: Kind, layout: Option<&Layout>) -> Cow<'a, Book> {
    if !book.sheets.iter().any(|sheet| sheet.from_1904) {
        return Cow::Borrowed(book);
    }
    let found = headers_of(book, kind, layout).map(|(_, headers)| headers.found).unwrap_or_default();
    let sheets = book.sheets.iter().map(|sheet| {
        let own = found.iter().filter(|(one, _)| std::ptr::eq(*one, sheet)).map(|(_, header)| header);
        in_days_of_1900(sheet, own).into_owned()
    });
    Cow::Owned(Book { sheets: sheets.collect() })
}

/// A number that counts days, the time of day behind its point left out.
fn retell(cell: &mut Cell) {
    if let Cell::Number(number) = cell
        && let Some(whole) = number.to_string().split('.').next()
        && let Ok(serial) = whole.parse::<i32>()
        && let Some(day) = cell::serial_day(&serial.saturating_add(CALENDARS_APART).to_string())
    {
        *cell = Cell::Date(day);
    }
}
