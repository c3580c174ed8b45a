//! Imports as plain data: what their templates show.

use super::check::Check;
use crate::web::page::unsigned;
use bangfu_sheets::template::Template;
use bangfu_usecase::import::Reading as Measure;
use jiff::civil::{Date, DateTime};

/// How far an import has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The file is being read and compared.
    Reading(Measure),
    /// The file cannot be read.
    Unreadable(Unreadable),
    /// Everything is compared and nothing is written.
    Staged,
    /// The good rows are being taken over.
    Taking(Measure),
    /// Taken over.
    Taken {
        /// When.
        at: DateTime,
    },
    /// It is being taken back.
    Undoing(Measure),
    /// Taken back.
    Undone {
        /// When.
        at: DateTime,
        /// By whom.
        by: String,
    },
}

/// Why a file cannot be read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Unreadable {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) cure: String,
    /// The columns that were not found, each with the names that were looked for.
    pub(crate) missing: Vec<String>,
    /// The headers that were found instead.
    pub(crate) found: Vec<String>,
    /// Key of the kind as which it was read.
    pub(crate) kind: String,
    /// Key of the kind that its columns fit.
    pub(crate) guess: Option<String>,
}

impl Stage {
    /// The word in texts.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Stage::Reading(_) => "reading",
            Stage::Unreadable(_) => "unreadable",
            Stage::Staged => "staged",
            Stage::Taking(_) => "taking",
            Stage::Taken { .. } => "taken",
            Stage::Undoing(_) => "undoing",
            Stage::Undone { .. } => "undone",
        }
    }

    /// Which of the four steps it is: choose, columns, check, done.
    pub(crate) fn step(&self) -> u32 {
        match self {
            Stage::Reading(_) | Stage::Unreadable(_) => 2,
            Stage::Staged | Stage::Taking(_) => 3,
            Stage::Taken { .. } | Stage::Undoing(_) | Stage::Undone { .. } => 4,
        }
    }
}

/// A value that the import would change.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Whose: a contract number or a name.
    pub(crate) subject: String,
    /// Its page.
    pub(crate) href: Option<String>,
    /// The field's name.
    pub(crate) field: String,
    /// What the book says now.
    pub(crate) old: String,
    /// What the file says.
    pub(crate) new: String,
}

/// A loan as the lists of an import name it.
#[derive(Debug, Clone)]
pub(crate) struct LoanLink {
    /// 借据号
    pub(crate) number: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// Its page.
    pub(crate) href: Option<String>,
}

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RowCounts {
    /// Read.
    pub(crate) read: u64,
    /// Good.
    pub(crate) good: u64,
    /// Bad.
    pub(crate) bad: u64,
    /// Skipped.
    pub(crate) skipped: u64,
}

/// What the import would change, or has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ChangeCounts {
    /// New.
    pub(crate) new: u64,
    /// Changed.
    pub(crate) changed: u64,
    /// Unchanged.
    pub(crate) unchanged: u64,
    /// In the book but not in the file.
    pub(crate) missing: u64,
}

/// One import.
#[derive(Debug, Clone)]
pub(crate) struct ImportView {
    /// Its number.
    pub(crate) id: i64,
    /// The address of its page.
    pub(crate) address: String,
    /// Key of the kind of file.
    pub(crate) kind: String,
    /// The file's name.
    pub(crate) file_name: String,
    /// 截至日期 of the position.
    pub(crate) as_of: Option<Date>,
    /// 数据截止日 of the movements.
    pub(crate) until: Option<Date>,
    /// When it came in.
    pub(crate) received_at: DateTime,
    /// The layout by which its columns were told, if one was; its name is empty for one of this file's own.
    pub(crate) layout: Option<String>,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// Why it was not taken over when somebody tried.
    pub(crate) failure: Option<String>,
    /// When it was held against the book, if that has changed since.
    pub(crate) counted_at: Option<DateTime>,
    /// Rows.
    pub(crate) rows: RowCounts,
    /// Skipped rows by kind: key of the kind, and how many.
    pub(crate) skipped: Vec<(String, u64)>,
    /// Changes.
    pub(crate) changes: ChangeCounts,
    /// The changed values that the page shows.
    pub(crate) changed: Vec<Change>,
    /// How many there are.
    pub(crate) changed_in_all: u64,
    /// The loans that the page shows of those that the file lacks.
    pub(crate) missing: Vec<LoanLink>,
    /// How many of these the report names.
    pub(crate) named_missing: u64,
    /// New loans that the page shows, once they are in the book.
    pub(crate) made: Vec<LoanLink>,
    /// True if there is a list of them.
    pub(crate) lists_made: bool,
    /// True if the bad rows of a file that was taken over can still be downloaded.
    pub(crate) has_rejects: bool,
    /// Faults and mended cells.
    pub(crate) check: Check,
    /// New disagreements between bank and book.
    pub(crate) differences: u64,
}

