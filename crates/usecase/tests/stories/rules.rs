//! A county changes its rules: the book follows at once, and what was known before stays answered by those of then.

use bangfu_domain::policy::EMBEDDED;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::county;
use bangfu_usecase::adopt::{adopt, refuse_without_pack};
use bangfu_usecase::known::fix_instant;
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::rulebook::RuleBook;
use bangfu_usecase::{Error, error::Refusal};
use jiff::civil::date;

use crate::slips::{ledger, sound};
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
    assert_eq!((found.rows.len(), found.histories.len()), (2, 2));
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
