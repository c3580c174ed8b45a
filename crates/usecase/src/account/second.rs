//! The second factor: a code of the moment from somebody's phone (RFC 6238: six digits, thirty seconds, SHA-1, which is what
//! every such program knows), and codes on paper for the day on which the phone is lost.

use bangfu_domain::account::{SecondCode, second_code_of};
use bangfu_domain::officer::Role;
use bangfu_store::account::{self, Post};
use bangfu_store::key::random;
use bangfu_store::session::{self, Live};
use bangfu_store::{Db, Tx, county, second_factor};
use serde_json::json;
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::fault::AccountFault;
use super::hashing::Hashing;
use super::lock::{count_wrong, must_be_as_seen, must_not_wait, note_wrong};
use super::sign_in::{Browser, OUTSIDE, PASSWORD, open};
use super::ticket::Ticket;
use super::{first_password, known, note};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// Codes on paper.
pub const RECOVERY_CODES: usize = 10;

/// Seconds for which a code of the moment stands.
const STEP_SECONDS: u64 = 30;

/// Steps before and after the moment whose codes are taken too: clocks differ, and people type slowly.
const SKEW: u16 = 1;

/// A secret that is to be kept on a phone, and of which no code was typed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As it is typed.
    pub secret: String,
    /// As a phone reads it from a picture.
    pub address: String,
}

/// Whether somebody with these posts may not be without a second factor.
pub fn must_have(roles: &[Role], posts: &[Post]) -> bool {
    posts.iter().any(|post| roles.contains(&post.role))
}

/// Makes a secret for somebody, in the place of one of which no code was typed.
pub async fn begin(db: &Db, ctx: &Ctx, live: &Live) -> Result<(), Error> {
    let secret = db.key().seal(&random::<20>()?)?;
    in_write!(db, ctx.county_id(), |tx| async {
        match second_factor::begin(tx, ctx.county_id(), live.session.account_id, &secret).await? {
            true => Ok::<(), Error>(()),
            false => Err(AccountFault::FactorOn.into()),
        }
    })
}

/// The secret that somebody begun with, until a code of it was typed.
pub async fn draft(db: &Db, ctx: &Ctx, live: &Live) -> Result<Option<Draft>, Error> {
    let mut tx = db.read().await?;
    let found = second_factor::get(&mut tx, ctx.county_id(), live.session.account_id).await?;
    let Some(found) = found.filter(|found| !found.confirmed) else { return Ok(None) };
    let secret = Secret::from(db.key().open(&found.secret)?).to_base32();
    Ok(Some(Draft { address: address_of(&live.login, &secret), secret }))
}

/// How many codes on paper somebody has left.
pub async fn codes_left(tx: &mut Tx, ctx: &Ctx, live: &Live) -> Result<i64, Error> {
    Ok(second_factor::codes_left(tx, ctx.county_id(), live.session.account_id).await?)
}

/// From here on a code is asked of somebody, who typed one. Their other sessions end. The codes on paper are told once.
pub async fn confirm(db: &Db, ctx: &Ctx, live: &Live, key: &[u8], typed: &str) -> Result<Vec<String>, Error> {
    let id = live.session.account_id;
    let found = second_factor::get(&mut db.read().await?, ctx.county_id(), id).await?;
    let found = found.filter(|found| !found.confirmed).ok_or(AccountFault::FactorOff)?;
    // A secret of which no code was ever typed has no codes on paper.
    must_be_right(db, ctx, live, &found.secret, typed).await?;
    let (codes, hashes) = new_codes(id)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        if !second_factor::confirm(tx, ctx.county_id(), id, &found.secret).await? {
            return Err(AccountFault::FactorOff.into());
        }
        second_factor::replace_codes(tx, ctx.county_id(), id, &hashes).await?;
        session::end_all(tx, ctx.county_id(), id, Some(key)).await?;
        note(tx, ctx, stamp, "account-second-factor-on", id, &json!({ "login": live.login })).await
    })?;
    Ok(codes)
}

/// Gives somebody new codes on paper, for a code. They are told once.
pub async fn renew_codes(db: &Db, ctx: &Ctx, live: &Live, typed: &str) -> Result<Vec<String>, Error> {
    let id = live.session.account_id;
    must_be_right(db, ctx, live, &in_use(db, ctx, live).await?, typed).await?;
    let (codes, hashes) = new_codes(id)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        second_factor::replace_codes(tx, ctx.county_id(), id, &hashes).await?;
        note(tx, ctx, stamp, "account-recovery-codes", id, &json!({ "login": live.login })).await
    })?;
    Ok(codes)
}

/// From here on no code is asked of somebody, who typed their password and a code. Their other sessions end.
pub async fn switch_off(
    db: &Db,
    ctx: &Ctx,
    hashing: &Hashing,
    live: &Live,
    key: &[u8],
    (password, typed): (&str, &str),
    roles: &[Role],
) -> Result<(), Error> {
    let id = live.session.account_id;
    let mut tx = db.read().await?;
    if must_have(roles, &account::posts(&mut tx, ctx.county_id(), id).await?) {
        return Err(AccountFault::FactorKept.into());
    }
    let known = account::credentials(&mut tx, ctx.county_id(), &live.login).await?;
    let known = known.ok_or(Refusal::NotFound)?;
    drop(tx);
    must_not_wait(&known, ctx)?;
    let secret = known.totp_secret.as_deref().ok_or(AccountFault::FactorOff)?;
    if !hashing.verify(password, known.password_hash.as_deref()).await? {
        return Err(note_wrong(db, ctx, &live.login, AccountFault::PasswordBefore).await?.into());
    }
    must_be_right(db, ctx, live, secret, typed).await?;
    in_write!(db, ctx.county_id(), |tx| async {
        must_be_as_seen(tx, ctx, &live.login, &known, AccountFault::PasswordBefore).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        second_factor::remove(tx, ctx.county_id(), id).await?;
        session::end_all(tx, ctx.county_id(), id, Some(key)).await?;
        note(tx, ctx, stamp, "account-second-factor-off", id, &json!({ "login": live.login })).await
    })
}

