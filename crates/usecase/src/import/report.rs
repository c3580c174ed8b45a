//! What an import read, refused, noticed and would change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::money::Fen;
use bangfu_sheets::fault::{Fault, SheetHeader};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::subject::{Subject, subjects};
use bangfu_store::import::Counts;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Upload;

/// How many rows of which kind: read = good + bad + skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows of the sheets, the last with content included.
    pub read: usize,
    /// Rows that can be taken.
    pub good: usize,
    /// Rows that cannot.
    pub bad: usize,
    /// Titles, headers, subtotals, totals, signatures and blank rows.
    pub skipped: usize,
}

/// How many things the file would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    /// Not yet in the book.
    pub new: usize,
    /// In the book with other contents.
    pub changed: usize,
    /// In the book as the file has them.
    pub unchanged: usize,
}

/// One field of one thing that the file would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The loan's number, the household's head, the officer.
    pub subject: String,
    /// The borrower of a loan.
    pub name: String,
    /// Key of the field's name.
    pub field: String,
    /// What the book has.
    pub old: String,
    /// What the file has.
    pub new: String,
}

/// The report of an import.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Rows.
    pub rows: RowCounts,
    /// Skipped rows by kind: `title`, `header`, `subtotal`, `total`, `signature`, `blank`.
    pub skipped_by_kind: BTreeMap<String, usize>,
    /// Changes.
    pub changes: Changes,
    /// Field by field, old → new.
    pub changed: Vec<Change>,
    /// What is in the book and not in the file, the first by number or name.
    pub absent: Vec<String>,
    /// How much that is in all.
    #[serde(default)]
    pub absent_in_all: usize,
    /// Why rows are bad.
    pub errors: Vec<Fault>,
    /// What was noticed and not refused.
    pub findings: Vec<Fault>,
    /// Whose the rows are of which errors and findings speak.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    /// New disagreements between bank and book.
    pub differences: usize,
    /// The day of the position.
    pub as_of: Option<Date>,
    /// The day up to which the bank's data reach.
    pub until_on: Option<Date>,
    /// Sum of the amounts of the good rows.
    pub amount_fen: Fen,
    /// The layout by which its columns were told, if one was.
    #[serde(default)]
    pub layout: Option<String>,
    /// How many cells somebody mended after the file came.
    #[serde(default)]
    pub mended: usize,
    /// Between which ids lies what it made: the first, and the one behind the last.
    #[serde(default)]
    pub made: Option<(i64, i64)>,
    /// Where the headers stand, for the workbook of bad rows.
    pub headers: Vec<SheetHeader>,
    /// True once it is taken over.
    pub taken: bool,
    /// The number of the import, once it is taken over.
    #[serde(default)]
    pub import_id: Option<i64>,
}

impl Report {
    /// What the history says of it.
    pub(crate) fn counted(&self) -> Counts {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Counts {
            speaks_of: self.as_of.or(self.until_on),
            good: number(self.rows.good),
            bad: number(self.rows.bad),
            new: number(self.changes.new),
            changed: number(self.changes.changed),
            unchanged: number(self.changes.unchanged),
        }
    }

    /// The report of a file as far as its cells alone tell.
    pub fn of<T>(parsed: &Parsed<T>) -> Report {
        let skipped_by_kind: BTreeMap<String, usize> = parsed
            .skipped
            .by_kind()
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| (kind.to_owned(), count))
            .collect();
        Report {
            rows: RowCounts {
                read: parsed.read,
                good: parsed.rows.len(),
                bad: parsed.bad.len(),
                skipped: skipped_by_kind.values().sum(),
            },
            skipped_by_kind,
            errors: parsed.faults.clone(),
            findings: parsed.findings.clone(),
            headers: parsed.headers.clone(),
            ..Report::default()
        }
    }

    /// The counts and days alone: what a history says of a file that waits.
    pub fn counts(&self) -> Report {
        Report {
            rows: self.rows,
            changes: self.changes,
            as_of: self.as_of,
            until_on: self.until_on,
            layout: self.layout.clone(),
            ..Report::default()
        }
    }

    /// Adds what came of a further page of its rows.
    pub(super) fn absorb(&mut self, mut page: Report) {
        self.changes.new += page.changes.new;
        self.changes.changed += page.changes.changed;
        self.changes.unchanged += page.changes.unchanged;
        self.changed.append(&mut page.changed);
        self.findings.append(&mut page.findings);
        self.differences += page.differences;
        let both = self.made.zip(page.made).map(|(made, more)| (made.0.min(more.0), made.1.max(more.1)));
        self.made = both.or(self.made).or(page.made);
    }

    /// Notes by which layout the file was read, how many of its cells were mended, and whose the rows are of which it speaks.
    pub(super) fn name_rows(&mut self, upload: &Upload) {
        self.mended = upload.mended;
        self.layout = upload.layout.as_ref().map(|chosen| chosen.name.clone());
        let spoken_of = self.errors.iter().chain(&self.findings);
        let places = spoken_of.map(|fault| (fault.at.sheet.as_str(), fault.at.row)).collect();
        self.subjects = subjects(&upload.book, upload.kind, upload.layout(), &places);
    }

    /// Adds faults that only the book could find; each row that has one is bad, if it was not before.
    pub fn refuse(&mut self, faults: Vec<Fault>) {
        let row = |fault: &Fault| (fault.at.sheet.clone(), fault.at.row);
        let bad: BTreeSet<(String, u32)> = self.errors.iter().map(row).collect();
        let rows: BTreeSet<(String, u32)> = faults.iter().map(row).filter(|row| !bad.contains(row)).collect();
        self.rows.bad += rows.len();
        self.rows.good -= rows.len();
        self.errors.extend(faults);
        // Sheets keep the file's order: only rows within a sheet are put in order.
        let mut ranks: HashMap<String, usize> = HashMap::new();
        for fault in &self.errors {
            if !ranks.contains_key(&fault.at.sheet) {
                ranks.insert(fault.at.sheet.clone(), ranks.len());
            }
        }
        self.errors.sort_by_key(|fault| (ranks.get(&fault.at.sheet).copied(), fault.at.row));
    }
}
