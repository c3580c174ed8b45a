//! The geometry of the board's two charts. Templates draw them as SVG, so that they print and need no script.
//!
//! Lengths are whole units of the drawing: nothing here needs more than that.

use bangfu_domain::loan::days_between;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use jiff::Span;
use jiff::civil::Date;

use crate::texts::Lang;
use crate::web::page::unsigned;

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tick {
    /// Where it is.
    pub(crate) at: i64,
    /// What stands there.
    pub(crate) label: String,
}

/// The line of one standing.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// The standing.
    pub(crate) standing: Standing,
    /// The points of an SVG polyline.
    pub(crate) points: String,
    /// Where the line ends.
    pub(crate) end: (i64, i64),
    /// Where its label stands, moved away from the others.
    pub(crate) label_at: i64,
    /// The last value.
    pub(crate) value: u64,
}

/// Loans by standing over the last days.
#[derive(Debug, Clone)]
pub(crate) struct Trend {
    /// One line for each standing, the most urgent first.
    pub(crate) series: Vec<Series>,
    /// Marks of the counts.
    pub(crate) counts: Vec<Tick>,
    /// Marks of the days.
    pub(crate) days: Vec<Tick>,
    /// First and last day.
    pub(crate) span: (Date, Date),
}

const TREND_LEFT: i64 = 32;
const TREND_RIGHT: i64 = 206;
const TREND_TOP: i64 = 12;
const TREND_BOTTOM: i64 = 196;
const LABEL_STEP: i64 = 17;

/// A day below the axis takes so much room: the first of a month gives way to the last day.
const DAY_LABEL_WIDTH: i64 = 52;

impl Trend {
    /// The standings that have a line.
    pub(crate) const LINES: [Standing; 5] =
        [Standing::Overdue, Standing::Red, Standing::Yellow, Standing::Blue, Standing::Green];

    /// Draws the lines of days in order; none where there are fewer than two.
    pub(crate) fn draw(lang: Lang, days: &[(Date, [u64; 5])]) -> Option<Trend> {
        let (first, last) = (days.first()?.0, days.last()?.0);
        let length = i64::from(days_between(first, last));
        if length < 1 {
            return None;
        }
        let highest = days.iter().flat_map(|(_, counts)| counts).copied().max().unwrap_or(0);
        let (top, step) = scale(highest);
        let x = |day: Date| {
            TREND_LEFT + (TREND_RIGHT - TREND_LEFT) * i64::from(days_between(first, day)) / length
        };
        let y = |count: u64| TREND_BOTTOM - share(count, top, TREND_BOTTOM - TREND_TOP);

        let mut series: Vec<Series> = Self::LINES
            .into_iter()
            .enumerate()
            .map(|(line, standing)| {
                let points: Vec<String> =
                    days.iter().map(|(day, counts)| format!("{},{}", x(*day), y(counts[line]))).collect();
                let value = days.last().map_or(0, |(_, counts)| counts[line]);
                let end = (TREND_RIGHT, y(value));
                Series { standing, points: points.join(" "), end, label_at: end.1, value }
            })
            .collect();
        part_labels(&mut series);

        let counts = (0..=top / step)
            .map(|number| Tick { at: y(number * step), label: lang.number((number * step) as i64) })
            .collect();
        let days_marked = first
            .series(Span::new().days(1))
            .take_while(|day| *day < last)
            .filter(|day| day.day() == 1 && x(*day) < TREND_RIGHT - DAY_LABEL_WIDTH)
            .map(|day| Tick { at: x(day), label: lang.day_short(day) })
            .collect();
        Some(Trend { series, counts, days: days_marked, span: (first, last) })
    }
}

/// Moves labels apart that would cover one another, keeping their order.
fn part_labels(series: &mut [Series]) {
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by_key(|&index| (series[index].end.1, index));
    let mut lowest = TREND_TOP;
    for &index in &order {
        series[index].label_at = series[index].end.1.max(lowest);
        lowest = series[index].label_at + LABEL_STEP;
    }
    // What has been pushed below the axis comes back up.
    let mut highest = TREND_BOTTOM;
    for &index in order.iter().rev() {
        series[index].label_at = series[index].label_at.min(highest);
        highest = series[index].label_at - LABEL_STEP;
    }
}

