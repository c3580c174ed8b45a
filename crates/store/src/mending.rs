//! Cells of a staged file that somebody mended, sealed.

use crate::bulk::{Column, Table};
use crate::error::Error;
use crate::key::Key;
use crate::tx::Tx;
use crate::values;

/// A cell of a staged file that somebody mended. Sheet, row and column are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mending {
    /// The sheet.
    pub sheet_at: i64,
    /// The row.
    pub row_at: i64,
    /// The column.
    pub column_at: i64,
    /// What stood there and what stands there now, as JSON.
    pub told: String,
    /// Who mended it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub mended_at: i64,
}

const TABLE: Table = Table {
    name: "import_mending",
    columns: &[
        ("county_id", Column::Int),
        ("import_id", Column::Int),
        ("sheet_at", Column::Int),
        ("row_at", Column::Int),
        ("column_at", Column::Int),
        ("ciphertext", Column::Bytes),
        ("actor", Column::Text),
        ("mended_at", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, import_id, sheet_at, row_at, column_at)
               DO UPDATE SET ciphertext = excluded.ciphertext, actor = excluded.actor, mended_at = excluded.mended_at",
};

/// Keeps what was mended in a file; a cell that was mended before is mended anew.
pub async fn put(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    mendings: &[Mending],
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(mendings.len() * TABLE.columns.len());
    for one in mendings {
        rows.extend(values![
            county_id,
            import_id,
            one.sheet_at,
            one.row_at,
            one.column_at,
            key.seal(one.told.as_bytes())?,
            one.actor.as_str(),
            one.mended_at
        ]);
    }
    tx.insert(TABLE, rows).await
}

/// Takes back what was mended in cells of a file: (sheet, row, column).
pub async fn take_back(
    tx: &mut Tx,
    county_id: i64,
    import_id: i64,
    cells: &[(i64, i64, i64)],
) -> Result<(), Error> {
    let sql = "DELETE FROM import_mending
               WHERE county_id = $1 AND import_id = $2 AND sheet_at = $3 AND row_at = $4 AND column_at = $5";
    for (sheet, row, column) in cells {
        tx.execute(sql, &values![county_id, import_id, *sheet, *row, *column]).await?;
    }
    Ok(())
}

/// What was mended in a file, by sheet, row and column.
pub async fn list(tx: &mut Tx, key: &Key, county_id: i64, import_id: i64) -> Result<Vec<Mending>, Error> {
    let sql = "SELECT sheet_at, row_at, column_at, ciphertext, actor, mended_at FROM import_mending
               WHERE county_id = $1 AND import_id = $2 ORDER BY sheet_at, row_at, column_at";
    let mut mendings = Vec::new();
    for row in tx.fetch_all(sql, &values![county_id, import_id]).await? {
        let told = String::from_utf8(key.open(&row.bytes(3)?)?);
        mendings.push(Mending {
            sheet_at: row.int(0)?,
            row_at: row.int(1)?,
            column_at: row.int(2)?,
            told: told.map_err(|_| Error::Value { column: 3, found: "no text".to_owned() })?,
            actor: row.text(4)?,
            mended_at: row.int(5)?,
        });
    }
    Ok(mendings)
}
