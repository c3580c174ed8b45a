//! Notices (提醒): what an office is told on a day, all of it in one; what is urgent comes by itself.

use bangfu_domain::policy::Recipient;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A notice to one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub notice_id: i64,
    /// The day of which it tells.
    pub on_day: Date,
    /// Which kind of office.
    pub recipient: Recipient,
    /// Which: a township, a village, a branch, or the county's division.
    pub place_id: i64,
    /// True for what is told at once, false for the day's digest.
    pub at_once: bool,
    /// How many loans of what, as JSON.
    pub counts: String,
}

const TABLE: Table = Table {
    name: "notice",
    columns: &[
        ("county_id", Column::Int),
        ("notice_id", Column::Int),
        ("on_day", Column::Date),
        ("recipient", Column::Int),
        ("place_id", Column::Int),
        ("at_once", Column::Int),
        ("counts", Column::Text),
        ("made_at", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, on_day, recipient, place_id, at_once) DO NOTHING",
};

/// Adds notices; an office that has its notice of the day gets no second one.
pub async fn add(tx: &mut Tx, county_id: i64, at: i64, notices: &[Notice]) -> Result<(), Error> {
    let rows = notices.iter().flat_map(|notice| {
        values![
            county_id,
            notice.notice_id,
            notice.on_day,
            i64::from(notice.recipient.code()),
            notice.place_id,
            notice.at_once,
            notice.counts.as_str(),
            at
        ]
    });
    tx.insert(TABLE, rows.collect()).await
}

/// An office: which kind, and which place.
pub type Office = (Recipient, i64);

/// What an office was told, the newest first: notices before one, or the newest, at most so many.
pub async fn of_office(
    tx: &mut Tx,
    scope: &Scope,
    (recipient, place_id): Office,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    let sql = "SELECT notice_id, on_day, recipient, place_id, at_once, counts FROM notice
               WHERE county_id = $1 AND recipient = $2 AND place_id = $3 AND notice_id < $4
               ORDER BY notice_id DESC LIMIT $5";
    let bound =
        values![scope.county_id, i64::from(recipient.code()), place_id, before.unwrap_or(i64::MAX), limit];
    tx.fetch_all(sql, &bound).await?.iter().map(read).collect()
}

/// A notice to an office; `None` if it is another's.
pub async fn get(
    tx: &mut Tx,
    scope: &Scope,
    (recipient, place_id): Office,
    notice_id: i64,
) -> Result<Option<Notice>, Error> {
    let sql = "SELECT notice_id, on_day, recipient, place_id, at_once, counts FROM notice
               WHERE county_id = $1 AND recipient = $2 AND place_id = $3 AND notice_id = $4";
    let bound = values![scope.county_id, i64::from(recipient.code()), place_id, notice_id];
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

/// Some notices, for whoever sees the whole county.
pub async fn some(tx: &mut Tx, scope: &Scope, ids: &[i64]) -> Result<Vec<Notice>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let mut notices = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT notice_id, on_day, recipient, place_id, at_once, counts FROM notice
             WHERE county_id = $1 AND notice_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            notices.push(read(&row)?);
        }
    }
    Ok(notices)
}

/// The notices of a day, by recipient and place.
pub async fn of_day(tx: &mut Tx, county_id: i64, on_day: Date) -> Result<Vec<Notice>, Error> {
    let sql = "SELECT notice_id, on_day, recipient, place_id, at_once, counts FROM notice
               WHERE county_id = $1 AND on_day = $2 ORDER BY recipient, place_id, at_once";
    tx.fetch_all(sql, &values![county_id, on_day]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Notice, Error> {
    let code = row.int(2)?;
    Ok(Notice {
        notice_id: row.int(0)?,
        on_day: row.date(1)?,
        recipient: Recipient::from_code(code)
            .ok_or_else(|| Error::Value { column: 2, found: code.to_string() })?,
        place_id: row.int(3)?,
        at_once: row.flag(4)?,
        counts: row.text(5)?,
    })
}
