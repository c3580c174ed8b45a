//! What stands at an address before anything is done there.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ColumnIndex, ConnectOptions, Connection, Decode, Executor, Row, Type};

/// The table in which the migrations keep their record; it is made before the first of them runs.
const RECORD: &str = "_sqlx_migrations";

/// How long a server is waited for.
const SERVER_WAIT: Duration = Duration::from_secs(10);

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// No table at all.
    Nothing,
    /// Tables of bangfu and no county: making the book was begun and not finished, so that nothing is lost.
    Unfinished,
    /// The book of at least one county.
    Book(Book),
    /// Something that is not bangfu's.
    Foreign,
}

/// What is known of a book before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Book {
    /// The name of the key with which it was made.
    pub(crate) key_id: String,
    /// The migrations that have run: version and checksum.
    pub(crate) migrations: Vec<(i64, Vec<u8>)>,
}

impl Found {
    /// Looks into a file, and leaves it as it is.
    pub(crate) async fn in_file(
        options: SqliteConnectOptions,
        scripts: &[&str],
    ) -> Result<Found, sqlx::Error> {
        let mut connection = match options.connect().await {
            Ok(connection) => connection,
            Err(error) if is_no_database(&error) => return Ok(Found::Foreign),
            Err(error) => return Err(error),
        };
        let found = match file_tables(&mut connection).await {
            Ok(tables) => match Found::of(&tables, scripts) {
                Some(found) => found,
                None => book(key_id(&mut connection).await?, migrations(&mut connection).await?),
            },
            Err(error) if is_no_database(&error) => Found::Foreign,
            Err(error) => return Err(error),
        };
        connection.close().await?;
        Ok(found)
    }

    /// Looks into a database on a server, with one connection that is waited for briefly: a pool would go on
    /// knocking for minutes where nobody answers.
    pub(crate) async fn on_server(options: PgConnectOptions, scripts: &[&str]) -> Result<Found, sqlx::Error> {
        let mut connection = match tokio::time::timeout(SERVER_WAIT, options.connect()).await {
            Ok(connection) => connection?,
            Err(_) => return Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        };
        let sql =
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await?;
        let found = match Found::of(&tables, scripts) {
            Some(found) => found,
            None => book(key_id(&mut connection).await?, migrations(&mut connection).await?),
        };
        connection.close().await?;
        Ok(found)
    }

    /// What the tables tell; `None` if a book may stand in them.
    fn of(tables: &[String], scripts: &[&str]) -> Option<Found> {
        if tables.is_empty() {
            return Some(Found::Nothing);
        }
        let own = |table: &String| *table == RECORD || scripts.iter().any(|script| makes(script, table));
        if !tables.iter().any(|table| table == RECORD) || !tables.iter().all(own) {
            return Some(Found::Foreign);
        }
        (!tables.iter().any(|table| table == "county")).then_some(Found::Unfinished)
    }
}

fn book(key_id: Option<String>, migrations: Vec<(i64, Vec<u8>)>) -> Found {
    match key_id {
        Some(key_id) => Found::Book(Book { key_id, migrations }),
        None => Found::Unfinished,
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

/// The name of the key of the first county; all counties of a database share it. `None` without a county.
async fn key_id<'c, D: sqlx::Database>(
    connection: impl Executor<'c, Database = D>,
) -> Result<Option<String>, sqlx::Error>
where
    usize: ColumnIndex<D::Row>,
    for<'r> String: Decode<'r, D> + Type<D>,
{
    let sql = "SELECT key_id FROM county ORDER BY county_id LIMIT 1";
    connection.fetch_optional(sql).await?.map(|row| row.try_get(0)).transpose()
}

async fn migrations<'c, D: sqlx::Database>(
    connection: impl Executor<'c, Database = D>,
) -> Result<Vec<(i64, Vec<u8>)>, sqlx::Error>
where
    usize: ColumnIndex<D::Row>,
    for<'r> i64: Decode<'r, D> + Type<D>,
    for<'r> Vec<u8>: Decode<'r, D> + Type<D>,
{
    let sql = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
    let rows = connection.fetch_all(sql).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// SQLite's word for a file that is something else: `SQLITE_NOTADB`.
fn is_no_database(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "26")
}
