//! The form of a pack's file, with the places of its values.

use std::ops::Range;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;

use super::{PackFault, PackFaultKind, Status, Words};
use crate::officer::Role;

/// What one file states.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layer {
    pub(super) id: Spanned<String>,
    pub(super) inherits: Option<Spanned<String>>,
    pub(super) name: Words,
    pub(super) programme: Option<Words>,
    #[serde(default)]
    pub(super) counties: Vec<Spanned<String>>,
    pub(super) contracts_from: Option<Spanned<First>>,
    pub(super) contracts_until: Option<Spanned<Until>>,
    #[serde(default)]
    pub(super) loan: LoanLayer,
    pub(super) warning: Option<Spanned<WarningLayer>>,
    #[serde(default)]
    pub(super) response: ResponsesLayer,
    #[serde(default)]
    pub(super) escalation: EscalationLayer,
    #[serde(default)]
    pub(super) handling: HandlingLayer,
    #[serde(default)]
    pub(super) collection: CollectionLayer,
    #[serde(default)]
    pub(super) reward: RewardLayer,
    #[serde(default)]
    pub(super) unmasking: UnmaskingLayer,
    #[serde(default)]
    pub(super) income: IncomesLayer,
    pub(super) household_class: Option<Vec<ClassLayer>>,
}

/// In which months what loans are for brings money in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IncomesLayer {
    pub(super) purposes: Option<Spanned<Stated<Vec<Spanned<IncomeLayer>>>>>,
}

/// The words of a purpose, and the months.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IncomeLayer {
    pub(super) words: Vec<String>,
    pub(super) months: Vec<i8>,
}

/// What a number may be needed for, in both languages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnmaskingLayer {
    pub(super) reasons: Option<Spanned<Stated<Vec<Spanned<Words>>>>>,
}

/// A class of households: its code, its name in both languages, and how files write it besides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassLayer {
    pub(super) code: Spanned<String>,
    pub(super) name: Spanned<Words>,
    #[serde(default)]
    pub(super) also: Vec<Spanned<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoanLayer {
    pub(super) cap_yuan: Option<Spanned<Stated<i64>>>,
    pub(super) term_months_max: Option<Spanned<Stated<u32>>>,
    pub(super) age_min: Option<Spanned<Stated<u32>>>,
    pub(super) age_max: Option<Spanned<Stated<u32>>>,
    pub(super) extensions_max: Option<Spanned<Stated<u32>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RewardLayer {
    pub(super) household_percent: Option<Spanned<Stated<Decimal>>>,
    pub(super) enterprise_percent: Option<Spanned<Stated<Decimal>>>,
    pub(super) base: Option<Spanned<Stated<String>>>,
    pub(super) often: Option<Spanned<Stated<String>>>,
    pub(super) enterprise_for: Option<Spanned<Stated<String>>>,
    pub(super) after_extension: Option<Spanned<Stated<String>>>,
    pub(super) after_renewal: Option<Spanned<Stated<String>>>,
    pub(super) in_parts: Option<Spanned<Stated<String>>>,
    pub(super) rest_day_grace: Option<Spanned<Stated<String>>>,
    pub(super) early_days_min: Option<Spanned<Stated<u32>>>,
    pub(super) publicity_days: Option<Spanned<Stated<u32>>>,
    pub(super) publicity_days_are: Option<Spanned<Stated<String>>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WarningLayer {
    pub(super) red_to_days: Spanned<i32>,
    pub(super) yellow_to_days: Spanned<i32>,
    pub(super) blue_to_days: Spanned<i32>,
    pub(super) green_to_days: Spanned<i32>,
    pub(super) due_on_rest_day_moves: bool,
    pub(super) status: Status,
    pub(super) source: Words,
}

/// How a missed step is told upward.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EscalationLayer {
    pub(super) county_after_working_days: Option<Spanned<Stated<u32>>>,
}

/// How loans are handled at maturity.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandlingLayer {
    pub(super) checks: Option<Spanned<Stated<u32>>>,
    pub(super) checkers: Option<Spanned<Stated<Vec<Role>>>>,
    pub(super) bank_working_days: Option<Spanned<Stated<u32>>>,
    pub(super) before_due: Option<Spanned<Stated<bool>>>,
    pub(super) extension_percent_to_a_year: Option<Spanned<Stated<u32>>>,
    pub(super) extension_percent_over_a_year: Option<Spanned<Stated<u32>>>,
    pub(super) barred_purposes: Option<Spanned<Stated<Vec<String>>>>,
    pub(super) misuse_bars: Option<Spanned<Stated<bool>>>,
}

/// What holds once a loan is overdue.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectionLayer {
    pub(super) limitation_years: Option<Spanned<Stated<u32>>>,
}

/// What follows from each level, each told as a whole.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResponsesLayer {
    pub(super) green: Option<Spanned<ResponseLayer>>,
    pub(super) blue: Option<Spanned<ResponseLayer>>,
    pub(super) yellow: Option<Spanned<ResponseLayer>>,
    pub(super) red: Option<Spanned<ResponseLayer>>,
    pub(super) awaiting: Option<Spanned<ResponseLayer>>,
    pub(super) overdue: Option<Spanned<ResponseLayer>>,
}

impl ResponsesLayer {
    /// Those that are told.
    pub(super) fn told(&self) -> impl Iterator<Item = &Spanned<ResponseLayer>> {
        let all = [&self.green, &self.blue, &self.yellow, &self.red, &self.awaiting, &self.overdue];
        all.into_iter().flatten()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResponseLayer {
    pub(super) told: Vec<Spanned<String>>,
    pub(super) at_once: bool,
    pub(super) deed: Spanned<Words>,
    pub(super) working_days: Spanned<u32>,
    pub(super) again_days: Option<Spanned<u32>>,
    pub(super) supervisor_after_days: Option<Spanned<u32>>,
    pub(super) status: Status,
    pub(super) source: Words,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stated<T> {
    pub(super) value: Option<T>,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) source: String,
}

/// The first day: bare where it is known, else with how sure it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a day, or a table with value, status and source")]
pub(super) enum First {
    Known(Date),
    Stated(Stated<Date>),
}

impl First {
    /// The day, its status and its source.
    pub(super) fn parts(&self) -> (Option<Date>, Status, &str) {
        match self {
            First::Known(day) => (Some(*day), Status::Known, ""),
            First::Stated(stated) => (stated.value, stated.status, &stated.source),
        }
    }
}

/// The last day, or the word `none`, which ends what a parent states.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "a day, or the word none")]
pub(super) enum Until {
    Day(Date),
    Never(Never),
}

impl Until {
    /// The day; `None` while the pack is in force.
    pub(super) fn day(self) -> Option<Date> {
        match self {
            Until::Day(day) => Some(day),
            Until::Never(Never::None) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Never {
    None,
}

/// A layer with the file that it came from.
#[derive(Clone)]
pub(super) struct Read<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) layer: Layer,
}

impl Read<'_> {
    /// A fault at a place in the file.
    pub(super) fn fault(&self, at: Range<usize>, kind: PackFaultKind) -> PackFault {
        PackFault::at(self.file, self.text, Some(at), kind)
    }
}
