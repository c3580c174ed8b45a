//! `bangfu export loans`: every loan disbursed by a day, as a ledger that imports again or as JSON.

use bangfu_sheets::export::{to_csv, to_xlsx};
use bangfu_usecase::export::{self, ExportRow};
use bangfu_usecase::known::fix_instant;
use serde_json::json;

use super::arguments::{Export, What};
use super::terminal::say;
use super::{DONE, Desk};
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Export) -> anyhow::Result<u8> {
    let What::Loans = asked.what;
    let app = desk.reader().await?;
    let ctx = app.ctx("cli");
    let known_at = asked.known_at.map(|at| at.as_microsecond());
    fix_instant(&app.db, &ctx, known_at).await?;
    let day = asked.date.unwrap_or(ctx.today);
    let rows = export::loans(&app.db, &ctx, day, known_at, asked.unmask.as_deref()).await?;
    let ending = asked.file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let notice = app.demo.then(|| desk.text("demo-banner"));
    let bytes = match ending.as_deref() {
        Some("json") => serde_json::to_vec_pretty(&document(&rows))?,
        Some("xlsx") => to_xlsx(&export::ledger(&rows, day, notice), "台账")?,
        Some("csv") => to_csv(&export::ledger(&rows, day, notice))?,
        _ => anyhow::bail!(desk.text("cli-export-ending")),
    };
    std::fs::write(&asked.file, bytes).map_err(|error| {
        let args = [("file", asked.file.display().to_string()), ("error", error.to_string())];
        anyhow::anyhow!(said(desk.lang, "cli-unwritten", &args))
    })?;
    if desk.json {
        say(json!({ "date": day, "loans": rows.len() }))?;
    } else {
        let args = [("n", rows.len().to_string()), ("file", asked.file.display().to_string())];
        say(said(desk.lang, "cli-exported", &args))?;
    }
    app.db.close().await;
    Ok(DONE)
}

fn document(rows: &[ExportRow]) -> Vec<serde_json::Value> {
    rows.iter()
        .map(|row| {
            // A loan that waits for the bank, is overdue or is settled has no colour.
            let level = match row.standing.status_key() {
                "active" => Some(row.standing.key()),
                _ => None,
            };
            json!({
                "number": row.number,
                "borrower": row.borrower,
                "village": row.village_code,
                "principal_fen": row.terms.principal_fen,
                "balance_fen": row.balance_fen,
                "disbursed_on": row.terms.disbursed_on,
                "due_on": row.terms.due_on,
                "status": row.standing.status_key(),
                "level": level,
            })
        })
        .collect()
}
