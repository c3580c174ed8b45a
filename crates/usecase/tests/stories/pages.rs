//! The page of a loan on any day says what the lists of that day say.

use std::collections::BTreeMap;

use bangfu_sheets::Kind;
use bangfu_store::loan::{self, Filter, Order, Shown};
use bangfu_store::{Area, Scope, import as stored, officer};
use bangfu_usecase::Error;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::loan::{Detail, detail};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::places::moving;
use crate::slips::HEADER;
use crate::stage::{Engine, Stage};

/// The days of two ledgers, and of a township's village that goes to another between them.
const DAYS: [Date; 5] =
    [date(2019, 4, 30), date(2019, 5, 14), date(2019, 5, 15), date(2019, 5, 20), date(2019, 6, 17)];

/// A ledger of two loans; the first is in another village, branch and hands in each.
fn ledger(as_of: Date, town: &str, first: &str) -> Vec<u8> {
    let header = HEADER.replace('\n', ",信贷管户员,产业指导员,科技特派员\n");
    let row = |index: usize, place: &str, bank: &str, officers: &str| {
        let who = identity(index);
        format!(
            "{place},农户{index},{who},{bank},A{index},50000,2018-05-01,2019-05-0{},0,{officers}\n",
            8 + index
        )
    };
    let rows = [first.to_owned(), row(1, &format!("{town},白石渡村"), "农商银行乙支行", "管乙,导乙,科乙")];
    format!("台账（截至{as_of}）\n{header}{}", rows.concat()).into_bytes()
}

fn first(place: &str, bank: &str, officers: &str) -> String {
    format!("{place},农户0,{},{bank},A0,50000,2018-05-01,2019-07-03,0,{officers}\n", identity(0))
}

/// Notes many more files than a page of imports shows.
async fn many_files_come_later(stage: &Stage) {
    let mut tx = stage.db.write(431_022).await.unwrap();
    let mut file = stored::list(&mut tx, &stage.ctx().scope, 1).await.unwrap().remove(0);
    file.kind = "repayments".to_owned();
    for _ in 0..201 {
        file.import_id += 1_000_000;
        stored::add(&mut tx, stage.db.key(), 431_022, &file).await.unwrap();
    }
    let ledgers = stored::of_kind(&mut tx, &stage.ctx().scope, "ledger").await.unwrap();
    assert_eq!(ledgers.iter().filter(|(_, taken, _)| *taken).count(), 2, "a start knows what was read in");
    tx.commit().await.unwrap();
}

/// What a list's row and a page must both say: township, village, branch, credit manager, terms and standing.
type Said = (String, String, i64, Option<i64>, (Date, Date), bangfu_domain::warning::Standing);

fn of_page(page: &Detail, day: Date) -> Said {
    let (township, village) = page.places.village_on(page.loan.village_id, day);
    let standing = page.standing.as_ref().unwrap().0;
    let terms = (page.loan.terms.disbursed_on, page.loan.terms.due_on);
    (township.to_owned(), village.to_owned(), page.loan.branch_id, page.loan.manager_id, terms, standing)
}

/// Every loan of every list of a day has its page, which says the same; a loan of no list has none.
async fn pages_are_lists(stage: &Stage, scope: Scope, day: Date) -> usize {
    let filter = Filter { shown: Shown::All, ..Filter::default() };
    let mut tx = stage.db.read().await.unwrap();
    let page = loan::list(&mut tx, &scope, day, &filter, Order::Due, None, 99).await.unwrap();
    let all = loan::all(&mut tx, 431_022).await.unwrap();
    drop(tx);
    let ctx = bangfu_usecase::Ctx { scope, ..stage.ctx() };
    let listed: BTreeMap<i64, _> = page.rows.iter().map(|row| (row.loan_id, row)).collect();
    for one in all {
        let found = detail(&stage.db, &ctx, one.loan_id, day).await;
        let Some(row) = listed.get(&one.loan_id) else {
            assert!(
                matches!(found, Err(Error::Refused(Refusal::NotFound))),
                "{} of {day} for {scope:?}",
                one.number
            );
            continue;
        };
        let found = found.unwrap();
        let (township, village) = found.places.village_on(row.village_id, day);
        let terms = (row.disbursed_on, row.due_on);
        let said =
            (township.to_owned(), village.to_owned(), row.branch_id, row.manager_id, terms, row.standing);
        assert_eq!(of_page(&found, day), said, "{} of {day} for {scope:?}", one.number);
        assert!(!found.sources.is_empty(), "a file told of it");
    }
    listed.len()
}

