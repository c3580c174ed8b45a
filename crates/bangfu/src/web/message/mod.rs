//! `/messages`: what was sent to whom, what failed and why, and what somebody says of it.

pub(crate) mod address;
pub(crate) mod slip;
pub(crate) mod text;
pub(crate) mod view;
pub(crate) mod weekly;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_domain::message::Channel;
use bangfu_store::message::{self as stored, Part};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::message::{act, list};
use serde::Deserialize;

use super::address::{UnknownWord, path_with, read};
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::{Page, unsigned};
use crate::words;
use view::{MessageRow, Tab, row, unset};

/// The address of the page.
pub(super) const MESSAGES: &str = "/messages";

/// Messages on a page.
const PAGE: usize = 50;

/// What was sent.
#[derive(Template)]
#[template(path = "messages.html")]
pub(crate) struct MessagesPage {
    /// The frame.
    pub(crate) page: Page,
    /// The parts.
    pub(crate) tabs: Vec<Tab>,
    /// The part that is shown.
    pub(crate) part: &'static str,
    /// The channels to choose from, with the one that is chosen.
    pub(crate) channels: Vec<(&'static str, bool)>,
    /// The messages.
    pub(crate) rows: Vec<MessageRow>,
    /// The next page.
    pub(crate) next: Option<String>,
    /// The channels on which something waits that this server was not set for.
    pub(crate) unset: Vec<&'static str>,
    /// Whether whoever looks may send again.
    pub(crate) keeps: bool,
    /// How many were given up.
    pub(crate) dead: u64,
    /// What is wrong with what was asked for.
    pub(crate) fault: Option<String>,
}

/// What is asked for, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    part: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    before: String,
}

/// What a form says of the message that was seen.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Seen {
    #[serde(default)]
    version: String,
}

/// The address of a part.
pub(super) fn path_of(part: Part, channel: Option<Channel>, before: Option<i64>) -> String {
    let mut words = form_urlencoded::Serializer::new(String::new());
    words.append_pair("part", part.key());
    if let Some(channel) = channel {
        words.append_pair("channel", channel.key());
    }
    if let Some(before) = before {
        words.append_pair("before", &before.to_string());
    }
    path_with(MESSAGES, words)
}

/// `GET /messages`: without a word, those that somebody has to look after, if there are any.
pub(super) async fn list_page(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&face, &visitor, &asked, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    asked: &Asked,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let channel = read("channel", &asked.channel, Channel::from_key)?;
    let before: Option<i64> = read("before", &asked.before, |text| text.parse().ok())?;
    let wanted = read("part", &asked.part, Part::from_key)?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut counts = Vec::new();
    for part in Part::ALL {
        counts.push((part, unsigned(stored::count(&mut tx, &ctx.scope, part).await?)));
    }
    let states = stored::counts(&mut tx, &ctx.scope).await?;
    let pressing = counts.iter().find(|(_, count)| *count > 0).map(|(part, _)| *part);
    let part = wanted.or(pressing).unwrap_or(Part::All);
    let (lines, is_more) = list::page(&mut tx, &ctx, (part, channel), before, PAGE).await?;
    let keeps = face.may(bangfu_usecase::access::Right::KeepMessages);
    let tabs = counts.into_iter().map(|(one, count)| Tab {
        href: path_of(one, channel, None),
        text_key: format!("messages-part-{}", one.key()),
        count,
        here: one == part,
    });
    let waiting = list::page(&mut tx, &ctx, (Part::Waiting, None), None, PAGE).await?.0;
    let last = lines.last().map(|line| line.message.message_id).filter(|_| is_more);
    let dead =
        states.iter().find(|(state, _)| state.key() == "dead").map_or(0, |(_, count)| unsigned(*count));
    let mut page = face.page(visitor, Section::Home, &county);
    page.address = path_of(part, channel, before);
    html(&MessagesPage {
        tabs: tabs.collect(),
        part: part.key(),
        channels: Channel::ALL.map(|one| (one.key(), channel == Some(one))).to_vec(),
        rows: lines.iter().map(|line| row(face, visitor.lang, line, keeps)).collect(),
        next: last.map(|last| path_of(part, channel, Some(last))),
        unset: unset(face, &waiting),
        keeps,
        dead,
        fault,
        page,
    })
}

async fn then(
    face: &Face,
    visitor: &Visitor,
    done: Result<(), Error>,
    flash: Flash,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(flash.redirect(MESSAGES)),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let fault = words::refusal(visitor.lang, &refusal);
            show(face, visitor, &Asked::default(), Some(fault)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn version(seen: &Seen) -> Result<i64, UnknownWord> {
    let unknown = || UnknownWord { field: "version", value: seen.version.clone() };
    read("version", &seen.version, |text| text.parse().ok())?.ok_or_else(unknown)
}

/// `POST /messages/{id}/again`
pub(super) async fn again(
    face: Face,
    visitor: Visitor,
    Path(message_id): Path<i64>,
    Form(seen): Form<Seen>,
) -> Result<Response, Failure> {
    let done = act::again(&face.app.db, &face.ctx(), message_id, version(&seen)?).await;
    then(&face, &visitor, done, Flash::MessageAgain).await
}

/// `POST /messages/again`: all that were given up.
pub(super) async fn again_all(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let done = act::again_all(&face.app.db, &face.ctx()).await.map(|_| ());
    then(&face, &visitor, done, Flash::MessageAgain).await
}

/// `POST /messages/{id}/received`
pub(super) async fn received(
    face: Face,
    visitor: Visitor,
    Path(message_id): Path<i64>,
    Form(seen): Form<Seen>,
) -> Result<Response, Failure> {
    let done = act::received(&face.app.db, &face.ctx(), message_id, version(&seen)?).await;
    then(&face, &visitor, done, Flash::MessageReceived).await
}
