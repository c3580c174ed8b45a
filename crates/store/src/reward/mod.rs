//! Rewards (奖励): lists, what stands on them, what was done with them, and what was paid.

mod entry;
mod objection;
mod payment;

use bangfu_domain::money::Fen;
use bangfu_domain::reward::ListState;
use jiff::civil::Date;

use crate::county::Stamp;
use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

pub use entry::{
    Entry, Missed, add_entries, add_missed, claim, claimed, disclaim, disclaim_list, entries, entry, missed,
    of_loan, standing_on,
};
pub use objection::{Objection, add_objection, decide_objection, objection, objections, suspected};
pub use payment::{Payment, add_payment, paid, payments};

/// A list of rewards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardList {
    /// Its id.
    pub list_id: i64,
    /// The first settlement day of its period.
    pub from_on: Date,
    /// The last.
    pub until_on: Date,
    /// How far it has come.
    pub state: ListState,
    /// The day on which it was made.
    pub made_on: Date,
    /// The account of who made it.
    pub maker_id: i64,
    /// Their name.
    pub maker: String,
    /// From when to when it is shown in public, once that is settled.
    pub public: Option<(Date, Date)>,
    /// Where.
    pub public_place: String,
    /// How often it was touched.
    pub version: i64,
}

/// A list with what stands on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summed {
    /// The list.
    pub list: RewardList,
    /// How many of its entries stand.
    pub entries: i64,
    /// What they come to.
    pub amount_fen: Fen,
    /// What was paid on it.
    pub paid_fen: Fen,
    /// How many objections and corrections nobody has decided on.
    pub open: i64,
}

/// Something that was done with a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListStep {
    /// What, as a word.
    pub kind: String,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The account of who did it.
    pub account_id: i64,
    /// Their name.
    pub actor: String,
    /// Why, or what else is said of it.
    pub note: String,
}

const COLUMNS: &str =
    "r.list_id, r.from_on, r.until_on, r.state, r.made_on, r.maker_id, r.maker, r.public_from,
    r.public_until, r.public_place, r.version";

/// Adds a list.
pub async fn add(tx: &mut Tx, county_id: i64, list: &RewardList) -> Result<(), Error> {
    let sql = "INSERT INTO reward_list (county_id, list_id, from_on, until_on, state, made_on, maker_id, maker, public_from,
                                        public_until, public_place, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let bound = values![
        county_id,
        list.list_id,
        list.from_on,
        list.until_on,
        list.state.key(),
        list.made_on,
        list.maker_id,
        list.maker.as_str(),
        list.public.map(|(from, _)| from),
        list.public.map(|(_, until)| until),
        list.public_place.as_str(),
        list.version
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// Notes how far a list has come, and where it is shown; false if it is no longer as it was seen.
pub async fn advance(tx: &mut Tx, county_id: i64, seen: i64, list: &RewardList) -> Result<bool, Error> {
    let sql = "UPDATE reward_list SET state = $4, public_from = $5, public_until = $6, public_place = $7,
                      version = version + 1
               WHERE county_id = $1 AND list_id = $2 AND version = $3";
    let bound = values![
        county_id,
        list.list_id,
        seen,
        list.state.key(),
        list.public.map(|(from, _)| from),
        list.public.map(|(_, until)| until),
        list.public_place.as_str()
    ];
    Ok(tx.execute(sql, &bound).await? == 1)
}

/// One of them, for whoever sees the whole county.
pub async fn get(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Option<RewardList>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS} FROM reward_list r WHERE r.county_id = $1 AND r.list_id = $2");
    tx.fetch_optional(sql, &values![county_id, list_id]).await?.as_ref().map(read).transpose()
}

/// All of them, the newest first, for whoever sees the whole county.
pub async fn list(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<Summed>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let of = |what: &str, from: &str, condition: &str| {
        format!(
            "(SELECT CAST({what} AS BIGINT) FROM {from} x
              WHERE x.county_id = r.county_id AND x.list_id = r.list_id{condition})"
        )
    };
    // An entry and the one that takes it out come to nothing, and are none.
    let counted = "COALESCE(sum(CASE WHEN x.reverses IS NULL THEN 1 ELSE -1 END), 0)";
    let sql = format!(
        "SELECT {COLUMNS}, {}, {}, {}, {} FROM reward_list r WHERE r.county_id = $1
         ORDER BY r.list_id DESC LIMIT $2",
        of(counted, "reward_entry", ""),
        of("COALESCE(sum(x.amount_fen), 0)", "reward_entry", ""),
        of("COALESCE(sum(x.amount_fen), 0)", "reward_payment", ""),
        of("count(*)", "reward_objection", " AND x.state = 'open'")
    );
    let rows = tx.fetch_all(sql, &values![county_id, limit]).await?;
    rows.iter()
        .map(|row| {
            let (list, entries) = (read(row)?, row.int(11)?);
            Ok(Summed { list, entries, amount_fen: row.fen(12)?, paid_fen: row.fen(13)?, open: row.int(14)? })
        })
        .collect()
}

