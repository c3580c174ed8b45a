//! Receivers, robots and gateways that the tests start: what they are asked, and what becomes of their answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use bangfu_domain::message::settle::{Cause, CauseKind, Outcome};
use bangfu_domain::message::{Channel, Kind, State, message_key};
use bangfu_domain::policy::Recipient;
use bangfu_store::message::Message;
use bangfu_store::notice::Notice;
use bangfu_store::office_address::Target;
use bangfu_usecase::message::send::{Claimed, To, What};
use jiff::Timestamp;
use jiff::civil::date;

use super::compose::compose;
use super::http::Asker;
use super::mail::{Encryption, Mail, MailSettings};
use super::sms::Sms;
use super::{robot, webhook};

/// What a server was asked.
struct Asked {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// A server that gives these answers, one to each connection; an empty one is silence.
fn server(answers: &'static [&'static str]) -> (u16, Receiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, heard) = channel();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let mut headers = Vec::new();
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).unwrap();
                let Some((name, value)) = header.trim_end().split_once(": ") else { break };
                headers.push((name.to_owned(), value.to_owned()));
            }
            let asked = Asked { line: line.trim_end().to_owned(), headers, body: String::new() };
            let length: usize = asked.header("content-length").parse().unwrap_or(0);
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            told.send(Asked { body: String::from_utf8(body).unwrap(), ..asked }).unwrap();
            let mut stream = stream;
            stream.write_all(answer.as_bytes()).unwrap();
            if answer.is_empty() {
                held.push(stream);
            }
        }
        std::thread::sleep(Duration::from_secs(5));
    });
    (port, heard)
}

const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn at() -> Timestamp {
    "2019-06-17T09:00:00+08:00".parse().unwrap()
}

fn claimed() -> Claimed {
    let message = Message {
        message_id: 1,
        key: message_key(431_022, &["notice"]),
        channel: Channel::Webhook,
        kind: Kind::Notice,
        subject_id: 7,
        address_id: Some(2),
        at_once: true,
        state: State::Sending,
        attempts: 1,
        next_at: None,
        cause: None,
        queued_at: 0,
        tried_at: Some(0),
        settled_at: None,
        version: 1,
    };
    let counts = r#"[{"kind":"level","level":"red","loans":3},{"kind":"late","level":"yellow","loans":1}]"#;
    let notice = Notice {
        notice_id: 7,
        on_day: date(2019, 6, 17),
        recipient: Recipient::Township,
        place_id: 3,
        at_once: true,
        counts: counts.to_owned(),
    };
    let to = To::Office(target(String::new(), ""));
    Claimed {
        message, what: What::Notice(notice, "白石渡镇".to_owned()), to, county: "宜章县".to_owned()
    }
}

fn target(address: String, secret: &str) -> Target {
    Target { address, secret: secret.to_owned() }
}

fn asker() -> Asker {
    Asker::with_patience(&[], Duration::from_millis(400))
}

fn bare(kind: CauseKind) -> Cause {
    Cause::bare(kind)
}

#[test]
fn a_receiver_proves_from_whom_a_message_is_and_knows_it_again() {
    let (port, heard) = server(&[TAKEN]);
    let said = compose(&claimed(), Some("https://bangfu.example.gov.cn/"));
    let target = target(format!("http://127.0.0.1:{port}/in"), "a-secret-of-both");
    assert_eq!(webhook::send(&asker(), &target, (&said, &claimed()), at()), Outcome::Sent);
    let asked = heard.recv().unwrap();
    assert_eq!(asked.line, "POST /in HTTP/1.1");
    assert_eq!(asked.header(webhook::ID), claimed().message.key);
    let timestamp = asked.header(webhook::TIMESTAMP);
    assert_eq!(timestamp, at().as_second().to_string());
    assert_eq!(
        asked.header(webhook::SIGNATURE),
        webhook::signature("a-secret-of-both", timestamp, &asked.body)
    );
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!((&body["id"], &body["counts"][0]["loans"]), (&claimed().message.key.into(), &3.into()));
    assert_eq!(body["link"], "https://bangfu.example.gov.cn/notices/7");
    assert!(body["text"].as_str().unwrap().contains("红色预警"), "{body}");
}

