//! Transactions on a server.
//!
//! Whoever waits for an answer may give up at any moment: a visitor leaves, a server stops. What comes back on that
//! connection would then be taken for the answer to what the next one asks, so that it is closed and never asked again.

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;

use crate::turn::{PATIENCE, Place};

/// Tells bangfu's queues on a server from what others may lock there.
const QUEUES: i32 = 0x62_66;

/// A turn to write in a county: among the writers of this process, and among the processes.
///
/// The server's queue is joined before a transaction begins, which thus sees all that was written before its turn.
#[derive(Debug)]
pub(crate) struct ServedTurn {
    county_id: i64,
    _place: Place,
}

impl ServedTurn {
    /// The turn of a county's writer who has it in this process.
    pub(crate) fn new(county_id: i64, place: Place) -> ServedTurn {
        ServedTurn { county_id, _place: place }
    }

    fn take(&self) -> String {
        let (patience, county_id) = (PATIENCE.as_secs(), self.county_id);
        format!("SET LOCAL lock_timeout = '{patience}s'; SELECT pg_advisory_lock({QUEUES}, {county_id})")
    }

    fn give_back(&self) -> String {
        format!("SELECT pg_advisory_unlock({QUEUES}, {})", self.county_id)
    }
}

/// A transaction on a server; dropped, it is undone.
#[derive(Debug)]
pub(crate) struct ServedTx {
    /// Taken when the transaction ends.
    connection: Option<PoolConnection<Postgres>>,
    /// True while an answer is awaited.
    asking: bool,
    /// Kept until the transaction has ended.
    turn: Option<ServedTurn>,
}

impl ServedTx {
    /// Begins a transaction in a task of its own, which also ends when nobody waits any more: a connection whose
    /// beginning was dropped halfway would go back to the others with a transaction that none of them began.
    pub(crate) async fn begin(
        pool: &PgPool,
        sql: &'static str,
        turn: Option<ServedTurn>,
    ) -> Result<ServedTx, sqlx::Error> {
        let pool = pool.clone();
        let begun = tokio::spawn(async move {
            let mut tx = ServedTx { connection: Some(pool.acquire().await?), asking: false, turn };
            if let Some(take) = tx.turn.as_ref().map(ServedTurn::take) {
                tx.tell(take).await?;
            }
            tx.tell(sql.to_owned()).await?;
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
        let sql = self.ending("COMMIT");
        self.tell(sql).await?;
        self.connection = None;
        Ok(())
    }

    /// What ends the transaction and then its turn; nothing after a statement is done that is refused.
    fn ending(&self, sql: &str) -> String {
        match &self.turn {
            Some(turn) => format!("{sql}; {}", turn.give_back()),
            None => sql.to_owned(),
        }
    }

    async fn tell(&mut self, sql: String) -> Result<(), sqlx::Error> {
        let told = self.ask()?.execute(AssertSqlSafe(sql)).await;
        self.answered();
        told.map(|_| ())
    }
}

impl Drop for ServedTx {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match Handle::try_current() {
            Ok(runtime) if !self.asking => {
                let (sql, turn) = (self.ending("ROLLBACK"), self.turn.take());
                runtime.spawn(async move {
                    if connection.execute(AssertSqlSafe(sql)).await.is_err() {
                        connection.close_on_drop();
                    }
                    drop(turn);
                });
            }
            _ => connection.close_on_drop(),
        }
    }
}
