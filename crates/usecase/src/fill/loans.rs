//! The loans of a made-up book, one after the other.

use std::ops::Range;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{EventKind, LoanEvent, Particulars, Placement, Terms, add_days, days_between};
use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::rate::Rate;
use bangfu_domain::warning::{Standing, change_days};
use bangfu_store::household::Household;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::county::{Cast, Village};
use super::draw::{Draw, Weighted, is_of, rank};
use super::names::{self, PURPOSES};
use super::{Loan, Person, Place, Plan, SecretKind, StoredEvent, StoredInterval, Tie};
use crate::book::{Deltas, derive, places_of};
use crate::error::Error;
use crate::rules::Rules;

/// Ids of a loan: its own, its household's, its borrower's.
pub(super) const IDS: usize = 3;

const LOAN: u64 = 11;
const BORROWER: u64 = 12;

/// Every so many loans, a household has a second one.
const SECOND: usize = 8;

/// Days over which loans fall due.
const DAYS_AHEAD: i32 = 1_095;

/// What all loans of a county are drawn by.
#[derive(Debug)]
pub(super) struct Shape {
    plan: Plan,
    county_id: i64,
    first_id: i64,
    recorded_at: i64,
    opening_on: Date,
    due_days: Weighted<Date>,
}

impl Shape {
    pub(super) fn new(
        plan: Plan,
        county_id: i64,
        first_id: i64,
        recorded_at: i64,
        opening_on: Date,
    ) -> Shape {
        // Most contracts end in June or in December.
        let due_days = (1..=DAYS_AHEAD).map(|ahead| {
            let day = add_days(opening_on, ahead);
            (day, if matches!(day.month(), 6 | 12) { 3 } else { 1 })
        });
        let due_days = Weighted::new(due_days);
        Shape { plan, county_id, first_id, recorded_at, opening_on, due_days }
    }

    fn total(&self) -> usize {
        self.plan.loans + self.plan.loans / 10
    }

    fn id(&self, index: usize, which: usize) -> i64 {
        self.first_id + i64::try_from(index * IDS + which).unwrap_or(i64::MAX)
    }

    fn draw(&self, kind: u64, index: usize) -> Draw {
        Draw::of(self.plan.seed, self.county_id, kind, u64::try_from(index).unwrap_or(0))
    }
}

/// Some loans with all that belongs to them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) households: Vec<Household>,
    pub(super) persons: Vec<Person>,
    pub(super) secrets: Vec<(i64, SecretKind, String)>,
    pub(super) ties: Vec<Tie>,
    pub(super) loans: Vec<Loan>,
    pub(super) borrowers: Vec<(i64, i64, i64)>,
    pub(super) events: Vec<StoredEvent>,
    pub(super) intervals: Vec<StoredInterval>,
    pub(super) places: Vec<Place>,
    pub(super) deltas: Deltas,
    pub(super) changing: usize,
}

/// Makes the loans of a range.
pub(super) fn make(shape: &Shape, cast: &Cast, rules: &Rules, range: Range<usize>) -> Result<Batch, Error> {
    let mut batch = Batch::default();
    for index in range {
        let village = cast.villages.along(index, shape.total());
        let first = index.checked_sub(1).filter(|first| {
            index % SECOND == SECOND - 1
                && cast.villages.along(*first, shape.total()).village_id == village.village_id
        });
        let of = first.unwrap_or(index);
        let name = names::person(&mut shape.draw(BORROWER, of));
        if first.is_none() {
            batch.add_household(shape, cast, &village, index, &name)?;
        }
        batch.add_loan(shape, rules, &village, (index, of), name)?;
    }
    Ok(batch)
}

impl Batch {
    fn add_household(
        &mut self,
        shape: &Shape,
        cast: &Cast,
        village: &Village,
        index: usize,
        name: &str,
    ) -> Result<(), Error> {
        let (household_id, person_id) = (shape.id(index, 1), shape.id(index, 2));
        let mut draw = shape.draw(BORROWER, index);
        self.households.push(Household {
            household_id,
            village_id: village.village_id,
            head_name: name.to_owned(),
            size: Some(i64::try_from(1 + draw.below(6)).unwrap_or(1)),
            class: Some("脱贫户".to_owned()),
            version: 1,
        });
        let household = Some(household_id);
        self.persons.push(Person {
            person_id,
            household_id: household,
            name: name.to_owned(),
            is_head: true,
        });
        self.secrets.push((person_id, SecretKind::Identity, identity(&cast.prefix, index)?));
        Ok(())
    }

