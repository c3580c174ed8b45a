//! Documents that name files, and files that must be there.

use crate::house::House;

/// Documents that lead somebody through the house.
const MAPS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md", "WHY.md", "README.md", "README.zh-CN.md"];

const DOCUMENTS: &[&str] = &[
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "WHY.md",
    "deny.toml",
    ".ci/run",
    "scripts/check",
];

pub(crate) fn documents_exist(house: &House) -> Vec<String> {
    let missing = DOCUMENTS.iter().filter(|path| house.find(path).is_none());
    missing.map(|path| format!("{path} is missing")).collect()
}

/// Every name in `backquotes` that looks like a path leads somewhere, and so does every picture and link.
pub(crate) fn map_is_true(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in MAPS.iter().filter_map(|path| house.find(path)) {
        let mut is_listing = false;
        for (index, line) in file.text().unwrap_or("").lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_listing = !is_listing;
            }
            if is_listing {
                continue;
            }
            let quoted = line.split('`').skip(1).step_by(2).filter(|name| looks_like_path(name));
            let linked = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let linked =
                linked.map(|link| link.split('#').next().unwrap_or("")).filter(|link| is_local(link));
            for name in quoted.chain(linked) {
                if !spellings(name).iter().any(|path| leads_somewhere(house, path)) {
                    complaints.push(file.complain(index + 1, &format!("`{name}` is not there")));
                }
            }
        }
    }
    complaints
}

fn is_local(link: &str) -> bool {
    !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:")
}

/// A path has a slash or a known ending, and nothing that a path has not. Made at run time, a placeholder or the
/// name of a route, it is none.
fn looks_like_path(name: &str) -> bool {
    let is_plain = name.chars().all(|part| part.is_ascii_alphanumeric() || "_-./{},*".contains(part));
    let is_named = [".rs", ".toml", ".md", ".html", ".ftl", ".sql", ".css", ".mjs"]
        .iter()
        .any(|end| name.ends_with(end) && name.len() > end.len());
    let is_made_later =
        ["target/", "e2e/pictures", "e2e/node_modules"].iter().any(|made| name.starts_with(made));
    let is_number = name.starts_with(|first: char| first.is_ascii_digit());
    is_plain && (name.contains('/') || is_named) && !name.starts_with('/') && !is_made_later && !is_number
}

/// `a/{b,c}/d` means `a/b/d` and `a/c/d`: each must be there, so the first that is missing is returned alone.
fn leads_somewhere(house: &House, path: &str) -> bool {
    if let Some((before, rest)) = path.split_once('{')
        && let Some((choices, after)) = rest.split_once('}')
    {
        return choices.split(',').all(|choice| leads_somewhere(house, &format!("{before}{choice}{after}")));
    }
    if let Some((before, after)) = path.split_once('*') {
        let mut paths = house.files.iter().map(|file| file.path.as_str());
        return paths.any(|known| known.starts_with(before) && known.ends_with(after));
    }
    house.has(path)
}

/// How a name may be meant: from the root, as a crate, as a module of a crate, or as a file of a door.
fn spellings(name: &str) -> Vec<String> {
    let name = name.trim_end_matches('/').trim_start_matches("./");
    let mut spellings = vec![name.to_owned(), format!("crates/{name}"), format!("crates/bangfu/{name}")];
    spellings.extend([format!("crates/bangfu/src/{name}"), format!("crates/bangfu/src/{name}.rs")]);
    if let Some((floor, room)) = name.split_once('/') {
        spellings.push(format!("crates/{floor}/src/{room}"));
        spellings.push(format!("crates/{floor}/src/{room}.rs"));
    } else {
        spellings.extend(
            ["domain", "sheets", "store", "usecase"].map(|floor| format!("crates/{floor}/src/{name}")),
        );
    }
    spellings
}
