//! Tokens: what they open, until when, and that nothing is done twice for a program that asks twice.

use bangfu_domain::officer::Role;
use bangfu_domain::token::TokenScope;
use bangfu_store::answer::{Answer, Asked};
use bangfu_store::token::Token;
use bangfu_store::{Area, Scope};
use bangfu_usecase::account::AccountFault;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::token::{self, Begun, KEPT, MadeToken, NewToken, TokenFault};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};

use crate::stage::Stage;
use crate::story;

fn new(role: Role, area: Area, scopes: &[TokenScope], ends_on: Date) -> NewToken {
    NewToken { name: "农商银行对账".to_owned(), role, area, scopes: scopes.to_vec(), ends_on }
}

async fn made(stage: &Stage) -> MadeToken {
    let scopes = [TokenScope::DifferencesWrite, TokenScope::LoansRead, TokenScope::LoansRead];
    let ends_on = date(2019, 7, 1);
    let new = new(Role::CentreClerk, Area::County, &scopes, ends_on);
    token::create(&stage.db, &stage.ctx(), &new).await.unwrap()
}

async fn found(stage: &Stage, secret: &str, on: Date) -> Option<Token> {
    let ctx = Ctx { today: on, ..stage.ctx() };
    token::find(&mut stage.db.read().await.unwrap(), &ctx, secret).await.unwrap()
}

async fn a_token_opens_what_it_names_until_its_day_or_its_end(stage: &Stage) {
    let made = made(stage).await;
    let last = date(2019, 7, 1);
    assert!(made.secret.starts_with("bangfu_") && made.secret.len() == 7 + 64);
    let token = found(stage, &made.secret, last).await.unwrap();
    assert_eq!(token.scopes, [TokenScope::LoansRead, TokenScope::DifferencesWrite], "each once");
    assert_eq!((token.post.role, token.post.area, token.seen_at), (Role::CentreClerk, Area::County, None));
    assert_eq!(found(stage, &made.secret, last + 1.day()).await, None, "its last day has passed");
    assert_eq!(found(stage, &format!("{}0", made.secret), last).await, None);
    assert_eq!(found(stage, "", last).await, None);

    token::note_seen(&stage.db, &stage.ctx(), &token).await.unwrap();
    assert!(found(stage, &made.secret, last).await.unwrap().seen_at.is_some());
    token::end(&stage.db, &stage.ctx(), made.token_id).await.unwrap();
    assert_eq!(found(stage, &made.secret, last).await, None, "it is ended at once");
    let twice = token::end(&stage.db, &stage.ctx(), made.token_id).await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::NotFound))));
    let all = token::list(&mut stage.db.read().await.unwrap(), &stage.ctx()).await.unwrap();
    assert_eq!(all.len(), 1, "and still listed");
    assert_eq!(all[0].ended.as_ref().map(|(who, _)| who.as_str()), Some("story"));
}
story!(a_token_opens_what_it_names_until_its_day_or_its_end);

