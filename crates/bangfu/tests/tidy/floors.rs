//! What each floor may know, and how its files are kept.

use crate::house::{File, House, words};

const LINES_MAX: usize = 400;

const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"];

/// The file that may ask for the time.
const CLOCK: &str = "crates/bangfu/src/clock.rs";

/// The folder that may know which operating system it runs on: how it holds the child that parses files, tells the program
/// to stop, and what it tells of the machine.
const SYSTEM: &str = "crates/bangfu/src/system/";

/// The file that may parse other files: in a child process.
const INTAKE: &str = "crates/bangfu/src/intake.rs";

/// A crate and what it must not depend on.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "crates/domain/Cargo.toml",
        &["bangfu-", "sqlx", "tokio", "axum", "tracing", "calamine", "getrandom", "rand", "clap", "askama"],
    ),
    (
        "crates/sheets/Cargo.toml",
        &["bangfu-store", "bangfu-usecase", "sqlx", "tokio", "axum", "clap", "askama"],
    ),
    ("crates/store/Cargo.toml", &["bangfu-sheets", "bangfu-usecase", "axum", "clap", "askama", "calamine"]),
    ("crates/usecase/Cargo.toml", &["axum", "clap", "askama", "sqlx", "calamine", "fluent"]),
    ("crates/bangfu/Cargo.toml", &["sqlx", "calamine"]),
];

pub(crate) fn files_are_short(house: &House) -> Vec<String> {
    let rust = house.files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.filter_map(|file| {
        let lines = file.text().unwrap_or("").lines().count();
        (lines > LINES_MAX).then(|| format!("{} has {lines} lines", file.path))
    })
    .collect()
}

pub(crate) fn names_mean_something(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in house.rust() {
        for part in file.path.trim_end_matches(".rs").split('/') {
            if EMPTY_NAMES.contains(&part) {
                complaints.push(format!("{}: `{part}` says nothing", file.path));
            }
        }
        for (number, line) in file.code() {
            let mut last = "";
            for word in words(line) {
                if last == "mod" && EMPTY_NAMES.contains(&word) {
                    complaints.push(file.complain(number, &format!("module `{word}` says nothing")));
                }
                last = word;
            }
        }
    }
    complaints
}

pub(crate) fn floors_know_their_place(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, forbidden) in FORBIDDEN {
        let Some(file) = house.find(path) else {
            complaints.push(format!("{path} is missing"));
            continue;
        };
        let mut is_dependency = false;
        for (index, line) in file.text().unwrap_or("").lines().enumerate() {
            if let Some(section) = line.trim().strip_prefix('[') {
                is_dependency = section.contains("dependencies]") && !section.contains("dev-");
            } else if is_dependency {
                let name = line.trim();
                if let Some(found) = forbidden.iter().find(|prefix| name.starts_with(**prefix)) {
                    complaints.push(file.complain(index + 1, &format!("this floor does not know `{found}`")));
                }
            }
        }
    }
    complaints
}

pub(crate) fn sql_lives_in_store(house: &House) -> Vec<String> {
    let outside = house.rust().filter(|file| !file.path.starts_with("crates/store/"));
    complaints_of(outside, |line| {
        if words(line).any(|word| word == "sqlx") {
            return Some("sqlx belongs to crates/store".into());
        }
        let pieces = line.split('"').map(str::trim_start);
        let mut starts = pieces.filter(|piece| {
            ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH RECURSIVE ", "CREATE TABLE "]
                .iter()
                .any(|verb| piece.starts_with(verb))
        });
        starts.next().map(|_| "SQL belongs to crates/store".into())
    })
}

pub(crate) fn money_is_never_floating(house: &House) -> Vec<String> {
    let floors = ["crates/domain/src/", "crates/store/src/", "crates/usecase/src/"];
    let files = house.rust().filter(|file| floors.iter().any(|floor| file.is_rust_in(floor)));
    complaints_of(files, |line| {
        let mut floating = words(line).filter(|word| *word == "f32" || *word == "f64");
        floating.next().map(|word| format!("`{word}` next to money"))
    })
}

