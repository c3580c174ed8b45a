//! Values that go into statements and rows that come out, alike for both databases.

use jiff::civil::{Date, date};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo, PgValueRef};
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Encode, Postgres, Row as _, Type};

use crate::error::Error;

/// A bound value. Each carries its type even when it is null, as PostgreSQL asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// DATE; ISO text in SQLite.
    Date(Option<Date>),
    /// BLOB or BYTEA.
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($variant:ident: $type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Value { Value::$variant(Some(value.into())) }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Value { Value::$variant(value.map(Into::into)) }
        }
    )*};
}
value_from!(Int: i64, Int: u32, Text: String, Text: &str, Date: Date, Bytes: Vec<u8>);

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Int(Some(i64::from(value)))
    }
}

impl From<bangfu_domain::money::Fen> for Value {
    fn from(value: bangfu_domain::money::Fen) -> Value {
        Value::Int(Some(value.get()))
    }
}

impl Value {
    /// A text without the character that PostgreSQL keeps in none: nothing that is stored can match it.
    pub(crate) fn storable(text: String) -> String {
        if text.contains('\0') { text.replace('\0', "") } else { text }
    }
}

/// Builds the list of values of a statement.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::value::Value::from($value)),*] };
}

/// A date as PostgreSQL carries it: days since 2000-01-01.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PgDate(pub(crate) Date);

/// The day from which PostgreSQL counts.
pub(crate) const PG_EPOCH: Date = date(2000, 1, 1);

impl Type<Postgres> for PgDate {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1082))
    }
}

impl PgHasArrayType for PgDate {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1182))
    }
}

impl Encode<'_, Postgres> for PgDate {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let days = PG_EPOCH.until(self.0)?.get_days();
        <i32 as Encode<Postgres>>::encode_by_ref(&days, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for PgDate {
    fn decode(value: PgValueRef<'r>) -> Result<PgDate, BoxDynError> {
        let days = <i32 as Decode<Postgres>>::decode(value)?;
        Ok(PgDate(PG_EPOCH.checked_add(jiff::Span::new().try_days(days)?)?))
    }
}

/// A row of an answer.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

macro_rules! get {
    ($row:expr, $column:expr, $type:ty) => {
        match $row {
            Row::Sqlite(row) => row.try_get::<$type, _>($column)?,
            Row::Postgres(row) => row.try_get::<$type, _>($column)?,
        }
    };
}

impl Row {
    /// An integer.
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        Ok(get!(self, column, i64))
    }

    /// An integer or nothing.
    pub fn int_or_none(&self, column: usize) -> Result<Option<i64>, Error> {
        Ok(get!(self, column, Option<i64>))
    }

    /// A flag.
    pub fn flag(&self, column: usize) -> Result<bool, Error> {
        Ok(self.int(column)? != 0)
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        Ok(get!(self, column, String))
    }

    /// A text or nothing.
    pub fn text_or_none(&self, column: usize) -> Result<Option<String>, Error> {
        Ok(get!(self, column, Option<String>))
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, Error> {
        Ok(get!(self, column, Vec<u8>))
    }

    /// Bytes, if they are there.
    pub fn bytes_or_none(&self, column: usize) -> Result<Option<Vec<u8>>, Error> {
        Ok(get!(self, column, Option<Vec<u8>>))
    }

    /// A date.
    pub fn date(&self, column: usize) -> Result<Date, Error> {
        self.date_or_none(column)?.ok_or(Error::Value { column, found: "no date".to_owned() })
    }

    /// A date or nothing.
    pub fn date_or_none(&self, column: usize) -> Result<Option<Date>, Error> {
        match self {
            Row::Sqlite(row) => match row.try_get_unchecked::<Option<String>, _>(column)? {
                None => Ok(None),
                Some(text) => text.parse().map(Some).map_err(|_| Error::Value { column, found: text }),
            },
            Row::Postgres(row) => {
                Ok(row.try_get_unchecked::<Option<PgDate>, _>(column)?.map(|PgDate(date)| date))
            }
        }
    }

    /// An amount of money.
    pub fn fen(&self, column: usize) -> Result<bangfu_domain::money::Fen, Error> {
        self.int(column).map(bangfu_domain::money::Fen::new)
    }
}
