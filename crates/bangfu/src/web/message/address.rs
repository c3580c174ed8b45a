//! `/admin/addresses`: where offices are told besides their inbox, and what the county sends by itself.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::message::Channel;
use bangfu_domain::message::address::ADDRESS_MAX;
use bangfu_domain::message::desk::Desk;
use bangfu_store::sending;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::message::address::{self as addresses, KeptAddress, NewAddress};
use bangfu_usecase::message::office::Office;
use bangfu_usecase::message::sending::choose;
use jiff::civil::Weekday;
use serde::Deserialize;

use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The address of the page.
const ADDRESSES: &str = "/admin/addresses";

/// A kind of desk, and the offices of it: the word of each, its name, and whether it is chosen.
type DeskChoices = (&'static str, Vec<(String, String, bool)>);

/// Where offices are told.
#[derive(Template)]
#[template(path = "addresses.html")]
pub(crate) struct AddressesPage {
    /// The frame.
    pub(crate) page: Page,
    /// The addresses.
    pub(crate) rows: Vec<AddressRow>,
    /// The offices to choose from.
    pub(crate) desks: Vec<DeskChoices>,
    /// What was typed.
    pub(crate) typed: Typed,
    /// Whether short messages go to borrowers.
    pub(crate) sms: bool,
    /// The weekdays, Monday as 1, with the one that is chosen.
    pub(crate) weekdays: Vec<(i32, bool)>,
    /// What was seen of that.
    pub(crate) version: i64,
    /// The channels for which this server is set.
    pub(crate) set: Vec<&'static str>,
    /// What is wrong.
    pub(crate) fault: Option<String>,
    /// The most characters of an address.
    pub(crate) address_max: usize,
}

/// An address in the list.
#[derive(Debug, Clone)]
pub(crate) struct AddressRow {
    /// Where it is taken away.
    pub(crate) end: String,
    /// The kind of desk.
    pub(crate) desk: &'static str,
    /// The place.
    pub(crate) name: String,
    /// The channel.
    pub(crate) channel: &'static str,
    /// What is shown of it.
    pub(crate) shown: String,
    /// Who added it.
    pub(crate) made_by: String,
}

/// An address as it is typed.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) desk: String,
    #[serde(default)]
    pub(crate) channel: String,
    #[serde(default)]
    pub(crate) address: String,
    #[serde(default)]
    pub(crate) secret: String,
    #[serde(default)]
    pub(crate) reason: String,
}

/// What a county sends, as it is typed.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    sms: String,
    #[serde(default)]
    weekly_day: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    reason: String,
}

/// Why an address is taken away.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Reason {
    #[serde(default)]
    reason: String,
}

impl AddressesPage {
    /// The channels by which offices are told, with whether each is chosen.
    pub(crate) fn channels(&self) -> Vec<(&'static str, bool)> {
        Channel::OF_OFFICES.map(|one| (one.key(), one.key() == self.typed.channel)).to_vec()
    }
}

/// The word of an office in the form.
fn word(office: &Office) -> String {
    format!("{}:{}", office.desk.key(), office.place_id)
}

fn office(word: &str) -> Option<(Desk, i64)> {
    let (desk, place) = word.split_once(':')?;
    Some((Desk::from_key(desk)?, place.parse().ok()?))
}

fn row(kept: KeptAddress) -> AddressRow {
    AddressRow {
        end: format!("{ADDRESSES}/{}/end", kept.address.address_id),
        desk: kept.address.desk.key(),
        name: kept.name,
        channel: kept.address.channel.key(),
        shown: kept.address.shown,
        made_by: kept.address.made_by,
    }
}

/// `GET /admin/addresses`
pub(in crate::web) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, Typed::default(), None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (kept, offices) = addresses::kept(&mut tx, &ctx).await?;
    let chosen = sending::get(&mut tx, &ctx.scope).await?;
    let mut desks: Vec<DeskChoices> = Vec::new();
    for one in &offices {
        let word = word(one);
        let is_chosen = word == typed.desk;
        let entry = (word, one.name.clone(), is_chosen);
        match desks.iter_mut().find(|(key, _)| *key == one.desk.key()) {
            Some((_, all)) => all.push(entry),
            None => desks.push((one.desk.key(), vec![entry])),
        }
    }
    let set = face.app.sender.as_ref().map(|sender| sender.channels()).unwrap_or_default();
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = ADDRESSES.to_owned();
    let shown = AddressesPage {
        page,
        rows: kept.into_iter().map(row).collect(),
        desks,
        // What signs is typed again: it stands in no page.
        typed: Typed { secret: String::new(), ..typed },
        sms: chosen.sms,
        weekdays: (1..=7)
            .map(|day| (day, day == i32::from(chosen.weekly_day.to_monday_one_offset())))
            .collect(),
        version: chosen.version,
        set: set.into_iter().map(Channel::key).collect(),
        fault: refusal.map(|refusal| words::refusal(visitor.lang, &refusal)),
        address_max: ADDRESS_MAX,
    };
    Ok((status, html(&shown)?).into_response())
}

async fn then<T>(
    (face, visitor): (&Face, &Visitor),
    done: Result<T, Error>,
    typed: Typed,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(face, visitor, typed, Some(refusal)).await
        }
        done => {
            done?;
            Ok(Flash::Kept.redirect(ADDRESSES))
        }
    }
}

/// `POST /admin/addresses`
pub(in crate::web) async fn add(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let new = NewAddress {
        desk: office(&typed.desk),
        channel: Channel::from_key(&typed.channel),
        address: typed.address.clone(),
        secret: typed.secret.clone(),
        reason: typed.reason.clone(),
    };
    let done = addresses::add(&face.app.db, &face.ctx(), &new).await;
    then((&face, &visitor), done, typed).await
}

/// `POST /admin/addresses/{id}/end`
pub(in crate::web) async fn end(
    face: Face,
    visitor: Visitor,
    Path(address_id): Path<i64>,
    Form(typed): Form<Reason>,
) -> Result<Response, Failure> {
    let done = addresses::end(&face.app.db, &face.ctx(), address_id, &typed.reason).await;
    then((&face, &visitor), done, Typed::default()).await
}

/// `POST /admin/sending`
pub(in crate::web) async fn tell(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Chosen>,
) -> Result<Response, Failure> {
    let day = typed.weekly_day.parse().ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
    let chosen = (!typed.sms.is_empty(), day.unwrap_or(Weekday::Monday));
    let version = typed.version.parse().unwrap_or(-1);
    let done = choose(&face.app.db, &face.ctx(), version, chosen, &typed.reason).await;
    then((&face, &visitor), done, Typed::default()).await
}
