//! A paper as a workbook of one sheet. No cell ever starts a formula: texts are written as texts.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{Paper, Part, Table};
use crate::export::{Value, excel_day};

/// Widths of columns, in characters.
const WIDTHS: (usize, usize) = (6, 36);

/// Writes a paper as a workbook.
pub fn to_xlsx(paper: &Paper, sheet: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet_with_constant_memory()?;
    worksheet.set_name(sheet)?;
    worksheet.set_paper_size(9);
    if paper.landscape {
        worksheet.set_landscape();
    }
    worksheet.set_print_fit_to_pages(1, 0);
    worksheet.set_footer(format!("&C{}", paper.foot.replace('&', "&&")));
    for (column, width) in (0..).zip(widths(paper)) {
        worksheet.set_column_width(column, width)?;
    }
    let mut writer = Writer { worksheet, line: 0, formats: Formats::new() };
    writer.paper(paper)?;
    workbook.save_to_buffer()
}

struct Formats {
    title: Format,
    bold: Format,
    large: Format,
    head: Format,
    text: Format,
    sum: Format,
    day: Format,
    money: Format,
    money_sum: Format,
}

impl Formats {
    fn new() -> Formats {
        let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        let money = cell.clone().set_num_format("#,##0.00");
        Formats {
            title: Format::new().set_bold().set_font_size(16),
            bold: Format::new().set_bold(),
            large: Format::new().set_bold().set_font_size(20),
            head: cell.clone().set_bold().set_align(FormatAlign::Center).set_background_color(0xEEF2F6),
            sum: cell.clone().set_bold(),
            day: cell.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            money_sum: money.clone().set_bold(),
            money,
            text: cell,
        }
    }
}

struct Writer<'a> {
    worksheet: &'a mut Worksheet,
    line: u32,
    formats: Formats,
}

impl Writer<'_> {
    fn paper(&mut self, paper: &Paper) -> Result<(), XlsxError> {
        let title = self.formats.title.clone();
        self.text(&paper.title, Some(&title))?;
        let facts = paper.facts.iter().map(|(name, value)| format!("{name}：{value}"));
        let facts: Vec<String> = [paper.unit.clone()].into_iter().chain(facts).collect();
        self.text(&facts.join("　"), None)?;
        for part in &paper.parts {
            match part {
                Part::Heading(text) => {
                    let bold = self.formats.bold.clone();
                    self.text(text, Some(&bold))?;
                }
                Part::Paragraph(text) => self.text(text, None)?,
                Part::Large(name, value) => {
                    self.text(name, None)?;
                    let large = self.formats.large.clone();
                    self.text(value, Some(&large))?;
                }
                Part::Table(table) => self.table(table)?,
                Part::Signs(lines) => self.text(&lines.join("　　　　　　"), None)?,
                Part::Address(address, what) => {
                    self.text(what, None)?;
                    self.text(address, None)?;
                }
                Part::Break => self.line += 1,
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str, format: Option<&Format>) -> Result<(), XlsxError> {
        match format {
            Some(format) => self.worksheet.write_string_with_format(self.line, 0, text, format)?,
            None => self.worksheet.write_string(self.line, 0, text)?,
        };
        self.line += 1;
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), XlsxError> {
        if !table.caption.is_empty() {
            let bold = self.formats.bold.clone();
            self.text(&table.caption, Some(&bold))?;
        }
        for (column, text) in (0..).zip(&table.header) {
            self.worksheet.write_string_with_format(self.line, column, text, &self.formats.head)?;
        }
        self.line += 1;
        for (at, row) in table.rows.iter().enumerate() {
            for (column, value) in (0..).zip(row) {
                self.cell(column, value, table.is_sum(at))?;
            }
            self.line += 1;
        }
        self.line += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, value: &Value, is_sum: bool) -> Result<(), XlsxError> {
        let text = if is_sum { &self.formats.sum } else { &self.formats.text };
        let (line, worksheet) = (self.line, &mut *self.worksheet);
        match value {
            Value::Text(said) => worksheet.write_string_with_format(line, column, said, text)?,
            Value::Date(None) => worksheet.write_blank(line, column, text)?,
            Value::Date(Some(date)) => match excel_day(*date) {
                Some(stamp) => {
                    worksheet.write_datetime_with_format(line, column, &stamp, &self.formats.day)?
                }
                None => worksheet.write_string_with_format(line, column, date.to_string(), text)?,
            },
            Value::Money(amount) => {
                // A workbook keeps money as a binary fraction; the exact text leads to the nearest one.
                let yuan: f64 = amount.to_string().parse().unwrap_or_default();
                let format = if is_sum { &self.formats.money_sum } else { &self.formats.money };
                worksheet.write_number_with_format(line, column, yuan, format)?
            }
            Value::Integer(number) => {
                let number: f64 = number.to_string().parse().unwrap_or_default();
                worksheet.write_number_with_format(line, column, number, text)?
            }
        };
        Ok(())
    }
}

/// How wide each column has to be for the tables of a paper.
fn widths(paper: &Paper) -> Vec<u32> {
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let mut widths: Vec<usize> = Vec::new();
    let tables = paper.parts.iter().filter_map(|part| match part {
        Part::Table(table) => Some(table),
        _ => None,
    });
    for table in tables {
        let rows = table.rows.iter().take(200);
        let rows = rows.map(|row| row.iter().map(|value| wide(&value.said())).collect::<Vec<_>>());
        let header = table.header.iter().map(|text| wide(text)).collect();
        for row in rows.chain([header]) {
            widths.resize(widths.len().max(row.len()), WIDTHS.0);
            for (width, needed) in widths.iter_mut().zip(row) {
                *width = (*width).max(needed.min(WIDTHS.1));
            }
        }
    }
    widths.into_iter().map(|width| u32::try_from(width + 2).unwrap_or(10)).collect()
}
