//! A bank's movement held against its loan: it becomes an event, or a difference that is tried again whenever a
//! file brings the book further.

use std::collections::{BTreeSet, HashMap};

use bangfu_domain::difference::{DifferenceKind, Way};
use bangfu_domain::loan::{EventKind, LoanEvent, MovementVerdict, fold, judge_movement};
use bangfu_sheets::repayments::MovementKind;
use bangfu_store::difference::{self, Difference, Proof};
use bangfu_store::import as stored;
use bangfu_store::movement::{self, Movement};
use bangfu_store::{Tx, audit};
use serde_json::{Value, json};

use super::Scene;
use super::registry::Registry;
use crate::book::Work;
use crate::error::Error;

/// The loans that movements may concern.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    works: HashMap<i64, Work>,
    by_number: HashMap<String, Vec<i64>>,
    persons: HashMap<i64, i64>,
    touched: BTreeSet<i64>,
}

/// Why a movement does not fit: the kind of difference, and its two sides.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) kind: DifferenceKind,
    /// The loan and its branch, where the number is known.
    pub(super) loan: Option<(i64, i64)>,
    pub(super) facts: Value,
}

impl Shelf {
    /// Adds a loan with its borrower.
    pub(super) fn add(&mut self, work: Work, person: Option<i64>, touched: bool) {
        let id = work.loan.loan_id;
        self.by_number.entry(work.loan.number.clone()).or_default().push(id);
        self.persons.extend(person.map(|person| (id, person)));
        if touched {
            self.touched.insert(id);
        }
        self.works.insert(id, work);
    }

    /// The loans that have new events.
    pub(super) fn into_touched(mut self) -> Vec<Work> {
        self.touched.iter().filter_map(|id| self.works.remove(id)).collect()
    }

    /// The institution of the only loan with a number.
    pub(super) fn only_lender(&self, number: &str) -> Option<i64> {
        match self.by_number.get(number).map(Vec::as_slice) {
            Some([one]) => self.works.get(one).map(|work| work.loan.lender_id),
            _ => None,
        }
    }

    /// The loan that a movement names; one whose institution nobody could tell takes the only one of its number.
    fn find(&self, movement: &Movement) -> Option<&Work> {
        let ids = self.by_number.get(&movement.number)?;
        let mut found = ids.iter().filter_map(|id| self.works.get(id));
        match (movement.lender_id, ids.len()) {
            (0, 1) => found.next(),
            (0, _) => None,
            (lender, _) => found.find(|work| work.loan.lender_id == lender),
        }
    }

    /// The loan that a movement names, and its branch.
    pub(super) fn loan_of(&self, movement: &Movement) -> Option<(i64, i64)> {
        self.find(movement).map(|work| (work.loan.loan_id, work.loan.branch_id))
    }

