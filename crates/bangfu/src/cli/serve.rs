//! `bangfu serve`: the pages, and the close of each day at its hour.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::arguments::Serve;
use super::terminal::say;
use super::{DONE, Desk, election, night};
use crate::app::App;
use crate::intake::Intake;
use crate::system::stop;
use crate::web;
use crate::words::said;

/// Where is served, and for how long running answers may go on when the program is told to stop.
pub(super) struct Doors {
    /// The pages.
    pub(super) pages: TcpListener,
    /// What machines ask, where an address was named for it.
    pub(super) machines: Option<TcpListener>,
    /// For how long running answers may go on.
    pub(super) patience: Duration,
}

pub(super) async fn run(desk: &Desk, asked: &Serve) -> anyhow::Result<u8> {
    refuse_foreign(desk, asked.listen)?;
    let pages = listen(desk, asked.listen).await?;
    let machines = match asked.metrics {
        Some(address) => Some(listen(desk, address).await?),
        None => None,
    };
    let app = App {
        intake: Intake::new(asked.uploads.limits()),
        privacy: asked.privacy.as_set(),
        ..desk.app().await?
    };
    let (elected, is_elected) = watch::channel(false);
    let told = (elected, app.metrics.clone(), app.stop.clone());
    let lease = Duration::from_secs(asked.lease_seconds);
    let standing = tokio::spawn(election::stand(app.db.clone(), desk.clock.clone(), lease, told));
    let (db, metrics) = (app.db.clone(), app.metrics.clone());
    let night =
        tokio::spawn(night::watch(db.clone(), desk.clock.clone(), asked.close_at, (is_elected, metrics)));
    serve(desk, app, Doors { pages, machines, patience: Duration::from_secs(asked.stop_seconds) }).await?;
    // A close that is under way is stopped like one that is killed: the next start goes on with it.
    night.abort();
    let _ = night.await;
    let _ = standing.await;
    db.close().await;
    Ok(DONE)
}

/// Without accounts only this machine is served.
pub(super) fn refuse_foreign(desk: &Desk, listen: SocketAddr) -> anyhow::Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    anyhow::bail!(said(desk.lang, "cli-loopback-only", &[("address", listen.to_string())]))
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
    let address = format!("http://{}/", doors.pages.local_addr()?);
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
    let pages = pages.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(doors.pages, pages).with_graceful_shutdown(stop.clone().cancelled_owned());
    let over = async {
        stop.cancelled().await;
        tokio::time::sleep(doors.patience).await;
    };
    tokio::select! {
        served = serving.into_future() => served?,
        () = over => tracing::warn!("answers that took too long were cut off"),
    }
    Ok(())
}
