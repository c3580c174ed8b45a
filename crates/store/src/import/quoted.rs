//! Where files that came in may still hold somebody's number: pages that wait, and reports that quote a cell.

use super::{discard, drop_pages};
use crate::error::Error;
use crate::key::Key;
use crate::tx::Tx;
use crate::values;

/// A file of the history at a moment: who has seen it so has seen what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Its id.
    pub import_id: i64,
    /// How far it has come, as [`super::Status::key`] has it.
    pub status: String,
    /// How often its columns were told or its cells mended.
    pub revision: i64,
    /// How many pages are kept of it.
    pub pages: i64,
}

/// The files of a county that nobody is taking over or back at this moment.
pub async fn standing(tx: &mut Tx, county_id: i64) -> Result<Vec<Standing>, Error> {
    let sql = "SELECT i.import_id, i.status, i.revision,
                      (SELECT COUNT(*) FROM import_page p
                       WHERE p.county_id = i.county_id AND p.import_id = i.import_id)
               FROM import i
               WHERE i.county_id = $1 AND i.status IN ('staged', 'taken', 'undone', 'unreadable')
               ORDER BY i.import_id";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    let read = |row: &crate::value::Row| {
        Ok(Standing {
            import_id: row.int(0)?,
            status: row.text(1)?,
            revision: row.int(2)?,
            pages: row.int(3)?,
        })
    };
    rows.iter().map(read).collect()
}

/// The report of a file, as JSON.
pub async fn report(tx: &mut Tx, key: &Key, county_id: i64, import_id: i64) -> Result<String, Error> {
    let sql = "SELECT report FROM import WHERE county_id = $1 AND import_id = $2";
    let sealed = tx.fetch_one(sql, &values![county_id, import_id]).await?.bytes(0)?;
    let damaged = |_| Error::Value { column: 0, found: "no text".to_owned() };
    String::from_utf8(key.open(&sealed)?).map_err(damaged)
}

/// Puts a report in the place of a file's.
pub async fn put_report(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    report: &str,
) -> Result<(), Error> {
    let sql = "UPDATE import SET report = $3 WHERE county_id = $1 AND import_id = $2";
    tx.execute(sql, &values![county_id, import_id, key.seal(report.as_bytes())?]).await?;
    Ok(())
}

/// Drops what is kept of a file; one that waits is gone with it.
pub async fn forget(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    discard(tx, county_id, import_id).await?;
    drop_pages(tx, county_id, import_id).await
}
