//! Reading a county's books in: what a file would change, and taking it over.
//!
//! A file is staged as it is, in sealed pages; what it would change is worked out anew each time it is looked
//! at, against the book as it is then.

mod absent;
mod columns;
mod finding;
mod household;
mod ledger;
mod look;
mod member;
mod mend;
mod meter;
mod movement;
mod officer;
mod places;
mod plan;
pub(crate) mod registry;
mod rejects;
mod repayment;
mod report;
mod stage;
mod undo;
mod unreadable;

use bangfu_sheets::Kind;
use bangfu_sheets::book::Book;
use bangfu_sheets::fault::{Fault, FaultCode, Place, RowPlace};
use bangfu_sheets::layout::Layout;
use bangfu_sheets::ledger::balances;
use bangfu_sheets::parsed::Parsed;
use bangfu_store::bank::Told;
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::import::Writing;
use bangfu_store::{Db, Tx, audit, import as stored, statistics};
use jiff::civil::Date;
use serde_json::json;

use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::layout::Chosen;
use crate::rules::Rules;
use plan::{Lines, Plan};
use stage::{bring, damaged, load, overtaken};

pub use bangfu_store::import::{Import, Status};
pub use columns::tell_columns;
pub use look::{Beside, CellAt, Look, look};
pub use mend::{Correction, Mended, Wish, mend};
pub use meter::{Meter, Reading};
pub use rejects::{has_rejects, rejects};
pub use report::{Change, Changes, Report, RowCounts};
pub use stage::{discard, earlier, expire, history, stage, stage_checked, staged};
pub use undo::{Foreseen, Ground, GroundKind, Loans, Named, foresee, undo};
pub use unreadable::{Why, keep_unreadable, why_unreadable};

/// A file with what its user says of it.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What it holds.
    pub kind: Kind,
    /// Its name.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub file_hash: String,
    /// Its cells.
    pub book: Book,
    /// The day of a ledger's position, where its title gives none.
    pub as_of: Option<Date>,
    /// The day up to which a repayments file is complete, where that is not its last day.
    pub until_on: Option<Date>,
    /// By which layout its columns are told; by their names alone, if by none.
    pub layout: Option<Chosen>,
    /// How many of its cells somebody mended after it came.
    pub mended: usize,
}

impl Upload {
    /// The layout of its columns.
    pub(crate) fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref().map(|chosen| &chosen.layout)
    }

    /// True for a ledger, which is gone through page by page; a bank's list of balances is short.
    fn is_paged(&self) -> bool {
        self.kind == Kind::Ledger && !balances::fits(&self.book, self.layout())
    }
}

/// Which rows to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// The good rows.
    Good,
    /// All, or none if one is bad.
    AllOrNothing,
}

/// How many loans are written at a time; all in one transaction.
const LOANS_AT_ONCE: usize = 2_000;

/// What a file would change, worked out and not written.
pub async fn check(db: &Db, ctx: &Ctx, upload: &Upload, meter: &Meter) -> Result<Report, Error> {
    check_in(&mut db.read().await?, db, ctx, upload, meter).await
}

async fn check_in(tx: &mut Tx, db: &Db, ctx: &Ctx, upload: &Upload, meter: &Meter) -> Result<Report, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    if !upload.is_paged() {
        let lines = Lines::of(&county, upload)?;
        return Ok(Plan::of(tx, db, ctx, &county, upload, &lines, meter).await?.report);
    }
    let mut report = ledger::check(tx, db, ctx, &county, upload, meter).await?;
    report.name_rows(upload);
    Ok(report)
}

/// A staged or taken import, as it is kept.
pub async fn get(db: &Db, ctx: &Ctx, import_id: i64) -> Result<Import, Error> {
    find(&mut db.read().await?, db, ctx, import_id).await
}

/// A staged or taken import with its report: what it would change now, or what it changed.
pub async fn preview(db: &Db, ctx: &Ctx, import_id: i64) -> Result<(Import, Report), Error> {
    let look = look(db, ctx, import_id).await?;
    Ok((look.import, look.report))
}

/// Takes a staged file over (确认导入). A ledger is written page by page: killed, [`resume`] goes on; other lists are
/// short and written in one transaction.
pub async fn take(db: &Db, ctx: &Ctx, import_id: i64, take: Take, meter: &Meter) -> Result<Report, Error> {
    let import = get(db, ctx, import_id).await?;
    take_as_seen(db, ctx, &import, take, meter).await
}

