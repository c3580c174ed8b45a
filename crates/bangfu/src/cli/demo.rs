//! `bangfu demo`: Yizhang's places with made-up books, closed to the newspaper's day, and the pages.

use bangfu_domain::loan::days_between;
use bangfu_sheets::book::Book;
use bangfu_sheets::{Kind, divisions};
use bangfu_store::board::Axis;
use bangfu_store::county::{self, County};
use bangfu_store::import as stored;
use bangfu_store::{Address, Db, Error};
use bangfu_usecase::board::board;
use bangfu_usecase::close::close;
use bangfu_usecase::import::{self, Meter, Report, Take, Upload};
use bangfu_usecase::init::{NewBook, TIME_ZONE, init};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::arguments::Demo;
use super::serve::{Doors, listen, serve};
use super::terminal::{bar, note, say, spinner, table};
use super::{DONE, Desk};
use crate::app::App;
use crate::clock::{self, Clock};
use crate::intake;
use crate::persona;
use crate::words::said;

/// The places of Yizhang.
pub(super) const DIVISIONS: &[u8] = include_bytes!("../../../../demo/divisions/yizhang.csv");

/// For how long running answers may go on when the demo is told to stop.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The newspaper's day: the demo's clock starts there.
pub(super) const DAY: Date = date(2019, 6, 17);

/// The books in the order in which a county would read them in.
pub(super) const BOOKS: [(Kind, &str, &[u8]); 4] = [
    (Kind::Ledger, "ledger.xlsx", include_bytes!("../../../../demo/yizhang/ledger.xlsx")),
    (Kind::Officers, "officers.xlsx", include_bytes!("../../../../demo/yizhang/officers.xlsx")),
    (Kind::Households, "households.xlsx", include_bytes!("../../../../demo/yizhang/households.xlsx")),
    (Kind::Repayments, "bank.csv", include_bytes!("../../../../demo/yizhang/bank.csv")),
];

pub(super) async fn run(desk: &Desk, asked: &Demo) -> anyhow::Result<u8> {
    // Everybody knows the passwords of a demo's people.
    if !asked.listen.ip().is_loopback() {
        anyhow::bail!(said(desk.lang, "cli-loopback-only", &[("address", asked.listen.to_string())]));
    }
    // The address comes first: nobody waits for books that cannot be shown.
    let listener = listen(desk, asked.listen).await?;
    let app = App { api_rate: asked.api_rate, ..prepare(desk).await? };
    show(desk, &app).await?;
    let db = app.db.clone();
    serve(desk, app, Doors { pages: listener, keeper: None, machines: None, patience: PATIENCE }).await?;
    db.close().await;
    Ok(DONE)
}

/// Brings the demo's book to its day, from wherever an earlier start was stopped.
async fn prepare(desk: &Desk) -> anyhow::Result<App> {
    let app = open(desk).await?;
    while let Some(step) = next_step(&app).await? {
        take_step(desk, &app, step).await?;
    }
    persona::ensure(&app, &app.ctx("demo")).await?;
    Ok(app)
}

/// The demo's book, made where there is none yet. A book that is not a demo's is refused.
async fn open(desk: &Desk) -> anyhow::Result<App> {
    let db = match Db::open(&desk.address).await {
        Err(Error::Missing(_) | Error::Unfinished(_)) => make(&desk.address, desk.clock.now()).await?,
        opened => opened.map_err(bangfu_usecase::Error::from)?,
    };
    let counties = county::list(&mut db.read().await.map_err(bangfu_usecase::Error::from)?)
        .await
        .map_err(bangfu_usecase::Error::from)?;
    match counties.as_slice() {
        [county] if county.demo => {
            let app = App::new(db, clock(county), county);
            desk.adopt(&app).await?;
            Ok(app)
        }
        _ => anyhow::bail!(said(desk.lang, "cli-not-a-demo", &[("database", desk.address.shown())])),
    }
}

