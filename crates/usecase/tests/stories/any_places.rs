//! What must hold whatever is done with places: random changes, one day after the other.

use bangfu_domain::division::Level;
use bangfu_domain::loan::add_days;
use bangfu_sheets::Kind;
use bangfu_store::county;
use bangfu_store::division::{self, Term};
use bangfu_usecase::Error;
use bangfu_usecase::division::change::{add, end, rename};
use bangfu_usecase::division::merge::{merge, move_to};
use bangfu_usecase::division::recode::{self, recode};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};

use crate::places::{cells_are_lists, ledger};
use crate::regrouped::{TODAY, change_of, places_are_sound};
use crate::stage::{Engine, Stage};

/// A change: what is done, with which place and which other, and how many days after the change before.
type Step = (u8, usize, usize, i32);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..7_u8, 0..400_usize, 0..400_usize, 0..3_i32), 12)
}

async fn on(stage: &Stage, day: Date) -> (i64, Vec<Term>) {
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, 431_022).await.unwrap();
    (county.division_id, division::subtree(&mut tx, county.division_id, day).await.unwrap())
}

/// Does a step; what is refused changes nothing.
async fn act(stage: &Stage, number: usize, (what, one, other, _): Step, day: Date) -> Result<(), Error> {
    let (county, places) = on(stage, day).await;
    let of = |level, pick: usize| {
        let of: Vec<&Term> = places.iter().filter(|place| place.level == level).collect();
        of[pick % of.len()].clone()
    };
    // The first few are those in which loans lie.
    let lived_in = |pick: usize| {
        let named = ["白石渡村", "城北社区", "永安村"];
        let found = places.iter().find(|place| place.name == named[pick % 3]);
        found.cloned().unwrap_or_else(|| of(Level::Village, pick))
    };
    let (db, ctx) = (&stage.db, stage.ctx());
    let (village, township) = (lived_in(one), of(Level::Township, other));
    let change = async |place: i64| change_of(stage, place, day).await;
    match what {
        0 => {
            move_to(
                db,
                &ctx,
                village.division_id,
                (township.division_id, ""),
                &change(village.division_id).await,
            )
            .await
        }
        1 => {
            let into = of(Level::Village, other).division_id;
            merge(db, &ctx, village.division_id, into, &change(village.division_id).await).await
        }
        2 => {
            let gone = of(Level::Township, one).division_id;
            merge(db, &ctx, gone, township.division_id, &change(gone).await).await
        }
        3 => {
            rename(
                db,
                &ctx,
                village.division_id,
                &format!("新名{number}村"),
                &change(village.division_id).await,
            )
            .await
        }
        4 => {
            let gone = of(Level::Village, one).division_id;
            end(db, &ctx, gone, &change(gone).await).await
        }
        5 => {
            let code = format!("{}{}", &township.code[..9], 300 + number);
            let new = (code.as_str(), format!("移民{number}村"));
            add(db, &ctx, township.division_id, (new.0, &new.1), &change(township.division_id).await)
                .await
                .map(|_| ())
        }
        _ => {
            let change = change(county).await;
            let wanted = recode::Wanted {
                code: format!("43105{}", 1 + number % 9),
                name: "宜章区".to_owned(),
                change,
            };
            recode(db, &ctx, &wanted).await
        }
    }
}

async fn hold(engine: Engine, steps: &[Step]) {
    let stage = Stage::new(engine).await;
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 5, 20)).await;
    let (mut day, mut days) = (TODAY, vec![date(2019, 5, 8), add_days(TODAY, -1)]);
    let past = stage.board(bangfu_store::board::Axis::Village, days[1], None).await;
    for (number, step) in steps.iter().enumerate() {
        day = add_days(day, step.3);
        match act(&stage, number, *step, day).await {
            Ok(()) => days.push(day),
            Err(Error::Refused(Refusal::Place(_))) => {}
            Err(other) => panic!("{step:?} on {day}: {other}"),
        }
    }
    days.dedup();
    places_are_sound(&stage, &days).await;
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal(), "{steps:?}");
    for day in &days {
        cells_are_lists(&stage, &stage.ctx().scope, *day).await;
    }
    assert_eq!(stage.board(bangfu_store::board::Axis::Village, days[1], None).await, past, "past days stay");
}

fn drawn(cases: u32) -> Vec<Vec<Step>> {
    let rng = TestRng::deterministic_rng(Config::default().rng_algorithm);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..cases).map(|_| steps().new_tree(&mut runner).unwrap().current()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn places_stay_sound_whatever_is_done_with_them_on_sqlite() {
    for steps in drawn(3) {
        hold(Engine::Sqlite, &steps).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_stay_sound_whatever_is_done_with_them_on_postgres() {
    for steps in drawn(1) {
        hold(Engine::Postgres, &steps).await;
    }
}
