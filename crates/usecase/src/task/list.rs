//! What is to be done in somebody's area, by when.

use bangfu_domain::loan::add_days;
use bangfu_domain::policy::Words;
use bangfu_domain::warning::Standing;
use bangfu_store::contact::Contact;
use bangfu_store::task::{self, Show, TaskCursor, TaskFilter, TaskRow};
use bangfu_store::{Area, Tx};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rulebook::RuleBook;

/// What is soon: within so many days.
pub const SOON_DAYS: i32 = 7;

/// What is to be done about a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The task and its loan.
    pub row: TaskRow,
    /// The deed of its level, in the words of its pack.
    pub deed: Option<Words>,
}

/// The parts of a day's work, the most pressing first.
pub fn parts(ctx: &Ctx) -> [Show; 6] {
    let until = add_days(ctx.today, SOON_DAYS);
    [
        Show::Late,
        Show::Today,
        Show::Soon { until },
        Show::Promised,
        Show::Later { after: until },
        Show::Resting,
    ]
}

/// What a part holds for the asker: a loan that awaits the bank is its branch's to find out, and nobody else's.
fn filter(ctx: &Ctx, show: Show, nobodys: bool) -> TaskFilter {
    let is_branch = matches!(ctx.scope.area, Area::Branch(_));
    TaskFilter { show, nobodys, without: (!is_branch).then_some(Standing::Awaiting) }
}

/// How much there is of a part in the asker's area.
pub async fn count(tx: &mut Tx, ctx: &Ctx, show: Show, nobodys: bool) -> Result<i64, Error> {
    Ok(task::count(tx, &ctx.scope, ctx.today, filter(ctx, show, nobodys)).await?)
}

/// A page of what is to be done in the asker's area, and where the next one begins.
pub async fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    (show, nobodys): (Show, bool),
    after: Option<TaskCursor>,
    limit: usize,
) -> Result<(Vec<Line>, Option<TaskCursor>), Error> {
    let filter = filter(ctx, show, nobodys);
    let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut rows = task::list(tx, &ctx.scope, ctx.today, filter, after, most).await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|last| {
        let promised_on = last.stored.promised.map(|(on, _)| on);
        let by = if filter.show == Show::Promised { promised_on } else { last.stored.task.step_on };
        TaskCursor { on: by, task_id: last.stored.task_id }
    });
    let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
    let line = |row: TaskRow| {
        let pack = book.packs.by_id(&row.pack_id);
        let response = pack.and_then(|pack| pack.responses.of(row.stored.task.level));
        Line { deed: response.map(|response| response.deed.clone()), row }
    };
    Ok((rows.into_iter().map(line).collect(), next))
}

/// A task with what is recorded of its loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// What is to be done.
    pub line: Line,
    /// On which day it was closed, and by what; `None` while it is open.
    pub closed: Option<(Date, String)>,
    /// What is recorded of the loan, the newest first.
    pub contacts: Vec<Contact>,
}

/// A task of the asker's area.
pub async fn one(tx: &mut Tx, ctx: &Ctx, task_id: i64) -> Result<Whole, Error> {
    let found = task::get(tx, &ctx.scope, ctx.today, task_id).await?;
    let (row, closed) = found.ok_or(Refusal::NotFound)?;
    let without = filter(ctx, Show::Late, false).without;
    if closed.is_none() && without == Some(row.stored.task.level) {
        return Err(Refusal::NotFound.into());
    }
    let contacts = super::handling(tx, ctx, row.stored.loan_id).await?.contacts;
    let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
    let pack = book.packs.by_id(&row.pack_id);
    let response = pack.and_then(|pack| pack.responses.of(row.stored.task.level));
    let deed = response.map(|response| response.deed.clone());
    Ok(Whole { line: Line { row, deed }, closed, contacts })
}
