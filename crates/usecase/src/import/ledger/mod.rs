//! The county's loan ledger (台账): a position as of its day.

mod balances;
mod change;
mod people;
mod planner;
mod position;
mod tie;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bangfu_domain::bank::{named as named_bank, numbered_by};
use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{LoanEvent, fold};
use bangfu_sheets::fault::{Fault, FaultCode, Place, RowPlace};
use bangfu_sheets::ledger::{self, Field, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::{self, County};
use bangfu_store::difference::{self, Difference};
use bangfu_store::finding::{self, Finding};
use bangfu_store::loan;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::tie as stored;
use bangfu_store::{Db, Tx, audit, bank};
use jiff::civil::Date;

use self::tie::Named;
use crate::book::Work;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::finding::{Found, facts};
use crate::import::meter::Meter;
use crate::import::movement::{self, Retried};
use crate::import::registry::{Ids, Registry, home};
use crate::import::repayment;
use crate::import::report::Report;
use crate::import::{Scene, Upload};
use crate::rules::Rules;
use planner::Planner;

/// What a ledger will write.
pub(super) struct Plan {
    as_of: Date,
    /// True for a ledger of the whole county, false for a list of one bank.
    of_county: bool,
    rules: Rules,
    ids: Ids,
    registry: Registry,
    works: Vec<Work>,
    /// (loan, person, household).
    borrowers: Vec<(i64, i64, i64)>,
    ties: Vec<stored::Tie>,
    branches: BTreeSet<i64>,
    findings: Found,
    differences: Vec<Clash>,
    retried: Retried,
}

/// A ledger that states what the book cannot follow.
struct Clash {
    kind: &'static str,
    loan_id: i64,
    branch_id: i64,
    number: String,
    facts: String,
    fingerprint: Vec<u8>,
}

/// The columns of the file, and where a row stands.
struct Row<'a> {
    parsed: &'a Parsed<LedgerRow>,
    row: &'a LedgerRow,
}

impl Row<'_> {
    fn fault(&self, field: Field, value: &str, code: FaultCode) -> Fault {
        fault_at(self.parsed, &self.row.at, field, value, code)
    }
}

fn fault_at<T>(parsed: &Parsed<T>, at: &RowPlace, field: Field, value: &str, code: FaultCode) -> Fault {
    let column = parsed.column(&at.sheet, field.key()).to_owned();
    Fault { at: Place { sheet: at.sheet.clone(), row: at.row, column }, value: value.to_owned(), code }
}

/// Works out what a ledger would change, or a bank's list of balances.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    rules: Rules,
    upload: &Upload,
    meter: &Meter,
) -> Result<(Report, Plan), Error> {
    let masked = ledger::has_masks(&upload.book);
    let known = if masked { identities(tx, db, county).await? } else { ledger::Known::default() };
    let parsed = match ledger::read(&upload.book, home(county), &known, upload.layout()) {
        Err(_) if ledger::balances::fits(&upload.book, upload.layout()) => {
            return balances::plan(tx, db, ctx, county, rules, upload, meter).await;
        }
        parsed => parsed.map_err(Refusal::Header)?,
    };
    let as_of = position_day(&parsed, upload.as_of)?;
    let mut report = Report::of(&parsed);
    let mut planner = Planner::load(tx, db, ctx, county, &rules, as_of).await?;
    if planner.older {
        let newest = county.position_on.map(|day| day.to_string()).unwrap_or_default();
        let at = Place { sheet: parsed.sheet.clone(), row: 1, column: String::new() };
        let code = FaultCode::OlderPosition { newest };
        report.findings.push(Fault { at, value: as_of.to_string(), code });
    }
    meter.judge(parsed.rows.len());
    for row in &parsed.rows {
        meter.step(1);
        planner.row(&Row { parsed: &parsed, row }, &mut report)?;
    }
    planner.bad.extend(planner.places.also_misplaced(&parsed));
    report.absent = planner.known.absent(&planner.seen, as_of);
    let drawn = finish(tx, county, planner, &mut report).await?;
    Ok((report, drawn.into_plan(rules, as_of, true)))
}

/// What a planner has gathered, besides the rules by which it did.
struct Drawn {
    ids: Ids,
    registry: Registry,
    works: Vec<Work>,
    borrowers: Vec<(i64, i64, i64)>,
    ties: Vec<stored::Tie>,
    branches: BTreeSet<i64>,
    findings: Found,
    differences: Vec<Clash>,
    retried: Retried,
}

