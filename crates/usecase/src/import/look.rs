//! A look at an import: its report, and the cells of which its faults speak.

use bangfu_sheets::fault::Fault;
use bangfu_sheets::mend::{Finder, Found, Spot};
use bangfu_store::Db;

use super::mend::{self, Mended};
use super::stage::{damaged, load};
use super::{Import, Meter, Report, check_in, find};
use crate::ctx::Ctx;
use crate::error::Error;

/// A cell of which a fault speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellAt {
    /// Where it stands, and what its column holds.
    pub found: Found,
    /// What stands there, whole.
    pub shown: String,
    /// For a village's cell, that of its township.
    pub township: Option<Beside>,
}

/// A cell in the row of a fault's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Where it stands.
    pub spot: Spot,
    /// The header text of its column.
    pub column: String,
    /// What stands there.
    pub shown: String,
}

/// What is known of an import at a moment.
#[derive(Debug, Clone)]
pub struct Look {
    /// The import.
    pub import: Import,
    /// What it would change now, or what it changed.
    pub report: Report,
    /// The cells of the report's errors, in their order, where they have one.
    pub error_cells: Vec<Option<CellAt>>,
    /// Those of its findings.
    pub finding_cells: Vec<Option<CellAt>>,
    /// The cells that were mended, by sheet, row and column; of a file that is taken over none is known any more.
    pub mended: Vec<Mended>,
}

impl Look {
    /// Every fault that has a cell.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&Fault, &CellAt)> {
        let errors = self.report.errors.iter().zip(&self.error_cells);
        let findings = self.report.findings.iter().zip(&self.finding_cells);
        errors.chain(findings).filter_map(|(fault, cell)| Some((fault, cell.as_ref()?)))
    }
}

/// Looks at an import: what it would change now, as long as it waits, and else what it changed.
pub async fn look(db: &Db, ctx: &Ctx, import_id: i64) -> Result<Look, Error> {
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    if import.status.was_taken() {
        let report: Report =
            serde_json::from_str(&import.report).map_err(|error| damaged(error.to_string()))?;
        let (errors, findings) = (report.errors.len(), report.findings.len());
        let (error_cells, finding_cells) = (vec![None; errors], vec![None; findings]);
        return Ok(Look { import, report, error_cells, finding_cells, mended: Vec::new() });
    }
    let upload = load(&mut tx, db, ctx, &import).await?;
    let report = check_in(&mut tx, db, ctx, &upload, &Meter::default()).await?;
    let mended = mend::list(&mut tx, db, ctx, import_id, &upload.book).await?;
    let finder = Finder::new(&upload.book, upload.kind, upload.layout());
    let cells = |faults: &[Fault]| faults.iter().map(|fault| cell(&finder, fault)).collect();
    let (error_cells, finding_cells) = (cells(&report.errors), cells(&report.findings));
    Ok(Look { import, report, error_cells, finding_cells, mended })
}

fn cell(finder: &Finder<'_>, fault: &Fault) -> Option<CellAt> {
    let found = finder.find(&fault.at, &fault.value)?;
    let township = (found.field == "village").then(|| finder.beside(&fault.at, "township")).flatten();
    let township = township.map(|Found { spot, .. }| {
        let (column, shown) = (finder.column(spot), finder.shown(spot));
        Beside { spot, column, shown }
    });
    Some(CellAt { found, shown: finder.shown(found.spot), township })
}
