//! A person's numbers are erased: nothing opens or finds them, and the book of the money stays.

use bangfu_sheets::Kind;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::testing::audited;
use bangfu_store::{import as stored, loan};
use bangfu_usecase::Error;
use bangfu_usecase::erase::erase;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import;
use jiff::civil::date;

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

const COUNTY: i64 = 431_022;

/// The persons whom a number finds.
async fn found(stage: &Stage, number: &str) -> usize {
    let mut tx = stage.db.read().await.unwrap();
    let hash = stage.db.key().hash(number);
    person::found(&mut tx, COUNTY, SecretKind::Identity, &[hash]).await.unwrap().len()
}

async fn numbers(stage: &Stage) -> Vec<String> {
    let mut tx = stage.db.read().await.unwrap();
    let all = person::all_secrets(&mut tx, stage.db.key(), COUNTY, SecretKind::Identity).await.unwrap();
    let mut numbers: Vec<String> = all.into_iter().map(|(_, number)| number).collect();
    numbers.sort();
    numbers
}

async fn erased_numbers_are_gone_and_loans_stay(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3)])).await;
    // A file that waits holds the number, and so does one whose report quotes it; another does not.
    let waits =
        import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &ledger(&[sound(1)]))).await.unwrap();
    let other =
        import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &ledger(&[sound(4)]))).await.unwrap();
    let before = stage.export(date(2019, 6, 17), None).await;

    let refused = |answer: Result<_, Error>| match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{:?}", other.map(|_: bangfu_usecase::erase::Erased| ())),
    };
    let (db, ctx) = (&stage.db, stage.ctx());
    assert_eq!(refused(erase(db, &ctx, &identity(1), " ").await), Refusal::NoResolution);
    assert_eq!(refused(erase(db, &ctx, &identity(9), "本人要求").await), Refusal::NotFound);
    let narrow = bangfu_usecase::Ctx {
        scope: bangfu_store::Scope { county_id: COUNTY, area: bangfu_store::Area::Branch(1) },
        ..stage.ctx()
    };
    assert_eq!(refused(erase(db, &narrow, &identity(1), "本人要求").await), Refusal::NotFound);

    let gone = erase(db, &stage.ctx(), &identity(1), "本人要求").await.unwrap();
    assert_eq!((gone.numbers, gone.files.files), (1, 1));
    erase(db, &stage.ctx(), "A2", "本人要求").await.unwrap();
    assert_eq!(numbers(stage).await, [identity(3)], "nothing opens them any more");
    assert_eq!([found(stage, &identity(1)).await, found(stage, &identity(3)).await], [0, 1]);
    let mut tx = stage.db.read().await.unwrap();
    let scope = stage.ctx().scope;
    assert!(!stored::has_pages(&mut tx, &scope, waits).await.unwrap(), "the file that waited is gone");
    assert!(stored::has_pages(&mut tx, &scope, other).await.unwrap(), "and no other");
    assert_eq!(loan::all(&mut tx, COUNTY).await.unwrap().len(), 3);
    assert_eq!(audited(&mut tx, COUNTY, "person-erased").await.unwrap(), 2);
    drop(tx);
    let after = stage.export(date(2019, 6, 17), None).await;
    for (was, now) in before.iter().zip(&after) {
        assert_eq!(
            (&was.number, &was.borrower, was.balance_fen),
            (&now.number, &now.borrower, now.balance_fen)
        );
        assert_eq!(now.identity.is_empty(), now.number != "A3", "{}", now.number);
    }
    // The same person comes again with another file, and is given a new key.
    stage.read_in(Kind::Ledger, &ledger(&[sound(5)])).await;
    assert_eq!(numbers(stage).await, [identity(3), identity(5)]);
}
story!(erased_numbers_are_gone_and_loans_stay);
