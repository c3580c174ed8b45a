//! Imports that break off: nothing is lost, nothing doubled, whatever the moment.

use std::pin::pin;
use std::task::Poll;

use bangfu_sheets::Kind;
use bangfu_store::answer::Asked;
use bangfu_store::board::{self, Axis};
use bangfu_store::testing::audited;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Loans, Meter, Report, Status, Take};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::token::{self, Begun};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::date;

use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;
use crate::taken_back::numbers;

/// Does a piece of work and drops it after so many steps, as a kill does.
pub(crate) async fn drop_after<T>(work: impl Future<Output = T>, steps: usize) -> Option<T> {
    let mut work = pin!(work);
    let mut left = steps;
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Takes a file in and drops the work after so many steps.
async fn break_off(stage: &Stage, file: &[u8], steps: usize) -> Option<Report> {
    let (ctx, upload, meter) = (stage.ctx(), upload(Kind::Ledger, file), Meter::default());
    let work = import::take_file(&stage.db, &ctx, &upload, Take::AllOrNothing, &meter);
    drop_after(work, steps).await.map(Result::unwrap)
}

async fn a_ledger_that_breaks_off_goes_on_where_it_was(stage: &Stage) {
    // More rows than a page has.
    let rows: Vec<String> = (1..=1_100).map(sound).collect();
    let file = ledger(&rows);
    let mut steps = 3;
    let report = loop {
        if let Some(report) = break_off(stage, &file, steps).await {
            break report;
        }
        let found = compare(&stage.db, &stage.ctx()).await.unwrap();
        assert!(found.is_equal(), "at every moment what is derived follows from the events: {found:?}");
        steps = steps * 3 / 2;
    };
    assert_eq!(board::lie_aside(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap(), 0);
    // It may have broken off between the last commit and the answer: then the file came a second time.
    assert_eq!((report.changes.new + report.changes.unchanged, report.changes.changed), (1_100, 0));
    assert_eq!(stage.export(date(2019, 4, 30), None).await.len(), 1_100);
    let history = import::history(&stage.db, &stage.ctx()).await.unwrap();
    assert!(history.iter().all(|import| import.status == Status::Taken), "{history:?}");
    assert_eq!(
        history.iter().filter_map(|import| import.counts).map(|counts| counts.new).sum::<i64>(),
        1_100
    );
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    let again = stage.read_in(Kind::Ledger, &file).await;
    assert_eq!((again.changes.new, again.changes.changed, again.changes.unchanged), (0, 0, 1_100));
}
story!(a_ledger_that_breaks_off_goes_on_where_it_was);

async fn what_broke_off_is_finished_before_anything_else(stage: &Stage) {
    let rows: Vec<String> = (1..=1_100).map(sound).collect();
    let file = ledger(&rows);
    let asked = Asked { token_id: 7, answer_key: "四月台账".to_owned(), request_hash: vec![1] };
    let ask = async || token::begin(&stage.db, &stage.ctx(), &asked, "here", false).await.unwrap();
    assert_eq!(ask().await, Begun::New);
    let mut steps = 30;
    let import_id = loop {
        let history = import::history(&stage.db, &stage.ctx()).await.unwrap();
        if let Some(taking) = history.iter().find(|import| import.status == Status::Taking) {
            break taking.import_id;
        }
        assert_eq!(break_off(stage, &file, steps).await, None, "it broke off before it could be seen");
        steps += 10;
    };
    // Whoever goes on with it is somebody else: who began it stands in the record, and a program that asks again is told.
    let begun = Begun::Done("import-begun".to_owned(), import_id.to_string());
    assert_eq!(ask().await, begun);
    let night = Ctx { actor: "night".to_owned(), request_id: "night".to_owned(), ..stage.ctx() };
    let resumed = import::resume(&stage.db, &night, &Meter::default()).await.unwrap();
    assert_eq!(audited(&mut stage.db.read().await.unwrap(), 431_022, "import-begun").await.unwrap(), 1);
    assert_eq!(ask().await, begun);
    assert_eq!(resumed.len(), 1);
    assert_eq!((resumed[0].1.changes.new, resumed[0].1.taken), (1_100, true));
    assert_eq!(stage.export(date(2019, 4, 30), None).await.len(), 1_100);
    assert!(import::resume(&stage.db, &stage.ctx(), &Meter::default()).await.unwrap().is_empty());
}
story!(what_broke_off_is_finished_before_anything_else);

async fn what_is_taken_back_and_breaks_off_goes_on_where_it_was(stage: &Stage) {
    // More loans than a page has.
    let rows: Vec<String> = (1..=1_100).map(sound).collect();
    stage.read_in(Kind::Ledger, &ledger(&rows)).await;
    let ledger_number = numbers(stage).await[0];
    let (day, small) = (date(2019, 6, 17), ledger(&[sound(3_000)]));
    let mut steps = 3;
    let loans = loop {
        let (ctx, meter) = (stage.ctx(), Meter::default());
        if let Some(done) = drop_after(import::undo(&stage.db, &ctx, ledger_number, &meter), steps).await {
            break done;
        }
        assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal(), "after {steps} steps");
        let owing = stage.board(Axis::County, day, None).await;
        assert_eq!(owing, stage.board(Axis::County, day, Some(stage.ctx().micros())).await);
        if import::get(&stage.db, &stage.ctx(), ledger_number).await.unwrap().status == Status::Undoing {
            let refused = stage.take(Kind::Ledger, &small, Take::Good).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::Undoing))), "{refused:?}");
        }
        steps = steps * 3 / 2;
    };
    // It may have broken off between the last commit and the answer.
    assert!(
        matches!(loans, Ok(Loans { gone: 1_100, back: 0 }) | Err(Error::Refused(Refusal::AlreadyUndone))),
        "{loans:?}"
    );
    assert!(stage.export(day, None).await.is_empty());
    let again = stage.read_in(Kind::Ledger, &ledger(&rows)).await;
    assert_eq!((again.changes.new, again.changes.changed), (1_100, 0));
    // A start goes on with what was interrupted.
    let second = numbers(stage).await[0];
    let mut steps = 20;
    while import::get(&stage.db, &stage.ctx(), second).await.unwrap().status == Status::Taken {
        drop_after(import::undo(&stage.db, &stage.ctx(), second, &Meter::default()), steps).await;
        steps += 20;
    }
    import::resume(&stage.db, &stage.ctx(), &Meter::default()).await.unwrap();
    assert_eq!(import::get(&stage.db, &stage.ctx(), second).await.unwrap().status, Status::Undone);
    assert!(stage.export(day, None).await.is_empty());
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(what_is_taken_back_and_breaks_off_goes_on_where_it_was);
