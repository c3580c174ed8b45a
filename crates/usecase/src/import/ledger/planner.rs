//! Row by row: whose loan it is, what is new, what differs, what is noticed.

use std::collections::HashMap;

use bangfu_domain::loan::{EventKind, Fold, LoanEvent, Particulars, Placement, Terms, fold};
use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_sheets::fault::{Fault, FaultCode};
use bangfu_sheets::ledger::{Field, LedgerRow};
use bangfu_store::Db;
use bangfu_store::loan::Loan;
use jiff::civil::Date;

use super::Clash;
use super::change::Changed;
use super::known::Known;
use super::people::Parties;
use super::position::Claim;
use super::reading::Row;
use super::tie::Ties;
use crate::book::Work;
use crate::error::Error;
use crate::import::places::Places;
use crate::import::registry::{Ids, Registry};
use crate::import::report::Report;
use crate::rules::Rules;

/// Judges one row after another against the book and gathers what is to be written.
pub(super) struct Planner<'a> {
    pub(super) ids: &'a mut Ids,
    pub(super) places: &'a Places,
    pub(super) registry: &'a mut Registry,
    pub(super) known: Known,
    pub(super) as_of: Date,
    pub(super) older: bool,
    pub(super) rules: &'a Rules,
    pub(super) db: &'a Db,
    pub(super) ties: Ties,
    pub(super) works: Vec<Work>,
    pub(super) borrowers: Vec<(i64, i64, i64)>,
    /// All that is found about each loan.
    pub(super) found: Vec<(i64, Vec<Fault>)>,
    /// What is found here, beyond what the rows by themselves gave cause to notice.
    pub(super) findings: Vec<Fault>,
    pub(super) differences: Vec<Clash>,
    /// By loan, the open differences of ledgers up to this one's day, until this one agrees with the book.
    pub(super) clashed: HashMap<i64, Vec<i64>>,
    /// Those that this ledger proves settled.
    pub(super) agreed: Vec<i64>,
}

