//! A page of a ledger's rows: what it would change, and the writing of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::difference::DifferenceState;
use bangfu_domain::loan::fold;
use bangfu_sheets::fault::Fault;
use bangfu_store::county::{County, Stamp};
use bangfu_store::difference::{self, Difference, Proof};
use bangfu_store::finding::{self, Finding};
use bangfu_store::import as stored;
use bangfu_store::{Db, Tx, audit, loan, tie};
use jiff::civil::Date;

use super::known::Known;
use super::planner::Planner;
use super::reading::Reading;
use super::tie::Named;
use super::{Clash, Plan};
use crate::book::{self, Deltas, Work};
use crate::error::Error;
use crate::import::finding::{Found, facts};
use crate::import::registry::{Ids, Registry};
use crate::import::report::Report;
use crate::import::writing;
use crate::rules::Rules;

/// The book under which a page is judged, and who is known.
pub(super) struct Desk<'a> {
    pub(super) db: &'a Db,
    pub(super) county: &'a County,
    pub(super) rules: &'a Rules,
    pub(super) registry: &'a mut Registry,
    pub(super) ids: &'a mut Ids,
}

/// Works out what the rows from one to another would change.
pub(super) async fn plan(
    tx: &mut Tx,
    desk: Desk<'_>,
    reading: &Reading,
    (from, to): (usize, usize),
) -> Result<Plan, Error> {
    let Desk { db, county, rules, registry, ids } = desk;
    let county_id = county.county_id;
    let known = Known::load(tx, db, county, registry, reading.rows(from, to)).await?;
    let ties = known.ties(tx, county_id, registry).await?;
    let mut planner = Planner {
        ids,
        places: &reading.places,
        registry,
        known,
        as_of: reading.as_of,
        older: reading.older,
        rules,
        db,
        ties,
        works: Vec::new(),
        borrowers: Vec::new(),
        found: Vec::new(),
        findings: Vec::new(),
        differences: Vec::new(),
        clashed: clashed(tx, county_id, reading.as_of).await?,
        agreed: Vec::new(),
    };
    let mut report = Report::default();
    for line in reading.rows(from, to) {
        planner.row(&line, reading.noticed(line.row), &mut report)?;
    }
    let Planner { ids, works, borrowers, ties, findings, found, mut differences, agreed, .. } = planner;
    let prints: Vec<Vec<u8>> = differences.iter().map(|clash| clash.fingerprint.clone()).collect();
    let told = difference::told(tx, county_id, &prints).await?;
    differences.retain(|clash| !told.contains(&clash.fingerprint));
    report.differences = differences.len();
    report.findings = findings;
    let loans: Vec<i64> = found.iter().map(|(loan_id, _)| *loan_id).collect();
    let findings = sort_findings(ids, found, finding::about(tx, county_id, &loans).await?);
    let written: HashMap<i64, &Work> = works.iter().map(|work| (work.loan.loan_id, work)).collect();
    let others = loan::of_households(tx, county_id, &ties.replaced_in()).await?;
    let others = others.into_iter().filter(|loan| !written.contains_key(&loan.loan_id));
    let told: Vec<Named> = others
        .map(|loan| (loan.household_id, [loan.manager_id, loan.guide_id, loan.technologist_id]))
        .chain(works.iter().map(named))
        .collect();
    let ties = ties.into_rows(told.into_iter());
    Ok(Plan { report, works, borrowers, ties, findings, differences, agreed })
}

/// By loan, the open differences of ledgers up to a day: a ledger that agrees with the book proves them settled.
async fn clashed(tx: &mut Tx, county_id: i64, as_of: Date) -> Result<HashMap<i64, Vec<i64>>, Error> {
    let mut clashed: HashMap<i64, Vec<i64>> = HashMap::new();
    for (difference_id, loan_id) in difference::of_ledgers(tx, county_id, as_of).await? {
        clashed.entry(loan_id).or_default().push(difference_id);
    }
    Ok(clashed)
}

/// The household of a loan and the officers whom its newest events name, by role.
fn named(work: &Work) -> Named {
    let folded = fold(&work.events, i64::MAX);
    let manager = folded.as_ref().and_then(|fold| fold.placements.values().next_back()?.manager_id);
    let about = folded.map(|fold| fold.about).unwrap_or_default();
    (work.loan.household_id, [manager, about.guide_id, about.technologist_id])
}

