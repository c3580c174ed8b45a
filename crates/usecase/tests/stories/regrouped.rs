//! Places are recoded, moved and merged: past days stay as they were, and from the day on people, boards and lists follow.

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::division::{self, Term};
use bangfu_store::testing::audited;
use bangfu_store::{Area, Scope, county, household, loan};
use bangfu_usecase::Error;
use bangfu_usecase::board::board;
use bangfu_usecase::division::change::{Change, end, place};
use bangfu_usecase::division::merge::{merge, move_to};
use bangfu_usecase::division::recode::{self, look, recode};
use bangfu_usecase::division::{PlaceFault, Places};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::rules::Rules;
use jiff::civil::{Date, date};

use crate::places::{cells_are_lists, ledger};
use crate::stage::Stage;
use crate::story;

/// Today in stories, and the day from which what is told holds.
pub(crate) const TODAY: Date = date(2019, 6, 17);
pub(crate) const FROM: Date = date(2019, 7, 1);

/// A place by name on a day.
pub(crate) async fn named(stage: &Stage, name: &str, day: Date) -> Term {
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, 431_022).await.unwrap();
    let places = division::subtree(&mut tx, county.division_id, day).await.unwrap();
    places.into_iter().find(|place| place.name == name).unwrap()
}

/// A change from a day on of a place as it is now.
pub(crate) async fn change_of(stage: &Stage, division_id: i64, from: Date) -> Change {
    let mut tx = stage.db.read().await.unwrap();
    let seen = place(&mut tx, &stage.ctx(), division_id).await.unwrap().seen;
    Change { seen, from, reason: "民政厅批复".to_owned() }
}

/// What must hold whatever was done with places: on each day, codes are borne once, names once beside each other, each
/// village lies in one township at most, and what lies in what is what the parents say.
pub(crate) async fn places_are_sound(stage: &Stage, days: &[Date]) {
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, 431_022).await.unwrap();
    let links = division::townships(&mut tx, county.division_id).await.unwrap();
    let called = Places::load(&mut tx, county.division_id).await.unwrap();
    for day in days {
        let places = division::subtree(&mut tx, county.division_id, *day).await.unwrap();
        assert_eq!(called.within(county.division_id, *day), places, "what the parents say on {day}");
        let mut codes: Vec<&str> = places.iter().map(|place| place.code.as_str()).collect();
        codes.dedup();
        assert_eq!(codes.len(), places.len(), "codes of {day}");
        let mut ids: Vec<i64> = places.iter().map(|place| place.division_id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), places.len(), "each place once on {day}");
        for place in &places {
            let lies_in: Vec<i64> = links
                .iter()
                .filter(|(village, _, first, last)| {
                    *village == place.division_id && first <= day && day <= last
                })
                .map(|(_, township, ..)| *township)
                .collect();
            if place.level == Level::Village {
                assert_eq!(lies_in, [place.parent_id.unwrap()], "{} of {day}", place.name);
                assert!(ids.contains(&lies_in[0]), "the township of {} is there on {day}", place.name);
            }
        }
    }
}

/// Everything derived is what the events say, and every cell of some days is its list and a recount.
async fn books_agree(stage: &Stage, days: &[Date], areas: &[Area]) {
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    places_are_sound(stage, days).await;
    for area in areas {
        for day in days {
            cells_are_lists(stage, &Scope { county_id: 431_022, area: *area }, *day).await;
        }
    }
}

/// How many loans a place has on the county's board.
async fn loans_of(stage: &Stage, axis: Axis, day: Date, division_id: i64) -> Option<i64> {
    let board = stage.board(axis, day, None).await;
    board.rows.iter().find(|row| row.key_id == division_id).map(|row| row.figures.owing().loans)
}

/// How many loans whoever serves a place sees.
async fn seen_in(stage: &Stage, division_id: i64, day: Date) -> i64 {
    let scope = Scope { county_id: 431_022, area: Area::Division(division_id) };
    let mut tx = stage.db.read().await.unwrap();
    board(&mut tx, &scope, Axis::County, day, None).await.unwrap().total.owing().loans
}

fn fault(error: Error) -> PlaceFault {
    match error {
        Error::Refused(Refusal::Place(fault)) => fault,
        other => panic!("{other}"),
    }
}

