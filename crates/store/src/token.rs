//! Tokens: which programs may ask, at which post, for which kinds of things, and until when.

use bangfu_domain::officer::Role;
use bangfu_domain::token::TokenScope;
use jiff::civil::Date;

use crate::account::{Post, area_of, area_words};
use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A token without what opens doors: of that only a hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub token_id: i64,
    /// What it is for.
    pub name: String,
    /// The post at which its program works, as people do. Its number says nothing.
    pub post: Post,
    /// The kinds of things that it opens.
    pub scopes: Vec<TokenScope>,
    /// The last day on which it opens anything.
    pub ends_on: Date,
    /// Who made it.
    pub made_by: String,
    /// When, in microseconds since 1970, as all instants here.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub seen_at: Option<i64>,
    /// Who ended it before its day, and when.
    pub ended: Option<(String, i64)>,
}

const COLUMNS: &str =
    "token_id, name, role, area, area_id, scopes, ends_on, made_by, created_at, seen_at, ended_by, ended_at";

/// Adds a token under the hash of what its program keeps.
pub async fn add(tx: &mut Tx, county_id: i64, key: &[u8], token: &Token) -> Result<(), Error> {
    let sql = "INSERT INTO token (county_id, token_id, token_key, name, role, area, area_id, scopes, ends_on, made_by,
                                  created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let (area, area_id) = area_words(token.post.area);
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.key()).collect();
    let bound = values![
        county_id,
        token.token_id,
        key.to_vec(),
        token.name.as_str(),
        token.post.role.key(),
        area,
        area_id,
        scopes.join(" "),
        token.ends_on,
        token.made_by.as_str(),
        token.created_at
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// The token of a hash, ended or not.
pub async fn of_key(tx: &mut Tx, county_id: i64, key: &[u8]) -> Result<Option<Token>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM token WHERE county_id = $1 AND token_key = $2");
    tx.fetch_optional(sql, &values![county_id, key.to_vec()]).await?.as_ref().map(read).transpose()
}

/// All tokens of a county, the newest first.
pub async fn list(tx: &mut Tx, county_id: i64) -> Result<Vec<Token>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM token WHERE county_id = $1 ORDER BY token_id DESC");
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read).collect()
}

/// Ends a token; false if there is none, or it was ended before.
pub async fn end(tx: &mut Tx, county_id: i64, token_id: i64, by: &str, at: i64) -> Result<bool, Error> {
    let sql = "UPDATE token SET ended_by = $3, ended_at = $4
               WHERE county_id = $1 AND token_id = $2 AND ended_at IS NULL";
    Ok(tx.execute(sql, &values![county_id, token_id, by, at]).await? > 0)
}

/// Notes that a token was used.
pub async fn seen(tx: &mut Tx, county_id: i64, token_id: i64, at: i64) -> Result<(), Error> {
    let sql = "UPDATE token SET seen_at = $3
               WHERE county_id = $1 AND token_id = $2 AND (seen_at IS NULL OR seen_at < $3)";
    tx.execute(sql, &values![county_id, token_id, at]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Token, Error> {
    let (role, area, words) = (row.text(2)?, row.text(3)?, row.text(5)?);
    let post = Post {
        post_id: 0,
        role: Role::from_key(&role).ok_or(Error::Value { column: 2, found: role })?,
        area: area_of(&area, row.int(4)?).ok_or(Error::Value { column: 3, found: area })?,
    };
    Ok(Token {
        token_id: row.int(0)?,
        name: row.text(1)?,
        post,
        // A scope that this version does not know opens nothing.
        scopes: words.split(' ').filter_map(TokenScope::from_key).collect(),
        ends_on: row.date(6)?,
        made_by: row.text(7)?,
        created_at: row.int(8)?,
        seen_at: row.int_or_none(9)?,
        ended: row.text_or_none(10)?.zip(row.int_or_none(11)?),
    })
}
