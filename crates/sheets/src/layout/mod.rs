//! Layouts: how a county's or a bank's own files hold their columns.
//!
//! A layout is learnt from a file, corrected by people, and kept by the county. It finds columns by the texts of their
//! headers, so that another title row, another column or another order does no harm.

mod apply;
mod recognise;
mod sketch;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use recognise::{Recognised, recognise};
pub use sketch::{Sample, Sketch, sketches};

use crate::cell::Unit;
use crate::header::texts::normal;

/// How the files of one kind and one origin hold their columns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layout {
    /// Its tables: those of different sheets, or of one sheet below one another.
    pub tables: Vec<Table>,
}

/// A table of a layout.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// The names of its sheets, where `*` stands for anything. A sheet that no table names is left out.
    pub sheets: String,
    /// How many rows its header has at most.
    pub header_rows: usize,
    /// Every text of its header: those that hold no field are left out.
    pub texts: Vec<Label>,
    /// Where each field comes from, by its key.
    pub fields: BTreeMap<String, Source>,
}

/// A column by the text of its header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Label {
    /// The text nearest to the data, without blanks.
    pub text: String,
    /// The text above it, where the same text stands over several columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Which of several columns that agree in both it is, from 0.
    #[serde(default, skip_serializing_if = "is_first")]
    pub nth: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_first(nth: &usize) -> bool {
    *nth == 0
}

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A column.
    Column {
        /// Its header.
        label: Label,
        /// In which unit it states money, where that is not what the header says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<Unit>,
        /// Whether it counts in years, where that is not what the header says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        years: Option<bool>,
    },
    /// The same for every row: one bank for the whole file.
    Fixed(String),
    /// The name of the sheet: one township per sheet.
    SheetName,
}

impl Layout {
    /// The texts by which a file is recognised, without brackets and units, in order.
    pub fn signature(&self) -> BTreeSet<String> {
        let labels = self.tables.iter().flat_map(|table| &table.texts);
        labels.map(|label| normal(&label.text)).filter(|text| !text.is_empty()).collect()
    }

    /// The fields that come from somewhere, by key.
    pub fn fields(&self) -> BTreeSet<&str> {
        self.tables.iter().flat_map(|table| table.fields.keys()).map(String::as_str).collect()
    }
}

impl Table {
    /// True if a sheet of this name is one of its sheets.
    pub fn covers(&self, sheet: &str) -> bool {
        let mut parts = self.sheets.split('*');
        let Some(mut rest) = sheet.strip_prefix(parts.next().unwrap_or("")) else { return false };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_sheets_covers_what_its_stars_stand_for() {
        let covers =
            |sheets: &str, name| Table { sheets: sheets.to_owned(), ..Table::default() }.covers(name);
        assert!(covers("*", "") && covers("*", "白石渡镇") && covers("台账", "台账"));
        assert!(covers("*镇", "白石渡镇") && covers("台账*", "台账2") && covers("a*b*c", "axbyc"));
        assert!(!covers("台账", "台账2") && !covers("*镇", "封面") && !covers("a*b*c", "acb"));
    }
}
