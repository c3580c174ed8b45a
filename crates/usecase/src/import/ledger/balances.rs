//! A bank's list of balances (月末余额清单): the position of loans that the book knows by bank and number. It adds none,
//! and says nothing of their terms, places and people.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::loan::fold;
use bangfu_domain::money::Fen;
use bangfu_sheets::fault::{Fault, FaultCode};
use bangfu_sheets::ledger::Field;
use bangfu_sheets::ledger::balances::BalanceRow;
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::County;
use bangfu_store::{Db, Tx, board, difference, finding, loan};
use jiff::civil::Date;

use super::change::Changed;
use super::known::{Known, PAGE};
use super::page;
use super::planner::Planner;
use super::position::Claim;
use super::reading::{fault_at, position_day};
use super::take::retry;
use crate::book::{self, Deltas};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::absent::Absent;
use crate::import::meter::Meter;
use crate::import::places::Places;
use crate::import::registry::{Ids, Registry};
use crate::import::report::Report;
use crate::import::{Scene, repayment};
use crate::rules::Rules;

/// What a bank's list of balances will write.
pub(in crate::import) struct Plan {
    as_of: Date,
    rules: Rules,
    ids: Ids,
    branches: BTreeSet<i64>,
    page: super::Plan,
}

/// What the rows of a list have come to so far.
#[derive(Default)]
struct Judged {
    report: Report,
    bad: Vec<Fault>,
    /// The loans that it names.
    named: BTreeSet<i64>,
    /// Their branches.
    branches: BTreeSet<i64>,
}

/// Works out what a bank's list of balances would change.
pub(in crate::import) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    rules: Rules,
    (parsed, given): (&Parsed<BalanceRow>, Option<Date>),
    meter: &Meter,
) -> Result<(Report, Plan), Error> {
    let as_of = day(parsed, given)?;
    if as_of > ctx.day() {
        return Err(Refusal::DayAhead { day: as_of }.into());
    }
    let county_id = county.county_id;
    let (mut ids, mut registry) = (Ids::load(tx, county).await?, Registry::load(tx, county, as_of).await?);
    let people = parsed.rows.iter().filter_map(|row| row.identity.as_ref());
    let hashes: BTreeSet<Vec<u8>> = people.map(|identity| db.key().hash(identity.as_str())).collect();
    let numbers: Vec<&str> = parsed.rows.iter().map(|row| row.number.as_str()).collect();
    let known = Known::of(tx, county, &mut registry, hashes, &numbers).await?;
    let ties = known.ties(tx, county_id, &registry).await?;
    let mut planner = Planner {
        ids: &mut ids,
        places: &Places::load(tx, county, as_of).await?,
        registry: &mut registry,
        known,
        as_of,
        older: true,
        rules: &rules,
        db,
        ties,
        works: Vec::new(),
        borrowers: Vec::new(),
        found: Vec::new(),
        findings: Vec::new(),
        differences: Vec::new(),
        // What a ledger said of the amount lent, a balance neither proves nor refutes.
        clashed: HashMap::new(),
        agreed: Vec::new(),
    };
    let mut judged = Judged { report: Report::of(parsed), ..Judged::default() };
    judged.report.as_of = Some(as_of);
    meter.judge(parsed.rows.len());
    for row in &parsed.rows {
        meter.step(1);
        planner.balance(parsed, row, &mut judged);
    }
    let Planner { works, findings, found, mut differences, agreed, .. } = planner;
    let Judged { mut report, bad, named, branches } = judged;
    report.refuse(bad);
    report.findings.extend(findings);
    let prints: Vec<Vec<u8>> = differences.iter().map(|clash| clash.fingerprint.clone()).collect();
    let told = difference::told(tx, county_id, &prints).await?;
    differences.retain(|clash| !told.contains(&clash.fingerprint));
    report.differences = differences.len();
    left_out(tx, county_id, &named, &branches, as_of).await?.tell(&mut report);
    let loans: Vec<i64> = found.iter().map(|(loan_id, _)| *loan_id).collect();
    let findings = page::sort_findings(&mut ids, found, finding::about(tx, county_id, &loans).await?);
    let (borrowers, ties) = (Vec::new(), Vec::new());
    let report_of_page = Report::default();
    let page = super::Plan { report: report_of_page, works, borrowers, ties, findings, differences, agreed };
    Ok((report, Plan { as_of, rules, ids, branches, page }))
}

/// Writes what a bank's list of balances changes. The county's own position stays that of its ledger.
pub(in crate::import) async fn write(tx: &mut Tx, scene: &Scene<'_>, plan: Plan) -> Result<(), Error> {
    let Plan { as_of, mut rules, mut ids, branches, page } = plan;
    let county = scene.county;
    let moved: BTreeMap<i64, Option<Date>> =
        repayment::report(tx, scene, &mut rules, branches.into_iter(), as_of).await?;
    let of_page =
        page::Scene { db: scene.db, county, stamp: scene.stamp, import_id: scene.import_id, rules: &rules };
    let mut deltas = Deltas::default();
    page::write(tx, &of_page, &mut ids, as_of, page, &mut deltas).await?;
    board::add_deltas(tx, county.county_id, &deltas.into_rows()).await?;
    ids.save(tx, county).await?;
    repayment::refresh_awaiting(tx, scene, county, &rules, &moved, as_of).await?;
    retry(tx, scene, county, &rules).await
}

