//! What a server answers: to files that its settings forbid, to those who follow work when it stops, to a search for a
//! number that may be one or the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::desk::{Desk, PROGRAM};

/// A server with a book of its own.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    /// Where machines ask, if it was told to answer them.
    pub(crate) machines: String,
    /// Of the clerk who is signed in.
    pub(crate) cookie: String,
    /// What the clerk's forms carry.
    pub(crate) word: String,
    pub(crate) desk: Desk,
}

pub(crate) const CLERK: &str = "clerk";
const PASSWORD: &str = "walks through every page";

impl Server {
    pub(crate) fn start(settings: &[&str]) -> Server {
        let desk = Desk::sqlite();
        desk.init();
        Server::over(desk, settings)
    }

    pub(crate) fn over(desk: Desk, settings: &[&str]) -> Server {
        Server::of(Path::new(PROGRAM), desk, settings)
    }

    fn of(program: &Path, desk: Desk, settings: &[&str]) -> Server {
        add_clerk(&desk);
        let words = [&["--json", "serve", "--listen", "127.0.0.1:0"], settings].concat();
        let log = std::fs::File::create(desk.path("serve.log")).unwrap();
        let mut child = desk.command_of(program, &words).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let bare = |key: &str| {
            let address = said[key].as_str().unwrap_or("").trim_start_matches("http://");
            address.split('/').next().unwrap_or("").to_owned()
        };
        let (address, machines) = (bare("address"), bare("metrics"));
        let (cookie, word) = (String::new(), String::new());
        let mut server = Server { child, address, machines, cookie, word, desk };
        server.sign_in();
        server
    }

    fn sign_in(&mut self) {
        let form = format!("login={CLERK}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.send("/sign-in", &form).unwrap();
        let kept = answer.split("set-cookie: ").nth(1).and_then(|rest| rest.split(';').next());
        self.cookie = kept.unwrap_or_else(|| panic!("{answer}")).to_owned();
        let page = self.answer("GET /me", b"");
        let word = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.word = word.unwrap_or_else(|| panic!("{page}")).to_owned();
    }

    /// Asks, and leaves the answer to be read.
    pub(crate) fn ask(&self, head: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length, cookie) = (&self.address, body.len(), &self.cookie);
        let head = format!(
            "{head} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {cookie}\r\nContent-Length: {length}\r\n"
        );
        let form = "Content-Type: multipart/form-data; boundary=EDGE\r\n\r\n";
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(form.as_bytes())).unwrap();
        stream.write_all(body).unwrap();
        stream
    }

    pub(crate) fn answer(&self, head: &str, body: &[u8]) -> String {
        let mut bytes = Vec::new();
        self.ask(head, body).read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Sends a form, and reads the answer; nothing where the server is gone.
    pub(crate) fn send(&self, path: &str, form: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let form = format!("{form}&csrf={}", self.word);
        let (host, length, cookie) = (&self.address, form.len(), &self.cookie);
        let kind = "application/x-www-form-urlencoded";
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n{form}"
        )
        .ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned()).filter(|answer| !answer.is_empty())
    }

    /// What machines are told.
    pub(crate) fn machine(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.machines).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// A number that machines are told.
    pub(crate) fn number(&self, name: &str) -> f64 {
        let page = self.machine("/metrics");
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name} is not in\n{page}")).parse().unwrap()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.desk.path("serve.log")).unwrap()
    }

    pub(crate) fn upload(&self, file: &[u8]) -> String {
        self.upload_as("ledger", "a.csv", file)
    }

    pub(crate) fn upload_as(&self, kind: &str, name: &str, file: &[u8]) -> String {
        let part = |name: &str| format!("--EDGE\r\nContent-Disposition: form-data; name=\"{name}\"");
        let word = format!("{}\r\n\r\n{}\r\n", part("csrf"), self.word);
        let kind = format!("{word}{}\r\n\r\n{kind}\r\n", part("kind"));
        let head = format!("{}; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n", part("file"));
        let tail = format!("\r\n{}\r\n\r\n2019-04-30\r\n--EDGE--\r\n", part("as_of"));
        self.answer("POST /import", &[kind.as_bytes(), head.as_bytes(), file, tail.as_bytes()].concat())
    }

    /// Tells it to stop, as a terminal does.
    fn stop(&mut self) {
        self.signal("-INT");
    }

    pub(crate) fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits until it has ended; its exit code.
    pub(crate) fn ended(&mut self, seconds: u64) -> Option<i32> {
        for _ in 0..seconds * 20 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("it has not ended after {seconds} s: {}", self.log());
    }
}

