//! `bangfu serve`: the pages, and the close of each day at its hour.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use bangfu_store::Db;
use bangfu_usecase::Ctx;
use bangfu_usecase::adopt::go_on;
use bangfu_usecase::import::Meter;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::arguments::Serve;
use super::terminal::say;
use super::{DONE, Desk, election, night, openid, reach, sending};
use crate::app::App;
use crate::clock::running;
use crate::intake::Intake;
use crate::system::stop;
use crate::tls::listener::TlsListener;
use crate::tls::pair::Keeper;
use crate::web;
use crate::web::origin::Peer;
use crate::words::said;

/// For how long the message that is being tried is waited for when the program stops.
const LAST_TRY: Duration = Duration::from_secs(20);

/// Where is served, and for how long running answers may go on when the program is told to stop.
pub(super) struct Doors {
    /// The pages.
    pub(super) pages: TcpListener,
    /// The certificate that is shown there, if they are encrypted.
    pub(super) keeper: Option<Arc<Keeper>>,
    /// What machines ask, where an address was named for it.
    pub(super) machines: Option<TcpListener>,
    /// For how long running answers may go on.
    pub(super) patience: Duration,
}

pub(super) async fn run(desk: &Desk, asked: &Serve) -> anyhow::Result<u8> {
    let (way, keeper) = reach::way(desk, asked.listen, &asked.reach)?;
    if let Some(metrics) = asked.metrics {
        reach::refuse_foreign_metrics(desk, metrics, &way)?;
    }
    let openid = openid::house(desk, &asked.openid)?;
    let sender = sending::sender(desk, &asked.sending, asked.openid.openid_pages.as_ref())?;
    let pages = listen(desk, asked.listen).await?;
    let machines = match asked.metrics {
        Some(address) => Some(listen(desk, address).await?),
        None => None,
    };
    let intake = Intake::new(asked.uploads.limits());
    let second_factor = asked.second_factor.clone().into();
    let app = App {
        intake,
        api_rate: asked.api_rate,
        way,
        keeper: keeper.clone(),
        second_factor,
        openid,
        sender: Some(sender.clone()),
        privacy: asked.privacy.as_set(),
        ..desk.app_at_once().await?
    };
    let judging = tokio::spawn(judge(app.db.clone(), app.ctx("rules")));
    let (elected, is_elected) = watch::channel(false);
    let told = (elected, app.metrics.clone(), app.stop.clone());
    let lease = Duration::from_secs(asked.lease_seconds);
    let standing = tokio::spawn(election::stand(app.db.clone(), desk.clock.clone(), lease, told));
    let (db, metrics) = (app.db.clone(), app.metrics.clone());
    let held = is_elected.clone();
    let sending =
        tokio::spawn(sending::watch((db.clone(), desk.clock.clone()), sender, held, app.stop.clone()));
    let night =
        tokio::spawn(night::watch(db.clone(), desk.clock.clone(), asked.close_at, (is_elected, metrics)));
    if let Some(keeper) = keeper.clone() {
        tokio::spawn(keeper.watch(desk.clock.clone(), app.stop.clone()));
    }
    let patience = Duration::from_secs(asked.stop_seconds);
    serve(desk, app, Doors { pages, keeper, machines, patience }).await?;
    // Work that is under way is stopped like one that is killed: the next start goes on with it.
    for work in [judging, night] {
        work.abort();
        let _ = work.await;
    }
    // What is being sent is sent, and written down.
    if tokio::time::timeout(LAST_TRY, sending).await.is_err() {
        tracing::warn!("a message was cut off; whether it arrived is to be found out");
    }
    let _ = standing.await;
    db.close().await;
    Ok(DONE)
}

/// Judges the book by the rules of this start, or goes on with what was interrupted. Pages say meanwhile how far it is.
async fn judge(db: Db, ctx: Ctx) {
    match go_on(&db, &ctx, &Meter::timed(running)).await {
        Ok(Some(done)) => tracing::info!(loans = done.changed, "loans stand otherwise by the present rules"),
        Ok(None) => {}
        Err(error) => {
            tracing::error!("judging the book by the present rules failed; the next close goes on: {error}");
        }
    }
}

/// Takes the address at which pages will be served.
pub(super) async fn listen(desk: &Desk, at: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(at).await.map_err(|error| {
        let args = [("address", at.to_string()), ("error", error.to_string())];
        anyhow::anyhow!(said(desk.lang, "cli-cannot-listen", &args))
    })
}

/// Serves the pages until the program is told to stop. The address goes to standard output.
///
/// Told to stop, it takes no new connection; what is being answered has so long to end, and work on files stops at its
/// next pause, with every page that was written kept.
pub(super) async fn serve(desk: &Desk, app: App, doors: Doors) -> anyhow::Result<()> {
    let address = shown(doors.pages.local_addr()?, doors.keeper.as_deref());
    let machines = doors.machines.as_ref().map(TcpListener::local_addr).transpose()?;
    let machines = machines.map(|address| format!("http://{address}/metrics"));
    if desk.json {
        say(serde_json::json!({ "address": address, "metrics": machines }))?;
    } else {
        if let Some(machines) = machines {
            say(said(desk.lang, "cli-metrics", &[("address", machines)]))?;
        }
        say(said(desk.lang, "cli-serving", &[("address", address)]))?;
    }
    let stop = app.stop.clone();
    let told = stop.clone();
    tokio::spawn(async move {
        stop::told().await;
        tracing::info!("told to stop");
        told.cancel();
    });
    let (pages, machines) = web::routers(app);
    if let Some(listener) = doors.machines {
        let until = stop.clone().cancelled_owned();
        tokio::spawn(axum::serve(listener, machines).with_graceful_shutdown(until).into_future());
    }
    let serving = match doors.keeper {
        None => answer(doors.pages, pages, stop.clone()),
        Some(keeper) => {
            let config = keeper.config().map_err(|fault| anyhow::anyhow!(fault.said(desk.lang)))?;
            answer(TlsListener::over(doors.pages, config)?, pages, stop.clone())
        }
    };
    let over = async {
        stop.cancelled().await;
        tokio::time::sleep(doors.patience).await;
    };
    tokio::select! {
        served = serving => served?,
        () = over => tracing::warn!("answers that took too long were cut off"),
    }
    Ok(())
}

/// Answers whoever comes to a door, until the program stops and what is being answered then has ended.
fn answer<L>(
    door: L,
    pages: Router,
    stop: CancellationToken,
) -> Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>>
where
    L: Listener<Addr = SocketAddr>,
    Peer: for<'a> Connected<IncomingStream<'a, L>>,
{
    let pages = pages.into_make_service_with_connect_info::<Peer>();
    Box::pin(axum::serve(door, pages).with_graceful_shutdown(stop.cancelled_owned()).into_future())
}

/// The address of the pages as somebody would type it.
fn shown(at: SocketAddr, keeper: Option<&Keeper>) -> String {
    let Some(keeper) = keeper else { return format!("http://{at}/") };
    let name = keeper.current().names.into_iter().next();
    match name.filter(|_| at.ip().is_unspecified()) {
        Some(name) if name.contains(':') => format!("https://[{name}]:{}/", at.port()),
        Some(name) => format!("https://{name}:{}/", at.port()),
        None => format!("https://{at}/"),
    }
}
