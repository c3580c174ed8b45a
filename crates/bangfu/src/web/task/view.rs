//! What the pages of tasks show.

use bangfu_domain::loan::days_between;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_usecase::task::list::Line;
use jiff::civil::Date;

use crate::texts::{Lang, Value};
use crate::web::loan::list::Names;
use crate::web::page::Page;

impl Page {
    /// How somebody was reached.
    pub(crate) fn contact_way(&self, way: &str) -> String {
        self.t(&format!("contact-way-{way}"))
    }

    /// What came of a contact.
    pub(crate) fn contact_outcome(&self, outcome: &str) -> String {
        self.t(&format!("contact-outcome-{outcome}"))
    }
}

/// A part of the work.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    /// Its list.
    pub(crate) href: String,
    /// The key of its text.
    pub(crate) text_key: String,
    /// How much there is of it.
    pub(crate) count: u64,
    /// Whether it is shown now.
    pub(crate) here: bool,
}

/// A page of what is to be done.
#[derive(Debug, Clone)]
pub(crate) struct TaskList {
    /// The parts.
    pub(crate) tabs: Vec<Tab>,
    /// Whether there is nothing in any part.
    pub(crate) is_empty_of_all: bool,
    /// The key of what is said where this part is empty.
    pub(crate) empty_key: String,
    /// Its tasks.
    pub(crate) rows: Vec<TaskView>,
    /// The next page.
    pub(crate) next: Option<String>,
    /// Whether only tasks are shown that are nobody's.
    pub(crate) nobodys: bool,
    /// The same with those of everybody, or only nobody's; none for whose own households all of them are.
    pub(crate) others: Option<String>,
}

/// A task.
#[derive(Debug, Clone)]
pub(crate) struct TaskView {
    /// The loan's page.
    pub(crate) href: String,
    /// Where a contact is recorded, for who may.
    pub(crate) record: Option<String>,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// The credit manager.
    pub(crate) manager: Option<String>,
    /// The level whose deed is to be done.
    pub(crate) level: Standing,
    /// What is to be done.
    pub(crate) deed: String,
    /// By when, in words, and whether that has passed.
    pub(crate) by: Option<(String, bool)>,
    /// The due day.
    pub(crate) due_on: Date,
    /// What is owed.
    pub(crate) balance: Fen,
    /// What was promised for which day, in words.
    pub(crate) promise: Option<String>,
}

/// By when something is to be done, in words: the day and how far it is.
pub(crate) fn by(lang: Lang, step_on: Date, today: Date) -> (String, bool) {
    let days = days_between(today, step_on);
    let key = match days {
        ..0 => "task-by-late",
        0 => "task-by-today",
        _ => "task-by-ahead",
    };
    let args = [("day", Value::from(lang.day_plain(step_on))), ("n", Value::from(i64::from(days.abs())))];
    (lang.text_with(key, &args), days < 0)
}

/// A promise in words.
pub(crate) fn promise(lang: Lang, on: Date, amount: Option<Fen>) -> String {
    let day = Value::from(lang.day_plain(on));
    match amount {
        Some(amount) => {
            lang.text_with("task-promise-amount", &[("day", day), ("amount", Value::from(lang.yuan(amount)))])
        }
        None => lang.text_with("task-promise", &[("day", day)]),
    }
}

/// A line of the list.
pub(super) fn row(lang: Lang, names: &Names, line: &Line, today: Date, records: bool) -> TaskView {
    let (row, task) = (&line.row, &line.row.stored.task);
    let (township, village) = names.village(row.village_id);
    let loan_id = row.stored.loan_id;
    TaskView {
        href: format!("/loans/{loan_id}"),
        record: records.then(|| super::contact::path(loan_id)),
        borrower: row.borrower_name.clone(),
        number: row.number.clone(),
        place: format!("{township} {village}").trim().to_owned(),
        manager: row.manager_id.and_then(|id| names.officer(id)).map(str::to_owned),
        level: task.level,
        deed: line.deed.as_ref().map(|deed| lang.of(deed).to_owned()).unwrap_or_default(),
        by: task.step_on.map(|step_on| by(lang, step_on, today)),
        due_on: row.due_on,
        balance: row.balance_fen,
        promise: row.stored.promised.map(|(on, amount)| promise(lang, on, amount)),
    }
}
