//! `bangfu doctor`: what is well with a book and its machine and what is not, with the cure. It changes nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use bangfu_store::county::County;
use bangfu_store::{Address, Db, NEWEST, county, health, key};
use bangfu_usecase::adopt::has_other_rules;
use bangfu_usecase::rulebook::in_force;
use jiff::tz::TimeZone;
use serde_json::json;

use super::arguments::{Doctor, Reach};
use super::terminal::say;
use super::{DONE, Desk, policy, reach};
use crate::clock::zone;
use crate::system::machine;
use crate::tls::authority::Folder;
use crate::tls::pair::Pair;
use crate::tls::{WARN_DAYS, probe};
use crate::words::{self, said};

/// Something is not well.
const ILL: u8 = 1;

/// Free space below which a book is in danger: room for a log, and for what is uploaded.
const FREE_MIN: u64 = 1 << 30;

/// Files and connections that a server with many visitors has open.
const FILES_MIN: u64 = 1024;

/// Days since the last closed one from which on the night has not done its work.
const BEHIND_MAX: i32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Well,
    /// Nothing wrong, but somebody should know.
    Note,
    Ill,
}

struct Finding {
    check: &'static str,
    state: State,
    message: String,
}

/// What was found so far.
struct Visit<'a> {
    desk: &'a Desk,
    findings: Vec<Finding>,
}

impl Visit<'_> {
    fn find(&mut self, check: &'static str, state: State, key: &str, args: &[(&'static str, String)]) {
        let message = said(self.desk.lang, key, args);
        self.findings.push(Finding { check, state, message });
    }

    fn told(&mut self, check: &'static str, message: String) {
        self.findings.push(Finding { check, state: State::Ill, message });
    }
}

pub(super) async fn run(desk: &Desk, asked: &Doctor, packs: Option<&Path>) -> anyhow::Result<u8> {
    let mut visit = Visit { desk, findings: Vec::new() };
    match packs.map(|folder| policy::put_in_force(desk.lang, folder)) {
        Some(Err(fault)) => visit.told("packs", fault.to_string()),
        Some(Ok(())) | None => visit.find("packs", State::Well, "doctor-packs", &[]),
    }
    match Db::open_to_read(&desk.address).await {
        Ok(db) => {
            let place = [("place", desk.address.shown())];
            visit.find("database", State::Well, "doctor-database", &place);
            if let Err(fault) = visit.book(&db).await {
                visit.told("database", words::store(desk.lang, &fault));
            }
            db.close().await;
        }
        Err(fault) => visit.told("database", words::store(desk.lang, &fault)),
    }
    visit.key();
    visit.machine();
    let pair = visit.certificate(&asked.reach);
    visit.port(asked.listen, pair.as_ref());
    let well = visit.findings.iter().all(|finding| finding.state != State::Ill);
    tell(desk, &visit.findings, well)?;
    Ok(if well { DONE } else { ILL })
}

fn tell(desk: &Desk, findings: &[Finding], well: bool) -> anyhow::Result<()> {
    let state = |state: State| match state {
        State::Well => "well",
        State::Note => "note",
        State::Ill => "ill",
    };
    if desk.json {
        let found = findings.iter().map(|finding| {
            json!({ "check": finding.check, "state": state(finding.state), "message": finding.message })
        });
        return say(json!({ "well": well, "findings": found.collect::<Vec<_>>() }));
    }
    for finding in findings {
        let mark = match finding.state {
            State::Well => "✓",
            State::Note => "·",
            State::Ill => "✗",
        };
        say(format!("{mark} {}", finding.message))?;
    }
    say(desk.text(if well { "doctor-well" } else { "doctor-ill" }))
}

