//! Doors read within a scope.

use std::collections::BTreeSet;

use crate::house::{File, House, words};

const STORE: &str = "crates/store/src/";

/// Which county it is may be asked by its number: everything else lies in it.
const OPEN: &str = "county";

pub(crate) fn doors_read_within_a_scope(house: &House) -> Vec<String> {
    let store = house.rust().filter(|file| file.is_rust_in(STORE));
    let unscoped: BTreeSet<(String, String)> = store.flat_map(unscoped_reads).collect();
    let mut complaints = Vec::new();
    for file in house.rust().filter(|file| file.is_rust_in("crates/bangfu/src/")) {
        let nouns = nouns_of_the_store(file);
        for (number, line) in file.code() {
            for (noun, verb) in unscoped.iter().filter(|(noun, _)| nouns.contains(noun)) {
                if line.contains(&format!("{noun}::{verb}(")) {
                    let what = format!("`{noun}::{verb}` sees a whole county: a door asks within a scope");
                    complaints.push(file.complain(number, &what));
                }
            }
        }
    }
    complaints
}

/// What a file of the store offers for a whole county: its noun, and the names of the functions.
fn unscoped_reads(file: &File) -> Vec<(String, String)> {
    let noun = file.path.trim_start_matches(STORE).split(['/', '.']).next().unwrap_or("").to_owned();
    let text = file.text().unwrap_or("");
    let functions = text.split("pub async fn ").skip(1).filter_map(|rest| rest.split_once('('));
    functions
        .filter(|(_, rest)| rest.split('{').next().is_some_and(|head| head.contains("county_id: i64")))
        .map(|(name, _)| (noun.clone(), name.to_owned()))
        .filter(|(noun, _)| noun != OPEN)
        .collect()
}

/// The modules of the store that a file uses by name.
fn nouns_of_the_store(file: &File) -> BTreeSet<String> {
    let text = file.text().unwrap_or("");
    let uses = text.split("bangfu_store::").skip(1).filter_map(|rest| rest.split(';').next());
    let mut nouns = BTreeSet::new();
    for used in uses {
        match used.strip_prefix('{') {
            Some(several) => nouns.extend(words(several).map(str::to_owned)),
            None => {
                let (noun, rest) = used.split_once("::").unwrap_or((used, "self"));
                let names_a_type = rest.starts_with(|first: char| first.is_uppercase());
                let names_itself = !rest.starts_with('{') || words(rest).any(|word| word == "self");
                if names_itself && !names_a_type {
                    nouns.insert(noun.trim().to_owned());
                }
            }
        }
    }
    nouns
}
