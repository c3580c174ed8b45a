//! Signing in and out, and the session of a request.

use bangfu_domain::account::{LOGIN_MAX, login_of};
use bangfu_store::account::{self, Credentials};
use bangfu_store::county;
use bangfu_store::journey;
use bangfu_store::key::random;
use bangfu_store::session::{self, Live, Session};
use bangfu_store::{Db, Tx, audit};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::fault::AccountFault;
use super::hashing::Hashing;
use super::lock::{must_be_as_seen, must_not_wait, note_wrong};
use super::ticket::Ticket;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

/// A session ends when nothing was asked for so long, in seconds: two hours.
pub const IDLE_SECONDS: i64 = 2 * 3600;

/// A session ends after so long, whatever comes, in seconds: a working day.
pub const SESSION_SECONDS: i64 = 12 * 3600;

/// Characters of a browser's name for itself that are kept.
const AGENT_MAX: usize = 200;

/// How a session was opened: by a password, or by another house's word.
pub(super) const PASSWORD: &str = "password";
pub(super) const OUTSIDE: &str = "openid";

const MICROS: i64 = 1_000_000;

/// Somebody who wants to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What was typed as the name.
    pub login: String,
    /// What was typed as the password.
    pub password: String,
    /// From where.
    pub address: String,
    /// With which browser, as it calls itself.
    pub agent: String,
    /// The session that the browser had, which ends.
    pub before: Option<String>,
}

/// The browser of somebody who signs in.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// From where.
    pub address: String,
    /// As it calls itself.
    pub agent: String,
    /// The session that it had, which ends.
    pub before: Option<String>,
}

impl Attempt {
    fn browser(&self) -> Browser {
        Browser { address: self.address.clone(), agent: self.agent.clone(), before: self.before.clone() }
    }
}

/// Opens a session: what the browser is to keep. It is new each time, and nothing that the browser brought lives on.
///
/// # Errors
///
/// Why there is none; where a second factor is in use, [`AccountFault::CodeWanted`] with what opens one with a code.
pub async fn sign_in(db: &Db, ctx: &Ctx, hashing: &Hashing, attempt: &Attempt) -> Result<String, Error> {
    let login = login_of(&attempt.login).unwrap_or_default();
    let known = account::credentials(&mut db.read().await?, ctx.county_id(), &login).await?;
    let Some(known) = known else { return Err(stranger(ctx, hashing, attempt).await?.into()) };
    must_not_wait(&known, ctx)?;
    if !hashing.verify(&attempt.password, known.password_hash.as_deref()).await? {
        return Err(note_wrong(db, ctx, &login, AccountFault::Wrong).await?.into());
    }
    go_on(db, ctx, &login, &known, &attempt.browser(), PASSWORD).await
}

/// What somebody is told who tries a name that no account bears: the same as if one did, after the same time.
async fn stranger(ctx: &Ctx, hashing: &Hashing, attempt: &Attempt) -> Result<AccountFault, Error> {
    let name = login_of(&attempt.login).unwrap_or_else(|| attempt.login.clone());
    hashing.strangers.must_not_wait(&name, ctx.micros())?;
    hashing.verify(&attempt.password, None).await?;
    Ok(hashing.strangers.note(&name, ctx.micros()))
}

/// Says that somebody came back from another house, with what was given along on the way; false if they had before. A way
/// is good for so many seconds.
pub async fn come_back(db: &Db, ctx: &Ctx, state: &str, good_seconds: i64) -> Result<bool, Error> {
    let (hash, now) = (key_of(state), ctx.micros());
    in_write!(db, ctx.county_id(), |tx| async {
        let forget_before = now - good_seconds * MICROS;
        Ok::<_, Error>(journey::end(tx, ctx.county_id(), &hash, now, forget_before).await?)
    })
}

/// Opens a session for somebody for whom another house vouches by what they sign in with. None is ever made for them.
///
/// # Errors
///
/// As [`sign_in`], and [`AccountFault::OutsideUnknown`] where no account signs in so.
pub async fn enter_from_outside(db: &Db, ctx: &Ctx, name: &str, browser: &Browser) -> Result<String, Error> {
    let unknown = || AccountFault::OutsideUnknown { login: name.chars().take(LOGIN_MAX).collect() };
    let login = login_of(name).ok_or_else(unknown)?;
    let known = account::credentials(&mut db.read().await?, ctx.county_id(), &login).await?;
    let known = known.ok_or_else(unknown)?;
    go_on(db, ctx, &login, &known, browser, OUTSIDE).await
}

