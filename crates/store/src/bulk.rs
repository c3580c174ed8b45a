//! Many rows at once: the one place where the two databases are written to differently.
//!
//! SQLite takes statements of many rows. PostgreSQL takes them as one array per column, and by COPY where a new book is
//! filled: that is a fourth faster, and no faster where a file is taken over page by page (bench/RESULTS.md).

mod copy;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr};

use crate::error::Error;
use crate::tx::{On, Tx, sqlite_query};
use crate::value::{PgDate, Value};
use crate::values;

/// The type of a column, for PostgreSQL's arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// DATE.
    Date,
    /// BLOB or BYTEA.
    Bytes,
}

/// A table to be filled: its name, its columns, and what to do with a row that is there already.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its columns in the order of the values.
    pub columns: &'a [(&'a str, Column)],
    /// The end of the statement: `ON CONFLICT …`, or nothing.
    pub conflict: &'a str,
}

/// SQLite allows 32,766 values in a statement; a few hundred rows are as fast as more.
const SQLITE_VALUES: usize = 4_000;

/// What is left for less than a whole statement goes in statements of a fourth as many rows, and so on: to compile a
/// statement costs four times as much as to carry it out, so that few texts, each compiled once, beat one of the right
/// length each time.
const SQLITE_STEP: usize = 4;
const POSTGRES_ROWS: usize = 5_000;

/// Fewer rows are not worth a COPY, which is three round trips.
const COPIED_MIN: usize = 50;

impl Tx {
    /// Writes rows whose values follow one another in `values`.
    pub async fn insert(&mut self, table: Table<'_>, values: Vec<Value>) -> Result<(), Error> {
        let width = table.columns.len();
        debug_assert_eq!(values.len() % width, 0, "rows of {} are of one width", table.name);
        let fresh = self.fresh;
        let table = if fresh { Table { conflict: "", ..table } } else { table };
        match &mut self.on {
            On::Sqlite(tx) => {
                let mut rows = (SQLITE_VALUES / width).max(1);
                let mut values = values.into_iter();
                while values.len() > 0 {
                    while rows * width > values.len() {
                        rows = rows.div_ceil(SQLITE_STEP);
                    }
                    let sql = AssertSqlSafe(sqlite_text(table, rows)).into_sql_str();
                    sqlite_query(sql, values.by_ref().take(rows * width))?.execute(&mut **tx).await?;
                }
            }
            On::Postgres(tx) if fresh && values.len() >= COPIED_MIN * width => {
                let copied = copy::rows(tx.ask()?, table, &values).await;
                tx.answered();
                copied?;
            }
            On::Postgres(tx) => {
                for chunk in values.chunks(POSTGRES_ROWS * width) {
                    let inserted = insert_arrays(tx.ask()?, table, chunk).await;
                    tx.answered();
                    inserted?;
                }
            }
        }
        Ok(())
    }
}

impl Tx {
    /// What makes one text of a text of many rows, with commas between them.
    pub(crate) fn joined(&self, text: &str) -> String {
        match self.on {
            On::Sqlite(_) => format!("group_concat({text})"),
            On::Postgres(_) => format!("string_agg({text}, ',')"),
        }
    }

    /// Reads columns of many rows, each as one text with commas between its values, none of which may hold one or be
    /// null. A row that comes by itself costs more than reading it from the file.
    pub(crate) async fn gather<const N: usize>(
        &mut self,
        columns: [&str; N],
        rest: &str,
        values: &[Value],
    ) -> Result<[String; N], Error> {
        let joined = columns.map(|column| match self.on {
            // It makes a text of a number by itself, and quicker.
            On::Sqlite(_) => self.joined(column),
            On::Postgres(_) => self.joined(&format!("CAST({column} AS TEXT)")),
        });
        let row = self.fetch_one(format!("SELECT {} FROM {rest}", joined.join(", ")), values).await?;
        let mut texts = [const { String::new() }; N];
        for (column, text) in texts.iter_mut().enumerate() {
            *text = row.text_or_none(column)?.unwrap_or_default();
        }
        Ok(texts)
    }
}

