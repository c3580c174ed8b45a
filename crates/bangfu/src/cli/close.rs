//! `bangfu close`: every day up to a day.

use bangfu_domain::warning::Standing;
use bangfu_usecase::board::Figures;
use bangfu_usecase::close::{ClosedDay, close};
use bangfu_usecase::import::{self, Meter};
use serde_json::{Value, json};

use super::arguments::Close;
use super::terminal::{SHOWN, figures, say, spinner};
use super::{DONE, Desk};
use crate::clock;

pub(super) async fn run(desk: &Desk, asked: &Close) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let ctx = app.ctx("cli");
    let to = match asked.date {
        Some(day) => day,
        None => app.day_to_close().await?,
    };
    let waiting = spinner("");
    // A day is closed over whole files only.
    import::resume(&app.db, &ctx, &Meter::timed(clock::running)).await?;
    let days = close(&app.db, &ctx, to, |day| waiting.set_message(day.to_string())).await?;
    waiting.finish_and_clear();
    if desk.json {
        say(json!({ "days": days.iter().map(document).collect::<Vec<_>>() }))?;
    } else {
        for day in &days {
            let figures = figures_of(day);
            let cells: Vec<String> = SHOWN
                .iter()
                .filter(|standing| **standing != Standing::None)
                .map(|standing| {
                    let word = desk.text(&format!("standing-{}-short", standing.key()));
                    format!("{word} {}", figures.get(*standing).loans)
                })
                .collect();
            say(format!("{}  {}", day.date, cells.join("  ")))?;
        }
    }
    app.db.close().await;
    Ok(DONE)
}

fn figures_of(day: &ClosedDay) -> Figures {
    let mut figures = Figures::default();
    for (standing, totals) in &day.figures {
        figures.add(*standing, *totals);
    }
    figures
}

fn document(day: &ClosedDay) -> Value {
    let mut document = figures(&figures_of(day));
    document.insert("date".to_owned(), json!(day.date));
    document.insert("moves".to_owned(), json!(day.moves));
    Value::Object(document)
}
