//! `/admin/slip-text`: the county's own words of slips and short messages.

use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::message::slip::{Place, TEXT_MAX, Text};
use bangfu_domain::money::Fen;
use bangfu_store::slip::SlipText;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::message::text;
use jiff::civil::DateTime;
use serde::Deserialize;

use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The address of the page.
const TEXT: &str = "/admin/slip-text";

/// The text and its versions.
#[derive(Template)]
#[template(path = "slip_text.html")]
pub(crate) struct SlipTextPage {
    /// The frame.
    pub(crate) page: Page,
    /// What was typed, or what holds.
    pub(crate) typed: Typed,
    /// How it reads, with made-up facts; none where it cannot be used.
    pub(crate) sample: Option<String>,
    /// The versions, the newest first.
    pub(crate) versions: Vec<(SlipText, DateTime)>,
    /// The most characters.
    pub(crate) most: usize,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}

/// A text as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) body: String,
    #[serde(default)]
    pub(crate) seen: String,
    #[serde(default)]
    pub(crate) reason: String,
}

impl SlipTextPage {
    /// The places with the keys of what each is.
    pub(crate) fn places(&self) -> Vec<(String, String)> {
        Place::ALL
            .map(|place| (format!("{{{}}}", place.key()), format!("slip-place-{}", place.key())))
            .to_vec()
    }
}

/// How a text reads, with made-up facts.
fn sample(lang: Lang, county: &str, today: jiff::civil::Date, body: &str) -> Option<String> {
    let text = Text::parse(body).ok()?;
    Some(text.fill(|place| match place {
        Place::Name => "李明".to_owned(),
        Place::Due | Place::Day => lang.day_plain(today),
        Place::Amount => lang.yuan_bare(Fen::new(5_000_000)),
        Place::Number => "ZY000001".to_owned(),
        Place::Manager => "张华".to_owned(),
        Place::Phone => "0735-3720000".to_owned(),
        Place::Branch => lang.text("slip-sample-branch"),
        Place::Village => lang.text("slip-sample-village"),
        Place::County => county.to_owned(),
    }))
}

/// `GET /admin/slip-text`
pub(in crate::web) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, None).await
}

async fn show(face: &Face, visitor: &Visitor, failed: Option<(Refusal, Typed)>) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (body, number, versions) = text::versions(&mut tx, &face.ctx()).await?;
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let fault = failed.as_ref().map(|(refusal, _)| words::refusal(visitor.lang, refusal));
    let typed = match failed {
        Some((_, typed)) => typed,
        None => Typed { body, seen: number.to_string(), reason: String::new() },
    };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = TEXT.to_owned();
    let sample = sample(visitor.lang, &face.name_of(&county), face.app.today(), &typed.body);
    let versions = versions.into_iter().map(|one| {
        let at = face.local(one.made_at);
        (one, at)
    });
    let shown = SlipTextPage { page, typed, sample, versions: versions.collect(), most: TEXT_MAX, fault };
    Ok((status, html(&shown)?).into_response())
}

/// `POST /admin/slip-text`
pub(in crate::web) async fn write(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let seen = typed.seen.parse().unwrap_or(-1);
    match text::write(&face.app.db, &face.ctx(), seen, &typed.body, &typed.reason).await {
        Ok(()) => Ok(Flash::Kept.redirect(TEXT)),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, Some((refusal, typed))).await
        }
        Err(error) => Err(error.into()),
    }
}
