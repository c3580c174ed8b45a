//! Files as they are kept: staged in sealed pages until they are taken over, and the history of all.

use std::io::{Cursor, Read};

use bangfu_sheets::Kind;
use bangfu_sheets::wire;
use bangfu_store::county::{self, Stamp};
use bangfu_store::import::{self as stored, Import, Status};
use bangfu_store::{Db, Tx, audit};
use serde_json::json;

use super::report::Report;
use super::{Upload, find, mend};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::layout::Chosen;

/// How long a staged file is kept, in microseconds: a week.
const KEPT: i64 = 7 * 86_400 * 1_000_000;

/// Bytes of a staged page.
pub(super) const PAGE_BYTES: usize = 512 * 1024;

/// Keeps a file until it is taken over; nothing in the book changes.
pub async fn stage(db: &Db, ctx: &Ctx, upload: &Upload) -> Result<i64, Error> {
    stage_checked(db, ctx, upload, &Report::default()).await
}

/// Keeps a file until it is taken over, with what was counted when it was checked, for the history.
///
/// It is announced, then its pages come, then it is there for people to see: killed in between, it never is, and
/// what came of it expires.
pub async fn stage_checked(db: &Db, ctx: &Ctx, upload: &Upload, checked: &Report) -> Result<i64, Error> {
    let county_id = ctx.county_id();
    let counts = serde_json::to_string(&checked.counts()).map_err(|error| damaged(error.to_string()))?;
    let Import { import_id, .. } = bring(db, ctx, upload).await?;
    in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let new = import_of(upload, ctx, import_id, stamp);
        let counted = (checked.rows.read > 0).then(|| checked.counted());
        let import = Import { report: counts.clone(), counts: counted, status: Status::Staged, ..new };
        stored::add(tx, db.key(), county_id, &import).await?;
        let facts = json!({ "kind": import.kind, "file": import.file_name, "sha256": import.file_hash });
        audit::add(tx, county_id, stamp, &ctx.entry("import-staged", import_id.to_string(), &facts)).await?;
        Ok::<(), Error>(())
    })?;
    Ok(import_id)
}

/// Brings a file in, in pages; nobody sees it yet.
pub(super) async fn bring(db: &Db, ctx: &Ctx, upload: &Upload) -> Result<Import, Error> {
    let county_id = ctx.county_id();
    let mut bytes = Vec::new();
    wire::write_book(&upload.book, &mut bytes).map_err(|error| damaged(error.to_string()))?;
    let import = in_write!(db, ctx.county_id(), |tx| async {
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        stored::expire(tx, county_id, stamp.at - KEPT).await?;
        let import_id = county::take_import_id(tx, county_id).await?;
        let import = import_of(upload, ctx, import_id, stamp);
        stored::announce(tx, db.key(), county_id, &import).await?;
        Ok::<Import, Error>(import)
    })?;
    for (page, chunk) in (0..).zip(bytes.chunks(PAGE_BYTES)) {
        in_write!(db, ctx.county_id(), |tx| async {
            Ok::<(), Error>(stored::add_page(tx, db.key(), county_id, import.import_id, page, chunk).await?)
        })?;
    }
    Ok(import)
}

/// The import of a file whose pages are about to come.
pub(super) fn import_of(upload: &Upload, ctx: &Ctx, import_id: i64, stamp: Stamp) -> Import {
    Import {
        import_id,
        kind: upload.kind.key().to_owned(),
        file_name: upload.file_name.clone(),
        file_hash: upload.file_hash.clone(),
        as_of: upload.as_of,
        until_on: upload.until_on,
        layout: upload.layout.as_ref().map(Chosen::to_text),
        status: Status::Arriving,
        rows_done: 0,
        counts: None,
        report: String::new(),
        actor: ctx.actor.clone(),
        created_at: stamp.at,
        taken_at: None,
        revision: 0,
        undone_by: None,
        undone_at: None,
    }
}