impl Planner<'_> {
    /// Judges a row, of which something may have been noticed already.
    pub(super) fn row(
        &mut self,
        line: &Row<'_>,
        noticed_before: &[Fault],
        report: &mut Report,
    ) -> Result<(), Error> {
        let (row, village_id) = (line.row, line.village_id);
        let nearest = self.registry.likely_branches(&row.bank_branch);
        if !nearest.is_empty() {
            // Of the file, not of the loan: once it is taken over, the branch is one of the book's.
            self.findings.push(line.fault(
                Field::Bank,
                &row.bank_branch,
                FaultCode::BranchUnknown { nearest },
            ));
        }
        let (lender_id, branch_id) = self.registry.branch(self.ids, &row.bank_branch);
        let branch_id = self.registry.branch_on(branch_id, self.as_of);
        let township_id = self.places.township_of(village_id).unwrap_or(village_id);
        let mut noticed = self.pack_findings(line)?;
        let parties = self.parties(line, township_id, &mut noticed);
        let terms = Terms {
            principal_fen: row.principal_fen,
            rate: row.rate,
            disbursed_on: row.disbursed_on,
            due_on: row.due_on,
            term_months: row.term_months,
            purpose: row.purpose.clone(),
        };
        let placement = Placement { village_id, branch_id, manager_id: parties.manager_id };
        let series = self.registry.numbered_by(&row.number, &row.bank_branch);
        let loan_id = match self.known.works.get(&(series, row.number.clone())).cloned() {
            Some(work) if fold(&work.events, i64::MAX).is_some() => {
                let parties = self.serving(parties);
                let placement = Placement { manager_id: parties.manager_id, ..placement };
                self.existing(line, work, terms, placement, &parties, report, &mut noticed)
            }
            // A loan whose import was taken back begins anew.
            undone => {
                report.changes.new += 1;
                self.new_loan(row, lender_id, terms, placement, &parties, undone)
            }
        };
        self.found.push((loan_id, noticed_before.iter().chain(&noticed).cloned().collect()));
        self.findings.append(&mut noticed);
        Ok(())
    }

    /// What the pack of the contract's day says of a row.
    fn pack_findings(&self, line: &Row<'_>) -> Result<Vec<Fault>, Error> {
        let row = line.row;
        let mut noticed = Vec::new();
        if self.rules.pack(row.disbursed_on).is_none() {
            let day = row.disbursed_on.to_string();
            noticed.push(line.fault(Field::DisbursedOn, &day, FaultCode::NoPack));
        }
        let pack = self.rules.pack_or_first(row.disbursed_on)?;
        let age = row.identity.age_on(row.disbursed_on);
        if pack.age_min.value.is_some_and(|min| age < min) || pack.age_max.value.is_some_and(|max| age > max)
        {
            let code = FaultCode::AgeOutside { age, min: pack.age_min.value, max: pack.age_max.value };
            noticed.push(line.fault(Field::Identity, &row.identity.masked(), code));
        }
        if let Some(cap) = pack.cap.value.filter(|cap| row.principal_fen > *cap) {
            let value = row.principal_fen.to_string();
            noticed.push(line.fault(Field::Principal, &value, FaultCode::AboveCap { cap_fen: cap }));
        }
        if let Some(most) = pack.term_months_max.value
            && row.disbursed_on.saturating_add(jiff::Span::new().months(i64::from(most))) < row.due_on
        {
            let value = row.due_on.to_string();
            noticed.push(line.fault(Field::DueOn, &value, FaultCode::TermTooLong { months_max: most }));
        }
        Ok(noticed)
    }

    fn new_loan(
        &mut self,
        row: &LedgerRow,
        lender_id: i64,
        terms: Terms,
        placement: Placement,
        parties: &Parties,
        undone: Option<Work>,
    ) -> i64 {
        let (person_id, household_id) = self.borrower(row, placement.village_id);
        let (known, version) = undone.as_ref().map_or((0, 1), |work| (work.known, work.loan.version));
        let (loan_id, mut events) = match undone {
            Some(work) => (work.loan.loan_id, work.events),
            None => (self.ids.take(), Vec::with_capacity(3)),
        };
        self.borrowers.push((loan_id, person_id, household_id));
        self.ties.add(household_id, parties.manager_id, row.disbursed_on, Role::CreditManager);
        self.ties.add(household_id, parties.guide_id, row.disbursed_on, Role::IndustryGuide);
        self.ties.add(household_id, parties.technologist_id, row.disbursed_on, Role::TechnologyOfficer);
        let about = Particulars {
            borrower_name: row.borrower_name.clone(),
            household_class: row.household_class.clone(),
            enterprise_id: parties.enterprise_id,
            guide_id: parties.guide_id,
            technologist_id: parties.technologist_id,
            note: row.note.clone(),
        };
        push(&mut events, terms.disbursed_on, EventKind::Opened { terms: terms.clone(), about });
        push(&mut events, terms.disbursed_on, EventKind::Placed { placement });
        if let Some(repaid_fen) = row.repaid_fen {
            let dated_on = row.settled_on.filter(|day| *day <= self.as_of && *day >= terms.disbursed_on);
            push(&mut events, self.as_of, EventKind::Position { repaid_fen, dated_on });
        }
        let loan = Loan {
            loan_id,
            lender_id,
            branch_id: placement.branch_id,
            number: row.number.clone(),
            household_id: Some(household_id),
            borrower_name: row.borrower_name.clone(),
            enterprise_id: parties.enterprise_id,
            village_id: placement.village_id,
            manager_id: placement.manager_id,
            placed_on: terms.disbursed_on,
            guide_id: parties.guide_id,
            technologist_id: parties.technologist_id,
            household_class: row.household_class.clone(),
            note: row.note.clone(),
            pack_id: String::new(),
            terms,
            repaid_fen: Fen::ZERO,
            settled_on: None,
            standing: Standing::None,
            balance_fen: Fen::ZERO,
            next_change_on: None,
            event_seq: 0,
            version,
            gone: false,
        };
        self.works.push(Work { loan, events, known });
        loan_id
    }

    #[expect(clippy::too_many_arguments, reason = "one row against one loan, with all that the row names")]
    fn existing(
        &mut self,
        line: &Row<'_>,
        mut work: Work,
        terms: Terms,
        placement: Placement,
        parties: &Parties,
        report: &mut Report,
        noticed: &mut Vec<Fault>,
    ) -> i64 {
        let row = line.row;
        let loan_id = work.loan.loan_id;
        let Some(folded) = self.rules.fold(&work.events, i64::MAX) else { return loan_id };
        let person = self.registry.person(self.db, row.identity.as_str()).map(|(person, _)| person);
        if person.is_none() || person != self.known.persons.get(&loan_id).copied() {
            // Another person's row under this number says nothing about the loan: the book stands.
            noticed.push(line.fault(Field::Identity, &row.identity.masked(), FaultCode::BorrowerDiffers));
            return loan_id;
        }
        let clashes = self.differences.len();
        let mut changes = Changed { number: &row.number, name: &row.borrower_name, list: Vec::new() };
        let stands = row.repaid_fen.is_none_or(|repaid_fen| {
            // A ledger without such a column says nothing of repayment.
            let claim = Claim {
                repaid_fen,
                dated_on: row.settled_on.filter(|day| *day <= self.as_of && *day >= row.disbursed_on),
                most_fen: folded.terms.principal_fen.max(terms.principal_fen),
                fault: &|code| line.fault(Field::Repaid, &repaid_fen.to_string(), code),
            };
            self.hold_position(&claim, &mut work, &folded, &mut changes, noticed)
        });
        if !self.older {
            let terms = self.held_terms(line, &work, &folded, terms, stands, noticed);
            self.restate(row, &mut work, &folded, terms, placement, parties, &mut changes);
        }
        if row.repaid_fen.is_some() && self.differences.len() == clashes {
            self.agreed.extend(self.clashed.remove(&loan_id).unwrap_or_default());
        }
        self.keep(work, changes, report);
        loan_id
    }

    /// Counts what a row changed of a loan, and keeps the loan if it did.
    pub(super) fn keep(&mut self, work: Work, mut changes: Changed<'_>, report: &mut Report) {
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

    /// Records what a row says otherwise than the book: terms, place and people.
    #[expect(clippy::too_many_arguments, reason = "one row against one loan, with all that the row names")]
    fn restate(
        &mut self,
        row: &LedgerRow,
        work: &mut Work,
        folded: &Fold,
        terms: Terms,
        placement: Placement,
        parties: &Parties,
        changes: &mut Changed<'_>,
    ) {
        let was = folded.terms_on(self.as_of);
        let extended = folded.extensions.range(..=self.as_of).next_back();
        // After an extension some ledgers go on showing the day of the contract: that says nothing new.
        let due_on = if folded.due_days_by(self.as_of).any(|known| known == terms.due_on) {
            was.due_on
        } else {
            terms.due_on
        };
        let new_terms = Terms {
            due_on,
            rate: terms.rate.or(folded.terms.rate),
            term_months: terms.term_months.or(folded.terms.term_months),
            purpose: terms.purpose.or_else(|| folded.terms.purpose.clone()),
            ..terms
        };
        if changes.terms(&was, &new_terms) {
            let mut contract = new_terms;
            if let Some((day, _)) = extended {
                if due_on != was.due_on {
                    push(&mut work.events, *day, EventKind::Extended { due_on });
                }
                contract.due_on = folded.terms.due_on;
            }
            if contract != folded.terms {
                let disbursed_on = contract.disbursed_on;
                let kind = EventKind::Corrected { corrects: folded.terms_seq, terms: contract };
                push(&mut work.events, disbursed_on, kind);
            }
        }
        let old = folded.placement_on(self.as_of).unwrap_or(placement);
        let new = Placement { manager_id: placement.manager_id.or(old.manager_id), ..placement };
        if new != old {
            let village = |id| self.places.name(id).to_owned();
            let branch = |id| self.registry.branch_name(id);
            let officer = |id: Option<i64>| id.map(|id| self.registry.officer_name(id)).unwrap_or_default();
            changes.note("village", village(old.village_id), village(new.village_id));
            changes.note("branch", branch(old.branch_id), branch(new.branch_id));
            changes.note("credit-manager", officer(old.manager_id), officer(new.manager_id));
            // What was said of a later day says of the rest what was said before.
            for (day, placement) in folded.placed_anew(self.as_of, |placed| placed.following(old, new)) {
                push(&mut work.events, day, EventKind::Placed { placement });
            }
        }
        let about = changes.particulars(&folded.about, row, parties, self.registry);
        if about != folded.about {
            push(&mut work.events, self.as_of, EventKind::Described { about: about.clone() });
        }
        if let Some(household) = work.loan.household_id {
            let was = &folded.about;
            for (role, old, new) in [
                (Role::CreditManager, old.manager_id, new.manager_id),
                (Role::IndustryGuide, was.guide_id, about.guide_id),
                (Role::TechnologyOfficer, was.technologist_id, about.technologist_id),
            ] {
                self.ties.change(household, role, old, new, self.as_of);
            }
        }
        if let Some(person_id) = self.known.persons.get(&work.loan.loan_id) {
            self.fill_phone(row, *person_id);
        }
    }
}

/// Appends an event; the instant of recording is the transaction's, which `write` fills in.
pub(super) fn push(events: &mut Vec<LoanEvent>, effective_on: Date, kind: EventKind) {
    let seq = events.last().map_or(1, |last| last.seq + 1);
    events.push(LoanEvent { seq, effective_on, recorded_at: 0, kind });
}
