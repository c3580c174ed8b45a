//! `bangfu send` with a real mail server and a real receiver: what is taken, refused, and broken off.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;

use bangfu_domain::message::desk::Desk as OfficeDesk;
use bangfu_domain::message::settle::TRY_SECONDS_MAX;
use bangfu_domain::message::{Channel, State};
use bangfu_domain::policy::Recipient;
use bangfu_store::message::{self, Message, Part};
use bangfu_store::{Address, Db, Scope, county, division};
use bangfu_usecase::Ctx;
use bangfu_usecase::message::{act, address, send};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::desk::Desk;
use crate::post::{Door, Post};

const COUNTY: i64 = 431_022;

/// A loan that comes to green on the second day, and to whose township something is thus told.
fn ledger() -> String {
    // Nobody's number: no place was ever given its first six digits.
    let body = "43109919700101010";
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][usize::try_from(sum % 11).unwrap()];
    format!(
        "台账（截至2019-04-30）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）\n\
         白石渡镇,白石渡村,农户甲,{body}{check},农商银行某支行,A1,50000,2017-09-01,2019-07-30,0\n"
    )
}

/// Somebody who keeps addresses and looks after messages.
fn ctx() -> Ctx {
    Ctx {
        actor: "test".to_owned(),
        role: None,
        at: Timestamp::UNIX_EPOCH,
        today: date(2019, 5, 1),
        scope: Scope::county(COUNTY),
        reason: None,
        request_id: String::new(),
        client_id: String::new(),
    }
}

async fn open(desk: &Desk) -> Db {
    let file = desk.path("book.db");
    Db::open(&Address::Sqlite(file)).await.unwrap()
}

/// A book with one digest for each address of the township.
async fn told(desk: &Desk, addresses: &[(Channel, &str, &str)]) {
    desk.init();
    std::fs::write(desk.path("ledger.csv"), ledger()).unwrap();
    assert_eq!(desk.code(&["import", "ledger", "ledger.csv"]), 0);
    let db = open(desk).await;
    let mut tx = db.read().await.unwrap();
    let place =
        division::by_code(&mut tx, "431022101000", date(2019, 5, 1)).await.unwrap().unwrap().division_id;
    let own = county::get(&mut tx, COUNTY).await.unwrap().division_id;
    drop(tx);
    let place = (OfficeDesk::Office(Recipient::Township), place);
    assert_ne!(place.1, own);
    for (channel, to, secret) in addresses {
        let new = address::NewAddress {
            desk: Some(place),
            channel: Some(*channel),
            address: (*to).to_owned(),
            secret: (*secret).to_owned(),
            reason: "测试".to_owned(),
        };
        address::add(&db, &ctx(), &new).await.unwrap();
    }
    db.close().await;
    assert_eq!(desk.code(&["close", "--date", "2019-04-30"]), 0);
    assert_eq!(desk.code(&["close", "--date", "2019-05-01"]), 0);
}

fn sending(desk: &Desk, settings: &[(&str, &str)]) -> Command {
    let mut command = desk.command(&["send", "--json", "--quiet-hours", "00:00-00:00"]);
    command.envs(settings.iter().copied());
    command
}

