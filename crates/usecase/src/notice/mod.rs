//! Telling who is told (提醒): after a close, once for the last day of it. The levels that loans have come to make tasks and
//! alerts, missed steps are told upward, and each office gets one notice of all that is its.
//!
//! Every step notes what it has done with the loan or the task in its own transaction: killed anywhere, the next run goes
//! on, and run twice it finds nothing to do.

pub mod inbox;
pub mod weekly;

use std::collections::BTreeMap;

use bangfu_domain::loan::{Interval, add_days, standing_since};
use bangfu_domain::policy::{Recipient, Response};
use bangfu_domain::task::{Happening, Patience, Turn, late, turn};
use bangfu_domain::warning::Standing;
use bangfu_store::alert::{Alert, Tally};
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::loan::{self, StoredInterval, Untold};
use bangfu_store::notice::{self as stored, Notice};
use bangfu_store::task::{self, StoredTask, TaskStep};
use bangfu_store::{Db, Tx, alert, audit};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::handling;
use crate::in_write;
use crate::message::{queue_notices, queue_slips};
use crate::rulebook::RuleBook;
use crate::rules::Rules;

/// How many loans or tasks one transaction goes through: small, so that users' writes pass between.
const PAGE: i64 = 1_000;

/// The word of an alert that tells of a level.
const LEVEL: &str = "level";

/// Tells of the last closed day, unless it was told of. What stood so at the opening is told to nobody, and makes tasks alone.
pub async fn tell(db: &Db, ctx: &Ctx) -> Result<(), Error> {
    while levels(db, ctx).await? {}
    while delays(db, ctx).await? {}
    publish(db, ctx).await
}

/// The day to tell of; `None` if that was done.
fn day_of(county: &County) -> Option<Date> {
    county.closed_on.filter(|closed| county.told_on.is_none_or(|told| told < *closed))
}

/// What tells what follows.
struct Answer {
    book: &'static RuleBook,
}

impl Answer {
    async fn load(tx: &mut Tx, county_id: i64) -> Result<Answer, Error> {
        Ok(Answer { book: RuleBook::of_county(tx, county_id, None).await? })
    }

    /// What a loan's pack says of a standing, and how long it waits upward.
    fn of(&self, loan: &Untold, standing: Standing) -> Result<(Option<&Response>, Patience), Error> {
        let gone = || Error::from(Refusal::pack_gone(&loan.pack_id, &self.book.packs));
        let pack = self.book.packs.by_id(&loan.pack_id).ok_or_else(gone)?;
        let patience = Patience { county_working_days: pack.county_after.value };
        Ok((pack.responses.of(standing), patience))
    }
}

/// Goes through a page of loans whose standing nobody was told of; false when none was left.
async fn levels(db: &Db, ctx: &Ctx) -> Result<bool, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let Some(day) = day_of(&county) else { return Ok(false) };
        let loans = loan::untold(tx, county.county_id, PAGE).await?;
        if loans.is_empty() {
            return Ok(false);
        }
        let answer = Answer::load(tx, county.county_id).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let ids: Vec<i64> = loans.iter().map(|loan| loan.loan_id).collect();
        let open = task::of_loans(tx, county.county_id, &ids).await?;
        let open: BTreeMap<i64, StoredTask> = open.into_iter().map(|task| (task.loan_id, task)).collect();
        let since = since(tx, county.county_id, &loans, day).await?;
        // A close of every day would have found a standing on its first day, but none before the one after the last that was
        // told of, and none before the opening.
        let first = county.told_on.map(|told| add_days(told, 1)).or(county.opening_on).unwrap_or(day);
        let mut work = Work::default();
        for loan in &loans {
            let (response, patience) = answer.of(loan, loan.standing)?;
            let known = open.get(&loan.loan_id);
            let began = since.get(&loan.loan_id).copied().unwrap_or(day);
            work.turn(loan, known, (response, patience), (day, began.max(first)), answer.book);
            if loan.standing == Standing::Settled {
                work.settled.push(loan.loan_id);
            }
            let is_opening = county.told_on.is_none() && began <= first;
            if let Some(response) = response.filter(|_| !is_opening) {
                let told = Told { kind: LEVEL, about_on: loan.due_on, at_once: response.at_once };
                work.alerts.push(told.alert(loan, loan.standing, day, &response.told));
            }
        }
        handling::lapse(tx, ctx, (stamp, day), &work.settled).await?;
        work.write(tx, &county, stamp, day).await?;
        loan::note_told(tx, county.county_id, &ids).await?;
        Ok::<bool, Error>(true)
    })
}

