//! Taking a ledger over, page by page.

use std::collections::{BTreeSet, HashMap};

use bangfu_store::county::{self, County, Stamp};
use bangfu_store::import::{self as stored, Import, Status};
use bangfu_store::{Db, Scope, Tx, audit, bank, board, loan};
use jiff::civil::Date;
use serde_json::json;

use super::page::{self, Desk};
use super::reading::Reading;
use super::{PAGE_ROWS, note_absent};
use crate::book::{self, Deltas};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::meter::Meter;
use crate::import::movement::{self, Shelf};
use crate::import::registry::{Ids, Registry};
use crate::import::report::Report;
use crate::import::stage::overtaken;
use crate::import::{Scene, Take, Upload, begin, close_import, repayment};
use crate::in_write;
use crate::rules::Rules;

/// An import under way.
struct Taking<'a> {
    db: &'a Db,
    ctx: &'a Ctx,
    import: &'a Import,
    upload: &'a Upload,
    reading: Reading,
    meter: &'a Meter,
}

/// Takes a ledger over, or goes on with what was interrupted.
pub(in crate::import) async fn take(
    db: &Db,
    ctx: &Ctx,
    import: &Import,
    upload: &Upload,
    take: Take,
    meter: &Meter,
) -> Result<Report, Error> {
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, ctx.county_id()).await?;
    let reading = Reading::of(&mut tx, db, ctx, &county, upload).await?;
    drop(tx);
    let taking = Taking { db, ctx, import, upload, reading, meter };
    if import.status != Status::Taking {
        let bad = taking.reading.report.rows.bad;
        if take == Take::AllOrNothing && bad > 0 {
            return Err(Refusal::BadRows { bad }.into());
        }
        taking.open().await?;
    }
    let rows = taking.reading.len();
    let mut done = usize::try_from(import.rows_done).unwrap_or(0).min(rows);
    meter.write(rows);
    meter.step(done);
    let mut cache = None;
    while done < rows {
        let to;
        (to, cache) = taking.pages(done, cache).await?;
        meter.step(to - done);
        done = to;
        book::settle_if_many(db, county.county_id).await?;
    }
    book::settle(db, county.county_id).await?;
    taking.report().await?;
    taking.finish().await
}

/// Who is known as of a change: nobody else has written since if the next one follows it.
type Cache = (i64, Registry);

