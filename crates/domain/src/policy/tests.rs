//! Packs are read, laid over one another and judged.

use jiff::civil::date;

use super::*;
use crate::division::Borne;
use crate::warning::Standing;

#[test]
fn a_contract_is_judged_by_the_pack_of_its_day_and_place() {
    let packs = Packs::parse(&EMBEDDED).expect("the packs in the binary are sound");
    let codes = |code: &str| {
        let borne = Borne { code: code.to_owned(), division_id: 1, first_on: Date::MIN, last_on: Date::MAX };
        Codes::new(1, vec![borne])
    };
    for (county, day, id) in [
        ("431022000000", date(2018, 5, 1), "yizhang-2019"),
        ("410225000000", date(2018, 5, 1), "national-2015"),
        ("431022000000", date(2021, 1, 1), "national-2021"),
        ("431022000000", date(2025, 12, 31), "national-2021"),
        ("431022000000", date(2026, 1, 1), "national-2026"),
        ("431022000000", date(2040, 1, 1), "national-2026"),
    ] {
        assert_eq!(
            packs.for_contract(&codes(county), day).map(|pack| pack.id.as_str()),
            Some(id),
            "{county} {day}"
        );
    }
    assert_eq!(packs.for_contract(&codes("431022000000"), date(2014, 1, 1)), None);
}

#[test]
fn a_pack_of_a_recoded_county_goes_on_holding() {
    let packs = Packs::parse(&EMBEDDED).unwrap();
    let borne =
        |code: &str, first_on, last_on| Borne { code: code.to_owned(), division_id: 1, first_on, last_on };
    let codes = Codes::new(
        1,
        vec![
            borne("431022000000", Date::MIN, date(2019, 6, 30)),
            borne("431099000000", date(2019, 7, 1), Date::MAX),
        ],
    );
    for day in [date(2018, 5, 1), date(2019, 12, 1)] {
        assert_eq!(
            packs.for_contract(&codes, day).map(|pack| pack.id.as_str()),
            Some("yizhang-2019"),
            "{day}"
        );
    }
}

#[test]
fn a_pack_states_what_differs_and_marks_what_is_unknown() {
    let packs = Packs::parse(&EMBEDDED).unwrap();
    let yizhang = packs.by_id("yizhang-2019").expect("is there");
    assert_eq!(yizhang.cap.value, Some(Fen::new(5_000_000)), "inherited");
    assert_eq!(yizhang.programme.zh, "扶贫小额信贷");
    assert_eq!(yizhang.warning.status, Status::ToConfirm);
    let latest = packs.by_id("national-2026").expect("is there");
    assert_eq!(latest.cap.value, Some(Fen::new(10_000_000)));
    assert_eq!((latest.term_months_max.value, latest.term_months_max.status), (None, Status::Unknown));
    assert_eq!(latest.contracts_until, None, "in force");
    assert_eq!(latest.contracts_from_status, Status::ToConfirm, "the day of the notice is not known");
    assert!(latest.contracts_from_source.contains("帮扶小额信贷"));
    assert_eq!(yizhang.contracts_from_status, Status::Known);
}