/// Takes the second factor from an account whose owner has neither phone nor paper. All its sessions end.
pub async fn take_off(db: &Db, ctx: &Ctx, account_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = known(tx, ctx, account_id).await?;
        if !known.has_totp {
            return Err(AccountFault::FactorOff.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        second_factor::remove(tx, ctx.county_id(), account_id).await?;
        session::end_all(tx, ctx.county_id(), account_id, None).await?;
        let facts = json!({ "login": known.login });
        note(tx, ctx, stamp, "account-second-factor-taken", account_id, &facts).await
    })
}

/// Opens a session for somebody whose password was right before, with a code; [`super::sign_in`] gave the ticket.
pub async fn second_step(
    db: &Db,
    ctx: &Ctx,
    ticket: &str,
    typed: &str,
    browser: &Browser,
) -> Result<String, Error> {
    let ticket = Ticket::open(db.key(), ticket, ctx.micros())?;
    let login = &ticket.login;
    // A try is judged, counted and, if right, let in before the next one is looked at.
    let entered = in_write!(db, ctx.county_id(), |tx| async {
        let known = account::credentials(tx, ctx.county_id(), login).await?;
        let known = known.filter(|known| known.version == ticket.version && !known.disabled);
        let known = known.ok_or(AccountFault::CodeLate)?;
        let secret = known.totp_secret.as_deref().ok_or(AccountFault::CodeLate)?;
        must_not_wait(&known, ctx)?;
        let Some(code) = take(db, tx, ctx, known.account_id, secret, typed).await? else {
            return Ok(Err(count_wrong(tx, ctx, &known, AccountFault::CodeWrong).await?));
        };
        let by = format!("{}+{code}", if ticket.from_outside { OUTSIDE } else { PASSWORD });
        let token = open(tx, ctx, login, &known, browser, &by).await?;
        Ok::<Result<String, AccountFault>, Error>(Ok(token))
    })?;
    Ok(entered?)
}

/// The secret of somebody's second factor, sealed.
async fn in_use(db: &Db, ctx: &Ctx, live: &Live) -> Result<Vec<u8>, Error> {
    let found = second_factor::get(&mut db.read().await?, ctx.county_id(), live.session.account_id).await?;
    let found = found.filter(|found| found.confirmed).ok_or(AccountFault::FactorOff)?;
    Ok(found.secret)
}

/// Refuses what is no right code of somebody who is signed in; a wrong one counts as a wrong password does.
async fn must_be_right(db: &Db, ctx: &Ctx, live: &Live, secret: &[u8], typed: &str) -> Result<(), Error> {
    let right = in_write!(db, ctx.county_id(), |tx| async {
        let known = account::credentials(tx, ctx.county_id(), &live.login).await?;
        let known = known.ok_or(Refusal::NotFound)?;
        must_not_wait(&known, ctx)?;
        Ok::<Result<(), AccountFault>, Error>(
            match take(db, tx, ctx, known.account_id, secret, typed).await? {
                Some(_) => Ok(()),
                None => Err(count_wrong(tx, ctx, &known, AccountFault::CodeWrong).await?),
            },
        )
    })?;
    Ok(right?)
}

/// Takes a code, so that it is good once: by which kind of code; nothing where it is none.
async fn take(
    db: &Db,
    tx: &mut Tx,
    ctx: &Ctx,
    account_id: i64,
    secret: &[u8],
    typed: &str,
) -> Result<Option<&'static str>, Error> {
    let county_id = ctx.county_id();
    Ok(match second_code_of(typed) {
        None => None,
        Some(SecondCode::Moment(code)) => {
            let seconds = u64::try_from(ctx.at.as_second()).unwrap_or(0);
            let totp = totp(db.key().open(secret)?)?;
            let step = totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok());
            let Some(step) = step else { return Ok(None) };
            second_factor::take_step(tx, county_id, account_id, step).await?.then_some("code")
        }
        Some(SecondCode::Recovery(code)) => {
            let hash = hash_of(account_id, &code);
            second_factor::take_code(tx, county_id, account_id, &hash).await?.then_some("recovery-code")
        }
    })
}

fn totp(secret: Vec<u8>) -> Result<Totp, Error> {
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(STEP_SECONDS)
        .with_skew(SKEW)
        .with_secret(secret)
        .build();
    built.map_err(|error| Error::Packs(error.to_string()))
}

/// The address of a secret, as programs for codes read it.
fn address_of(login: &str, secret: &str) -> String {
    let login: String = login
        .bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect();
    format!("otpauth://totp/bangfu:{login}?secret={secret}&issuer=bangfu&algorithm=SHA1&digits=6&period=30")
}

/// Codes on paper, and their hashes.
fn new_codes(account_id: i64) -> Result<(Vec<String>, Vec<Vec<u8>>), Error> {
    let codes = (0..RECOVERY_CODES).map(|_| first_password()).collect::<Result<Vec<_>, _>>()?;
    let hashes = codes.iter().map(|code| hash_of(account_id, code)).collect();
    Ok((codes, hashes))
}

/// The hash of a code on paper. Nobody tries the 78 bits of one out, so it need not be slow.
fn hash_of(account_id: i64, code: &str) -> Vec<u8> {
    Sha256::digest(format!("recovery code {account_id} {code}")).to_vec()
}
