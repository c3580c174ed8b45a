//! The files that the rules look at.

use std::path::Path;

/// A rule returns what it has to complain about.
pub(crate) type Rule = fn(&House) -> Vec<String>;

/// Folders that no rule enters: what git does not keep.
const OUTSIDE: &[&str] = &[".git", "target", "node_modules", "pictures", "proptest-regressions"];

/// Files that git does not keep.
const PASSING: &[&str] = &["db", "db-wal", "db-shm", "key", "pyc"];

/// One file of the repository.
pub(crate) struct File {
    /// Path below the repository's root, with slashes.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// The text, if it is text.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The lines with their numbers, without comments of Rust.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text().unwrap_or("").lines().enumerate().map(|(index, line)| (index + 1, without_comment(line)))
    }

    /// True for Rust sources below a folder.
    pub(crate) fn is_rust_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder) && self.path.ends_with(".rs")
    }

    /// True for the rules themselves, which must name what they forbid.
    pub(crate) fn is_of_the_rules(&self) -> bool {
        self.path.starts_with("crates/bangfu/tests/tidy/")
    }

    /// A complaint about a line of this file.
    pub(crate) fn complain(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// The repository, or a sample of one.
pub(crate) struct House {
    /// Its files in the order of their paths.
    pub(crate) files: Vec<File>,
}

impl House {
    /// A house made of path and text.
    pub(crate) fn of(files: &[(&str, &str)]) -> House {
        let files = files.iter().map(|(path, text)| File { path: (*path).into(), bytes: (*text).into() });
        House { files: files.collect() }
    }

    /// The repository that this test was built from.
    pub(crate) fn of_this_repository() -> House {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        gather(&root, "", &mut files);
        files.sort_by(|one: &File, other| one.path.cmp(&other.path));
        House { files }
    }

    /// The file of that path.
    pub(crate) fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// True if the path is a file or a folder.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Rust sources outside the rules themselves.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs") && !file.is_of_the_rules())
    }
}

fn gather(folder: &Path, below: &str, files: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            // The pictures that the README shows are kept; those of a browser run are not.
            if !OUTSIDE.contains(&name.as_str()) || path == "docs/pictures" {
                gather(&entry.path(), &path, files);
            }
        } else if kind.is_file()
            // In a second working tree of one repository, `.git` is a file that says where the first one is.
            && !OUTSIDE.contains(&name.as_str())
            && !PASSING.iter().any(|end| name.ends_with(&format!(".{end}")))
            && let Ok(bytes) = std::fs::read(entry.path())
        {
            files.push(File { path, bytes });
        }
    }
}

/// A text without the comments of Rust.
pub(crate) fn without_comments(text: &str) -> String {
    text.lines().map(without_comment).collect::<Vec<_>>().join("\n")
}

/// A line up to its comment; two slashes inside a string are none.
fn without_comment(line: &str) -> &str {
    let mut from = 0;
    while let Some(found) = line[from..].find("//") {
        let at = from + found;
        let quotes = line[..at].bytes().filter(|byte| *byte == b'"').count();
        if quotes % 2 == 0 {
            return &line[..at];
        }
        from = at + 2;
    }
    line
}

/// The words of a line of code: runs of letters, digits and underscores.
pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !character.is_alphanumeric() && character != '_')
}
