//! What hashes numbers, so that they are found without being opened: a key of its own, which lies in the book, sealed. It
//! stays the same while the keys that seal change, since what a movement or a difference said before is known by it.

use crate::db::Db;
use crate::error::Error;
use crate::key::{Key, random};
use crate::turn::Turn;
use crate::tx::Tx;
use crate::values;

/// The one row.
const ROW: i64 = 1;

/// Says to the keys of an open book what hashes numbers in it; a new book is given it.
pub(crate) async fn told(db: Db) -> Result<Db, Error> {
    if tell(&mut db.read().await?, db.key()).await? {
        return Ok(db);
    }
    new(db).await
}

/// Gives a new book what hashes its numbers, and says it to the keys. What is filled is read by nobody else meanwhile.
pub(crate) async fn new(db: Db) -> Result<Db, Error> {
    let mut tx = db.write(Turn::None).await?;
    make(&mut tx, db.key()).await?;
    // Two starts at once make one.
    tell(&mut tx, db.key()).await?;
    tx.commit().await?;
    Ok(db)
}

/// Opens it and says it to the keys; false if the book has none yet.
async fn tell(tx: &mut Tx, key: &Key) -> Result<bool, Error> {
    let sql = "SELECT ciphertext FROM hash_key WHERE hash_key_id = $1";
    let Some(row) = tx.fetch_optional(sql, &values![ROW]).await? else { return Ok(false) };
    let found = key.open(&row.bytes(0)?)?;
    let damaged = |found: Vec<u8>| Error::Value { column: 0, found: format!("{} bytes", found.len()) };
    key.set_hash_key(found.try_into().map_err(damaged)?);
    Ok(true)
}

/// Makes it for a new book.
async fn make(tx: &mut Tx, key: &Key) -> Result<(), Error> {
    let sql = "INSERT INTO hash_key (hash_key_id, ciphertext) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(sql, &values![ROW, key.seal(&random::<32>()?)?]).await?;
    Ok(())
}

/// Seals it with the newest key, if another sealed it.
pub(crate) async fn reseal(tx: &mut Tx, key: &Key) -> Result<(), Error> {
    let sql = "SELECT ciphertext FROM hash_key WHERE hash_key_id = $1";
    let Some(row) = tx.fetch_optional(sql, &values![ROW]).await? else { return Ok(()) };
    let sealed = row.bytes(0)?;
    if !sealed.starts_with(&key.newest_mark()) {
        let sql = "UPDATE hash_key SET ciphertext = $2 WHERE hash_key_id = $1";
        tx.execute(sql, &values![ROW, key.seal(&key.open(&sealed)?)?]).await?;
    }
    Ok(())
}
