//! Searches: whatever part of a name, its sound, its initials or a number is typed, what is found is what the list
//! of that search holds, and nothing that lies outside the reader's scope.

use std::collections::BTreeSet;

use bangfu_domain::search::{name_terms, wanted_name};
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::loan::{self, Filter, Hit, ListRow, Order, Shown};
use bangfu_store::testing::forget_names;
use bangfu_store::{Area, Scope, Tx, person};
use bangfu_usecase::rebuild::{compare, rebuild};
use bangfu_usecase::search::{self, Paging};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::stage::Stage;
use crate::story;

const DAY: Date = date(2019, 4, 30);
const LATER: Date = date(2019, 5, 31);

const PLACES: [(&str, &str, &str); 3] =
    [("白石渡镇", "白石渡村", "白石渡支行"), ("玉溪镇", "城北", "城关支行"), ("莽山乡", "永安", "城关支行")];

const NAMES: [&str; 9] =
    ["王小明", "王明", "小王明", "单小芳", "曾国", "欧阳小红", "王小明", "李明明", "汪明月"];

/// A ledger of these borrowers, one after the other in the three places; every third loan is repaid.
fn ledger(day: Date, names: &[&str], shift: usize) -> Vec<u8> {
    let header = "乡镇,村,借款人,借款人身份证号,户主,户主身份证号,银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）";
    let rows = names.iter().enumerate().map(|(index, name)| {
        let (township, village, branch) = PLACES[(index + shift) % PLACES.len()];
        let (who, head) = (identity(index), identity(500 + index));
        let repaid = if index % 3 == 2 { 50_000 } else { 0 };
        format!(
            "{township},{village},{name},{who},户主{name},{head},农商银行{branch},ZY2018{index:04},50000,2018-05-01,\
             2019-0{}-20,{repaid}\n",
            5 + index % 3
        )
    });
    format!("台账（截至{day}）\n{header}\n{}", rows.collect::<String>()).into_bytes()
}

/// Every text worth typing: all parts of the names as they are written, as they sound and by their initials.
fn typed() -> BTreeSet<String> {
    let terms = NAMES.iter().flat_map(|name| name_terms(name));
    let parts = terms.flat_map(|term| {
        let characters: Vec<char> = term.text.chars().collect();
        (1..=characters.len()).map(|len| characters[..len].iter().collect()).collect::<Vec<String>>()
    });
    let others = ["ZY2018", "zy20180003", "0004", "0", "W M", "没有", "%", "_", "!"].map(str::to_owned);
    parts.chain(others).collect()
}

fn is_found(row: &ListRow, typed: &str) -> bool {
    let wanted = wanted_name(typed);
    let by_name = name_terms(&row.borrower_name).iter().any(|term| term.text.starts_with(&wanted));
    let number = typed.to_uppercase();
    by_name || row.number.starts_with(&number) || (typed.len() >= 4 && row.number.ends_with(&number))
}

async fn listed(stage: &Stage, scope: &Scope, day: Date, filter: &Filter) -> Vec<ListRow> {
    let mut tx = stage.db.read().await.unwrap();
    loan::list(&mut tx, scope, day, filter, Order::Number, None, 99).await.unwrap().rows
}

async fn found(stage: &Stage, scope: &Scope, day: Date, filter: &Filter) -> Vec<ListRow> {
    let mut tx = stage.db.read().await.unwrap();
    let found = search::loans(&mut tx, scope, day, filter).await.unwrap();
    assert!(found.complete);
    let all = Paging { order: Some(Order::Number), backwards: false, after: None, limit: 99 };
    found.page(&mut tx, scope, day, all).await.unwrap().rows
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn searching(text: &str) -> Filter {
    Filter { shown: Shown::All, text: Some(text.to_owned()), ..Filter::default() }
}

async fn a_search_finds_what_its_list_holds_and_nothing_outside_the_scope(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(DAY, &NAMES, 0)).await;
    // The loans move on to the next place: on the earlier day they still lie where they lay.
    stage.read_in(Kind::Ledger, &ledger(LATER, &NAMES, 1)).await;
    let whole = stage.ctx().scope;
    let all = listed(stage, &whole, DAY, &Filter { shown: Shown::All, ..Filter::default() }).await;
    let first = &all[0];
    let officer = Area::Officer(1);
    let areas = [Area::County, Area::Division(first.village_id), Area::Branch(first.branch_id), officer];
    for day in [DAY, LATER] {
        for area in areas {
            let scope = Scope { area, ..whole };
            let inside = listed(stage, &scope, day, &Filter { shown: Shown::All, ..Filter::default() }).await;
            assert_eq!(inside.len() == NAMES.len(), area == Area::County, "{area:?}");
            for text in typed() {
                let expected: Vec<&ListRow> = inside.iter().filter(|row| is_found(row, &text)).collect();
                let hits = found(stage, &scope, day, &searching(&text)).await;
                assert_eq!(hits.iter().collect::<Vec<_>>(), expected, "{text} in {area:?} on {day}");
            }
            for text in ["明", "xm", "ZY2018"] {
                for shown in [Shown::Owing, Shown::Standing(Standing::Yellow)] {
                    let filter = Filter { shown, branch_id: Some(first.branch_id), ..searching(text) };
                    let list = listed(stage, &scope, day, &filter).await;
                    assert_eq!(found(stage, &scope, day, &filter).await, list, "{text} {shown:?} {area:?}");
                }
            }
        }
    }
}
story!(a_search_finds_what_its_list_holds_and_nothing_outside_the_scope);

