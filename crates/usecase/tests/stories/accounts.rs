//! Accounts: who may sign in, for how long, and what ends it.

use bangfu_domain::account::PasswordFault;
use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_store::account::Account;
use bangfu_store::session::Live;
use bangfu_store::{Area, bank};
use bangfu_usecase::account::{
    self, AccountFault, Attempt, Hashing, IDLE_SECONDS, Made, NewAccount, SESSION_SECONDS, key_of,
};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::{Ctx, Error};
use jiff::SignedDuration;

use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

pub(crate) const OWN: &str = "三棵老樟树下见面不见不散";

pub(crate) fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> AccountFault {
    match result {
        Err(Error::Refused(Refusal::Account(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn new(login: &str, role: Role, area: Area) -> NewAccount {
    NewAccount { login: login.to_owned(), name: "赵敏".to_owned(), role, area, password: None }
}

pub(crate) fn later(ctx: &Ctx, seconds: i64) -> Ctx {
    Ctx { at: ctx.at + SignedDuration::from_secs(seconds), ..ctx.clone() }
}

pub(crate) fn attempt(login: &str, password: &str) -> Attempt {
    Attempt {
        login: login.to_owned(),
        password: password.to_owned(),
        address: "10.1.2.3".to_owned(),
        agent: "Firefox/1".to_owned(),
        before: None,
    }
}

pub(crate) async fn live(stage: &Stage, token: &str, ctx: &Ctx) -> Option<Live> {
    let mut tx = stage.db.read().await.unwrap();
    account::find(&mut tx, ctx.county_id(), token, ctx.micros()).await.unwrap()
}

pub(crate) async fn of(stage: &Stage, account_id: i64) -> Account {
    let mut tx = stage.db.read().await.unwrap();
    account::get(&mut tx, &stage.ctx(), account_id).await.unwrap()
}

pub(crate) async fn made(stage: &Stage, hashing: &Hashing, login: &str) -> Made {
    let new = new(login, Role::CentreClerk, Area::County);
    account::create(&stage.db, &stage.ctx(), hashing, &new).await.unwrap()
}

async fn a_first_password_is_changed_and_sessions_end_when_they_should(stage: &Stage) {
    let (db, hashing) = (&stage.db, Hashing::default());
    let zhao = made(stage, &hashing, " Zhao.Min ").await;
    assert_eq!(zhao.login, "zhao.min");
    let ctx = stage.ctx();
    let first = account::sign_in(db, &ctx, &hashing, &attempt("ZHAO.MIN", &zhao.password)).await.unwrap();
    let found = live(stage, &first, &ctx).await.unwrap();
    assert!(found.must_change);
    assert_eq!((found.post.role, found.post.area), (Role::CentreClerk, Area::County));
    let second = account::sign_in(db, &ctx, &hashing, &attempt("zhao.min", &zhao.password)).await.unwrap();
    assert_ne!(first, second);

    let change = async |before: &str, wanted: &str| {
        let key = key_of(&first);
        account::change_password(db, &ctx, &hashing, &found, &key, (before, wanted)).await
    };
    let short = AccountFault::Password(PasswordFault::Short);
    assert_eq!(fault(change("wrong", OWN).await), AccountFault::PasswordBefore);
    assert_eq!(fault(change(&zhao.password, "kd83-jwq0").await), short);
    let same = AccountFault::Password(PasswordFault::Same);
    assert_eq!(fault(change(&zhao.password, &zhao.password).await), same);
    change(&zhao.password, OWN).await.unwrap();
    assert!(!live(stage, &first, &ctx).await.unwrap().must_change);
    assert_eq!(live(stage, &second, &ctx).await, None, "the other session ended");
    let before = attempt("zhao.min", &zhao.password);
    assert_eq!(fault(account::sign_in(db, &ctx, &hashing, &before).await), AccountFault::Wrong);

    // Unused for a while it ends; used all the while it ends after a day's work.
    assert!(live(stage, &first, &later(&ctx, IDLE_SECONDS - 1)).await.is_some());
    assert_eq!(live(stage, &first, &later(&ctx, IDLE_SECONDS)).await, None);
    let mut at = 0;
    while at < SESSION_SECONDS - IDLE_SECONDS / 2 {
        at += IDLE_SECONDS / 2;
        account::note_seen(db, ctx.county_id(), &key_of(&first), later(&ctx, at).micros()).await.unwrap();
        assert!(at >= SESSION_SECONDS || live(stage, &first, &later(&ctx, at)).await.is_some(), "{at}");
    }
    assert_eq!(live(stage, &first, &later(&ctx, SESSION_SECONDS)).await, None);

    // A new session takes the place of the one that the browser brought, and signing out ends it.
    let again = Attempt { before: Some(first.clone()), ..attempt("zhao.min", OWN) };
    let third = account::sign_in(db, &ctx, &hashing, &again).await.unwrap();
    assert_eq!(live(stage, &first, &ctx).await, None);
    account::sign_out(db, &ctx, &third).await.unwrap();
    assert_eq!(live(stage, &third, &ctx).await, None, "what is replayed after signing out opens nothing");
    assert_eq!(live(stage, "", &ctx).await, None);
}
story!(a_first_password_is_changed_and_sessions_end_when_they_should);

async fn wrong_passwords_make_their_author_wait_longer_each_time(stage: &Stage) {
    let (db, hashing) = (&stage.db, Hashing::default());
    let zhao = made(stage, &hashing, "zhao").await;
    let mut ctx = stage.ctx();
    let try_with = async |ctx: &Ctx, password: &str| {
        account::sign_in(db, ctx, &hashing, &attempt("zhao", password)).await
    };
    for _ in 0..4 {
        assert_eq!(fault(try_with(&ctx, "wrong").await), AccountFault::Wrong);
    }
    for pause in [5, 10, 20] {
        assert_eq!(fault(try_with(&ctx, "wrong").await), AccountFault::Locked { seconds: pause });
        let almost = later(&ctx, i64::from(pause) - 1);
        let right = try_with(&almost, &zhao.password).await;
        assert!(matches!(fault(right), AccountFault::Locked { .. }), "not even the right one is looked at");
        ctx = later(&ctx, i64::from(pause) + 1);
    }
    try_with(&ctx, &zhao.password).await.unwrap();
    assert_eq!(fault(try_with(&ctx, "wrong").await), AccountFault::Wrong, "and it begins anew");
    let nobody = account::sign_in(db, &ctx, &hashing, &attempt("nobody", "wrong")).await;
    assert_eq!(fault(nobody), AccountFault::Wrong, "who there is cannot be found out");
}
story!(wrong_passwords_make_their_author_wait_longer_each_time);

async fn a_wrong_password_before_a_new_one_counts_as_at_signing_in(stage: &Stage) {
    let (db, hashing) = (&stage.db, Hashing::default());
    let zhao = made(stage, &hashing, "zhao").await;
    let mut ctx = stage.ctx();
    let token = account::sign_in(db, &ctx, &hashing, &attempt("zhao", &zhao.password)).await.unwrap();
    let found = live(stage, &token, &ctx).await.unwrap();
    let change = async |ctx: &Ctx, before: &str| {
        account::change_password(db, ctx, &hashing, &found, &key_of(&token), (before, OWN)).await
    };
    // What was tried at either door counts at both.
    for _ in 0..2 {
        assert_eq!(fault(change(&ctx, "wrong").await), AccountFault::PasswordBefore);
        let entered = account::sign_in(db, &ctx, &hashing, &attempt("zhao", "wrong")).await;
        assert_eq!(fault(entered), AccountFault::Wrong);
    }
    for pause in [5, 10, 20] {
        assert_eq!(fault(change(&ctx, "wrong").await), AccountFault::Locked { seconds: pause });
        let almost = later(&ctx, i64::from(pause) - 1);
        let right = change(&almost, &zhao.password).await;
        assert!(matches!(fault(right), AccountFault::Locked { .. }), "not even the right one is looked at");
        let entered = account::sign_in(db, &almost, &hashing, &attempt("zhao", &zhao.password)).await;
        assert!(matches!(fault(entered), AccountFault::Locked { .. }), "nor at the other door");
        ctx = later(&ctx, i64::from(pause) + 1);
    }
    change(&ctx, &zhao.password).await.unwrap();
    let entered = account::sign_in(db, &ctx, &hashing, &attempt("zhao", "wrong")).await;
    assert_eq!(fault(entered), AccountFault::Wrong, "and it begins anew");
}
story!(a_wrong_password_before_a_new_one_counts_as_at_signing_in);

async fn a_post_that_is_taken_ends_what_is_done_at_it(stage: &Stage) {
    let (db, hashing) = (&stage.db, Hashing::default());
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let branches = bank::branches(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap();
    let branch = Area::Branch(branches[0].branch_id);
    let admin = new("admin", Role::Administrator, Area::County);
    let admin = account::create(db, &stage.ctx(), &hashing, &admin).await.unwrap();
    let zhao = made(stage, &hashing, "zhao").await;
    let id = zhao.account_id;
    let token = account::sign_in(db, &stage.ctx(), &hashing, &attempt("zhao", &zhao.password)).await.unwrap();
    account::add_post(db, &stage.ctx(), id, Role::BankClerk, branch).await.unwrap();
    let again = account::add_post(db, &stage.ctx(), id, Role::BankClerk, branch).await;
    assert_eq!(fault(again), AccountFault::PostHeld);
    let elsewhere = account::add_post(db, &stage.ctx(), id, Role::BankClerk, Area::County).await;
    assert_eq!(fault(elsewhere), AccountFault::PostArea { role: Role::BankClerk });
    let nowhere = account::add_post(db, &stage.ctx(), id, Role::BankClerk, Area::Branch(999_999)).await;
    assert!(matches!(nowhere, Err(Error::Refused(Refusal::NotFound))));

    let posts = of(stage, id).await.posts;
    assert_eq!(posts.len(), 2);
    let found = live(stage, &token, &stage.ctx()).await.unwrap();
    account::choose_post(db, &stage.ctx(), &found, &key_of(&token), posts[1].post_id).await.unwrap();
    assert_eq!(live(stage, &token, &stage.ctx()).await.unwrap().post.area, branch);
    let foreign = of(stage, admin.account_id).await.posts[0].post_id;
    let taken = account::choose_post(db, &stage.ctx(), &found, &key_of(&token), foreign).await;
    assert!(matches!(taken, Err(Error::Refused(Refusal::NotFound))), "nobody works at another's post");
    account::remove_post(db, &stage.ctx(), id, posts[1].post_id).await.unwrap();
    assert_eq!(live(stage, &token, &stage.ctx()).await, None);

    let token = account::sign_in(db, &stage.ctx(), &hashing, &attempt("zhao", &zhao.password)).await.unwrap();
    account::set_disabled(db, &stage.ctx(), id, true).await.unwrap();
    assert_eq!(live(stage, &token, &stage.ctx()).await, None);
    let out = account::sign_in(db, &stage.ctx(), &hashing, &attempt("zhao", &zhao.password)).await;
    assert_eq!(fault(out), AccountFault::Disabled);
    account::set_disabled(db, &stage.ctx(), id, false).await.unwrap();
    let reset = account::reset_password(db, &stage.ctx(), &hashing, id).await.unwrap();
    let before = account::sign_in(db, &stage.ctx(), &hashing, &attempt("zhao", &zhao.password)).await;
    assert_eq!(fault(before), AccountFault::Wrong);
    account::sign_in(db, &stage.ctx(), &hashing, &attempt("zhao", &reset.password)).await.unwrap();

    // Somebody must be left who manages accounts.
    let last = account::set_disabled(db, &stage.ctx(), admin.account_id, true).await;
    assert_eq!(fault(last), AccountFault::LastAdministrator);
    let last = account::remove_post(db, &stage.ctx(), admin.account_id, foreign).await;
    assert_eq!(fault(last), AccountFault::LastAdministrator);
    account::add_post(db, &stage.ctx(), id, Role::Administrator, Area::County).await.unwrap();
    account::set_disabled(db, &stage.ctx(), admin.account_id, true).await.unwrap();
}
story!(a_post_that_is_taken_ends_what_is_done_at_it);

async fn names_and_sign_in_names_are_sound_and_one_person_each(stage: &Stage) {
    let (db, hashing) = (&stage.db, Hashing::default());
    made(stage, &hashing, "zhao").await;
    let create = async |login: &str, name: &str| {
        let new = NewAccount { name: name.to_owned(), ..new(login, Role::Leader, Area::County) };
        account::create(db, &stage.ctx(), &hashing, &new).await
    };
    let taken = AccountFault::LoginTaken { login: "zhao".to_owned() };
    assert_eq!(fault(create("ＺＨＡＯ", "赵敏").await), taken);
    assert_eq!(fault(create("a b", "赵敏").await), AccountFault::LoginForm);
    assert_eq!(fault(create("li", " ").await), AccountFault::Name { max: 60 });
    // Whoever sees less than the county manages nobody.
    let township =
        Ctx { scope: bangfu_store::Scope { county_id: 431_022, area: Area::Officer(1) }, ..stage.ctx() };
    let mut tx = stage.db.read().await.unwrap();
    assert!(matches!(account::list(&mut tx, &township).await, Err(Error::Refused(Refusal::NotFound))));
}
story!(names_and_sign_in_names_are_sound_and_one_person_each);
