//! Yearly interest rates as exact decimals.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A yearly rate in percent: 4.75 means 4.75 % a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(Decimal);

impl Rate {
    /// A rate of so many percent a year.
    pub fn from_percent(percent: Decimal) -> Rate {
        Rate(percent.normalize())
    }
}

/// Percent without the sign: `4.75`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
