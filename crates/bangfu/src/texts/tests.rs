use jiff::civil::date;

use super::*;
use bangfu_domain::money::Fen;

#[test]
fn money_is_written_as_each_language_writes_it() {
    assert_eq!(Lang::Zh.amount(Fen::new(68_000_000)), "68 万元");
    assert_eq!(Lang::Zh.amount(Fen::new(489_500_000)), "489.5 万元");
    assert_eq!(Lang::Zh.amount(Fen::new(19_076_545_000)), "19,076.55 万元");
    assert_eq!(Lang::En.amount(Fen::new(68_000_000)), "¥680,000");
    assert_eq!(Lang::Zh.yuan(Fen::new(3_000_005)), "30,000.05 元");
    assert_eq!(Lang::Zh.amount_bare(Fen::new(489_500_000), 2), "489.50");
    assert_eq!(Lang::Zh.share(Fen::new(68), Fen::new(19_076)), "0.36%");
    assert_eq!(Lang::Zh.share(Fen::ZERO, Fen::ZERO), "0%");
}

#[test]
fn days_in_titles_carry_their_weekday() {
    assert_eq!(Lang::Zh.day_long(date(2019, 6, 17)), "2019年6月17日 星期一");
    assert_eq!(Lang::En.day_long(date(2019, 6, 17)), "Monday, 17 June 2019");
}

#[test]
fn numbers_in_messages_choose_singular_or_plural_and_carry_separators() {
    assert_eq!(Lang::En.text_with("loans-count", &[("n", Value::Number(1))]), "1 loan");
    assert_eq!(Lang::En.text_with("loans-count", &[("n", Value::Number(4863))]), "4,863 loans");
    assert_eq!(Lang::Zh.text_with("loans-count", &[("n", Value::Number(4863))]), "4,863 笔");
}

#[test]
fn a_number_met_in_another_sheet_is_told_with_its_sheet() {
    use bangfu_sheets::fault::{Fault, FaultCode, Place};

    let said = |lang, first_sheet: Option<&str>| {
        let code = FaultCode::Duplicate { first_row: 1234, first_sheet: first_sheet.map(str::to_owned) };
        crate::words::fault(lang, &Fault { at: Place::default(), value: String::new(), code }).message
    };
    assert_eq!(said(Lang::Zh, None), "与第 1234 行的借据号相同；以第 1234 行为准");
    assert_eq!(said(Lang::Zh, Some("东镇")), "与工作表“东镇”第 1234 行的借据号相同；以那一行为准");
    assert_eq!(said(Lang::En, None), "the same as in row 1234, which stands");
    assert_eq!(said(Lang::En, Some("东镇")), "the same as in row 1234 of the sheet “东镇”, which stands");
}
