//! Where files that came in still hold somebody's number: pages that wait, and reports that quote a cell.

use super::{discard, drop_pages};
use crate::error::Error;
use crate::import::page::pages;
use crate::key::Key;
use crate::tx::Tx;
use crate::values;

/// What was done about files that hold a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Files that waited and were dropped.
    pub files: u64,
    /// Reports in which it was masked.
    pub reports: u64,
}

/// Drops what was kept of the files that hold one of these texts, and masks it in every report that quotes it:
/// (text, masked).
pub async fn forget(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    numbers: &[(String, String)],
) -> Result<Forgotten, Error> {
    let mut done = Forgotten::default();
    // What is being taken over at this moment is left to end.
    let sql = "SELECT DISTINCT p.import_id FROM import_page p
               JOIN import i ON i.county_id = p.county_id AND i.import_id = p.import_id
               WHERE p.county_id = $1 AND i.status IN ('staged', 'taken', 'undone', 'unreadable') ORDER BY p.import_id";
    for row in tx.fetch_all(sql, &values![county_id]).await? {
        let import_id = row.int(0)?;
        let kept = pages(tx, key, county_id, import_id).await?;
        let holds = |page: &Vec<u8>| {
            let text = String::from_utf8_lossy(page);
            numbers.iter().any(|(number, _)| text.contains(number.as_str()))
        };
        if kept.iter().any(holds) {
            discard(tx, county_id, import_id).await?;
            drop_pages(tx, county_id, import_id).await?;
            done.files += 1;
        }
    }
    let sql = "SELECT import_id, report FROM import WHERE county_id = $1 ORDER BY import_id";
    for row in tx.fetch_all(sql, &values![county_id]).await? {
        let damaged = |_| Error::Value { column: 1, found: "no text".to_owned() };
        let report = String::from_utf8(key.open(&row.bytes(1)?)?).map_err(damaged)?;
        let masked = numbers
            .iter()
            .fold(report.clone(), |report, (number, masked)| report.replace(number.as_str(), masked));
        if masked != report {
            let sql = "UPDATE import SET report = $3 WHERE county_id = $1 AND import_id = $2";
            tx.execute(sql, &values![county_id, row.int(0)?, key.seal(masked.as_bytes())?]).await?;
            done.reports += 1;
        }
    }
    Ok(done)
}
