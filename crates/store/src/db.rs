//! Opening a database: SQLite embedded, or PostgreSQL.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::address::Address;
use crate::error::{Error, OpenFault};
use crate::found::{Book, Found};
use crate::hash_key;
use crate::kept::Memo;
use crate::key::{self, Key};
use crate::schema::{NEWEST, POSTGRES, SQLITE, migrator, texts};
use crate::served::{ServedTurn, ServedTx};
use crate::turn::{PATIENCE, Turn, Turns};
use crate::tx::{On, Tx};
use crate::way::{Way, has_log};

/// An open database with the key to its secrets.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    key: Key,
    address: Address,
    turns: Arc<Turns>,
    memo: Arc<Memo>,
}

/// How a transaction of a server begins.
const WRITING: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Compiled statements that the writing connection keeps: those of all tables in all their lengths.
const WRITER_STATEMENTS: usize = 400;

#[derive(Debug, Clone)]
enum Pools {
    /// One writer, so that writers queue fairly, and several readers.
    Sqlite {
        /// None where nothing may be written.
        writer: Option<SqlitePool>,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Makes a new database with an empty schema. Goes on where an earlier start was killed before it had made a
    /// county; refuses where a book or anything else stands already.
    pub async fn create(address: &Address) -> Result<Db, Error> {
        match found(address, Way::Write).await? {
            None | Some(Found::Nothing | Found::Unfinished) => {}
            Some(Found::Book(_) | Found::Foreign) => return Err(Error::Exists(address.shown())),
        }
        Db::create_at(address, NEWEST).await
    }

    /// Makes a new database as the migrations up to one of them do.
    pub(crate) async fn create_at(address: &Address, version: i64) -> Result<Db, Error> {
        let key = Key::create(address)?;
        let db = Db::at(address, Way::Create, key).await?;
        db.migrate(version).await?;
        hash_key::new(db).await
    }

    /// Makes a new database to be filled at once. A file is made under another name, without a log and without waiting
    /// for the disk; [`Db::finish_fill`] gives it its own. What a killed fill leaves is thus never taken for a book.
    pub async fn create_to_fill(address: &Address) -> Result<Db, Error> {
        let Address::Sqlite(path) = address else { return Db::create(address).await };
        if found(address, Way::Write).await?.is_some() {
            return Err(Error::Exists(address.shown()));
        }
        let unfinished = unfinished(path);
        remove(&unfinished)?;
        let key = Key::create(address)?;
        let db = Db::at(&Address::Sqlite(unfinished), Way::Fill, key).await?;
        db.migrate(NEWEST).await?;
        hash_key::new(db).await
    }

    /// Closes a filled database and gives it its name.
    pub async fn finish_fill(self, address: &Address) -> Result<(), Error> {
        self.close().await;
        let Address::Sqlite(path) = address else { return Ok(()) };
        let unfinished = unfinished(path);
        let io = |source| Error::Io { place: unfinished.display().to_string(), source };
        std::fs::OpenOptions::new()
            .write(true)
            .open(&unfinished)
            .and_then(|file| file.sync_all())
            .map_err(io)?;
        std::fs::rename(&unfinished, path).map_err(io)
    }

    /// Makes a new database of the schema that a backup has, to be filled from it at once; otherwise as
    /// [`Db::create_to_fill`]. The keys are the book's own, `given` if the backup holds them.
    pub async fn create_to_restore(
        address: &Address,
        (schema, key_ids, given): (i64, &[String], Option<&str>),
    ) -> Result<Db, Error> {
        let there = found(address, Way::Write).await?;
        let place = match (address, there) {
            (Address::Sqlite(path), None) => Address::Sqlite(unfinished(path)),
            (Address::Postgres(_), Some(Found::Nothing | Found::Unfinished)) => address.clone(),
            _ => return Err(Error::Exists(address.shown())),
        };
        let key = Key::to_restore(address, key_ids, given)?;
        if let Address::Sqlite(path) = &place {
            remove(path)?;
        }
        let db = Db::at(&place, Way::Restore, key).await?;
        db.migrate(schema).await?;
        Ok(db)
    }

    /// Takes away what a fill wrote that ended without success.
    pub async fn give_up_fill(self, address: &Address) {
        self.close().await;
        if let Address::Sqlite(path) = address {
            let left = unfinished(path);
            if let Err(error) = remove(&left) {
                tracing::warn!("{} is left and worth nothing: {error}", left.display());
            }
        }
    }

    /// Opens a database with the book of at least one county, and brings its schema up to date.
    pub async fn open(address: &Address) -> Result<Db, Error> {
        Db::open_with(address, None).await
    }

    /// As [`Db::open`], with these keys, where some are given.
    pub(crate) async fn open_with(address: &Address, key: Option<Key>) -> Result<Db, Error> {
        let book = book(address, Way::Write).await?;
        let key = key.map_or_else(|| Key::load(address), Ok)?;
        refuse_other_key(address, &key, &book)?;
        let db = Db::at(address, Way::Write, key).await?;
        if !is_current(address, &book) {
            db.migrate(NEWEST).await?;
        }
        hash_key::told(db).await
    }

    /// Opens a book to read in it, which also works where nothing may be written: in a file that is another's, or
    /// in a folder that is.
    pub async fn open_to_read(address: &Address) -> Result<Db, Error> {
        let Address::Sqlite(path) = address else { return Db::open(address).await };
        let way = Way::to_read(path);
        let (way, book) = match book(address, way).await {
            // The file is the user's and its folder is not, so that no log can be laid beside it.
            Err(Error::Open { .. }) if way == Way::Write && !has_log(path) => {
                (Way::Still, book(address, Way::Still).await?)
            }
            found => (way, found?),
        };
        if way == Way::Write || !is_current(address, &book) {
            return Db::open(address).await;
        }
        let key = Key::load(address)?;
        refuse_other_key(address, &key, &book)?;
        let db = Db::at(address, way, key).await?;
        hash_key::told(db).await
    }

    async fn at(address: &Address, way: Way, key: Key) -> Result<Db, Error> {
        let pools = Pools::open(address, way).await.map_err(|error| opening(address, error))?;
        Ok(Db { pools, key, address: address.clone(), turns: Arc::default(), memo: Arc::default() })
    }

    /// True if other processes may serve the same book.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The key to the secrets.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// True if somebody in this process waits to write in a county.
    pub fn is_awaited(&self, county_id: i64) -> bool {
        self.turns.is_awaited(self.queue(county_id))
    }

    /// The queue in which writers of a county stand: a file has one for all.
    fn queue(&self, county_id: i64) -> i64 {
        if self.is_shared() { county_id } else { 0 }
    }

    /// Begins a writing transaction when its turn has come. Only use cases do.
    pub async fn write(&self, turn: impl Into<Turn>) -> Result<Tx, Error> {
        // Whoever writes seals with the key that is the newest by now.
        self.key.refresh();
        match (&self.pools, turn.into()) {
            (Pools::Sqlite { writer: Some(writer), .. }, _) => {
                let (place, _waiting) = self.turns.wait(self.queue(0)).await?;
                let on = On::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?);
                Ok(Tx { _place: Some(place), ..on.into() })
            }
            (Pools::Sqlite { writer: None, .. }, _) => Err(Error::ReadOnly(self.address.shown())),
            (Pools::Postgres(pool), Turn::None) => {
                Ok(On::Postgres(ServedTx::begin(pool, WRITING, None).await?).into())
            }
            (Pools::Postgres(pool), Turn::Of(county_id)) => {
                let (place, _waiting) = self.turns.wait(self.queue(county_id)).await?;
                let turn = ServedTurn::new(county_id, place);
                Ok(On::Postgres(ServedTx::begin(pool, WRITING, Some(turn)).await?).into())
            }
        }
    }