/// The clock of a demo's book: it stands at the last closed day, or at the newspaper's until that is reached.
pub(super) fn clock(county: &County) -> Clock {
    Clock::demo(county.closed_on.map_or(DAY, |closed| closed.max(DAY)))
}

/// A step of a demo towards its day. Each may be stopped at any moment and taken again.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// One of the books is read in.
    Read(Kind, &'static str, &'static [u8]),
    /// The days are closed, from the first or from the one after the last closed.
    Close { from: Date },
}

/// What a demo lacks next; nothing once it has reached its day.
async fn next_step(app: &App) -> anyhow::Result<Option<Step>> {
    let county = county::get(&mut app.db.read().await.map_err(bangfu_usecase::Error::from)?, app.county_id)
        .await
        .map_err(bangfu_usecase::Error::from)?;
    if county.closed_on.is_some_and(|closed| closed >= DAY) {
        return Ok(None);
    }
    for (kind, name, bytes) in BOOKS {
        if !files(app, kind).await?.iter().any(|(_, taken, _)| *taken) {
            return Ok(Some(Step::Read(kind, name, bytes)));
        }
    }
    Ok(Some(Step::Close { from: county.closed_on.or(county.opening_on).unwrap_or(DAY) }))
}

/// Every file of a kind that the demo's book has seen: (import, whether it was taken over, who read it in).
async fn files(app: &App, kind: Kind) -> Result<Vec<(i64, bool, String)>, bangfu_usecase::Error> {
    let mut tx = app.db.read().await?;
    Ok(stored::of_kind(&mut tx, &app.ctx("demo").scope, kind.key()).await?)
}

async fn take_step(desk: &Desk, app: &App, step: Step) -> anyhow::Result<()> {
    match step {
        Step::Read(kind, name, bytes) => {
            let waiting = spinner(&said(desk.lang, "cli-reading", &[("file", name.to_owned())]));
            let report = take(app, kind, name, intake::hash(bytes), intake::own(bytes)?).await?;
            waiting.finish_and_clear();
            let args = [
                ("file", name.to_owned()),
                ("good", report.rows.good.to_string()),
                ("bad", report.rows.bad.to_string()),
            ];
            note(said(desk.lang, "cli-read", &args));
        }
        Step::Close { from } => {
            let days = u64::try_from(days_between(from, DAY)).unwrap_or(0);
            let progress = bar(days, &desk.text("cli-closing"));
            close(&app.db, &app.ctx("demo"), DAY, |_| progress.inc(1)).await?;
            progress.finish_and_clear();
        }
    }
    Ok(())
}

/// An empty book of Yizhang, marked as the demo's.
pub(super) async fn make(address: &Address, at: Timestamp) -> anyhow::Result<Db> {
    let lines = divisions::read(&intake::own(DIVISIONS)?).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let (counties, time_zone) = (vec!["431022".to_owned()], TIME_ZONE.to_owned());
    let book = NewBook { counties, pack: None, time_zone, demo: true, at };
    Ok(init(address, &lines, &book).await?)
}

/// Takes a book's good rows over.
pub(super) async fn take(
    app: &App,
    kind: Kind,
    file_name: &str,
    file_hash: String,
    book: Book,
) -> anyhow::Result<Report> {
    let file_name = file_name.to_owned();
    let upload =
        Upload { kind, file_name, file_hash, book, as_of: None, until_on: None, layout: None, mended: 0 };
    let ctx = app.ctx("demo");
    // What a stopped start kept of this kind and did not take over.
    for (import_id, taken, actor) in files(app, kind).await? {
        if !taken && actor == ctx.actor {
            import::discard(&app.db, &ctx, import_id).await?;
        }
    }
    let import_id = import::stage(&app.db, &ctx, &upload).await?;
    Ok(import::take(&app.db, &ctx, import_id, Take::Good, &Meter::timed(clock::running)).await?)
}

