//! Tokens: made for programs, shown once, ended; and the token of a request.

mod answer;

use bangfu_domain::officer::Role;
use bangfu_domain::token::TokenScope;
use bangfu_store::account::{Post, area_words};
use bangfu_store::county;
use bangfu_store::token::{self, Token};
use bangfu_store::{Area, Db, Tx, audit};
use jiff::civil::Date;
use serde_json::json;

use crate::access::{may, right_of};
use crate::account::{key_of, new_secret, sound_area, sound_name};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

pub use answer::{Begun, KEPT, beat, begin, drop_work, finish};

/// What every token begins with, so that whoever finds one knows what it is.
const PREFIX: &str = "bangfu_";

/// How long a token may live, in days: a year.
pub const DAYS_MAX: i32 = 366;

/// A token is noted as seen again after so long, in microseconds: a minute.
const SEEN_AGAIN: i64 = 60_000_000;

/// What a new token is made of.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// The post at which its program works.
    pub role: Role,
    /// Where.
    pub area: Area,
    /// The kinds of things that it opens.
    pub scopes: Vec<TokenScope>,
    /// The last day on which it opens anything.
    pub ends_on: Date,
}

/// A token that was made, and what opens doors, which is told once.
#[derive(Debug, Clone)]
pub struct MadeToken {
    /// The token.
    pub token_id: i64,
    /// What opens doors.
    pub secret: String,
}

/// Why a token cannot be made. Doors render it in the user's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It would open nothing.
    NoScope,
    /// Its post may not do what a scope names.
    ScopeBeyond {
        /// The role.
        role: Role,
        /// The scope.
        scope: TokenScope,
    },
    /// Its last day has passed, or lies too far ahead.
    End {
        /// The first day that it can be.
        first: Date,
        /// The last.
        last: Date,
    },
}

impl TokenFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            TokenFault::NoScope => "token-no-scope",
            TokenFault::ScopeBeyond { .. } => "token-scope-beyond",
            TokenFault::End { .. } => "token-end",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            TokenFault::NoScope => Vec::new(),
            TokenFault::ScopeBeyond { role, scope } => {
                vec![("role", role.key().to_owned()), ("scope", scope.key().to_owned())]
            }
            TokenFault::End { first, last } => vec![("first", first.to_string()), ("last", last.to_string())],
        }
    }
}

impl From<TokenFault> for Error {
    fn from(fault: TokenFault) -> Error {
        Refusal::Token(fault).into()
    }
}

/// Makes a token. It opens no more than a person at its post may do.
pub async fn create(db: &Db, ctx: &Ctx, new: &NewToken) -> Result<MadeToken, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let name = sound_name(&new.name)?;
    let scopes = sound_scopes(new)?;
    let last = ctx.today.saturating_add(jiff::Span::new().days(DAYS_MAX));
    if new.ends_on < ctx.today || new.ends_on > last {
        return Err(TokenFault::End { first: ctx.today, last }.into());
    }
    let secret = format!("{PREFIX}{}", new_secret()?);
    let token_id = in_write!(db, ctx.county_id(), |tx| async {
        let area = sound_area(tx, ctx, new.role, new.area).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let made = Token {
            token_id: county::take_ids(tx, county_id, 1).await?,
            name: name.clone(),
            post: Post { post_id: 0, role: new.role, area },
            scopes: scopes.clone(),
            ends_on: new.ends_on,
            made_by: ctx.actor.clone(),
            created_at: stamp.at,
            seen_at: None,
            ended: None,
        };
        token::add(tx, county_id, &key_of(&secret), &made).await?;
        let (area, area_id) = area_words(area);
        let words: Vec<&str> = scopes.iter().map(|scope| scope.key()).collect();
        let facts = json!({ "name": name, "role": new.role.key(), "area": area, "area_id": area_id,
                            "scopes": words, "ends_on": new.ends_on });
        let entry = ctx.entry("token-made", made.token_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<i64, Error>(made.token_id)
    })?;
    Ok(MadeToken { token_id, secret })
}

/// The scopes of a new token, each once and in their order.
fn sound_scopes(new: &NewToken) -> Result<Vec<TokenScope>, Error> {
    let scopes: Vec<TokenScope> =
        TokenScope::ALL.into_iter().filter(|scope| new.scopes.contains(scope)).collect();
    if scopes.is_empty() {
        return Err(TokenFault::NoScope.into());
    }
    let post = Post { post_id: 0, role: new.role, area: new.area };
    match scopes.iter().find(|scope| !may(&post, right_of(**scope))) {
        Some(scope) => Err(TokenFault::ScopeBeyond { role: new.role, scope: *scope }.into()),
        None => Ok(scopes),
    }
}

/// All tokens, the newest first, ended ones too.
pub async fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Token>, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    Ok(token::list(tx, county_id).await?)
}

/// Ends a token at once.
pub async fn end(db: &Db, ctx: &Ctx, token_id: i64) -> Result<(), Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        if !token::end(tx, county_id, token_id, &ctx.actor, stamp.at).await? {
            return Err(Refusal::NotFound.into());
        }
        let entry = ctx.entry("token-ended", token_id.to_string(), &json!({}));
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}

/// The token of what a program brought, while it opens anything.
pub async fn find(tx: &mut Tx, ctx: &Ctx, secret: &str) -> Result<Option<Token>, Error> {
    let found = token::of_key(tx, ctx.county_id(), &key_of(secret)).await?;
    Ok(found.filter(|token| opens(token, ctx.today)))
}

/// Whether a token opens anything on a day.
pub fn opens(token: &Token, today: Date) -> bool {
    token.ended.is_none() && today <= token.ends_on
}

/// Notes that a token is in use, to the minute.
pub async fn note_seen(db: &Db, ctx: &Ctx, token: &Token) -> Result<(), Error> {
    let now = ctx.micros();
    if token.seen_at.is_some_and(|seen| now - seen < SEEN_AGAIN) {
        return Ok(());
    }
    in_write!(db, ctx.county_id(), |tx| async {
        token::seen(tx, ctx.county_id(), token.token_id, now).await?;
        Ok::<(), Error>(())
    })
}

/// How the record names a program: by what its token is for, and its number.
pub fn actor_of(token: &Token) -> String {
    format!("{}（API {}）", token.name, token.token_id)
}
