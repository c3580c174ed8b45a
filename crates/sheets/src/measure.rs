//! In what columns of rates and of terms count: their headers say it, where their cells do not.

use bangfu_domain::rate::Rate;
use rust_decimal::Decimal;

use crate::book::Cell;
use crate::cell;
use crate::fault::FaultCode;

/// For how long a rate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// 月利率.
    Month,
    /// 年利率.
    Year,
}

/// Of how many a rate is a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// %.
    Hundred,
    /// ‰.
    Thousand,
}

/// What a header says of the rates below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Measure {
    /// For how long they are.
    pub(crate) time: Option<Time>,
    /// Of how many they are parts.
    pub(crate) scale: Option<Scale>,
}

impl Measure {
    /// What the texts of a column's header say, squeezed.
    pub(crate) fn of(texts: &[String]) -> Measure {
        let says = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
        let time = if says(&["月利", "月息", "(月", "月‰", "/月"]) {
            Some(Time::Month)
        } else {
            says(&["年利", "年化", "年息", "(年", "/年"]).then_some(Time::Year)
        };
        let scale = if says(&["‰", "千分"]) {
            Some(Scale::Thousand)
        } else {
            says(&["%", "百分"]).then_some(Scale::Hundred)
        };
        Measure { time, scale }
    }
}

/// Yearly rates in percent that loans of the programme bear: a reckoning that leads beyond them is none.
const POSSIBLE: (Decimal, Decimal) =
    (Decimal::from_parts(3, 0, 0, false, 1), Decimal::from_parts(30, 0, 0, false, 0));

/// Those that decide between several reckonings.
const USUAL: (Decimal, Decimal) = (Decimal::ONE, Decimal::from_parts(24, 0, 0, false, 0));

/// A yearly rate. What the cell itself says (4.35%, 3.625‰) goes before what its column does; ‰ is a month's unless the
/// column speaks of years, as the credit cooperatives write it.
pub(crate) fn rate(cell: &Cell, column: Measure) -> Result<Option<Rate>, FaultCode> {
    let text = cell::name(cell).unwrap_or_default();
    let own = match text.chars().last() {
        Some('%') => Some(Scale::Hundred),
        Some('‰') => Some(Scale::Thousand),
        _ => None,
    };
    // The yearly percent that a number stands for; several where nothing says which.
    let factors: &[Decimal] = match (own.or(column.scale), column.time) {
        (Some(Scale::Hundred) | None, Some(Time::Year) | None) => return cell::rate(cell),
        (Some(Scale::Thousand), Some(Time::Year)) => &[YEAR_OF_THOUSAND],
        (Some(Scale::Thousand), _) => &[MONTH_OF_THOUSAND],
        (Some(Scale::Hundred), Some(Time::Month)) => &[MONTH],
        (None, Some(Time::Month)) => &[MONTH_OF_THOUSAND, MONTH, MONTH_OF_ONE],
    };
    let Some(number) = cell::bare_rate(cell)? else { return Ok(None) };
    if number.is_zero() {
        return Ok(Some(Rate::from_percent(number)));
    }
    let (least, most) = if factors.len() > 1 { USUAL } else { POSSIBLE };
    let percents = factors.iter().filter_map(|factor| number.checked_mul(*factor));
    let mut percents = percents.filter(|percent| (least..=most).contains(percent));
    match (percents.next(), percents.next()) {
        (Some(percent), None) => Ok(Some(Rate::from_percent(percent.round_dp(8)))),
        _ => Err(FaultCode::NumberUnreadable),
    }
}

/// What makes a year's ‰, a month's ‰, a month's % and a month's fraction a year's %.
const YEAR_OF_THOUSAND: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
const MONTH_OF_THOUSAND: Decimal = Decimal::from_parts(12, 0, 0, false, 1);
const MONTH: Decimal = Decimal::from_parts(12, 0, 0, false, 0);
const MONTH_OF_ONE: Decimal = Decimal::from_parts(1_200, 0, 0, false, 0);

