//! Reading single cells as people fill them in.
//!
//! An empty cell is `Ok(None)`; what cannot be read is the fault to report. Amounts and rates never pass
//! through floating point: a spreadsheet's number is taken by its shortest decimal text.

use std::borrow::Cow;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::money::Fen;
use bangfu_domain::rate::Rate;
use bangfu_domain::text::{fold_width, is_plain, squeeze};
use bangfu_domain::words::{digit_value, parse_amount};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::book::Cell;
use crate::fault::FaultCode;

/// In which unit a column states money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// 元.
    #[default]
    Yuan,
    /// 万元.
    TenThousandYuan,
}

/// The text of a cell as it is shown, trimmed; numbers in their shortest decimal form.
pub fn text(cell: &Cell) -> Option<String> {
    let text = match cell {
        Cell::Empty => return None,
        Cell::Text(_) | Cell::Torn(_) => {
            let text = &without_control(cell.written().unwrap_or_default());
            // Width is folded only where it hides digits or blanks: brackets in names of firms stay.
            let blank = !text.contains(is_plain) && fold_width(text).trim().is_empty();
            if blank { String::new() } else { text.trim().to_owned() }
        }
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Error(error) => error.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

/// The text without signs that steer old printers and terminals: no database, workbook or page holds them all.
fn without_control(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    // Such a sign is below a blank, DEL, or follows the byte C2: most texts have none of these.
    if !text.bytes().any(|byte| matches!(byte, ..b' ' | 0x7f | 0xc2)) {
        return Cow::Borrowed(text);
    }
    if text.contains(steers) { Cow::Owned(text.replace(steers, "")) } else { Cow::Borrowed(text) }
}

/// The text of a cell; empty for an empty one.
pub fn shown(cell: &Cell) -> String {
    text(cell).unwrap_or_default()
}

/// A name: without blanks of any kind.
pub fn name(cell: &Cell) -> Option<String> {
    text(cell).map(|text| squeeze(&text)).filter(|name| !name.is_empty())
}

/// A phone number as text.
pub fn phone(cell: &Cell) -> Option<String> {
    let text = name(cell)?;
    let text = text.trim_start_matches('\'').trim_end_matches(".0");
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text of a cell, folded, for reading numbers and dates out of it.
fn folded(cell: &Cell) -> Option<String> {
    let text = squeeze(&text(cell)?);
    let text = text.trim_start_matches('\'').to_owned();
    (!text.is_empty()).then_some(text)
}

/// The first day of the spreadsheet's calendar, so that 1 is 1900-01-01; it believes in a 1900-02-29.
const SERIAL_ZERO: Date = date(1899, 12, 30);

/// The day of a spreadsheet's serial number, for days after 1900-02-28.
pub(crate) fn serial_day(serial: &str) -> Option<Date> {
    let whole: i32 = serial.split('.').next()?.parse().ok()?;
    (61..=2_958_465).contains(&whole).then_some(())?;
    SERIAL_ZERO.checked_add(jiff::Span::new().try_days(whole).ok()?).ok()
}

/// A day: a date, a serial number, or one of the ways in which people write it.
pub fn date_of(cell: &Cell) -> Result<Option<Date>, FaultCode> {
    if let Cell::Date(date) = cell {
        let sound = YEARS.contains(&date.year());
        return if sound { Ok(Some(*date)) } else { Err(FaultCode::DateUnreadable) };
    }
    let Some(text) = text(cell) else { return Ok(None) };
    let text = squeeze(without_time(fold_width(&text).trim()));
    let text = text.trim_start_matches('\'');
    if text.is_empty() { Ok(None) } else { read_day(text).map(Some) }
}

/// A day without the time of day behind it: 2019/6/17 0:00, 2019-06-17T09:30:00, 2019年6月17日 9时30分.
fn without_time(text: &str) -> &str {
    let cut = text.char_indices().rev().find(|(at, c)| {
        let after = &text[at + c.len_utf8()..];
        (*c == ' ' || *c == 'T')
            && after.starts_with(|c: char| c.is_ascii_digit())
            && after.contains([':', '时'])
    });
    match cut {
        // 9:30: 00 has a blank within the time: the first such blank counts.
        Some((at, _)) => without_time(text[..at].trim_end()),
        None => text,
    }
}

fn read_day(text: &str) -> Result<Date, FaultCode> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.len() == 8 && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return day(&whole[..4], &whole[4..6], &whole[6..]);
    }
    // A bare number between 1954 and 2119 as the spreadsheet counts days.
    if digits_only
        && text.split('.').next().is_some_and(|whole| whole.len() == 5)
        && let Some(day) = serial_day(text)
    {
        return Ok(day);
    }
    let mut parts = text.split(['.', '-', '/', '年', '月', '\u{2014}', '\u{2013}', '、', '。']);
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(FaultCode::DateUnreadable);
    };
    // After the day may stand 日 or 号, and nothing else.
    let number = rest.trim_end_matches(['日', '号', '。']);
    if parts.next().is_some_and(|more| !more.is_empty()) {
        return Err(FaultCode::DateUnreadable);
    }
    day(year, month, number)
}

