//! A book in one file, out of either database and into either.
//!
//! The file is gzip over lines of JSON, so that it can be read without bangfu in twenty years: a head (versions, counties,
//! instant, tables), then for each table a line that names it and its rows in the order of its key, one array a line,
//! and a foot with the number of rows and the SHA-256 of each table's lines. What it holds is one picture of the book;
//! writers go on meanwhile.

mod check;
mod line;
mod restore;
mod write;

use bangfu_store::shape::Shape;
use bangfu_store::{Db, audit, county};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ctx::Ctx;
use crate::error::Error;
use crate::in_write;

pub use check::check;
pub use restore::{Progress, restore};
pub use write::write;

/// The form of the file that this program writes; it reads this one.
const FORM: u32 = 1;

/// What stands at the start of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The form of the file.
    #[serde(rename = "bangfu_backup")]
    pub form: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// The newest migration of the database from which it came.
    pub schema: i64,
    /// When it was written.
    pub at: Timestamp,
    /// The name of the key that opens its secrets.
    pub key_id: String,
    /// The names of older keys that open some of them, where the book was just being sealed anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub older_key_ids: Vec<String>,
    /// The keys themselves, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whose book it is.
    pub counties: Vec<Whose>,
    /// Its tables, those to which others lead first.
    pub tables: Vec<Shape>,
}

/// A county in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// Its 12-digit statistical code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The last closed day.
    pub closed_on: Option<Date>,
    /// The number of its last change.
    pub change_seq: i64,
}

/// What stands at the end of a backup: without it the file was cut short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foot {
    /// SHA-256 of the first line.
    pub head: String,
    /// What each table holds, in the order of the head.
    pub tables: Vec<Sum>,
}

impl Foot {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|sum| sum.rows).sum()
    }
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 of its lines.
    pub sha256: String,
}

/// Notes in the record of a county that its book is written into a file, before it is: what is taken along is known also
/// where nobody saw it succeed. Where nothing may be written, nothing is noted.
pub async fn note(db: &Db, ctx: &Ctx, file_name: &str, with_key: bool) -> Result<(), Error> {
    record(db, ctx, ("backup", file_name), &json!({ "with_key": with_key })).await
}

/// Where a backup lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The name of the machine on which it was written, where it tells one.
    pub machine: Option<String>,
    /// The folder.
    pub folder: String,
}

/// Notes in the record of a county that a backup of its book was written whole, read once more, and has its name.
pub async fn note_done(db: &Db, ctx: &Ctx, file_name: &str, kept: &Kept) -> Result<(), Error> {
    record(db, ctx, ("backed-up", file_name), &json!(kept)).await
}

async fn record(
    db: &Db,
    ctx: &Ctx,
    (action, file_name): (&'static str, &str),
    facts: &serde_json::Value,
) -> Result<(), Error> {
    let noted = in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let entry = ctx.entry(action, file_name.to_owned(), facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    });
    match noted {
        Err(Error::Store(bangfu_store::Error::ReadOnly(_))) => Ok(()),
        noted => noted,
    }
}

/// Adds the lines of a table up.
struct Adder {
    table: String,
    rows: u64,
    digest: Sha256,
}

impl Adder {
    fn new(table: &str) -> Adder {
        Adder { table: table.to_owned(), rows: 0, digest: Sha256::new() }
    }

    /// Takes a line, its end included.
    fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        self.digest.update(line);
    }

    fn sum(self) -> Sum {
        Sum { table: self.table, rows: self.rows, sha256: hex(&self.digest.finalize()) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