/// Takes a staged file over as it was seen: one that was taken over or corrected meanwhile is refused.
pub async fn take_as_seen(
    db: &Db,
    ctx: &Ctx,
    import: &Import,
    take: Take,
    meter: &Meter,
) -> Result<Report, Error> {
    if import.status.was_taken() {
        return Err(Refusal::AlreadyTaken.into());
    }
    let upload = load(&mut db.read().await?, db, ctx, import).await?;
    take_kept(db, ctx, import, &upload, take, meter).await
}

async fn take_kept(
    db: &Db,
    ctx: &Ctx,
    import: &Import,
    upload: &Upload,
    take: Take,
    meter: &Meter,
) -> Result<Report, Error> {
    let report = if upload.is_paged() {
        ledger::take(db, ctx, import, upload, take, meter).await?
    } else {
        take_at_once(db, ctx, import, upload, take, meter).await?
    };
    statistics::renew(db, report.changes.new + report.changes.changed).await;
    Ok(report)
}

/// Takes a short list over, in one transaction. Nobody else writes meanwhile, so that its rows are read before, and held
/// against the book: once more only if somebody has written since.
async fn take_at_once(
    db: &Db,
    ctx: &Ctx,
    import: &Import,
    upload: &Upload,
    take: Take,
    meter: &Meter,
) -> Result<Report, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    let lines = Lines::of(&county, upload)?;
    // What is planned bears new ids, and who signs in takes one without changing the book.
    let from = (county.change_seq, county::next_id(&mut tx, county.county_id).await?);
    let plan = Plan::of(&mut tx, db, ctx, &county, upload, &lines, meter).await?;
    drop(tx);
    let mut planned = Some((from, plan));
    in_write!(db, ctx.county_id(), |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        begin(tx, db, ctx, import).await?;
        let now = (county.change_seq, stamp.new_from);
        let plan = match planned.take().filter(|(from, _)| *from == now) {
            Some((_, plan)) => plan,
            None => Plan::of(tx, db, ctx, &county, upload, &lines, meter).await?,
        };
        let bad = plan.report.rows.bad;
        if take == Take::AllOrNothing && bad > 0 {
            return Err(Refusal::BadRows { bad }.into());
        }
        let scene = Scene { db, county: &county, stamp, import_id: import.import_id, meter };
        let report = plan.write(tx, &scene).await?;
        close_import(tx, db, ctx, stamp, import, upload, report).await
    })
}

/// Reads a file in at once. Killed, the same file again goes on where it was. Where bad rows forbid taking it, the
/// report says so and nothing is written.
pub async fn take_file(
    db: &Db,
    ctx: &Ctx,
    upload: &Upload,
    take: Take,
    meter: &Meter,
) -> Result<Report, Error> {
    for (import, report) in resume(db, ctx, meter).await? {
        if (import.kind.as_str(), &import.file_hash) == (upload.kind.key(), &upload.file_hash) {
            return Ok(report);
        }
    }
    let import = bring(db, ctx, upload).await?;
    match take_kept(db, ctx, &import, upload, take, meter).await {
        Err(Error::Refused(Refusal::BadRows { .. })) => check(db, ctx, upload, meter).await,
        done => done,
    }
}

/// Goes on with what was interrupted while it was being taken over or back: nothing of a file may be in the book without
/// the rest of it.
pub async fn resume(db: &Db, ctx: &Ctx, meter: &Meter) -> Result<Vec<(Import, Report)>, Error> {
    let mut done = Vec::new();
    for import_id in stored::under_way(&mut db.read().await?, &ctx.scope, Status::Undoing).await? {
        undo::go_on(db, ctx, import_id, meter).await?;
    }
    for import_id in stored::under_way(&mut db.read().await?, &ctx.scope, Status::Taking).await? {
        let mut tx = db.read().await?;
        let import = find(&mut tx, db, ctx, import_id).await?;
        let upload = load(&mut tx, db, ctx, &import).await?;
        drop(tx);
        let report = take_kept(db, ctx, &import, &upload, Take::Good, meter).await?;
        done.push((import, report));
    }
    Ok(done)
}

