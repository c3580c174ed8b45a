//! The second factor: set up, asked for, lost, switched off.

use bangfu_domain::officer::Role;
use bangfu_store::session::Live;
use bangfu_store::{Area, second_factor};
use bangfu_usecase::account::second::{self, RECOVERY_CODES};
use bangfu_usecase::account::{self, AccountFault, Attempt, Browser, Hashing, Made, TICKET_SECONDS, key_of};
use bangfu_usecase::{Ctx, Error};
use totp_rs::{Algorithm, Builder, Secret};

use crate::accounts::{attempt, fault, later, live, made, of};
use crate::stage::Stage;
use crate::story;

/// What a phone shows at an instant.
fn code(secret: &str, ctx: &Ctx) -> String {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
    let totp = builder.with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(ctx.at.as_second()).unwrap()).to_string()
}

/// Another code than the one that a phone shows.
pub(crate) fn wrong(secret: &str, ctx: &Ctx) -> String {
    let shown: u32 = code(secret, ctx).parse().unwrap();
    format!("{:06}", (shown + 500_000) % 1_000_000)
}

/// Somebody who is signed in with a password alone, until the second factor is in use.
pub(crate) struct Person<'a> {
    stage: &'a Stage,
    hashing: Hashing,
    account: Made,
    token: String,
    pub(crate) secret: String,
    codes: Vec<String>,
}

impl Person<'_> {
    pub(crate) async fn with_a_second_factor<'a>(stage: &'a Stage, ctx: &Ctx) -> Person<'a> {
        let (db, hashing) = (&stage.db, Hashing::default());
        let account = made(stage, &hashing, "zhao").await;
        let signing_in = attempt("zhao", &account.password);
        let token = account::sign_in(db, ctx, &hashing, &signing_in).await.unwrap();
        let mut person = Person { stage, hashing, account, token, secret: String::new(), codes: Vec::new() };
        let live = person.live(ctx).await;
        second::begin(db, ctx, &live).await.unwrap();
        person.secret = second::draft(db, ctx, &live).await.unwrap().unwrap().secret;
        person.codes = person.confirm(ctx, &code(&person.secret, ctx)).await.unwrap();
        person
    }

    async fn live(&self, ctx: &Ctx) -> Live {
        live(self.stage, &self.token, ctx).await.unwrap()
    }

    async fn confirm(&self, ctx: &Ctx, code: &str) -> Result<Vec<String>, Error> {
        second::confirm(&self.stage.db, ctx, &self.live(ctx).await, &key_of(&self.token), code).await
    }

    /// What the right password opens.
    pub(crate) async fn ticket(&self, ctx: &Ctx) -> String {
        let signing_in = attempt("zhao", &self.account.password);
        match fault(account::sign_in(&self.stage.db, ctx, &self.hashing, &signing_in).await) {
            AccountFault::CodeWanted { ticket } => ticket,
            other => panic!("{other:?}"),
        }
    }

    async fn second_step(&self, ctx: &Ctx, ticket: &str, code: &str) -> Result<String, Error> {
        second::second_step(&self.stage.db, ctx, ticket, code, &Browser::default()).await
    }

    async fn sign_in(&self, ctx: &Ctx, code: &str) -> Result<String, Error> {
        self.second_step(ctx, &self.ticket(ctx).await, code).await
    }

    async fn codes_left(&self, ctx: &Ctx) -> i64 {
        let live = self.live(ctx).await;
        second::codes_left(&mut self.stage.db.read().await.unwrap(), ctx, &live).await.unwrap()
    }
}

