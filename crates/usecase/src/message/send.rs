//! Sending: what may go now is taken one by one, and what became of it is written down.
//!
//! That a try has begun is on disk before anything leaves. Where its end is missing, the try was broken off, and only
//! somebody who asks the receiver knows whether it arrived.

use std::fmt;

use bangfu_domain::message::settle::{Cause, CauseKind, Outcome, TRY_SECONDS_MAX, settle as settled};
use bangfu_domain::message::{Channel, Kind, State};
use bangfu_store::county::{self, County};
use bangfu_store::message::{self as stored, Message};
use bangfu_store::notice::{self, Notice};
use bangfu_store::office_address::{self, Target};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::weekly::{self, WeeklyList};
use bangfu_store::{Db, Scope, Tx, audit, loan, slip as slips};
use serde_json::json;

use super::office::Offices;
use super::slip::{Facts, facts};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// Where a message goes.
#[derive(Clone, PartialEq, Eq)]
pub enum To {
    /// To an office's address.
    Office(Target),
    /// To a borrower's phone.
    Phone(String),
}

impl fmt::Debug for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither a phone nor what opens a robot's door stands in a log.
        f.write_str("To(…)")
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A notice to an office, with the name of its place.
    Notice(Notice, String),
    /// A week's list.
    Weekly(WeeklyList),
    /// A level, to a borrower.
    Slip(Box<Facts>),
}

/// A message that is to be tried now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The message; its attempts count the one that begins.
    pub message: Message,
    /// What it says.
    pub what: What,
    /// Where it goes.
    pub to: To,
    /// The county's name on the day.
    pub county: String,
}

/// The next thing that the sender is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing may go now.
    Nothing,
    /// One needed no try any more: there may be others.
    Settled,
    /// This one is tried.
    Try(Box<Claimed>),
}

/// Takes the message that has waited longest of those that may go over these channels now, with `urgent` of the urgent ones
/// alone, and writes down that it is being tried.
pub async fn claim(db: &Db, ctx: &Ctx, (channels, urgent): (&[Channel], bool)) -> Result<Next, Error> {
    let county_id = ctx.county_id();
    // Most often there is nothing: nobody need wait for a turn to write.
    let mut tx = db.read().await?;
    if stored::next(&mut tx, county_id, ctx.micros(), (channels, urgent)).await?.is_none() {
        return Ok(Next::Nothing);
    }
    drop(tx);
    in_write!(db, county_id, |tx| async {
        let Some(mut message) = stored::next(tx, county_id, ctx.micros(), (channels, urgent)).await? else {
            return Ok(Next::Nothing);
        };
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let county = county::get(tx, county_id).await?;
        message.tried_at = Some(ctx.micros());
        let prepared = match &message.kind {
            Kind::Slip => to_borrower(tx, db, ctx, &message).await?,
            Kind::Notice | Kind::Weekly => to_office(tx, db, ctx, (&county, &message)).await?,
        };
        let (what, to) = match prepared {
            Ok(prepared) => prepared,
            Err(outcome) => {
                end(&mut message, ctx.micros(), &outcome);
                stored::put(tx, county_id, &message).await?;
                audit::add(tx, county_id, stamp, &entry(ctx, &message)).await?;
                return Ok(Next::Settled);
            }
        };
        (message.state, message.next_at) = (State::Sending, None);
        message.attempts = message.attempts.saturating_add(1);
        stored::put(tx, county_id, &message).await?;
        let county = county.on(ctx.today).name.clone();
        Ok::<Next, Error>(Next::Try(Box::new(Claimed { message, what, to, county })))
    })
}

type Prepared = Result<(What, To), Outcome>;

/// What goes to an office, and where; the outcome where that is settled without a try.
async fn to_office(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    (county, message): (&County, &Message),
) -> Result<Prepared, Error> {
    let scope = Scope::county(county.county_id);
    let address_id = message.address_id.unwrap_or(0);
    let target = office_address::target(tx, db.key(), county.county_id, address_id).await?;
    let what = match message.kind {
        Kind::Weekly => weekly::get(tx, &scope, message.subject_id).await?.map(What::Weekly),
        _ => match notice::some(tx, &scope, &[message.subject_id]).await?.into_iter().next() {
            Some(notice) => {
                let offices = Offices::load(tx, county, ctx.today).await?;
                let desk = bangfu_domain::message::desk::Desk::Office(notice.recipient);
                let name = offices.name(desk, notice.place_id, notice.on_day);
                Some(What::Notice(notice, name))
            }
            None => None,
        },
    };
    Ok(what.zip(target.map(To::Office)).ok_or(Outcome::Over))
}

