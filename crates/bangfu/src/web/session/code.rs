//! `/sign-in/code`: the code that is asked for besides the password.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::account::{self, AccountFault, second};
use bangfu_usecase::error::{Error, Refusal};
use serde::Deserialize;

use super::sign_in::{Back, answered, browser, entered, show as show_sign_in};
use super::{SIGN_IN, SIGN_IN_CODE, cookie};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::origin::Origin;
use crate::web::page::Page;
use crate::words;

/// The cookie that says whose password was right.
const TICKET: &str = "second";

/// The page for the code.
#[derive(Template)]
#[template(path = "sign_in_code.html")]
pub(crate) struct CodePage {
    /// The frame.
    pub(crate) page: Page,
    /// Where to go afterwards.
    pub(crate) back: String,
    /// What was wrong.
    pub(crate) fault: Option<String>,
}

/// Leads somebody whose password was right to the page for the code.
pub(super) fn ask(face: &Face, ticket: &str, back: &str) -> Response {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
    let to = if back.is_empty() { SIGN_IN_CODE.to_owned() } else { format!("{SIGN_IN_CODE}?{query}") };
    let cookie = kept(face, ticket, account::TICKET_SECONDS);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

/// `GET /sign-in/code`
pub(in crate::web) async fn form(
    face: Face,
    visitor: Visitor,
    headers: HeaderMap,
    Query(asked): Query<Back>,
) -> Result<Response, Failure> {
    if cookie(&headers, TICKET).is_none() {
        return Ok(Redirect::to(SIGN_IN).into_response());
    }
    show(&face, &visitor, asked.back, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    back: String,
    fault: Option<AccountFault>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Elsewhere, &county);
    page.address = SIGN_IN_CODE.to_owned();
    let said = fault.clone().map(|fault| words::refusal(visitor.lang, &fault.into()));
    Ok(answered(html(&CodePage { page, back, fault: said })?, fault.as_ref()))
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    back: String,
}

/// `POST /sign-in/code`
pub(in crate::web) async fn sign_in(
    face: Face,
    visitor: Visitor,
    origin: Origin,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let Some(ticket) = cookie(&headers, TICKET) else { return Ok(Redirect::to(SIGN_IN).into_response()) };
    let (now, place) = (face.app.clock.now().as_microsecond(), origin.place());
    if let Some(seconds) = face.tries.wait(&place, now) {
        return show(&face, &visitor, typed.back, Some(AccountFault::Locked { seconds })).await;
    }
    let browser = browser(&headers, origin);
    let token = match second::second_step(&face.app.db, &face.ctx(), &ticket, &typed.code, &browser).await {
        Err(Error::Refused(Refusal::Account(fault @ (AccountFault::CodeLate | AccountFault::NoPost)))) => {
            return show_sign_in(&face, &visitor, String::new(), typed.back, Some(fault)).await;
        }
        Err(Error::Refused(Refusal::Account(fault))) => {
            face.tries.note(&place, now);
            return show(&face, &visitor, typed.back, Some(fault)).await;
        }
        token => token?,
    };
    let mut response = entered(&face, &token, &typed.back);
    if let Ok(gone) = HeaderValue::from_str(&kept(&face, "", 0)) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

/// The cookie of a ticket, for so many seconds.
fn kept(face: &Face, ticket: &str, seconds: i64) -> String {
    let secure = if face.secure { "; Secure" } else { "" };
    format!("{TICKET}={ticket}; Path={SIGN_IN}; Max-Age={seconds}; SameSite=Strict; HttpOnly{secure}")
}
