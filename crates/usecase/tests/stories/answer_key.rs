//! The sample county's books against their answer key.

use std::collections::BTreeMap;

use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Filter, Shown};
use bangfu_usecase::board::Figures;
use bangfu_usecase::import::Take;
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::{Error, error::Refusal, export};
use jiff::civil::{Date, date};
use serde_json::Value;

use crate::stage::{Stage, demo};
use crate::story;

fn truth() -> Value {
    serde_json::from_slice(&demo("yizhang/truth.json")).unwrap()
}

fn counts(figures: &Figures) -> [i64; 7] {
    use Standing::{Awaiting, Blue, Green, None, Overdue, Red, Yellow};
    [Overdue, Awaiting, Red, Yellow, Blue, Green, None].map(|standing| figures.get(standing).loans)
}

async fn the_ledger_is_taken_as_the_key_says(stage: &Stage) {
    let (truth, ledger) = (truth(), demo("yizhang/ledger.xlsx"));
    let refused = stage.take(Kind::Ledger, &ledger, Take::AllOrNothing).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::BadRows { bad: 45 }))), "{refused:?}");
    let report = stage.read_in(Kind::Ledger, &ledger).await;
    assert_eq!((report.rows.good, report.rows.bad), (6918, 45));
    assert_eq!(report.rows.read, report.rows.good + report.rows.bad + report.rows.skipped);
    assert_eq!(Some(report.amount_fen.get()), truth["principal_fen"].as_i64());
    let told: Vec<(&str, u64, &str)> = report
        .errors
        .iter()
        .map(|fault| (fault.at.sheet.as_str(), u64::from(fault.at.row), fault.at.column.as_str()))
        .collect();
    let key: Vec<(&str, u64, &str)> = truth["bad"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| {
            (bad["sheet"].as_str().unwrap(), bad["row"].as_u64().unwrap(), bad["column"].as_str().unwrap())
        })
        .collect();
    assert_eq!(told, key);
    for fault in &report.errors {
        let row = (&fault.at.sheet, fault.at.row);
        let whose = report.subjects.iter().find(|one| (&one.at.sheet, one.at.row) == row);
        assert!(whose.is_some_and(|one| one.name.is_some() && one.number.is_some()), "{row:?} {whose:?}");
    }
    let as_of: Date = truth["as_of"].as_str().unwrap().parse().unwrap();
    let rows = export::loans(&stage.db, &stage.ctx(), as_of, None, Some("story")).await.unwrap();
    let by_number: BTreeMap<&str, _> = rows.iter().map(|row| (row.number.as_str(), row)).collect();
    assert_eq!(by_number.len(), 6918);
    for loan in truth["loans"].as_array().unwrap() {
        let row = by_number[loan[0].as_str().unwrap()];
        assert_eq!(row.identity, loan[1].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.village_code, loan[2].as_str().unwrap(), "{}", row.number);
        assert_eq!(Some(row.terms.principal_fen.get()), loan[3].as_i64(), "{}", row.number);
        assert_eq!(row.terms.rate.unwrap().to_string(), loan[4].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.terms.disbursed_on.to_string(), loan[5].as_str().unwrap(), "{}", row.number);
        assert_eq!(row.terms.due_on.to_string(), loan[6].as_str().unwrap(), "{}", row.number);
        assert_eq!(Some(row.repaid_fen.get()), loan[7].as_i64(), "{}", row.number);
        assert_eq!(row.settled_on.map(|day| day.to_string()).as_deref(), loan[8].as_str(), "{}", row.number);
    }
    let again = stage.read_in(Kind::Ledger, &ledger).await;
    assert_eq!((again.changes.new, again.changes.changed, again.changes.unchanged), (0, 0, 6918));
}
story!(the_ledger_is_taken_as_the_key_says);

async fn the_county_is_closed_to_the_newspapers_day(stage: &Stage) {
    stage.read_in(Kind::Ledger, &demo("yizhang/ledger.xlsx")).await;
    let day = date(2019, 4, 30);
    let opening = stage.close(day).await;
    assert_eq!((opening.len(), opening[0].moves), (1, 0), "the opening tells nobody");
    assert_eq!(counts(&stage.board(Axis::Township, day, None).await.total), [0, 0, 43, 160, 170, 184, 4594]);
    stage.read_in(Kind::Officers, &demo("yizhang/officers.xlsx")).await;
    stage.read_in(Kind::Households, &demo("yizhang/households.xlsx")).await;
    let bank = stage.read_in(Kind::Repayments, &demo("yizhang/bank.csv")).await;
    assert_eq!((bank.rows.bad, bank.differences), (0, 0));
    let truth = truth();
    let last: BTreeMap<&str, i64> = truth["bank"]
        .as_array()
        .unwrap()
        .iter()
        .map(|movement| (movement[0].as_str().unwrap(), movement[3].as_i64().unwrap()))
        .collect();
    let day = date(2019, 6, 17);
    let days = stage.close(day).await;
    assert_eq!(days.len(), 48);
    let rows = export::loans(&stage.db, &stage.ctx(), day, None, None).await.unwrap();
    for row in rows.iter().filter(|row| last.contains_key(row.number.as_str())) {
        assert_eq!(row.balance_fen.get(), last[row.number.as_str()], "{}", row.number);
    }
    let expected = [20, 0, 43, 124, 184, 184, 4308];
    for axis in [Axis::Township, Axis::Village, Axis::Branch, Axis::Manager] {
        let board = stage.board(axis, day, None).await;
        assert_eq!(counts(&board.total), expected);
        let now = stage.ctx().micros();
        let recounted = stage.board(axis, day, Some(now)).await;
        assert_eq!(board, recounted, "each cell equals a full recount by {axis:?}");
        let mut tx = stage.db.read().await.unwrap();
        for row in &board.rows {
            for standing in Standing::owing() {
                let mut filter = Filter { shown: Shown::Standing(standing), ..Filter::default() };
                match axis {
                    Axis::Branch => filter.branch_id = Some(row.key_id),
                    Axis::Manager => filter.manager_id = Some(row.key_id),
                    _ => filter.division_id = Some(row.key_id),
                }
                let listed = loan::totals(&mut tx, &stage.ctx().scope, day, &filter).await.unwrap();
                assert_eq!(row.figures.get(standing), listed, "{} {standing:?}", row.name);
            }
        }
    }
    let before = stage.board(Axis::Township, date(2019, 6, 16), None).await;
    assert_eq!(counts(&before.total), [19, 0, 39, 129, 179, 186, 4313]);
    let again = stage.close(day).await;
    assert_eq!(again.len(), 1, "closed twice is closed once");
    assert_eq!(again[0], *days.last().unwrap());
    let comparison = compare(&stage.db, &stage.ctx()).await.unwrap();
    assert!(comparison.is_equal(), "{comparison:?}");
    assert_eq!(comparison.loans, 6918);
}
story!(the_county_is_closed_to_the_newspapers_day);
