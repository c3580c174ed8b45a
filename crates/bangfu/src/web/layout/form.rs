//! Which column holds which field: the form of it, and what a visitor has chosen there.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_sheets::Kind;
use bangfu_sheets::cell::Unit;
use bangfu_sheets::layout::{Label, Source};

use crate::texts::{Lang, Value};

/// What a form brought, by the names of its fields.
pub(crate) type Sent = BTreeMap<String, String>;

/// The longest text that may hold for every row.
const FIXED_MAX: usize = 60;

/// Fields of which one value may hold for every row: one bank for a file, one township for a sheet.
const FOR_ALL: [&str; 8] =
    ["bank", "institution", "township", "village", "household-class", "purpose", "rate", "role"];

/// A column that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// How a layout names it.
    pub(crate) label: Label,
    /// Its header and samples of what stands below.
    pub(crate) text: String,
}

/// A field of ours, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldView {
    /// Its key.
    pub(crate) key: &'static str,
    /// Whether a file must have it, or another that says the same.
    pub(crate) is_required: bool,
    /// Whether nothing says it although something must.
    pub(crate) is_missing: bool,
    /// Whether it holds money.
    pub(crate) is_money: bool,
    /// The place of the column among the choices.
    pub(crate) column: Option<usize>,
    /// Whether the name of the sheet says it.
    pub(crate) is_sheet: bool,
    /// What holds for every row.
    pub(crate) fixed: String,
    /// In which unit it counts, where somebody says so: `yuan`, `ten-thousand-yuan`, `years`, `months`.
    pub(crate) unit: &'static str,
}

/// A table of a file: ours left, theirs right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableView {
    /// Its number on the page.
    pub(crate) number: usize,
    /// Its sheets.
    pub(crate) sheets: String,
    /// Where its header stands, if there is a file: first and last row.
    pub(crate) rows: Option<(u32, u32)>,
    /// Its columns.
    pub(crate) choices: Vec<Choice>,
    /// Our fields, those that must be there first.
    pub(crate) fields: Vec<FieldView>,
}

impl FieldView {
    /// The name of its select within a table.
    pub(crate) fn input(&self, table: &usize) -> String {
        format!("t{table}-{}", self.key)
    }

    /// Whether it comes from the column at this place among the choices.
    pub(crate) fn is_at(&self, place: &usize) -> bool {
        self.column.as_ref() == Some(place)
    }

    /// Whether one value may hold for every row of a file.
    pub(crate) fn may_hold_for_all(&self) -> bool {
        FOR_ALL.contains(&self.key)
    }
}

impl TableView {
    /// A table with what is understood of it.
    pub(crate) fn new(
        kind: Kind,
        number: usize,
        sheets: String,
        rows: Option<(u32, u32)>,
        choices: Vec<Choice>,
        told: &BTreeMap<String, Source>,
    ) -> TableView {
        let there: BTreeSet<&str> = told.keys().map(String::as_str).collect();
        let missing: BTreeSet<&str> =
            kind.missing(&there).into_iter().filter_map(|ways| ways.first().copied()).collect();
        let mut fields: Vec<FieldView> = kind
            .fields()
            .map(|field| {
                let mut view = FieldView {
                    key: field.key,
                    is_required: field.is_required,
                    is_missing: missing.contains(field.key),
                    is_money: field.is_money,
                    column: None,
                    is_sheet: false,
                    fixed: String::new(),
                    unit: "",
                };
                match told.get(field.key) {
                    None => {}
                    Some(Source::SheetName) => view.is_sheet = true,
                    Some(Source::Fixed(text)) => view.fixed.clone_from(text),
                    Some(Source::Column { label, unit, years }) => {
                        view.column = choices.iter().position(|choice| choice.label == *label);
                        view.unit = unit_key(*unit, *years);
                    }
                }
                view
            })
            .collect();
        fields.sort_by_key(|field| !field.is_required);
        TableView { number, sheets, rows, choices, fields }
    }

    /// How many of our fields come from somewhere.
    pub(crate) fn placed(&self) -> usize {
        let is_placed =
            |field: &&FieldView| field.column.is_some() || field.is_sheet || !field.fixed.is_empty();
        self.fields.iter().filter(is_placed).count()
    }

    /// Their columns that hold none of our fields.
    pub(crate) fn left_out(&self) -> Vec<&str> {
        let used: BTreeSet<usize> = self.fields.iter().filter_map(|field| field.column).collect();
        let left = self.choices.iter().enumerate().filter(|(index, _)| !used.contains(index));
        left.map(|(_, choice)| choice.label.text.as_str()).collect()
    }
}

