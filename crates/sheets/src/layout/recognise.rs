//! Which of a county's layouts a file has.

use std::collections::BTreeSet;

use super::Layout;
use super::apply::labels;
use crate::Kind;
use crate::book::{Book, Sheet};
use crate::header::Columns;
use crate::header::texts::normal;
use crate::names::Lexicon;

/// What a file is recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// As none.
    None,
    /// As one, by its place among those that were asked about.
    One {
        /// Its place.
        index: usize,
        /// The texts of its columns that the file does not have any more.
        gone: Vec<String>,
    },
    /// As several alike: only people can tell which it is.
    Several(Vec<usize>),
}

/// How alike, of a hundred, a header must be to that of a layout all of whose columns it has, and to that of one of
/// which it lacks some.
const ALIKE: (usize, usize) = (60, 70);

/// The layout of a file among those of its kind: the one whose header texts it has most of.
pub fn recognise(book: &Book, kind: Kind, layouts: &[Layout]) -> Recognised {
    let lexicon = Lexicon::new(kind.shape().fields);
    let mut best: Vec<(bool, usize, usize, Vec<String>)> = Vec::new();
    for (index, layout) in layouts.iter().enumerate() {
        let sheets = book.sheets.iter().filter_map(|sheet| likeness(layout, kind, &lexicon, sheet));
        let Some((fits, alike, gone)) = sheets.max_by_key(|(fits, alike, _)| (*fits, *alike)) else {
            continue;
        };
        if alike < if fits { ALIKE.0 } else { ALIKE.1 } {
            continue;
        }
        let most = best.first().map(|(fits, alike, ..)| (*fits, *alike));
        if most.is_none_or(|most| (fits, alike) > most) {
            best.clear();
        }
        if most.is_none_or(|most| (fits, alike) >= most) {
            best.push((fits, alike, index, gone));
        }
    }
    let alike_in_all = best.windows(2).all(|pair| layouts[pair[0].2] == layouts[pair[1].2]);
    match best.pop() {
        None => Recognised::None,
        Some((_, _, index, gone)) if alike_in_all => Recognised::One { index, gone },
        Some((_, _, index, _)) => {
            Recognised::Several(best.into_iter().map(|(_, _, index, _)| index).chain([index]).collect())
        }
    }
}

/// Whether a sheet has all columns of a layout, how alike their headers are, and which columns are gone.
fn likeness(
    layout: &Layout,
    kind: Kind,
    lexicon: &Lexicon,
    sheet: &Sheet,
) -> Option<(bool, usize, Vec<String>)> {
    let fields = kind.shape().fields;
    let is_whole = |columns: &Columns| {
        kind.shape().required.iter().all(|ways| ways.iter().any(|key| columns.contains_key(key)))
    };
    let (tables, gone) = layout.find(sheet, fields, lexicon, &is_whole);
    let header = tables.first()?;
    let here: BTreeSet<String> = labels(sheet, header.first, header.last)
        .into_iter()
        .map(|label| normal(&label.text))
        .filter(|text| !text.is_empty())
        .collect();
    let own = layout.tables.iter().filter(|table| table.covers(&sheet.name));
    let alike = own.map(|table| {
        let known = Layout { tables: vec![table.clone()] }.signature();
        let (both, all) = (known.intersection(&here).count(), known.union(&here).count());
        both * 100 / all.max(1)
    });
    Some((gone.is_empty(), alike.max()?, gone))
}
