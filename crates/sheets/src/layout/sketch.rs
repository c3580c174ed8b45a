//! What a file's columns look like to people: their headers, samples of each, and what is understood of them already.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::apply::labels;
use super::{Label, Layout, Source, Table};
use crate::Kind;
use crate::book::{Book, Cell, Sheet};
use crate::cell::{self, Unit};
use crate::header::columns::{column, match_columns};
use crate::header::texts::nearest;
use crate::header::{Columns, HEADER_ROWS, Header, SEARCHED_ROWS, TABLES_MAX, find, row};
use crate::names::{Lexicon, Names};

/// Values of a column that are shown, and the rows in which they are looked for.
const SAMPLES: usize = 3;
const SAMPLED_ROWS: usize = 200;

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its header, as a layout names it.
    pub label: Label,
    /// Its header, as it stands there.
    pub text: String,
    /// The unit of money that the header states.
    pub unit: Option<Unit>,
    /// The first different values below it.
    pub values: Vec<String>,
}

/// A table of a file. Those of several sheets that have the same header are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Its sheets.
    pub sheets: Vec<String>,
    /// The first row of its header, as the spreadsheet counts.
    pub first_row: u32,
    /// The last row of its header.
    pub last_row: u32,
    /// Its columns, from the left, as far as something stands there.
    pub columns: Vec<Sample>,
    /// What is understood of it.
    pub fields: BTreeMap<String, Source>,
}

impl Sketch {
    /// The table of a layout for the files that are like this one. For the only table of a file any sheet will do.
    pub fn tables(&self, is_only: bool, fields: &BTreeMap<String, Source>) -> Vec<Table> {
        let sheets = if is_only { vec!["*".to_owned()] } else { self.sheets.clone() };
        let rows = usize::try_from(self.last_row - self.first_row + 1).unwrap_or(1);
        let texts: Vec<Label> = self.columns.iter().map(|column| column.label.clone()).collect();
        let table =
            |sheets| Table { sheets, header_rows: rows, texts: texts.clone(), fields: fields.clone() };
        sheets.into_iter().map(table).collect()
    }
}

impl Layout {
    /// The layout of a file as far as the names of its columns tell it.
    pub fn learn(book: &Book, kind: Kind) -> Layout {
        let sketches = sketches(book, kind, None, None);
        let is_only = sketches.len() == 1;
        Layout { tables: sketches.iter().flat_map(|sketch| sketch.tables(is_only, &sketch.fields)).collect() }
    }
}

/// The tables of a file with what is understood of them: by a layout, or by the names of their columns. Somebody may
/// say in which rows the headers stand, as the spreadsheet counts.
pub fn sketches(book: &Book, kind: Kind, layout: Option<&Layout>, rows: Option<(u32, u32)>) -> Vec<Sketch> {
    let fields = kind.shape().fields;
    let lexicon = Lexicon::new(fields);
    let mut sketches: Vec<Sketch> = Vec::new();
    // By its labels, and as which of those in its sheet that bear the same.
    let mut known: HashMap<(Vec<Label>, usize), usize> = HashMap::new();
    for sheet in &book.sheets {
        let mut alike: HashMap<Vec<Label>, usize> = HashMap::new();
        for header in headers(sheet, kind, layout, &lexicon, rows).iter().take(TABLES_MAX) {
            let sketch = sketch(sheet, header, fields, layout);
            let labels: Vec<Label> = sketch.columns.iter().map(|column| column.label.clone()).collect();
            let nth = alike.entry(labels.clone()).or_default();
            let place = *known.entry((labels, *nth)).or_insert(sketches.len());
            *nth += 1;
            match sketches.get_mut(place) {
                Some(same) => same.sheets.push(sheet.name.clone()),
                None => sketches.push(sketch),
            }
        }
    }
    // A sheet of notes beside the tables holds no field.
    if sketches.iter().any(|sketch| !sketch.fields.is_empty()) {
        sketches.retain(|sketch| !sketch.fields.is_empty());
    }
    sketches
}

/// The headers of a sheet; where no name is known, the first row that may be one.
fn headers(
    sheet: &Sheet,
    kind: Kind,
    layout: Option<&Layout>,
    lexicon: &Lexicon,
    rows: Option<(u32, u32)>,
) -> Vec<Header> {
    let shape = kind.shape();
    let is_whole = |columns: &Columns| {
        shape.required.iter().all(|ways| ways.iter().any(|key| columns.contains_key(key)))
    };
    let header = |first, last| {
        let columns = match_columns(sheet, first, last, lexicon);
        Header { start: 0, first, last, end: sheet.rows.len(), columns }
    };
    if let Some((first, last)) = rows {
        let index = |row: u32| usize::try_from(row).unwrap_or(usize::MAX).saturating_sub(1);
        let (first, last) = (index(first), index(last.max(first)));
        if last >= sheet.rows.len() {
            return Vec::new();
        }
        return vec![header(first, last)];
    }
    let found = match layout {
        Some(layout) => layout.find(sheet, shape.fields, lexicon, &is_whole).0,
        None => find::tables(sheet, &find::by_names(sheet, lexicon), HEADER_ROWS, &is_whole),
    };
    if !found.is_empty() {
        return found;
    }
    let texts = |cells: &Vec<Cell>| {
        let texts: BTreeSet<String> = cells.iter().filter_map(cell::text).collect();
        texts.len()
    };
    let likely = sheet.rows.iter().take(SEARCHED_ROWS).position(|cells| texts(cells) >= 3);
    likely.map(|row| header(row, row)).into_iter().collect()
}

fn sketch(sheet: &Sheet, header: &Header, fields: &'static [Names], layout: Option<&Layout>) -> Sketch {
    let labels = labels(sheet, header.first, header.last);
    let known = layout.and_then(|layout| layout.tables.iter().find(|table| table.covers(&sheet.name)));
    let mut found = BTreeMap::new();
    for (key, place) in &header.columns {
        let told = known.and_then(|table| table.fields.get(*key));
        let source = match (labels.get(place.index), told) {
            (Some(label), Some(Source::Column { label: same, unit, years })) if label.text == same.text => {
                Some(Source::Column { label: label.clone(), unit: *unit, years: *years })
            }
            (Some(label), _) => Some(Source::Column { label: label.clone(), unit: None, years: None }),
            (None, told) => told.cloned(),
        };
        found.extend(source.map(|source| ((*key).to_owned(), source)));
    }
    let columns = labels.into_iter().enumerate().filter(|(_, label)| !label.text.is_empty());
    let first_field = fields.first().map_or("", |names| names.key);
    let columns = columns.map(|(index, label)| Sample {
        label,
        text: nearest(sheet, header.first, header.last, index),
        unit: column(sheet, header.first, header.last, index, first_field).unit,
        values: values(sheet, header, index),
    });
    Sketch {
        sheets: vec![sheet.name.clone()],
        first_row: row(header.first),
        last_row: row(header.last),
        columns: columns.collect(),
        fields: found,
    }
}

fn values(sheet: &Sheet, header: &Header, index: usize) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let rows = sheet.rows[..header.end].iter().skip(header.last + 1).take(SAMPLED_ROWS);
    for text in rows.filter_map(|cells| cells.get(index).and_then(cell::text)) {
        if values.len() < SAMPLES && !values.contains(&text) {
            values.push(text);
        }
    }
    values
}
