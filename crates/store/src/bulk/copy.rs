//! PostgreSQL's COPY in its binary form.

use jiff::civil::Date;
use sqlx::PgConnection;

use super::{Table, names};
use crate::error::Error;
use crate::value::{PG_EPOCH, Value};

/// How every such stream begins: its name, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// So many bytes are sent at a time.
const SENT_AT_ONCE: usize = 1 << 20;

/// Writes rows whose values follow one another.
pub(super) async fn rows(
    connection: &mut PgConnection,
    table: Table<'_>,
    values: &[Value],
) -> Result<(), Error> {
    let width = table.columns.len();
    let columns = i16::try_from(width).map_err(|_| too_long())?.to_be_bytes();
    let sql = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", table.name, names(table));
    let mut copy = connection.copy_in_raw(&sql).await?;
    let mut buffer = Vec::with_capacity(SENT_AT_ONCE + (1 << 16));
    buffer.extend_from_slice(HEADER);
    for row in values.chunks(width) {
        buffer.extend_from_slice(&columns);
        row.iter().try_for_each(|value| put(&mut buffer, value))?;
        if buffer.len() >= SENT_AT_ONCE {
            copy.send(buffer.as_slice()).await?;
            buffer.clear();
        }
    }
    buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(buffer.as_slice()).await?;
    copy.finish().await?;
    Ok(())
}

fn put(buffer: &mut Vec<u8>, value: &Value) -> Result<(), Error> {
    match value {
        Value::Int(Some(number)) => field(buffer, &number.to_be_bytes()),
        Value::Text(Some(text)) if text.contains('\0') => field(buffer, text.replace('\0', "").as_bytes()),
        Value::Text(Some(text)) => field(buffer, text.as_bytes()),
        Value::Date(Some(day)) => field(buffer, &days(*day)?.to_be_bytes()),
        Value::Bytes(Some(bytes)) => field(buffer, bytes),
        Value::Int(None) | Value::Text(None) | Value::Date(None) | Value::Bytes(None) => {
            buffer.extend_from_slice(&(-1_i32).to_be_bytes());
            Ok(())
        }
    }
}

fn field(buffer: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    buffer.extend_from_slice(&i32::try_from(bytes.len()).map_err(|_| too_long())?.to_be_bytes());
    buffer.extend_from_slice(bytes);
    Ok(())
}

fn days(day: Date) -> Result<i32, Error> {
    let span = PG_EPOCH.until(day).map_err(|error| Error::Value { column: 0, found: error.to_string() })?;
    Ok(span.get_days())
}

fn too_long() -> Error {
    Error::Value { column: 0, found: "more than COPY takes".to_owned() }
}
