//! Imports: files that were read in, staged in encrypted pages until they are taken over.

use jiff::civil::Date;

use crate::bulk::{CHUNK, in_list};
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
    /// How far it has come.
    pub status: Status,
    /// Rows that are written already, while it is being taken over.
    pub rows_done: i64,
    /// What was found and changed, as JSON.
    pub report: String,
    /// Who read it in.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// When it was taken over.
    pub taken_at: Option<i64>,
    /// How often its columns were told or its cells mended since it came.
    pub revision: i64,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Its pages are coming: nobody sees it.
    Arriving,
    /// It waits to be taken over.
    Staged,
    /// Its rows are being written, page by page; killed, that goes on.
    Taking,
    /// It stands in the book.
    Taken,
    /// It stood in the book and was taken back.
    Undone,
    /// It could not be read.
    Unreadable,
}

impl Status {
    /// The word in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Status::Arriving => "arriving",
            Status::Staged => "staged",
            Status::Taking => "taking",
            Status::Taken => "taken",
            Status::Undone => "undone",
            Status::Unreadable => "unreadable",
        }
    }

    fn from_key(key: &str) -> Option<Status> {
        use Status::{Arriving, Staged, Taken, Taking, Undone, Unreadable};
        [Arriving, Staged, Taking, Taken, Undone, Unreadable].into_iter().find(|status| status.key() == key)
    }

    /// True if it stood in the book or does: it can't be taken over any more.
    pub const fn was_taken(self) -> bool {
        matches!(self, Status::Taken | Status::Undone)
    }
}

/// Notes a file whose pages are about to come: nobody sees it before [`add`] says that it is whole, and if that
/// never happens, it expires like any other.
pub async fn announce(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    add(tx, key, county_id, &Import { status: Status::Arriving, ..import.clone() }).await
}

/// Notes a file.
pub async fn add(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO import (county_id, import_id, kind, file_name, file_hash, as_of, until_on, status, rows_done,
                             report, actor, created_at, taken_at, layout, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (county_id, import_id) DO UPDATE SET status = excluded.status, report = excluded.report",
        &values![
            county_id,
            import.import_id,
            import.kind.as_str(),
            import.file_name.as_str(),
            import.file_hash.as_str(),
            import.as_of,
            import.until_on,
            import.status.key(),
            import.rows_done,
            key.seal(import.report.as_bytes())?,
            import.actor.as_str(),
            import.created_at,
            import.taken_at,
            import.layout.clone(),
            import.revision
        ],
    )
    .await?;
    Ok(())
}

