//! Every text that is asked for is there, and every text that is there is asked for.

use std::collections::BTreeSet;

use crate::families::{FAMILIES, Family};
use crate::house::{House, without_comments};
use crate::screen::{ENGLISH, TEMPLATES, text_key};

const DOORS: &str = "crates/bangfu/src/";
const ARGUMENTS: [&str; 2] =
    ["crates/bangfu/src/cli/arguments.rs", "crates/bangfu/src/cli/arguments/serving.rs"];

/// What goes before the key of a text that is asked for, in code and templates written without blanks.
const ASKS: &[&str] = &[
    ".t(\"",
    ".t1(\"",
    ".t2(\"",
    ".text(\"",
    ".text_with(\"",
    "said(lang,\"",
    "said(self.lang,\"",
    "said(desk.lang,\"",
    "said(visitor.lang,\"",
    "fact(\"",
];

pub(crate) fn texts_are_there(house: &House) -> Vec<String> {
    let there = keys(house);
    let mut complaints = Vec::new();
    for file in house.files.iter().filter(|file| is_door(&file.path)) {
        let code = squeezed(file.text().unwrap_or(""));
        for key in ASKS.iter().flat_map(|mark| after(&code, mark)) {
            if !there.contains(key) {
                complaints.push(format!("{} asks for `{key}`, which is not there", file.path));
            }
        }
    }
    for family in FAMILIES {
        for word in words_of(house, family) {
            let missing = family.texts.iter().map(|text| text.replace('%', &word));
            let missing = missing.filter(|key| !there.contains(key.as_str()));
            complaints.extend(missing.map(|key| format!("`{key}` is not there, and `{word}` is a word")));
        }
    }
    complaints
}

pub(crate) fn texts_are_used(house: &House) -> Vec<String> {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for file in house.files.iter().filter(|file| is_door(&file.path)) {
        let code = squeezed(file.text().unwrap_or(""));
        // In a template, a word in quotation marks may also be an attribute.
        let marks: &[&str] = if file.path.ends_with(".html") { &["(\""] } else { &["\""] };
        used.extend(marks.iter().flat_map(|mark| after(&code, mark)).map(str::to_owned));
    }
    for family in FAMILIES {
        for word in words_of(house, family) {
            used.extend(family.texts.iter().chain(family.optional).map(|text| text.replace('%', &word)));
        }
    }
    let typed =
        ARGUMENTS.map(|file| house.find(file).and_then(|file| file.text()).unwrap_or("").to_lowercase());
    let typed = typed.join("\n");
    let typed: BTreeSet<&str> = crate::house::words(&typed).collect();
    let is_typed = |word: &str| typed.contains(word.replace('-', "_").as_str());
    // `help-VERB`, `help-ARGUMENT`, `help-VERB-ARGUMENT` and `help-value-NAME`.
    let is_help = |key: &str| {
        key.strip_prefix("help-").is_some_and(|rest| match rest.split_once('-') {
            Some(("value", name)) => name.split('-').all(is_typed),
            Some((verb, argument)) if is_typed(verb) && is_typed(argument) => true,
            _ => is_typed(rest),
        })
    };
    let dead = keys(house).into_iter().filter(|key| !used.contains(*key) && !is_help(key));
    dead.map(|key| format!("nothing shows the text `{key}`")).collect()
}

/// The keys of the texts in one language; another rule holds the other against it.
fn keys(house: &House) -> BTreeSet<&str> {
    let text = house.find(ENGLISH).and_then(|file| file.text()).unwrap_or("");
    text.lines().filter_map(text_key).collect()
}

fn is_door(path: &str) -> bool {
    let is_sample = path.ends_with("/sample.rs") || path.ends_with("/tests.rs");
    path.starts_with(TEMPLATES) || (path.starts_with(DOORS) && path.ends_with(".rs") && !is_sample)
}

/// Code without comments, the tests at its end, and blanks.
fn squeezed(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    without_comments(code).split_whitespace().collect()
}

/// The words in quotation marks that follow a mark which ends with such a mark.
fn after<'a>(code: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    let words = code.match_indices(mark).filter_map(|(at, _)| code[at + mark.len()..].split('"').next());
    words.filter(|word| is_word(word))
}

fn is_word(word: &str) -> bool {
    let is_part = |part: char| part.is_ascii_lowercase() || part.is_ascii_digit() || part == '-';
    word.starts_with(|first: char| first.is_ascii_lowercase()) && word.chars().all(is_part)
}

fn words_of(house: &House, family: &Family) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (path, mark) in family.words {
        let code = squeezed(house.find(path).and_then(|file| file.text()).unwrap_or(""));
        if mark.ends_with('"') {
            words.extend(after(&code, mark).map(str::to_owned));
            continue;
        }
        for (at, _) in code.match_indices(mark) {
            let arm = code[at..].split_once("=>").and_then(|(_, arm)| arm.strip_prefix('"'));
            let word = arm.and_then(|arm| arm.split('"').next());
            words.extend(word.filter(|word| is_word(word)).map(str::to_owned));
        }
    }
    words
}
