//! What programs are told: as they ask, once, in their language, and as the document says.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use bangfu_usecase::token;
use serde_json::json;

use super::{Ask, centre, told};
use crate::app::App;
use crate::web::api::{PREFIX, routes};
use crate::web::matrix::stage::Stage;

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
    let method = |writes| if writes { "POST" } else { "GET" };
    let hung = routes().into_iter().map(|route| format!("{} {}", method(route.writes()), route.path));
    assert_eq!(named, hung.collect());
    // What it refers to is there.
    let text = en.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(!en["components"]["schemas"][name].is_null(), "{name}");
    }
}
