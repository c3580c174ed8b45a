//! The loans of a list on paper: of a day, as known at an instant.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::loan::{Interval, LoanEvent, Particulars, Placement, Terms, add_days, days_between};
use bangfu_domain::money::Fen;
use bangfu_domain::paper::PaperKind;
use bangfu_domain::warning::Standing;
use bangfu_store::contact::{self, Contact};
use bangfu_store::county::County;
use bangfu_store::paper::Paper;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Area, Db, Tx, bank, loan, officer};
use jiff::civil::Date;

use crate::division::Places;
use crate::error::Error;
use crate::loan::mask_phone;
use crate::recount::{Folded, folded};
use crate::rules::Rules;

/// A loan of a list on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The loan.
    pub loan_id: i64,
    /// 借据号.
    pub number: String,
    /// The borrower's name.
    pub borrower: String,
    /// The identity number, masked, on papers that show it.
    pub identity: Option<String>,
    /// The phone number, masked, on papers that show it.
    pub phone: Option<String>,
    /// The township of the day.
    pub township: String,
    /// The village of the day.
    pub village: String,
    /// Its code, by which villages are ordered.
    pub village_code: String,
    /// The branch.
    pub branch: String,
    /// The credit manager.
    pub manager: Option<String>,
    /// The amount lent.
    pub principal_fen: Fen,
    /// Principal owed.
    pub balance_fen: Fen,
    /// 放款日期.
    pub disbursed_on: Date,
    /// The day on which it must be repaid.
    pub due_on: Date,
    /// Days from the paper's day to it; negative once it has passed.
    pub days_to_due: i32,
    /// How it stands.
    pub standing: Standing,
    /// 贷款用途.
    pub purpose: Option<String>,
    /// What was recorded, the oldest first, on papers that show it.
    pub contacts: Vec<Contact>,
}

/// A loan on a day, before anything is called by its name.
#[derive(Debug, Clone)]
pub(super) struct Bare {
    pub(super) loan_id: i64,
    pub(super) terms: Terms,
    pub(super) about: Particulars,
    pub(super) interval: Interval,
    pub(super) due_on: Date,
}

impl Bare {
    fn of(rules: &Rules, one: Folded, day: Date) -> Result<Option<Bare>, Error> {
        let Some(interval) = one.on(day).cloned() else { return Ok(None) };
        let terms = one.fold.terms_on(day);
        let due_on = rules.due_day(terms.disbursed_on, terms.due_on)?.on;
        Ok(Some(Bare { loan_id: one.loan_id, due_on, about: one.fold.about, interval, terms }))
    }
}

/// What of the county a paper tells of.
#[derive(Debug, Clone)]
pub(super) enum Extent {
    All,
    Villages(BTreeSet<i64>),
    Branch(i64),
}

impl Extent {
    /// The extent of an area on a day.
    pub(super) fn of(area: Area, places: &Places, day: Date) -> Extent {
        match area {
            Area::Division(id) => {
                Extent::Villages(places.within(id, day).into_iter().map(|place| place.division_id).collect())
            }
            Area::Branch(id) => Extent::Branch(id),
            Area::County | Area::Officer(_) | Area::Household(_) => Extent::All,
        }
    }

    /// Whether a loan that belongs there is of it.
    pub(super) fn holds(&self, placement: &Placement) -> bool {
        match self {
            Extent::All => true,
            Extent::Villages(villages) => villages.contains(&placement.village_id),
            Extent::Branch(branch) => placement.branch_id == *branch,
        }
    }
}

/// One loan on a day, as known at an instant; `None` if it was not there.
pub(super) async fn of_loan(
    tx: &mut Tx,
    county: &County,
    rules: &Rules,
    loan_id: i64,
    (day, known_at): (Date, i64),
) -> Result<Option<Bare>, Error> {
    let events = loan::events(tx, county.county_id, &[loan_id]).await?;
    let events: Vec<LoanEvent> = events.into_iter().map(|stored| stored.event).collect();
    let Some(fold) = rules.fold(&events, known_at) else { return Ok(None) };
    let history = rules.timeline(&fold)?;
    Bare::of(rules, Folded { loan_id, fold, history, events }, day)
}

/// One loan as it stands on a day by what is known now.
pub(super) async fn of_one(
    tx: &mut Tx,
    county: &County,
    loan_id: i64,
    day: Date,
) -> Result<Option<Line>, Error> {
    let rules = Rules::load(tx, county, None).await?;
    let found = of_loan(tx, county, &rules, loan_id, (day, i64::MAX)).await?;
    Ok(named(tx, county, found.into_iter().collect(), day).await?.pop())
}

/// Whether a paper of that kind lists a loan that stands so.
fn lists(paper: &Paper, one: &Bare) -> bool {
    let standing = one.interval.standing;
    match paper.kind {
        PaperKind::Collection => matches!(standing, Standing::Red | Standing::Overdue),
        PaperKind::Roster => {
            let days = i32::try_from(paper.days.unwrap_or(0)).unwrap_or(i32::MAX);
            let last = add_days(paper.on_day, days);
            standing.is_owing() && paper.on_day <= one.due_on && one.due_on <= last
        }
        PaperKind::Publicity => standing.is_owing(),
        PaperKind::Meeting => {
            let nobodys = one.interval.placement.manager_id.is_none();
            standing == Standing::Overdue
                || (nobodys && matches!(standing, Standing::Red | Standing::Yellow | Standing::Awaiting))
        }
        PaperKind::Monthly | PaperKind::DueNotice | PaperKind::OverdueNotice | PaperKind::Card => false,
    }
}