    fn add_loan(
        &mut self,
        shape: &Shape,
        rules: &Rules,
        village: &Village,
        (index, of): (usize, usize),
        borrower_name: String,
    ) -> Result<(), Error> {
        let mut draw = shape.draw(LOAN, index);
        let contract = Contract::draw(&mut draw, shape, rules, index)?;
        let (loan_id, household_id, person_id) = (shape.id(index, 0), shape.id(of, 1), shape.id(of, 2));
        let about = Particulars {
            borrower_name: borrower_name.clone(),
            household_class: Some("脱贫户".to_owned()),
            enterprise_id: draw.per_mille(200).then_some(village.enterprise_id),
            guide_id: Some(village.guide_id),
            technologist_id: Some(village.technologist_id),
            note: None,
        };
        let placement = Placement {
            village_id: village.village_id,
            branch_id: village.branch_id,
            manager_id: Some(village.manager_id),
        };
        if of == index {
            let from_on = contract.terms.disbursed_on;
            let (role, officer_id) = (Role::CreditManager, village.manager_id);
            self.ties.push(Tie { household_id, role, officer_id, from_on, to_on: None });
        }
        let mut loan = Loan {
            loan_id,
            lender_id: village.lender_id,
            branch_id: village.branch_id,
            number: format!("{}{index:09}", shape.county_id),
            household_id: Some(household_id),
            borrower_name,
            enterprise_id: about.enterprise_id,
            village_id: village.village_id,
            manager_id: placement.manager_id,
            placed_on: contract.terms.disbursed_on,
            guide_id: about.guide_id,
            technologist_id: about.technologist_id,
            household_class: about.household_class.clone(),
            note: None,
            pack_id: String::new(),
            terms: contract.terms.clone(),
            repaid_fen: Fen::ZERO,
            settled_on: None,
            standing: Standing::None,
            balance_fen: Fen::ZERO,
            next_change_on: None,
            event_seq: 0,
            version: 1,
            gone: false,
        };
        let events = contract.events(shape, about, placement);
        let history = derive(&mut loan, &events, rules, shape.opening_on)?;
        self.changing += usize::from(history.iter().any(|interval| interval.from_on == shape.plan.due_on));
        self.places.extend(places_of(loan_id, &history));
        for interval in history {
            self.deltas.add(rules, &interval, 1);
            self.intervals.push(StoredInterval { loan_id, interval });
        }
        let stored = |event| StoredEvent { loan_id, import_id: None, event };
        self.events.extend(events.into_iter().map(stored));
        self.borrowers.push((loan_id, person_id, household_id));
        self.loans.push(loan);
        Ok(())
    }
}

/// An identity number that belongs to nobody: each index has its own day and serial.
fn identity(prefix: &str, index: usize) -> Result<String, Error> {
    const FIRST: Date = date(1955, 1, 1);
    const DAYS: usize = 17_532;
    const SERIALS: usize = 999;
    // A step that shares no divisor with the numbers there are meets each of them once.
    let place = (index * 7_919 + 1) % (DAYS * SERIALS);
    let born = add_days(FIRST, i32::try_from(place / SERIALS).unwrap_or(0));
    let digits = format!("{prefix}{}{:03}", born.strftime("%Y%m%d"), place % SERIALS + 1);
    let number = IdentityNumber::complete(&digits);
    Ok(number.map_err(|fault| Error::Packs(fault.to_string()))?.as_str().to_owned())
}

/// A contract and what was repaid of it.
struct Contract {
    terms: Terms,
    repaid_fen: Fen,
    /// When, where something was.
    repaid_on: Option<Date>,
    /// Whether the bank's movements tell of it, or only the ledger.
    by_bank: bool,
}

