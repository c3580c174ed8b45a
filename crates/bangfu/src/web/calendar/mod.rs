//! `/admin/calendar`: rest days and make-up workdays by year, where they come from, and how a year is told anew.

use askama::Template;
use axum::extract::{Multipart, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::calendar::{Remark, YearDays, remarks};
use bangfu_sheets::cell;
use bangfu_usecase::access::Right;
use bangfu_usecase::amendment::{self, AmendmentFault, NewAmendment, Subject, mark, propose, year_text};
use bangfu_usecase::error::{Error, Refusal};
use jiff::civil::Date;
use serde::Deserialize;

use super::address;
use super::amendment::faults;
use super::amendment::view::{AmendmentRow, row};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::texts::Lang;
use crate::words;

/// The calendar.
#[derive(Template)]
#[template(path = "calendar.html")]
pub(crate) struct CalendarPage {
    /// The frame.
    pub(crate) page: Page,
    /// Its years, the newest first.
    pub(crate) years: Vec<YearView>,
    /// What was proposed, the newest first.
    pub(crate) amendments: Vec<AmendmentRow>,
    /// A year that is being told, as far as it was typed; none for whoever proposes nothing.
    pub(crate) form: Option<YearForm>,
}

/// A year.
#[derive(Debug, Clone)]
pub(crate) struct YearView {
    /// Its number.
    pub(crate) year: i16,
    /// Its days and their source; none while no notice is known.
    pub(crate) days: Option<YearDays>,
}

/// A year that is being told.
#[derive(Debug, Clone, Default)]
pub(crate) struct YearForm {
    /// Its number.
    pub(crate) year: String,
    /// The notice.
    pub(crate) source: String,
    /// Its days, as they were pasted.
    pub(crate) list: String,
    /// From which day it is to hold.
    pub(crate) valid_from: String,
    /// Why.
    pub(crate) reason: String,
    /// By which its maker's rules are told from others.
    pub(crate) seen: String,
    /// What is wrong with it.
    pub(crate) faults: Vec<String>,
    /// What is worth a second look, once it is sound otherwise.
    pub(crate) remarks: Vec<String>,
    /// Whether whoever sent it has seen the remarks.
    pub(crate) looked: bool,
}

/// Which year is to be told anew.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    year: String,
}

/// `GET /admin/calendar`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let year = address::read("year", &asked.year, |text| text.parse::<i16>().ok())?;
    let rules = amendment::present(&mut face.app.db.read().await?, &face.ctx()).await?;
    let calendar = &rules.book().calendar;
    let known = year.and_then(|year| calendar.year(year));
    // A year that is told anew begins as it stands.
    let form = YearForm {
        year: year.map_or_else(String::new, |year| year.to_string()),
        source: known.map_or_else(String::new, |days| days.source.clone()),
        list: known.map_or_else(String::new, |days| lines(visitor.lang, days)),
        valid_from: face.app.today().to_string(),
        ..YearForm::default()
    };
    show(&face, &visitor, form).await
}

/// A year's days as they may be pasted.
pub(crate) fn lines(lang: Lang, days: &YearDays) -> String {
    let (rest, work, until) = (lang.text("day-rests"), lang.text("day-works"), lang.text("days-until"));
    let stretch = |(first, last): (Date, Date)| match first == last {
        true => format!("{first} {rest}"),
        false => format!("{first} {until} {last} {rest}"),
    };
    let rests = days.stretches().into_iter().map(stretch);
    rests.chain(days.work.iter().map(|day| format!("{day} {work}"))).collect::<Vec<_>>().join("\n")
}

async fn show(face: &Face, visitor: &Visitor, mut form: YearForm) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let rules = amendment::present(&mut tx, &ctx).await?;
    let amendments = amendment::of_years(&mut tx, &ctx).await?;
    // What was typed is held against what its day finds: versions may wait until then.
    let day = address::day(form.valid_from.trim()).unwrap_or(ctx.today);
    form.seen = amendment::present_on(&mut tx, &ctx, day).await?.book().digest().to_owned();
    let calendar = &rules.book().calendar;
    let first = calendar.years().map(|(year, _)| year).next().unwrap_or(ctx.today.year());
    let last = calendar.years().map(|(year, _)| year).next_back().unwrap_or(first);
    // Due days lie ahead of what is published: that the year after is not known is told, and the way to tell it.
    let years = (first..=last.max(ctx.today.year()).saturating_add(1)).rev();
    let years = years.map(|year| YearView { year, days: calendar.year(year).cloned() }).collect();
    let is_wrong = !form.faults.is_empty() || !form.remarks.is_empty();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/admin/calendar".to_owned();
    let amendments =
        amendments.iter().map(|one| row(visitor.lang, one, |micros| face.local(micros))).collect();
    let form = face.may(Right::ProposeRules).then_some(form);
    Ok((status, html(&CalendarPage { page, years, amendments, form })?).into_response())
}

