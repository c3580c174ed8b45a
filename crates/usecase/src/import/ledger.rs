//! The county's loan ledger (台账): a position as of its day.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bangfu_domain::loan::{EventKind, LoanEvent, Placement, PositionVerdict, Terms, fold, judge_position};
use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::warning::Standing;
use bangfu_sheets::fault::{Fault, FaultCode, Place};
use bangfu_sheets::ledger::{self, Field, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::{self, County};
use bangfu_store::difference::{self, Difference};
use bangfu_store::finding::{self, Finding};
use bangfu_store::household::Household;
use bangfu_store::loan::{self, Loan};
use bangfu_store::tie::{self, Tie};
use bangfu_store::{Db, Tx, bank};
use jiff::civil::Date;
use serde_json::json;

use super::places::Places;
use super::registry::{Ids, Registry};
use super::report::{Change, Report};
use super::{Scene, Upload};
use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rules::Rules;

/// What a ledger will write.
pub(super) struct Plan {
    as_of: Date,
    rules: Rules,
    ids: Ids,
    registry: Registry,
    works: Vec<Work>,
    /// (loan, person, household).
    borrowers: Vec<(i64, i64, i64)>,
    ties: BTreeMap<(i64, Role), BTreeSet<(i64, Date)>>,
    branches: BTreeSet<i64>,
    findings: Vec<(Option<i64>, Fault)>,
    differences: Vec<Less>,
}

/// A ledger that knows of less repaid than the book.
struct Less {
    loan_id: i64,
    branch_id: i64,
    number: String,
    ledger_fen: Fen,
    book_fen: Fen,
}

/// The columns of the file, and where a row stands.
struct Row<'a> {
    parsed: &'a Parsed<LedgerRow>,
    row: &'a LedgerRow,
}

impl Row<'_> {
    fn fault(&self, field: Field, value: &str, code: FaultCode) -> Fault {
        Fault {
            at: Place {
                sheet: self.row.at.sheet.clone(),
                row: self.row.at.row,
                column: self.parsed.column(field.key()).to_owned(),
            },
            value: value.to_owned(),
            code,
        }
    }
}

/// Works out what a ledger would change.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    rules: Rules,
    upload: &Upload,
) -> Result<(Report, Plan), Error> {
    let parsed = ledger::read(&upload.book, &county.code).map_err(Refusal::Header)?;
    let as_of = parsed.as_of.or(upload.as_of).ok_or(Refusal::NoPositionDay)?;
    let mut report = Report::of(&parsed);
    report.as_of = Some(as_of);
    let older = county.position_on.is_some_and(|newest| as_of < newest);
    if older {
        let newest = county.position_on.map(|day| day.to_string()).unwrap_or_default();
        let at = Place { sheet: parsed.sheet.clone(), row: 1, column: String::new() };
        let code = FaultCode::OlderPosition { newest };
        report.findings.push(Fault { at, value: as_of.to_string(), code });
    }
    let mut planner = Planner {
        ids: Ids::load(tx, county).await?,
        places: Places::load(tx, county, as_of).await?,
        registry: Registry::load(tx, county).await?,
        known: Known::load(tx, county).await?,
        ties: tie::standing(tx, county.county_id).await?.into_iter().map(|tie| tie_key(&tie)).collect(),
        as_of,
        older,
        rules: &rules,
        db,
        plan_ties: BTreeMap::new(),
        works: Vec::new(),
        borrowers: Vec::new(),
        branches: BTreeSet::new(),
        findings: Vec::new(),
        differences: Vec::new(),
        bad: Vec::new(),
        seen: HashSet::new(),
    };
    for row in &parsed.rows {
        planner.row(&Row { parsed: &parsed, row }, &mut report)?;
    }
    report.absent = planner.known.absent(&planner.seen, as_of);
    report.differences = planner.differences.len();
    report.findings.extend(planner.findings.iter().map(|(_, fault)| fault.clone()));
    let Planner { ids, registry, works, borrowers, plan_ties, branches, findings, differences, bad, .. } =
        planner;
    report.refuse(bad);
    let mut findings = findings;
    findings.extend(parsed.findings.iter().map(|fault| (None, fault.clone())));
    let ties = plan_ties;
    let _ = ctx;
    Ok((
        report,
        Plan { as_of, rules, ids, registry, works, borrowers, ties, branches, findings, differences },
    ))
}

