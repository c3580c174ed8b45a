//! `bangfu bench close`: how long the next day's close takes, and how long a user's write waits meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bangfu_store::county;
use bangfu_usecase::close::{close, look_ahead};
use bangfu_usecase::known::fix_instant;
use serde_json::json;

use super::super::arguments::Bench;
use super::super::terminal::say;
use super::super::{DONE, Desk};
use crate::app::App;
use crate::clock::Stopwatch;
use crate::words::said;

/// The pause between two writes of the user.
const PAUSE: Duration = Duration::from_millis(10);

pub(super) async fn run(desk: &Desk, asked: &Bench) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let ctx = app.ctx("bench");
    let before = county::get(&mut app.db.read().await.map_err(bangfu_usecase::Error::from)?, app.county_id)
        .await
        .map_err(bangfu_usecase::Error::from)?;
    // The day before is closed first, untimed: the first close of a book is its opening.
    if before.closed_on.is_none_or(|closed| closed < asked.due_on) {
        close(&app.db, &ctx, bangfu_domain::loan::add_days(asked.due_on, -1), |_| {}).await?;
    }
    look_ahead(&app.db, &ctx, asked.due_on).await?;
    let over = Arc::new(AtomicBool::new(false));
    let user = tokio::spawn(write_until(app.clone(), Arc::clone(&over)));
    let watch = Stopwatch::start();
    let days = close(&app.db, &app.ctx("bench"), asked.due_on, |_| {}).await?;
    let closed = watch.millis();
    over.store(true, Ordering::Relaxed);
    let mut waits = user.await??;
    waits.sort_unstable();
    let longest = waits.last().copied().unwrap_or(0);
    let moves: i64 = days.iter().map(|day| day.moves).sum();
    if desk.json {
        say(json!({ "ms": closed, "moves": moves, "writes": waits.len(), "longest_wait_ms": longest,
                    "median_wait_ms": waits.get(waits.len() / 2) }))?;
    } else {
        let job = desk.text("bench-close");
        say(said(desk.lang, "cli-bench-line", &[("job", job), ("ms", closed.to_string())]))?;
        let job = desk.text("bench-wait");
        say(said(desk.lang, "cli-bench-line", &[("job", job), ("ms", longest.to_string())]))?;
    }
    app.db.close().await;
    Ok(DONE)
}

/// Writes as a user does, one small write after another, and notes how long each took, in milliseconds.
async fn write_until(app: App, over: Arc<AtomicBool>) -> anyhow::Result<Vec<u128>> {
    let mut waits = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let ctx = app.ctx("bench-user");
        let watch = Stopwatch::start();
        fix_instant(&app.db, &ctx, Some(ctx.micros())).await?;
        waits.push(watch.millis());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(waits)
}