#[test]
fn what_is_signed_is_what_others_would_sign() {
    // RFC 4231, test case 2.
    let mac = webhook::mac("Jefe", b"what do ya want for nothing?");
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    let signed =
        robot::signed(&target("https://oapi.dingtalk.com/robot/send?access_token=a".to_owned(), "SEC"), at());
    let words: Vec<(String, String)> = form_urlencoded::parse(signed.split_once('?').unwrap().1.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    assert_eq!(words[0], ("access_token".to_owned(), "a".to_owned()));
    assert_eq!(words[1], ("timestamp".to_owned(), at().as_millisecond().to_string()));
    assert_eq!((words[2].0.as_str(), words[2].1.len()), ("sign", 44), "the Base64 of 32 bytes");
}

#[test]
fn statuses_and_silence_say_whether_it_is_tried_again() {
    let (port, _heard) = server(&[
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n",
        "",
    ]);
    let said = compose(&claimed(), None);
    let send = |port: u16| {
        let target = target(format!("http://127.0.0.1:{port}/"), "a-secret");
        webhook::send(&asker(), &target, (&said, &claimed()), at())
    };
    let status = |status: u16| Cause::told(CauseKind::Status, status);
    assert_eq!(send(port), Outcome::Later(status(503)));
    assert_eq!(send(port), Outcome::Refused(status(404)));
    assert_eq!(send(port), Outcome::Refused(status(302)), "it leads nowhere");
    assert_eq!(send(port), Outcome::Later(status(429)));
    assert_eq!(send(port), Outcome::Unknown(bare(CauseKind::Timeout)));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(send(closed), Outcome::Later(bare(CauseKind::Unreachable)));
}

#[test]
fn robots_are_asked_as_they_document_and_their_numbers_count() {
    let (port, heard) = server(&[
        "HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":0,\"errmsg\":\"ok\"}",
        "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"errcode\":93000}",
        "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"errcode\":45009}",
        "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"errcode\":310000}",
        "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"errcode\":130101}",
        TAKEN,
    ]);
    let said = compose(&claimed(), Some("https://bangfu.example.gov.cn"));
    let wecom = || {
        let target = target(format!("http://127.0.0.1:{port}/cgi-bin/webhook/send?key=k"), "");
        robot::wecom(&asker(), &target, &said)
    };
    let ding = || {
        let target = target(format!("http://127.0.0.1:{port}/robot/send?access_token=t"), "SEC1");
        robot::dingtalk(&asker(), &target, &said, at())
    };
    let told = |number: i64| Cause::told(CauseKind::Robot, number);
    assert_eq!(wecom(), Outcome::Sent);
    let asked = heard.recv().unwrap();
    assert_eq!(asked.line, "POST /cgi-bin/webhook/send?key=k HTTP/1.1");
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(body["msgtype"], "markdown");
    let content = body["markdown"]["content"].as_str().unwrap();
    assert!(content.contains("- 红色预警：进入本级 3 笔"), "{content}");
    assert!(content.contains("](https://bangfu.example.gov.cn/notices/7)"), "{content}");
    assert_eq!(wecom(), Outcome::Refused(told(93_000)));
    assert_eq!(wecom(), Outcome::Later(told(45_009)));
    assert_eq!(ding(), Outcome::Refused(told(310_000)));
    let asked = heard.iter().nth(2).unwrap();
    assert!(asked.line.starts_with("POST /robot/send?access_token=t&timestamp="), "{}", asked.line);
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert!(body["markdown"]["title"].as_str().unwrap().contains("白石渡镇"), "{body}");
    assert_eq!(ding(), Outcome::Later(told(130_101)));
    assert_eq!(ding(), Outcome::Refused(bare(CauseKind::Answer)), "no robot of theirs");
}

#[test]
fn a_gateway_is_asked_as_its_file_says() {
    let (port, heard) = server(&[
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":0}",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":9}",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":5}",
        "HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\n{\"code\":0}",
        "",
    ]);
    let file = format!(
        r#"
        url = "http://127.0.0.1:{port}/sms?id={{id}}"
        body = "mobile={{phone}}&content={{text}}"
        success = '"code":0'
        again = '"code":5'
        [headers]
        Content-Type = "application/x-www-form-urlencoded"
        X-Key = "k"
        "#
    );
    let sms = Sms::read(&file).unwrap();
    let send = || sms.send(&asker(), "13800000000", "李四&您好", "m1");
    assert_eq!(send(), Outcome::Sent);
    let asked = heard.recv().unwrap();
    assert_eq!((asked.line.as_str(), asked.header("x-key")), ("POST /sms?id=m1 HTTP/1.1", "k"));
    let words: Vec<String> =
        form_urlencoded::parse(asked.body.as_bytes()).map(|(_, value)| value.into()).collect();
    assert_eq!(words, ["13800000000", "李四&您好"]);
    assert_eq!(send(), Outcome::Refused(bare(CauseKind::Answer)));
    assert_eq!(send(), Outcome::Later(bare(CauseKind::Answer)));
    assert_eq!(send(), Outcome::Later(Cause::told(CauseKind::Status, 500)));
    assert_eq!(send(), Outcome::Unknown(bare(CauseKind::Timeout)), "it may have been taken");
}

#[test]
fn a_mail_server_that_is_silent_or_away_is_tried_again() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mail = |port: u16, encryption| {
        let settings = MailSettings {
            server: "127.0.0.1".to_owned(),
            port,
            encryption,
            login: None,
            from: "bangfu@yizhang.example".parse().unwrap(),
        };
        Mail::with_patience(settings, &[], Duration::from_millis(300)).unwrap()
    };
    let said = compose(&claimed(), None);
    let port = silent.local_addr().unwrap().port();
    let outcome = mail(port, Encryption::None).send("a@b.cn", &said, "k", at());
    assert_eq!(outcome, Outcome::Later(bare(CauseKind::Timeout)));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome = mail(closed, Encryption::Tls).send("a@b.cn", &said, "k", at());
    assert!(matches!(outcome, Outcome::Later(_)), "{outcome:?}");
    let outcome = mail(closed, Encryption::None).send("nobody", &said, "k", at());
    assert_eq!(outcome, Outcome::Refused(bare(CauseKind::Address)));
}

#[test]
fn offices_are_told_counts_and_nobodys_name() {
    let said = compose(&claimed(), None);
    assert_eq!(said.lines, ["红色预警：进入本级 3 笔", "黄色预警：任务逾时 1 笔"]);
    assert!(said.subject.contains("宜章县") && said.subject.contains("白石渡镇"), "{}", said.subject);
    assert_eq!(said.link, None);
}
