//! Who is signed in: the cookie of a session, and what every request is told of its owner.

pub(super) mod code;
pub(super) mod csrf;
pub(super) mod factor;
pub(super) mod me;
pub(super) mod openid;
pub(crate) mod person;
pub(super) mod sign_in;
pub(super) mod tries;
pub(crate) mod view;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use bangfu_store::session::Live;
use bangfu_usecase::account;
use bangfu_usecase::account::second::must_have;
use sha2::{Digest, Sha256};

use super::failure::Failure;
use super::frame::Face;

/// The page for signing in.
pub(super) const SIGN_IN: &str = "/sign-in";

/// The page for the code that is asked for besides the password.
pub(super) const SIGN_IN_CODE: &str = "/sign-in/code";

/// The way to another house in which people can sign in.
pub(super) const SIGN_IN_OPENID: &str = "/sign-in/openid";

/// The page of one's own account.
const ME: &str = "/me";

/// The page of one's own second factor.
pub(super) const FACTOR: &str = "/me/second-factor";

/// The cookie of a session.
pub(super) const COOKIE: &str = "session";

/// A session is noted as seen again after so long, in microseconds: a minute.
const SEEN_AGAIN: i64 = 60_000_000;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    /// Their session, name and post.
    pub(super) live: Live,
    /// What their browser keeps.
    token: String,
    /// Whether their role may not be without a second factor, and they have none.
    must_set_up: bool,
}

impl Who {
    /// The key under which the session is stored.
    pub(super) fn key(&self) -> Vec<u8> {
        account::key_of(&self.token)
    }

    /// Whether a password of their own has yet to be chosen: not by whom another house let in.
    pub(super) fn must_change(&self) -> bool {
        self.live.must_change && !account::is_from_outside(&self.live.session)
    }

    /// The page on which they have to do something before anything else: choose a password of their own, then set up a
    /// second factor that they must have.
    pub(super) fn begins_with(&self) -> Option<&'static str> {
        match (self.must_change(), self.must_set_up) {
            (true, _) => Some(ME),
            (false, true) => Some(FACTOR),
            (false, false) => None,
        }
    }

    /// What every form of theirs carries, so that no other page can fill one in for them.
    pub(super) fn form_token(&self) -> String {
        form_token_of(&self.token)
    }
}

/// The word of a session's forms: made of what the browser keeps, and nothing of that can be told from it.
pub(super) fn form_token_of(token: &str) -> String {
    let hash = Sha256::digest(format!("form {token}"));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What a cookie of a request says.
pub(super) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then(|| value.to_owned()))
}

/// Says with each request who sent it, if that is known.
pub(super) async fn recognise(State(face): State<Face>, mut request: Request, next: Next) -> Response {
    if let Some(token) = cookie(request.headers(), COOKIE) {
        match find(&face, &token).await {
            Ok(Some(live)) => {
                note_seen(&face, &token, &live);
                let must_have = must_have(&face.app.second_factor, &[live.post]);
                let must_set_up = must_have && !live.has_totp;
                request.extensions_mut().insert(Arc::new(Who { live, token, must_set_up }));
            }
            Ok(None) => {}
            Err(failure) => return axum::response::IntoResponse::into_response(failure),
        }
    }
    next.run(request).await
}

async fn find(face: &Face, token: &str) -> Result<Option<Live>, Failure> {
    let mut tx = face.app.db.read().await?;
    let now = face.app.clock.now().as_microsecond();
    Ok(account::find(&mut tx, face.app.county_id, token, now).await?)
}

/// Notes beside the request that the session is in use; nobody waits for it.
fn note_seen(face: &Face, token: &str, live: &Live) {
    let now = face.app.clock.now().as_microsecond();
    if now - live.session.seen_at < SEEN_AGAIN {
        return;
    }
    let (db, county_id, key) = (face.app.db.clone(), face.app.county_id, account::key_of(token));
    tokio::spawn(async move {
        if let Err(error) = account::note_seen(&db, county_id, &key, now).await {
            tracing::warn!("a session could not be noted as seen: {error}");
        }
    });
}
