//! Which column holds which field, by the names under which books hold them.

use std::collections::HashMap;

use super::texts::{groups_above, money_unit, nearest, normal, units_of};
use super::{Column, Columns};
use crate::book::Sheet;
use crate::measure::{Measure, Span};
use crate::names::Lexicon;

/// In how many columns from the left names are looked for.
pub(crate) const SEARCHED_COLUMNS: usize = 1_000;

/// How much less sure a name is that stands below a group which does not make another name of it.
const UNSURE: usize = 100;

/// The columns of the header that stands in these rows, by field.
pub(crate) fn match_columns(sheet: &Sheet, first: usize, last: usize, lexicon: &Lexicon) -> Columns {
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
    let mut columns = Columns::new();
    for (_, index, field) in claims {
        if columns.contains_key(field) || columns.values().any(|column| column.index == index) {
            continue;
        }
        columns.insert(field, column(sheet, first, last, index, field));
    }
    columns
}

/// A column of the header that stands in these rows, as the place of a field.
pub(crate) fn column(sheet: &Sheet, first: usize, last: usize, index: usize, field: &str) -> Column {
    let text = nearest(sheet, first, last, index);
    let units = units_of(sheet, first, last, index);
    let by_name = if normal(&text).ends_with("年限") { Span::Years } else { Span::Months };
    let span = match Span::of(&units) {
        _ if field != "term" => Span::Months,
        Span::Months => by_name,
        stated => stated,
    };
    let measure = if field == "rate" { Measure::of(&units) } else { Measure::default() };
    let unit = units.iter().find_map(|text| money_unit(text));
    Column { index, text, unit, span, measure, fixed: None }
}

/// Whose number a column holds whose name stands twice: 身份证号码 behind 贷款人姓名 is the borrower's.
fn person_before(names: &[String], index: usize) -> Option<String> {
    names[..index]
        .iter()
        .rev()
        .find_map(|name| name.strip_suffix("姓名").filter(|who| !who.is_empty()))
        .map(str::to_owned)
}
