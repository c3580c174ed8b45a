//! The command line as other programs call it: verbs, JSON and exit codes, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod desk;
mod doctor;
mod hostile;
mod house;
mod messages;
mod openid;
mod operation;
mod packaging;
mod post;
mod privacy;
mod rotation;
mod second_factor;
mod serve;
mod several;
mod streams;
mod tls;
mod words;

use serde_json::Value;

use desk::{Desk, demo};

fn a_county_works(desk: &Desk) {
    let (divisions, ledger) = (demo("divisions/yizhang.csv"), demo("yizhang/ledger.xlsx"));
    let (divisions, ledger) = (divisions.to_str().unwrap(), ledger.to_str().unwrap());
    assert_eq!(desk.code(&["init", "--county", "431022", "--divisions", divisions]), 0);
    assert_eq!(desk.code(&["init", "--county", "431022", "--divisions", divisions]), 2, "made already");

    let report = desk.json(&["import", "ledger", ledger, "--check"]);
    assert_eq!((&report["rows"]["good"], &report["rows"]["bad"]), (&6918.into(), &45.into()));
    let first = &report["errors"][0];
    for key in ["sheet", "row", "column", "value", "code", "message", "cure"] {
        assert!(!first[key].is_null(), "{key}");
    }
    assert_eq!(desk.code(&["import", "ledger", ledger]), 3, "some rows are bad");
    assert_eq!(
        desk.json(&["board", "--date", "2019-04-30"])["total"]["none"]["loans"],
        0,
        "nothing was written"
    );
    let taken = desk.run(&["import", "ledger", ledger, "--take", "good", "--rejects", "bad.xlsx"]);
    assert_eq!(taken.status.code(), Some(3));
    assert_eq!(desk.json(&["import", "ledger", "bad.xlsx", "--check"])["changes"]["new"], 0);
    let bank = demo("yizhang/bank.csv");
    assert_eq!(desk.code(&["import", "repayments", bank.to_str().unwrap()]), 0);

    let days = desk.json(&["close", "--date", "2019-06-17"]);
    let days = days["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["moves"]), (49, &0.into()));
    assert_eq!(days[48]["red"]["loans"], 43);
    assert_eq!(desk.json(&["close", "--date", "2019-06-17"])["days"], Value::Array(vec![days[48].clone()]));
    let board = desk.json(&["board", "--date", "2019-06-17", "--by", "officer"]);
    let sum: i64 =
        board["rows"].as_array().unwrap().iter().map(|row| row["red"]["loans"].as_i64().unwrap()).sum();
    assert_eq!((sum, &board["total"]["overdue"]["loans"]), (43, &20.into()));

    assert_eq!(desk.code(&["export", "loans", "--date", "2019-06-17", "out.json"]), 0);
    let loans: Vec<Value> = serde_json::from_slice(&std::fs::read(desk.path("out.json")).unwrap()).unwrap();
    let count = |status: &str, level: Value| {
        loans.iter().filter(|loan| loan["status"] == status && loan["level"] == level).count()
    };
    assert_eq!((count("active", "red".into()), count("active", "none".into())), (43, 4308));
    assert_eq!((count("overdue", Value::Null), count("settled", Value::Null)), (20, 2055));
    for file in ["out.xlsx", "out.csv"] {
        assert_eq!(desk.code(&["export", "loans", "--date", "2019-06-17", file]), 0);
        assert_eq!(desk.json(&["import", "ledger", file, "--check"])["changes"]["unchanged"], 6918, "{file}");
    }
    assert_eq!(desk.code(&["rebuild", "--check"]), 0);
}

#[test]
fn a_county_works_on_sqlite() {
    a_county_works(&Desk::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_county_works_on_postgres() {
    a_county_works(&Desk::postgres().await);
}

#[test]
fn a_database_of_two_counties_asks_which_and_a_fixed_pack_holds_for_every_contract() {
    let desk = Desk::sqlite();
    let list = |name: &str| std::fs::read_to_string(demo(&format!("divisions/{name}.csv"))).unwrap();
    let (yizhang, lankao) = (list("yizhang"), list("lankao"));
    let both = yizhang + lankao.split_once('\n').unwrap().1;
    std::fs::write(desk.path("both.csv"), both).unwrap();
    let init = ["init", "--county", "431022", "--county", "410225", "--divisions", "both.csv"];
    assert_eq!(desk.code(&[&init[..], &["--pack", "national-2015"]].concat()), 0);
    let which = desk.run(&["board"]);
    assert_eq!(which.status.code(), Some(2));
    let said = String::from_utf8(which.stderr).unwrap();
    assert!(said.contains("431022000000") && said.contains("410225000000"), "{said}");

    // A loan of 2022 under the pack that ends with 2020: the fixed pack holds.
    let ledger = "台账（截至2022-06-30）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额,放款日期,到期日期,已还本金\n\
        白石渡镇,白石渡村,张三,431099198001010032,农商银行某支行,A1,50000,2022-01-10,2023-01-10,0\n";
    std::fs::write(desk.path("a.csv"), ledger).unwrap();
    let import = ["--book", "431022", "import", "ledger", "a.csv"];
    let report = desk.json(&import);
    assert_eq!((&report["rows"]["good"], &report["findings"]), (&1.into(), &Value::Array(Vec::new())));
    let of = |county: &str| desk.json(&["--book", county, "board", "--date", "2022-06-30"])["total"].clone();
    assert_eq!((&of("431022")["none"]["loans"], &of("410225")["none"]["loans"]), (&1.into(), &0.into()));
}
