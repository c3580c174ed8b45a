//! Places change, and people see only theirs: every cell is the length of its list and a full recount all the same.

use std::collections::BTreeSet;

use bangfu_domain::loan::add_days;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_sheets::divisions::DivisionLine;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Filter, Loan, Order, Quiet, Shown, Totals};
use bangfu_store::{
    Address, Area, Scope, Tx, bank, close, county, difference, division, household, import as stored,
    officer, person, tie,
};
use bangfu_usecase::Error;
use bangfu_usecase::board::{BoardRow, board};
use bangfu_usecase::division::{Station, tree};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::init::{NewBook, init};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::rules::reach;
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::{Engine, Stage, yizhang};
use crate::story;

/// Holds every cell of a day's boards against the list behind it, and the moves against theirs.
pub(crate) async fn cells_are_lists(stage: &Stage, scope: &Scope, day: Date) {
    let now = stage.ctx().micros();
    let mut tx = stage.db.read().await.unwrap();
    for axis in [Axis::County, Axis::Township, Axis::Village, Axis::Branch, Axis::Manager] {
        let kept = board(&mut tx, scope, axis, day, None).await.unwrap();
        let counted = board(&mut tx, scope, axis, day, Some(now)).await.unwrap();
        assert_eq!(kept, counted, "{axis:?} of {day} for {scope:?}");
        for row in &kept.rows {
            for standing in Standing::owing() {
                let mut filter = Filter { shown: Shown::Standing(standing), ..Filter::default() };
                match axis {
                    Axis::Branch => filter.branch_id = Some(row.key_id),
                    Axis::Manager => filter.manager_id = Some(row.key_id),
                    Axis::County => {}
                    // Where the list knows of no township, no list is narrowed to it.
                    _ if row.key_id == 0 => continue,
                    _ => filter.division_id = Some(row.key_id),
                }
                let listed = loan::totals(&mut tx, scope, day, &filter).await.unwrap();
                assert_eq!(row.figures.get(standing), listed, "{axis:?} {} {standing:?} of {day}", row.code);
                if listed.loans > 0 {
                    pages_add_up(&mut tx, scope, day, &filter, listed).await;
                    // Of what falls due soon no sum is kept.
                    filter.due = Some((day, add_days(day, 20)));
                    let due = loan::totals(&mut tx, scope, day, &filter).await.unwrap();
                    pages_add_up(&mut tx, scope, day, &filter, due).await;
                }
            }
        }
    }
    for (axis, quiet) in
        [(Axis::Village, Quiet::Village), (Axis::Branch, Quiet::Branch), (Axis::Manager, Quiet::Manager)]
    {
        // What a board leaves out because it has nothing to watch.
        let rows = board(&mut tx, scope, axis, day, None).await.unwrap().rows;
        let owing = |row: &BoardRow| row.figures.owing();
        let left_out = rows.iter().filter(|row| owing(row) == row.figures.get(Standing::None));
        let loans: i64 = left_out.map(|row| owing(row).loans).sum();
        let filter = Filter { quiet: Some(quiet), ..Filter::default() };
        let listed = loan::totals(&mut tx, scope, day, &filter).await.unwrap();
        assert_eq!(listed.loans, loans, "{quiet:?} of {day} for {scope:?}");
    }
    for (officer, households) in tie::households_in(&mut tx, scope, day).await.unwrap() {
        let filter = Filter { shown: Shown::All, tied_to: Some(officer), ..Filter::default() };
        let listed = loan::list(&mut tx, scope, day, &filter, Order::Due, None, 99).await.unwrap();
        let theirs: BTreeSet<_> = listed.rows.iter().map(|row| row.household_id).collect();
        assert_eq!(theirs.len(), usize::try_from(households).unwrap(), "{officer} of {day} for {scope:?}");
    }
    for (from, to, loans) in loan::moves(&mut tx, scope, day).await.unwrap() {
        let filter = Filter { shown: Shown::Standing(to), moved_from: Some(from), ..Filter::default() };
        let listed = loan::totals(&mut tx, scope, day, &filter).await.unwrap();
        assert_eq!(loans, listed.loans, "moves from {from:?} to {to:?} of {day}");
    }
}

