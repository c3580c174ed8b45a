//! `bangfu audit`: how far the record goes, and whether anybody bent it.

use std::path::Path;

use anyhow::Context as _;
use bangfu_domain::audit::{Flaw, Head};
use bangfu_usecase::audit::{head, verify};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::arguments::{Audit, AuditAct};
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::app::App;
use crate::words::said;

/// The record is not as it was written.
const BENT: u8 = 1;

/// A head as it is written down: whoever keeps it elsewhere has it against a record that was cut off or written anew.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadFile {
    county_id: i64,
    entry: i64,
    mark: String,
    at: String,
}

pub(super) async fn run(desk: &Desk, asked: &Audit) -> anyhow::Result<u8> {
    let app = desk.reader().await?;
    let code = match asked.act {
        AuditAct::Head => write(desk, &app, asked.file.as_deref()).await,
        AuditAct::Verify => prove(desk, &app, asked.file.as_deref()).await,
    };
    app.db.close().await;
    code
}

async fn write(desk: &Desk, app: &App, file: Option<&Path>) -> anyhow::Result<u8> {
    let ctx = app.ctx("cli");
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let Head { number: entry, mark } = head(&mut tx, &ctx).await?;
    let told = HeadFile { county_id: ctx.county_id(), entry, mark, at: ctx.at.to_string() };
    let text = serde_json::to_string(&told)?;
    if let Some(file) = file {
        std::fs::write(file, format!("{text}\n")).with_context(|| file.display().to_string())?;
    }
    if desk.json || file.is_none() {
        say(text)?;
        return Ok(DONE);
    }
    say(said(desk.lang, "cli-audit-head", &[("n", entry.to_string())]))?;
    Ok(DONE)
}

async fn prove(desk: &Desk, app: &App, file: Option<&Path>) -> anyhow::Result<u8> {
    let handed_out = match file {
        Some(file) => vec![read(desk, app, file)?],
        None => Vec::new(),
    };
    let waiting = spinner("");
    let found = verify(&app.db, &app.ctx("cli"), handed_out).await?;
    waiting.finish_and_clear();
    match found {
        Ok(head) if desk.json => say(json!({ "sound": true, "entries": head.number, "mark": head.mark }))?,
        Ok(head) => {
            say(said(desk.lang, "cli-audit-sound", &[("n", head.number.to_string()), ("mark", head.mark)]))?
        }
        Err(flaw) => {
            if desk.json {
                say(json!({ "sound": false, "flaw": flaw.key(), "entry": flaw.number() }))?;
            } else {
                say(said(desk.lang, text_of(flaw), &[("n", flaw.number().to_string())]))?;
            }
            return Ok(BENT);
        }
    }
    Ok(DONE)
}

const fn text_of(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Altered(_) => "cli-audit-altered",
        Flaw::Missing(_) => "cli-audit-missing",
        Flaw::Reordered(_) => "cli-audit-reordered",
        Flaw::Truncated(_) => "cli-audit-truncated",
        Flaw::Rewritten(_) => "cli-audit-rewritten",
    }
}

/// A head that was written down.
///
/// # Errors
/// The file is none, or of another county.
fn read(desk: &Desk, app: &App, file: &Path) -> anyhow::Result<Head> {
    let name = || ("file", file.display().to_string());
    let told: HeadFile = serde_json::from_slice(&desk.file(file)?)
        .map_err(|_| anyhow::anyhow!(said(desk.lang, "cli-audit-no-head", &[name()])))?;
    if told.county_id != app.county_id {
        anyhow::bail!(said(desk.lang, "cli-audit-other-county", &[name()]));
    }
    Ok(Head { number: told.entry, mark: told.mark })
}
