//! Boards that many look at are added up once, and names read once, and shown as they are all the same.

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::{self, Axis, Delta, Span};
use bangfu_store::division::Term;
use bangfu_store::officer::Officer;
use bangfu_store::{Area, Db, Scope, Tx, county, division, officer};
use bangfu_usecase::board::{Board, board as board_of, trend};
use bangfu_usecase::division::change::{Change, place, rename};
use bangfu_usecase::import::{self, Meter, Take};
use bangfu_usecase::rebuild::{compare, rebuild};
use jiff::civil::{Date, date};

use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

const COUNTY: i64 = 431_022;
const DAY: Date = date(2019, 5, 10);
const TODAY: Date = date(2019, 6, 17);

/// The boards of the county and of the township of its loans, as a transaction sees them.
async fn looked(tx: &mut Tx, stage: &Stage) -> Vec<Board> {
    let whole = stage.ctx().scope;
    let county = county::get(tx, whole.county_id).await.unwrap();
    let places = division::subtree(tx, county.division_id, DAY).await.unwrap();
    let township = places.iter().find(|place| place.level == Level::Township && place.name == "白石渡镇");
    let part = Scope { area: Area::Division(township.unwrap().division_id), ..whole };
    let mut boards = Vec::new();
    for scope in [whole, part] {
        for axis in [Axis::County, Axis::Township, Axis::Village, Axis::DueMonth] {
            boards.push(board_of(tx, &scope, axis, DAY, None).await.unwrap());
        }
    }
    boards
}

async fn now(db: &Db, stage: &Stage) -> Vec<Board> {
    looked(&mut db.read().await.unwrap(), stage).await
}

/// So many loans owe by each of the boards.
fn owe(boards: &[Board], loans: i64) -> bool {
    boards.iter().all(|board| board.total.owing().loans == loans)
}

async fn a_board_that_was_looked_at_shows_what_somebody_wrote_since(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let first = now(&stage.db, stage).await;
    assert!(owe(&first, 2), "{first:?}");
    assert_eq!(now(&stage.db, stage).await, first);

    // Somebody's page is being made while another process takes a file over.
    let mut early = stage.db.read().await.unwrap();
    assert_eq!(looked(&mut early, stage).await, first);
    let (elsewhere, more) =
        (stage.elsewhere().await, upload(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3)])));
    let id = import::stage(&elsewhere, &stage.ctx(), &more).await.unwrap();
    import::take(&elsewhere, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
    let second = now(&stage.db, stage).await;
    assert!(owe(&second, 3), "{second:?}");
    assert_eq!(now(&elsewhere, stage).await, second);
    assert_eq!(
        looked(&mut early, stage).await,
        first,
        "one picture of the book from its first line to its last"
    );
    drop(early);

    // Taken back, and what was once kept of two loans is not what is told now of other two.
    import::undo(&stage.db, &stage.ctx(), id, &Meter::default()).await.unwrap();
    assert_eq!(now(&stage.db, stage).await, first);
    let paid = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n\
                农商银行某支行,农户1,A1,2019-05-01,还本,20000,30000,S1\n";
    stage.read_in(Kind::Repayments, paid.as_bytes()).await;
    let last = now(&stage.db, stage).await;
    assert!(owe(&last, 2));
    assert_ne!(last, first);
    for (shown, axis) in last.iter().zip([Axis::County, Axis::Township, Axis::Village, Axis::DueMonth]) {
        let counted = stage.board(axis, DAY, Some(i64::MAX)).await;
        assert_eq!(shown.total, counted.total, "{axis:?}, counted from the loans");
    }
}
story!(a_board_that_was_looked_at_shows_what_somebody_wrote_since);

