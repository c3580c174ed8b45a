//! `/sign-in/openid`: the way to another house, and back from there.

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_usecase::account::{self, AccountFault};
use bangfu_usecase::error::{Error, Refusal};
use serde::Deserialize;

use super::sign_in::{Back, browser, entered, show, show_said};
use super::{SIGN_IN, code, cookie};
use crate::openid::{AWAY_SECONDS, Journey, OutsideFault};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor};
use crate::web::origin::Origin;

/// The cookie of somebody who is away. Whoever comes back is led here by another house, so that a strict one would stay
/// behind.
const AWAY: &str = "away";

/// What no other sealed thing begins with.
const MARK: &str = "away at another house";

/// `GET /sign-in/openid`
pub(in crate::web) async fn begin(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Back>,
) -> Result<Response, Failure> {
    let Some(house) = face.app.openid.clone() else { return Err(Failure::NotFound) };
    let now = face.app.clock.now();
    let begun = tokio::task::spawn_blocking(move || house.begin(now)).await;
    let (address, journey) = match begun.map_err(|error| Failure::Broken(error.into()))? {
        Ok(begun) => begun,
        Err(fault) => return refused(&face, &visitor, asked.back, fault).await,
    };
    let back: String = asked.back.chars().filter(|c| !c.is_control()).collect();
    let at = now.as_second().to_string();
    let words = [&journey.state, &journey.nonce, &journey.verifier, &at, &back];
    let sealed = account::seal_words(face.app.db.key(), MARK, &words.map(String::as_str))?;
    Ok(([(header::SET_COOKIE, kept(&face, &sealed, AWAY_SECONDS))], Redirect::to(&address)).into_response())
}

/// What another house says when it leads somebody back.
#[derive(Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `GET /sign-in/openid/back`
pub(in crate::web) async fn back(
    face: Face,
    visitor: Visitor,
    origin: Origin,
    headers: HeaderMap,
    Query(said): Query<Said>,
) -> Result<Response, Failure> {
    let answer = come_back(&face, &visitor, origin, &headers, said).await?;
    let mut response = answer.into_response();
    if let Ok(gone) = HeaderValue::from_str(&kept(&face, "", 0)) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

async fn come_back(
    face: &Face,
    visitor: &Visitor,
    origin: Origin,
    headers: &HeaderMap,
    said: Said,
) -> Result<Response, Failure> {
    let Some(house) = face.app.openid.clone() else { return Err(Failure::NotFound) };
    let now = face.app.clock.now();
    let away = cookie(headers, AWAY).and_then(|sealed| away(face, &sealed, now.as_second()));
    let Some((journey, back)) = away.filter(|(journey, _)| journey.state == said.state) else {
        return refused(face, visitor, String::new(), OutsideFault::State).await;
    };
    if !account::come_back(&face.app.db, &face.ctx(), &journey.state, AWAY_SECONDS).await? {
        return refused(face, visitor, back, OutsideFault::State).await;
    }
    if !said.error.is_empty() || said.code.is_empty() {
        return refused(face, visitor, back, OutsideFault::Refused).await;
    }
    let finished = tokio::task::spawn_blocking(move || house.finish(&journey, said.code, now)).await;
    let name = match finished.map_err(|error| Failure::Broken(error.into()))? {
        Ok(name) => name,
        Err(fault) => return refused(face, visitor, back, fault).await,
    };
    let browser = browser(headers, origin);
    match account::enter_from_outside(&face.app.db, &face.ctx(), &name, &browser).await {
        Err(Error::Refused(Refusal::Account(AccountFault::CodeWanted { ticket }))) => {
            Ok(code::ask(face, &ticket, &back))
        }
        Err(Error::Refused(Refusal::Account(fault))) => {
            show(face, visitor, String::new(), back, Some(fault)).await
        }
        token => Ok(entered(face, &token?, &back)),
    }
}

/// Who is away, and where they want to go afterwards.
fn away(face: &Face, sealed: &str, now: i64) -> Option<(Journey, String)> {
    let words = account::open_words(face.app.db.key(), MARK, sealed)?;
    let [state, nonce, verifier, at, back] = words.try_into().ok()?;
    let age = now - at.parse::<i64>().ok()?;
    (0..AWAY_SECONDS).contains(&age).then_some((Journey { state, nonce, verifier }, back))
}

/// The page for signing in, with why nobody came in.
async fn refused(
    face: &Face,
    visitor: &Visitor,
    back: String,
    fault: OutsideFault,
) -> Result<Response, Failure> {
    let said = visitor.lang.text(fault.key());
    let mut page = show_said(face, visitor, String::new(), back, Some(said)).await?;
    *page.status_mut() = match fault {
        OutsideFault::Unreachable => StatusCode::BAD_GATEWAY,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(page)
}

/// The cookie of who is away, for so many seconds.
fn kept(face: &Face, sealed: &str, seconds: i64) -> String {
    let secure = if face.secure { "; Secure" } else { "" };
    format!("{AWAY}={sealed}; Path={SIGN_IN}; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}")
}
