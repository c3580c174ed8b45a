//! A list is made, checked, shown in public, and approved.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::ledger::{AccountKind, Transaction};
use bangfu_domain::loan::add_days;
use bangfu_domain::money::Fen;
use bangfu_domain::policy::PublicityDays;
use bangfu_domain::reward::{ListDeed, ListState, ObjectionState, publicity_ends};
use bangfu_store::reward::{self, Entry, ListStep, RewardList};
use bangfu_store::{Db, Tx, audit, county, ledger};
use jiff::civil::Date;
use serde_json::json;

use super::gather::{self, Frozen};
use super::{RewardFault, Seen, WORDS_MAX, advance, seen};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::proposal::ProposalFault;
use crate::reason::sound_reason;
use crate::rules::Rules;

/// A publicity begins within so many days of its announcement.
const PUBLIC_WITHIN_DAYS: i32 = 60;

/// Makes a list of what was earned by loans that were settled in a period and are on no list; its id.
pub async fn propose(
    db: &Db,
    ctx: &Ctx,
    account_id: i64,
    (from_on, until_on): (Date, Date),
) -> Result<i64, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    if from_on > until_on || until_on > ctx.today {
        return Err(RewardFault::Period.into());
    }
    in_write!(db, county_id, |tx| async {
        let county = county::get(tx, county_id).await?;
        let rules = Rules::load(tx, &county, None).await?;
        let mut gathered = gather::gather(tx, county_id, &rules, (from_on, until_on), ctx.today).await?;
        if gathered.entries.is_empty() {
            return Err(RewardFault::Nothing.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let list_id = county::take_ids(tx, county_id, 1).await?;
        let first = county::take_ids(tx, county_id, gathered.entries.len()).await?;
        for (entry_id, entry) in (first..).zip(&mut gathered.entries) {
            *entry = Entry { entry_id, list_id, ..entry.clone() };
        }
        let list = RewardList {
            list_id,
            from_on,
            until_on,
            state: ListState::Draft,
            made_on: ctx.today,
            maker_id: account_id,
            maker: ctx.actor.clone(),
            public: None,
            public_place: String::new(),
            version: 1,
        };
        reward::add(tx, county_id, &list).await?;
        reward::add_entries(tx, county_id, stamp.at, &gathered.entries).await?;
        reward::claim(tx, county_id, &gathered.entries).await?;
        reward::add_missed(tx, county_id, list_id, &gathered.missed).await?;
        let (kind, note) = (ListDeed::Made.key().to_owned(), String::new());
        let step = ListStep { kind, at: stamp.at, account_id, actor: ctx.actor.clone(), note };
        reward::add_step(tx, county_id, stamp, list_id, &step).await?;
        let sum: Fen = gathered.entries.iter().map(|one| one.amount_fen).sum();
        let facts = json!({ "list": list_id, "from": from_on, "until": until_on, "entries": gathered.entries.len(),
                            "amount_fen": sum, "missed": gathered.missed.len() });
        audit::add(tx, county_id, stamp, &ctx.entry("reward-proposed", list_id.to_string(), &facts)).await?;
        Ok::<i64, Error>(list_id)
    })
}

/// Checks a list that somebody else made (复核).
pub async fn check(db: &Db, ctx: &Ctx, by: Seen, note: &str) -> Result<(), Error> {
    let note = opinion(note)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let was = seen(tx, ctx, by, &[ListState::Draft]).await?;
        refuse_own(&was, by)?;
        hold_against_the_book(tx, ctx, &was).await?;
        let now = RewardList { state: ListState::Checked, ..was.clone() };
        advance(
            tx,
            ctx,
            by.account_id,
            (&was, &now),
            ("reward-checked", ListDeed::Checked, &note),
            json!({}),
        )
        .await?;
        Ok::<(), Error>(())
    })
}

