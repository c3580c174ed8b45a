//! Policy packs (政策包): the dated parameters of a programme, nation-wide or for single counties.
//!
//! Packs are TOML files. One inherits from another and states only what differs; a contract is judged by the
//! pack of its day. What no source gives has no value and the status [`Status::Unknown`].

pub mod edit;
mod fault;
mod handling;
mod income;
mod judge;
mod layer;
mod read;
mod response;
mod reward;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::Deserialize;

use crate::division::Codes;
use crate::money::Fen;
use crate::text::squeeze;
use crate::warning::Thresholds;

pub use fault::{PackFault, PackFaultKind};
pub use handling::HandlingRule;
pub use income::Income;
pub use response::{Recipient, Response, Responses};
pub use reward::{AfterRenewal, Choice, PublicityDays, RewardBase, RewardFor, RewardOften, RewardRule};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// How sure a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read in its source.
    Known,
    /// Usual; the county must confirm it.
    ToConfirm,
    /// No source states it, and nothing is assumed.
    Unknown,
}

impl Status {
    /// Every status, the surest first.
    pub const ALL: [Status; 3] = [Status::Known, Status::ToConfirm, Status::Unknown];

    /// The word for it in a pack's file.
    pub const fn key(self) -> &'static str {
        match self {
            Status::Known => "known",
            Status::ToConfirm => "to_confirm",
            Status::Unknown => "unknown",
        }
    }

    /// What that word says.
    pub fn from_key(key: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.key() == key)
    }
}

/// A value with its status and source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value, unless its status is unknown.
    pub value: Option<T>,
    /// How sure it is.
    pub status: Status,
    /// Where it comes from, in the words of the file.
    pub source: String,
}

/// When the colours begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningRule {
    /// The days of each colour.
    pub thresholds: Thresholds,
    /// True if a due day on a rest day moves to the next working day.
    pub due_on_rest_day_moves: bool,
    /// How sure all of this is.
    pub status: Status,
    /// Where it comes from; people read it beside the days.
    pub source: Words,
}

/// A class of households (户属性) as a programme knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdClass {
    /// Its code: `lifted`.
    pub code: String,
    /// Its name on screens.
    pub name: Words,
    /// How files write it besides, without blanks.
    pub also: Vec<String>,
}

/// The parameters of a programme in a place and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its name in commands: `national-2015`.
    pub id: String,
    /// Its name on screens.
    pub name: Words,
    /// The programme's name on screens.
    pub programme: Words,
    /// The counties for which it stands; empty for all.
    pub counties: Vec<String>,
    /// The first day of contracts that it covers.
    pub contracts_from: Date,
    /// How sure the first day is.
    pub contracts_from_status: Status,
    /// Where it comes from, in the words of the file.
    pub contracts_from_source: String,
    /// The last; `None` while it is in force.
    pub contracts_until: Option<Date>,
    /// The most that one loan may be.
    pub cap: Setting<Fen>,
    /// The longest term in months.
    pub term_months_max: Setting<u32>,
    /// The borrower's least age in years at disbursement.
    pub age_min: Setting<u32>,
    /// The borrower's greatest age in years at disbursement.
    pub age_max: Setting<u32>,
    /// How often a loan may be extended or renewed.
    pub extensions_max: Setting<u32>,
    /// The four colours.
    pub warning: WarningRule,
    /// What follows from each level.
    pub responses: Responses,
    /// So many working days after it was told that a step is late, the county's centre is told.
    pub county_after: Setting<u32>,
    /// How loans are handled at maturity.
    pub handling: HandlingRule,
    /// For how many years a bank may sue for what is overdue (诉讼时效).
    pub limitation_years: Setting<u32>,
    /// What a number may be needed for before it is shown whole (查看完整号码的用途): whoever asks chooses one. Never empty.
    pub unmask_reasons: Setting<Vec<Words>>,
    /// The classes of households that the programme knows; a file may name others.
    pub household_classes: Vec<HouseholdClass>,
    /// Rewards of those who repay on time.
    pub reward: RewardRule,
    /// In which months what loans are for brings money in (还款来源): the county fills it in.
    pub incomes: Setting<Vec<Income>>,
}

impl Pack {
    /// True if the pack stands for contracts signed on the day.
    pub fn covers(&self, day: Date) -> bool {
        self.contracts_from <= day && self.contracts_until.is_none_or(|until| day <= until)
    }

    /// True if the pack names the county of these codes, as they are read on its first day.
    pub fn names(&self, codes: &Codes) -> bool {
        self.counties.iter().any(|code| codes.mean(code, self.contracts_from))
    }

    /// The class that a word of a file means under this programme, if it is one of its.
    pub fn household_class(&self, word: &str) -> Option<&HouseholdClass> {
        let word = squeeze(word);
        self.household_classes
            .iter()
            .find(|class| squeeze(&class.name.zh) == word || class.also.contains(&word))
    }
}

/// All packs that are in force.
#[derive(Debug, Clone)]
pub struct Packs(Vec<Pack>);

/// The packs in the binary, by file name.
pub const EMBEDDED: [(&str, &str); 4] = [
    ("policy/national-2015.toml", include_str!("../../../../policy/national-2015.toml")),
    ("policy/yizhang-2019.toml", include_str!("../../../../policy/yizhang-2019.toml")),
    ("policy/national-2021.toml", include_str!("../../../../policy/national-2021.toml")),
    ("policy/national-2026.toml", include_str!("../../../../policy/national-2026.toml")),
];

impl Packs {
    /// Reads packs from texts with their file names.
    ///
    /// # Errors
    /// Every fault of every file, with line and column.
    pub fn parse<T: AsRef<str>>(files: &[(T, T)]) -> Result<Packs, Vec<PackFault>> {
        read::packs(files).map(Packs)
    }

    /// Every pack, in the order of the files.
    pub fn all(&self) -> &[Pack] {
        &self.0
    }

    /// The pack with that name.
    pub fn by_id(&self, id: &str) -> Option<&Pack> {
        self.0.iter().find(|pack| pack.id == id)
    }

    /// The pack of a contract signed on a day in the county of these codes: the county's own before the nation's, the
    /// newest first. `None` if none covers the day.
    pub fn for_contract(&self, codes: &Codes, signed_on: Date) -> Option<&Pack> {
        let own = |pack: &&Pack| pack.names(codes);
        let covers = |pack: &&Pack| pack.covers(signed_on);
        let newest = |pack: &&Pack| pack.contracts_from;
        self.0.iter().filter(own).filter(covers).max_by_key(newest).or_else(|| {
            self.0.iter().filter(|pack| pack.counties.is_empty()).filter(covers).max_by_key(newest)
        })
    }
}
