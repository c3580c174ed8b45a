//! Places are added, renamed and ended, from a day on.

use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::division;
use bangfu_usecase::division::change::{Change, Place, add, end, place, rename};
use bangfu_usecase::division::{PlaceFault, tree};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::places::cells_are_lists;
use crate::slips::{HEADER, ledger, sound};
use crate::stage::Stage;
use crate::story;

const TODAY: Date = date(2019, 6, 17);
const LATER: Date = date(2019, 7, 1);

fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> PlaceFault {
    match result {
        Err(Error::Refused(Refusal::Place(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

async fn id(stage: &Stage, code: &str) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    division::by_code(&mut tx, code, TODAY).await.unwrap().unwrap().division_id
}

async fn of(stage: &Stage, division_id: i64) -> Place {
    let mut tx = stage.db.read().await.unwrap();
    place(&mut tx, &stage.ctx(), division_id).await.unwrap()
}

async fn change(stage: &Stage, division_id: i64, from: Date) -> Change {
    let seen = of(stage, division_id).await.seen;
    Change { seen, from, reason: "县政府批复".to_owned() }
}

async fn names(stage: &Stage, axis: Axis, day: Date) -> Vec<String> {
    let board = stage.board(axis, day, None).await;
    board.rows.into_iter().filter(|row| row.figures.owing().loans > 0).map(|row| row.name).collect()
}

async fn a_place_changes_from_a_day_on_and_past_days_stay(stage: &Stage) {
    let (db, before) = (&stage.db, date(2019, 6, 30));
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let mut tx = db.read().await.unwrap();
    let scope = stage.ctx().scope;
    let village = bangfu_store::loan::all(&mut tx, 431_022).await.unwrap()[0].village_id;
    let township = division::terms(&mut tx, village).await.unwrap()[0].parent_id.unwrap();
    drop(tx);
    let old = of(stage, township).await.last().name.clone();

    // A township and one of its villages get other names; the county's board counts as before.
    let wanted = change(stage, township, LATER).await;
    rename(db, &stage.ctx(), township, " 新名镇 ", &wanted).await.unwrap();
    assert_eq!(names(stage, Axis::Township, before).await, [old.as_str()]);
    assert_eq!(names(stage, Axis::Township, LATER).await, ["新名镇"]);
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    for day in [before, LATER] {
        cells_are_lists(stage, &scope, day).await;
    }
    assert_eq!(fault(rename(db, &stage.ctx(), township, "另名镇", &wanted).await), PlaceFault::MovedOn);
    let again = change(stage, township, LATER).await;
    assert_eq!(fault(rename(db, &stage.ctx(), township, "新名镇", &again).await), PlaceFault::Unchanged);
    rename(db, &stage.ctx(), township, "白石渡新镇", &again).await.unwrap();
    assert_eq!(of(stage, township).await.terms.len(), 2, "a name of the same day is told anew");
    let early = change(stage, township, TODAY).await;
    assert_eq!(fault(rename(db, &stage.ctx(), township, "早名镇", &early).await), PlaceFault::NotThen);
    let past = Change { from: date(2019, 6, 16), ..change(stage, village, TODAY).await };
    let refused = rename(db, &stage.ctx(), village, "新名村", &past).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::DayPast { .. }))));

    // What still holds something does not end.
    let ends = change(stage, village, LATER).await;
    let PlaceFault::Inhabited { loans, households, .. } = fault(end(db, &stage.ctx(), village, &ends).await)
    else {
        panic!("ended")
    };
    assert_eq!((loans, households), (2, 2));
    let ends = change(stage, township, LATER).await;
    let full = fault(end(db, &stage.ctx(), township, &ends).await);
    assert!(matches!(full, PlaceFault::HasVillages { count } if count > 0));
}
story!(a_place_changes_from_a_day_on_and_past_days_stay);

async fn a_village_is_added_lived_in_and_an_empty_one_ends(stage: &Stage) {
    let (db, county) = (&stage.db, id(stage, "431022000000").await);
    let township = {
        let mut tx = db.read().await.unwrap();
        let places = tree(&mut tx, &stage.ctx().scope, TODAY).await.unwrap();
        places.townships.into_iter().find(|one| one.station.place.name == "白石渡镇").unwrap()
    };
    let (township_id, code) = (township.station.place.division_id, township.station.place.code.clone());
    let from = change(stage, township_id, TODAY).await;
    let add = async |code: &str, name: &str| add(db, &stage.ctx(), township_id, (code, name), &from).await;
    let begins = code[..9].to_owned();
    for wrong in ["", "431023100201", "43102210020", &format!("{begins}000"), &format!("{begins}2０1")] {
        assert_eq!(fault(add(wrong, "新村").await), PlaceFault::Code { begins: begins.clone() }, "{wrong}");
    }
    let known = &township.villages[0].place;
    assert_eq!(fault(add(&known.code, "新村").await), PlaceFault::CodeTaken { name: known.name.clone() });
    let (one, other) = (format!("{begins}398"), format!("{begins}399"));
    assert_eq!(fault(add(&one, &known.name).await), PlaceFault::NameTaken { name: known.name.clone() });
    assert_eq!(fault(add(&one, " ").await), PlaceFault::Name { max: 40 });
    let new = add(&one, "移民新村").await.unwrap();
    let empty = add(&other, "空心村").await.unwrap();

    let row = format!("白石渡镇,移民新村,农户7,{},农商银行,A7,50000,2018-05-01,2020-05-20,0", identity(7));
    let text = format!("台账（截至2019-06-17）\n{HEADER}{row}\n");
    assert_eq!(stage.read_in(Kind::Ledger, text.as_bytes()).await.changes.new, 1);
    assert_eq!(names(stage, Axis::Village, TODAY).await, ["移民新村"]);
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    cells_are_lists(stage, &stage.ctx().scope, TODAY).await;

    end(db, &stage.ctx(), empty, &change(stage, empty, LATER).await).await.unwrap();
    let there = async |day| {
        let mut tx = db.read().await.unwrap();
        let places = tree(&mut tx, &stage.ctx().scope, day).await.unwrap();
        let villages = places.townships.into_iter().flat_map(|one| one.villages);
        villages.map(|one| one.place.division_id).collect::<Vec<_>>()
    };
    assert!(there(date(2019, 6, 30)).await.contains(&empty));
    assert!(!there(LATER).await.contains(&empty));
    let after = change(stage, empty, LATER).await;
    assert_eq!(fault(end(db, &stage.ctx(), empty, &after).await), PlaceFault::NotThen, "it ended already");

    // Another county's places, and the province, are not there for this one.
    let mut tx = db.read().await.unwrap();
    assert!(place(&mut tx, &stage.ctx(), county).await.is_ok());
    let province = division::ancestors(&mut tx, county).await.unwrap()[0].division_id;
    let refused = place(&mut tx, &stage.ctx(), province).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))));
    let clerk = Ctx { scope: stage.ctx().scope.within(township_id).unwrap(), ..stage.ctx() };
    assert!(matches!(place(&mut tx, &clerk, new).await, Err(Error::Refused(Refusal::NotFound))));
}
story!(a_village_is_added_lived_in_and_an_empty_one_ends);
