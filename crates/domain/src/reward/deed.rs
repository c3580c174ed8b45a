//! What is done with a list of rewards.

/// Something that was done with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListDeed {
    /// It was made.
    Made,
    /// A second person checked it.
    Checked,
    /// It began to be shown in public.
    Published,
    /// An objection was recorded.
    Objected,
    /// Somebody asked that an entry be taken out.
    AskedOut,
    /// That was upheld.
    Upheld,
    /// That was dismissed.
    Dismissed,
    /// It was approved.
    Approved,
    /// Whoever checked it said no.
    Rejected,
    /// Its maker took it back.
    Withdrawn,
    /// A payment was recorded.
    Paid,
}

impl ListDeed {
    /// The word for it, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            ListDeed::Made => "made",
            ListDeed::Checked => "checked",
            ListDeed::Published => "published",
            ListDeed::Objected => "objected",
            ListDeed::AskedOut => "asked-out",
            ListDeed::Upheld => "upheld",
            ListDeed::Dismissed => "dismissed",
            ListDeed::Approved => "approved",
            ListDeed::Rejected => "rejected",
            ListDeed::Withdrawn => "withdrawn",
            ListDeed::Paid => "paid",
        }
    }
}
