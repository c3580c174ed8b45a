//! Numbers are shown whole one at a time: who saw which, whose and why is kept before it is shown.

use bangfu_sheets::Kind;
use bangfu_store::account::NO_ACCOUNT;
use bangfu_store::person::SecretKind;
use bangfu_store::unmasking::{Filter, Shown};
use bangfu_store::{Area, Scope, loan};
use bangfu_usecase::adopt::adopt;
use bangfu_usecase::amendment::{self, NewAmendment, Subject, approve, mark, propose};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::proposal::Deciding;
use bangfu_usecase::rulebook::in_force;
use bangfu_usecase::unmasking::{self, Asked, Whole, Whose};
use bangfu_usecase::{Ctx, Error, export, household};
use jiff::ToSpan;

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

fn asked(account_id: i64, loan_id: i64) -> Asked {
    Asked {
        account_id,
        whose: Whose::Borrower { loan_id },
        kind: SecretKind::Identity,
        why: "与银行核对".to_owned(),
        reason: "与网点核对".to_owned(),
        day_max: None,
    }
}

fn refused(answer: Result<Whole, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("shown"),
    }
}

async fn a_whole_number_is_shown_for_a_reason_and_kept_in_the_record(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let db = &stage.db;
    let ids = {
        let mut tx = db.read().await.unwrap();
        let loans = loan::all(&mut tx, 431_022).await.unwrap();
        loans.into_iter().map(|loan| loan.loan_id).collect::<Vec<_>>()
    };
    let nothing = |asked: Asked, ctx: Ctx| async move { refused(unmasking::unmask(db, &ctx, &asked).await) };
    let mine = asked(7, ids[0]);
    for why in ["", "contact", "随便看看"] {
        let why = why.to_owned();
        assert_eq!(nothing(Asked { why, ..mine.clone() }, stage.ctx()).await, Refusal::NoWhy);
    }
    let silent = Asked { reason: " \u{3000}".to_owned(), ..mine.clone() };
    assert_eq!(nothing(silent, stage.ctx()).await, Refusal::NoReason);
    let told = Asked { reason: format!("号码是{}", identity(1)), ..mine.clone() };
    assert_eq!(nothing(told, stage.ctx()).await, Refusal::IdentityInReason, "the record holds no number");
    let phone = Asked { kind: SecretKind::Phone, ..mine.clone() };
    assert_eq!(nothing(phone, stage.ctx()).await, Refusal::NotFound, "what the book does not hold");
    let outside = Ctx { scope: Scope { county_id: 431_022, area: Area::Branch(999_999) }, ..stage.ctx() };
    assert_eq!(nothing(mine.clone(), outside).await, Refusal::NotFound, "nor what lies outside");
    let mut tx = db.read().await.unwrap();
    let record = unmasking::record(&mut tx, &stage.ctx(), Filter::default(), None, 9).await.unwrap();
    assert!(record.lines.is_empty(), "what was refused was not shown");
    drop(tx);

    let limited = Asked { day_max: Some(2), ..mine.clone() };
    for today in [1, 2] {
        let shown = unmasking::unmask(db, &stage.ctx(), &limited).await.unwrap();
        assert_eq!((shown.number, shown.today), (identity(1), today));
    }
    assert_eq!(nothing(limited.clone(), stage.ctx()).await, Refusal::UnmaskedEnough { max: 2 });
    let tomorrow = Ctx { today: stage.ctx().today + 1.day(), ..stage.ctx() };
    unmasking::unmask(db, &tomorrow, &limited).await.unwrap();
    unmasking::unmask(db, &stage.ctx(), &asked(8, ids[1])).await.unwrap();

    let mut tx = db.read().await.unwrap();
    let ctx = stage.ctx();
    let all = unmasking::record(&mut tx, &ctx, Filter::default(), None, 3).await.unwrap();
    assert_eq!((all.lines.len(), all.has_more), (3, true));
    let older = all.lines.last().map(|line| line.unmasking.change_seq);
    let older = unmasking::record(&mut tx, &ctx, Filter::default(), older, 3).await.unwrap();
    assert_eq!((older.lines.len(), older.has_more), (1, false));
    let first = &older.lines[0];
    assert_eq!((first.person.as_str(), first.on.as_str()), ("农户1", "A1"));
    let why = first.unmasking.why.clone().unwrap();
    assert_eq!((why.zh.as_str(), why.en.as_str()), ("与银行核对", "compare with the bank"));
    assert_eq!(first.unmasking.reason, "与网点核对");
    let theirs = Filter { account_id: Some(7), on_day: Some(ctx.today) };
    assert_eq!(unmasking::record(&mut tx, &ctx, theirs, None, 9).await.unwrap().lines.len(), 2);
    let counts = unmasking::counts(&mut tx, &ctx, Some(ctx.today)).await.unwrap();
    assert_eq!(counts, [(7, "story".to_owned(), 2), (8, "story".to_owned(), 1)]);
    let elsewhere = Ctx { scope: Scope { county_id: 431_022, area: Area::Division(999_999) }, ..ctx };
    assert!(unmasking::counts(&mut tx, &elsewhere, None).await.unwrap().is_empty());
}
story!(a_whole_number_is_shown_for_a_reason_and_kept_in_the_record);

