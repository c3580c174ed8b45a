//! Templates, texts and what a page brings with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::House;

pub(crate) const TEMPLATES: &str = "crates/bangfu/templates/";
const STATIC: &str = "crates/bangfu/static/";
const CHINESE: &str = "crates/bangfu/texts/zh.ftl";
pub(crate) const ENGLISH: &str = "crates/bangfu/texts/en.ftl";

/// Words of the code that the office does not use, and what it says instead. Names of programmes come from packs.
const NOT_OF_THE_OFFICE: &[(&str, &str)] = &[
    ("日终", "每日更新"),
    ("一把手", "主要负责人"),
    ("死信", "发送失败"),
    ("扶贫小额信贷", "the programme's name of the pack"),
    ("未脱贫户", "the class's name of the pack"),
];

pub(crate) fn templates_are_used(house: &House) -> Vec<String> {
    let templates: BTreeMap<&str, &str> = house
        .files
        .iter()
        .filter_map(|file| Some((file.path.strip_prefix(TEMPLATES)?, file.text()?)))
        .collect();
    let mut used = BTreeSet::new();
    let mut waiting = Vec::new();
    for file in house.rust() {
        waiting.extend(named_after(file.text().unwrap_or(""), "path = \""));
    }
    while let Some(name) = waiting.pop() {
        if let Some((name, text)) = templates.get_key_value(name.as_str())
            && used.insert(*name)
        {
            for verb in ["extends \"", "include \"", "import \""] {
                waiting.extend(named_after(text, verb));
            }
        }
    }
    let dead = templates.keys().filter(|name| !used.contains(*name));
    dead.map(|name| format!("{TEMPLATES}{name} is used by nobody")).collect()
}

/// What stands between a mark and the next quotation mark, each time.
fn named_after(text: &str, mark: &str) -> Vec<String> {
    text.match_indices(mark)
        .filter_map(|(at, _)| text[at + mark.len()..].split('"').next())
        .map(str::to_owned)
        .collect()
}

pub(crate) fn vendored_files_are_listed(house: &House) -> Vec<String> {
    let list = house.find("crates/bangfu/static/VENDORED.md").and_then(|file| file.text()).unwrap_or("");
    let names = house.files.iter().filter_map(|file| file.path.strip_prefix(STATIC));
    names
        .filter(|name| name.contains(".min.") && !list.contains(&format!("`{name}`")))
        .map(|name| format!("{STATIC}{name} has no line in VENDORED.md"))
        .collect()
}

pub(crate) fn languages_are_equal(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut keys = Vec::new();
    for path in [CHINESE, ENGLISH] {
        let Some(text) = house.find(path).and_then(|file| file.text()) else {
            complaints.push(format!("{path} is missing"));
            continue;
        };
        let mut seen = BTreeSet::new();
        for key in text.lines().filter_map(text_key) {
            if !seen.insert(key) {
                complaints.push(format!("{path} has `{key}` twice"));
            }
        }
        keys.push((path, seen));
    }
    if let [(one_path, one), (other_path, other)] = keys.as_slice() {
        complaints.extend(one.difference(other).map(|key| format!("{other_path} lacks `{key}`")));
        complaints.extend(other.difference(one).map(|key| format!("{one_path} lacks `{key}`")));
        if one.is_empty() {
            complaints.push("there are no texts".to_owned());
        }
    }
    complaints
}

/// The key of a Fluent message that starts on this line.
pub(crate) fn text_key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim_end();
    let is_key = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-')
        && key.chars().all(|part| part.is_ascii_alphanumeric() || part == '-' || part == '_');
    is_key.then_some(key)
}

pub(crate) fn words_are_those_of_the_office(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    let spoken = house.files.iter().filter(|file| file.path == CHINESE || file.path.starts_with(TEMPLATES));
    for file in spoken {
        for (index, line) in file.text().unwrap_or("").lines().enumerate() {
            for (word, instead) in NOT_OF_THE_OFFICE {
                if !line.starts_with('#') && line.contains(word) {
                    complaints.push(file.complain(index + 1, &format!("`{word}` is {instead} on a screen")));
                }
            }
        }
    }
    complaints
}

pub(crate) fn pages_stay_here(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in &house.files {
        let is_page = file.path.starts_with(TEMPLATES)
            || (file.path.starts_with(STATIC) && file.path.ends_with(".css"));
        if !is_page {
            continue;
        }
        for (index, line) in file.text().unwrap_or("").lines().enumerate() {
            // The name of the SVG namespace is an address that nobody asks.
            let line = line.replace("http://www.w3.org/", "");
            if ["http://", "https://", "src=\"//", "url(//"].iter().any(|far| line.contains(far)) {
                complaints.push(file.complain(index + 1, "a page asks another machine"));
            }
            if line.contains("style=\"") || line.contains(" onclick=") || line.contains("javascript:") {
                complaints
                    .push(file.complain(index + 1, "inline style or script: the content policy refuses it"));
            }
        }
    }
    complaints
}