/// The loans that are in the book already.
struct Known {
    works: HashMap<(i64, String), Work>,
    persons: HashMap<i64, i64>,
}

impl Known {
    async fn load(tx: &mut Tx, county: &County) -> Result<Known, Error> {
        let mut events: HashMap<i64, Vec<LoanEvent>> = HashMap::new();
        for stored in loan::all_events(tx, county.county_id, 0, i64::MAX).await? {
            events.entry(stored.loan_id).or_default().push(stored.event);
        }
        let mut works = HashMap::new();
        for loan in loan::all(tx, county.county_id).await? {
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            works.insert((loan.lender_id, loan.number.clone()), Work { known: events.len(), loan, events });
        }
        let persons = loan::borrowers(tx, county.county_id).await?.into_iter().collect();
        Ok(Known { works, persons })
    }

    /// Loans disbursed by a day that a ledger of that day does not have, by number.
    fn absent(&self, seen: &HashSet<(i64, String)>, as_of: Date) -> Vec<String> {
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

struct Planner<'a> {
    ids: Ids,
    places: Places,
    registry: Registry,
    known: Known,
    ties: HashSet<(i64, Role, i64)>,
    as_of: Date,
    older: bool,
    rules: &'a Rules,
    db: &'a Db,
    plan_ties: BTreeMap<(i64, Role), BTreeSet<(i64, Date)>>,
    works: Vec<Work>,
    borrowers: Vec<(i64, i64, i64)>,
    branches: BTreeSet<i64>,
    findings: Vec<(Option<i64>, Fault)>,
    differences: Vec<Less>,
    bad: Vec<Fault>,
    seen: HashSet<(i64, String)>,
}

/// Officers, enterprise and household that a row names.
struct Parties {
    manager_id: Option<i64>,
    guide_id: Option<i64>,
    technologist_id: Option<i64>,
    enterprise_id: Option<i64>,
}

impl Planner<'_> {
    fn row(&mut self, line: &Row<'_>, report: &mut Report) -> Result<(), Error> {
        let row = line.row;
        let village_id = match self.places.village(row.township.as_deref(), &row.village) {
            Ok(id) => id,
            Err(fault) => {
                let (field, value) = match (&row.township, fault.at_township) {
                    (Some(township), true) => (Field::Township, township.as_str()),
                    _ => (Field::Village, row.village.as_str()),
                };
                self.bad.push(line.fault(field, value, fault.code));
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
        let key = (lender_id, row.number.clone());
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
            noticed.push(line.fault(Field::Identity, &row.identity.masked(), FaultCode::BorrowerDiffers));
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

/// Field by field, what a row would change.
struct Changed<'a> {
    number: &'a str,
    name: &'a str,
    list: Vec<Change>,
}

impl Changed<'_> {
    fn note(&mut self, field: &str, old: String, new: String) {
        if old != new {
            self.list.push(Change {
                subject: self.number.to_owned(),
                name: self.name.to_owned(),
                field: field.to_owned(),
                old,
                new,
            });
        }
    }

    /// Notes what differs between terms; true if anything does.
    fn terms(&mut self, old: &Terms, new: &Terms) -> bool {
        let text = |value: &dyn std::fmt::Display| value.to_string();
        let before = self.list.len();
        self.note("principal", text(&old.principal_fen), text(&new.principal_fen));
        let rate = |terms: &Terms| terms.rate.map(|rate| rate.to_string()).unwrap_or_default();
        self.note("rate", rate(old), rate(new));
        self.note("disbursed-on", text(&old.disbursed_on), text(&new.disbursed_on));
        self.note("due-on", text(&old.due_on), text(&new.due_on));
        let months = |terms: &Terms| terms.term_months.map(|months| months.to_string()).unwrap_or_default();
        self.note("term", months(old), months(new));
        self.note(
            "purpose",
            old.purpose.clone().unwrap_or_default(),
            new.purpose.clone().unwrap_or_default(),
        );
        self.list.len() > before
    }

    /// Notes and takes what differs in the attributes of a loan. What the file leaves blank stays.
    fn attributes(&mut self, loan: &mut Loan, row: &LedgerRow, parties: &Parties) {
        fn take<T: Clone + PartialEq>(old: &mut Option<T>, new: &Option<T>) -> Option<(Option<T>, T)> {
            let new = new.clone().filter(|new| old.as_ref() != Some(new))?;
            Some((old.replace(new.clone()), new))
        }
        if loan.borrower_name != row.borrower_name {
            self.note("borrower", loan.borrower_name.clone(), row.borrower_name.clone());
            loan.borrower_name = row.borrower_name.clone();
        }
        if let Some((old, new)) = take(&mut loan.household_class, &row.household_class) {
            self.note("household-class", old.unwrap_or_default(), new);
        }
        if let Some((old, new)) = take(&mut loan.note, &row.note) {
            self.note("note", old.unwrap_or_default(), new);
        }
        let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        for (field, old, new) in [
            ("enterprise", &mut loan.enterprise_id, parties.enterprise_id),
            ("industry-guide", &mut loan.guide_id, parties.guide_id),
            ("technology-officer", &mut loan.technologist_id, parties.technologist_id),
        ] {
            if let Some((old, new)) = take(old, &new) {
                self.note(field, id(old), id(Some(new)));
            }
        }
    }
}

fn push(events: &mut Vec<LoanEvent>, effective_on: Date, kind: EventKind) {
    let seq = events.last().map_or(1, |last| last.seq + 1);
    // The instant of recording is the transaction's: `write` fills it in.
    events.push(LoanEvent { seq, effective_on, recorded_at: 0, kind });
}

fn tie_key(tie: &Tie) -> (i64, Role, i64) {
    (tie.household_id, tie.role, tie.officer_id)
}

/// Writes what a ledger changes.
pub(super) async fn write(tx: &mut Tx, scene: &Scene<'_>, plan: Plan) -> Result<(), Error> {
    let Plan {
        as_of,
        mut rules,
        mut ids,
        registry,
        mut works,
        borrowers,
        ties,
        branches,
        findings,
        differences,
    } = plan;
    let (county, at) = (scene.county, scene.stamp.at);
    let county_id = county.county_id;
    for event in works.iter_mut().flat_map(|work| work.events[work.known..].iter_mut()) {
        event.recorded_at = at;
    }
    let moved: Vec<i64> = branches
        .iter()
        .copied()
        .filter(|branch| rules.until.get(branch).is_none_or(|until| *until < as_of))
        .collect();
    registry.save(tx, scene.db, county).await?;
    bank::report(tx, county_id, &moved, as_of, at, scene.import_id).await?;
    rules.until.extend(moved.iter().map(|branch| (*branch, as_of)));
    county::note_position(tx, county_id, as_of).await?;
    // The book opens with this position, if with none before.
    let county = county::get(tx, county_id).await?;
    book::save(tx, &county, scene.stamp, &rules, Some(scene.import_id), &mut works).await?;
    loan::put_borrowers(tx, county_id, &borrowers).await?;
    let ties: Vec<Tie> = ties
        .into_iter()
        .flat_map(|((household_id, role), officers)| {
            officers.into_iter().map(move |(officer_id, from_on)| Tie {
                household_id,
                role,
                officer_id,
                from_on,
                to_on: None,
            })
        })
        .collect();
    tie::put(tx, county_id, &ties, scene.import_id).await?;
    super::repayment::refresh_awaiting(tx, scene, &county, &rules, &moved, as_of).await?;
    let mut stored = Vec::with_capacity(findings.len());
    for (loan_id, fault) in findings {
        let facts = json!({ "at": fault.at, "value": fault.value, "code": fault.code });
        stored.push(Finding {
            finding_id: ids.take(),
            import_id: scene.import_id,
            loan_id,
            code: fault.code.key().to_owned(),
            facts: facts.to_string(),
        });
    }
    finding::add(tx, county_id, &stored).await?;
    let mut rows = Vec::with_capacity(differences.len());
    for less in differences {
        let facts = json!({ "ledger_fen": less.ledger_fen, "book_fen": less.book_fen });
        rows.push(Difference {
            difference_id: ids.take(),
            kind: "ledger-below-book".to_owned(),
            loan_id: Some(less.loan_id),
            branch_id: Some(less.branch_id),
            fingerprint: scene.db.key().hash(&format!("ledger-below-book {} {as_of} {facts}", less.number)),
            number: less.number,
            on_day: as_of,
            facts: facts.to_string(),
            import_id: scene.import_id,
            opened_at: at,
            resolved_at: None,
        });
    }
    difference::add(tx, county_id, &rows).await?;
    ids.save(tx, &county).await
}
