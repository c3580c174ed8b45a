//! The second factor of an account: a secret shared with somebody's phone, sealed, and codes on paper, hashed.

use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// The secret that an account shares with a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// Whether a code of it was typed, from when on one is asked for.
    pub confirmed: bool,
}

/// An account's second factor, if one was begun.
pub async fn get(tx: &mut Tx, county_id: i64, account_id: i64) -> Result<Option<SecondFactor>, Error> {
    let sql = "SELECT totp_secret, totp_confirmed FROM account
               WHERE county_id = $1 AND account_id = $2 AND totp_secret IS NOT NULL";
    let Some(row) = tx.fetch_optional(sql, &values![county_id, account_id]).await? else { return Ok(None) };
    Ok(Some(SecondFactor { secret: row.bytes(0)?, confirmed: row.flag(1)? }))
}

/// Keeps a sealed secret of which no code was typed yet, in the place of another such; false where one is in use.
pub async fn begin(tx: &mut Tx, county_id: i64, account_id: i64, secret: &[u8]) -> Result<bool, Error> {
    let sql = "UPDATE account SET totp_secret = $3, totp_step = 0
               WHERE county_id = $1 AND account_id = $2 AND totp_confirmed = 0 RETURNING account_id";
    Ok(tx.fetch_optional(sql, &values![county_id, account_id, secret.to_vec()]).await?.is_some())
}

/// From here on a code of this sealed secret is asked for; false if it was replaced, or is in use already.
pub async fn confirm(tx: &mut Tx, county_id: i64, account_id: i64, secret: &[u8]) -> Result<bool, Error> {
    let sql = "UPDATE account SET totp_confirmed = 1, version = version + 1
               WHERE county_id = $1 AND account_id = $2 AND totp_secret = $3 AND totp_confirmed = 0
               RETURNING account_id";
    Ok(tx.fetch_optional(sql, &values![county_id, account_id, secret.to_vec()]).await?.is_some())
}

/// Takes the code of a step; false if it, or one of a later step, was taken before.
pub async fn take_step(tx: &mut Tx, county_id: i64, account_id: i64, step: i64) -> Result<bool, Error> {
    let sql = "UPDATE account SET totp_step = $3
               WHERE county_id = $1 AND account_id = $2 AND totp_step < $3 RETURNING account_id";
    Ok(tx.fetch_optional(sql, &values![county_id, account_id, step]).await?.is_some())
}

/// Forgets an account's second factor and its codes on paper.
pub async fn remove(tx: &mut Tx, county_id: i64, account_id: i64) -> Result<(), Error> {
    let sql =
        "UPDATE account SET totp_secret = NULL, totp_confirmed = 0, totp_step = 0, version = version + 1
               WHERE county_id = $1 AND account_id = $2";
    tx.execute(sql, &values![county_id, account_id]).await?;
    replace_codes(tx, county_id, account_id, &[]).await
}

/// Puts codes on paper, by their hashes, in the place of those before.
pub async fn replace_codes(
    tx: &mut Tx,
    county_id: i64,
    account_id: i64,
    hashes: &[Vec<u8>],
) -> Result<(), Error> {
    let sql = "DELETE FROM recovery_code WHERE county_id = $1 AND account_id = $2";
    tx.execute(sql, &values![county_id, account_id]).await?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_code (county_id, account_id, hash) VALUES ($1, $2, $3)";
        tx.execute(sql, &values![county_id, account_id, hash.clone()]).await?;
    }
    Ok(())
}

/// Takes a code on paper; false if there is none of this hash, or no more.
pub async fn take_code(tx: &mut Tx, county_id: i64, account_id: i64, hash: &[u8]) -> Result<bool, Error> {
    let sql = "DELETE FROM recovery_code WHERE county_id = $1 AND account_id = $2 AND hash = $3 RETURNING account_id";
    Ok(tx.fetch_optional(sql, &values![county_id, account_id, hash.to_vec()]).await?.is_some())
}

/// How many codes on paper are left.
pub async fn codes_left(tx: &mut Tx, county_id: i64, account_id: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM recovery_code WHERE county_id = $1 AND account_id = $2";
    tx.fetch_one(sql, &values![county_id, account_id]).await?.int(0)
}
