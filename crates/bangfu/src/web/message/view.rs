//! What the pages of messages show.

use bangfu_domain::message::{Channel, State};
use bangfu_store::message::Message;
use bangfu_usecase::message::list::{About, Line};
use jiff::civil::DateTime;

use crate::texts::{Lang, Value};
use crate::web::frame::Face;
use crate::web::page::Page;

pub(crate) use crate::web::task::view::Tab;

impl Page {
    /// The name of a channel.
    pub(crate) fn channel(&self, channel: &str) -> String {
        self.t(&format!("channel-{channel}"))
    }

    /// The name of a kind of desk.
    pub(crate) fn desk(&self, desk: &str) -> String {
        self.t(&format!("desk-{desk}"))
    }

    /// How far a message has come.
    pub(crate) fn message_state(&self, state: &str) -> String {
        self.t(&format!("message-state-{state}"))
    }
}

/// A message in the list.
#[derive(Debug, Clone)]
pub(crate) struct MessageRow {
    /// Its id.
    pub(crate) id: i64,
    /// What was seen of it.
    pub(crate) version: i64,
    /// By which receivers know it.
    pub(crate) key: String,
    /// The channel.
    pub(crate) channel: &'static str,
    /// What it tells of, in words.
    pub(crate) about: String,
    /// The page of that, where there is one for whoever looks.
    pub(crate) href: Option<String>,
    /// Where it goes.
    pub(crate) shown: String,
    /// Whether it is urgent.
    pub(crate) at_once: bool,
    /// How far it has come.
    pub(crate) state: &'static str,
    /// When that happened.
    pub(crate) at: DateTime,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// Why it was not taken last.
    pub(crate) cause: Option<String>,
    /// When it is tried next.
    pub(crate) next: Option<DateTime>,
    /// Whether it may be sent again.
    pub(crate) again: bool,
    /// Whether somebody may say that it was received.
    pub(crate) received: bool,
}

/// How a notice was sent, in a line.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The channel.
    pub(crate) channel: &'static str,
    /// How far it has come.
    pub(crate) state: &'static str,
    /// When.
    pub(crate) at: DateTime,
}

/// How a message that was sent for a notice stands.
pub(crate) fn way(face: &Face, message: &Message) -> Way {
    Way { channel: message.channel.key(), state: message.state.key(), at: face.local(since(message)) }
}

/// Since when a message stands as it does.
fn since(message: &Message) -> i64 {
    message.settled_at.or(message.tried_at).unwrap_or(message.queued_at)
}

/// A message as a row.
pub(super) fn row(face: &Face, lang: Lang, line: &Line, keeps: bool) -> MessageRow {
    let message = &line.message;
    let (about, href) = about(lang, &line.about);
    let cause = message.cause.as_ref().filter(|_| message.state != State::Sent).map(|cause| {
        let key = format!("message-cause-{}", cause.kind.key());
        lang.text_with(&key, &[("detail", Value::from(cause.detail.as_str()))])
    });
    MessageRow {
        id: message.message_id,
        version: message.version,
        key: message.key.clone(),
        channel: message.channel.key(),
        about,
        href,
        shown: line.shown.clone(),
        at_once: message.at_once,
        state: message.state.key(),
        at: face.local(since(message)),
        attempts: message.attempts,
        cause,
        next: message.next_at.filter(|_| message.state == State::Failed).map(|at| face.local(at)),
        again: keeps && matches!(message.state, State::Dead | State::Unsure | State::Failed),
        received: keeps && message.state == State::Unsure,
    }
}

/// What a message tells of, in words, and the page of it.
fn about(lang: Lang, about: &About) -> (String, Option<String>) {
    match about {
        About::Notice(desk, name, day) => {
            let desk = lang.text(&format!("desk-{}", desk.key()));
            let args = [
                ("desk", Value::from(desk)),
                ("name", Value::from(name.as_str())),
                ("day", Value::from(lang.day_plain(*day))),
            ];
            (lang.text_with("message-about-notice", &args), None)
        }
        About::Borrower(loan_id, name, day) => {
            let args = [("name", Value::from(name.as_str())), ("day", Value::from(lang.day_plain(*day)))];
            (lang.text_with("message-about-borrower", &args), Some(format!("/loans/{loan_id}")))
        }
        About::Weekly(list_id, day) => {
            let day = Value::from(lang.day_plain(*day));
            (lang.text_with("message-about-weekly", &[("day", day)]), Some(super::weekly::path(*list_id)))
        }
        About::Gone => (lang.text("message-about-gone"), None),
    }
}

/// The channels on which something waits that this server was not set for.
pub(super) fn unset(face: &Face, waiting: &[Line]) -> Vec<&'static str> {
    let set = face.app.sender.as_ref().map(|sender| sender.channels()).unwrap_or_default();
    let waits = |channel: &Channel| waiting.iter().any(|line| line.message.channel == *channel);
    let lacking = Channel::ALL.into_iter().filter(|channel| !set.contains(channel) && waits(channel));
    lacking.map(Channel::key).collect()
}
