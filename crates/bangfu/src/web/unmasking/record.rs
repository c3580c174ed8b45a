//! `/unmaskings`: which numbers were shown whole, to whom and why, as far as the visitor's area goes.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_sheets::export::{Table, Value as Cell};
use bangfu_store::unmasking::{Filter, Line, Shown};
use bangfu_usecase::audit::trail::note_export;
use bangfu_usecase::unmasking;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use crate::texts::Lang;
use crate::web::address::{self, UnknownWord, path_with};
use crate::web::download::{self, Format, ROWS_MAX};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::household;
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};
use crate::words;

/// Lines on a page.
const PAGE: usize = 50;

/// Lines read at a time for a file.
const FILE_PAGE: usize = 1_000;

/// The record.
#[derive(Template)]
#[template(path = "unmaskings.html")]
pub(crate) struct UnmaskingsPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) record: RecordView,
}

/// A page of the record.
#[derive(Debug, Clone)]
pub(crate) struct RecordView {
    /// The day asked for.
    pub(crate) day: Option<Date>,
    /// To whom how many were shown on that day, or ever: account, name, count, and whether only theirs are shown.
    pub(crate) people: Vec<(i64, String, u64, bool)>,
    /// How many one person may be shown on a day, where the county says so.
    pub(crate) day_max: Option<u32>,
    /// The lines, the newest first.
    pub(crate) rows: Vec<Row>,
    /// The next page.
    pub(crate) next: Option<String>,
    /// The lines as files: workbook, values.
    pub(crate) files: (String, String),
}

/// A line of the record.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// When.
    pub(crate) at: DateTime,
    /// To whom.
    pub(crate) actor: String,
    /// From where it was asked for.
    pub(crate) client: String,
    /// Whose number, or how many an export held.
    pub(crate) person: String,
    /// The loan's number or the household, and its page; nothing of an export.
    pub(crate) on: Option<(String, String)>,
    /// The key of the number's name.
    pub(crate) kind: &'static str,
    /// What it was needed for, as it was called then; empty for an export.
    pub(crate) why: String,
    /// The reason in words.
    pub(crate) reason: String,
}

/// What is asked for, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    who: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    before: String,
}

impl Asked {
    fn filter(&self) -> Result<Filter, UnknownWord> {
        Ok(Filter {
            account_id: address::read("who", &self.who, |text| text.parse().ok())?,
            on_day: address::read("day", &self.day, address::day)?,
        })
    }
}

fn address(path: &str, filter: Filter, before: Option<i64>) -> String {
    let mut words = form_urlencoded::Serializer::new(String::new());
    if let Some(who) = filter.account_id {
        words.append_pair("who", &who.to_string());
    }
    if let Some(day) = filter.on_day {
        words.append_pair("day", &day.to_string());
    }
    if let Some(before) = before {
        words.append_pair("before", &before.to_string());
    }
    path_with(path, words)
}

/// `GET /unmaskings`
pub(crate) async fn list(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let filter = asked.filter()?;
    let before = address::read("before", &asked.before, |text| text.parse().ok())?;
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let record = unmasking::record(&mut tx, &ctx, filter, before, PAGE).await?;
    let people = unmasking::counts(&mut tx, &ctx, filter.on_day).await?;
    let is_theirs = |id: i64| filter.account_id == Some(id);
    let people = people
        .into_iter()
        .map(|(id, name, count)| (id, words::actor(visitor.lang, &name), unsigned(count), is_theirs(id)));
    let last = record.lines.last().filter(|_| record.has_more).map(|line| line.unmasking.change_seq);
    let file = |form: &str| address(&format!("/unmaskings/export.{form}"), filter, None);
    let record = RecordView {
        day: filter.on_day,
        people: people.collect(),
        day_max: face.app.privacy.unmask_per_day,
        rows: record.lines.into_iter().map(|line| row(&face, visitor.lang, line)).collect(),
        next: last.map(|last| address("/unmaskings", filter, Some(last))),
        files: (file("xlsx"), file("csv")),
    };
    html(&UnmaskingsPage { page: face.page(&visitor, Section::Home, &county), record })
}

fn row(face: &Face, lang: Lang, line: Line) -> Row {
    let Line { unmasking: one, person, on } = line;
    let (person, on) = match one.shown {
        Shown::Borrower { loan_id, .. } => (person, Some((on, format!("/loans/{loan_id}")))),
        Shown::Member { household_id, .. } => {
            let name = lang.text_with("household-of", &[("head", on.into())]);
            (person, Some((name, household::path(household_id))))
        }
        Shown::Export { numbers } => (lang.text_with("unmasking-export", &[("n", numbers.into())]), None),
    };
    Row {
        at: face.local(one.at),
        actor: words::actor(lang, &one.actor),
        client: one.client_id,
        person,
        on,
        kind: one.kind.key(),
        why: one.why.map(|why| lang.of(&why).to_owned()).unwrap_or_default(),
        reason: one.reason,
    }
}

/// `GET /unmaskings/export.xlsx`
pub(crate) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    export(&face, visitor.lang, &asked, Format::Xlsx).await
}

/// `GET /unmaskings/export.csv`
pub(crate) async fn csv(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    export(&face, visitor.lang, &asked, Format::Csv).await
}

async fn export(face: &Face, lang: Lang, asked: &Asked, format: Format) -> Result<Response, Failure> {
    let filter = asked.filter()?;
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (mut rows, mut before) = (Vec::new(), None);
    while rows.len() < ROWS_MAX {
        let page = unmasking::record(&mut tx, &ctx, filter, before, FILE_PAGE).await?;
        before = page.lines.last().map(|line| line.unmasking.change_seq);
        rows.extend(page.lines.into_iter().map(|line| cells(lang, row(face, lang, line))));
        if !page.has_more {
            break;
        }
    }
    let title = lang.text("unmaskings-title");
    let titles = vec![format!("{} {title} {}", county.on(ctx.today).name, lang.day_plain(ctx.today))];
    let table = Table { titles, header: HEADER.map(|key| lang.text(key)).to_vec(), rows };
    let name = format!("{}{title}-{}", county.on(ctx.today).name, ctx.today);
    drop(tx);
    note_export(&face.app.db, &ctx, "unmaskings", &address("/unmaskings", filter, None), table.rows.len())
        .await?;
    download::table(&table, format, &title, (&name, &format!("unmaskings-{}", ctx.today)), 0)
}

const HEADER: [&str; 8] = [
    "unmasking-at",
    "unmasking-who",
    "unmasking-from",
    "unmasking-whose",
    "unmasking-on",
    "unmasking-kind",
    "unmasking-why",
    "unmasking-reason",
];

fn cells(lang: Lang, row: Row) -> Vec<Cell> {
    let texts = [
        lang.moment(row.at),
        row.actor,
        row.client,
        row.person,
        row.on.map(|(name, _)| name).unwrap_or_default(),
        lang.text(row.kind),
        row.why,
        row.reason,
    ];
    texts.into_iter().map(Cell::Text).collect()
}
