//! The addresses on households' cards (明白卡): each opens the page of one loan to whoever types the last four digits.

use jiff::civil::Date;

use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// The address of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLink {
    /// The card.
    pub paper_id: i64,
    /// The one loan that it shows.
    pub loan_id: i64,
    /// With the book's key, this makes the address.
    pub nonce: String,
    /// By this it is found.
    pub token_hash: Vec<u8>,
    /// The last day on which it opens anything.
    pub last_on: Date,
    /// Since when it opens nothing because somebody said so, in microseconds since 1970, as all instants here.
    pub revoked_at: Option<i64>,
    /// Wrong digits since the last right ones.
    pub wrong: u32,
    /// Until then no digits are looked at.
    pub locked_until: i64,
    /// How often it was opened.
    pub opened: i64,
}

const COLUMNS: &str =
    "paper_id, loan_id, nonce, token_hash, last_on, revoked_at, wrong, locked_until, opened";

/// Adds an address.
pub async fn add(tx: &mut Tx, county_id: i64, link: &CardLink) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO card_link (county_id, paper_id, loan_id, nonce, token_hash, last_on, wrong, locked_until,
                                opened)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0)",
        &values![
            county_id,
            link.paper_id,
            link.loan_id,
            link.nonce.as_str(),
            link.token_hash.clone(),
            link.last_on
        ],
    )
    .await?;
    Ok(())
}

/// The address of a card.
pub async fn of_paper(tx: &mut Tx, county_id: i64, paper_id: i64) -> Result<Option<CardLink>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM card_link WHERE county_id = $1 AND paper_id = $2");
    tx.fetch_optional(sql, &values![county_id, paper_id]).await?.as_ref().map(read).transpose()
}

/// The address with a hash.
pub async fn by_token(tx: &mut Tx, county_id: i64, token_hash: &[u8]) -> Result<Option<CardLink>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM card_link WHERE county_id = $1 AND token_hash = $2");
    tx.fetch_optional(sql, &values![county_id, token_hash.to_vec()]).await?.as_ref().map(read).transpose()
}

/// Notes what became of a try: how many wrong ones there are now, until when no others are looked at, how often it was opened.
pub async fn note_try(tx: &mut Tx, county_id: i64, link: &CardLink) -> Result<(), Error> {
    let sql = "UPDATE card_link SET wrong = $3, locked_until = $4, opened = $5 WHERE county_id = $1 AND paper_id = $2";
    let bound = values![county_id, link.paper_id, link.wrong, link.locked_until, link.opened];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// From an instant on the address of a card opens nothing.
pub async fn revoke(tx: &mut Tx, county_id: i64, paper_id: i64, at: i64) -> Result<(), Error> {
    let sql =
        "UPDATE card_link SET revoked_at = $3 WHERE county_id = $1 AND paper_id = $2 AND revoked_at IS NULL";
    tx.execute(sql, &values![county_id, paper_id, at]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<CardLink, Error> {
    let wrong = row.int(6)?;
    Ok(CardLink {
        paper_id: row.int(0)?,
        loan_id: row.int(1)?,
        nonce: row.text(2)?,
        token_hash: row.bytes(3)?,
        last_on: row.date(4)?,
        revoked_at: row.int_or_none(5)?,
        wrong: u32::try_from(wrong).map_err(|_| Error::Value { column: 6, found: wrong.to_string() })?,
        locked_until: row.int(7)?,
        opened: row.int(8)?,
    })
}
