//! A bank's list of balances (月末余额清单): the position of loans that the book knows by bank and number. It adds none,
//! and says nothing of their terms, places and people.

use std::collections::{BTreeSet, HashSet};

use bangfu_domain::bank::numbered_by;
use bangfu_domain::loan::fold;
use bangfu_sheets::fault::FaultCode;
use bangfu_sheets::ledger::Field;
use bangfu_sheets::ledger::balances::{self, BalanceRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::County;
use bangfu_store::{Db, Tx};
use jiff::civil::Date;

use super::change::Changed;
use super::planner::Planner;
use super::position::Claim;
use super::{Known, Plan, fault_at, finish, position_day};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Upload;
use crate::import::meter::Meter;
use crate::import::registry::home;
use crate::import::report::Report;
use crate::rules::Rules;

/// Works out what a bank's list of balances would change.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    rules: Rules,
    upload: &Upload,
    meter: &Meter,
) -> Result<(Report, Plan), Error> {
    let parsed = balances::read(&upload.book, home(county), upload.layout()).map_err(Refusal::Header)?;
    let as_of = day(&parsed, upload.as_of)?;
    let mut report = Report::of(&parsed);
    let mut planner = Planner::load(tx, db, ctx, county, &rules, as_of).await?;
    meter.judge(parsed.rows.len());
    for row in &parsed.rows {
        meter.step(1);
        planner.balance(&parsed, row, &mut report);
    }
    report.absent = planner.known.left_out(&planner.seen, &planner.branches, as_of);
    let drawn = finish(tx, county, planner, &mut report).await?;
    Ok((report, drawn.into_plan(rules, as_of, false)))
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
    fn balance(&mut self, parsed: &Parsed<BalanceRow>, row: &BalanceRow, report: &mut Report) {
        let fault = |field, value: &str, code| fault_at(parsed, &row.at, field, value, code);
        let key = (numbered_by(&row.number, &row.bank_branch, self.home), row.number.clone());
        let Some(mut work) = self.known.works.get(&key).cloned() else {
            self.bad.push(fault(Field::Number, &row.number, FaultCode::LoanUnknown));
            return;
        };
        let Some(folded) = fold(&work.events, i64::MAX) else { return };
        let (loan_id, principal_fen) = (work.loan.loan_id, folded.terms.principal_fen);
        if row.balance_fen > principal_fen {
            let code = FaultCode::BalanceAbovePrincipal { principal_fen };
            self.bad.push(fault(Field::Balance, &row.balance_fen.to_string(), code));
            return;
        }
        self.seen.insert(key);
        self.branches.insert(work.loan.branch_id);
        self.loan_of_row.insert((row.at.sheet.clone(), row.at.row), loan_id);
        report.amount_fen += row.balance_fen;
        if let Some(identity) = &row.identity {
            let person = self.registry.person(self.db, identity.as_str()).map(|(person, _)| person);
            if person.is_none() || person != self.known.persons.get(&loan_id).copied() {
                self.findings.push(fault(Field::Identity, &identity.masked(), FaultCode::BorrowerDiffers));
                return;
            }
        } else if let Some(name) = row.name.as_ref().filter(|name| **name != work.loan.borrower_name) {
            self.findings.push(fault(Field::Number, name, FaultCode::BorrowerDiffers));
            return;
        }
        if let Some(stated) = row.principal_fen.filter(|stated| *stated != principal_fen) {
            // What is left of another amount says nothing of what was repaid of this one.
            let code = FaultCode::PrincipalDiffers { book_fen: principal_fen };
            self.findings.push(fault(Field::Principal, &stated.to_string(), code));
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
        let mut noticed = Vec::new();
        self.hold_position(&claim, &mut work, &folded, &mut changes, &mut noticed);
        self.findings.append(&mut noticed);
        if changes.list.is_empty() {
            report.changes.unchanged += 1;
        } else {
            report.changes.changed += 1;
            report.changed.append(&mut changes.list);
        }
        if work.events.len() > work.known {
            self.works.push(work);
        }
    }
}

impl Known {
    /// Loans of these branches of which something is left on a day and which a list of that day does not have.
    fn left_out(
        &self,
        seen: &HashSet<(String, String)>,
        branches: &BTreeSet<i64>,
        as_of: Date,
    ) -> Vec<String> {
        let owes = |key: &(String, String)| {
            self.works.get(key).is_some_and(|work| {
                branches.contains(&work.loan.branch_id)
                    && work.loan.terms.disbursed_on <= as_of
                    && fold(&work.events, i64::MAX)
                        .is_some_and(|folded| folded.repaid_by(as_of) < folded.terms.principal_fen)
            })
        };
        let absent = self.works.keys().filter(|key| !seen.contains(*key) && owes(key));
        let mut absent: Vec<String> = absent.map(|(_, number)| number.clone()).collect();
        absent.sort_unstable();
        absent
    }
}
