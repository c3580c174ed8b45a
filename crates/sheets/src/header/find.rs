//! The rows in which a header stands, and the tables that follow one another in a sheet.

use bangfu_domain::text::squeeze;

use super::columns::match_columns;
use super::texts::{count_of, is_group_row, is_unit};
use super::{Column, Columns, Header};
use crate::book::{Cell, Sheet};
use crate::cell;
use crate::names::Lexicon;

/// In how many rows from the top a header is looked for.
pub(crate) const SEARCHED_ROWS: usize = 60;

/// How many rows a header may have.
pub(crate) const HEADER_ROWS: usize = 3;

/// In how many rows above its header a table's title is looked for, where another table stands before it.
const TITLE_ROWS: usize = 6;

/// Which columns a header has that stands in the rows from one to another.
pub(crate) type Reading<'a> = dyn Fn(usize, usize) -> Columns + 'a;

/// Reads a sheet's headers by the names under which books hold their columns.
pub(crate) fn by_names<'a>(sheet: &'a Sheet, lexicon: &'a Lexicon) -> impl Fn(usize, usize) -> Columns + 'a {
    move |first, last| match_columns(sheet, first, last, lexicon)
}

/// The tables of a sheet, the first whole or not, and each below it that has all that is required and other columns
/// than the one above it.
pub(crate) fn tables(
    sheet: &Sheet,
    reading: &Reading<'_>,
    rows_max: usize,
    is_whole: &dyn Fn(&Columns) -> bool,
) -> Vec<Header> {
    match find(sheet, reading, rows_max, is_whole) {
        Some(header) => below(sheet, header, reading, rows_max, is_whole),
        None => Vec::new(),
    }
}

/// A table, and those below it.
pub(crate) fn below(
    sheet: &Sheet,
    header: Header,
    reading: &Reading<'_>,
    rows_max: usize,
    is_whole: &dyn Fn(&Columns) -> bool,
) -> Vec<Header> {
    let mut tables = vec![header];
    let mut row = tables[0].last + 1;
    while row < sheet.rows.len() {
        let above = &tables[tables.len() - 1];
        if !may_be_header(&sheet.rows[row]) || repeats(sheet, above, row) {
            row += 1;
            continue;
        }
        let next = at(sheet, reading, row, above.last + 1, rows_max);
        let next = next.filter(|next| is_whole(&next.columns) && differs(&next.columns, &above.columns));
        row = next.as_ref().map_or(row, |next| next.last) + 1;
        if let Some(mut next) = next {
            next.start = title_above(sheet, &next, above.last + 1);
            if let Some(above) = tables.last_mut() {
                above.end = next.start;
            }
            tables.push(next);
        }
    }
    tables
}

/// The header of a sheet: the rows in which most fields are named. One that has all it needs is not given up for a wider
/// one below its records.
pub(crate) fn find(
    sheet: &Sheet,
    reading: &Reading<'_>,
    rows_max: usize,
    is_whole: &dyn Fn(&Columns) -> bool,
) -> Option<Header> {
    let mut best: Option<Header> = None;
    for last in 0..sheet.rows.len().min(SEARCHED_ROWS) {
        let is_below = |best: &Header| last >= best.last + rows_max || has_long_number(&sheet.rows[last]);
        if best.as_ref().is_some_and(|best| is_below(best) && is_whole(&best.columns)) {
            break;
        }
        for depth in 0..rows_max.min(last + 1) {
            consider(sheet, reading, last - depth, last, &mut best);
        }
    }
    Some(stretched(sheet, reading, best?, 0))
}

/// The header whose last row with names is this one, below a row above which it cannot reach.
fn at(sheet: &Sheet, reading: &Reading<'_>, last: usize, lowest: usize, rows_max: usize) -> Option<Header> {
    let mut best: Option<Header> = None;
    for depth in 0..rows_max.min(last + 1 - lowest) {
        if may_be_header(&sheet.rows[last - depth]) {
            consider(sheet, reading, last - depth, last, &mut best);
        }
    }
    Some(stretched(sheet, reading, best?, lowest))
}

/// More rows than needed are title rows; of equals the earlier and the shorter stands.
fn consider(sheet: &Sheet, reading: &Reading<'_>, first: usize, last: usize, best: &mut Option<Header>) {
    let columns = reading(first, last);
    if columns.len() >= 2 && best.as_ref().is_none_or(|best| columns.len() > best.columns.len()) {
        *best = Some(Header { start: 0, first, last, end: sheet.rows.len(), columns });
    }
}

/// A header with the rows around its names that belong to it.
fn stretched(sheet: &Sheet, reading: &Reading<'_>, mut header: Header, lowest: usize) -> Header {
    // A group row above the names belongs to the header although it names no field.
    if header.first == header.last && header.first > lowest && is_group_row(sheet, header.first - 1) {
        header.first -= 1;
    }
    // Units below the names (（万元）, %), and a row that counts the columns.
    while header.last + 1 < sheet.rows.len() && is_below_names(sheet, &header) {
        header.last += 1;
        header.columns = reading(header.first, header.last);
    }
    header
}

/// True for a row in which an identity number stands, or another number of so many digits: a record.
fn has_long_number(cells: &[Cell]) -> bool {
    let digits = |text: String| text.bytes().filter(u8::is_ascii_digit).count();
    cells.iter().filter_map(cell::text).any(|text| digits(text) >= 15)
}

/// True for a row of several texts without a digit: a record has numbers and days.
fn may_be_header(cells: &[Cell]) -> bool {
    let mut texts = 0;
    for cell in cells {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) if !text.bytes().any(|byte| byte.is_ascii_digit()) => texts += 1,
            _ => return false,
        }
    }
    texts >= 3
}

/// True if all that stands in a row stands in the same places of a header's row: printed pages repeat it.
fn repeats(sheet: &Sheet, header: &Header, row: usize) -> bool {
    let text =
        |cells: &[Cell], index: usize| cells.get(index).and_then(cell::text).map(|text| squeeze(&text));
    let cells = &sheet.rows[row];
    (header.first..=header.last).any(|above| {
        let above = &sheet.rows[above];
        (0..cells.len()).all(|index| {
            text(cells, index).is_none_or(|here| text(above, index).is_some_and(|there| there == here))
        })
    })
}

/// True if columns stand elsewhere, or count in other units.
fn differs(these: &Columns, those: &Columns) -> bool {
    let place = |columns: &Columns| -> Vec<_> {
        let of = |(key, column): (&&'static str, &Column)| {
            (*key, column.index, column.unit, column.span, column.measure)
        };
        columns.iter().map(of).collect()
    };
    place(these) != place(those)
}

/// The first row of the titles right above a table's header: rows that say one thing only and no sum.
fn title_above(sheet: &Sheet, header: &Header, lowest: usize) -> usize {
    let is_title = |row: usize| {
        let mut texts: Vec<String> =
            sheet.rows[row].iter().filter_map(cell::text).map(|text| squeeze(&text)).collect();
        texts.dedup();
        let ends_the_one_above = ["计", "填表", "制表", "审核", "负责人", "经办", "注:"];
        texts.len() <= 2
            && !texts.iter().any(|text| ends_the_one_above.iter().any(|word| text.contains(word)))
    };
    let lowest = lowest.max(header.first.saturating_sub(TITLE_ROWS));
    let rows = (lowest..header.first).rev().take_while(|row| is_title(*row));
    rows.last().unwrap_or(header.first)
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
