//! Which of several servers on one database goes through the night: the one that holds the lease. A file has one server,
//! which need not ask.

use std::time::Duration;

use bangfu_store::Db;
use bangfu_usecase::lease::{Candidate, NIGHT};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, running};
use crate::web::metrics::Metrics;

/// Asks for the lease again and again, and tells whether this process holds it. Ends when the program stops, and gives the
/// lease back then.
pub(super) async fn stand(
    db: Db,
    clock: Clock,
    patience: Duration,
    (elected, metrics, stop): (watch::Sender<bool>, Metrics, CancellationToken),
) {
    let tell = |held: bool| {
        metrics.elect(held);
        let changed = elected.send_replace(held) != held;
        if changed && db.is_shared() {
            tracing::info!(held, "the lease of the night");
        }
    };
    if !db.is_shared() {
        tell(true);
        stop.cancelled().await;
        return;
    }
    let name = format!("{:x}-{}", clock.now().as_nanosecond(), std::process::id());
    let mut candidate = Candidate::new(NIGHT, name, patience);
    loop {
        // A database that does not answer must not keep the process from noticing that its time is over.
        let asked = tokio::time::timeout(candidate.pace(), candidate.ask(&db, running())).await;
        match asked {
            Ok(Ok(held)) => tell(held),
            Ok(Err(error)) => {
                tracing::warn!("the lease of the night cannot be asked for: {error}");
                tell(candidate.may_go_on(running()));
            }
            Err(_) => tell(candidate.may_go_on(running())),
        }
        if stop.run_until_cancelled(tokio::time::sleep(candidate.pace())).await.is_none() {
            break;
        }
    }
    tell(false);
    if let Err(error) = candidate.resign(&db).await {
        tracing::warn!("the lease of the night was not given back: {error}");
    }
}