async fn what_lies_aside_counts_as_what_stands(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let first = now(&stage.db, stage).await;
    let (county, village) = (first[0].rows[0].key_id, first[6].rows[0].key_id);
    let eve = stage.board(Axis::Village, add_days(DAY, -1), None).await;
    let trend =
        async || trend(&mut stage.db.read().await.unwrap(), &stage.ctx().scope, DAY, 30).await.unwrap();
    let flat = trend().await;
    let more = |axis: Axis, key_id: i64| {
        let (standing, balance_fen) = (Standing::Red, Fen::new(500));
        Delta { axis, span: Span::Day, on_day: DAY, key_id, standing, loans: 5, balance_fen }
    };
    let mut tx = stage.db.write(431_022).await.unwrap();
    for page in [[more(Axis::County, county)], [more(Axis::Village, village)]] {
        board::put_aside(&mut tx, COUNTY, &page).await.unwrap();
    }
    assert_eq!(board::lie_aside(&mut tx, COUNTY).await.unwrap(), 2);
    tx.commit().await.unwrap();

    let aside = now(&stage.db, stage).await;
    let totals = |boards: &[Board]| boards.iter().map(|board| board.total.owing().loans).collect::<Vec<_>>();
    assert_eq!(
        totals(&aside),
        [7, 2, 7, 2, 7, 7, 7, 2],
        "by the axes that have it; a township's are its villages'"
    );
    assert_eq!(stage.board(Axis::Village, add_days(DAY, -1), None).await, eve, "the day before is as it was");
    let steep = trend().await;
    assert_eq!(steep.last().unwrap().1.get(Standing::Red).loans, 5);
    assert_eq!(steep[..29], flat[..29]);
    // It is no loan's: of each axis the day, its month and its year are wrong, wherever they lie.
    let found = compare(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!(found.cells, 6);
    let mut tx = stage.db.write(431_022).await.unwrap();
    assert!(board::settle(&mut tx, COUNTY, None, 1).await.unwrap(), "one of two is left");
    assert_eq!(board::lie_aside(&mut tx, COUNTY).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(now(&stage.db, stage).await, aside);
    let mut tx = stage.db.write(431_022).await.unwrap();
    assert!(!board::settle_next(&mut tx, COUNTY, Some(Axis::County)).await.unwrap());
    assert!(board::settle_next(&mut tx, COUNTY, Some(Axis::Village)).await.unwrap());
    assert!(!board::settle_next(&mut tx, COUNTY, None).await.unwrap());
    assert_eq!(board::lie_aside(&mut tx, COUNTY).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(now(&stage.db, stage).await, aside);
    assert_eq!(trend().await, steep);
    assert_eq!(compare(&stage.db, &stage.ctx()).await.unwrap(), found);
    rebuild(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!(now(&stage.db, stage).await, first);
}
story!(what_lies_aside_counts_as_what_stands);

/// The places of the county on a day and ever, where its villages lay, and who serves there, with those that are gone or
/// without.
async fn names(tx: &mut Tx, stage: &Stage) -> (Vec<Term>, Vec<Term>, usize, Vec<String>, Vec<String>) {
    let whole = stage.ctx().scope;
    let county = county::get(tx, COUNTY).await.unwrap().division_id;
    let lying = division::townships(tx, county).await.unwrap();
    let named = |officers: Vec<Officer>| officers.into_iter().map(|officer| officer.name).collect();
    (
        division::subtree(tx, county, TODAY).await.unwrap(),
        division::terms(tx, county).await.unwrap(),
        lying.len(),
        named(officer::list(tx, COUNTY).await.unwrap()),
        named(officer::list_in(tx, &whole, TODAY).await.unwrap()),
    )
}

async fn names_that_were_read_are_told_until_somebody_changes_them(stage: &Stage) {
    let roster = upload(Kind::Officers, "乡镇,姓名,身份\n白石渡镇,管甲,管户员\n".as_bytes());
    let id = import::stage(&stage.db, &stage.ctx(), &roster).await.unwrap();
    import::take(&stage.db, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
    let first = names(&mut stage.db.read().await.unwrap(), stage).await;
    assert_eq!(names(&mut stage.db.read().await.unwrap(), stage).await, first);

    // Somebody's page is being made while others change what it names, in another process.
    let mut early = stage.db.read().await.unwrap();
    assert_eq!(names(&mut early, stage).await, first);
    let elsewhere = stage.elsewhere().await;
    let township = first.0.iter().find(|place| place.name == "白石渡镇").unwrap().division_id;
    let seen = place(&mut stage.db.read().await.unwrap(), &stage.ctx(), township).await.unwrap().seen;
    let wanted = Change { seen, from: TODAY, reason: "湘民行函〔2019〕1号".to_owned() };
    rename(&elsewhere, &stage.ctx(), township, "新名镇", &wanted).await.unwrap();
    import::undo(&elsewhere, &stage.ctx(), id, &Meter::default()).await.unwrap();
    let second = names(&mut stage.db.read().await.unwrap(), stage).await;
    let called = |terms: &[Term], name: &str| terms.iter().any(|term| term.name == name);
    assert!(called(&second.0, "新名镇") && !called(&second.0, "白石渡镇"), "{:?}", second.0);
    assert!(called(&second.1, "新名镇") && called(&second.1, "白石渡镇"), "{:?}", second.1);
    let has = |names: &[String]| names.iter().any(|name| name == "管甲");
    assert!(has(&first.3) && has(&first.4), "{first:?}");
    assert!(has(&second.3) && !has(&second.4), "gone for lists, named by answers of before: {second:?}");
    assert_eq!(names(&mut elsewhere.read().await.unwrap(), stage).await, second);
    assert_eq!(
        names(&mut early, stage).await,
        first,
        "one picture of the book from its first line to its last"
    );
    assert_eq!(
        names(&mut stage.db.read().await.unwrap(), stage).await,
        second,
        "what the early one read is not kept"
    );
}
story!(names_that_were_read_are_told_until_somebody_changes_them);
