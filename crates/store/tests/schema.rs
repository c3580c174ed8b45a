//! Both databases end up with the same tables, columns, keys and indexes.
//!
//! What each database says of itself is written as sentences about its tables; the sentences must be the same.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use bangfu_store::bulk::Column;
use bangfu_store::testing::fresh_postgres;
use bangfu_store::{Address, Db, sealed, shape};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions, Connection, Row};

/// Sentences about tables.
type Schema = BTreeSet<String>;

/// What a column holds, whatever a database calls it. A type that is not here is one of which nobody has thought yet
/// whether both databases treat it alike.
fn class(name: &str) -> &'static str {
    match name.to_lowercase().as_str() {
        "bigint" => "whole number",
        "text" => "text",
        "blob" | "bytea" => "bytes",
        "date" => "day",
        other => panic!("no class of types is known for {other}"),
    }
}

fn column(
    table: &str,
    place: i64,
    name: &str,
    kind: &str,
    never_empty: bool,
    default: Option<String>,
) -> String {
    let empty = if never_empty { "never empty" } else { "may be empty" };
    let default = default.map(|default| format!(", unless told {default}")).unwrap_or_default();
    format!("{table}: column {place} is {name}, {}, {empty}{default}", class(kind))
}

/// An index with its columns in order. One that a constraint brought with it has a name that each database invents.
fn index(table: &str, name: Option<&str>, is_unique: bool, columns: &str, predicate: Option<&str>) -> String {
    let kind = if is_unique { "unique" } else { "index" };
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    let rows = predicate.map(|predicate| format!(" where {}", plain(predicate))).unwrap_or_default();
    format!("{table}: {kind}{name} on {columns}{rows}")
}

/// A predicate without what a database adds in writing it down: brackets, casts, its own spaces and capitals.
fn plain(predicate: &str) -> String {
    let words = predicate.to_lowercase().replace(['(', ')', '"'], " ");
    let words = words.split_whitespace().map(|word| word.split("::").next().unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}

fn foreign(
    table: &str,
    columns: &str,
    target: &str,
    target_columns: &str,
    update: &str,
    delete: &str,
) -> String {
    format!("{table}: {columns} leads to {target} {target_columns}, update {update}, delete {delete}")
}

/// The tables of bangfu: those of the databases and of the migrations are their own business.
const SQLITE_TABLES: &str = "SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'";

async fn of_sqlite(connection: &mut SqliteConnection) -> Schema {
    let mut schema = Schema::new();
    let tables = sqlx::query_scalar::<_, String>(SQLITE_TABLES).fetch_all(&mut *connection).await.unwrap();
    for table in &tables {
        schema.insert(format!("{table}: is a table"));
        columns_of_sqlite(connection, table, &mut schema).await;
        indexes_of_sqlite(connection, table, &mut schema).await;
        let keys = "SELECT id, \"table\", group_concat(\"from\", ', '), group_concat(\"to\", ', '),
                           lower(on_update), lower(on_delete)
                    FROM (SELECT * FROM pragma_foreign_key_list($1) ORDER BY id, seq) GROUP BY id";
        for row in sqlx::query(keys).bind(table).fetch_all(&mut *connection).await.unwrap() {
            schema.insert(foreign(table, row.get(2), row.get(1), row.get(3), row.get(4), row.get(5)));
        }
    }
    schema
}

async fn columns_of_sqlite(connection: &mut SqliteConnection, table: &str, schema: &mut Schema) {
    let columns = "SELECT cid + 1, name, type, \"notnull\", dflt_value, pk FROM pragma_table_info($1)";
    let mut key = Vec::new();
    for row in sqlx::query(columns).bind(table).fetch_all(&mut *connection).await.unwrap() {
        let name: &str = row.get(1);
        schema.insert(column(table, row.get(0), name, row.get(2), row.get(3), row.get(4)));
        let place: i64 = row.get(5);
        if place > 0 {
            key.push((place, name.to_owned()));
        }
    }
    key.sort();
    let key: Vec<String> = key.into_iter().map(|(_, name)| name).collect();
    schema.insert(format!("{table}: key {}", key.join(", ")));
}

async fn indexes_of_sqlite(connection: &mut SqliteConnection, table: &str, schema: &mut Schema) {
    let indexes = "SELECT l.name, l.\"unique\", l.origin, m.sql
                   FROM pragma_index_list($1) l LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name
                   WHERE l.origin <> 'pk'";
    for row in sqlx::query(indexes).bind(table).fetch_all(&mut *connection).await.unwrap() {
        let (name, origin, sql): (&str, &str, Option<&str>) = (row.get(0), row.get(2), row.get(3));
        let columns = "SELECT group_concat(name || CASE WHEN \"desc\" THEN ' downwards' ELSE '' END, ', ')
                       FROM (SELECT * FROM pragma_index_xinfo($1) WHERE key ORDER BY seqno)";
        let columns: String =
            sqlx::query_scalar(columns).bind(name).fetch_one(&mut *connection).await.unwrap();
        let predicate = sql.and_then(|sql| sql.split_once(" WHERE ")).map(|(_, predicate)| predicate);
        let name = (origin == "c").then_some(name);
        schema.insert(index(table, name, row.get(1), &columns, predicate));
    }
}

/// The kind of a foreign key's action, as its letter in the catalogue of PostgreSQL is read.
const ACTION: &str = "CASE %
    WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
    WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END";

/// The names of the columns whose numbers an array of the catalogue holds, in its order.
const NAMES: &str = "(SELECT string_agg(a.attname, ', ' ORDER BY k.place)
    FROM unnest(%) WITH ORDINALITY k (attnum, place) JOIN pg_attribute a ON a.attrelid = @ AND a.attnum = k.attnum)";

