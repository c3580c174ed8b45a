//! What a programme asks where a loan is extended or renewed, and who checks what is proposed.

use super::Setting;
use crate::officer::Role;

/// How loans are handled at maturity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlingRule {
    /// So many people besides the one who proposes must agree; at least 1.
    pub checks: Setting<u32>,
    /// In which roles somebody may check.
    pub checkers: Setting<Vec<Role>>,
    /// Within so many working days the bank answers.
    pub bank_working_days: Setting<u32>,
    /// True if an extension or a renewal must be asked for before the due day has passed.
    pub before_due: Setting<bool>,
    /// By how much of its term a loan of up to a year may be extended, in percent.
    pub extension_percent_to_a_year: Setting<u32>,
    /// By how much of its term a longer loan may be extended, in percent.
    pub extension_percent_over_a_year: Setting<u32>,
    /// Words of purposes for which nothing is lent.
    pub barred_purposes: Setting<Vec<String>>,
    /// True if a loan that was used for something else is neither extended nor renewed.
    pub misuse_bars: Setting<bool>,
}
