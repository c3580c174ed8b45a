//! What is well with a book and its machine and what is not. Each finding has the text that tells it and its cure; the
//! command line and a page show the same ones. Nothing is changed.

use bangfu_domain::loan::days_between;
use bangfu_store::county::County;
use bangfu_store::{Db, NEWEST, Turn, county, health, rule_change};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::adopt::has_other_rules;
use crate::error::Error;
use crate::rulebook::in_force;
use crate::system::last_backup;

/// Free space below which a book is in danger: room for a log, and for what is uploaded.
const FREE_MIN: u64 = 1 << 30;

/// Files and connections that a server with many visitors has open.
const FILES_MIN: u64 = 1024;

/// Days since the last closed one from which on the night has not done its work.
pub const BEHIND_MAX: i32 = 1;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing is to be done.
    Well,
    /// Nothing wrong, but somebody should know.
    Note,
    /// Something is to be done.
    Ill,
}

impl State {
    /// The word for it in documents.
    pub const fn key(self) -> &'static str {
        match self {
            State::Well => "well",
            State::Note => "note",
            State::Ill => "ill",
        }
    }
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `close`.
    pub check: &'static str,
    /// How it stands.
    pub state: State,
    /// The key of the text that tells it, with the cure where it is not well.
    pub key: String,
    /// The parameters of that text.
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    /// Something that was looked at; `doctor-…` is its text.
    pub fn new(
        check: &'static str,
        state: State,
        word: &'static str,
        args: &[(&'static str, String)],
    ) -> Finding {
        Finding { check, state, key: format!("doctor-{word}"), args: args.to_vec() }
    }

    /// A failure of the store.
    pub fn store(check: &'static str, fault: &bangfu_store::Error) -> Finding {
        Finding { check, state: State::Ill, key: format!("store-{}", fault.key()), args: fault.args() }
    }
}

/// Space where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// The folder.
    pub place: String,
    /// Bytes that are left, where the machine tells it.
    pub free: Option<u64>,
}

/// Where the key of the secrets is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the environment.
    Variable,
    /// In a file that is not there.
    Missing(String),
    /// In a file, and whether others may read it, where the machine tells that.
    File(String, Option<bool>),
}

/// What the machine tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Where the database's file lies, if it is one.
    pub database: Option<Space>,
    /// Where uploaded files and backups pass through.
    pub passing: Space,
    /// Where the key is.
    pub key: KeyPlace,
    /// Whether the system has set its clock by others'.
    pub clock_is_set: Option<bool>,
    /// Files and connections that the process may have open.
    pub files_max: Option<u64>,
}

impl Machine {
    /// What is to be said of it.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = vec![match &self.key {
            KeyPlace::Variable => Finding::new("key", State::Well, "key-variable", &[]),
            KeyPlace::Missing(file) => {
                let fault = bangfu_store::Error::Key {
                    place: file.clone(),
                    fault: bangfu_store::error::KeyFault::Missing,
                };
                Finding::store("key", &fault)
            }
            KeyPlace::File(file, Some(true)) => {
                Finding::new("key", State::Ill, "key-open", &[("place", file.clone())])
            }
            KeyPlace::File(file, Some(false) | None) => {
                Finding::new("key", State::Well, "key", &[("place", file.clone())])
            }
        }];
        found.extend(space(&self.passing, FREE_MIN / 4));
        if self.clock_is_set == Some(false) {
            found.push(Finding::new("clock", State::Note, "clock-alone", &[]));
        }
        if let Some(files) = self.files_max {
            let args = [("n", files.to_string()), ("least", FILES_MIN.to_string())];
            found.push(match files >= FILES_MIN {
                true => Finding::new("files", State::Well, "files", &args),
                false => Finding::new("files", State::Ill, "files-few", &args),
            });
        }
        found
    }
}

fn space(space: &Space, least: u64) -> Option<Finding> {
    let free = space.free?;
    let args = [
        ("place", space.place.clone()),
        ("free", (free >> 20).to_string()),
        ("least", (least >> 20).to_string()),
    ];
    Some(match free >= least {
        true => Finding::new("space", State::Well, "space", &args),
        false => Finding::new("space", State::Ill, "space-little", &args),
    })
}

