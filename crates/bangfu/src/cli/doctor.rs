//! `bangfu doctor`: what is well with a book and its machine and what is not, with the cure. It changes nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use bangfu_store::Db;
use bangfu_usecase::checkup::{Finding, State, book};
use serde_json::json;

use super::arguments::Doctor;
use super::terminal::say;
use super::{DONE, Desk, policy};
use crate::checkup::{machine, told};

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
    findings.push(port(asked.listen));
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

/// Whether pages can be served at an address, or are already.
fn port(listen: SocketAddr) -> Finding {
    let args = [("address", listen.to_string())];
    if TcpListener::bind(listen).is_ok() {
        return Finding::new("port", State::Well, "port", &args);
    }
    match answers(listen) {
        true => Finding::new("port", State::Well, "port-serving", &args),
        false => Finding::new("port", State::Ill, "port-taken", &args),
    }
}

/// True if bangfu serves there.
fn answers(address: SocketAddr) -> bool {
    let wait = Duration::from_secs(2);
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, wait)?;
        stream.set_read_timeout(Some(wait))?;
        stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.ends_with("ok\n") && answer.contains("x-request-id"))
}
