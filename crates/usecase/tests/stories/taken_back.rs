//! Imports that are taken back: the book is again what it was before, and still knows what it knew.

use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, GroundKind, Loans, Meter, Status};
use bangfu_usecase::{Error, export};

use crate::seen::{DAYS, seen};
use crate::stage::{Stage, demo};
use crate::story;

/// The numbers of the files, the newest first.
pub(crate) async fn numbers(stage: &Stage) -> Vec<i64> {
    let history = import::history(&stage.db, &stage.ctx()).await.unwrap();
    history.into_iter().map(|import| import.import_id).collect()
}

pub(crate) async fn take_back(stage: &Stage, import_id: i64) -> Loans {
    import::undo(&stage.db, &stage.ctx(), import_id, &Meter::default()).await.unwrap()
}

/// What was built on an import that can't be taken back: nothing is written then.
pub(crate) async fn built_on(stage: &Stage, import_id: i64) -> Vec<(GroundKind, usize)> {
    let before = seen(stage).await;
    let foreseen = import::foresee(&stage.db, &stage.ctx(), import_id).await.unwrap();
    let refused = import::undo(&stage.db, &stage.ctx(), import_id, &Meter::default()).await;
    let Err(Error::Refused(Refusal::BuiltOn { grounds })) = refused else { panic!("{refused:?}") };
    assert_eq!(foreseen.built_on, grounds);
    assert_eq!(seen(stage).await, before);
    grounds.into_iter().map(|ground| (ground.kind, ground.count)).collect()
}

async fn a_ledger_taken_back_leaves_nothing_and_comes_again(stage: &Stage) {
    let empty = seen(stage).await;
    let ledger = demo("yizhang/ledger.xlsx");
    stage.read_in(Kind::Ledger, &ledger).await;
    let full = seen(stage).await;
    let known_then = stage.ctx().micros();
    let then =
        export::loans(&stage.db, &stage.ctx(), DAYS[1], Some(known_then), Some("story")).await.unwrap();
    let board_then = stage.board(Axis::Manager, DAYS[1], Some(known_then)).await;
    let first = numbers(stage).await[0];
    let foreseen = import::foresee(&stage.db, &stage.ctx(), first).await.unwrap();
    assert_eq!((foreseen.loans, foreseen.built_on.len()), (Loans { gone: 6918, back: 0 }, 0));
    assert_eq!(take_back(stage, first).await, foreseen.loans);
    assert_eq!(seen(stage).await, empty);
    let kept = import::get(&stage.db, &stage.ctx(), first).await.unwrap();
    assert_eq!((kept.status, kept.undone_by.as_deref()), (Status::Undone, Some("story")));
    assert!(kept.undone_at.is_some());
    let again = import::undo(&stage.db, &stage.ctx(), first, &Meter::default()).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::AlreadyUndone))), "{again:?}");
    // What was known before is still known of then.
    let now = export::loans(&stage.db, &stage.ctx(), DAYS[1], Some(known_then), Some("story")).await.unwrap();
    assert_eq!(now, then);
    assert_eq!(stage.board(Axis::Manager, DAYS[1], Some(known_then)).await, board_then);
    let report = stage.read_in(Kind::Ledger, &ledger).await;
    assert_eq!((report.changes.new, report.changes.changed, report.changes.unchanged), (6918, 0, 0));
    let anew = seen(stage).await;
    assert_eq!(anew.loans, full.loans);
    assert_eq!((anew.until, anew.households, anew.officers), (full.until, full.households, full.officers));
    assert_eq!((anew.findings, anew.positions), (full.findings, full.positions));
    assert_eq!(take_back(stage, numbers(stage).await[0]).await, Loans { gone: 6918, back: 0 });
    assert_eq!(seen(stage).await, empty);
}
story!(a_ledger_taken_back_leaves_nothing_and_comes_again);

async fn a_banks_report_taken_back_leaves_the_book_before_it(stage: &Stage) {
    stage.read_in(Kind::Ledger, &demo("yizhang/ledger.xlsx")).await;
    let before = seen(stage).await;
    stage.read_in(Kind::Repayments, &demo("yizhang/bank.csv")).await;
    // A close is nothing that was built on it.
    stage.close(DAYS[1]).await;
    let (files, published) = (numbers(stage).await, stage.closed_on().await);
    let grounds = built_on(stage, files[1]).await;
    assert_eq!(grounds.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [GroundKind::Loans]);
    assert_eq!(take_back(stage, files[0]).await.gone, 0);
    assert_eq!((seen(stage).await, stage.closed_on().await), (before, published));
}
story!(a_banks_report_taken_back_leaves_the_book_before_it);
