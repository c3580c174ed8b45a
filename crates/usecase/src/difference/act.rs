//! What a person does about a difference.

use bangfu_domain::difference::{DifferenceState, StepKind, Way};
use bangfu_store::difference::{self, Difference, Step};
use bangfu_store::{Db, Tx, audit, bank, county};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason;
use crate::rulebook::RuleBook;

/// The longest term for an answer, in working days.
pub const TERM_DAYS_MAX: u32 = 60;

/// By when a branch is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Within so many working days.
    WorkingDays(u32),
    /// By a day.
    Day(Date),
}

/// What a branch is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The branch, where the difference knows of none: a known loan's is always asked.
    pub branch_id: Option<i64>,
    /// By when it is to answer.
    pub term: Term,
    /// What it is asked, if anything is to be said.
    pub note: String,
}

/// Which difference somebody acts on, and after how many of its steps they saw it: where that is told and one more was taken
/// since, nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The difference.
    pub difference_id: i64,
    /// Its steps as they were seen.
    pub steps: Option<usize>,
}

impl From<i64> for Seen {
    fn from(difference_id: i64) -> Seen {
        Seen { difference_id, steps: None }
    }
}

/// Settles a difference in a way and for a reason.
pub async fn resolve(db: &Db, ctx: &Ctx, seen: impl Into<Seen>, way: Way, reason: &str) -> Result<(), Error> {
    let (seen, reason) = (seen.into(), sound_reason(reason)?);
    in_write!(db, ctx.county_id(), |tx| async {
        let was = taken_up(tx, ctx, seen, DifferenceState::is_open).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let now = Difference {
            state: DifferenceState::Resolved,
            resolved_at: Some(stamp.at),
            resolution: Some(way),
            ..was.clone()
        };
        let step =
            Step { way: Some(way), ..Step::of_person(StepKind::Resolved, &ctx.actor, Some(reason.clone())) };
        let facts = json!({ "way": way.key() });
        write(tx, ctx, stamp, (&was, &now), step, "difference-resolved", &facts).await
    })
}

/// Takes a difference up again, for a reason: it is open, and nobody is asked about it until somebody is.
pub async fn reopen(db: &Db, ctx: &Ctx, seen: impl Into<Seen>, reason: &str) -> Result<(), Error> {
    let (seen, reason) = (seen.into(), sound_reason(reason)?);
    in_write!(db, ctx.county_id(), |tx| async {
        // What a file has proved is no longer a person's to open.
        let is_resolved = |state: DifferenceState| state == DifferenceState::Resolved;
        let was = taken_up(tx, ctx, seen, is_resolved).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let now = Difference {
            state: DifferenceState::Open,
            due_on: None,
            resolved_at: None,
            resolution: None,
            ..was.clone()
        };
        let step = Step::of_person(StepKind::Reopened, &ctx.actor, Some(reason.clone()));
        write(tx, ctx, stamp, (&was, &now), step, "difference-reopened", &json!({})).await
    })
}

/// Gives a difference to its branch to look into by a day, or gives it another day.
pub async fn assign(db: &Db, ctx: &Ctx, seen: impl Into<Seen>, asked: &Assignment) -> Result<(), Error> {
    let seen = seen.into();
    let note = if asked.note.trim().is_empty() { None } else { Some(sound_reason(&asked.note)?) };
    in_write!(db, ctx.county_id(), |tx| async {
        let was = taken_up(tx, ctx, seen, DifferenceState::is_open).await?;
        let due_on = due_day(tx, ctx, asked.term).await?;
        let branch_id = branch(tx, ctx, &was, asked.branch_id).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let now = Difference {
            state: DifferenceState::Assigned,
            branch_id: Some(branch_id),
            due_on: Some(due_on),
            ..was.clone()
        };
        let step = Step {
            branch_id: Some(branch_id),
            due_on: Some(due_on),
            ..Step::of_person(StepKind::Assigned, &ctx.actor, note.clone())
        };
        let facts = json!({ "branch": branch_id, "due_on": due_on });
        write(tx, ctx, stamp, (&was, &now), step, "difference-assigned", &facts).await
    })
}

/// What was found out, as it is kept.
pub fn sound_reason(reason: &str) -> Result<String, Refusal> {
    reason::sound_reason(reason, Refusal::NoResolution)
}

/// A difference that the asker may see and that stands where it can be acted upon. Acting is the county's.
async fn taken_up(
    tx: &mut Tx,
    ctx: &Ctx,
    seen: Seen,
    may: impl Fn(DifferenceState) -> bool,
) -> Result<Difference, Error> {
    if ctx.scope.whole().is_none() {
        return Err(Refusal::NotFound.into());
    }
    let id = seen.difference_id;
    let found = difference::get(tx, &ctx.scope, id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    if let Some(steps) = seen.steps
        && difference::steps(tx, ctx.county_id(), &[id]).await?.len() != steps
    {
        return Err(Refusal::SeenOtherwise.into());
    }
    if may(found.state) { Ok(found) } else { Err(Refusal::DifferenceMovedOn.into()) }
}

/// The day by which a branch is to answer. Refused: a day that has passed, or a term of no or too many days.
pub async fn due_day(tx: &mut Tx, ctx: &Ctx, term: Term) -> Result<Date, Error> {
    match term {
        Term::Day(day) if day < ctx.today => Err(Refusal::DayPast { day }.into()),
        Term::Day(day) => Ok(day),
        Term::WorkingDays(days) if days == 0 || days > TERM_DAYS_MAX => {
            Err(Refusal::TermBeyond { max: TERM_DAYS_MAX }.into())
        }
        Term::WorkingDays(days) => {
            let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
            Ok(book.calendar.working_days_after(ctx.today, days).0)
        }
    }
}

/// The branch that is asked: the loan's, else the one that was chosen, else the one that was asked before.
async fn branch(tx: &mut Tx, ctx: &Ctx, was: &Difference, chosen: Option<i64>) -> Result<i64, Error> {
    let own = was.branch_id.filter(|_| was.loan_id.is_some());
    let branch_id = own.or(chosen).or(was.branch_id).ok_or(Refusal::NoBranch)?;
    let known = bank::branches(tx, ctx.county_id()).await?;
    let is_known = known.iter().any(|branch| branch.branch_id == branch_id);
    if is_known { Ok(branch_id) } else { Err(Refusal::NoBranch.into()) }
}

/// Writes a change with its step, its entry in the record and its place in the order of changes.
async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: county::Stamp,
    (was, now): (&Difference, &Difference),
    step: Step,
    action: &'static str,
    facts: &Value,
) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let mut entry = ctx.entry(action, now.difference_id.to_string(), facts);
    entry.reason.clone_from(&step.reason);
    if !difference::change(tx, county_id, stamp, was.state, now, step).await? {
        return Err(Refusal::DifferenceMovedOn.into());
    }
    audit::add(tx, county_id, stamp, &entry).await?;
    audit::note_changes(tx, county_id, stamp, "difference", &[now.difference_id]).await?;
    Ok(())
}
