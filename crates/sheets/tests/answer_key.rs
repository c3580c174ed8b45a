//! The sample books against their answer key.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::Path;

use bangfu_domain::bank::Home;
use bangfu_sheets::read::read_book;
use bangfu_sheets::{households, ledger, officers, repayments};
use serde_json::Value;

fn demo(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/yizhang").join(file);
    std::fs::read(path).unwrap()
}

fn truth() -> Value {
    serde_json::from_slice(&demo("truth.json")).unwrap()
}

#[test]
fn the_ledger_reads_as_its_answer_key_says() {
    let truth = truth();
    let home = Home { code: "431022000000", name: "宜章县", besides: &[] };
    let book = read_book(&demo("ledger.xlsx")).unwrap();
    let parsed = ledger::read(&book, home, &ledger::Known::default(), None, None).unwrap();
    assert_eq!(parsed.as_of.unwrap().to_string(), truth["as_of"].as_str().unwrap());
    let skipped: usize = parsed.skipped.by_kind().iter().map(|(_, count)| count).sum();
    assert_eq!(parsed.read, parsed.rows.len() + parsed.bad.len() + skipped);
    let expected: Vec<(u64, &str)> = truth["bad"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|bad| bad["why"] != "unknown village")
        .map(|bad| (bad["row"].as_u64().unwrap(), bad["column"].as_str().unwrap()))
        .collect();
    let found: Vec<(u64, &str)> =
        parsed.faults.iter().map(|fault| (u64::from(fault.at.row), fault.at.column.as_str())).collect();
    assert_eq!(found, expected);
    let by_number: BTreeMap<&str, &ledger::LedgerRow> =
        parsed.rows.iter().map(|row| (row.number.as_str(), row)).collect();
    for loan in truth["loans"].as_array().unwrap() {
        let row = by_number[loan[0].as_str().unwrap()];
        assert_eq!(row.identity.as_str(), loan[1].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.principal_fen.get(), loan[3].as_i64().unwrap(), "{}", row.number);
        assert_eq!(row.rate.unwrap().to_string(), loan[4].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.disbursed_on.to_string(), loan[5].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.due_on.to_string(), loan[6].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.repaid_fen.unwrap().get(), loan[7].as_i64().unwrap(), "{}", row.number);
        assert_eq!(row.settled_on.map(|day| day.to_string()).as_deref(), loan[8].as_str(), "{}", row.number);
    }
    assert_eq!(parsed.skipped.subtotal, 19);
    assert_eq!(parsed.skipped.total, 1);
    assert_eq!(parsed.skipped.signature, 1);
}

#[test]
fn the_other_books_read_without_a_bad_row() {
    let households = households::read(&read_book(&demo("households.xlsx")).unwrap(), None).unwrap();
    assert_eq!((households.rows.len(), households.faults.len()), (8119, 0));
    let officers = officers::read(&read_book(&demo("officers.xlsx")).unwrap(), None).unwrap();
    assert_eq!((officers.rows.len(), officers.faults.len()), (114, 0));
    let bank = repayments::read(&read_book(&demo("bank.csv")).unwrap(), None).unwrap();
    let truth = truth();
    let movements = truth["bank"].as_array().unwrap();
    assert_eq!((bank.rows.len(), bank.faults.len()), (movements.len(), 0));
    for (row, movement) in bank.rows.iter().zip(movements) {
        assert_eq!(row.number, movement[0].as_str().unwrap());
        assert_eq!(row.on.to_string(), movement[1].as_str().unwrap());
        assert_eq!(row.amount_fen.get(), movement[2].as_i64().unwrap());
        assert_eq!(row.balance_fen.unwrap().get(), movement[3].as_i64().unwrap());
    }
}