impl Visit<'_> {
    /// What the database tells.
    async fn book(&mut self, db: &Db) -> Result<(), bangfu_store::Error> {
        let mut tx = db.read().await?;
        let schema = health::schema(&mut tx).await?;
        let versions = [("found", schema.to_string()), ("own", NEWEST.to_string())];
        match schema == NEWEST {
            true => self.find("schema", State::Well, "doctor-schema", &versions),
            false => self.find("schema", State::Ill, "doctor-schema-other", &versions),
        }
        let size = u64::try_from(health::size(&mut tx).await?).unwrap_or(0);
        for (state, count) in health::imports(&mut tx).await? {
            let count = [("count", count.to_string())];
            match state.as_str() {
                "taking" | "undoing" => self.find("imports", State::Ill, "doctor-imports-broken", &count),
                "arriving" | "staged" => self.find("imports", State::Note, "doctor-imports-staged", &count),
                _ => {}
            }
        }
        for county in county::list(&mut tx).await? {
            self.county(&county);
            let others = has_other_rules(&mut tx, county.county_id, in_force()).await;
            if matches!(others, Ok(true)) {
                self.find("packs", State::Note, "doctor-packs-other", &[("county", county.name)]);
            }
        }
        drop(tx);
        let writable = async { health::is_writable(&mut db.write().await?).await };
        match writable.await {
            Ok(true) => self.find("write", State::Well, "doctor-write", &[]),
            Ok(false) => self.find("write", State::Ill, "doctor-write-not", &[]),
            Err(fault) => self.told("write", words::store(self.desk.lang, &fault)),
        }
        if let Address::Sqlite(path) = &self.desk.address {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            self.space(folder.unwrap_or(Path::new(".")), FREE_MIN.max(size / 2));
        }
        Ok(())
    }

    /// What a county's row tells: whether its days are closed, and whether the clock is sound.
    fn county(&mut self, county: &County) {
        let name = || ("county", county.name.clone());
        let now = self.desk.clock.now();
        match TimeZone::get(&county.time_zone) {
            Ok(_) => {
                let at =
                    now.to_zoned_datetime(zone(&county.time_zone)).strftime("%Y-%m-%d %H:%M").to_string();
                let args = [name(), ("zone", county.time_zone.clone()), ("at", at)];
                self.find("clock", State::Well, "doctor-zone", &args);
            }
            Err(_) => {
                let args = [name(), ("zone", county.time_zone.clone())];
                self.find("clock", State::Ill, "doctor-zone-unknown", &args);
            }
        }
        if now.as_microsecond() < county.last_at {
            self.find("clock", State::Ill, "doctor-clock-behind", &[name()]);
        }
        if county.demo {
            return self.find("close", State::Note, "doctor-demo", &[name()]);
        }
        let today = now.to_zoned_datetime(zone(&county.time_zone)).date();
        match (county.closed_on, county.opening_on) {
            (None, None) => self.find("close", State::Note, "doctor-close-no-ledger", &[name()]),
            (None, Some(_)) => self.find("close", State::Ill, "doctor-close-never", &[name()]),
            (Some(closed), _) => {
                let behind = bangfu_domain::loan::days_between(closed, today);
                let args = [name(), ("day", closed.to_string()), ("n", behind.to_string())];
                if behind > BEHIND_MAX {
                    self.find("close", State::Ill, "doctor-close-behind", &args);
                } else {
                    self.find("close", State::Well, "doctor-close", &args);
                }
            }
        }
    }

    /// Whether others may read the key. Whether it is there and the right one, opening the book has told.
    fn key(&mut self) {
        if key::is_in_environment() {
            return self.find("key", State::Well, "doctor-key-variable", &[]);
        }
        let file = key::file_of(&self.desk.address);
        let place = [("place", file.display().to_string())];
        if !file.exists() {
            return self.find("key", State::Ill, "store-key-missing", &place);
        }
        match machine::others_may_read(&file) {
            Some(true) => self.find("key", State::Ill, "doctor-key-open", &place),
            Some(false) | None => self.find("key", State::Well, "doctor-key", &place),
        }
    }

    fn space(&mut self, folder: &Path, least: u64) {
        let Some(free) = machine::free_bytes(folder) else { return };
        let args = [
            ("place", folder.display().to_string()),
            ("free", (free >> 20).to_string()),
            ("least", (least >> 20).to_string()),
        ];
        match free >= least {
            true => self.find("space", State::Well, "doctor-space", &args),
            false => self.find("space", State::Ill, "doctor-space-little", &args),
        }
    }

    fn machine(&mut self) {
        // Uploaded files and backups pass through here.
        self.space(&std::env::temp_dir(), FREE_MIN / 4);
        if machine::clock_is_set() == Some(false) {
            self.find("clock", State::Note, "doctor-clock-alone", &[]);
        }
        if let Some(files) = machine::files_max() {
            let args = [("n", files.to_string()), ("least", FILES_MIN.to_string())];
            match files >= FILES_MIN {
                true => self.find("files", State::Well, "doctor-files", &args),
                false => self.find("files", State::Ill, "doctor-files-few", &args),
            }
        }
    }

    /// Whether the certificate that is shown to visitors is sound and lasts.
    fn certificate(&mut self, asked: &Reach) -> Option<Pair> {
        let place = match reach::place(self.desk, asked) {
            Ok(place) => place?.0,
            Err(fault) => {
                self.told("certificate", fault.to_string());
                return None;
            }
        };
        let pair = match place.read() {
            Ok(pair) => pair,
            Err(fault) => {
                self.told("certificate", fault.said(self.desk.lang));
                return None;
            }
        };
        let days = pair.days_left(self.desk.clock.now());
        let args = [("names", pair.names.join(", ")), ("days", days.to_string())];
        match days {
            ..0 => self.find("certificate", State::Ill, "doctor-certificate-over", &args),
            0..WARN_DAYS => self.find("certificate", State::Ill, "doctor-certificate-soon", &args),
            WARN_DAYS.. => self.find("certificate", State::Well, "doctor-certificate", &args),
        }
        let authority = asked.tls.as_deref().map(|folder| Folder::new(folder).authority_key());
        for file in [Some(place.key), authority].into_iter().flatten() {
            if machine::others_may_read(&file) == Some(true) {
                let place = [("place", file.display().to_string())];
                self.find("certificate", State::Ill, "doctor-certificate-open", &place);
            }
        }
        Some(pair)
    }

    /// Whether pages can be served at an address, or are already.
    fn port(&mut self, listen: SocketAddr, pair: Option<&Pair>) {
        let args = [("address", listen.to_string())];
        if TcpListener::bind(listen).is_ok() {
            return self.find("port", State::Well, "doctor-port", &args);
        }
        match answers(listen, pair) {
            true => self.find("port", State::Well, "doctor-port-serving", &args),
            false => self.find("port", State::Ill, "doctor-port-taken", &args),
        }
    }
}

/// True if bangfu serves there, with its certificate where it encrypts.
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