const fn unit_key(unit: Option<Unit>, years: Option<bool>) -> &'static str {
    match (unit, years) {
        (Some(Unit::Yuan), _) => "yuan",
        (Some(Unit::TenThousandYuan), _) => "ten-thousand-yuan",
        (None, Some(true)) => "years",
        (None, Some(false)) => "months",
        (None, None) => "",
    }
}

/// What a visitor has chosen for a table, and what is wrong with it.
pub(crate) fn told(
    sent: &Sent,
    kind: Kind,
    number: usize,
    columns: &[Label],
) -> (BTreeMap<String, Source>, Vec<Wrong>) {
    let mut told: BTreeMap<String, Source> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut used: BTreeMap<usize, &'static str> = BTreeMap::new();
    let said =
        |key: &str, part: &str| sent.get(&format!("t{number}-{key}{part}")).map_or("", |text| text.trim());
    for field in kind.fields() {
        let key = field.key;
        let (place, fixed) = (said(key, ""), said(key, "-fixed"));
        let source = match place.parse::<usize>() {
            Ok(index) => {
                let Some(label) = columns.get(index) else { continue };
                if let Some(other) = used.insert(index, key) {
                    wrong.push(Wrong::Twice { column: label.text.clone(), fields: [other, key] });
                }
                let unit = match said(key, "-unit") {
                    "yuan" => Some(Unit::Yuan),
                    "ten-thousand-yuan" => Some(Unit::TenThousandYuan),
                    _ => None,
                };
                let years = match said(key, "-unit") {
                    "years" => Some(true),
                    "months" => Some(false),
                    _ => None,
                };
                Source::Column { label: label.clone(), unit, years }
            }
            Err(_) if place == "sheet" => Source::SheetName,
            Err(_) if !fixed.is_empty() && FOR_ALL.contains(&key) => {
                Source::Fixed(fixed.chars().take(FIXED_MAX).collect())
            }
            Err(_) => continue,
        };
        told.insert(key.to_owned(), source);
    }
    let there: BTreeSet<&str> = told.keys().map(String::as_str).collect();
    wrong.extend(kind.missing(&there).into_iter().map(Wrong::Missing));
    (told, wrong)
}

/// What is wrong with a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Nothing says one of these fields.
    Missing(bangfu_sheets::header::Required),
    /// Two fields come from one column.
    Twice {
        /// Its text.
        column: String,
        /// The fields.
        fields: [&'static str; 2],
    },
}

impl Wrong {
    /// It in words.
    pub(crate) fn sentence(&self, lang: Lang) -> String {
        let name = |key: &str| lang.text(&format!("column-{key}"));
        match self {
            Wrong::Missing(ways) => {
                let names: Vec<String> = ways.iter().map(|key| name(key)).collect();
                lang.text_with("columns-missing", &[("field", Value::from(names.join(" / ")))])
            }
            Wrong::Twice { column, fields } => {
                let names = fields.map(name).join(" / ");
                let args = [("column", Value::from(column.clone())), ("fields", Value::from(names))];
                lang.text_with("columns-twice", &args)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Label {
        Label { text: text.to_owned(), ..Label::default() }
    }

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_chosen_is_told_and_what_is_missing_or_doubled_is_wrong() {
        let columns = [label("条子号"), label("余额")];
        let chosen = [("t0-number", "0"), ("t0-balance", "1"), ("t0-balance-unit", "ten-thousand-yuan")];
        let (_, wrong) = told(&sent(&chosen), Kind::Ledger, 0, &columns);
        assert!(matches!(wrong[0], Wrong::Missing(&["village"])));
        let bank = [&chosen[..], &[("t0-bank", ""), ("t0-bank-fixed", " 农商银行 ")]].concat();
        let (fields, wrong) = told(&sent(&bank), Kind::Ledger, 0, &columns);
        assert_eq!(wrong, Vec::new(), "a list of balances needs no more");
        assert_eq!(fields["bank"], Source::Fixed("农商银行".to_owned()));
        let unit = Some(Unit::TenThousandYuan);
        assert_eq!(fields["balance"], Source::Column { label: label("余额"), unit, years: None });
        let twice =
            [&bank[..], &[("t0-principal", "1"), ("t0-township", "sheet"), ("t0-note", "9")]].concat();
        let (fields, wrong) = told(&sent(&twice), Kind::Ledger, 0, &columns);
        assert!(matches!(&wrong[0], Wrong::Twice { column, .. } if column == "余额"));
        assert_eq!((fields.get("township"), fields.get("note")), (Some(&Source::SheetName), None));
        let view = TableView::new(Kind::Ledger, 0, String::new(), None, Vec::new(), &fields);
        assert_eq!(view.placed(), 2, "a column that is not among the choices is placed nowhere");
    }
}
