//! Counties, and the counters that put their writers in order.

use bangfu_domain::division::Called;
use jiff::civil::Date;

use crate::division;
use crate::error::Error;
use crate::key::Key;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A county that keeps its book here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// Its immutable key: the six-digit code it had at `init`.
    pub county_id: i64,
    /// What it is called, and when, in order: as its division is. Never empty.
    pub called: Vec<Called>,
    /// Its division id.
    pub division_id: i64,
    /// IANA time zone.
    pub time_zone: String,
    /// The pack fixed at `init`, if one was.
    pub pack_id: Option<String>,
    /// True if everything in the book is made up.
    pub demo: bool,
    /// The day of the first position.
    pub opening_on: Option<Date>,
    /// The last closed day.
    pub closed_on: Option<Date>,
    /// The last day of which everybody was told who is told.
    pub told_on: Option<Date>,
    /// The day of the newest position.
    pub position_on: Option<Date>,
    /// The number of the last change.
    pub change_seq: i64,
    /// The instant of the last change, in microseconds since 1970.
    pub last_at: i64,
}

impl County {
    /// Its code and name on a day; where the list has it not yet, the first, and where not any more, the last.
    pub fn on(&self, day: Date) -> &Called {
        let then = self.called.iter().find(|called| day <= called.last_on);
        then.or(self.called.last()).expect("invariant: a county is on the list")
    }
}

const COLUMNS: &str = "county_id, division_id, time_zone, pack_id, demo, opening_on, closed_on, \
                       position_on, change_seq, last_at, told_on";

/// What a writing transaction is stamped with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The number of the change within the county, in the order of commits.
    pub change_seq: i64,
    /// The instant, in microseconds since 1970: never before that of an earlier change.
    pub at: i64,
    /// Ids from here on are of rows that this transaction makes.
    pub new_from: i64,
}

/// Adds a county whose secrets one key seals from here on: a database is opened with no other.
pub async fn add(tx: &mut Tx, county: &County, key: &Key) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO county (county_id, division_id, time_zone, pack_id, demo, key_id, change_seq, next_id,
                             next_import, last_at, board_seq, audit_no, audit_mark)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 1, 1, 0, 0, 0, '')",
        &values![
            county.county_id,
            county.division_id,
            county.time_zone.as_str(),
            county.pack_id.clone(),
            county.demo,
            key.id()
        ],
    )
    .await?;
    Ok(())
}

/// All counties.
pub async fn list(tx: &mut Tx) -> Result<Vec<County>, Error> {
    let rows = tx.fetch_all(format!("SELECT {COLUMNS} FROM county ORDER BY county_id"), &[]).await?;
    let mut counties = Vec::with_capacity(rows.len());
    for row in &rows {
        counties.push(read(tx, row).await?);
    }
    Ok(counties)
}

/// One county.
pub async fn get(tx: &mut Tx, county_id: i64) -> Result<County, Error> {
    let sql = format!("SELECT {COLUMNS} FROM county WHERE county_id = $1");
    let row = tx.fetch_one(sql, &values![county_id]).await?;
    read(tx, &row).await
}

/// Takes the next change number; from here to the commit, no other writer of the county passes.
pub async fn stamp(tx: &mut Tx, county_id: i64, at: i64) -> Result<Stamp, Error> {
    let row = tx
        .fetch_one(
            "UPDATE county SET change_seq = change_seq + 1,
                    last_at = CASE WHEN last_at >= $2 THEN last_at + 1 ELSE $2 END
             WHERE county_id = $1 RETURNING change_seq, last_at, next_id",
            &values![county_id, at],
        )
        .await?;
    Ok(Stamp { change_seq: row.int(0)?, at: row.int(1)?, new_from: row.int(2)? })
}

