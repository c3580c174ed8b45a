//! Tasks (任务): what one named officer must do about a loan, and by when.
//!
//! A loan has one open task at most. The level that it comes to makes it or raises it; a record of what was done answers the
//! step that is due; it is closed by evidence, or by a second person.

mod contact;
mod late;
mod outcome;
mod promise;
#[cfg(test)]
mod tests;
mod way;

use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::policy::Response;
use crate::warning::Standing;

pub use contact::answered;
pub use late::{Happening, Patience, late};
pub use outcome::Outcome;
pub use promise::{Fate, Promise};
pub use way::Way;

/// An open task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// The level whose deed is to be done.
    pub level: Standing,
    /// The day on which the task came to this level.
    pub since_on: Date,
    /// The contract's due day when the task was made or raised: another one begins anew.
    pub due_day: Date,
    /// The day by which the next step is to be done; `None` while nothing is, until the level rises.
    pub step_on: Option<Date>,
    /// The day on which it was told that the step is late: to the branch and the township.
    pub late_on: Option<Date>,
    /// The day on which that was told to the county.
    pub county_on: Option<Date>,
    /// The day on which the supervisors were told that the level lasts.
    pub supervised_on: Option<Date>,
}

impl Task {
    /// The day after which the step is late. What awaits the bank is the branch's to find out, and late for nobody: the
    /// borrower may have paid.
    pub fn late_after(&self) -> Option<Date> {
        self.step_on.filter(|_| self.level != Standing::Awaiting)
    }
}

/// What shows that a task is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing is owed any more.
    Settled,
    /// The loan falls due on another day, and no colour has begun.
    Extended,
    /// Another loan took over what was owed.
    Renewed,
    /// Two people agreed that nothing more is to be done.
    Released,
    /// The loan stands in no level any more, by what is known now of what happened.
    Corrected,
}

impl Evidence {
    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Evidence::Settled => "settled",
            Evidence::Extended => "extended",
            Evidence::Renewed => "renewed",
            Evidence::Released => "released",
            Evidence::Corrected => "corrected",
        }
    }
}

/// What becomes of a loan's task on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It stays as it is.
    Stays,
    /// There is a new one.
    Made(Task),
    /// It is about another level now.
    Raised(Task),
    /// It is over.
    Closed(Evidence),
}

/// What a day's standing makes of a loan's task.
///
/// `since` is the day on which a close of every day would have found that standing first, `response` what the pack says of
/// it, and `due_day` the contract's. A task never falls back to a lower level
/// within one term: what was to be done at the higher one is still to be done.
pub fn turn(
    task: Option<&Task>,
    standing: Standing,
    response: Option<&Response>,
    (since, due_day): (Date, Date),
    calendar: &Calendar,
) -> Turn {
    let Some(response) = response else {
        return task.map_or(Turn::Stays, |task| Turn::Closed(over(task, standing, due_day)));
    };
    let (step_on, _) = calendar.working_days_after(since, response.working_days);
    let new = Task {
        level: standing,
        since_on: since,
        due_day,
        step_on: Some(step_on),
        late_on: None,
        county_on: None,
        supervised_on: None,
    };
    match task {
        None => Turn::Made(new),
        Some(task) if task.due_day != due_day || rank(standing) > rank(task.level) => Turn::Raised(new),
        // The bank took back what it had reported: nobody is accused any longer.
        Some(task) if task.level == Standing::Overdue && standing == Standing::Awaiting => Turn::Raised(new),
        Some(_) => Turn::Stays,
    }
}

fn over(task: &Task, standing: Standing, due_day: Date) -> Evidence {
    match standing {
        Standing::Settled => Evidence::Settled,
        _ if task.due_day != due_day => Evidence::Extended,
        _ => Evidence::Corrected,
    }
}

/// How urgent a level is; 0 for what is none.
const fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::None | Standing::Settled => 0,
        Standing::Green => 1,
        Standing::Blue => 2,
        Standing::Yellow => 3,
        Standing::Red => 4,
        Standing::Awaiting => 5,
        Standing::Overdue => 6,
    }
}
