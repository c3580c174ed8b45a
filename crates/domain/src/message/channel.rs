//! The ways by which messages leave.

/// A way by which messages leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail (电子邮件).
    Email,
    /// A county's own receiver, asked with a signed request (Webhook).
    Webhook,
    /// The robot of a WeCom group (企业微信).
    Wecom,
    /// The robot of a DingTalk group (钉钉).
    Dingtalk,
    /// A short message to a borrower's phone (短信).
    Sms,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 5] =
        [Channel::Email, Channel::Webhook, Channel::Wecom, Channel::Dingtalk, Channel::Sms];

    /// Those by which offices are told.
    pub const OF_OFFICES: [Channel; 4] =
        [Channel::Email, Channel::Webhook, Channel::Wecom, Channel::Dingtalk];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Webhook => "webhook",
            Channel::Wecom => "wecom",
            Channel::Dingtalk => "dingtalk",
            Channel::Sms => "sms",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.key() == key)
    }

    /// Whether a receiver can tell a repeat by the message's id: what may have arrived is then simply sent again. A phone
    /// and a group of people cannot.
    pub const fn knows_repeats(self) -> bool {
        matches!(self, Channel::Email | Channel::Webhook)
    }
}