async fn of_postgres(connection: &mut PgConnection) -> Schema {
    let mut schema = Schema::new();
    let tables = "SELECT relname::text FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '\\_sqlx%'";
    for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&mut *connection).await.unwrap() {
        schema.insert(format!("{table}: is a table"));
        let columns = "SELECT row_number() OVER (ORDER BY a.attnum), a.attname::text,
                              format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
                       FROM pg_attribute a
                       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                       WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped";
        for row in sqlx::query(columns).bind(&table).fetch_all(&mut *connection).await.unwrap() {
            schema.insert(column(&table, row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)));
        }
        indexes_of_postgres(connection, &table, &mut schema).await;
        let (from, to) = (names("conkey", "conrelid"), names("confkey", "confrelid"));
        let (update, delete) = (ACTION.replace('%', "confupdtype"), ACTION.replace('%', "confdeltype"));
        let keys = format!(
            "SELECT {from}, confrelid::regclass::text, {to}, {update}, {delete}
             FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'f'"
        );
        let keys = sqlx::query(sqlx::AssertSqlSafe(keys)).bind(&table);
        for row in keys.fetch_all(&mut *connection).await.unwrap() {
            schema.insert(foreign(&table, row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)));
        }
    }
    schema
}

async fn indexes_of_postgres(connection: &mut PgConnection, table: &str, schema: &mut Schema) {
    let indexes = "SELECT i.indexrelid::regclass::text, i.indisprimary, i.indisunique,
                          EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype = 'u'),
                          (SELECT string_agg(pg_get_indexdef(i.indexrelid, place, true)
                                  || CASE WHEN i.indoption[place - 1] & 1 = 1 THEN ' downwards' ELSE '' END,
                                  ', ' ORDER BY place)
                           FROM generate_series(1, i.indnkeyatts::int) place),
                          pg_get_expr(i.indpred, i.indrelid)
                   FROM pg_index i WHERE i.indrelid = $1::regclass";
    for row in sqlx::query(indexes).bind(table).fetch_all(&mut *connection).await.unwrap() {
        let (name, is_key, is_of_constraint): (&str, bool, bool) = (row.get(0), row.get(1), row.get(3));
        let columns: &str = row.get(4);
        schema.insert(if is_key {
            format!("{table}: key {columns}")
        } else {
            index(table, (!is_of_constraint).then_some(name), row.get(2), columns, row.get(5))
        });
    }
}