/// In what bare numbers of a column of terms count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Span {
    /// 期限（月）, and what most ledgers mean where they say nothing.
    #[default]
    Months,
    /// 期限（年）.
    Years,
    /// 期限（天）.
    Days,
}

impl Span {
    /// What the texts of a column's header say, squeezed; the nearest to the data first.
    pub(crate) fn of(texts: &[String]) -> Span {
        let says = |unit: &str| {
            let forms = [format!("({unit})"), format!("[{unit}]"), format!("单位:{unit}")];
            let per = format!("/{unit}");
            let within = |text: &String| forms.iter().any(|form| text.contains(form.as_str()));
            texts.iter().any(|text| text == unit || text.ends_with(per.as_str()) || within(text))
        };
        if says("天") || says("日") {
            Span::Days
        } else if says("年") {
            Span::Years
        } else {
            Span::Months
        }
    }
}

/// A term as it is stated: days are no months, and months no days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// 36个月.
    Months(u32),
    /// 365天.
    Days(u32),
}

impl Term {
    /// Its months, if it counts in months.
    pub(crate) fn months(self) -> Option<u32> {
        match self {
            Term::Months(months) => Some(months),
            Term::Days(_) => None,
        }
    }
}

/// A term. Months and years are told as [`cell::months`] tells them.
pub(crate) fn term(cell: &Cell, span: Span) -> Result<Option<Term>, FaultCode> {
    let text = cell::name(cell).unwrap_or_default();
    let bare = text.trim_start_matches('\'');
    let days = bare.strip_suffix(['天', '日']).or((span == Span::Days).then_some(bare));
    if let Some(days) = days.and_then(cell::small) {
        return Ok(Some(Term::Days(days)));
    }
    Ok(cell::months(cell, span == Span::Years)?.map(Term::Months))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(header: &str, value: &str) -> Option<String> {
        let measure = Measure::of(&[header.to_owned()]);
        rate(&Cell::Text(value.into()), measure).ok().flatten().map(|rate| rate.to_string())
    }

    #[test]
    fn a_rate_is_a_years_whatever_its_header_counts_in() {
        for (header, value) in [
            ("利率", "4.35"),
            ("年利率(%)", "4.35"),
            ("年利率(%)", "0.0435"),
            ("利率(‰)", "3.625"),
            ("利率‰", "3.625‰"),
            ("年利率(‰)", "43.5"),
            ("月利率(%)", "0.3625"),
            ("月利率", "0.3625%"),
            ("月利率", "3.625"),
            ("月息", "0.3625"),
            ("月利率", "0.003625"),
            ("年利率", "4.35%"),
        ] {
            assert_eq!(rated(header, value).as_deref(), Some("4.35"), "{header} {value}");
        }
        assert_eq!(rated("利率(‰)", "0").as_deref(), Some("0"));
        // 1.8 % or 18 % a year; more than any loan bears; less than any.
        for (header, value) in [("月利率", "1.5"), ("利率(‰)", "43.5"), ("利率(‰)", "0.003625")] {
            assert_eq!(rated(header, value), None, "{header} {value}");
        }
    }

    #[test]
    fn a_term_counts_in_days_where_its_header_or_its_cell_does() {
        let read = |span, value: &str| term(&Cell::Text(value.into()), span);
        assert_eq!(read(Span::Days, "365"), Ok(Some(Term::Days(365))));
        assert_eq!(read(Span::Months, "365天"), Ok(Some(Term::Days(365))));
        assert_eq!(read(Span::Days, "12个月"), Ok(Some(Term::Months(12))));
        assert_eq!(read(Span::Years, "3"), Ok(Some(Term::Months(36))));
        assert_eq!(read(Span::Months, "36"), Ok(Some(Term::Months(36))));
        assert_eq!(read(Span::Days, ""), Ok(None));
        for (text, span) in
            [("期限(天)", Span::Days), ("天", Span::Days), ("期限(年)", Span::Years), ("期限", Span::Months)]
        {
            assert_eq!(Span::of(&[text.to_owned()]), span, "{text}");
        }
    }
}