impl Taking<'_> {
    fn scene<'a>(&'a self, county: &'a County, stamp: Stamp) -> Scene<'a> {
        Scene { db: self.db, county, stamp, import_id: self.import.import_id, meter: self.meter }
    }

    /// Moves the import on; somebody else may be at it.
    async fn advance(&self, tx: &mut Tx, from: (Status, i64), to: (Status, i64)) -> Result<(), Error> {
        if stored::advance(tx, self.ctx.county_id(), self.import, from, to).await? {
            return Ok(());
        }
        Err(overtaken(tx, self.db, self.ctx, self.import.import_id).await)
    }

    /// Opens the book where this is its first position, and notes up to which day the branches have reported that
    /// never did: none of their loans stands in the book yet.
    async fn open(&self) -> Result<(), Error> {
        in_write!(self.db, self.ctx.county_id(), |tx| async {
            let county = county::get(tx, self.ctx.county_id()).await?;
            let stamp = county::stamp(tx, county.county_id, self.ctx.micros()).await?;
            begin(tx, self.db, self.ctx, self.import).await?;
            let mut rules = Rules::load(tx, &county, None).await?;
            let mut registry = Registry::load(tx, &county, self.reading.as_of).await?;
            let mut ids = Ids::load(tx, &county).await?;
            let mut silent = self.branches(&mut registry, &mut ids);
            silent.retain(|branch| !rules.until.contains_key(branch));
            registry.save(tx, self.db, &county, stamp, self.import.import_id).await?;
            let scene = self.scene(&county, stamp);
            repayment::report(tx, &scene, &mut rules, silent.into_iter(), self.reading.as_of).await?;
            let position = stored::Rows::from([(0, String::new())]);
            stored::note_new(tx, scene.writing(), stored::Noun::Position, position).await?;
            county::note_position(tx, county.county_id, self.reading.as_of).await?;
            ids.save(tx, &county).await?;
            // Whoever goes on with it after a stop is somebody else: who took it over is recorded as it begins.
            let facts = json!({ "kind": self.import.kind, "file": self.import.file_name, "sha256": self.import.file_hash });
            let entry = self.ctx.entry("import-begun", self.import.import_id.to_string(), &facts);
            audit::add(tx, county.county_id, stamp, &entry).await?;
            scene.note_part(tx).await
        })
    }

    /// The branches that the ledger names, new ones included.
    fn branches(&self, registry: &mut Registry, ids: &mut Ids) -> BTreeSet<i64> {
        let as_of = self.reading.as_of;
        let named = self.reading.branches().into_iter().map(|name| registry.branch(ids, name).1);
        named.collect::<Vec<i64>>().into_iter().map(|branch| registry.branch_on(branch, as_of)).collect()
    }

    /// Writes rows from one on, page by page, as many as there is time for in a transaction; up to which.
    async fn pages(&self, from: usize, mut cache: Option<Cache>) -> Result<(usize, Option<Cache>), Error> {
        let at = |row: usize| (Status::Taking, i64::try_from(row).unwrap_or(i64::MAX));
        in_write!(self.db, self.ctx.county_id(), |tx| async {
            let has_time = self.meter.begin_transaction(self.db, self.ctx.county_id());
            let county = county::get(tx, self.ctx.county_id()).await?;
            let stamp = county::stamp(tx, county.county_id, self.ctx.micros()).await?;
            let rules = Rules::load(tx, &county, None).await?;
            let mut registry = match cache.take() {
                Some((seq, registry)) if seq + 1 == stamp.change_seq => registry,
                _ => Registry::load(tx, &county, self.reading.as_of).await?,
            };
            let import_id = self.import.import_id;
            let scene = page::Scene { db: self.db, county: &county, stamp, import_id, rules: &rules };
            let mut deltas = Deltas::default();
            let mut to = from;
            loop {
                let page = (to, (to + PAGE_ROWS).min(self.reading.len()));
                self.page(tx, &scene, &mut registry, &mut deltas, page).await?;
                to = page.1;
                if to == self.reading.len() || !has_time() {
                    break;
                }
            }
            board::put_aside(tx, county.county_id, &deltas.into_days()).await?;
            self.scene(&county, stamp).note_part(tx).await?;
            self.advance(tx, at(from), at(to)).await?;
            Ok::<_, Error>((to, Some((stamp.change_seq, registry))))
        })
    }

    /// Writes the rows from one to another, except what they change of the board.
    async fn page(
        &self,
        tx: &mut Tx,
        scene: &page::Scene<'_>,
        registry: &mut Registry,
        deltas: &mut Deltas,
        (from, to): (usize, usize),
    ) -> Result<(), Error> {
        let page::Scene { county, stamp, rules, import_id, .. } = *scene;
        let mut ids = Ids::load(tx, county).await?;
        let desk = Desk { db: self.db, county, rules, registry, ids: &mut ids };
        let plan = page::plan(tx, desk, &self.reading, (from, to)).await?;
        let mut report = plan.report.clone();
        registry.save(tx, self.db, county, stamp, import_id).await?;
        page::write(tx, scene, &mut ids, self.reading.as_of, plan, deltas).await?;
        report.made = Some(ids.taken());
        ids.save(tx, county).await?;
        let part = serde_json::to_vec(&report)
            .map_err(|error| bangfu_store::Error::Value { column: 0, found: error.to_string() })?;
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        Ok(stored::add_result(tx, self.db.key(), county.county_id, import_id, from, &part).await?)
    }

    /// Notes up to which day each branch has reported, and derives anew its loans that waited for that: one after
    /// another, so that nobody waits long and what is derived follows from what is noted at any moment.
    async fn report(&self) -> Result<(), Error> {
        let mut tx = self.db.read().await?;
        let county = county::get(&mut tx, self.ctx.county_id()).await?;
        let rules = Rules::load(&mut tx, &county, None).await?;
        let (mut registry, mut ids) =
            (Registry::load(&mut tx, &county, self.reading.as_of).await?, Ids::load(&mut tx, &county).await?);
        drop(tx);
        let as_of = self.reading.as_of;
        let branches = self.branches(&mut registry, &mut ids);
        let is_news = |branch: &i64| rules.until.get(branch).is_none_or(|until| *until < as_of);
        let (news, others): (Vec<i64>, Vec<i64>) = branches.into_iter().partition(is_news);
        in_write!(self.db, self.ctx.county_id(), |tx| async {
            let county = county::get(tx, self.ctx.county_id()).await?;
            let stamp = county::stamp(tx, county.county_id, self.ctx.micros()).await?;
            let told = self.scene(&county, stamp).told(as_of);
            Ok::<(), Error>(bank::note_told(tx, county.county_id, &others, told).await?)
        })?;
        for branch in news {
            in_write!(self.db, self.ctx.county_id(), |tx| async {
                let county = county::get(tx, self.ctx.county_id()).await?;
                let stamp = county::stamp(tx, county.county_id, self.ctx.micros()).await?;
                let mut rules = Rules::load(tx, &county, None).await?;
                let scene = self.scene(&county, stamp);
                let moved = repayment::report(tx, &scene, &mut rules, [branch].into_iter(), as_of).await?;
                repayment::refresh_awaiting(tx, &scene, &county, &rules, &moved, as_of).await?;
                scene.note_part(tx).await
            })?;
        }
        Ok(())
    }

    /// Draws what follows from all pages together, and closes the import.
    async fn finish(&self) -> Result<Report, Error> {
        let mut tx = self.db.read().await?;
        let county = county::get(&mut tx, self.ctx.county_id()).await?;
        let mut report = self.reading.report.clone();
        let registry = Registry::load(&mut tx, &county, self.reading.as_of).await?;
        note_absent(&mut tx, county.county_id, &registry, &self.reading, &mut report).await?;
        for part in stored::results(&mut tx, self.db.key(), county.county_id, self.import.import_id).await? {
            let part: Report = serde_json::from_slice(&part)
                .map_err(|error| bangfu_store::Error::Value { column: 0, found: error.to_string() })?;
            report.absorb(part);
        }
        drop(tx);
        report.name_rows(self.upload);
        let done = (Status::Taking, i64::try_from(self.reading.len()).unwrap_or(i64::MAX));
        in_write!(self.db, self.ctx.county_id(), |tx| async {
            let county = county::get(tx, self.ctx.county_id()).await?;
            let stamp = county::stamp(tx, county.county_id, self.ctx.micros()).await?;
            self.advance(tx, done, done).await?;
            let rules = Rules::load(tx, &county, None).await?;
            let scene = self.scene(&county, stamp);
            retry(tx, &scene, &county, &rules).await?;
            close_import(tx, self.db, self.ctx, stamp, self.import, self.upload, report.clone()).await
        })
    }
}

