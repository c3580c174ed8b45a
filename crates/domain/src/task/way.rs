//! How somebody was reached.

/// How somebody was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// At home or in the field (入户).
    Visit,
    /// By phone.
    Phone,
    /// By message.
    Message,
    /// At an office.
    Office,
}

impl Way {
    /// Every way.
    pub const ALL: [Way; 4] = [Way::Visit, Way::Phone, Way::Message, Way::Office];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Way::Visit => "visit",
            Way::Phone => "phone",
            Way::Message => "message",
            Way::Office => "office",
        }
    }

    /// What that word says.
    pub fn from_key(key: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.key() == key)
    }
}
