//! Accounts: who may sign in, and at which posts (岗位) they work, each a role in an area.

use std::collections::BTreeMap;

use bangfu_domain::officer::Role;
use bangfu_domain::text::pinyin_key;

use crate::error::Error;
use crate::scope::Area;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// The account of what is done at the command line: no account has this number.
pub const NO_ACCOUNT: i64 = 0;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub account_id: i64,
    /// What is typed to sign in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Whether it may not be signed in with.
    pub disabled: bool,
    /// Whether the person has yet to choose a password of their own.
    pub must_change: bool,
    /// Whether a second factor is asked for.
    pub has_totp: bool,
    /// Until when no password is looked at, in microseconds since 1970.
    pub locked_until: i64,
    /// When it was made, in microseconds since 1970.
    pub created_at: i64,
    /// The number of its state.
    pub version: i64,
    /// Its posts, in the order in which they were given.
    pub posts: Vec<Post>,
}

/// A role in an area: what an account may do where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub post_id: i64,
    /// The role.
    pub role: Role,
    /// The area.
    pub area: Area,
}

/// What signing in asks of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Its id.
    pub account_id: i64,
    /// The person's name.
    pub name: String,
    /// The password's hash; none until a first one is given.
    pub password_hash: Option<String>,
    /// Whether it may not be signed in with.
    pub disabled: bool,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Until when no password is looked at, in microseconds since 1970.
    pub locked_until: i64,
    /// The second factor's secret, sealed, once a code of it was typed.
    pub totp_secret: Option<Vec<u8>>,
    /// The number of its state: another password, or another second factor, is another.
    pub version: i64,
}

const COLUMNS: &str =
    "account_id, login, name, disabled, must_change, totp_confirmed, locked_until, created_at, version";

/// All accounts of a county, by name.
pub async fn list(tx: &mut Tx, county_id: i64) -> Result<Vec<Account>, Error> {
    let mut posts: BTreeMap<i64, Vec<Post>> = BTreeMap::new();
    let sql = "SELECT post_id, role, area, area_id, account_id FROM account_post WHERE county_id = $1
               ORDER BY account_id, post_id";
    for row in tx.fetch_all(sql, &values![county_id]).await? {
        posts.entry(row.int(4)?).or_default().push(read_post(&row)?);
    }
    let sql = format!("SELECT {COLUMNS} FROM account WHERE county_id = $1 ORDER BY name_key, account_id");
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter()
        .map(|row| {
            let posts = posts.remove(&row.int(0)?).unwrap_or_default();
            read(row, posts)
        })
        .collect()
}

/// One account.
pub async fn get(tx: &mut Tx, county_id: i64, account_id: i64) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM account WHERE county_id = $1 AND account_id = $2");
    let Some(row) = tx.fetch_optional(sql, &values![county_id, account_id]).await? else { return Ok(None) };
    read(&row, posts(tx, county_id, account_id).await?).map(Some)
}

/// The account that signs in under a name.
pub async fn by_login(tx: &mut Tx, county_id: i64, login: &str) -> Result<Option<i64>, Error> {
    let sql = "SELECT account_id FROM account WHERE county_id = $1 AND login = $2";
    tx.fetch_optional(sql, &values![county_id, login]).await?.map(|row| row.int(0)).transpose()
}

/// The posts of an account, in the order in which they were given.
pub async fn posts(tx: &mut Tx, county_id: i64, account_id: i64) -> Result<Vec<Post>, Error> {
    let sql = "SELECT post_id, role, area, area_id FROM account_post WHERE county_id = $1 AND account_id = $2
               ORDER BY post_id";
    tx.fetch_all(sql, &values![county_id, account_id]).await?.iter().map(read_post).collect()
}

/// What signing in asks of the account of a name.
pub async fn credentials(tx: &mut Tx, county_id: i64, login: &str) -> Result<Option<Credentials>, Error> {
    let sql = "SELECT account_id, name, password_hash, disabled, failures, locked_until, totp_secret, totp_confirmed,
                      version
               FROM account WHERE county_id = $1 AND login = $2";
    let Some(row) = tx.fetch_optional(sql, &values![county_id, login]).await? else { return Ok(None) };
    Ok(Some(Credentials {
        account_id: row.int(0)?,
        name: row.text(1)?,
        password_hash: row.text_or_none(2)?,
        disabled: row.flag(3)?,
        failures: u32::try_from(row.int(4)?).unwrap_or(u32::MAX),
        locked_until: row.int(5)?,
        totp_secret: if row.flag(7)? { row.bytes_or_none(6)? } else { None },
        version: row.int(8)?,
    }))
}

