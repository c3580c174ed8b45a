//! Files that could not be read: they stay in the history with the reason, and expire like those that nobody took over.

use bangfu_sheets::Kind;
use bangfu_store::county;
use bangfu_store::import::{self as stored, Import, Status};
use bangfu_store::{Db, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::stage::damaged;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// Why a file could not be read: a code with its parameters, which a door puts into words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Why {
    /// Key of the text.
    pub code: String,
    /// Its parameters.
    #[serde(default)]
    pub args: Vec<(String, String)>,
    /// Key of the text that says what to do, where there is one.
    #[serde(default)]
    pub cure: String,
    /// The columns that were not found, each with the names that were looked for.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The headers that were found instead.
    #[serde(default)]
    pub found: Vec<String>,
    /// Key of the kind that its columns fit.
    #[serde(default)]
    pub guess: Option<String>,
}

impl Why {
    /// A use case said no; `guess` is the kind of file as which it could have been read.
    pub fn refused(refusal: &Refusal, guess: Option<Kind>) -> Why {
        let mut why = Why {
            code: format!("refusal-{}", refusal.key()),
            args: refusal.args().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            cure: format!("refusal-cure-{}", refusal.key()),
            guess: guess.map(|kind| kind.key().to_owned()),
            ..Why::default()
        };
        if let Refusal::Header(fault) = refusal {
            why.args.clear();
            why.missing = fault.missing.iter().map(|(_, names)| names.join(" / ")).collect();
            why.found.clone_from(&fault.found);
        }
        why
    }
}

/// Keeps a file that could not be read in the history; of the file itself nothing is kept but its hash. Its number.
pub async fn keep_unreadable(
    db: &Db,
    ctx: &Ctx,
    kind: Kind,
    (file_name, file_hash): (&str, &str),
    why: &Why,
) -> Result<i64, Error> {
    let county_id = ctx.county_id();
    let text = serde_json::to_string(why).map_err(|error| damaged(error.to_string()))?;
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let import_id = county::take_import_id(tx, county_id).await?;
        let import = Import {
            import_id,
            kind: kind.key().to_owned(),
            file_name: file_name.to_owned(),
            file_hash: file_hash.to_owned(),
            as_of: None,
            until_on: None,
            layout: None,
            status: Status::Unreadable,
            rows_done: 0,
            counts: None,
            report: text.clone(),
            actor: ctx.actor.clone(),
            created_at: stamp.at,
            taken_at: None,
            undone_by: None,
            undone_at: None,
            revision: 0,
        };
        stored::add(tx, db.key(), county_id, &import).await?;
        let facts = json!({ "kind": import.kind, "file": file_name, "sha256": file_hash, "why": why.code });
        let entry = ctx.entry("import-unreadable", import_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<i64, Error>(import_id)
    })
}

/// Why a file of the history could not be read.
pub fn why_unreadable(import: &Import) -> Result<Why, Error> {
    serde_json::from_str(&import.report).map_err(|error| damaged(error.to_string()).into())
}
