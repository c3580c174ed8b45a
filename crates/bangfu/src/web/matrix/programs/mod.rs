//! Every address of the API × every post of a token × two areas: what a token does not open, and what lies outside its area,
//! is not there, and a session opens nothing.

mod answers;

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

use super::stage::{DAY, Stage};
use crate::web::api::{PREFIX, routes};
use crate::web::session::COOKIE;

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
    (Some(TokenScope::TasksRead), &["GET /tasks", "GET /tasks/{id}"]),
    (Some(TokenScope::ContactsWrite), &["POST /tasks/{id}/contact"]),
    (Some(TokenScope::NoticesRead), &["GET /notices", "GET /notices/{id}"]),
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
                if status == StatusCode::OK && !scopes.contains(&TokenScope::DifferencesRead) {
                    let ids = told(&body)["difference_ids"].clone();
                    assert!(ids.is_null() || ids == json!([]), "{what}: {path}: {ids}");
                }
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
            // Acting on one is the county's: no other token opens that, and the county's is let through.
            let acts = scopes.contains(&TokenScope::DifferencesWrite);
            assert_eq!(acts, person.role == Role::CentreClerk && person.area == Area::County, "{what}");
            if acts {
                let ask = Ask::post(
                    format!("{PREFIX}/differences/{id}/resolve"),
                    "application/json",
                    r#"{"way":"book-right","reason":"已核对"}"#,
                );
                let ask = ask.with("idempotency-key", &format!("{what} {id}")).with("if-match", "*");
                let (status, _, body) = ask.of(&stage, Some(&token)).await;
                assert_eq!(status, StatusCode::OK, "{what}: {id}: {body}");
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
            "/tasks?show=late&limit=200",
            "/tasks?show=later&limit=200",
            "/notices?limit=200",
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
async fn who_comes_a_way_that_is_not_served_is_told_so_as_of_any_problem() {
    let stage = Stage::new().await;
    let asked = async |path: &str| Ask::get(path).with("host", "bangfu.example:8080").of(&stage, None).await;
    let (status, headers, body) = asked(&format!("{PREFIX}/county")).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(told(&body)["code"], "elsewhere");
    let (_, _, document) = Ask::get(format!("{PREFIX}/openapi.json")).of(&stage, None).await;
    let document = told(&document);
    let answers = &document["paths"][format!("{PREFIX}/county")]["get"]["responses"];
    assert!(answers["421"]["content"]["application/problem+json"].is_object(), "{answers}");
    assert_eq!(asked("/board").await.0, StatusCode::MISDIRECTED_REQUEST, "pages need no document");
}
