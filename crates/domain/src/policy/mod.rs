//! Policy packs (政策包): the dated parameters of a programme, nation-wide or for single counties.
//!
//! Packs are TOML files. One inherits from another and states only what differs; a contract is judged by the
//! pack of its day. What no source gives has no value and the status [`Status::Unknown`].

mod fault;
mod read;

use jiff::civil::Date;
use serde::Deserialize;

use crate::money::Fen;
use crate::rate::Rate;
use crate::warning::Thresholds;

pub use fault::{PackFault, PackFaultKind};

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
    /// Reward of a household that repays on time, in percent of the loan.
    pub reward_household: Setting<Rate>,
    /// Reward of an enterprise, in percent of the loan.
    pub reward_enterprise: Setting<Rate>,
    /// On what the reward is reckoned, as a key of texts.
    pub reward_base: Setting<String>,
}

impl Pack {
    /// True if the pack stands for contracts signed on the day.
    pub fn covers(&self, day: Date) -> bool {
        self.contracts_from <= day && self.contracts_until.is_none_or(|until| day <= until)
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

    /// The pack of a contract signed on a day in the county of a 12-digit code: the county's own before the
    /// nation's, the newest first. `None` if none covers the day.
    pub fn for_contract(&self, county_code: &str, signed_on: Date) -> Option<&Pack> {
        // Packs name counties by the six digits that everybody knows.
        let own = |pack: &&Pack| pack.counties.iter().any(|code| format!("{code:0<12}") == county_code);
        let covers = |pack: &&Pack| pack.covers(signed_on);
        let newest = |pack: &&Pack| pack.contracts_from;
        self.0.iter().filter(own).filter(covers).max_by_key(newest).or_else(|| {
            self.0.iter().filter(|pack| pack.counties.is_empty()).filter(covers).max_by_key(newest)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_contract_is_judged_by_the_pack_of_its_day_and_place() {
        let packs = Packs::parse(&EMBEDDED).expect("the packs in the binary are sound");
        for (county, day, id) in [
            ("431022000000", date(2018, 5, 1), "yizhang-2019"),
            ("410225000000", date(2018, 5, 1), "national-2015"),
            ("431022000000", date(2021, 1, 1), "national-2021"),
            ("431022000000", date(2026, 3, 1), "national-2026"),
            ("431022000000", date(2040, 1, 1), "national-2026"),
        ] {
            assert_eq!(
                packs.for_contract(county, day).map(|pack| pack.id.as_str()),
                Some(id),
                "{county} {day}"
            );
        }
        assert_eq!(packs.for_contract("431022000000", date(2014, 1, 1)), None);
    }

    #[test]
    fn a_pack_states_what_differs_and_marks_what_is_unknown() {
        let packs = Packs::parse(&EMBEDDED).unwrap();
        let yizhang = packs.by_id("yizhang-2019").expect("is there");
        assert_eq!(yizhang.cap.value, Some(Fen::new(5_000_000)), "inherited");
        assert_eq!(yizhang.programme.zh, "扶贫小额信贷");
        assert_eq!(yizhang.warning.status, Status::ToConfirm);
        let latest = packs.by_id("national-2026").expect("is there");
        assert_eq!(latest.cap.value, Some(Fen::new(10_000_000)));
        assert_eq!((latest.term_months_max.value, latest.term_months_max.status), (None, Status::Unknown));
        assert_eq!(latest.contracts_until, None, "in force");
    }
}
