//! `/me`: one's own account.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::account::{self, AccountFault};
use bangfu_usecase::error::{Error, Refusal};
use serde::Deserialize;

use super::Who;
use super::view::{OwnPost, OwnSession};
use crate::web::account::post::said;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// One's own account.
#[derive(Template)]
#[template(path = "me.html")]
pub(crate) struct MePage {
    /// The frame.
    pub(crate) page: Page,
    /// What signs in.
    pub(crate) login: String,
    /// Whether a password of one's own has yet to be chosen.
    pub(crate) must_change: bool,
    /// What was wrong with the password.
    pub(crate) fault: Option<String>,
    /// Whether a code is asked for besides the password.
    pub(crate) has_totp: bool,
    /// The posts.
    pub(crate) posts: Vec<OwnPost>,
    /// The sessions that have not ended.
    pub(crate) sessions: Vec<OwnSession>,
}

/// `GET /me`
pub(in crate::web) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, None).await
}

async fn show(face: &Face, visitor: &Visitor, fault: Option<Refusal>) -> Result<Response, Failure> {
    let who = signed_in(face)?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let areas = account::areas(&mut tx, county.county_id, face.app.today()).await?;
    let posts = account::posts(&mut tx, &face.ctx(), &who.live).await?;
    let posts = posts.iter().map(|post| OwnPost {
        post_id: post.post_id,
        text: said(visitor.lang, &areas, post),
        here: post.post_id == who.live.post.post_id,
    });
    let sessions = account::sessions(&mut tx, &face.ctx(), &who.live).await?;
    let sessions = sessions.into_iter().map(|one| OwnSession {
        session_id: one.session_id,
        created_at: face.local(one.created_at),
        seen_at: face.local(one.seen_at),
        address: one.address,
        agent: browser(&one.agent),
        here: one.session_id == who.live.session.session_id,
    });
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Elsewhere, &county);
    page.address = "/me".to_owned();
    let shown = MePage {
        page,
        login: who.live.login.clone(),
        must_change: who.must_change(),
        has_totp: who.live.has_totp,
        fault: fault.map(|fault| words::refusal(visitor.lang, &fault)),
        posts: posts.collect(),
        sessions: sessions.collect(),
    };
    Ok((status, html(&shown)?).into_response())
}

/// The password before, and twice the one that was chosen.
#[derive(Deserialize)]
pub(crate) struct Passwords {
    #[serde(default)]
    before: String,
    #[serde(default)]
    wanted: String,
    #[serde(default)]
    again: String,
}

/// `POST /me/password`
pub(in crate::web) async fn change_password(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Passwords>,
) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    if typed.wanted != typed.again {
        return show(&face, &visitor, Some(AccountFault::PasswordTwice.into())).await;
    }
    let words = (typed.before.as_str(), typed.wanted.as_str());
    let done =
        account::change_password(&face.app.db, &face.ctx(), &face.hashing, &who.live, &who.key(), words)
            .await;
    match done {
        Err(Error::Refused(why @ Refusal::Account(_))) => show(&face, &visitor, Some(why)).await,
        done => {
            done?;
            Ok(Flash::PasswordChanged.redirect(if who.must_change() { "/" } else { "/me" }))
        }
    }
}

/// Which post.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    post: i64,
}

/// `POST /me/post`
pub(in crate::web) async fn choose_post(face: Face, Form(chosen): Form<Chosen>) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    account::choose_post(&face.app.db, &face.ctx(), &who.live, &who.key(), chosen.post).await?;
    Ok(Redirect::to("/").into_response())
}

/// `POST /me/sessions/{id}/end`
pub(in crate::web) async fn end_session(
    face: Face,
    Path(session_id): Path<i64>,
) -> Result<Response, Failure> {
    let who = signed_in(&face)?;
    account::end_session(&face.app.db, &face.ctx(), &who.live, session_id).await?;
    Ok(Redirect::to("/me").into_response())
}

/// Who is signed in; a page of one's own is nowhere for others.
pub(super) fn signed_in(face: &Face) -> Result<&Who, Failure> {
    face.who.as_deref().ok_or(Failure::NotFound)
}

/// A browser's name, of what it calls itself.
fn browser(agent: &str) -> String {
    let known = [
        ("MicroMessenger", "微信"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let name = known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    name.map_or_else(|| agent.chars().take(40).collect(), str::to_owned)
}
