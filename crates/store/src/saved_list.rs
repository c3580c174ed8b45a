//! Lists of loans that people keep under a name.

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A list that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedList {
    /// Its id.
    pub saved_list_id: i64,
    /// Whose it is.
    pub account_id: i64,
    /// Its name.
    pub name: String,
    /// The words of its address, without a day.
    pub words: String,
    /// Whether others find it too.
    pub shared: bool,
}

/// Adds a list, or tells one anew.
pub async fn put(tx: &mut Tx, county_id: i64, list: &SavedList) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO saved_list (county_id, saved_list_id, account_id, name, words, shared)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (county_id, saved_list_id) DO UPDATE SET words = excluded.words, shared = excluded.shared",
        &values![
            county_id,
            list.saved_list_id,
            list.account_id,
            list.name.as_str(),
            list.words.as_str(),
            list.shared
        ],
    )
    .await?;
    Ok(())
}

/// Somebody's own lists, by age.
pub async fn own(tx: &mut Tx, scope: &Scope, account_id: i64) -> Result<Vec<SavedList>, Error> {
    let sql = "SELECT saved_list_id, account_id, name, words, shared FROM saved_list
               WHERE county_id = $1 AND account_id = $2 ORDER BY saved_list_id";
    tx.fetch_all(sql, &values![scope.county_id, account_id]).await?.iter().map(read).collect()
}

/// How many lists are shared by those who may sign in.
pub async fn shared_count(tx: &mut Tx, scope: &Scope) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM saved_list s
               JOIN account a ON a.county_id = s.county_id AND a.account_id = s.account_id
               WHERE s.county_id = $1 AND s.shared = 1 AND a.disabled = 0";
    tx.fetch_one(sql, &values![scope.county_id]).await?.int(0)
}

/// What others share, the newest first, at most so many: (list, whose).
pub async fn shared(
    tx: &mut Tx,
    scope: &Scope,
    account_id: i64,
    limit: i64,
) -> Result<Vec<(SavedList, String)>, Error> {
    let sql = "SELECT s.saved_list_id, s.account_id, s.name, s.words, s.shared, a.name FROM saved_list s
               JOIN account a ON a.county_id = s.county_id AND a.account_id = s.account_id
               WHERE s.county_id = $1 AND s.shared = 1 AND s.account_id <> $2 AND a.disabled = 0
               ORDER BY s.saved_list_id DESC LIMIT $3";
    let rows = tx.fetch_all(sql, &values![scope.county_id, account_id, limit]).await?;
    rows.iter().map(|row| Ok((read(row)?, row.text(5)?))).collect()
}

/// Forgets one of somebody's lists; false if they have none with that id.
pub async fn forget(tx: &mut Tx, county_id: i64, account_id: i64, saved_list_id: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM saved_list WHERE county_id = $1 AND account_id = $2 AND saved_list_id = $3";
    Ok(tx.execute(sql, &values![county_id, account_id, saved_list_id]).await? > 0)
}

fn read(row: &Row) -> Result<SavedList, Error> {
    Ok(SavedList {
        saved_list_id: row.int(0)?,
        account_id: row.int(1)?,
        name: row.text(2)?,
        words: row.text(3)?,
        shared: row.flag(4)?,
    })
}
