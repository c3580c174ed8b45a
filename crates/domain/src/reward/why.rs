//! Why a loan earns no reward.

use jiff::civil::Date;

use crate::policy::edit::VALUES;

/// Why a loan earns somebody nothing. Doors put it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// Something is still owed.
    NotSettled,
    /// It was repaid after the day.
    Late {
        /// By when it had to be.
        by_on: Date,
        /// When it was.
        settled_on: Date,
    },
    /// It was repaid by the day of a ledger which gives no other: that may have been in time, or late. The bank knows.
    DayUnknown {
        /// By when it had to be.
        by_on: Date,
        /// By when it was.
        settled_on: Date,
    },
    /// It is on record that the money was not used for its purpose, or may not have been.
    Misused,
    /// It was repaid by the day to which it was extended, and an extension does not count.
    Extended {
        /// The day to which it was.
        to: Date,
    },
    /// It was renewed or renews another, and that does not count.
    Renewed,
    /// It was settled by a renewal: what comes of it is seen at the end of the chain.
    ChainGoesOn,
    /// It was repaid in parts, and that does not count.
    InParts {
        /// On how many days.
        parts: u32,
    },
    /// It was repaid early, and had not run for as long as it had to.
    TooEarly {
        /// How many days it ran.
        ran: u32,
        /// How many it had to.
        least: u32,
    },
    /// It did not run for a full year, and the reward is one for each.
    NoFullYear,
    /// The reward is reckoned on the line, which the book does not know.
    NoLine,
    /// Its borrower is not known as a household.
    NoHousehold,
    /// No enterprise carries it.
    NoEnterprise,
    /// Less than a fen, or more than can be reckoned.
    NotReckoned,
    /// The pack does not say what it has to.
    Unknown {
        /// The place of the value in a pack's file.
        place: &'static str,
    },
}

impl WhyNot {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            WhyNot::NotSettled => "not-settled",
            WhyNot::Late { .. } => "late",
            WhyNot::DayUnknown { .. } => "day-unknown",
            WhyNot::Misused => "misused",
            WhyNot::Extended { .. } => "extended",
            WhyNot::Renewed => "renewed",
            WhyNot::ChainGoesOn => "chain-goes-on",
            WhyNot::InParts { .. } => "in-parts",
            WhyNot::TooEarly { .. } => "too-early",
            WhyNot::NoFullYear => "no-full-year",
            WhyNot::NoLine => "no-line",
            WhyNot::NoHousehold => "no-household",
            WhyNot::NoEnterprise => "no-enterprise",
            WhyNot::NotReckoned => "not-reckoned",
            WhyNot::Unknown { .. } => "unknown",
        }
    }

    /// What it says besides its key, as it is stored.
    pub fn detail(self) -> String {
        match self {
            WhyNot::Late { by_on, settled_on } | WhyNot::DayUnknown { by_on, settled_on } => {
                format!("{by_on} {settled_on}")
            }
            WhyNot::Extended { to } => to.to_string(),
            WhyNot::InParts { parts } => parts.to_string(),
            WhyNot::TooEarly { ran, least } => format!("{ran} {least}"),
            WhyNot::Unknown { place } => place.to_owned(),
            WhyNot::NotSettled
            | WhyNot::Misused
            | WhyNot::Renewed
            | WhyNot::ChainGoesOn
            | WhyNot::NoFullYear
            | WhyNot::NoLine
            | WhyNot::NoHousehold
            | WhyNot::NoEnterprise
            | WhyNot::NotReckoned => String::new(),
        }
    }

    /// What was stored as a key and what it says besides.
    pub fn from_key(key: &str, detail: &str) -> Option<WhyNot> {
        let (first, second) = detail.split_once(' ').unwrap_or((detail, ""));
        let days = || Some((first.parse().ok()?, second.parse().ok()?));
        Some(match key {
            "not-settled" => WhyNot::NotSettled,
            "late" => days().map(|(by_on, settled_on)| WhyNot::Late { by_on, settled_on })?,
            "day-unknown" => days().map(|(by_on, settled_on)| WhyNot::DayUnknown { by_on, settled_on })?,
            "misused" => WhyNot::Misused,
            "extended" => WhyNot::Extended { to: first.parse().ok()? },
            "renewed" => WhyNot::Renewed,
            "chain-goes-on" => WhyNot::ChainGoesOn,
            "in-parts" => WhyNot::InParts { parts: first.parse().ok()? },
            "too-early" => WhyNot::TooEarly { ran: first.parse().ok()?, least: second.parse().ok()? },
            "no-full-year" => WhyNot::NoFullYear,
            "no-line" => WhyNot::NoLine,
            "no-household" => WhyNot::NoHousehold,
            "no-enterprise" => WhyNot::NoEnterprise,
            "not-reckoned" => WhyNot::NotReckoned,
            "unknown" => {
                let place = VALUES.iter().map(|(place, _)| *place).find(|place| *place == first)?;
                WhyNot::Unknown { place }
            }
            _ => return None,
        })
    }

    /// True for a loan of which a list of rewards says why it is not on it: somebody who repaid may ask. What lies at the
    /// loan itself, that nobody carries it or that something is owed, is no such question.
    pub const fn is_told(self) -> bool {
        !matches!(self, WhyNot::NotSettled | WhyNot::NoEnterprise)
    }
}
