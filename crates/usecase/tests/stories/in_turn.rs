//! Who writes in a county waits for its turn, and looks at the book when it has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bangfu_store::{Db, county};
use tokio::task::JoinHandle;

use crate::stage::Stage;
use crate::story;

const COUNTY: i64 = 431_022;

/// Longer than any turn here, and much shorter than what a writer waits at most.
const SOON: Duration = Duration::from_secs(20);

async fn write(db: &Db, at: i64, pause: Duration) -> Result<i64, bangfu_store::Error> {
    let mut tx = db.write(COUNTY).await?;
    county::get(&mut tx, COUNTY).await?;
    tokio::time::sleep(pause).await;
    let stamp = county::stamp(&mut tx, COUNTY, at).await?;
    tx.commit().await?;
    Ok(stamp.change_seq)
}

/// Somebody who writes again and again, until told to stop; how often.
fn busy(db: &Db, over: &Arc<AtomicBool>) -> JoinHandle<u32> {
    let (db, over) = (db.clone(), Arc::clone(over));
    tokio::spawn(async move {
        let mut times = 0;
        while !over.load(Ordering::Relaxed) {
            write(&db, 0, Duration::ZERO).await.unwrap();
            times += 1;
        }
        times
    })
}

async fn who_looks_long_before_it_writes_is_not_undone_by_who_does_not(stage: &Stage) {
    let over = Arc::new(AtomicBool::new(false));
    let others = [busy(&stage.db, &over), busy(&stage.db, &over)];
    for _ in 0..5 {
        let slow = tokio::time::timeout(SOON, write(&stage.db, 0, Duration::from_millis(50)));
        slow.await.expect("its turn comes").expect("and nobody is before it");
    }
    over.store(true, Ordering::Relaxed);
    for other in others {
        assert!(other.await.unwrap() > 0, "they had theirs between");
    }
}
story!(who_looks_long_before_it_writes_is_not_undone_by_who_does_not);

/// Writers of other processes stand in the same queue on a server; on SQLite they wait for the file.
async fn writers_of_two_processes_take_turns(stage: &Stage) {
    let elsewhere = stage.elsewhere().await;
    let mut tx = elsewhere.write(COUNTY).await.unwrap();
    county::get(&mut tx, COUNTY).await.unwrap();
    let db = stage.db.clone();
    let next = tokio::spawn(async move { write(&db, 0, Duration::ZERO).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!next.is_finished(), "it waits its turn");
    let first = county::stamp(&mut tx, COUNTY, 0).await.unwrap().change_seq;
    tx.commit().await.unwrap();
    assert_eq!(next.await.unwrap().unwrap(), first + 1);
    elsewhere.close().await;
}
story!(writers_of_two_processes_take_turns);

async fn a_turn_ends_with_whoever_has_it(stage: &Stage) {
    let first = write(&stage.db, 0, Duration::ZERO).await.unwrap();
    // It ends without a commit.
    let mut tx = stage.db.write(COUNTY).await.unwrap();
    county::stamp(&mut tx, COUNTY, 0).await.unwrap();
    assert!(!stage.db.is_awaited(COUNTY));
    let (db, has_left) = (stage.db.clone(), stage.db.clone());
    let next = tokio::spawn(async move { write(&db, 0, Duration::ZERO).await });
    let gone = tokio::spawn(async move { write(&has_left, 0, Duration::ZERO).await });
    while !stage.db.is_awaited(COUNTY) {
        tokio::task::yield_now().await;
    }
    gone.abort();
    drop(tx);
    let next = tokio::time::timeout(SOON, next).await.expect("its turn comes").unwrap().unwrap();
    assert_eq!(next, first + 1, "nothing of the others is left");
    assert!(!stage.db.is_awaited(COUNTY));
    // It is dropped while an answer is awaited.
    let (db, begun) = (stage.db.clone(), Arc::new(AtomicBool::new(false)));
    let is_begun = Arc::clone(&begun);
    let halfway = tokio::spawn(async move {
        let mut tx = db.write(COUNTY).await.unwrap();
        begun.store(true, Ordering::Relaxed);
        loop {
            county::stamp(&mut tx, COUNTY, 0).await.unwrap();
        }
    });
    while !is_begun.load(Ordering::Relaxed) {
        tokio::task::yield_now().await;
    }
    halfway.abort();
    let last = tokio::time::timeout(SOON, write(&stage.db, 0, Duration::ZERO)).await;
    assert_eq!(last.expect("its turn comes").unwrap(), first + 2);
}
story!(a_turn_ends_with_whoever_has_it);