/// Since when some loans stand as they do on a day.
async fn since(
    tx: &mut Tx,
    county_id: i64,
    loans: &[Untold],
    day: Date,
) -> Result<BTreeMap<i64, Date>, Error> {
    let watched = |loan: &&Untold| !matches!(loan.standing, Standing::None | Standing::Settled);
    let ids: Vec<i64> = loans.iter().filter(watched).map(|loan| loan.loan_id).collect();
    let mut histories: BTreeMap<i64, Vec<Interval>> = BTreeMap::new();
    for StoredInterval { loan_id, interval } in loan::intervals(tx, county_id, &ids).await? {
        histories.entry(loan_id).or_default().push(interval);
    }
    let since = histories.into_iter();
    Ok(since.filter_map(|(id, history)| Some((id, standing_since(&history, day)?))).collect())
}

/// Goes through a page of tasks of which something is told by now; false when none was left.
async fn delays(db: &Db, ctx: &Ctx) -> Result<bool, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let Some(day) = day_of(&county) else { return Ok(false) };
        let tasks = task::to_tell(tx, county.county_id, day, PAGE).await?;
        if tasks.is_empty() {
            return Ok(false);
        }
        let answer = Answer::load(tx, county.county_id).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let ids: Vec<i64> = tasks.iter().map(|task| task.loan_id).collect();
        let loans = loan::of_tasks(tx, county.county_id, &ids).await?;
        let loans: BTreeMap<i64, Untold> = loans.into_iter().map(|loan| (loan.loan_id, loan)).collect();
        let mut work = Work::default();
        for stored in tasks {
            let loan = loans.get(&stored.loan_id).ok_or(Refusal::NotFound)?;
            work.delay(loan, stored, answer.of(loan, stored.task.level)?, day, answer.book);
        }
        work.write(tx, &county, stamp, day).await?;
        Ok::<bool, Error>(true)
    })
}

/// What one transaction writes.
#[derive(Default)]
struct Work {
    /// Tasks, those that are new without an id.
    tasks: Vec<StoredTask>,
    /// What became of them, beside each.
    steps: Vec<TaskStep>,
    closed: BTreeMap<&'static str, Vec<i64>>,
    /// Loans of which nothing is owed any more.
    settled: Vec<i64>,
    alerts: Vec<Alert>,
    /// Where among the tasks and steps the new ones stand.
    new: Vec<(usize, usize)>,
}

/// What an alert says besides of whom.
struct Told {
    kind: &'static str,
    about_on: Date,
    at_once: bool,
}

impl Told {
    fn alert(self, loan: &Untold, level: Standing, on_day: Date, told: &[Recipient]) -> Alert {
        Alert {
            on_day,
            loan_id: loan.loan_id,
            about_on: self.about_on,
            level,
            kind: self.kind,
            told: told.to_vec(),
            at_once: self.at_once,
            village_id: loan.village_id,
            branch_id: loan.branch_id,
            manager_id: loan.manager_id.unwrap_or(0),
        }
    }
}

impl Work {
    /// Makes, raises or closes the task of a loan.
    fn turn(
        &mut self,
        loan: &Untold,
        known: Option<&StoredTask>,
        (response, patience): (Option<&Response>, Patience),
        (day, since): (Date, Date),
        book: &RuleBook,
    ) {
        let became = turn(
            known.map(|stored| &stored.task),
            loan.standing,
            response,
            (since, loan.due_on),
            &book.calendar,
        );
        let (kind, task) = match (became, known) {
            (Turn::Stays, _) | (Turn::Closed(_), None) => return,
            (Turn::Closed(evidence), Some(known)) => {
                self.closed.entry(evidence.key()).or_default().push(known.task_id);
                self.note(known.task_id, "closed", loan.standing, day);
                return;
            }
            (Turn::Made(task), _) => ("made", task),
            (Turn::Raised(task), _) => ("raised", task),
        };
        // What has come since is told with the delays.
        let next_on =
            response.and_then(|response| late(&task, since, (response, patience), &book.calendar).2);
        let stored = StoredTask {
            task_id: known.map_or(0, |known| known.task_id),
            loan_id: loan.loan_id,
            made_on: known.map_or(since, |known| known.made_on),
            task,
            next_on,
            promised: known.and_then(|known| known.promised),
            version: known.map_or(1, |known| known.version),
        };
        if known.is_none() {
            self.new.push((self.tasks.len(), self.steps.len()));
        }
        self.note(stored.task_id, kind, task.level, day);
        self.tasks.push(stored);
    }

