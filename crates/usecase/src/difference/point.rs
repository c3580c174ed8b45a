//! What the facts of differences point to: what the book knows of each is looked up and handed to the rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::difference::{Book, DifferenceKind, Dispute, Earlier, Other, Suggestion, suggest};
use bangfu_domain::loan::{Fold, LoanEvent, fold};
use bangfu_store::difference::Difference;
use bangfu_store::loan::{self, Loan};
use bangfu_store::movement::{self, Movement};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Scope, Tx, county};
use jiff::civil::Date;

use super::facts;
use crate::ctx::Ctx;
use crate::error::Error;

/// What the book knows of several differences.
struct Shelf {
    movements: HashMap<i64, Movement>,
    earlier: HashMap<i64, Movement>,
    /// By keyed hash of an identity number, whose it is.
    persons: HashMap<Vec<u8>, i64>,
    /// By loan, its borrower's person.
    borrowers: HashMap<i64, i64>,
    /// Loans of persons and names that the bank reports, in the whole county: which one is likely does not depend on
    /// who asks.
    others: Vec<(Loan, Option<i64>)>,
    /// Those of them that lie outside the asker's scope: they are not named.
    unseen: BTreeSet<i64>,
    folds: HashMap<i64, Fold>,
    position_on: Option<Date>,
}

/// What the facts of differences point to, by difference. Only loans within the asker's scope are pointed to.
pub(super) async fn suggestions(
    tx: &mut Tx,
    ctx: &Ctx,
    differences: &[&Difference],
) -> Result<BTreeMap<i64, Suggestion>, Error> {
    let shelf = Shelf::load(tx, ctx, differences).await?;
    let told = differences.iter().filter_map(|one| Some((one.difference_id, shelf.suggest(one)?)));
    Ok(told.collect())
}

