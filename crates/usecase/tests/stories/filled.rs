//! A book that was filled keeps the promises of one that was read in, and is the same for the same seed.

use std::collections::BTreeMap;

use bangfu_domain::loan::add_days;
use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Filter, Order, Shown};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::task::{Stage as Step, TaskFilter, Whose};
use bangfu_store::testing::plans;
use bangfu_store::{
    Area, Scope, alert, contact, difference, finding, household, import, movement, task, tie,
};
use bangfu_usecase::board::board;
use bangfu_usecase::fill::Plan;
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::recount::recount_rows;
use bangfu_usecase::rules::reach;
use bangfu_usecase::task::list::parts;
use jiff::civil::{Date, date};

use crate::places::cells_are_lists;
use crate::stage::{Engine, Stage};

const DAY: Date = date(2026, 6, 17);

const PLAN: Plan = Plan { loans: 1_500, seed: 7, due_on: DAY, changing: Some(120) };

async fn recount_is_board(stage: &Stage, day: Date) {
    let counted = recount_rows(&stage.db, 431_022).await.unwrap();
    let seen = stage.board(Axis::Village, day, None).await.rows.into_iter();
    let seen: BTreeMap<_, _> =
        seen.filter(|row| row.figures.owing().loans > 0).map(|row| (row.key_id, row.figures)).collect();
    assert_eq!(counted, seen, "{day}");
}

