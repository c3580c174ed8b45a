//! Layouts: how files of a county or a bank hold their columns, as people have named them.

use crate::error::Error;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::Row;
use crate::values;

/// A layout with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLayout {
    /// Its id.
    pub layout_id: i64,
    /// The kind of file.
    pub kind: String,
    /// Its name, once within a kind.
    pub name: String,
    /// What it says, as JSON.
    pub body: String,
    /// The texts by which a file is recognised, one a line.
    pub signature: String,
    /// Who named it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// How often it was told.
    pub version: i64,
}

/// Adds a layout, or tells one anew: its name, what it says, or both.
pub async fn put(tx: &mut Tx, county_id: i64, layout: &StoredLayout) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO layout (county_id, layout_id, kind, name, body, signature, actor, created_at, version, gone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
         ON CONFLICT (county_id, layout_id) DO UPDATE SET name = excluded.name, body = excluded.body,
             signature = excluded.signature, version = excluded.version",
        &values![
            county_id,
            layout.layout_id,
            layout.kind.as_str(),
            layout.name.as_str(),
            layout.body.as_str(),
            layout.signature.as_str(),
            layout.actor.as_str(),
            layout.created_at,
            layout.version
        ],
    )
    .await?;
    Ok(())
}

/// Forgets a layout. Its row stays, for whoever asks what an import was read by.
pub async fn forget(tx: &mut Tx, county_id: i64, layout_id: i64) -> Result<(), Error> {
    let sql = "UPDATE layout SET gone = 1, version = version + 1 WHERE county_id = $1 AND layout_id = $2";
    tx.execute(sql, &values![county_id, layout_id]).await?;
    Ok(())
}

const SELECT: &str = "SELECT layout_id, kind, name, body, signature, actor, created_at, version FROM layout
    WHERE county_id = $1 AND gone = 0";

/// The layouts of a county by kind and age, for whoever sees the whole county: files speak of all of it.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<StoredLayout>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(Vec::new()) };
    let sql = format!("{SELECT} ORDER BY kind, layout_id");
    tx.fetch_all(sql, &values![county_id]).await?.iter().map(read).collect()
}

/// One layout, for whoever sees the whole county.
pub async fn get(tx: &mut Tx, scope: &Scope, layout_id: i64) -> Result<Option<StoredLayout>, Error> {
    let Some(county_id) = scope.whole() else { return Ok(None) };
    let sql = format!("{SELECT} AND layout_id = $2");
    tx.fetch_optional(sql, &values![county_id, layout_id]).await?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<StoredLayout, Error> {
    Ok(StoredLayout {
        layout_id: row.int(0)?,
        kind: row.text(1)?,
        name: row.text(2)?,
        body: row.text(3)?,
        signature: row.text(4)?,
        actor: row.text(5)?,
        created_at: row.int(6)?,
        version: row.int(7)?,
    })
}
