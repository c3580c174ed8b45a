//! `bangfu bench`: how long the main jobs take on this machine, with the demo's books in a database of their own; or, on
//! a database of any size, filled with made-up loans, how long it takes to look into it and to close a day.

mod book;
mod fill;
mod wait;

use bangfu_domain::loan::add_days;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Filter, Order};
use bangfu_store::{Address, Db};
use bangfu_usecase::board::board;
use bangfu_usecase::close::close;
use serde_json::json;

use super::arguments::{Bench, Job};
use super::demo::{BOOKS, DAY, make};
use super::terminal::{bar, say};
use super::{DONE, Desk};
use crate::app::{App, choose_county};
use crate::clock::{Clock, Stopwatch};
use crate::intake;
use crate::words::said;

/// How often each job is done; the median counts.
const ROUNDS: usize = 3;

/// Milliseconds of each job in one round, by the job's key.
type Round = Vec<(&'static str, u128)>;

pub(super) async fn run(desk: &Desk, asked: &Bench) -> anyhow::Result<u8> {
    match asked.job {
        Job::Demo => demo(desk).await,
        Job::Fill => fill::run(desk, asked).await,
        Job::Book => book::run(desk, asked).await,
        Job::Close => wait::run(desk, asked).await,
    }
}

async fn demo(desk: &Desk) -> anyhow::Result<u8> {
    let progress = bar(u64::try_from(ROUNDS)?, &desk.text("cli-bench"));
    let mut rounds: Vec<Round> = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(desk).await?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let jobs: Vec<(&str, u128)> = (0..rounds.first().map_or(0, Vec::len))
        .map(|job| {
            let mut times: Vec<u128> = rounds.iter().map(|round| round[job].1).collect();
            times.sort_unstable();
            (rounds[0][job].0, times[times.len() / 2])
        })
        .collect();
    if desk.json {
        let medians: serde_json::Map<String, serde_json::Value> =
            jobs.iter().map(|(job, time)| ((*job).to_owned(), json!(time))).collect();
        say(json!({ "rounds": ROUNDS, "median_ms": medians }))?;
    } else {
        for (job, time) in jobs {
            let args = [("job", desk.text(&format!("bench-{job}"))), ("ms", time.to_string())];
            say(said(desk.lang, "cli-bench-line", &args))?;
        }
    }
    Ok(DONE)
}

async fn round(desk: &Desk) -> anyhow::Result<Round> {
    let folder = tempfile::tempdir()?;
    let address = Address::Sqlite(folder.path().join("bench.db"));
    let mut round = Round::new();
    let watch = Stopwatch::start();
    let db = make(&address, desk.clock.now()).await?;
    round.push(("init", watch.millis()));
    let app = App::new(db.clone(), Clock::demo(DAY), &choose_county(&db, None).await?);
    let watch = Stopwatch::start();
    let mut books = Vec::new();
    for (kind, name, bytes) in BOOKS {
        books.push((kind, name, intake::own(bytes)?));
    }
    round.push(("read", watch.millis()));
    for ((kind, name, book), job) in books.into_iter().zip(["ledger", "officers", "households", "bank"]) {
        let watch = Stopwatch::start();
        super::demo::take(&app, kind, name, String::new(), book).await?;
        round.push((job, watch.millis()));
    }
    let ctx = app.ctx("bench");
    let watch = Stopwatch::start();
    close(&db, &ctx, DAY, |_| {}).await?;
    round.push(("catch-up", watch.millis()));
    let watch = Stopwatch::start();
    close(&db, &ctx, add_days(DAY, 1), |_| {}).await?;
    round.push(("close", watch.millis()));
    round.extend(reads(&db, &app).await?);
    db.close().await;
    Ok(round)
}

async fn reads(db: &Db, app: &App) -> anyhow::Result<Round> {
    let ctx = app.ctx("bench");
    let mut tx = db.read().await.map_err(bangfu_usecase::Error::from)?;
    let watch = Stopwatch::start();
    board(&mut tx, &ctx.scope, Axis::Township, DAY, None).await?;
    let seen = watch.millis();
    let watch = Stopwatch::start();
    board(&mut tx, &ctx.scope, Axis::Township, DAY, Some(ctx.micros())).await?;
    let recounted = watch.millis();
    let watch = Stopwatch::start();
    loan::list(&mut tx, &ctx.scope, DAY, &Filter::default(), Order::Due, None, 25)
        .await
        .map_err(bangfu_usecase::Error::from)?;
    Ok(vec![("board", seen), ("recount", recounted), ("list", watch.millis())])
}