    /// Records a movement on its loan, or tells why it does not fit. Interest changes no balance: `Ok(None)`.
    pub(super) fn apply(
        &mut self,
        registry: &Registry,
        movement: &Movement,
    ) -> Result<Option<(i64, u32)>, Misfit> {
        let Some(work) = self.find(movement) else {
            return Err(Misfit { kind: DifferenceKind::UnknownNumber, loan: None, facts: json!({}) });
        };
        let loan_id = work.loan.loan_id;
        let loan = Some((loan_id, work.loan.branch_id));
        let misfit = |kind, facts| Misfit { kind, loan, facts };
        // The row of the loan may be of before this file: its events know the borrower's name.
        let Some(folded) = fold(&work.events, i64::MAX) else {
            return Err(misfit(DifferenceKind::UnknownNumber, json!({})));
        };
        let borrower = &folded.about.borrower_name;
        if movement.name.as_ref().is_some_and(|name| name != borrower) {
            return Err(misfit(DifferenceKind::OtherName, json!({ "book": borrower })));
        }
        if let Some(hash) = &movement.identity_hash {
            let person = registry.person_by_hash(hash).map(|(person, _)| person);
            if person.is_none() || person != self.persons.get(&loan_id).copied() {
                return Err(misfit(DifferenceKind::OtherIdentity, json!({})));
            }
        }
        if movement.kind == MovementKind::Interest.key() {
            return Ok(None);
        }
        if movement.kind != MovementKind::Principal.key() {
            return Err(misfit(DifferenceKind::UnknownKind, json!({})));
        }
        match judge_movement(&folded, movement.on_day, movement.amount_fen, movement.balance_fen) {
            MovementVerdict::Follows => {}
            MovementVerdict::BalanceDiffers { book_fen } => {
                return Err(misfit(DifferenceKind::BalanceDiffers, json!({ "book_fen": book_fen })));
            }
            MovementVerdict::MoreThanOwed { book_fen } => {
                return Err(misfit(DifferenceKind::MoreThanOwed, json!({ "book_fen": book_fen })));
            }
            MovementVerdict::BeyondPosition { position_on, repaid_fen } => {
                let facts = json!({ "position_on": position_on, "book_fen": repaid_fen });
                return Err(misfit(DifferenceKind::BeyondPosition, facts));
            }
            MovementVerdict::BeforeDisbursement => {
                return Err(misfit(
                    DifferenceKind::BeforeDisbursement,
                    json!({ "book_fen": folded.terms.principal_fen }),
                ));
            }
        }
        let Some(work) = self.works.get_mut(&loan_id) else { return Ok(None) };
        let seq = work.events.last().map_or(1, |last| last.seq + 1);
        let kind = EventKind::Repaid { amount_fen: movement.amount_fen };
        work.events.push(LoanEvent { seq, effective_on: movement.on_day, recorded_at: 0, kind });
        self.touched.insert(loan_id);
        Ok(Some((loan_id, seq)))
    }

    /// Tries an open movement, unless its serial number turns out to be used by another one.
    fn apply_once(
        &mut self,
        registry: &Registry,
        movement: &Movement,
        serials: &Serials,
    ) -> Result<Option<(i64, u32)>, Misfit> {
        if self.twin(movement, serials).is_some() {
            let loan = self.find(movement).map(|work| (work.loan.loan_id, work.loan.branch_id));
            return Err(Misfit {
                kind: DifferenceKind::SerialReused,
                loan,
                facts: json!({ "serial": movement.serial }),
            });
        }
        self.apply(registry, movement)
    }

    fn lender_of(&self, loan_id: i64) -> Option<i64> {
        self.works.get(&loan_id).map(|work| work.loan.lender_id)
    }

    /// What the loan's institution has reported under the serial number of a movement whose institution nobody could
    /// tell: the number is used, whatever it said.
    fn twin<'a>(&self, movement: &Movement, serials: &'a Serials) -> Option<&'a Vec<u8>> {
        let work = self.find(movement).filter(|_| movement.lender_id == 0)?;
        serials.get(&work.loan.lender_id)?.get(&movement.serial)
    }
}

/// What movements the book has: by institution and serial number, the hash of what each says.
pub(super) type Serials = HashMap<i64, HashMap<String, Vec<u8>>>;

/// What becomes of movements that did not fit when they were reported.
#[derive(Debug, Default)]
pub(super) struct Retried {
    /// The difference, its movement, and the institution, loan and event that it became.
    settled: Vec<(i64, Movement, i64, (i64, u32))>,
    /// Differences that the file proves settled without an event: their movement has come again, from an institution
    /// that could be told.
    proved: Vec<i64>,
    /// Differences that stand for another reason than before: as they were, and as they are now.
    restated: Vec<(Difference, Difference)>,
}

