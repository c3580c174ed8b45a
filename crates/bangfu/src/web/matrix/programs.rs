//! Every address of the API × every post of a token × two areas: what a token does not open, and what lies outside its area,
//! is not there; a session opens nothing, and nothing is done twice or unseen.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use bangfu_domain::officer::Role;
use bangfu_domain::token::TokenScope;
use bangfu_store::account::Post;
use bangfu_store::{Area, difference};
use bangfu_usecase::access::{may, right_of};
use bangfu_usecase::token::{self, NewToken};
use jiff::ToSpan;
use serde_json::{Value, json};

use super::super::api::{PREFIX, routes};
use super::super::session::COOKIE;
use super::stage::{DAY, Stage};
use crate::app::App;

/// Which scope opens which address, told from the program's side. One that stands nowhere here fails the test.
const OPENS: &[(Option<TokenScope>, &[&str])] = &[
    (None, &["GET /county", "GET /changes"]),
    (Some(TokenScope::DivisionsRead), &["GET /divisions", "GET /divisions/{code}"]),
    (Some(TokenScope::HouseholdsRead), &["GET /households", "GET /households/{id}"]),
    (
        Some(TokenScope::LoansRead),
        &["GET /loans", "GET /loans/{id}", "GET /loans/{id}/events", "GET /colours"],
    ),
    (Some(TokenScope::BoardsRead), &["GET /boards/{by}"]),
    (Some(TokenScope::ClosesRead), &["GET /closes", "GET /closes/{day}"]),
    (Some(TokenScope::ImportsRead), &["GET /imports", "GET /imports/{id}"]),
    (Some(TokenScope::ImportsWrite), &["POST /imports", "POST /imports/{id}/take"]),
    (Some(TokenScope::DifferencesRead), &["GET /differences", "GET /differences/{id}"]),
    (
        Some(TokenScope::DifferencesWrite),
        &["POST /differences/{id}/resolve", "POST /differences/{id}/assign", "POST /differences/{id}/reopen"],
    ),
];

fn filled(path: &str) -> String {
    let path = path.replace("{by}", "township").replace("{day}", "2019-06-17");
    format!("{PREFIX}{}", path.replace("{code}", "431022101000").replace("{id}", "1"))
}

/// A request of a program.
struct Ask<'a> {
    method: Method,
    path: String,
    headers: Vec<(&'a str, String)>,
    body: String,
}

