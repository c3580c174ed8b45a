//! One row as one line: a JSON array in the order of the table's columns. Days are written as ISO dates, bytes in
//! hexadecimal.

use bangfu_store::bulk::Column;
use bangfu_store::shape::Shape;
use bangfu_store::value::Value;
use serde::ser::{Error as _, Serialize, Serializer};

struct Cell<'a>(&'a Value);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Int(Some(number)) => serializer.serialize_i64(*number),
            Value::Text(Some(text)) => serializer.serialize_str(text),
            Value::Date(Some(day)) => serializer.collect_str(day),
            Value::Bytes(Some(bytes)) => {
                let mut text = vec![0; bytes.len() * 2];
                for (pair, byte) in text.chunks_mut(2).zip(bytes) {
                    pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
                }
                serializer.serialize_str(std::str::from_utf8(&text).map_err(S::Error::custom)?)
            }
            Value::Int(None) | Value::Text(None) | Value::Date(None) | Value::Bytes(None) => {
                serializer.serialize_none()
            }
        }
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Puts a row into a line, which is emptied first.
pub(super) fn put(line: &mut Vec<u8>, row: &[Value]) -> std::io::Result<()> {
    line.clear();
    serde_json::to_writer(&mut *line, &Cells(row))?;
    line.push(b'\n');
    Ok(())
}

struct Cells<'a>(&'a [Value]);

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Cell))
    }
}

/// The values of a line, in the end of `values`; `None` if it is no row of the table.
pub(super) fn take(line: &[u8], shape: &Shape, values: &mut Vec<Value>) -> Option<()> {
    let cells: Vec<serde_json::Value> = serde_json::from_slice(line).ok()?;
    if cells.len() != shape.columns.len() {
        return None;
    }
    for (cell, (_, kind)) in cells.into_iter().zip(&shape.columns) {
        values.push(value(cell, *kind)?);
    }
    Some(())
}

fn value(cell: serde_json::Value, kind: Column) -> Option<Value> {
    use serde_json::Value as Json;
    Some(match (kind, cell) {
        (Column::Int, Json::Null) => Value::Int(None),
        (Column::Text, Json::Null) => Value::Text(None),
        (Column::Date, Json::Null) => Value::Date(None),
        (Column::Bytes, Json::Null) => Value::Bytes(None),
        (Column::Int, Json::Number(number)) => Value::Int(Some(number.as_i64()?)),
        (Column::Text, Json::String(text)) => Value::Text(Some(text)),
        (Column::Date, Json::String(text)) => Value::Date(Some(text.parse().ok()?)),
        (Column::Bytes, Json::String(text)) => Value::Bytes(Some(bytes(&text)?)),
        _ => return None,
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_was_put_is_taken() {
        let columns = [
            ("a", Column::Int, Value::from(-7_i64)),
            ("b", Column::Text, Value::from("张三\n\"引\"\u{1}")),
            ("c", Column::Date, Value::from(date(2019, 6, 17))),
            ("d", Column::Bytes, Value::from(vec![0, 10, 255])),
            ("e", Column::Int, Value::Int(None)),
            ("f", Column::Text, Value::Text(None)),
            ("g", Column::Date, Value::Date(None)),
            ("h", Column::Bytes, Value::Bytes(None)),
            ("i", Column::Int, Value::from(i64::MAX)),
            ("j", Column::Bytes, Value::from(Vec::new())),
        ];
        let shape = Shape {
            name: "t".to_owned(),
            columns: columns.iter().map(|(name, kind, _)| ((*name).to_owned(), *kind)).collect(),
            key: Vec::new(),
        };
        let row: Vec<Value> = columns.into_iter().map(|(.., value)| value).collect();
        let mut line = b"what stood there before".to_vec();
        put(&mut line, &row).unwrap();
        assert!(line.ends_with(b"]\n") && line.iter().filter(|byte| **byte == b'\n').count() == 1);
        let mut taken = Vec::new();
        take(&line, &shape, &mut taken).unwrap();
        assert_eq!(taken, row);
        assert_eq!(take(b"[1]\n", &shape, &mut taken), None);
    }
}
