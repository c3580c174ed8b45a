//! A county changes its rules: the book follows at once, and what was known before stays answered by those of then.

use std::collections::BTreeSet;

use bangfu_domain::policy::EMBEDDED;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::loan::{Filter, Shown};
use bangfu_store::{Scope, county, loan};
use bangfu_usecase::adopt::{adopt, go_on, note, refuse_without_pack, under_way};
use bangfu_usecase::import::Meter;
use bangfu_usecase::known::fix_instant;
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::rulebook::RuleBook;
use bangfu_usecase::rules::{Rules, reach};
use bangfu_usecase::{Error, error::Refusal};
use jiff::civil::date;

use crate::any_book::identity;
use crate::broken_off::drop_after;
use crate::slips::{HEADER, ledger, sound};
use crate::stage::Stage;
use crate::story;

/// The packs in the binary with red beginning at so many days.
fn red_from(days: u32) -> RuleBook {
    let stated = format!("red_to_days = {days}");
    let files = EMBEDDED.map(|(name, text)| (name.to_owned(), text.replace("red_to_days = 7", &stated)));
    RuleBook::read(files.to_vec(), None).unwrap()
}

async fn other_thresholds_hold_from_now_on_and_not_before(stage: &Stage) {
    // Due on 20 May: 19 days ahead, yellow by the first rules and red by the second.
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let day = date(2019, 5, 1);
    let published = stage.close(day).await;
    let ctx = stage.ctx();
    let then = ctx.micros();
    fix_instant(&stage.db, &ctx, Some(then)).await.unwrap();
    let before = (stage.board(Axis::Village, day, Some(then)).await, stage.export(day, Some(then)).await);
    assert_eq!(before.0.total.get(Standing::Yellow).loans, 2);

    // The clock of the machine that changes the rules is behind.
    stage.clock_back(60);
    let found = adopt(&stage.db, &stage.ctx(), &red_from(20)).await.unwrap().unwrap();
    assert_eq!(found.changed, 2);
    assert!(adopt(&stage.db, &stage.ctx(), &red_from(20)).await.unwrap().is_none(), "once is enough");
    let now = stage.board(Axis::Village, day, None).await;
    assert_eq!(now.total.get(Standing::Red).loans, 2);
    assert_eq!(stage.board(Axis::Village, day, Some(i64::MAX)).await, now, "board and recount agree");
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());

    // Next year they change again, and both earlier answers stay.
    let ctx = stage.ctx();
    let middle = ctx.micros() + 120_000_000;
    stage.clock_back(-200);
    fix_instant(&stage.db, &stage.ctx(), Some(middle)).await.unwrap();
    adopt(&stage.db, &stage.ctx(), &red_from(8)).await.unwrap().unwrap();
    assert_eq!(stage.board(Axis::Village, day, Some(middle)).await, now);
    let after = (stage.board(Axis::Village, day, Some(then)).await, stage.export(day, Some(then)).await);
    assert_eq!(after, before, "a day and an instant have one answer for ever");
    assert_eq!(stage.board(Axis::Village, day, None).await.total.get(Standing::Yellow).loans, 2);
    assert_eq!(stage.close(day).await, published[published.len() - 1..], "what was published stays");
}
story!(other_thresholds_hold_from_now_on_and_not_before);

/// How far the book is judged by its present rules.
async fn judged(stage: &Stage) -> Option<i64> {
    let mut tx = stage.db.read().await.unwrap();
    under_way(&mut tx, 431_022).await.unwrap().map(|at| at.judged)
}

