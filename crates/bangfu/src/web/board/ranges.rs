//! The days to maturity that each colour covers, as headings show them.

use bangfu_domain::warning::{Standing, Thresholds};

/// The pack's thresholds as ranges of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DaysRanges(pub(crate) Thresholds);

impl DaysRanges {
    /// First and last day to maturity of a colour.
    pub(crate) fn of(&self, standing: Standing) -> Option<(i32, i32)> {
        let Thresholds { red_to_days, yellow_to_days, blue_to_days, green_to_days } = self.0;
        match standing {
            Standing::Red => Some((0, red_to_days)),
            Standing::Yellow => Some((red_to_days + 1, yellow_to_days)),
            Standing::Blue => Some((yellow_to_days + 1, blue_to_days)),
            Standing::Green => Some((blue_to_days + 1, green_to_days)),
            _ => None,
        }
    }
}
