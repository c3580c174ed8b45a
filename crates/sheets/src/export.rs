//! Tables out of bangfu: workbooks and CSV. No cell ever starts a formula.

use bangfu_domain::money::Fen;
use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

/// A value in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, always as text.
    Text(String),
    /// A day.
    Date(Option<Date>),
    /// Money, shown in yuan.
    Money(Fen),
    /// A whole number.
    Integer(i64),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Lines above the header: a title, a notice.
    pub titles: Vec<String>,
    /// The header.
    pub header: Vec<String>,
    /// The rows, each as wide as the header.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// The table without the columns in which no row says anything.
    pub fn without_empty_columns(mut self) -> Table {
        let empty = |row: &Vec<Value>, index: usize| match row.get(index) {
            Some(Value::Text(text)) => text.is_empty(),
            Some(Value::Date(date)) => date.is_none(),
            Some(Value::Money(_) | Value::Integer(_)) => false,
            None => true,
        };
        for index in (0..self.header.len()).rev() {
            if !self.rows.is_empty() && self.rows.iter().all(|row| empty(row, index)) {
                self.header.remove(index);
                self.rows.iter_mut().filter(|row| index < row.len()).for_each(|row| drop(row.remove(index)));
            }
        }
        self
    }
}

/// Writes a table as a workbook of one sheet.
pub fn to_xlsx(table: &Table, sheet: &str) -> Result<Vec<u8>, XlsxError> {
    to_xlsx_with_sums(table, sheet, 0)
}

/// Writes a table whose last rows are sums: the filter in the header leaves them alone.
pub fn to_xlsx_with_sums(table: &Table, sheet: &str, sums: usize) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet_with_constant_memory()?;
    worksheet.set_name(sheet)?;
    let title = Format::new().set_bold().set_font_size(14);
    let head = Format::new().set_bold().set_align(FormatAlign::Center).set_background_color(0xEEF2F6);
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let money = Format::new().set_num_format("#,##0.00");
    for column in 0..u16::try_from(table.header.len()).unwrap_or(u16::MAX) {
        worksheet.set_column_width(column, column_width(table, column))?;
    }
    let mut line = 0;
    for text in &table.titles {
        worksheet.write_string_with_format(line, 0, text, &title)?;
        line += 1;
    }
    for (column, text) in (0..).zip(&table.header) {
        worksheet.write_string_with_format(line, column, text, &head)?;
    }
    worksheet.set_freeze_panes(line + 1, 0)?;
    let filtered = u32::try_from(table.rows.len().saturating_sub(sums)).unwrap_or(u32::MAX);
    if let Some(last_column) = u16::try_from(table.header.len()).ok().and_then(|width| width.checked_sub(1))
        && filtered > 0
    {
        worksheet.autofilter(line, 0, line.saturating_add(filtered), last_column)?;
    }
    for row in &table.rows {
        line += 1;
        for (column, value) in (0..).zip(row) {
            match value {
                Value::Text(text) if text.is_empty() => {}
                Value::Text(text) => {
                    worksheet.write_string(line, column, text)?;
                }
                Value::Date(None) => {}
                Value::Date(Some(date)) => match excel_day(*date) {
                    Some(stamp) => {
                        worksheet.write_datetime_with_format(line, column, &stamp, &day)?;
                    }
                    None => {
                        worksheet.write_string(line, column, date.to_string())?;
                    }
                },
                Value::Money(amount) => {
                    // A workbook keeps money as a binary fraction; the exact text leads to the nearest one.
                    let yuan: f64 = amount.to_string().parse().unwrap_or_default();
                    worksheet.write_number_with_format(line, column, yuan, &money)?;
                }
                Value::Integer(number) => {
                    let number: f64 = number.to_string().parse().unwrap_or_default();
                    worksheet.write_number(line, column, number)?;
                }
            }
        }
    }
    workbook.save_to_buffer()
}

/// A day as a workbook keeps it; `None` before 1900, which no workbook knows.
pub(crate) fn excel_day(date: Date) -> Option<ExcelDateTime> {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), month, day).ok().filter(|_| date.year() >= 1900)
}

/// A width that shows the header and the first rows.
fn column_width(table: &Table, column: u16) -> u32 {
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let index = usize::from(column);
    let cells = table.rows.iter().take(50).filter_map(|row| row.get(index)).map(|value| match value {
        Value::Text(text) => wide(text),
        Value::Date(_) => 10,
        Value::Money(_) => 12,
        Value::Integer(_) => 6,
    });
    let widest = cells.chain(table.header.get(index).map(|text| wide(text))).max().unwrap_or(8);
    u32::try_from(widest.clamp(6, 40) + 2).unwrap_or(12)
}

/// Writes a table as CSV in UTF-8 with the mark that spreadsheets look for.
pub fn to_csv(table: &Table) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut bytes);
        for title in &table.titles {
            writer.write_record([harmless(title)])?;
        }
        writer.write_record(table.header.iter().map(|text| harmless(text)))?;
        for row in &table.rows {
            writer.write_record(row.iter().map(|value| match value {
                Value::Text(text) => text_cell(text),
                Value::Date(date) => date.map(|date| date.to_string()).unwrap_or_default(),
                Value::Money(amount) => amount.to_string(),
                Value::Integer(number) => number.to_string(),
            }))?;
        }
        writer.flush()?;
    }
    Ok(bytes)
}

/// Digits of which a spreadsheet would drop some get a tab in front, which keeps them text.
fn text_cell(text: &str) -> String {
    let digits = text.len() > 11 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X');
    if digits { format!("\t{text}") } else { harmless(text) }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{text}"),
        _ => text.to_owned(),
    }
}
