//! Whatever stands in a cell, each reader ends with a value that is in bounds, or with a fault.
#![no_main]

use bangfu_domain::identity::{CreditCode, IdentityNumber};
use bangfu_domain::words::parse_amount;
use bangfu_fuzz::cell;
use bangfu_sheets::cell::{self as read, Unit};
use bangfu_sheets::book::Cell;
use libfuzzer_sys::fuzz_target;

/// 100 亿元 in fen: no cell may hold more, so that no sum overflows.
const FEN_MAX: i64 = 1_000_000_000_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let number = bytes.first_chunk::<8>().map(|bytes| Cell::Number(f64::from_le_bytes(*bytes)));
    for one in [Some(cell(text)), Some(Cell::Text(text.into())), number].into_iter().flatten() {
        amounts(&one);
        days_and_counts(&one);
        numbers(&one);
    }
    let _ = (parse_amount(text), CreditCode::parse(text));
});

fn amounts(one: &Cell) {
    for unit in [Unit::Yuan, Unit::TenThousandYuan] {
        let Ok(Some(amount)) = read::amount(one, unit) else { continue };
        assert!(amount.get().abs() <= FEN_MAX, "{amount}");
        // What is shown as an amount is that amount: nothing was lost to a binary fraction.
        let shown = Cell::Text(amount.to_string().into());
        assert_eq!(read::amount(&shown, Unit::Yuan), Ok(Some(amount)));
    }
}

fn days_and_counts(one: &Cell) {
    if let Ok(Some(day)) = read::date_of(one) {
        assert!((1900..=2199).contains(&day.year()), "{day}");
        assert_eq!(read::date_of(&Cell::Text(day.to_string().into())), Ok(Some(day)));
    }
    if let Ok(Some(rate)) = read::rate(one) {
        assert_eq!(read::rate(&Cell::Text(format!("{rate}%").into())), Ok(Some(rate)));
    }
    for in_years in [false, true] {
        if let Ok(Some(months)) = read::months(one, in_years) {
            assert!(months <= 1_200, "{months} months");
        }
    }
    let _ = read::count(one);
}

fn numbers(one: &Cell) {
    if let Ok(Some(identity)) = read::identity(one) {
        assert_eq!(IdentityNumber::parse(identity.as_str()), Ok(identity.clone()));
        // A masked number finds the one that it hides, and no other cell does.
        let masked = Cell::Text(identity.masked().into());
        assert_eq!(read::identity_or_mask(&masked, Some(&identity)), Ok(Some(identity)));
        assert!(read::identity_or_mask(&masked, None).is_err());
    }
    if let Some(name) = read::name(one) {
        assert_eq!(read::name(&Cell::Text(name.as_str().into())), Some(name));
    }
    if let Ok(Some(number)) = read::number(one) {
        assert_eq!(read::number(&Cell::Text(number.as_str().into())), Ok(Some(number)));
    }
    if let Some(phone) = read::phone(one) {
        assert!(!phone.is_empty());
    }
}
