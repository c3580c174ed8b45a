//! `/sign-in`, `/sign-out`.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::account::{self, AccountFault, Attempt, Browser};
use bangfu_usecase::error::{Error, Refusal};
use serde::Deserialize;

use super::view::{Persona, personas};
use super::{COOKIE, SIGN_IN, SIGN_IN_OPENID, code, cookie};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::language::own_path;
use crate::web::menu::Section;
use crate::web::origin::Origin;
use crate::web::page::Page;
use crate::words;

/// The page for signing in.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    /// The frame.
    pub(crate) page: Page,
    /// What was typed as the name.
    pub(crate) login: String,
    /// Where to go afterwards.
    pub(crate) back: String,
    /// What was wrong.
    pub(crate) fault: Option<String>,
    /// The made-up people of a demo.
    pub(crate) personas: Vec<Persona>,
    /// What stands on the button of another house, and where it leads.
    pub(crate) outside: Option<(String, String)>,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    pub(super) back: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
}

/// `GET /sign-in`
pub(in crate::web) async fn form(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Back>,
) -> Result<Response, Failure> {
    if face.who.is_some() {
        return Ok(Redirect::to(own_path(&asked.back)).into_response());
    }
    show(&face, &visitor, String::new(), asked.back, None).await
}

/// The page, with what was typed and what was wrong with it.
pub(super) async fn show(
    face: &Face,
    visitor: &Visitor,
    login: String,
    back: String,
    fault: Option<AccountFault>,
) -> Result<Response, Failure> {
    let said = fault.clone().map(|fault| words::refusal(visitor.lang, &fault.into()));
    Ok(answered(show_said(face, visitor, login, back, said).await?, fault.as_ref()))
}

/// The page, with what was typed and a word on what was wrong.
pub(super) async fn show_said(
    face: &Face,
    visitor: &Visitor,
    login: String,
    back: String,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let personas = if face.app.demo { personas(&mut tx, &face.app, visitor.lang).await? } else { Vec::new() };
    let mut page = face.page(visitor, Section::Elsewhere, &county);
    page.address = SIGN_IN.to_owned();
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
    let outside = face.app.openid.as_ref();
    let outside = outside.map(|house| (house.label(visitor.lang), format!("{SIGN_IN_OPENID}?{query}")));
    html(&SignInPage { page, login, back, fault, personas, outside })
}

/// A page that says what was wrong, with the status that says it to programs.
pub(super) fn answered(mut page: Response, fault: Option<&AccountFault>) -> Response {
    let Some(fault) = fault else { return page };
    let (status, wait) = match fault {
        AccountFault::Locked { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        AccountFault::Busy => (StatusCode::SERVICE_UNAVAILABLE, Some(2)),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    *page.status_mut() = status;
    if let Some(wait) = wait {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    page
}

/// `POST /sign-in`
pub(in crate::web) async fn sign_in(
    face: Face,
    visitor: Visitor,
    origin: Origin,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let (now, place) = (face.app.clock.now().as_microsecond(), origin.place());
    if let Some(seconds) = face.tries.wait(&place, now) {
        return show(&face, &visitor, typed.login, typed.back, Some(AccountFault::Locked { seconds })).await;
    }
    let Browser { address, agent, before } = browser(&headers, origin);
    let attempt = Attempt { login: typed.login.clone(), password: typed.password, address, agent, before };
    let token = match account::sign_in(&face.app.db, &face.ctx(), &face.hashing, &attempt).await {
        Err(Error::Refused(Refusal::Account(AccountFault::CodeWanted { ticket }))) => {
            return Ok(code::ask(&face, &ticket, &typed.back));
        }
        Err(Error::Refused(Refusal::Account(fault))) => {
            if matches!(fault, AccountFault::Wrong | AccountFault::Locked { .. }) {
                face.tries.note(&place, now);
            }
            return show(&face, &visitor, typed.login, typed.back, Some(fault)).await;
        }
        token => token?,
    };
    Ok(entered(&face, &token, &typed.back))
}

/// The browser of a request, as a session keeps it.
pub(super) fn browser(headers: &HeaderMap, origin: Origin) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Browser { address: origin.place(), agent: agent.to_owned(), before: cookie(headers, COOKIE) }
}

/// `POST /sign-out`
pub(in crate::web) async fn sign_out(face: Face, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(token) = cookie(&headers, COOKIE) {
        account::sign_out(&face.app.db, &face.ctx(), &token).await?;
    }
    let gone = kept("", 0, face.secure);
    Ok(([(header::SET_COOKIE, gone)], Redirect::to(SIGN_IN)).into_response())
}

/// Leads somebody whose session was opened to where they wanted to go.
pub(super) fn entered(face: &Face, token: &str, back: &str) -> Response {
    let cookie = kept(token, account::SESSION_SECONDS, face.secure);
    ([(header::SET_COOKIE, cookie)], Redirect::to(own_path(back))).into_response()
}

/// The cookie of a session, for so many seconds.
fn kept(token: &str, seconds: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; SameSite=Strict; HttpOnly{secure}")
}