/// How many lists and objections wait for an account that may check: nobody checks their own work.
pub async fn waiting(tx: &mut Tx, scope: &Scope, account_id: i64, today: Date) -> Result<i64, Error> {
    let Some(county_id) = scope.whole() else { return Ok(0) };
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM reward_list WHERE county_id = $1 AND maker_id <> $2
               AND (state = 'draft' OR (state = 'public' AND public_until < $3))";
    let lists = tx.fetch_one(sql, &values![county_id, account_id, today]).await?.int(0)?;
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM reward_objection
               WHERE county_id = $1 AND maker_id <> $2 AND state = 'open'";
    Ok(lists + tx.fetch_one(sql, &values![county_id, account_id]).await?.int(0)?)
}

/// Notes what was done with a list.
pub async fn add_step(
    tx: &mut Tx,
    county_id: i64,
    stamp: Stamp,
    list_id: i64,
    step: &ListStep,
) -> Result<(), Error> {
    let sql = "INSERT INTO reward_step (county_id, list_id, change_seq, kind, at, account_id, actor, note)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let bound = values![
        county_id,
        list_id,
        stamp.change_seq,
        step.kind.as_str(),
        stamp.at,
        step.account_id,
        step.actor.as_str(),
        step.note.as_str()
    ];
    tx.execute(sql, &bound).await?;
    Ok(())
}

/// What was done with a list, in order, for whoever sees the whole county.
pub async fn steps(tx: &mut Tx, scope: &Scope, list_id: i64) -> Result<Vec<ListStep>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT kind, at, account_id, actor, note FROM reward_step
               WHERE county_id = $1 AND list_id = $2 ORDER BY change_seq";
    let rows = tx.fetch_all(sql, &values![county_id, list_id]).await?;
    let read = |row: &Row| {
        Ok(ListStep {
            kind: row.text(0)?,
            at: row.int(1)?,
            account_id: row.int(2)?,
            actor: row.text(3)?,
            note: row.text(4)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Settled loans of a pack by their settlement day, after an id and at most so many.
pub async fn settled(
    tx: &mut Tx,
    county_id: i64,
    pack_id: &str,
    (from, until): (Date, Date),
    (after, limit): (i64, i64),
) -> Result<Vec<i64>, Error> {
    let sql = "SELECT loan_id FROM loan WHERE county_id = $1 AND pack_id = $2 AND settled_on >= $3 AND settled_on <= $4
               AND loan_id > $5 AND gone = 0 ORDER BY loan_id LIMIT $6";
    let bound = values![county_id, pack_id, from, until, after, limit];
    tx.fetch_all(sql, &bound).await?.iter().map(|row| row.int(0)).collect()
}

fn read(row: &Row) -> Result<RewardList, Error> {
    let word = row.text(3)?;
    let (from, until) = (row.date_or_none(7)?, row.date_or_none(8)?);
    Ok(RewardList {
        list_id: row.int(0)?,
        from_on: row.date(1)?,
        until_on: row.date(2)?,
        state: ListState::from_key(&word).ok_or(Error::Value { column: 3, found: word })?,
        made_on: row.date(4)?,
        maker_id: row.int(5)?,
        maker: row.text(6)?,
        public: from.zip(until),
        public_place: row.text(9)?,
        version: row.int(10)?,
    })
}
