//! Bad rows as a workbook: the rows as they were, with the reasons in an extra column.
//!
//! The header stands above them as in the file, so that the workbook, once mended, can be read in again.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::book::{Book, Cell, Sheet};
use crate::cell::Unit;
use crate::day::stated_day;
use crate::fault::{RowPlace, SheetHeader};
use crate::header::title_unit;
use crate::row::day_in;

/// Writes the rows named in `reasons`, each with its reason under `title`. Numbers of a workbook that counts its days from
/// 1904 must have been told as days before.
pub fn write(
    book: &Book,
    headers: &[SheetHeader],
    reasons: &[(RowPlace, String)],
    title: &str,
) -> Result<Vec<u8>, XlsxError> {
    let mut bad: HashMap<&str, BTreeMap<u32, &str>> = HashMap::new();
    for (place, reason) in reasons {
        bad.entry(&place.sheet).or_default().insert(place.row, reason);
    }
    let mut sheets: HashMap<&str, &Sheet> = HashMap::new();
    for sheet in book.sheets.iter().rev() {
        sheets.insert(&sheet.name, sheet);
    }
    let tables: Vec<(&Sheet, &[SheetHeader])> = headers
        .chunk_by(|one, next| one.sheet == next.sheet)
        .filter_map(|own| Some((*sheets.get(own[0].sheet.as_str())?, own)))
        .collect();
    let day = tables.iter().find_map(|(sheet, headers)| {
        let mut titles = headers.iter().enumerate().map(|(place, header)| titles(sheet, header, place == 0));
        titles.find_map(|(_, day)| day).or_else(|| stated_day(&sheet.name))
    });
    let mut workbook = Workbook::new();
    let mut names = SheetNames::default();
    let mut writer = Writer {
        title,
        day_format: Format::new().set_num_format("yyyy-mm-dd"),
        marked: Format::new().set_font_color(0xB42318).set_text_wrap(),
        day,
    };
    for (sheet, headers) in &tables {
        if let Some(bad) = bad.get(sheet.name.as_str()) {
            let worksheet = workbook.add_worksheet();
            let name = names.take(&sheet.name);
            worksheet.set_name(&name)?;
            writer.sheet(worksheet, &name, sheet, headers, bad)?;
        }
    }
    workbook.save_to_buffer()
}

/// The titles of a table: the rows, and the day that they give.
fn titles(sheet: &Sheet, header: &SheetHeader, is_first: bool) -> (Vec<usize>, Option<Date>) {
    let index = |row: &u32| (*row as usize).checked_sub(1);
    // Reports of before named no titles: all that stands above the first header is one.
    let is_old = is_first && header.title_rows.is_empty();
    let above = 0..index(&header.first_row).filter(|_| is_old).unwrap_or(0);
    let rows = header.title_rows.iter().filter_map(index).chain(above);
    let rows: Vec<usize> = rows.filter(|row| *row < sheet.rows.len()).collect();
    let day = rows.iter().find_map(|row| day_in(&sheet.rows[*row]));
    (rows, day)
}

/// The last column that a workbook has, counted from 0.
const LAST_COLUMN: usize = 16_383;

/// More characters than reasons have, and fewer than a cell may.
const REASON_MAX: usize = 30_000;

struct Writer<'a> {
    title: &'a str,
    day_format: Format,
    marked: Format,
    /// The day of the position that the file states, until it is written.
    day: Option<Date>,
}

impl Writer<'_> {
    fn sheet(
        &mut self,
        worksheet: &mut Worksheet,
        name: &str,
        sheet: &Sheet,
        headers: &[SheetHeader],
        bad: &BTreeMap<u32, &str>,
    ) -> Result<(), XlsxError> {
        let rows_of = |header: &SheetHeader| {
            let last = (header.last_row as usize).min(sheet.rows.len());
            (header.first_row as usize).saturating_sub(1).min(last)..last
        };
        let row_of = |row: &u32| (*row as usize).checked_sub(1).and_then(|index| sheet.rows.get(index));
        let heads = headers.iter().flat_map(|header| &sheet.rows[rows_of(header)]);
        let width = heads.chain(bad.keys().filter_map(row_of)).map(Vec::len).max().unwrap_or(0);
        let extra = u16::try_from(width.min(LAST_COLUMN)).unwrap_or(u16::MAX);
        worksheet.set_column_width(extra, 60)?;
        let from = |header: &SheetHeader| header.from_row.unwrap_or(header.last_row.saturating_add(1));
        let (mut line, mut unit, mut frozen) = (0, None, false);
        for (place, header) in headers.iter().enumerate() {
            // Another table's rows stand below its own header.
            let next = headers.get(place + 1).map_or(u32::MAX, from).max(from(header));
            let mut own = bad.range(from(header)..next).peekable();
            if own.peek().is_none() {
                continue;
            }
            let (titles, day) = titles(sheet, header, place == 0);
            // What the titles of tables said that are left out holds here as well.
            let told = day.is_some() || stated_day(name).is_some();
            if let Some(day) = self.day.take().filter(|_| !told) {
                worksheet.write_string(line, 0, format!("截至{day}"))?;
                line += 1;
            }
            let states = titles.iter().any(|row| title_unit(&sheet.rows[*row], true) == header.unit);
            if let Some(stated) = header.unit.filter(|stated| !states && Some(*stated) != unit) {
                let stated = if stated == Unit::TenThousandYuan { "万元" } else { "元" };
                worksheet.write_string(line, 0, format!("单位：{stated}"))?;
                line += 1;
            }
            unit = header.unit;
            for row in titles.into_iter().chain(rows_of(header)) {
                write_row(worksheet, line, &sheet.rows[row], &self.day_format)?;
                line += 1;
            }
            worksheet.write_string_with_format(line.saturating_sub(1), extra, self.title, &self.marked)?;
            if !std::mem::replace(&mut frozen, true) {
                worksheet.set_freeze_panes(line, 0)?;
            }
            for (row, reason) in own {
                if let Some(row) = row_of(row) {
                    write_row(worksheet, line, row, &self.day_format)?;
                }
                let reason: String = reason.chars().take(REASON_MAX).collect();
                worksheet.write_string_with_format(line, extra, reason, &self.marked)?;
                line += 1;
            }
        }
        Ok(())
    }
}

/// The most characters of a sheet's name in Excel.
const NAME_MAX: usize = 31;

/// Names of sheets as Excel bears them: other programs let them be longer, alike but for case, or hold other signs.
#[derive(Debug, Default)]
struct SheetNames(HashSet<String>);

impl SheetNames {
    fn take(&mut self, name: &str) -> String {
        let sound: String = name.chars().filter(|c| !"[]:*?/\\".contains(*c) && !c.is_control()).collect();
        let sound = sound.trim_matches('\'').trim();
        let sound = if sound.is_empty() { "Sheet1" } else { sound };
        let numbered = (2_usize..).map(|number| format!("({number})"));
        let endings = std::iter::once(String::new()).chain(numbered);
        let short = |ending: &String| {
            let kept: String = sound.chars().take(NAME_MAX - ending.chars().count()).collect();
            format!("{}{ending}", kept.trim_end_matches('\''))
        };
        let mut names = endings.map(|ending| short(&ending));
        names.find(|name| self.0.insert(name.to_lowercase())).unwrap_or_default()
    }
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
