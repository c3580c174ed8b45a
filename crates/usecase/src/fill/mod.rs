//! Filling a new book with made-up loans over real places, as many as wanted: what speed is measured on.
//!
//! Everything goes the way of an import: events, what [`crate::book::derive`] makes of them, board differences, audit.
//! The same plan makes the same book.

mod county;
mod draw;
mod loans;
mod names;

use std::sync::Arc;

use bangfu_domain::loan::add_days;
use bangfu_sheets::divisions::DivisionLine;
use bangfu_store::board::add_deltas;
use bangfu_store::county::{self as stored, County, Stamp};
use bangfu_store::loan::{self, Loan, Place, StoredEvent, StoredInterval};
use bangfu_store::person::{self, Person, SecretKind};
use bangfu_store::tie::{self, Tie};
use bangfu_store::{Address, Db, Tx, audit, fill as indexes, household, name_term, statistics};
use jiff::civil::Date;
use serde_json::json;
use tokio::sync::mpsc;

use crate::book::Deltas;
use crate::error::Error;
use crate::init::{NewBook, Ready};
use crate::rules::Rules;
use county::Cast;
use loans::{Batch, Shape, make};

/// Loans made and written at a time.
const BATCH: usize = 4_000;

/// What a book is to be like.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Loans that owe something at the end of the first day; there are a tenth more that are repaid.
    pub loans: usize,
    /// What the book is drawn from.
    pub seed: u64,
    /// The day after the book's first: the one whose close is measured.
    pub due_on: Date,
    /// How many loans change on it; as many as come by themselves if none is given.
    pub changing: Option<usize>,
}

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    /// Loans that owe something.
    pub active: usize,
    /// Loans that are repaid.
    pub repaid: usize,
    /// Loans that change on the measured day.
    pub changing: usize,
    /// Rows of loans' histories.
    pub intervals: usize,
}

/// How far a fill has come: loans written and in all, then indexes made and in all.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// So many loans of all are written.
    Loans(usize, usize),
    /// So many indexes of all are made.
    Indexes(usize, usize),
}

/// Makes a database and fills it. What is killed before the end is no book: see [`Db::create_to_fill`].
///
/// # Errors
/// A database stands there already, the division list has a fault, or a county has no village in a township.
pub async fn fill(
    address: &Address,
    lines: &[DivisionLine],
    book: &NewBook,
    plan: Plan,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Filled, Error> {
    let ready = Ready::new(lines, book)?;
    let db = Db::create_to_fill(address).await?;
    ready.write(&db, address).await?;
    let mut tx = db.fill().await?;
    let counties = stored::list(&mut tx).await?;
    indexes::drop_indexes(&mut tx).await?;
    let mut filled = Filled::default();
    let mut left = plan.loans;
    for (index, county) in counties.iter().enumerate() {
        let share = left / (counties.len() - index);
        left -= share;
        let changing = plan
            .changing
            .map(|all| draw::rank(index + 1, all, counties.len()) - draw::rank(index, all, counties.len()));
        let part = Plan { loans: share, changing, ..plan };
        let done = filled;
        let made = fill_county(&mut tx, &db, county, part, book.at.as_microsecond(), |written| {
            progress(Progress::Loans(done.active + done.repaid + written, plan.loans + plan.loans / 10));
        })
        .await?;
        filled.active += made.active;
        filled.repaid += made.repaid;
        filled.changing += made.changing;
        filled.intervals += made.intervals;
    }
    indexes::make_indexes(&mut tx, |made, all| progress(Progress::Indexes(made, all))).await?;
    tx.commit().await?;
    statistics::renew(&db, filled.active).await;
    db.finish_fill(address).await?;
    Ok(filled)
}

async fn fill_county(
    tx: &mut Tx,
    db: &Db,
    county: &County,
    plan: Plan,
    at: i64,
    mut written: impl FnMut(usize) + Send,
) -> Result<Filled, Error> {
    let stamp = stored::stamp(tx, county.county_id, at).await?;
    let opening_on = add_days(plan.due_on, -1);
    stored::note_position(tx, county.county_id, opening_on).await?;
    let cast = Cast::add(tx, county, plan, stamp).await?;
    let rules = Rules::load(tx, county, None).await?;
    let total = plan.loans + plan.loans / 10;
    let first_id = stored::take_ids(tx, county.county_id, total * loans::IDS).await?;
    let shape = Shape::new(plan, county.county_id, first_id, stamp.at, opening_on);
    let (sender, mut batches) = mpsc::channel::<Result<Batch, Error>>(2);
    let cast = Arc::new(cast);
    let maker = tokio::task::spawn_blocking(move || {
        for start in (0..total).step_by(BATCH) {
            let batch = make(&shape, &cast, &rules, start..total.min(start + BATCH));
            if sender.blocking_send(batch).is_err() {
                break;
            }
        }
    });
    let (mut filled, mut deltas) = (Filled::default(), Deltas::default());
    while let Some(batch) = batches.recv().await {
        let mut batch = batch?;
        filled.changing += batch.changing;
        filled.active += batch.loans.iter().filter(|loan| loan.settled_on.is_none()).count();
        filled.repaid += batch.loans.iter().filter(|loan| loan.settled_on.is_some()).count();
        filled.intervals += batch.intervals.len();
        deltas.merge(std::mem::take(&mut batch.deltas));
        write(tx, db, county, stamp, &batch).await?;
        written(filled.active + filled.repaid);
    }
    maker.await.map_err(|_| Error::Packs("the maker of loans stopped".to_owned()))?;
    add_deltas(tx, county.county_id, &deltas.into_rows()).await?;
    name_term::rebuild(tx, county.county_id).await?;
    let entry = audit::Entry {
        actor: "bench".to_owned(),
        role: None,
        action: "fill",
        subject: county.on(opening_on).code.clone(),
        facts: json!({ "loans": plan.loans, "seed": plan.seed }).to_string(),
        reason: None,
        request_id: String::new(),
        client_id: String::new(),
    };
    audit::add(tx, county.county_id, stamp, &entry).await?;
    Ok(filled)
}

async fn write(tx: &mut Tx, db: &Db, county: &County, stamp: Stamp, batch: &Batch) -> Result<(), Error> {
    let id = county.county_id;
    household::put(tx, id, &batch.households).await?;
    person::put(tx, id, &batch.persons).await?;
    person::put_secrets(tx, db.key(), id, &batch.secrets).await?;
    tie::put(tx, id, &batch.ties, 0).await?;
    loan::put(tx, id, &batch.loans).await?;
    loan::put_borrowers(tx, id, &batch.borrowers).await?;
    loan::add_events(tx, id, stamp, &batch.events).await?;
    loan::replace_intervals(tx, id, &[], &batch.intervals).await?;
    loan::replace_places(tx, id, &[], &batch.places).await?;
    let ids: Vec<i64> = batch.loans.iter().map(|loan| loan.loan_id).collect();
    audit::note_changes(tx, id, stamp, "loan", &ids).await?;
    Ok(())
}
