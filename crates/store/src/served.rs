//! Transactions on a server.
//!
//! Whoever waits for an answer may give up at any moment: a visitor leaves, a server stops. What comes back on that
//! connection would then be taken for the answer to what the next one asks, so that it is closed and never asked again.

use sqlx::pool::PoolConnection;
use sqlx::{Executor as _, PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;

/// A transaction on a server; dropped, it is undone.
#[derive(Debug)]
pub(crate) struct ServedTx {
    /// Taken when the transaction ends.
    connection: Option<PoolConnection<Postgres>>,
    /// True while an answer is awaited.
    asking: bool,
}

impl ServedTx {
    /// Begins a transaction in a task of its own, which also ends when nobody waits any more: a connection whose
    /// beginning was dropped halfway would go back to the others with a transaction that none of them began.
    pub(crate) async fn begin(pool: &PgPool, sql: &'static str) -> Result<ServedTx, sqlx::Error> {
        let pool = pool.clone();
        let begun = tokio::spawn(async move {
            let mut tx = ServedTx { connection: Some(pool.acquire().await?), asking: false };
            tx.tell(sql).await?;
            Ok(tx)
        });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// The connection, to ask something; [`ServedTx::answered`] follows.
    pub(crate) fn ask(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        self.asking = true;
        self.connection.as_deref_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Notes that the answer has come, or a refusal.
    pub(crate) fn answered(&mut self) {
        self.asking = false;
    }

    /// Makes what was written last.
    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.tell("COMMIT").await?;
        self.connection = None;
        Ok(())
    }

    async fn tell(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let told = self.ask()?.execute(sql).await;
        self.answered();
        told.map(|_| ())
    }
}

impl Drop for ServedTx {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match Handle::try_current() {
            Ok(runtime) if !self.asking => {
                runtime.spawn(async move {
                    if connection.execute("ROLLBACK").await.is_err() {
                        connection.close_on_drop();
                    }
                });
            }
            _ => connection.close_on_drop(),
        }
    }
}
