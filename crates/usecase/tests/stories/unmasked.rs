//! Numbers are shown whole one at a time: who saw which, whose and why is kept before it is shown.

use bangfu_domain::unmasking::Why;
use bangfu_sheets::Kind;
use bangfu_store::person::SecretKind;
use bangfu_store::unmasking::Filter;
use bangfu_store::{Area, Scope, loan};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::unmasking::{self, Asked, Shown};
use bangfu_usecase::{Ctx, Error};
use jiff::ToSpan;

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

fn asked(account_id: i64, loan_id: i64) -> Asked {
    Asked {
        account_id,
        loan_id,
        kind: SecretKind::Identity,
        why: Some(Why::Bank),
        reason: "与网点核对".to_owned(),
        day_max: None,
    }
}

fn refused(answer: Result<Shown, Error>) -> Refusal {
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
    assert_eq!(nothing(Asked { why: None, ..mine.clone() }, stage.ctx()).await, Refusal::NoWhy);
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
    assert_eq!((first.person.as_str(), first.number.as_str()), ("农户1", "A1"));
    assert_eq!((first.unmasking.why, first.unmasking.reason.as_str()), (Why::Bank, "与网点核对"));
    let theirs = Filter { account_id: Some(7), on_day: Some(ctx.today) };
    assert_eq!(unmasking::record(&mut tx, &ctx, theirs, None, 9).await.unwrap().lines.len(), 2);
    let counts = unmasking::counts(&mut tx, &ctx, Some(ctx.today)).await.unwrap();
    assert_eq!(counts, [(7, "story".to_owned(), 2), (8, "story".to_owned(), 1)]);
    let elsewhere = Ctx { scope: Scope { county_id: 431_022, area: Area::Division(999_999) }, ..ctx };
    assert!(unmasking::counts(&mut tx, &elsewhere, None).await.unwrap().is_empty());
}
story!(a_whole_number_is_shown_for_a_reason_and_kept_in_the_record);
