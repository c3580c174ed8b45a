//! Finding the header under the title rows, and which column holds which field.

pub(crate) mod columns;
pub(crate) mod find;
pub(crate) mod texts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::book::{Book, Cell, Sheet};
use crate::cell::Unit;
use crate::fault::SheetHeader;
use crate::layout::Layout;
use crate::measure::{Measure, Span};
use crate::names::{Lexicon, Names};

pub(crate) use find::{HEADER_ROWS, SEARCHED_ROWS};
pub(crate) use texts::{common_unit, shown, title_unit};

/// Why a file's columns cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderFault {
    /// The required columns that were not found: for each, its key and the names that were looked for.
    pub missing: Vec<(String, Vec<String>)>,
    /// The header texts that were found in the most likely row.
    pub found: Vec<String>,
    /// That row, as the spreadsheet counts; `None` if no row looks like a header.
    pub row: Option<u32>,
}

impl HeaderFault {
    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let looked = |(_, names): &(String, Vec<String>)| names.join(" / ");
        vec![
            ("missing", self.missing.iter().map(looked).collect::<Vec<_>>().join("; ")),
            ("found", self.found.join(", ")),
            ("row", self.row.map_or_else(String::new, |row| row.to_string())),
        ]
    }
}

/// Alternatives of which a file must have one.
pub type Required = &'static [&'static str];

/// A column that holds a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// Its place in the row.
    pub(crate) index: usize,
    /// The header text nearest to the data, without line breaks.
    pub(crate) text: String,
    /// The unit of money that the header states.
    pub(crate) unit: Option<Unit>,
    /// In what it counts, if it holds terms.
    pub(crate) span: Span,
    /// In what it counts, if it holds rates.
    pub(crate) measure: Measure,
    /// What holds for every row, where a layout says so and no column does: its place is then no place of a row.
    pub(crate) fixed: Option<Cell>,
}

/// Columns by field.
pub(crate) type Columns = BTreeMap<&'static str, Column>;

/// The header of a table, and how far the table reaches: a sheet may hold several, one below the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    /// Index of the first row of its table, titles included.
    pub(crate) start: usize,
    /// Index of its first row.
    pub(crate) first: usize,
    /// Index of its last row.
    pub(crate) last: usize,
    /// Index behind the last row of its table.
    pub(crate) end: usize,
    /// Its columns by field.
    pub(crate) columns: Columns,
}

impl Header {
    /// Where it stands, as the spreadsheet counts.
    pub(crate) fn place(&self, sheet: &Sheet) -> SheetHeader {
        let (first_row, last_row) = (row(self.first), row(self.last));
        SheetHeader { sheet: sheet.name.clone(), first_row, last_row, ..SheetHeader::default() }
    }
}

/// The row of an index, as the spreadsheet counts.
pub(crate) fn row(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// The headers of a book.
#[derive(Debug)]
pub(crate) struct Headers<'a> {
    /// Tables that have all that is required, in the order of the file.
    pub(crate) found: Vec<(&'a Sheet, Header)>,
    /// Tables that a layout does not fit any more: the sheet's name, the header's row and the columns that are gone.
    pub(crate) misfits: Vec<(String, u32, Vec<String>)>,
    /// Sheets that look like the others and lack something: the sheet's name and what is missing.
    pub(crate) lacking: Vec<(String, HeaderFault)>,
    /// Sheets of more tables than are read: the sheet's name, and the first row that is not read.
    pub(crate) cut: Vec<(String, u32)>,
}

/// The most tables of a sheet that are read, each with columns of its own.
pub(crate) const TABLES_MAX: usize = 1_000;

/// The headers of a book's sheets; sheets without one are left out. A fault if no sheet has all that is required.
///
/// With a layout, its columns stand where it says; for one that is gone from the file, the names decide as they do
/// without a layout, and that is told.
pub(crate) fn find_all<'a>(
    book: &'a Book,
    fields: &'static [Names],
    required: &[Required],
    layout: Option<&Layout>,
) -> Result<Headers<'a>, HeaderFault> {
    let lexicon = Lexicon::new(fields);
    let mut headers =
        Headers { found: Vec::new(), misfits: Vec::new(), lacking: Vec::new(), cut: Vec::new() };
    let mut best: Option<(usize, HeaderFault)> = None;
    for sheet in &book.sheets {
        let missing = |columns: &Columns| -> Vec<&Required> {
            required.iter().filter(|ways| !ways.iter().any(|key| columns.contains_key(key))).collect()
        };
        let is_whole = |columns: &Columns| missing(columns).is_empty();
        let (mut tables, gone) = match layout {
            Some(layout) => layout.find(sheet, fields, &lexicon, &is_whole),
            None => {
                (find::tables(sheet, &find::by_names(sheet, &lexicon), HEADER_ROWS, &is_whole), Vec::new())
            }
        };
        let Some(header) = tables.first() else { continue };
        let missing = missing(&header.columns);
        if missing.is_empty() {
            if !gone.is_empty() {
                headers.misfits.push((sheet.name.clone(), row(header.last), gone));
            }
            headers.cut.extend(tables.get(TABLES_MAX).map(|next| (sheet.name.clone(), row(next.start))));
            tables.truncate(TABLES_MAX);
            headers.found.extend(tables.into_iter().map(|header| (sheet, header)));
            continue;
        }
        let fault = fault(fields, &missing, Some((sheet, header)));
        if missing.len() * 2 <= required.len() {
            headers.lacking.push((sheet.name.clone(), fault.clone()));
        }
        if best.as_ref().is_none_or(|(count, _)| header.columns.len() > *count) {
            best = Some((header.columns.len(), fault));
        }
    }
    if headers.found.is_empty() {
        let all: Vec<&Required> = required.iter().collect();
        return Err(best.map_or_else(|| nowhere(book, fields, &all), |(_, fault)| fault));
    }
    Ok(headers)
}

/// The fault of a book in which no row looks like a header: its first row of several texts is told.
fn nowhere(book: &Book, fields: &[Names], missing: &[&Required]) -> HeaderFault {
    let mut fault = fault(fields, missing, None);
    let texts = |cells: &[Cell]| cells.iter().filter_map(shown).collect::<Vec<String>>();
    let rows = book.sheets.iter().flat_map(|sheet| sheet.rows.iter().enumerate().take(SEARCHED_ROWS));
    if let Some((index, found)) = rows.map(|(index, cells)| (index, texts(cells))).find(|(_, t)| t.len() >= 2)
    {
        (fault.found, fault.row) = (found, Some(row(index)));
    }
    fault
}

fn fault(fields: &[Names], missing: &[&Required], at: Option<(&Sheet, &Header)>) -> HeaderFault {
    let usual = |key: &&str| {
        fields.iter().find(|field| field.key == *key).into_iter().flat_map(Names::usual).collect::<Vec<_>>()
    };
    let missing = missing
        .iter()
        .map(|ways| {
            let looked = ways.iter().flat_map(usual).collect();
            (ways.first().copied().unwrap_or_default().to_owned(), looked)
        })
        .collect();
    let Some((sheet, header)) = at else { return HeaderFault { missing, found: Vec::new(), row: None } };
    let mut found: Vec<String> = Vec::new();
    for index in 0..sheet.rows[header.last].len() {
        let text = texts::nearest(sheet, header.first, header.last, index);
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    HeaderFault { missing, found, row: Some(row(header.last)) }
}
