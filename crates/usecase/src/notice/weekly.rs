//! The leader's list (主要负责人每周一览): what was told upward and is not done, by township. One a week, no messages besides.

use std::collections::BTreeMap;

use bangfu_domain::message::weekly::due;
use bangfu_domain::warning::Standing;
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::weekly::{self, WeeklyList};
use bangfu_store::{Scope, Tx, sending};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::message::queue_weekly;
use crate::rules::Rules;

/// So many lists are offered.
const SHOWN: i64 = 12;

/// What a list says of a township.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TownshipLine {
    /// The township; 0 where a village lies in none.
    pub township_id: i64,
    /// Loans whose handling was late for so long that the county heard of it.
    pub late_long: i64,
    /// Loans whose level lasted for so long that the supervisors heard of it.
    pub lasting: i64,
    /// Those of both that are overdue.
    pub overdue: i64,
    /// All of them.
    pub loans: Vec<i64>,
}

/// What a list says, the township with most loans first.
pub fn lines(list: &WeeklyList) -> Vec<TownshipLine> {
    serde_json::from_str(&list.body).unwrap_or_default()
}

/// The lists that the asker may see, the newest first.
pub async fn lists(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<WeeklyList>, Error> {
    Ok(weekly::lists(tx, &ctx.scope, SHOWN).await?)
}

/// One list.
pub async fn one(tx: &mut Tx, ctx: &Ctx, list_id: i64) -> Result<WeeklyList, Error> {
    Ok(weekly::get(tx, &ctx.scope, list_id).await?.ok_or(Refusal::NotFound)?)
}

/// Makes the list of the week once its weekday is closed, and queues it; how many messages. The opening makes none.
pub(super) async fn make(
    tx: &mut Tx,
    county: &County,
    (stamp, day): (Stamp, Date),
    rules: &Rules,
) -> Result<usize, Error> {
    let scope = Scope::county(county.county_id);
    let weekday = sending::get(tx, &scope).await?.weekly_day;
    // Nobody was told anything before the opening: the first list is that of the first such weekday after it.
    let last = weekly::lists(tx, &scope, 1).await?.first().map(|list| list.on_day).or(county.told_on);
    let Some(on_day) = due(last, day, weekday).filter(|_| last.is_some()) else { return Ok(0) };
    let mut townships: BTreeMap<i64, TownshipLine> = BTreeMap::new();
    for told in weekly::told_upward(tx, &scope, day).await? {
        let township_id = rules.township_on(told.village_id, day).unwrap_or(0);
        let line = townships.entry(township_id).or_default();
        line.township_id = township_id;
        line.late_long += i64::from(told.late_long);
        line.lasting += i64::from(told.lasting);
        line.overdue += i64::from(told.level == Standing::Overdue);
        line.loans.push(told.loan_id);
    }
    let mut lines: Vec<TownshipLine> = townships.into_values().collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.loans.len()), line.township_id));
    let list = WeeklyList {
        list_id: county::take_ids(tx, county.county_id, 1).await?,
        on_day,
        as_of: day,
        body: serde_json::to_string(&lines).expect("invariant: numbers are JSON"),
        made_at: stamp.at,
    };
    weekly::add(tx, county.county_id, &list).await?;
    queue_weekly(tx, county, stamp.at, &list).await
}
