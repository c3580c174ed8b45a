//! What was granted is paid, all of a list or some of its entries; what was paid in error comes back.

use std::collections::BTreeSet;

use bangfu_domain::ledger::{AccountKind, Transaction};
use bangfu_domain::money::Fen;
use bangfu_domain::reward::{ListDeed, ListState, ObjectionState, payable};
use bangfu_store::reward::{self, Entry, Payment};
use bangfu_store::{Db, Tx, county, ledger};
use jiff::civil::Date;
use serde_json::json;

use super::list::words;
use super::{RewardFault, Seen, WORDS_MAX, advance, seen};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

/// A payment as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// The entries that were paid; all that can be where none is named.
    pub entries: Vec<i64>,
    /// The day.
    pub on_day: Date,
    /// The number of its document.
    pub document: String,
}

/// The entries of a list that can be paid.
pub(super) async fn payables(tx: &mut Tx, ctx: &Ctx, list_id: i64) -> Result<Vec<Entry>, Error> {
    let entries = reward::entries(tx, &ctx.scope, list_id).await?;
    let paid: BTreeSet<i64> =
        reward::paid(tx, ctx.county_id(), list_id).await?.into_iter().map(|(entry, _)| entry).collect();
    let objections = reward::objections(tx, &ctx.scope, list_id).await?.into_iter();
    let questioned: BTreeSet<i64> =
        objections.filter(|one| one.state == ObjectionState::Open).filter_map(|one| one.entry_id).collect();
    let known: Vec<(i64, Option<i64>)> = entries.iter().map(|one| (one.entry_id, one.reverses)).collect();
    let can: BTreeSet<i64> = payable(&known, &paid, &questioned).into_iter().collect();
    Ok(entries.into_iter().filter(|one| can.contains(&one.entry_id)).collect())
}

/// Records that entries of an approved list were paid.
pub async fn pay(db: &Db, ctx: &Ctx, by: Seen, new: &NewPayment) -> Result<i64, Error> {
    let document = words(&new.document).ok_or(RewardFault::Document { max: WORDS_MAX })?;
    let wanted: BTreeSet<i64> = new.entries.iter().copied().collect();
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let list = seen(tx, ctx, by, &[ListState::Approved]).await?;
        let shown_until = list.public.map_or(list.made_on, |(_, until)| until);
        if new.on_day > ctx.today || new.on_day <= shown_until {
            return Err(RewardFault::PaidOn.into());
        }
        let mut chosen = payables(tx, ctx, list.list_id).await?;
        if !wanted.is_empty() {
            chosen.retain(|one| wanted.contains(&one.entry_id));
        }
        if chosen.is_empty() || (!wanted.is_empty() && chosen.len() != wanted.len()) {
            return Err(RewardFault::NotPayable.into());
        }
        let sum: Fen = chosen.iter().map(|one| one.amount_fen).sum();
        let payment_id = county::take_ids(tx, county_id, 1).await?;
        let facts = json!({ "payment": payment_id, "entries": chosen.len(), "amount_fen": sum, "on": new.on_day,
                            "document": document });
        let what = ("reward-paid", ListDeed::Paid, document.as_str());
        let stamp = advance(tx, ctx, by.account_id, (&list, &list), what, facts).await?;
        let payment = Payment {
            payment_id,
            list_id: list.list_id,
            on_day: new.on_day,
            document: document.clone(),
            amount_fen: sum,
            account_id: by.account_id,
            actor: ctx.actor.clone(),
            made_at: stamp.at,
        };
        let ids: Vec<i64> = chosen.iter().map(|one| one.entry_id).collect();
        reward::add_payment(tx, county_id, &payment, &ids).await?;
        // As much may come back as is paid: then no money moves.
        if let Ok(paid) = Transaction::transfer(AccountKind::RewardPayable, AccountKind::TreasuryCash, sum) {
            let subject = ("reward-paid", payment_id);
            ledger::post(tx, county_id, (stamp, &ctx.actor), new.on_day, subject, &paid).await?;
        }
        Ok::<i64, Error>(payment_id)
    })
}