    /// Begins the one transaction that fills a new book. In PostgreSQL it is seen whole or not at all; in SQLite it is
    /// never undone, so that the file is worth nothing until it is closed (see [`Db::create_to_fill`]).
    pub async fn fill(&self) -> Result<Tx, Error> {
        Ok(Tx { fresh: true, ..self.write(Turn::None).await? })
    }

    /// Begins a reading transaction: one picture of the book, which no writer waits for.
    pub async fn read(&self) -> Result<Tx, Error> {
        let on = match &self.pools {
            Pools::Sqlite { readers, .. } => On::Sqlite(readers.begin_with("BEGIN DEFERRED").await?),
            Pools::Postgres(pool) => On::Postgres(ServedTx::begin(pool, READING, None).await?),
        };
        Ok(Tx { memo: Some(Arc::clone(&self.memo)), ..on.into() })
    }

    /// Closes every connection; SQLite then folds its log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                if let Some(writer) = writer {
                    writer.close().await;
                }
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    async fn migrate(&self, to: i64) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { writer: Some(writer), .. } => migrator(SQLITE, to).run(writer).await?,
            Pools::Sqlite { writer: None, .. } => return Err(Error::ReadOnly(self.address.shown())),
            Pools::Postgres(pool) => migrator(POSTGRES, to).run(pool).await?,
        }
        Ok(())
    }
}