impl Drawn {
    fn into_plan(self, rules: Rules, as_of: Date, of_county: bool) -> Plan {
        let Drawn { ids, registry, works, borrowers, ties, branches, findings, differences, retried } = self;
        Plan {
            as_of,
            of_county,
            rules,
            ids,
            registry,
            works,
            borrowers,
            ties,
            branches,
            findings,
            differences,
            retried,
        }
    }
}

/// What is to be written once every row has been judged; the report hears what only the whole file tells.
async fn finish(
    tx: &mut Tx,
    county: &County,
    mut planner: Planner<'_>,
    report: &mut Report,
) -> Result<Drawn, Error> {
    let county_id = county.county_id;
    report.as_of = Some(planner.as_of);
    let told = difference::fingerprints(tx, county_id).await?;
    planner.differences.retain(|clash| !told.contains(&clash.fingerprint));
    report.differences = planner.differences.len();
    report.refuse(std::mem::take(&mut planner.bad));
    report.findings.append(&mut planner.findings);
    let findings = sort_findings(
        &mut planner.ids,
        &planner.loan_of_row,
        report,
        finding::about_loans(tx, county_id).await?,
    );
    let open = movement::open(tx, county_id).await?;
    let twins = movement::twins(tx, county_id).await?;
    let retried = planner.retry(open, &twins);
    let Planner { ids, registry, known, works, borrowers, ties, branches, differences, .. } = planner;
    let written: HashMap<i64, &Work> = works.iter().map(|work| (work.loan.loan_id, work)).collect();
    let loans = known.works.values().filter(|work| !written.contains_key(&work.loan.loan_id));
    let told = loans.map(named).chain(works.iter().map(named));
    let ties = ties.into_rows(told);
    Ok(Drawn { ids, registry, works, borrowers, ties, branches, findings, differences, retried })
}