/// Makes the clerk's account, where the book has none.
fn add_clerk(desk: &Desk) {
    let listed = desk.command(&["--json", "user", "list"]).output().unwrap();
    if String::from_utf8_lossy(&listed.stdout).contains(&format!("\"{CLERK}\"")) {
        return;
    }
    let add = ["user", "add", CLERK, "--role", "centre-clerk", "--password-stdin"];
    let mut adding = desk.command(&add).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    adding.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(adding.wait().unwrap().success());
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(crate) fn ledger(rows: usize) -> Vec<u8> {
    let header =
        "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）\n";
    let row = |row: usize| {
        format!("白石渡镇,没有这个村,农户{row},1,农商银行某支行,A{row},50000,2018-05-01,2020-05-20,0\n")
    };
    let rows: String = (0..rows).map(row).collect();
    format!("台账（截至2019年4月30日）\n{header}{rows}").into_bytes()
}

#[test]
fn what_the_settings_forbid_is_told_with_who_can_change_it() {
    let server = Server::start(&["--upload-cells", "20", "--upload-mb", "1"]);
    let large = server.upload(&vec![b'a'; 3 << 19]);
    assert!(large.starts_with("HTTP/1.1 422"), "{}", large.lines().next().unwrap_or(""));
    assert!(large.contains("--upload-mb") && large.contains("1 MB"));
    assert!(large.contains("value=\"2019-04-30\""), "what was typed stays");
    assert!(server.upload(&ledger(2)).starts_with("HTTP/1.1 303"));
    while server.answer("GET /import/reading/1", b"").contains("data-progress") {}
    let told = server.answer("GET /import/1", b"");
    assert!(told.contains("--upload-cells") && told.contains("31"), "{told}");
}

#[test]
fn whoever_follows_work_is_let_go_when_the_server_stops() {
    let mut server = Server::start(&[]);
    assert!(server.upload(&ledger(30_000)).starts_with("HTTP/1.1 303"));
    let mut events = BufReader::new(server.ask("GET /import/reading/1/progress", b""));
    let mut line = String::new();
    while !line.contains("event: progress") {
        line.clear();
        assert!(events.read_line(&mut line).unwrap() > 0, "no event came");
    }
    server.stop();
    let mut rest = String::new();
    events.read_to_string(&mut rest).ok();
    assert!(!rest.contains("event: end"), "the stream ended with the server, not with the work");
}

#[test]
fn files_are_read_on_when_an_upgrade_has_taken_the_programs_place() {
    let desk = Desk::sqlite();
    desk.init();
    let program = desk.path("bangfu");
    std::fs::copy(PROGRAM, &program).unwrap();
    let server = Server::of(&program, desk, &[]);
    // Elsewhere a program that runs cannot be replaced.
    if std::fs::remove_file(&program).is_err() {
        return;
    }
    std::fs::write(&program, "another program").unwrap();
    let answer = server.upload(&ledger(3));
    let page = answer.split("location: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap();
    let shown = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        Some(server.answer(&format!("GET {page}"), b"")).filter(|shown| !shown.contains("data-progress"))
    });
    assert!(shown.is_some(), "the work ends");
    let history = server.answer("GET /imports", b"");
    assert!(history.contains("tag staged") && !history.contains("tag unreadable"), "{history}");
}

#[test]
fn a_contract_number_that_looks_like_an_identity_number_is_found() {
    let desk = Desk::sqlite();
    desk.init();
    let header =
        "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）";
    let row = "白石渡镇,白石渡村,农户一,431099197001010011,农商银行某支行,431099700511270,50000,2018-05-01,2020-05-20,0";
    let file = desk.path("ledger.csv");
    std::fs::write(&file, format!("台账（截至2019年4月30日）\n{header}\n{row}\n")).unwrap();
    assert_eq!(desk.code(&["import", "ledger", file.to_str().unwrap()]), 0);
    let server = Server::over(desk, &[]);
    let found = server.answer("GET /loans?day=2019-04-30&q=431099700511270", b"");
    assert!(found.starts_with("HTTP/1.1 200") && found.contains("农户一"), "{found}");
    let nobody = server.answer("GET /loans?day=2019-04-30&q=431099700511271", b"");
    assert!(nobody.starts_with("HTTP/1.1 303") && !nobody.contains("431099700511271"), "{nobody}");
    let person = server.answer("GET /loans?day=2019-04-30&q=431099197001010011", b"");
    assert!(person.starts_with("HTTP/1.1 303") && !person.contains("431099197001010011"), "{person}");
}
