//! Yearly interest rates as exact decimals.

use std::fmt;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::money::Fen;

/// A yearly rate in percent: 4.75 means 4.75 % a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(Decimal);

impl Rate {
    /// A rate of so many percent a year.
    pub fn from_percent(percent: Decimal) -> Rate {
        Rate(percent.normalize())
    }

    /// So much of an amount as this percentage says, rounded half up to the fen. `None` beyond what can be reckoned.
    pub fn of(self, amount: Fen) -> Option<Fen> {
        let part = Decimal::from(amount.get()).checked_mul(self.0)?.checked_div(Decimal::ONE_HUNDRED)?;
        part.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64().map(Fen::new)
    }
}

/// Percent without the sign: `4.75`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_is_rounded_half_up() {
        for (percent, fen, part) in [
            ("2", 5_000_000, 100_000),
            ("5", 4_990, 250),
            ("2", 25, 1),
            ("2", 24, 0),
            ("0.333", 5_000_000, 16_650),
        ] {
            let rate = Rate::from_percent(percent.parse().unwrap());
            assert_eq!(rate.of(Fen::new(fen)), Some(Fen::new(part)), "{percent} % of {fen}");
        }
    }

    proptest! {
        #[test]
        fn whole_percents_agree_with_whole_numbers(fen in 0..10_000_000_000_i64, percent in 0..100_i64) {
            let part = Rate::from_percent(percent.into()).of(Fen::new(fen)).unwrap();
            prop_assert_eq!(part.get(), (fen * percent + 50) / 100);
        }
    }
}