impl Shelf {
    async fn load(tx: &mut Tx, ctx: &Ctx, differences: &[&Difference]) -> Result<Shelf, Error> {
        let county_id = ctx.county_id();
        let ids: Vec<i64> = differences.iter().map(|one| one.difference_id).collect();
        let movements: HashMap<i64, Movement> =
            movement::of_differences(tx, county_id, &ids).await?.into_iter().collect();
        let mut earlier = HashMap::new();
        for one in differences.iter().filter(|one| one.kind == DifferenceKind::SerialReused) {
            let facts = facts(one);
            let (Some(lender), Some(serial)) = (facts.lender_id, facts.serial) else { continue };
            if let Some(found) = movement::by_serial(tx, county_id, lender, &serial).await? {
                earlier.insert(one.difference_id, found);
            }
        }
        let meant = differences.iter().filter(|one| may_mean_another_loan(one.kind));
        let meant: Vec<&Movement> = meant.filter_map(|one| movements.get(&one.difference_id)).collect();
        let hashes: BTreeSet<Vec<u8>> = meant.iter().filter_map(|one| one.identity_hash.clone()).collect();
        let hashes: Vec<Vec<u8>> = hashes.into_iter().collect();
        let found = person::found(tx, county_id, SecretKind::Identity, &hashes).await?;
        let persons: HashMap<Vec<u8>, i64> =
            found.into_iter().map(|(hash, person, _)| (hash, person)).collect();
        let names: BTreeSet<&str> = meant.iter().filter_map(|one| one.name.as_deref()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let asked: Vec<i64> = persons.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let all = Scope::county(county_id);
        let others = loan::of_borrowers(tx, &all, ctx.today, &asked, &names).await?;
        let mut unseen: BTreeSet<i64> = others.iter().map(|(loan, _)| loan.loan_id).collect();
        for (loan, _) in loan::of_borrowers(tx, &ctx.scope, ctx.today, &asked, &names).await? {
            unseen.remove(&loan.loan_id);
        }
        let own: BTreeSet<i64> = differences.iter().filter_map(|one| one.loan_id).collect();
        let own: Vec<i64> = own.into_iter().collect();
        let borrowers = loan::borrowers_of(tx, county_id, &own).await?.into_iter().collect();
        let wanted: BTreeSet<i64> =
            own.into_iter().chain(others.iter().map(|(loan, _)| loan.loan_id)).collect();
        Ok(Shelf {
            folds: folds(tx, county_id, &wanted.into_iter().collect::<Vec<_>>()).await?,
            position_on: county::get(tx, county_id).await?.position_on,
            movements,
            earlier,
            persons,
            borrowers,
            others,
            unseen,
        })
    }

    fn suggest(&self, one: &Difference) -> Option<Suggestion> {
        let facts = facts(one);
        let reported = self.movements.get(&one.difference_id);
        let person =
            reported.and_then(|movement| self.persons.get(movement.identity_hash.as_ref()?)).copied();
        let says_who = reported.is_some_and(|movement| movement.identity_hash.is_some());
        let others = self.others_of(one, reported, person);
        let dispute = Dispute {
            kind: one.kind,
            on: one.on_day,
            number: &one.number,
            amount_fen: facts.amount_fen,
            balance_fen: facts.balance_fen,
            bank_name: one.name.as_deref(),
            ledger_fen: facts.ledger_fen,
            book_fen: facts.book_fen,
        };
        let borrower = one.loan_id.and_then(|loan| self.borrowers.get(&loan)).copied();
        let earlier = self.earlier.get(&one.difference_id);
        let book = Book {
            loan: one.loan_id.and_then(|loan| self.folds.get(&loan)),
            same_person: says_who.then(|| person.is_some() && person == borrower),
            others: &others,
            earlier: earlier.map(|movement| Earlier {
                number: &movement.number,
                on: movement.on_day,
                amount_fen: movement.amount_fen,
            }),
            position_on: self.position_on,
        };
        let suggestion = suggest(&dispute, &book)?;
        let is_unseen = |number: &str| {
            let mut hidden = self.others.iter().filter(|(loan, _)| self.unseen.contains(&loan.loan_id));
            hidden.any(|(loan, _)| loan.number == number)
        };
        match &suggestion {
            Suggestion::LikelyNumber { number } if is_unseen(number) => Some(Suggestion::AskNumber),
            _ => Some(suggestion),
        }
    }

    /// Loans that the bank may have meant: of the person whose identity number it gives, else of the name; not the
    /// one itself, and of the same institution where that is known.
    fn others_of(
        &self,
        one: &Difference,
        reported: Option<&Movement>,
        person: Option<i64>,
    ) -> Vec<Other<'_>> {
        let Some(movement) = reported else { return Vec::new() };
        let mut seen = BTreeSet::new();
        let others = self.others.iter().filter_map(|(loan, borrower)| {
            let is_same_person = person.is_some() && *borrower == person;
            let has_name =
                movement.identity_hash.is_none() && movement.name.as_ref() == Some(&loan.borrower_name);
            let is_lenders = movement.lender_id == 0 || movement.lender_id == loan.lender_id;
            let fits = (is_same_person || has_name) && is_lenders && Some(loan.loan_id) != one.loan_id;
            let fold = self.folds.get(&loan.loan_id)?;
            (fits && seen.insert(loan.loan_id)).then_some(Other {
                number: &loan.number,
                fold,
                is_same_person,
            })
        });
        others.collect()
    }
}

/// True if the bank may have meant another loan than the one whose number it gives.
const fn may_mean_another_loan(kind: DifferenceKind) -> bool {
    matches!(
        kind,
        DifferenceKind::UnknownNumber
            | DifferenceKind::OtherName
            | DifferenceKind::OtherIdentity
            | DifferenceKind::BeforeDisbursement
    )
}

/// What the events of loans say.
async fn folds(tx: &mut Tx, county_id: i64, loans: &[i64]) -> Result<HashMap<i64, Fold>, Error> {
    let mut events: HashMap<i64, Vec<LoanEvent>> = HashMap::new();
    for stored in loan::events(tx, county_id, loans).await? {
        events.entry(stored.loan_id).or_default().push(stored.event);
    }
    let folded = events.into_iter().filter_map(|(loan, events)| Some((loan, fold(&events, i64::MAX)?)));
    Ok(folded.collect())
}
