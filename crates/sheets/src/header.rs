//! Finding the header under the title rows, and which column holds which field.

use std::collections::BTreeMap;

use bangfu_domain::text::squeeze;
use serde::{Deserialize, Serialize};

use crate::book::{Book, Cell, Sheet};
use crate::cell::{self, Unit};
use crate::fault::SheetHeader;

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

/// A field and the names under which columns hold it, without blanks and brackets.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The field's key.
    pub key: &'static str,
    /// Its names, the most usual first.
    pub names: &'static [&'static str],
}

/// Alternatives of which a file must have one.
pub type Required = &'static [&'static str];

/// A column that holds a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its place in the row.
    pub(crate) index: usize,
    /// The header text nearest to the data, without line breaks.
    pub(crate) text: String,
    /// The unit that the header states.
    pub(crate) unit: Option<Unit>,
}

/// The header of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Index of its first row.
    pub(crate) first: usize,
    /// Index of its last row.
    pub(crate) last: usize,
    /// Its columns by field.
    pub(crate) columns: BTreeMap<&'static str, Column>,
}

impl Header {
    /// Where it stands, as the spreadsheet counts.
    pub(crate) fn place(&self, sheet: &Sheet) -> SheetHeader {
        let row = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
        SheetHeader { sheet: sheet.name.clone(), first_row: row(self.first), last_row: row(self.last) }
    }
}

/// In how many rows from the top a header is looked for, and how many rows it may have.
const SEARCHED_ROWS: usize = 60;
const HEADER_ROWS: usize = 3;

/// The headers of a book's sheets; sheets without one are left out. A fault if no sheet has all that is required.
pub(crate) fn find_all<'a>(
    book: &'a Book,
    fields: &[Names],
    required: &[Required],
) -> Result<Vec<(&'a Sheet, Header)>, HeaderFault> {
    let mut found = Vec::new();
    let mut best: Option<(usize, HeaderFault)> = None;
    for sheet in &book.sheets {
        let Some(header) = find(sheet, fields) else { continue };
        let missing: Vec<&Required> =
            required.iter().filter(|ways| !ways.iter().any(|key| header.columns.contains_key(key))).collect();
        if missing.is_empty() {
            found.push((sheet, header));
        } else if best.as_ref().is_none_or(|(count, _)| header.columns.len() > *count) {
            best = Some((header.columns.len(), fault(fields, &missing, Some((sheet, &header)))));
        }
    }
    if found.is_empty() {
        let all: Vec<&Required> = required.iter().collect();
        return Err(best.map_or_else(|| fault(fields, &all, None), |(_, fault)| fault));
    }
    Ok(found)
}

fn fault(fields: &[Names], missing: &[&Required], at: Option<(&Sheet, &Header)>) -> HeaderFault {
    let names = |key: &str| {
        fields.iter().find(|field| field.key == key).map_or(&[][..], |field| field.names).iter().take(5)
    };
    let missing = missing
        .iter()
        .map(|ways| {
            let looked = ways.iter().flat_map(|key| names(key)).map(|name| (*name).to_owned()).collect();
            (ways.first().copied().unwrap_or_default().to_owned(), looked)
        })
        .collect();
    let Some((sheet, header)) = at else { return HeaderFault { missing, found: Vec::new(), row: None } };
    let mut found: Vec<String> = Vec::new();
    for index in 0..sheet.rows[header.last].len() {
        let text = nearest(sheet, header.first, header.last, index);
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    HeaderFault { missing, found, row: u32::try_from(header.last + 1).ok() }
}

/// The header of a sheet: the rows in which most fields are named.
fn find(sheet: &Sheet, fields: &[Names]) -> Option<Header> {
    let mut best: Option<Header> = None;
    for last in 0..sheet.rows.len().min(SEARCHED_ROWS) {
        for depth in 0..HEADER_ROWS.min(last + 1) {
            let first = last - depth;
            let columns = match_columns(sheet, first, last, fields);
            // More rows than needed are title rows; of equals the earlier and the shorter stands.
            if columns.len() >= 2 && best.as_ref().is_none_or(|best| columns.len() > best.columns.len()) {
                best = Some(Header { first, last, columns });
            }
        }
    }
    let mut best = best?;
    // A group row above the names belongs to the header although it names no field.
    if best.first == best.last && best.first > 0 && is_group_row(sheet, best.first - 1) {
        best.first -= 1;
    }
    Some(best)
}

/// True for a row of several different short texts and nothing else: groups such as 贷款信息, 还款情况.
fn is_group_row(sheet: &Sheet, row: usize) -> bool {
    let mut texts: Vec<String> = Vec::new();
    for cell in &sheet.rows[row] {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                let text = squeeze(text);
                if text.chars().count() > 12 || text.contains(['：', ':']) {
                    return false;
                }
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            _ => return false,
        }
    }
    texts.len() >= 2
}

