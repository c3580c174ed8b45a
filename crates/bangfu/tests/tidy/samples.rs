//! A house with one fault for each rule: a rule that cannot complain protects nobody.

use crate::house::{House, Rule};
use crate::{documents, floors, privacy, scope, screen, texts};

/// The rule complains about the first house, naming `about`, and has nothing to say about the second.
fn check(rule: Rule, about: &str, bad: &[(&str, &str)], good: &[(&str, &str)]) {
    let complaints = rule(&House::of(bad));
    assert!(
        complaints.iter().any(|complaint| complaint.contains(about)),
        "not said: {about}, but {complaints:?}"
    );
    assert_eq!(rule(&House::of(good)), Vec::<String>::new());
}

const LOAN: &str = "crates/domain/src/loan.rs";

#[test]
fn long_files() {
    let (long, short) = ("\n".repeat(401), "\n".repeat(400));
    check(floors::files_are_short, "401 lines", &[(LOAN, &long)], &[(LOAN, &short)]);
}

#[test]
fn empty_names() {
    let good = [(LOAN, "mod commonly; // not common")];
    check(floors::names_mean_something, "`utils`", &[("crates/store/src/utils.rs", "")], &good);
    check(floors::names_mean_something, "`helper`", &[(LOAN, "pub(crate) mod helper;")], &good);
}

#[test]
fn floors() {
    let crates =
        ["domain", "sheets", "store", "usecase", "bangfu"].map(|name| format!("crates/{name}/Cargo.toml"));
    let house = |text| crates.iter().map(|path| (path.as_str(), text)).collect::<Vec<_>>();
    let good = house("[dependencies]\njiff = \"1\"\n[dev-dependencies]\nsqlx = \"0\"\n");
    let bad = house("[dependencies]\nsqlx.workspace = true\n");
    check(floors::floors_know_their_place, "crates/domain/Cargo.toml:2", &bad, &good);
    check(floors::floors_know_their_place, "is missing", &[], &good);
}

#[test]
fn sql_elsewhere() {
    let good = [
        ("crates/store/src/loan.rs", "sqlx::query(\"SELECT 1\")"),
        (LOAN, "// SELECT is sqlx's\n\"Select one\""),
    ];
    check(floors::sql_lives_in_store, "loan.rs:1", &[(LOAN, "run(\"SELECT id FROM loan\")")], &good);
    check(floors::sql_lives_in_store, "loan.rs:2", &[(LOAN, "\"\n    INSERT INTO loan\"")], &good);
    check(floors::sql_lives_in_store, "sqlx", &[(LOAN, "use sqlx::Row;")], &good);
}

#[test]
fn floating_money() {
    let good = [(LOAN, "let f64s = 1; // f64"), ("crates/sheets/src/book.rs", "Number(f64)")];
    check(floors::money_is_never_floating, "f64", &[(LOAN, "fn sum(fen: f64)")], &good);
}

#[test]
fn clocks() {
    let good = [("crates/bangfu/src/clock.rs", "Timestamp::now()"), (LOAN, "clock.now()")];
    check(floors::time_is_an_argument, "loan.rs:1", &[(LOAN, "jiff::Timestamp::now()")], &good);
    let asks_database = [("crates/store/src/loan.rs", "\"UPDATE loan SET at = CURRENT_TIMESTAMP\"")];
    check(floors::time_is_an_argument, "the database", &asks_database, &good);
}

#[test]
fn systems() {
    let good = [("crates/bangfu/src/system/confine.rs", "#[cfg(unix)]")];
    check(floors::one_place_knows_the_system, "os::unix", &[(LOAN, "use std::os::unix::fs;")], &good);
}

#[test]
fn parsers() {
    let good = [("crates/bangfu/src/intake.rs", "read_book(&bytes)"), (LOAN, "read_book(&bytes)")];
    let bad = [("crates/bangfu/src/cli/init.rs", "let book = read_book(&bytes);")];
    check(floors::one_place_parses_files, "init.rs:1", &bad, &good);
}

