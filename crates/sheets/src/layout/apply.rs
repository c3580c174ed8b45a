//! A layout laid over a sheet: which columns it means there.

use std::collections::BTreeSet;

use bangfu_domain::text::squeeze;

use super::{Label, Layout, Source, Table};
use crate::book::{Cell, Sheet};
use crate::cell::{self, Unit};
use crate::header::columns::{column, match_columns};
use crate::header::texts::{nearest, normal};
use crate::header::{Column, Columns, HEADER_ROWS, Header, find};
use crate::names::{Lexicon, Names};

/// The place of a column that is none: what is said of every row stands in no cell.
const NOWHERE: usize = usize::MAX;

/// The labels of the columns of a header that stands in these rows; empty ones where nothing is said.
pub(super) fn labels(sheet: &Sheet, first: usize, last: usize) -> Vec<Label> {
    let width = sheet.rows[first..=last].iter().map(Vec::len).max().unwrap_or(0);
    let texts: Vec<String> = (0..width).map(|index| squeeze(&nearest(sheet, first, last, index))).collect();
    let mut labels: Vec<Label> = Vec::with_capacity(width);
    for (index, text) in texts.iter().enumerate() {
        let twice = texts.iter().filter(|other| *other == text).count() > 1;
        let above = || (first..=last).rev().filter_map(|row| sheet.rows[row].get(index).and_then(cell::text));
        let group = above().map(|above| squeeze(&above)).find(|above| above != text).filter(|_| twice);
        let nth = labels.iter().filter(|label| label.text == *text && label.group == group).count();
        labels.push(Label { text: text.clone(), group, nth });
    }
    labels
}

/// The column that a label means: by its text, else by its name without unit, where the unit is the header's to say.
fn place_of(label: &Label, labels: &[Label], by_name: bool) -> Option<usize> {
    let alike = |is: &dyn Fn(&Label) -> bool| -> Vec<usize> {
        let found = labels.iter().enumerate().filter(|(_, here)| !here.text.is_empty() && is(here));
        found.map(|(index, _)| index).collect()
    };
    let mut places = alike(&|here| here.text == label.text);
    if places.is_empty() && by_name {
        let name = normal(&label.text);
        places = alike(&|here| !name.is_empty() && normal(&here.text) == name);
    }
    let grouped: Vec<usize> =
        places.iter().copied().filter(|index| labels[*index].group == label.group).collect();
    let places = if label.group.is_some() && !grouped.is_empty() { grouped } else { places };
    places.get(label.nth).or_else(|| places.last()).copied()
}

/// The fields of a table, in the order of its kind, and where each comes from.
fn sources<'a>(
    table: &'a Table,
    fields: &'static [Names],
) -> impl Iterator<Item = (&'static str, &'a Source)> {
    fields.iter().filter_map(|names| Some((names.key, table.fields.get(names.key)?)))
}

/// The columns that a table means in the header that stands in these rows.
fn columns_of(table: &Table, fields: &'static [Names], sheet: &Sheet, first: usize, last: usize) -> Columns {
    let labels = labels(sheet, first, last);
    let mut columns = Columns::new();
    for (key, source) in sources(table, fields) {
        let Source::Column { label, unit, years } = source else { continue };
        let Some(index) = place_of(label, &labels, unit.is_none() && years.is_none()) else { continue };
        if columns.values().any(|column: &Column| column.index == index) {
            continue;
        }
        let read = column(sheet, first, last, index, key);
        let (unit, years) = (unit.or(read.unit), years.unwrap_or(read.years));
        columns.insert(key, Column { unit, years, ..read });
    }
    columns
}

impl Layout {
    /// The tables of a sheet, and the texts of the columns of the first that the sheet does not have any more. Where it
    /// has few of them, it is another sheet, and names alone decide.
    pub(crate) fn find(
        &self,
        sheet: &Sheet,
        fields: &'static [Names],
        lexicon: &Lexicon,
        is_whole: &dyn Fn(&Columns) -> bool,
    ) -> (Vec<Header>, Vec<String>) {
        let own: Vec<&Table> = self.tables.iter().filter(|table| table.covers(&sheet.name)).collect();
        if own.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let rows_max = own.iter().map(|table| table.header_rows).max().unwrap_or(0).max(HEADER_ROWS);
        let best = |first: usize, last: usize| -> (usize, Columns) {
            let read =
                own.iter().enumerate().map(|(at, table)| (at, columns_of(table, fields, sheet, first, last)));
            // Of tables that fit alike the first stands.
            read.rev().max_by_key(|(_, columns)| columns.len()).unwrap_or_default()
        };
        let wanted = |table: &Table| sources(table, fields).filter(|(_, source)| is_column(source)).count();
        let complete = |first: usize, last: usize| -> Columns {
            let (at, mut columns) = best(first, last);
            complete(own[at], fields, lexicon, sheet, (first, last), &mut columns);
            columns
        };
        let top = find::find(sheet, &|first, last| best(first, last).1, rows_max);
        let fits = top.as_ref().is_some_and(|header| {
            let (at, columns) = best(header.first, header.last);
            columns.len() * 2 >= wanted(own[at])
        });
        let Some(top) = top.filter(|_| fits) else {
            let by_names = find::by_names(sheet, lexicon);
            let tables = find::tables(sheet, &by_names, HEADER_ROWS, is_whole);
            let gone = if tables.is_empty() { Vec::new() } else { gone(own[0], fields, &Columns::new()) };
            return (tables, gone);
        };
        let (at, columns) = best(top.first, top.last);
        let gone = gone(own[at], fields, &columns);
        let header = Header { columns: complete(top.first, top.last), ..top };
        (find::below(sheet, header, &complete, rows_max, is_whole), gone)
    }
}

fn is_column(source: &Source) -> bool {
    matches!(source, Source::Column { .. })
}

/// The texts of a table's columns that are not among these.
fn gone(table: &Table, fields: &'static [Names], columns: &Columns) -> Vec<String> {
    let missing = sources(table, fields).filter(|(key, _)| !columns.contains_key(key));
    missing
        .filter_map(|(_, source)| match source {
            Source::Column { label, .. } => Some(label.text.clone()),
            Source::Fixed(_) | Source::SheetName => None,
        })
        .collect()
}

/// Adds what holds for every row, and for columns that are gone those that names alone would take: not such as the
/// layout knows and leaves out.
fn complete(
    table: &Table,
    fields: &'static [Names],
    lexicon: &Lexicon,
    sheet: &Sheet,
    (first, last): (usize, usize),
    columns: &mut Columns,
) {
    let known: BTreeSet<&str> = table.texts.iter().map(|label| label.text.as_str()).collect();
    let mut by_name: Option<Columns> = None;
    for (key, source) in sources(table, fields) {
        let fixed = match source {
            Source::Column { .. } if columns.contains_key(key) => continue,
            Source::Column { .. } => {
                let found =
                    by_name.get_or_insert_with(|| match_columns(sheet, first, last, lexicon)).remove(key);
                let free = |found: &Column| {
                    columns.values().all(|column| column.index != found.index)
                        && !known.contains(squeeze(&found.text).as_str())
                };
                if let Some(found) = found.filter(free) {
                    columns.insert(key, found);
                }
                continue;
            }
            Source::Fixed(text) => text.clone(),
            Source::SheetName => sheet.name.clone(),
        };
        let text = fields.iter().find(|names| names.key == key).and_then(|names| names.usual().next());
        let text = text.unwrap_or_default();
        let fixed = Some(Cell::Text(fixed.into()));
        columns.insert(key, Column { index: NOWHERE, text, unit: None::<Unit>, years: false, fixed });
    }
}
