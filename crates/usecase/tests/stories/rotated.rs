//! A key is changed while people work: afterwards the new one opens everything and the old one nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use bangfu_sheets::Kind;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::testing::{key_text, open_with_keys};
use bangfu_store::{Db, loan};
use bangfu_usecase::import::{self, Meter, Take};
use bangfu_usecase::rotate::rotate;

use crate::any_book::identity;
use crate::broken_off::drop_after;
use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;
use crate::taken_back::numbers as numbers_of_files;

const COUNTY: i64 = 431_022;

/// Every number of a book, opened.
async fn numbers(db: &Db) -> Result<Vec<String>, bangfu_store::Error> {
    let mut tx = db.read().await?;
    let all = person::all_secrets(&mut tx, db.key(), COUNTY, SecretKind::Identity).await?;
    let mut numbers: Vec<String> = all.into_iter().map(|(_, number)| number).collect();
    numbers.sort();
    Ok(numbers)
}

/// The phones of a book, opened.
async fn phones(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let all = person::all_secrets(&mut tx, db.key(), COUNTY, SecretKind::Phone).await.unwrap();
    all.into_iter().map(|(_, phone)| phone).collect()
}

/// Whose loan a number finds.
async fn found(db: &Db, number: &str) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let hash = db.key().hash(number);
    let found = person::found(&mut tx, COUNTY, SecretKind::Identity, &[hash]).await.unwrap();
    let persons: Vec<i64> = found.into_iter().map(|(_, person, _)| person).collect();
    let scope = bangfu_store::Scope::county(COUNTY);
    let day = jiff::civil::date(2019, 6, 17);
    let loans = loan::of_borrowers(&mut tx, &scope, day, &persons, &[]).await.unwrap();
    loans.into_iter().map(|(loan, _)| loan.number).collect()
}

async fn the_new_key_opens_everything_and_the_old_one_nothing(stage: &Stage) {
    let files = |range: std::ops::Range<usize>| ledger(&range.map(sound).collect::<Vec<_>>());
    stage.read_in(Kind::Ledger, &files(1..300)).await;
    let roster = |phone: &str| format!("乡镇,姓名,身份,联系电话\n白石渡镇,王五,信贷管户员,{phone}\n");
    stage.read_in(Kind::Officers, roster("13800000001").as_bytes()).await;
    stage.read_in(Kind::Officers, roster("13800000002").as_bytes()).await;
    let second = numbers_of_files(stage).await[0];
    // Taken back and staged things are sealed too: what was overwritten, and pages that wait.
    let renamed = ledger(&[sound(1).replace("农户1,", "农户甲,"), sound(2).replace("农户2,", "农户乙,")]);
    let overwrote = import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &renamed)).await.unwrap();
    import::take(&stage.db, &stage.ctx(), overwrote, Take::Good, &Meter::default()).await.unwrap();
    let waits =
        import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &files(900..903))).await.unwrap();
    let old_text = stage.key_text();
    let new_text = key_text().unwrap();
    let both = format!("{new_text} {old_text}");

    // Each process is told of both keys; one seals anew while another goes on with the old one as its newest.
    let rotating = open_with_keys(stage.address(), &both).await.unwrap();
    let behind = open_with_keys(stage.address(), &format!("{old_text} {new_text}")).await.unwrap();
    let over = AtomicBool::new(false);
    let work = async {
        let mut index = 400;
        while !over.load(Ordering::SeqCst) {
            let staged = upload(Kind::Ledger, &files(index..index + 3));
            let db = if index < 430 { &behind } else { &rotating };
            let id = import::stage(db, &stage.ctx(), &staged).await.unwrap();
            import::take(db, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
            for number in [1, 299, index] {
                let loans = found(db, &identity(number)).await;
                assert_eq!(loans, [format!("A{number}")], "found while it lasts");
            }
            assert!(numbers(db).await.unwrap().len() >= 299, "and read");
            index += 3;
        }
        index
    };
    let rotation = async {
        let sealed = rotate(&rotating, &[stage.ctx()], |_| {}).await.unwrap();
        over.store(true, Ordering::SeqCst);
        sealed
    };
    let (last, sealed) = tokio::join!(work, rotation);
    assert!(sealed > 299 && last > 430, "{sealed} {last}");
    assert_eq!(
        rotate(&rotating, &[stage.ctx()], |_| {}).await.unwrap(),
        0,
        "run again, nothing is left to do"
    );

    let alone = open_with_keys(stage.address(), &new_text).await.unwrap();
    let read = numbers(&alone).await.unwrap();
    assert_eq!(read.len(), 299 + last - 400);
    for number in [1, 299, 400, last - 1] {
        assert!(read.contains(&identity(number)));
        assert_eq!(found(&alone, &identity(number)).await, [format!("A{number}")]);
    }
    import::get(&alone, &stage.ctx(), overwrote).await.unwrap();
    import::take(&alone, &stage.ctx(), waits, Take::Good, &Meter::default()).await.unwrap();
    assert_eq!(found(&alone, &identity(900)).await, ["A900"], "what waited is taken over");

    assert_eq!(phones(&alone).await, ["13800000002"]);
    import::undo(&alone, &stage.ctx(), second, &Meter::default()).await.unwrap();
    assert_eq!(phones(&alone).await, ["13800000001"], "what was overwritten is put back");

    let refused = open_with_keys(stage.address(), &old_text).await;
    assert!(matches!(refused, Err(bangfu_store::Error::OtherKey { .. })), "the old key alone opens no book");
    stage.names_key(&old_text).await;
    let refused = open_with_keys(stage.address(), &old_text).await;
    let closed = |error: &bangfu_store::Error| matches!(error, bangfu_store::Error::Sealed { .. });
    assert!(
        refused.is_err_and(|error| closed(&error)),
        "not even by force: what hashes numbers is closed to it"
    );
}
story!(the_new_key_opens_everything_and_the_old_one_nothing);

