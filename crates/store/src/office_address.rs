//! Where offices are told besides their inbox: mailboxes, receivers and robots, the address itself sealed.

use bangfu_domain::message::Channel;
use bangfu_domain::message::desk::Desk;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::key::Key;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// An address without what opens its door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeAddress {
    /// Its id.
    pub address_id: i64,
    /// Whose desk.
    pub desk: Desk,
    /// Which place: a township, a village, a branch, or the county's division.
    pub place_id: i64,
    /// How it is reached.
    pub channel: Channel,
    /// What lists show of it.
    pub shown: String,
    /// Who added it.
    pub made_by: String,
    /// When, in microseconds since 1970.
    pub made_at: i64,
    /// Whether it was taken away.
    pub ended: bool,
}

/// What is sealed of an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The mailbox, or the address that is asked.
    pub address: String,
    /// What signs; empty where nothing does.
    pub secret: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target(…)")
    }
}

const COLUMNS: &str = "address_id, desk, place_id, channel, shown, made_by, made_at, ended_at";

/// Adds an address, sealed.
pub async fn add(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    address: &OfficeAddress,
    target: &Target,
) -> Result<(), Error> {
    let plain = serde_json::to_vec(target).expect("invariant: texts are JSON");
    let sql = "INSERT INTO office_address (county_id, address_id, desk, place_id, channel, shown, ciphertext, made_by,
                                           made_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let bound = values![
        county_id,
        address.address_id,
        address.desk.code(),
        address.place_id,
        address.channel.key(),
        address.shown.as_str(),
        key.seal(&plain)?,
        address.made_by.as_str(),
        address.made_at
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Takes an address away, with what it sealed; false if there is none.
pub async fn end(tx: &mut Tx, county_id: i64, address_id: i64, (by, at): (&str, i64)) -> Result<bool, Error> {
    let sql = "UPDATE office_address SET ended_by = $3, ended_at = $4, ciphertext = NULL
               WHERE county_id = $1 AND address_id = $2 AND ended_at IS NULL";
    Ok(tx.execute(sql, &values![county_id, address_id, by, at]).await? > 0)
}

/// All addresses of a county, also those that were taken away: messages of before name them.
pub async fn all(tx: &mut Tx, county_id: i64) -> Result<Vec<OfficeAddress>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM office_address WHERE county_id = $1 ORDER BY desk, place_id, address_id"
    );
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read).collect()
}

/// What is sealed of an address; `None` if it was taken away.
pub async fn target(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    address_id: i64,
) -> Result<Option<Target>, Error> {
    let sql =
        "SELECT ciphertext FROM office_address WHERE county_id = $1 AND address_id = $2 AND ended_at IS NULL";
    let Some(row) = tx.fetch_optional(sql, &values![county_id, address_id]).await? else { return Ok(None) };
    let Some(sealed) = row.bytes_or_none(0)? else { return Ok(None) };
    let plain = key.open(&sealed)?;
    let target = serde_json::from_slice(&plain);
    Ok(Some(target.map_err(|_| Error::Value { column: 0, found: "no address".to_owned() })?))
}

fn read(row: &Row) -> Result<OfficeAddress, Error> {
    let (desk, channel) = (row.int(1)?, row.text(3)?);
    Ok(OfficeAddress {
        address_id: row.int(0)?,
        desk: Desk::from_code(desk).ok_or_else(|| Error::Value { column: 1, found: desk.to_string() })?,
        place_id: row.int(2)?,
        channel: Channel::from_key(&channel).ok_or(Error::Value { column: 3, found: channel })?,
        shown: row.text(4)?,
        made_by: row.text(5)?,
        made_at: row.int(6)?,
        ended: row.int_or_none(7)?.is_some(),
    })
}
