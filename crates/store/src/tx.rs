//! Transactions: one interface over both databases.
//!
//! Statements are plain text with `$1` placeholders in the subset that both understand.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::TryStreamExt;
use jiff::civil::Date;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};

use crate::error::Error;
use crate::kept::Memo;
use crate::served::ServedTx;
use crate::turn::Place;
use crate::value::{PgDate, Row, Value};

/// A transaction on either database.
#[derive(Debug)]
pub struct Tx {
    pub(crate) on: On,
    /// True while a new book is filled: no row is there yet that another could meet.
    pub(crate) fresh: bool,
    /// What the database keeps in memory, for who only reads.
    pub(crate) memo: Option<Arc<Memo>>,
    /// The names, by county, whose parts this transaction has written.
    pub(crate) named: HashSet<(i64, String)>,
    /// The turn to write in a file; on a server, the transaction keeps it.
    pub(crate) _place: Option<Place>,
    /// What was asked so far, for tests of plans.
    #[cfg(feature = "testing")]
    pub statements: Vec<String>,
}

/// The database's own transaction.
#[derive(Debug)]
pub(crate) enum On {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(ServedTx),
}

impl From<On> for Tx {
    fn from(on: On) -> Tx {
        Tx {
            on,
            fresh: false,
            memo: None,
            named: HashSet::new(),
            _place: None,
            #[cfg(feature = "testing")]
            statements: Vec::new(),
        }
    }
}

/// The text of a statement: written down in full, or put together from parts that are.
#[derive(Debug)]
pub struct Sql(SqlStr);

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Sql {
        Sql(text.into_sql_str())
    }
}

/// A statement put together by the store; what people typed never stands in it, only in its values.
impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql(AssertSqlSafe(text).into_sql_str())
    }
}

impl Tx {
    /// Runs a statement; the number of rows it touched.
    pub async fn execute(&mut self, sql: impl Into<Sql>, values: &[Value]) -> Result<u64, Error> {
        let sql = sql.into().0;
        #[cfg(feature = "testing")]
        self.statements.push(sql.as_str().to_owned());
        Ok(match &mut self.on {
            On::Sqlite(tx) => {
                sqlite_query(sql, values.iter().cloned())?.execute(&mut **tx).await?.rows_affected()
            }
            On::Postgres(tx) => {
                let done = bind_postgres(sqlx::query(sql), values).execute(tx.ask()?).await;
                tx.answered();
                done?.rows_affected()
            }
        })
    }

    /// All rows of an answer.
    pub async fn fetch_all(&mut self, sql: impl Into<Sql>, values: &[Value]) -> Result<Vec<Row>, Error> {
        let sql = sql.into().0;
        #[cfg(feature = "testing")]
        self.statements.push(sql.as_str().to_owned());
        Ok(match &mut self.on {
            On::Sqlite(tx) => {
                let rows = sqlite_query(sql, values.iter().cloned())?.fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            On::Postgres(tx) => {
                let rows = bind_postgres(sqlx::query(sql), values).fetch_all(tx.ask()?).await;
                tx.answered();
                rows?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Tells the rows of an answer one after the other, as they come: however many there are, few are held.
    pub(crate) async fn each<E: From<Error>>(
        &mut self,
        sql: impl Into<Sql>,
        values: &[Value],
        mut tell: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = sql.into().0;
        match &mut self.on {
            On::Sqlite(tx) => {
                let mut rows = sqlite_query(sql, values.iter().cloned())?.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(Error::from)? {
                    tell(Row::Sqlite(row))?;
                }
            }
            On::Postgres(tx) => {
                let mut rows = bind_postgres(sqlx::query(sql), values).fetch(tx.ask().map_err(Error::from)?);
                while let Some(row) = rows.try_next().await.map_err(Error::from)? {
                    tell(Row::Postgres(row))?;
                }
                drop(rows);
                tx.answered();
            }
        }
        Ok(())
    }

    /// The first row of an answer, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: impl Into<Sql>,
        values: &[Value],
    ) -> Result<Option<Row>, Error> {
        let sql = sql.into().0;
        #[cfg(feature = "testing")]
        self.statements.push(sql.as_str().to_owned());
        Ok(match &mut self.on {
            On::Sqlite(tx) => {
                sqlite_query(sql, values.iter().cloned())?.fetch_optional(&mut **tx).await?.map(Row::Sqlite)
            }
            On::Postgres(tx) => {
                let row = bind_postgres(sqlx::query(sql), values).fetch_optional(tx.ask()?).await;
                tx.answered();
                row?.map(Row::Postgres)
            }
        })
    }

    /// The only row of an answer.
    pub async fn fetch_one(&mut self, sql: impl Into<Sql>, values: &[Value]) -> Result<Row, Error> {
        self.fetch_optional(sql, values).await?.ok_or(Error::Sql(sqlx::Error::RowNotFound))
    }

    /// Makes what was written last.
    pub async fn commit(self) -> Result<(), Error> {
        match self.on {
            On::Sqlite(tx) => tx.commit().await?,
            On::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

type PostgresQuery<'q> = Query<'q, Postgres, PgArguments>;

/// A statement of SQLite with its values.
pub(crate) fn sqlite_query<'q>(
    sql: SqlStr,
    values: impl ExactSizeIterator<Item = Value>,
) -> Result<Query<'q, Sqlite, SqliteArguments>, Error> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    // The rows of a table are sorted by day more often than not: what it is called is written out once.
    let mut named: Option<(Date, Arc<str>)> = None;
    for value in values {
        match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value.map(Value::storable)),
            Value::Date(None) => arguments.add(None::<String>),
            Value::Date(Some(day)) => {
                let (_, name) = match named.take() {
                    Some(known) if known.0 == day => named.insert(known),
                    _ => named.insert((day, Arc::from(day.to_string()))),
                };
                arguments.add(Arc::clone(name))
            }
            Value::Bytes(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with(sql, arguments))
}

pub(crate) fn bind_postgres<'q>(mut query: PostgresQuery<'q>, values: &[Value]) -> PostgresQuery<'q> {
    for value in values {
        query = match value {
            Value::Int(value) => query.bind(*value),
            Value::Text(value) => query.bind(value.clone().map(Value::storable)),
            Value::Date(value) => query.bind(value.map(PgDate)),
            Value::Bytes(value) => query.bind(value.clone()),
        };
    }
    query
}
