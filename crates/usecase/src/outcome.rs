//! What comes of the work (处置成效): of the loans that came into a colour within some days, how many were told of, looked
//! after in time and settled on time; and the same by credit manager, branch and township.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use bangfu_domain::task::Fate;
use bangfu_domain::warning::Standing;
use bangfu_store::Tx;
use bangfu_store::board::Axis;
use bangfu_store::contact::{self, Promised};
use bangfu_store::county;
use bangfu_store::task::{self, Stage, StageCell, TaskCursor, TaskRow, Whose};
use jiff::civil::Date;

use crate::board::{Figures, board};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::rules::Rules;

/// Promises read at a time.
const PROMISES: i64 = 2_000;

/// Promises of a period, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promises {
    /// How many, in the order of [`Fate::ALL`].
    pub counts: [i64; 3],
    /// How much was named in them, in the same order.
    pub amounts: [Fen; 3],
}

impl Promises {
    /// How many met a fate.
    pub fn of(&self, fate: Fate) -> i64 {
        self.counts[fate as usize]
    }

    /// All of them.
    pub fn all(&self) -> i64 {
        self.counts.iter().sum()
    }

    fn add(&mut self, fate: Fate, amount: Fen) {
        self.counts[fate as usize] += 1;
        self.amounts[fate as usize] += amount;
    }
}

/// What came of the work of somebody or of a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Work {
    stages: BTreeMap<Stage, i64>,
    /// What was promised for the days of the period.
    pub promises: Promises,
    /// The loans looked after today.
    pub figures: Figures,
}

impl Work {
    /// How many tasks a stage counts.
    pub fn of(&self, stage: Stage) -> i64 {
        self.stages.get(&stage).copied().unwrap_or(0)
    }

    /// Loans that owe something today.
    pub fn loans(&self) -> i64 {
        self.figures.owing().loans
    }

    /// Those that are overdue today.
    pub fn overdue(&self) -> i64 {
        self.figures.get(Standing::Overdue).loans
    }

    fn add(&mut self, stages: &[Stage], cell: &StageCell) {
        for (stage, count) in stages.iter().zip(&cell.counts) {
            *self.stages.entry(*stage).or_default() += count;
        }
    }

    fn is_nothing(&self) -> bool {
        self.stages.values().all(|count| *count == 0) && self.promises.all() == 0 && self.loans() == 0
    }
}

/// Somebody or a place, and what came of the work there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Credit manager, branch or township; 0 where nobody is tied.
    pub key_id: i64,
    /// Its code where it is a place.
    pub code: String,
    /// Its name; empty where nobody is tied.
    pub name: String,
    /// The work.
    pub work: Work,
}

/// What came of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// In the whole area.
    pub whole: Work,
    /// By credit manager, branch or township.
    pub rows: Vec<Row>,
}

/// What was found of the work of some days, to be divided this way and that.
#[derive(Debug, Clone)]
pub struct Found {
    cells: Vec<(Vec<Stage>, Vec<StageCell>)>,
    promises: Vec<PromiseLine>,
}

/// Finds what came of the work of some days in the asker's area.
pub async fn find(tx: &mut Tx, ctx: &Ctx, days: (Date, Date)) -> Result<Found, Error> {
    let all = Stage::ALL.into_iter();
    let (of_days, of_today): (Vec<Stage>, Vec<Stage>) = all.partition(|stage| stage.is_of_days());
    let mut cells = Vec::new();
    for stages in [of_days, of_today] {
        let counted = task::counted(tx, &ctx.scope, ctx.today, days, &stages).await?;
        cells.push((stages, counted));
    }
    let (promises, _) = promised(tx, ctx, (days, Whose::default()), (None, None), None).await?;
    Ok(Found { cells, promises })
}

/// What was found, by credit manager, branch or township, with the loans that each looks after today.
pub async fn outcomes(tx: &mut Tx, ctx: &Ctx, found: &Found, axis: Axis) -> Result<Outcomes, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let key = |village: i64, branch: i64, manager: i64| match axis {
        Axis::Manager => manager,
        Axis::Branch => branch,
        Axis::Village => village,
        Axis::County | Axis::DueMonth => 0,
        Axis::Township => rules.township_on(village, ctx.today).unwrap_or(0),
    };
    let mut whole = Work::default();
    let mut by_key: BTreeMap<i64, Work> = BTreeMap::new();
    for (stages, cells) in &found.cells {
        for cell in cells {
            whole.add(stages, cell);
            let of = key(cell.village_id, cell.branch_id, cell.manager_id);
            by_key.entry(of).or_default().add(stages, cell);
        }
    }
    for (promised, fate) in &found.promises {
        let amount = promised.promise.amount_fen.unwrap_or_default();
        whole.promises.add(*fate, amount);
        let of = key(promised.village_id, promised.branch_id, promised.manager_id);
        by_key.entry(of).or_default().promises.add(*fate, amount);
    }
    let board = board(tx, &ctx.scope, axis, ctx.today, None).await?;
    whole.figures = board.total;
    let mut rows = Vec::new();
    for row in board.rows {
        let mut work = by_key.remove(&row.key_id).unwrap_or_default();
        work.figures = row.figures;
        rows.push(Row { key_id: row.key_id, code: row.code, name: row.name, work });
    }
    // Whoever looks after nothing any more is counted with what they did.
    rows.extend(by_key.into_iter().map(|(key_id, work)| Row {
        key_id,
        code: String::new(),
        name: String::new(),
        work,
    }));
    rows.retain(|row| !row.work.is_nothing());
    Ok(Outcomes { whole, rows })
}

/// A promise and what became of it.
pub type PromiseLine = (Promised, Fate);

/// Promises for the days between two with what became of them, by day: those of one fate or all, after one, at most so
/// many where a limit is told; and where the next page begins.
pub async fn promised(
    tx: &mut Tx,
    ctx: &Ctx,
    (days, whose): ((Date, Date), Whose),
    (wanted, mut after): (Option<Fate>, Option<(Date, i64)>),
    limit: Option<usize>,
) -> Result<(Vec<PromiseLine>, Option<(Date, i64)>), Error> {
    let mut lines = Vec::new();
    loop {
        let page = contact::promises(tx, &ctx.scope, ctx.today, (days, whose), after, PROMISES).await?;
        let is_last = page.len() < usize::try_from(PROMISES).unwrap_or(usize::MAX);
        for one in page {
            let fate = one.promise.fate(one.left_fen, one.until_on, ctx.today);
            if wanted.is_some_and(|wanted| wanted != fate) {
                after = Some((one.promise.on, one.contact_id));
                continue;
            }
            if limit.is_some_and(|limit| lines.len() >= limit) {
                return Ok((lines, after));
            }
            after = Some((one.promise.on, one.contact_id));
            lines.push((one, fate));
        }
        if is_last {
            return Ok((lines, None));
        }
    }
}

/// A page of the tasks behind a count, and where the next one begins.
pub async fn behind(
    tx: &mut Tx,
    ctx: &Ctx,
    (stage, days, whose): (Stage, (Date, Date), Whose),
    after: Option<TaskCursor>,
    limit: usize,
) -> Result<(Vec<TaskRow>, Option<TaskCursor>), Error> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut rows = task::behind(tx, &ctx.scope, ctx.today, (stage, days, whose), after, most).await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|last| TaskCursor {
        on: if stage.is_of_days() { Some(last.stored.made_on) } else { last.stored.task.step_on },
        task_id: last.stored.task_id,
    });
    Ok((rows, next))
}
