//! `bangfu bench book`: how long it takes to look into a book: boards and the lists behind their cells on days of the last
//! year, and a full recount beside a bare scan.

use std::collections::BTreeMap;

use bangfu_domain::loan::add_days;
use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Filter, Order, Shown};
use bangfu_store::{Area, Scope, Tx, county};
use bangfu_usecase::board::{BoardRow, Figures, board};
use bangfu_usecase::recount::recount_rows;
use bangfu_usecase::rules::reach;
use jiff::civil::Date;
use serde_json::json;

use super::super::arguments::Bench;
use super::super::terminal::say;
use super::super::{DONE, Desk};
use crate::app::App;
use crate::clock::Stopwatch;
use crate::words::said;

/// Days back from the book's last on which boards and lists are asked for.
const DAYS_BACK: [i32; 6] = [0, 1, 40, 130, 250, 364];

/// Rows of a list's first page.
const PAGE: usize = 50;

/// How often the recount and the scan are done.
const ROUNDS: usize = 3;

/// Milliseconds by job.
type Times = BTreeMap<&'static str, Vec<u128>>;

pub(super) async fn run(desk: &Desk, _asked: &Bench) -> anyhow::Result<u8> {
    // What is measured lies in the file cache and not in the program's memory: somebody else asks for all of it before.
    look_around(&desk.reader().await?, &mut Times::new()).await?;
    let (app, mut times) = (desk.reader().await?, Times::new());
    let last = look_around(&app, &mut times).await?;
    let equal = count(&app, last, &mut times).await?;
    let mut shown = serde_json::Map::new();
    for (job, mut all) in times {
        all.sort_unstable();
        let (median, longest) = (all[all.len() / 2], all[all.len() - 1]);
        if desk.json {
            shown.insert(
                job.to_owned(),
                json!({ "times": all.len(), "median_ms": median, "longest_ms": longest }),
            );
        } else {
            let args = [("job", desk.text(&format!("bench-{job}"))), ("ms", format!("{median} … {longest}"))];
            say(said(desk.lang, "cli-bench-line", &args))?;
        }
    }
    if desk.json {
        say(json!({ "jobs": shown, "recount_equals_board": equal }))?;
    }
    anyhow::ensure!(equal, desk.text("bench-unequal"));
    Ok(DONE)
}

/// Boards and lists of days back from the book's last, which is returned.
async fn look_around(app: &App, times: &mut Times) -> anyhow::Result<Date> {
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let county = county::get(&mut tx, app.county_id).await.map_err(bangfu_usecase::Error::from)?;
    let last = county.closed_on.or(county.opening_on).unwrap_or_else(|| app.today());
    for back in DAYS_BACK {
        look(app, &mut tx, &county, add_days(last, -back), times).await?;
    }
    Ok(last)
}

/// Boards of a day, and of each the lists behind the cells of its largest and its smallest row.
async fn look(
    app: &App,
    tx: &mut Tx,
    county: &county::County,
    day: Date,
    times: &mut Times,
) -> anyhow::Result<()> {
    let scope = Scope::county(app.county_id);
    for (axis, job) in [
        (Axis::County, "board-county"),
        (Axis::Township, "board-township"),
        (Axis::Village, "board-village"),
        (Axis::Branch, "board-branch"),
        (Axis::Manager, "board-officer"),
    ] {
        let watch = Stopwatch::start();
        let seen = board(tx, &scope, axis, day, None).await?;
        times.entry(job).or_default().push(watch.millis());
        let owing: Vec<&BoardRow> = seen.rows.iter().filter(|row| row.figures.owing().loans > 0).collect();
        let most = owing.iter().max_by_key(|row| row.figures.owing().loans);
        let least = owing.iter().min_by_key(|row| row.figures.owing().loans);
        for row in most.into_iter().chain(least) {
            let mut filter = Filter::default();
            match axis {
                Axis::Township | Axis::Village => filter.division_id = Some(row.key_id),
                Axis::Branch => filter.branch_id = Some(row.key_id),
                Axis::Manager => filter.manager_id = Some(row.key_id),
                Axis::County | Axis::DueMonth => {}
            }
            lists(tx, &scope, county, day, (&filter, &row.figures), times).await?;
            if axis == Axis::Township {
                let scope = Scope { area: Area::Division(row.key_id), ..scope };
                let watch = Stopwatch::start();
                board(tx, &scope, Axis::Village, day, None).await?;
                times.entry("board-narrow").or_default().push(watch.millis());
                lists(tx, &scope, county, day, (&Filter::default(), &row.figures), times).await?;
            }
        }
    }
    Ok(())
}

/// The first page and the totals of each cell of a board's row, held against the cell.
async fn lists(
    tx: &mut Tx,
    scope: &Scope,
    county: &county::County,
    day: Date,
    (filter, figures): (&Filter, &Figures),
    times: &mut Times,
) -> anyhow::Result<()> {
    let failed = bangfu_usecase::Error::from;
    let cells = Standing::owing().map(|one| (Shown::Standing(one), figures.get(one)));
    for (shown, cell) in cells.chain([(Shown::Owing, figures.owing())]) {
        let watch = Stopwatch::start();
        let reach = reach(tx, county, shown, day).await?;
        let filter = Filter { shown, reach, ..filter.clone() };
        let page = loan::list(tx, scope, day, &filter, Order::Due, None, PAGE).await.map_err(failed)?;
        times.entry("list").or_default().push(watch.millis());
        let watch = Stopwatch::start();
        let tallies = loan::tallies(tx, scope, day, &filter).await.map_err(failed)?;
        times.entry("list-totals").or_default().push(watch.millis());
        let holds = PAGE.min(usize::try_from(cell.loans)?);
        anyhow::ensure!(
            shown.of(&tallies) == cell && page.rows.len() == holds,
            "{day} {shown:?} {filter:?}: {cell:?}, {:?}, {}",
            shown.of(&tallies),
            page.rows.len()
        );
    }
    Ok(())
}

/// A recount from the rows beside a bare scan; true if it equals the board.
async fn count(app: &App, day: Date, times: &mut Times) -> anyhow::Result<bool> {
    let mut equal = true;
    for _ in 0..ROUNDS {
        let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
        let watch = Stopwatch::start();
        loan::sum_of_balances(&mut tx, &Scope::county(app.county_id))
            .await
            .map_err(bangfu_usecase::Error::from)?;
        times.entry("scan").or_default().push(watch.millis());
        let watch = Stopwatch::start();
        let counted = recount_rows(&app.db, app.county_id).await?;
        times.entry("recount-rows").or_default().push(watch.millis());
        let seen = board(&mut tx, &Scope::county(app.county_id), Axis::Village, day, None).await?;
        let seen = seen.rows.into_iter().filter(|row| row.figures.owing().loans > 0);
        equal &= seen.map(|row| (row.key_id, row.figures)).collect::<BTreeMap<_, _>>() == counted;
    }
    Ok(equal)
}