/// A list page by page, from its beginning and from its end, holds what its totals say.
async fn pages_add_up(tx: &mut Tx, scope: &Scope, day: Date, filter: &Filter, totals: Totals) {
    let county = county::get(tx, scope.county_id).await.unwrap();
    let reach = reach(tx, &county, filter.shown, day).await.unwrap();
    let mut ways = Vec::new();
    for (backwards, reach) in [(false, None), (false, reach.clone()), (true, reach)] {
        let filter = Filter { backwards, reach, ..filter.clone() };
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let page = loan::list(tx, scope, day, &filter, Order::Due, cursor.as_ref(), 40).await.unwrap();
            rows.extend(page.rows);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if backwards {
            rows.reverse();
        }
        ways.push(rows);
    }
    let seen = Totals {
        loans: i64::try_from(ways[0].len()).unwrap(),
        balance_fen: ways[0].iter().map(|row| row.balance_fen).sum(),
    };
    assert_eq!(seen, totals, "{filter:?} of {day} for {scope:?}");
    assert!(ways[0].is_sorted_by_key(|row| (row.due_on, row.loan_id)));
    assert_eq!(ways[0], ways[1], "what the rules say of due days leaves nothing out");
    assert_eq!(ways[0], ways[2], "backwards");
}

pub(crate) fn ledger() -> Vec<u8> {
    let places = [("白石渡镇", "白石渡村"), ("白石渡镇", "白石渡村"), ("玉溪镇", "城北"), ("莽山乡", "永安")];
    let rows: Vec<String> = places
        .iter()
        .enumerate()
        .map(|(index, (township, village))| {
            let (who, bank) = (identity(index), ["甲支行", "乙支行"][index % 2]);
            let due = add_days(date(2019, 5, 8), 5 * i32::try_from(index).unwrap());
            let manager = ["管甲", "管乙", ""][index % 3];
            format!(
                "{township},{village},农户{index},{who},农商银行{bank},A{index},5{index}000,2018-05-01,{due},0,{manager}\n"
            )
        })
        .collect();
    let header = HEADER.replace('\n', ",信贷管户员\n");
    format!("台账（截至2019-04-30）\n{header}{}", rows.concat()).into_bytes()
}

async fn everybody_sees_the_cells_of_their_lists(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 5, 20)).await;
    let mut tx = stage.db.read().await.unwrap();
    let township = division::by_code(&mut tx, "431022101000", date(2019, 5, 1)).await.unwrap().unwrap();
    let manager = officer::list(&mut tx, 431_022).await.unwrap();
    let manager = manager.iter().find(|one| one.name == "管甲").unwrap().officer_id;
    let branch = loan::all(&mut tx, 431_022).await.unwrap()[0].branch_id;
    drop(tx);
    for area in
        [Area::County, Area::Division(township.division_id), Area::Branch(branch), Area::Officer(manager)]
    {
        let scope = Scope { county_id: 431_022, area };
        for day in [date(2019, 4, 30), date(2019, 5, 8), date(2019, 5, 9), date(2019, 6, 30)] {
            cells_are_lists(stage, &scope, day).await;
        }
    }
    let mut tx = stage.db.read().await.unwrap();
    let scope = Scope { county_id: 431_022, area: Area::Division(township.division_id) };
    let outside = loan::all(&mut tx, 431_022).await.unwrap().pop().unwrap();
    let day = date(2019, 5, 8);
    assert_eq!(
        loan::get(&mut tx, &scope, outside.loan_id, day).await.unwrap(),
        None,
        "what lies outside is not there"
    );
    assert_eq!(board(&mut tx, &scope, Axis::County, day, None).await.unwrap().total.owing().loans, 2);
    drop(tx);
    what_lies_outside_is_not_there(stage, &outside, township.division_id, manager).await;
}

