//! `/ways-out` (还款来源): money expected against money due, week by week, and the loans behind each number.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_domain::loan::add_days;
use bangfu_domain::money::Fen;
use bangfu_sheets::export::{Table, Value as Cell};
use bangfu_store::loan::Totals;
use bangfu_usecase::way_out::{Part, ahead, behind, is_told, monday};
use jiff::civil::Date;
use serde::Deserialize;

use super::address::{self, path_with};
use super::chart::share;
use super::download::{self, Format};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::list::Names;
use super::menu::Section;
use super::outcome::address::{OutcomeAddress, What};
use super::page::{Page, unsigned};
use crate::texts::Lang;

/// Loans on a page.
const PAGE: usize = 50;

/// How high the drawing is.
const HEIGHT: i64 = 120;

/// How far apart its weeks stand, and how wide a bar is.
const STEP: i64 = 24;
const BAR: i64 = 10;

/// The weeks.
#[derive(Template)]
#[template(path = "ways_out.html")]
pub(crate) struct WaysOutPage {
    /// The frame.
    pub(crate) page: Page,
    /// The weeks.
    pub(crate) weeks: Vec<WeekRow>,
    /// Whether the county has told when projects pay.
    pub(crate) is_told: bool,
}

/// A number of a week: how many loans, how much, and the list behind it.
#[derive(Debug, Clone)]
pub(crate) struct Money {
    /// How many.
    pub(crate) loans: u64,
    /// How much.
    pub(crate) amount: Fen,
    /// The list.
    pub(crate) href: String,
}

/// A week.
#[derive(Debug, Clone)]
pub(crate) struct WeekRow {
    /// Monday.
    pub(crate) monday: Date,
    /// What falls due.
    pub(crate) due: Money,
    /// What was promised.
    pub(crate) promised: Money,
    /// What projects bring in.
    pub(crate) projects: Money,
    /// What falls due before its project pays.
    pub(crate) early: Money,
    /// Promised and brought in together.
    pub(crate) expected: Fen,
    /// Where its bars begin, and the heights of what falls due and of what is expected.
    pub(crate) bars: (i64, i64, i64),
}

impl WeekRow {
    /// The upper edge of a bar of that height.
    pub(crate) fn top(&self, height: &i64) -> i64 {
        HEIGHT - height
    }

    /// Where the other bar begins.
    pub(crate) fn beside(&self) -> i64 {
        self.bars.0 + BAR
    }

    /// Whether the month is told below it.
    pub(crate) fn begins_month(&self) -> bool {
        self.monday.day() <= 7
    }
}

fn path(part: Part, monday: Date, after: Option<(Date, i64)>) -> String {
    let mut words = form_urlencoded::Serializer::new(String::new());
    words.append_pair("week", &monday.to_string());
    words.append_pair("what", part.key());
    if let Some((on, id)) = after {
        words.append_pair("after", &format!("{on}.{id}"));
    }
    path_with("/ways-out/loans", words)
}

async fn look(face: &Face) -> Result<Vec<WeekRow>, Failure> {
    let ctx = face.ctx();
    let weeks = ahead(&mut face.app.db.read().await?, &ctx).await?;
    let positive = |amount: Fen| unsigned(amount.get());
    let most = weeks.iter().map(|(_, week)| {
        let expected = week.promised.balance_fen + week.projects.balance_fen;
        positive(week.due.balance_fen).max(positive(expected))
    });
    let most = most.max().unwrap_or(0);
    let rows = weeks.iter().zip(0..).map(|((monday, week), number)| {
        let money = |totals: Totals, href: String| Money {
            loans: unsigned(totals.loans),
            amount: totals.balance_fen,
            href,
        };
        let days = ((*monday).max(ctx.today), add_days(*monday, 6));
        let promises = OutcomeAddress::of(days).list(What::Promises(None)).list_path();
        let expected = week.promised.balance_fen + week.projects.balance_fen;
        WeekRow {
            monday: *monday,
            due: money(week.due, path(Part::Due, *monday, None)),
            promised: money(week.promised, promises),
            projects: money(week.projects, path(Part::Projects, *monday, None)),
            early: money(week.early, path(Part::Early, *monday, None)),
            expected,
            bars: (
                number * STEP,
                share(positive(week.due.balance_fen), most, HEIGHT),
                share(positive(expected), most, HEIGHT),
            ),
        }
    });
    Ok(rows.collect())
}