async fn other_rules_reach_a_large_book_page_by_page(stage: &Stage) {
    // Due on 20 May, 19 days ahead: yellow by the first rules and red by the second.
    const LOANS: i64 = 2_100;
    let rows: Vec<String> = (1..=2_100).map(sound).collect();
    stage.read_in(Kind::Ledger, &ledger(&rows)).await;
    let day = date(2019, 5, 1);
    stage.close(day).await;
    let then = stage.ctx().micros();
    fix_instant(&stage.db, &stage.ctx(), Some(then)).await.unwrap();
    let rules = red_from(20);
    let (mut steps, mut seen, mut written) = (3, BTreeSet::new(), 0);
    while drop_after(adopt(&stage.db, &stage.ctx(), &rules), steps).await.is_none() {
        steps += 7;
        let Some(done) = judged(stage).await else { continue };
        if !seen.insert(done) {
            continue;
        }
        // Every loan counts once, by the one rules or the other, and each figure's list has as many.
        let board = stage.board(Axis::County, day, None).await.total;
        let (yellow, red) = (board.get(Standing::Yellow).loans, board.get(Standing::Red).loans);
        assert_eq!((red, yellow), (done + written, LOANS - done));
        let mut tx = stage.db.read().await.unwrap();
        for (standing, loans) in [(Standing::Yellow, yellow), (Standing::Red, red)] {
            let county = county::get(&mut tx, 431_022).await.unwrap();
            let reach = reach(&mut tx, &county, Shown::Standing(standing), day).await.unwrap();
            let filter = Filter { shown: Shown::Standing(standing), reach, ..Filter::default() };
            let scope = Scope::county(431_022);
            assert_eq!(loan::totals(&mut tx, &scope, day, &filter).await.unwrap().loans, loans);
        }
        drop(tx);
        // A question with an instant is judged by one set of rules, and a write passes between and is judged by the new.
        let known = stage.board(Axis::County, day, Some(stage.ctx().micros())).await.total;
        assert_eq!(known.get(Standing::Red).loans, LOANS + written);
        written += 1;
        let number = usize::try_from(LOANS + written).unwrap();
        assert_eq!(stage.read_in(Kind::Ledger, &ledger(&[sound(number)])).await.changes.new, 1);
    }
    assert!(seen.iter().any(|done| (1..LOANS).contains(done)), "it was killed between its pages: {seen:?}");
    assert_eq!(judged(stage).await, None);
    let now = stage.board(Axis::County, day, None).await;
    assert_eq!(now.total.get(Standing::Red).loans, LOANS + written);
    assert_eq!(stage.board(Axis::County, day, Some(i64::MAX)).await, now);
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    let before = stage.board(Axis::County, day, Some(then)).await;
    assert_eq!(before.total.get(Standing::Yellow).loans, LOANS, "what was known before stays");
}
story!(other_rules_reach_a_large_book_page_by_page);

async fn a_day_is_published_by_one_set_of_rules(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    note(&stage.db, &stage.ctx(), &red_from(20)).await.unwrap();
    assert_eq!(judged(stage).await, Some(0));
    let closed = stage.close(date(2019, 5, 1)).await;
    assert_eq!(closed[closed.len() - 1].figures[&Standing::Red].loans, 2);
    assert_eq!(judged(stage).await, None);
    assert!(go_on(&stage.db, &stage.ctx(), &Meter::default()).await.unwrap().is_none(), "once is enough");
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(a_day_is_published_by_one_set_of_rules);

async fn a_book_whose_fixed_pack_is_gone_is_not_opened(stage: &Stage) {
    let mut county = county::get(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap();
    county.pack_id = Some("national-2015".to_owned());
    refuse_without_pack(&county, &red_from(7)).unwrap();
    county.pack_id = Some("own".to_owned());
    let refused = refuse_without_pack(&county, &red_from(7));
    let Err(Error::Refused(Refusal::PackGone { id, known })) = refused else { panic!("{refused:?}") };
    assert_eq!((id.as_str(), known.len()), ("own", EMBEDDED.len()));
}
story!(a_book_whose_fixed_pack_is_gone_is_not_opened);

async fn a_board_is_told_which_packs_watch_over_its_loans(stage: &Stage) {
    let header = HEADER.replace('\n', ",结清日期\n");
    // What was signed before any pack stands under the first.
    let rows = [
        format!(
            "白石渡镇,白石渡村,农户1,{},农商银行,A1,50000,2014-05-01,2017-05-01,50000,2017-04-28",
            identity(1)
        ),
        format!("玉溪镇,城北,农户2,{},农商银行,A2,50000,2017-03-01,2020-03-01,0,", identity(2)),
    ];
    let text = format!("台账（截至2019-04-30）\n{header}{}\n", rows.join("\n"));
    assert_eq!(stage.read_in(Kind::Ledger, text.as_bytes()).await.changes.new, 2);
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, 431_022).await.unwrap();
    let rules = Rules::load(&mut tx, &county, None).await.unwrap();
    let village = loan::all(&mut tx, 431_022).await.unwrap()[0].village_id;
    let scope = stage.ctx().scope;
    let mut watching = async |scope: &Scope, day| {
        let packs = rules.watching(&mut tx, scope, day).await.unwrap();
        packs.into_iter().map(|pack| pack.id.as_str()).collect::<Vec<_>>()
    };
    let (old, new) = ("national-2015", "yizhang-2019");
    assert!(watching(&scope, date(2014, 4, 30)).await.is_empty(), "no loan, no pack");
    assert_eq!(watching(&scope, date(2015, 6, 17)).await, [old]);
    assert_eq!(watching(&scope, date(2017, 4, 27)).await, [old, new]);
    assert_eq!(watching(&scope, date(2017, 4, 28)).await, [new], "what is settled is not shown");
    assert_eq!(watching(&scope.within(village).unwrap(), date(2017, 4, 27)).await, [old]);
}
story!(a_board_is_told_which_packs_watch_over_its_loans);
