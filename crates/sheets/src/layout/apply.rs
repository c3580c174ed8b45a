//! A layout laid over a sheet: which columns it means there.

use std::collections::{BTreeSet, HashMap};

use bangfu_domain::text::squeeze;

use super::{Label, Layout, Source, Table};
use crate::book::{Cell, Sheet};
use crate::cell;
use crate::header::columns::{SEARCHED_COLUMNS, column, match_columns};
use crate::header::texts::{nearest, normal};
use crate::header::{Column, Columns, HEADER_ROWS, Header, find};
use crate::measure::{Measure, Span};
use crate::names::{Lexicon, Names};

/// The place of a column that is none: what is said of every row stands in no cell.
const NOWHERE: usize = usize::MAX;

/// The labels of the columns of a header that stands in these rows; empty ones where nothing is said. Names are looked for
/// in as many columns as without a layout.
pub(super) fn labels(sheet: &Sheet, first: usize, last: usize) -> Vec<Label> {
    let width = sheet.rows[first..=last].iter().map(Vec::len).max().unwrap_or(0).min(SEARCHED_COLUMNS);
    let texts: Vec<String> = (0..width).map(|index| squeeze(&nearest(sheet, first, last, index))).collect();
    let mut standing: HashMap<&str, usize> = HashMap::new();
    texts.iter().for_each(|text| *standing.entry(text).or_default() += 1);
    let mut alike: HashMap<(&str, Option<String>), usize> = HashMap::new();
    let mut labels: Vec<Label> = Vec::with_capacity(width);
    for (index, text) in texts.iter().enumerate() {
        let twice = standing.get(text.as_str()).is_some_and(|count| *count > 1);
        let above = || (first..=last).rev().filter_map(|row| sheet.rows[row].get(index).and_then(cell::text));
        let group = above().map(|above| squeeze(&above)).find(|above| above != text).filter(|_| twice);
        let count = alike.entry((text.as_str(), group.clone())).or_default();
        labels.push(Label { text: text.clone(), group, nth: *count });
        *count += 1;
    }
    labels
}

/// The labels of a header, and in which columns each text and each name without unit stands.
struct Labels {
    labels: Vec<Label>,
    by_text: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Labels {
    fn new(sheet: &Sheet, first: usize, last: usize) -> Labels {
        let labels = labels(sheet, first, last);
        let (mut by_text, mut by_name) = (HashMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::new());
        for (index, label) in labels.iter().enumerate().filter(|(_, label)| !label.text.is_empty()) {
            by_text.entry(label.text.clone()).or_default().push(index);
            by_name.entry(normal(&label.text)).or_default().push(index);
        }
        by_name.remove("");
        Labels { labels, by_text, by_name }
    }

    /// The column that a label means: by its text, else by its name without unit, where the unit is the header's to say.
    fn place_of(&self, label: &Label, by_name: bool) -> Option<usize> {
        let named = || self.by_name.get(&normal(&label.text)).filter(|_| by_name);
        let places = self.by_text.get(&label.text).or_else(named)?;
        let grouped: Vec<usize> =
            places.iter().copied().filter(|index| self.labels[*index].group == label.group).collect();
        let places = if label.group.is_some() && !grouped.is_empty() { &grouped } else { places };
        places.get(label.nth).or_else(|| places.last()).copied()
    }
}

/// The fields of a table, in the order of its kind, and where each comes from.
fn sources<'a>(
    table: &'a Table,
    fields: &'static [Names],
) -> impl Iterator<Item = (&'static str, &'a Source)> {
    fields.iter().filter_map(|names| Some((names.key, table.fields.get(names.key)?)))
}

/// The columns that a table means in the header that stands in these rows.
fn columns_of(
    table: &Table,
    fields: &'static [Names],
    sheet: &Sheet,
    (first, last): (usize, usize),
    labels: &Labels,
) -> Columns {
    let mut columns = Columns::new();
    for (key, source) in sources(table, fields) {
        let Source::Column { label, unit, years } = source else { continue };
        let Some(index) = labels.place_of(label, unit.is_none() && years.is_none()) else { continue };
        if columns.values().any(|column: &Column| column.index == index) {
            continue;
        }
        let read = column(sheet, first, last, index, key);
        let span = years.map(|years| if years { Span::Years } else { Span::Months });
        let (unit, span) = (unit.or(read.unit), span.unwrap_or(read.span));
        columns.insert(key, Column { unit, span, ..read });
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
            let (rows, labels) = ((first, last), Labels::new(sheet, first, last));
            let read = own
                .iter()
                .enumerate()
                .map(|(at, table)| (at, columns_of(table, fields, sheet, rows, &labels)));
            // Of tables that fit alike the first stands.
            read.rev().max_by_key(|(_, columns)| columns.len()).unwrap_or_default()
        };
        let wanted = |table: &Table| sources(table, fields).filter(|(_, source)| is_column(source)).count();
        let complete = |first: usize, last: usize| -> Columns {
            let (at, mut columns) = best(first, last);
            complete(own[at], fields, lexicon, sheet, (first, last), &mut columns);
            columns
        };
        let has_all = |columns: &Columns| {
            own.iter().any(|table| {
                let mut wanted_keys = sources(table, fields).filter(|(_, source)| is_column(source));
                columns.len() == wanted(table) && wanted_keys.all(|(key, _)| columns.contains_key(key))
            })
        };
        let top = find::find(sheet, &|first, last| best(first, last).1, rows_max, &has_all);
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
        let (unit, span, measure) = (None, Span::default(), Measure::default());
        columns.insert(key, Column { index: NOWHERE, text, unit, span, measure, fixed });
    }
}