async fn show(desk: &Desk, app: &App) -> anyhow::Result<()> {
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let board = board(&mut tx, &app.ctx("demo").scope, Axis::Township, app.today(), None).await?;
    if !desk.json {
        say(format!("{}  {}", desk.lang.day_long(board.date), desk.text("demo-banner")))?;
        say(table(desk.lang, &board).trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bangfu_domain::loan::add_days;
    use bangfu_store::testing::fresh_postgres;
    use bangfu_usecase::board::Board;

    use super::*;
    use crate::texts::Lang;

    fn desk(address: &Address) -> Desk {
        let address = address.clone();
        Desk { address, json: true, lang: Lang::Zh, county: None, clock: Clock::System }
    }

    async fn board_of(app: &App) -> Board {
        let mut tx = app.db.read().await.unwrap();
        board(&mut tx, &app.ctx("demo").scope, Axis::Village, DAY, None).await.unwrap()
    }

    /// Every start is stopped after one step, or within it; the last one's board is that of a start left alone.
    async fn is_brought_to_its_day(address: Address, alone: &Board) {
        let desk = desk(&address);
        Db::create(&address).await.unwrap().close().await;
        let mut steps = 0;
        loop {
            let app = open(&desk).await.unwrap();
            let Some(step) = next_step(&app).await.unwrap() else { break };
            match step {
                Step::Read(kind, name, bytes) => {
                    // Stopped after the file was kept and before it was taken over, then started again.
                    let (file_name, book) = (name.to_owned(), intake::own(bytes).unwrap());
                    let upload = Upload {
                        kind,
                        file_name,
                        file_hash: String::new(),
                        book,
                        as_of: None,
                        until_on: None,
                        layout: None,
                        mended: 0,
                    };
                    import::stage(&app.db, &app.ctx("demo"), &upload).await.unwrap();
                }
                Step::Close { from } => {
                    close(&app.db, &app.ctx("demo"), add_days(from, 20).min(DAY), |_| {}).await.unwrap();
                }
            }
            app.db.close().await;
            let app = open(&desk).await.unwrap();
            let step = next_step(&app).await.unwrap();
            if let Some(step @ Step::Read(..)) = step {
                take_step(&desk, &app, step).await.unwrap();
            }
            app.db.close().await;
            steps += 1;
        }
        assert_eq!(steps, BOOKS.len() + 3, "four books, and the days in three parts");
        let app = prepare(&desk).await.unwrap();
        assert_eq!(board_of(&app).await, *alone);
        let left = import::history(&app.db, &app.ctx("demo")).await.unwrap();
        assert_eq!(left.len(), BOOKS.len(), "what a stopped start kept is gone");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_stopped_start_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name| Address::Sqlite(folder.path().join(name));
        let alone = board_of(&prepare(&desk(&at("alone.db"))).await.unwrap()).await;
        assert_eq!(alone.total.get(bangfu_domain::warning::Standing::Red).loans, 43);
        // Every other verb finds the demo's clock too, and closes one day and no more unless it is told.
        let app = desk(&at("alone.db")).app().await.unwrap();
        assert_eq!((app.today(), app.day_to_close().await.unwrap()), (DAY, add_days(DAY, 1)));
        assert!(app.clock.is_demo());
        app.db.close().await;
        is_brought_to_its_day(at("stopped.db"), &alone).await;
        is_brought_to_its_day(Address::Postgres(fresh_postgres().await.unwrap()), &alone).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_book_that_is_no_demo_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("real.db"));
        let lines = divisions::read(&intake::own(DIVISIONS).unwrap()).unwrap();
        let (counties, time_zone) = (vec!["431022".to_owned()], TIME_ZONE.to_owned());
        let book = NewBook { counties, pack: None, time_zone, demo: false, at: Clock::System.now() };
        init(&address, &lines, &book).await.unwrap().close().await;
        let refused = prepare(&desk(&address)).await.err().unwrap();
        assert!(refused.to_string().contains("不是演示数据"), "{refused}");
    }
}
