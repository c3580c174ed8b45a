//! Accounts: made, given posts and passwords, put out of use. What signing in asks of them stands beside.

mod area;
mod fault;
mod hashing;
mod lock;
mod own;
pub mod second;
mod sign_in;
mod ticket;

use bangfu_domain::account::{PasswordFault, check_password, login_of};
use bangfu_domain::officer::Role;
use bangfu_store::account::{self, Account, Post, area_words};
use bangfu_store::county::{self, Stamp};
use bangfu_store::key::random;
use bangfu_store::{Area, Db, Tx, audit, session};
use serde_json::json;

use crate::access::{AreaKind, kinds};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

pub use area::{Areas, areas};
pub use fault::AccountFault;
pub use hashing::Hashing;
pub use own::{change_password, choose_post, end_session, posts, sessions};
pub(crate) use sign_in::new_secret;
pub use sign_in::{
    Attempt, Browser, IDLE_SECONDS, SESSION_SECONDS, actor_of, come_back, enter_from_outside, find,
    is_from_outside, key_of, note_seen, sign_in, sign_out,
};
pub use ticket::{TICKET_SECONDS, open_words, seal_words};

/// Characters of a person's name, at most.
pub const NAME_MAX: usize = 60;

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The first post.
    pub role: Role,
    /// Where it is held.
    pub area: Area,
    /// The password; without one a first one is made, which the owner must change.
    pub password: Option<String>,
}

/// An account that was made, and the first password, which is told once.
#[derive(Debug, Clone)]
pub struct Made {
    /// The account.
    pub account_id: i64,
    /// What is typed to sign in.
    pub login: String,
    /// The first password.
    pub password: String,
}

/// Makes an account with one post and a first password, which its owner must change.
pub async fn create(db: &Db, ctx: &Ctx, hashing: &Hashing, new: &NewAccount) -> Result<Made, Error> {
    let login = login_of(&new.login).ok_or(AccountFault::LoginForm)?;
    let name = sound_name(&new.name)?;
    let must_change = new.password.is_none();
    let password = new.password.clone().map_or_else(first_password, Ok)?;
    let hash = hashing.hash(&password).await?;
    let account_id = in_write!(db, ctx.county_id(), |tx| async {
        if account::by_login(tx, ctx.county_id(), &login).await?.is_some() {
            return Err(AccountFault::LoginTaken { login: login.clone() }.into());
        }
        let area = sound_area(tx, ctx, new.role, new.area).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let account_id = county::take_ids(tx, ctx.county_id(), 2).await?;
        let made = Account {
            account_id,
            login: login.clone(),
            name: name.clone(),
            disabled: false,
            must_change,
            has_totp: false,
            locked_until: 0,
            created_at: stamp.at,
            version: 1,
            posts: vec![Post { post_id: account_id + 1, role: new.role, area }],
        };
        account::add(tx, ctx.county_id(), &made).await?;
        account::set_password(tx, ctx.county_id(), account_id, &hash, must_change).await?;
        let (area, area_id) = area_words(area);
        let facts = json!({ "login": login, "role": new.role.key(), "area": area, "area_id": area_id });
        note(tx, ctx, stamp, "account-made", account_id, &facts).await?;
        Ok::<i64, Error>(account_id)
    })?;
    Ok(Made { account_id, login, password })
}

/// Gives an account a new first password; all its sessions end. The password is told once.
pub async fn reset_password(db: &Db, ctx: &Ctx, hashing: &Hashing, account_id: i64) -> Result<Made, Error> {
    let password = first_password()?;
    let hash = hashing.hash(&password).await?;
    let login = in_write!(db, ctx.county_id(), |tx| async {
        let known = known(tx, ctx, account_id).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        account::set_password(tx, ctx.county_id(), account_id, &hash, true).await?;
        session::end_all(tx, ctx.county_id(), account_id, None).await?;
        note(tx, ctx, stamp, "account-password-reset", account_id, &json!({ "login": known.login })).await?;
        Ok::<String, Error>(known.login)
    })?;
    Ok(Made { account_id, login, password })
}

/// Puts an account out of use, with all its sessions, or back into it.
pub async fn set_disabled(db: &Db, ctx: &Ctx, account_id: i64, disabled: bool) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = known(tx, ctx, account_id).await?;
        if known.disabled == disabled {
            return Ok(());
        }
        if disabled {
            keep_an_administrator(tx, ctx, |post, of| of == account_id || post.role != Role::Administrator)
                .await?;
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        account::set_disabled(tx, ctx.county_id(), account_id, disabled).await?;
        session::end_all(tx, ctx.county_id(), account_id, None).await?;
        let action = if disabled { "account-disabled" } else { "account-enabled" };
        note(tx, ctx, stamp, action, account_id, &json!({ "login": known.login })).await
    })
}

