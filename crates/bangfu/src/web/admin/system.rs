//! `/admin/system`: how the system fares, and the cure for what is not well.

use askama::Template;
use axum::response::Response;
use bangfu_usecase::checkup::State;
use bangfu_usecase::system::{self, SystemState};
use jiff::civil::DateTime;

use crate::checkup::{certificate, machine, told};
use crate::clock::running;
use crate::texts::{Lang, Value};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};

/// The page.
#[derive(Template)]
#[template(path = "admin_system.html")]
pub(crate) struct SystemPage {
    /// The frame.
    pub(crate) page: Page,
    /// What is known, each with the key of its name.
    pub(crate) facts: Vec<Fact>,
    /// What was found, the worst first.
    pub(crate) findings: Vec<Found>,
}

/// Something that is known.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// The key of its name.
    pub(crate) key: &'static str,
    /// What it is.
    pub(crate) text: String,
    /// Where it can be seen, if somewhere.
    pub(crate) href: Option<&'static str>,
}

/// A finding in words.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// How it stands.
    pub(crate) state: State,
    /// What it is, with its cure.
    pub(crate) message: String,
}

impl Found {
    /// The key of the word for how it stands.
    pub(crate) fn state_key(&self) -> &'static str {
        match self.state {
            State::Well => "system-state-well",
            State::Note => "system-state-note",
            State::Ill => "system-state-ill",
        }
    }

    /// The look of that word.
    pub(crate) fn look(&self) -> &'static str {
        match self.state {
            State::Well => "good",
            State::Note => "staged",
            State::Ill => "unreadable",
        }
    }
}

impl SystemPage {
    /// How many things are to be looked after.
    pub(crate) fn ill(&self) -> usize {
        self.findings.iter().filter(|found| found.state == State::Ill).count()
    }
}

/// What a process tells of itself.
pub(crate) struct Process {
    /// When it began.
    pub(crate) started_at: DateTime,
    /// Files that it is reading.
    pub(crate) reading: u64,
    /// The place of the database's file and what is left there, in bytes.
    pub(crate) space: Option<(String, Option<u64>)>,
    /// Until when the server's certificate is good, and how many days that is, where this program encrypts.
    pub(crate) certificate: Option<(DateTime, i64)>,
}

/// `GET /admin/system`
pub(in crate::web) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let db = &face.app.db;
    let machine = machine(db.address());
    let space = machine.database.clone().map(|space| (space.place, space.free));
    let mut state = system::look(db, &face.ctx(), &machine).await?;
    let (shown_pair, now) = (face.app.keeper.as_ref().map(|keeper| keeper.current()), face.app.clock.now());
    state.findings.extend(shown_pair.as_ref().map(|pair| certificate(pair, now)));
    state.findings.sort_by_key(|one| std::cmp::Reverse(one.state));
    let county = face.county(&mut db.read().await?).await?;
    let up = i64::try_from(running().as_micros()).unwrap_or(0);
    let process = Process {
        started_at: face.local(face.app.clock.now().as_microsecond() - up),
        reading: unsigned(face.jobs.going_on()),
        space,
        certificate: shown_pair.map(|pair| (face.local(pair.ends_at.as_microsecond()), pair.days_left(now))),
    };
    let page = face.page(&visitor, Section::Administration, &county);
    html(&shown(page, &state, &process, |micros| face.local(micros)))
}

/// The page of a state.
pub(crate) fn shown(
    page: Page,
    state: &SystemState,
    process: &Process,
    local: impl Fn(i64) -> DateTime,
) -> SystemPage {
    let lang = page.lang;
    let findings = state.findings.iter();
    let findings = findings.map(|one| Found { state: one.state, message: told(lang, one) }).collect();
    let facts = facts(&page, state, process, local);
    SystemPage { page, facts, findings }
}

fn facts(page: &Page, state: &SystemState, process: &Process, local: impl Fn(i64) -> DateTime) -> Vec<Fact> {
    let plain = |key, text| Fact { key, text, href: None };
    let closed = match (state.closed_on, state.behind) {
        (None, _) => page.t("system-never"),
        (Some(day), Some(behind)) => {
            page.t2("system-closed-behind", "day", page.day_plain(&day), "n", behind)
        }
        (Some(day), None) => page.day_plain(&day),
    };
    let night = match (&state.night, state.is_shared) {
        (_, false) => page.t("system-night-here"),
        (Some(holder), true) => holder.clone(),
        (None, true) => page.t("system-night-none"),
    };
    let kind = page.t(if state.is_shared { "system-postgres" } else { "system-sqlite" });
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    let free = match &process.space {
        Some((place, Some(free))) => page.t2("system-free-mb", "n", megabytes(*free), "place", place.clone()),
        Some((_, None)) | None => page.t("system-unknown"),
    };
    let moment = |micros: i64| page.moment(&local(micros));
    let pack = match (&state.pack, state.rules_since) {
        (None, _) => page.t("system-pack-none"),
        (Some(pack), since) => {
            let name = if page.lang == Lang::Zh { &pack.zh } else { &pack.en };
            match since {
                Some(since) => page.t2("system-rules-since", "pack", name.clone(), "at", moment(since)),
                None => name.clone(),
            }
        }
    };
    let backup = match &state.backup {
        None => page.t("system-backup-none"),
        Some(last) => page.lang.text_with(
            "system-backup-last",
            &[
                ("at", Value::from(moment(last.at))),
                ("who", Value::from(page.actor(&last.actor))),
                ("file", Value::from(last.file.as_str())),
            ],
        ),
    };
    let certificate = process.certificate.map(|(ends_at, days)| {
        let day = page.day_plain(&ends_at.date());
        let text = match days {
            ..0 => page.t1("system-certificate-over", "day", day),
            0.. => page.t2("system-certificate-ends", "day", day, "n", days),
        };
        plain("system-certificate", text)
    });
    let mut facts = vec![
        plain("system-closed", closed),
        plain("system-night", night),
        Fact {
            href: page.takes_files().then_some("/imports"),
            ..plain("system-imports", imports(page, state, process))
        },
        plain("system-database", page.t2("system-size", "kind", kind, "n", megabytes(state.bytes))),
        plain("system-free", free),
        plain("system-backup", backup),
        plain("system-version", env!("CARGO_PKG_VERSION").to_owned()),
        plain("system-started", page.moment(&process.started_at)),
        plain("system-pack", pack),
        plain("system-sessions", page.t1("system-sessions-n", "n", state.sessions)),
    ];
    facts.extend(certificate);
    facts
}

/// The files that were read in, by state, and those that this process is reading.
fn imports(page: &Page, state: &SystemState, process: &Process) -> String {
    let mut told: Vec<String> = state
        .imports
        .iter()
        .map(|(state, count)| {
            // What arrives is being looked at, as its page says.
            let word = if state == "arriving" { "reading" } else { state.as_str() };
            format!("{} {count}", page.t(&format!("import-stage-{word}")))
        })
        .collect();
    if process.reading > 0 {
        told.push(page.t1("system-reading", "n", process.reading));
    }
    if told.is_empty() { page.t("system-imports-none") } else { told.join(" · ") }
}
