//! Everything that is sealed, wherever it lies: sealed anew with the newest key, page by page.

use crate::bulk::Column;
use crate::error::Error;
use crate::hash_key;
use crate::key::{ID_BYTES, Key};
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// A column of sealed things, and the columns of its table's key besides the county.
#[derive(Debug, Clone, Copy)]
pub struct Sealed {
    table: &'static str,
    key: &'static [(&'static str, Column)],
    column: &'static str,
}

use Column::{Int, Text};

const BY_IMPORT: (&str, Column) = ("import_id", Int);

/// Every column of sealed things that lies in a county's book. A test holds it against the schema.
pub const ALL: [Sealed; 9] = [
    Sealed { table: "person_key", key: &[("person_id", Int)], column: "ciphertext" },
    Sealed { table: "import", key: &[BY_IMPORT], column: "report" },
    Sealed { table: "import_page", key: &[BY_IMPORT, ("page", Int)], column: "ciphertext" },
    Sealed { table: "import_result", key: &[BY_IMPORT, ("from_row", Int)], column: "ciphertext" },
    Sealed {
        table: "import_mending",
        key: &[BY_IMPORT, ("sheet_at", Int), ("row_at", Int), ("column_at", Int)],
        column: "ciphertext",
    },
    Sealed {
        table: "import_before",
        key: &[BY_IMPORT, ("noun", Text), ("row_id", Int), ("row_key", Text)],
        column: "ciphertext",
    },
    Sealed { table: "account", key: &[("account_id", Int)], column: "totp_secret" },
    Sealed { table: "office_address", key: &[("address_id", Int)], column: "ciphertext" },
    Sealed { table: "token_answer", key: &[("token_id", Int), ("answer_key", Text)], column: "body" },
];

impl Sealed {
    /// Its table and column.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }
}

/// A page that was gone through.
#[derive(Debug, Clone)]
pub struct Page {
    /// How many things were sealed anew.
    pub resealed: usize,
    /// Behind which row the next page begins; nothing behind the last.
    pub next: Option<Vec<Value>>,
}

/// Seals what another key sealed with the newest, at most so many rows of a column behind a row.
pub async fn reseal(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    sealed: &Sealed,
    (after, limit): (Option<&[Value]>, usize),
) -> Result<Page, Error> {
    let Sealed { table, column, .. } = sealed;
    let names: Vec<&str> = sealed.key.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let mut bound = values![county_id, key.newest_mark()].to_vec();
    let mut behind = String::new();
    if let Some(after) = after {
        let places: Vec<String> = (3..).take(after.len()).map(|place| format!("${place}")).collect();
        behind = format!(" AND ({names}) > ({})", places.join(", "));
        bound.extend_from_slice(after);
    }
    let sql = format!(
        "SELECT {names}, {column} FROM {table}
         WHERE county_id = $1 AND {column} IS NOT NULL AND substr({column}, 1, {ID_BYTES}) <> $2{behind}
         ORDER BY {names} LIMIT {limit}"
    );
    let rows = tx.fetch_all(sql, &bound).await?;
    let mut last = None;
    for row in &rows {
        let theirs = key_of(sealed, row)?;
        let plain = key.open(&row.bytes(sealed.key.len())?)?;
        let mut bound = values![county_id, key.seal(&plain)?].to_vec();
        let equal = sealed.key.iter().zip(3..).map(|((name, _), place)| format!("{name} = ${place}"));
        let equal = equal.collect::<Vec<_>>().join(" AND ");
        bound.extend_from_slice(&theirs);
        tx.execute(format!("UPDATE {table} SET {column} = $2 WHERE county_id = $1 AND {equal}"), &bound)
            .await?;
        last = Some(theirs);
    }
    Ok(Page { resealed: rows.len(), next: last.filter(|_| rows.len() == limit) })
}

fn key_of(sealed: &Sealed, row: &Row) -> Result<Vec<Value>, Error> {
    let values = sealed.key.iter().enumerate().map(|(place, (_, column))| {
        Ok(match column {
            Int => row.int(place)?.into(),
            _ => row.text(place)?.into(),
        })
    });
    values.collect()
}

/// From here on the counties name the newest key, and what hashes numbers is sealed with it.
pub async fn announce(tx: &mut Tx, key: &Key) -> Result<(), Error> {
    hash_key::reseal(tx, key).await?;
    tx.execute("UPDATE county SET key_id = $1", &values![key.id()]).await?;
    Ok(())
}
