//! The texts of papers as the county tells them: every version stays.

use bangfu_domain::paper::{PaperKind, Template};

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A version of a paper's texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// The texts.
    pub template: Template,
    /// Who told it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub made_at: i64,
}

/// Adds a version.
pub async fn add(tx: &mut Tx, county_id: i64, kind: PaperKind, version: &Version) -> Result<(), Error> {
    let body = serde_json::to_string(&version.template)
        .map_err(|error| Error::Value { column: 3, found: error.to_string() })?;
    tx.execute(
        "INSERT INTO paper_template (county_id, kind, version, body, actor, made_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![county_id, kind.key(), version.version, body, version.actor.as_str(), version.made_at],
    )
    .await?;
    Ok(())
}

/// Every version of a paper's texts, the newest first.
pub async fn all(tx: &mut Tx, scope: &Scope, kind: PaperKind) -> Result<Vec<Version>, Error> {
    let sql = "SELECT version, body, actor, made_at FROM paper_template
               WHERE county_id = $1 AND kind = $2 ORDER BY version DESC";
    tx.fetch_all(sql, &values![scope.county_id, kind.key()]).await?.iter().map(read).collect()
}

/// One version of a paper's texts.
pub async fn get(
    tx: &mut Tx,
    scope: &Scope,
    kind: PaperKind,
    version: i64,
) -> Result<Option<Version>, Error> {
    let sql = "SELECT version, body, actor, made_at FROM paper_template
               WHERE county_id = $1 AND kind = $2 AND version = $3";
    let bound = values![scope.county_id, kind.key(), version];
    tx.fetch_optional(sql, &bound).await?.as_ref().map(read).transpose()
}

/// The number of the newest version; 0 where the county has told none.
pub async fn newest(tx: &mut Tx, scope: &Scope, kind: PaperKind) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM paper_template
               WHERE county_id = $1 AND kind = $2";
    tx.fetch_one(sql, &values![scope.county_id, kind.key()]).await?.int(0)
}

fn read(row: &Row) -> Result<Version, Error> {
    let body = row.text(1)?;
    Ok(Version {
        version: row.int(0)?,
        template: serde_json::from_str(&body).map_err(|_| Error::Value { column: 1, found: body })?,
        actor: row.text(2)?,
        made_at: row.int(3)?,
    })
}