/// `GET /ways-out`
pub(super) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let weeks = look(&face).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let is_told = is_told(&mut tx, &face.ctx()).await?;
    let page = face.page_of_loans(&mut tx, &visitor, Section::Board, &county).await?;
    html(&WaysOutPage { page, weeks, is_told })
}

/// `GET /ways-out.xlsx`
pub(super) async fn xlsx(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    file(&face, visitor.lang, Format::Xlsx).await
}

/// `GET /ways-out.csv`
pub(super) async fn csv(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    file(&face, visitor.lang, Format::Csv).await
}

async fn file(face: &Face, lang: Lang, format: Format) -> Result<Response, Failure> {
    let weeks = look(face).await?;
    let title = lang.text("ways-title");
    let mut titles = vec![title.clone()];
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let keys = [
        "ways-week",
        "ways-due-loans",
        "ways-due",
        "ways-promised",
        "ways-projects",
        "ways-early-loans",
        "ways-early",
    ];
    let number = |count: u64| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let cells = |week: &WeekRow| {
        vec![
            Cell::Date(Some(week.monday)),
            number(week.due.loans),
            Cell::Money(week.due.amount),
            Cell::Money(week.promised.amount),
            Cell::Money(week.projects.amount),
            number(week.early.loans),
            Cell::Money(week.early.amount),
        ]
    };
    let header = keys.map(|key| lang.text(key)).to_vec();
    let table = Table { titles, header, rows: weeks.iter().map(cells).collect() };
    download::table(&table, format, &title, (&title, "ways-out"), 0)
}

/// The loans of a week.
#[derive(Template)]
#[template(path = "ways_out_loans.html")]
pub(crate) struct WeekPage {
    /// The frame.
    pub(crate) page: Page,
    /// The key of what is shown.
    pub(crate) text_key: &'static str,
    /// Monday and Sunday.
    pub(crate) days: (Date, Date),
    /// The loans.
    pub(crate) rows: Vec<WeekLoan>,
    /// The next page.
    pub(crate) next: Option<String>,
}

/// A loan of a week.
#[derive(Debug, Clone)]
pub(crate) struct WeekLoan {
    /// Its page.
    pub(crate) href: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// The credit manager.
    pub(crate) manager: Option<String>,
    /// The due day.
    pub(crate) due_on: Date,
    /// What is owed.
    pub(crate) balance: Fen,
    /// What it is for.
    pub(crate) purpose: String,
    /// The months in which that pays, in words.
    pub(crate) pays: Option<String>,
}

/// Which loans.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    week: String,
    what: String,
    after: String,
}

fn after(text: &str) -> Option<(Date, i64)> {
    let (on, id) = text.rsplit_once('.')?;
    Some((address::day(on)?, id.parse().ok()?))
}

/// `GET /ways-out/loans`
pub(super) async fn loans(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let week = monday(address::read("week", &asked.week, address::day)?.unwrap_or(ctx.today));
    let part = |key: &str| Part::ALL.into_iter().find(|part| part.key() == key);
    let part = address::read("what", &asked.what, part)?.unwrap_or(Part::Due);
    let after = address::read("after", &asked.after, after)?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let (found, next) = behind(&mut tx, &ctx, (part, week), after, PAGE).await?;
    let comma = visitor.lang.text("comma");
    let rows = found.into_iter().map(|shown| {
        let one = shown.loan;
        let (township, village) = names.village(one.village_id);
        let written =
            |months: Vec<i8>| months.iter().map(ToString::to_string).collect::<Vec<_>>().join(&comma);
        let months = shown.months.map(written);
        WeekLoan {
            href: format!("/loans/{}", one.loan_id),
            borrower: one.borrower_name,
            number: one.number,
            place: format!("{township} {village}").trim().to_owned(),
            manager: one.manager_id.and_then(|id| names.officer(id)).map(str::to_owned),
            due_on: one.due_on,
            balance: one.balance_fen,
            pays: months.map(|months| visitor.lang.text_with("ways-months", &[("months", months.into())])),
            purpose: one.purpose,
        }
    });
    let text_key = match part {
        Part::Due => "ways-due-loans",
        Part::Projects => "ways-projects-loans",
        Part::Early => "ways-early-loans",
    };
    let shown = WeekPage {
        rows: rows.collect(),
        text_key,
        days: (week, add_days(week, 6)),
        next: next.map(|next| path(part, week, Some(next))),
        page: face.page_of_loans(&mut tx, &visitor, Section::Board, &county).await?,
    };
    html(&shown)
}
