//! What those who run a server rely on: settings from a file, request ids, health, numbers, an orderly stop.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::desk::Desk;
use crate::serve::{Server, ledger};

const MACHINES: [&str; 2] = ["--metrics", "127.0.0.1:0"];

#[test]
fn a_file_holds_the_settings_and_what_is_typed_holds_before_it() {
    let desk = Desk::sqlite();
    desk.init();
    std::fs::write(desk.path("bangfu.toml"), "log_format = \"json\"\nmetrics = \"127.0.0.1:0\"\n").unwrap();
    let server = Server::over(desk, &["--config", "bangfu.toml"]);
    assert!(server.machine("/healthz").ends_with("ok\n"));
    server.answer("GET /loans", b"");
    assert!(server.log().lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    let desk = Desk::sqlite();
    desk.init();
    std::fs::write(desk.path("bangfu.toml"), "listen = \"127.0.0.1:1\"\nupload_mb = 1\n").unwrap();
    let large = Server::over(desk, &["--config=bangfu.toml"]).upload(&vec![b'a'; 3 << 19]);
    assert!(large.contains("1 MB"), "{large}");
    let desk = Desk::sqlite();
    std::fs::write(desk.path("bangfu.toml"), "uplod_mb = 1\n").unwrap();
    let slip = desk.refused(&["serve", "--config", "bangfu.toml"]);
    assert!(slip.contains("bangfu.toml:1") && slip.contains("upload_mb"), "{slip}");
    assert!(desk.refused(&["serve", "--config", "nowhere.toml"]).contains("nowhere.toml"));
}

#[test]
fn each_answer_bears_the_id_under_which_the_log_tells_of_it() {
    let desk = Desk::sqlite();
    desk.init();
    let server = Server::over(desk, &["--log-format", "json"]);
    let answer = server.answer("GET /loans?day=2019-04-30&q=abc", b"");
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap();
    let log = server.log();
    let mut lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let line = lines.find(|line| line["spans"][0]["id"] == id).expect("a line of the request");
    assert_eq!((&line["method"], &line["route"]), (&"GET".into(), &"/loans".into()));
    assert!(line["status"].is_u64() && line["ms"].is_u64(), "{line}");
    assert!(!log.contains("abc") && !log.contains("2019-04-30"), "no query: {log}");
}

#[test]
fn machines_are_told_how_it_goes() {
    let server = Server::start(&MACHINES);
    assert!(server.answer("GET /healthz", b"").ends_with("ok\n"));
    let ready = server.machine("/readyz");
    assert!(ready.starts_with("HTTP/1.0 200") && ready.ends_with("ready\n"), "{ready}");
    assert!(server.upload(&ledger(3)).starts_with("HTTP/1.1 303"));
    while server.answer("GET /import/reading/1", b"").contains("data-progress") {}
    server.answer("GET /loans/1234567", b"");
    let page = server.machine("/metrics");
    for part in [
        "bangfu_requests_total{route=\"/import\",method=\"POST\",status=\"303\"} 1",
        "bangfu_request_seconds_count{route=\"/loans/{id}\",method=\"GET\",status=\"404\"} 1",
        "bangfu_imports{state=\"staged\"} 1",
        "bangfu_database_up 1",
        "bangfu_readings 0",
        "bangfu_closer 1",
        "bangfu_close_failures_total 0",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(server.number("bangfu_database_bytes") > 100_000.0);
    // Pages do not tell numbers, and machines are not shown pages.
    assert!(server.answer("GET /metrics", b"").starts_with("HTTP/1.1 404"));
    assert!(server.machine("/loans").starts_with("HTTP/1.0 404"));
}

#[test]
fn told_to_stop_it_ends_what_it_has_begun_and_begins_nothing() {
    let mut server = Server::start(&MACHINES);
    // A request that is under way: its head and half of its form have come.
    let form = "to=%2Floans&lang=en";
    let (host, half) = (server.address.clone(), form.len() / 2);
    let mut running = TcpStream::connect(&host).unwrap();
    write!(
        running,
        "POST /language HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
        form.len(),
        &form[..half]
    )
    .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.signal("-TERM");
    let mut refused = false;
    for _ in 0..100 {
        refused = TcpStream::connect(&host).is_err();
        if refused {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(refused, "a new connection is refused");
    running.write_all(&form.as_bytes()[half..]).unwrap();
    let mut answer = String::new();
    running.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(server.ended(20), Some(0));
}

#[test]
fn what_does_not_end_is_cut_off_and_a_reading_stops() {
    let desk = Desk::sqlite();
    desk.init();
    let mut server = Server::over(desk, &["--stop-seconds", "1"]);
    let host = server.address.clone();
    // A visitor who never sends the rest.
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let mut idle = TcpStream::connect(&host).unwrap();
    write!(idle, "POST /language HTTP/1.1\r\nHost: {host}\r\n{kind}\r\nContent-Length: 100\r\n\r\nto=")
        .unwrap();
    assert!(server.upload(&ledger(60_000)).starts_with("HTTP/1.1 303"));
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.signal("-TERM");
    assert_eq!(server.ended(20), Some(0));
    let log = server.log();
    assert!(log.contains("cut off") && log.contains("stopped with the program"), "{log}");
}
