//! Which tables and columns a database has: what a backup takes along and a restored book is held against.

use serde::{Deserialize, Serialize};

use crate::bulk::Column;
use crate::error::Error;
use crate::schema::{made, scripts};
use crate::tx::{On, Tx};

/// What no backup takes along: it is true of running processes, not of the book.
const PASSING: &[&str] = &["lease", "session", "token_answer"];

/// A table as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its columns: name and type.
    pub columns: Vec<(String, Column)>,
    /// The columns of its key, which put its rows in order.
    pub key: Vec<String>,
}

/// The tables of a book, those to which others lead first.
pub async fn tables(tx: &mut Tx) -> Result<Vec<Shape>, Error> {
    let sql = match tx.on {
        On::Sqlite(_) => {
            "SELECT m.name, c.name, lower(c.type), c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' ORDER BY m.name, c.cid"
        }
        On::Postgres(_) => {
            "SELECT t.relname::text, c.attname::text, format_type(c.atttypid, NULL),
                    COALESCE(array_position(i.indkey::int2[], c.attnum) + 1, 0)::bigint
             FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
             LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
             WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r'
               AND c.attnum > 0 AND NOT c.attisdropped
             ORDER BY t.relname, c.attnum"
        }
    };
    let own = scripts(&tx.on);
    let order = made(&own);
    let rows = tx.fetch_all(sql, &[]).await?;
    let mut found: Vec<(Shape, Vec<(i64, String)>)> = Vec::new();
    for row in rows {
        let (table, column, kind, place) = (row.text(0)?, row.text(1)?, row.text(2)?, row.int(3)?);
        if PASSING.contains(&table.as_str()) || !order.contains(&table.as_str()) {
            continue;
        }
        let kind = kind_of(&kind).ok_or(Error::Value { column: 2, found: kind })?;
        if found.last().is_none_or(|(shape, _)| shape.name != table) {
            found.push((Shape { name: table, columns: Vec::new(), key: Vec::new() }, Vec::new()));
        }
        let Some((shape, key)) = found.last_mut() else { continue };
        shape.columns.push((column.clone(), kind));
        if place > 0 {
            key.push((place, column));
        }
    }
    let mut tables: Vec<Shape> = found
        .into_iter()
        .map(|(shape, mut key)| {
            key.sort_unstable();
            Shape { key: key.into_iter().map(|(_, column)| column).collect(), ..shape }
        })
        .collect();
    tables.sort_by_key(|shape| order.iter().position(|name| *name == shape.name));
    Ok(tables)
}

fn kind_of(named: &str) -> Option<Column> {
    match named {
        "bigint" => Some(Column::Int),
        "text" => Some(Column::Text),
        "date" => Some(Column::Date),
        "blob" | "bytea" => Some(Column::Bytes),
        _ => None,
    }
}
