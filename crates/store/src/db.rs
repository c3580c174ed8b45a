//! Opening a database: SQLite embedded, or PostgreSQL.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::error::Error;
use crate::found::Found;
use crate::key::Key;
use crate::tx::Tx;

/// Where a database lives: `sqlite:FILE` or `postgres://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of its own.
    Sqlite(PathBuf),
    /// A server.
    Postgres(String),
}

impl Address {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Address, Error> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Address::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => {
                Ok(Address::Sqlite(PathBuf::from(path.trim_start_matches("//"))))
            }
            _ => Err(Error::Address(text.to_owned())),
        }
    }

    /// The address without a password, for messages.
    pub fn shown(&self) -> String {
        match self {
            Address::Sqlite(path) => path.display().to_string(),
            Address::Postgres(url) => match (url.find("://"), url.rfind('@')) {
                (Some(start), Some(at)) => format!("{}://…{}", &url[..start], &url[at..]),
                _ => url.clone(),
            },
        }
    }
}

/// An open database with the key to its secrets.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    key: Key,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One writer, so that writers queue fairly, and several readers.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Makes a new database with an empty schema. Goes on where an earlier start was killed before it had made a
    /// county; refuses where a book or anything else stands already.
    pub async fn create(address: &Address) -> Result<Db, Error> {
        match found(address).await? {
            None | Some(Found::Nothing | Found::Unfinished) => {}
            Some(Found::Book | Found::Foreign) => return Err(Error::Exists(address.shown())),
        }
        let key = Key::create(address)?;
        let db = Db { pools: Pools::open(address, true).await?, key };
        db.migrate().await?;
        Ok(db)
    }

    /// Opens a database with the book of at least one county, and brings its schema up to date.
    pub async fn open(address: &Address) -> Result<Db, Error> {
        match (found(address).await?, address) {
            (Some(Found::Book), _) => {}
            // A file without tables is what a start leaves that was killed at once.
            (Some(Found::Unfinished), _) | (Some(Found::Nothing), Address::Sqlite(_)) => {
                return Err(Error::Unfinished(address.shown()));
            }
            (Some(Found::Foreign), _) => return Err(Error::Foreign(address.shown())),
            (None, _) | (Some(Found::Nothing), Address::Postgres(_)) => {
                return Err(Error::Missing(address.shown()));
            }
        }
        let db = Db { pools: Pools::open(address, false).await?, key: Key::load(address)? };
        db.migrate().await?;
        Ok(db)
    }

    /// The key to the secrets.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Begins a writing transaction. Only use cases do.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await?)
            }
        })
    }

    /// Begins a reading transaction: one picture of the book, which no writer waits for.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin_with("BEGIN DEFERRED").await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// Closes every connection; SQLite then folds its log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    async fn migrate(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => migrator(SQLITE).run(writer).await?,
            Pools::Postgres(pool) => migrator(POSTGRES).run(pool).await?,
        }
        Ok(())
    }
}

impl Pools {
    async fn open(address: &Address, create: bool) -> Result<Pools, Error> {
        match address {
            Address::Sqlite(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(create)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(30))
                    .pragma("temp_store", "MEMORY")
                    .pragma("cache_size", "-65536");
                let wait = Duration::from_secs(120);
                let writer = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(wait)
                    .connect_with(options.clone())
                    .await?;
                let readers = SqlitePoolOptions::new()
                    .min_connections(0)
                    .max_connections(4)
                    .acquire_timeout(wait)
                    .connect_lazy_with(options.create_if_missing(false).pragma("cache_size", "-16384"));
                Ok(Pools::Sqlite { writer, readers })
            }
            Address::Postgres(url) => {
                let pool = PgPoolOptions::new()
                    .min_connections(0)
                    .max_connections(8)
                    .acquire_timeout(Duration::from_secs(120))
                    .connect_with(options(url)?)
                    .await?;
                Ok(Pools::Postgres(pool))
            }
        }
    }
}

/// What stands at an address; `None` where there is no file.
async fn found(address: &Address) -> Result<Option<Found>, Error> {
    match address {
        Address::Sqlite(path) if !path.exists() => Ok(None),
        Address::Sqlite(path) => Found::in_file(path, &texts(SQLITE)).await.map(Some),
        Address::Postgres(url) => {
            let pool = PgPoolOptions::new().max_connections(1).connect_with(options(url)?).await?;
            let found = Found::on_server(&pool, &texts(POSTGRES)).await;
            pool.close().await;
            found.map(Some)
        }
    }
}

fn options(url: &str) -> Result<PgConnectOptions, Error> {
    Ok(url.parse::<PgConnectOptions>()?)
}

type Scripts = &'static [(i64, &'static str, &'static str)];

const SQLITE: Scripts = &[(1, "foundation", include_str!("../migrations/sqlite/0001_foundation.sql"))];
const POSTGRES: Scripts = &[(1, "foundation", include_str!("../migrations/postgres/0001_foundation.sql"))];

fn texts(scripts: Scripts) -> Vec<&'static str> {
    scripts.iter().map(|(_, _, sql)| *sql).collect()
}

fn migrator(scripts: Scripts) -> Migrator {
    let migrations = scripts
        .iter()
        .map(|(version, name, sql)| {
            let sql = AssertSqlSafe((*sql).to_owned()).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}