const DAYS: [Date; 4] = [date(2019, 5, 8), date(2019, 6, 30), FROM, date(2019, 7, 31)];

async fn a_village_that_merges_leaves_past_days_and_brings_its_loans_along(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 5, 20)).await;
    let village = named(stage, "白石渡村", TODAY).await;
    let successor = named(stage, "城北社区", TODAY).await;
    let (old, new) = (village.parent_id.unwrap(), successor.parent_id.unwrap());
    let before = stage.board(Axis::Village, date(2019, 6, 30), None).await;
    let change = change_of(stage, village.division_id, FROM).await;
    merge(&stage.db, &stage.ctx(), village.division_id, successor.division_id, &change).await.unwrap();
    assert_eq!(stage.board(Axis::Village, date(2019, 6, 30), None).await, before);
    let at = |axis, day, id| loans_of(stage, axis, day, id);
    assert_eq!(at(Axis::Village, date(2019, 6, 30), village.division_id).await, Some(2));
    assert_eq!(at(Axis::Village, FROM, village.division_id).await, None, "not on the list any more");
    assert_eq!(at(Axis::Village, FROM, successor.division_id).await, Some(3));
    assert_eq!(
        (at(Axis::Township, FROM, old).await, at(Axis::Township, FROM, new).await),
        (Some(0), Some(3))
    );
    for (place, day, loans) in [
        (old, date(2019, 6, 30), 2),
        (old, FROM, 0),
        (new, date(2019, 6, 30), 1),
        (new, FROM, 3),
        (successor.division_id, FROM, 3),
        (village.division_id, FROM, 0),
    ] {
        assert_eq!(seen_in(stage, place, day).await, loans, "{place} on {day}");
    }
    let areas = [Area::County, Area::Division(old), Area::Division(new)];
    books_agree(stage, &DAYS, &areas).await;
    // Its households are the successor's, on lists and pages.
    let mut tx = stage.db.read().await.unwrap();
    let scope = Scope::county(431_022);
    let within = (Some(successor.division_id), 0);
    let there = household::page(&mut tx, &scope, FROM, within, 99).await.unwrap();
    assert_eq!(there.len(), 3);
    assert_eq!(household::page(&mut tx, &scope, TODAY, within, 99).await.unwrap().len(), 1);
    let division_id = county::get(&mut tx, 431_022).await.unwrap().division_id;
    let places = Places::load(&mut tx, division_id).await.unwrap();
    assert_eq!(places.village_on(village.division_id, FROM), ("玉溪镇", "城北社区"));
    assert_eq!(places.village_on(village.division_id, TODAY), ("白石渡镇", "白石渡村"));
    drop(tx);
    // A ledger that still writes the old name means the successor, and says nothing new.
    let later = String::from_utf8(ledger()).unwrap().replace("2019-04-30", "2019-07-10").into_bytes();
    let report = stage.read_in(Kind::Ledger, &later).await;
    assert_eq!((report.errors.len(), report.changes.changed, report.changes.new), (0, 0, 0), "{report:?}");
    // An earlier one that comes late knows the old village, and its loan follows too.
    let late = String::from_utf8(ledger()).unwrap().replace("2019-04-30", "2019-04-29").replace("A0", "B0");
    let late = late.lines().take(3).collect::<Vec<_>>().join("\n");
    stage.read_in(Kind::Ledger, late.as_bytes()).await;
    assert_eq!(loans_of(stage, Axis::Village, date(2019, 6, 30), village.division_id).await, Some(3));
    assert_eq!(loans_of(stage, Axis::Village, FROM, successor.division_id).await, Some(4));
    books_agree(stage, &DAYS, &areas).await;
    // The successor is lived in by those who came: it cannot end.
    let change = change_of(stage, successor.division_id, date(2019, 8, 1)).await;
    let refused = end(&stage.db, &stage.ctx(), successor.division_id, &change).await.unwrap_err();
    assert!(matches!(fault(refused), PlaceFault::Inhabited { households: 3, loans: 4, .. }));
}
story!(a_village_that_merges_leaves_past_days_and_brings_its_loans_along);