/// The day of a ledger's position: as its title gives it, else as its user does. Of tables with days of their own
/// only its user can tell whether one day holds for all: a position is recorded as of one.
fn position_day<T>(parsed: &Parsed<T>, given: Option<Date>) -> Result<Date, Refusal> {
    let one = parsed.stated_days.iter().all(|(_, day)| Some(*day) == parsed.as_of);
    match (one, given) {
        (true, _) => parsed.as_of.or(given).ok_or(Refusal::NoPositionDay),
        (false, Some(given)) => Ok(given),
        (false, None) => Err(Refusal::SeveralPositionDays { days: parsed.stated_days.clone() }),
    }
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
fn sort_findings(
    ids: &mut Ids,
    loan_of_row: &HashMap<(String, u32), i64>,
    report: &Report,
    known: Vec<Finding>,
) -> Found {
    let named: BTreeSet<i64> = loan_of_row.values().copied().collect();
    let mut standing: BTreeMap<(i64, String, String), i64> = known
        .into_iter()
        .filter_map(|one| Some((one.loan_id?, one)))
        .filter(|(loan, _)| named.contains(loan))
        .map(|(loan, one)| ((loan, one.code, one.facts), one.finding_id))
        .collect();
    let mut new = Vec::new();
    for fault in &report.findings {
        let loan_id = loan_of_row.get(&(fault.at.sheet.clone(), fault.at.row)).copied();
        let code = fault.code.key().to_owned();
        let facts = facts(fault);
        let stands = loan_id.and_then(|loan| standing.remove(&(loan, code.clone(), facts.clone())));
        if stands.is_none() && loan_id.is_some() {
            new.push(Finding { finding_id: ids.take(), import_id: 0, loan_id, code, facts });
        }
    }
    Found { new, gone: standing.into_values().collect() }
}

/// The loans that are in the book already, by who numbered them and number.
struct Known {
    works: HashMap<(String, String), Work>,
    persons: HashMap<i64, i64>,
}

impl Known {
    async fn load(tx: &mut Tx, county: &County) -> Result<Known, Error> {
        let mut events: HashMap<i64, Vec<LoanEvent>> = HashMap::new();
        for stored in loan::all_events(tx, county.county_id, 0, i64::MAX).await? {
            events.entry(stored.loan_id).or_default().push(stored.event);
        }
        let branches: HashMap<i64, String> = bank::branches(tx, county.county_id)
            .await?
            .into_iter()
            .map(|branch| (branch.branch_id, branch.name))
            .collect();
        let mut works = HashMap::new();
        for loan in loan::all(tx, county.county_id).await? {
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            let branch = branches.get(&loan.branch_id).map_or("", String::as_str);
            let key = (numbered_by(&loan.number, branch, home(county)), loan.number.clone());
            works.insert(key, Work { known: events.len(), loan, events });
        }
        let persons = loan::borrowers(tx, county.county_id).await?.into_iter().collect();
        Ok(Known { works, persons })
    }

    /// Loans disbursed by a day that a ledger of that day does not have, by number.
    fn absent(&self, seen: &HashSet<(String, String)>, as_of: Date) -> Vec<String> {
        let mut absent: Vec<String> = self
            .works
            .iter()
            .filter(|(key, work)| !seen.contains(*key) && work.loan.terms.disbursed_on <= as_of)
            .map(|((_, number), _)| number.clone())
            .collect();
        absent.sort_unstable();
        absent
    }
}

/// The borrowers' identity numbers by institution and contract number, for a ledger that masks them: what was
/// written out masked reads in again.
async fn identities(tx: &mut Tx, db: &Db, county: &County) -> Result<ledger::Known, Error> {
    let county_id = county.county_id;
    let lenders: HashMap<i64, String> = bank::lenders(tx, county_id)
        .await?
        .into_iter()
        .map(|lender| (lender.lender_id, named_bank(&lender.name, home(county)).lender))
        .collect();
    let persons: HashMap<i64, i64> = loan::borrowers(tx, county_id).await?.into_iter().collect();
    let numbers: HashMap<i64, IdentityNumber> =
        person::secrets(tx, db.key(), county_id, SecretKind::Identity)
            .await?
            .into_iter()
            .filter_map(|(person_id, text)| Some((person_id, IdentityNumber::parse(&text).ok()?)))
            .collect();
    let mut known = ledger::Known::default();
    for loan in loan::all(tx, county_id).await? {
        let number = persons.get(&loan.loan_id).and_then(|person| numbers.get(person));
        if let (Some(lender), Some(number)) = (lenders.get(&loan.lender_id), number) {
            known.insert((lender.clone(), loan.number), number.clone());
        }
    }
    Ok(known)
}

/// Writes what a ledger changes.
pub(super) async fn write(tx: &mut Tx, scene: &Scene<'_>, plan: Plan) -> Result<(), Error> {
    let Plan {
        as_of,
        of_county,
        mut rules,
        mut ids,
        registry,
        mut works,
        borrowers,
        ties,
        branches,
        findings,
        differences,
        retried,
    } = plan;
    let (county, at) = (scene.county, scene.stamp.at);
    let county_id = county.county_id;
    for event in works.iter_mut().flat_map(|work| work.events[work.known..].iter_mut()) {
        event.recorded_at = at;
    }
    registry.save(tx, scene.db, county, scene.stamp).await?;
    let moved = repayment::report(tx, scene, &mut rules, branches.into_iter(), as_of).await?;
    if of_county {
        county::note_position(tx, county_id, as_of).await?;
    }
    // The book opens with this position, if with none before.
    let county = county::get(tx, county_id).await?;
    scene.save(tx, &county, &rules, &mut works).await?;
    loan::put_borrowers(tx, county_id, &borrowers).await?;
    stored::put(tx, county_id, &ties, scene.import_id).await?;
    let tied: BTreeSet<i64> = ties.iter().map(|tie| tie.household_id).collect();
    audit::note_changes(tx, county_id, scene.stamp, "tie", &tied.into_iter().collect::<Vec<_>>()).await?;
    repayment::refresh_awaiting(tx, scene, &county, &rules, &moved, as_of).await?;
    findings.write(tx, county_id, scene.import_id).await?;
    movement::write(tx, county_id, scene.stamp, scene.import_id, &retried).await?;
    let mut rows = Vec::with_capacity(differences.len());
    for clash in differences {
        rows.push(Difference {
            difference_id: ids.take(),
            kind: clash.kind.to_owned(),
            loan_id: Some(clash.loan_id),
            branch_id: Some(clash.branch_id),
            movement: None,
            fingerprint: clash.fingerprint,
            number: clash.number,
            on_day: as_of,
            facts: clash.facts,
            import_id: scene.import_id,
            opened_at: at,
            resolved_at: None,
        });
    }
    difference::add(tx, county_id, &rows).await?;
    ids.save(tx, &county).await
}
