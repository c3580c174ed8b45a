//! `bangfu key rotate` while a server serves and files are read in: no restart, nothing lost, and the old key opens nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use bangfu_store::key::KEY_VARIABLE;
use serde_json::Value;

use crate::desk::Desk;
use crate::serve::Server;

const HEADER: &str = "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额,放款日期,到期日期,已还本金";

fn identity(index: usize) -> String {
    let body = format!("43109919{:02}0101{:03}", 70 + index / 900, index % 900 + 10);
    let sum: u32 = body
        .bytes()
        .zip([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", &"10X98765432"[usize::try_from(sum % 11).unwrap()..][..1])
}

fn ledger(range: std::ops::Range<usize>) -> String {
    let rows = range.map(|index| {
        let who = identity(index);
        format!("白石渡镇,白石渡村,农户{index},{who},农商银行某支行,A{index},50000,2018-05-01,2019-06-20,0\n")
    });
    format!("台账（截至2019-04-30）\n{HEADER}\n{}", rows.collect::<String>())
}

fn done(desk: &Desk, words: &[&str]) -> Value {
    let output = desk.run(&[words, &["--json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The whole numbers of a book, opened with one key alone.
fn numbers(desk: &Desk, text: &str) -> Result<Vec<String>, String> {
    let words = ["export", "loans", "--unmask", "核对", "all.csv"];
    let output = desk.command(&words).env(KEY_VARIABLE, text).output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let csv = std::fs::read_to_string(desk.path("all.csv")).unwrap();
    std::fs::remove_file(desk.path("all.csv")).unwrap();
    Ok(csv
        .lines()
        .filter_map(|line| line.split(',').find(|cell| cell.contains("431099")))
        .map(|cell| cell.trim().to_owned())
        .collect())
}

/// What a search for a number finds on the pages.
fn found(server: &Server, number: &str) -> String {
    let answer = server.send("/loans/find", &format!("state=any&day=2019-04-30&q={number}")).unwrap();
    let to =
        answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{answer}"));
    server.answer(&format!("GET {}", to.trim()), b"")
}

fn the_key_is_changed_under_load(desk: &Desk) {
    let divisions = crate::desk::demo("divisions/yizhang.csv");
    done(desk, &["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()]);
    std::fs::write(desk.path("first.csv"), ledger(0..600)).unwrap();
    done(desk, &["import", "ledger", "first.csv"]);
    done(desk, &["backup", "before.bak"]);
    let old = std::fs::read_to_string(desk.key_file()).unwrap();

    let server = Server::over(desk.beside(), &[]);
    let over = AtomicBool::new(false);
    let read_in = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut index = 600;
            while !over.load(Ordering::SeqCst) || index == 600 {
                let file = format!("file-{index}.csv");
                std::fs::write(desk.path(&file), ledger(index..index + 5)).unwrap();
                done(desk, &["import", "ledger", &file]);
                index += 5;
            }
            index
        });
        let reader = scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                assert!(found(&server, &identity(7)).contains("A7"), "found while it lasts");
            }
        });
        let told = done(desk, &["key", "rotate"]);
        over.store(true, Ordering::SeqCst);
        assert!(told["resealed"].as_u64().unwrap() >= 600, "{told}");
        reader.join().unwrap();
        writer.join().unwrap()
    });
    let new = std::fs::read_to_string(desk.key_file()).unwrap();
    assert!(
        new.trim() != old.trim() && new.split_whitespace().count() == 1,
        "the old one is gone from the file"
    );
    for index in [0, 599, 600, read_in - 1] {
        assert!(
            found(&server, &identity(index)).contains(&format!("A{index}")),
            "the server was never restarted"
        );
    }
    drop(server);
    let mut open = numbers(desk, &new).unwrap();
    open.sort();
    let mut all: Vec<String> = (0..read_in).map(identity).collect();
    all.sort();
    assert_eq!(open, all, "the new key opens every number");
    let closed = numbers(desk, &old).unwrap_err();
    assert!(closed.contains("密钥不对"), "{closed}");

    // A backup of before needs the key of before, and says so.
    let other = Desk::sqlite().with_key_file();
    let backup = desk.path("before.bak");
    let restore = ["restore", backup.to_str().unwrap()];
    let without = other.run(&restore);
    let told = String::from_utf8_lossy(&without.stderr).into_owned();
    assert!(!without.status.success() && told.contains("更换密钥以前的备份"), "{told}");
    let wrong = other.command(&restore).env(KEY_VARIABLE, &new).output().unwrap();
    assert!(!wrong.status.success(), "not with the new one");
    assert!(other.command(&restore).env(KEY_VARIABLE, &old).output().unwrap().status.success());
    assert_eq!(numbers(&other, &old).unwrap().len(), 600);
}

#[test]
fn at_the_command_line_an_erasure_is_only_proposed() {
    let desk = Desk::sqlite().with_key_file();
    let divisions = crate::desk::demo("divisions/yizhang.csv");
    done(&desk, &["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()]);
    std::fs::write(desk.path("ledger.csv"), ledger(0..2)).unwrap();
    done(&desk, &["import", "ledger", "ledger.csv"]);
    let who = identity(1);
    let erase = |number, reason| ["person", "erase", "--number", number, "--reason", reason];
    assert!(desk.refused(&erase("A1", " ")).contains("请写明理由"));
    assert!(done(&desk, &erase(who.as_str(), "本人要求"))["erasure"].as_i64().is_some());
    assert!(desk.refused(&erase("A1", "本人要求")).contains("正在等待批准"), "one at a time");
    let key = std::fs::read_to_string(desk.key_file()).unwrap();
    assert_eq!(numbers(&desk, key.trim()).unwrap().len(), 2, "nothing is erased yet");
}

#[test]
fn the_key_is_changed_under_load_on_sqlite() {
    the_key_is_changed_under_load(&Desk::sqlite().with_key_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_changed_under_load_on_postgres() {
    the_key_is_changed_under_load(&Desk::postgres().await.with_key_file());
}

#[test]
fn keys_in_the_variable_are_changed_with_both_in_it() {
    let desk = Desk::sqlite();
    let new = |desk: &Desk| done(desk, &["key", "new"])["key"].as_str().unwrap().to_owned();
    let (old, newer) = (new(&desk), new(&desk));
    let with = |key: &str, words: &[&str]| desk.command(words).env(KEY_VARIABLE, key).output().unwrap();
    let divisions = crate::desk::demo("divisions/yizhang.csv");
    let init = ["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()];
    assert!(with(&old, &init).status.success());
    std::fs::write(desk.path("first.csv"), ledger(0..3)).unwrap();
    assert!(with(&old, &["import", "ledger", "first.csv"]).status.success());
    let alone = with(&old, &["key", "rotate"]);
    assert!(String::from_utf8_lossy(&alone.stderr).contains("bangfu key new"), "it says how");
    assert!(with(&format!("{newer} {old}"), &["key", "rotate"]).status.success());
    assert_eq!(numbers(&desk, &newer).unwrap().len(), 3);
    assert!(numbers(&desk, &old).is_err());
}