/// Tries open movements again. One that fits may make room for another: they are gone through until none does.
pub(super) fn retry(
    shelf: &mut Shelf,
    registry: &Registry,
    mut open: Vec<(Difference, Movement)>,
    serials: &Serials,
) -> Retried {
    let mut retried = Retried::default();
    open.retain(|(difference, movement)| {
        let repeated = shelf.twin(movement, serials) == Some(&movement.content_hash);
        if repeated {
            retried.proved.push(difference.difference_id);
        }
        !repeated
    });
    loop {
        let before = open.len();
        let mut left = Vec::new();
        for (difference, movement) in open {
            match shelf.apply_once(registry, &movement, serials) {
                Ok(Some((loan_id, seq))) => {
                    let lender_id = shelf.lender_of(loan_id).unwrap_or(movement.lender_id);
                    retried.settled.push((difference.difference_id, movement, lender_id, (loan_id, seq)));
                }
                _ => left.push((difference, movement)),
            }
        }
        open = left;
        if open.is_empty() || open.len() == before {
            break;
        }
    }
    for (difference, movement) in open {
        // Applying failed above without a trace; it is asked once more for its reason.
        let Err(misfit) = shelf.apply_once(registry, &movement, serials) else { continue };
        if difference.state.is_open() && difference.kind != misfit.kind {
            let (loan_id, branch_id) = misfit.loan.unzip();
            let facts = told(&movement, misfit.facts, None).to_string();
            let now = Difference { kind: misfit.kind, loan_id, branch_id, facts, ..difference.clone() };
            retried.restated.push((difference, now));
        }
    }
    retried
}

/// The two sides of a difference: what the bank reports, and what the book says.
pub(super) fn told(movement: &Movement, mut facts: Value, row: Option<u32>) -> Value {
    facts["row"] = json!(row);
    facts["amount_fen"] = json!(movement.amount_fen);
    facts["balance_fen"] = json!(movement.balance_fen);
    facts["name"] = json!(movement.name);
    facts
}

/// Writes what became of movements tried again: a file has settled their differences.
pub(super) async fn write(tx: &mut Tx, scene: &Scene<'_>, retried: &Retried) -> Result<(), Error> {
    let Scene { county, stamp, import_id, .. } = *scene;
    let (county_id, writing) = (county.county_id, scene.writing());
    let settled = retried.settled.iter().map(|(difference, ..)| *difference);
    let restated = retried.restated.iter().map(|(difference, _)| difference.difference_id);
    let touched: Vec<i64> = settled.chain(retried.proved.iter().copied()).chain(restated).collect();
    stored::keep(tx, writing, stored::Noun::Difference, &touched, None).await?;
    let mut proofs: Vec<Proof> = retried.proved.iter().map(|difference| (*difference, None)).collect();
    for (difference_id, movement, lender_id, became) in &retried.settled {
        let was = (movement.lender_id, movement.serial.as_str());
        stored::keep_movement(tx, writing, was, *lender_id).await?;
        movement::became(tx, county_id, movement, *lender_id, *became).await?;
        proofs.push((*difference_id, Some((*lender_id, became.0))));
    }
    difference::settle(tx, county_id, stamp, import_id, &proofs).await?;
    for (before, now) in &retried.restated {
        difference::restate(tx, county_id, stamp, import_id, before, now).await?;
    }
    audit::note_changes(tx, county_id, stamp, "difference", &touched).await?;
    Ok(())
}

/// The differences of which a file may still tell, with the movements that opened them.
pub(super) async fn open(tx: &mut Tx, county_id: i64) -> Result<Vec<(Difference, Movement)>, Error> {
    let mut differences: HashMap<i64, Difference> = difference::waiting(tx, county_id, Way::NextFile)
        .await?
        .into_iter()
        .map(|one| (one.difference_id, one))
        .collect();
    let open = movement::open(tx, county_id, Way::NextFile).await?;
    Ok(open.into_iter().filter_map(|(id, movement)| Some((differences.remove(&id)?, movement))).collect())
}

/// What institutions have reported under the serial numbers of open movements whose institution nobody could tell.
pub(super) async fn twins(tx: &mut Tx, county_id: i64) -> Result<Serials, Error> {
    let mut serials = Serials::new();
    for (lender_id, serial, hash) in movement::twins(tx, county_id, Way::NextFile).await? {
        serials.entry(lender_id).or_default().insert(serial, hash);
    }
    Ok(serials)
}