/// Notes that an import stands in the book, with its report. Of its pages only the bad rows stay, until they expire.
async fn close_import(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    stamp: Stamp,
    import: &Import,
    upload: &Upload,
    mut report: Report,
) -> Result<Report, Error> {
    (report.taken, report.import_id) = (true, Some(import.import_id));
    let text = serde_json::to_string(&report).map_err(|error| damaged(error.to_string()))?;
    let done = (text.as_str(), report.counted());
    stored::taken(tx, db.key(), ctx.county_id(), import.import_id, done, stamp.at).await?;
    rejects::keep(tx, db, ctx, import.import_id, upload, &report).await?;
    stored::note_part(tx, ctx.county_id(), import.import_id, stamp).await?;
    let facts = json!({ "kind": import.kind, "file": import.file_name, "sha256": import.file_hash,
                        "rows": report.rows, "changes": report.changes, "mended": report.mended });
    let entry = ctx.entry("import", import.import_id.to_string(), &facts);
    audit::add(tx, ctx.county_id(), stamp, &entry).await?;
    Ok(report)
}

/// The circumstances under which a plan is written.
struct Scene<'a> {
    db: &'a Db,
    county: &'a County,
    stamp: Stamp,
    import_id: i64,
    meter: &'a Meter,
}

/// What keeps rows as they are before an import overwrites them.
fn writing(db: &Db, county_id: i64, import_id: i64, stamp: Stamp) -> Writing<'_> {
    Writing { key: db.key(), county_id, import_id, change_seq: stamp.change_seq, new_from: stamp.new_from }
}

/// Lets an import begin: nobody else has, and no other is being taken back.
async fn begin(tx: &mut Tx, db: &Db, ctx: &Ctx, import: &Import) -> Result<(), Error> {
    if !stored::under_way(tx, &ctx.scope, Status::Undoing).await?.is_empty() {
        return Err(Refusal::Undoing.into());
    }
    let (from, to) = ((import.status, 0), (Status::Taking, 0));
    let moved = stored::advance(tx, ctx.county_id(), import, from, to).await?;
    if moved { Ok(()) } else { Err(overtaken(tx, db, ctx, import.import_id).await) }
}

impl Scene<'_> {
    /// What keeps rows as they are before this import overwrites them.
    fn writing(&self) -> Writing<'_> {
        writing(self.db, self.county.county_id, self.import_id, self.stamp)
    }

    /// What this import says of how far branches have reported.
    fn told(&self, until: Date) -> Told {
        let (import_id, recorded_at) = (self.import_id, self.stamp.at);
        Told { import_id, recorded_at, until_on: Some(until), taken_back: false }
    }

    /// Notes that the import was written in this transaction: last of all in it.
    async fn note_part(&self, tx: &mut Tx) -> Result<(), Error> {
        let county_id = self.county.county_id;
        Ok(stored::note_part(tx, county_id, self.import_id, self.stamp).await?)
    }

    /// Writes the loans that an import has changed, page by page.
    async fn save(
        &self,
        tx: &mut Tx,
        county: &County,
        rules: &Rules,
        works: &mut [Work],
    ) -> Result<(), Error> {
        self.meter.write(works.len());
        for page in works.chunks_mut(LOANS_AT_ONCE) {
            book::save(tx, county, self.stamp, rules, Some(self.import_id), page).await?;
            self.meter.step(page.len());
        }
        Ok(())
    }
}

/// The finding that a row of a list contradicts an earlier one about the same household or officer: the first
/// stands, so that the same list again changes nothing.
fn contradiction<T>(parsed: &Parsed<T>, at: &RowPlace, key: &str, value: String, first_row: u32) -> Fault {
    let column = parsed.column(&at.sheet, key).to_owned();
    let at = Place { sheet: at.sheet.clone(), row: at.row, column };
    Fault { at, value, code: FaultCode::Contradicts { first_row } }
}

/// The finding about a day that has not come.
fn ahead(at: RowPlace, column: &str, day: Date) -> Fault {
    let at = Place { sheet: at.sheet, row: at.row, column: column.to_owned() };
    Fault { at, value: day.to_string(), code: FaultCode::DayAhead }
}

async fn find(tx: &mut Tx, db: &Db, ctx: &Ctx, import_id: i64) -> Result<Import, Error> {
    stored::get(tx, db.key(), &ctx.scope, import_id).await?.ok_or_else(|| Refusal::NotFound.into())
}
