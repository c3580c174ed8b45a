//! Reading a county's books in: what a file would change, and taking it over.
//!
//! A file is staged as it is, in sealed pages; what it would change is worked out anew each time it is looked
//! at, against the book as it is then. Taking over is one transaction.

mod columns;
mod finding;
mod household;
mod ledger;
mod member;
mod meter;
mod movement;
mod officer;
mod places;
mod registry;
mod repayment;
mod report;

use bangfu_sheets::Kind;
use bangfu_sheets::book::Book;
use bangfu_sheets::fault::{Fault, FaultCode, Place, RowPlace};
use bangfu_sheets::layout::Layout;
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::wire;
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::{Db, Tx, audit, import as stored, statistics};
use jiff::civil::Date;
use serde_json::json;

use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::layout::Chosen;
use crate::rules::Rules;
use registry::Names;

pub use bangfu_store::import::Import;
pub use columns::tell_columns;
pub use meter::{Meter, Reading};
pub use report::{Change, Changes, Report, RowCounts};

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
}

impl Upload {
    /// The layout of its columns.
    pub(crate) fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref().map(|chosen| &chosen.layout)
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

/// How long a staged file is kept, in microseconds: a week.
const KEPT: i64 = 7 * 86_400 * 1_000_000;

/// How many loans are written at a time; all in one transaction.
const LOANS_AT_ONCE: usize = 2_000;

/// Bytes of a staged page.
const PAGE_BYTES: usize = 512 * 1024;

/// What a file would change, worked out and not written.
pub async fn check(db: &Db, ctx: &Ctx, upload: &Upload, meter: &Meter) -> Result<Report, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    Ok(plan(&mut tx, db, ctx, &county, upload, meter).await?.report)
}

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
    let counts = serde_json::to_string(&checked.counts())
        .map_err(|error| bangfu_store::Error::Value { column: 0, found: error.to_string() })?;
    let mut bytes = Vec::new();
    wire::write_book(&upload.book, &mut bytes)
        .map_err(|error| bangfu_store::Error::Value { column: 0, found: error.to_string() })?;
    let import_id = in_write!(db, |tx| async {
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        stored::expire(tx, county_id, stamp.at - KEPT).await?;
        let import_id = county::take_ids(tx, county_id, 1).await?;
        stored::announce(tx, db.key(), county_id, &import_of(upload, ctx, import_id, stamp)).await?;
        Ok::<i64, Error>(import_id)
    })?;
    for (page, chunk) in (0..).zip(bytes.chunks(PAGE_BYTES)) {
        in_write!(db, |tx| async {
            Ok::<(), Error>(stored::add_page(tx, db.key(), county_id, import_id, page, chunk).await?)
        })?;
    }
    in_write!(db, |tx| async {
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let import = Import { report: counts.clone(), ..import_of(upload, ctx, import_id, stamp) };
        stored::add(tx, db.key(), county_id, &import).await?;
        let facts = json!({ "kind": import.kind, "file": import.file_name, "sha256": import.file_hash });
        audit::add(tx, county_id, stamp, &ctx.entry("import-staged", import_id.to_string(), &facts)).await?;
        Ok::<(), Error>(())
    })?;
    Ok(import_id)
}

/// A staged or taken import, as it is kept.
pub async fn get(db: &Db, ctx: &Ctx, import_id: i64) -> Result<Import, Error> {
    find(&mut db.read().await?, db, ctx, import_id).await
}

/// A staged or taken import with its report: what it would change now, or what it changed.
pub async fn preview(db: &Db, ctx: &Ctx, import_id: i64) -> Result<(Import, Report), Error> {
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    if import.taken {
        let report = serde_json::from_str(&import.report)
            .map_err(|error| bangfu_store::Error::Value { column: 0, found: error.to_string() })?;
        return Ok((import, report));
    }
    let county = county::get(&mut tx, ctx.county_id()).await?;
    let upload = load(&mut tx, db, ctx, &import).await?;
    let report = plan(&mut tx, db, ctx, &county, &upload, &Meter::default()).await?.report;
    Ok((import, report))
}

