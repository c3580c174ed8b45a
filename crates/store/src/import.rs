//! Imports: files that were read in, staged in encrypted pages until they are taken over.

use jiff::civil::Date;

use crate::error::Error;
use crate::key::Key;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A file that was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub import_id: i64,
    /// `ledger`, `households`, `officers` or `repayments`.
    pub kind: String,
    /// The file's name as the user knows it.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub file_hash: String,
    /// The day of a ledger's position, as the user or its title gives it.
    pub as_of: Option<Date>,
    /// The day up to which a repayments file is complete, as the user gives it.
    pub until_on: Option<Date>,
    /// By which layout its columns are told, as JSON.
    pub layout: Option<String>,
    /// True once it is taken over.
    pub taken: bool,
    /// What was found and changed, as JSON.
    pub report: String,
    /// Who read it in.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// When it was taken over.
    pub taken_at: Option<i64>,
}

/// Notes a file whose pages are about to come: nobody sees it before [`add`] says that it is whole, and if that
/// never happens, it expires like any other.
pub async fn announce(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    put(tx, key, county_id, import, "arriving").await
}

/// Notes a staged file.
pub async fn add(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    put(tx, key, county_id, import, if import.taken { "taken" } else { "staged" }).await
}

async fn put(tx: &mut Tx, key: &Key, county_id: i64, import: &Import, status: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO import (county_id, import_id, kind, file_name, file_hash, as_of, until_on, status, report, actor,
                             created_at, taken_at, layout)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (county_id, import_id) DO UPDATE SET status = excluded.status, report = excluded.report",
        &values![
            county_id,
            import.import_id,
            import.kind.as_str(),
            import.file_name.as_str(),
            import.file_hash.as_str(),
            import.as_of,
            import.until_on,
            status,
            key.seal(import.report.as_bytes())?,
            import.actor.as_str(),
            import.created_at,
            import.taken_at,
            import.layout.clone()
        ],
    )
    .await?;
    Ok(())
}

/// Notes by which layout the columns of a staged file are told, its day, and what is counted then.
pub async fn tell_columns(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    let sql = "UPDATE import SET layout = $3, as_of = $4, report = $5
               WHERE county_id = $1 AND import_id = $2 AND status = 'staged'";
    let report = key.seal(import.report.as_bytes())?;
    tx.execute(sql, &values![county_id, import.import_id, import.layout.clone(), import.as_of, report])
        .await?;
    Ok(())
}

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

/// Notes that an import was taken over, with its final report, and drops its pages.
pub async fn taken(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    report: &str,
    at: i64,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE import SET status = 'taken', report = $3, taken_at = $4 WHERE county_id = $1 AND import_id = $2",
        &values![county_id, import_id, key.seal(report.as_bytes())?, at],
    )
    .await?;
    drop_pages(tx, county_id, import_id).await
}

/// Drops an import that was not taken over.
pub async fn discard(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    drop_pages(tx, county_id, import_id).await?;
    let sql = "DELETE FROM import WHERE county_id = $1 AND import_id = $2 AND status = 'staged'";
    tx.execute(sql, &values![county_id, import_id]).await?;
    Ok(())
}

async fn drop_pages(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    let sql = "DELETE FROM import_page WHERE county_id = $1 AND import_id = $2";
    tx.execute(sql, &values![county_id, import_id]).await?;
    Ok(())
}

/// Drops imports of before an instant that nobody took over, also those whose pages never came whole.
pub async fn expire(tx: &mut Tx, county_id: i64, before: i64) -> Result<(), Error> {
    let sql = "DELETE FROM import WHERE county_id = $1 AND status <> 'taken' AND created_at < $2";
    tx.execute(sql, &values![county_id, before]).await?;
    let sql = "DELETE FROM import_page WHERE county_id = $1
               AND import_id NOT IN (SELECT import_id FROM import WHERE county_id = $1)";
    tx.execute(sql, &values![county_id]).await?;
    Ok(())
}

/// True if there is something to drop that came before an instant: whoever asks need not wait for those who write.
pub async fn has_expired(tx: &mut Tx, county_id: i64, before: i64) -> Result<bool, Error> {
    let sql =
        "SELECT import_id FROM import WHERE county_id = $1 AND status <> 'taken' AND created_at < $2 LIMIT 1";
    Ok(tx.fetch_optional(sql, &values![county_id, before]).await?.is_some())
}

const SELECT: &str =
    "SELECT import_id, kind, file_name, file_hash, as_of, until_on, status, report, actor, created_at,
    taken_at, layout FROM import WHERE county_id = $1 AND status <> 'arriving'";

/// One import, for whoever sees the whole county: a file speaks of all of it.
pub async fn get(tx: &mut Tx, key: &Key, scope: &Scope, import_id: i64) -> Result<Option<Import>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("{SELECT} AND import_id = $2");
    let row = tx.fetch_optional(sql, &values![county_id, import_id]).await?;
    row.map(|row| read(key, &row)).transpose()
}

/// The imports of a county, newest first, for whoever sees the whole county.
pub async fn list(tx: &mut Tx, key: &Key, scope: &Scope, limit: i64) -> Result<Vec<Import>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!("{SELECT} ORDER BY import_id DESC LIMIT $2");
    tx.fetch_all(sql, &values![county_id, limit]).await?.iter().map(|row| read(key, row)).collect()
}

/// The files that told of a loan which lies in the scope on a day: its events, its findings and its differences.
/// Only their names are read, so that none is too old to be named.
pub async fn names_for_loan(
    tx: &mut Tx,
    scope: &Scope,
    loan_id: i64,
    on: Date,
) -> Result<Vec<(i64, String)>, Error> {
    let (condition, value) = scope.loans_of_day(4);
    let told = ["loan_event", "finding", "difference"].map(|noun| {
        format!(
            "SELECT import_id FROM {noun} WHERE county_id = $1 AND loan_id = $3 AND import_id IS NOT NULL"
        )
    });
    let sql = format!(
        "SELECT import_id, file_name FROM import WHERE county_id = $1 AND import_id IN ({})
         AND EXISTS (SELECT 1 FROM loan l WHERE l.county_id = $1 AND l.loan_id = $3{condition}) ORDER BY import_id",
        told.join(" UNION ")
    );
    let mut bound = values![scope.county_id, on, loan_id].to_vec();
    bound.extend(value);
    tx.fetch_all(sql, &bound).await?.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// Files of a kind, newest first, as (import, whether it was taken over, who read it in), for whoever sees the whole
/// county: a start that was stopped looks up how far it came.
pub async fn of_kind(tx: &mut Tx, scope: &Scope, kind: &str) -> Result<Vec<(i64, bool, String)>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT import_id, status, actor FROM import WHERE county_id = $1 AND kind = $2
               ORDER BY import_id DESC";
    let rows = tx.fetch_all(sql, &values![county_id, kind]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)? == "taken", row.text(2)?))).collect()
}

fn read(key: &Key, row: &Row) -> Result<Import, Error> {
    Ok(Import {
        import_id: row.int(0)?,
        kind: row.text(1)?,
        file_name: row.text(2)?,
        file_hash: row.text(3)?,
        as_of: row.date_or_none(4)?,
        until_on: row.date_or_none(5)?,
        taken: row.text(6)? == "taken",
        report: String::from_utf8(key.open(&row.bytes(7)?)?)
            .map_err(|_| Error::Value { column: 7, found: "no text".to_owned() })?,
        actor: row.text(8)?,
        created_at: row.int(9)?,
        taken_at: row.int_or_none(10)?,
        layout: row.text_or_none(11)?,
    })
}
