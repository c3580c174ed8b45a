//! What stands in a paper.

use bangfu_domain::loan::{LoanEvent, add_days};
use bangfu_domain::money::Fen;
use bangfu_domain::paper::{PaperKind, Template};
use bangfu_domain::reward::{Repaid, RewardKind, at_stake};
use bangfu_domain::service_point::PointKind;
use bangfu_store::county::{self, County};
use bangfu_store::paper::Paper;
use bangfu_store::{Db, Tx, loan, service_point};
use jiff::civil::Date;

use super::lines::Extent;
use super::lines::{self, Line};
use super::month::{self, Count, Month};
use super::{card, template};
use crate::ctx::Ctx;
use crate::division::Places;
use crate::error::{Error, Refusal};
use crate::recount::folded;
use crate::rules::Rules;

/// What stands in a paper.
#[derive(Debug, Clone)]
pub enum Content {
    /// A month's figures.
    Month(Box<Month>),
    /// Loans.
    Lines(Vec<Line>),
    /// What a meeting is told.
    Meeting(Box<Meeting>),
    /// One loan.
    Loan(Box<OfLoan>),
}

/// What a meeting is told.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// The month's figures.
    pub month: Month,
    /// What falls due within the next days.
    pub soon: Count,
    /// The loans that are a problem: overdue, or near it with nobody to look after them.
    pub problems: Vec<Line>,
}

/// One loan, for a letter or a card.
#[derive(Debug, Clone)]
pub struct OfLoan {
    /// The loan.
    pub line: Line,
    /// The service point of its village, or of its township.
    pub station: Option<Station>,
    /// What the household earns by repaying on the due day, where the pack says so.
    pub reward_fen: Option<Fen>,
    /// What the address on the card ends with, while it opens something.
    pub token: Option<String>,
}

/// A service point to which a borrower can turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Its own name, where it was given one.
    pub name: Option<String>,
    /// The place in which it stands.
    pub place: String,
    /// What it is.
    pub kind: PointKind,
}

/// So many days a meeting looks ahead.
const SOON_DAYS: i32 = 30;

/// A paper as it was made: its texts, and what stands in it.
pub async fn content(db: &Db, tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<(Template, Content), Error> {
    let texts = template::of_paper(tx, ctx, paper).await?;
    let county = county::get(tx, ctx.county_id()).await?;
    let known = (paper.on_day, paper.known_at);
    let content = match paper.kind {
        PaperKind::Monthly => {
            Content::Month(Box::new(month::of_paper(tx, &county, paper, paper.known_at).await?))
        }
        PaperKind::Meeting => {
            let month = month::of_paper(tx, &county, paper, paper.known_at).await?;
            let soon = soon(tx, &county, paper).await?;
            let problems = lines::of_paper(db, tx, &county, paper, known).await?;
            Content::Meeting(Box::new(Meeting { month, soon, problems }))
        }
        PaperKind::Collection | PaperKind::Roster | PaperKind::Publicity => {
            Content::Lines(lines::of_paper(db, tx, &county, paper, known).await?)
        }
        PaperKind::DueNotice | PaperKind::OverdueNotice | PaperKind::Card => {
            let mut found = lines::of_paper(db, tx, &county, paper, known).await?;
            let line = found.pop().ok_or(Refusal::NotFound)?;
            let station = station(tx, &county, &line, paper.on_day).await?;
            let reward_fen = reward(tx, &county, line.loan_id, known).await?;
            let token = match paper.kind {
                PaperKind::Card => card::token(db, tx, ctx, paper).await?,
                _ => None,
            };
            Content::Loan(Box::new(OfLoan { line, station, reward_fen, token }))
        }
    };
    Ok((texts, content))
}

/// One loan as it stands today by what is known now.
pub(super) async fn of_today(
    tx: &mut Tx,
    county: &County,
    loan_id: i64,
    today: Date,
) -> Result<Option<OfLoan>, Error> {
    let Some(line) = lines::of_one(tx, county, loan_id, today).await? else { return Ok(None) };
    let station = station(tx, county, &line, today).await?;
    let reward_fen = reward(tx, county, loan_id, (today, i64::MAX)).await?;
    Ok(Some(OfLoan { line, station, reward_fen, token: None }))
}

/// The reward at stake: what the household earns if it repays on the due day; `None` where that has passed, or the pack does not
/// say enough.
async fn reward(
    tx: &mut Tx,
    county: &County,
    loan_id: i64,
    (day, known_at): (Date, i64),
) -> Result<Option<Fen>, Error> {
    let rules = Rules::load(tx, county, Some(known_at)).await?;
    let events = loan::events(tx, county.county_id, &[loan_id]).await?;
    let events: Vec<LoanEvent> = events.into_iter().map(|stored| stored.event).collect();
    let Some(fold) = rules.fold(&events, known_at) else { return Ok(None) };
    let due_on = rules.due_day(fold.terms.disbursed_on, fold.due_on(day))?.on;
    if due_on < day || !fold.balance_on(day).is_positive() {
        return Ok(None);
    }
    let pack = rules.pack_or_first(fold.terms.disbursed_on)?;
    let repaid = Repaid::of(&fold, day);
    let earned = at_stake(RewardKind::Household, &repaid, due_on, &pack.reward, rules.calendar());
    Ok(earned.ok().map(|earned| earned.amount_fen))
}

/// What falls due within the next days of a paper.
async fn soon(tx: &mut Tx, county: &County, paper: &Paper) -> Result<Count, Error> {
    let places = Places::load(tx, county.division_id).await?;
    let extent = Extent::of(paper.area, &places, paper.on_day);
    let last = add_days(paper.on_day, SOON_DAYS);
    let mut sum = Count::default();
    folded(tx, county, paper.known_at, |rules, one| {
        let Some(interval) = one.on(paper.on_day) else { return Ok(()) };
        let terms = &one.fold.terms;
        let due_on = rules.due_day(terms.disbursed_on, interval.due_on)?.on;
        let falls_due = paper.on_day <= due_on && due_on <= last && interval.balance_fen.is_positive();
        if falls_due && extent.holds(&interval.placement) {
            sum.loans += 1;
            sum.fen += interval.balance_fen;
        }
        Ok(())
    })
    .await?;
    Ok(sum)
}

/// The service point to which a borrower can turn: the village's, else the township's.
async fn station(tx: &mut Tx, county: &County, line: &Line, day: Date) -> Result<Option<Station>, Error> {
    let places = Places::load(tx, county.division_id).await?;
    let points = service_point::on(tx, county.county_id, day).await?;
    let within = places.within(county.division_id, day);
    let village = within.iter().find(|place| place.code == line.village_code);
    let parents = [village.map(|place| place.division_id), village.and_then(|place| place.parent_id)];
    for place_id in parents.into_iter().flatten() {
        if let Some(point) = points.iter().find(|point| point.division_id == place_id) {
            let place = places.on(place_id, day).map(|place| place.name.clone()).unwrap_or_default();
            return Ok(Some(Station { name: point.name.clone(), place, kind: point.kind }));
        }
    }
    Ok(None)
}