/// The cells of a staged file.
pub async fn staged(db: &Db, ctx: &Ctx, import_id: i64) -> Result<Upload, Error> {
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    if import.taken {
        return Err(Refusal::AlreadyTaken.into());
    }
    load(&mut tx, db, ctx, &import).await
}

/// Drops staged files that nobody has taken over within a week: what was uploaded must not stay for ever because
/// nobody uploads anything else.
pub async fn expire(db: &Db, ctx: &Ctx) -> Result<(), Error> {
    let (county_id, before) = (ctx.county_id(), ctx.micros() - KEPT);
    if !stored::has_expired(&mut db.read().await?, county_id, before).await? {
        return Ok(());
    }
    in_write!(db, |tx| async { Ok::<(), Error>(stored::expire(tx, county_id, before).await?) })
}

/// The imports of a county, newest first.
pub async fn history(db: &Db, ctx: &Ctx) -> Result<Vec<Import>, Error> {
    let mut tx = db.read().await?;
    Ok(stored::list(&mut tx, db.key(), &ctx.scope, 200).await?)
}

/// Drops a staged file.
pub async fn discard(db: &Db, ctx: &Ctx, import_id: i64) -> Result<(), Error> {
    in_write!(db, |tx| async {
        let import = find(tx, db, ctx, import_id).await?;
        if !import.taken {
            let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
            stored::discard(tx, ctx.county_id(), import_id).await?;
            let facts = json!({ "file": import.file_name, "sha256": import.file_hash });
            let entry = ctx.entry("import-discarded", import_id.to_string(), &facts);
            audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        }
        Ok::<(), Error>(())
    })
}

/// Takes a staged file over (确认导入), in one transaction.
pub async fn take(db: &Db, ctx: &Ctx, import_id: i64, take: Take, meter: &Meter) -> Result<Report, Error> {
    let report = in_write!(db, |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let import = find(tx, db, ctx, import_id).await?;
        if import.taken {
            return Err(Refusal::AlreadyTaken.into());
        }
        let upload = load(tx, db, ctx, &import).await?;
        let plan = plan(tx, db, ctx, &county, &upload, meter).await?;
        let bad = plan.report.rows.bad;
        if take == Take::AllOrNothing && bad > 0 {
            return Err(Refusal::BadRows { bad }.into());
        }
        take_over(tx, db, ctx, &county, stamp, &import, plan, meter).await
    })?;
    statistics::renew(db, report.changes.new + report.changes.changed).await;
    Ok(report)
}

/// Reads a file in at once, in one transaction: killed, it leaves nothing. Where bad rows forbid taking it, the
/// report says so and nothing is written.
pub async fn take_file(
    db: &Db,
    ctx: &Ctx,
    upload: &Upload,
    take: Take,
    meter: &Meter,
) -> Result<Report, Error> {
    let report = in_write!(db, |tx| async {
        let county = county::get(tx, ctx.county_id()).await?;
        let stamp = county::stamp(tx, county.county_id, ctx.micros()).await?;
        let import_id = county::take_ids(tx, county.county_id, 1).await?;
        let plan = plan(tx, db, ctx, &county, upload, meter).await?;
        if take == Take::AllOrNothing && plan.report.rows.bad > 0 {
            return Ok::<Report, Error>(plan.report);
        }
        let import = import_of(upload, ctx, import_id, stamp);
        stored::add(tx, db.key(), county.county_id, &import).await?;
        take_over(tx, db, ctx, &county, stamp, &import, plan, meter).await
    })?;
    if report.taken {
        statistics::renew(db, report.changes.new + report.changes.changed).await;
    }
    Ok(report)
}

