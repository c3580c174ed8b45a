//! The command line as other programs call it: verbs, JSON and exit codes, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn demo(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(file)
}

/// A place to work in, with a database of its own.
struct Desk {
    folder: tempfile::TempDir,
    database: String,
}

impl Desk {
    fn sqlite() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap(), database: "sqlite:book.db".to_owned() }
    }

    /// A database of its own on the server of the stories, made by the server itself.
    async fn postgres() -> Desk {
        let database = bangfu_store::testing::fresh_postgres().await.unwrap();
        Desk { folder: tempfile::tempdir().unwrap(), database }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bangfu"));
        command.current_dir(self.folder.path()).env("BANGFU_DATABASE", &self.database).args(words);
        command.output().unwrap()
    }

    fn code(&self, words: &[&str]) -> i32 {
        self.run(words).status.code().unwrap()
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn a_county_works(desk: &Desk) {
    let (divisions, ledger) = (demo("divisions/yizhang.csv"), demo("yizhang/ledger.xlsx"));
    let (divisions, ledger) = (divisions.to_str().unwrap(), ledger.to_str().unwrap());
    assert_eq!(desk.code(&["init", "--county", "431022", "--divisions", divisions]), 0);
    assert_eq!(desk.code(&["init", "--county", "431022", "--divisions", divisions]), 2, "made already");

    let report = desk.json(&["import", "ledger", ledger, "--check"]);
    assert_eq!((&report["rows"]["good"], &report["rows"]["bad"]), (&6918.into(), &45.into()));
    let first = &report["errors"][0];
    for key in ["sheet", "row", "column", "value", "code", "message", "cure"] {
        assert!(!first[key].is_null(), "{key}");
    }
    assert_eq!(desk.code(&["import", "ledger", ledger]), 3, "some rows are bad");
    assert_eq!(
        desk.json(&["board", "--date", "2019-04-30"])["total"]["none"]["loans"],
        0,
        "nothing was written"
    );
    let taken = desk.run(&["import", "ledger", ledger, "--take", "good", "--rejects", "bad.xlsx"]);
    assert_eq!(taken.status.code(), Some(3));
    assert_eq!(desk.json(&["import", "ledger", "bad.xlsx", "--check"])["changes"]["new"], 0);
    let bank = demo("yizhang/bank.csv");
    assert_eq!(desk.code(&["import", "repayments", bank.to_str().unwrap()]), 0);

    let days = desk.json(&["close", "--date", "2019-06-17"]);
    let days = days["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["moves"]), (49, &0.into()));
    assert_eq!(days[48]["red"]["loans"], 43);
    assert_eq!(desk.json(&["close", "--date", "2019-06-17"])["days"], Value::Array(vec![days[48].clone()]));
    let board = desk.json(&["board", "--date", "2019-06-17", "--by", "officer"]);
    let sum: i64 =
        board["rows"].as_array().unwrap().iter().map(|row| row["red"]["loans"].as_i64().unwrap()).sum();
    assert_eq!((sum, &board["total"]["overdue"]["loans"]), (43, &20.into()));

    assert_eq!(desk.code(&["export", "loans", "--date", "2019-06-17", "out.json"]), 0);
    let loans: Vec<Value> = serde_json::from_slice(&std::fs::read(desk.path("out.json")).unwrap()).unwrap();
    let count = |status: &str, level: Value| {
        loans.iter().filter(|loan| loan["status"] == status && loan["level"] == level).count()
    };
    assert_eq!((count("active", "red".into()), count("active", "none".into())), (43, 4308));
    assert_eq!((count("overdue", Value::Null), count("settled", Value::Null)), (20, 2055));
    for file in ["out.xlsx", "out.csv"] {
        assert_eq!(desk.code(&["export", "loans", "--date", "2019-06-17", file]), 0);
        assert_eq!(desk.json(&["import", "ledger", file, "--check"])["changes"]["unchanged"], 6918, "{file}");
    }
    assert_eq!(desk.code(&["rebuild", "--check"]), 0);
}

#[test]
fn a_county_works_on_sqlite() {
    a_county_works(&Desk::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_county_works_on_postgres() {
    a_county_works(&Desk::postgres().await);
}

#[test]
fn what_cannot_be_done_is_said_in_words() {
    let desk = Desk::sqlite();
    let said = |words: &[&str]| {
        let output = desk.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["board"]).contains("没有数据库"));
    assert!(said(&["board", "--lang", "en"]).contains("no database"));
    std::fs::write(desk.path("book.db"), b"").unwrap();
    assert!(said(&["board"]).contains("没有完成"));
    assert!(said(&["board", "--lang", "en"]).contains("Type bangfu init"));
    assert!(said(&["board", "--database", "sqlite:letter.txt"]).contains("没有数据库"));
    std::fs::write(desk.path("letter.txt"), "此致敬礼".repeat(200)).unwrap();
    assert!(said(&["board", "--database", "sqlite:letter.txt"]).contains("不是本系统的数据库"));
    std::fs::write(desk.path("list.csv"), b"%PDF-1.4").unwrap();
    assert!(said(&["init", "--county", "431022", "--divisions", "list.csv"]).contains("PDF"));
    let divisions = demo("divisions/yizhang.csv");
    desk.run(&["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()]);
    std::fs::write(desk.path("a.xlsx"), b"%PDF-1.4").unwrap();
    assert!(said(&["import", "ledger", "a.xlsx"]).contains("PDF"));
    std::fs::write(desk.path("b.csv"), "甲,乙\n1,2\n").unwrap();
    assert!(said(&["import", "ledger", "b.csv"]).contains("借据号"));
    assert!(said(&["import", "ledger", "nowhere.xlsx"]).contains("nowhere.xlsx"));
    assert!(said(&["serve", "--listen", "0.0.0.0:8080"]).contains("127.0.0.1"));
    assert!(said(&["board", "--known-at", "2999-01-01T00:00:00Z"]).contains("不能晚于现在"));
    std::fs::create_dir(desk.path("packs")).unwrap();
    std::fs::write(desk.path("packs/own.toml"), "id = \"own\"\ncolour = 1\n").unwrap();
    let fault = said(&["board", "--policy", "packs"]);
    assert!(fault.contains("own.toml:2:1: 写法不对"), "{fault}");
    let fault = said(&["board", "--policy", "packs", "--lang", "en"]);
    assert!(fault.contains("own.toml:2:1: written wrongly"), "{fault}");
    std::fs::remove_file(desk.path("packs/own.toml")).unwrap();
    std::fs::create_dir(desk.path("packs/calendar")).unwrap();
    let calendar =
        "[[year]]\nyear = 2019\nsource = \"\"\nrest = [[\"2019-02-05\", \"2019-02-04\"]]\nwork = []\n";
    std::fs::write(desk.path("packs/calendar/rest-days.toml"), calendar).unwrap();
    let fault = said(&["board", "--policy", "packs"]);
    assert!(fault.contains("rest-days.toml:4:9: 最后一天早于第一天"), "{fault}");
    assert!(said(&["board", "--policy", "nowhere"]).contains("打不开文件 nowhere"));
}