/// Years that a book may name; another is a slip of the hand (1019 for 2019).
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

fn day(year: &str, month: &str, day: &str) -> Result<Date, FaultCode> {
    let unreadable = |_| FaultCode::DateUnreadable;
    if year.len() != 4 || month.is_empty() || month.len() > 2 || day.is_empty() || day.len() > 2 {
        return Err(FaultCode::DateUnreadable);
    }
    let year: i16 = year.parse().map_err(unreadable)?;
    if !YEARS.contains(&year) {
        return Err(FaultCode::DateUnreadable);
    }
    let month: i8 = month.parse().map_err(unreadable)?;
    let day: i8 = day.parse().map_err(unreadable)?;
    Date::new(year, month, day).map_err(|_| FaultCode::NoSuchDay)
}

/// A decimal number as people write it: separators and full-width digits allowed.
fn decimal(text: &str) -> Option<Decimal> {
    let text: String = text.chars().filter(|c| !matches!(c, ',' | '\'' | '_')).collect();
    let text = text.strip_prefix('+').unwrap_or(&text);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
        return Decimal::from_scientific(text)
            .ok()
            .filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()));
    }
    text.parse().ok()
}

/// An amount of money. A 万 or 元 in the cell itself wins over the column's unit.
pub fn amount(cell: &Cell, unit: Unit) -> Result<Option<Fen>, FaultCode> {
    if matches!(cell, Cell::Bool(_) | Cell::Error(_) | Cell::Date(_)) {
        return Err(FaultCode::AmountUnreadable);
    }
    let Some(text) = folded(cell) else { return Ok(None) };
    let bare = text.trim_start_matches(['¥', '￥']).trim_start_matches("人民币").trim_start_matches("RMB");
    if matches!(bare, "-" | "—" | "/" | "无" | "－") {
        return Ok(None);
    }
    let (number, unit) = if let Some(number) = bare.strip_suffix("万元").or_else(|| bare.strip_suffix('万'))
    {
        (number, Unit::TenThousandYuan)
    } else if let Some(number) = bare.strip_suffix("元整").or_else(|| bare.strip_suffix(['元', '圆'])) {
        (number, Unit::Yuan)
    } else {
        (bare, unit)
    };
    if let Some(yuan) = decimal(number) {
        let yuan = match unit {
            Unit::Yuan => Some(yuan),
            Unit::TenThousandYuan => yuan.checked_mul(Decimal::from(10_000)),
        };
        return match yuan {
            Some(yuan) if yuan.abs() <= YUAN_MAX => to_fen(yuan).map(Some).ok_or(FaultCode::AmountUnreadable),
            _ => Err(FaultCode::AmountTooLarge),
        };
    }
    let amount = parse_amount(bare).ok_or(FaultCode::AmountUnreadable)?;
    if amount.to_yuan() > YUAN_MAX { Err(FaultCode::AmountTooLarge) } else { Ok(Some(amount)) }
}

