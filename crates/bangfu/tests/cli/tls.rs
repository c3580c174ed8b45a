//! Connections are encrypted with the county's own certificate or another, or come through a proxy that was declared.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

use crate::desk::Desk;

const LOGIN: &str = "login=li.na&password=walks+through+every+page";

/// A server that was told how it is reached.
struct Served<'a> {
    child: Child,
    /// With its scheme.
    address: String,
    desk: &'a Desk,
}

impl Served<'_> {
    fn start<'a>(desk: &'a Desk, settings: &[&str]) -> Served<'a> {
        let words = [&["--json", "serve", "--listen", "127.0.0.1:0"], settings].concat();
        let log = std::fs::File::create(desk.path("serve.log")).unwrap();
        let mut child = desk.command(&words).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let address = said["address"].as_str().unwrap().trim_end_matches('/').to_owned();
        Served { child, address, desk }
    }

    fn place(&self) -> &str {
        self.address.split_once("://").unwrap().1
    }

    fn plain(&self) -> TcpStream {
        let stream = TcpStream::connect(self.place()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// An encrypted connection for who trusts an authority; why there is none.
    fn encrypted(
        &self,
        authority: Option<&Path>,
        name: &str,
        version: &'static SupportedProtocolVersion,
    ) -> Result<StreamOwned<ClientConnection, TcpStream>, String> {
        let mut roots = RootCertStore::empty();
        if let Some(authority) = authority {
            roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
        }
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = self.plain();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).map_err(|error| error.to_string())?;
        }
        Ok(StreamOwned::new(connection, stream))
    }

    /// The answer to a request of who trusts the authority of this server.
    fn answer(&self, head: &str, headers: &str, form: &str) -> String {
        let authority = self.desk.path("tls/ca.crt");
        exchange(self.encrypted(Some(&authority), "127.0.0.1", &TLS13).unwrap(), head, headers, form)
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn exchange(mut stream: impl Read + Write, head: &str, headers: &str, form: &str) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let length = form.len();
    let text = format!(
        "{head} HTTP/1.1\r\nConnection: close\r\n{kind}Content-Length: {length}\r\n{headers}\r\n{form}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    stream.flush().unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let lines = answer.split("\r\n\r\n").next().unwrap().lines();
    lines.filter_map(|line| line.split_once(": ")).find_map(|(one, value)| (one == name).then_some(value))
}

/// A book with somebody who may sign in.
fn desk() -> Desk {
    let desk = Desk::sqlite();
    desk.init();
    let add = ["user", "add", "li.na", "--role", "centre-clerk", "--password-stdin"];
    let mut adding = desk.command(&add).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    adding.stdin.take().unwrap().write_all(b"walks through every page").unwrap();
    assert!(adding.wait().unwrap().success());
    desk
}

fn certified() -> Desk {
    let desk = desk();
    let made = desk.json(&["tls", "init", "--name", "10.20.30.40", "--name", "bangfu.local"]);
    assert_eq!(made["names"][0], "10.20.30.40");
    assert_eq!(made["fingerprint"].as_str().unwrap().split(':').count(), 32);
    desk
}

fn states(desk: &Desk, served: &Served, check: &str) -> Vec<String> {
    let words = ["doctor", "--json", "--tls", "tls", "--listen", served.place()];
    let output = desk.command(&words).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = found["findings"].as_array().unwrap().iter().filter(|finding| finding["check"] == check);
    of.map(|finding| finding["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_are_encrypted_for_who_trusts_the_countys_authority_and_for_nobody_else() {
    let desk = certified();
    let mut served = Served::start(&desk, &["--tls", "tls"]);
    assert!(served.address.starts_with("https://127.0.0.1:"), "{}", served.address);
    let authority = desk.path("tls/ca.crt");
    for version in [&TLS12, &TLS13] {
        let stream = served.encrypted(Some(&authority), "127.0.0.1", version).unwrap();
        let answer = exchange(stream, "GET /sign-in", "Host: 10.20.30.40:8443\r\n", "");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("登录"), "{answer}");
        assert_eq!(header(&answer, "strict-transport-security"), None, "a county's own is no promise");
    }
    assert!(served.encrypted(Some(&authority), "bangfu.local", &TLS13).is_ok());
    let refused = |authority, name| served.encrypted(authority, name, &TLS13).unwrap_err();
    assert!(refused(None, "127.0.0.1").contains("UnknownIssuer"));
    assert!(refused(Some(authority.as_path()), "bank.example").contains("not valid for name"));

    // The cookie of a session goes no other way.
    let answer = served.answer("POST /sign-in", "Host: bangfu.local:8443\r\n", LOGIN);
    let cookie = header(&answer, "set-cookie").unwrap();
    assert!(answer.starts_with("HTTP/1.1 303") && cookie.ends_with("; HttpOnly; Secure"), "{answer}");

    // Whoever speaks plain HTTP to it gets no answer, and disturbs nobody.
    let mut plain = served.plain();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let end = plain.read_to_end(&mut answer).map_err(|error| error.kind());
    assert!(matches!(end, Ok(_) | Err(ErrorKind::ConnectionReset)), "{end:?}");
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"), "{answer:?}");

    assert_eq!(states(&desk, &served, "port"), ["well"], "the doctor knows its own server");
    assert_eq!(states(&desk, &served, "certificate"), ["well"]);
    for key in ["tls/ca.key", "tls/server.pem"] {
        assert!(Command::new("chmod").arg("644").arg(desk.path(key)).status().unwrap().success());
        assert_eq!(states(&desk, &served, "certificate"), ["well", "ill"], "{key} can be read by others");
        assert!(Command::new("chmod").arg("600").arg(desk.path(key)).status().unwrap().success());
    }

    // Told to stop, it ends what is being answered and then itself.
    let mut waiting = served.encrypted(Some(&authority), "127.0.0.1", &TLS13).unwrap();
    waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    let mut begun = [0; 12];
    waiting.read_exact(&mut begun).unwrap();
    let told = Command::new("kill").args(["-INT", &served.child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut rest = Vec::new();
    waiting.read_to_end(&mut rest).unwrap();
    assert!(String::from_utf8_lossy(&rest).ends_with("ok\n"));
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_renewed_certificate_is_taken_up_without_a_restart() {
    let desk = certified();
    let served = Served::start(&desk, &["--tls", "tls"]);
    let authority = desk.path("tls/ca.crt");
    let shown = || {
        let stream = served.encrypted(Some(&authority), "127.0.0.1", &TLS13).unwrap();
        stream.conn.peer_certificates().unwrap()[0].clone().into_owned()
    };
    let first = shown();
    // What cannot be used is not taken up.
    let server = desk.path("tls/server.pem");
    let kept = std::fs::read(&server).unwrap();
    std::fs::write(&server, "nothing").unwrap();
    std::thread::sleep(Duration::from_secs(7));
    assert_eq!(shown(), first);
    std::fs::write(&server, kept).unwrap();
    let renewed = desk.json(&["tls", "renew"]);
    assert_eq!(renewed["names"][1], "bangfu.local", "it is for the same names");
    for _ in 0..60 {
        if shown() != first {
            return;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("the certificate is still the old one");
}

#[test]
fn a_certificate_of_ones_own_makes_browsers_strict_about_its_name() {
    let desk = certified();
    let own = ["--tls-certificate", "tls/server.pem", "--tls-key", "tls/server.pem"];
    let served = Served::start(&desk, &own);
    let strict = |host: &str| {
        let answer = served.answer("GET /sign-in", &format!("Host: {host}\r\n"), "");
        header(&answer, "strict-transport-security").map(str::to_owned)
    };
    assert_eq!(strict("bangfu.local").as_deref(), Some("max-age=2592000"));
    assert_eq!((strict("bangfu.local:8443"), strict("10.20.30.40")), (None, None));
}

#[test]
fn what_a_proxy_says_is_believed_from_a_declared_one_alone() {
    let desk = desk();
    let said = "Host: bangfu.local\r\nX-Forwarded-For: 6.6.6.6, 10.9.8.7\r\nX-Forwarded-Proto: https\r\n";
    let alone = said.replace("bangfu.local", "127.0.0.1");
    let signed_in = |served: &Served, headers: &str| {
        let answer = exchange(served.plain(), "POST /sign-in", headers, LOGIN);
        let cookie = header(&answer, "set-cookie").unwrap_or_else(|| panic!("{answer}")).to_owned();
        let kept = cookie.split(';').next().unwrap();
        let me = exchange(served.plain(), "GET /me", &format!("{headers}Cookie: {kept}\r\n"), "");
        (cookie.ends_with("; Secure"), me)
    };
    let served = Served::start(&desk, &[]);
    let refused = exchange(served.plain(), "GET /sign-in", said, "");
    assert!(refused.starts_with("HTTP/1.1 421"), "another name is not answered: {refused}");
    let (secure, me) = signed_in(&served, &alone);
    assert!(!secure && me.contains("127.0.0.1") && !me.contains("10.9.8.7"), "{me}");
    drop(served);

    let served = Served::start(&desk, &["--proxy", "10.0.0.0/8,::1/128"]);
    let refused = exchange(served.plain(), "GET /sign-in", said, "");
    assert!(refused.starts_with("HTTP/1.1 421"), "this machine lies in no declared range: {refused}");
    drop(served);
    let served = Served::start(&desk, &["--proxy", "127.0.0.0/8,::1"]);
    let (secure, me) = signed_in(&served, said);
    assert!(secure && me.contains("10.9.8.7") && !me.contains("6.6.6.6"), "{me}");
    // Who tries wrong passwords waits at the visitor's address, not at the proxy's.
    let wrong = LOGIN.replace("li.na", "nobody");
    for _ in 0..21 {
        exchange(served.plain(), "POST /sign-in", said, &wrong);
    }
    let held = exchange(served.plain(), "POST /sign-in", said, &wrong);
    assert!(held.starts_with("HTTP/1.1 429"), "{held}");
    let other = exchange(served.plain(), "POST /sign-in", &said.replace("10.9.8.7", "10.9.8.8"), LOGIN);
    assert!(other.starts_with("HTTP/1.1 303"), "{other}");
}

#[test]
fn without_names_the_machines_own_are_taken_and_said() {
    let desk = desk();
    for (lang, hint) in [("zh", "没有写 --name"), ("en", "No --name was told")] {
        let said = desk.run(&["--lang", lang, "tls", "init", "--tls", lang]);
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains(hint), "{said}");
    }
    let made = desk.json(&["tls", "init"]);
    let names: Vec<&str> =
        made["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let own = names.strip_suffix(&["localhost", "127.0.0.1", "::1"]).unwrap();
    assert!(!own.is_empty() && own.iter().all(|name| !name.starts_with("127.")), "{names:?}");
    let served = Served::start(&desk, &["--tls", "tls"]);
    let authority = desk.path("tls/ca.crt");
    for name in own {
        assert!(served.encrypted(Some(&authority), name, &TLS13).is_ok(), "{name}");
    }
}

#[test]
fn what_cannot_be_encrypted_is_said_with_the_way_out() {
    let desk = Desk::sqlite();
    let says = |words: &[&str], zh: &str, en: &str| {
        for (lang, hint) in [("zh", zh), ("en", en)] {
            let said = desk.refused(&[words, &["--lang", lang]].concat());
            assert!(said.contains(hint), "{words:?}: {said}");
        }
    };
    let foreign = ["serve", "--listen", "0.0.0.0:0"];
    says(&foreign, "bangfu tls init", "--proxy");
    let foreign = ["serve", "--listen", "127.0.0.1:0", "--metrics", "0.0.0.0:0"];
    says(&foreign, "监控也一样", "monitoring too");
    says(&["tls", "init", "--name", "https://10.0.0.1"], "不写 https://", "without https://");
    says(&["tls", "renew"], "bangfu tls init", "bangfu tls init");
    assert!(!desk.path("tls").exists());
    desk.json(&["tls", "init", "--name", "10.0.0.1"]);
    says(&["tls", "init", "--name", "10.0.0.1"], "没有改动任何文件", "nothing was changed");
    // Killed before the authority's certificate was there, it says how to go on.
    std::fs::rename(desk.path("tls/ca.crt"), desk.path("kept.crt")).unwrap();
    says(&["tls", "init", "--name", "10.0.0.1"], "再运行一次", "run it again");
    std::fs::rename(desk.path("kept.crt"), desk.path("tls/ca.crt")).unwrap();
    says(&["tls", "renew", "--name", "bank.example"], "只用于内网地址", "private addresses");
    says(&["serve", "--tls-key", "tls/server.pem"], "--tls-certificate", "--tls-certificate");
    let twice = ["serve", "--tls", "tls", "--tls-certificate", "tls/server.pem"];
    says(&twice, "只能写一个", "Only one");
    says(&["serve", "--tls", "nowhere"], "nowhere", "nowhere");
    let apart = ["serve", "--tls-certificate", "tls/server.pem", "--tls-key", "tls/ca.key"];
    says(&apart, "不是证书", "is not that of the certificate");
    says(&["serve", "--tls-certificate", "tls/ca.key"], "没有能用的证书", "no usable certificate");
    says(&["serve", "--proxy", "nginx"], "nginx", "nginx");
}