/// Adds an account without a password.
pub async fn add(tx: &mut Tx, county_id: i64, account: &Account) -> Result<(), Error> {
    let sql =
        "INSERT INTO account (county_id, account_id, login, name, name_key, must_change, disabled, failures,
                                    locked_until, totp_confirmed, totp_step, created_at, version)
               VALUES ($1, $2, $3, $4, $5, 1, 0, 0, 0, 0, 0, $6, 1)";
    let bound = values![
        county_id,
        account.account_id,
        account.login.as_str(),
        account.name.as_str(),
        pinyin_key(&account.name),
        account.created_at
    ];
    tx.execute(sql, &bound).await?;
    for post in &account.posts {
        add_post(tx, county_id, account.account_id, *post).await?;
    }
    Ok(())
}

/// Gives an account a password: its hash, and whether the person has yet to choose one of their own.
pub async fn set_password(
    tx: &mut Tx,
    county_id: i64,
    account_id: i64,
    hash: &str,
    must_change: bool,
) -> Result<(), Error> {
    let sql = "UPDATE account SET password_hash = $3, must_change = $4, failures = 0, locked_until = 0,
                      version = version + 1
               WHERE county_id = $1 AND account_id = $2";
    tx.execute(sql, &values![county_id, account_id, hash, must_change]).await?;
    Ok(())
}

/// Says that an account may not be signed in with, or may again.
pub async fn set_disabled(tx: &mut Tx, county_id: i64, account_id: i64, disabled: bool) -> Result<(), Error> {
    let sql =
        "UPDATE account SET disabled = $3, version = version + 1 WHERE county_id = $1 AND account_id = $2";
    tx.execute(sql, &values![county_id, account_id, disabled]).await?;
    Ok(())
}

/// Notes so many wrong passwords in a row, and until when none is looked at (microseconds since 1970).
pub async fn note_failures(
    tx: &mut Tx,
    county_id: i64,
    account_id: i64,
    failures: u32,
    locked_until: i64,
) -> Result<(), Error> {
    let sql = "UPDATE account SET failures = $3, locked_until = $4 WHERE county_id = $1 AND account_id = $2";
    tx.execute(sql, &values![county_id, account_id, i64::from(failures), locked_until]).await?;
    Ok(())
}

/// Gives an account a post; false if it has it already.
pub async fn add_post(tx: &mut Tx, county_id: i64, account_id: i64, post: Post) -> Result<bool, Error> {
    let (area, area_id) = area_words(post.area);
    let sql = "INSERT INTO account_post (county_id, account_id, post_id, role, area, area_id)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (county_id, account_id, role, area, area_id) DO NOTHING RETURNING post_id";
    let bound = values![county_id, account_id, post.post_id, post.role.key(), area, area_id];
    Ok(tx.fetch_optional(sql, &bound).await?.is_some())
}

/// Takes a post from an account, with the sessions that work at it.
pub async fn remove_post(tx: &mut Tx, county_id: i64, account_id: i64, post_id: i64) -> Result<(), Error> {
    for table in ["account_post", "session"] {
        let sql = format!("DELETE FROM {table} WHERE county_id = $1 AND account_id = $2 AND post_id = $3");
        tx.execute(sql, &values![county_id, account_id, post_id]).await?;
    }
    Ok(())
}

fn read(row: &Row, posts: Vec<Post>) -> Result<Account, Error> {
    Ok(Account {
        account_id: row.int(0)?,
        login: row.text(1)?,
        name: row.text(2)?,
        disabled: row.flag(3)?,
        must_change: row.flag(4)?,
        has_totp: row.flag(5)?,
        locked_until: row.int(6)?,
        created_at: row.int(7)?,
        version: row.int(8)?,
        posts,
    })
}

fn read_post(row: &Row) -> Result<Post, Error> {
    let (role, area) = (row.text(1)?, row.text(2)?);
    Ok(Post {
        post_id: row.int(0)?,
        role: Role::from_key(&role).ok_or(Error::Value { column: 1, found: role })?,
        area: area_of(&area, row.int(3)?).ok_or(Error::Value { column: 2, found: area })?,
    })
}

const COUNTY: &str = "county";
const DIVISION: &str = "division";
const BRANCH: &str = "branch";
const OFFICER: &str = "officer";
/// Told of, and never held.
const HOUSEHOLD: &str = "household";

/// An area as it is stored, and as addresses and the command line write it: its kind, and which.
pub fn area_words(area: Area) -> (&'static str, i64) {
    match area {
        Area::County => (COUNTY, 0),
        Area::Division(id) => (DIVISION, id),
        Area::Branch(id) => (BRANCH, id),
        Area::Officer(id) => (OFFICER, id),
        Area::Household(id) => (HOUSEHOLD, id),
    }
}

/// The area of these words.
pub fn area_of(kind: &str, id: i64) -> Option<Area> {
    match kind {
        COUNTY => Some(Area::County),
        DIVISION => Some(Area::Division(id)),
        BRANCH => Some(Area::Branch(id)),
        OFFICER => Some(Area::Officer(id)),
        _ => None,
    }
}
