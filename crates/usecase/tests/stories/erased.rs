//! A person's numbers are erased: nothing opens or finds them, and the book of the money stays.

use bangfu_sheets::Kind;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::testing::audited;
use bangfu_store::{import as stored, loan};
use bangfu_usecase::erase::{self, EraseFault, Erased, Whose, approve, propose, reject, withdraw};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::proposal::{Deciding, ProposalFault, ProposalState};
use bangfu_usecase::{Ctx, Error, household, import};
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

const MAKER: i64 = 71;
const OTHER: i64 = 72;

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn whose(number: &str) -> Whose {
    Whose::Number(number.to_owned())
}

fn by(id: i64, account_id: i64) -> Deciding {
    Deciding { id, version: 1, account_id, reason: "核实过".to_owned() }
}

/// Erases the numbers of whoever a number names.
async fn erased(stage: &Stage, number: &str) -> Erased {
    let id = propose(&stage.db, &stage.ctx(), Some(MAKER), &whose(number), "本人要求").await.unwrap();
    approve(&stage.db, &stage.ctx(), &by(id, OTHER)).await.unwrap()
}

async fn erased_numbers_are_gone_and_loans_stay(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3)])).await;
    // A file that waits holds the number, and so does one whose report quotes it; another does not.
    let waits =
        import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &ledger(&[sound(1)]))).await.unwrap();
    let other =
        import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &ledger(&[sound(4)]))).await.unwrap();
    let before = stage.export(date(2019, 6, 17), None).await;

    let gone = erased(stage, &identity(1)).await;
    assert_eq!((gone.numbers, gone.files.files), (1, 1));
    erased(stage, "A2").await;
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

async fn two_people_erase_numbers_and_decide_on_what_they_saw(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let (db, why) = (&stage.db, "本人要求");
    let propose =
        async |number: &str, why: &str| propose(db, &stage.ctx(), Some(MAKER), &whose(number), why).await;
    assert_eq!(refused(propose(&identity(1), " ").await), ProposalFault::NoReason.into());
    assert_eq!(refused(propose(&identity(9), why).await), Refusal::NotFound);
    let area = bangfu_store::Scope { county_id: COUNTY, area: bangfu_store::Area::Branch(1) };
    let narrow = Ctx { scope: area, ..stage.ctx() };
    let outside = erase::propose(db, &narrow, Some(MAKER), &whose(&identity(1)), why).await;
    assert_eq!(refused(outside), Refusal::NotFound);

    let first = propose(&identity(1), why).await.unwrap();
    assert_eq!(refused(propose("A1", why).await), Refusal::Erase(EraseFault::Open), "one at a time");
    assert_eq!(refused(approve(db, &stage.ctx(), &by(first, MAKER)).await), ProposalFault::OwnWork.into());
    assert_eq!(refused(withdraw(db, &stage.ctx(), &by(first, OTHER)).await), ProposalFault::NotMaker.into());
    let unseen = Deciding { version: 0, ..by(first, OTHER) };
    assert_eq!(refused(approve(db, &stage.ctx(), &unseen).await), ProposalFault::MovedOn.into());
    assert_eq!(refused(approve(db, &narrow, &by(first, OTHER)).await), Refusal::NotFound);
    let silent = Deciding { reason: String::new(), ..by(first, OTHER) };
    assert_eq!(refused(reject(db, &stage.ctx(), &silent).await), ProposalFault::NoReason.into());
    assert_eq!(numbers(stage).await.len(), 2, "nothing is erased yet");
    reject(db, &stage.ctx(), &by(first, OTHER)).await.unwrap();
    assert_eq!(refused(approve(db, &stage.ctx(), &by(first, OTHER)).await), ProposalFault::MovedOn.into());

    // Between proposal and decision another number comes into the book.
    let second = propose(&identity(1), why).await.unwrap();
    let (household_id, person_id) = {
        let mut tx = db.read().await.unwrap();
        let loan = &loan::all(&mut tx, COUNTY).await.unwrap()[0];
        (loan.household_id.unwrap(), loan::borrower(&mut tx, COUNTY, loan.loan_id).await.unwrap().unwrap())
    };
    let mut tx = db.write().await.unwrap();
    let phone = [(person_id, SecretKind::Phone, "13800000000".to_owned())];
    person::put_secrets(&mut tx, db.key(), COUNTY, &phone).await.unwrap();
    tx.commit().await.unwrap();
    let other = approve(db, &stage.ctx(), &by(second, OTHER)).await;
    assert_eq!(refused(other), Refusal::Erase(EraseFault::OtherNumbers));
    withdraw(db, &stage.ctx(), &by(second, MAKER)).await.unwrap();

    let member = Whose::Member { household_id, person_id };
    let third = erase::propose(db, &stage.ctx(), None, &member, why).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let one = erase::get(db, &mut tx, &stage.ctx(), third).await.unwrap();
    assert_eq!(
        (one.state, one.numbers.len(), one.line.person.as_str()),
        (ProposalState::Proposed, 2, "农户1")
    );
    drop(tx);
    let gone = approve(db, &stage.ctx(), &Deciding { reason: String::new(), ..by(third, OTHER) }).await;
    assert_eq!(gone.unwrap().numbers, 2);
    assert_eq!(refused(propose("A1", why).await), Refusal::Erase(EraseFault::Nothing));

    let mut tx = db.read().await.unwrap();
    let states: Vec<ProposalState> =
        erase::list(&mut tx, &stage.ctx()).await.unwrap().into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, [ProposalState::Approved, ProposalState::Withdrawn, ProposalState::Rejected]);
    let sheet = household::sheet(db, &mut tx, &stage.ctx(), household_id, stage.ctx().today).await.unwrap();
    assert!(sheet.members[0].erased && sheet.members[0].identity_masked.is_none());
    assert_eq!(sheet.members[0].person.name, "农户1", "the book of the money tells whose loan it is");
}
story!(two_people_erase_numbers_and_decide_on_what_they_saw);
