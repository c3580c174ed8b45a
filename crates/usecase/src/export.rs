//! Every loan disbursed by a day, as it stood then.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::Terms;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_sheets::export::{Table, Value};
use bangfu_store::account::NO_ACCOUNT;
use bangfu_store::loan;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::unmasking::Shown;
use bangfu_store::{Area, Db, Tx, audit, bank, county, division, enterprise, household, officer};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::recount::{Counted, recount};
use crate::unmasking;

/// A loan as an export has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower: String,
    /// The identity number: masked, unless unmasking was asked for and recorded.
    pub identity: String,
    /// 户主姓名, where the household is known: the borrower is not always its head.
    pub head: Option<String>,
    /// 户主身份证号, where unmasking was asked for and it is known.
    pub head_identity: Option<String>,
    /// 12-digit code of the village on the day.
    pub village_code: String,
    /// Its name.
    pub village: String,
    /// The name of its township.
    pub township: String,
    /// The branch.
    pub branch: String,
    /// 户属性.
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
/// With `unmask`, identity numbers are whole; how many and why is recorded before they are given.
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
    let reason = unmask.map(|reason| sound_reason(reason, Refusal::NoReason)).transpose()?;
    let mut tx = db.read().await?;
    let county_id = ctx.county_id();
    let county = county::get(&mut tx, county_id).await?;
    let places: BTreeMap<i64, _> = division::subtree(&mut tx, county.division_id, day)
        .await?
        .into_iter()
        .map(|term| (term.division_id, term))
        .collect();
    let branches: BTreeMap<i64, String> = bank::branches_on(&mut tx, county_id, day)
        .await?
        .into_iter()
        .map(|b| (b.branch_id, b.name))
        .collect();
    let officers: BTreeMap<i64, String> =
        officer::list(&mut tx, county_id).await?.into_iter().map(|o| (o.officer_id, o.name)).collect();
    let enterprises: BTreeMap<i64, String> =
        enterprise::list(&mut tx, county_id).await?.into_iter().collect();
    let identities: BTreeMap<i64, String> =
        person::all_secrets(&mut tx, db.key(), county_id, SecretKind::Identity).await?.into_iter().collect();
    let persons: BTreeMap<i64, i64> = loan::borrowers(&mut tx, county_id).await?.into_iter().collect();
    let households = households(&mut tx, county_id, &identities).await?;
    let attributes: BTreeMap<i64, loan::Loan> =
        loan::all(&mut tx, county_id).await?.into_iter().map(|loan| (loan.loan_id, loan)).collect();

    let mut rows = Vec::new();
    let row = |counted: Counted| {
        let Some(loan) = attributes.get(&counted.loan_id) else { return };
        let place = counted.interval.placement;
        let village = places.get(&place.village_id);
        let township = village.and_then(|village| village.parent_id).and_then(|id| places.get(&id));
        let identity = persons
            .get(&loan.loan_id)
            .and_then(|person| identities.get(person))
            .and_then(|text| IdentityNumber::parse(text).ok())
            .map(|number| if unmask.is_some() { number.as_str().to_owned() } else { number.masked() });
        let household = loan.household_id.and_then(|id| households.get(&id));
        let head_identity = household.and_then(|(_, identity)| identity.clone());
        let name = |id: Option<i64>| id.and_then(|id| officers.get(&id).cloned());
        rows.push(ExportRow {
            number: loan.number.clone(),
            borrower: counted.about.borrower_name,
            identity: identity.unwrap_or_default(),
            head: household.map(|(name, _)| name.clone()),
            head_identity: head_identity.filter(|_| unmask.is_some()),
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
    };
    recount(&mut tx, &county, day, known_at.unwrap_or(i64::MAX), row).await?;
    rows.sort_by(|a, b| (&a.number, &a.branch).cmp(&(&b.number, &b.branch)));
    drop(tx);
    if let Some(reason) = reason {
        record(db, ctx, day, &rows, &reason).await?;
    }
    Ok(rows)
}

/// Each household's head: the name, and the identity number of the person who bears it and is known as the head.
async fn households(
    tx: &mut Tx,
    county_id: i64,
    identities: &BTreeMap<i64, String>,
) -> Result<BTreeMap<i64, (String, Option<String>)>, Error> {
    let heads = person::heads(tx, county_id).await?;
    let mut households: BTreeMap<i64, (String, Option<String>)> = household::list(tx, county_id)
        .await?
        .into_iter()
        .map(|household| (household.household_id, (household.head_name, None)))
        .collect();
    for (household_id, person_id, name) in heads {
        if let Some((head, identity)) = households.get_mut(&household_id)
            && *head == name
        {
            *identity = identities.get(&person_id).cloned();
        }
    }
    Ok(households)
}

/// The loans of a day in the columns of a ledger, which reads in again and changes nothing.
///
/// The header is Chinese in either language: it is the county's form. The head's identity number stands in it only
/// where it is whole: of a masked one, only the borrower's finds its person again.
pub fn ledger(rows: &[ExportRow], day: Date, notice: Option<String>) -> Table {
    let text = |value: &Option<String>| Value::Text(value.clone().unwrap_or_default());
    let whole = rows.iter().any(|row| row.head_identity.is_some());
    let mut titles = vec![format!("贷款台账（截至{}年{}月{}日）", day.year(), day.month(), day.day())];
    titles.extend(notice);
    let cells = |row: &ExportRow| {
        let mut cells = vec![
            Value::Text(row.township.clone()),
            Value::Text(row.village.clone()),
            Value::Text(row.borrower.clone()),
            Value::Text(row.identity.clone()),
            text(&row.head),
            text(&row.household_class),
            Value::Text(row.branch.clone()),
            Value::Text(row.number.clone()),
            Value::Money(row.terms.principal_fen),
            Value::Text(row.terms.rate.map(|rate| rate.to_string()).unwrap_or_default()),
            Value::Date(Some(row.terms.disbursed_on)),
            Value::Text(row.terms.term_months.map(|months| months.to_string()).unwrap_or_default()),
            Value::Date(Some(row.terms.due_on)),
            text(&row.terms.purpose),
            Value::Money(row.repaid_fen),
            Value::Date(row.settled_on),
            text(&row.manager),
            text(&row.guide),
            text(&row.technologist),
            text(&row.enterprise),
            text(&row.note),
        ];
        if whole {
            cells.insert(HEAD_IDENTITY.0, text(&row.head_identity));
        }
        cells
    };
    let mut header = HEADER.map(str::to_owned).to_vec();
    if whole {
        header.insert(HEAD_IDENTITY.0, HEAD_IDENTITY.1.to_owned());
    }
    Table { titles, header, rows: rows.iter().map(cells).collect() }
}

const HEADER: [&str; 21] = [
    "乡镇",
    "村",
    "借款人姓名",
    "借款人身份证号",
    "户主姓名",
    "户属性",
    "贷款银行",
    "借据号",
    "贷款金额（元）",
    "年利率（%）",
    "放款日期",
    "期限（月）",
    "到期日期",
    "贷款用途",
    "已还本金（元）",
    "结清日期",
    "信贷管户员",
    "产业指导员",
    "科技特派员",
    "带贫主体",
    "备注",
];

/// Where the column of the head's identity number stands, and its name.
const HEAD_IDENTITY: (usize, &str) = (5, "户主身份证号");

/// Notes that whole numbers leave the book in a file.
async fn record(db: &Db, ctx: &Ctx, day: Date, rows: &[ExportRow], reason: &str) -> Result<(), Error> {
    let whole = rows.iter().flat_map(|row| row.head_identity.iter().chain([&row.identity]));
    let numbers: BTreeSet<&String> = whole.filter(|number| !number.is_empty()).collect();
    let numbers = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let shown = (NO_ACCOUNT, Shown::Export { numbers }, SecretKind::Identity);
        unmasking::note(tx, ctx, stamp, shown, (None, reason)).await?;
        let mut entry = ctx.entry("export-unmasked", day.to_string(), &json!({ "numbers": numbers }));
        entry.reason = Some(reason.to_owned());
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