/// 100 亿元: more is the number of a contract or a phone in the wrong column, and sums must never overflow.
const YUAN_MAX: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

/// The amount in fen; what a binary fraction leaves beyond a millionth of a yuan is noise, anything more is not.
fn to_fen(yuan: Decimal) -> Option<Fen> {
    let rounded = yuan.round_dp(2);
    let noise = (yuan - rounded).abs() <= Decimal::new(1, 6);
    if noise { Fen::from_yuan(rounded) } else { None }
}

/// A yearly rate: 4.75, 4.75%, 0.0475, or a monthly rate in ‰.
pub fn rate(cell: &Cell) -> Result<Option<Rate>, FaultCode> {
    let Some(text) = folded(cell) else { return Ok(None) };
    let unreadable = FaultCode::NumberUnreadable;
    let (number, stated, monthly) = match (text.strip_suffix('%'), text.strip_suffix('‰')) {
        (Some(number), _) => (number, true, false),
        (_, Some(number)) => (number, true, true),
        _ => (text.as_str(), false, false),
    };
    let most = if monthly { MONTHLY_MAX } else { Decimal::ONE_HUNDRED };
    let number = decimal(number).filter(|number| !number.is_sign_negative() && *number <= most);
    let number = number.ok_or(unreadable)?;
    let number = if monthly { number * Decimal::from(12) / Decimal::TEN } else { number };
    // No loan of the programme bears less than 0.3 % a year or more than 30 %: below, it is a fraction.
    let fraction = !stated && !number.is_zero() && number < Decimal::new(3, 1);
    let percent = if fraction { number * Decimal::ONE_HUNDRED } else { number };
    Ok(Some(Rate::from_percent(percent.round_dp(8))))
}

/// The bare number in a cell of a rate, whatever its sign says.
pub(crate) fn bare_rate(cell: &Cell) -> Result<Option<Decimal>, FaultCode> {
    let Some(text) = folded(cell) else { return Ok(None) };
    let number = decimal(text.trim_end_matches(['%', '‰'])).filter(|number| !number.is_sign_negative());
    number.map(Some).ok_or(FaultCode::NumberUnreadable)
}

/// What makes 100 % a year, in ‰ a month, without what lies beyond the point.
const MONTHLY_MAX: Decimal = Decimal::from_parts(83, 0, 0, false, 0);

/// A term in months: 36, 36个月, 3年, 1.5年, 一年半, 半年. A bare number counts in years where its column does.
pub fn months(cell: &Cell, in_years: bool) -> Result<Option<u32>, FaultCode> {
    let Some(text) = folded(cell) else { return Ok(None) };
    let text: String = text.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    let months = months_in(&text, in_years).filter(|months| *months <= MONTHS_MAX);
    months.map(Some).ok_or(FaultCode::NumberUnreadable)
}

/// A hundred years: more is another column's number, and its due day lies behind every calendar.
const MONTHS_MAX: u32 = 1_200;

fn months_in(text: &str, in_years: bool) -> Option<u32> {
    if let Some(years) = text.strip_suffix("年半") {
        return Some(small(years)? * 12 + 6);
    }
    if text == "半年" {
        return Some(6);
    }
    let (years, rest) = match text.split_once('年') {
        Some((years, rest)) => (years, rest),
        None if in_years && !text.contains('月') => (text, ""),
        None => ("", text),
    };
    let rest = rest.trim_end_matches('期').trim_end_matches('月').trim_end_matches('个');
    let of_years = if years.is_empty() { Some(0) } else { months_of_years(years) };
    let of_rest = if rest.is_empty() && !years.is_empty() { Some(0) } else { small(rest) };
    of_years.zip(of_rest).map(|(years, rest)| years + rest)
}

/// Years in months: 3, 三, 1.5.
fn months_of_years(years: &str) -> Option<u32> {
    if let Some(years) = small(years) {
        return Some(years * 12);
    }
    let months = decimal(years)?.checked_mul(Decimal::from(12))?;
    let whole = months.is_integer() && !months.is_sign_negative() && months <= Decimal::from(MONTHS_MAX);
    if whole { months.normalize().to_string().parse().ok() } else { None }
}