/// Opens a session for somebody whose password, or what stands for it, was right, or asks for a code besides.
async fn go_on(
    db: &Db,
    ctx: &Ctx,
    login: &str,
    known: &Credentials,
    browser: &Browser,
    by: &'static str,
) -> Result<String, Error> {
    if known.totp_secret.is_some() {
        still_right(&mut db.read().await?, ctx, login, known, by).await?;
        let (version, at, from_outside) = (known.version, ctx.micros(), by == OUTSIDE);
        let ticket = Ticket { login: login.to_owned(), version, at, from_outside };
        return Err(AccountFault::CodeWanted { ticket: ticket.seal(db.key())? }.into());
    }
    in_write!(db, ctx.county_id(), |tx| async {
        still_right(tx, ctx, login, known, by).await?;
        open(tx, ctx, login, known, browser, by).await
    })
}

/// Refuses a password that was right when it was looked at, if it was reset meanwhile, if others tried so many wrong ones that
/// none is looked at, or if the account is out of use. For whom another house vouches, no password is tried.
async fn still_right(
    tx: &mut Tx,
    ctx: &Ctx,
    login: &str,
    known: &Credentials,
    by: &str,
) -> Result<(), Error> {
    let now = must_be_as_seen(tx, ctx, login, known, AccountFault::Wrong).await?;
    if by == PASSWORD {
        must_not_wait(&now, ctx)?;
    }
    if now.disabled { Err(AccountFault::Disabled.into()) } else { Ok(()) }
}

/// Whether a session was opened by another house's word: its owner may never have had a password here.
pub fn is_from_outside(session: &Session) -> bool {
    session.opened_by.starts_with(OUTSIDE)
}

/// Opens a session of an account as it stands in this transaction; the record says by what.
pub(super) async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    login: &str,
    known: &Credentials,
    browser: &Browser,
    by: &str,
) -> Result<String, Error> {
    let token = new_secret()?;
    let (id, now) = (known.account_id, ctx.micros());
    let ctx = Ctx { actor: actor_of(&known.name, login), ..ctx.clone() };
    let posts = account::posts(tx, ctx.county_id(), id).await?;
    let post = posts.first().ok_or(AccountFault::NoPost)?;
    let stamp = county::stamp(tx, ctx.county_id(), now).await?;
    account::note_failures(tx, ctx.county_id(), id, 0, 0).await?;
    session::forget_ended(tx, ctx.county_id(), id, now).await?;
    if let Some(before) = &browser.before {
        session::end(tx, ctx.county_id(), &key_of(before)).await?;
    }
    let opened = Session {
        session_id: county::take_ids(tx, ctx.county_id(), 1).await?,
        account_id: id,
        post_id: post.post_id,
        created_at: now,
        seen_at: now,
        ends_at: now + SESSION_SECONDS * MICROS,
        address: browser.address.clone(),
        agent: browser.agent.chars().filter(|c| !c.is_control()).take(AGENT_MAX).collect(),
        opened_by: by.to_owned(),
    };
    session::open(tx, ctx.county_id(), &key_of(&token), &opened).await?;
    let facts = json!({ "session": opened.session_id, "address": opened.address, "by": by });
    audit::add(tx, ctx.county_id(), stamp, &ctx.entry("signed-in", id.to_string(), &facts)).await?;
    Ok(token)
}

/// Ends the session of what the browser keeps.
pub async fn sign_out(db: &Db, ctx: &Ctx, token: &str) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let Some(live) = session::live(tx, ctx.county_id(), &key_of(token)).await? else { return Ok(()) };
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        session::end(tx, ctx.county_id(), &key_of(token)).await?;
        let facts = json!({ "session": live.session.session_id });
        let entry = ctx.entry("signed-out", live.session.account_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}

/// The session of what a browser brought, if it still lives at an instant (microseconds since 1970).
pub async fn find(tx: &mut Tx, county_id: i64, token: &str, now: i64) -> Result<Option<Live>, Error> {
    let live = session::live(tx, county_id, &key_of(token)).await?;
    Ok(live.filter(|live| now < live.session.ends_at && now - live.session.seen_at < IDLE_SECONDS * MICROS))
}

/// Notes that a request of a session came, at an instant (microseconds since 1970).
pub async fn note_seen(db: &Db, county_id: i64, key: &[u8], now: i64) -> Result<(), Error> {
    in_write!(db, county_id, |tx| async {
        session::seen(tx, county_id, key, now).await?;
        Ok::<(), Error>(())
    })
}

/// How the record names somebody: by the name that they bore then, and by what they signed in with, which is theirs alone.
pub fn actor_of(name: &str, login: &str) -> String {
    format!("{name}（{login}）")
}

/// The key under which a session is stored: a copy of the database opens none.
pub fn key_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// What a browser or a program is to keep: 256 bits that nobody can guess.
pub(crate) fn new_secret() -> Result<String, Error> {
    Ok(random::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