fn names(columns: &str, table: &str) -> String {
    NAMES.replace('%', columns).replace('@', table)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.db");
    Db::create(&Address::Sqlite(path.clone())).await.unwrap().close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let sqlite = of_sqlite(&mut options.connect().await.unwrap()).await;

    let url = fresh_postgres().await.unwrap();
    Db::create(&Address::Postgres(url.clone())).await.unwrap().close().await;
    let postgres = of_postgres(&mut PgConnection::connect(&url).await.unwrap()).await;

    for kind in [": column ", ": key ", ": index ", ": unique ", " leads to ", " where "] {
        assert!(sqlite.iter().any(|sentence| sentence.contains(kind)), "nothing was found of kind{kind}");
    }
    let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
    let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
    assert_eq!((only_sqlite, only_postgres), (vec![], vec![]));
}

/// A server sorts texts by the language of the database in which they stand, SQLite by their bytes. Where every
/// column says that it sorts by bytes, lists have one order everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn texts_are_ordered_by_their_bytes() {
    let url = fresh_postgres().await.unwrap();
    Db::create(&Address::Postgres(url.clone())).await.unwrap().close().await;
    let others = "SELECT a.attrelid::regclass || '.' || a.attname
                  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation
                  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE '\\_sqlx%'
                    AND a.attnum > 0 AND NOT a.attisdropped AND o.collname <> 'C' ORDER BY 1";
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let others: Vec<String> = sqlx::query_scalar(others).fetch_all(&mut connection).await.unwrap();
    assert_eq!(others, Vec::<String>::new(), "columns without COLLATE \"C\"");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.db");
    Db::create(&Address::Sqlite(path.clone())).await.unwrap().close().await;
    let others = "SELECT name FROM sqlite_master WHERE sql LIKE '%COLLATE%'";
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let others: Vec<String> = sqlx::query_scalar(others).fetch_all(&mut connection).await.unwrap();
    assert_eq!(others, Vec::<String>::new(), "SQLite sorts by bytes unless told otherwise");
}

/// Bytes that no key seals: hashes, what a browser keeps, and figures.
const UNSEALED: [&str; 13] = [
    "board_aside.body",
    "card_link.token_hash",
    "token.token_key",
    "secret.hash",
    "secret.last_four_hash",
    "bank_movement.content_hash",
    "bank_movement.identity_hash",
    "difference.fingerprint",
    "recovery_code.hash",
    "ended_journey.state_hash",
    "session.session_key",
    // Sealed by the person's own key, which is sealed anew.
    "secret.ciphertext",
    // Sealed anew by itself: it lies in no county.
    "hash_key.ciphertext",
];

#[tokio::test]
async fn a_new_key_reaches_everything_that_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::create(&Address::Sqlite(folder.path().join("sealed.db"))).await.unwrap();
    let tables = shape::tables(&mut db.read().await.unwrap()).await.unwrap();
    let bytes = tables.iter().flat_map(|table| {
        let columns = table.columns.iter().filter(|(_, kind)| *kind == Column::Bytes);
        columns.map(|(column, _)| format!("{}.{column}", table.name))
    });
    let mut sealed: Vec<String> = bytes.filter(|name| !UNSEALED.contains(&name.as_str())).collect();
    let mut reached: Vec<String> = sealed::ALL.iter().map(sealed::Sealed::name).collect();
    // No backup takes it along, so that the shape does not tell it.
    sealed.push("token_answer.body".to_owned());
    sealed.sort();
    reached.sort();
    assert_eq!(sealed, reached);
}
