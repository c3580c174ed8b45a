//! The packs and the calendar that hold together, with the texts from which they were read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use bangfu_domain::calendar::{self, Calendar};
use bangfu_domain::policy::{self, PackFault, Packs};
use bangfu_store::{Tx, rule_change};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Packs and calendar, read once and never changed.
#[derive(Debug)]
pub struct RuleBook {
    /// The packs.
    pub packs: Packs,
    /// The calendar.
    pub calendar: Calendar,
    texts: Texts,
    body: String,
    digest: String,
}

/// What of the rules a county's own version takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// The pack of a file.
    Pack(&'a str),
    /// The rest days of a year.
    Year(i16),
}

/// The texts as they are kept in the book. Each has the name of its file, without folders: where a machine keeps
/// its packs is no part of the rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Texts {
    packs: Vec<(String, String)>,
    /// Each over the one before.
    calendars: Vec<(String, String)>,
}

impl RuleBook {
    /// Reads packs, and a county's own calendar over the one in the binary, from texts with their file names.
    ///
    /// # Errors
    /// Every fault of the packs or of the calendar, with line and column.
    pub fn read(
        packs: Vec<(String, String)>,
        own_calendar: Option<(String, String)>,
    ) -> Result<RuleBook, Vec<PackFault>> {
        let embedded = (calendar::FILE.to_owned(), calendar::EMBEDDED.to_owned());
        RuleBook::of(Texts { packs, calendars: [embedded].into_iter().chain(own_calendar).collect() })
    }

    fn of(texts: Texts) -> Result<RuleBook, Vec<PackFault>> {
        let packs = Packs::parse(&texts.packs)?;
        let mut calendar = Calendar::default();
        for (name, text) in &texts.calendars {
            calendar = Calendar::parse(name, text)?.over(&calendar);
        }
        let bare = |(name, text): (String, String)| {
            let name =
                Path::new(&name).file_name().map_or(name.clone(), |name| name.to_string_lossy().into());
            (name, text)
        };
        let texts = Texts {
            packs: texts.packs.into_iter().map(bare).collect(),
            calendars: texts.calendars.into_iter().map(bare).collect(),
        };
        let body = serde_json::to_string(&texts).expect("invariant: texts are JSON");
        let digest = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(RuleBook { packs, calendar, texts, body, digest })
    }

    /// These rules with parts of them told anew, each in the place of the one before it.
    ///
    /// # Errors
    /// Every fault of what comes of it, with line and column.
    pub fn with<'a>(
        &self,
        parts: impl IntoIterator<Item = (Part<'a>, &'a str)>,
    ) -> Result<RuleBook, Vec<PackFault>> {
        let mut texts = self.texts.clone();
        for (part, text) in parts {
            let (name, among) = match part {
                Part::Pack(file) => (file.to_owned(), &mut texts.packs),
                Part::Year(year) => (format!("rest-days-{year}.toml"), &mut texts.calendars),
            };
            match among.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => text.clone_into(known),
                None => among.push((name, text.to_owned())),
            }
        }
        RuleBook::of(texts)
    }

    /// The text of a part; none where there is no such part.
    pub fn text(&self, part: Part<'_>) -> Option<String> {
        match part {
            Part::Pack(file) => {
                let mut texts = self.texts.packs.iter();
                texts.find(|(name, _)| name == file).map(|(_, text)| text.clone())
            }
            Part::Year(year) => self.calendar.year(year).map(|days| days.to_toml(year)),
        }
    }

    /// The packs, each with the name of its file.
    pub fn packs_by_file(&self) -> impl Iterator<Item = (&str, &policy::Pack)> {
        // Packs stand in the order of their files.
        self.texts.packs.iter().map(|(name, _)| name.as_str()).zip(self.packs.all())
    }

    /// Keeps these rules as long as the program runs, each set once: whoever is judged by them refers to them.
    pub(crate) fn kept(self) -> &'static RuleBook {
        let mut kept = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = self.digest.clone();
        kept.entry(digest).or_insert_with(|| Box::leak(Box::new(self)))
    }

    /// Tells these rules from others.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The texts as they are kept.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The rules by which a county's loans are judged, or were at an instant: those noted in its book.
    pub(crate) async fn of_county(
        tx: &mut Tx,
        county_id: i64,
        known_at: Option<i64>,
    ) -> Result<&'static RuleBook, Error> {
        let noted = rule_change::at(tx, county_id, known_at.unwrap_or(i64::MAX)).await?;
        let Some((recorded_at, digest)) = noted.filter(|(_, digest)| digest != in_force().digest()) else {
            return Ok(in_force());
        };
        let read = || READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(book) = read().get(&digest) {
            return Ok(book);
        }
        let damaged = |what: String| Error::Packs(format!("rules noted at {recorded_at}: {what}"));
        let body = rule_change::body(tx, county_id, recorded_at).await?;
        let texts = serde_json::from_str(&body).map_err(|error| damaged(error.to_string()))?;
        let book = RuleBook::of(texts).map_err(|faults| damaged(format!("{faults:?}")))?;
        // Rules change rarely.
        Ok(book.kept())
    }
}

/// The rules of this program: those in the binary, unless [`put_in_force`] put others in their place.
pub fn in_force() -> &'static RuleBook {
    IN_FORCE.get_or_init(|| {
        let packs = policy::EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        RuleBook::read(packs.collect(), None).expect("invariant: the packs in the binary are read by a test")
    })
}

/// Puts a county's own rules in place of those in the binary, before anything else is done. They are read once,
/// when the program starts: a rule never changes under a running transaction.
pub fn put_in_force(book: RuleBook) {
    // A second call in one process changes nothing, so that what was judged stays judged by one set of rules.
    let _ = IN_FORCE.set(book);
}

static IN_FORCE: OnceLock<RuleBook> = OnceLock::new();

/// Other rules that books name, by digest.
static READ: LazyLock<Mutex<BTreeMap<String, &'static RuleBook>>> = LazyLock::new(Mutex::default);
