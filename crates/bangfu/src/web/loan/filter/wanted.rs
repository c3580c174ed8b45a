//! The words of which the address of a list is made.

use bangfu_domain::warning::Standing;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// By due day, the earliest first.
    #[default]
    Due,
    /// By balance, the largest first.
    Balance,
    /// By the borrower's name.
    Name,
    /// By contract number.
    Number,
    /// What is nearest to the words searched for first: whole names, then what begins with them, then what holds them.
    Nearest,
}

impl Sort {
    /// Every order.
    pub(crate) const ALL: [Sort; 5] = [Sort::Due, Sort::Balance, Sort::Name, Sort::Number, Sort::Nearest];

    /// The word in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Sort::Due => "due",
            Sort::Balance => "balance",
            Sort::Name => "name",
            Sort::Number => "number",
            Sort::Nearest => "nearest",
        }
    }
}

/// Which standings a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Wanted {
    /// Everything that owes something (在贷).
    #[default]
    Owing,
    /// One standing.
    One(Standing),
    /// Settled loans too.
    Any,
}

impl Wanted {
    /// The word in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Wanted::Owing => "owing",
            Wanted::One(standing) => standing.key(),
            Wanted::Any => "any",
        }
    }

    /// The choice with that word.
    pub(crate) fn from_key(key: &str) -> Option<Wanted> {
        match key {
            "owing" => Some(Wanted::Owing),
            "any" => Some(Wanted::Any),
            key => Standing::from_key(key).map(Wanted::One),
        }
    }
}

/// A part of a filter that can stand as a chip and be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The words searched for.
    Search,
    /// The identity number or phone searched for.
    Who,
    /// The standing.
    State,
    /// The standing on the day before.
    Was,
    /// The township.
    Township,
    /// The village.
    Village,
    /// The bank branch.
    Branch,
    /// The credit manager.
    Officer,
    /// The officer to whom the households are tied.
    Tied,
    /// The household.
    Household,
    /// What has nothing to watch.
    Quiet,
    /// The enterprise.
    Enterprise,
    /// The month of the due day.
    Due,
    /// The days within which it falls due.
    Within,
}
