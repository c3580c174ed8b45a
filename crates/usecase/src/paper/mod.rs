//! Papers (日常材料): made of a day as it is known at an instant, found again by a code (材料编号), and the same each time.

pub mod card;
mod content;
mod fault;
mod lines;
mod month;
mod since;
pub mod template;

use bangfu_domain::division::Level;
use bangfu_domain::paper::{Code, PaperKind};
use bangfu_domain::warning::Standing;
use bangfu_store::key::random;
use bangfu_store::paper::{self as stored, Paper};
use bangfu_store::{Area, Db, Tx, audit, county, household, loan, paper_template};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::division::Places;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::rules::Rules;

pub use content::{Content, Meeting, OfLoan, Station, content};
pub use fault::PaperFault;
pub use lines::Line;
pub use month::{Count, Figures, Month, MonthRow};
pub use since::{FigureChange, LineChange, Since, since};

/// The most days that a paper tells ahead.
pub const DAYS_MAX: u32 = 366;

/// So many papers of an area or a loan are listed.
const LISTED: i64 = 30;

/// A paper that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaper {
    /// What it is.
    pub kind: PaperKind,
    /// The day of which it tells.
    pub on_day: Date,
    /// The place; none for all that the maker sees.
    pub division_id: Option<i64>,
    /// The loan, where it is about one.
    pub loan_id: Option<i64>,
    /// How many days ahead it tells, where it does.
    pub days: Option<u32>,
}

/// Makes a paper of what the maker's area holds.
///
/// # Errors
/// The day has not come, the place or loan lies elsewhere, or the loan does not stand so that there is such a paper of it.
pub async fn make(db: &Db, ctx: &Ctx, new: &NewPaper) -> Result<Paper, Error> {
    if new.on_day > ctx.today {
        return Err(Refusal::DayAhead { day: new.on_day }.into());
    }
    let days = match new.kind.has_days() {
        true => Some(
            new.days
                .filter(|days| (1..=DAYS_MAX).contains(days))
                .ok_or(PaperFault::Days { most: DAYS_MAX })?,
        ),
        false => None,
    };
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let area = match new.kind.is_of_loan() {
            true => of_loan(tx, ctx, new).await?,
            false => of_place(tx, ctx, new).await?,
        };
        let registered = match new.kind {
            PaperKind::Monthly | PaperKind::Meeting => registered(tx, county_id, new.on_day).await?,
            _ => None,
        };
        // Everything that is written from here on was recorded after this instant.
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let paper = Paper {
            paper_id: county::take_ids(tx, county_id, 1).await?,
            code: new_code(tx, county_id).await?,
            kind: new.kind,
            on_day: new.on_day,
            known_at: stamp.at,
            area,
            loan_id: new.loan_id.filter(|_| new.kind.is_of_loan()),
            days,
            template_version: paper_template::newest(tx, &ctx.scope, new.kind).await?,
            registered,
            actor: ctx.actor.clone(),
            made_at: stamp.at,
        };
        stored::add(tx, county_id, &paper).await?;
        if paper.kind == PaperKind::Card {
            card::link(db, tx, ctx, &paper).await?;
        }
        let facts = json!({ "kind": paper.kind.key(), "day": paper.on_day, "area": said(paper.area),
                            "loan": paper.loan_id, "days": paper.days });
        let entry = ctx.entry("paper-made", paper.code.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<Paper, Error>(paper)
    })
}

/// An area for the record.
fn said(area: Area) -> String {
    match area {
        Area::County => "county".to_owned(),
        Area::Division(id) => format!("division {id}"),
        Area::Branch(id) => format!("branch {id}"),
        Area::Officer(id) => format!("officer {id}"),
        Area::Household(id) => format!("household {id}"),
    }
}

/// The area of a list: the place that was asked for, if it lies in the maker's.
async fn of_place(tx: &mut Tx, ctx: &Ctx, new: &NewPaper) -> Result<Area, Error> {
    let own = ctx.scope.area;
    let wanted = new.division_id.map(Area::Division).unwrap_or(own);
    let county = county::get(tx, ctx.county_id()).await?;
    let area = match wanted {
        Area::Division(id) if id == county.division_id => Area::County,
        wanted => wanted,
    };
    if matches!(area, Area::Officer(_) | Area::Household(_)) {
        return Err(PaperFault::Area.into());
    }
    if !holds(tx, ctx, area).await? {
        return Err(Refusal::NotFound.into());
    }
    if new.kind == PaperKind::Publicity && !matches!(area, Area::Division(_)) {
        return Err(PaperFault::Place.into());
    }
    Ok(area)
}

/// Whether an area lies in the asker's today.
async fn holds(tx: &mut Tx, ctx: &Ctx, area: Area) -> Result<bool, Error> {
    Ok(match (ctx.scope.area, area) {
        (own, area) if own == area => true,
        (Area::County, Area::Division(id)) => {
            let county = county::get(tx, ctx.county_id()).await?;
            let places = Places::load(tx, county.division_id).await?;
            places.within(county.division_id, ctx.today).iter().any(|place| place.division_id == id)
        }
        (Area::County, Area::Branch(_)) => true,
        (Area::Division(own), Area::Division(id)) => {
            let county = county::get(tx, ctx.county_id()).await?;
            let places = Places::load(tx, county.division_id).await?;
            places.within(own, ctx.today).iter().any(|place| place.division_id == id)
        }
        _ => false,
    })
}

