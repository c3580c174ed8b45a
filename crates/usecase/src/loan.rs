//! One loan, with all that explains it.

use std::collections::BTreeMap;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{Interval, LoanEvent, fold, reason};
use bangfu_domain::money::Fen;
use bangfu_domain::policy::Pack;
use bangfu_domain::warning::{Reason, Standing};
use bangfu_store::difference::{self, Difference};
use bangfu_store::finding::{self, Finding};
use bangfu_store::household::{self, Household};
use bangfu_store::loan::{self, Loan, StoredEvent};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Db, bank, county, division, enterprise, officer};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rules::Rules;

/// A loan as its page shows it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// Its row.
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
    /// Names by division id, for village and township.
    pub places: BTreeMap<i64, String>,
    /// The township in which the village lies.
    pub township_id: Option<i64>,
    /// The code of the village on the day.
    pub village_code: Option<String>,
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
    /// The pack that watches over it.
    pub pack: &'static Pack,
}

/// A loan on a day, if it lies in the asker's scope.
pub async fn detail(db: &Db, ctx: &Ctx, loan_id: i64, day: Date) -> Result<Detail, Error> {
    let mut tx = db.read().await?;
    let county_id = ctx.county_id();
    let loan = loan::get(&mut tx, &ctx.scope, loan_id, day).await?.ok_or(Refusal::NotFound)?;
    let county = county::get(&mut tx, county_id).await?;
    let rules = Rules::load(&mut tx, &county, None).await?;
    let events = loan::events(&mut tx, county_id, &[loan_id]).await?;
    let bare: Vec<LoanEvent> = events.iter().map(|stored| stored.event.clone()).collect();
    let folded = fold(&bare, i64::MAX).ok_or(Refusal::NotFound)?;
    let history = rules.timeline(&folded)?;
    let watch = rules.watch(folded.terms.disbursed_on, folded.terms.due_on)?;
    let until = rules.until.get(&loan.branch_id).copied();
    let mut places = BTreeMap::new();
    let mut village_code = None;
    for term in division::subtree(&mut tx, county.division_id, day).await? {
        if term.division_id == loan.village_id {
            village_code = Some(term.code);
        }
        places.insert(term.division_id, term.name);
    }
    let household = match loan.household_id {
        Some(id) => household::get(&mut tx, &ctx.scope, id, day).await?,
        None => None,
    };
    let (mut identity_masked, mut phone_masked) = (None, None);
    if let Some(person_id) = loan::borrower(&mut tx, county_id, loan_id).await? {
        let identity = person::secret(&mut tx, db.key(), county_id, person_id, SecretKind::Identity).await?;
        identity_masked =
            identity.and_then(|text| IdentityNumber::parse(&text).ok()).map(|number| number.masked());
        let phone = person::secret(&mut tx, db.key(), county_id, person_id, SecretKind::Phone).await?;
        phone_masked = phone.as_deref().map(mask_phone);
    }
    let siblings = match loan.household_id {
        Some(id) => loan::of_household(&mut tx, &ctx.scope, id, day).await?,
        None => Vec::new(),
    };
    let enterprises: BTreeMap<i64, String> =
        enterprise::list(&mut tx, county_id).await?.into_iter().collect();
    Ok(Detail {
        due_provisional: rules.due_day(folded.terms.disbursed_on, folded.terms.due_on)?.provisional,
        standing: reason(&history, &watch, day, until),
        balance_fen: folded.balance_on(day),
        township_id: rules.township_on(loan.village_id, day),
        village_code,
        history,
        household,
        identity_masked,
        phone_masked,
        siblings: siblings.into_iter().filter(|(id, _)| *id != loan_id).collect(),
        places,
        branches: bank::branches(&mut tx, county_id)
            .await?
            .into_iter()
            .map(|branch| (branch.branch_id, branch.name))
            .collect(),
        officers: officer::list(&mut tx, county_id)
            .await?
            .into_iter()
            .map(|officer| (officer.officer_id, officer.name))
            .collect(),
        enterprise: loan.enterprise_id.and_then(|id| enterprises.get(&id).cloned()),
        findings: finding::of_loan(&mut tx, &ctx.scope, loan_id, day).await?,
        differences: difference::of_loan(&mut tx, &ctx.scope, loan_id, day).await?,
        pack: rules.pack_or_first(loan.terms.disbursed_on)?,
        events,
        loan,
    })
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