/// What goes to a borrower, and to which phone, which is opened here and nowhere before.
async fn to_borrower(tx: &mut Tx, db: &Db, ctx: &Ctx, message: &Message) -> Result<Prepared, Error> {
    let county_id = ctx.county_id();
    let scope = Scope::county(county_id);
    let rows = slips::some(tx, &scope, ctx.today, &[message.subject_id]).await?;
    let owed = rows.into_iter().find(|row| row.balance_fen.is_positive());
    let Some(row) = owed.filter(|row| row.handed.is_none()) else { return Ok(Err(Outcome::Over)) };
    let person = loan::borrower(tx, county_id, row.loan_id).await?;
    let phone = match person {
        Some(id) => person::secret(tx, db.key(), county_id, id, SecretKind::Phone).await?,
        None => None,
    };
    let Some(phone) = phone else {
        return Ok(Err(Outcome::Refused(Cause::bare(CauseKind::NoPhone))));
    };
    let facts = facts(tx, db.key(), ctx, vec![row]).await?.into_iter().next();
    Ok(facts.map(|facts| (What::Slip(Box::new(facts)), To::Phone(phone))).ok_or(Outcome::Over))
}

/// Brings a message to where an outcome leaves it.
fn end(message: &mut Message, now: i64, outcome: &Outcome) {
    let (state, pause) = settled(message.channel, message.attempts, outcome);
    message.state = state;
    message.next_at = pause.map(|seconds| now.saturating_add(seconds.saturating_mul(SECOND)));
    message.cause = match outcome {
        Outcome::Later(cause) | Outcome::Refused(cause) | Outcome::Unknown(cause) => Some(cause.clone()),
        Outcome::Over => Some(Cause::bare(CauseKind::Over)),
        Outcome::Sent => None,
    };
    message.settled_at = matches!(state, State::Sent).then_some(now);
}

fn entry(ctx: &Ctx, message: &Message) -> audit::Entry {
    let facts = json!({ "key": message.key, "channel": message.channel.key(), "kind": message.kind.key(),
                        "of": message.subject_id, "state": message.state.key(), "attempts": message.attempts,
                        "cause": message.cause.as_ref().map(|cause| cause.kind.key()) });
    ctx.entry("message-settled", message.message_id.to_string(), &facts)
}

/// Writes down what came of a try, and says where that leaves the message. Of one that is tried anew by now, or that
/// somebody has settled, nothing is changed.
pub async fn settle(db: &Db, ctx: &Ctx, tried: &Message, outcome: &Outcome) -> Result<State, Error> {
    let county_id = ctx.county_id();
    in_write!(db, county_id, |tx| async {
        let found = stored::get(tx, &Scope::county(county_id), tried.message_id).await?;
        let Some(mut message) = found else { return Ok(State::Dropped) };
        let is_open = matches!(message.state, State::Sending | State::Unsure);
        if !is_open || message.attempts != tried.attempts {
            return Ok(message.state);
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        end(&mut message, ctx.micros(), outcome);
        stored::put(tx, county_id, &message).await?;
        if message.state != State::Failed {
            audit::add(tx, county_id, stamp, &entry(ctx, &message)).await?;
        }
        Ok::<State, Error>(message.state)
    })
}

/// Finds the tries that were broken off: whether they arrived is for somebody to find out (发送待确认). How many.
pub async fn find_broken_off(db: &Db, ctx: &Ctx) -> Result<usize, Error> {
    let county_id = ctx.county_id();
    let before = ctx.micros().saturating_sub(TRY_SECONDS_MAX * SECOND);
    if stored::broken_off(&mut db.read().await?, county_id, before).await?.is_empty() {
        return Ok(0);
    }
    in_write!(db, county_id, |tx| async {
        let found = stored::broken_off(tx, county_id, before).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        for message in &found {
            let mut message = message.clone();
            (message.state, message.next_at) = (State::Unsure, None);
            message.cause = Some(Cause::bare(CauseKind::BrokenOff));
            stored::put(tx, county_id, &message).await?;
            audit::add(tx, county_id, stamp, &entry(ctx, &message)).await?;
        }
        Ok::<usize, Error>(found.len())
    })
}