/// Tries open movements again: the ledger may name their loans.
pub(super) async fn retry(
    tx: &mut Tx,
    scene: &Scene<'_>,
    county: &County,
    rules: &Rules,
) -> Result<(), Error> {
    let county_id = county.county_id;
    let open = movement::open(tx, county_id).await?;
    if open.is_empty() {
        return Ok(());
    }
    let twins = movement::twins(tx, county_id).await?;
    let mut registry = Registry::load(tx, county, book::projection_day(county)).await?;
    let hashes: Vec<Vec<u8>> =
        open.iter().filter_map(|(_, movement)| movement.identity_hash.clone()).collect();
    registry.look_up(tx, county_id, &hashes).await?;
    let numbers: Vec<&str> = open.iter().map(|(_, movement)| movement.number.as_str()).collect();
    let loans = loan::by_numbers(tx, &Scope::county(county_id), Date::MAX, &numbers).await?;
    let ids: Vec<i64> = loans.iter().map(|loan| loan.loan_id).collect();
    let persons: HashMap<i64, i64> = loan::borrowers_of(tx, county_id, &ids).await?.into_iter().collect();
    let mut shelf = Shelf::default();
    for work in book::load(tx, county_id, &ids).await? {
        let person = persons.get(&work.loan.loan_id).copied();
        shelf.add(work, person, false);
    }
    let retried = movement::retry(&mut shelf, &registry, open, &twins);
    let mut works = shelf.into_touched();
    for event in works.iter_mut().flat_map(|work| work.events[work.known..].iter_mut()) {
        event.recorded_at = scene.stamp.at;
    }
    book::save(tx, county, scene.stamp, rules, Some(scene.import_id), &mut works).await?;
    movement::write(tx, scene, &retried).await
}