async fn a_code_is_asked_for_once_somebody_typed_one(stage: &Stage) {
    let (db, hashing, ctx) = (&stage.db, Hashing::default(), stage.ctx());
    let zhao = made(stage, &hashing, "zhao").await;
    let signing_in = attempt("zhao", &zhao.password);
    let own = account::sign_in(db, &ctx, &hashing, &signing_in).await.unwrap();
    let other = account::sign_in(db, &ctx, &hashing, &signing_in).await.unwrap();
    let found = live(stage, &own, &ctx).await.unwrap();
    assert_eq!(second::draft(db, &ctx, &found).await.unwrap(), None);
    second::begin(db, &ctx, &found).await.unwrap();
    let first = second::draft(db, &ctx, &found).await.unwrap().unwrap();
    second::begin(db, &ctx, &found).await.unwrap();
    let draft = second::draft(db, &ctx, &found).await.unwrap().unwrap();
    assert_ne!(first, draft, "another secret takes the place of the first");
    assert!(draft.address.starts_with("otpauth://totp/bangfu:zhao?secret=") && draft.secret.len() == 32);
    account::sign_in(db, &ctx, &hashing, &signing_in).await.unwrap();

    let confirm = async |code: &str| second::confirm(db, &ctx, &found, &key_of(&own), code).await;
    assert_eq!(fault(confirm(&code(&first.secret, &ctx)).await), AccountFault::CodeWrong);
    assert!(!of(stage, zhao.account_id).await.has_totp, "nothing is asked for before");
    let codes = confirm(&code(&draft.secret, &ctx)).await.unwrap();
    assert_eq!(codes.len(), RECOVERY_CODES);
    assert!(live(stage, &own, &ctx).await.unwrap().has_totp);
    assert_eq!(live(stage, &other, &ctx).await, None, "the other session ended");
    assert_eq!(fault(second::begin(db, &ctx, &found).await), AccountFault::FactorOn);
    assert_eq!(second::draft(db, &ctx, &found).await.unwrap(), None, "the secret is not shown again");

    // A copy of the database opens nothing: the secret is sealed, the codes on paper are hashed.
    let kept = second_factor::get(&mut db.read().await.unwrap(), ctx.county_id(), zhao.account_id).await;
    let raw = Secret::try_from_base32(&draft.secret).unwrap();
    let kept = kept.unwrap().unwrap().secret;
    assert!(!kept.windows(20).any(|part| part == raw.as_bytes()));
    assert_eq!(db.key().open(&kept).unwrap(), raw.as_bytes());
}
story!(a_code_is_asked_for_once_somebody_typed_one);

async fn each_code_is_good_once_and_for_a_while(stage: &Stage) {
    let ctx = stage.ctx();
    let person = Person::with_a_second_factor(stage, &ctx).await;
    let used = code(&person.secret, &ctx);
    assert_eq!(fault(person.sign_in(&ctx, &used).await), AccountFault::CodeWrong, "it was typed before");
    let next = later(&ctx, 30);
    let shown = code(&person.secret, &next);
    let token = person.sign_in(&next, &shown).await.unwrap();
    assert!(live(stage, &token, &next).await.is_some());
    assert_eq!(fault(person.sign_in(&next, &shown).await), AccountFault::CodeWrong, "it opened a session");
    assert_eq!(fault(person.sign_in(&next, &used).await), AccountFault::CodeWrong, "nor an earlier one");
    // Clocks differ by half a minute, not by more.
    let late = later(&ctx, 120);
    let (early, old) = (code(&person.secret, &later(&ctx, 150)), code(&person.secret, &later(&ctx, 60)));
    assert_eq!(fault(person.sign_in(&late, &old).await), AccountFault::CodeWrong);
    person.sign_in(&late, &early).await.unwrap();

    // Codes on paper, as people write them.
    let paper = person.codes[3].to_uppercase().replace('-', " ");
    person.sign_in(&late, &paper).await.unwrap();
    assert_eq!(fault(person.sign_in(&late, &paper).await), AccountFault::CodeWrong);
    assert_eq!(person.codes_left(&late).await, 9);
    let live = person.live(&late).await;
    let renewed = second::renew_codes(&stage.db, &late, &live, &person.codes[0]).await.unwrap();
    assert_eq!(person.codes_left(&late).await, 10);
    assert_eq!(fault(person.sign_in(&late, &person.codes[1]).await), AccountFault::CodeWrong, "void");
    person.sign_in(&late, &renewed[1]).await.unwrap();
}
story!(each_code_is_good_once_and_for_a_while);

async fn wrong_codes_count_as_wrong_passwords_do(stage: &Stage) {
    let ctx = stage.ctx();
    let person = Person::with_a_second_factor(stage, &ctx).await;
    let ticket = person.ticket(&ctx).await;
    let bad = wrong(&person.secret, &ctx);
    for typed in [bad.as_str(), "12345", "abcd-abcd-abcd-abcd", bad.as_str()] {
        assert_eq!(fault(person.second_step(&ctx, &ticket, typed).await), AccountFault::CodeWrong);
    }
    let mut at = ctx.clone();
    for pause in [5, 10] {
        // The password between does not take the count back.
        let ticket = person.ticket(&at).await;
        let locked = person.second_step(&at, &ticket, &bad).await;
        assert_eq!(fault(locked), AccountFault::Locked { seconds: pause });
        let right = code(&person.secret, &at);
        assert!(matches!(fault(person.second_step(&at, &ticket, &right).await), AccountFault::Locked { .. }));
        let signing_in = attempt("zhao", &person.account.password);
        let password = account::sign_in(&stage.db, &at, &person.hashing, &signing_in).await;
        assert!(matches!(fault(password), AccountFault::Locked { .. }), "nor is the password looked at");
        at = later(&at, i64::from(pause) + 1);
    }
    let at = later(&at, 30);
    person.sign_in(&at, &code(&person.secret, &at)).await.unwrap();
    // Whoever is signed in is held too.
    let live = person.live(&at).await;
    for _ in 0..4 {
        let renewed = second::renew_codes(&stage.db, &at, &live, &bad).await;
        assert_eq!(fault(renewed), AccountFault::CodeWrong);
    }
    let renewed = second::renew_codes(&stage.db, &at, &live, &bad).await;
    assert_eq!(fault(renewed), AccountFault::Locked { seconds: 5 });
}
story!(wrong_codes_count_as_wrong_passwords_do);

