//! Row by row: whose loan it is, what is new, what differs, what is noticed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use bangfu_domain::bank::numbered_by;
use bangfu_domain::loan::{EventKind, LoanEvent, Placement, PositionVerdict, Terms, fold, judge_position};
use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_sheets::fault::{Fault, FaultCode};
use bangfu_sheets::ledger::{Field, LedgerRow};
use bangfu_store::Db;
use bangfu_store::household::Household;
use bangfu_store::loan::Loan;
use jiff::civil::Date;

use super::change::Changed;
use super::{Known, Less, Row};
use crate::book::Work;
use crate::error::Error;
use crate::import::places::Places;
use crate::import::registry::{Ids, Registry};
use crate::import::report::Report;
use crate::rules::Rules;

/// Judges one row after another against the book and gathers what is to be written.
pub(super) struct Planner<'a> {
    pub(super) ids: Ids,
    pub(super) places: Places,
    pub(super) registry: Registry,
    pub(super) known: Known,
    pub(super) ties: HashSet<(i64, Role, i64)>,
    pub(super) as_of: Date,
    pub(super) older: bool,
    pub(super) county_code: &'a str,
    pub(super) rules: &'a Rules,
    pub(super) db: &'a Db,
    pub(super) plan_ties: BTreeMap<(i64, Role), BTreeSet<(i64, Date)>>,
    pub(super) works: Vec<Work>,
    pub(super) borrowers: Vec<(i64, i64, i64)>,
    pub(super) branches: BTreeSet<i64>,
    pub(super) findings: Vec<(Option<i64>, Fault)>,
    pub(super) differences: Vec<Less>,
    pub(super) bad: Vec<Fault>,
    pub(super) seen: HashSet<(String, String)>,
}

/// Officers, enterprise and household that a row names.
pub(super) struct Parties {
    pub(super) manager_id: Option<i64>,
    pub(super) guide_id: Option<i64>,
    pub(super) technologist_id: Option<i64>,
    pub(super) enterprise_id: Option<i64>,
}