/// A count such as the size of a household: 4, 4人.
pub fn count(cell: &Cell) -> Result<Option<u32>, FaultCode> {
    let Some(text) = folded(cell) else { return Ok(None) };
    let number = text.trim_end_matches(['人', '口', '户', '个']);
    small(number).map(Some).ok_or(FaultCode::NumberUnreadable)
}

/// A small whole number in digits or in Chinese numerals up to ninety-nine.
pub(crate) fn small(text: &str) -> Option<u32> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if let Ok(number) = whole.parse::<u32>() {
        return (number <= 10_000).then_some(number);
    }
    let digit = |c| digit_value(c).and_then(|value| u32::try_from(value).ok());
    let characters: Vec<char> = whole.chars().collect();
    match characters.as_slice() {
        ['十' | '拾'] => Some(10),
        ['十' | '拾', one] => Some(10 + digit(*one)?),
        [ten, '十' | '拾'] => Some(digit(*ten)? * 10),
        [ten, '十' | '拾', one] => Some(digit(*ten)? * 10 + digit(*one)?),
        [one] => digit(*one),
        _ => None,
    }
}

/// True for a number of which a spreadsheet has kept only the leading digits.
fn is_rounded(cell: &Cell, text: &str) -> bool {
    match cell {
        Cell::Number(_) => text.bytes().filter(u8::is_ascii_digit).count() > 15,
        _ => {
            let mut parts = text.split(['E', 'e']);
            let mantissa = parts.next().unwrap_or_default();
            let exponent = parts.next().unwrap_or_default().trim_start_matches('+');
            parts.next().is_none()
                && !exponent.is_empty()
                && exponent.bytes().all(|byte| byte.is_ascii_digit())
                && mantissa.contains('.')
                && decimal(mantissa).is_some()
        }
    }
}

/// An identity number, or what is wrong with it.
pub fn identity(cell: &Cell) -> Result<Option<IdentityNumber>, FaultCode> {
    let Some(text) = folded(cell) else { return Ok(None) };
    if is_rounded(cell, &text) {
        return Err(FaultCode::NumberRounded);
    }
    // A number of 18 digits that ends in three zeros was typed into a number cell before it became text.
    match IdentityNumber::parse(&text) {
        Ok(number) => Ok(Some(number)),
        Err(_) if text.len() == 18 && text.ends_with("000") && text.bytes().all(|b| b.is_ascii_digit()) => {
            Err(FaultCode::NumberRounded)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// True if a cell holds a number of which digits are hidden by stars.
pub fn is_masked(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if text.contains("****"))
}

/// An identity number, or the known one that a masked cell stands for.
pub fn identity_or_mask(
    cell: &Cell,
    known: Option<&IdentityNumber>,
) -> Result<Option<IdentityNumber>, FaultCode> {
    if !is_masked(cell) {
        return identity(cell);
    }
    let text = folded(cell).unwrap_or_default();
    match known.filter(|known| known.masked() == text) {
        Some(known) => Ok(Some(known.clone())),
        None => Err(FaultCode::IdentityMasked),
    }
}

/// A contract or serial number, kept as text.
pub fn number(cell: &Cell) -> Result<Option<String>, FaultCode> {
    let Some(text) = folded(cell) else { return Ok(None) };
    match cell {
        Cell::Number(number) => {
            // Up to 2^53 a number cell can hold sixteen digits, as programs write them. Whoever types them gets
            // fifteen and a nought: such a number may have been any of ten.
            let typed = text.len() > 15 && text.ends_with('0');
            let rounded = typed || *number > 9_007_199_254_740_992.0 || text.contains('.');
            if rounded { Err(FaultCode::NumberRounded) } else { Ok(Some(text)) }
        }
        _ if is_rounded(cell, &text) => Err(FaultCode::NumberRounded),
        _ => Ok(Some(text)),
    }
}