impl Contract {
    fn draw(draw: &mut Draw, shape: &Shape, rules: &Rules, index: usize) -> Result<Contract, Error> {
        let (total, repaid) = (shape.total(), shape.plan.loans / 10);
        let is_repaid = is_of(index, repaid, total);
        let opening = shape.opening_on;
        let principal_fen = Fen::new(i64::try_from(10 + draw.below(41)).unwrap_or(10) * 100_000);
        let due_on = match shape.plan.changing {
            _ if is_repaid => draw.day(add_days(opening, -365), add_days(opening, 300)),
            Some(changing) => {
                let active = index - rank(index, repaid, total);
                if is_of(active, changing.min(shape.plan.loans), shape.plan.loans) {
                    changing_due_day(draw, shape, rules)?
                } else {
                    unchanging_due_day(draw, shape, rules)?
                }
            }
            None => due_day(draw, shape),
        };
        let months = [12, 24, 36].map(|months| (months, due_on.saturating_sub(i64::from(months).months())));
        let lent: Vec<&(u32, Date)> = months.iter().filter(|(_, lent_on)| *lent_on < opening).collect();
        let (term_months, disbursed_on) = match lent.len() {
            0 => (36, add_days(opening, -1)),
            many => *lent[draw.below(many)],
        };
        let terms = Terms {
            principal_fen,
            rate: Some(Rate::from_percent(Decimal::new([345, 365, 435][draw.below(3)], 2))),
            disbursed_on,
            due_on,
            term_months: Some(term_months),
            purpose: Some((*draw.pick(&PURPOSES)).to_owned()),
        };
        let (mut repaid_fen, mut repaid_on) = (Fen::ZERO, None);
        if is_repaid {
            // Three in a hundred paid late.
            let last = if draw.per_mille(30) { opening } else { due_on.min(opening) };
            (repaid_fen, repaid_on) =
                (principal_fen, Some(draw.day(add_days(disbursed_on, 1).min(last), last)));
        } else if draw.per_mille(120) {
            let tenths = i64::try_from(1 + draw.below(9)).unwrap_or(1);
            repaid_fen = Fen::new(principal_fen.get() / 10 * tenths);
            repaid_on = Some(draw.day(add_days(disbursed_on, 1).min(opening), opening));
        }
        Ok(Contract { terms, repaid_fen, repaid_on, by_bank: draw.per_mille(500) })
    }

    fn events(self, shape: &Shape, about: Particulars, placement: Placement) -> Vec<LoanEvent> {
        let day = self.terms.disbursed_on;
        let mut kinds = vec![
            (day, EventKind::Opened { terms: self.terms, about }),
            (day, EventKind::Placed { placement }),
        ];
        if let Some(on) = self.repaid_on.filter(|_| self.by_bank) {
            kinds.push((on, EventKind::Repaid { amount_fen: self.repaid_fen }));
        }
        let position = EventKind::Position { repaid_fen: self.repaid_fen, dated_on: self.repaid_on };
        kinds.push((shape.opening_on, position));
        (1..)
            .zip(kinds)
            .map(|(seq, (effective_on, kind))| LoanEvent {
                seq,
                effective_on,
                recorded_at: shape.recorded_at,
                kind,
            })
            .collect()
    }
}

/// A due day: three in a thousand loans are past it.
fn due_day(draw: &mut Draw, shape: &Shape) -> Date {
    if draw.per_mille(3) {
        draw.day(add_days(shape.opening_on, -200), add_days(shape.opening_on, -2))
    } else {
        shape.due_days.draw(draw)
    }
}

/// The days from a change of colour to the due day, by the pack of a contract signed before the book's first day.
fn days_of_changes(shape: &Shape, rules: &Rules) -> Result<Vec<i32>, Error> {
    let day = shape.plan.due_on;
    let thresholds = rules.pack_or_first(add_days(shape.opening_on, -365))?.warning.thresholds;
    Ok(change_days(day, &thresholds).map(|change| days_between(change, day)).collect())
}

/// A due day on whose account a loan changes on the measured day.
fn changing_due_day(draw: &mut Draw, shape: &Shape, rules: &Rules) -> Result<Date, Error> {
    let days = days_of_changes(shape, rules)?;
    Ok(add_days(shape.plan.due_on, days[draw.below(days.len())]))
}

/// A due day on whose account it does not.
fn unchanging_due_day(draw: &mut Draw, shape: &Shape, rules: &Rules) -> Result<Date, Error> {
    let days = days_of_changes(shape, rules)?;
    let mut due_on = due_day(draw, shape);
    while days.contains(&days_between(shape.plan.due_on, due_on)) {
        due_on = add_days(due_on, 1);
    }
    Ok(due_on)
}
