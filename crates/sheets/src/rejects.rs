//! Bad rows as a workbook: the rows as they were, with the reasons in an extra column.
//!
//! The header stands above them as in the file, so that the workbook, once mended, can be read in again.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::book::{Book, Cell, Sheet};
use crate::fault::{RowPlace, SheetHeader};

/// Writes the rows named in `reasons`, each with its reason under `title`.
pub fn write(
    book: &Book,
    headers: &[SheetHeader],
    reasons: &[(RowPlace, String)],
    title: &str,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let marked = Format::new().set_font_color(0xB42318).set_text_wrap();
    let mut sheets: Vec<&str> = headers.iter().map(|header| header.sheet.as_str()).collect();
    sheets.dedup();
    for name in sheets {
        let Some(sheet) = book.sheets.iter().find(|sheet| sheet.name == name) else { continue };
        let bad: Vec<&(RowPlace, String)> = reasons.iter().filter(|(place, _)| place.sheet == name).collect();
        if bad.is_empty() {
            continue;
        }
        let worksheet = workbook.add_worksheet();
        if !sheet.name.is_empty() {
            worksheet.set_name(&sheet.name)?;
        }
        let own: Vec<&SheetHeader> = headers.iter().filter(|header| header.sheet == name).collect();
        let heads = own.iter().map(|header| head(sheet, header, true));
        let rows = bad.iter().filter_map(|(place, _)| sheet.rows.get(place.row as usize - 1));
        let width = heads.flatten().chain(rows).map(Vec::len).max().unwrap_or(0);
        let extra = u16::try_from(width).unwrap_or(u16::MAX);
        worksheet.set_column_width(extra, 60)?;
        let mut line = 0;
        for (index, header) in own.iter().enumerate() {
            // Another table's rows stand below its own header.
            let next = own.get(index + 1).map_or(u32::MAX, |next| next.first_row);
            let within = |place: &RowPlace| place.row > header.last_row && place.row < next;
            let bad: Vec<_> = bad.iter().filter(|(place, _)| within(place)).collect();
            if bad.is_empty() {
                continue;
            }
            for row in head(sheet, header, index == 0) {
                write_row(worksheet, line, row, &day)?;
                line += 1;
            }
            worksheet.write_string_with_format(line.saturating_sub(1), extra, title, &marked)?;
            if index == 0 {
                worksheet.set_freeze_panes(line, 0)?;
            }
            for (place, reason) in bad {
                if let Some(row) = sheet.rows.get(place.row as usize - 1) {
                    write_row(worksheet, line, row, &day)?;
                }
                worksheet.write_string_with_format(line, extra, reason, &marked)?;
                line += 1;
            }
        }
    }
    workbook.save_to_buffer()
}

/// The rows of a header; with the titles above it for the first table of a sheet.
fn head<'a>(sheet: &'a Sheet, header: &SheetHeader, with_titles: bool) -> &'a [Vec<Cell>] {
    let first = if with_titles { 0 } else { (header.first_row as usize).saturating_sub(1) };
    let last = (header.last_row as usize).min(sheet.rows.len());
    &sheet.rows[first.min(last)..last]
}

fn write_row(sheet: &mut Worksheet, line: u32, row: &[Cell], day: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(row) {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                sheet.write_string(line, column, text.as_str())?;
            }
            Cell::Error(text) | Cell::Torn(text) => {
                sheet.write_string(line, column, &**text)?;
            }
            Cell::Number(number) => {
                sheet.write_number(line, column, *number)?;
            }
            Cell::Date(date) => match crate::export::excel_day(*date) {
                Some(stamp) => {
                    sheet.write_datetime_with_format(line, column, &stamp, day)?;
                }
                None => {
                    sheet.write_string(line, column, date.to_string())?;
                }
            },
            Cell::Bool(value) => {
                sheet.write_boolean(line, column, *value)?;
            }
        }
    }
    Ok(())
}
