//! A person's numbers are erased: nothing opens or finds them, and the book of the money stays.

use bangfu_sheets::book::{Book, Cell, Sheet};
use bangfu_sheets::{Kind, wire};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::testing::audited;
use bangfu_store::{finding, import as stored, loan};
use bangfu_usecase::erase::{self, EraseFault, Erased, Whose, approve, propose, reject, withdraw};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::Upload;
use bangfu_usecase::proposal::{Deciding, ProposalFault, ProposalState};
use bangfu_usecase::{Ctx, Error, household, import};
use jiff::civil::date;

use crate::any_book::identity;
use crate::cells;
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
pub(crate) async fn erased(stage: &Stage, number: &str) -> Erased {
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

/// A register of one household.
fn register(name: &str, who: &str, phone: &str) -> Vec<u8> {
    let header = "乡镇,村,户主姓名,身份证号码,家庭人口,联系电话";
    format!("{header}\n白石渡镇,白石渡村,{name},{who},4,{phone}\n").into_bytes()
}

/// A sheet whose bytes hold a text where one page of the file ends and the next begins.
fn straddling(text: &str) -> Book {
    let book = |before: usize| {
        let row = vec![Cell::Text("字".repeat(before / 3).into()), Cell::Text(text.into())];
        Book { sheets: vec![Sheet { rows: vec![row], ..Sheet::default() }] }
    };
    let place = |book: &Book| {
        let mut bytes = Vec::new();
        wire::write_book(book, &mut bytes).unwrap();
        bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap()
    };
    let (page, tried) = (512 * 1024, 300_000);
    let found = book(tried + page - 9 - place(&book(tried)));
    assert!((page - text.len() + 1..page).contains(&place(&found)));
    found
}

async fn files_forget_a_number_in_whatever_form_they_hold_it(stage: &Stage) {
    let index = (1..).find(|index| identity(*index).ends_with('X')).unwrap();
    let (who, name) = (identity(index), format!("农户{index}"));
    let small = who.to_lowercase();
    // Their own loan has it in a cell where it does not belong: it is noticed with the loan, and quoted.
    let own = String::from_utf8(ledger(&[format!("{},{small}", sound(index))])).unwrap();
    let own = own.replace("已还本金（元）", "已还本金（元）,期限（月）");
    stage.read_in(Kind::Ledger, own.as_bytes()).await;
    stage.read_in(Kind::Households, &register(&name, &who, "13800000007")).await;

    let keep = async |upload: Upload| import::stage(&stage.db, &stage.ctx(), &upload).await.unwrap();
    let mut numeric = upload(Kind::Households, &register("农户二", &identity(50), "0"));
    numeric.book.sheets[0].rows[1][5] = Cell::Number(13_800_000_007.0);
    let mut kept = vec![keep(numeric).await];
    let spaced = format!("{} {}", &small[..6], &small[6..]);
    for form in [small.clone(), spaced, format!("{}{}", &who[..6], &who[8..17])] {
        kept.push(keep(upload(Kind::Households, &register("农户三", &form, ""))).await);
    }
    let empty = upload(Kind::Households, &register("农户四", &identity(51), ""));
    kept.push(keep(Upload { book: straddling(&who), ..empty.clone() }).await);
    let mended = cells::staged(stage, Kind::Households, &register("农户五", &cells::misspelt(52), "")).await;
    let look = cells::look(stage, mended).await;
    cells::mend(stage, &look, vec![cells::wish(&look, "identity-check-digit", false, &small)]).await.unwrap();
    kept.push(mended);
    let other = keep(empty).await;
    // A row that cannot be taken stays, and the report quotes its cell.
    let wrong_place = sound(9).replace("2018-05-01", &small);
    stage.read_in(Kind::Ledger, &ledger(&[sound(8), wrong_place])).await;

    let gone = erased(stage, &who).await;
    assert_eq!((gone.numbers, gone.files.reports), (2, 2));
    assert_eq!(gone.files.files, kept.len() as u64 + 1, "and the rows that could not be taken");
    let mut tx = stage.db.read().await.unwrap();
    for one in kept {
        assert!(!stored::has_pages(&mut tx, &stage.ctx().scope, one).await.unwrap(), "{one}");
    }
    assert!(stored::has_pages(&mut tx, &stage.ctx().scope, other).await.unwrap());
    for one in stored::standing(&mut tx, COUNTY).await.unwrap() {
        let report = stored::report(&mut tx, stage.db.key(), COUNTY, one.import_id).await.unwrap();
        assert!(!report.to_uppercase().contains(&who), "{report}");
    }
    let noticed = finding::about_loans(&mut tx, COUNTY).await.unwrap();
    assert!(noticed.iter().any(|one| one.facts.contains("********")), "{noticed:?}");
    assert!(!noticed.iter().any(|one| one.facts.to_uppercase().contains(&who)), "{noticed:?}");
}
story!(files_forget_a_number_in_whatever_form_they_hold_it);

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
    let mut tx = db.write(431_022).await.unwrap();
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
