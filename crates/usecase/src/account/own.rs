//! What people do with their own accounts: another password, another post, an end to a session.

use bangfu_store::account::Post;
use bangfu_store::session::{self, Live, Session};
use bangfu_store::{Db, Tx, account, audit, county};
use serde_json::json;

use super::fault::AccountFault;
use super::hashing::Hashing;
use super::lock::{must_be_as_seen, must_not_wait, note_wrong};
use super::{SAME, area_words, note, sound_password};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// Gives somebody the password that they chose; their other sessions end. A wrong one before it counts as at signing in:
/// an open session is no place to try passwords.
pub async fn change_password(
    db: &Db,
    ctx: &Ctx,
    hashing: &Hashing,
    live: &Live,
    key: &[u8],
    (before, wanted): (&str, &str),
) -> Result<(), Error> {
    let account_id = live.session.account_id;
    let known = account::credentials(&mut db.read().await?, ctx.county_id(), &live.login).await?;
    let known = known.ok_or(Refusal::NotFound)?;
    must_not_wait(&known, ctx)?;
    // What is wrong with the new one must not tell whether the one before was right.
    sound_password(wanted, &live.login, &live.name)?;
    if !hashing.verify(before, known.password_hash.as_deref()).await? {
        return Err(note_wrong(db, ctx, &live.login, AccountFault::PasswordBefore).await?.into());
    }
    let hash = hashing.hash(wanted).await?;
    in_write!(db, ctx.county_id(), |tx| async {
        let now = must_be_as_seen(tx, ctx, &live.login, &known, AccountFault::PasswordBefore).await?;
        must_not_wait(&now, ctx)?;
        if before == wanted {
            return Err(SAME.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        account::set_password(tx, ctx.county_id(), account_id, &hash, false).await?;
        session::end_all(tx, ctx.county_id(), account_id, Some(key)).await?;
        note(tx, ctx, stamp, "account-password-changed", account_id, &json!({ "login": live.login })).await
    })
}

/// From here on somebody works at another of their posts.
pub async fn choose_post(db: &Db, ctx: &Ctx, live: &Live, key: &[u8], post_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let account_id = live.session.account_id;
        let posts = account::posts(tx, ctx.county_id(), account_id).await?;
        let post = posts.iter().find(|post| post.post_id == post_id).ok_or(Refusal::NotFound)?;
        session::move_to(tx, ctx.county_id(), key, post_id).await?;
        // What follows in the record is done in this capacity.
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let (area, area_id) = area_words(post.area);
        let facts = json!({ "login": live.login, "role": post.role.key(), "area": area, "area_id": area_id });
        let entry = ctx.entry("account-post-chosen", account_id.to_string(), &facts);
        Ok::<(), Error>(audit::add(tx, ctx.county_id(), stamp, &entry).await?)
    })
}

/// Somebody's posts, in the order in which they were given.
pub async fn posts(tx: &mut Tx, ctx: &Ctx, live: &Live) -> Result<Vec<Post>, Error> {
    Ok(account::posts(tx, ctx.county_id(), live.session.account_id).await?)
}

/// Somebody's sessions that have not ended, the newest first.
pub async fn sessions(tx: &mut Tx, ctx: &Ctx, live: &Live) -> Result<Vec<Session>, Error> {
    Ok(session::of_account(tx, ctx.county_id(), live.session.account_id, ctx.micros()).await?)
}

/// Ends one of somebody's own sessions.
pub async fn end_session(db: &Db, ctx: &Ctx, live: &Live, session_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let account_id = live.session.account_id;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        if !session::end_one(tx, ctx.county_id(), account_id, session_id).await? {
            return Err(Refusal::NotFound.into());
        }
        let entry = ctx.entry("session-ended", account_id.to_string(), &json!({ "session": session_id }));
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