/// Says no to a list that somebody else made: its loans are free again.
pub async fn reject(db: &Db, ctx: &Ctx, by: Seen, reason: &str) -> Result<(), Error> {
    let reason = sound_reason(reason, ProposalFault::NoReason.into())?;
    in_write!(db, ctx.county_id(), |tx| async {
        let states = [ListState::Draft, ListState::Checked, ListState::Public];
        let was = seen(tx, ctx, by, &states).await?;
        refuse_own(&was, by)?;
        give_up(tx, ctx, by, (&was, ListState::Rejected), ("reward-rejected", ListDeed::Rejected, &reason))
            .await
    })
}

/// Takes back a list that one has made oneself, before it is checked: its loans are free again.
pub async fn withdraw(db: &Db, ctx: &Ctx, by: Seen, reason: &str) -> Result<(), Error> {
    let reason = sound_reason(reason, ProposalFault::NoReason.into())?;
    in_write!(db, ctx.county_id(), |tx| async {
        let was = seen(tx, ctx, by, &[ListState::Draft]).await?;
        if was.maker_id != by.account_id {
            return Err(ProposalFault::NotMaker.into());
        }
        give_up(tx, ctx, by, (&was, ListState::Withdrawn), ("reward-withdrawn", ListDeed::Withdrawn, &reason))
            .await
    })
}

async fn give_up(
    tx: &mut Tx,
    ctx: &Ctx,
    by: Seen,
    (was, state): (&RewardList, ListState),
    what: (&'static str, ListDeed, &str),
) -> Result<(), Error> {
    let now = RewardList { state, ..was.clone() };
    advance(tx, ctx, by.account_id, (was, &now), what, json!({})).await?;
    Ok(reward::disclaim_list(tx, ctx.county_id(), was.list_id).await?)
}

/// Shows a checked list in public from a day on, for as long as the packs of its loans say.
pub async fn publish(db: &Db, ctx: &Ctx, by: Seen, from: Date, place: &str) -> Result<(), Error> {
    let place = words(place).ok_or(RewardFault::Place { max: WORDS_MAX })?;
    in_write!(db, ctx.county_id(), |tx| async {
        let was = seen(tx, ctx, by, &[ListState::Checked]).await?;
        if from < was.made_on || from > add_days(ctx.today, PUBLIC_WITHIN_DAYS) {
            return Err(RewardFault::PublicFrom.into());
        }
        let until = public_until(tx, ctx, &was, from).await?;
        let now = RewardList {
            state: ListState::Public,
            public: Some((from, until)),
            public_place: place.clone(),
            ..was.clone()
        };
        advance(
            tx,
            ctx,
            by.account_id,
            (&was, &now),
            ("reward-published", ListDeed::Published, ""),
            json!({}),
        )
        .await?;
        Ok::<(), Error>(())
    })
}

/// The last day of a list's publicity: of several packs, the one that asks for the longest decides.
async fn public_until(tx: &mut Tx, ctx: &Ctx, list: &RewardList, from: Date) -> Result<Date, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let mut packs = BTreeSet::new();
    for entry in reward::entries(tx, &ctx.scope, list.list_id).await? {
        packs.insert(Frozen::of(&entry)?.pack);
    }
    let mut until = from;
    for pack in rules.packs().iter().filter(|pack| packs.contains(&pack.id)) {
        let open = |place| RewardFault::PackValue { place, pack: pack.id.clone() };
        let days = pack.reward.publicity_days.value.ok_or_else(|| open("reward.publicity_days"))?;
        let are: PublicityDays =
            pack.reward.publicity_days_are.value.ok_or_else(|| open("reward.publicity_days_are"))?;
        until = until.max(publicity_ends(from, days, are, rules.calendar()));
    }
    Ok(until)
}

