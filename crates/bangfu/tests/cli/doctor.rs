//! What the doctor tells.

use bangfu_store::key::KEY_VARIABLE;
use serde_json::Value;

use crate::desk::{Desk, demo};

/// The doctor's exit code and document, with the key of the book's file.
fn visit(desk: &Desk, words: &[&str]) -> (i32, Value) {
    let words = [&["doctor", "--listen", "127.0.0.1:0", "--json"], words].concat();
    let output = desk.command(&words).env_remove(KEY_VARIABLE).output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn state(document: &Value, check: &str) -> Vec<String> {
    let findings = document["findings"].as_array().unwrap().iter();
    let of = findings.filter(|finding| finding["check"] == check);
    of.map(|finding| finding["state"].as_str().unwrap().to_owned()).collect()
}

fn messages(document: &Value) -> String {
    let findings = document["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["message"].as_str().unwrap().to_owned() + "\n").collect()
}

#[test]
fn the_doctor_tells_what_is_well_and_what_is_not() {
    let desk = Desk::sqlite();
    let (code, found) = visit(&desk, &[]);
    assert_eq!((code, &found["well"]), (1, &false.into()));
    assert!(messages(&found).contains("bangfu init"), "{found}");
    let divisions = demo("divisions/yizhang.csv");
    let init = ["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()];
    assert!(desk.command(&init).env_remove(KEY_VARIABLE).output().unwrap().status.success());
    let (code, found) = visit(&desk, &[]);
    assert_eq!(code, 0, "{found}");
    for check in ["packs", "database", "schema", "write", "key", "port", "files", "space"] {
        assert!(state(&found, check).iter().all(|state| state == "well"), "{check}: {found}");
    }
    assert_eq!(state(&found, "close"), ["note"], "no ledger yet");
    let (_, found) = visit(&desk, &["--lang", "en"]);
    assert!(messages(&found).contains("no ledger yet"));

    // A ledger that nobody closed, a port that is taken, packs that cannot be read.
    let ledger = demo("yizhang/ledger.xlsx");
    let import = ["import", "ledger", ledger.to_str().unwrap(), "--take", "good"];
    desk.command(&import).env_remove(KEY_VARIABLE).output().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::fs::create_dir(desk.path("packs")).unwrap();
    std::fs::write(desk.path("packs/own.toml"), "colour = 1\n").unwrap();
    let words = ["doctor", "--json", "--listen", &address, "--policy", "packs"];
    let output = desk.command(&words).env_remove(KEY_VARIABLE).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for check in ["close", "port", "packs"] {
        assert!(state(&found, check).iter().any(|state| state == "ill"), "{check}: {found}");
    }
    assert!(messages(&found).contains("own.toml:1"), "{found}");

    // Another key.
    std::fs::write(desk.path("book.db.key"), "5a".repeat(32)).unwrap();
    let (code, found) = visit(&desk, &[]);
    assert!(code == 1 && messages(&found).contains("密钥不对"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_a_server_too() {
    let desk = Desk::postgres().await;
    desk.init();
    let found = desk.json(&["doctor", "--listen", "127.0.0.1:0"]);
    assert_eq!(found["well"], true, "{found}");
    let nobody = Desk::at("postgres://bangfu:secret@127.0.0.1:1/book");
    let (code, found) = visit(&nobody, &[]);
    assert!(code == 1 && messages(&found).contains("连不上"), "{found}");
    assert!(!found.to_string().contains("secret"));
}