async fn a_township_that_merges_hands_over_its_villages_and_its_people(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 5, 20)).await;
    let (old, new) = (named(stage, "白石渡镇", TODAY).await, named(stage, "玉溪镇", TODAY).await);
    let change = change_of(stage, old.division_id, FROM).await;
    merge(&stage.db, &stage.ctx(), old.division_id, new.division_id, &change).await.unwrap();
    assert_eq!(loans_of(stage, Axis::Township, date(2019, 6, 30), old.division_id).await, Some(2));
    assert_eq!(loans_of(stage, Axis::Township, FROM, old.division_id).await, None);
    assert_eq!(loans_of(stage, Axis::Township, FROM, new.division_id).await, Some(3));
    assert_eq!(seen_in(stage, old.division_id, FROM).await, 0);
    assert_eq!(seen_in(stage, new.division_id, FROM).await, 3);
    let village = named(stage, "白石渡村", FROM).await;
    assert_eq!(village.parent_id, Some(new.division_id));
    books_agree(
        stage,
        &DAYS,
        &[Area::County, Area::Division(old.division_id), Area::Division(new.division_id)],
    )
    .await;
    // The credit managers of the old township serve the new one: a ledger knows them by either name.
    let text = String::from_utf8(ledger()).unwrap().replace("2019-04-30", "2019-07-10");
    for text in [text.clone(), text.replace("白石渡镇", "玉溪镇")] {
        let report = stage.check(Kind::Ledger, text.as_bytes()).await;
        assert_eq!((report.errors.len(), report.changes.changed), (0, 0), "{report:?}");
    }
    // Nothing lies in the old one, and what took over can be merged itself.
    let third = named(stage, "一六镇", TODAY).await;
    let change = change_of(stage, new.division_id, date(2019, 9, 1)).await;
    merge(&stage.db, &stage.ctx(), new.division_id, third.division_id, &change).await.unwrap();
    assert_eq!(seen_in(stage, third.division_id, date(2019, 9, 1)).await, 3);
    books_agree(stage, &[FROM, date(2019, 8, 31), date(2019, 9, 1)], &[Area::County]).await;
}
story!(a_township_that_merges_hands_over_its_villages_and_its_people);

async fn a_village_that_moves_is_seen_by_its_new_township(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 5, 20)).await;
    let village = named(stage, "白石渡村", TODAY).await;
    let (old, new) = (village.parent_id.unwrap(), named(stage, "玉溪镇", TODAY).await);
    let change = change_of(stage, village.division_id, FROM).await;
    let ctx = stage.ctx();
    let id = village.division_id;
    let refused = async |to, code, change: &Change| {
        fault(move_to(&stage.db, &ctx, id, (to, code), change).await.unwrap_err())
    };
    assert_eq!(refused(old, "", &change).await, PlaceFault::Here);
    assert!(matches!(refused(new.division_id, "431022101399", &change).await, PlaceFault::Code { .. }));
    let taken = named(stage, "城北社区", TODAY).await.code;
    assert!(matches!(refused(new.division_id, &taken, &change).await, PlaceFault::CodeTaken { .. }));
    move_to(&stage.db, &ctx, id, (new.division_id, "431022111399"), &change).await.unwrap();
    assert_eq!(refused(new.division_id, "", &change).await, PlaceFault::MovedOn, "somebody was first");
    assert_eq!(named(stage, "白石渡村", date(2019, 6, 30)).await.code, village.code);
    assert_eq!(named(stage, "白石渡村", FROM).await.code, "431022111399");
    assert_eq!((seen_in(stage, old, date(2019, 6, 30)).await, seen_in(stage, old, FROM).await), (2, 0));
    assert_eq!(seen_in(stage, new.division_id, FROM).await, 3);
    books_agree(stage, &DAYS, &[Area::County, Area::Division(old), Area::Division(new.division_id)]).await;
}
story!(a_village_that_moves_is_seen_by_its_new_township);

