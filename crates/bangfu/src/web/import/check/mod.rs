//! The check of a file as its page shows it: faults by kind, narrowed and in pages, with fields to mend their cells.

pub(crate) mod filter;
pub(super) mod lines;
pub(crate) mod looks;
pub(crate) mod mend;

use filter::CheckFilter;

use crate::web::loan::view::{Chip, Choice};

/// The field in which somebody mends the cell of a fault.
#[derive(Debug, Clone, Default)]
pub(crate) struct Field {
    /// Its number on the page.
    pub(crate) number: usize,
    /// Which cells it mends, as its form sends it.
    pub(crate) cells: String,
    /// What it begins with.
    pub(crate) text: String,
    /// True where it begins empty although something stands in the cell.
    pub(crate) is_secret: bool,
    /// Names to choose from.
    pub(crate) choices: Vec<String>,
    /// If the cell was mended: what stood there, and what its button of taking that back sends.
    pub(crate) mended: Option<(String, String)>,
}

/// One fault of the file, or several that are alike.
#[derive(Debug, Clone)]
pub(crate) struct FaultRow {
    /// The sheet.
    pub(crate) sheet: String,
    /// The row as the spreadsheet counts it, of the first where there are several.
    pub(crate) row: u32,
    /// Whose it is: name and contract number, as far as they can be read.
    pub(crate) subject: String,
    /// How many there are.
    pub(crate) count: u64,
    /// The list of them one by one, where there are several.
    pub(crate) each: Option<String>,
    /// The column's header.
    pub(crate) column: String,
    /// What stands there.
    pub(crate) value: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) cure: String,
    /// Where it is mended, if it can be.
    pub(crate) field: Option<Field>,
}

impl FaultRow {
    /// False where the names to choose from say it already.
    pub(crate) fn shows_cure(&self) -> bool {
        !self.cure.is_empty() && self.field.as_ref().is_none_or(|field| field.choices.is_empty())
    }
}

/// Faults of one kind.
#[derive(Debug, Clone)]
pub(crate) struct FaultGroup {
    /// What they have in common.
    pub(crate) title: String,
    /// How many there are.
    pub(crate) count: u64,
    /// The list of them all.
    pub(crate) href: String,
    /// Whether it is unfolded.
    pub(crate) is_open: bool,
    /// Those that the page shows.
    pub(crate) rows: Vec<FaultRow>,
}

impl FaultGroup {
    /// How many are not shown.
    pub(crate) fn more(&self) -> u64 {
        self.count.saturating_sub(self.rows.iter().map(|row| row.count).sum())
    }
}

/// A cell that was mended, or several alike.
#[derive(Debug, Clone)]
pub(crate) struct MendedRow {
    /// The sheet.
    pub(crate) sheet: String,
    /// The row, of the first where there are several.
    pub(crate) row: u32,
    /// How many there are.
    pub(crate) count: u64,
    /// The column's header.
    pub(crate) column: String,
    /// What stood there.
    pub(crate) was: String,
    /// What stands there now.
    pub(crate) text: String,
    /// When.
    pub(crate) at: jiff::civil::DateTime,
    /// What the button of taking it back sends.
    pub(crate) back: String,
}

/// The way through a list of several pages.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    /// The page, from 1.
    pub(crate) page: usize,
    /// How many there are.
    pub(crate) pages: usize,
    /// The page before.
    pub(crate) previous: Option<String>,
    /// The page after.
    pub(crate) next: Option<String>,
}

/// The check of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Check {
    /// What the page is narrowed to.
    pub(crate) filter: CheckFilter,
    /// Kinds of faults.
    pub(crate) kinds: Vec<Choice>,
    /// Sheets, where there are several.
    pub(crate) sheets: Vec<Choice>,
    /// Columns.
    pub(crate) columns: Vec<Choice>,
    /// What it is narrowed to, each with the page without it.
    pub(crate) chips: Vec<Chip>,
    /// Bad rows by kind of error.
    pub(crate) errors: Vec<FaultGroup>,
    /// Findings by kind.
    pub(crate) findings: Vec<FaultGroup>,
    /// Cells that were mended.
    pub(crate) mended: Vec<MendedRow>,
    /// How many there are.
    pub(crate) mended_in_all: u64,
    /// The way through the list, where it has several pages.
    pub(crate) pages: Option<Pages>,
    /// Where the form of the page sends what is mended; nowhere once the file is taken over.
    pub(crate) action: Option<String>,
    /// Why what was typed was not kept.
    pub(crate) refusal: Option<String>,
}

impl Check {
    /// How many faults the page finds.
    pub(crate) fn found(&self) -> u64 {
        self.errors.iter().chain(&self.findings).map(|group| group.count).sum()
    }

    /// How many findings there are.
    pub(crate) fn finding_count(&self) -> u64 {
        self.findings.iter().map(|group| group.count).sum()
    }

    /// How many errors the page finds: all bad rows, or so many faults of what it is narrowed to.
    pub(crate) fn error_count(&self, bad_rows: &u64) -> u64 {
        if self.filter.is_whole() { *bad_rows } else { self.errors.iter().map(|group| group.count).sum() }
    }

    /// True if there are more mended cells than the page shows, and no other page of theirs.
    pub(crate) fn more_mended(&self) -> bool {
        self.filter.is_whole() && self.mended_in_all > self.mended.iter().map(|row| row.count).sum()
    }

    /// True if there is a cell to mend on the page.
    pub(crate) fn has_fields(&self) -> bool {
        let mut rows = self.errors.iter().chain(&self.findings).flat_map(|group| &group.rows);
        self.action.is_some() && rows.any(|row| row.field.is_some())
    }
}
