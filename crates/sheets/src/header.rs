//! Finding the header under the title rows, and which column holds which field.

use std::collections::{BTreeMap, HashMap};

use bangfu_domain::text::squeeze;
use serde::{Deserialize, Serialize};

use crate::book::{Book, Cell, Sheet};
use crate::cell::{self, Unit};
use crate::fault::SheetHeader;
use crate::names::{Lexicon, Names};

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

/// Alternatives of which a file must have one.
pub type Required = &'static [&'static str];

/// A column that holds a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its place in the row.
    pub(crate) index: usize,
    /// The header text nearest to the data, without line breaks.
    pub(crate) text: String,
    /// The unit of money that the header states.
    pub(crate) unit: Option<Unit>,
    /// True if the header counts in years (期限（年）).
    pub(crate) years: bool,
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
        SheetHeader { sheet: sheet.name.clone(), first_row: row(self.first), last_row: row(self.last) }
    }
}

/// The row of an index, as the spreadsheet counts.
pub(crate) fn row(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// The headers of a book.
#[derive(Debug)]
pub(crate) struct Headers<'a> {
    /// Sheets that have all that is required.
    pub(crate) found: Vec<(&'a Sheet, Header)>,
    /// Sheets that look like the others and lack something: the sheet's name and what is missing.
    pub(crate) lacking: Vec<(String, HeaderFault)>,
}

/// In how many rows from the top and columns from the left a header is looked for, and how many rows it may have.
const SEARCHED_ROWS: usize = 60;
const SEARCHED_COLUMNS: usize = 1_000;
const HEADER_ROWS: usize = 3;

/// The headers of a book's sheets; sheets without one are left out. A fault if no sheet has all that is required.
pub(crate) fn find_all<'a>(
    book: &'a Book,
    fields: &[Names],
    required: &[Required],
) -> Result<Headers<'a>, HeaderFault> {
    let lexicon = Lexicon::new(fields);
    let (mut found, mut lacking) = (Vec::new(), Vec::new());
    let mut best: Option<(usize, HeaderFault)> = None;
    for sheet in &book.sheets {
        let Some(header) = find(sheet, &lexicon) else { continue };
        let missing: Vec<&Required> =
            required.iter().filter(|ways| !ways.iter().any(|key| header.columns.contains_key(key))).collect();
        if missing.is_empty() {
            found.push((sheet, header));
            continue;
        }
        let fault = fault(fields, &missing, Some((sheet, &header)));
        if missing.len() * 2 <= required.len() {
            lacking.push((sheet.name.clone(), fault.clone()));
        }
        if best.as_ref().is_none_or(|(count, _)| header.columns.len() > *count) {
            best = Some((header.columns.len(), fault));
        }
    }
    if found.is_empty() {
        let all: Vec<&Required> = required.iter().collect();
        return Err(best.map_or_else(|| nowhere(book, fields, &all), |(_, fault)| fault));
    }
    Ok(Headers { found, lacking })
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
        let text = nearest(sheet, header.first, header.last, index);
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    HeaderFault { missing, found, row: Some(row(header.last)) }
}

