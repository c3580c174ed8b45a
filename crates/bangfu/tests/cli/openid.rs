//! Signing in with the account of another house: a small one that the test keeps.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::house::{House, form};
use crate::second_factor::{between, code, headers, keep};
use crate::serve::{CLERK, Server};

/// A visitor who went to the other house: what their browser keeps, and what the house was asked for.
struct Away {
    cookie: String,
    asked: BTreeMap<String, String>,
}

struct Story {
    server: Server,
    house: House,
}

impl Story {
    fn begin(settings: &[&str]) -> Story {
        let desk = Desk::sqlite();
        desk.init();
        Story::over(desk, House::open("ES256"), settings)
    }

    /// A server over a book, that knows a house.
    fn over(desk: Desk, house: House, settings: &[&str]) -> Story {
        std::fs::write(desk.path("secret"), "known to both\n").unwrap();
        let own = [
            "--openid-issuer",
            &house.address,
            "--openid-client",
            "bangfu",
            "--openid-secret-file",
            "secret",
            "--openid-pages",
            "http://127.0.0.1:8080/",
        ];
        let server = Server::over(desk, &[&own, settings].concat());
        Story { server, house }
    }

    fn away(&mut self) -> Away {
        self.server.cookie = String::new();
        let answer = self.server.answer("GET /sign-in/openid?back=%2Floans", b"");
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let place = headers(&answer, "location")[0];
        let asked = place.strip_prefix(&format!("{}/authorize?", self.house.address)).unwrap();
        let cookie = headers(&answer, "set-cookie")[0];
        assert!(cookie.ends_with("; Path=/sign-in; Max-Age=600; SameSite=Lax; HttpOnly"), "{cookie}");
        Away { cookie: cookie.split(';').next().unwrap().to_owned(), asked: form(asked) }
    }

    /// What the other house says of somebody when all is well.
    fn claims(&self, away: &Away) -> Value {
        let seconds = std::process::Command::new("date").arg("+%s").output().unwrap().stdout;
        let now: i64 = String::from_utf8(seconds).unwrap().trim().parse().unwrap();
        json!({
            "iss": self.house.address, "aud": "bangfu", "sub": "7", "preferred_username": "Clerk",
            "iat": now, "exp": now + 60, "nonce": away.asked["nonce"],
        })
    }

    fn back(&mut self, away: &Away) -> String {
        self.server.cookie = away.cookie.clone();
        let state = &away.asked["state"];
        self.server.answer(&format!("GET /sign-in/openid/back?code=c&state={state}"), b"")
    }

    /// Comes back with other claims than those of who is let in.
    fn back_with(&mut self, change: impl Fn(&mut Value)) -> String {
        let away = self.away();
        let mut claims = self.claims(&away);
        change(&mut claims);
        self.house.says(claims);
        self.back(&away)
    }
}

fn is_refused(answer: &str, why: &str) {
    assert!(answer.starts_with("HTTP/1.1 422") && answer.contains(why), "{why}: {answer}");
    assert!(headers(answer, "set-cookie").iter().all(|cookie| !cookie.starts_with("session=")), "{answer}");
    assert!(answer.contains("name=\"password\""), "the way by name and password stays");
}