#[test]
fn a_door_that_sees_a_whole_county_is_told() {
    let store =
        ("crates/store/src/bank.rs", "pub async fn all(\n    tx: &mut Tx,\n    county_id: i64,\n) {}");
    let scoped =
        ("crates/store/src/loan/list.rs", "pub async fn list(tx: &mut Tx, scope: &Scope) { county_id: i64 }");
    let door = "crates/bangfu/src/web/board.rs";
    let good = [store, scoped, (door, "use bangfu_store::{bank, loan};\nbank::report(7);\nloan::list(tx);")];
    check(
        scope::doors_read_within_a_scope,
        "board.rs:1: `bank::all`",
        &[store, (door, "bangfu_store::bank::all(tx, 7)")],
        &[store, (door, "use bangfu_store::bank::Branch;\nbank::all(tx, &scope)")],
    );
    let bad = [store, (door, "use bangfu_store::bank::{self};\nbank::all(tx, 7)")];
    check(scope::doors_read_within_a_scope, "board.rs:2: `bank::all`", &bad, &good);
}

#[test]
fn unexplained_exceptions() {
    let good = [(LOAN, "#[expect(clippy::x, reason = \"the file's number\")]")];
    check(floors::exceptions_say_why, "loan.rs:2", &[(LOAN, "//\n#[allow(dead_code)]")], &good);
}

#[test]
fn lone_migrations() {
    let good = [("crates/store/migrations/sqlite/1.sql", ""), ("crates/store/migrations/postgres/1.sql", "")];
    check(floors::migrations_are_twins, "missing for postgres", &good[..1], &good);
    check(floors::migrations_are_twins, "missing for sqlite", &good[1..], &good);
    check(floors::migrations_are_twins, "no migrations", &[], &good);
}

#[test]
fn migrations_of_one_kind() {
    let path = "crates/store/migrations/sqlite/1.sql";
    let good = [(path, "-- no now() here\nCREATE TABLE a (on_day DATE);")];
    check(floors::migrations_are_plain, "1.sql:1", &[(path, "a DATE DEFAULT now()")], &good);
    check(floors::migrations_are_plain, "REAL", &[(path, "rate REAL")], &good);
}

#[test]
fn dead_templates() {
    let page = ("crates/bangfu/templates/a.html", "{% extends \"b.html\" %}{% include \"c.html\" %}");
    let rest = [("crates/bangfu/templates/b.html", ""), ("crates/bangfu/templates/c.html", "")];
    let door = ("crates/bangfu/src/web.rs", "#[template(path = \"a.html\")]");
    check(screen::templates_are_used, "b.html", &[page, rest[0]], &[page, rest[0], rest[1], door]);
}

#[test]
fn unlisted_vendored_files() {
    let script = ("crates/bangfu/static/x.min.js", "");
    let list = ("crates/bangfu/static/VENDORED.md", "| `x.min.js` |");
    check(screen::vendored_files_are_listed, "x.min.js", &[script], &[script, list]);
}

#[test]
fn unequal_languages() {
    let (zh, en) = ("crates/bangfu/texts/zh.ftl", "crates/bangfu/texts/en.ftl");
    let good = [(zh, "# 甲 = 乙\na = 甲\nb = { $n ->\n    *[other] x = y\n}"), (en, "a = A\nb = B")];
    check(screen::languages_are_equal, "zh.ftl lacks `c`", &[(zh, "a = 甲"), (en, "a = A\nc = C")], &good);
    check(screen::languages_are_equal, "en.ftl lacks `c`", &[(zh, "a = 甲\nc = 丙"), (en, "a = A")], &good);
    check(screen::languages_are_equal, "twice", &[(zh, "a = 甲\na = 乙"), (en, "a = A")], &good);
    check(screen::languages_are_equal, "is missing", &good[..1], &good);
}

