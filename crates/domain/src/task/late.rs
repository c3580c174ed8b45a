//! What time alone makes of a task: a missed step is told upward, and a level that lasts to the supervisors.

use jiff::civil::Date;

use super::Task;
use crate::calendar::Calendar;
use crate::loan::add_days;
use crate::policy::Response;

/// How long each waits before the next is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// So many working days after it was told that a step is late, the county's centre is told; `None` if never.
    pub county_working_days: Option<u32>,
}

/// What is told upward of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// The step is late: the manager's superior in the branch and the township's centre are told.
    Late,
    /// It is still not done: the county's centre is told.
    LateLong,
    /// The level has lasted for as long as the pack bears: the supervisors are told.
    Lasting,
}

impl Happening {
    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Happening::Late => "late",
            Happening::LateLong => "late-long",
            Happening::Lasting => "lasting",
        }
    }
}

/// What is told of a task on a day, what becomes of the task, and the next day on which something can be told if nothing
/// happens; `None` if never.
///
/// Told is what has come by that day, each thing once; after an outage, all of it on the first day after.
pub fn late(
    task: &Task,
    day: Date,
    (response, patience): (&Response, Patience),
    calendar: &Calendar,
) -> (Vec<Happening>, Task, Option<Date>) {
    let mut task = *task;
    let mut told = Vec::new();
    let mut next: Option<Date> = None;
    let mut at = |on: Date, happening: Happening, noted: &mut Option<Date>| {
        if noted.is_some() {
            return;
        }
        if on <= day {
            *noted = Some(day);
            told.push(happening);
        } else {
            next = Some(next.map_or(on, |next| next.min(on)));
        }
    };
    if let Some(step_on) = task.late_after() {
        at(add_days(step_on, 1), Happening::Late, &mut task.late_on);
        if let (Some(late_on), Some(days)) = (task.late_on, patience.county_working_days) {
            let (long_on, _) = calendar.working_days_after(late_on, days);
            at(long_on, Happening::LateLong, &mut task.county_on);
        }
    }
    if let Some(days) = response.supervisor_after_days {
        let lasting_on = add_days(task.since_on, i32::try_from(days).unwrap_or(i32::MAX));
        at(lasting_on, Happening::Lasting, &mut task.supervised_on);
    }
    (told, task, next)
}