/// Writes a plan, its report and the record of it.
#[expect(clippy::too_many_arguments, reason = "all the circumstances of one take-over")]
async fn take_over(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    stamp: Stamp,
    import: &Import,
    plan: Plan,
    meter: &Meter,
) -> Result<Report, Error> {
    let Plan { mut report, write } = plan;
    let import_id = import.import_id;
    let scene = Scene { db, county, stamp, import_id, meter };
    match write {
        Write::Ledger(plan) => ledger::write(tx, &scene, *plan).await?,
        Write::Households(names) => names.save(tx, &scene).await?,
        Write::Officers(plan) => officer::write(tx, &scene, *plan).await?,
        Write::Repayments(plan) => repayment::write(tx, &scene, *plan).await?,
    }
    report.taken = true;
    let text = serde_json::to_string(&report)
        .map_err(|error| bangfu_store::Error::Value { column: 0, found: error.to_string() })?;
    stored::taken(tx, db.key(), county.county_id, import_id, &text, stamp.at).await?;
    let facts = json!({ "kind": import.kind, "file": import.file_name, "sha256": import.file_hash,
                        "rows": report.rows, "changes": report.changes });
    audit::add(tx, county.county_id, stamp, &ctx.entry("import", import_id.to_string(), &facts)).await?;
    Ok(report)
}

/// The import of a file that is not taken over yet.
fn import_of(upload: &Upload, ctx: &Ctx, import_id: i64, stamp: Stamp) -> Import {
    Import {
        import_id,
        kind: upload.kind.key().to_owned(),
        file_name: upload.file_name.clone(),
        file_hash: upload.file_hash.clone(),
        as_of: upload.as_of,
        until_on: upload.until_on,
        layout: upload.layout.as_ref().map(Chosen::to_text),
        taken: false,
        report: String::new(),
        actor: ctx.actor.clone(),
        created_at: stamp.at,
        taken_at: None,
    }
}

/// What a plan will write.
enum Write {
    Ledger(Box<ledger::Plan>),
    Households(Box<Names>),
    Officers(Box<officer::Plan>),
    Repayments(Box<repayment::Plan>),
}

/// What a file would change: the report, and what is to be written.
struct Plan {
    report: Report,
    write: Write,
}

/// The circumstances under which a plan is written.
struct Scene<'a> {
    db: &'a Db,
    county: &'a County,
    stamp: Stamp,
    import_id: i64,
    meter: &'a Meter,
}

impl Scene<'_> {
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

async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    upload: &Upload,
    meter: &Meter,
) -> Result<Plan, Error> {
    if let Some(day) = upload.until_on.filter(|day| *day > ctx.day()) {
        return Err(Refusal::DayAhead { day }.into());
    }
    let rules = Rules::load(tx, county, None).await?;
    let (mut report, write) = match upload.kind {
        Kind::Ledger => {
            let (report, plan) = ledger::plan(tx, db, ctx, county, rules, upload, meter).await?;
            (report, Write::Ledger(Box::new(plan)))
        }
        Kind::Households => {
            let (report, names) = household::plan(tx, db, ctx, county, upload, meter).await?;
            (report, Write::Households(Box::new(names)))
        }
        Kind::Officers => {
            let (report, plan) = officer::plan(tx, db, ctx, county, upload, meter).await?;
            (report, Write::Officers(Box::new(plan)))
        }
        Kind::Repayments => {
            let (report, plan) = repayment::plan(tx, db, ctx, county, rules, upload, meter).await?;
            (report, Write::Repayments(Box::new(plan)))
        }
    };
    report.layout = upload.layout.as_ref().map(|chosen| chosen.name.clone());
    report.name_rows(&upload.book, upload.kind, upload.layout());
    Ok(Plan { report, write })
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

async fn load(tx: &mut Tx, db: &Db, ctx: &Ctx, import: &Import) -> Result<Upload, Error> {
    let damaged = |found: String| bangfu_store::Error::Value { column: 0, found };
    let bytes = stored::pages(tx, db.key(), ctx.county_id(), import.import_id).await?.concat();
    let book = wire::read_book(&mut bytes.as_slice()).map_err(|error| damaged(error.to_string()))?;
    Ok(Upload {
        kind: Kind::from_key(&import.kind).ok_or_else(|| damaged(import.kind.clone()))?,
        file_name: import.file_name.clone(),
        file_hash: import.file_hash.clone(),
        book,
        as_of: import.as_of,
        until_on: import.until_on,
        layout: import.layout.as_deref().map(Chosen::from_text).transpose().map_err(damaged)?,
    })
}
