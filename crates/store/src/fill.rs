//! Filling a new book: secondary indexes are built once, after the rows, instead of row by row.

use crate::error::Error;
use crate::schema::scripts;
use crate::statistics::TABLES;
use crate::tx::{On, Tx};

/// Takes the secondary indexes of the tables away that a fill writes.
pub async fn drop_indexes(tx: &mut Tx) -> Result<(), Error> {
    for (name, _) in indexes(tx) {
        tx.execute(format!("DROP INDEX {name}"), &[]).await?;
    }
    Ok(())
}

/// Makes them again as the migrations do; `done` is told after each how many there are.
pub async fn make_indexes(tx: &mut Tx, mut done: impl FnMut(usize, usize)) -> Result<(), Error> {
    if matches!(tx.on, On::Postgres(_)) {
        tx.execute("SET LOCAL maintenance_work_mem = '1GB'", &[]).await?;
    }
    let indexes = indexes(tx);
    let all = indexes.len();
    for (made, (_, sql)) in (1..).zip(indexes) {
        tx.execute(sql, &[]).await?;
        done(made, all);
    }
    Ok(())
}

/// The secondary indexes of the tables that a fill writes: name and statement, as the migrations have them.
fn indexes(tx: &Tx) -> Vec<(&'static str, &'static str)> {
    scripts(&tx.on)
        .into_iter()
        .flat_map(|script| script.split(';'))
        .filter_map(|statement| {
            let start = ["CREATE INDEX ", "CREATE UNIQUE INDEX "]
                .iter()
                .find_map(|words| statement.find(words).map(|at| (at, at + words.len())))?;
            let mut words = statement[start.1..].split_whitespace();
            let (name, table) = (words.next()?, words.nth(1)?);
            TABLES.contains(&table).then_some((name, &statement[start.0..]))
        })
        .collect()
}
