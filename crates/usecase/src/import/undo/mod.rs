//! An import is taken back (撤回导入), as long as nothing was built on it.
//!
//! Nothing is erased: each event that the import wrote is followed by one that takes it away, so that what was known
//! before stays known of then. Rows that the import made are gone; what it overwrote is put back as it was kept. A long
//! import is taken back as it was taken over, in pages: killed, the next start goes on.

mod ground;

use std::collections::HashMap;

use bangfu_domain::loan::{EventKind, LoanEvent};
use bangfu_domain::warning::Standing;
use bangfu_store::bank::Told;
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::difference::Step;
use bangfu_store::division::ALWAYS;
use bangfu_store::import::{self as stored, Import, Noun, Status};
use bangfu_store::loan::StoredEvent;
use bangfu_store::{
    Db, Tx, audit, bank, board, difference, finding, gone, household, loan, movement, name_term, statistics,
    tie,
};
use serde_json::json;

use super::find;
use super::meter::Meter;
use crate::book::{self, Deltas, Work};
use crate::change::note_persons;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::rules::Rules;

pub use ground::{Ground, GroundKind, Named};

/// Loans that are taken back at a time, and rows that are put back at a time: few enough that nobody waits for it.
const AT_ONCE: usize = 1_000;

/// Movements that are forgotten at a time.
const MOVEMENTS_AT_ONCE: i64 = 5_000;

/// What taking an import back would do.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// The import.
    pub import: Import,
    /// What would become of loans.
    pub loans: Loans,
    /// What was built on it: it can't be taken back while there is any.
    pub built_on: Vec<Ground>,
}

/// What becomes of loans when an import is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loans {
    /// Loans that it brought: they leave the book.
    pub gone: usize,
    /// Loans that it changed: they are again as they were.
    pub back: usize,
}

/// What taking an import back would do, or what stands in its way; nothing is written.
///
/// # Errors
/// The import does not stand in the book.
pub async fn foresee(db: &Db, ctx: &Ctx, import_id: i64) -> Result<Foreseen, Error> {
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    stands(&import)?;
    let (loans, built_on) = ground::look(&mut tx, ctx, &import).await?;
    Ok(Foreseen { import, loans, built_on })
}

/// Takes an import back, or says what was built on it: then nothing is written.
///
/// # Errors
/// The import does not stand in the book, something was built on it, or a file is being taken over.
pub async fn undo(db: &Db, ctx: &Ctx, import_id: i64, meter: &Meter) -> Result<Loans, Error> {
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    if import.status != Status::Undoing {
        stands(&import)?;
        let county = county::get(&mut tx, ctx.county_id()).await?;
        let (_, built_on) = ground::look(&mut tx, ctx, &import).await?;
        drop(tx);
        refuse_if_built_on(built_on)?;
        open(db, ctx, &import, county.change_seq).await?;
    }
    go_on(db, ctx, import_id, meter).await
}

fn stands(import: &Import) -> Result<(), Refusal> {
    match import.status {
        Status::Taken => Ok(()),
        Status::Undone => Err(Refusal::AlreadyUndone),
        Status::Undoing => Err(Refusal::Undoing),
        Status::Taking => Err(Refusal::Taking),
        Status::Arriving | Status::Staged | Status::Unreadable => Err(Refusal::NotTaken),
    }
}

fn refuse_if_built_on(built_on: Vec<Ground>) -> Result<(), Refusal> {
    if built_on.is_empty() { Ok(()) } else { Err(Refusal::BuiltOn { grounds: built_on }) }
}

