//! What is to be done in somebody's area, by when.

use bangfu_domain::loan::add_days;
use bangfu_domain::policy::Words;
use bangfu_store::Tx;
use bangfu_store::task::{self, Show, TaskCursor, TaskFilter, TaskRow};

use crate::ctx::Ctx;
use crate::error::Error;
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

/// How much there is of each part in the asker's area, in the order of [`parts`].
pub async fn counts(tx: &mut Tx, ctx: &Ctx, nobodys: bool) -> Result<[i64; 6], Error> {
    let mut counts = [0; 6];
    for (count, show) in counts.iter_mut().zip(parts(ctx)) {
        *count = task::count(tx, &ctx.scope, ctx.today, TaskFilter { show, nobodys }).await?;
    }
    Ok(counts)
}

/// A page of what is to be done in the asker's area, and where the next one begins.
pub async fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    filter: TaskFilter,
    after: Option<TaskCursor>,
    limit: usize,
) -> Result<(Vec<Line>, Option<TaskCursor>), Error> {
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