#[test]
fn who_is_vouched_for_comes_in_and_nobody_is_made() {
    let mut story = Story::begin(&[]);
    let page = story.server.answer("GET /sign-out", b"");
    assert!(page.starts_with("HTTP/1.1 405") || page.starts_with("HTTP/1.1 404"), "{page}");
    let away = story.away();
    assert_eq!(away.asked["client_id"], "bangfu");
    assert_eq!(away.asked["redirect_uri"], "http://127.0.0.1:8080/sign-in/openid/back");
    assert!(away.asked["scope"].split(' ').any(|scope| scope == "openid"));
    story.house.says(story.claims(&away));
    let answer = story.back(&away);
    assert_eq!(headers(&answer, "location"), ["/loans"], "{answer}");
    assert!(headers(&answer, "set-cookie").iter().any(|cookie| cookie.starts_with("away=;")));

    // The code was exchanged by who had asked for it, and who knows the secret.
    let asked = story.house.word.lock().unwrap().clone();
    let proof = digest::digest(&digest::SHA256, asked.asked["code_verifier"].as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(proof), away.asked["code_challenge"]);
    assert_eq!(away.asked["code_challenge_method"], "S256");
    let known = STANDARD.encode("bangfu:known+to+both");
    assert_eq!(asked.authorization, format!("Basic {known}"));

    keep(&mut story.server, &answer);
    let session = story.server.cookie.clone();
    assert!(story.server.answer("GET /", b"").starts_with("HTTP/1.1 200"));
    // The same way once more, with all that the browser had.
    is_refused(&story.back(&away), "已经用过");
    is_refused(&story.back_with(|claims| claims["preferred_username"] = "nobody".into()), "“nobody”");
    let listed = story.server.desk.json(&["user", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");

    // Whoever never had a password here is not asked to change one.
    let reset = story.server.desk.json(&["user", "reset", CLERK]);
    story.server.cookie = session;
    assert!(story.server.answer("GET /", b"").starts_with("HTTP/1.1 303"), "a reset ends what was open");
    let answer = story.back_with(|_| {});
    keep(&mut story.server, &answer);
    assert!(story.server.answer("GET /", b"").starts_with("HTTP/1.1 200"));
    story.server.cookie = String::new();
    let first = reset["password"].as_str().unwrap();
    let entered = story.server.send("/sign-in", &format!("login={CLERK}&password={first}")).unwrap();
    keep(&mut story.server, &entered);
    assert_eq!(headers(&story.server.answer("GET /", b""), "location"), ["/me"]);
    // Somebody must be left who manages accounts.
    story.server.desk.json(&["user", "add", "tang", "--role", "administrator"]);
    story.server.desk.json(&["user", "disable", CLERK]);
    is_refused(&story.back_with(|_| {}), "已停用");
}

#[test]
fn a_word_that_is_not_for_this_journey_is_refused_with_why() {
    let mut story = Story::begin(&[]);
    is_refused(&story.back_with(|claims| claims["nonce"] = "another".into()), "不是给这次登录的");
    is_refused(&story.back_with(|claims| claims["nonce"] = Value::Null), "不是给这次登录的");
    is_refused(&story.back_with(|claims| claims["aud"] = "another".into()), "给别的系统的");
    is_refused(&story.back_with(|claims| claims["aud"] = json!(["bangfu", "another"])), "给别的系统的");
    is_refused(&story.back_with(|claims| claims["iss"] = "https://evil.example".into()), "openid_issuer");
    is_refused(&story.back_with(|claims| claims["exp"] = 1.into()), "已经过期");
    is_refused(&story.back_with(|claims| claims["preferred_username"] = Value::Null), "openid_claim");
    is_refused(&story.back_with(|claims| claims["preferred_username"] = "a b".into()), "“a b”");
    story.house.word.lock().unwrap().forged = true;
    is_refused(&story.back_with(|_| {}), "签名不对");
    story.house.word.lock().unwrap().forged = false;

    // Another's state, none, another browser, and a no of the other house.
    let (mine, others) = (story.away(), story.away());
    story.house.says(story.claims(&mine));
    is_refused(&story.back(&Away { cookie: others.cookie.clone(), asked: mine.asked.clone() }), "已经用过");
    is_refused(&story.back(&Away { cookie: String::new(), asked: mine.asked.clone() }), "已经用过");
    is_refused(&story.back(&Away { cookie: "away=00ff".to_owned(), asked: mine.asked.clone() }), "已经用过");
    story.server.cookie = mine.cookie.clone();
    let state = &mine.asked["state"];
    let no = format!("GET /sign-in/openid/back?error=access_denied&state={state}");
    is_refused(&story.server.answer(&no, b""), "没有通过");
    is_refused(&story.back(&mine), "已经用过");
}

#[test]
fn a_house_that_signs_with_rsa_is_known_by_its_key_and_by_no_other_word() {
    for alg in ["RS256", "ES256"] {
        let desk = Desk::sqlite();
        desk.init();
        let mut story = Story::over(desk, House::open(alg), &[]);
        let answer = story.back_with(|_| {});
        assert_eq!(headers(&answer, "location"), ["/loans"], "{alg}: {answer}");
        keep(&mut story.server, &answer);
        assert!(story.server.answer("GET /", b"").starts_with("HTTP/1.1 200"), "{alg}");
        story.house.word.lock().unwrap().forged = true;
        is_refused(&story.back_with(|_| {}), "签名不对");
        story.house.word.lock().unwrap().forged = false;
        // Not signed, signed with what both know, and by the other of the two kinds of key.
        for says in ["none", "HS256", if alg == "RS256" { "ES256" } else { "RS256" }] {
            story.house.word.lock().unwrap().says_alg = Some(says);
            is_refused(&story.back_with(|_| {}), "签名不对");
        }
        // What nobody knows is no word at all.
        story.house.word.lock().unwrap().says_alg = Some("XS256");
        let answer = story.back_with(|_| {});
        assert!(answer.starts_with("HTTP/1.1 502") && answer.contains("name=\"password\""), "{answer}");
        let cookies = headers(&answer, "set-cookie");
        assert!(cookies.iter().all(|cookie| !cookie.starts_with("session=")), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_went_from_one_server_comes_back_to_another_and_only_once() {
    let desk = Desk::postgres().await;
    desk.init();
    let house = House::open("ES256");
    let mut one = Story::over(Desk::at(&desk.database), house.clone(), &[]);
    let mut other = Story::over(Desk::at(&desk.database), house, &[]);
    let away = one.away();
    one.house.says(one.claims(&away));
    let answer = other.back(&away);
    assert_eq!(headers(&answer, "location"), ["/loans"], "{answer}");
    keep(&mut other.server, &answer);
    assert!(other.server.answer("GET /", b"").starts_with("HTTP/1.1 200"));
    is_refused(&one.back(&away), "已经用过");
    is_refused(&other.back(&away), "已经用过");
}

#[test]
fn a_second_factor_is_asked_for_besides_and_a_house_that_is_silent_leaves_the_password() {
    let mut story = Story::begin(&["--second-factor", "centre-clerk", "--openid-label-zh", "用县里的账号"]);
    let answer = story.back_with(|_| {});
    keep(&mut story.server, &answer);
    assert_eq!(headers(&story.server.answer("GET /", b""), "location"), ["/me/second-factor"]);
    let page = story.server.answer("GET /me", b"");
    story.server.word = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    story.server.send("/me/second-factor/begin", "").unwrap();
    let page = story.server.answer("GET /me/second-factor", b"");
    let secret = between(&page, "<dd><code>", "</code>").replace(' ', "");
    story.server.send("/me/second-factor/confirm", &format!("code={}", code(&secret, 0))).unwrap();
    let answer = story.back_with(|_| {});
    assert_eq!(headers(&answer, "location"), ["/sign-in/code?back=%2Floans"], "{answer}");
    keep(&mut story.server, &answer);
    let entered = story.server.send("/sign-in/code", &format!("code={}", code(&secret, 30))).unwrap();
    keep(&mut story.server, &entered);
    assert!(story.server.answer("GET /", b"").starts_with("HTTP/1.1 200"));
    story.server.cookie = String::new();
    let page = story.server.answer("GET /sign-in", b"");
    assert!(page.contains("用县里的账号") && page.contains("href=\"/sign-in/openid?back=\""), "{page}");
    drop(story);

    // Nothing is offered unless it is set, and a house that does not answer is told.
    let server = Server::start(&[]);
    assert!(server.answer("GET /sign-in/openid", b"").starts_with("HTTP/1.1 404"));
    let silent = ["--openid-issuer", "http://127.0.0.1:1", "--openid-client", "bangfu", "--openid-pages"];
    let server = Server::start(&[&silent[..], &["http://127.0.0.1:8080"]].concat());
    let answer = server.answer("GET /sign-in/openid", b"");
    assert!(answer.starts_with("HTTP/1.1 502") && answer.contains("连不上"), "{answer}");
}

#[test]
fn settings_of_another_house_are_whole_and_encrypted() {
    let desk = Desk::sqlite();
    let serve = |words: &[&str]| desk.refused(&[&["serve", "--openid-issuer"], words].concat());
    assert!(serve(&["https://id.example"]).contains("openid_client"));
    assert!(serve(&["https://id.example", "--openid-client", "b"]).contains("openid_pages"));
    let pages = ["--openid-client", "b", "--openid-pages", "https://bangfu.example"];
    assert!(serve(&[&["http://id.example"], &pages[..]].concat()).contains("https://"));
    let secret = [&["https://id.example"], &pages[..], &["--openid-secret-file", "nowhere"]].concat();
    assert!(serve(&secret).contains("nowhere"));
}
