//! Reminder slips (提醒单): looked through, printed, and handed over.

use std::collections::BTreeMap;
use std::fmt;

use bangfu_domain::message::slip::Text;
use bangfu_store::key::Key;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::slip::{self as stored, SlipFilter, SlipRow};
use bangfu_store::{Db, Tx, audit, bank, county, officer};
use jiff::civil::Date;
use serde_json::json;

use super::{MessageFault, text};
use crate::ctx::Ctx;
use crate::division::Places;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::task::MET_MAX;

/// So many slips are printed or handed over at once.
pub const SLIPS_MAX: usize = 400;

/// What a slip says.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts {
    /// The slip and its loan.
    pub row: SlipRow,
    /// The text with its places.
    pub text: Text,
    /// The credit manager.
    pub manager: Option<String>,
    /// The credit manager's phone, for the borrower to call.
    pub phone: Option<String>,
    /// The branch.
    pub branch: String,
    /// The township.
    pub township: String,
    /// The village.
    pub village: String,
    /// The county.
    pub county: String,
    /// The day on which it is told.
    pub day: Date,
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No phone stands in a log.
        write!(f, "Facts({})", self.row.slip_id)
    }
}

/// A page of slips of the asker's area behind so many, and whether there are more.
pub async fn page(
    tx: &mut Tx,
    ctx: &Ctx,
    filter: SlipFilter,
    (skip, limit): (usize, usize),
) -> Result<(Vec<SlipRow>, bool), Error> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX - 1);
    let most = (number(skip), number(limit) + 1);
    let mut rows = stored::list(tx, &ctx.scope, ctx.today, filter, most).await?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    Ok((rows, is_more))
}

/// What slips say. The managers' phones are opened for it.
pub(super) async fn facts(
    tx: &mut Tx,
    key: &Key,
    ctx: &Ctx,
    rows: Vec<SlipRow>,
) -> Result<Vec<Facts>, Error> {
    let county_id = ctx.county_id();
    let county = county::get(tx, county_id).await?;
    let text = text::in_force(tx, county_id).await?;
    let places = Places::load(tx, county.division_id).await?;
    let branches = bank::branches_on(tx, county_id, ctx.today).await?;
    let branches: BTreeMap<i64, String> =
        branches.into_iter().map(|branch| (branch.branch_id, branch.name)).collect();
    let officers = officer::list(tx, county_id).await?;
    let managers: BTreeMap<i64, (i64, String)> = officers
        .into_iter()
        .filter(|officer| rows.iter().any(|row| row.manager_id == Some(officer.officer_id)))
        .map(|officer| (officer.officer_id, (officer.person_id, officer.name)))
        .collect();
    let persons: Vec<i64> = managers.values().map(|(person_id, _)| *person_id).collect();
    let phones = person::secrets(tx, key, county_id, SecretKind::Phone, &persons).await?;
    let phones: BTreeMap<i64, String> = phones.into_iter().collect();
    let name = county.on(ctx.today).name.clone();
    let of = |row: SlipRow| {
        let manager = row.manager_id.and_then(|id| managers.get(&id));
        let (township, village) = places.village_on(row.village_id, ctx.today);
        Facts {
            text: text.clone(),
            manager: manager.map(|(_, name)| name.clone()),
            phone: manager.and_then(|(person_id, _)| phones.get(person_id)).cloned(),
            branch: branches.get(&row.branch_id).cloned().unwrap_or_default(),
            township: township.to_owned(),
            village: village.to_owned(),
            county: name.clone(),
            day: ctx.today,
            row,
        }
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Slips to be printed: those chosen that lie in the actor's area, or the first of a list. That they were printed is on
/// record, since the managers' phones stand on them.
pub async fn print(db: &Db, ctx: &Ctx, chosen: &[i64], filter: SlipFilter) -> Result<Vec<Facts>, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let rows = match chosen {
            [] => page(tx, ctx, filter, (0, SLIPS_MAX)).await?.0,
            some => stored::some(tx, &ctx.scope, ctx.today, &some[..some.len().min(SLIPS_MAX)]).await?,
        };
        if rows.is_empty() {
            return Err(Refusal::NothingChosen.into());
        }
        let facts = facts(tx, db.key(), ctx, rows).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let told = json!({ "slips": facts.iter().map(|one| one.row.slip_id).collect::<Vec<_>>() });
        let entry = ctx.entry("slips-printed", facts.len().to_string(), &told);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<Vec<Facts>, Error>(facts)
    })
}

/// Notes that slips of the actor's area were handed over; how many were not before.
pub async fn hand_over(db: &Db, ctx: &Ctx, chosen: &[i64], (on, by): (Date, &str)) -> Result<u64, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let by = by.trim();
        let fault = MessageFault::HandedBy { most: MET_MAX };
        if by.chars().count() > MET_MAX || by.chars().any(char::is_control) {
            return Err(fault.into());
        }
        let by = sound_reason(by, Refusal::Message(fault))?;
        let some = &chosen[..chosen.len().min(SLIPS_MAX)];
        let rows = stored::some(tx, &ctx.scope, ctx.today, some).await?;
        if rows.is_empty() {
            return Err(Refusal::NothingChosen.into());
        }
        if on > ctx.today || rows.iter().any(|row| on < row.on_day) {
            return Err(MessageFault::HandedDay.into());
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.slip_id).collect();
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let handed = stored::hand_over(tx, ctx.county_id(), &ids, (on, &by)).await?;
        let facts = json!({ "slips": ids, "on": on, "by": by });
        let entry = ctx.entry("slips-handed-over", handed.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<u64, Error>(handed)
    })
}