impl Ask<'_> {
    fn get(path: impl Into<String>) -> Ask<'static> {
        Ask { method: Method::GET, path: path.into(), headers: Vec::new(), body: String::new() }
    }

    fn post(path: impl Into<String>, kind: &str, body: impl Into<String>) -> Ask<'static> {
        let headers = vec![("content-type", kind.to_owned())];
        Ask { method: Method::POST, path: path.into(), headers, body: body.into() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    async fn of(self, stage: &Stage, token: Option<&str>) -> (StatusCode, axum::http::HeaderMap, String) {
        let mut request = Request::builder().method(self.method).uri(self.path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let (parts, body) = stage.sent(request.body(Body::from(self.body)).unwrap()).await;
        (parts.status, parts.headers, body)
    }
}

/// A token at a post that opens these scopes.
async fn token_at(stage: &Stage, role: Role, area: Area, scopes: &[TokenScope]) -> String {
    let name = format!("{role:?}");
    let new = NewToken { name, role, area, scopes: scopes.to_vec(), ends_on: DAY + 30.days() };
    token::create(&stage.app.db, &stage.app.ctx("test"), &new).await.unwrap().secret
}

/// What a post may have a token opened for.
fn widest(role: Role, area: Area) -> Vec<TokenScope> {
    let post = Post { post_id: 0, role, area };
    TokenScope::ALL.into_iter().filter(|scope| may(&post, right_of(*scope))).collect()
}

async fn centre(stage: &Stage) -> String {
    token_at(stage, Role::CentreClerk, Area::County, &TokenScope::ALL).await
}

fn told(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {body}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_opens_to_its_scope_alone_and_to_no_session() {
    let stage = Stage::new().await;
    let mut tokens = Vec::new();
    for person in stage.people.iter().filter(|person| person.role != Role::Administrator) {
        let scopes = widest(person.role, person.area);
        tokens.push((person, scopes.clone(), token_at(&stage, person.role, person.area, &scopes).await));
        // One that opens a single kind of things does not open the others.
        tokens.push((
            person,
            scopes[..1].to_vec(),
            token_at(&stage, person.role, person.area, &scopes[..1]).await,
        ));
    }
    let clerk = &stage.people.iter().find(|one| one.role == Role::CentreClerk).unwrap().token;
    let mut listed = 0;
    for route in routes() {
        let method = if route.writes() { Method::POST } else { Method::GET };
        let name = format!("{method} {}", route.path);
        let group = OPENS.iter().find(|(_, names)| names.contains(&name.as_str()));
        let (scope, _) = group.unwrap_or_else(|| panic!("{name} is listed nowhere"));
        listed += 1;
        assert_eq!(route.scope, *scope, "{name}");
        let ask = || match method {
            Method::POST => Ask::post(filled(route.path), "application/json", "{}"),
            _ => Ask::get(filled(route.path)),
        };
        let (status, headers, body) = ask().of(&stage, None).await;
        assert_eq!(
            (status, &told(&body)["code"]),
            (StatusCode::UNAUTHORIZED, &json!("token-missing")),
            "{name}"
        );
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{name}");
        let cookie = format!("{COOKIE}={clerk}");
        let (status, ..) = ask().with("cookie", &cookie).of(&stage, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name}: a session opens nothing");
        let (status, _, body) = ask().of(&stage, Some("bangfu_nobody")).await;
        assert_eq!(
            (status, &told(&body)["code"]),
            (StatusCode::UNAUTHORIZED, &json!("token-unknown")),
            "{name}"
        );
        for (person, scopes, token) in &tokens {
            let what = format!("{name} as {:?} in {:?} with {scopes:?}", person.role, person.area);
            let (status, _, body) = ask().of(&stage, Some(token)).await;
            if scope.is_some_and(|scope| !scopes.contains(&scope)) {
                assert_eq!(
                    (status, &told(&body)["code"]),
                    (StatusCode::FORBIDDEN, &json!("scope-missing")),
                    "{what}"
                );
            } else {
                assert!(
                    status != StatusCode::FORBIDDEN && !status.is_server_error(),
                    "{what}: {status} {body}"
                );
                let is_plain = !route.writes() && !route.path.contains('{');
                assert!(!is_plain || status == StatusCode::OK, "{what}: {status} {body}");
            }
        }
    }
    assert_eq!(
        listed,
        OPENS.iter().map(|(_, names)| names.len()).sum::<usize>(),
        "one is listed that is not there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_outside_a_tokens_area_is_not_there() {
    let stage = Stage::new().await;
    let everything = stage.loans(Area::County).await;
    let differences: Vec<(i64, Option<i64>)> = {
        let mut tx = stage.app.db.read().await.unwrap();
        let (scope, all) = (stage.app.ctx("test").scope, difference::Filter::default());
        let page = difference::list(&mut tx, &scope, DAY, &all, None, 99).await.unwrap();
        page.rows.iter().map(|one| (one.difference.difference_id, one.difference.loan_id)).collect()
    };
    let mut parts = 0;
    for person in stage.people.iter().filter(|person| person.role != Role::Administrator) {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let scopes = widest(person.role, person.area);
        let token = token_at(&stage, person.role, person.area, &scopes).await;
        let get = async |path: String| Ask::get(format!("{PREFIX}{path}")).of(&stage, Some(&token)).await;
        let inside = stage.loans(person.area).await;
        parts += usize::from(inside.len() < everything.len());
        let mut homes: BTreeSet<i64> = BTreeSet::new();
        let mut foreign: BTreeSet<i64> = BTreeSet::new();
        let (_, _, all) =
            Ask::get(format!("{PREFIX}/loans?state=any")).of(&stage, Some(&centre(&stage).await)).await;
        for loan in told(&all)["items"].as_array().unwrap() {
            let home = loan["household_id"].as_i64().unwrap();
            let is_inside = inside.contains_key(&loan["id"].as_i64().unwrap());
            if is_inside {
                homes.insert(home)
            } else {
                foreign.insert(home)
            };
        }
        for (id, number) in &everything {
            for path in [format!("/loans/{id}"), format!("/loans/{id}/events")] {
                let (status, _, body) = get(path.clone()).await;
                let expected = if inside.contains_key(id) { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(status, expected, "{what}: {path}");
                assert!(inside.contains_key(id) || !body.contains(number.as_str()), "{what}: {path}");
            }
        }
        for (ids, expected) in [(&homes, StatusCode::OK), (&foreign, StatusCode::NOT_FOUND)] {
            for id in ids {
                assert_eq!(get(format!("/households/{id}")).await.0, expected, "{what}: household {id}");
            }
        }
        for (id, loan) in &differences {
            if scopes.contains(&TokenScope::DifferencesRead) {
                let sees = loan.is_none_or(|loan| inside.contains_key(&loan));
                let (status, ..) = get(format!("/differences/{id}")).await;
                assert_eq!(status == StatusCode::OK, sees, "{what}: difference {id}: {status}");
            }
            // Acting on one is the county's: for everybody else there is nothing to act on.
            if scopes.contains(&TokenScope::DifferencesWrite) && person.area != Area::County {
                let ask = Ask::post(
                    format!("{PREFIX}/differences/{id}/resolve"),
                    "application/json",
                    r#"{"way":"book-right","reason":"已核对"}"#,
                );
                let ask = ask.with("idempotency-key", &format!("{what} {id}")).with("if-match", "*");
                assert_eq!(ask.of(&stage, Some(&token)).await.0, StatusCode::NOT_FOUND, "{what}: {id}");
            }
        }
        for path in [
            "/loans?state=any",
            "/households",
            "/colours",
            "/boards/township",
            "/boards/village",
            "/boards/branch",
            "/boards/manager",
            "/divisions",
            "/closes",
            "/differences?state=all",
            "/changes?limit=200",
        ] {
            let (status, _, body) = get(path.to_owned()).await;
            assert!(status == StatusCode::OK || status == StatusCode::FORBIDDEN, "{what}: {path} {status}");
            for (id, number) in everything.iter().filter(|(id, _)| !inside.contains_key(id)) {
                assert!(!body.contains(number.as_str()), "{what}: {path} names {number}");
                let names = |item: &Value| item["noun"] == "loan" && item["id"] == *id;
                let items = told(&body)["items"].clone();
                assert!(
                    !items.as_array().is_some_and(|items| items.iter().any(names)),
                    "{what}: {path} {id}"
                );
            }
        }
        let (_, _, colours) = get("/colours".to_owned()).await;
        let colours = told(&colours);
        let counted = colours["figures"]["owing"]["loans"].as_i64().unwrap();
        assert_eq!(counted + colours["settled_loans"].as_i64().unwrap(), inside.len() as i64, "{what}");
    }
    assert!(parts >= 16, "the parts of the county were looked at: {parts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_is_done_as_it_was_seen_and_once() {
    let stage = Stage::new().await;
    let token = centre(&stage).await;
    let (_, _, list) = Ask::get(format!("{PREFIX}/differences")).of(&stage, Some(&token)).await;
    let id = told(&list)["items"][0]["id"].as_i64().unwrap();
    let path = format!("{PREFIX}/differences/{id}");
    let (status, headers, body) = Ask::get(&path).of(&stage, Some(&token)).await;
    let seen = headers[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!((status, &told(&body)["state"]), (StatusCode::OK, &json!("open")));
    let known =
        Ask::get(&path).with("if-none-match", &format!("\"old\", W/{seen}")).of(&stage, Some(&token)).await;
    assert_eq!((known.0, known.2.as_str()), (StatusCode::NOT_MODIFIED, ""));

    let words = r#"{"way":"book-right","reason":"已与支行核对"}"#;
    let ask = |body: &str| Ask::post(format!("{path}/resolve"), "application/json", body);
    let keyed = |key: &str, seen: &str| ask(words).with("idempotency-key", key).with("if-match", seen);
    let code = async |ask: Ask<'_>| {
        let (status, _, body) = ask.with("accept-language", "en").of(&stage, Some(&token)).await;
        (status.as_u16(), told(&body)["code"].as_str().unwrap_or("").to_owned())
    };
    let is = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(code(ask(words).with("if-match", &seen)).await, is(400, "key-missing"));
    let long = "k".repeat(129);
    assert_eq!(code(keyed(&long, &seen)).await, is(400, "key-missing"));
    assert_eq!(code(ask(words).with("idempotency-key", "a")).await, is(428, "not-seen"));
    assert_eq!(code(keyed("a", "\"old\"")).await, is(412, "seen-otherwise"));
    let unread = |body: &'static str| ask(body).with("idempotency-key", "b").with("if-match", "*");
    assert_eq!(code(unread("{")).await, is(400, "body"));
    assert_eq!(code(unread(r#"{"way":"magic","reason":"x"}"#)).await, is(400, "body"));
    assert_eq!(code(unread(r#"{"way":"book-right","reason":" "}"#)).await, is(422, "no-resolution"));
    let other = Ask::post(format!("{path}/resolve"), "text/plain", words).with("idempotency-key", "b");
    assert_eq!(code(other.with("if-match", "*")).await, is(415, "media-type"));
    let large = format!(r#"{{"way":"book-right","reason":"{}"}}"#, "长".repeat(40_000));
    assert_eq!(
        code(ask(&large).with("idempotency-key", "b").with("if-match", "*")).await,
        is(413, "too-large")
    );
    assert_eq!(code(Ask::post(&path, "application/json", words)).await, is(405, "method"));
    assert_eq!(code(Ask::get(format!("{PREFIX}/nothing"))).await, is(404, "not-found"));
    assert_eq!(code(Ask::get(format!("{PREFIX}/loans?day=2019-06-18"))).await, is(400, "day-ahead"));
    assert_eq!(code(Ask::get(format!("{PREFIX}/loans?cursor=x"))).await, is(400, "cursor"));
    assert_eq!(code(Ask::get(format!("{PREFIX}/loans?limit=0"))).await, is(400, "query"));

    // Refused words are free again; what is done is answered the same, and the word stands for nothing else.
    let (status, headers, done) = keyed("b", &seen).of(&stage, Some(&token)).await;
    assert_eq!((status, &told(&done)["state"]), (StatusCode::OK, &json!("resolved")), "{done}");
    let again = keyed("b", &seen).of(&stage, Some(&token)).await;
    assert_eq!((again.0, &again.1[header::ETAG], &again.2), (StatusCode::OK, &headers[header::ETAG], &done));
    let (_, now, shown) = Ask::get(&path).of(&stage, Some(&token)).await;
    assert_eq!(
        (&now[header::ETAG], &shown),
        (&headers[header::ETAG], &done),
        "an answer is what a reader sees"
    );
    let reused =
        ask(r#"{"way":"another","reason":"别的"}"#).with("idempotency-key", "b").with("if-match", "*");
    assert_eq!(code(reused).await, is(422, "key-reused"));
    assert_eq!(code(keyed("c", "*")).await, is(409, "difference-moved-on"));
    assert_eq!(told(&shown)["steps"].as_array().unwrap().len(), 1, "it was done once");
    assert_eq!(told(&shown)["steps"][0]["actor"].as_str().map(|who| who.contains("API")), Some(true));

    // Of two that were begun at once with one word, one does it.
    let (_, _, list) = Ask::get(format!("{PREFIX}/differences")).of(&stage, Some(&token)).await;
    let id = told(&list)["items"][0]["id"].as_i64().unwrap();
    let assign = || {
        let path = format!("{PREFIX}/differences/{id}/assign");
        let ask = Ask::post(path, "application/json", r#"{"working_days":3}"#);
        ask.with("idempotency-key", "once").with("if-match", "*").of(&stage, Some(&token))
    };
    let (one, other) = tokio::join!(assign(), assign());
    let statuses = BTreeSet::from([one.0.as_u16(), other.0.as_u16()]);
    assert!(statuses == BTreeSet::from([200]) || statuses == BTreeSet::from([200, 409]), "{statuses:?}");
    let (_, _, shown) = Ask::get(format!("{PREFIX}/differences/{id}")).of(&stage, Some(&token)).await;
    assert_eq!(told(&shown)["steps"].as_array().unwrap().len(), 1, "it was done once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_as_a_hash_is_slowed_down_and_ends_at_once() {
    let mut stage = Stage::new().await;
    stage.serve(App { api_rate: 3, ..stage.app.clone() });
    let token = centre(&stage).await;
    let bytes = stage.bytes();
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("token-made") && !holds(&token) && !holds(token.trim_start_matches("bangfu_")));
    for _ in 0..3 {
        assert_eq!(Ask::get(format!("{PREFIX}/county")).of(&stage, Some(&token)).await.0, StatusCode::OK);
    }
    let (status, headers, body) = Ask::get(format!("{PREFIX}/county")).of(&stage, Some(&token)).await;
    assert_eq!((status, &told(&body)["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too-many")));
    let wait: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    let other = centre(&stage).await;
    assert_eq!(Ask::get(format!("{PREFIX}/county")).of(&stage, Some(&other)).await.0, StatusCode::OK);
    let tokens = token::list(&mut stage.app.db.read().await.unwrap(), &stage.app.ctx("test")).await.unwrap();
    token::end(&stage.app.db, &stage.app.ctx("test"), tokens[0].token_id).await.unwrap();
    assert_eq!(
        Ask::get(format!("{PREFIX}/county")).of(&stage, Some(&other)).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_names_every_address_and_no_other_in_both_languages() {
    let stage = Stage::new().await;
    let document = async |lang: &str| {
        let ask = Ask::get(format!("{PREFIX}/openapi.json")).with("accept-language", lang);
        told(&ask.of(&stage, None).await.2)
    };
    let (zh, en) = (document("zh").await, document("en").await);
    assert_eq!((&zh["openapi"], &zh["info"]["title"]), (&json!("3.1.0"), &json!("帮扶程序接口")));
    assert_ne!(zh["info"]["title"], en["info"]["title"]);
    let mut named = BTreeSet::new();
    for (path, methods) in en["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            named.insert(format!("{} {}", method.to_uppercase(), path.trim_start_matches(PREFIX)));
            for status in ["200", "201", "401", "403", "404", "429", "500"] {
                let is_told = operation["responses"].get(status).is_some();
                assert!(is_told || matches!(status, "200" | "201"), "{method} {path} {status}");
            }
            assert!(!operation["summary"].as_str().unwrap().starts_with("api-"), "{method} {path}");
            assert!(!operation["security"][0]["token"].is_null(), "{method} {path}");
        }
    }
    let hung = routes()
        .iter()
        .map(|route| format!("{} {}", if route.writes() { "POST" } else { "GET" }, route.path));
    assert_eq!(named, hung.collect());
    // What it refers to is there.
    let text = en.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(!en["components"]["schemas"][name].is_null(), "{name}");
    }
}