async fn a_token_is_no_wider_than_its_role_and_lives_for_a_year_at_most(stage: &Stage) {
    let create = async |new: NewToken| match token::create(&stage.db, &stage.ctx(), &new).await {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let (today, read) = (stage.ctx().today, [TokenScope::LoansRead]);
    let beyond = |role, scope| Refusal::Token(TokenFault::ScopeBeyond { role, scope });
    let write = [TokenScope::LoansRead, TokenScope::ImportsWrite];
    let leader = create(new(Role::Leader, Area::County, &write, today)).await;
    assert_eq!(leader, beyond(Role::Leader, TokenScope::ImportsWrite));
    // Files are the county's: a township's clerk takes none over, and so does no program at that post.
    let township = create(new(Role::CentreClerk, Area::Division(7), &write, today)).await;
    assert_eq!(township, beyond(Role::CentreClerk, TokenScope::ImportsWrite));
    // Nor does a branch settle what differs: the county does.
    let settle = [TokenScope::DifferencesRead, TokenScope::DifferencesWrite];
    let branch = create(new(Role::BankClerk, Area::Branch(7), &settle, today)).await;
    assert_eq!(branch, beyond(Role::BankClerk, TokenScope::DifferencesWrite));
    let admin = create(new(Role::Administrator, Area::County, &read, today)).await;
    assert_eq!(admin, beyond(Role::Administrator, TokenScope::LoansRead));
    let elsewhere = create(new(Role::BankClerk, Area::County, &read, today)).await;
    assert_eq!(elsewhere, Refusal::Account(AccountFault::PostArea { role: Role::BankClerk }));
    let none = create(new(Role::Leader, Area::County, &[], today)).await;
    assert_eq!(none, Refusal::Token(TokenFault::NoScope));
    let last = today + 366.days();
    for day in [today - 1.day(), last + 1.day()] {
        let end = create(new(Role::Leader, Area::County, &read, day)).await;
        assert_eq!(end, Refusal::Token(TokenFault::End { first: today, last }));
    }
    // Whoever sees less than the county makes, ends and sees no token.
    let ctx = Ctx { scope: Scope { county_id: 431_022, area: Area::Division(7) }, ..stage.ctx() };
    let narrow = token::create(&stage.db, &ctx, &new(Role::Leader, Area::County, &read, today)).await;
    assert!(matches!(narrow, Err(Error::Refused(Refusal::NotFound))));
    let mut tx = stage.db.read().await.unwrap();
    assert!(matches!(token::list(&mut tx, &ctx).await, Err(Error::Refused(Refusal::NotFound))));
    assert!(token::list(&mut tx, &stage.ctx()).await.unwrap().is_empty());
}
story!(a_token_is_no_wider_than_its_role_and_lives_for_a_year_at_most);

fn asked(word: &str, what: u8) -> Asked {
    Asked { token_id: 7, answer_key: word.to_owned(), request_hash: vec![what] }
}

fn request(stage: &Stage, id: &str, after_seconds: i64) -> Ctx {
    let ctx = stage.ctx();
    let at = ctx.at + SignedDuration::from_secs(after_seconds);
    Ctx { request_id: id.to_owned(), at, ..ctx }
}

async fn what_is_asked_twice_is_done_once_also_by_another_process(stage: &Stage) {
    let (here, there) = (&stage.db, stage.elsewhere().await);
    let one = asked("word", 1);
    let begin = async |db, ctx: &Ctx, asked: &Asked, holder: &str, is_here: bool| {
        token::begin(db, ctx, asked, holder, is_here).await.unwrap()
    };
    assert_eq!(begin(here, &request(stage, "r1", 0), &one, "a", false).await, Begun::New);
    // It is being worked on, here and as another process sees it, as long as it says so.
    assert_eq!(begin(here, &request(stage, "r2", 1), &one, "a", true).await, Begun::UnderWay);
    assert_eq!(begin(&there, &request(stage, "r3", 15), &one, "b", false).await, Begun::UnderWay);
    token::beat(here, 431_022, &one, request(stage, "", 30).micros()).await.unwrap();
    assert_eq!(begin(&there, &request(stage, "r3", 40), &one, "b", false).await, Begun::UnderWay);
    assert_eq!(begin(here, &request(stage, "r2", 1), &asked("word", 2), "a", false).await, Begun::Another);
    let answer = Answer {
        status: 201,
        etag: Some("\"v1\"".to_owned()),
        location: Some("/api/v1/imports/1".to_owned()),
        body: "{\"名\":\"农户1\"}".as_bytes().to_vec(),
    };
    token::finish(here, 431_022, &one, &answer).await.unwrap();
    let again = begin(&there, &request(stage, "r4", 50), &one, "b", false).await;
    assert_eq!(again, Begun::Answered(answer), "the same to the last byte");
    assert_eq!(begin(here, &request(stage, "r4", 50), &asked("word", 2), "a", false).await, Begun::Another);
    // Another token's word is another word.
    let other = Asked { token_id: 8, ..asked("word", 2) };
    assert_eq!(begin(here, &request(stage, "r4", 50), &other, "a", false).await, Begun::New);
    // After a day the word is free.
    let later = KEPT / 1_000_000 + 60;
    assert_eq!(begin(here, &request(stage, "r5", later), &asked("word", 2), "a", false).await, Begun::New);
}
story!(what_is_asked_twice_is_done_once_also_by_another_process);

async fn a_process_that_died_before_its_answer_leaves_what_it_did_known(stage: &Stage) {
    let there = stage.elsewhere().await;
    // One died before it did anything, one after.
    let (idle, done) = (asked("idle", 1), asked("done", 1));
    let begin = async |ctx: &Ctx, asked: &Asked, holder: &str| {
        token::begin(&there, ctx, asked, holder, false).await.unwrap()
    };
    assert_eq!(begin(&request(stage, "r1", 0), &idle, "a").await, Begun::New);
    let ctx = request(stage, "r2", 0);
    assert_eq!(begin(&ctx, &done, "a").await, Begun::New);
    let new = new(Role::Leader, Area::County, &[TokenScope::LoansRead], ctx.today);
    let made = token::create(&stage.db, &ctx, &new).await.unwrap();
    // What others do meanwhile is not taken for it.
    self::made(stage).await;
    for seconds in [1, 15] {
        assert_eq!(begin(&request(stage, "r3", seconds), &done, "b").await, Begun::UnderWay);
    }
    assert_eq!(begin(&request(stage, "r4", 60), &idle, "b").await, Begun::New, "nothing was done");
    let known = begin(&request(stage, "r5", 60), &done, "b").await;
    assert_eq!(known, Begun::Done("token-made".to_owned(), made.token_id.to_string()));
    // The same process knows at once that it is not at it any more.
    assert_eq!(begin(&request(stage, "r6", 1), &done, "a").await, known);
    // Of what was refused nothing is kept: the word may be used again.
    token::drop_work(&stage.db, 431_022, &idle).await.unwrap();
    assert_eq!(begin(&request(stage, "r7", 61), &idle, "c").await, Begun::New);
}
story!(a_process_that_died_before_its_answer_leaves_what_it_did_known);
