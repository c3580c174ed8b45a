//! Whole tables, row by row: out of a book into a backup, and out of a backup into a book.

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::shape::Shape;
use crate::tx::Tx;
use crate::value::{Row, Value};

/// Tells the rows of a table one after the other in the order of its key. No more than a few are held at a time.
pub async fn each_row<E: From<Error>>(
    tx: &mut Tx,
    shape: &Shape,
    mut tell: impl FnMut(Vec<Value>) -> Result<(), E> + Send,
) -> Result<(), E> {
    let columns: Vec<&str> = shape.columns.iter().map(|(name, _)| name.as_str()).collect();
    let (columns, key) = (columns.join(", "), shape.key.join(", "));
    let sql = format!("SELECT {columns} FROM {} ORDER BY {key}", shape.name);
    tx.each(sql, &[], |row| {
        let kinds = shape.columns.iter().map(|(_, kind)| *kind).enumerate();
        let values: Result<Vec<Value>, Error> =
            kinds.map(|(column, kind)| value(&row, column, kind)).collect();
        tell(values?)
    })
    .await
}

/// Writes rows of a table whose values follow one another.
pub async fn add_rows(tx: &mut Tx, shape: &Shape, values: Vec<Value>) -> Result<(), Error> {
    let columns: Vec<(&str, Column)> =
        shape.columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    tx.insert(Table { name: &shape.name, columns: &columns, conflict: "" }, values).await
}

fn value(row: &Row, column: usize, kind: Column) -> Result<Value, Error> {
    Ok(match kind {
        Column::Int => Value::Int(row.int_or_none(column)?),
        Column::Text => Value::Text(row.text_or_none(column)?),
        Column::Date => Value::Date(row.date_or_none(column)?),
        Column::Bytes => Value::Bytes(row.bytes_or_none(column)?),
    })
}