/// Begins: from here on no file is taken over until it is done. The differences go first, so that nobody acts upon one
/// that is about to leave.
async fn open(db: &Db, ctx: &Ctx, import: &Import, looked_at: i64) -> Result<(), Error> {
    let (county_id, import_id) = (ctx.county_id(), import.import_id);
    in_write!(db, ctx.county_id(), |tx| async {
        if !stored::under_way(tx, &ctx.scope, Status::Taking).await?.is_empty() {
            return Err(Refusal::Taking.into());
        }
        // Somebody may have written since it was looked at.
        if county::get(tx, county_id).await?.change_seq != looked_at {
            refuse_if_built_on(ground::look(tx, ctx, import).await?.1)?;
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let (from, to) = ((Status::Taken, import.rows_done), (Status::Undoing, 0));
        if !stored::advance(tx, county_id, import, from, to).await? {
            return Err(Refusal::Undoing.into());
        }
        stored::undone_by(tx, county_id, import_id, &ctx.actor).await?;
        let facts = json!({ "file": import.file_name, "sha256": import.file_hash });
        audit::add(tx, county_id, stamp, &ctx.entry("import-undoing", import_id.to_string(), &facts)).await?;
        differences(tx, db, ctx, import_id, stamp).await
    })
}

/// Takes away the differences that an import raised, and puts back those that it settled or restated, with the movements
/// that found their loans by it.
async fn differences(tx: &mut Tx, db: &Db, ctx: &Ctx, import_id: i64, stamp: Stamp) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let mut raised = Vec::new();
    for range in stored::made(tx, county_id, import_id).await? {
        raised.extend(difference::made(tx, county_id, range).await?);
    }
    let mut restored = stored::kept(tx, county_id, import_id, Noun::Difference).await?;
    restored.retain(|difference| raised.binary_search(difference).is_err());
    let movements = stored::kept(tx, county_id, import_id, Noun::Movement).await?;
    for (noun, ids) in [(Noun::Difference, &restored), (Noun::Movement, &movements)] {
        stored::put_back(tx, db.key(), county_id, import_id, noun, ids).await?;
    }
    let steps: Vec<(i64, Step)> =
        restored.iter().map(|id| (*id, Step::of_undo(&ctx.actor, import_id))).collect();
    difference::add_steps(tx, county_id, stamp, &steps).await?;
    difference::forget(tx, county_id, &raised).await?;
    audit::note_changes(tx, county_id, stamp, "difference", &restored).await?;
    Ok(audit::note(tx, county_id, stamp, ("difference", true), &raised).await?)
}

/// Goes on with an import that is being taken back.
pub(super) async fn go_on(db: &Db, ctx: &Ctx, import_id: i64, meter: &Meter) -> Result<Loans, Error> {
    let county_id = ctx.county_id();
    let mut tx = db.read().await?;
    let import = find(&mut tx, db, ctx, import_id).await?;
    let among = stored::loans_among(&mut tx, county_id, import_id).await?;
    let touched = stored::touched(&mut tx, county_id, import_id, &among).await?;
    let loans = ground::count(&touched);
    drop(tx);
    let undoing = Undoing { db, ctx, import: &import };
    meter.write(touched.len());
    let mut done = import.rows_done;
    for page in touched.chunks(AT_ONCE) {
        let ids: Vec<i64> = page.iter().map(|one| one.loan_id).filter(|id| *id > done).collect();
        if let Some(last) = ids.last().copied() {
            undoing.page(&ids, (done, last)).await?;
            done = last;
        }
        meter.step(page.len());
        book::settle_if_many(db, county_id).await?;
    }
    book::settle(db, county_id).await?;
    undoing.branches().await?;
    undoing.put_back().await?;
    undoing.let_go().await?;
    undoing.finish(loans, done).await?;
    statistics::renew(db, touched.len()).await;
    Ok(loans)
}

/// An import that is being taken back. What follows its loans may be done twice: it ends the same.
struct Undoing<'a> {
    db: &'a Db,
    ctx: &'a Ctx,
    import: &'a Import,
}

