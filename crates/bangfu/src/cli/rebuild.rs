//! `bangfu rebuild`: what is derived from the events, compared with them or made anew.

use bangfu_usecase::rebuild::{Comparison, compare, rebuild};
use serde_json::json;

use super::arguments::Rebuild;
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::words::said;

/// Something differs that was to be compared only, or cannot be mended.
const DIFFERS: u8 = 1;

/// Loans named to people; the JSON document has all.
const SHOWN: usize = 20;

pub(super) async fn run(desk: &Desk, asked: &Rebuild) -> anyhow::Result<u8> {
    let app = if asked.check { desk.reader().await? } else { desk.app().await? };
    let ctx = app.ctx("cli");
    let waiting = spinner("");
    let found = match asked.check {
        true => compare(&app.db, &ctx).await?,
        false => rebuild(&app.db, &ctx).await?,
    };
    waiting.finish_and_clear();
    if desk.json {
        let document = json!({ "loans": found.loans, "rows": found.rows, "histories": found.histories,
                               "cells": found.cells, "names": found.names, "lost": found.lost, "equal": found.is_equal() });
        say(document)?;
    } else {
        tell(desk, &found)?;
    }
    app.db.close().await;
    let mended = if asked.check { found.is_equal() } else { found.lost.is_empty() };
    Ok(if mended { DONE } else { DIFFERS })
}

fn tell(desk: &Desk, found: &Comparison) -> anyhow::Result<()> {
    if found.is_equal() {
        return say(said(desk.lang, "cli-rebuild-equal", &[("n", found.loans.to_string())]));
    }
    let args = [
        ("rows", found.rows.len().to_string()),
        ("histories", found.histories.len().to_string()),
        ("cells", found.cells.to_string()),
        ("names", found.names.to_string()),
    ];
    say(said(desk.lang, "cli-rebuild-differs", &args))?;
    let named: Vec<&str> = found.rows.iter().chain(&found.histories).map(String::as_str).collect();
    if !named.is_empty() {
        say(format!("  {}", some(&named)))?;
    }
    if !found.lost.is_empty() {
        let lost: Vec<&str> = found.lost.iter().map(String::as_str).collect();
        let args = [("n", lost.len().to_string()), ("loans", some(&lost))];
        say(said(desk.lang, "cli-rebuild-lost", &args))?;
    }
    Ok(())
}

/// The first of some names, each once.
fn some(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    let more = if names.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", names[..names.len().min(SHOWN)].join(", "))
}