/// The cells of a staged file.
pub async fn staged(db: &Db, ctx: &Ctx, import_id: i64) -> Result<Upload, Error> {
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    if import.status.was_taken() {
        return Err(Refusal::AlreadyTaken.into());
    }
    load(&mut tx, db, ctx, &import).await
}

/// Drops files that could not be read, and staged ones that nobody has taken over, within a week: what was uploaded must not stay for ever because
/// nobody uploads anything else.
pub async fn expire(db: &Db, ctx: &Ctx) -> Result<(), Error> {
    let (county_id, before) = (ctx.county_id(), ctx.micros() - KEPT);
    if !stored::has_expired(&mut db.read().await?, county_id, before).await? {
        return Ok(());
    }
    in_write!(db, ctx.county_id(), |tx| async {
        Ok::<(), Error>(stored::expire(tx, county_id, before).await?)
    })
}

/// The imports of a county, newest first.
pub async fn history(db: &Db, ctx: &Ctx) -> Result<Vec<Import>, Error> {
    let mut tx = db.read().await?;
    Ok(stored::list(&mut tx, &ctx.scope, 200).await?)
}

/// The imports of a county before one of them, newest first.
pub async fn earlier(db: &Db, ctx: &Ctx, than: i64, limit: usize) -> Result<Vec<Import>, Error> {
    Ok(stored::earlier(&mut db.read().await?, &ctx.scope, than, limit).await?)
}

/// Why a file cannot be moved on that was read a moment ago: somebody else has taken it over, or corrected it.
pub(super) async fn overtaken(tx: &mut Tx, db: &Db, ctx: &Ctx, import_id: i64) -> Error {
    match find(tx, db, ctx, import_id).await {
        Ok(import) if import.status == Status::Staged => Refusal::CorrectedMeanwhile.into(),
        Ok(_) => Refusal::AlreadyTaken.into(),
        Err(error) => error,
    }
}

/// Drops a staged file.
pub async fn discard(db: &Db, ctx: &Ctx, import_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let import = find(tx, db, ctx, import_id).await?;
        if import.status == Status::Staged {
            let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
            stored::discard(tx, ctx.county_id(), import_id).await?;
            let facts = json!({ "file": import.file_name, "sha256": import.file_hash });
            let entry = ctx.entry("import-discarded", import_id.to_string(), &facts);
            audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        }
        Ok::<(), Error>(())
    })
}

/// The cells of a file that is kept.
pub(super) async fn load(tx: &mut Tx, db: &Db, ctx: &Ctx, import: &Import) -> Result<Upload, Error> {
    if import.status == Status::Unreadable {
        return Err(Refusal::NotFound.into());
    }
    let pages = stored::pages(tx, db.key(), ctx.county_id(), import.import_id).await?;
    let mut pages = Pages { now: Cursor::default(), next: pages.into_iter() };
    let mut book = wire::read_book(&mut pages).map_err(|error| damaged(error.to_string()))?;
    let mended = mend::write(tx, db, ctx, import.import_id, &mut book).await?;
    Ok(Upload {
        kind: Kind::from_key(&import.kind).ok_or_else(|| damaged(import.kind.clone()))?,
        file_name: import.file_name.clone(),
        file_hash: import.file_hash.clone(),
        book,
        as_of: import.as_of,
        until_on: import.until_on,
        layout: import.layout.as_deref().map(Chosen::from_text).transpose().map_err(damaged)?,
        mended,
    })
}

/// The bytes of a file's pages, one after the other: a page is let go once it is read, while the book grows.
struct Pages {
    now: Cursor<Vec<u8>>,
    next: std::vec::IntoIter<Vec<u8>>,
}

impl Read for Pages {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.now.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            let Some(page) = self.next.next() else { return Ok(0) };
            self.now = Cursor::new(page);
        }
    }
}

pub(super) fn damaged(found: String) -> bangfu_store::Error {
    bangfu_store::Error::Value { column: 0, found }
}
