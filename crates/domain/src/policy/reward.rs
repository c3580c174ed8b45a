//! What a pack says of rewards (奖励): how much, on what, and what counts as on time.

use super::{Setting, Status};
use crate::rate::Rate;

/// What the reward is reckoned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewardBase {
    /// The amount lent (贷款金额).
    AmountLent,
    /// The line that was granted (授信额度).
    CreditLine,
}

/// How often a loan earns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewardOften {
    /// Once for the whole loan.
    Once,
    /// Once for each full year that the loan ran.
    EachYear,
}

/// Whose loan earns an enterprise its reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewardFor {
    /// The loans of the households that it carries.
    LoansCarried,
    /// The loans that it borrowed itself.
    LoansOwn,
}

/// Whether a loan that was renewed earns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterRenewal {
    /// No loan that was renewed, or that renews another.
    No,
    /// The last loan of the chain, when it is repaid on time.
    EndOfChain,
}

/// Which days count between the first and the last of a publicity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicityDays {
    /// Every day.
    Calendar,
    /// Working days.
    Working,
}

/// A word of a pack's file that stands for one of some choices.
pub trait Choice: Sized + Copy + PartialEq + 'static {
    /// Every choice with its word.
    const ALL: &'static [(&'static str, Self)];

    /// The word for it.
    fn key(self) -> &'static str {
        Self::ALL.iter().find(|(_, choice)| *choice == self).map_or("", |(word, _)| word)
    }

    /// What a word means.
    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == key).map(|(_, choice)| *choice)
    }
}

impl Choice for RewardBase {
    const ALL: &'static [(&'static str, RewardBase)] =
        &[("amount-lent", RewardBase::AmountLent), ("credit-line", RewardBase::CreditLine)];
}

impl Choice for RewardOften {
    const ALL: &'static [(&'static str, RewardOften)] =
        &[("once", RewardOften::Once), ("each-year", RewardOften::EachYear)];
}

impl Choice for RewardFor {
    const ALL: &'static [(&'static str, RewardFor)] =
        &[("loans-carried", RewardFor::LoansCarried), ("loans-own", RewardFor::LoansOwn)];
}

impl Choice for AfterRenewal {
    const ALL: &'static [(&'static str, AfterRenewal)] =
        &[("no", AfterRenewal::No), ("end-of-chain", AfterRenewal::EndOfChain)];
}

impl Choice for PublicityDays {
    const ALL: &'static [(&'static str, PublicityDays)] =
        &[("calendar", PublicityDays::Calendar), ("working", PublicityDays::Working)];
}

impl Choice for bool {
    const ALL: &'static [(&'static str, bool)] = &[("no", false), ("yes", true)];
}

/// What a pack says of rewards. Where a value is missing that a loan's case asks for, that loan earns nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRule {
    /// The household's reward in percent of the base.
    pub household: Setting<Rate>,
    /// The enterprise's reward in percent of the base.
    pub enterprise: Setting<Rate>,
    /// On what it is reckoned.
    pub base: Setting<RewardBase>,
    /// How often a loan earns it.
    pub often: Setting<RewardOften>,
    /// Whose loan earns an enterprise its reward.
    pub enterprise_for: Setting<RewardFor>,
    /// Whether an extended due day counts.
    pub after_extension: Setting<bool>,
    /// Whether a renewed loan counts.
    pub after_renewal: Setting<AfterRenewal>,
    /// Whether a loan counts that was repaid in parts, the last of them on time.
    pub in_parts: Setting<bool>,
    /// Whether a due day on a rest day leaves time until the next working day.
    pub rest_day_grace: Setting<bool>,
    /// So many days a loan must have run that was repaid before its due day; 0 where any counts.
    pub early_days_min: Setting<u32>,
    /// For how many days a list is shown in public (公示天数).
    pub publicity_days: Setting<u32>,
    /// Which days these are.
    pub publicity_days_are: Setting<PublicityDays>,
}

impl<T> Setting<T> {
    /// Something of which no file says anything.
    pub(super) fn unknown() -> Setting<T> {
        Setting { value: None, status: Status::Unknown, source: String::new() }
    }
}
