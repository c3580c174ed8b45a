//! What PostgreSQL knows of its tables, from which it plans how to read them. SQLite keeps none here: what is
//! asked of it is written so that it needs none (see `bulk`).

use crate::db::Db;
use crate::error::Error;
use crate::turn::Turn;
use crate::tx::On;

/// The tables that a large take-over or a rebuild fills.
pub(crate) const TABLES: [&str; 14] = [
    "household",
    "person",
    "secret",
    "officer",
    "tie",
    "loan",
    "loan_borrower",
    "name_term",
    "loan_event",
    "loan_interval",
    "loan_place",
    "board_delta",
    "bank_movement",
    "change",
];

/// From how many rows on the tables are looked at again.
const MANY: usize = 500;

/// Lets the database look at its tables again after so many rows were written, in a transaction of its own: what
/// it knew of them was true of tables that were empty or much smaller.
///
/// The rows are written by then, so that a failure here is logged and nothing more: the database looks again by
/// itself, only later.
pub async fn renew(db: &Db, rows: usize) {
    if rows < MANY {
        return;
    }
    if let Err(error) = look(db).await {
        tracing::warn!("the database could not renew its statistics; lists may be slow for a while: {error}");
    }
}

async fn look(db: &Db) -> Result<(), Error> {
    let mut tx = db.write(Turn::None).await?;
    if matches!(tx.on, On::Postgres(_)) {
        // Always in one order, so that two that do this at once do not wait for each other in a circle.
        for table in TABLES {
            tx.execute(format!("ANALYZE {table}"), &[]).await?;
        }
    }
    tx.commit().await
}
