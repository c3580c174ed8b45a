//! What cannot be done is said in the user's language, with what to do about it.

use crate::desk::{Desk, demo};

#[test]
fn what_cannot_be_done_is_said_in_words() {
    let desk = Desk::sqlite();
    let said = |words: &[&str]| desk.refused(words);
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
    desk.init();
    std::fs::write(desk.path("a.xlsx"), b"%PDF-1.4").unwrap();
    assert!(said(&["import", "ledger", "a.xlsx"]).contains("PDF"));
    std::fs::write(desk.path("b.csv"), "甲,乙\n1,2\n").unwrap();
    assert!(said(&["import", "ledger", "b.csv"]).contains("借据号"));
    assert!(said(&["import", "ledger", "nowhere.xlsx"]).contains("nowhere.xlsx"));
    for verb in ["serve", "demo"] {
        assert!(said(&[verb, "--listen", "0.0.0.0:8080"]).contains("127.0.0.1"), "{verb}");
    }
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
    assert!(said(&["board", "--policy", "nowhere"]).contains("文件夹 nowhere"));
}

/// A failure is said once, in either language, with its cure.
fn says(desk: &Desk, words: &[&str], zh: &str, en: &str) {
    for (lang, hint) in [("zh", zh), ("en", en)] {
        let said = desk.refused(&[words, &["--lang", lang]].concat());
        assert!(said.contains(hint), "{words:?}: {said}");
        assert_eq!(said.matches(hint).count(), 1, "{words:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_database_cannot_be_opened_is_said_with_a_cure() {
    let desk = Desk::sqlite();
    std::fs::create_dir(desk.path("folder")).unwrap();
    says(&desk, &["board", "--database", "sqlite:folder"], "是一个文件夹", "is a folder");
    let nobody = "postgres://clerk:geheim@127.0.0.1:1/book";
    says(&desk, &["board", "--database", nobody], "连不上数据库服务器", "does not answer");
    assert!(!desk.refused(&["board", "--database", nobody]).contains("geheim"));
    let other = format!("{}_not", bangfu_store::testing::fresh_postgres().await.unwrap());
    says(&desk, &["board", "--database", &other], "服务器上没有这个数据库", "no such database");
    desk.init();
    let key = desk.path("book.db.key");
    let without = |words: &[&str]| {
        let output = desk.command(words).env_remove("BANGFU_KEY").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let _ = std::fs::remove_file(&key);
    assert!(without(&["board"]).contains("找不到密钥文件"));
    std::fs::write(&key, "5a".repeat(32)).unwrap();
    let said = without(&["import", "ledger", "a.csv"]);
    assert!(said.contains("a.csv"), "{said}");
    let said = without(&["board"]);
    assert!(said.contains("密钥不对") && said.contains("book.db.key"), "{said}");
    let said = without(&["close", "--lang", "en"]);
    assert!(said.contains("The key is another one") && said.contains("book.db.key"), "{said}");
}

#[test]
fn what_would_spoil_a_book_is_refused() {
    let desk = Desk::sqlite();
    desk.init();
    says(&desk, &["close", "--date", "2199-12-31"], "2199-12-31 还没有到", "2199-12-31 has not come");
    let unmask = ["export", "loans", "out.csv", "--unmask", " "];
    says(&desk, &unmask, "要写明用途", "need a reason");
    assert!(!desk.path("out.csv").exists());
    says(
        &desk,
        &["export", "loans", "no/where.csv"],
        "写不了 no/where.csv",
        "no/where.csv cannot be written",
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let demo = ["demo", "--listen", &address, "--database", "sqlite:demo.db"];
    says(&desk, &demo, "不能使用地址", "Cannot listen");
    assert!(!desk.path("demo.db").exists(), "the address comes before the work");
}

#[test]
fn a_county_keeps_its_own_time_zone() {
    let desk = Desk::sqlite();
    let divisions = demo("divisions/yizhang.csv");
    let init = ["init", "--county", "431022", "--divisions", divisions.to_str().unwrap(), "--time-zone"];
    let wrong = [&init[..], &["Asia/Beijing"]].concat();
    says(&desk, &wrong, "没有名为 Asia/Beijing 的时区", "no time zone named Asia/Beijing");
    assert!(!desk.path("book.db").exists(), "nothing is made");
    assert_eq!(desk.code(&[&init[..], &["Asia/Urumqi"]].concat()), 0);
}

#[test]
fn what_is_typed_wrongly_is_told_in_either_language() {
    let desk = Desk::sqlite();
    says(&desk, &["bord"], "没有“bord”这个命令", "There is no verb “bord”");
    says(&desk, &["board", "--dat", "x"], "不认识参数 --dat", "--dat is not known");
    says(&desk, &["import", "ledger"], "还缺：<文件>", "Missing: <FILE>");
    says(&desk, &["board", "--date", "2019-02-30"], "“2019-02-30”看不懂", "“2019-02-30” is not understood");
    says(&desk, &["close", "--date=-009999-01-01"], "日期这样写：2019-06-17", "A day is written 2019-06-17");
    says(&desk, &["board", "--known-at", "x"], "时刻这样写", "An instant is written");
    says(&desk, &["board", "--by", "x"], "可以是：township, village", "it can be: township, village");
    says(&desk, &[], "还缺：<命令>", "Missing: <COMMAND>");
    let said = desk.refused(&["board", "--by"]);
    assert!(said.contains("用法：bangfu board [选项]"), "{said}");
}

/// Help in a language: of the program, or of a verb.
fn help(desk: &Desk, lang: &str, verb: Option<&str>) -> String {
    let words: Vec<&str> = verb.into_iter().chain(["--help", "--lang", lang]).collect();
    let output = desk.run(&words);
    assert_eq!(output.status.code(), Some(0), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn help_is_in_one_language() {
    let desk = Desk::sqlite();
    let verbs = ["init", "import", "close", "board", "export", "serve", "demo", "bench", "rebuild"];
    let own_words =
        ["Usage", "Options", "OPTIONS", "Commands", "COMMAND", "Arguments", "Print", "default", "possible"];
    for verb in [None].into_iter().chain(verbs.map(Some)) {
        let zh = help(&desk, "zh", verb);
        assert!(zh.contains("用法：bangfu") && zh.contains("选项：") && zh.contains("显示说明"), "{zh}");
        for word in own_words {
            assert!(!zh.contains(word), "{word} in {zh}");
        }
        // A name of a value is a word of the reader's too.
        for name in zh.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(!name.is_ascii(), "<{name}> in {zh}");
        }
        let en = help(&desk, "en", verb);
        assert!(en.contains("Usage: bangfu") && en.contains("Options:"), "{en}");
        assert!(en.replace("bangfu (帮扶)", "").chars().all(|c| c.is_ascii() || "…’“”".contains(c)), "{en}");
    }
    assert!(
        help(&desk, "zh", Some("import")).contains("[默认：all-or-nothing] [可选：good, all-or-nothing]")
    );
    assert!(help(&desk, "zh", None).contains("命令：\n  init      建立"));
    let untold = desk.command(&["help", "import"]).env_remove("BANGFU_LANG").output().unwrap();
    assert_eq!(String::from_utf8(untold.stdout).unwrap(), help(&desk, "zh", Some("import")));
}

#[test]
fn a_variable_that_is_set_to_nothing_says_nothing() {
    let desk = Desk::sqlite();
    let nothing = ["BANGFU_DATABASE", "BANGFU_LANG", "BANGFU_POLICY"].map(|variable| (variable, ""));
    let output = desk.command(&["board"]).envs(nothing).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("没有数据库：bangfu.db"), "{said}");
}

/// A pack of the county's own with red beginning at so many days.
fn own_pack(red: u32) -> String {
    let name = "name = { zh = \"自定\", en = \"own\" }";
    let days = format!("red_to_days = {red}\nyellow_to_days = 30\nblue_to_days = 60\ngreen_to_days = 90");
    let rest = "due_on_rest_day_moves = false\nstatus = \"to_confirm\"\nsource = { zh = \"\", en = \"\" }";
    format!("id = \"own\"\ninherits = \"national-2015\"\n{name}\n[warning]\n{days}\n{rest}\n")
}

#[test]
fn other_rules_are_said_and_a_fixed_pack_is_not_replaced() {
    let desk = Desk::sqlite();
    std::fs::create_dir(desk.path("packs")).unwrap();
    std::fs::write(desk.path("packs/own.toml"), own_pack(7)).unwrap();
    let divisions = crate::desk::demo("divisions/yizhang.csv");
    let divisions = divisions.to_str().unwrap();
    let init = ["init", "--county", "431022", "--divisions", divisions, "--pack", "own", "--policy", "packs"];
    assert_eq!(desk.code(&init), 0);
    for verb in [&["board"] as &[&str], &["close"], &["rebuild", "--check"]] {
        says(&desk, verb, "政策包 own 现在没有", "policy pack own");
    }
    let said = |words: &[&str]| {
        let output = desk.run(&[words, &["--policy", "packs"]].concat());
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(said(&["close"]), "");
    std::fs::write(desk.path("packs/own.toml"), own_pack(9)).unwrap();
    assert!(said(&["board"]).contains("这次仍按账里的计算"));
    assert!(said(&["close"]).contains("已按现在的重新计算"));
    assert_eq!(said(&["board"]), "");
}
