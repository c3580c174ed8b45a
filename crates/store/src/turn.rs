//! Whose turn it is to write: in the order of coming, one after another in each county.
//!
//! Writers of one county touch its row, so that two at once end with one of them undone. Without a queue, whoever reads
//! long before it touches the row is undone again and again by others that do not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use crate::error::Error;

/// So long a turn or a connection is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// In which queue a writer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Among those who write in a county.
    Of(i64),
    /// In none: what is written belongs to no single county. Where others write the same, one of them tries again.
    None,
}

impl From<i64> for Turn {
    fn from(county_id: i64) -> Turn {
        Turn::Of(county_id)
    }
}

/// The queues of a process.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<i64, Arc<Queue>>>);

#[derive(Debug, Default)]
struct Queue {
    /// Fair: it is given to whoever waits longest.
    place: Arc<tokio::sync::Mutex<()>>,
    awaited: AtomicUsize,
}

/// The turn itself; dropped, it is the next one's.
pub(crate) type Place = OwnedMutexGuard<()>;

/// Somebody who waits for a turn.
pub(crate) struct Waiting(Arc<Queue>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.awaited.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Turns {
    /// Waits for a turn in a queue. Until what comes with it is dropped, others are told that somebody waits: whoever has
    /// the turn here may still have to wait for other processes.
    pub(crate) async fn wait(&self, queue: i64) -> Result<(Place, Waiting), Error> {
        let queue = self.queue(queue);
        queue.awaited.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(Arc::clone(&queue));
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&queue.place).lock_owned()).await;
        Ok((place.map_err(|_| sqlx::Error::PoolTimedOut)?, waiting))
    }

    /// True if somebody waits in a queue.
    pub(crate) fn is_awaited(&self, queue: i64) -> bool {
        self.queue(queue).awaited.load(Ordering::Relaxed) > 0
    }

    fn queue(&self, queue: i64) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(queues.entry(queue).or_default())
    }
}
