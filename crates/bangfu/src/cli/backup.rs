//! `bangfu backup`: the whole book in one file, while others work in it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, Write};
use std::path::Path;

use bangfu_store::county::County;
use bangfu_store::{Db, county, key};
use bangfu_usecase::backup::{Foot, Head, Kept, check, note, note_done, write};

use super::arguments::Backup;
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::app::App;
use crate::system::machine;
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Backup) -> anyhow::Result<u8> {
    if asked.file.exists() {
        anyhow::bail!(said(desk.lang, "cli-backup-there", &[("file", asked.file.display().to_string())]));
    }
    let db = Db::open_to_read(&desk.address).await.map_err(bangfu_usecase::Error::from)?;
    let key = match asked.with_key {
        true => Some(key::text_of(&desk.address).map_err(bangfu_usecase::Error::from)?),
        false => None,
    };
    let name = asked.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let counties = county::list(&mut db.read().await.map_err(bangfu_usecase::Error::from)?).await;
    let counties = counties.map_err(bangfu_usecase::Error::from)?;
    let ctx = |county: &County| App::new(db.clone(), desk.clock.clone(), county).ctx("cli");
    for county in &counties {
        note(&db, &ctx(county), &name, asked.with_key).await?;
    }
    let (head, foot, bytes) = to_file(desk, &db, key, &asked.file).await?;
    let folder = std::path::absolute(&asked.file).unwrap_or_else(|_| asked.file.clone());
    let folder = folder.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let kept = Kept { machine: machine::name(), folder };
    for county in &counties {
        note_done(&db, &ctx(county), &name, &kept).await?;
    }
    db.close().await;
    tell(desk, asked, (&head, &foot), bytes)?;
    Ok(DONE)
}

/// Writes the file under another name, reads it once more, and gives it its own when it is on the disk: whatever
/// bears the name is a whole backup.
async fn to_file(
    desk: &Desk,
    db: &Db,
    key: Option<String>,
    path: &Path,
) -> anyhow::Result<(Head, Foot, u64)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| {
        let place = path.display().to_string();
        bangfu_usecase::Error::from(bangfu_store::Error::Io { place, source: error })
    };
    // Only its owner may read it: names and loans stand in it openly.
    let mut kept = tempfile::Builder::new().prefix(".bangfu-backup-").tempfile_in(folder).map_err(failed)?;
    let waiting = spinner(&desk.text("cli-backup-writing"));
    let out = BufWriter::with_capacity(1 << 18, kept.as_file_mut());
    let progress = |table: &str, rows: u64| waiting.set_prefix(format!("{table} {rows} "));
    let (head, foot) = write(db, desk.clock.now(), key, out, progress).await?;
    waiting.set_prefix("");
    waiting.set_message(desk.text("cli-backup-checking"));
    let file = kept.as_file_mut();
    file.flush().and_then(|()| file.sync_all()).and_then(|()| file.rewind()).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    check(BufReader::new(file))?;
    waiting.finish_and_clear();
    kept.persist_noclobber(path).map_err(|left| failed(left.error))?;
    // The name lasts once its folder is on the disk too, where the system lets a folder be opened.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
    Ok((head, foot, bytes))
}

fn tell(desk: &Desk, asked: &Backup, (head, foot): (&Head, &Foot), bytes: u64) -> anyhow::Result<()> {
    let file = asked.file.display().to_string();
    if desk.json {
        return say(serde_json::json!({
            "file": file, "bytes": bytes, "at": head.at, "schema": head.schema, "key_id": head.key_id,
            "with_key": asked.with_key, "counties": head.counties, "rows": foot.rows(), "tables": foot.tables,
        }));
    }
    let args = [
        ("file", file),
        ("tables", foot.tables.len().to_string()),
        ("rows", foot.rows().to_string()),
        ("megabytes", bytes.div_ceil(1 << 20).to_string()),
    ];
    say(said(desk.lang, "cli-backed-up", &args))?;
    if asked.with_key {
        return say(desk.text("cli-backup-key-within"));
    }
    let place = match key::is_in_environment() {
        true => key::KEY_VARIABLE.to_owned(),
        false => key::file_of(&desk.address).display().to_string(),
    };
    say(said(desk.lang, "cli-backup-key-apart", &[("place", place)]))
}
