//! Bad rows as a workbook: the rows as they were, with the reasons in an extra column.
//!
//! The header stands above them as in the file, so that the workbook, once mended, can be read in again.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::book::{Book, Cell};
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
    for header in headers {
        let Some(sheet) = book.sheets.iter().find(|sheet| sheet.name == header.sheet) else { continue };
        let bad: Vec<&(RowPlace, String)> =
            reasons.iter().filter(|(place, _)| place.sheet == header.sheet).collect();
        if bad.is_empty() {
            continue;
        }
        let worksheet = workbook.add_worksheet();
        if !sheet.name.is_empty() {
            worksheet.set_name(&sheet.name)?;
        }
        let head = &sheet.rows[..(header.last_row as usize).min(sheet.rows.len())];
        let rows = bad.iter().filter_map(|(place, _)| sheet.rows.get(place.row as usize - 1));
        let width = head.iter().chain(rows).map(Vec::len).max().unwrap_or(0);
        let extra = u16::try_from(width).unwrap_or(u16::MAX);
        worksheet.set_column_width(extra, 60)?;
        let mut line = 0;
        for row in head {
            write_row(worksheet, line, row, &day)?;
            line += 1;
        }
        worksheet.write_string_with_format(line.saturating_sub(1), extra, title, &marked)?;
        worksheet.set_freeze_panes(line, 0)?;
        for (place, reason) in bad {
            if let Some(row) = sheet.rows.get(place.row as usize - 1) {
                write_row(worksheet, line, row, &day)?;
            }
            worksheet.write_string_with_format(line, extra, reason, &marked)?;
            line += 1;
        }
    }
    workbook.save_to_buffer()
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
