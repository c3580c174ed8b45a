//! The log tells of no person, however much it is asked to say.

use std::collections::BTreeSet;
use std::io::Read;

use crate::desk::{Desk, demo};
use crate::serve::Server;

/// Every text of a sample book.
fn texts(file: &str) -> String {
    let bytes = std::fs::read(demo(file)).unwrap();
    if file.ends_with(".csv") {
        return encoding_rs::GB18030.decode(&bytes).0.into_owned();
    }
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for index in 0..book.len() {
        let mut part = book.by_index(index).unwrap();
        if part.name().unwrap().ends_with(".xml") {
            part.read_to_string(&mut all).unwrap();
        }
    }
    all
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Everybody in the sample books: names, identity numbers, phones, and whatever else is written in Chinese there.
fn everybody() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in FILES.map(|(_, file)| file) {
        let text = texts(file);
        for word in text.split(|c: char| !is_chinese(c)).filter(|word| word.chars().count() >= 2) {
            found.insert(word.to_owned());
        }
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            if (word.len() == 11 && digits == 11 && word.starts_with('1'))
                || (word.len() == 18 && digits >= 17)
            {
                found.insert(word.to_owned());
            }
        }
    }
    found
}

const FILES: [(&str, &str); 4] = [
    ("ledger", "yizhang/ledger.xlsx"),
    ("officers", "yizhang/officers.xlsx"),
    ("households", "yizhang/households.xlsx"),
    ("repayments", "yizhang/bank.csv"),
];

fn tells_of_nobody(log: &str, everybody: &BTreeSet<String>) {
    assert!(log.len() > 1_000, "the log says nothing: {log}");
    let names: Vec<&String> = everybody.iter().filter(|word| !word.is_ascii()).collect();
    for line in log.lines() {
        let shown: String = line.chars().take(600).collect();
        assert!(!line.contains("%E"), "something typed stands there, in the form of addresses: {shown}");
        for run in line.split(|c| !is_chinese(c)).filter(|run| !run.is_empty()) {
            assert!(!names.iter().any(|name| run.contains(name.as_str())), "somebody is told of: {shown}");
        }
        for word in line.split(|c: char| !c.is_ascii_alphanumeric()) {
            let told = [11, 18].iter().flat_map(|length| word.as_bytes().windows(*length));
            let told = told.filter_map(|part| std::str::from_utf8(part).ok());
            assert!(!told.into_iter().any(|part| everybody.contains(part)), "a number is told: {shown}");
        }
    }
}

#[test]
fn the_log_tells_of_nobody() {
    let everybody = everybody();
    let (numbers, names): (Vec<&String>, Vec<&String>) =
        everybody.iter().partition(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert!(numbers.len() > 6_000 && names.len() > 1_000, "{} {}", numbers.len(), names.len());
    let desk = Desk::sqlite();
    desk.init();
    let mut log = String::new();
    for (kind, file) in FILES {
        let file = demo(file);
        let words = ["--log", "debug", "import", kind, file.to_str().unwrap(), "--take", "good"];
        let output = desk.run(&words);
        // What is said to people may name what is wrong; lines of the log begin with their instant.
        let said = String::from_utf8(output.stderr).unwrap();
        log.extend(said.lines().filter(|line| line.starts_with("20")).map(|line| format!("{line}\n")));
    }
    tells_of_nobody(&log, &everybody);

    let server = Server::over(desk, &["--log", "debug", "--log-format", "json", "--metrics", "127.0.0.1:0"]);
    let coded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for (kind, file) in &FILES[1..2] {
        let name = names[7];
        server.upload_as(kind, &format!("{name}.xlsx"), &std::fs::read(demo(file)).unwrap());
    }
    server.upload_as("ledger", &format!("{}.xlsx", names[8]), names[9].as_bytes());
    server.upload_as("ledger", "broken.xlsx", format!("PK\x03\x04{}", numbers[0]).as_bytes());
    for who in names.iter().step_by(names.len() / 4).chain(numbers.iter().step_by(numbers.len() / 4)) {
        let who = coded(who);
        for address in [
            format!("/loans?day=2019-04-30&q={who}"),
            format!("/loans?state={who}"),
            format!("/loans/{who}"),
            format!("/{who}"),
            format!("/differences?number={who}"),
            format!("/import/reading/{who}"),
            format!("/?by={who}"),
        ] {
            server.answer(&format!("GET {address}"), b"");
        }
        server.send("/loans/find", &format!("q={who}")).unwrap();
        server.send("/differences/find", &format!("number={who}")).unwrap();
        server.send("/layouts/1/rename", &format!("name={who}")).unwrap();
        server.send("/differences/1/resolve", &format!("reason={who}&way=other")).unwrap();
    }
    for page in ["/", "/imports", "/differences", "/officers", "/divisions", "/loans/export.csv", "/layouts"]
    {
        server.answer(&format!("GET {page}"), b"");
    }
    for _ in 0..600 {
        if server.number("bangfu_readings") < 0.5 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let log = server.log();
    assert!(
        log.contains("SELECT") && log.contains("\"route\":\"/loans/find\""),
        "statements and requests are told"
    );
    tells_of_nobody(&log, &everybody);
}
