//! How the system tells the program to stop.

/// Comes when the program is told to stop: by a terminal, or by what runs services.
#[cfg(unix)]
pub(crate) async fn told() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                () = interrupted() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => interrupted().await,
    }
}

/// Comes when the program is told to stop: by a terminal, by its window, or by the system that goes down.
#[cfg(windows)]
pub(crate) async fn told() {
    use tokio::signal::windows::{ctrl_close, ctrl_shutdown};
    match (ctrl_close(), ctrl_shutdown()) {
        (Ok(mut close), Ok(mut shutdown)) => {
            tokio::select! {
                () = interrupted() => {}
                _ = close.recv() => {}
                _ = shutdown.recv() => {}
            }
        }
        _ => interrupted().await,
    }
}

async fn interrupted() {
    // A machine on which the signal cannot be watched ends the program by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
