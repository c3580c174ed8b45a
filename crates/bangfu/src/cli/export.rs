//! `bangfu export loans`: every loan disbursed by a day, as a ledger that imports again or as JSON.

use bangfu_sheets::export::{Table, Value, to_csv, to_xlsx};
use bangfu_usecase::export::{self, ExportRow};
use bangfu_usecase::known::fix_instant;
use jiff::civil::Date;
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
    let bytes = match ending.as_deref() {
        Some("json") => serde_json::to_vec_pretty(&document(&rows))?,
        Some("xlsx") => to_xlsx(&ledger(desk, &rows, day, app.demo), "台账")?,
        Some("csv") => to_csv(&ledger(desk, &rows, day, app.demo))?,
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

/// The loans in the columns of a ledger. The header is Chinese in either language: it is the county's form.
fn ledger(desk: &Desk, rows: &[ExportRow], day: Date, demo: bool) -> Table {
    let text = |value: &Option<String>| Value::Text(value.clone().unwrap_or_default());
    let mut titles = vec![format!("贷款台账（截至{}年{}月{}日）", day.year(), day.month(), day.day())];
    if demo {
        titles.push(desk.text("demo-banner"));
    }
    Table {
        titles,
        header: HEADER.iter().map(|name| (*name).to_owned()).collect(),
        rows: rows
            .iter()
            .map(|row| {
                vec![
                    Value::Text(row.township.clone()),
                    Value::Text(row.village.clone()),
                    Value::Text(row.borrower.clone()),
                    Value::Text(row.identity.clone()),
                    text(&row.household_class),
                    Value::Text(row.branch.clone()),
                    Value::Text(row.number.clone()),
                    Value::Money(row.terms.principal_fen),
                    Value::Text(row.terms.rate.map(|rate| rate.to_string()).unwrap_or_default()),
                    Value::Date(Some(row.terms.disbursed_on)),
                    Value::Text(row.terms.term_months.map(|months| months.to_string()).unwrap_or_default()),
                    Value::Date(Some(row.terms.due_on)),
                    text(&row.terms.purpose),
                    Value::Money(row.repaid_fen),
                    Value::Date(row.settled_on),
                    text(&row.manager),
                    text(&row.guide),
                    text(&row.technologist),
                    text(&row.enterprise),
                    text(&row.note),
                ]
            })
            .collect(),
    }
}

const HEADER: [&str; 20] = [
    "乡镇",
    "村",
    "户主姓名",
    "身份证号码",
    "贫困户属性",
    "贷款银行",
    "借据号",
    "贷款金额（元）",
    "年利率（%）",
    "放款日期",
    "期限（月）",
    "到期日期",
    "贷款用途",
    "已还本金（元）",
    "结清日期",
    "信贷管户员",
    "产业指导员",
    "科技特派员",
    "带贫主体",
    "备注",
];
