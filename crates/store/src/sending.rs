//! What a county sends by itself: whether borrowers are told by short message, and the weekday of the leader's list.

use bangfu_domain::message::weekly::USUAL;
use jiff::civil::Weekday;

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// What a county has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// Whether borrowers who have a phone are told by short message.
    pub sms: bool,
    /// The weekday of the leader's list.
    pub weekly_day: Weekday,
    /// How often it was changed.
    pub version: i64,
}

/// What a county has chosen; nothing is sent to borrowers where it has not.
pub async fn get(tx: &mut Tx, scope: &Scope) -> Result<Sending, Error> {
    let sql = "SELECT sms, weekly_day, version FROM sending WHERE county_id = $1";
    match tx.fetch_optional(sql, &values![scope.county_id]).await? {
        None => Ok(Sending { sms: false, weekly_day: USUAL, version: 0 }),
        Some(row) => {
            let day = row.int(1)?;
            let weekday = i8::try_from(day).ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
            Ok(Sending {
                sms: row.flag(0)?,
                weekly_day: weekday.ok_or_else(|| Error::Value { column: 1, found: day.to_string() })?,
                version: row.int(2)?,
            })
        }
    }
}

/// Keeps what a county chooses.
pub async fn put(tx: &mut Tx, county_id: i64, sending: &Sending) -> Result<(), Error> {
    let sql = "INSERT INTO sending (county_id, sms, weekly_day, version) VALUES ($1, $2, $3, 1)
               ON CONFLICT (county_id) DO UPDATE SET sms = excluded.sms, weekly_day = excluded.weekly_day,
               version = sending.version + 1";
    let day = i64::from(sending.weekly_day.to_monday_one_offset());
    tx.execute(sql, &values![county_id, sending.sms, day]).await?;
    Ok(())
}