async fn record(stage: &Stage, ctx: &Ctx) -> Vec<bangfu_store::unmasking::Line> {
    let mut tx = stage.db.read().await.unwrap();
    unmasking::record(&mut tx, ctx, Filter::default(), None, 9).await.unwrap().lines
}

async fn members_and_exports_stand_in_the_record_too(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let db = &stage.db;
    let mut tx = db.read().await.unwrap();
    let loans = loan::all(&mut tx, 431_022).await.unwrap();
    let households = [0, 1].map(|at: usize| loans[at].household_id.unwrap());
    let today = stage.ctx().today;
    let sheet = household::sheet(db, &mut tx, &stage.ctx(), households[0], today).await.unwrap();
    let village = Scope { county_id: 431_022, area: Area::Division(loans[0].village_id) };
    drop(tx);
    let head = sheet.head().unwrap();
    assert_eq!(head.person.name, "农户1");
    assert!(head.identity_masked.as_ref().unwrap().contains("********") && !head.erased);

    let person_id = head.person.person_id;
    let of = |household_id| Asked { whose: Whose::Member { household_id, person_id }, ..asked(7, 0) };
    assert_eq!(refused(unmasking::unmask(db, &stage.ctx(), &of(households[1])).await), Refusal::NotFound);
    let outside = Ctx { scope: Scope { county_id: 431_022, area: Area::Branch(999_999) }, ..stage.ctx() };
    assert_eq!(refused(unmasking::unmask(db, &outside, &of(households[0])).await), Refusal::NotFound);
    let whole = unmasking::unmask(db, &stage.ctx(), &of(households[0])).await.unwrap();
    assert_eq!((whole.name.as_str(), whole.number, whole.today), ("农户1", identity(1), 1));

    let silent = export::loans(db, &stage.ctx(), today, None, Some(" ")).await;
    assert!(matches!(silent, Err(Error::Refused(Refusal::NoReason))));
    let rows = export::loans(db, &stage.ctx(), today, None, Some("报审计")).await.unwrap();
    assert_eq!(rows[0].identity, identity(1));
    export::loans(db, &stage.ctx(), today, None, None).await.unwrap();

    let county = record(stage, &stage.ctx()).await;
    let [exported, shown] = county.as_slice() else { panic!("{county:?}") };
    assert_eq!(exported.unmasking.shown, Shown::Export { numbers: 2 });
    assert_eq!((exported.unmasking.account_id, &exported.unmasking.why), (NO_ACCOUNT, &None));
    assert_eq!((exported.unmasking.reason.as_str(), exported.on.as_str()), ("报审计", ""));
    assert_eq!(shown.unmasking.shown, Shown::Member { person_id, household_id: households[0] });
    assert_eq!((shown.person.as_str(), shown.on.as_str()), ("农户1", "农户1"));
    let there = record(stage, &Ctx { scope: village, ..stage.ctx() }).await;
    assert_eq!(
        there.as_slice(),
        std::slice::from_ref(shown),
        "what holds the whole county is seen with the whole county"
    );
    assert!(record(stage, &outside).await.is_empty());
    let mut tx = db.read().await.unwrap();
    let counts = unmasking::counts(&mut tx, &stage.ctx(), Some(today)).await.unwrap();
    assert_eq!(counts.iter().map(|(id, _, n)| (*id, *n)).collect::<Vec<_>>(), [(NO_ACCOUNT, 2), (7, 1)]);
}
story!(members_and_exports_stand_in_the_record_too);

async fn the_county_says_what_numbers_are_needed_for_and_old_lines_keep_their_words(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let db = &stage.db;
    let mut tx = db.read().await.unwrap();
    let loan_id = loan::all(&mut tx, 431_022).await.unwrap()[0].loan_id;
    let subject = Subject::Pack("national-2015.toml".to_owned());
    let text = amendment::present(&mut tx, &stage.ctx()).await.unwrap().text(&subject).unwrap();
    drop(tx);
    unmasking::unmask(db, &stage.ctx(), &asked(7, loan_id)).await.unwrap();
    let new = NewAmendment {
        subject,
        body: text.replace(
            "zh = \"与银行核对\", en = \"compare with the bank\"",
            "zh = \"对账\", en = \"reconcile\"",
        ),
        seen: mark(Some(&text)),
        valid_from: stage.ctx().today,
        reason: "县里定的用途".to_owned(),
    };
    let id = propose(db, &stage.ctx(), 71, &new).await.unwrap();
    let agreed = Deciding { id, version: 1, account_id: 72, reason: String::new() };
    approve(db, &stage.ctx(), &agreed).await.unwrap();
    adopt(db, &stage.ctx(), in_force()).await.unwrap();
    let old = unmasking::unmask(db, &stage.ctx(), &asked(7, loan_id)).await;
    assert_eq!(refused(old), Refusal::NoWhy);
    let now = Asked { why: "对账".to_owned(), ..asked(7, loan_id) };
    unmasking::unmask(db, &stage.ctx(), &now).await.unwrap();
    let lines = record(stage, &stage.ctx()).await;
    let whys: Vec<String> = lines.into_iter().map(|line| line.unmasking.why.unwrap().zh).collect();
    assert_eq!(whys, ["对账", "与银行核对"]);
}
story!(the_county_says_what_numbers_are_needed_for_and_old_lines_keep_their_words);