fn match_columns(
    sheet: &Sheet,
    first: usize,
    last: usize,
    fields: &[Names],
) -> BTreeMap<&'static str, Column> {
    let width = sheet.rows[first..=last].iter().map(Vec::len).max().unwrap_or(0);
    let texts: Vec<String> = (0..width).map(|index| nearest(sheet, first, last, index)).collect();
    let mut columns: BTreeMap<&'static str, Column> = BTreeMap::new();
    let mut take = |index: usize, names: &[String], unit: Option<Unit>| {
        let field = names.iter().find_map(|name| {
            fields
                .iter()
                .find(|field| field.names.contains(&name.as_str()) && !columns.contains_key(field.key))
        });
        if let Some(field) = field {
            columns.insert(field.key, Column { index, text: texts[index].clone(), unit });
        }
        field.is_some()
    };
    // Names with their group first: of two columns 金融机构, the one below 贷款情况 is the lender's.
    let mut left = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        if text.is_empty() || text.chars().count() > 40 {
            continue;
        }
        let (name, unit) = normal(text);
        let names = below_groups(sheet, first, last, index, &name);
        if !take(index, &names, unit) {
            left.push((index, name, unit));
        }
    }
    for (index, name, unit) in left {
        take(index, &[name], unit);
    }
    columns
}

/// The lowest text of a column within rows, without line breaks.
fn nearest(sheet: &Sheet, first: usize, last: usize, index: usize) -> String {
    (first..=last).rev().find_map(|row| sheet.rows[row].get(index).and_then(shown)).unwrap_or_default()
}

/// A header's text as reports name it: without line breaks.
pub(crate) fn shown(cell: &Cell) -> Option<String> {
    let text: String = cell::text(cell)?.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    Some(text.trim().to_owned())
}

/// What a group adds to the names below it: 姓名 below 借款人信息 is 借款人姓名.
const GROUP_ENDINGS: [&str; 6] = ["基本信息", "基本情况", "信息", "情况", "明细", "部分"];

/// A column's name with each group above it, the nearest first.
fn below_groups(sheet: &Sheet, first: usize, last: usize, index: usize, name: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in (first..=last).rev() {
        let Some(text) = sheet.rows[row].get(index).and_then(cell::text) else { continue };
        let (group, _) = normal(&text);
        if group != name {
            let bare = GROUP_ENDINGS.iter().find_map(|ending| group.strip_suffix(ending)).unwrap_or(&group);
            names.push(format!("{bare}{name}"));
        }
    }
    names
}

/// A header text as names are compared, and the unit of money that it states.
fn normal(text: &str) -> (String, Option<Unit>) {
    let text = squeeze(text);
    let unit = if text.contains("万元") {
        Some(Unit::TenThousandYuan)
    } else if text.contains("(元)")
        || text.contains("[元]")
        || text.ends_with("/元")
        || text.contains("单位:元")
    {
        Some(Unit::Yuan)
    } else {
        None
    };
    let mut name = String::with_capacity(text.len());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' => depth = depth.saturating_sub(1),
            '*' | ':' | '/' | '、' | '_' | '-' | '"' | '\'' => {}
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    let name = name.trim_end_matches("万元").trim_end_matches('元').to_owned();
    (name, unit)
}

/// The unit that the rows above the header state: 单位：万元.
pub(crate) fn title_unit(sheet: &Sheet, header: &Header) -> Unit {
    let stated = sheet.rows[..header.first].iter().flatten().any(|cell| match cell {
        Cell::Text(text) => {
            let text = squeeze(text);
            text.contains("单位:万元") || text.contains("(万元)")
        }
        _ => false,
    });
    if stated { Unit::TenThousandYuan } else { Unit::Yuan }
}
