//! `/tasks`: what is to be done about loans, by when; and the record of what was done.

pub(crate) mod contact;
pub(crate) mod handling;
pub(crate) mod view;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_store::Area;
use bangfu_store::task::{Show, TaskCursor};
use bangfu_usecase::access::Right;
use bangfu_usecase::task::list::{count, list as found, parts};
use jiff::civil::Date;
use serde::Deserialize;

use super::address::{self, UnknownWord, path_with};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::list::Names;
use super::menu::Section;
use super::page::{Page, unsigned};
use view::{Tab, TaskList, row};

/// Tasks on a page.
const PAGE: usize = 50;

/// What is to be done.
#[derive(Template)]
#[template(path = "tasks.html")]
pub(crate) struct TasksPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) list: TaskList,
}

/// What is asked for, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    nobodys: String,
    #[serde(default)]
    after: String,
}

/// The word of a part in addresses and as the key of texts.
pub(super) const fn word(show: Show) -> &'static str {
    match show {
        Show::Late => "late",
        Show::Today => "today",
        Show::Soon { .. } => "soon",
        Show::Later { .. } => "later",
        Show::Promised => "promised",
        Show::Resting => "resting",
    }
}

/// The address of a part.
pub(super) fn path_of(show: Show, nobodys: bool, after: Option<TaskCursor>) -> String {
    let mut words = form_urlencoded::Serializer::new(String::new());
    words.append_pair("show", word(show));
    if nobodys {
        words.append_pair("nobodys", "1");
    }
    if let Some(TaskCursor { on, task_id }) = after {
        let on = on.map(|on| on.to_string()).unwrap_or_default();
        words.append_pair("after", &format!("{on}.{task_id}"));
    }
    path_with("/tasks", words)
}

fn cursor(text: &str) -> Option<TaskCursor> {
    let (on, task_id) = text.rsplit_once('.')?;
    let on: Option<Date> = if on.is_empty() { None } else { Some(address::day(on)?) };
    Some(TaskCursor { on, task_id: task_id.parse().ok()? })
}

/// `GET /tasks`: without a word, the most pressing part that holds something.
pub(super) async fn list(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let nobodys = !asked.nobodys.is_empty();
    let after = address::read("after", &asked.after, cursor)?;
    let parts = parts(&ctx);
    let wanted = match asked.show.trim() {
        "" => None,
        key => {
            let known = parts.into_iter().find(|part| word(*part) == key);
            Some(known.ok_or_else(|| UnknownWord { field: "show", value: key.to_owned() })?)
        }
    };
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut counts = [0; 6];
    for (held, part) in counts.iter_mut().zip(parts) {
        *held = count(&mut tx, &ctx, part, nobodys).await?;
    }
    let pressing = parts.iter().zip(counts).find(|(_, count)| *count > 0).map(|(show, _)| *show);
    let show = wanted.or(pressing).unwrap_or(Show::Today);
    let (lines, next) = found(&mut tx, &ctx, (show, nobodys), after, PAGE).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let records = face.may(Right::RecordContact);
    let tabs = parts.into_iter().zip(counts).map(|(part, count)| Tab {
        href: path_of(part, nobodys, None),
        text_key: format!("tasks-{}", word(part)),
        count: unsigned(count),
        here: part == show,
    });
    let list = TaskList {
        tabs: tabs.collect(),
        is_empty_of_all: counts.iter().all(|count| *count == 0),
        empty_key: format!("tasks-none-{}", word(show)),
        rows: lines.iter().map(|line| row(visitor.lang, &names, line, ctx.today, records)).collect(),
        next: next.map(|next| path_of(show, nobodys, Some(next))),
        nobodys,
        others: (!matches!(ctx.scope.area, Area::Officer(_))).then(|| path_of(show, !nobodys, None)),
    };
    html(&TasksPage { page: face.page_of_loans(&mut tx, &visitor, Section::Tasks, &county).await?, list })
}
