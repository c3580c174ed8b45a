//! `bangfu bench fill`: a book of any size, made up over real places, the same for the same seed.

use bangfu_sheets::divisions;
use bangfu_usecase::fill::{Plan, Progress, fill};
use bangfu_usecase::init::{NewBook, TIME_ZONE};
use serde_json::json;

use super::super::arguments::Bench;
use super::super::demo::DIVISIONS;
use super::super::terminal::{bar, say};
use super::super::{DONE, Desk};
use crate::clock::Stopwatch;
use crate::intake::{self, Intake};
use crate::words::said;

/// The county of the divisions in the binary.
const COUNTY: &str = "431022";

pub(super) async fn run(desk: &Desk, asked: &Bench) -> anyhow::Result<u8> {
    let list = match &asked.divisions {
        Some(path) => {
            let bytes = desk.file(path)?;
            Intake::default()
                .read(&bytes)
                .await
                .map_err(|why| anyhow::anyhow!(crate::words::intake(desk.lang, &why)))?
        }
        None => intake::own(DIVISIONS)?,
    };
    let lines = divisions::read(&list)
        .map_err(|fault| anyhow::anyhow!(crate::words::divisions(desk.lang, &fault)))?;
    let counties = if asked.county.is_empty() { vec![COUNTY.to_owned()] } else { asked.county.clone() };
    // Whatever the hour, the same plan makes the same book.
    let at = jiff::Timestamp::UNIX_EPOCH;
    let book = NewBook { counties, pack: None, time_zone: TIME_ZONE.to_owned(), demo: true, at };
    let plan = Plan { loans: asked.loans, seed: asked.seed, due_on: asked.due_on, changing: asked.changing };
    let watch = Stopwatch::start();
    let progress = bar(u64::try_from(plan.loans + plan.loans / 10)?, &desk.text("cli-filling"));
    let filled = fill(&desk.address, &lines, &book, plan, |step| match step {
        Progress::Loans(written, _) => progress.set_position(u64::try_from(written).unwrap_or(0)),
        Progress::Indexes(made, all) => {
            progress.set_message(format!("{} {made}/{all}", desk.text("cli-indexing")))
        }
    })
    .await?;
    progress.finish_and_clear();
    if desk.json {
        say(json!({
            "active": filled.active,
            "repaid": filled.repaid,
            "changing": filled.changing,
            "intervals": filled.intervals,
            "ms": watch.millis(),
        }))?;
    } else {
        let args = [
            ("n", filled.active.to_string()),
            ("repaid", filled.repaid.to_string()),
            ("changing", filled.changing.to_string()),
            ("day", asked.due_on.to_string()),
            ("ms", watch.millis().to_string()),
        ];
        say(said(desk.lang, "cli-filled", &args))?;
    }
    Ok(DONE)
}