/// The loans that a paper lists on a day, as known at an instant: by village, due day and number.
pub(super) async fn of_paper(
    db: &Db,
    tx: &mut Tx,
    county: &County,
    paper: &Paper,
    (day, known_at): (Date, i64),
) -> Result<Vec<Line>, Error> {
    let mut found: Vec<Bare> = Vec::new();
    if let Some(loan_id) = paper.loan_id {
        let rules = Rules::load(tx, county, Some(known_at)).await?;
        found.extend(of_loan(tx, county, &rules, loan_id, (day, known_at)).await?);
    } else {
        let places = Places::load(tx, county.division_id).await?;
        let extent = Extent::of(paper.area, &places, day);
        folded(tx, county, known_at, |rules, one| {
            let bare = Bare::of(rules, one, day)?;
            found.extend(bare.filter(|one| extent.holds(&one.interval.placement) && lists(paper, one)));
            Ok(())
        })
        .await?;
    }
    let mut lines = named(tx, county, found, day).await?;
    if paper.kind == PaperKind::Collection {
        masked(db, tx, county.county_id, &mut lines).await?;
        contacts(tx, county.county_id, &mut lines, (day, known_at)).await?;
    }
    lines.sort_by_cached_key(|line| (line.village_code.clone(), line.due_on, line.number.clone()));
    Ok(lines)
}

/// Calls everything by the name that it bore on the day.
async fn named(tx: &mut Tx, county: &County, found: Vec<Bare>, day: Date) -> Result<Vec<Line>, Error> {
    let county_id = county.county_id;
    let places = Places::load(tx, county.division_id).await?;
    let branches = bank::branches_on(tx, county_id, day).await?;
    let branches: BTreeMap<i64, String> = branches.into_iter().map(|one| (one.branch_id, one.name)).collect();
    let officers = officer::list(tx, county_id).await?;
    let officers: BTreeMap<i64, String> =
        officers.into_iter().map(|one| (one.officer_id, one.name)).collect();
    let ids: Vec<i64> = found.iter().map(|one| one.loan_id).collect();
    let rows = loan::by_ids(tx, county_id, &ids).await?;
    let numbers: BTreeMap<i64, String> = rows.into_iter().map(|loan| (loan.loan_id, loan.number)).collect();
    let line = |one: Bare| {
        let place = one.interval.placement;
        let (township, village) = places.village_on(place.village_id, day);
        let code = places.on(place.village_id, day).map(|term| term.code.clone());
        Line {
            loan_id: one.loan_id,
            number: numbers.get(&one.loan_id).cloned().unwrap_or_default(),
            borrower: one.about.borrower_name,
            identity: None,
            phone: None,
            township: township.to_owned(),
            village: village.to_owned(),
            village_code: code.unwrap_or_default(),
            branch: branches.get(&place.branch_id).cloned().unwrap_or_default(),
            manager: place.manager_id.and_then(|id| officers.get(&id).cloned()),
            principal_fen: one.terms.principal_fen,
            balance_fen: one.interval.balance_fen,
            disbursed_on: one.terms.disbursed_on,
            due_on: one.due_on,
            days_to_due: days_between(day, one.due_on),
            standing: one.interval.standing,
            purpose: one.terms.purpose,
            contacts: Vec::new(),
        }
    };
    Ok(found.into_iter().map(line).collect())
}

/// Adds the borrowers' numbers, masked.
async fn masked(db: &Db, tx: &mut Tx, county_id: i64, lines: &mut [Line]) -> Result<(), Error> {
    let ids: Vec<i64> = lines.iter().map(|line| line.loan_id).collect();
    let borrowers: BTreeMap<i64, i64> = loan::borrowers_of(tx, county_id, &ids).await?.into_iter().collect();
    let persons: Vec<i64> = borrowers.values().copied().collect();
    let mut of = async |kind| {
        let secrets = person::secrets(tx, db.key(), county_id, kind, &persons).await?;
        Ok::<BTreeMap<i64, String>, Error>(secrets.into_iter().collect())
    };
    let (identities, phones) = (of(SecretKind::Identity).await?, of(SecretKind::Phone).await?);
    for line in lines {
        let Some(person) = borrowers.get(&line.loan_id) else { continue };
        let identity = identities.get(person).and_then(|text| IdentityNumber::parse(text).ok());
        line.identity = identity.map(|number| number.masked());
        line.phone = phones.get(person).map(|text| mask_phone(text));
    }
    Ok(())
}

/// Adds what was recorded of them.
async fn contacts(tx: &mut Tx, county_id: i64, lines: &mut [Line], known: (Date, i64)) -> Result<(), Error> {
    let ids: Vec<i64> = lines.iter().map(|line| line.loan_id).collect();
    let mut of: BTreeMap<i64, Vec<Contact>> = BTreeMap::new();
    for contact in contact::of_loans(tx, county_id, &ids, known).await? {
        of.entry(contact.loan_id).or_default().push(contact);
    }
    for line in lines {
        line.contacts = of.remove(&line.loan_id).unwrap_or_default();
    }
    Ok(())
}