/// From here on, every change of the county is recorded after this instant.
pub async fn hold(tx: &mut Tx, county_id: i64, at: i64) -> Result<(), Error> {
    let sql =
        "UPDATE county SET last_at = CASE WHEN last_at < $2 THEN $2 ELSE last_at END WHERE county_id = $1";
    tx.execute(sql, &values![county_id, at]).await?;
    Ok(())
}

/// Takes so many new ids; the first of them.
pub async fn take_ids(tx: &mut Tx, county_id: i64, count: usize) -> Result<i64, Error> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let row = tx
        .fetch_one(
            "UPDATE county SET next_id = next_id + $2 WHERE county_id = $1 RETURNING next_id",
            &values![county_id, count],
        )
        .await?;
    Ok(row.int(0)? - count)
}

/// Takes the next number of a file that is read in.
pub async fn take_import_id(tx: &mut Tx, county_id: i64) -> Result<i64, Error> {
    let sql = "UPDATE county SET next_import = next_import + 1 WHERE county_id = $1 RETURNING next_import";
    Ok(tx.fetch_one(sql, &values![county_id]).await?.int(0)? - 1)
}

/// Notes that differences are added to a county's boards: whatever was kept of them holds no longer. Returns how often
/// they were by now.
pub(crate) async fn advance_boards(tx: &mut Tx, county_id: i64) -> Result<i64, Error> {
    let sql = "UPDATE county SET board_seq = board_seq + 1 WHERE county_id = $1 RETURNING board_seq";
    tx.fetch_one(sql, &values![county_id]).await?.int(0)
}

/// Notes a ledger's position: the first opens the book, the newest is remembered.
pub async fn note_position(tx: &mut Tx, county_id: i64, on: Date) -> Result<(), Error> {
    tx.execute(
        "UPDATE county SET opening_on = COALESCE(opening_on, $2),
                position_on = CASE WHEN position_on IS NULL OR position_on < $2 THEN $2 ELSE position_on END
         WHERE county_id = $1",
        &values![county_id, on],
    )
    .await?;
    Ok(())
}

/// Notes which positions are left when a ledger is taken back: the newest, and, unless a day is closed, the first.
pub async fn set_positions(
    tx: &mut Tx,
    county_id: i64,
    (first, newest): (Option<Date>, Option<Date>),
) -> Result<(), Error> {
    let sql = "UPDATE county SET position_on = $3, opening_on = CASE WHEN closed_on IS NULL THEN $2 ELSE opening_on END
               WHERE county_id = $1";
    tx.execute(sql, &values![county_id, first, newest]).await?;
    Ok(())
}

/// Notes that a day is closed.
pub async fn note_closed(tx: &mut Tx, county_id: i64, on: Date) -> Result<(), Error> {
    tx.execute("UPDATE county SET closed_on = $2 WHERE county_id = $1", &values![county_id, on]).await?;
    Ok(())
}

/// Notes that everybody was told of a day.
pub async fn note_told(tx: &mut Tx, county_id: i64, on: Date) -> Result<(), Error> {
    tx.execute("UPDATE county SET told_on = $2 WHERE county_id = $1", &values![county_id, on]).await?;
    Ok(())
}

async fn read(tx: &mut Tx, row: &Row) -> Result<County, Error> {
    let division_id = row.int(1)?;
    Ok(County {
        county_id: row.int(0)?,
        called: division::called(tx, division_id).await?,
        division_id,
        time_zone: row.text(2)?,
        pack_id: row.text_or_none(3)?,
        demo: row.flag(4)?,
        opening_on: row.date_or_none(5)?,
        closed_on: row.date_or_none(6)?,
        position_on: row.date_or_none(7)?,
        change_seq: row.int(8)?,
        last_at: row.int(9)?,
        told_on: row.date_or_none(10)?,
    })
}

/// The id that the next thing will get.
pub async fn next_id(tx: &mut Tx, county_id: i64) -> Result<i64, Error> {
    tx.fetch_one("SELECT next_id FROM county WHERE county_id = $1", &values![county_id]).await?.int(0)
}
