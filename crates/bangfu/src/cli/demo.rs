//! `bangfu demo`: Yizhang's places with made-up books, closed to the newspaper's day, and the pages.

use bangfu_sheets::book::Book;
use bangfu_sheets::{Kind, divisions};
use bangfu_store::board::Axis;
use bangfu_store::{Address, Db, county};
use bangfu_usecase::board::board;
use bangfu_usecase::close::close;
use bangfu_usecase::import::{self, Report, Take, Upload};
use bangfu_usecase::init::{NewBook, init};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::arguments::Demo;
use super::serve::{refuse_foreign, serve};
use super::terminal::{bar, say, spinner, table};
use super::{DONE, Desk};
use crate::app::{App, choose_county};
use crate::clock::Clock;
use crate::intake;
use crate::words::said;

const DIVISIONS: &[u8] = include_bytes!("../../../../demo/divisions/yizhang.csv");

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
    refuse_foreign(desk, asked.listen)?;
    let app = prepare(desk).await?;
    show(desk, &app).await?;
    serve(desk, app, asked.listen).await?;
    Ok(DONE)
}

/// Brings the demo's book to its day. What an earlier start has done stays done; what it left is finished.
async fn prepare(desk: &Desk) -> anyhow::Result<App> {
    let fresh = matches!(&desk.address, Address::Sqlite(path) if !path.exists());
    let db = if fresh {
        make(&desk.address, desk.clock.now()).await?
    } else {
        Db::open(&desk.address).await.map_err(bangfu_usecase::Error::from)?
    };
    let county = choose_county(&db, None).await?;
    if !county.demo {
        anyhow::bail!(said(desk.lang, "cli-not-a-demo", &[("database", desk.address.shown())]));
    }
    let app = App::new(db, Clock::demo(county.closed_on.map_or(DAY, |closed| closed.max(DAY))), &county);
    let ctx = app.ctx("demo");
    let taken: Vec<String> = import::history(&app.db, &ctx)
        .await?
        .into_iter()
        .filter(|import| import.taken)
        .map(|import| import.kind)
        .collect();
    for (kind, name, bytes) in BOOKS {
        if taken.iter().any(|done| done == kind.key()) {
            continue;
        }
        let waiting = spinner(&said(desk.lang, "cli-reading", &[("file", name.to_owned())]));
        let book = intake::read(bytes)
            .await
            .map_err(|why| anyhow::anyhow!(said(desk.lang, &format!("intake-{}", why.key()), &why.args())))?;
        let report = take(&app, kind, name, intake::hash(bytes), book).await?;
        waiting.finish_and_clear();
        let args = [
            ("file", name.to_owned()),
            ("good", report.rows.good.to_string()),
            ("bad", report.rows.bad.to_string()),
        ];
        eprintln!("{}", said(desk.lang, "cli-read", &args));
    }
    let today = app.today();
    let opening = county::get(&mut app.db.read().await.map_err(bangfu_usecase::Error::from)?, app.county_id)
        .await
        .map_err(bangfu_usecase::Error::from)?;
    let first = opening.closed_on.or(opening.opening_on).unwrap_or(today);
    let days = u64::try_from(bangfu_domain::loan::days_between(first, today)).unwrap_or(0);
    let progress = bar(days, &desk.text("cli-closing"));
    close(&app.db, &ctx, today, |_| progress.inc(1)).await?;
    progress.finish_and_clear();
    Ok(app)
}

/// An empty book of Yizhang, marked as the demo's.
pub(super) async fn make(address: &Address, at: Timestamp) -> anyhow::Result<Db> {
    let lines = divisions::read(DIVISIONS).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let book = NewBook { counties: vec!["431022".to_owned()], pack: None, demo: true, at };
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
    let upload = Upload { kind, file_name, file_hash, book, as_of: None, until_on: None };
    let ctx = app.ctx("demo");
    let import_id = import::stage(&app.db, &ctx, &upload).await?;
    Ok(import::take(&app.db, &ctx, import_id, Take::Good).await?)
}

async fn show(desk: &Desk, app: &App) -> anyhow::Result<()> {
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let board = board(&mut tx, &app.ctx("demo").scope, Axis::Township, app.today(), None).await?;
    if !desk.json {
        say(format!("{}  {}", desk.lang.day_long(board.date), desk.text("demo-banner")));
        say(table(desk.lang, &board).trim_end());
    }
    Ok(())
}
