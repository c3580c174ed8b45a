//! Many sign in, or try to, at once: a crowd learns no more than one after the other, and waits as long.

use std::time::Duration;

use bangfu_store::{account as stored, session};
use bangfu_usecase::account::{self, AccountFault, Browser, Hashing, second};
use bangfu_usecase::{Ctx, Error};
use tokio::task::{JoinHandle, JoinSet};

use crate::accounts::{attempt, fault, made};
use crate::second_factor::{Person, wrong};
use crate::stage::Stage;
use crate::story;

/// Somebody types a password while others do.
fn trying(stage: &Stage, ctx: &Ctx, hashing: &Hashing, password: &str) -> JoinHandle<Result<String, Error>> {
    let (db, ctx, hashing, attempt) =
        (stage.db.clone(), ctx.clone(), hashing.clone(), attempt("zhao", password));
    tokio::spawn(async move { account::sign_in(&db, &ctx, &hashing, &attempt).await })
}

/// Wrong tries that the account has.
async fn failures(stage: &Stage) -> u32 {
    let mut tx = stage.db.read().await.unwrap();
    stored::credentials(&mut tx, 431_022, "zhao").await.unwrap().unwrap().failures
}

/// So many passwords wait for their turn before whatever comes next.
fn crowd(hashing: &Hashing, many: usize) -> JoinSet<bool> {
    let mut crowd = JoinSet::new();
    for _ in 0..many {
        let hashing = hashing.clone();
        crowd.spawn(async move { hashing.verify("wrong", None).await.unwrap() });
    }
    crowd
}

/// Long enough for whoever came to stand in the queue.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(30)).await;
}

async fn passwords_typed_at_once_are_no_more_tries_than_one_after_the_other(stage: &Stage) {
    let hashing = Hashing::default();
    let zhao = made(stage, &hashing, "zhao").await;
    let ctx = stage.ctx();
    let before = crowd(&hashing, 10);
    a_moment().await;
    let all: Vec<_> = (0..20).map(|_| trying(stage, &ctx, &hashing, "wrong")).collect();
    a_moment().await;
    let right = trying(stage, &ctx, &hashing, &zhao.password);
    let mut judged = 0;
    for one in all {
        judged += usize::from(fault(one.await.unwrap()) == AccountFault::Wrong);
    }
    assert!(
        matches!(fault(right.await.unwrap()), AccountFault::Locked { .. }),
        "nor is a right one looked at"
    );
    assert_eq!((judged, failures(stage).await), (4, 5));
    before.join_all().await;
}
story!(passwords_typed_at_once_are_no_more_tries_than_one_after_the_other);

async fn a_password_that_was_reset_while_it_waited_opens_nothing(stage: &Stage) {
    let hashing = Hashing::default();
    let zhao = made(stage, &hashing, "zhao").await;
    let ctx = stage.ctx();
    let before = crowd(&hashing, 30);
    a_moment().await;
    let late = trying(stage, &ctx, &hashing, &zhao.password);
    a_moment().await;
    let mut tx = stage.db.write(431_022).await.unwrap();
    stored::set_password(&mut tx, 431_022, zhao.account_id, "another", true).await.unwrap();
    session::end_all(&mut tx, 431_022, zhao.account_id, None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!late.is_finished(), "it waits its turn");
    assert_eq!(fault(late.await.unwrap()), AccountFault::Wrong);
    before.join_all().await;
}
story!(a_password_that_was_reset_while_it_waited_opens_nothing);

async fn codes_typed_at_once_are_no_more_tries_than_one_after_the_other(stage: &Stage) {
    let ctx = stage.ctx();
    let person = Person::with_a_second_factor(stage, &ctx).await;
    let (ticket, bad) = (person.ticket(&ctx).await, wrong(&person.secret, &ctx));
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (db, ctx, ticket, bad) = (stage.db.clone(), ctx.clone(), ticket.clone(), bad.clone());
        all.spawn(async move { second::second_step(&db, &ctx, &ticket, &bad, &Browser::default()).await });
    }
    let answers = all.join_all().await.into_iter().map(fault);
    let judged = answers.filter(|fault| *fault == AccountFault::CodeWrong).count();
    assert_eq!((judged, failures(stage).await), (4, 5));
}
story!(codes_typed_at_once_are_no_more_tries_than_one_after_the_other);

async fn a_name_that_nobody_bears_waits_as_an_account_does(stage: &Stage) {
    let hashing = Hashing::default();
    made(stage, &hashing, "zhao").await;
    let mut told = Vec::new();
    for login in ["zhao", "nobody"] {
        let (mut ctx, mut answers) = (stage.ctx(), Vec::new());
        for _ in 0..7 {
            let wrong = account::sign_in(&stage.db, &ctx, &hashing, &attempt(login, "wrong")).await;
            let wrong = fault(wrong);
            if let AccountFault::Locked { seconds } = wrong {
                let again = account::sign_in(&stage.db, &ctx, &hashing, &attempt(login, "wrong")).await;
                answers.push(fault(again));
                ctx = crate::accounts::later(&ctx, i64::from(seconds) + 1);
            }
            answers.push(wrong);
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert!(told[1].contains(&AccountFault::Locked { seconds: 20 }), "{:?}", told[1]);
}
story!(a_name_that_nobody_bears_waits_as_an_account_does);
