//! `bangfu serve`: the pages, and the close of each day at its hour.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::arguments::Serve;
use super::terminal::say;
use super::{DONE, Desk, night};
use crate::app::App;
use crate::intake::Intake;
use crate::web;
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Serve) -> anyhow::Result<u8> {
    refuse_foreign(desk, asked.listen)?;
    let listener = listen(desk, asked.listen).await?;
    let app = App { intake: Intake::new(asked.uploads.limits()), ..desk.app().await? };
    let night = tokio::spawn(night::watch(app.db.clone(), desk.clock.clone(), asked.close_at));
    let db = app.db.clone();
    serve(desk, app, listener).await?;
    // A close that is under way is stopped like one that is killed: the next start goes on with it.
    night.abort();
    let _ = night.await;
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
pub(super) async fn serve(desk: &Desk, app: App, listener: TcpListener) -> anyhow::Result<()> {
    let address = format!("http://{}/", listener.local_addr()?);
    if desk.json {
        say(serde_json::json!({ "address": address }))?;
    } else {
        say(said(desk.lang, "cli-serving", &[("address", address)]))?;
    }
    let stop = app.stop.clone();
    let stopped = async move {
        told_to_stop().await;
        stop.cancel();
    };
    let pages = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, pages).with_graceful_shutdown(stopped).await?;
    Ok(())
}

async fn told_to_stop() {
    // A machine on which the signal cannot be watched ends the program by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
