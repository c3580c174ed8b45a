//! Numbers, money and dates as each language writes them.

use bangfu_domain::money::Fen;
use jiff::civil::{Date, DateTime};
use rust_decimal::{Decimal, RoundingStrategy};

use super::Lang;

/// A whole number with thousands separators and a proper minus sign: `−12,345`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", group(&digits))
}

/// Thousands separators in a run of digits.
fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A decimal with thousands separators and so many places.
fn grouped_decimal(number: Decimal, places: u32) -> String {
    let places = usize::try_from(places).unwrap_or(0);
    let text = format!("{:.places$}", number.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, part)| (whole, part));
    let sign = if number.is_sign_negative() && !number.is_zero() { "−" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", group(whole))
}

/// 万元, rounded half away from zero to the fraction that a board shows: at most two places.
fn wan(amount: Fen) -> Decimal {
    Decimal::new(amount.get(), 6)
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}

impl Lang {
    /// A count: `4,863`.
    pub(crate) fn number(self, number: i64) -> String {
        grouped(number)
    }

    /// A change with its sign: `+1`, `−5`, `0`.
    pub(crate) fn change(self, number: i64) -> String {
        if number > 0 { format!("+{}", grouped(number)) } else { grouped(number) }
    }

    /// An amount on a board: `489.5 万元`, in English `¥4,895,000`.
    pub(crate) fn amount(self, amount: Fen) -> String {
        match self {
            Lang::Zh => format!("{} 万元", grouped_decimal(wan(amount), wan(amount).scale())),
            Lang::En => format!("¥{}", self.amount_bare(amount, 0)),
        }
    }

    /// An amount in a board's column whose header names the unit: 万元 with so many places, in English whole yuan.
    pub(crate) fn amount_bare(self, amount: Fen, places: u32) -> String {
        match self {
            Lang::Zh => grouped_decimal(wan(amount), places),
            Lang::En => grouped_decimal(
                amount.to_yuan().round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero),
                0,
            ),
        }
    }

    /// The places that a column of amounts needs, so that its points stand below one another.
    pub(crate) fn amount_places(amounts: impl Iterator<Item = Fen>) -> u32 {
        amounts.map(|amount| wan(amount).scale()).max().unwrap_or(0)
    }

    /// An amount on a chart: whole 万元, in English millions of yuan with one place.
    pub(crate) fn amount_short(self, amount: Fen) -> String {
        let (scale, places) = match self {
            Lang::Zh => (6, 0),
            Lang::En => (8, 1),
        };
        let amount = Decimal::new(amount.get(), scale);
        grouped_decimal(amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero), places)
    }

    /// An amount to the fen: `30,000.00 元`, in English `¥30,000.00`.
    pub(crate) fn yuan(self, amount: Fen) -> String {
        match self {
            Lang::Zh => format!("{} 元", self.yuan_bare(amount)),
            Lang::En => format!("¥{}", self.yuan_bare(amount)),
        }
    }

    /// An amount to the fen in a column whose header names the unit: `30,000.00`.
    pub(crate) fn yuan_bare(self, amount: Fen) -> String {
        grouped_decimal(amount.to_yuan(), 2)
    }

    /// What part of the whole an amount is: `0.36%`; nothing of nothing is `0%`.
    pub(crate) fn share(self, part: Fen, whole: Fen) -> String {
        let share = Decimal::from(part.get())
            .checked_div(Decimal::from(whole.get()))
            .and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED))
            .unwrap_or_default()
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        if share.is_zero() { "0%".to_owned() } else { format!("{share:.2}%") }
    }

    /// A day in a table: `2019-06-17`.
    pub(crate) fn day(self, day: Date) -> String {
        day.to_string()
    }

    /// A day in a title: `2019年6月17日 星期一`, `Monday, 17 June 2019`.
    pub(crate) fn day_long(self, day: Date) -> String {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        match self {
            Lang::Zh => {
                let weekday = ["一", "二", "三", "四", "五", "六", "日"][weekday];
                format!("{}年{}月{}日 星期{weekday}", day.year(), day.month(), day.day())
            }
            Lang::En => {
                let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
                format!("{}, {} {} {}", names[weekday], day.day(), month_name(day), day.year())
            }
        }
    }

    /// A day in a sentence: `2019年6月17日`, `17 June 2019`.
    pub(crate) fn day_plain(self, day: Date) -> String {
        match self {
            Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Lang::En => format!("{} {} {}", day.day(), month_name(day), day.year()),
        }
    }

    /// A day within a year, on an axis: `6-17`, `17 Jun`.
    pub(crate) fn day_short(self, day: Date) -> String {
        match self {
            Lang::Zh => format!("{}-{}", day.month(), day.day()),
            Lang::En => format!("{} {}", day.day(), &month_name(day)[..3]),
        }
    }

    /// A month: `2019年6月`, `June 2019`.
    pub(crate) fn month(self, day: Date) -> String {
        match self {
            Lang::Zh => format!("{}年{}月", day.year(), day.month()),
            Lang::En => format!("{} {}", month_name(day), day.year()),
        }
    }

    /// An instant on the county's clock: `2019-06-17 00:30`.
    pub(crate) fn moment(self, at: DateTime) -> String {
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
    }
}

fn month_name(day: Date) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(day.month() - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("")
}