/// What the database tells, of one county or of all that keep their book there.
pub async fn book(
    db: &Db,
    now: Timestamp,
    machine: &Machine,
    county_id: Option<i64>,
) -> Result<Vec<Finding>, bangfu_store::Error> {
    let mut found = Vec::new();
    let mut tx = db.read().await?;
    let schema = health::schema(&mut tx).await?;
    let versions = [("found", schema.to_string()), ("own", NEWEST.to_string())];
    found.push(match schema == NEWEST {
        true => Finding::new("schema", State::Well, "schema", &versions),
        false => Finding::new("schema", State::Ill, "schema-other", &versions),
    });
    let size = u64::try_from(health::size(&mut tx).await?).unwrap_or(0);
    for (state, count) in health::imports(&mut tx, county_id).await? {
        let count = [("count", count.to_string())];
        match state.as_str() {
            "taking" | "undoing" => {
                found.push(Finding::new("imports", State::Ill, "imports-broken", &count));
            }
            "arriving" | "staged" => {
                found.push(Finding::new("imports", State::Note, "imports-staged", &count));
            }
            _ => {}
        }
    }
    let counties = county::list(&mut tx).await?;
    for county in counties.into_iter().filter(|county| county_id.is_none_or(|id| id == county.county_id)) {
        found.extend(of_county(&county, now));
        let today = day_of(&county, now);
        if !county.demo {
            let name = ("county", county.on(today).name.clone());
            found.push(match last_backup(&mut tx, county.county_id).await? {
                None => Finding::new("backup", State::Note, "backup-none", &[name]),
                Some(last) => {
                    let at = Timestamp::from_microsecond(last.at).unwrap_or_default();
                    let at = at.to_zoned_datetime(zone(&county)).strftime("%Y-%m-%d %H:%M").to_string();
                    let args = [name, ("at", at), ("file", last.file), ("who", last.actor)];
                    Finding::new("backup", State::Well, "backup", &args)
                }
            });
        }
        match has_other_rules(&mut tx, county.county_id, in_force(), today).await {
            Ok(false) => {
                if let Some(at) = rule_change::judging(&mut tx, county.county_id).await? {
                    let args = [("done", at.judged.to_string()), ("n", at.loans.to_string())];
                    found.push(Finding::new("packs", State::Note, "rules-under-way", &args));
                }
            }
            Ok(true) => {
                let args = [("county", county.on(today).name.clone())];
                found.push(Finding::new("packs", State::Note, "packs-other", &args));
            }
            Err(Error::Store(fault)) => return Err(fault),
            Err(fault) => {
                let args = [("why", fault.to_string())];
                found.push(Finding::new("packs", State::Ill, "packs-unreadable", &args));
            }
        }
    }
    drop(tx);
    let writable = async { health::is_writable(&mut db.write(Turn::None).await?).await };
    found.push(match writable.await {
        Ok(true) => Finding::new("write", State::Well, "write", &[]),
        Ok(false) => Finding::new("write", State::Ill, "write-not", &[]),
        Err(fault) => Finding::store("write", &fault),
    });
    found.extend(machine.database.as_ref().and_then(|one| space(one, FREE_MIN.max(size / 2))));
    Ok(found)
}

/// A county's time zone; counties lie in China, so an unknown name means Chinese time.
fn zone(county: &County) -> TimeZone {
    TimeZone::get(&county.time_zone).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
}

/// The day of an instant in a county.
pub(crate) fn day_of(county: &County, at: Timestamp) -> Date {
    at.to_zoned_datetime(zone(county)).date()
}

