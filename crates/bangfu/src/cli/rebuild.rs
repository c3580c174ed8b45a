//! `bangfu rebuild`: what is derived from the events, compared with them or made anew.

use bangfu_usecase::rebuild::rebuild;
use serde_json::json;

use super::arguments::Rebuild;
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::words::said;

/// Something differed.
const DIFFERS: u8 = 1;

pub(super) async fn run(desk: &Desk, asked: &Rebuild) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let waiting = spinner("");
    let found = rebuild(&app.db, &app.ctx("cli"), !asked.check).await?;
    waiting.finish_and_clear();
    if desk.json {
        let document = json!({ "loans": found.loans, "rows": found.rows, "histories": found.histories,
                               "cells": found.cells, "equal": found.is_equal() });
        say(document)?;
    } else if found.is_equal() {
        say(said(desk.lang, "cli-rebuild-equal", &[("n", found.loans.to_string())]))?;
    } else {
        let args = [
            ("rows", found.rows.len().to_string()),
            ("histories", found.histories.len().to_string()),
            ("cells", found.cells.to_string()),
        ];
        say(said(desk.lang, "cli-rebuild-differs", &args))?;
    }
    app.db.close().await;
    Ok(if asked.check && !found.is_equal() { DIFFERS } else { DONE })
}