/// The day of a list: as its title or its user gives it, else the one that a column gives in every row.
fn day(parsed: &Parsed<BalanceRow>, given: Option<Date>) -> Result<Date, Refusal> {
    let days: BTreeSet<(&str, Date)> =
        parsed.rows.iter().filter_map(|row| Some((row.at.sheet.as_str(), row.stated_on?))).collect();
    let different: BTreeSet<Date> = days.iter().map(|(_, day)| *day).collect();
    match (position_day(parsed, given), different.first()) {
        (Err(Refusal::NoPositionDay), Some(day)) if different.len() == 1 => Ok(*day),
        (Err(Refusal::NoPositionDay), Some(_)) => {
            let days = days.into_iter().map(|(sheet, day)| (sheet.to_owned(), day)).collect();
            Err(Refusal::SeveralPositionDays { days })
        }
        (day, _) => day,
    }
}

impl Planner<'_> {
    /// Judges what a row says is left of a loan.
    fn balance(&mut self, parsed: &Parsed<BalanceRow>, row: &BalanceRow, judged: &mut Judged) {
        let fault = |field, value: &str, code| fault_at(parsed, &row.at, field, value, code);
        let key = (self.registry.numbered_by(&row.number, &row.bank_branch), row.number.clone());
        let Some(mut work) = self.known.works.get(&key).cloned() else {
            judged.bad.push(fault(Field::Number, &row.number, FaultCode::LoanUnknown));
            return;
        };
        // One whose import was taken back is no loan of the book's.
        let Some(folded) = fold(&work.events, i64::MAX) else {
            judged.bad.push(fault(Field::Number, &row.number, FaultCode::LoanUnknown));
            return;
        };
        let (loan_id, principal_fen) = (work.loan.loan_id, folded.terms.principal_fen);
        if row.balance_fen > principal_fen {
            let code = FaultCode::BalanceAbovePrincipal { principal_fen };
            judged.bad.push(fault(Field::Balance, &row.balance_fen.to_string(), code));
            return;
        }
        judged.named.insert(loan_id);
        judged.branches.insert(work.loan.branch_id);
        judged.report.amount_fen += row.balance_fen;
        let mut noticed = Vec::new();
        noticed.extend(self.contradiction(parsed, row, &work, principal_fen));
        if !noticed.is_empty() {
            self.found.push((loan_id, noticed.clone()));
            self.findings.append(&mut noticed);
            return;
        }
        let name = work.loan.borrower_name.clone();
        let mut changes = Changed { number: &row.number, name: &name, list: Vec::new() };
        let claim = Claim {
            repaid_fen: principal_fen - row.balance_fen,
            dated_on: None,
            most_fen: principal_fen,
            fault: &|code| fault(Field::Balance, &row.balance_fen.to_string(), code),
        };
        self.hold_position(&claim, &mut work, &folded, &mut changes, &mut noticed);
        self.found.push((loan_id, noticed.clone()));
        self.findings.append(&mut noticed);
        self.keep(work, changes, &mut judged.report);
    }

    /// What a row says otherwise than the book of whose loan it is and how much was lent: it then says nothing of what
    /// was repaid, and the book stands.
    fn contradiction(
        &self,
        parsed: &Parsed<BalanceRow>,
        row: &BalanceRow,
        work: &book::Work,
        principal_fen: Fen,
    ) -> Option<Fault> {
        let fault = |field, value: &str, code| Some(fault_at(parsed, &row.at, field, value, code));
        if let Some(identity) = &row.identity {
            let person = self.registry.person(self.db, identity.as_str()).map(|(person, _)| person);
            if person.is_none() || person != self.known.persons.get(&work.loan.loan_id).copied() {
                return fault(Field::Identity, &identity.masked(), FaultCode::BorrowerDiffers);
            }
        } else if let Some(name) = row.name.as_ref().filter(|name| **name != work.loan.borrower_name) {
            return fault(Field::Number, name, FaultCode::BorrowerDiffers);
        }
        let stated = row.principal_fen.filter(|stated| *stated != principal_fen)?;
        fault(Field::Principal, &stated.to_string(), FaultCode::PrincipalDiffers { book_fen: principal_fen })
    }
}

/// Loans of these branches of which something is left on a day and which a list of that day does not name, by number.
async fn left_out(
    tx: &mut Tx,
    county_id: i64,
    named: &BTreeSet<i64>,
    branches: &BTreeSet<i64>,
    as_of: Date,
) -> Result<Absent, Error> {
    let (mut left, mut after) = (Absent::default(), 0);
    loop {
        let page = loan::owing(tx, county_id, as_of, after, PAGE).await?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (loan_id, branch, number) in page {
            if branches.contains(&branch) && !named.contains(&loan_id) {
                left.note(number, loan_id);
            }
        }
    }
    Ok(left)
}
