//! Both databases end up with the same tables, columns and indexes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use bangfu_store::testing::fresh_postgres;
use bangfu_store::{Address, Db};
use sqlx::{ConnectOptions, Connection, Row};

/// Table, column, kind of value, whether it may be empty; or an index with its table and columns.
type Schema = BTreeSet<(String, String, String, bool)>;

/// What a column holds, whatever a database calls it.
fn kind(name: &str) -> String {
    let kind = match name.to_uppercase().as_str() {
        "INTEGER" | "BIGINT" => "whole number",
        "TEXT" => "text",
        "BLOB" | "BYTEA" => "bytes",
        "BOOLEAN" => "flag",
        "DATE" => "day",
        other => return other.to_owned(),
    };
    kind.to_owned()
}

async fn of_sqlite(path: &std::path::Path) -> Schema {
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let columns = "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0
                   FROM sqlite_master t JOIN pragma_table_info(t.name) c
                   WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '_sqlx%'";
    let rows = sqlx::query(columns).fetch_all(&mut connection).await.unwrap();
    let mut schema: Schema =
        rows.iter().map(|row| (row.get(0), row.get(1), kind(row.get(2)), row.get::<bool, _>(3))).collect();
    let indexes = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
    let rows = sqlx::query(indexes).fetch_all(&mut connection).await.unwrap();
    schema.extend(rows.iter().map(|row| (row.get(0), row.get(1), "index".to_owned(), false)));
    schema
}

async fn of_postgres(url: &str) -> Schema {
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
                   FROM information_schema.columns
                   WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    let rows = sqlx::query(columns).fetch_all(&mut connection).await.unwrap();
    let mut schema: Schema =
        rows.iter().map(|row| (row.get(0), row.get(1), kind(row.get(2)), row.get::<bool, _>(3))).collect();
    let indexes = "SELECT tablename::text, indexname::text FROM pg_indexes
                   WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND tablename NOT LIKE '\\_sqlx%'";
    let rows = sqlx::query(indexes).fetch_all(&mut connection).await.unwrap();
    schema.extend(rows.iter().map(|row| (row.get(0), row.get(1), "index".to_owned(), false)));
    connection.close().await.unwrap();
    schema
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.db");
    Db::create(&Address::Sqlite(path.clone())).await.unwrap().close().await;

    let url = fresh_postgres().await.unwrap();
    Db::create(&Address::Postgres(url.clone())).await.unwrap().close().await;

    let (sqlite, postgres) = (of_sqlite(&path).await, of_postgres(&url).await);
    assert!(sqlite.len() > 100, "the schema was not found: {}", sqlite.len());
    let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
    let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
    assert_eq!((only_sqlite, only_postgres), (vec![], vec![]));
}
