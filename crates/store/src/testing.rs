//! For tests only (feature `testing`): a database of one's own on the server that `scripts/check` starts.

use bangfu_domain::warning::Standing;
use jiff::civil::Date;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::error::Error;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// The variable with the address of a server on which tests may make databases.
pub const SERVER_VARIABLE: &str = "BANGFU_TEST_POSTGRES";

/// Loses the row of a loan and keeps everything else of it, as a damaged database may.
pub async fn lose_loan(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<(), Error> {
    let sql = "DELETE FROM loan WHERE county_id = $1 AND loan_id = $2";
    tx.execute(sql, &values![county_id, loan_id]).await?;
    Ok(())
}

/// Every alert: the day, the loan, what, its level, what day it is about, and whether it was told at once.
pub async fn alerts(
    tx: &mut Tx,
    county_id: i64,
) -> Result<Vec<(Date, i64, String, Standing, Date, bool)>, Error> {
    let sql = "SELECT on_day, loan_id, kind, level, about_on, at_once FROM alert WHERE county_id = $1 ORDER BY on_day, loan_id";
    let alert = |row: &Row| {
        let level = row.int(3)?;
        let level =
            Standing::from_code(level).ok_or_else(|| Error::Value { column: 3, found: level.to_string() })?;
        Ok((row.date(0)?, row.int(1)?, row.text(2)?, level, row.date(4)?, row.flag(5)?))
    };
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(alert).collect()
}

/// By what the closed tasks of a loan were closed, from the first on.
pub async fn closed_by(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<Vec<String>, Error> {
    let sql = "SELECT closed_by FROM task WHERE county_id = $1 AND loan_id = $2 AND closed_on IS NOT NULL ORDER BY task_id";
    tx.fetch_all(sql, &values![county_id, loan_id]).await?.iter().map(|row| row.text(0)).collect()
}

/// How SQLite would go about what a transaction was asked since its statements were cleared: the steps of each plan.
pub async fn plans(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let mut steps = Vec::new();
    for statement in std::mem::take(&mut tx.statements) {
        for row in tx.fetch_all(format!("EXPLAIN QUERY PLAN {statement}"), &[]).await? {
            steps.push(row.text(3)?);
        }
    }
    Ok(steps)
}

/// Makes an empty database and returns its address.
///
/// # Errors
/// The variable is not set (`scripts/check` sets it), or the server refuses.
pub async fn fresh_postgres() -> Result<String, Error> {
    let server = std::env::var(SERVER_VARIABLE)
        .map_err(|_| Error::Missing(format!("{SERVER_VARIABLE}, which scripts/check sets")))?;
    let mut connection = server.parse::<PgConnectOptions>()?.connect().await?;
    let name = "SELECT 'test_' || replace(gen_random_uuid()::text, '-', '')";
    let name: String = sqlx::query_scalar(name).fetch_one(&mut connection).await?;
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    connection.close().await?;
    let place = server.rsplit_once('/').map_or(server.as_str(), |(place, _)| place);
    Ok(format!("{place}/{name}"))
}

/// Takes away by what the names of a county are found, as damage would.
pub async fn forget_names(tx: &mut Tx, county_id: i64) -> Result<(), Error> {
    tx.execute("DELETE FROM name_term WHERE county_id = $1", &values![county_id]).await?;
    Ok(())
}

/// Makes an empty database as the migrations up to one of them make it: what an earlier program left.
pub async fn create_at(address: &crate::Address, version: i64) -> Result<crate::Db, Error> {
    crate::Db::create_at(address, version).await
}

/// Opens a book with these keys and no file, the newest first.
pub async fn open_with_keys(address: &crate::Address, text: &str) -> Result<crate::Db, Error> {
    crate::Db::open_with(address, Some(crate::key::Key::of_text(text)?)).await
}

/// A new key as text.
pub fn key_text() -> Result<String, Error> {
    crate::key::new_text()
}

/// Lets the counties of a book name another key, as somebody might who wants to get in.
pub async fn name_key(tx: &mut Tx, text: &str) -> Result<(), Error> {
    let id = crate::key::Key::of_text(text)?.id();
    tx.execute("UPDATE county SET key_id = $1", &values![id]).await?;
    Ok(())
}

/// The facts of what was done last of a kind, as the record of a county has them.
pub async fn last_facts(tx: &mut Tx, county_id: i64, action: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT facts FROM audit WHERE county_id = $1 AND action = $2 ORDER BY change_seq DESC LIMIT 1";
    tx.fetch_optional(sql, &values![county_id, action]).await?.map(|row| row.text(0)).transpose()
}

/// How often something stands in the record of a county.
pub async fn audited(tx: &mut Tx, county_id: i64, action: &str) -> Result<i64, Error> {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM audit WHERE county_id = $1 AND action = $2";
    tx.fetch_one(sql, &values![county_id, action]).await?.int(0)
}

/// A way to bend the record of a county behind the program's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bend {
    /// An entry names another actor.
    Actor,
    /// And the one it named before again.
    ActorBack,
    /// An entry is taken out.
    Lift,
    /// All from an entry on are taken out.
    LiftTail,
    /// What was taken out is put back.
    PutBack,
    /// An entry and the next one change places.
    Swap,
    /// All from an entry on are deleted, what was sealed of them too, and the county is told that the record ends before.
    Cut,
}

/// Bends the record of a county at an entry.
pub async fn bend(tx: &mut Tx, county_id: i64, bend: Bend, entry_no: i64) -> Result<(), Error> {
    let statements: &[&'static str] = match bend {
        Bend::Actor => &["UPDATE audit SET actor = actor || 'x' WHERE county_id = $1 AND entry_no = $2"],
        Bend::ActorBack => &["UPDATE audit SET actor = SUBSTR(actor, 1, LENGTH(actor) - 1)
                              WHERE county_id = $1 AND entry_no = $2"],
        Bend::Lift => &["UPDATE audit SET county_id = -1 WHERE county_id = $1 AND entry_no = $2"],
        Bend::LiftTail => &["UPDATE audit SET county_id = -1 WHERE county_id = $1 AND entry_no >= $2"],
        Bend::PutBack => &["UPDATE audit SET county_id = $1 WHERE county_id = -1 AND entry_no >= $2"],
        Bend::Swap => &[
            "UPDATE audit SET entry_no = -1 WHERE county_id = $1 AND entry_no = $2",
            "UPDATE audit SET entry_no = $2 WHERE county_id = $1 AND entry_no = $2 + 1",
            "UPDATE audit SET entry_no = $2 + 1 WHERE county_id = $1 AND entry_no = -1",
        ],
        Bend::Cut => &[
            "DELETE FROM audit WHERE county_id = $1 AND entry_no >= $2",
            "DELETE FROM audit_block WHERE county_id = $1 AND entry_no >= $2",
            "UPDATE county SET audit_no = $2 - 1, audit_mark = (SELECT a.mark FROM audit a
             WHERE a.county_id = $1 AND a.entry_no = $2 - 1) WHERE county_id = $1",
        ],
    };
    for sql in statements {
        tx.execute(*sql, &values![county_id, entry_no]).await?;
    }
    Ok(())
}