/// What a county's row tells: whether its days are closed, and whether the clock is sound.
fn of_county(county: &County, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    let name = || ("county", county.on(day_of(county, now)).name.clone());
    match TimeZone::get(&county.time_zone) {
        Ok(zone) => {
            let at = now.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string();
            let args = [name(), ("zone", county.time_zone.clone()), ("at", at)];
            found.push(Finding::new("clock", State::Well, "zone", &args));
        }
        Err(_) => {
            let args = [name(), ("zone", county.time_zone.clone())];
            found.push(Finding::new("clock", State::Ill, "zone-unknown", &args));
        }
    }
    if now.as_microsecond() < county.last_at {
        found.push(Finding::new("clock", State::Ill, "clock-behind", &[name()]));
    }
    if county.demo {
        found.push(Finding::new("close", State::Note, "demo", &[name()]));
        return found;
    }
    let today = now.to_zoned_datetime(zone(county)).date();
    found.push(match (county.closed_on, county.opening_on) {
        (None, None) => Finding::new("close", State::Note, "close-no-ledger", &[name()]),
        (None, Some(_)) => Finding::new("close", State::Ill, "close-never", &[name()]),
        (Some(closed), _) => {
            let behind = days_between(closed, today);
            let args = [name(), ("day", closed.to_string()), ("n", behind.to_string())];
            match behind > BEHIND_MAX {
                true => Finding::new("close", State::Ill, "close-behind", &args),
                false => Finding::new("close", State::Well, "close", &args),
            }
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use bangfu_domain::division::Called;
    use jiff::civil::{Date, date};

    use super::*;

    fn county(opening_on: Option<Date>, closed_on: Option<Date>) -> County {
        County {
            county_id: 431_022,
            called: vec![Called {
                code: "431022000000".to_owned(),
                name: "宜章县".to_owned(),
                first_on: Date::MIN,
                last_on: Date::MAX,
            }],
            division_id: 1,
            time_zone: "Asia/Shanghai".to_owned(),
            pack_id: None,
            demo: false,
            opening_on,
            closed_on,
            position_on: opening_on,
            told_on: None,
            change_seq: 0,
            last_at: 0,
        }
    }

    #[test]
    fn a_county_is_behind_from_the_second_day_by_its_own_clock() {
        // Half past midnight in China, the day before in Europe.
        let now: Timestamp = "2019-06-17T00:30:00+08:00".parse().unwrap();
        let close = |opening, closed| {
            let found = of_county(&county(opening, closed), now);
            let of_close = found.iter().find(|one| one.check == "close").unwrap();
            (of_close.state, of_close.key.clone())
        };
        let opening = Some(date(2019, 4, 30));
        let told = |state, word: &str| (state, format!("doctor-{word}"));
        assert_eq!(close(None, None), told(State::Note, "close-no-ledger"));
        assert_eq!(close(opening, None), told(State::Ill, "close-never"));
        assert_eq!(close(opening, Some(date(2019, 6, 16))), told(State::Well, "close"));
        assert_eq!(close(opening, Some(date(2019, 6, 15))), told(State::Ill, "close-behind"));
        let ahead = County { last_at: now.as_microsecond() + 1, ..county(None, None) };
        assert!(of_county(&ahead, now).iter().any(|one| one.key == "doctor-clock-behind"));
        let nowhere = County { time_zone: "Asia/Nowhere".to_owned(), ..county(None, None) };
        assert!(of_county(&nowhere, now).iter().any(|one| one.state == State::Ill && one.check == "clock"));
    }

    #[test]
    fn a_machine_tells_what_it_lacks() {
        let space = |free| Space { place: "/srv".to_owned(), free };
        let well = Machine {
            database: None,
            passing: space(Some(1 << 40)),
            key: KeyPlace::Variable,
            clock_is_set: Some(true),
            files_max: Some(FILES_MIN),
        };
        assert!(well.findings().iter().all(|one| one.state == State::Well));
        let ill = Machine {
            passing: space(Some(1 << 20)),
            key: KeyPlace::File("book.db.key".to_owned(), Some(true)),
            files_max: Some(FILES_MIN - 1),
            ..well.clone()
        };
        let states: Vec<_> = ill.findings().iter().map(|one| (one.check, one.state)).collect();
        assert_eq!(states, [("key", State::Ill), ("space", State::Ill), ("files", State::Ill)]);
        // What a machine does not tell is no fault of it.
        let silent = Machine { passing: space(None), clock_is_set: None, files_max: None, ..well };
        assert_eq!(silent.findings().len(), 1);
    }
}