pub(crate) fn time_is_an_argument(house: &House) -> Vec<String> {
    let mut complaints = complaints_of(house.rust().filter(|file| file.path != CLOCK), |line| {
        line.contains("::now(").then(|| format!("only {CLOCK} asks for the time"))
    });
    let store = house.rust().filter(|file| file.is_rust_in("crates/store/src/"));
    complaints.extend(complaints_of(store, |line| {
        let line = line.to_ascii_lowercase();
        let database_clock = [" now()", "(now()", "current_timestamp", "current_date", "datetime('now"];
        let found = database_clock.iter().find(|clock| line.contains(**clock))?;
        Some(format!("the database is not asked for the time: `{}`", found.trim()))
    }));
    complaints
}

pub(crate) fn one_place_knows_the_system(house: &House) -> Vec<String> {
    let marks = [
        "os::unix",
        "os::windows",
        "os::linux",
        "cfg(unix",
        "cfg(windows",
        "cfg(not(unix",
        "cfg(not(windows",
        "target_os",
        "target_family",
        "signal::unix",
        "signal::windows",
        "rustix",
        "win32job",
        "\"/proc/",
    ];
    complaints_of(house.rust().filter(|file| !file.path.starts_with(SYSTEM)), |line| {
        let mark = marks.iter().find(|mark| line.contains(**mark))?;
        Some(format!("`{mark}` belongs to {SYSTEM}"))
    })
}

pub(crate) fn one_place_parses_files(house: &House) -> Vec<String> {
    let doors = house.rust().filter(|file| file.is_rust_in("crates/bangfu/src/") && file.path != INTAKE);
    complaints_of(doors, |line| {
        let mut found = words(line).filter(|word| *word == "read_book");
        found.next().map(|_| format!("a file from outside is parsed in the child of {INTAKE}"))
    })
}

pub(crate) fn exceptions_say_why(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in house.rust() {
        let text = file.text().unwrap_or("");
        for opening in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
            for (at, _) in text.match_indices(opening) {
                let attribute = text[at..].split(']').next().unwrap_or("");
                if !attribute.contains("reason") {
                    let number = text[..at].matches('\n').count() + 1;
                    complaints.push(file.complain(number, "an exception from a lint without its reason"));
                }
            }
        }
    }
    complaints
}

pub(crate) fn migrations_are_twins(house: &House) -> Vec<String> {
    let names = |database: &str| {
        let folder = format!("crates/store/migrations/{database}/");
        let names = house.files.iter().filter_map(|file| file.path.strip_prefix(folder.as_str()));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    let mut complaints = Vec::new();
    if sqlite.is_empty() {
        complaints.push("there are no migrations".to_owned());
    }
    let alone = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    complaints.extend(alone(&sqlite, &postgres).iter().map(|name| format!("{name} is missing for postgres")));
    complaints.extend(alone(&postgres, &sqlite).iter().map(|name| format!("{name} is missing for sqlite")));
    complaints
}

pub(crate) fn migrations_are_plain(house: &House) -> Vec<String> {
    let marks = [
        "CREATE TRIGGER",
        "AS ENUM",
        "NOW()",
        "CURRENT_TIMESTAMP",
        "[]",
        " REAL",
        "DOUBLE PRECISION",
        " FLOAT",
    ];
    let mut complaints = Vec::new();
    for file in house.files.iter().filter(|file| file.path.starts_with("crates/store/migrations/")) {
        for (index, line) in file.text().unwrap_or("").lines().enumerate() {
            let statement = line.split("--").next().unwrap_or("").to_ascii_uppercase();
            if let Some(mark) = marks.iter().find(|mark| statement.contains(**mark)) {
                complaints.push(file.complain(index + 1, &format!("`{}` is not for both", mark.trim())));
            }
        }
    }
    complaints
}

fn complaints_of<'a>(
    files: impl Iterator<Item = &'a File>,
    judge: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        for (number, line) in file.code() {
            if let Some(what) = judge(line) {
                complaints.push(file.complain(number, &what));
            }
        }
    }
    complaints
}