/// Every noun that is read for somebody: in 白石渡镇 there are two loans, of the branches 甲 and 乙, by the managers
/// 管甲 and 管乙; elsewhere is one of 乙 and one of 甲.
async fn what_lies_outside_is_not_there(stage: &Stage, outside: &Loan, township: i64, manager: i64) {
    let day = date(2019, 5, 8);
    let county = Scope::county(431_022);
    let local = Scope { county_id: 431_022, area: Area::Division(township) };
    let personal = Scope { county_id: 431_022, area: Area::Officer(manager) };
    let odd = "借据号,还款日期,还款金额,贷款余额,借款人,流水号\nA2,2019-05-07,100.00,1.00,农户2,S1\n";
    stage.read_in(Kind::Repayments, odd.as_bytes()).await;
    let mut tx = stage.db.read().await.unwrap();
    let key = stage.db.key();
    let household = outside.household_id.unwrap();
    assert!(household::get(&mut tx, &county, household, day).await.unwrap().is_some());
    assert!(household::get(&mut tx, &local, household, day).await.unwrap().is_none());
    let mut belong = async |scope: &Scope| {
        let members = person::of_household(&mut tx, scope, household, day).await.unwrap().len();
        (members, tie::of_household(&mut tx, scope, household, day).await.unwrap().len())
    };
    assert_eq!((belong(&county).await, belong(&local).await), ((1, 1), (0, 0)));
    let standing = difference::Filter::default();
    let open = difference::list(&mut tx, &county, day, &standing, None, 9).await.unwrap().rows;
    assert_eq!(open.len(), 1, "a balance that does not follow");
    let open = [&open[0].difference];
    let loan_id = open[0].loan_id.unwrap();
    assert!(difference::list(&mut tx, &local, day, &standing, None, 9).await.unwrap().rows.is_empty());
    assert_eq!(difference::of_loan(&mut tx, &county, loan_id, day).await.unwrap().len(), 1);
    assert!(difference::of_loan(&mut tx, &local, loan_id, day).await.unwrap().is_empty());
    assert_eq!(stored::list(&mut tx, &county, 9).await.unwrap().len(), 2);
    assert!(stored::list(&mut tx, &local, 9).await.unwrap().is_empty());
    assert!(stored::get(&mut tx, key, &local, open[0].import_id).await.unwrap().is_none());
    assert!(!close::figures(&mut tx, &county, day, None).await.unwrap().is_empty());
    assert!(close::figures(&mut tx, &local, day, None).await.unwrap().is_empty());
    let mut names = async |scope: &Scope| {
        let found = officer::list_in(&mut tx, scope, day).await.unwrap();
        let officers: Vec<String> = found.into_iter().map(|one| one.name).collect();
        let found = bank::branches_in(&mut tx, scope, day).await.unwrap();
        let branches: Vec<String> = found.into_iter().map(|(one, _)| one.name).collect();
        let found = tie::households_in(&mut tx, scope, day).await.unwrap();
        (officers, branches.len(), found.into_iter().map(|(_, households)| households).sum::<i64>())
    };
    assert_eq!(names(&county).await.1, 2);
    assert_eq!(names(&local).await, (vec!["管甲".to_owned(), "管乙".to_owned()], 2, 2));
    // Another 管甲 serves in 莽山.
    assert_eq!(names(&personal).await, (vec!["管甲".to_owned()], 1, 1));
}
story!(everybody_sees_the_cells_of_their_lists);

async fn service_points_stand_where_the_newspaper_has_them(stage: &Stage) {
    let mut tx = stage.db.read().await.unwrap();
    let tree = tree(&mut tx, &stage.ctx().scope, date(2019, 6, 17)).await.unwrap();
    let has_point = |station: &&Station| station.has_service_point;
    assert!(tree.has_service_centre);
    assert_eq!(tree.townships.iter().map(|township| &township.station).filter(has_point).count(), 19);
    let villages = || tree.townships.iter().flat_map(|township| &township.villages);
    assert_eq!((villages().count(), villages().filter(has_point).count()), (266, 246));
    assert!(villages().all(|one| one.has_service_point == (one.place.code.as_str()[9..] >= *"200")));
}
story!(service_points_stand_where_the_newspaper_has_them);

#[tokio::test(flavor = "multi_thread")]
async fn a_county_keeps_its_time_zone_by_its_proper_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = jiff::Timestamp::UNIX_EPOCH;
    let book = |time_zone: &str| NewBook {
        counties: vec!["431022".to_owned()],
        pack: None,
        time_zone: time_zone.to_owned(),
        demo: false,
        at,
    };
    let address = Address::Sqlite(folder.path().join("zone.db"));
    let refused = init(&address, &yizhang(), &book("Asia/Beijing")).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::UnknownTimeZone { .. }))));
    let db = init(&address, &yizhang(), &book("asia/urumqi")).await.unwrap();
    let county = county::get(&mut db.read().await.unwrap(), 431_022).await.unwrap();
    assert_eq!(county.time_zone, "Asia/Urumqi");
}

