//! What a killed start leaves is gone on with; what is somebody else's is left alone.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use bangfu_store::county::{self, County};
use bangfu_store::error::OpenFault;
use bangfu_store::testing::fresh_postgres;
use bangfu_store::{Address, Db, Error, Turn, key};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

fn sqlite(folder: &Path, name: &str) -> Address {
    Address::Sqlite(folder.join(name))
}

/// Runs statements without bangfu.
async fn run(address: &Address, sql: &str) {
    match address {
        Address::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
            let mut connection = options.connect().await.unwrap();
            connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            connection.close().await.unwrap();
        }
        Address::Postgres(url) => {
            let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
            let mut connection = options.connect().await.unwrap();
            connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

async fn add_county(db: &Db) {
    let mut tx = db.write(Turn::None).await.unwrap();
    tx.execute("INSERT INTO division (division_id, level) VALUES (1, 3)", &[]).await.unwrap();
    tx.execute(
        "INSERT INTO division_term (division_id, valid_from, valid_to, code, name, name_key)
         VALUES (1, '1900-01-01', '9999-12-31', '431022000000', '宜章县', '宜章')",
        &[],
    )
    .await
    .unwrap();
    let county = County {
        county_id: 431_022,
        called: Vec::new(),
        division_id: 1,
        time_zone: "Asia/Shanghai".to_owned(),
        pack_id: None,
        demo: false,
        opening_on: None,
        closed_on: None,
        position_on: None,
        told_on: None,
        change_seq: 0,
        last_at: 0,
    };
    county::add(&mut tx, &county, db.key()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A start is killed at each of its moments; then another goes on to the end, and a third is refused.
async fn goes_on(address: &Address) {
    let again = Db::create(address).await.unwrap();
    again.close().await;
    let unfinished = Db::open(address).await;
    assert!(matches!(unfinished, Err(Error::Unfinished(_))), "{unfinished:?}");
    let db = Db::create(address).await.unwrap();
    add_county(&db).await;
    db.close().await;
    let refused = Db::create(address).await;
    assert!(matches!(refused, Err(Error::Exists(_))), "{refused:?}");
    Db::open(address).await.unwrap().close().await;
}

/// The record of migrations as it stands before the first of them has run.
const RECORD: &str = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BYTEA NOT NULL,
    execution_time BIGINT NOT NULL)";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_start_is_gone_on_with_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name| sqlite(folder.path(), name);
    // Nothing but the key file.
    Db::create(&at("key.db")).await.unwrap().close().await;
    let kept = std::fs::read(key::file_of(&at("key.db"))).ok();
    std::fs::remove_file(folder.path().join("key.db")).unwrap();
    goes_on(&at("key.db")).await;
    assert_eq!(std::fs::read(key::file_of(&at("key.db"))).ok(), kept, "a key is never replaced");
    // An empty file.
    std::fs::write(folder.path().join("empty.db"), b"").unwrap();
    goes_on(&at("empty.db")).await;
    // A database without tables, with the record of migrations, with the schema and no county.
    run(&at("bare.db"), "PRAGMA journal_mode = WAL; PRAGMA user_version = 0").await;
    goes_on(&at("bare.db")).await;
    run(&at("record.db"), &RECORD.replace("BYTEA", "BLOB")).await;
    goes_on(&at("record.db")).await;
    Db::create(&at("schema.db")).await.unwrap().close().await;
    goes_on(&at("schema.db")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_start_is_gone_on_with_on_postgres() {
    let bare = Address::Postgres(fresh_postgres().await.unwrap());
    assert!(matches!(Db::open(&bare).await, Err(Error::Missing(_))));
    goes_on(&bare).await;
    let record = Address::Postgres(fresh_postgres().await.unwrap());
    run(&record, RECORD).await;
    goes_on(&record).await;
}

/// Neither made into a book nor opened as one, and left as it was.
async fn is_left_alone(address: &Address) {
    let made = Db::create(address).await;
    assert!(matches!(made, Err(Error::Exists(_))), "{made:?}");
    let opened = Db::open(address).await;
    assert!(matches!(opened, Err(Error::Foreign(_))), "{opened:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name| sqlite(folder.path(), name);
    run(&at("other.db"), "CREATE TABLE county (name TEXT)").await;
    let before = std::fs::read(folder.path().join("other.db")).unwrap();
    is_left_alone(&at("other.db")).await;
    assert_eq!(std::fs::read(folder.path().join("other.db")).unwrap(), before);
    std::fs::write(folder.path().join("letter.txt"), "此致敬礼".repeat(200)).unwrap();
    is_left_alone(&at("letter.txt")).await;
    let server = Address::Postgres(fresh_postgres().await.unwrap());
    run(&server, "CREATE TABLE other (name TEXT)").await;
    is_left_alone(&server).await;
    assert!(!key::file_of(&at("letter.txt")).exists(), "no key for what is not ours");
}

/// The key at hand is not the one that the book names.
async fn refuses_another_key(address: &Address) {
    let db = Db::create(address).await.unwrap();
    add_county(&db).await;
    db.close().await;
    run(address, "UPDATE county SET key_id = '5a5a5a5a'").await;
    for refused in [Db::open(address).await, Db::open_to_read(address).await] {
        let Err(Error::OtherKey { place, key_id, book_key_id }) = refused else { panic!("{refused:?}") };
        let file = key::file_of(address).display().to_string();
        let read = if key::is_in_environment() { key::KEY_VARIABLE.to_owned() } else { file };
        assert_eq!(place, read, "what was read is named");
        assert_eq!((key_id.as_str(), book_key_id.as_str()), (db.key().id().as_str(), "5a5a5a5a"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_opens_no_book() {
    let folder = tempfile::tempdir().unwrap();
    refuses_another_key(&sqlite(folder.path(), "book.db")).await;
    refuses_another_key(&Address::Postgres(fresh_postgres().await.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_only_be_read_is_read_and_nothing_is_laid_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let address = sqlite(folder.path(), "book.db");
    let db = Db::create(&address).await.unwrap();
    add_county(&db).await;
    db.close().await;
    let path = folder.path().join("book.db");
    let mut rights = std::fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).unwrap();
    // A superuser may write all the same.
    let may_write = std::fs::OpenOptions::new().write(true).open(&path).is_ok();
    let db = Db::open_to_read(&address).await.unwrap();
    assert_eq!(county::list(&mut db.read().await.unwrap()).await.unwrap().len(), 1);
    if !may_write {
        assert!(matches!(db.write(Turn::None).await, Err(Error::ReadOnly(_))));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the book and its key");
        let refused = Db::open(&address).await;
        assert!(matches!(refused, Err(Error::Open { .. })), "{refused:?}");
    }
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_database_cannot_be_opened_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let fault = async |address: Address| match Db::open(&address).await {
        Err(Error::Open { fault, place, .. }) => {
            assert!(!place.contains("secret"), "no password in {place}");
            fault
        }
        other => panic!("{other:?}"),
    };
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    assert_eq!(fault(sqlite(folder.path(), "folder")).await, OpenFault::Folder);
    let nobody = "postgres://bangfu:secret@127.0.0.1:1/book?password=secret".to_owned();
    assert_eq!(fault(Address::Postgres(nobody)).await, OpenFault::Unreachable);
    let server = fresh_postgres().await.unwrap();
    assert_eq!(fault(Address::Postgres(format!("{server}_not"))).await, OpenFault::NoDatabase);
}