impl Pools {
    async fn open(address: &Address, way: Way) -> Result<Pools, sqlx::Error> {
        match address {
            Address::Sqlite(path) => {
                let options = way.options(path).foreign_keys(true).pragma("temp_store", "MEMORY");
                let writer = match way {
                    Way::Share | Way::Still => None,
                    Way::Fill | Way::Restore => {
                        let cache = if way == Way::Fill { "-1048576" } else { "-131072" };
                        let options = options
                            .clone()
                            .foreign_keys(false)
                            .journal_mode(SqliteJournalMode::Off)
                            .synchronous(SqliteSynchronous::Off)
                            .pragma("locking_mode", "EXCLUSIVE")
                            .pragma("threads", "2")
                            .pragma("temp_store", "FILE")
                            .statement_cache_capacity(WRITER_STATEMENTS)
                            .pragma("cache_size", cache);
                        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
                        Some(pool.connect_with(options).await?)
                    }
                    Way::Create | Way::Write => {
                        let options = options
                            .clone()
                            .journal_mode(SqliteJournalMode::Wal)
                            .synchronous(SqliteSynchronous::Full)
                            // Folding the log into the file waits for the disk at many places, and whoever commits
                            // waits with it: a close of a large day goes through without (256 MB of log).
                            .pragma("wal_autocheckpoint", "65536")
                            .statement_cache_capacity(WRITER_STATEMENTS)
                            .pragma("cache_size", "-65536");
                        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
                        Some(pool.connect_with(options).await?)
                    }
                };
                let readers = SqlitePoolOptions::new()
                    .min_connections(0)
                    .max_connections(4)
                    .acquire_timeout(PATIENCE)
                    .connect_lazy_with(options.create_if_missing(false).pragma("cache_size", "-16384"));
                Ok(Pools::Sqlite { writer, readers })
            }
            Address::Postgres(url) => {
                let pool = PgPoolOptions::new()
                    .min_connections(0)
                    .max_connections(8)
                    .acquire_timeout(PATIENCE)
                    .connect_with(options(url)?)
                    .await?;
                Ok(Pools::Postgres(pool))
            }
        }
    }
}

/// The name of a file while it is filled.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".filling");
    PathBuf::from(name)
}

/// Removes what an earlier fill left that was killed.
fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Io { place: path.display().to_string(), source })
        }
        _ => Ok(()),
    }
}

/// The book at an address, or why there is none.
async fn book(address: &Address, way: Way) -> Result<Book, Error> {
    match (found(address, way).await?, address) {
        (Some(Found::Book(book)), _) => Ok(book),
        // A file without tables is what a start leaves that was killed at once.
        (Some(Found::Unfinished), _) | (Some(Found::Nothing), Address::Sqlite(_)) => {
            Err(Error::Unfinished(address.shown()))
        }
        (Some(Found::Foreign), _) => Err(Error::Foreign(address.shown())),
        (None, _) | (Some(Found::Nothing), Address::Postgres(_)) => Err(Error::Missing(address.shown())),
    }
}

/// What stands at an address; `None` where there is no file.
async fn found(address: &Address, way: Way) -> Result<Option<Found>, Error> {
    let found = match address {
        Address::Sqlite(path) => match path.try_exists() {
            Ok(false) => return Ok(None),
            Ok(true) => Found::in_file(way.options(path), &texts(SQLITE)).await,
            Err(error) => Err(error.into()),
        },
        Address::Postgres(url) => match options(url) {
            Ok(options) => Found::on_server(options, &texts(POSTGRES)).await,
            Err(_) => return Err(Error::Address(address.shown())),
        },
    };
    found.map(Some).map_err(|error| opening(address, error))
}

/// A failure to open, with what can be said of its cause.
fn opening(address: &Address, error: sqlx::Error) -> Error {
    Error::Open { place: address.shown(), fault: OpenFault::of(address, &error), source: error }
}

/// Another key would seal new secrets which the first cannot open, and find none of those that are there.
fn refuse_other_key(address: &Address, key: &Key, book: &Book) -> Result<(), Error> {
    // The key may just have been changed: it stands in the file before a book names it.
    key.refresh();
    if key.ids().contains(&book.key_id) {
        return Ok(());
    }
    let (place, key_id) = (key::place_of(address), key.ids().join(" "));
    Err(Error::OtherKey { place, key_id, book_key_id: book.key_id.clone() })
}

/// True if every migration of this program has run there and no other.
fn is_current(address: &Address, book: &Book) -> bool {
    let scripts = match address {
        Address::Sqlite(_) => SQLITE,
        Address::Postgres(_) => POSTGRES,
    };
    let own: Vec<(i64, Vec<u8>)> =
        migrator(scripts, NEWEST).iter().map(|one| (one.version, one.checksum.to_vec())).collect();
    own == book.migrations
}

/// A server is asked with plans made for the values at hand: a plan that was kept from when the tables were empty
/// would go on reading them whole, once for each row.
fn options(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(url.parse::<PgConnectOptions>()?.options([("plan_cache_mode", "force_custom_plan")]))
}