/// The numbers of a column that [`Tx::gather`] read.
pub(crate) fn gathered(column: &str) -> impl Iterator<Item = Result<i64, Error>> {
    let numbers = column.split(',').filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().map_err(|_| Error::Value { column: 0, found: number.to_owned() }))
}

async fn insert_arrays(
    connection: &mut PgConnection,
    table: Table<'_>,
    values: &[Value],
) -> Result<(), Error> {
    let width = table.columns.len();
    let mut query = sqlx::query(AssertSqlSafe(postgres_text(table)).into_sql_str());
    for (index, (_, column)) in table.columns.iter().enumerate() {
        let cells = values.iter().skip(index).step_by(width);
        query = match column {
            Column::Int => query.bind(cells.map(as_int).collect::<Vec<Option<i64>>>()),
            Column::Text => query.bind(cells.map(as_text).collect::<Vec<Option<String>>>()),
            Column::Date => query.bind(cells.map(as_date).collect::<Vec<Option<PgDate>>>()),
            Column::Bytes => query.bind(cells.map(as_bytes).collect::<Vec<Option<Vec<u8>>>>()),
        };
    }
    query.execute(connection).await?;
    Ok(())
}

fn names(table: Table<'_>) -> String {
    table.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn sqlite_text(table: Table<'_>, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {} ({}) VALUES ", table.name, names(table));
    let row = format!("({})", vec!["?"; table.columns.len()].join(","));
    for index in 0..rows {
        let comma = if index == 0 { "" } else { "," };
        write!(sql, "{comma}{row}").expect("invariant: writing to a text cannot fail");
    }
    sql + " " + table.conflict
}

fn postgres_text(table: Table<'_>) -> String {
    let arrays: Vec<String> = (1..)
        .zip(table.columns)
        .map(|(index, (_, column))| {
            let kind = match column {
                Column::Int => "BIGINT",
                Column::Text => "TEXT",
                Column::Date => "DATE",
                Column::Bytes => "BYTEA",
            };
            format!("${index}::{kind}[]")
        })
        .collect();
    format!(
        "INSERT INTO {} ({}) SELECT * FROM unnest({}) {}",
        table.name,
        names(table),
        arrays.join(", "),
        table.conflict
    )
}

fn as_int(value: &Value) -> Option<i64> {
    if let Value::Int(value) = value { *value } else { None }
}

fn as_text(value: &Value) -> Option<String> {
    if let Value::Text(value) = value { value.clone().map(Value::storable) } else { None }
}

fn as_date(value: &Value) -> Option<PgDate> {
    if let Value::Date(value) = value { value.map(PgDate) } else { None }
}

fn as_bytes(value: &Value) -> Option<Vec<u8>> {
    if let Value::Bytes(value) = value { value.clone() } else { None }
}

/// How many ids go into one statement.
///
/// SQLite keeps no statistics here and takes a county for a few rows. What is looked up by something else than its key
/// is therefore asked for as the keys that an index holds by itself, and put in order by whoever asks: for a whole row, or
/// sorted by its key, SQLite would walk along the whole table.
pub(crate) const CHUNK: usize = 500;

/// `$2, $3, …` for a list of ids, with the county bound as `$1`.
pub(crate) fn in_list(county_id: i64, ids: &[i64]) -> (String, Vec<Value>) {
    list_of(county_id, ids.iter().map(|id| Value::from(*id)))
}

/// `$2, $3, …` for a list of values, with the county bound as `$1`.
pub(crate) fn list_of(county_id: i64, listed: impl ExactSizeIterator<Item = Value>) -> (String, Vec<Value>) {
    let list = places(2, listed.len());
    let mut bound = values![county_id].to_vec();
    bound.extend(listed);
    (list, bound)
}

/// `$7, $8, …`: so many places from the one of that number on.
pub(crate) fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}
