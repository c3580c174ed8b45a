//! What machines ask: whether the process answers, whether it is ready, and its numbers.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bangfu_store::{NEWEST, county, health};

use super::frame::Face;
use super::metrics::Page;
use crate::app::App;
use crate::clock::running;
use crate::system::machine;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// `GET /healthz`: the process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers, its schema fits, and the process is not about to stop.
pub(super) async fn ready(State(face): State<Face>) -> Response {
    match why_not(&face.app).await {
        None => "ready\n".into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn why_not(app: &App) -> Option<&'static str> {
    if app.stop.is_cancelled() {
        return Some("stopping");
    }
    let asked = async { health::schema(&mut app.db.read().await?).await };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(schema)) if schema == NEWEST => None,
        Ok(Ok(_)) => Some("schema"),
        Ok(Err(error)) => {
            tracing::warn!("not ready: {error}");
            Some("database")
        }
        Err(_) => Some("database"),
    }
}

/// `GET /metrics`: the numbers of this process and its book.
pub(super) async fn metrics(State(face): State<Face>) -> Response {
    let mut page = Page::default();
    let (app, up) = (&face.app, "bangfu_database_up");
    let book = tokio::time::timeout(PATIENCE, book(app)).await.ok().and_then(Result::ok);
    page.one(up, "gauge", "1 if the database answers.", u8::from(book.is_some()));
    page.0 += &book.unwrap_or_default();
    app.metrics.write(&mut page);
    let waiting = face.jobs.going_on();
    page.one("bangfu_readings", "gauge", "Files that are being read or wait for it.", waiting);
    let started = running().as_secs();
    page.one("bangfu_uptime_seconds", "gauge", "Seconds since this process began.", started);
    if let Some(bytes) = machine::resident_bytes() {
        page.one("process_resident_memory_bytes", "gauge", "Memory of this process.", bytes);
    }
    if let Some(files) = machine::files_open() {
        page.one("process_open_fds", "gauge", "Files and connections that this process has open.", files);
    }
    if let Some(files) = machine::files_max() {
        page.one("process_max_fds", "gauge", "Files and connections that it may have open.", files);
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, page.0).into_response()
}

/// The numbers that the book tells.
async fn book(app: &App) -> Result<String, bangfu_store::Error> {
    let mut tx = app.db.read().await?;
    let mut page = Page::default();
    let name = "bangfu_closed_day_seconds";
    page.head(name, "gauge", "Midnight (UTC) of the last closed day, in seconds since 1970, by county.");
    for county in county::list(&mut tx).await? {
        let day = county.closed_on.and_then(|day| day.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok());
        if let Some(at) = day {
            page.line(
                name,
                &format!("county=\"{}\"", county.on(app.clock.today(&county.time_zone)).code),
                at.timestamp().as_second(),
            );
        }
    }
    page.head("bangfu_imports", "gauge", "Files that were read in, by state.");
    for (state, count) in health::imports(&mut tx, None).await? {
        page.line("bangfu_imports", &format!("state=\"{state}\""), count);
    }
    page.one("bangfu_database_bytes", "gauge", "The size of the database.", health::size(&mut tx).await?);
    Ok(page.0)
}