#[test]
fn each_level_says_what_follows_and_a_nearer_pack_tells_it_as_a_whole() {
    use Recipient::{Borrower, Branch, County, Station, Township};
    let packs = Packs::parse(&EMBEDDED).unwrap();
    let yizhang = packs.by_id("yizhang-2019").unwrap();
    let of = |standing| yizhang.responses.of(standing);
    assert_eq!(of(Standing::Green).unwrap().told, [Township, Branch]);
    let red = of(Standing::Red).unwrap();
    assert_eq!(
        (red.told.as_slice(), red.at_once),
        (&[Township, Branch, County, Station, Borrower][..], true)
    );
    assert_eq!((red.working_days, red.again_days), (3, Some(3)));
    assert_eq!(of(Standing::Overdue).unwrap().supervisor_after_days, Some(10));
    assert_eq!(of(Standing::Awaiting).unwrap().told, [Branch]);
    assert_eq!((of(Standing::None), of(Standing::Settled)), (None, None));
    let own = "id = \"own\"\ninherits = \"national-2015\"\nname = { zh = \"县\", en = \"own\" }
        [response.blue]\ntold = [\"county\"]\nat_once = true\ndeed = { zh = \"走访\", en = \"visit\" }
        working_days = 4\nstatus = \"known\"\nsource = { zh = \"县办\", en = \"county\" }\n";
    let mut files = EMBEDDED.to_vec();
    files.push(("own.toml", own));
    let packs = Packs::parse(&files).unwrap();
    let (own, parent) = (packs.by_id("own").unwrap(), packs.by_id("national-2015").unwrap());
    assert_eq!((own.responses.blue.told.as_slice(), own.responses.blue.working_days), (&[County][..], 4));
    assert_eq!(own.responses.green, parent.responses.green);
}

#[test]
fn a_class_of_households_is_known_by_the_programme_of_the_contract() {
    let packs = Packs::parse(&EMBEDDED).unwrap();
    let code = |pack: &str, word: &str| {
        packs.by_id(pack).expect("is there").household_class(word).map(|class| class.code.as_str())
    };
    for pack in ["national-2015", "yizhang-2019", "national-2021", "national-2026"] {
        assert_eq!(code(pack, "脱贫户"), Some("lifted"), "{pack}");
        assert_eq!(code(pack, "已 脱贫"), Some("lifted"), "{pack}");
        assert_eq!(code(pack, "五保户"), None, "{pack}");
    }
    assert_eq!(code("yizhang-2019", "未脱贫户"), Some("unlifted"));
    assert_eq!(code("yizhang-2019", "边缘户"), Some("borderline"));
    for pack in ["national-2021", "national-2026"] {
        assert_eq!(code(pack, "未脱贫户"), None, "no word of the programme before");
        assert_eq!(code(pack, "突发严重困难户"), Some("hardship"), "{pack}");
    }
}

fn with(change: (&str, &str)) -> Vec<PackFault> {
    let files: Vec<(String, String)> = EMBEDDED
        .iter()
        .map(|(file, text)| ((*file).to_owned(), text.replacen(change.0, change.1, 1)))
        .collect();
    Packs::parse(&files).err().unwrap_or_default()
}

#[test]
fn a_fault_is_told_with_its_place() {
    for (change, line, column, kind) in [
        (("red_to_days = 7", "red_to_days = 31"), 19, 1, PackFaultKind::Order),
        (
            ("{ value = 50000, status = \"known\"", "{ value = 50000, status = \"unknown\""),
            12,
            12,
            PackFaultKind::Status,
        ),
        (("{ value = 36,", "{ value = 0,"), 13, 19, PackFaultKind::NotPositive),
        (
            ("contracts_until = \"2020-12-31\"", "contracts_until = \"2014-12-31\""),
            9,
            19,
            PackFaultKind::Days,
        ),
        (("green_to_days = 90", "green_to_days = 100000000"), 23, 17, PackFaultKind::Above(3650)),
        (("{ value = 36,", "{ value = 4000000000,"), 13, 19, PackFaultKind::Above(600)),
        (
            ("also = [\"脱贫\"", "also = [\"未 脱贫户\""),
            118,
            9,
            PackFaultKind::SameClass("未 脱贫户".to_owned()),
        ),
        (("en = \"supervision\"", "en = \" \""), 132, 3, PackFaultKind::NoReason),
        (
            ("zh = \"核对身份\"", "zh = \"联系 借款人\""),
            129,
            3,
            PackFaultKind::SameReason("联系 借款人".to_owned()),
        ),
        (
            (
                "], status = \"to_confirm\", source = \"没有文件",
                "], status = \"unknown\", source = \"没有文件",
            ),
            127,
            11,
            PackFaultKind::Status,
        ),
        (("told = [\"branch\"]", "told = [\"branch\", \"township\"]"), 65, 19, PackFaultKind::BranchAlone),
        (
            ("[\"township\", \"branch\"]", "[\"township\", \"bank\"]"),
            32,
            21,
            PackFaultKind::Recipient("bank".to_owned()),
        ),
        (
            ("[\"township\", \"branch\"]", "[\"branch\", \"branch\"]"),
            32,
            19,
            PackFaultKind::Recipient("branch".to_owned()),
        ),
        (("zh = \"上门处置\"", "zh = \" \""), 58, 8, PackFaultKind::NoDeed),
        (("working_days = 15", "working_days = 0"), 35, 16, PackFaultKind::NotPositive),
        (("again_days = 3", "again_days = 4000"), 60, 14, PackFaultKind::Above(3650)),
        (("\"borderline\"", "\"lifted\""), 121, 8, PackFaultKind::SameClass("lifted".to_owned())),
        (
            ("base = { status = \"unknown\" }", "base = { value = \"amount\", status = \"known\" }"),
            90,
            8,
            PackFaultKind::Choice("amount-lent, credit-line".to_owned()),
        ),
        (
            (
                "household_percent = { status = \"unknown\" }",
                "household_percent = { value = \"200\", status = \"known\" }",
            ),
            87,
            21,
            PackFaultKind::Above(100),
        ),
    ] {
        let faults = with(change);
        let found = faults.first().expect("a fault");
        assert_eq!((found.line, found.column, &found.kind), (line, column, &kind), "{change:?}");
        assert_eq!(found.file, "policy/national-2015.toml");
    }
}

#[test]
fn an_unknown_key_or_parent_is_refused() {
    let faults = with(("cap_yuan", "cap_yaun"));
    assert!(matches!(&faults[0].kind, PackFaultKind::Form(text) if text.contains("cap_yaun")), "{faults:?}");
    assert_eq!((faults[0].line, faults[0].column), (12, 1));
    let faults = with(("inherits = \"national-2015\"", "inherits = \"nobody\""));
    assert_eq!(faults[0].kind, PackFaultKind::Parent("nobody".to_owned()));
    let faults = with(("id = \"national-2021\"", "id = \"national-2015\""));
    assert!(faults.iter().any(|fault| matches!(&fault.kind, PackFaultKind::SameName(_))), "{faults:?}");
}

#[test]
fn a_circle_of_parents_ends() {
    let faults = with(("id = \"national-2015\"", "id = \"national-2015\"\ninherits = \"yizhang-2019\""));
    assert!(faults.iter().any(|fault| matches!(&fault.kind, PackFaultKind::Parent(_))), "{faults:?}");
}

/// The faults of a county's own pack beside those in the binary.
fn own(text: &str) -> Vec<PackFault> {
    let mut files = EMBEDDED.to_vec();
    files.push(("own.toml", text));
    Packs::parse(&files).err().unwrap_or_default()
}

#[test]
fn what_a_pack_inherits_is_judged_with_what_it_states() {
    let pack = |rest: &str| {
        format!(
            "id = \"own\"\ninherits = \"national-2015\"\nname = {{ zh = \"县\", en = \"own\" }}\n{rest}\n"
        )
    };
    let until = date(2020, 12, 31);
    for (rest, found) in [
        (
            "contracts_from = \"2021-01-01\"",
            Some((18, PackFaultKind::NoDay { from: date(2021, 1, 1), until })),
        ),
        (
            "contracts_until = \"2014-06-30\"",
            Some((19, PackFaultKind::NoDay { from: date(2015, 1, 1), until: date(2014, 6, 30) })),
        ),
        ("contracts_from = { status = \"unknown\" }", Some((18, PackFaultKind::Status))),
        ("contracts_from = \"2021-01-01\" \ncontracts_until = \"none\"", None),
        ("counties = [\"43102\"]", Some((13, PackFaultKind::County("43102".to_owned())))),
        ("counties = [\"4310220000000\"]", Some((13, PackFaultKind::County("4310220000000".to_owned())))),
        ("counties = [\"43102２\"]", Some((13, PackFaultKind::County("43102２".to_owned())))),
        ("counties = [\"431022\", \"410225000000\"]", None),
    ] {
        let faults = own(&pack(rest));
        let faults: Vec<_> = faults.into_iter().map(|fault| (fault.line, fault.column, fault.kind)).collect();
        let found: Vec<_> = found.into_iter().map(|(column, kind)| (4, column, kind)).collect();
        assert_eq!(faults.first(), found.first(), "{rest}");
        assert!(faults.is_empty() == found.is_empty(), "{rest}: {faults:?}");
    }
}