#[test]
fn texts_without_a_reader() {
    let en = |text| ("crates/bangfu/texts/en.ftl", text);
    let page = |text| ("crates/bangfu/templates/a.html", text);
    let good = [
        en("a = A\nb = B\nrole-leader = L\nhelp-board-known-at = K"),
        page("<p class=\"x\">{{ page.t(\"a\") }}"),
        ("crates/bangfu/src/web/a.rs", "/// \"c\"\nconst B: &str = \"b\";"),
        ("crates/domain/src/officer.rs", "Role::Leader => \"leader\","),
        ("crates/bangfu/src/cli/arguments.rs", "enum Verb { Board } struct Board { known_at: i64 }"),
    ];
    for unasked in ["c = C", "role-clerk = C", "help-board-by = B"] {
        let key = unasked.split(' ').next().unwrap();
        check(texts::texts_are_used, key, &[en(unasked), good[1], good[2], good[3], good[4]], &good);
    }
    check(texts::texts_are_used, "`x`", &[en("x = X"), good[1]], &good);
    check(texts::texts_are_there, "`a`", &[en("b = B\nrole-leader = L"), good[1]], &good);
    check(texts::texts_are_there, "`role-leader`", &[en("a = A"), good[3]], &good);
}

#[test]
fn words_of_the_code() {
    let zh = "crates/bangfu/texts/zh.ftl";
    check(
        screen::words_are_those_of_the_office,
        "每日更新",
        &[(zh, "a = 日终")],
        &[(zh, "# 日终\na = 每日更新")],
    );
}

#[test]
fn far_pages() {
    let page = "crates/bangfu/templates/a.html";
    let good = [(page, "<svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\"/loans\">")];
    check(
        screen::pages_stay_here,
        "another machine",
        &[(page, "<script src=\"https://cdn.example/x.js\">")],
        &good,
    );
    check(screen::pages_stay_here, "inline", &[(page, "<p style=\"color:red\">")], &good);
}

#[test]
fn machine_paths() {
    let good = [("README.md", "cargo run --release -- demo, crates/work/")];
    check(privacy::text_is_at_home_anywhere, "README.md:1", &[("README.md", "cd /work/main")], &good);
    let lock = [("e2e/package-lock.json", "\"resolved\": \"https://registry.npmjs.org/x\"")];
    check(privacy::text_is_at_home_anywhere, "registry", &lock, &good);
}

#[test]
fn real_identity_numbers() {
    let good = [
        ("demo/a.csv", "431099198001010015,11010519491231002X,440524188001010014"),
        ("demo/b.csv", "1110105194912310021,110105194913310021,x110105194912310021"),
    ];
    check(
        privacy::identity_numbers_are_nobodys,
        "starts 431022",
        &[("a.csv", "\"431022198001010011\"")],
        &good,
    );
    let printed = privacy::identity_numbers_are_nobodys(&House::of(&[("a.csv", "431022198001010011")]));
    assert!(!printed.concat().contains("19800101"), "a complaint must not repeat the number");
}

#[test]
fn false_maps() {
    let files =
        [("crates/domain/src/loan/fold.rs", ""), ("crates/store/src/tx.rs", ""), ("policy/a.toml", "")];
    let map = |text| [files[0], files[1], files[2], ("ARCHITECTURE.md", text)];
    let good = map(
        "`domain/loan`, `crates/store/src/tx.rs`, `policy/*.toml`, `crates/{domain,store}/`, `tx.rs`, `/loans`",
    );
    for wrong in ["`domain/laon`", "`store/{tx,tex}.rs`", "`policy/*.json`", "[map](docs/map.md)"] {
        check(documents::map_is_true, "is not there", &map(wrong), &good);
    }
}

#[test]
fn missing_documents() {
    assert!(
        documents::documents_exist(&House::of(&[])).iter().any(|complaint| complaint.contains("LICENSE"))
    );
}
