//! `/c/{token}`: the page behind a household's card, without signing in. Before the last four digits are typed it tells nothing.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bangfu_domain::paper::filled;
use bangfu_sheets::paper::Part;
use bangfu_usecase::Ctx;
use bangfu_usecase::paper::card::{self, CardFault, CardPage as Opened};
use serde::Deserialize;

use super::compose::wording;
use super::letter;
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::origin::Origin;
use crate::web::page::Page;
use crate::web::qr::Picture;

/// The page behind a card.
#[derive(Template)]
#[template(path = "card.html")]
pub(crate) struct CardPage {
    /// The frame.
    pub(crate) page: Page,
    /// Where the form goes.
    pub(crate) action: String,
    /// What is wrong with the digits.
    pub(crate) fault: Option<String>,
    /// What is shown once they are right.
    pub(crate) card: Option<Card>,
}

impl CardPage {
    /// The page has no picture of its own address.
    pub(crate) fn no_picture(&self) -> Option<&'static Picture> {
        None
    }
}

/// What a card's page shows.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// Its title.
    pub(crate) title: String,
    /// Its parts.
    pub(crate) parts: Vec<Part>,
}

/// The digits as they are typed.
#[derive(Deserialize)]
pub(crate) struct Digits {
    #[serde(default)]
    digits: String,
}

/// Whoever comes by a card's address, whatever else their browser keeps, is nobody.
fn ctx(face: &Face, origin: Origin) -> Ctx {
    Ctx { client_id: origin.place(), ..Face { who: None, ..face.clone() }.ctx() }
}

/// `GET /c/{token}`
pub(super) async fn ask(
    face: Face,
    visitor: Visitor,
    origin: Origin,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    if !card::is_there(&face.app.db, &ctx(&face, origin), &token).await? {
        return Err(Failure::NotFound);
    }
    show(&face, &visitor, &token, None, None).await
}

/// `POST /c/{token}`
pub(super) async fn open(
    face: Face,
    visitor: Visitor,
    origin: Origin,
    Path(token): Path<String>,
    Form(typed): Form<Digits>,
) -> Result<Response, Failure> {
    let (now, place) = (face.app.clock.now().as_microsecond(), origin.place());
    let lang = visitor.lang;
    if let Some(seconds) = face.tries.wait(&place, now) {
        let minutes = i64::from(seconds.div_ceil(60));
        let said = lang.text_with("card-locked", &[("minutes", minutes.into())]);
        return late(show(&face, &visitor, &token, Some(said), None).await?, seconds);
    }
    match card::open(&face.app.db, &ctx(&face, origin), &token, &typed.digits).await? {
        Ok(opened) => show(&face, &visitor, &token, None, Some(told(lang, &opened))).await,
        Err(fault) => {
            face.tries.note(&place, now);
            match fault {
                CardFault::Wrong { left } => {
                    let said = lang.text_with("card-wrong", &[("left", i64::from(left).into())]);
                    show(&face, &visitor, &token, Some(said), None).await
                }
                CardFault::Locked { minutes } => {
                    let said = lang.text_with("card-locked", &[("minutes", minutes.into())]);
                    let seconds = u32::try_from(minutes.saturating_mul(60)).unwrap_or(u32::MAX);
                    late(show(&face, &visitor, &token, Some(said), None).await?, seconds)
                }
            }
        }
    }
}

fn late(mut page: Response, seconds: u32) -> Result<Response, Failure> {
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(page)
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    token: &str,
    fault: Option<String>,
    card: Option<Card>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let nobody = Face { who: None, ..face.clone() };
    let mut page = nobody.page(visitor, Section::Elsewhere, &county);
    page.address = format!("/c/{token}");
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = CardPage { page, action: format!("/c/{token}"), fault, card };
    Ok((status, html(&shown)?).into_response())
}

/// The loan as it stands today, with the county's own words.
fn told(lang: Lang, opened: &Opened) -> Card {
    let wording = wording(lang, &opened.texts);
    let mut values = std::collections::BTreeMap::from([("county", opened.county.clone())]);
    letter::values(lang, &mut values, &opened.of_loan);
    let fill = |text: &str| filled(text, |name| values.get(name).cloned());
    let lines = |lines: &[String]| lines.iter().map(|line| Part::Paragraph(fill(line))).collect::<Vec<_>>();
    let parts =
        [lines(&wording.before), letter::facts(lang, &opened.of_loan), lines(&wording.after)].concat();
    Card { title: fill(&wording.title), parts }
}
