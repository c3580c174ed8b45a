//! One loan, with all that explains it.

use std::collections::BTreeMap;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{EventKind, Interval, LoanEvent, reason, standing};
use bangfu_domain::money::Fen;
use bangfu_domain::policy::Pack;
use bangfu_domain::warning::{Reason, Standing};
use bangfu_store::difference::{self, Difference};
use bangfu_store::finding::{self, Finding};
use bangfu_store::household::{self, Household};
use bangfu_store::loan::{self, Loan, StoredEvent};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Db, Tx, bank, county, enterprise, import, officer};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::division::Places;
use crate::error::{Error, Refusal};
use crate::rules::Rules;

/// A loan as its page shows it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// Its row, with terms, village, branch and officers as on the day.
    pub loan: Loan,
    /// How it stands on the day, and why; `None` before its disbursement.
    pub standing: Option<(Standing, Reason)>,
    /// True if the due day was moved, or may still move, by rest days that are not published yet.
    pub due_provisional: bool,
    /// Principal owed on the day.
    pub balance_fen: Fen,
    /// Its history, days ahead included.
    pub history: Vec<Interval>,
    /// Its events, in the order of recording.
    pub events: Vec<StoredEvent>,
    /// Its household.
    pub household: Option<Household>,
    /// The borrower's identity number, masked.
    pub identity_masked: Option<String>,
    /// The borrower's phone number, masked.
    pub phone_masked: Option<String>,
    /// Other loans of the household: (id, number).
    pub siblings: Vec<(i64, String)>,
    /// What places are called on any day.
    pub places: Places,
    /// Names by branch id.
    pub branches: BTreeMap<i64, String>,
    /// Names by officer id.
    pub officers: BTreeMap<i64, String>,
    /// The enterprise that carries the household.
    pub enterprise: Option<String>,
    /// What imports noticed.
    pub findings: Vec<Finding>,
    /// Where bank and book disagree.
    pub differences: Vec<Difference>,
    /// Names of the files that told of it, by import id.
    pub sources: BTreeMap<i64, String>,
    /// The pack that watches over it.
    pub pack: &'static Pack,
}

/// A loan on a day, if it lies in the asker's scope on that day: it stands, belongs and is looked after as the lists
/// of that day have it.
pub async fn detail(db: &Db, ctx: &Ctx, loan_id: i64, day: Date) -> Result<Detail, Error> {
    let mut tx = db.read().await?;
    let county_id = ctx.county_id();
    let mut loan = loan::get(&mut tx, &ctx.scope, loan_id, day).await?.ok_or(Refusal::NotFound)?;
    let county = county::get(&mut tx, county_id).await?;
    let rules = Rules::load(&mut tx, &county, None).await?;
    let events = loan::events(&mut tx, county_id, &[loan_id]).await?;
    let bare: Vec<LoanEvent> = events.iter().map(|stored| stored.event.clone()).collect();
    let folded = rules.fold(&bare, i64::MAX).ok_or(Refusal::NotFound)?;
    loan.terms = folded.terms_on(day);
    if let Some(placement) = folded.placement_on(day) {
        loan.village_id = placement.village_id;
        loan.branch_id = placement.branch_id;
        loan.manager_id = placement.manager_id;
    }
    (loan.guide_id, loan.technologist_id) = companions(&bare, i64::MAX, day);
    let history = rules.timeline(&folded)?;
    let watch = rules.watch(loan.terms.disbursed_on, loan.terms.due_on)?;
    let until = rules.until.get(&loan.branch_id).copied();
    let household = match loan.household_id {
        Some(id) => household::get(&mut tx, &ctx.scope, id, day).await?,
        None => None,
    };
    let (identity_masked, phone_masked) = match loan::borrower(&mut tx, county_id, loan_id).await? {
        Some(person_id) => masked(db, &mut tx, county_id, person_id).await?,
        None => (None, None),
    };
    let siblings = match loan.household_id {
        Some(id) => loan::of_household(&mut tx, &ctx.scope, id, day).await?,
        None => Vec::new(),
    };
    let enterprises: BTreeMap<i64, String> =
        enterprise::list(&mut tx, county_id).await?.into_iter().collect();
    let branches = bank::branches_on(&mut tx, county_id, day).await?;
    let officers = officer::list(&mut tx, county_id).await?;
    let sources = import::names_for_loan(&mut tx, &ctx.scope, loan_id, day).await?;
    Ok(Detail {
        due_provisional: rules.due_day(loan.terms.disbursed_on, loan.terms.due_on)?.provisional,
        standing: reason(&history, &watch, day, until),
        balance_fen: folded.balance_on(day),
        history,
        household,
        identity_masked,
        phone_masked,
        siblings: siblings.into_iter().filter(|(id, _)| *id != loan_id).collect(),
        places: Places::load(&mut tx, county.division_id).await?,
        branches: branches.into_iter().map(|branch| (branch.branch_id, branch.name)).collect(),
        officers: officers.into_iter().map(|officer| (officer.officer_id, officer.name)).collect(),
        enterprise: loan.enterprise_id.and_then(|id| enterprises.get(&id).cloned()),
        findings: finding::of_loan(&mut tx, &ctx.scope, loan_id, day).await?,
        differences: difference::of_loan(&mut tx, &ctx.scope, loan_id, day).await?,
        sources: sources.into_iter().collect(),
        pack: rules.pack_or_first(loan.terms.disbursed_on)?,
        events,
        loan,
    })
}

/// The industry guide and the technology officer of a loan on a day, as known at an instant: those whom the last
/// ledger up to the day named, as the credit manager is.
pub(crate) fn companions(events: &[LoanEvent], known_at: i64, day: Date) -> (Option<i64>, Option<i64>) {
    let said = standing(events, known_at).into_iter().filter_map(|event| match &event.kind {
        EventKind::Opened { about, .. } | EventKind::Described { about } => Some((event.effective_on, about)),
        _ => None,
    });
    let said: Vec<_> = said.collect();
    let by_then = said.iter().rev().find(|(on, _)| *on <= day).or_else(|| said.first());
    by_then.map_or((None, None), |(_, about)| (about.guide_id, about.technologist_id))
}

/// A person's identity number and phone number, masked.
pub(crate) async fn masked(
    db: &Db,
    tx: &mut Tx,
    county_id: i64,
    person_id: i64,
) -> Result<(Option<String>, Option<String>), Error> {
    let identity = person::secret(tx, db.key(), county_id, person_id, SecretKind::Identity).await?;
    let identity = identity.and_then(|text| IdentityNumber::parse(&text).ok());
    let phone = person::secret(tx, db.key(), county_id, person_id, SecretKind::Phone).await?;
    Ok((identity.map(|number| number.masked()), phone.as_deref().map(mask_phone)))
}

/// A phone number of which the first three and the last four digits stay.
pub fn mask_phone(phone: &str) -> String {
    let characters: Vec<char> = phone.chars().collect();
    let hidden = characters.len().saturating_sub(7);
    let shown = |place: usize| place < 3 || place >= 3 + hidden;
    if hidden == 0 {
        return "*".repeat(characters.len());
    }
    characters.iter().enumerate().map(|(place, c)| if shown(place) { *c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_keeps_its_ends() {
        assert_eq!(mask_phone("13769241081"), "137****1081");
        assert_eq!(mask_phone("12345"), "*****");
    }
}
