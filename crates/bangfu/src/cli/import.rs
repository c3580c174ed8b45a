//! `bangfu import`: a file read, reported, and taken over.

use anyhow::Context;
use bangfu_sheets::Kind;
use bangfu_sheets::fault::Fault;
use bangfu_usecase::import::{self, Report, Take, Upload};
use serde_json::{Value, json};

use super::arguments::{self, Import};
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::intake;
use crate::texts::Lang;
use crate::words::{self, fault, said};

/// Some rows are bad.
const BAD_ROWS: u8 = 3;

/// Rows shown to people; the report file has all.
const SHOWN: usize = 20;

pub(super) async fn run(desk: &Desk, asked: Import) -> anyhow::Result<u8> {
    let kind = match asked.kind {
        arguments::Kind::Ledger => Kind::Ledger,
        arguments::Kind::Households => Kind::Households,
        arguments::Kind::Officers => Kind::Officers,
        arguments::Kind::Repayments => Kind::Repayments,
    };
    let bytes = desk.file(&asked.file)?;
    let app = desk.app().await?;
    let ctx = app.ctx("cli");
    let waiting = spinner(&desk.text("stage-reading-title"));
    let book = intake::read(&bytes).await.map_err(|why| anyhow::anyhow!(words::intake(desk.lang, &why)))?;
    let name = asked.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let upload = Upload {
        kind,
        file_name: name,
        file_hash: intake::hash(&bytes),
        book,
        as_of: asked.as_of,
        until_on: asked.until,
    };
    let report = if asked.check {
        import::check(&app.db, &ctx, &upload).await?
    } else {
        waiting.set_message(desk.text("stage-taking-title"));
        let take = match asked.take {
            arguments::Take::AllOrNothing => Take::AllOrNothing,
            arguments::Take::Good => Take::Good,
        };
        import::take_file(&app.db, &ctx, &upload, take).await?
    };
    waiting.finish_and_clear();
    if let Some(path) = &asked.rejects
        && let Some(bytes) = intake::rejects_of(&upload, &report, desk.lang)
    {
        std::fs::write(path, bytes).with_context(|| path.display().to_string())?;
    }
    let document = document(desk.lang, &report);
    if let Some(path) = &asked.report {
        let text = serde_json::to_string_pretty(&document)?;
        std::fs::write(path, text).with_context(|| path.display().to_string())?;
    }
    if desk.json {
        say(document);
    } else {
        tell(desk, &report);
    }
    app.db.close().await;
    Ok(if report.rows.bad > 0 { BAD_ROWS } else { DONE })
}

/// The report as other programs read it.
fn document(lang: Lang, report: &Report) -> Value {
    let faults = |faults: &[Fault]| -> Vec<Value> {
        faults
            .iter()
            .map(|one| {
                let words = fault(lang, one);
                json!({
                    "sheet": one.at.sheet, "row": one.at.row, "column": one.at.column, "value": one.value,
                    "code": one.code.key(), "message": words.message, "cure": words.cure,
                })
            })
            .collect()
    };
    json!({
        "rows": report.rows,
        "changes": report.changes,
        "errors": faults(&report.errors),
        "findings": faults(&report.findings),
        "as_of": report.as_of,
        "until": report.until_on,
        "amount_fen": report.amount_fen,
        "differences": report.differences,
        "absent": report.absent,
        "taken": report.taken,
    })
}

fn tell(desk: &Desk, report: &Report) {
    let lang = desk.lang;
    let numbers = |pairs: &[(&'static str, usize)]| -> Vec<(&'static str, String)> {
        pairs.iter().map(|(name, number)| (*name, number.to_string())).collect()
    };
    let rows = report.rows;
    let counts = [("read", rows.read), ("good", rows.good), ("bad", rows.bad), ("skipped", rows.skipped)];
    say(said(lang, "cli-rows", &numbers(&counts)));
    let changes = report.changes;
    let counts = [("new", changes.new), ("changed", changes.changed), ("unchanged", changes.unchanged)];
    say(said(lang, "cli-changes", &numbers(&counts)));
    for one in report.errors.iter().take(SHOWN) {
        let words = fault(lang, one);
        let args = [
            ("sheet", one.at.sheet.clone()),
            ("row", one.at.row.to_string()),
            ("column", one.at.column.clone()),
            ("value", one.value.clone()),
            ("message", words.message),
            ("cure", words.cure),
        ];
        say(format!("  {}", said(lang, "cli-fault", &args)));
    }
    if report.errors.len() > SHOWN {
        say(format!("  {}", said(lang, "cli-more", &numbers(&[("n", report.errors.len() - SHOWN)]))));
    }
    if !report.findings.is_empty() {
        say(said(lang, "cli-findings", &numbers(&[("n", report.findings.len())])));
    }
    let end = if report.taken { "cli-taken" } else { "cli-not-taken" };
    say(lang.text(end));
}