/// The top of an axis and the distance of its marks: at most five steps of 1, 2 or 5 times a power of ten.
fn scale(highest: u64) -> (u64, u64) {
    let mut step = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if highest <= step * 5 {
            break;
        }
        step = match factor {
            2 => step * 2,
            5 => step / 2 * 5,
            _ => step * 2,
        };
    }
    (highest.div_ceil(step).max(1) * step, step)
}

/// So much of a length as a part is of the whole, rounded; at least 1 for what is not nothing.
pub(crate) fn share(part: u64, whole: u64, length: i64) -> i64 {
    if part == 0 || whole == 0 {
        return 0;
    }
    let length = i128::from(length);
    let drawn = (i128::from(part) * length * 2 + i128::from(whole)) / (i128::from(whole) * 2);
    i64::try_from(drawn.max(1)).unwrap_or(i64::MAX)
}

/// The loans that fall due in a month.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// First day of the month.
    pub(crate) month: Date,
    /// Left edge.
    pub(crate) x: i64,
    /// Upper edge.
    pub(crate) y: i64,
    /// Height.
    pub(crate) height: i64,
    /// What stands above the bar.
    pub(crate) label: String,
    /// What stands below it.
    pub(crate) month_label: String,
    /// The year, below the first bar and each January.
    pub(crate) year_label: Option<String>,
    /// Loans.
    pub(crate) loans: u64,
    /// What they owe.
    pub(crate) balance: Fen,
    /// Their list.
    pub(crate) href: String,
}

/// What falls due month by month.
#[derive(Debug, Clone)]
pub(crate) struct Maturities {
    /// A bar for each month.
    pub(crate) bars: Vec<Bar>,
}

const BAR_LEFT: i64 = 2;
const BAR_STEP: i64 = 25;
const BAR_TOP: i64 = 24;
const BAR_BOTTOM: i64 = 164;

impl Maturities {
    /// Draws the bars of months, each with the address of its list.
    pub(crate) fn draw(lang: Lang, months: &[(Date, u64, Fen, String)]) -> Option<Maturities> {
        let highest = months.iter().map(|(_, _, balance, _)| *balance).max()?;
        let positive = |amount: Fen| unsigned(amount.get());
        let bars = months
            .iter()
            .zip(0..)
            .map(|((month, loans, balance, href), index)| {
                let height = share(positive(*balance), positive(highest), BAR_BOTTOM - BAR_TOP);
                Bar {
                    month: *month,
                    x: BAR_LEFT + BAR_STEP * index,
                    y: BAR_BOTTOM - height,
                    height,
                    label: lang.amount_short(*balance),
                    month_label: month.month().to_string(),
                    year_label: (index == 0 || month.month() == 1).then(|| month.year().to_string()),
                    loans: *loans,
                    balance: *balance,
                    href: href.clone(),
                }
            })
            .collect();
        Some(Maturities { bars })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_axis_ends_above_the_highest_value_in_few_round_steps() {
        for (highest, expected) in [
            (0, (1, 1)),
            (1, (1, 1)),
            (5, (5, 1)),
            (6, (6, 2)),
            (11, (15, 5)),
            (184, (200, 50)),
            (201, (250, 50)),
            (99_999, (100_000, 20_000)),
        ] {
            assert_eq!(scale(highest), expected, "{highest}");
        }
    }

    #[test]
    fn labels_of_equal_values_stand_apart_and_within_the_drawing() {
        let days = [(date(2019, 6, 16), [0; 5]), (date(2019, 6, 17), [0, 0, 1, 200, 200])];
        let trend = Trend::draw(Lang::Zh, &days).unwrap();
        let mut at: Vec<i64> = trend.series.iter().map(|series| series.label_at).collect();
        at.sort_unstable();
        assert!(at.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_STEP), "{at:?}");
        assert!(at.iter().all(|at| (TREND_TOP..=TREND_BOTTOM).contains(at)), "{at:?}");
    }

    #[test]
    fn a_single_day_has_no_trend() {
        assert!(Trend::draw(Lang::Zh, &[(date(2019, 6, 17), [1; 5])]).is_none());
    }

    #[test]
    fn what_is_not_nothing_is_seen() {
        assert_eq!(share(1, 1_000_000, 100), 1);
        assert_eq!(share(0, 10, 100), 0);
    }
}