async fn a_filled_book_keeps_its_promises(engine: Engine) {
    let (stage, filled) = Stage::filled(engine, PLAN).await;
    assert_eq!((filled.active, filled.repaid, filled.changing), (1_500, 150, 120));
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    let before = add_days(DAY, -1);
    stage.close(before).await;
    recount_is_board(&stage, before).await;
    assert_eq!(stage.board(Axis::County, before, None).await.total.owing().loans, 1_500);
    let closed = stage.close(DAY).await;
    assert_eq!(closed[0].moves, 120);
    recount_is_board(&stage, DAY).await;
    for standing in Standing::owing() {
        assert!(closed[0].figures.contains_key(&standing), "some loans are {standing:?}");
    }
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    let township = stage.board(Axis::Township, DAY, None).await.rows[0].key_id;
    for (area, back) in [(Area::County, 0), (Area::Division(township), 200)] {
        cells_are_lists(&stage, &Scope { county_id: 431_022, area }, add_days(DAY, -back)).await;
    }
    // The same plan makes the same book, on whatever database; another seed another.
    let book = stage.export(DAY, None).await;
    let same = Stage::filled(Engine::Sqlite, PLAN).await.0;
    same.close(DAY).await;
    assert_eq!(same.export(DAY, None).await, book);
    let different = Stage::filled(Engine::Sqlite, Plan { seed: 8, ..PLAN }).await.0;
    assert_ne!(different.export(DAY, None).await, book);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_book_keeps_its_promises_on_sqlite() {
    a_filled_book_keeps_its_promises(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_book_keeps_its_promises_on_postgres() {
    a_filled_book_keeps_its_promises(Engine::Postgres).await;
}

/// What is asked every day goes by an index and never through all loans, whatever SQLite knows of its tables.
#[tokio::test(flavor = "multi_thread")]
async fn boards_lists_and_closes_read_no_table_whole() {
    let (stage, _) = Stage::filled(Engine::Sqlite, PLAN).await;
    let mut tx = stage.db.read().await.unwrap();
    let county = bangfu_store::county::get(&mut tx, 431_022).await.unwrap();
    let township =
        board(&mut tx, &stage.ctx().scope, Axis::Township, DAY, None).await.unwrap().rows[0].key_id;
    let village = board(&mut tx, &stage.ctx().scope, Axis::Village, DAY, None).await.unwrap().rows[0].key_id;
    let manager = board(&mut tx, &stage.ctx().scope, Axis::Manager, DAY, None).await.unwrap().rows[0].key_id;
    let branch = board(&mut tx, &stage.ctx().scope, Axis::Branch, DAY, None).await.unwrap().rows[0].key_id;
    let place = |id| Filter { division_id: Some(id), ..Filter::default() };
    let filters = [
        (Filter::default(), "loan_place_due"),
        (place(township), "loan_place_village"),
        (place(village), "loan_place_village"),
        (Filter { branch_id: Some(branch), ..Filter::default() }, "loan_place_branch"),
        (Filter { manager_id: Some(manager), ..Filter::default() }, "loan_place_manager"),
    ];
    for standing in Standing::owing().map(Shown::Standing).chain([Shown::Owing]) {
        for (filter, index) in &filters {
            let reach = reach(&mut tx, &county, standing, DAY).await.unwrap();
            let filter = Filter { shown: standing, reach, ..filter.clone() };
            tx.statements.clear();
            loan::list(&mut tx, &stage.ctx().scope, DAY, &filter, Order::Due, None, 50).await.unwrap();
            loan::tallies(&mut tx, &stage.ctx().scope, DAY, &filter).await.unwrap();
            let read = plans(&mut tx).await.unwrap();
            assert!(read.iter().any(|step| step.contains(index)), "{standing:?} {index}: {read:#?}");
            reads_no_table_whole(&read);
        }
    }
    tx.statements.clear();
    loan::due_for_change(&mut tx, 431_022, DAY, 1).await.unwrap();
    loan::moves(&mut tx, &stage.ctx().scope, DAY).await.unwrap();
    reads_no_table_whole(&plans(&mut tx).await.unwrap());
    // Whom to tell of what, after a close, and what is to be done.
    tx.statements.clear();
    loan::untold(&mut tx, 431_022, 10).await.unwrap();
    alert::tallies(&mut tx, 431_022, DAY).await.unwrap();
    task::to_tell(&mut tx, 431_022, DAY, 10).await.unwrap();
    for show in parts(&stage.ctx()) {
        let filter = TaskFilter { show, nobodys: false, without: Some(Standing::Awaiting) };
        task::count(&mut tx, &stage.ctx().scope, DAY, filter).await.unwrap();
        task::list(&mut tx, &stage.ctx().scope, DAY, filter, None, 10).await.unwrap();
    }
    // What came of it, and whose loans are nobody's.
    let scope = stage.ctx().scope;
    let days = (DAY.first_of_year(), DAY);
    let (of_days, of_today): (Vec<Step>, Vec<Step>) =
        Step::ALL.into_iter().partition(|step| step.is_of_days());
    for steps in [of_days, of_today] {
        task::counted(&mut tx, &scope, DAY, days, &steps).await.unwrap();
    }
    let mine = Whose { manager_id: Some(manager), ..Whose::default() };
    let there = Whose { division_id: Some(township), ..Whose::default() };
    for whose in [Whose::default(), mine, there] {
        for step in Step::ALL {
            task::behind(&mut tx, &scope, DAY, (step, days, whose), None, 10).await.unwrap();
        }
        contact::promises(&mut tx, &scope, DAY, (days, whose), None, 10).await.unwrap();
    }
    loan::due_for(&mut tx, &scope, DAY, (DAY, add_days(DAY, 181))).await.unwrap();
    loan::due_loans(&mut tx, &scope, DAY, (DAY, add_days(DAY, 6)), None, 10).await.unwrap();
    loan::unmanaged(&mut tx, &scope, DAY).await.unwrap();
    loan::managers_of(&mut tx, &scope, &[village]).await.unwrap();
    let read = plans(&mut tx).await.unwrap();
    reads_no_table_whole(&read);
    for index in [
        "loan_untold",
        "alert_day",
        "task_next",
        "task_step_on",
        "task_made",
        "contact_promised",
        "loan_place_manager",
    ] {
        assert!(read.iter().any(|step| step.contains(index)), "{index}: {read:#?}");
    }
    drop(tx);
    let mut tx = stage.db.write(431_022).await.unwrap();
    let advance = loan::Advance { loan_id: 1, now: None, next_change_on: None };
    loan::advance(&mut tx, 431_022, &[advance, advance]).await.unwrap();
    reads_no_table_whole(&plans(&mut tx).await.unwrap());
}

/// What files and pages name is looked up by its index, without statistics of the tables.
#[tokio::test]
async fn what_is_named_is_looked_up_by_its_index() {
    let (stage, _) = Stage::filled(Engine::Sqlite, PLAN).await;
    let (ctx, county_id) = (stage.ctx(), 431_022);
    let mut tx = stage.db.read().await.unwrap();
    let page = loan::list(&mut tx, &ctx.scope, DAY, &Filter::default(), Order::Due, None, 3).await.unwrap();
    let numbers: Vec<&str> = page.rows.iter().map(|row| row.number.as_str()).collect();
    let households: Vec<i64> = page.rows.iter().filter_map(|row| row.household_id).collect();
    let ids: Vec<i64> = page.rows.iter().map(|row| row.loan_id).collect();
    let borrowers = loan::borrowers_of(&mut tx, county_id, &ids).await.unwrap();
    let persons: Vec<i64> = borrowers.iter().map(|(_, person)| *person).collect();
    let hashes = person::hashes(&mut tx, county_id, SecretKind::Identity, &persons).await.unwrap();
    let hashes: Vec<Vec<u8>> = hashes.into_iter().map(|(_, hash)| hash).collect();
    tx.statements.clear();
    let found = person::found(&mut tx, county_id, SecretKind::Identity, &hashes).await.unwrap();
    assert_eq!(found.len(), hashes.len());
    assert_eq!(loan::ever_numbered(&mut tx, county_id, &numbers).await.unwrap().len(), 3);
    assert_eq!(loan::by_numbers(&mut tx, &ctx.scope, DAY, &numbers).await.unwrap().len(), 3);
    assert!(loan::of_households(&mut tx, county_id, &households).await.unwrap().len() >= 3);
    assert!(!loan::of_household(&mut tx, &ctx.scope, households[0], DAY).await.unwrap().is_empty());
    let name = page.rows[0].borrower_name.as_str();
    assert!(loan::of_borrowers(&mut tx, &ctx.scope, DAY, &persons, &[name]).await.unwrap().len() >= 3);
    finding::about(&mut tx, county_id, &ids).await.unwrap();
    tie::standing(&mut tx, county_id, &households).await.unwrap();
    // A bank's report, its list of balances and a register ask of what they name, and go through the rest page by page.
    assert!(movement::known(&mut tx, county_id, &[0, 7], &["S1", "S2"]).await.unwrap().is_empty());
    assert!(difference::told(&mut tx, county_id, &[vec![1], vec![2]]).await.unwrap().is_empty());
    assert!(!household::by_ids(&mut tx, county_id, &households).await.unwrap().is_empty());
    let first = household::after(&mut tx, county_id, 0, 3).await.unwrap();
    let next = household::after(&mut tx, county_id, first[2].household_id, 3).await.unwrap();
    assert!(first.len() == 3 && next[0].household_id > first[2].household_id);
    assert_eq!(loan::owing(&mut tx, county_id, DAY, 0, 3).await.unwrap().len(), 3);
    reads_no_table_whole(&plans(&mut tx).await.unwrap());
    // Whether a file can be taken back is asked of each of its loans.
    tx.statements.clear();
    import::touched(&mut tx, county_id, 1, &[(ids[0], ids[2])]).await.unwrap();
    import::moved_later(&mut tx, county_id, 1).await.unwrap();
    let read = plans(&mut tx).await.unwrap();
    for step in
        ["f USING INDEX finding_loan", "f USING INDEX difference_loan", "k USING COVERING INDEX loan_number"]
    {
        assert!(read.iter().any(|read| read.contains(step)), "{step}: {read:#?}");
    }
}

fn reads_no_table_whole(steps: &[String]) {
    let made: Vec<&str> = steps.iter().filter_map(|step| step.strip_prefix("CO-ROUTINE ")).collect();
    for step in steps {
        // Values that are told, what another step makes, and the parts of a board's sum are no tables.
        let whole = step.strip_prefix("SCAN ").is_some_and(|what| {
            let is_told = what.ends_with("VALUES CLAUSE") || what == "CONSTANT ROW";
            !is_told && what != "parts" && !made.contains(&what)
        });
        assert!(!whole, "{steps:#?}");
        // Keyed by the county alone, an index is the table in another order.
        let all = step.ends_with("(county_id=?)") && !step.starts_with("SEARCH county ");
        assert!(!all, "{step}: {steps:#?}");
    }
}