/// What a ledger newly finds about its loans, and which findings about them it no longer gives cause for.
/// The same file twice changes nothing.
pub(super) fn sort_findings(ids: &mut Ids, found: Vec<(i64, Vec<Fault>)>, known: Vec<Finding>) -> Found {
    let mut standing: BTreeMap<(i64, String, String), i64> = known
        .into_iter()
        .filter_map(|one| Some(((one.loan_id?, one.code, one.facts), one.finding_id)))
        .collect();
    let mut new = Vec::new();
    for (loan_id, faults) in &found {
        for fault in faults {
            let (code, facts) = (fault.code.key().to_owned(), facts(fault));
            if standing.remove(&(*loan_id, code.clone(), facts.clone())).is_none() {
                let loan_id = Some(*loan_id);
                new.push(Finding { finding_id: ids.take(), import_id: 0, loan_id, code, facts });
            }
        }
    }
    Found { new, gone: standing.into_values().collect() }
}

/// Where and when a page is written.
pub(super) struct Scene<'a> {
    pub(super) db: &'a Db,
    pub(super) county: &'a County,
    pub(super) stamp: Stamp,
    pub(super) import_id: i64,
    pub(super) rules: &'a Rules,
}

/// Writes what a page changes, except the board, of which it adds up what is to be changed.
pub(super) async fn write(
    tx: &mut Tx,
    scene: &Scene<'_>,
    ids: &mut Ids,
    as_of: Date,
    plan: Plan,
    deltas: &mut Deltas,
) -> Result<(), Error> {
    let Plan { mut works, borrowers, ties, findings, differences, agreed, .. } = plan;
    let Scene { db, county, stamp, import_id, rules } = *scene;
    let county_id = county.county_id;
    for event in works.iter_mut().flat_map(|work| work.events[work.known..].iter_mut()) {
        event.recorded_at = stamp.at;
    }
    book::save_but_board(tx, county, stamp, rules, Some(import_id), &mut works, deltas).await?;
    loan::put_borrowers(tx, county_id, &borrowers).await?;
    let writing = writing(db, county_id, import_id, stamp);
    let ended: stored::Rows = ties
        .iter()
        .filter(|tie| tie.to_on.is_some())
        .map(|tie| (tie.household_id, format!("{} {} {}", tie.role.key(), tie.officer_id, tie.from_on)))
        .collect();
    let whose: Vec<i64> = ended.iter().map(|(household, _)| *household).collect();
    stored::keep(tx, writing, stored::Noun::Tie, &whose, Some(&ended)).await?;
    tie::put(tx, county_id, &ties, import_id).await?;
    let tied: BTreeSet<i64> = ties.iter().map(|tie| tie.household_id).collect();
    audit::note_changes(tx, county_id, stamp, "tie", &tied.into_iter().collect::<Vec<_>>()).await?;
    findings.write(tx, writing).await?;
    let opened = |clash: Clash| Difference {
        difference_id: ids.take(),
        kind: clash.kind,
        loan_id: Some(clash.loan_id),
        branch_id: Some(clash.branch_id),
        movement: None,
        fingerprint: clash.fingerprint,
        number: clash.number,
        name: None,
        on_day: as_of,
        facts: clash.facts,
        import_id,
        opened_at: stamp.at,
        state: DifferenceState::Open,
        due_on: None,
        resolved_at: None,
        resolution: None,
        settled_by: None,
    };
    let differences: Vec<Difference> = differences.into_iter().map(opened).collect();
    difference::add(tx, county_id, &differences).await?;
    stored::keep(tx, writing, stored::Noun::Difference, &agreed, None).await?;
    let proofs: Vec<Proof> = agreed.iter().map(|difference| (*difference, None)).collect();
    difference::settle(tx, county_id, stamp, import_id, &proofs).await?;
    let opened = differences.iter().map(|one| one.difference_id);
    let touched: Vec<i64> = agreed.iter().copied().chain(opened).collect();
    Ok(audit::note_changes(tx, county_id, stamp, "difference", &touched).await?)
}
