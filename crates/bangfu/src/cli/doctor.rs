//! `bangfu doctor`: what is well with a book and its machine and what is not, with the cure. It changes nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use bangfu_store::Db;
use bangfu_usecase::checkup::{Finding, State, book};
use serde_json::json;

use super::arguments::{Doctor, Reach};
use super::terminal::say;
use super::{DONE, Desk, policy, reach};
use crate::checkup::{self, machine, told};
use crate::system::machine::others_may_read;
use crate::tls::authority::Folder;
use crate::tls::pair::Pair;
use crate::tls::probe;

/// Something is not well.
const ILL: u8 = 1;

pub(super) async fn run(desk: &Desk, asked: &Doctor, packs: Option<&Path>) -> anyhow::Result<u8> {
    let mut findings = Vec::new();
    match packs.map(|folder| policy::put_in_force(desk.lang, folder)) {
        Some(Err(fault)) => {
            let args = [("why", fault.to_string())];
            findings.push(Finding::new("packs", State::Ill, "packs-unreadable", &args));
        }
        Some(Ok(())) | None => findings.push(Finding::new("packs", State::Well, "packs", &[])),
    }
    let machine = machine(&desk.address);
    match Db::open_to_read(&desk.address).await {
        Ok(db) => {
            let place = [("place", desk.address.shown())];
            findings.push(Finding::new("database", State::Well, "database", &place));
            match book(&db, desk.clock.now(), &machine, None).await {
                Ok(found) => findings.extend(found),
                Err(fault) => findings.push(Finding::store("database", &fault)),
            }
            db.close().await;
        }
        Err(fault) => findings.push(Finding::store("database", &fault)),
    }
    findings.extend(machine.findings());
    let pair = certificate(desk, &asked.reach, &mut findings);
    findings.push(port(asked.listen, pair.as_ref()));
    let well = findings.iter().all(|finding| finding.state != State::Ill);
    tell(desk, &findings, well)?;
    Ok(if well { DONE } else { ILL })
}

fn tell(desk: &Desk, findings: &[Finding], well: bool) -> anyhow::Result<()> {
    if desk.json {
        let found = findings.iter().map(|finding| {
            let message = told(desk.lang, finding);
            json!({ "check": finding.check, "state": finding.state.key(), "message": message })
        });
        return say(json!({ "well": well, "findings": found.collect::<Vec<_>>() }));
    }
    for finding in findings {
        let mark = match finding.state {
            State::Well => "✓",
            State::Note => "·",
            State::Ill => "✗",
        };
        say(format!("{mark} {}", told(desk.lang, finding)))?;
    }
    say(desk.text(if well { "doctor-well" } else { "doctor-ill" }))
}

/// Whether the certificate that is shown to visitors is sound and lasts.
fn certificate(desk: &Desk, asked: &Reach, findings: &mut Vec<Finding>) -> Option<Pair> {
    let mut find = |state: State, word: &'static str, args: &[(&'static str, String)]| {
        findings.push(Finding::new("certificate", state, word, args));
    };
    let place = match reach::place(desk, asked) {
        Ok(place) => place?.0,
        Err(fault) => {
            find(State::Ill, "certificate-unread", &[("why", fault.to_string())]);
            return None;
        }
    };
    let pair = match place.read() {
        Ok(pair) => pair,
        Err(fault) => {
            find(State::Ill, "certificate-unread", &[("why", fault.said(desk.lang))]);
            return None;
        }
    };
    findings.push(checkup::certificate(&pair, desk.clock.now()));
    let authority = asked.tls.as_deref().map(|folder| Folder::new(folder).authority_key());
    for file in [Some(place.key), authority].into_iter().flatten() {
        if others_may_read(&file) == Some(true) {
            let args = [("place", file.display().to_string())];
            findings.push(Finding::new("certificate", State::Ill, "certificate-open", &args));
        }
    }
    Some(pair)
}

/// Whether pages can be served at an address, or are already.
fn port(listen: SocketAddr, pair: Option<&Pair>) -> Finding {
    let args = [("address", listen.to_string())];
    if TcpListener::bind(listen).is_ok() {
        return Finding::new("port", State::Well, "port", &args);
    }
    match answers(listen, pair) {
        true => Finding::new("port", State::Well, "port-serving", &args),
        false => Finding::new("port", State::Ill, "port-taken", &args),
    }
}

/// True if bangfu serves there.
fn answers(address: SocketAddr, pair: Option<&Pair>) -> bool {
    let wait = Duration::from_secs(2);
    let connect = || -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&address, wait)?;
        stream.set_read_timeout(Some(wait))?;
        Ok(stream)
    };
    let Ok(stream) = connect() else { return false };
    let answer = match pair {
        None => ask(stream),
        Some(pair) => match probe::connect(pair, stream, address) {
            Ok(stream) => ask(stream),
            Err(_) => return false,
        },
    };
    answer.is_ok_and(|answer| answer.ends_with("ok\n") && answer.contains("x-request-id"))
}

fn ask(mut stream: impl Read + Write) -> std::io::Result<String> {
    stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer)
}