async fn a_recoded_county_keeps_its_past_its_packs_and_its_numbers(stage: &Stage) {
    let numbered = String::from_utf8(ledger()).unwrap().replace(",A", ",4310222018000");
    stage.read_in(Kind::Ledger, numbered.as_bytes()).await;
    stage.close(date(2019, 5, 20)).await;
    let county_of = async || county::get(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap();
    let before = county_of().await;
    let change = change_of(stage, before.division_id, FROM).await;
    let wanted = |code: &str, name: &str| recode::Wanted {
        code: code.to_owned(),
        name: name.to_owned(),
        change: change.clone(),
    };
    let ctx = stage.ctx();
    for (code, name) in
        [("43102", "宜章区"), ("431000", "宜章区"), ("431022", "宜章县"), ("4310x2", "宜章区")]
    {
        let refused = recode(&stage.db, &ctx, &wanted(code, name)).await.unwrap_err();
        assert_eq!(fault(refused), PlaceFault::CountyCode, "{code} {name}");
    }
    let told = look(&mut stage.db.read().await.unwrap(), &ctx, &wanted("431005", "宜章区")).await.unwrap();
    assert_eq!(told.len(), 1 + 19 + 266);
    assert_eq!((told[0].before.name.as_str(), told[0].code.as_str()), ("宜章县", "431005000000"));
    assert_eq!(county_of().await, before, "looking changes nothing");
    recode(&stage.db, &ctx, &wanted("431005", "宜章区")).await.unwrap();
    let refused = recode(&stage.db, &ctx, &wanted("431006", "宜章区")).await.unwrap_err();
    assert_eq!(fault(refused), PlaceFault::MovedOn);
    let after = county_of().await;
    for (day, code, name) in [
        (date(2019, 6, 30), "431022", "宜章县"),
        (FROM, "431005", "宜章区"),
        (date(2030, 1, 1), "431005", "宜章区"),
    ] {
        let called = after.on(day);
        assert_eq!((called.code.as_str(), called.name.as_str()), (format!("{code}000000").as_str(), name));
        let mut tx = stage.db.read().await.unwrap();
        let places = division::subtree(&mut tx, after.division_id, day).await.unwrap();
        assert!(places.len() == 286 && places.iter().all(|place| place.code.starts_with(code)), "{day}");
        let rows = stage.board(Axis::County, day, None).await.rows;
        assert_eq!((rows[0].code.as_str(), rows[0].name.as_str()), (called.code.as_str(), name));
    }
    assert_eq!(named(stage, "白石渡村", FROM).await.code, "431005101201");
    let mut tx = stage.db.read().await.unwrap();
    let rules = Rules::load(&mut tx, &after, None).await.unwrap();
    assert_eq!(
        rules.pack(date(2018, 5, 1)).unwrap().id,
        "yizhang-2019",
        "the county's pack names its old code"
    );
    assert_eq!(loan::all(&mut tx, 431_022).await.unwrap().len(), 4);
    drop(tx);
    books_agree(stage, &DAYS, &[Area::County]).await;
    // Numbers of the county's own series stay those of the same loans.
    let later = numbered.replace("2019-04-30", "2019-07-10");
    let report = stage.check(Kind::Ledger, later.as_bytes()).await;
    assert_eq!((report.errors.len(), report.changes.new, report.changes.changed), (0, 0, 0), "{report:?}");
}
story!(a_recoded_county_keeps_its_past_its_packs_and_its_numbers);

async fn what_changes_places_is_recorded_with_its_reason(stage: &Stage) {
    let village = named(stage, "白石渡村", TODAY).await;
    let other = named(stage, "城北社区", TODAY).await;
    let township = named(stage, "玉溪镇", TODAY).await;
    let change = change_of(stage, village.division_id, FROM).await;
    let ctx = stage.ctx();
    let merged = async |into, change: &Change| {
        fault(merge(&stage.db, &ctx, village.division_id, into, change).await.unwrap_err())
    };
    assert_eq!(merged(township.division_id, &change).await, PlaceFault::NoSuccessor, "of another level");
    assert_eq!(merged(village.division_id, &change).await, PlaceFault::NoSuccessor, "itself");
    let silent = Change { reason: " ".to_owned(), ..change.clone() };
    assert_eq!(merged(other.division_id, &silent).await, PlaceFault::NoReason);
    let past = Change { from: add_days(TODAY, -1), ..change.clone() };
    let refused = merge(&stage.db, &ctx, village.division_id, other.division_id, &past).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::DayPast { .. }))));
    merge(&stage.db, &ctx, village.division_id, other.division_id, &change).await.unwrap();
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(audited(&mut tx, 431_022, "place-merged").await.unwrap(), 1, "what was refused left nothing");
}
story!(what_changes_places_is_recorded_with_its_reason);
