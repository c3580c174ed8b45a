//! What a database tells of itself.

use crate::error::Error;
use crate::tx::{On, Tx};
use crate::values;

/// The number of the newest migration that has run.
pub async fn schema(tx: &mut Tx) -> Result<i64, Error> {
    let sql = "SELECT CAST(MAX(version) AS BIGINT) FROM _sqlx_migrations";
    Ok(tx.fetch_one(sql, &[]).await?.int_or_none(0)?.unwrap_or(0))
}

/// Its size in bytes.
pub async fn size(tx: &mut Tx) -> Result<i64, Error> {
    let sql = match tx.on {
        On::Sqlite(_) => {
            "SELECT pages.page_count * page.page_size FROM pragma_page_count pages, pragma_page_size page"
        }
        On::Postgres(_) => "SELECT pg_database_size(current_database())",
    };
    tx.fetch_one(sql, &[]).await?.int(0)
}

/// How many files were read in, by state, in one county or in all.
pub async fn imports(tx: &mut Tx, county_id: Option<i64>) -> Result<Vec<(String, i64)>, Error> {
    let sql = "SELECT status, COUNT(*) FROM import WHERE county_id = COALESCE($1, county_id)
               GROUP BY status ORDER BY status";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

/// A backup that ended, as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who made it.
    pub actor: String,
    /// The file.
    pub file: String,
    /// What the record says besides, as JSON.
    pub facts: String,
}

/// The last backup of a county's book that ended.
pub async fn backup(tx: &mut Tx, county_id: i64) -> Result<Option<Backup>, Error> {
    let sql = "SELECT at, actor, subject, facts FROM audit WHERE county_id = $1 AND action = 'backed-up'
               ORDER BY change_seq DESC LIMIT 1";
    let row = tx.fetch_optional(sql, &values![county_id]).await?;
    row.map(|row| {
        Ok(Backup { at: row.int(0)?, actor: row.text(1)?, file: row.text(2)?, facts: row.text(3)? })
    })
    .transpose()
}

/// True if what is written in a transaction can be made last: a server may be a copy that only follows another.
pub async fn is_writable(tx: &mut Tx) -> Result<bool, Error> {
    match tx.on {
        On::Sqlite(_) => Ok(true),
        On::Postgres(_) => {
            let sql =
                "SELECT CASE WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'
                       THEN 0 ELSE 1 END::bigint";
            tx.fetch_one(sql, &[]).await?.flag(0)
        }
    }
}
