//! What is told of each request: its id, in the answer and in every line of the log that belongs to it, its route as it is
//! declared, how it ended and how long it took. Never its query, its form or who asked.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::metrics::Metrics;
use crate::clock::{Clock, Stopwatch};

/// The header of an answer that names the request.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request in which this is asked; a new one elsewhere.
pub(crate) fn id(clock: &Clock) -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| new_id(clock))
}

/// Work that goes on beside the request in which it was begun, under the same id.
pub(crate) fn carried<W: Future>(work: W) -> impl Future<Output = W::Output> {
    let current = CURRENT.try_with(Clone::clone).ok();
    async move {
        match current {
            Some(id) => CURRENT.scope(id, work).await,
            None => work.await,
        }
    }
}

/// The instant and a number of its own: no two requests of a machine share it, and hardly two of several machines.
fn new_id(clock: &Clock) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed) & 0xfff;
    format!("{:x}{number:03x}", clock.now().as_nanosecond())
}

/// Observes a request.
pub(super) async fn observe(
    State((clock, metrics)): State<(Clock, Metrics)>,
    request: Request,
    next: Next,
) -> Response {
    let id = new_id(&clock);
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "-".to_owned());
    let method = method(request.method());
    let span = tracing::error_span!("request", id = %id);
    let header = HeaderValue::from_str(&id);
    let work = async {
        let watch = Stopwatch::start();
        let mut response = next.run(request).await;
        let (status, micros) = (response.status().as_u16(), watch.micros());
        // Files of the pages and questions of machines are many and say little.
        if route.starts_with("/static/") || matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(method, route, status, ms = micros / 1_000, "answered");
        } else {
            tracing::info!(method, route, status, ms = micros / 1_000, "answered");
        }
        metrics.answered(&route, method, status, micros);
        if let Ok(header) = header {
            response.headers_mut().insert(HEADER, header);
        }
        response
    };
    CURRENT.scope(id, work).instrument(span).await
}

/// The method by name; what nobody means to send is told as one.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
