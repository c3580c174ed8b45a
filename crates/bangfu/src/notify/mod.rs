//! Sending: what leaves this machine, over which channel, once the county queued it. Nothing does unless it was set.

mod compose;
mod http;
mod mail;
mod robot;
pub(crate) mod sms;
#[cfg(test)]
mod tests;
mod webhook;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bangfu_domain::message::quiet::Quiet;
use bangfu_domain::message::settle::{Cause, CauseKind, Outcome, TRY_SECONDS_MAX};
use bangfu_domain::message::{Channel, State, address};
use bangfu_usecase::Error;
use bangfu_usecase::message::send::{Claimed, Next, To, claim, find_broken_off, settle};
use jiff::Timestamp;

use crate::app::App;
use crate::clock::zone;

pub(crate) use compose::slip_text;
pub(crate) use http::Asker;
pub(crate) use mail::{Encryption, Mail, MailSettings};
pub(crate) use sms::Sms;

/// For how long a try is waited for: shorter than the time after which another process takes it for broken off.
const PATIENCE: Duration = Duration::from_secs(TRY_SECONDS_MAX.unsigned_abs() - 20);

/// What sends, by the settings of this process.
pub(crate) struct Sender {
    /// The mail server.
    pub(crate) mail: Option<Mail>,
    /// How short messages are asked for.
    pub(crate) sms: Option<Sms>,
    /// The machines to which receivers and robots may belong.
    pub(crate) hosts: Vec<String>,
    /// What asks other machines.
    pub(crate) asker: Asker,
    /// The address under which people open these pages.
    pub(crate) pages: Option<String>,
    /// When nobody is disturbed.
    pub(crate) quiet: Option<Quiet>,
    /// Whether what is urgent goes also then.
    pub(crate) quiet_urgent: bool,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({:?})", self.channels())
    }
}

/// What a run of the sender did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Taken.
    pub(crate) sent: u64,
    /// Tried again later.
    pub(crate) failed: u64,
    /// Given up.
    pub(crate) dead: u64,
    /// May have arrived, those included that were found broken off.
    pub(crate) unsure: u64,
    /// Nothing was left to be told.
    pub(crate) dropped: u64,
    /// Whether the rest waits until the quiet hours end.
    pub(crate) quiet: bool,
}

impl Sender {
    /// The channels over which this process can send.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        let is_set = |channel: &Channel| match channel {
            Channel::Email => self.mail.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::Webhook | Channel::Wecom | Channel::Dingtalk => !self.hosts.is_empty(),
        };
        Channel::ALL.into_iter().filter(is_set).collect()
    }

    /// Tries a message. Waits for other machines: not to be called where others would wait.
    fn try_once(&self, claimed: &Claimed, at: Timestamp) -> Outcome {
        let said = compose::compose(claimed, self.pages.as_deref());
        let refused = |kind| Outcome::Refused(Cause::bare(kind));
        match (&claimed.to, claimed.message.channel) {
            (To::Phone(phone), Channel::Sms) => match &self.sms {
                Some(sms) => sms.send(&self.asker, phone, &said.text, &claimed.message.key),
                None => Outcome::Later(Cause::bare(CauseKind::Unreachable)),
            },
            (To::Office(target), Channel::Email) => match &self.mail {
                Some(mail) => mail.send(&target.address, &said, &claimed.message.key, at),
                None => Outcome::Later(Cause::bare(CauseKind::Unreachable)),
            },
            (To::Office(target), channel @ (Channel::Webhook | Channel::Wecom | Channel::Dingtalk)) => {
                // What was typed into a page says where a request goes: only what the server was told lets it go there.
                let Some(host) = address::host(&target.address) else { return refused(CauseKind::Address) };
                if !self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host)) {
                    return Outcome::Refused(Cause::told(CauseKind::Host, host));
                }
                match channel {
                    Channel::Webhook => webhook::send(&self.asker, target, (&said, claimed), at),
                    Channel::Wecom => robot::wecom(&self.asker, target, &said),
                    _ => robot::dingtalk(&self.asker, target, &said, at),
                }
            }
            _ => refused(CauseKind::Address),
        }
    }
}

/// Sends what may go by now, until nothing is left, the quiet hours begin, or the program stops. A demo's people are made
/// up: nobody is told anything there.
pub(crate) async fn send_due(sender: &Arc<Sender>, app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    if app.demo {
        return Ok(tally);
    }
    tally.unsure += u64::try_from(find_broken_off(&app.db, &app.ctx("sender")).await?).unwrap_or(0);
    let channels = sender.channels();
    while !app.stop.is_cancelled() {
        let ctx = app.ctx("sender");
        let local = ctx.at.to_zoned_datetime(zone(&app.time_zone)).datetime();
        tally.quiet = sender.quiet.is_some_and(|quiet| quiet.until(local).is_some());
        if tally.quiet && !sender.quiet_urgent {
            break;
        }
        match claim(&app.db, &ctx, (&channels, tally.quiet)).await? {
            Next::Nothing => break,
            Next::Settled => tally.dropped += 1,
            Next::Try(claimed) => {
                let outcome = tried(sender, &claimed, ctx.at).await;
                match settle(&app.db, &app.ctx("sender"), &claimed.message, &outcome).await? {
                    State::Sent => tally.sent += 1,
                    State::Failed | State::Queued | State::Sending => tally.failed += 1,
                    State::Dead => tally.dead += 1,
                    State::Unsure => tally.unsure += 1,
                    State::Dropped => tally.dropped += 1,
                }
            }
        }
    }
    Ok(tally)
}

/// Tries a message beside everything else; one that takes too long may have arrived.
async fn tried(sender: &Arc<Sender>, claimed: &Claimed, at: Timestamp) -> Outcome {
    let (sender, claimed) = (sender.clone(), claimed.clone());
    let trying = tokio::task::spawn_blocking(move || sender.try_once(&claimed, at));
    match tokio::time::timeout(PATIENCE, trying).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Unknown(Cause::bare(CauseKind::BrokenOff)),
        Err(_) => Outcome::Unknown(Cause::bare(CauseKind::Timeout)),
    }
}
