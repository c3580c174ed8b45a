//! Cells as people fill them in: each form that the rules of import name, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bangfu_sheets::book::Cell;
use bangfu_sheets::cell::{self, Unit};
use bangfu_sheets::fault::FaultCode;
use jiff::civil::date;
use proptest::prelude::*;

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

#[test]
fn a_day_is_read_in_every_form() {
    let day = date(2019, 6, 17);
    for form in [
        "2019.6.17",
        "2019-6-17",
        "2019/6/17",
        "2019-06-17",
        "20190617",
        "2019年6月17日",
        "2019年06月17日",
        "２０１９．６．１７",
        " 2019 . 6 . 17 ",
        "2019\u{3000}年6月17日",
        "43633",
        "43633.5",
        "2019-06-17 00:00:00",
        "2019/6/17 0:00",
        "2019-6-17 9:30",
        "2019-06-17T09:30:00",
        "2019年6月17日 9时30分",
        "'2019-06-17",
        "20190617.0",
    ] {
        assert_eq!(cell::date_of(&text(form)), Ok(Some(day)), "{form}");
    }
    assert_eq!(cell::date_of(&Cell::Date(day)), Ok(Some(day)));
    assert_eq!(cell::date_of(&Cell::Number(43_633.0)), Ok(Some(day)));
    assert_eq!(cell::date_of(&Cell::Number(20_190_617.0)), Ok(Some(day)));
    for empty in ["", "  ", "\u{3000}"] {
        assert_eq!(cell::date_of(&text(empty)), Ok(None));
    }
}

#[test]
fn a_day_that_does_not_exist_is_told_from_one_that_cannot_be_read() {
    for form in ["2018年2月30日", "2019-13-01", "20190431", "2019.0.17"] {
        assert_eq!(cell::date_of(&text(form)), Err(FaultCode::NoSuchDay), "{form}");
    }
    for form in ["六月十七", "2019.6", "17/6", "2019", "待定", "2019-6-17-3"] {
        assert_eq!(cell::date_of(&text(form)), Err(FaultCode::DateUnreadable), "{form}");
    }
}

#[test]
fn an_amount_is_read_in_every_form() {
    for form in [
        "50000",
        "50,000",
        "50,000.00",
        "５００００",
        "5万",
        "5万元",
        "5.0 万",
        "50000元",
        "￥50,000.00",
        "伍万元整",
        "人民币伍万元整",
        "伍万圆整",
        "五万",
        "5,0000",
        "'50000",
    ] {
        assert_eq!(cell::amount(&text(form), Unit::Yuan).unwrap().unwrap().get(), 5_000_000, "{form}");
    }
    // A column in 万元: a bare number is counted in it, a unit in the cell itself wins.
    for form in ["5", "5.00", "５", "5万", "50000元", "伍万元整"] {
        let amount = cell::amount(&text(form), Unit::TenThousandYuan);
        assert_eq!(amount.unwrap().unwrap().get(), 5_000_000, "{form}");
    }
    assert_eq!(cell::amount(&Cell::Number(3.5), Unit::TenThousandYuan).unwrap().unwrap().get(), 3_500_000);
    assert_eq!(cell::amount(&Cell::Number(0.1 + 0.2), Unit::Yuan).unwrap().unwrap().get(), 30);
    for form in ["若干", "5万5", "1.234", "12.3.4", "#N/A"] {
        assert_eq!(cell::amount(&text(form), Unit::Yuan), Err(FaultCode::AmountUnreadable), "{form}");
    }
}

#[test]
fn a_rate_a_term_and_a_count_are_read_in_every_form() {
    for form in ["4.75", "4.75%", "0.0475", "４．７５％", "4.75 %"] {
        assert_eq!(cell::rate(&text(form)).unwrap().unwrap().to_string(), "4.75", "{form}");
    }
    assert_eq!(cell::rate(&Cell::Number(0.0475)).unwrap().unwrap().to_string(), "4.75");
    for form in ["36", "36个月", "3年", "三年", "３６", "36 月", "36期", "叁年"] {
        assert_eq!(cell::months(&text(form), false), Ok(Some(36)), "{form}");
    }
    assert_eq!(cell::months(&text("一年半"), false), Ok(Some(18)));
    assert_eq!(cell::months(&text("1年6个月"), false), Ok(Some(18)));
    for (form, in_years, months) in [
        ("3", true, 36),
        ("36个月", true, 36),
        ("1.5年", false, 18),
        ("1.5", true, 18),
        ("36（月）", false, 36),
    ] {
        assert_eq!(cell::months(&text(form), in_years), Ok(Some(months)), "{form}");
    }
    for form in ["4", "4人", "4口", "四"] {
        assert_eq!(cell::count(&text(form)), Ok(Some(4)), "{form}");
    }
}

