//! Messages (消息): queued in the transaction that makes what they tell of, each once, and sent after it.

pub mod act;
pub mod address;
pub mod fault;
pub mod list;
pub mod office;
pub mod send;
pub mod sending;
pub mod slip;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::message::desk::Desk;
use bangfu_domain::message::{Channel, Kind, State, message_key};
use bangfu_domain::policy::Recipient;
use bangfu_store::alert::Alert;
use bangfu_store::message::Message;
use bangfu_store::notice::Notice;
use bangfu_store::office_address::{self, OfficeAddress};
use bangfu_store::person::SecretKind;
use bangfu_store::slip::Slip;
use bangfu_store::weekly::WeeklyList;
use bangfu_store::{Scope, Tx, county, loan, message, person, sending as chosen, slip as stored};

use crate::error::Error;

pub use fault::MessageFault;

/// What waits to be sent, before it has an id.
struct Waiting {
    key: String,
    channel: Channel,
    kind: Kind,
    subject_id: i64,
    address_id: Option<i64>,
    at_once: bool,
}

async fn queue(tx: &mut Tx, county_id: i64, at: i64, waiting: Vec<Waiting>) -> Result<usize, Error> {
    let first = county::take_ids(tx, county_id, waiting.len()).await?;
    let messages: Vec<Message> = (first..)
        .zip(waiting)
        .map(|(message_id, one)| Message {
            message_id,
            key: one.key,
            channel: one.channel,
            kind: one.kind,
            subject_id: one.subject_id,
            address_id: one.address_id,
            at_once: one.at_once,
            state: State::Queued,
            attempts: 0,
            next_at: Some(at),
            cause: None,
            queued_at: at,
            tried_at: None,
            settled_at: None,
            version: 1,
        })
        .collect();
    message::add(tx, county_id, &messages).await?;
    Ok(messages.len())
}

/// The addresses at which desks are told, by desk and place.
async fn addresses(tx: &mut Tx, county_id: i64) -> Result<BTreeMap<(Desk, i64), Vec<OfficeAddress>>, Error> {
    let mut desks: BTreeMap<(Desk, i64), Vec<OfficeAddress>> = BTreeMap::new();
    for address in office_address::all(tx, county_id).await?.into_iter().filter(|address| !address.ended) {
        desks.entry((address.desk, address.place_id)).or_default().push(address);
    }
    Ok(desks)
}

/// Queues the notices of a day for every way by which their offices are told; how many messages.
pub(crate) async fn queue_notices(
    tx: &mut Tx,
    county_id: i64,
    at: i64,
    notices: &[Notice],
) -> Result<usize, Error> {
    let desks = addresses(tx, county_id).await?;
    let mut waiting = Vec::new();
    for notice in notices {
        let desk = (Desk::Office(notice.recipient), notice.place_id);
        for address in desks.get(&desk).into_iter().flatten() {
            let (day, place) = (notice.on_day.to_string(), notice.place_id.to_string());
            let pace = if notice.at_once { "at-once" } else { "digest" };
            let parts = ["notice", &day, notice.recipient.key(), &place, pace, address.channel.key()];
            waiting.push(Waiting {
                key: message_key(county_id, &parts),
                channel: address.channel,
                kind: Kind::Notice,
                subject_id: notice.notice_id,
                address_id: Some(address.address_id),
                at_once: notice.at_once,
            });
        }
    }
    queue(tx, county_id, at, waiting).await
}

/// Queues a week's list for every way by which the leader is told.
pub(crate) async fn queue_weekly(
    tx: &mut Tx,
    county: &county::County,
    at: i64,
    list: &WeeklyList,
) -> Result<usize, Error> {
    let desks = addresses(tx, county.county_id).await?;
    let day = list.on_day.to_string();
    let own = desks.get(&(Desk::Leader, county.division_id)).into_iter().flatten();
    let waiting = own.map(|address| Waiting {
        key: message_key(county.county_id, &["weekly", &day, address.channel.key()]),
        channel: address.channel,
        kind: Kind::Weekly,
        subject_id: list.list_id,
        address_id: Some(address.address_id),
        at_once: false,
    });
    queue(tx, county.county_id, at, waiting.collect()).await
}

/// Makes a slip of each level of which a borrower is to hear, once in a term, and queues a short message in its stead where
/// the county sends those and a phone is known.
pub(crate) async fn queue_slips(
    tx: &mut Tx,
    county_id: i64,
    at: i64,
    alerts: &[Alert],
    level: &str,
) -> Result<(), Error> {
    let told = |alert: &&Alert| alert.kind == level && alert.told.contains(&Recipient::Borrower);
    let alerts: Vec<&Alert> = alerts.iter().filter(told).collect();
    if alerts.is_empty() {
        return Ok(());
    }
    let first = county::take_ids(tx, county_id, alerts.len()).await?;
    let slips: Vec<Slip> = (first..)
        .zip(&alerts)
        .map(|(slip_id, alert)| Slip {
            slip_id,
            loan_id: alert.loan_id,
            level: alert.level,
            about_on: alert.about_on,
            on_day: alert.on_day,
        })
        .collect();
    let fresh: BTreeSet<i64> = stored::add(tx, county_id, &slips).await?.into_iter().collect();
    if fresh.is_empty() || !chosen::get(tx, &Scope::county(county_id)).await?.sms {
        return Ok(());
    }
    let slips: Vec<(&Slip, bool)> = slips
        .iter()
        .zip(&alerts)
        .filter(|(slip, _)| fresh.contains(&slip.slip_id))
        .map(|(slip, alert)| (slip, alert.at_once))
        .collect();
    let loans: Vec<i64> = slips.iter().map(|(slip, _)| slip.loan_id).collect();
    let borrowers: BTreeMap<i64, i64> =
        loan::borrowers_of(tx, county_id, &loans).await?.into_iter().collect();
    let persons: BTreeSet<i64> = borrowers.values().copied().collect();
    let persons: Vec<i64> = persons.into_iter().collect();
    let phones = person::hashes(tx, county_id, SecretKind::Phone, &persons).await?;
    let reached: BTreeSet<i64> = phones.into_iter().map(|(person_id, _)| person_id).collect();
    let is_reached = |slip: &Slip| borrowers.get(&slip.loan_id).is_some_and(|id| reached.contains(id));
    let waiting = slips.iter().filter(|(slip, _)| is_reached(slip)).map(|(slip, at_once)| {
        let (loan, day) = (slip.loan_id.to_string(), slip.about_on.to_string());
        let parts = ["slip", &loan, slip.level.key(), &day, Channel::Sms.key()];
        Waiting {
            key: message_key(county_id, &parts),
            channel: Channel::Sms,
            kind: Kind::Slip,
            subject_id: slip.slip_id,
            address_id: None,
            at_once: *at_once,
        }
    });
    queue(tx, county_id, at, waiting.collect()).await?;
    Ok(())
}
