//! What the doors ask of the machine for a check-up, and how they say what was found.

use std::path::Path;

use bangfu_store::{Address, key};
use bangfu_usecase::checkup::{Finding, KeyPlace, Machine, Space, State};
use jiff::Timestamp;

use crate::system::machine;
use crate::texts::Lang;
use crate::tls::WARN_DAYS;
use crate::tls::pair::Pair;
use crate::words;

/// What this machine tells that holds or serves a database.
pub(crate) fn machine(address: &Address) -> Machine {
    let database = match address {
        Address::Sqlite(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Some(space(folder.unwrap_or(Path::new("."))))
        }
        Address::Postgres(_) => None,
    };
    let key_file = key::file_of(address);
    let place = key_file.display().to_string();
    let key = match key::is_in_environment() {
        true => KeyPlace::Variable,
        false if key_file.exists() => KeyPlace::File(place, machine::others_may_read(&key_file)),
        false => KeyPlace::Missing(place),
    };
    Machine {
        database,
        passing: space(&std::env::temp_dir()),
        key,
        clock_is_set: machine::clock_is_set(),
        files_max: machine::files_max(),
    }
}

fn space(folder: &Path) -> Space {
    Space { place: folder.display().to_string(), free: machine::free_bytes(folder) }
}

/// How long a server's certificate is good at an instant.
pub(crate) fn certificate(pair: &Pair, now: Timestamp) -> Finding {
    let days = pair.days_left(now);
    let args = [("names", pair.names.join(", ")), ("days", days.to_string())];
    match days {
        ..0 => Finding::new("certificate", State::Ill, "certificate-over", &args),
        0..WARN_DAYS => Finding::new("certificate", State::Ill, "certificate-soon", &args),
        WARN_DAYS.. => Finding::new("certificate", State::Well, "certificate", &args),
    }
}

/// A finding in words.
pub(crate) fn told(lang: Lang, finding: &Finding) -> String {
    words::said(lang, &finding.key, &finding.args)
}
