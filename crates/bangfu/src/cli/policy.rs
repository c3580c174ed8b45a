//! `--policy`: a county's own packs and calendar, over those in the binary.

use std::path::Path;

use bangfu_domain::calendar::{self, Calendar};
use bangfu_domain::policy::{EMBEDDED, PackFault, Packs};
use bangfu_usecase::rules;

use crate::texts::Lang;
use crate::words::{pack_fault, said};

/// Reads a folder and puts what it holds in force, before anything else is done.
pub(super) fn put_in_force(lang: Lang, folder: &Path) -> anyhow::Result<()> {
    rules::use_packs(packs(lang, folder)?);
    if let Some(own) = own_calendar(lang, folder)? {
        rules::use_calendar(own);
    }
    Ok(())
}

/// The packs of a folder, over those in the binary: a file there replaces one of the same name.
fn packs(lang: Lang, folder: &Path) -> anyhow::Result<Packs> {
    let mut files: Vec<(String, String)> =
        EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let entries = std::fs::read_dir(folder).map_err(|error| {
        let args = [("file", folder.display().to_string()), ("error", error.to_string())];
        anyhow::anyhow!(said(lang, "cli-policy-folder", &args))
    })?;
    for entry in entries {
        let path = entry.map_err(|error| unopened(lang, folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path).map_err(|error| unopened(lang, &path, &error))?;
            let ending =
                path.file_name().map(|name| format!("/{}", name.to_string_lossy())).unwrap_or_default();
            files.retain(|(name, _)| !name.ends_with(&ending));
            files.push((path.display().to_string(), text));
        }
    }
    Packs::parse(&files).map_err(|faults| told(lang, &faults))
}

/// The calendar of a folder, over the one in the binary; `None` if the folder has none.
fn own_calendar(lang: Lang, folder: &Path) -> anyhow::Result<Option<Calendar>> {
    let path = calendar::FILE.split('/').fold(folder.to_owned(), |path, part| path.join(part));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unopened(lang, &path, &error)),
    };
    let own = Calendar::parse(&path.display().to_string(), &text).map_err(|faults| told(lang, &faults))?;
    Ok(Some(own.over(Calendar::embedded())))
}

fn told(lang: Lang, faults: &[PackFault]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(|fault| pack_fault(lang, fault)).collect();
    anyhow::anyhow!(lines.join("\n"))
}

fn unopened(lang: Lang, path: &Path, error: &std::io::Error) -> anyhow::Error {
    let args = [("file", path.display().to_string()), ("error", error.to_string())];
    anyhow::anyhow!(said(lang, "cli-file", &args))
}