async fn the_nearest_come_first_and_the_count_says_when_there_are_more(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(DAY, &NAMES, 0)).await;
    let scope = stage.ctx().scope;
    let mut tx = stage.db.read().await.unwrap();
    let names = async |tx: &mut Tx, loans: &[Hit]| {
        let ids: Vec<i64> = loans.iter().map(|hit| hit.loan_id).collect();
        let rows = loan::rows(tx, &scope, DAY, &ids).await.unwrap();
        rows.into_iter().map(|row| (row.borrower_name, row.number)).unzip::<String, String, Vec<_>, Vec<_>>()
    };
    let hits = loan::hits(&mut tx, &scope, DAY, &searching("王明"), 9).await.unwrap();
    assert_eq!((names(&mut tx, &hits.loans).await.0, hits.complete), (texts(&["王明", "小王明"]), true));
    let hits = loan::hits(&mut tx, &scope, DAY, &searching("王"), 2).await.unwrap();
    assert_eq!((hits.loans.len(), hits.complete), (2, false));
    let hits = loan::hits(&mut tx, &scope, DAY, &searching("zeng"), 1).await.unwrap();
    assert_eq!((names(&mut tx, &hits.loans).await.0, hits.complete), (texts(&["曾国"]), true));
    // Pages follow one another, and back.
    let found = search::loans(&mut tx, &scope, DAY, &searching("m")).await.unwrap();
    for order in [None, Some(Order::Due), Some(Order::Balance), Some(Order::Name)] {
        let all = Paging { order, backwards: false, after: None, limit: 99 };
        let whole = found.page(&mut tx, &scope, DAY, all).await.unwrap().rows;
        let first = found.page(&mut tx, &scope, DAY, Paging { limit: 2, ..all }).await.unwrap();
        let after = Paging { after: first.next.as_ref(), ..all };
        let rest = found.page(&mut tx, &scope, DAY, after).await.unwrap();
        assert_eq!([first.rows, rest.rows].concat(), whole);
        let mut back =
            found.page(&mut tx, &scope, DAY, Paging { backwards: true, ..all }).await.unwrap().rows;
        back.reverse();
        assert_eq!(back, whole);
    }
    let four = person::last_four(stage.db.key(), &identity(4)[14..]);
    let filter = Filter { shown: Shown::All, last_four_hash: Some(four), ..Filter::default() };
    let found = search::loans(&mut tx, &scope, DAY, &filter).await.unwrap();
    let (borrowers, numbers) = names(&mut tx, &found.loans).await;
    assert!(borrowers.contains(&"曾国".to_owned()));
    assert!(borrowers.iter().zip(numbers).all(|(name, number)| number[6..] == *"0004" || name != "曾国"));
}
story!(the_nearest_come_first_and_the_count_says_when_there_are_more);

async fn a_household_is_found_by_its_heads_name(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(DAY, &NAMES, 0)).await;
    let whole = stage.ctx().scope;
    let first = listed(stage, &whole, DAY, &searching("ZY20180000")).await.remove(0);
    let mut tx = stage.db.read().await.unwrap();
    let village = Scope { area: Area::Division(first.village_id), ..whole };
    let nobody = Scope { area: Area::Officer(1), ..whole };
    for (scope, expected) in [(whole, 2), (village, 2), (nobody, 0)] {
        let hits = search::households(&mut tx, &scope, DAY, "hzwxm", None).await.unwrap();
        let heads: Vec<&str> = hits.iter().map(|hit| hit.household.head_name.as_str()).collect();
        assert_eq!(heads, vec!["户主王小明"; expected], "{scope:?}");
        assert!(hits.iter().all(|hit| hit.loans == 1));
    }
    let inside = search::households(&mut tx, &whole, DAY, "明明", Some(first.village_id)).await.unwrap();
    assert_eq!(inside.len(), 0, "李明明 lives elsewhere");
    let inside = search::households(&mut tx, &whole, DAY, "明明", None).await.unwrap();
    let of_household = Filter {
        shown: Shown::All,
        household_id: Some(inside[0].household.household_id),
        ..Filter::default()
    };
    let loans = loan::list(&mut tx, &whole, DAY, &of_household, Order::Due, None, 9).await.unwrap().rows;
    assert_eq!(loans.iter().map(|row| row.borrower_name.as_str()).collect::<Vec<_>>(), ["李明明"]);
}
story!(a_household_is_found_by_its_heads_name);

async fn another_name_is_found_at_once_and_a_rebuild_mends_what_was_lost(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(DAY, &NAMES, 0)).await;
    let mut renamed = NAMES;
    renamed[0] = "赵云";
    stage.read_in(Kind::Ledger, &ledger(LATER, &renamed, 0)).await;
    let scope = stage.ctx().scope;
    let count = async |text: &str| found(stage, &scope, LATER, &searching(text)).await.len();
    assert_eq!((count("zhaoyun").await, count("王小明").await), (1, 1));
    let names = async || compare(&stage.db, &stage.ctx()).await.unwrap().names;
    assert_eq!(names().await, 0);
    let mut tx = stage.db.write(431_022).await.unwrap();
    forget_names(&mut tx, 431_022).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count("zhaoyun").await, 0);
    assert!(names().await > 0);
    rebuild(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!((count("zhaoyun").await, names().await), (1, 0));
}
story!(another_name_is_found_at_once_and_a_rebuild_mends_what_was_lost);