fn sent(desk: &Desk, settings: &[(&str, &str)]) -> Value {
    let output = sending(desk, settings).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn messages(desk: &Desk) -> Vec<Message> {
    let db = open(desk).await;
    let all = message::list(&mut db.read().await.unwrap(), &ctx().scope, (Part::All, None), None, 99).await;
    db.close().await;
    all.unwrap()
}

fn numbers(done: &Value) -> [u64; 4] {
    ["sent", "failed", "dead", "unsure"].map(|key| done[key].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_once_however_often_the_program_is_asked() {
    for (door, signs_in) in [(Door::Open, false), (Door::Starttls, true), (Door::Tls, true)] {
        let (desk, post) = (Desk::sqlite(), Post::open(door, signs_in));
        told(&desk, &[(Channel::Email, "baishidu@yizhang.example", "")]).await;
        assert_eq!(numbers(&sent(&desk, &[])), [0, 0, 0, 0], "nothing leaves that was not set");
        std::fs::write(desk.path("ca.pem"), &post.certificate).unwrap();
        std::fs::write(desk.path("password"), "letmein\n").unwrap();
        let port = post.port.to_string();
        let way = match door {
            Door::Open => "none",
            Door::Starttls => "starttls",
            Door::Tls => "tls",
        };
        let mut settings = vec![
            ("BANGFU_SMTP_SERVER", "localhost"),
            ("BANGFU_SMTP_PORT", port.as_str()),
            ("BANGFU_SMTP_TLS", way),
            ("BANGFU_SMTP_FROM", "帮扶 <bangfu@yizhang.example>"),
            ("BANGFU_PAGES", "https://bangfu.yizhang.example"),
            ("BANGFU_SEND_AUTHORITY", "ca.pem"),
        ];
        if signs_in {
            settings.extend([("BANGFU_SMTP_LOGIN", "bangfu"), ("BANGFU_SMTP_PASSWORD_FILE", "password")]);
        }
        assert_eq!(numbers(&sent(&desk, &settings)), [1, 0, 0, 0], "{door:?}");
        assert_eq!(numbers(&sent(&desk, &settings)), [0, 0, 0, 0], "{door:?}: once");
        let letters = post.letters();
        assert_eq!(letters.len(), 1, "{door:?}");
        let letter = &letters[0];
        assert_eq!(letter.to, "baishidu@yizhang.example");
        assert!(letter.from.contains("bangfu@yizhang.example"));
        assert_eq!((letter.encrypted, letter.signed_in.is_some()), (door != Door::Open, signs_in));
        let key = &messages(&desk).await[0].key;
        assert!(letter.body.contains(&format!("Message-ID: <{key}@yizhang.example>")), "{}", letter.body);
        assert!(!letter.body.contains("农户"), "no name leaves for an office");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_server_refuses_is_kept_with_its_cause() {
    for (mailbox, numbers_then, state, code) in [
        ("never@yizhang.example", [0, 0, 1, 0], State::Dead, "550"),
        ("later@yizhang.example", [0, 1, 0, 0], State::Failed, "451"),
    ] {
        let (desk, post) = (Desk::sqlite(), Post::open(Door::Open, false));
        told(&desk, &[(Channel::Email, mailbox, "")]).await;
        let port = post.port.to_string();
        let settings = [
            ("BANGFU_SMTP_SERVER", "localhost"),
            ("BANGFU_SMTP_PORT", port.as_str()),
            ("BANGFU_SMTP_TLS", "none"),
            ("BANGFU_SMTP_FROM", "bangfu@yizhang.example"),
        ];
        assert_eq!(numbers(&sent(&desk, &settings)), numbers_then, "{mailbox}");
        let kept = &messages(&desk).await[0];
        assert_eq!((kept.state, kept.attempts), (state, 1));
        assert_eq!(kept.cause.as_ref().unwrap().detail, code);
        // A server that offers no encryption is told nothing where some was wanted.
        let wary = settings.map(|(name, value)| (name, if value == "none" { "starttls" } else { value }));
        assert_eq!(numbers(&sent(&desk, &wary))[0], 0);
        assert!(post.letters().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_sending_and_writing_down_it_waits_for_somebody() {
    let (desk, listener) = (Desk::sqlite(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    told(&desk, &[(Channel::Webhook, &format!("http://127.0.0.1:{port}/in"), "of-both-of-us")]).await;
    let settings = [("BANGFU_SEND_HOSTS", "127.0.0.1")];
    let mut running = sending(&desk, &settings).spawn().unwrap();
    // The receiver has it whole, and the program ends before it hears so.
    let (stream, _) = listener.accept().unwrap();
    let first = received(&stream);
    running.kill().unwrap();
    running.wait().unwrap();
    drop(stream);
    assert_eq!(messages(&desk).await[0].state, State::Sending);
    assert_eq!(numbers(&sent(&desk, &settings)), [0, 0, 0, 0], "another may be at it");
    // Later it is found, and somebody who asked the receiver sends it again: a repeat that is known as one.
    let db = open(&desk).await;
    let tried = messages(&desk).await[0].tried_at.unwrap();
    let later = Timestamp::from_microsecond(tried).unwrap() + SignedDuration::from_secs(TRY_SECONDS_MAX + 1);
    let later = Ctx { at: later, ..ctx() };
    assert_eq!(send::find_broken_off(&db, &later).await.unwrap(), 1);
    let unsure = messages(&desk).await[0].clone();
    assert_eq!(unsure.state, State::Unsure);
    let early = Ctx { at: Timestamp::from_microsecond(tried).unwrap(), ..ctx() };
    act::again(&db, &early, unsure.message_id, unsure.version).await.unwrap();
    db.close().await;
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let second = received(&stream);
        stream.write_all(b"HTTP/1.1 204 Taken\r\n\r\n").unwrap();
        second
    });
    assert_eq!(numbers(&sent(&desk, &settings)), [1, 0, 0, 0]);
    assert_eq!(answering.join().unwrap(), first, "the same id");
}

/// The id of a message that a receiver has read whole.
fn received(stream: &std::net::TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-bangfu-id" => id = value.to_owned(),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    id
}
