//! `--policy`: a county's own packs and calendar, over those in the binary.

use std::path::{Path, PathBuf};

use bangfu_domain::calendar;
use bangfu_domain::policy::{EMBEDDED, PackFault};
use bangfu_usecase::rulebook::{self, RuleBook};

use crate::texts::Lang;
use crate::words::{pack_fault, said};

/// Reads a folder and puts what it holds in force, before anything else is done.
pub(super) fn put_in_force(lang: Lang, folder: &Path) -> anyhow::Result<()> {
    let book = RuleBook::read(packs(lang, folder)?, own_calendar(lang, folder)?);
    rulebook::put_in_force(book.map_err(|faults| told(lang, &faults))?);
    Ok(())
}

/// The packs of a folder, over those in the binary: a file there replaces one of the same name.
fn packs(lang: Lang, folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files: Vec<(String, String)> =
        EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| {
        let args = [("file", folder.display().to_string()), ("error", error.to_string())];
        anyhow::anyhow!(said(lang, "cli-policy-folder", &args))
    })?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    // The same folder gives the same rules, in whatever order the system lists it.
    paths.sort_unstable();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let text = std::fs::read_to_string(path).map_err(|error| unopened(lang, path, &error))?;
        let ending = path.file_name().map(|name| format!("/{}", name.to_string_lossy())).unwrap_or_default();
        files.retain(|(name, _)| !name.ends_with(&ending));
        files.push((path.display().to_string(), text));
    }
    Ok(files)
}

/// The calendar of a folder; `None` if the folder has none.
fn own_calendar(lang: Lang, folder: &Path) -> anyhow::Result<Option<(String, String)>> {
    let path = calendar::FILE.split('/').fold(folder.to_owned(), |path, part| path.join(part));
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path.display().to_string(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unopened(lang, &path, &error)),
    }
}

fn told(lang: Lang, faults: &[PackFault]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(|fault| pack_fault(lang, fault)).collect();
    anyhow::anyhow!(lines.join("\n"))
}

fn unopened(lang: Lang, path: &Path, error: &std::io::Error) -> anyhow::Error {
    let args = [("file", path.display().to_string()), ("error", error.to_string())];
    anyhow::anyhow!(said(lang, "cli-file", &args))
}