impl Planner<'_> {
    /// Judges a row.
    pub(super) fn row(&mut self, line: &Row<'_>, report: &mut Report) -> Result<(), Error> {
        let row = line.row;
        let place = self.places.locate(line.parsed, &row.at, row.township.as_deref(), &row.village);
        let village_id = match place {
            Ok(id) => id,
            Err(fault) => {
                self.bad.push(fault);
                return Ok(());
            }
        };
        report.amount_fen += row.principal_fen;
        let (lender_id, branch_id) = self.registry.branch(&mut self.ids, &row.bank_branch);
        self.branches.insert(branch_id);
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
        let series = numbered_by(&row.number, &row.bank_branch, self.county_code);
        let key = (series.to_owned(), row.number.clone());
        self.seen.insert(key.clone());
        let loan_id = match self.known.works.get(&key).cloned() {
            Some(work) => self.existing(line, work, terms, placement, &parties, report, &mut noticed),
            None => {
                report.changes.new += 1;
                self.new_loan(row, lender_id, terms, placement, &parties)
            }
        };
        self.findings.extend(noticed.into_iter().map(|fault| (Some(loan_id), fault)));
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

    fn parties(&mut self, line: &Row<'_>, township_id: i64, noticed: &mut Vec<Fault>) -> Parties {
        let row = line.row;
        let mut named = |name: &Option<String>, role, field| {
            name.as_deref().map(|name| {
                let (id, unknown) = self.registry.officer(&mut self.ids, township_id, name, role);
                if unknown {
                    noticed.push(line.fault(field, name, FaultCode::OfficerUnknown));
                }
                id
            })
        };
        let manager_id = named(&row.credit_manager, Role::CreditManager, Field::CreditManager);
        let guide_id = named(&row.industry_guide, Role::IndustryGuide, Field::IndustryGuide);
        let technologist_id =
            named(&row.technology_officer, Role::TechnologyOfficer, Field::TechnologyOfficer);
        let enterprise_id =
            row.enterprise.as_deref().map(|name| self.registry.enterprise(&mut self.ids, name));
        Parties { manager_id, guide_id, technologist_id, enterprise_id }
    }

    /// The borrower's person and household, new ones included.
    fn borrower(&mut self, row: &LedgerRow, village_id: i64) -> (i64, i64) {
        let found = self.registry.person(self.db, row.identity.as_str());
        if let Some((person_id, Some(household_id))) = found {
            return (person_id, household_id);
        }
        let head = row
            .head_identity
            .as_ref()
            .filter(|head| **head != row.identity)
            .and_then(|head| self.registry.person(self.db, head.as_str()))
            .and_then(|(_, household)| household);
        let household_id = head.unwrap_or_else(|| {
            let household_id = self.ids.take();
            let head_name = row.head_name.clone().unwrap_or_else(|| row.borrower_name.clone());
            self.registry.put_household(Household {
                household_id,
                village_id,
                head_name: head_name.clone(),
                size: None,
                class: row.household_class.clone(),
                version: 1,
            });
            if let Some(identity) = row.head_identity.as_ref().filter(|head| **head != row.identity) {
                self.registry.add_person(
                    self.db,
                    &mut self.ids,
                    household_id,
                    &head_name,
                    identity.as_str(),
                    true,
                );
            }
            household_id
        });
        let is_head = row.head_identity.as_ref().is_none_or(|head| *head == row.identity);
        let person_id = match found {
            Some((person_id, _)) => person_id,
            None => {
                let identity = row.identity.as_str();
                self.registry.add_person(
                    self.db,
                    &mut self.ids,
                    household_id,
                    &row.borrower_name,
                    identity,
                    is_head,
                )
            }
        };
        if let Some(phone) = &row.phone {
            self.registry.put_phone(person_id, phone);
        }
        (person_id, household_id)
    }

    fn new_loan(
        &mut self,
        row: &LedgerRow,
        lender_id: i64,
        terms: Terms,
        placement: Placement,
        parties: &Parties,
    ) -> i64 {
        let (person_id, household_id) = self.borrower(row, placement.village_id);
        let loan_id = self.ids.take();
        self.borrowers.push((loan_id, person_id, household_id));
        self.tie(household_id, row.disbursed_on, parties);
        let mut events = Vec::with_capacity(3);
        push(&mut events, terms.disbursed_on, EventKind::Opened { terms: terms.clone() });
        push(&mut events, terms.disbursed_on, EventKind::Placed { placement });
        let dated_on = row.settled_on.filter(|day| *day <= self.as_of && *day >= terms.disbursed_on);
        push(&mut events, self.as_of, EventKind::Position { repaid_fen: row.repaid_fen, dated_on });
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
            version: 1,
        };
        self.works.push(Work { loan, events, known: 0 });
        loan_id
    }

    fn tie(&mut self, household_id: i64, from_on: Date, parties: &Parties) {
        for (role, officer) in [
            (Role::CreditManager, parties.manager_id),
            (Role::IndustryGuide, parties.guide_id),
            (Role::TechnologyOfficer, parties.technologist_id),
        ] {
            let Some(officer_id) = officer else { continue };
            if self.ties.insert((household_id, role, officer_id)) {
                self.plan_ties.entry((household_id, role)).or_default().insert((officer_id, from_on));
            }
        }
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
        let Some(folded) = fold(&work.events, i64::MAX) else { return loan_id };
        let mut changes = Changed { number: &row.number, name: &row.borrower_name, list: Vec::new() };
        let person = self.registry.person(self.db, row.identity.as_str()).map(|(person, _)| person);
        if person.is_none() || person != self.known.persons.get(&loan_id).copied() {
            // Another person's row under this number says nothing about the loan: the book stands.
            noticed.push(line.fault(Field::Identity, &row.identity.masked(), FaultCode::BorrowerDiffers));
            report.changes.unchanged += 1;
            return loan_id;
        }
        if !self.older {
            let new_terms = Terms {
                rate: terms.rate.or(folded.terms.rate),
                term_months: terms.term_months.or(folded.terms.term_months),
                purpose: terms.purpose.or_else(|| folded.terms.purpose.clone()),
                ..terms
            };
            if changes.terms(&folded.terms, &new_terms) {
                let kind = EventKind::Corrected { corrects: folded.terms_seq, terms: new_terms.clone() };
                push(&mut work.events, new_terms.disbursed_on, kind);
            }
            let old = folded.placement_on(self.as_of).unwrap_or(placement);
            let new = Placement { manager_id: placement.manager_id.or(old.manager_id), ..placement };
            if new != old {
                let name = |id| self.places.name(id).to_owned();
                changes.note("village", name(old.village_id), name(new.village_id));
                changes.note("branch", old.branch_id.to_string(), new.branch_id.to_string());
                let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
                changes.note("credit-manager", id(old.manager_id), id(new.manager_id));
                push(&mut work.events, self.as_of, EventKind::Placed { placement: new });
            }
            changes.attributes(&mut work.loan, row, parties);
            if let Some(household) = work.loan.household_id {
                self.tie(household, self.as_of, parties);
            }
        }
        match judge_position(&folded, self.as_of, row.repaid_fen) {
            PositionVerdict::Same => {}
            PositionVerdict::More => {
                changes.note("repaid", folded.repaid_by(self.as_of).to_string(), row.repaid_fen.to_string());
                let dated_on = row.settled_on.filter(|day| *day <= self.as_of && *day >= row.disbursed_on);
                push(
                    &mut work.events,
                    self.as_of,
                    EventKind::Position { repaid_fen: row.repaid_fen, dated_on },
                );
            }
            PositionVerdict::Less { book_fen } => {
                let code = FaultCode::RepaidBelowBook { book_fen };
                noticed.push(line.fault(Field::Repaid, &row.repaid_fen.to_string(), code));
                self.differences.push(Less {
                    loan_id,
                    branch_id: work.loan.branch_id,
                    number: row.number.clone(),
                    ledger_fen: row.repaid_fen,
                    book_fen,
                });
            }
        }
        if changes.list.is_empty() {
            report.changes.unchanged += 1;
        } else {
            report.changes.changed += 1;
            report.changed.append(&mut changes.list);
            self.works.push(work);
        }
        loan_id
    }
}

fn push(events: &mut Vec<LoanEvent>, effective_on: Date, kind: EventKind) {
    let seq = events.last().map_or(1, |last| last.seq + 1);
    // The instant of recording is the transaction's: `write` fills it in.
    events.push(LoanEvent { seq, effective_on, recorded_at: 0, kind });
}
