//! `bangfu restore`: a new database from a backup.

use std::fs::File;

use bangfu_usecase::backup::{Progress, restore};

use super::arguments::Restore;
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::clock::zone;
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Restore) -> anyhow::Result<u8> {
    let file = File::open(&asked.file).map_err(|error| {
        let args = [("file", asked.file.display().to_string()), ("error", error.to_string())];
        anyhow::anyhow!(said(desk.lang, "cli-file", &args))
    })?;
    let waiting = spinner("");
    let (head, foot) = restore(&desk.address, file, |progress| {
        let (prefix, key) = match progress {
            Progress::Checking => (String::new(), "cli-restore-checking"),
            Progress::Rows(done, all) => (format!("{done}/{all} "), "cli-restore-rows"),
            Progress::Indexes => (String::new(), "cli-restore-indexes"),
            Progress::Comparing => (String::new(), "cli-restore-comparing"),
        };
        waiting.set_prefix(prefix);
        waiting.set_message(desk.text(key));
    })
    .await?;
    waiting.finish_and_clear();
    if desk.json {
        say(serde_json::json!({
            "database": desk.address.shown(), "at": head.at, "schema": head.schema, "key_id": head.key_id,
            "counties": head.counties, "rows": foot.rows(), "tables": foot.tables,
        }))?;
    } else {
        let names: Vec<&str> = head.counties.iter().map(|county| county.name.as_str()).collect();
        let at = head.at.to_zoned_datetime(zone(bangfu_usecase::init::TIME_ZONE)).datetime();
        let args = [
            ("database", desk.address.shown()),
            ("counties", names.join("、")),
            ("rows", foot.rows().to_string()),
            ("at", at.round(jiff::Unit::Second).unwrap_or(at).to_string().replace('T', " ")),
        ];
        say(said(desk.lang, "cli-restored", &args))?;
    }
    Ok(DONE)
}
