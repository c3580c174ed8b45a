//! Which column of a staged file holds what, as somebody tells it.

use bangfu_store::import::{self as stored, Status};
use bangfu_store::{Db, audit, county};
use jiff::civil::Date;
use serde_json::json;

use super::find;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::layout::Chosen;

/// Tells the columns of a staged file by a layout, or by their names alone, and the day of its position where it has one.
/// What was counted before counts no more.
pub async fn tell_columns(
    db: &Db,
    ctx: &Ctx,
    import_id: i64,
    chosen: Option<&Chosen>,
    as_of: Option<Date>,
) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let import = find(tx, db, ctx, import_id).await?;
        if import.status != Status::Staged {
            return Err(Refusal::AlreadyTaken.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let told = stored::Import {
            layout: chosen.map(Chosen::to_text),
            as_of,
            report: String::new(),
            counts: None,
            ..import
        };
        if !stored::correct(tx, db.key(), ctx.county_id(), &told).await? {
            return Err(Refusal::CorrectedMeanwhile.into());
        }
        let facts = json!({ "file": told.file_name, "layout": chosen, "as_of": as_of });
        let entry = ctx.entry("import-columns", import_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}