/// Yizhang's list, in which 白石渡村 moves to 玉溪镇 on 15 May 2019.
pub(crate) fn moving() -> Vec<DivisionLine> {
    let mut lines = yizhang();
    let township = lines.iter().find(|line| line.name == "玉溪镇").unwrap().code.clone();
    let village = lines.iter().position(|line| line.name == "白石渡村").unwrap();
    let mut after = lines[village].clone();
    lines[village].valid_to = Some(date(2019, 5, 14));
    after.replaces = after.code.clone();
    after.code = format!("{}399", &township[..9]);
    after.parent = township;
    after.valid_from = Some(date(2019, 5, 15));
    lines.push(after);
    lines
}

async fn moved(engine: Engine) {
    let stage = Stage::with_places(engine, moving()).await;
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 6, 17)).await;
    let scope = stage.ctx().scope;
    for day in [date(2019, 4, 30), date(2019, 5, 14), date(2019, 5, 15), date(2019, 6, 30)] {
        cells_are_lists(&stage, &scope, day).await;
    }
    let by_township = async |day| {
        let board = stage.board(Axis::Township, day, None).await;
        let loans = |name: &str| {
            board.rows.iter().find(|row| row.name == name).map_or(0, |row| row.figures.owing().loans)
        };
        (loans("白石渡镇"), loans("玉溪镇"))
    };
    assert_eq!(by_township(date(2019, 5, 14)).await, (2, 1));
    assert_eq!(by_township(date(2019, 5, 15)).await, (0, 3));
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_that_moves_counts_where_it_lies_on_sqlite() {
    moved(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_that_moves_counts_where_it_lies_on_postgres() {
    moved(Engine::Postgres).await;
}

/// A county that got another code on 18 March 2021, and a city whose only county bears the city's code.
fn recoded() -> Vec<DivisionLine> {
    let line = |code: &str, parent: &str, level: &str| DivisionLine {
        code: format!("{code:0<12}"),
        name: code.to_owned(),
        parent: if parent.is_empty() { String::new() } else { format!("{parent:0<12}") },
        level: level.to_owned(),
        ..DivisionLine::default()
    };
    let before = DivisionLine { valid_to: Some(date(2021, 3, 17)), ..line("410322", "4103", "county") };
    let after = DivisionLine {
        valid_from: Some(date(2021, 3, 18)),
        replaces: "410322000000".to_owned(),
        ..line("410308", "4103", "county")
    };
    vec![
        line("41", "", "province"),
        line("4103", "41", "city"),
        before,
        after,
        line("410322100", "410322", "township"),
        line("431022", "4103", "county"),
        line("44", "", "province"),
        line("4419", "44", "city"),
        line("4419", "4419", "county"),
        line("441900003", "4419", "township"),
    ]
}

async fn what_lies_in_what(engine: Engine) {
    let stage = Stage::with_places(engine, recoded()).await;
    let mut tx = stage.db.read().await.unwrap();
    let (early, late) = (date(2021, 3, 17), date(2021, 3, 18));
    let province = division::by_code(&mut tx, "410000000000", early).await.unwrap().unwrap();
    let mut codes = async |id, day| {
        let found = division::subtree(&mut tx, id, day).await.unwrap();
        found.into_iter().map(|place| place.code[..9].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(province.division_id, early).await,
        ["410000000", "410300000", "410322000", "410322100", "431022000"]
    );
    assert_eq!(
        codes(province.division_id, late).await,
        ["410000000", "410300000", "410308000", "410322100", "431022000"]
    );
    let other = division::by_code(&mut stage.db.read().await.unwrap(), "440000000000", early).await.unwrap();
    let guangdong = codes(other.unwrap().division_id, early).await;
    assert_eq!(guangdong, ["440000000", "441900000", "441900000", "441900003"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closure_follows_codes_that_change_on_sqlite() {
    what_lies_in_what(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closure_follows_codes_that_change_on_postgres() {
    what_lies_in_what(Engine::Postgres).await;
}