impl ImportView {
    /// An import of which nothing is known but that it is under way, or why it is not.
    pub(crate) fn waiting(
        id: i64,
        address: String,
        kind: String,
        file_name: String,
        received_at: DateTime,
        stage: Stage,
    ) -> ImportView {
        ImportView {
            id,
            address,
            kind,
            file_name,
            as_of: None,
            until: None,
            received_at,
            layout: None,
            stage,
            failure: None,
            counted_at: None,
            rows: RowCounts::default(),
            skipped: Vec::new(),
            changes: ChangeCounts::default(),
            changed: Vec::new(),
            changed_in_all: 0,
            missing: Vec::new(),
            named_missing: 0,
            made: Vec::new(),
            lists_made: false,
            has_rejects: false,
            check: Check::default(),
            differences: 0,
        }
    }

    /// Whether something is going on that the page waits for.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Reading(_) | Stage::Taking(_) | Stage::Undoing(_))
    }

    /// Whether there is a comparison to show.
    pub(crate) fn is_compared(&self) -> bool {
        matches!(self.stage, Stage::Staged | Stage::Taken { .. } | Stage::Undone { .. })
    }

    /// True if there are more changed values than the page shows, and no other page of theirs.
    pub(crate) fn more_changed(&self) -> bool {
        self.check.filter.is_whole() && self.changed_in_all > unsigned(self.changed.len())
    }

    /// True if there are more loans that the file lacks than the page shows, and no other page of theirs.
    pub(crate) fn more_missing(&self) -> bool {
        self.check.filter.is_whole() && self.named_missing > unsigned(self.missing.len())
    }

    /// The day that taking it over would note, although nothing else changes.
    pub(crate) fn day(&self) -> Option<Date> {
        self.as_of.or(self.until)
    }

    /// Whether it waits to be taken over or dropped.
    pub(crate) fn is_staged(&self) -> bool {
        self.stage == Stage::Staged
    }

    /// Whether taking it over would change anything.
    pub(crate) fn changes_anything(&self) -> bool {
        self.changes.new + self.changes.changed + self.differences > 0
    }
}

/// What the history counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Rows that can be taken.
    pub(crate) good: u64,
    /// Rows that cannot.
    pub(crate) bad: u64,
    /// New.
    pub(crate) new: u64,
    /// Changed.
    pub(crate) changed: u64,
}

impl ImportRow {
    /// By how many characters a file is known at a glance.
    const HASH_SHOWN: usize = 12;

    /// The first of its hash.
    pub(crate) fn hash_shown(&self) -> &str {
        self.hash.get(..Self::HASH_SHOWN).unwrap_or(&self.hash)
    }
}

/// An import in the history.
#[derive(Debug, Clone)]
pub(crate) struct ImportRow {
    /// Its page.
    pub(crate) href: String,
    /// When it came in.
    pub(crate) received_at: DateTime,
    /// Key of the kind of file.
    pub(crate) kind: String,
    /// The file's name.
    pub(crate) file_name: String,
    /// SHA-256 of its bytes, in hexadecimal; nothing while it is being read.
    pub(crate) hash: String,
    /// Who read it in; nobody is named while it is being read.
    pub(crate) actor: String,
    /// The day it speaks of: position or data-until.
    pub(crate) speaks_of: Option<Date>,
    /// Rows and changes, where they have been counted.
    pub(crate) counts: Option<Tally>,
    /// How far it has come.
    pub(crate) stage: Stage,
}

/// What was chosen on the upload page, kept when something is wrong with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadForm {
    /// Key of the kind of file.
    pub(crate) kind: String,
    /// 截至日期, as typed.
    pub(crate) as_of: String,
    /// 数据截止日, as typed.
    pub(crate) until: String,
    /// What is wrong: fields, each with its message.
    pub(crate) faults: Vec<(&'static str, String)>,
}

impl UploadForm {
    /// Keys of the kinds of file, most used first.
    pub(crate) const KINDS: [&'static str; 4] = ["ledger", "repayments", "officers", "households"];

    /// The kinds of file, most used first.
    pub(crate) fn kinds(&self) -> [&'static str; 4] {
        Self::KINDS
    }

    /// Keys of the workbooks to be filled in.
    pub(crate) fn templates(&self) -> [&'static str; 5] {
        Template::ALL.map(Template::key)
    }

    /// What is wrong with a field.
    pub(crate) fn fault_of(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }
}