/// The header of a sheet: the rows in which most fields are named.
fn find(sheet: &Sheet, lexicon: &Lexicon) -> Option<Header> {
    let mut best: Option<Header> = None;
    for last in 0..sheet.rows.len().min(SEARCHED_ROWS) {
        for depth in 0..HEADER_ROWS.min(last + 1) {
            let first = last - depth;
            let columns = match_columns(sheet, first, last, lexicon);
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
    // Units below the names (（万元）, %), and a row that counts the columns.
    while best.last + 1 < sheet.rows.len() && is_below_names(sheet, &best) {
        best.last += 1;
        best.columns = match_columns(sheet, best.first, best.last, lexicon);
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
                if text.chars().count() > 12 || text.contains(':') {
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

/// True if the row below a header still belongs to it: it has nothing but units and what is merged down into it,
/// or it counts the columns.
fn is_below_names(sheet: &Sheet, header: &Header) -> bool {
    let cells = &sheet.rows[header.last + 1];
    let filled: Vec<(usize, String)> = cells
        .iter()
        .enumerate()
        .filter_map(|(index, cell)| Some((index, squeeze(&cell::text(cell)?))))
        .collect();
    if filled.len() < 2 {
        return false;
    }
    let merged = |(index, text): &(usize, String)| {
        sheet.rows[header.last].get(*index).and_then(cell::text).is_some_and(|above| squeeze(&above) == *text)
    };
    let units = filled.iter().filter(|(_, text)| is_unit(text)).count();
    let carried = filled.iter().filter(|one| merged(one)).count();
    let counted = filled.iter().all(|(_, text)| count_of(text).is_some())
        && filled.windows(2).filter(|pair| count_of(&pair[1].1) > count_of(&pair[0].1)).count() + 2
            >= filled.len();
    (units > 0 && units + carried == filled.len()) || (filled.len() >= 4 && counted)
}

/// The number in a cell that counts columns: 3, (3), 丙.
fn count_of(text: &str) -> Option<usize> {
    let bare = text.trim_matches(['(', ')', '.', '列', '栏']);
    bare.parse().ok().or_else(|| "甲乙丙丁戊己庚辛壬癸".chars().position(|c| bare == c.to_string()))
}

/// True for a text that states a unit and names nothing.
fn is_unit(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')', '[', ']', '【', '】']);
    ["万元", "元", "%", "‰", "月", "个月", "年", "人", "户", "万", "天", "单位"].contains(&bare)
}

/// How much less sure a name is that stands below a group which does not make another name of it.
const UNSURE: usize = 100;

fn match_columns(
    sheet: &Sheet,
    first: usize,
    last: usize,
    lexicon: &Lexicon,
) -> BTreeMap<&'static str, Column> {
    let width = sheet.rows[first..=last].iter().map(Vec::len).max().unwrap_or(0).min(SEARCHED_COLUMNS);
    let texts: Vec<String> = (0..width).map(|index| nearest(sheet, first, last, index)).collect();
    let names: Vec<String> = texts.iter().map(|text| normal(text)).collect();
    let mut standing: HashMap<&str, usize> = HashMap::new();
    names.iter().for_each(|name| *standing.entry(name).or_default() += 1);
    // (rank, column, field): the surest name takes its field, of equals the column to the left.
    let mut claims: Vec<(usize, usize, &'static str)> = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if name.is_empty() || name.chars().count() > 20 {
            continue;
        }
        let groups = groups_above(sheet, first, last, index, &texts[index]);
        for (distance, group) in groups.iter().enumerate() {
            let whole = lexicon.meanings(&format!("{group}{name}")).iter();
            claims.extend(whole.map(|(field, rank)| (rank + distance, index, *field)));
        }
        if standing.get(name.as_str()).is_some_and(|count| *count > 1)
            && let Some(person) = person_before(&names, index)
        {
            let whole = lexicon.meanings(&format!("{person}{name}")).iter();
            claims.extend(whole.map(|(field, rank)| (*rank, index, *field)));
        }
        let unsure = if groups.is_empty() { 0 } else { UNSURE };
        claims.extend(lexicon.meanings(name).iter().map(|(field, rank)| (rank + unsure, index, *field)));
    }
    claims.sort_unstable();
    let mut columns: BTreeMap<&'static str, Column> = BTreeMap::new();
    for (_, index, field) in claims {
        if columns.contains_key(field) || columns.values().any(|column| column.index == index) {
            continue;
        }
        let units = units_of(sheet, first, last, index);
        let years =
            field == "term" && (names[index].ends_with("年限") || units.iter().any(|text| is_years(text)));
        let unit = units.iter().find_map(|text| money_unit(text));
        columns.insert(field, Column { index, text: texts[index].clone(), unit, years });
    }
    columns
}

/// Whose number a column holds whose name stands twice: 身份证号码 behind 贷款人姓名 is the borrower's.
fn person_before(names: &[String], index: usize) -> Option<String> {
    names[..index]
        .iter()
        .rev()
        .find_map(|name| name.strip_suffix("姓名").filter(|who| !who.is_empty()))
        .map(str::to_owned)
}

/// The lowest text of a column within rows that is more than a unit, without line breaks.
fn nearest(sheet: &Sheet, first: usize, last: usize, index: usize) -> String {
    let texts: Vec<String> =
        (first..=last).rev().filter_map(|row| sheet.rows[row].get(index).and_then(shown)).collect();
    let named = texts.iter().find(|text| !is_unit(&squeeze(text)) && count_of(&squeeze(text)).is_none());
    named.or_else(|| texts.first()).cloned().unwrap_or_default()
}

/// A header's text as reports name it: without line breaks.
pub(crate) fn shown(cell: &Cell) -> Option<String> {
    let text: String = cell::text(cell)?.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    Some(text.trim().to_owned())
}

/// What a group adds to the names below it: 姓名 below 借款人信息 is 借款人姓名.
const GROUP_ENDINGS: [&str; 8] = ["基本信息", "基本情况", "详细信息", "信息", "情况", "明细", "部分", "资料"];

/// The groups above a column's name, the nearest first.
fn groups_above(sheet: &Sheet, first: usize, last: usize, index: usize, name: &str) -> Vec<String> {
    let mut groups = Vec::new();
    for row in (first..=last).rev() {
        let Some(text) = sheet.rows[row].get(index).and_then(shown) else { continue };
        let group = normal(&text);
        if text != name && !group.is_empty() && !is_unit(&squeeze(&text)) {
            let bare = GROUP_ENDINGS.iter().find_map(|ending| group.strip_suffix(ending)).unwrap_or(&group);
            groups.push(bare.to_owned());
        }
    }
    groups
}

/// The texts of a column's header, squeezed, the lowest first.
fn units_of(sheet: &Sheet, first: usize, last: usize, index: usize) -> Vec<String> {
    let texts = (first..=last).rev().filter_map(|row| sheet.rows[row].get(index).and_then(cell::text));
    texts.map(|text| squeeze(&text)).collect()
}

/// The unit of money that a header text states.
fn money_unit(text: &str) -> Option<Unit> {
    let ten_thousand =
        text.contains("万元") || text.contains("(万)") || text.contains("[万]") || text == "万";
    if ten_thousand {
        return Some(Unit::TenThousandYuan);
    }
    let yuan = ["(元)", "[元]", "【元】", "单位:元", "/元", ",元"].iter().any(|word| text.contains(word));
    (yuan || text == "元").then_some(Unit::Yuan)
}

fn is_years(text: &str) -> bool {
    ["(年)", "[年]", "单位:年", "/年"].iter().any(|word| text.contains(word)) || text == "年"
}

/// A header text as names are compared: without blanks, brackets and what stands in them, numbering and unit.
fn normal(text: &str) -> String {
    let text = squeeze(text);
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', '、', ')']);
    let mut name = String::with_capacity(text.len());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' | '《' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' | '》' => depth = depth.saturating_sub(1),
            '*' | ':' | '/' | '、' | '_' | '-' | '"' | '\'' | ',' | '★' | '※' | '?' => {}
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    let bare = name.trim_end_matches("单位").trim_end_matches("万元").trim_end_matches('元');
    // A text that is all in brackets or all unit names nothing.
    bare.to_owned()
}

/// The unit of money that the rows above the header state: 单位：万元.
pub(crate) fn title_unit(sheet: &Sheet, header: &Header) -> Option<Unit> {
    let above = sheet.rows[..header.first].iter().flatten();
    let mut stated = above.filter_map(Cell::written).filter_map(|text| {
        let text = squeeze(text);
        let unit = text.rsplit_once("单位:").map_or(text.as_str(), |(_, unit)| unit);
        let of_money = text.contains("单位:") && unit.chars().count() <= 12;
        match (unit.contains("万元"), of_money || text.contains("(万元)") || text.contains("(元)")) {
            (true, true) => Some(Unit::TenThousandYuan),
            (false, true) if unit.contains('元') => Some(Unit::Yuan),
            _ => None,
        }
    });
    stated.next()
}

/// The unit that the money columns with a stated unit agree on: what says nothing beside them follows them.
pub(crate) fn common_unit(header: &Header, sums: &[&str]) -> Option<Unit> {
    let mut units = sums.iter().filter_map(|key| header.columns.get(key)?.unit);
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}