/// Notes by which layout the columns of a staged file are told, its day, and what is counted then; false if somebody
/// else has taken it over or corrected it since it was read.
pub async fn correct(tx: &mut Tx, key: &Key, county_id: i64, import: &Import) -> Result<bool, Error> {
    let sql = "UPDATE import SET layout = $3, as_of = $4, report = $5, revision = revision + 1
               WHERE county_id = $1 AND import_id = $2 AND status = 'staged' AND revision = $6";
    let report = key.seal(import.report.as_bytes())?;
    let (layout, id) = (import.layout.clone(), import.import_id);
    let moved =
        tx.execute(sql, &values![county_id, id, layout, import.as_of, report, import.revision]).await?;
    Ok(moved == 1)
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

/// True if pages of an import are kept, for whoever sees the whole county.
pub async fn has_pages(tx: &mut Tx, scope: &Scope, import_id: i64) -> Result<bool, Error> {
    let Some(county_id) = scope.whole() else { return Ok(false) };
    let sql = "SELECT page FROM import_page WHERE county_id = $1 AND import_id = $2 LIMIT 1";
    Ok(tx.fetch_optional(sql, &values![county_id, import_id]).await?.is_some())
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

/// Moves an import from one status and number of written rows to the next; false if somebody else has moved or
/// corrected it since it was read.
pub async fn advance(
    tx: &mut Tx,
    county_id: i64,
    import: &Import,
    from: (Status, i64),
    to: (Status, i64),
) -> Result<bool, Error> {
    let (id, revision) = (import.import_id, import.revision);
    let moved = tx
        .execute(
            "UPDATE import SET status = $5, rows_done = $6
             WHERE county_id = $1 AND import_id = $2 AND status = $3 AND rows_done = $4 AND revision = $7",
            &values![county_id, id, from.0.key(), from.1, to.0.key(), to.1, revision],
        )
        .await?;
    Ok(moved == 1)
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

/// The imports of a county that are being taken over, oldest first: a start looks for what was interrupted.
pub async fn taking(tx: &mut Tx, scope: &Scope) -> Result<Vec<i64>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = "SELECT import_id FROM import WHERE county_id = $1 AND status = 'taking' ORDER BY import_id";
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(|row| row.int(0)).collect()
}

/// Drops an import that was not taken over.
pub async fn discard(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    drop_pages(tx, county_id, import_id).await?;
    let sql = "DELETE FROM import WHERE county_id = $1 AND import_id = $2 AND status = 'staged'";
    tx.execute(sql, &values![county_id, import_id]).await?;
    Ok(())
}

async fn drop_pages(tx: &mut Tx, county_id: i64, import_id: i64) -> Result<(), Error> {
    for sql in [
        "DELETE FROM import_page WHERE county_id = $1 AND import_id = $2",
        "DELETE FROM import_result WHERE county_id = $1 AND import_id = $2",
        "DELETE FROM import_mending WHERE county_id = $1 AND import_id = $2",
    ] {
        tx.execute(sql, &values![county_id, import_id]).await?;
    }
    Ok(())
}

/// Drops imports of before an instant that nobody took over, also those whose pages never came whole, and the bad rows of
/// those that were taken over before it.
pub async fn expire(tx: &mut Tx, county_id: i64, before: i64) -> Result<(), Error> {
    let sql =
        "DELETE FROM import WHERE county_id = $1 AND status IN ('arriving', 'staged') AND created_at < $2";
    tx.execute(sql, &values![county_id, before]).await?;
    for noun in ["import_page", "import_mending"] {
        let sql = format!(
            "DELETE FROM {noun} WHERE county_id = $1
             AND import_id NOT IN (SELECT import_id FROM import WHERE county_id = $1
                                   AND (taken_at IS NULL OR taken_at >= $2))"
        );
        tx.execute(sql, &values![county_id, before]).await?;
    }
    Ok(())
}

/// True if there is something to drop that came before an instant: whoever asks need not wait for those who write.
pub async fn has_expired(tx: &mut Tx, county_id: i64, before: i64) -> Result<bool, Error> {
    let sql = "SELECT i.import_id FROM import i WHERE i.county_id = $1
               AND (i.status IN ('arriving', 'staged') AND i.created_at < $2 OR i.taken_at < $2 AND EXISTS
                    (SELECT 1 FROM import_page p WHERE p.county_id = $1 AND p.import_id = i.import_id)) LIMIT 1";
    Ok(tx.fetch_optional(sql, &values![county_id, before]).await?.is_some())
}

const SELECT: &str =
    "SELECT import_id, kind, file_name, file_hash, as_of, until_on, status, rows_done, report, actor,
    created_at, taken_at, layout, revision FROM import WHERE county_id = $1 AND status <> 'arriving'";

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

/// The names of files, by import.
pub async fn names(tx: &mut Tx, county_id: i64, imports: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    let mut names = Vec::with_capacity(imports.len());
    for chunk in imports.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql =
            format!("SELECT import_id, file_name FROM import WHERE county_id = $1 AND import_id IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            names.push((row.int(0)?, row.text(1)?));
        }
    }
    Ok(names)
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
    let status = row.text(6)?;
    Ok(Import {
        import_id: row.int(0)?,
        kind: row.text(1)?,
        file_name: row.text(2)?,
        file_hash: row.text(3)?,
        as_of: row.date_or_none(4)?,
        until_on: row.date_or_none(5)?,
        status: Status::from_key(&status).ok_or(Error::Value { column: 6, found: status })?,
        rows_done: row.int(7)?,
        report: String::from_utf8(key.open(&row.bytes(8)?)?)
            .map_err(|_| Error::Value { column: 8, found: "no text".to_owned() })?,
        actor: row.text(9)?,
        created_at: row.int(10)?,
        taken_at: row.int_or_none(11)?,
        layout: row.text_or_none(12)?,
        revision: row.int(13)?,
    })
}
