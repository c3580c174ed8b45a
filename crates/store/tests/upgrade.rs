//! Each migration is run on a filled database of the version before it, on both databases, and no row may suffer.
//!
//! There is one migration today, and nothing was released before it: the steps begin with the second. Until then the
//! frame proves itself: it fills every table of the newest schema, and notices what a migration would lose.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use bangfu_store::bulk::Column;
use bangfu_store::shape::{self, Shape};
use bangfu_store::testing::{create_at, fresh_postgres};
use bangfu_store::value::Value;
use bangfu_store::{Address, Db, Error, NEWEST, Turn, dump, health};
use jiff::civil::date;

/// Rows that each table gets.
const ROWS: i64 = 3;

/// Tables (`table`) and columns (`table.column`) that a migration took away on purpose, with the one that did.
const GONE: &[(&str, i64)] = &[];

type Rows = BTreeMap<String, (Shape, Vec<Vec<Value>>)>;

/// A value for a column of the row of that number. Equal numbers lead to equal ids, so that every row finds those to
/// which it leads.
fn value(column: &str, kind: Column, number: i64, key_id: &str) -> Value {
    match kind {
        Column::Text if column == "key_id" => Value::from(key_id),
        Column::Int => Value::from(number),
        Column::Text => Value::from(format!("{column} 第{number}行")),
        Column::Date => Value::from(date(2019, 6, i8::try_from(number).unwrap())),
        Column::Bytes => Value::from(vec![u8::try_from(number).unwrap(); 24]),
    }
}

async fn fill(db: &Db) {
    let mut tx = db.write(Turn::None).await.unwrap();
    for table in shape::tables(&mut tx).await.unwrap() {
        // The first of these is the book's own, without which it opens nothing.
        let first = if table.name == "hash_key" { 2 } else { 1 };
        let rows = (first..=ROWS).flat_map(|number| {
            let columns = table.columns.iter();
            columns
                .map(move |(column, kind)| value(column, *kind, number, &db.key().id()))
                .collect::<Vec<_>>()
        });
        dump::add_rows(&mut tx, &table, rows.collect()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn rows(db: &Db) -> Rows {
    let mut tx = db.read().await.unwrap();
    let mut all = Rows::new();
    for table in shape::tables(&mut tx).await.unwrap() {
        let mut rows = Vec::new();
        dump::each_row(&mut tx, &table, |row| {
            rows.push(row);
            Ok::<(), Error>(())
        })
        .await
        .unwrap();
        all.insert(table.name.clone(), (table, rows));
    }
    all
}

/// What was there before and is not there afterwards as it was.
fn losses(before: &Rows, after: &Rows, gone: &[&str]) -> Vec<String> {
    let mut losses = Vec::new();
    for (name, (shape, rows)) in before {
        let Some((new, others)) = after.get(name) else {
            losses.push(name.clone());
            continue;
        };
        for (at, (column, _)) in shape.columns.iter().enumerate() {
            let place = new.columns.iter().position(|(other, _)| other == column);
            let old: Vec<&Value> = rows.iter().map(|row| &row[at]).collect();
            let kept =
                place.is_some_and(|place| old == others.iter().map(|row| &row[place]).collect::<Vec<_>>());
            if !kept {
                losses.push(format!("{name}.{column}"));
            }
        }
    }
    losses.retain(|loss| !gone.contains(&loss.as_str()));
    losses
}

/// A filled database of a version, opened by this program.
async fn is_brought_up_to_date(address: &Address, from: i64) {
    let db = create_at(address, from).await.unwrap();
    fill(&db).await;
    let before = rows(&db).await;
    assert!(before.len() > 30 && before.values().all(|(_, rows)| rows.len() == 3), "every table has rows");
    db.close().await;
    let db = Db::open(address).await.unwrap();
    assert_eq!(health::schema(&mut db.read().await.unwrap()).await.unwrap(), NEWEST);
    let gone: Vec<&str> = GONE.iter().filter(|(_, by)| *by > from).map(|(what, _)| *what).collect();
    assert_eq!(losses(&before, &rows(&db).await, &gone), Vec::<String>::new(), "from {from}");
    db.close().await;
    // And once more, with nothing left to do.
    let db = Db::open(address).await.unwrap();
    assert_eq!(losses(&before, &rows(&db).await, &gone), Vec::<String>::new());
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_database_of_each_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    for from in 1..=NEWEST {
        let path = folder.path().join(format!("from-{from}.db"));
        is_brought_up_to_date(&Address::Sqlite(path), from).await;
        is_brought_up_to_date(&Address::Postgres(fresh_postgres().await.unwrap()), from).await;
    }
}

#[tokio::test]
async fn what_a_migration_would_lose_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let db = create_at(&Address::Sqlite(folder.path().join("book.db")), NEWEST).await.unwrap();
    fill(&db).await;
    let before = rows(&db).await;
    let changed = |change: &dyn Fn(&mut Rows)| {
        let mut after = before.clone();
        change(&mut after);
        losses(&before, &after, &[])
    };
    assert_eq!(changed(&|_| {}), Vec::<String>::new());
    assert_eq!(changed(&|after| drop(after.remove("tie"))), ["tie"]);
    let shortened = changed(&|after| drop(after.get_mut("tie").unwrap().1.pop()));
    assert!(shortened.contains(&"tie.household_id".to_owned()), "{shortened:?}");
    let renamed = changed(&|after| after.get_mut("loan").unwrap().0.columns[4].0 = "other".to_owned());
    assert_eq!(renamed, ["loan.number"]);
    let overwritten = changed(&|after| after.get_mut("loan").unwrap().1[1][4] = Value::from("other"));
    assert_eq!(overwritten, ["loan.number"]);
    let added = changed(&|after| {
        let (shape, rows) = after.get_mut("loan").unwrap();
        shape.columns.insert(0, ("fresh".to_owned(), Column::Int));
        rows.iter_mut().for_each(|row| row.insert(0, Value::from(0_i64)));
    });
    assert_eq!(added, Vec::<String>::new(), "a column more is no loss");
    db.close().await;
}