/// Approves a list once its publicity is over (审批): what it grants is owed from then on.
pub async fn approve(db: &Db, ctx: &Ctx, by: Seen, note: &str) -> Result<(), Error> {
    let note = opinion(note)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let was = seen(tx, ctx, by, &[ListState::Public]).await?;
        refuse_own(&was, by)?;
        let until = was.public.map_or(Date::MAX, |(_, until)| until);
        if ctx.today <= until {
            return Err(RewardFault::StillPublic { until }.into());
        }
        let objections = reward::objections(tx, &ctx.scope, was.list_id).await?;
        if objections.iter().any(|one| one.state == ObjectionState::Open) {
            return Err(RewardFault::OpenObjection.into());
        }
        let sum = hold_against_the_book(tx, ctx, &was).await?;
        let now = RewardList { state: ListState::Approved, ..was.clone() };
        let facts = json!({ "amount_fen": sum });
        let what = ("reward-approved", ListDeed::Approved, note.as_str());
        let stamp = advance(tx, ctx, by.account_id, (&was, &now), what, facts).await?;
        let granted = Transaction::transfer(AccountKind::RewardExpense, AccountKind::RewardPayable, sum);
        let granted = granted.map_err(|_| RewardFault::Nothing)?;
        let subject = ("reward-approved", was.list_id);
        ledger::post(tx, ctx.county_id(), (stamp, &ctx.actor), ctx.today, subject, &granted).await?;
        Ok::<(), Error>(())
    })
}

/// Holds the entries of a list that stand against what the book knows now; what they come to.
async fn hold_against_the_book(tx: &mut Tx, ctx: &Ctx, list: &RewardList) -> Result<Fen, Error> {
    let standing = standing(&reward::entries(tx, &ctx.scope, list.list_id).await?);
    if standing.is_empty() {
        return Err(RewardFault::Nothing.into());
    }
    let moved = moved(tx, ctx, &standing).await?;
    match standing.iter().find(|entry| moved.contains(&entry.entry_id)) {
        Some(entry) => Err(RewardFault::FactsMoved { number: entry.number.clone() }.into()),
        None => Ok(standing.iter().map(|entry| entry.amount_fen).sum()),
    }
}

/// Which of some entries would be others, or none, by what the book knows now.
pub(super) async fn moved(tx: &mut Tx, ctx: &Ctx, entries: &[Entry]) -> Result<BTreeSet<i64>, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let loans: BTreeSet<i64> = entries.iter().map(|entry| entry.loan_id).collect();
    let loans: Vec<i64> = loans.into_iter().collect();
    let mut known = BTreeMap::new();
    for one in gather::judged(tx, ctx.county_id(), &rules, &loans, ctx.today).await? {
        known.insert(one.loan.loan_id, one);
    }
    let mut moved = BTreeSet::new();
    for entry in entries {
        let earned = known.get(&entry.loan_id).and_then(|one| one.earns(entry.kind, &rules).ok());
        if earned != Some(Frozen::of(entry)?.earned) {
            moved.insert(entry.entry_id);
        }
    }
    Ok(moved)
}

/// The entries of a list that were not taken out.
pub(super) fn standing(entries: &[Entry]) -> Vec<Entry> {
    let out: BTreeSet<i64> = entries.iter().filter_map(|entry| entry.reverses).collect();
    let stands = |entry: &&Entry| entry.reverses.is_none() && !out.contains(&entry.entry_id);
    entries.iter().filter(stands).cloned().collect()
}

fn refuse_own(list: &RewardList, by: Seen) -> Result<(), ProposalFault> {
    if list.maker_id == by.account_id { Err(ProposalFault::OwnWork) } else { Ok(()) }
}

/// What somebody says who agrees: nothing, or words that can be kept.
pub(super) fn opinion(note: &str) -> Result<String, Error> {
    match note.trim() {
        "" => Ok(String::new()),
        _ => Ok(sound_reason(note, ProposalFault::NoReason.into())?),
    }
}

/// A name, a place or a number of a document as it can be kept.
pub(super) fn words(text: &str) -> Option<String> {
    let text = text.trim();
    let is_plain =
        !text.is_empty() && text.chars().count() <= WORDS_MAX && !text.chars().any(char::is_control);
    is_plain.then(|| sound_reason(text, Refusal::NoReason).ok()).flatten()
}