async fn play(engine: Engine) {
    let stage = Stage::with_places(engine, moving()).await;
    let before = first("白石渡镇,白石渡村", "农商银行甲支行", "管甲,导甲,科甲");
    let after = first("莽山乡,永安", "农商银行丙支行", "管丙,导丙,科丙");
    for (as_of, town, row) in [(DAYS[0], "白石渡镇", before), (DAYS[3], "玉溪镇", after)] {
        let report = stage.read_in(Kind::Ledger, &ledger(as_of, town, &row)).await;
        assert_eq!(report.rows.bad, 0, "{:?}", report.errors);
    }
    many_files_come_later(&stage).await;
    let mut tx = stage.db.read().await.unwrap();
    let loans = loan::all(&mut tx, 431_022).await.unwrap();
    let moved = loans.iter().find(|one| one.number == "A0").unwrap().clone();
    let names: BTreeMap<i64, String> = officer::list(&mut tx, 431_022)
        .await
        .unwrap()
        .into_iter()
        .map(|one| (one.officer_id, one.name))
        .collect();
    drop(tx);
    let told = async |day| {
        let page = detail(&stage.db, &stage.ctx(), moved.loan_id, day).await.unwrap();
        let (township, village, ..) = of_page(&page, day);
        let loan = &page.loan;
        let officers =
            [loan.manager_id, loan.guide_id, loan.technologist_id].map(|id| names[&id.unwrap()].clone());
        let branch = page.branches[&loan.branch_id].clone();
        format!("{township} {village} {branch} {}", officers.join(" "))
    };
    // The village lay in 白石渡镇 and then in 玉溪镇; then the household moved to 莽山.
    assert_eq!(told(DAYS[1]).await, "白石渡镇 白石渡村 农商银行甲支行 管甲 导甲 科甲");
    assert_eq!(told(DAYS[2]).await, "玉溪镇 白石渡村 农商银行甲支行 管甲 导甲 科甲");
    assert_eq!(told(DAYS[3]).await, "莽山瑶族乡 永安村 农商银行丙支行 管丙 导丙 科丙");
    let page = detail(&stage.db, &stage.ctx(), moved.loan_id, DAYS[0]).await.unwrap();
    assert_eq!(page.sources.len(), 2, "two files told of it");
    let exported = stage.export(DAYS[2], None).await;
    let row = exported.iter().find(|row| row.number == "A0").unwrap();
    assert_eq!((row.township.as_str(), row.guide.as_deref()), ("玉溪镇", Some("导甲")));

    let (old, new) = (page.loan.clone(), moved);
    let manager = |loan: &loan::Loan| Area::Officer(loan.manager_id.unwrap());
    let township = page.places.on(old.village_id, DAYS[0]).unwrap().parent_id.unwrap();
    let mut seen = Vec::new();
    for area in [
        Area::County,
        Area::Division(old.village_id),
        Area::Division(new.village_id),
        Area::Division(township),
        Area::Branch(old.branch_id),
        Area::Branch(new.branch_id),
        manager(&old),
        manager(&new),
    ] {
        for day in DAYS {
            seen.push(pages_are_lists(&stage, Scope { county_id: 431_022, area }, day).await);
        }
    }
    let counts: Vec<&[usize]> = seen.chunks(DAYS.len()).collect();
    assert_eq!(counts[1], [2, 2, 2, 1, 1], "the old village");
    assert_eq!(counts[2], [0, 0, 0, 1, 1], "the new one");
    assert_eq!(counts[3], [2, 2, 0, 0, 0], "the township that the village left");
    assert_eq!(counts[4], [1, 1, 1, 0, 0], "the old branch");
    assert_eq!(counts[5], [0, 0, 0, 1, 1], "the new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_loan_says_what_the_lists_of_its_day_say_on_sqlite() {
    play(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_loan_says_what_the_lists_of_its_day_say_on_postgres() {
    play(Engine::Postgres).await;
}