/// Gives an account another post.
pub async fn add_post(db: &Db, ctx: &Ctx, account_id: i64, role: Role, area: Area) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = known(tx, ctx, account_id).await?;
        let area = sound_area(tx, ctx, role, area).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let post = Post { post_id: county::take_ids(tx, ctx.county_id(), 1).await?, role, area };
        if !account::add_post(tx, ctx.county_id(), account_id, post).await? {
            return Err(AccountFault::PostHeld.into());
        }
        let (area, area_id) = area_words(area);
        let facts = json!({ "login": known.login, "role": role.key(), "area": area, "area_id": area_id });
        note(tx, ctx, stamp, "account-post-given", account_id, &facts).await
    })
}

/// Takes a post from an account; whoever works at it is signed out.
pub async fn remove_post(db: &Db, ctx: &Ctx, account_id: i64, post_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = known(tx, ctx, account_id).await?;
        let post = known.posts.iter().find(|post| post.post_id == post_id).ok_or(Refusal::NotFound)?;
        if post.role == Role::Administrator {
            keep_an_administrator(tx, ctx, |post, _| {
                post.post_id == post_id || post.role != Role::Administrator
            })
            .await?;
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        account::remove_post(tx, ctx.county_id(), account_id, post_id).await?;
        let (area, area_id) = area_words(post.area);
        let facts =
            json!({ "login": known.login, "role": post.role.key(), "area": area, "area_id": area_id });
        note(tx, ctx, stamp, "account-post-taken", account_id, &facts).await
    })
}

/// All accounts, by name.
pub async fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Account>, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    Ok(account::list(tx, county_id).await?)
}

/// One account.
pub async fn get(tx: &mut Tx, ctx: &Ctx, account_id: i64) -> Result<Account, Error> {
    known(tx, ctx, account_id).await
}

/// The account that signs in under a name.
pub async fn by_login(tx: &mut Tx, ctx: &Ctx, typed: &str) -> Result<Account, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let login = login_of(typed).ok_or(AccountFault::LoginForm)?;
    let account_id = account::by_login(tx, county_id, &login).await?.ok_or(Refusal::NotFound)?;
    known(tx, ctx, account_id).await
}

async fn known(tx: &mut Tx, ctx: &Ctx, account_id: i64) -> Result<Account, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    account::get(tx, county_id, account_id).await?.ok_or_else(|| Refusal::NotFound.into())
}

/// Refuses what would leave nobody who manages accounts: every post that is left falls under `but`.
async fn keep_an_administrator(
    tx: &mut Tx,
    ctx: &Ctx,
    but: impl Fn(&Post, i64) -> bool,
) -> Result<(), Error> {
    let accounts = account::list(tx, ctx.county_id()).await?;
    let left = accounts
        .iter()
        .filter(|account| !account.disabled)
        .any(|account| account.posts.iter().any(|post| !but(post, account.account_id)));
    if left { Ok(()) } else { Err(AccountFault::LastAdministrator.into()) }
}

/// An area in which a role can be held, and which is there.
pub(crate) async fn sound_area(tx: &mut Tx, ctx: &Ctx, role: Role, area: Area) -> Result<Area, Error> {
    let areas = areas(tx, ctx.county_id(), ctx.today).await?;
    let area = areas.kept(area);
    if !kinds(role).contains(&AreaKind::of(area)) {
        return Err(AccountFault::PostArea { role }.into());
    }
    if areas.has(area) { Ok(area) } else { Err(Refusal::NotFound.into()) }
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    action: &'static str,
    account_id: i64,
    facts: &serde_json::Value,
) -> Result<(), Error> {
    audit::add(tx, ctx.county_id(), stamp, &ctx.entry(action, account_id.to_string(), facts)).await?;
    audit::note_changes(tx, ctx.county_id(), stamp, "account", &[account_id]).await?;
    Ok(())
}

pub(crate) fn sound_name(name: &str) -> Result<String, AccountFault> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains(char::is_control);
    if sound { Ok(name.to_owned()) } else { Err(AccountFault::Name { max: NAME_MAX }) }
}

/// A first password: four groups of four characters that are not taken for one another, about 78 bits.
fn first_password() -> Result<String, Error> {
    const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789w";
    let bytes = random::<16>()?;
    let signs: Vec<char> = bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
    Ok(signs.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// Holds a password of somebody's own against the rules.
fn sound_password(password: &str, login: &str, name: &str) -> Result<(), AccountFault> {
    check_password(password, &[login, name]).map_err(AccountFault::Password)
}

/// Why a password is refused that is the one before.
const SAME: AccountFault = AccountFault::Password(PasswordFault::Same);
