//! The pages. A door parses, authorizes, calls and renders; no rule lives here.

mod address;
mod assets;
pub(crate) mod board;
mod chart;
mod difference;
mod division;
mod download;
mod failure;
mod flash;
mod frame;
mod guard;
mod health;
mod import;
mod language;
mod layout;
mod loan;
pub(crate) mod metrics;
mod officer;
mod page;
pub(crate) mod request;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::app::App;
use frame::Face;

/// How far the upload page reads on, in parts of the largest file that it takes, so that it can say what is wrong and keep
/// what was typed.
const UPLOAD_READ: usize = 2;

/// Every page of a county's book, and what machines ask of it, which answers at an address of its own.
pub(crate) fn routers(app: App) -> (Router, Router) {
    let most = app.intake.limits.file_bytes().saturating_mul(UPLOAD_READ).saturating_add(1 << 20);
    let face = Face::new(app);
    let upload = post(import::upload::upload).layer(DefaultBodyLimit::max(most));
    let observed = from_fn_with_state((face.app.clock.clone(), face.app.metrics.clone()), request::observe);
    let machines = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(observed.clone())
        .with_state(face.clone());
    let pages = Router::new()
        .route("/", get(board::get))
        .route("/board.xlsx", get(board::export::xlsx))
        .route("/board.csv", get(board::export::csv))
        .route("/next-day", post(board::next_day))
        .route("/loans", get(loan::list::list))
        .route("/loans/find", post(loan::list::find))
        .route("/loans/export.xlsx", get(loan::export::xlsx))
        .route("/loans/export.csv", get(loan::export::csv))
        .route("/loans/{id}", get(loan::one))
        .route("/import", get(import::upload::form).merge(upload))
        .route("/import/reading/{job}", get(import::upload::reading))
        .route("/import/reading/{job}/progress", get(import::progress::reading))
        .route("/import/{id}", get(import::one))
        .route("/import/{id}/progress", get(import::progress::taking))
        .route("/import/{id}/columns", get(import::columns::get).post(import::columns::tell))
        .route("/layouts", get(layout::list))
        .route("/layouts/{id}", get(layout::one).post(layout::correct))
        .route("/templates/{name}", get(layout::template::get))
        .route("/layouts/{id}/rename", post(layout::rename))
        .route("/layouts/{id}/forget", post(layout::forget))
        .route("/import/{id}/mend", post(import::check::mend::mend))
        .route("/import/{id}/find", post(import::check::mend::find))
        .route("/import/{id}/take", post(import::take))
        .route("/import/{id}/undo", get(import::undo::ask).post(import::undo::undo))
        .route("/import/{id}/drop", post(import::drop_staged))
        .route("/import/{id}/rejects.xlsx", get(import::rejects))
        .route("/imports", get(import::history))
        .route("/differences", get(difference::list::list))
        .route("/differences/find", post(difference::list::find))
        .route("/differences/export.xlsx", get(difference::export::xlsx))
        .route("/differences/export.csv", get(difference::export::csv))
        .route("/differences/slip", get(difference::slip::slip))
        .route("/differences/{id}", get(difference::one))
        .route("/differences/{id}/resolve", post(difference::act::resolve))
        .route("/differences/{id}/assign", post(difference::act::assign))
        .route("/differences/{id}/reopen", post(difference::act::reopen))
        .route("/divisions", get(division::get))
        .route("/officers", get(officer::get))
        .route("/language", post(language::choose))
        .route("/type", post(language::choose_type))
        .route("/favicon.ico", get(assets::icon))
        .fallback(failure::not_found)
        .layer(from_fn_with_state(face.clone(), failure::render))
        .layer(from_fn(flash::forget))
        .layer(CsrfLayer::new())
        .layer(from_fn(guard::local_only))
        .route("/static/{hash}/{name}", get(assets::get))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .layer(from_fn(guard::headers))
        .layer(CompressionLayer::new())
        .layer(observed)
        .with_state(face);
    (pages, machines)
}
