//! Money expected against money due, week by week (还款来源): what was promised, what projects bring in by the county's own
//! table, and the loans that fall due before theirs does.

use bangfu_domain::loan::add_days;
use bangfu_domain::money::Fen;
use bangfu_domain::policy::{Income, Packs};
use bangfu_store::Tx;
use bangfu_store::contact;
use bangfu_store::loan::{self, DueLoan, Totals};
use bangfu_store::task::Whose;
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::Error;
use crate::rulebook::RuleBook;

/// So many weeks are looked ahead.
pub const WEEKS: usize = 26;

/// Rows read at a time.
const ROWS: i64 = 2_000;

/// A week from Monday to Sunday, and the money of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Week {
    /// What falls due.
    pub due: Totals,
    /// What was promised for its days; the sums that were named.
    pub promised: Totals,
    /// What loans owe whose project pays from this week on, before they fall due.
    pub projects: Totals,
    /// What falls due in it before its project pays.
    pub early: Totals,
}

/// What a list of one week shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What falls due.
    Due,
    /// Loans whose project pays from this week on.
    Projects,
    /// Loans that fall due before their project pays.
    Early,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 3] = [Part::Due, Part::Projects, Part::Early];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Part::Due => "due",
            Part::Projects => "projects",
            Part::Early => "early",
        }
    }
}

/// Monday of the week in which a day lies.
pub fn monday(day: Date) -> Date {
    add_days(day, -i32::from(day.weekday().to_monday_zero_offset()))
}

/// The Mondays of the weeks that are looked at, and the last day of all of them.
pub fn weeks(today: Date) -> (Vec<Date>, Date) {
    let first = monday(today);
    let mondays: Vec<Date> = (0..).step_by(7).take(WEEKS).map(|days| add_days(first, days)).collect();
    let last = mondays.last().map_or(first, |monday| add_days(*monday, 6));
    (mondays, last)
}

/// A loan behind a number, and the months in which its project pays where the county has told them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The loan.
    pub loan: DueLoan,
    /// The months.
    pub months: Option<Vec<i8>>,
}

/// Whether any pack tells in which months projects pay.
pub async fn is_told(tx: &mut Tx, ctx: &Ctx) -> Result<bool, Error> {
    let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
    Ok(book.packs.all().iter().any(|pack| pack.incomes.value.is_some()))
}

/// What the table of a loan's pack says of its purpose.
fn income<'a>(packs: &'a Packs, pack_id: &str, purpose: &str) -> Option<(&'a str, &'a Income)> {
    let all = packs.by_id(pack_id)?.incomes.value.as_deref()?;
    Income::of(all, purpose)
}

/// In which week the project of a loan pays before it falls due; `None` where none does, or where nobody told when.
fn pays_in(packs: &Packs, pack_id: &str, purpose: &str, (today, due_on): (Date, Date)) -> Option<Date> {
    let (_, income) = income(packs, pack_id, purpose)?;
    let is_now = income.months.contains(&today.month());
    let pays = if is_now { Some(today) } else { income.next_after(today) };
    pays.filter(|pays| *pays <= due_on).map(monday)
}

fn is_early(packs: &Packs, pack_id: &str, purpose: &str, (today, due_on): (Date, Date)) -> bool {
    income(packs, pack_id, purpose).is_some_and(|(_, income)| income.too_late(today, due_on).is_some())
}

fn add(cell: &mut Totals, loans: i64, amount: Fen) {
    cell.loans += loans;
    cell.balance_fen += amount;
}

/// The money of the next weeks in the asker's area.
pub async fn ahead(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(Date, Week)>, Error> {
    let (mondays, last) = weeks(ctx.today);
    let mut found: Vec<(Date, Week)> = mondays.iter().map(|monday| (*monday, Week::default())).collect();
    let at = |day: Date| mondays.iter().rposition(|monday| *monday <= day);
    let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
    for one in loan::due_for(tx, &ctx.scope, ctx.today, (ctx.today, last)).await? {
        let (loans, amount) = (one.totals.loans, one.totals.balance_fen);
        let days = (ctx.today, one.due_on);
        let Some(week) = at(one.due_on) else { continue };
        add(&mut found[week].1.due, loans, amount);
        if is_early(&book.packs, &one.pack_id, &one.purpose, days) {
            add(&mut found[week].1.early, loans, amount);
        }
        if let Some(pays) = pays_in(&book.packs, &one.pack_id, &one.purpose, days).and_then(at) {
            add(&mut found[pays].1.projects, loans, amount);
        }
    }
    let mut after = None;
    loop {
        let days = ((ctx.today, last), Whose::default());
        let page = contact::promises(tx, &ctx.scope, ctx.today, days, after, ROWS).await?;
        for one in &page {
            if let Some(week) = at(one.promise.on) {
                add(&mut found[week].1.promised, 1, one.promise.amount_fen.unwrap_or_default());
            }
            after = Some((one.promise.on, one.contact_id));
        }
        if page.len() < usize::try_from(ROWS).unwrap_or(usize::MAX) {
            return Ok(found);
        }
    }
}

/// A page of the loans behind a number of a week, and where the next one begins.
pub async fn behind(
    tx: &mut Tx,
    ctx: &Ctx,
    (part, week): (Part, Date),
    mut after: Option<(Date, i64)>,
    limit: usize,
) -> Result<(Vec<Shown>, Option<(Date, i64)>), Error> {
    let (_, last) = weeks(ctx.today);
    let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
    // What pays from a week on may fall due in any later one.
    let until = if part == Part::Projects { last } else { add_days(week, 6).min(last) };
    let days = (week.max(ctx.today), until);
    let mut rows = Vec::new();
    loop {
        let page = loan::due_loans(tx, &ctx.scope, ctx.today, days, after, ROWS).await?;
        let is_last = page.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
        for one in page {
            let between = (ctx.today, one.due_on);
            let is_shown = match part {
                Part::Due => true,
                Part::Early => is_early(&book.packs, &one.pack_id, &one.purpose, between),
                Part::Projects => pays_in(&book.packs, &one.pack_id, &one.purpose, between) == Some(week),
            };
            if is_shown && rows.len() >= limit {
                return Ok((rows, after));
            }
            after = Some((one.due_on, one.loan_id));
            if is_shown {
                let told = income(&book.packs, &one.pack_id, &one.purpose);
                let months = told.map(|(_, income)| income.months.clone());
                rows.push(Shown { loan: one, months });
            }
        }
        if is_last {
            return Ok((rows, None));
        }
    }
}
