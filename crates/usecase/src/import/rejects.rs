//! The bad rows of a file, which outlive its taking over for a while: they are mended and come again.

use std::collections::HashMap;

use bangfu_sheets::book::{Book, Sheet};
use bangfu_sheets::calendar::book_in_days_of_1900;
use bangfu_sheets::fault::SheetHeader;
use bangfu_sheets::wire;
use bangfu_store::import::{self as stored};
use bangfu_store::{Db, Tx};

use super::look::look;
use super::stage::{PAGE_BYTES, damaged, load};
use super::{Report, Upload, find};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};

/// A file with its report, to write its bad rows out of: the whole file as long as it waits, else what was kept of it.
///
/// # Errors
///
/// Not found where nothing is kept any more.
pub async fn rejects(db: &Db, ctx: &Ctx, import_id: i64) -> Result<(Upload, Report), Error> {
    let seen = look(db, ctx, import_id).await?;
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    if import.status.was_taken() && !stored::has_pages(&mut tx, &ctx.scope, import_id).await? {
        return Err(Refusal::NotFound.into());
    }
    Ok((load(&mut tx, db, ctx, &import).await?, seen.report))
}

/// True if bad rows of an import that was taken over are still kept.
pub async fn has_rejects(db: &Db, ctx: &Ctx, import_id: i64) -> Result<bool, Error> {
    Ok(stored::has_pages(&mut db.read().await?, &ctx.scope, import_id).await?)
}

/// Keeps the bad rows of a file that is taken over, and the headers and titles above them, all in their places.
pub(super) async fn keep(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    import_id: i64,
    upload: &Upload,
    report: &Report,
) -> Result<(), Error> {
    if report.errors.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    // The rows that are kept may not tell any more which columns hold days.
    let book = book_in_days_of_1900(&upload.book, upload.kind, upload.layout());
    wire::write_book(&bad_rows(&book, report), &mut bytes).map_err(|error| damaged(error.to_string()))?;
    for (page, chunk) in (0..).zip(bytes.chunks(PAGE_BYTES)) {
        stored::add_page(tx, db.key(), ctx.county_id(), import_id, page, chunk).await?;
    }
    Ok(())
}

fn bad_rows(book: &Book, report: &Report) -> Book {
    let mut bad: HashMap<&str, Vec<usize>> = HashMap::new();
    for fault in &report.errors {
        bad.entry(&fault.at.sheet).or_default().extend((fault.at.row as usize).checked_sub(1));
    }
    let mut headers: HashMap<&str, Vec<&SheetHeader>> = HashMap::new();
    for header in &report.headers {
        headers.entry(&header.sheet).or_default().push(header);
    }
    let sheets = book.sheets.iter().map(|sheet| {
        let mut rows = vec![Vec::new(); sheet.rows.len()];
        let mut keep = |index: usize| {
            if let (Some(row), Some(kept)) = (sheet.rows.get(index), rows.get_mut(index)) {
                kept.clone_from(row);
            }
        };
        for (place, header) in headers.get(sheet.name.as_str()).into_iter().flatten().enumerate() {
            let first = if place == 0 { 0 } else { (header.first_row as usize).saturating_sub(1) };
            (first..header.last_row as usize).for_each(&mut keep);
            header.title_rows.iter().filter_map(|row| (*row as usize).checked_sub(1)).for_each(&mut keep);
        }
        bad.get(sheet.name.as_str()).into_iter().flatten().copied().for_each(&mut keep);
        let last = rows.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
        rows.truncate(last);
        Sheet { name: sheet.name.clone(), rows, from_1904: sheet.from_1904, ..Sheet::default() }
    });
    Book { sheets: sheets.collect() }
}
