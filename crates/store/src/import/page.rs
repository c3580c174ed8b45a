//! The pages of a staged file, and what came of its rows while it is being taken over: sealed.

use crate::error::Error;
use crate::key::Key;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::values;

/// Keeps a page of a staged file, sealed.
pub async fn add_page(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    page: i64,
    plain: &[u8],
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO import_page (county_id, import_id, page, ciphertext) VALUES ($1, $2, $3, $4)",
        &values![county_id, import_id, page, key.seal(plain)?],
    )
    .await?;
    Ok(())
}

/// The pages of a staged file, opened, in order.
pub async fn pages(tx: &mut Tx, key: &Key, county_id: i64, import_id: i64) -> Result<Vec<Vec<u8>>, Error> {
    let sql = "SELECT ciphertext FROM import_page WHERE county_id = $1 AND import_id = $2 ORDER BY page";
    let rows = tx.fetch_all(sql, &values![county_id, import_id]).await?;
    rows.iter().map(|row| key.open(&row.bytes(0)?)).collect()
}

/// Keeps what came of a page of rows, sealed: its part of the report.
pub async fn add_result(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    from_row: i64,
    plain: &[u8],
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO import_result (county_id, import_id, from_row, ciphertext) VALUES ($1, $2, $3, $4)",
        &values![county_id, import_id, from_row, key.seal(plain)?],
    )
    .await?;
    Ok(())
}

/// What came of the pages of an import, opened, in order.
pub async fn results(tx: &mut Tx, key: &Key, county_id: i64, import_id: i64) -> Result<Vec<Vec<u8>>, Error> {
    let sql =
        "SELECT ciphertext FROM import_result WHERE county_id = $1 AND import_id = $2 ORDER BY from_row";
    let rows = tx.fetch_all(sql, &values![county_id, import_id]).await?;
    rows.iter().map(|row| key.open(&row.bytes(0)?)).collect()
}

/// True if pages of an import are kept, for whoever sees the whole county.
pub async fn has_pages(tx: &mut Tx, scope: &Scope, import_id: i64) -> Result<bool, Error> {
    let Some(county_id) = scope.whole() else { return Ok(false) };
    let sql = "SELECT page FROM import_page WHERE county_id = $1 AND import_id = $2 LIMIT 1";
    Ok(tx.fetch_optional(sql, &values![county_id, import_id]).await?.is_some())
}

/// Drops what was kept of a file until it was taken over.
pub(super) async fn drop_pages(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    for sql in [
        "DELETE FROM import_page WHERE county_id = $1 AND import_id = $2",
        "DELETE FROM import_result WHERE county_id = $1 AND import_id = $2",
        "DELETE FROM import_mending WHERE county_id = $1 AND import_id = $2",
    ] {
        tx.execute(sql, &values![county_id, import_id]).await?;
    }
    Ok(())
}