impl Undoing<'_> {
    async fn scene(&self, tx: &mut Tx) -> Result<(County, Stamp), Error> {
        let county = county::get(tx, self.ctx.county_id()).await?;
        let stamp = county::stamp(tx, county.county_id, self.ctx.micros()).await?;
        Ok((county, stamp))
    }

    async fn advance(&self, tx: &mut Tx, from: i64, to: i64) -> Result<(), Error> {
        let (from, to) = ((Status::Undoing, from), (Status::Undoing, to));
        let moved = stored::advance(tx, self.ctx.county_id(), self.import, from, to).await?;
        // Somebody else may be at it.
        if moved { Ok(()) } else { Err(Refusal::Undoing.into()) }
    }

    /// Takes away what the import said of some loans.
    async fn page(&self, ids: &[i64], (from, to): (i64, i64)) -> Result<(), Error> {
        let import_id = self.import.import_id;
        in_write!(self.db, self.ctx.county_id(), |tx| async {
            let (county, stamp) = self.scene(tx).await?;
            self.advance(tx, from, to).await?;
            let rules = Rules::load(tx, &county, None).await?;
            let events = loan::events(tx, county.county_id, ids).await?;
            let mut of_loan: HashMap<i64, &[StoredEvent]> = events
                .chunk_by(|one, next| one.loan_id == next.loan_id)
                .filter_map(|of_loan| Some((of_loan.first()?.loan_id, of_loan)))
                .collect();
            let mut works = Vec::with_capacity(ids.len());
            for loan in loan::by_ids(tx, county.county_id, ids).await? {
                let stored = of_loan.remove(&loan.loan_id).unwrap_or_default();
                let events = without(stored, import_id, stamp.at);
                works.push(Work { loan, events, known: stored.len() });
            }
            let mut deltas = Deltas::default();
            let import = Some(import_id);
            book::save_but_board(tx, &county, stamp, &rules, import, &mut works, &mut deltas).await?;
            Ok::<(), Error>(board::put_aside(tx, county.county_id, &deltas.into_days()).await?)
        })
    }

    /// The branches have reported no further than the files that are left say; their loans are derived anew that fell
    /// due since.
    async fn branches(&self) -> Result<(), Error> {
        let (county_id, import_id) = (self.ctx.county_id(), self.import.import_id);
        let left = bank::told_without(&mut self.db.read().await?, county_id, import_id).await?;
        for (branch, until_on) in left {
            in_write!(self.db, self.ctx.county_id(), |tx| async {
                let (county, stamp) = self.scene(tx).await?;
                let mut rules = Rules::load(tx, &county, None).await?;
                let Some(told) = rules.until.get(&branch).copied().filter(|told| Some(*told) != until_on)
                else {
                    return Ok(());
                };
                let left = Told { import_id, recorded_at: stamp.at, until_on, taken_back: true };
                bank::report(tx, county_id, &[branch], left).await?;
                rules.until.remove(&branch);
                rules.until.extend(until_on.map(|until_on| (branch, until_on)));
                let after = until_on.unwrap_or(ALWAYS.0);
                let found = loan::coming_to(tx, county_id, Standing::Overdue, after, told).await?;
                let theirs = found.into_iter().filter(|(_, of)| *of == branch).map(|(loan_id, _)| loan_id);
                book::refresh(tx, &county, stamp, &rules, &theirs.collect::<Vec<_>>()).await
            })?;
        }
        Ok(())
    }

    /// Puts back what the import overwrote.
    async fn put_back(&self) -> Result<(), Error> {
        let (county_id, import_id) = (self.ctx.county_id(), self.import.import_id);
        for (noun, changed) in [
            (Noun::Household, Some("household")),
            (Noun::Person, None),
            (Noun::Secret, None),
            (Noun::Officer, Some("officer")),
            (Noun::OfficerRole, None),
            (Noun::Tie, Some("tie")),
            (Noun::Finding, None),
        ] {
            let ids = stored::kept(&mut self.db.read().await?, county_id, import_id, noun).await?;
            for page in ids.chunks(AT_ONCE) {
                in_write!(self.db, self.ctx.county_id(), |tx| async {
                    let (_, stamp) = self.scene(tx).await?;
                    stored::put_back(tx, self.db.key(), county_id, import_id, noun, page).await?;
                    if noun == Noun::Household {
                        let heads = household::heads(tx, county_id, page).await?;
                        name_term::note(tx, county_id, heads.iter().map(String::as_str)).await?;
                    }
                    if matches!(noun, Noun::Person | Noun::Secret) {
                        note_persons(tx, county_id, stamp, page, []).await?;
                    } else if let Some(changed) = changed {
                        audit::note_changes(tx, county_id, stamp, changed, page).await?;
                    }
                    Ok::<(), Error>(())
                })?;
            }
        }
        Ok(())
    }

    /// Lets go what the import made.
    async fn let_go(&self) -> Result<(), Error> {
        let (county_id, import_id) = (self.ctx.county_id(), self.import.import_id);
        let mut tx = self.db.read().await?;
        let made = stored::made(&mut tx, county_id, import_id).await?;
        let tied = stored::tied_among(&mut tx, county_id, import_id).await?;
        drop(tx);
        for page in tied.chunks(AT_ONCE) {
            in_write!(self.db, self.ctx.county_id(), |tx| async {
                let (_, stamp) = self.scene(tx).await?;
                for range in page {
                    tie::forget(tx, county_id, import_id, *range).await?;
                    audit::note_among(tx, county_id, stamp, ("tie", false), *range).await?;
                }
                Ok::<(), Error>(())
            })?;
        }
        while in_write!(self.db, self.ctx.county_id(), |tx| async {
            Ok::<u64, Error>(movement::forget(tx, county_id, import_id, MOVEMENTS_AT_ONCE).await?)
        })? > 0
        {}
        for range in made {
            in_write!(self.db, self.ctx.county_id(), |tx| async {
                let (_, stamp) = self.scene(tx).await?;
                finding::forget_made(tx, county_id, range).await?;
                for noun in [gone::Noun::Household, gone::Noun::Person, gone::Noun::Officer] {
                    self.mark(tx, stamp, noun, range).await?;
                }
                Ok::<(), Error>(())
            })?;
        }
        Ok(())
    }

    async fn mark(
        &self,
        tx: &mut Tx,
        stamp: Stamp,
        noun: gone::Noun,
        range: (i64, i64),
    ) -> Result<(), Error> {
        let county_id = self.ctx.county_id();
        if gone::mark(tx, county_id, noun, range).await? > 0 {
            let (first, end) = range;
            audit::note_among(tx, county_id, stamp, (noun.key(), true), (first, end - 1)).await?;
        }
        Ok(())
    }

    /// Lets go what is said of many and of nobody any more, and notes that the import was taken back.
    async fn finish(&self, loans: Loans, done: i64) -> Result<(), Error> {
        let import_id = self.import.import_id;
        in_write!(self.db, self.ctx.county_id(), |tx| async {
            let (county, stamp) = self.scene(tx).await?;
            let county_id = county.county_id;
            self.advance(tx, done, done).await?;
            let made = stored::made(tx, county_id, import_id).await?;
            for (noun, kept) in [
                (gone::Noun::Enterprise, Noun::Enterprise),
                (gone::Noun::Branch, Noun::Branch),
                (gone::Noun::Lender, Noun::Lender),
            ] {
                let again = stored::kept(tx, county_id, import_id, kept).await?;
                for range in made.iter().copied().chain(again.into_iter().map(|id| (id, id + 1))) {
                    self.mark(tx, stamp, noun, range).await?;
                }
            }
            let was_position = !stored::kept(tx, county_id, import_id, Noun::Position).await?.is_empty();
            stored::undone(tx, county_id, import_id, stamp.at).await?;
            if was_position {
                let left = stored::positions(tx, county_id).await?;
                county::set_positions(tx, county_id, left).await?;
            }
            let facts = json!({ "file": self.import.file_name, "sha256": self.import.file_hash,
                                "gone": loans.gone, "back": loans.back });
            let entry = self.ctx.entry("import-undone", import_id.to_string(), &facts);
            Ok::<(), Error>(audit::add(tx, county_id, stamp, &entry).await?)
        })
    }
}

/// The events of a loan with those that take away what an import said, the last first.
fn without(stored: &[StoredEvent], import_id: i64, recorded_at: i64) -> Vec<LoanEvent> {
    let mut events: Vec<LoanEvent> = stored.iter().map(|stored| stored.event.clone()).collect();
    for said in stored.iter().rev().filter(|stored| stored.import_id == Some(import_id)) {
        let seq = events.last().map_or(1, |last| last.seq + 1);
        let kind = EventKind::Reversed { corrects: said.event.seq };
        events.push(LoanEvent { seq, effective_on: said.event.effective_on, recorded_at, kind });
    }
    events
}