async fn a_change_of_the_key_that_is_killed_is_run_again(stage: &Stage) {
    // More secrets than a page has.
    let rows: Vec<String> = (1..=450).map(sound).collect();
    stage.read_in(Kind::Ledger, &ledger(&rows)).await;
    let before = numbers(&stage.db).await.unwrap();
    assert_eq!(before.len(), 450);
    let (old_text, new_text) = (stage.key_text(), key_text().unwrap());
    let rotating = open_with_keys(stage.address(), &format!("{new_text} {old_text}")).await.unwrap();
    let (mut steps, mut midway, mut all) = (40, 0, 0);
    let last = loop {
        let mut told = 0;
        let done = drop_after(rotate(&rotating, &[stage.ctx()], |count| told = count), steps).await;
        all += told;
        if let Some(last) = done {
            break last.unwrap();
        }
        midway += usize::from(told > 0);
        // Whatever was sealed anew by then: who has both keys reads everything, and what is written is kept.
        assert_eq!(numbers(&rotating).await.unwrap(), before, "after {steps} steps");
        assert_eq!(found(&rotating, &identity(7)).await, ["A7"]);
        steps += steps / 4;
    };
    assert!(midway > 0, "it was killed between its pages");
    assert!(last < all, "what was done before a kill is not done again: {last} of {all}");
    assert_eq!(rotate(&rotating, &[stage.ctx()], |_| {}).await.unwrap(), 0, "nothing is left to do");
    let alone = open_with_keys(stage.address(), &new_text).await.unwrap();
    assert_eq!(numbers(&alone).await.unwrap(), before);
    let refused = open_with_keys(stage.address(), &old_text).await;
    assert!(matches!(refused, Err(bangfu_store::Error::OtherKey { .. })), "the old key alone opens no book");
}
story!(a_change_of_the_key_that_is_killed_is_run_again);