/// A paper about a loan is made by whoever sees the loan, if the loan stands so.
async fn of_loan(tx: &mut Tx, ctx: &Ctx, new: &NewPaper) -> Result<Area, Error> {
    let loan_id = new.loan_id.ok_or(Refusal::NotFound)?;
    loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let line = lines::of_loan(tx, &county, &rules, loan_id, (new.on_day, i64::MAX)).await?;
    let standing = line.map(|one| one.interval.standing).ok_or(PaperFault::Settled)?;
    let sound = match new.kind {
        PaperKind::OverdueNotice if standing != Standing::Overdue => Err(PaperFault::NotOverdue),
        PaperKind::DueNotice if matches!(standing, Standing::Overdue | Standing::Awaiting) => {
            Err(PaperFault::PastDue)
        }
        _ if standing == Standing::Settled => Err(PaperFault::Settled),
        _ => Ok(()),
    };
    sound?;
    // Who sees it later is told by the loan, wherever it belongs then.
    Ok(Area::County)
}

/// The registered households by village; `None` where no register was read in.
async fn registered(tx: &mut Tx, county_id: i64, day: Date) -> Result<Option<Vec<(i64, i64, i64)>>, Error> {
    let counts = household::registered(tx, county_id, day).await?;
    Ok((!counts.is_empty()).then_some(counts))
}

async fn new_code(tx: &mut Tx, county_id: i64) -> Result<Code, Error> {
    loop {
        let code = Code::of_number(u64::from_le_bytes(random::<8>()?));
        if stored::by_code(tx, county_id, &code).await?.is_none() {
            return Ok(code);
        }
    }
}

/// Whether a paper is there for the asker.
async fn sees(tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<bool, Error> {
    match paper.loan_id {
        Some(loan_id) => Ok(loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.is_some()),
        None => holds(tx, ctx, paper.area).await,
    }
}

/// The paper of a code, if it lies in the asker's area; `None` if there is none for them.
pub async fn find(tx: &mut Tx, ctx: &Ctx, code: &Code) -> Result<Option<Paper>, Error> {
    let Some(paper) = stored::by_code(tx, ctx.county_id(), code).await? else { return Ok(None) };
    Ok(sees(tx, ctx, &paper).await?.then_some(paper))
}

/// Opens the paper of a code, and records it: also that somebody typed the code of one that lies elsewhere, of which they
/// learn nothing.
pub async fn open(db: &Db, ctx: &Ctx, code: &Code) -> Result<Paper, Error> {
    let found = in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let Some(paper) = stored::by_code(tx, county_id, code).await? else { return Ok(None) };
        let seen = sees(tx, ctx, &paper).await?;
        note(tx, ctx, &paper, if seen { "paper-opened" } else { "paper-refused" }, None).await?;
        Ok::<_, Error>(seen.then_some(paper))
    })?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// Records that a paper leaves the book as a file.
pub async fn export(db: &Db, ctx: &Ctx, code: &Code, format: &'static str) -> Result<Paper, Error> {
    let found = in_write!(db, ctx.county_id(), |tx| async {
        let Some(paper) = find(tx, ctx, code).await? else { return Ok(None) };
        note(tx, ctx, &paper, "paper-exported", Some(format)).await?;
        Ok::<_, Error>(Some(paper))
    })?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    paper: &Paper,
    action: &'static str,
    format: Option<&str>,
) -> Result<(), Error> {
    let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
    let facts = json!({ "kind": paper.kind.key(), "loan": paper.loan_id, "format": format });
    let entry = ctx.entry(action, paper.code.to_string(), &facts);
    Ok(audit::add(tx, ctx.county_id(), stamp, &entry).await?)
}

/// The newest papers of the asker's own area.
pub async fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Paper>, Error> {
    // Those of single loans stand on the loans' own pages.
    Ok(stored::of_area(tx, &ctx.scope, LISTED).await?)
}

/// The newest papers about a loan of the asker's area.
pub async fn of_one_loan(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Vec<Paper>, Error> {
    loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    Ok(stored::of_loan(tx, ctx.county_id(), loan_id, LISTED).await?)
}

/// What a paper's place is called: the county, a township, or a village with its township.
pub async fn place_name(tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<String, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    Ok(match paper.area {
        Area::Division(id) => {
            let places = Places::load(tx, county.division_id).await?;
            match places.on(id, paper.on_day) {
                Some(place) if place.level == Level::Village => {
                    let (township, village) = places.village_on(id, paper.on_day);
                    format!("{township}{village}")
                }
                Some(place) => place.name.clone(),
                None => String::new(),
            }
        }
        Area::Branch(id) => {
            let branches = bangfu_store::bank::branches_on(tx, county.county_id, paper.on_day).await?;
            branches.into_iter().find(|one| one.branch_id == id).map(|one| one.name).unwrap_or_default()
        }
        Area::County | Area::Officer(_) | Area::Household(_) => county.on(paper.on_day).name.clone(),
    })
}