/// `POST /admin/calendar`: proposes the days of a year.
pub(super) async fn tell(face: Face, visitor: Visitor, parts: Multipart) -> Result<Response, Failure> {
    let (mut form, file) = match received(parts).await {
        Ok(received) => received,
        Err(error) => return Ok(error.into_response()),
    };
    let lang = visitor.lang;
    if let Some(bytes) = file {
        match face.app.intake.read(&bytes).await {
            Ok(book) => form.list = text_of(&book),
            Err(fault) => {
                form.faults = vec![words::intake(lang, &fault)];
                return show(&face, &visitor, form).await;
            }
        }
    }
    match proposed(&face, lang, &form).await {
        Ok(Ok(amendment_id)) => {
            Ok(Redirect::to(&format!("/admin/amendments/{amendment_id}")).into_response())
        }
        Ok(Err(remarks)) => show(&face, &visitor, YearForm { remarks, looked: true, ..form }).await,
        Err(Error::Refused(Refusal::NotFound)) => Err(Failure::NotFound),
        Err(Error::Refused(refusal)) => {
            form.faults = faults(lang, &refusal);
            show(&face, &visitor, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Proposes what a form says; what is worth a second look first, where nobody has looked yet.
async fn proposed(face: &Face, lang: Lang, form: &YearForm) -> Result<Result<i64, Vec<String>>, Error> {
    let who = face.who.as_ref().ok_or(Refusal::NotFound)?;
    let year = form.year.trim().parse::<i16>().unwrap_or(0);
    let (days, body) = year_text(year, &form.source, &form.list).map_err(Refusal::from)?;
    let valid_from = address::day(form.valid_from.trim()).ok_or(Refusal::Amendment(AmendmentFault::NoDay))?;
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let (rules, then) =
        (amendment::present(&mut tx, &ctx).await?, amendment::present_on(&mut tx, &ctx, valid_from).await?);
    drop(tx);
    let subject = Subject::Year(year);
    let of_seen = [&then, &rules].into_iter().find(|rules| rules.book().digest() == form.seen);
    let seen = of_seen.map_or_else(|| form.seen.clone(), |rules| mark(rules.text(&subject).as_deref()));
    let remarks = remarks(year, &days, &then.book().calendar);
    if !remarks.is_empty() && !form.looked {
        return Ok(Err(remarks.into_iter().map(|remark| remarked(lang, remark)).collect()));
    }
    let new = NewAmendment { subject, body, seen, valid_from, reason: form.reason.clone() };
    propose(&face.app.db, &ctx, who.live.session.account_id, &new).await.map(Ok)
}

fn remarked(lang: Lang, remark: Remark) -> String {
    match remark {
        Remark::Holiday(day) => lang.text_with("calendar-remark-holiday", &[("day", lang.day(day).into())]),
        Remark::Gap(year) => lang.text_with("calendar-remark-gap", &[("year", year.to_string().into())]),
    }
}

/// The rows of a file as lines.
fn text_of(book: &bangfu_sheets::book::Book) -> String {
    let rows = book.sheets.iter().flat_map(|sheet| &sheet.rows);
    rows.map(|row| row.iter().map(cell::shown).collect::<Vec<_>>().join(" ").trim().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a form brings, and its file if one was chosen.
async fn received(
    mut parts: Multipart,
) -> Result<(YearForm, Option<Vec<u8>>), axum::extract::multipart::MultipartError> {
    let (mut form, mut file) = (YearForm::default(), None);
    while let Some(part) = parts.next_field().await? {
        match part.name().unwrap_or("") {
            "year" => form.year = part.text().await?,
            "source" => form.source = part.text().await?,
            "list" => form.list = part.text().await?,
            "valid_from" => form.valid_from = part.text().await?,
            "reason" => form.reason = part.text().await?,
            "seen" => form.seen = part.text().await?,
            "looked" => form.looked = true,
            "file" => {
                let bytes = part.bytes().await?;
                file = (!bytes.is_empty()).then(|| bytes.to_vec());
            }
            _ => {}
        }
    }
    Ok((form, file))
}
