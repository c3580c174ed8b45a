//! Why a message, an address, a slip or its text is refused.

use bangfu_domain::message::address::{ADDRESS_MAX, AddressFault};
use bangfu_domain::message::slip::{TEXT_MAX, TextFault};

use crate::error::{Error, Refusal};

/// Why not. Doors render it in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageFault {
    /// It stands otherwise by now: it was sent, or is being sent.
    MovedOn,
    /// No office is chosen, or none that there is.
    NoDesk,
    /// No way is chosen.
    NoChannel,
    /// Not a mailbox.
    Mailbox,
    /// Not an encrypted address, nor one of this machine.
    Url {
        /// The most characters.
        most: usize,
    },
    /// A robot's address without its key.
    Robot,
    /// Nothing signs what a receiver is to believe, or it is too long or too short.
    Secret {
        /// The fewest characters.
        least: usize,
        /// The most characters.
        most: usize,
    },
    /// The office has an address of this kind.
    Taken,
    /// A slip's text is missing or too long.
    TextLength {
        /// The most characters.
        most: usize,
    },
    /// A brace of a slip's text opens or closes nothing.
    TextBrace,
    /// A place of a slip's text is none.
    TextUnknown {
        /// The word.
        word: String,
    },
    /// A slip's text lacks a place.
    TextLacks {
        /// Its word.
        word: String,
    },
    /// The day on which a slip was handed over has not come, or lies before the slip.
    HandedDay,
    /// Who handed slips over is not said, or in too many words.
    HandedBy {
        /// The most characters.
        most: usize,
    },
}

impl MessageFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            MessageFault::MovedOn => "message-moved-on",
            MessageFault::NoDesk => "message-no-desk",
            MessageFault::NoChannel => "message-no-channel",
            MessageFault::Mailbox => "message-mailbox",
            MessageFault::Url { .. } => "message-url",
            MessageFault::Robot => "message-robot",
            MessageFault::Secret { .. } => "message-secret",
            MessageFault::Taken => "message-taken",
            MessageFault::TextLength { .. } => "message-text-length",
            MessageFault::TextBrace => "message-text-brace",
            MessageFault::TextUnknown { .. } => "message-text-unknown",
            MessageFault::TextLacks { .. } => "message-text-lacks",
            MessageFault::HandedDay => "message-handed-day",
            MessageFault::HandedBy { .. } => "message-handed-by",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            MessageFault::Url { most }
            | MessageFault::TextLength { most }
            | MessageFault::HandedBy { most } => vec![("most", most.to_string())],
            MessageFault::Secret { least, most } => {
                vec![("least", least.to_string()), ("most", most.to_string())]
            }
            MessageFault::TextUnknown { word } | MessageFault::TextLacks { word } => {
                vec![("word", word.clone())]
            }
            _ => Vec::new(),
        }
    }
}

impl From<MessageFault> for Error {
    fn from(fault: MessageFault) -> Error {
        Refusal::Message(fault).into()
    }
}

impl From<AddressFault> for MessageFault {
    fn from(fault: AddressFault) -> MessageFault {
        match fault {
            AddressFault::Mailbox => MessageFault::Mailbox,
            AddressFault::Url => MessageFault::Url { most: ADDRESS_MAX },
            AddressFault::Robot => MessageFault::Robot,
        }
    }
}

impl From<TextFault> for Refusal {
    fn from(fault: TextFault) -> Refusal {
        Refusal::Message(match fault {
            TextFault::Identity => return Refusal::IdentityInReason,
            TextFault::Empty | TextFault::Long => MessageFault::TextLength { most: TEXT_MAX },
            TextFault::Brace => MessageFault::TextBrace,
            TextFault::Unknown(word) => MessageFault::TextUnknown { word },
            TextFault::Lacks(place) => MessageFault::TextLacks { word: place.key().to_owned() },
        })
    }
}
