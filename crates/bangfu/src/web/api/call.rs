//! A request of a program: who asks is told by its token, and by nothing else. A session's cookie opens nothing here, so
//! that no page elsewhere can have anything done in somebody's name.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use bangfu_domain::token::TokenScope;
use bangfu_store::Tx;
use bangfu_store::county::County;
use bangfu_store::token::Token;
use bangfu_usecase::access::{self, may, right_of};
use bangfu_usecase::{Ctx, token};
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::clock;
use crate::texts::Lang;
use crate::web::frame::Face;

/// A request of a program that may ask it.
pub(super) struct Call<A> {
    /// The pages' house, signed in as nobody.
    pub(super) face: Face,
    /// The token.
    pub(super) token: Arc<Token>,
    /// Its circumstances: what is seen is the area of the token's post.
    pub(super) ctx: Ctx,
    /// The language of words.
    pub(super) lang: Lang,
    /// What stands in the address, by name.
    words: Vec<(String, String)>,
    /// The whole of it.
    uri: Uri,
    /// What it asks.
    pub(super) asked: A,
    /// What it has seen of what is to be changed (If-Match).
    pub(super) seen: Option<String>,
}

impl<A> Call<A> {
    /// The same request asking something else.
    pub(super) fn asking<B>(self, asked: B) -> Call<B> {
        let Call { face, token, ctx, lang, words, uri, seen, .. } = self;
        Call { face, token, ctx, lang, words, uri, asked, seen }
    }

    /// A word of the address; what does not read as it should is not there.
    pub(super) fn word<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
        let word = self.words.iter().find(|(key, _)| key == name);
        word.and_then(|(_, value)| read(value)).ok_or(Problem::NotFound)
    }

    /// The words behind the question mark.
    pub(super) fn query<Q: DeserializeOwned>(&self) -> Result<Q, Problem> {
        let read = Query::<Q>::try_from_uri(&self.uri);
        read.map(|query| query.0).map_err(|fault| Problem::Query(fault.body_text()))
    }

    /// The number that the address names.
    pub(super) fn id(&self) -> Result<i64, Problem> {
        self.word("id", |text| text.parse().ok())
    }

    /// The day that is asked about: one that has come; today, if none is named.
    pub(super) fn day(&self, asked: Option<Date>) -> Result<Date, Problem> {
        match asked {
            Some(day) if !clock::is_plausible(&day) => Err(Problem::Query(format!("day = {day}"))),
            Some(day) if day > self.ctx.today => Err(Problem::DayAhead),
            asked => Ok(asked.unwrap_or(self.ctx.today)),
        }
    }

    /// A reading transaction, and the county.
    pub(super) async fn book(&self) -> Result<(Tx, County), Problem> {
        let mut tx = self.face.app.db.read().await?;
        let county = self.face.county(&mut tx).await?;
        Ok((tx, county))
    }

    /// Whether the token opens a kind of things.
    pub(super) fn opens(&self, scope: TokenScope) -> bool {
        opens(&self.token, scope)
    }
}

fn opens(token: &Token, scope: TokenScope) -> bool {
    token.scopes.contains(&scope) && may(&token.post, right_of(scope))
}

/// The request that the parts of a message make, if its token opens what is asked for.
pub(super) async fn admit(
    face: Face,
    parts: &mut Parts,
    scope: Option<TokenScope>,
    lang: Lang,
) -> Result<Call<()>, Problem> {
    let brought = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let secret = brought.and_then(|value| {
        let (kind, secret) = value.trim().split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then(|| secret.trim())
    });
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or(Problem::NoToken)?;
    let ctx = face.app.ctx("api");
    let found = token::find(&mut face.app.db.read().await?, &ctx, secret).await?;
    let token = found.ok_or(Problem::TokenUnknown)?;
    face.rates.take(token.token_id, face.app.api_rate, clock::running()).map_err(Problem::TooMany)?;
    if let Some(scope) = scope.filter(|scope| !opens(&token, *scope)) {
        return Err(Problem::ScopeMissing(scope.key()));
    }
    note_seen(&face, &ctx, &token);
    let ctx = Ctx {
        scope: access::scope(face.app.county_id, &token.post),
        role: Some(token.post.role),
        actor: token::actor_of(&token),
        client_id: format!("token {}", token.token_id),
        ..ctx
    };
    let words = RawPathParams::from_request_parts(parts, &face).await;
    let words = words.iter().flatten().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let seen = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let uri = parts.uri.clone();
    Ok(Call { face, token: Arc::new(token), ctx, lang, words, uri, asked: (), seen })
}

/// Notes beside the request that the token is in use; nobody waits for it.
fn note_seen(face: &Face, ctx: &Ctx, token: &Token) {
    let (db, ctx, token) = (face.app.db.clone(), ctx.clone(), token.clone());
    tokio::spawn(async move {
        if let Err(error) = token::note_seen(&db, &ctx, &token).await {
            tracing::warn!("a token could not be noted as seen: {error}");
        }
    });
}
