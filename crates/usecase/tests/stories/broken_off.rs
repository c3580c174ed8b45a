//! Imports that break off: nothing is lost, nothing doubled, whatever the moment.

use std::pin::pin;
use std::task::Poll;

use bangfu_sheets::Kind;
use bangfu_usecase::import::{self, Meter, Report, Status, Take};
use bangfu_usecase::rebuild::compare;
use jiff::civil::date;

use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

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
    let rows: Vec<String> = (1..=2_100).map(sound).collect();
    let file = ledger(&rows);
    let mut steps = 3;
    let report = loop {
        if let Some(report) = break_off(stage, &file, steps).await {
            break report;
        }
        steps = steps * 3 / 2;
    };
    // It may have broken off between the last commit and the answer: then the file came a second time.
    assert_eq!((report.changes.new + report.changes.unchanged, report.changes.changed), (2_100, 0));
    assert_eq!(stage.export(date(2019, 4, 30), None).await.len(), 2_100);
    let history = import::history(&stage.db, &stage.ctx()).await.unwrap();
    assert!(history.iter().all(|import| import.status == Status::Taken), "{history:?}");
    let reports = history.iter().map(|import| serde_json::from_str::<Report>(&import.report).unwrap());
    assert_eq!(reports.map(|report| report.changes.new).sum::<usize>(), 2_100);
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    let again = stage.read_in(Kind::Ledger, &file).await;
    assert_eq!((again.changes.new, again.changes.changed, again.changes.unchanged), (0, 0, 2_100));
}
story!(a_ledger_that_breaks_off_goes_on_where_it_was);

async fn what_broke_off_is_finished_before_anything_else(stage: &Stage) {
    let rows: Vec<String> = (1..=2_100).map(sound).collect();
    let file = ledger(&rows);
    let mut steps = 30;
    while import::history(&stage.db, &stage.ctx()).await.unwrap().is_empty() {
        assert_eq!(break_off(stage, &file, steps).await, None, "it broke off before it could be seen");
        steps += 10;
    }
    let resumed = import::resume(&stage.db, &stage.ctx(), &Meter::default()).await.unwrap();
    assert_eq!(resumed.len(), 1);
    assert_eq!((resumed[0].1.changes.new, resumed[0].1.taken), (2_100, true));
    assert_eq!(stage.export(date(2019, 4, 30), None).await.len(), 2_100);
    assert!(import::resume(&stage.db, &stage.ctx(), &Meter::default()).await.unwrap().is_empty());
}
story!(what_broke_off_is_finished_before_anything_else);
