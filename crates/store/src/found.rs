//! What stands at an address before anything is done there.

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::error::Error;

/// The table in which the migrations keep their record; it is made before the first of them runs.
const RECORD: &str = "_sqlx_migrations";

/// What stands at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// No table at all.
    Nothing,
    /// Tables of bangfu and no county: making the book was begun and not finished, so that nothing is lost.
    Unfinished,
    /// The book of at least one county.
    Book,
    /// Something that is not bangfu's.
    Foreign,
}

impl Found {
    /// Looks into a file, and leaves it as it is.
    pub(crate) async fn in_file(path: &Path, scripts: &[&str]) -> Result<Found, Error> {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(30));
        let mut connection = match options.connect().await {
            Ok(connection) => connection,
            Err(error) if is_no_database(&error) => return Ok(Found::Foreign),
            Err(error) => return Err(error.into()),
        };
        let found = match file_tables(&mut connection).await {
            Ok(tables) => Found::of(&tables, scripts, has_county(&mut connection, &tables).await?),
            Err(error) if is_no_database(&error) => Found::Foreign,
            Err(error) => return Err(error.into()),
        };
        connection.close().await?;
        Ok(found)
    }

    /// Looks into a database on a server.
    pub(crate) async fn on_server(pool: &PgPool, scripts: &[&str]) -> Result<Found, Error> {
        let sql =
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await?;
        let mut connection = pool.acquire().await?;
        let has_county = has_county(&mut *connection, &tables).await?;
        Ok(Found::of(&tables, scripts, has_county))
    }

    fn of(tables: &[String], scripts: &[&str], has_county: bool) -> Found {
        if tables.is_empty() {
            return Found::Nothing;
        }
        let own = |table: &String| *table == RECORD || scripts.iter().any(|script| makes(script, table));
        if !tables.iter().any(|table| table == RECORD) || !tables.iter().all(own) {
            return Found::Foreign;
        }
        if has_county { Found::Book } else { Found::Unfinished }
    }
}

/// True if a script makes the table.
fn makes(script: &str, table: &str) -> bool {
    let names = script.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    names.filter_map(|rest| rest.split_whitespace().next()).any(|name| name == table)
}

async fn file_tables(connection: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";
    sqlx::query_scalar(sql).fetch_all(connection).await
}

async fn has_county<'c, D: sqlx::Database>(
    connection: impl Executor<'c, Database = D>,
    tables: &[String],
) -> Result<bool, Error> {
    if !tables.iter().any(|table| table == "county") || !tables.iter().any(|table| table == RECORD) {
        return Ok(false);
    }
    Ok(connection.fetch_optional("SELECT 1 FROM county LIMIT 1").await?.is_some())
}

/// SQLite's word for a file that is something else: `SQLITE_NOTADB`.
fn is_no_database(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "26")
}
