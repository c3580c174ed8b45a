//! Backups as a county makes them: beside a server that is in use, and back on another machine.

use std::process::Stdio;

use bangfu_store::key::KEY_VARIABLE;

use crate::desk::{Desk, demo};

/// The program without the key of the environment: each book has its key file.
fn run(desk: &Desk, words: &[&str]) -> (i32, String, String) {
    let output = desk.command(words).env_remove(KEY_VARIABLE).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn done(desk: &Desk, words: &[&str]) -> String {
    let (code, said, error) = run(desk, words);
    assert_eq!(code, 0, "{words:?} {error}");
    said
}

fn refused(desk: &Desk, words: &[&str]) -> String {
    let (code, said, error) = run(desk, words);
    assert_eq!((code, said.as_str()), (2, ""), "{words:?}");
    error
}

fn book() -> Desk {
    let desk = Desk::sqlite();
    let divisions = demo("divisions/yizhang.csv");
    done(&desk, &["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()]);
    let header = "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额,放款日期,到期日期,已还本金";
    let row = |number: &str, identity: &str| {
        format!(
            "白石渡镇,白石渡村,农户{number},{identity},农商银行某支行,{number},50000,2018-05-01,2020-05-20,0"
        )
    };
    let rows = [row("A1", "431099197001010011"), row("A2", "431099198001010032")].join("\n");
    std::fs::write(desk.path("ledger.csv"), format!("台账（截至2019-04-30）\n{header}\n{rows}\n")).unwrap();
    done(&desk, &["import", "ledger", "ledger.csv"]);
    desk
}

const UNMASKED: [&str; 6] = ["export", "loans", "--date", "2019-04-30", "--unmask", "核对"];

#[test]
fn a_county_moves_to_another_machine() {
    let desk = book();
    done(&desk, &[&UNMASKED[..], &["here.csv"]].concat());
    let here = std::fs::read(desk.path("here.csv")).unwrap();
    let said = done(&desk, &["backup", "book.bak"]);
    assert!(said.contains("没有密钥") && said.contains("book.db.key"), "{said}");
    assert!(done(&desk, &["--lang", "en", "backup", "other.bak"]).contains("The key is not in the file"));
    let there = refused(&desk, &["backup", "book.bak"]);
    assert!(there.contains("已经存在"), "{there}");
    let key = std::fs::read_to_string(desk.path("book.db.key")).unwrap();
    let packed = std::fs::read(desk.path("book.bak")).unwrap();

    // Without the key the file is not restored, with another one neither; nothing is left of the attempts.
    let other = Desk::sqlite();
    std::fs::write(other.path("book.bak"), &packed).unwrap();
    assert!(refused(&other, &["restore", "book.bak"]).contains("book.db.key"));
    std::fs::write(other.path("book.db.key"), "5a".repeat(32)).unwrap();
    assert!(refused(&other, &["restore", "book.bak"]).contains("密钥不对"));
    assert!(!other.path("book.db").exists() && !other.path("book.db.filling").exists());
    std::fs::write(other.path("book.db.key"), &key).unwrap();
    let said = done(&other, &["restore", "book.bak"]);
    assert!(said.contains("宜章县") && said.contains("逐行核对"), "{said}");
    done(&other, &[&UNMASKED[..], &["there.csv"]].concat());
    assert_eq!(std::fs::read(other.path("there.csv")).unwrap(), here);
    assert_eq!(run(&other, &["rebuild", "--check"]).0, 0);
    assert!(refused(&other, &["restore", "book.bak"]).contains("已经有数据库"));

    // Asked for, the key goes along.
    let said = done(&desk, &["backup", "with.bak", "--with-key"]);
    assert!(said.contains("有密钥"), "{said}");
    let third = Desk::sqlite();
    std::fs::copy(desk.path("with.bak"), third.path("with.bak")).unwrap();
    done(&third, &["restore", "with.bak"]);
    assert_eq!(std::fs::read_to_string(third.path("book.db.key")).unwrap(), key);
    done(&third, &[&UNMASKED[..], &["there.csv"]].concat());
    assert_eq!(std::fs::read(third.path("there.csv")).unwrap(), here);
}

#[test]
fn a_backup_that_is_killed_leaves_nothing_under_its_name() {
    let desk = book();
    let mut child = desk
        .command(&["backup", "book.bak"])
        .env_remove(KEY_VARIABLE)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(60));
    child.kill().unwrap();
    child.wait().unwrap();
    if desk.path("book.bak").exists() {
        // It was faster than the kill: then it is whole.
        let other = Desk::sqlite();
        std::fs::copy(desk.path("book.db.key"), other.path("book.db.key")).unwrap();
        std::fs::copy(desk.path("book.bak"), other.path("book.bak")).unwrap();
        done(&other, &["restore", "book.bak"]);
    } else {
        done(&desk, &["backup", "book.bak"]);
    }
}

#[test]
fn a_file_that_is_no_backup_is_named_with_a_cure() {
    let desk = Desk::sqlite();
    std::fs::write(desk.path("a.bak"), b"PK").unwrap();
    assert!(refused(&desk, &["restore", "a.bak"]).contains("不是本系统的备份"));
    assert!(refused(&desk, &["restore", "nowhere.bak"]).contains("nowhere.bak"));
    assert!(!desk.path("book.db").exists());
}
