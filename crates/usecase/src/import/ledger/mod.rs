//! The county's loan ledger (台账): a position as of its day.
//!
//! It is gone through page by page, looking up only what a page names, so that neither the length of the file nor
//! the size of the book is held in memory; a transaction takes as many pages as nobody minds waiting for, with the number
//! of the rows that are done, so that others write in between and a killed import goes on where it was.

pub(super) mod balances;
mod change;
mod known;
mod page;
mod people;
mod planner;
mod position;
mod reading;
mod take;
mod tie;

use std::collections::BTreeSet;

use bangfu_domain::difference::DifferenceKind;
use bangfu_store::county::County;
use bangfu_store::tie::Tie;
use bangfu_store::{Db, Tx};

use crate::book::Work;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::import::Upload;
use crate::import::finding::Found;
use crate::import::meter::Meter;
use crate::import::registry::{Ids, Registry};
use crate::import::report::Report;
use crate::rules::Rules;
use page::Desk;
use reading::Reading;

pub(super) use take::take;

/// Rows of a page: enough that looking up and committing weigh little, few enough that nobody waits for it.
const PAGE_ROWS: usize = 500;

/// What a page of rows will write.
struct Plan {
    report: Report,
    works: Vec<Work>,
    /// (loan, person, household).
    borrowers: Vec<(i64, i64, i64)>,
    ties: Vec<Tie>,
    findings: Found,
    differences: Vec<Clash>,
    /// Differences of earlier ledgers that these rows prove settled.
    agreed: Vec<i64>,
}

/// A ledger that states what the book cannot follow.
struct Clash {
    kind: DifferenceKind,
    loan_id: i64,
    branch_id: i64,
    number: String,
    facts: String,
    fingerprint: Vec<u8>,
}

/// Works out what a ledger would change.
pub(super) async fn check(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    upload: &Upload,
    meter: &Meter,
) -> Result<Report, Error> {
    let rules = Rules::load(tx, county, None).await?;
    let mut reading = Reading::of(tx, db, ctx, county, upload).await?;
    let mut report = std::mem::take(&mut reading.report);
    let mut registry = Registry::load(tx, county, reading.as_of).await?;
    let mut ids = Ids::load(tx, county).await?;
    meter.judge(reading.len());
    for from in (0..reading.len()).step_by(PAGE_ROWS) {
        let to = (from + PAGE_ROWS).min(reading.len());
        let (registry, ids) = (&mut registry, &mut ids);
        let desk = Desk { db, county, rules: &rules, registry, ids };
        report.absorb(page::plan(tx, desk, &reading, (from, to)).await?.report);
        meter.step(to - from);
    }
    note_absent(tx, county.county_id, &registry, &reading, &mut report).await?;
    Ok(report)
}

/// Notes the loans that a ledger does not have.
async fn note_absent(
    tx: &mut Tx,
    county_id: i64,
    registry: &Registry,
    reading: &Reading,
    report: &mut Report,
) -> Result<(), Error> {
    let rows = reading.rows(0, reading.len()).map(|line| line.row);
    let seen: BTreeSet<(String, &str)> =
        rows.map(|row| (registry.numbered_by(&row.number, &row.bank_branch), row.number.as_str())).collect();
    known::absent(tx, county_id, registry, &seen, reading.as_of).await?.tell(report);
    Ok(())
}
