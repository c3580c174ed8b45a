//! What a contact answers (联系记录).

use jiff::civil::Date;

use super::Task;
use crate::loan::add_days;
use crate::policy::Response;
use crate::warning::Standing;

/// The task once its step is answered by a contact of a day, with the day of a promise if there was one.
///
/// Red's rhythm goes on from the contact, and pauses until a promised day that is not later than the due day. What was
/// promised for another level is looked after on its day.
pub fn answered(task: &Task, on: Date, promised_on: Option<Date>, response: &Response) -> Task {
    let again = response.again_days.map(|days| add_days(on, i32::try_from(days).unwrap_or(i32::MAX)));
    let is_before_due = |promised: &Date| *promised <= task.due_day;
    let promised = match task.level {
        Standing::Overdue | Standing::Awaiting => promised_on,
        _ => promised_on.filter(is_before_due),
    };
    Task { step_on: again.max(promised), late_on: None, county_on: None, ..*task }
}