async fn a_ticket_stands_for_the_password_for_five_minutes(stage: &Stage) {
    let ctx = stage.ctx();
    let person = Person::with_a_second_factor(stage, &ctx).await;
    let ticket = person.ticket(&ctx).await;
    let over = later(&ctx, TICKET_SECONDS);
    let shown = |ctx: &Ctx| code(&person.secret, ctx);
    let late = person.second_step(&over, &ticket, &shown(&over)).await;
    assert_eq!(fault(late), AccountFault::CodeLate);
    let before = later(&over, -TICKET_SECONDS - 60);
    assert_eq!(fault(person.second_step(&before, &ticket, "123456").await), AccountFault::CodeLate);
    let mut forged = ticket.clone();
    forged.replace_range(60..61, if &forged[60..61] == "0" { "1" } else { "0" });
    for forged in [forged.as_str(), "", "00", "é", &ticket[..40]] {
        let soon = later(&ctx, 60);
        let refused = person.second_step(&soon, forged, &shown(&soon)).await;
        assert_eq!(fault(refused), AccountFault::CodeLate, "{forged}");
    }
    // The password that it stands for is another since.
    let soon = later(&ctx, 90);
    let reset =
        account::reset_password(&stage.db, &soon, &person.hashing, person.account.account_id).await.unwrap();
    let refused = person.second_step(&soon, &ticket, &shown(&soon)).await;
    assert_eq!(fault(refused), AccountFault::CodeLate);
    let signing_in = Attempt { password: reset.password, ..attempt("zhao", "") };
    let wanted = account::sign_in(&stage.db, &soon, &person.hashing, &signing_in).await;
    assert!(matches!(fault(wanted), AccountFault::CodeWanted { .. }), "a new password takes nothing off");
}
story!(a_ticket_stands_for_the_password_for_five_minutes);

async fn it_is_switched_off_by_who_may_and_taken_off_by_the_administrator(stage: &Stage) {
    let (db, ctx) = (&stage.db, stage.ctx());
    let person = Person::with_a_second_factor(stage, &ctx).await;
    let at = later(&ctx, 60);
    let other = person.sign_in(&at, &code(&person.secret, &at)).await.unwrap();
    let at = later(&at, 60);
    let off = async |roles: &[Role], password: &str, code: &str| {
        let (live, key) = (person.live(&at).await, key_of(&person.token));
        second::switch_off(db, &at, &person.hashing, &live, &key, (password, code), roles).await
    };
    let (password, shown) = (person.account.password.clone(), code(&person.secret, &at));
    let must = off(&[Role::CentreClerk], &password, &shown).await;
    assert_eq!(fault(must), AccountFault::FactorKept, "the role may not be without");
    let without = off(&[Role::Supervisor], "wrong", &shown).await;
    assert_eq!(fault(without), AccountFault::PasswordBefore);
    let bad = wrong(&person.secret, &at);
    assert_eq!(fault(off(&[Role::Supervisor], &password, &bad).await), AccountFault::CodeWrong);
    off(&[Role::Supervisor], &password, &shown).await.unwrap();
    assert_eq!(live(stage, &other, &at).await, None, "the other session ended");
    assert_eq!(person.codes_left(&at).await, 0);
    assert_eq!(fault(off(&[], &password, &shown).await), AccountFault::FactorOff);
    let signing_in = attempt("zhao", &person.account.password);
    account::sign_in(db, &at, &person.hashing, &signing_in).await.unwrap();

    // Set up anew, and lost.
    let live_now = person.live(&at).await;
    second::begin(db, &at, &live_now).await.unwrap();
    let secret = second::draft(db, &at, &live_now).await.unwrap().unwrap().secret;
    person.confirm(&at, &code(&secret, &at)).await.unwrap();
    let id = person.account.account_id;
    let township = Ctx {
        scope: bangfu_store::Scope { county_id: ctx.county_id(), area: Area::Officer(1) },
        ..at.clone()
    };
    assert!(second::take_off(db, &township, id).await.is_err(), "not by who manages nobody");
    second::take_off(db, &at, id).await.unwrap();
    assert_eq!(live(stage, &person.token, &at).await, None, "every session ended");
    assert_eq!(fault(second::take_off(db, &at, id).await), AccountFault::FactorOff);
    account::sign_in(db, &at, &person.hashing, &signing_in).await.unwrap();
}
story!(it_is_switched_off_by_who_may_and_taken_off_by_the_administrator);