    /// Tells upward what time alone has made of a task.
    fn delay(
        &mut self,
        loan: &Untold,
        stored: StoredTask,
        (response, patience): (Option<&Response>, Patience),
        day: Date,
        book: &RuleBook,
    ) {
        let was = stored.task;
        let Some(response) = response else {
            // Its level says nothing any more; the task itself ends with the loan's.
            self.tasks.push(StoredTask { next_on: None, ..stored });
            return;
        };
        let (happened, task, next_on) = late(&was, day, (response, patience), &book.calendar);
        for one in happened {
            let (told, about_on) = match one {
                Happening::Late => (&[Recipient::Branch, Recipient::Township][..], was.step_on),
                Happening::LateLong => (&[Recipient::County][..], was.step_on),
                Happening::Lasting => (&[Recipient::Supervisor][..], Some(was.since_on)),
            };
            let what = Told { kind: one.key(), about_on: about_on.unwrap_or(day), at_once: false };
            self.alerts.push(what.alert(loan, was.level, day, told));
            self.note(stored.task_id, one.key(), was.level, day);
        }
        self.tasks.push(StoredTask { task, next_on, ..stored });
    }

    fn note(&mut self, task_id: i64, kind: &'static str, level: Standing, on_day: Date) {
        self.steps.push(TaskStep { task_id, on_day, kind, level, contact_id: None });
    }

    async fn write(mut self, tx: &mut Tx, county: &County, stamp: Stamp, day: Date) -> Result<(), Error> {
        let first = county::take_ids(tx, county.county_id, self.new.len()).await?;
        for (id, (task, step)) in (first..).zip(&self.new) {
            self.tasks[*task].task_id = id;
            self.steps[*step].task_id = id;
        }
        task::put(tx, county.county_id, &self.tasks).await?;
        for (by, tasks) in &self.closed {
            task::close(tx, county.county_id, tasks, (day, by)).await?;
        }
        task::add_steps(tx, county.county_id, stamp, &self.steps).await?;
        alert::add(tx, county.county_id, &self.alerts).await?;
        // A borrower hears of a level with the office: in this transaction or in none.
        queue_slips(tx, county.county_id, stamp.at, &self.alerts, LEVEL).await
    }
}

/// Gives each office its notices of the day.
async fn publish(db: &Db, ctx: &Ctx) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let Some(day) = day_of(&county) else { return Ok(()) };
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let tallies = alert::tallies(tx, county.county_id, day).await?;
        let rules = Rules::load(tx, &county, None).await?;
        let offices = offices(&tallies, &county, &rules, day);
        let first = county::take_ids(tx, county.county_id, offices.len()).await?;
        let notices: Vec<Notice> = (first..)
            .zip(&offices)
            .map(|(notice_id, ((recipient, place_id, at_once), counts))| Notice {
                notice_id,
                on_day: day,
                recipient: *recipient,
                place_id: *place_id,
                at_once: *at_once,
                counts: said(counts),
            })
            .collect();
        stored::add(tx, county.county_id, stamp.at, &notices).await?;
        let mut messages = queue_notices(tx, county.county_id, stamp.at, &notices).await?;
        messages += weekly::make(tx, &county, (stamp, day), &rules).await?;
        county::note_told(tx, county.county_id, day).await?;
        let alerts: i64 = tallies.iter().map(|tally| tally.loans).sum();
        let facts = json!({ "alerts": alerts, "notices": notices.len(), "messages": messages });
        audit::add(tx, county.county_id, stamp, &ctx.entry("told", day.to_string(), &facts)).await?;
        Ok::<(), Error>(())
    })
}

/// An office and whether it is told at once.
type Office = (Recipient, i64, bool);

/// How many loans of what.
type Counts = BTreeMap<(String, Standing), i64>;

/// Which office is told of how many loans. A borrower is no office; where a village lies in no township on the day, the
/// county hears of it instead.
fn offices(tallies: &[Tally], county: &County, rules: &Rules, day: Date) -> BTreeMap<Office, Counts> {
    let mut offices: BTreeMap<Office, Counts> = BTreeMap::new();
    for tally in tallies {
        let mut places: Vec<(Recipient, i64)> = Vec::new();
        for recipient in &tally.told {
            places.push(match recipient {
                Recipient::Township => match rules.township_on(tally.village_id, day) {
                    Some(township) => (Recipient::Township, township),
                    None => (Recipient::County, county.division_id),
                },
                Recipient::Branch => (Recipient::Branch, tally.branch_id),
                Recipient::County | Recipient::Supervisor => (*recipient, county.division_id),
                Recipient::Station => (Recipient::Station, tally.village_id),
                Recipient::Borrower => continue,
            });
        }
        places.sort_unstable();
        places.dedup();
        for (recipient, place) in places {
            let counts = offices.entry((recipient, place, tally.at_once)).or_default();
            *counts.entry((tally.kind.clone(), tally.level)).or_default() += tally.loans;
        }
    }
    offices
}

fn said(counts: &Counts) -> String {
    let counts = counts
        .iter()
        .map(|((kind, level), loans)| json!({ "kind": kind, "level": level.key(), "loans": loans }));
    serde_json::Value::Array(counts.collect()).to_string()
}