#[test]
fn an_identity_number_is_cured_where_it_can_be() {
    for form in [
        "43109919900524480X",
        "43109919900524480x",
        " 431099 19900524 480X ",
        "４３１０９９１９９００５２４４８０Ｘ",
        "'43109919900524480X",
        "43109919900524480X\t",
        "431099900524480",
    ] {
        let number = cell::identity(&text(form)).unwrap().unwrap();
        assert_eq!(number.as_str(), "43109919900524480X", "{form}");
    }
    assert_eq!(cell::identity(&Cell::Number(431_099_900_524_480.0)).unwrap().unwrap().last_four(), "480X");
    for form in ["4.31099E+17", "4.31099199610277E+17", "431099199610277000"] {
        assert_eq!(cell::identity(&text(form)), Err(FaultCode::NumberRounded), "{form}");
    }
    assert_eq!(cell::identity(&Cell::Number(431_099_199_610_277_327.0)), Err(FaultCode::NumberRounded));
    let wrong = cell::identity(&text("431099199005244801"));
    assert_eq!(wrong, Err(FaultCode::IdentityCheckDigit { expected: 'X' }));
}

#[test]
fn a_name_has_no_blanks_and_a_number_no_tail() {
    assert_eq!(cell::name(&text(" 袁\u{3000}文\u{a0}")).as_deref(), Some("袁文"));
    assert_eq!(cell::phone(&Cell::Number(13_979_240_936.0)).as_deref(), Some("13979240936"));
    assert_eq!(cell::phone(&text("13979240936.0")).as_deref(), Some("13979240936"));
    assert_eq!(cell::number(&text("\t4310222016000743")).unwrap().as_deref(), Some("4310222016000743"));
    assert_eq!(cell::number(&Cell::Number(4_310_222_016_000_743.0)).unwrap().unwrap(), "4310222016000743");
    assert_eq!(cell::number(&text("4.31022E+15")), Err(FaultCode::NumberRounded));
    // What a spreadsheet leaves of sixteen digits that somebody typed; as text, and of fifteen, it is what it is.
    assert_eq!(cell::number(&Cell::Number(4_310_222_018_000_020.0)), Err(FaultCode::NumberRounded));
    assert_eq!(cell::number(&text("4310222018000020")).unwrap().unwrap(), "4310222018000020");
    assert_eq!(cell::number(&Cell::Number(431_022_201_800_020.0)).unwrap().unwrap(), "431022201800020");
}

#[test]
fn a_rate_beyond_all_reckoning_is_refused() {
    for form in ["79228162514264337593543950335‰", "-4.75‰", "94.75‰", "101%", "-1"] {
        assert_eq!(cell::rate(&text(form)), Err(FaultCode::NumberUnreadable), "{form}");
    }
    assert_eq!(cell::rate(&text("3.958333333333333‰")).unwrap().unwrap().to_string(), "4.75");
}

#[test]
fn a_term_of_more_than_a_hundred_years_is_no_term() {
    for form in ["1201", "101年", "100年半", "10000年", "4310"] {
        assert_eq!(cell::months(&text(form), false), Err(FaultCode::NumberUnreadable), "{form}");
    }
    assert_eq!(cell::months(&text("100年"), false), Ok(Some(1_200)));
}

#[test]
fn signs_that_steer_printers_are_no_part_of_a_text() {
    assert_eq!(cell::text(&text("白石\0渡村\u{1b}")).as_deref(), Some("白石渡村"));
    assert_eq!(cell::name(&text("\0张\u{1}三")).as_deref(), Some("张三"));
    assert_eq!(cell::text(&text("两\n行")).as_deref(), Some("两\n行"));
    assert_eq!(cell::text(&text("\0")), None);
    assert_eq!(cell::number(&text("A1\0")).unwrap().as_deref(), Some("A1"));
}

proptest! {
    /// Whatever stands in a cell, reading it ends with a value or a fault.
    #[test]
    fn no_cell_breaks_a_reader(content in "\\PC*", number in proptest::num::f64::ANY) {
        for cell in [text(&content), Cell::Number(number)] {
            let _ = (cell::date_of(&cell), cell::amount(&cell, Unit::Yuan), cell::rate(&cell), cell::months(&cell, true));
            let _ = (cell::identity(&cell), cell::number(&cell), cell::count(&cell), cell::name(&cell));
        }
    }

    /// An amount of whole fen survives being written as a spreadsheet keeps it.
    #[test]
    fn a_spreadsheets_number_is_its_amount(fen in 1_i64..100_000_000_000) {
        let shortest: f64 = format!("{}.{:02}", fen / 100, fen % 100).parse().unwrap();
        prop_assert_eq!(cell::amount(&Cell::Number(shortest), Unit::Yuan).unwrap().unwrap().get(), fen);
    }
}
