//! Every loan disbursed by a day, as it stood then.

use std::collections::BTreeMap;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::Terms;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_store::loan;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Area, Db, audit, bank, county, division, enterprise, officer};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::recount::recount;

/// A loan as an export has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower: String,
    /// The identity number: masked, unless unmasking was asked for and recorded.
    pub identity: String,
    /// 12-digit code of the village on the day.
    pub village_code: String,
    /// Its name.
    pub village: String,
    /// The name of its township.
    pub township: String,
    /// The branch.
    pub branch: String,
    /// 贫困户属性.
    pub household_class: Option<String>,
    /// The terms as known.
    pub terms: Terms,
    /// Principal repaid by the day.
    pub repaid_fen: Fen,
    /// Principal owed on the day.
    pub balance_fen: Fen,
    /// The day on which nothing was owed any more, if by the day.
    pub settled_on: Option<Date>,
    /// Standing on the day.
    pub standing: Standing,
    /// 信贷管户员 on the day.
    pub manager: Option<String>,
    /// 产业指导员.
    pub guide: Option<String>,
    /// 科技特派员.
    pub technologist: Option<String>,
    /// 带贫主体.
    pub enterprise: Option<String>,
    /// 备注.
    pub note: Option<String>,
}

/// Every loan disbursed by a day, as known now or at an instant, by contract number.
///
/// With `unmask`, identity numbers are whole; the reason is recorded first.
pub async fn loans(
    db: &Db,
    ctx: &Ctx,
    day: Date,
    known_at: Option<i64>,
    unmask: Option<&str>,
) -> Result<Vec<ExportRow>, Error> {
    if ctx.scope.area != Area::County {
        return Err(Refusal::NotFound.into());
    }
    if let Some(reason) = unmask {
        if reason.trim().is_empty() {
            return Err(Refusal::NoReason.into());
        }
        record(db, ctx, day, reason).await?;
    }
    let mut tx = db.read().await?;
    let county_id = ctx.county_id();
    let county = county::get(&mut tx, county_id).await?;
    let places: BTreeMap<i64, _> = division::subtree(&mut tx, county.division_id, day)
        .await?
        .into_iter()
        .map(|term| (term.division_id, term))
        .collect();
    let branches: BTreeMap<i64, String> =
        bank::branches(&mut tx, county_id).await?.into_iter().map(|b| (b.branch_id, b.name)).collect();
    let officers: BTreeMap<i64, String> =
        officer::list(&mut tx, county_id).await?.into_iter().map(|o| (o.officer_id, o.name)).collect();
    let enterprises: BTreeMap<i64, String> =
        enterprise::list(&mut tx, county_id).await?.into_iter().collect();
    let identities: BTreeMap<i64, String> =
        person::secrets(&mut tx, db.key(), county_id, SecretKind::Identity).await?.into_iter().collect();
    let persons: BTreeMap<i64, i64> = loan::borrowers(&mut tx, county_id).await?.into_iter().collect();
    let attributes: BTreeMap<i64, loan::Loan> =
        loan::all(&mut tx, county_id).await?.into_iter().map(|loan| (loan.loan_id, loan)).collect();

    let mut rows = Vec::new();
    for counted in recount(&mut tx, &county, day, known_at.unwrap_or(i64::MAX)).await? {
        let Some(loan) = attributes.get(&counted.loan_id) else { continue };
        let place = counted.interval.placement;
        let village = places.get(&place.village_id);
        let township = village.and_then(|village| village.parent_id).and_then(|id| places.get(&id));
        let identity = persons
            .get(&loan.loan_id)
            .and_then(|person| identities.get(person))
            .and_then(|text| IdentityNumber::parse(text).ok())
            .map(|number| if unmask.is_some() { number.as_str().to_owned() } else { number.masked() });
        let name = |id: Option<i64>| id.and_then(|id| officers.get(&id).cloned());
        rows.push(ExportRow {
            number: loan.number.clone(),
            borrower: counted.about.borrower_name,
            identity: identity.unwrap_or_default(),
            village_code: village.map(|village| village.code.clone()).unwrap_or_default(),
            village: village.map(|village| village.name.clone()).unwrap_or_default(),
            township: township.map(|township| township.name.clone()).unwrap_or_default(),
            branch: branches.get(&place.branch_id).cloned().unwrap_or_default(),
            household_class: counted.about.household_class,
            repaid_fen: counted.terms.principal_fen - counted.interval.balance_fen,
            balance_fen: counted.interval.balance_fen,
            settled_on: counted.settled_on,
            standing: counted.interval.standing,
            terms: counted.terms,
            manager: name(place.manager_id),
            guide: name(counted.about.guide_id),
            technologist: name(counted.about.technologist_id),
            enterprise: counted.about.enterprise_id.and_then(|id| enterprises.get(&id).cloned()),
            note: counted.about.note,
        });
    }
    rows.sort_by(|a, b| (&a.number, &a.branch).cmp(&(&b.number, &b.branch)));
    Ok(rows)
}

async fn record(db: &Db, ctx: &Ctx, day: Date, reason: &str) -> Result<(), Error> {
    in_write!(db, |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let mut entry = ctx.entry("export-unmasked", day.to_string(), &json!({}));
        entry.reason = Some(reason.to_owned());
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
