//! What reading a file gives: typed rows, bad rows with all their faults, findings, and what was skipped.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::book::Sheet;
use crate::fault::{Fault, RowPlace, SheetHeader};

/// How many rows were skipped, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Rows without content.
    pub blank: usize,
    /// Rows above the header.
    pub title: usize,
    /// The header's rows, also where it is repeated.
    pub header: usize,
    /// 小计.
    pub subtotal: usize,
    /// 合计, 总计.
    pub total: usize,
    /// 填表人, 审核人 and the like.
    pub signature: usize,
}

impl Skipped {
    /// The counts with their words.
    pub fn by_kind(&self) -> [(&'static str, usize); 6] {
        [
            ("blank", self.blank),
            ("title", self.title),
            ("header", self.header),
            ("subtotal", self.subtotal),
            ("total", self.total),
            ("signature", self.signature),
        ]
    }
}

/// A row that cannot be taken, and the place that it names: whoever knows the places can tell whether that is at
/// fault as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Where it stands.
    pub at: RowPlace,
    /// 乡镇, as it stands there.
    pub township: Option<String>,
    /// 村, as it stands there.
    pub village: Option<String>,
}

/// A file read as rows of one kind. `read` = rows + bad + skipped.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed<T> {
    /// The name of the first sheet that holds rows.
    pub sheet: String,
    /// The good rows, in the order of the file.
    pub rows: Vec<T>,
    /// The bad rows, in the order of the file.
    pub bad: Vec<BadRow>,
    /// All faults of the bad rows.
    pub faults: Vec<Fault>,
    /// What was noticed and not refused.
    pub findings: Vec<Fault>,
    /// Rows of the sheets in all.
    pub read: usize,
    /// Rows that hold no record.
    pub skipped: Skipped,
    /// The day of the position that the title gives (截至…): that of the first table that gives one.
    pub as_of: Option<Date>,
    /// The days that the titles of all tables give, each with its sheet.
    pub stated_days: Vec<(String, Date)>,
    /// Where the header of each sheet that was read stands.
    pub headers: Vec<SheetHeader>,
    /// The header text of each field that was found, by sheet and the field's key.
    pub columns: BTreeMap<String, BTreeMap<&'static str, String>>,
}

impl<T> Parsed<T> {
    /// Notes a day that a table's title gives.
    pub(crate) fn note_day(&mut self, sheet: &Sheet, day: Date) {
        self.as_of = self.as_of.or(Some(day));
        self.stated_days.push((sheet.name.clone(), day));
    }

    /// True if no table states another day than the first.
    pub fn states_one_day(&self) -> bool {
        self.stated_days.iter().all(|(_, day)| Some(*day) == self.as_of)
    }

    /// The day of the position: as the titles give it, else as the user does. Of tables with days of their own only the
    /// user can tell whether one day holds for all. `None` if nobody tells.
    pub fn position_on(&self, given: Option<Date>) -> Option<Date> {
        if self.states_one_day() { self.as_of.or(given) } else { given }
    }

    /// The header text of a field in a sheet; empty where it has no such column.
    pub fn column(&self, sheet: &str, field: &str) -> &str {
        self.columns.get(sheet).and_then(|columns| columns.get(field)).map_or("", String::as_str)
    }
}
