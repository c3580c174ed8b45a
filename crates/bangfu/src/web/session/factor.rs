//! `/me/second-factor`: one's own second factor: set up, codes on paper, switched off.

use askama::Template;
use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_store::account::Post;
use bangfu_usecase::account::{self, AccountFault, second};
use bangfu_usecase::error::{Error, Refusal};
use serde::Deserialize;

use super::me::signed_in;
use super::sign_in::answered;
use super::{FACTOR, Who};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::web::qr::Picture;
use crate::words;

/// One's own second factor.
#[derive(Template)]
#[template(path = "second_factor.html")]
pub(crate) struct FactorPage {
    /// The frame.
    pub(crate) page: Page,
    /// What signs in.
    pub(crate) login: String,
    /// How it stands.
    pub(crate) state: State,
    /// Whether one may not be without it.
    pub(crate) kept: bool,
    /// What was wrong.
    pub(crate) fault: Option<String>,
}

/// How a second factor stands.
pub(crate) enum State {
    /// There is none.
    Off,
    /// A secret is to be put on a phone, of which no code was typed yet.
    Begun {
        /// As it is typed, in groups of four.
        secret: String,
        /// As a phone reads it.
        picture: Option<Picture>,
    },
    /// A code is asked for.
    On {
        /// Codes on paper that are left.
        codes: i64,
    },
}

/// The codes on paper, which are shown once.
#[derive(Template)]
#[template(path = "recovery_codes.html")]
pub(crate) struct CodesPage {
    /// The frame.
    pub(crate) page: Page,
    /// What signs in.
    pub(crate) login: String,
    /// The codes.
    pub(crate) codes: Vec<String>,
}

/// `GET /me/second-factor`
pub(in crate::web) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, None).await
}

async fn show(face: &Face, visitor: &Visitor, fault: Option<AccountFault>) -> Result<Response, Failure> {
    let who = signed_in(face)?;
    let draft = second::draft(&face.app.db, &face.ctx(), &who.live).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let posts: Vec<Post> = account::posts(&mut tx, &face.ctx(), &who.live).await?;
    let state = match draft {
        _ if who.live.has_totp => {
            State::On { codes: second::codes_left(&mut tx, &face.ctx(), &who.live).await? }
        }
        None => State::Off,
        Some(draft) => State::Begun { secret: grouped(&draft.secret), picture: Picture::of(&draft.address) },
    };
    let mut page = face.page(visitor, Section::Elsewhere, &county);
    page.address = FACTOR.to_owned();
    let said = fault.clone().map(|fault| words::refusal(visitor.lang, &fault.into()));
    let kept = second::must_have(&face.app.second_factor, &posts);
    let shown = FactorPage { page, login: who.live.login.clone(), state, kept, fault: said };
    Ok(answered(html(&shown)?, fault.as_ref()))
}

/// In groups of four, as it is read out and typed.
fn grouped(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    signs.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

/// `POST /me/second-factor/begin`
pub(in crate::web) async fn begin(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    then(&face, &visitor, second::begin(&face.app.db, &face.ctx(), &who.live).await, |()| {
        Ok(Redirect::to(FACTOR).into_response())
    })
    .await
}

/// `POST /me/second-factor/confirm`
pub(in crate::web) async fn confirm(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    let done = second::confirm(&face.app.db, &face.ctx(), &who.live, &who.key(), &typed.code).await;
    // What was asked for before anything else is there now.
    let who = Who { must_set_up: false, ..who.clone() };
    show_codes(&Face { who: Some(who.into()), ..face }, &visitor, done).await
}

/// `POST /me/second-factor/codes`
pub(in crate::web) async fn renew_codes(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    let done = second::renew_codes(&face.app.db, &face.ctx(), &who.live, &typed.code).await;
    show_codes(&face, &visitor, done).await
}

/// `POST /me/second-factor/off`
pub(in crate::web) async fn switch_off(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    let (app, typed) = (&face.app, (typed.password.as_str(), typed.code.as_str()));
    let (ctx, key) = (face.ctx(), who.key());
    let done =
        second::switch_off(&app.db, &ctx, &face.hashing, &who.live, &key, typed, &app.second_factor).await;
    then(&face, &visitor, done, |()| Ok(Flash::AccountChanged.redirect(FACTOR))).await
}

async fn show_codes(
    face: &Face,
    visitor: &Visitor,
    done: Result<Vec<String>, Error>,
) -> Result<Response, Failure> {
    let county = face.county(&mut face.app.db.read().await?).await?;
    then(face, visitor, done, |codes| {
        let mut page = face.page(visitor, Section::Elsewhere, &county);
        page.address = FACTOR.to_owned();
        html(&CodesPage { page, login: signed_in(face)?.live.login.clone(), codes })
    })
    .await
}

/// What follows when it was done, or the page again with what was wrong.
async fn then<T>(
    face: &Face,
    visitor: &Visitor,
    done: Result<T, Error>,
    follows: impl FnOnce(T) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(Refusal::Account(fault))) => show(face, visitor, Some(fault)).await,
        done => follows(done?),
    }
}
